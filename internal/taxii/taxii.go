// Package taxii serves and calls TAXII 2.1.
//
// The server is what programs of others reach: what it knows of anything, it asks through two
// small interfaces, Shelves and Intake, and what it sends are bytes that were sealed before.
// It cannot name an incident, because no type that knows one can be reached from here.
//
// Of the order in which things are refused: who asks, then whether the collection is there
// for them, then what form they can read, then the question, then the body. Nobody learns
// anything from a later step who would not have passed an earlier one.
//
// When an object was added is strictly increasing in a collection, to the microsecond. So the
// time itself says where a reader is: added_after and next both mean "only what was added
// later", paging by either gives the same objects, and a page costs what is in it.
//
// The Client is the other half: it reads and writes on servers as they are found, and treats
// every one of them as a stranger.
package taxii

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"net/http"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
)

// Shelves are the collections somebody may read. Both methods are called by many at once.
type Shelves interface {
	// Collections lists what the actor may know of, in a stable order, with what it may do
	// there. None is an empty list and no error.
	Collections(ctx context.Context, a party.Actor) ([]parcel.Collection, error)

	// Page gives part of a collection and notes that the actor got it. A page may hold fewer
	// entries than the query allows, and none, with More. Page.Known is asked for only with
	// a single id.
	//
	// Errors: fault.NotFound for a collection the actor may not know of, fault.Forbidden for
	// one it may not read.
	Page(ctx context.Context, a party.Actor, id parcel.CollectionID, q parcel.Query) (parcel.Page, error)
}

// An Intake takes what somebody brings. Its methods are called by many at once.
type Intake interface {
	// Add takes objects one by one, and gives what became of each, in their order. What is
	// wrong with an object is said in its Result. The slices are the callee's to keep.
	//
	// Errors: fault.NotFound and fault.Forbidden as of a collection.
	Add(ctx context.Context, a party.Actor, id parcel.CollectionID, objects []json.RawMessage) (parcel.Status, error)

	// Remove takes versions of an object away. Without any it is fault.NotFound; where that
	// is never done, fault.Forbidden.
	Remove(ctx context.Context, a party.Actor, id parcel.CollectionID, object string, v parcel.Versions) error

	// Status gives what Add gave, to those who may know. Otherwise it is fault.NotFound.
	Status(ctx context.Context, a party.Actor, id string) (parcel.Status, error)
}

// Where everything stands. An API root is given as a path, so that no proxy in front can
// turn it into the wrong address.
//
// SPEC: TAXII 2.1 §8.2.1, §4.1.1.
const (
	Prefix  = "/taxii2/"
	APIRoot = "/taxii2/api/"
)

// What a Config has where it says nothing.
const (
	DefaultMaxContent = 16 << 20
	DefaultPageLimit  = 1000
	DefaultPageBytes  = 8 << 20
)

// Limits that are not configured: beyond them nobody means well.
const (
	mostObjects  = 10_000          // of one envelope that is brought
	mostBodies   = 16              // in memory at once
	mostBodiesOf = 4               // of one organisation
	mostQuery    = 128 << 10       // bytes of a question
	bodyPatience = 2 * time.Minute // for a whole body to come
)

// A Config is what a server is made of. Shelves, Intake, Authenticate and CursorKey are
// needed.
type Config struct {
	Shelves Shelves // what may be read
	Intake  Intake  // where what is brought goes

	// Admit says whether a request may come in now, before anything else is looked at. A
	// false is answered with 429 and Retry-After. Nil: every one may.
	Admit func(*http.Request) bool

	// Authenticate says who asks: by a token as Bearer, or as the password of Basic. An
	// error of kind fault.Unavailable is answered with 503, every other with 401.
	Authenticate func(*http.Request) (party.Actor, error)

	Title      string       // of the server; empty: "wakachi"
	Contact    string       // whom to ask; empty: not said
	MaxContent int64        // bytes of a body that is taken; 0: DefaultMaxContent
	PageLimit  int          // entries of a page at most, and if the asker names no number; 0: DefaultPageLimit
	PageBytes  int          // of objects in a page; one object is sent however large it is; 0: DefaultPageBytes
	CursorKey  []byte       // 32 secret bytes for the MAC of next, the same on every machine that serves
	Log        *slog.Logger // gets ids and codes, never contents; nil: nothing is logged
}

// minKey is the shortest CursorKey in bytes.
const minKey = 32

