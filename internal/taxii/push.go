package taxii

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/phrase"
)

// Sizes of what is brought at once, unless the server takes less.
const (
	pushObjects = 1000
	pushBytes   = 4 << 20
)

const envelopeFrame = len(`{"objects":[]}`)

// Push brings objects to a collection and waits until the server has said what became of
// each. The Status has a Result for each object, in their order; its ID is that of the first
// envelope's status. A refusal of one object is in its Result and no error.
//
// Beside an error the Status holds what is known by then: the objects from len(Results) on
// were perhaps not taken, and may be brought again without harm.
//
// SPEC: TAXII 2.1 §4.3, §5.5.
func (c *Client) Push(ctx context.Context, at Remote, objects []json.RawMessage) (parcel.Status, error) {
	s := parcel.Status{At: c.now().UTC()}
	to, err := c.at(at, "objects")
	if err != nil || len(objects) == 0 {
		return s, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.set.MaxTime)
	defer cancel()
	root, err := c.Root(ctx, at.Root)
	if err != nil {
		return s, err
	}
	most := pushBytes
	if root.MaxContent > 0 {
		most = int(min(root.MaxContent, pushBytes))
	}
	count := pushObjects
	for len(objects) > 0 {
		n := fitting(objects, count, most)
		if n == 0 {
			return s, fault.New(fault.TooLarge, "taxii.peer-small", c.home.host)
		}
		done, err := c.bring(ctx, to, at.Root, objects[:n])
		if statusOfRefusal(err) == http.StatusRequestEntityTooLarge && n > 1 {
			count = n / 2 // it takes less than it says
			continue
		}
		if err != nil {
			return s, err
		}
		if s.ID == "" {
			s.ID = done.ID
		}
		s.Results = append(s.Results, done.Results...)
		objects = objects[n:]
	}
	return s, nil
}

// fitting says how many of the first objects go into one envelope.
func fitting(objects []json.RawMessage, count, most int) int {
	size := envelopeFrame
	for k, o := range objects {
		if size += len(o) + 1; k == count || size-1 > most {
			return k
		}
	}
	return len(objects)
}

// bring sends one envelope and waits for its status to be complete.
func (c *Client) bring(ctx context.Context, to *url.URL, root string, objects []json.RawMessage) (parcel.Status, error) {
	body := []byte(`{"objects":[`)
	for k, o := range objects {
		if k > 0 {
			body = append(body, ',')
		}
		body = append(body, o...)
	}
	a, err := c.ask(ctx, http.MethodPost, to, append(body, "]}"...))
	if err != nil {
		return parcel.Status{}, err
	}
	var s wireStatus
	if err := a.read(&s); err != nil {
		return parcel.Status{}, err
	}
	id := s.ID.text()
	for wait := firstPause / 2; s.Status.text() != "complete"; wait = min(2*wait, pushPause) {
		if s, err = c.look(ctx, root, id, wait); err != nil {
			return parcel.Status{}, err
		}
	}
	return parcel.Status{ID: id, Results: results(objects, s)}, nil
}

// look asks for a status once more, after a pause. A status that is gone tells nothing of
// what became of the objects.
func (c *Client) look(ctx context.Context, root, id string, wait time.Duration) (s wireStatus, err error) {
	if !isUUID(id) {
		return s, fault.New(fault.Invalid, "taxii.peer-answer", c.home.host)
	}
	if c.sleep(ctx, wait) != nil {
		return s, fault.New(fault.Unavailable, "taxii.peer-pending", c.home.host)
	}
	u, err := c.below(root, "status", id)
	if err != nil {
		return s, err
	}
	a, err := c.ask(ctx, http.MethodGet, u, nil)
	switch {
	case statusOfRefusal(err) == http.StatusNotFound:
		return s, fault.New(fault.Unavailable, "taxii.peer-forgot", c.home.host)
	case ctx.Err() != nil:
		return s, fault.New(fault.Unavailable, "taxii.peer-pending", c.home.host)
	case err != nil:
		return s, err
	}
	return s, a.read(&s)
}

// results says of each object what a status says of it. Lists are optional, and a server may
// name a version otherwise than we did: then what it says of an id holds for every version of
// it that it does not say was taken. An object that is named nowhere was taken if the numbers
// leave no other way, and otherwise counts as refused.
func results(objects []json.RawMessage, s wireStatus) []parcel.Result {
	taken, refused, sent := named(s.Successes), named(s.Failures), details{}
	out := make([]parcel.Result, len(objects))
	for k, raw := range objects {
		out[k].ID, out[k].Version = nameOf(raw)
		sent.put(out[k].ID, out[k].Version, "")
	}
	silent := s.Failed.number() <= int64(len(s.Failures)) && (len(s.Total) == 0 || s.Total.number() >= int64(len(objects)))
	stray := refused.without(sent)
	for k := range out {
		r := &out[k]
		said, is := refused[r.ID][sameVersion(r.Version)]
		_, was := taken[r.ID][sameVersion(r.Version)]
		if !is && !was {
			said, is = stray[r.ID]
		}
		switch _, known := taken[r.ID]; {
		case is && said == "":
			r.Failure = inBoth("taxii.peer-silent")
		case is:
			r.Failure = said
		case !known && !silent:
			r.Failure = inBoth("taxii.peer-unclear", strconv.FormatInt(s.Failed.number(), 10))
		}
	}
	return out
}

// details are objects, by id and version, with what is said of each.
type details map[string]map[string]string

func (d details) put(id, version, message string) {
	if d[id] == nil {
		d[id] = map[string]string{}
	}
	d[id][sameVersion(version)] = message
}

func named(list looseList) details {
	out := details{}
	for _, raw := range list {
		var d wireDetails
		if loose(raw).into(&d) {
			out.put(d.ID.text(), d.Version.text(), d.Message.short())
		}
	}
	return out
}

// without gives, for each id that has one, what is said of a version that other does not have.
func (d details) without(other details) map[string]string {
	out := map[string]string{}
	for id, versions := range d {
		for v, said := range versions {
			if _, have := other[id][v]; !have {
				out[id] = said
			}
		}
	}
	return out
}

// sameVersion gives a text that two ways of writing one version share.
func sameVersion(text string) string {
	if m, ok := readMoment(text); ok {
		return m.instant()
	}
	return text
}

// inBoth puts a token into both languages, for a text that is kept and shown to whom one does
// not know yet.
func inBoth(token string, args ...string) string {
	return phrase.Japanese.Text(token, args...) + " / " + phrase.English.Text(token, args...)
}
