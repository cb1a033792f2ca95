package taxii

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/stix"
)

// A statusResource says what became of what was brought.
//
// SPEC: TAXII 2.1 §4.3.1.
type statusResource struct {
	ID           string          `json:"id"`
	Status       string          `json:"status"`
	Requested    string          `json:"request_timestamp"`
	TotalCount   int             `json:"total_count"`
	SuccessCount int             `json:"success_count"`
	Successes    []statusDetails `json:"successes,omitempty"`
	FailureCount int             `json:"failure_count"`
	Failures     []statusDetails `json:"failures,omitempty"`
	PendingCount int             `json:"pending_count"`
}

// A statusDetails is one object in a status.
type statusDetails struct {
	ID      string `json:"id"`
	Version string `json:"version"`
	Message string `json:"message,omitempty"`
}

// report puts a status into the form of TAXII. Everything was decided before anybody was
// answered, so it is always complete.
func report(s parcel.Status) statusResource {
	out := statusResource{ID: s.ID, Status: "complete", Requested: stamp(s.At), TotalCount: len(s.Results)}
	for _, x := range s.Results {
		d := statusDetails{ID: x.ID, Version: x.Version, Message: x.Failure}
		if d.Version == "" {
			d.Version = stamp(s.At)
		}
		if x.Failure == "" {
			out.Successes = append(out.Successes, d)
		} else {
			out.Failures = append(out.Failures, d)
		}
	}
	out.SuccessCount, out.FailureCount = len(out.Successes), len(out.Failures)
	return out
}

// add takes an envelope.
//
// SPEC: TAXII 2.1 §5.5.
func (c *call) add() error {
	x, err := c.collection()
	switch {
	case err != nil:
		return err
	case !x.CanWrite:
		return fault.New(fault.Forbidden, "taxii.may-not-write")
	}
	if err := c.readableForm(); err != nil {
		return err
	}
	if !takable(c.r.Header.Get("Content-Type")) || !plain(c.r.Header["Content-Encoding"]) {
		c.w.Header().Set("Accept", mediaType)
		c.w.Header().Set("Accept-Encoding", "identity")
		return fault.New(fault.Unsupported, "taxii.content-type")
	}
	if c.r.ContentLength > c.MaxContent {
		return c.tooLarge()
	}
	done, err := c.gate.enter(c.actor.Org)
	if err != nil {
		return err
	}
	defer done()
	body, err := c.body()
	if err != nil {
		return err
	}
	objects, err := stix.Split(body, mostObjects)
	if err != nil {
		return err
	}
	s, err := c.Intake.Add(c.r.Context(), c.actor, c.at.collection, objects)
	if err != nil {
		return err
	}
	return c.reply(http.StatusAccepted, report(s))
}

// plain says that a body is not compressed: a small one that becomes a large one is a trap.
func plain(encodings []string) bool {
	for _, e := range encodings {
		if e = strings.ToLower(strings.TrimSpace(e)); e != "" && e != "identity" {
			return false
		}
	}
	return true
}

func (c *call) tooLarge() error {
	return fault.New(fault.TooLarge, "taxii.too-large", strconv.FormatInt(c.MaxContent, 10))
}

// body reads what was sent, whether or not it said how much that is.
func (c *call) body() ([]byte, error) {
	patience := http.NewResponseController(c.w)
	_ = patience.SetReadDeadline(time.Now().Add(bodyPatience)) // a server without deadlines has none
	defer func() { _ = patience.SetReadDeadline(time.Time{}) }()
	in := http.MaxBytesReader(c.w, c.r.Body, c.MaxContent)
	out := make([]byte, 0, max(c.r.ContentLength, 512)+1)
	for {
		n, err := in.Read(out[len(out):cap(out)])
		out = out[:len(out)+n]
		switch {
		case errors.Is(err, io.EOF):
			return out, nil
		case err != nil:
			if _, over := errors.AsType[*http.MaxBytesError](err); over {
				return nil, c.tooLarge()
			}
			return nil, fault.Wrap(err, fault.Usage, "taxii.body")
		case len(out) == cap(out):
			out = append(out, 0)[:len(out)]
		}
	}
}

// remove takes versions of an object away. What may be read and written is exactly what may
// be removed from; what may be neither is not there.
//
// SPEC: TAXII 2.1 §5.7.
func (c *call) remove() error {
	x, err := c.collection()
	switch {
	case err != nil:
		return err
	case !x.CanRead && !x.CanWrite:
		return notFound()
	case !x.CanRead:
		return fault.New(fault.Forbidden, "taxii.may-not-read")
	case !x.CanWrite:
		return fault.New(fault.Forbidden, "taxii.may-not-write")
	}
	if err := c.readableForm(); err != nil {
		return err
	}
	f, err := readFilter(c.at, c.r.URL.RawQuery, true, c.PageLimit)
	if err != nil {
		return err
	}
	if f.nothing || !isObjectID(c.at.id) {
		return notFound()
	}
	if err := c.Intake.Remove(c.r.Context(), c.actor, c.at.collection, c.at.id, f.query.Versions); err != nil {
		return err
	}
	c.w.Header().Set("Content-Length", "0")
	c.w.WriteHeader(http.StatusOK)
	return nil
}

// status gives once more what was answered to an envelope.
//
// SPEC: TAXII 2.1 §4.3.
func (c *call) status() error {
	if err := c.readableForm(); err != nil {
		return err
	}
	s, err := c.Intake.Status(c.r.Context(), c.actor, c.at.id)
	if err != nil {
		if kind := fault.KindOf(err); kind == fault.Forbidden || kind == fault.NotFound {
			return notFound()
		}
		return err
	}
	return c.reply(http.StatusOK, report(s))
}

// A turnstile bounds how many bodies are in memory at once, in all and of one organisation,
// so that nobody can keep the others out.
type turnstile struct {
	mu      sync.Mutex
	in      map[party.OrgID]int
	all     int
	most    int
	mostFor int
}

func newTurnstile(most, mostFor int) *turnstile {
	return &turnstile{in: map[party.OrgID]int{}, most: most, mostFor: mostFor}
}

// enter lets an organisation in, or says that it is to come again. done is called once.
func (t *turnstile) enter(org party.OrgID) (done func(), err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.in[org] >= t.mostFor:
		return nil, fault.New(fault.Unavailable, "taxii.turn")
	case t.all >= t.most:
		return nil, fault.New(fault.Unavailable, "taxii.busy")
	}
	t.in[org]++
	t.all++
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.all--
		if t.in[org]--; t.in[org] == 0 {
			delete(t.in, org)
		}
	}, nil
}