// New makes the handler of everything at and under /taxii2/. It must be mounted at "/taxii2"
// too, or the mux above answers there with a redirect that loses what was posted. The only
// error is a Config that lacks something.
func New(c Config) (http.Handler, error) {
	if c.Shelves == nil || c.Intake == nil || c.Authenticate == nil || len(c.CursorKey) < minKey {
		return nil, fault.New(fault.Internal, "taxii.config")
	}
	if c.Title == "" {
		c.Title = "wakachi"
	}
	if c.MaxContent <= 0 {
		c.MaxContent = DefaultMaxContent
	}
	if c.PageLimit <= 0 {
		c.PageLimit = DefaultPageLimit
	}
	if c.PageBytes <= 0 {
		c.PageBytes = DefaultPageBytes
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &server{Config: c, cursors: newCursors(c.CursorKey), gate: newTurnstile(mostBodies, mostBodiesOf)}, nil
}

// A server holds nothing that belongs to a request.
type server struct {
	Config
	cursors cursors
	gate    *turnstile
}

// A call is one request on its way, with what is known of it so far.
type call struct {
	*server
	w     http.ResponseWriter
	r     *http.Request
	at    place
	actor party.Actor
}

// ServeHTTP answers one request.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Vary", "Accept, Accept-Encoding, Accept-Language, Authorization")
	c := &call{server: s, w: w, r: r}
	if s.Admit != nil && !s.Admit(r) {
		c.refuse(fault.New(fault.Unavailable, "taxii.pace"))
		return
	}
	at, known := findPlace(r.URL.EscapedPath())
	if known && at.slashless {
		c.slash()
		return
	}
	actor, err := s.Authenticate(r)
	if err != nil {
		c.unknown(err)
		return
	}
	c.actor = actor
	if !known {
		c.refuse(notFound())
		return
	}
	c.at = at
	if err := c.serve(); err != nil {
		c.refuse(err)
	}
}

// slash sends to the path with the slash at its end, whatever the method.
//
// SPEC: TAXII 2.1 §3.1.
func (c *call) slash() {
	to := c.r.URL.EscapedPath() + "/"
	if c.r.URL.RawQuery != "" {
		to += "?" + c.r.URL.RawQuery
	}
	c.w.Header().Set("Location", to)
	c.w.Header().Set("Content-Type", mediaType)
	c.w.WriteHeader(http.StatusPermanentRedirect)
}

// unknown answers who did not say who it is, or is nobody we know: all in the same words.
func (c *call) unknown(err error) {
	if fault.KindOf(err) == fault.Unavailable || fault.KindOf(err) == fault.Internal {
		c.refuse(err)
		return
	}
	c.w.Header().Add("WWW-Authenticate", `Bearer realm="wakachi"`)
	c.w.Header().Add("WWW-Authenticate", `Basic realm="wakachi", charset="UTF-8"`)
	c.refuseAs(http.StatusUnauthorized, fault.New(fault.Forbidden, "taxii.token"))
}

// serve finds what a request asks for, checks the method, and does it.
func (c *call) serve() error {
	do := c.at.resource.methods()[c.method()]
	if do == nil {
		if err := c.exists(); err != nil {
			return err
		}
		c.w.Header().Set("Allow", c.at.resource.allow())
		c.refuseAs(http.StatusMethodNotAllowed, fault.New(fault.Usage, "taxii.method"))
		return nil
	}
	return do(c)
}

// method is that of the request, with HEAD as GET: net/http leaves out the body.
func (c *call) method() string {
	if c.r.Method == http.MethodHead {
		return http.MethodGet
	}
	return c.r.Method
}

// collection finds what the actor may know of, and what it may do there.
func (c *call) collection() (parcel.Collection, error) {
	all, err := c.Shelves.Collections(c.r.Context(), c.actor)
	if err != nil {
		return parcel.Collection{}, err
	}
	for _, x := range all {
		if x.ID == c.at.collection {
			return x, nil
		}
	}
	return parcel.Collection{}, notFound()
}

// exists says whether what the path names is there for the actor, where the path names a
// collection.
func (c *call) exists() error {
	if c.at.collection == "" {
		return nil
	}
	_, err := c.collection()
	return err
}

// readable says whether the actor may read the collection. It is asked before a question is
// called wrong; a right one is refused by Page itself.
func (c *call) readable() error {
	x, err := c.collection()
	if err == nil && !x.CanRead {
		err = fault.New(fault.Forbidden, "taxii.may-not-read")
	}
	return err
}

// newErrorID names one refusal, in the answer and in the log.
func newErrorID() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
