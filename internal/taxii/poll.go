package taxii

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
)

// A Cursor says up to where a collection was read. It is to be kept as it is and given back
// with the next Poll; the zero Cursor is the beginning.
type Cursor struct {
	Added time.Time `json:"added,omitzero"` // what was added up to then is there; by the server's clock
	Next  string    `json:"next,omitempty"` // where the server said to go on in a walk that is not finished
	From  time.Time `json:"from,omitzero"`  // where that walk began
}

// An Envelope is one page, without what came on an earlier page of the same Poll.
type Envelope struct {
	Objects []json.RawMessage // as they came, at least one; not judged in any way
	Cursor  Cursor            // to keep once the objects are kept
}

// Bounds of what is believed.
const (
	maxNext     = 8 << 10        // bytes of a next
	maxBarren   = 100            // pages on end that bring nothing and lead nowhere
	maxFuture   = 24 * time.Hour // by which something may have been added after now
	mostPerPage = 100_000        // objects
	mostPerPoll = 2_000_000      // objects; the next Poll goes on
)

// Poll reads what was added to a collection since a cursor, page by page. Each page with
// something new is given to each; only when each has returned nil does the cursor move beyond
// the page. The cursor that Poll returns is right also beside an error: what each was given
// is before it, and the next Poll goes on from there. An error of each is returned as it is.
//
// A server is not believed that its pages end: a walk whose cursor does not move, that takes
// too many pages or too long, is given up. What was read then is kept.
//
// An object may come again in a later Poll, but not twice in one.
//
// SPEC: TAXII 2.1 §3.5, §5.4.
func (c *Client) Poll(ctx context.Context, at Remote, from Cursor, each func(Envelope) error) (Cursor, error) {
	u, err := c.at(at, "objects")
	if err != nil {
		return from, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.set.MaxTime)
	defer cancel()
	w := &walk{Client: c, objects: u, cursor: from, after: from.Added, next: from.Next, each: each, seen: map[objectKey]struct{}{}, asked: map[string]struct{}{}}
	if from.Next != "" {
		w.after = from.From
	}
	w.began = w.after
	for page := 0; page < c.set.MaxPages && len(w.seen) < mostPerPoll; page++ {
		done, err := w.step(ctx)
		if err != nil || done {
			return w.cursor, err
		}
	}
	return w.cursor, fault.New(fault.Unavailable, "taxii.peer-long", c.home.host, strconv.Itoa(c.set.MaxPages))
}

// A walk is one Poll on its way.
type walk struct {
	*Client
	objects *url.URL
	cursor  Cursor
	began   time.Time // added_after of the walk, while it goes by next
	after   time.Time // added_after of the next page
	next    string
	each    func(Envelope) error
	seen    map[objectKey]struct{}
	asked   map[string]struct{} // every next so far: one that comes again is a circle
	barren  int
	moving  bool // a page was read
}

// An objectKey is an object's id and version, or its bytes if it has none.
type objectKey [16]byte

// step reads one page.
func (w *walk) step(ctx context.Context) (done bool, err error) {
	a, err := w.ask(ctx, http.MethodGet, w.page(), nil)
	if err != nil {
		// A next of yesterday need not mean anything today: then from the last time on.
		if s := statusOfRefusal(err); w.next != "" && !w.moving && (s == http.StatusBadRequest || s == http.StatusNotFound || s == http.StatusUnprocessableEntity) {
			w.moving, w.next, w.after, w.began = true, "", w.cursor.Added, w.cursor.Added
			return false, nil
		}
		return false, err
	}
	w.moving = true
	var e wireEnvelope
	if err := a.read(&e); err != nil {
		return false, err
	}
	next := e.Next.text()
	if len(next) > maxNext || len(e.Objects) > mostPerPage {
		return false, fault.New(fault.Invalid, "taxii.peer-answer", w.home.host)
	}
	last := w.lastAdded(a.header)
	fresh := w.fresh(e.Objects)
	to := w.cursorAfter(a, last, next, e.More.truth())
	if len(fresh) > 0 {
		if err := w.each(Envelope{Objects: fresh, Cursor: to}); err != nil {
			return false, err
		}
	}
	w.cursor = to
	if !e.More.truth() {
		return true, nil
	}
	return false, w.goOn(next, last, len(fresh) > 0)
}

// page makes the address of the next page.
func (w *walk) page() *url.URL {
	q := url.Values{byLimit: {strconv.Itoa(pageWanted)}}
	if !w.after.IsZero() {
		q.Set(byAfter, stamp(w.after))
	}
	if w.next != "" {
		q.Set(byNext, w.next)
	}
	u := *w.objects
	u.RawQuery = q.Encode()
	return &u
}

// lastAdded reads of when the last object of a page is; zero if the server does not say, or
// says what cannot be.
func (w *walk) lastAdded(h http.Header) time.Time {
	m, ok := readMoment(h.Get(addedLast))
	if !ok || m.time().After(w.now().Add(maxFuture)) || m.time().Unix() <= 0 {
		return time.Time{}
	}
	return m.time()
}

// cursorAfter says up to where a collection will have been read with this page. At the very
// end of it stands what was added while we asked; on some servers more may yet come to stand
// before that, so the cursor stays a little behind the moment of the answer. Once that is
// past, nothing is read twice.
func (w *walk) cursorAfter(a reply, last time.Time, next string, more bool) Cursor {
	to := Cursor{Added: w.cursor.Added}
	if w.set.Overlap > 0 && !last.IsZero() {
		answered, err := http.ParseTime(a.header.Get("Date"))
		if err != nil {
			answered = w.now()
		}
		if early := answered.Add(-w.set.Overlap); early.Before(last) {
			last = early.UTC()
		}
	}
	if last.After(to.Added) {
		to.Added = last
	}
	if more && next != "" {
		to.Next, to.From = next, w.began
	}
	return to
}

// goOn prepares the question for the next page, or finds that it would be one that was put
// before.
func (w *walk) goOn(next string, last time.Time, brought bool) error {
	stuck := fault.New(fault.Invalid, "taxii.peer-stuck", w.home.host)
	if brought || last.After(w.after) && next == "" {
		w.barren = 0
	} else if w.barren++; w.barren > maxBarren {
		return stuck
	}
	if next != "" {
		if _, again := w.asked[next]; again {
			return stuck
		}
		w.asked[next] = struct{}{}
		w.next = next
		return nil
	}
	if !last.After(w.after) {
		return stuck
	}
	w.next, w.after, w.began = "", last, last
	return nil
}

// fresh leaves out what was on an earlier page, or before on this one.
func (w *walk) fresh(objects []json.RawMessage) []json.RawMessage {
	out := objects[:0]
	for _, raw := range objects {
		k := keyOf(raw)
		if _, have := w.seen[k]; have {
			continue
		}
		w.seen[k] = struct{}{}
		out = append(out, raw)
	}
	return out
}

func keyOf(raw json.RawMessage) objectKey {
	id, version := nameOf(raw)
	h := sha256.New()
	if id == "" {
		h.Write(raw)
	} else {
		h.Write([]byte(id + "\x00" + version))
	}
	return objectKey(h.Sum(nil)[:16])
}

// nameOf reads an object's id and version; both are empty for what is no object.
func nameOf(raw json.RawMessage) (id, version string) {
	var o struct {
		ID       loose `json:"id"`
		Modified loose `json:"modified"`
		Created  loose `json:"created"`
	}
	if json.Unmarshal(raw, &o) != nil {
		return "", ""
	}
	if version = o.Modified.text(); version == "" {
		version = o.Created.text()
	}
	return o.ID.text(), version
}
