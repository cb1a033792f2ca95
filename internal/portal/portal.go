// Package portal shows others, in the browser, what was shared with them.
//
// It is for a member without a wakachi of its own: what was shared with it, as a page, and
// as files for its tools; a form for what it found in its logs; a form to acknowledge what
// was recalled. Where a wakachi searches the logs of its own organisation, the page shows what
// was found, and the form is filled in from it. It knows parcels as their receivers may know them, and no incident: what it
// can reach it asks through the interfaces below. Every page of contents and every file is an
// exit, and leaves a receipt.
package portal

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/phrase"
)

// Shares gives what was shared with an actor's organisation. Open and Form leave a receipt.
type Shares interface {
	Shared(ctx context.Context, a party.Actor) ([]parcel.Shared, error)
	Open(ctx context.Context, a party.Actor, id parcel.ID) (parcel.Shared, parcel.Sheet, error)
	Form(ctx context.Context, a party.Actor, id parcel.ID, name string) (parcel.Form, []byte, error)
}

// Replies takes what a receiver has to say, and tells it what all said.
type Replies interface {
	Look(ctx context.Context, a party.Actor, id parcel.ID) (parcel.Shared, error)
	Answer(ctx context.Context, a party.Actor, id parcel.ID, r parcel.Reply) error
	Acknowledge(ctx context.Context, a party.Actor, id parcel.ID, done bool, why parcel.Reason) error
	Tally(ctx context.Context, a party.Actor, id parcel.ID) (t parcel.Tally, ok bool, err error)
}

// Searches tells what was found in the logs of an actor's organisation, if they are searched.
type Searches interface {
	// Results gives what the searches for parcels came to, or how far they are; nothing for
	// an organisation whose logs nobody searches.
	Results(ctx context.Context, a party.Actor, of ...parcel.Shared) (map[parcel.ID]parcel.Search, error)
	// Search lets a parcel be searched for again.
	Search(ctx context.Context, a party.Actor, id parcel.ID) error
}

// A Config is what a Portal is made of. All fields but Searches, Secure and Zone are needed.
type Config struct {
	Shares   Shares
	Replies  Replies
	Searches Searches // nil: no logs are searched

	// Who finds out who asks: the zero Actor for somebody who has not signed in.
	Who      func(*http.Request) (party.Actor, error)
	Language func(*http.Request) phrase.Language
	Style    string // address of the style sheet
	Icon     string // address of the icon
	Now      func() time.Time
	Log      *slog.Logger // gets ids and tokens, never contents
	Zone     *time.Location
	Secure   bool // the browser is spoken to over TLS
}

// Prefix is where the portal stands.
const Prefix = "/shared"

// A Route is one thing a browser can ask the portal for.
type Route struct {
	Method, Pattern string
	do              func(*asking) error
}

// Routes lists them all.
func Routes() []Route {
	return []Route{
		{http.MethodGet, Prefix, (*asking).list},
		{http.MethodGet, Prefix + "/{parcel}", (*asking).open},
		{http.MethodGet, Prefix + "/{parcel}/file/{form}", (*asking).file},
		{http.MethodPost, Prefix + "/{parcel}/answer", (*asking).answer},
		{http.MethodPost, Prefix + "/{parcel}/acknowledge", (*asking).acknowledge},
		{http.MethodPost, Prefix + "/{parcel}/search", (*asking).searchAgain},
	}
}

// A Portal answers browsers. It may be used by several goroutines.
type Portal struct {
	Config
	pages *template.Template
	mux   *http.ServeMux
}

//go:embed templates/*.html
var templates embed.FS

// New makes a Portal. An error is a defect of the templates.
func New(c Config) (*Portal, error) {
	if c.Zone == nil {
		c.Zone = time.FixedZone("JST", 9*60*60)
	}
	t, err := template.ParseFS(templates, "templates/*.html")
	if err != nil {
		return nil, err
	}
	p := &Portal{Config: c, pages: t, mux: http.NewServeMux()}
	for _, r := range Routes() {
		p.mux.Handle(r.Method+" "+r.Pattern, p.handle(r))
	}
	p.mux.Handle("/", p.handle(Route{do: func(*asking) error { return fault.New(fault.NotFound, "store.not-found") }}))
	return p, nil
}

// policy has neither script nor anything of another site.
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// ServeHTTP answers one request.
func (p *Portal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
	h.Set("Cache-Control", "no-store")
	if p.Secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	http.NewCrossOriginProtection().Handler(p.mux).ServeHTTP(w, r)
}

// maxForm is the largest form that is read, in bytes.
const maxForm = 1 << 20

func (p *Portal) handle(route Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a := &asking{Portal: p, w: w, r: r, lang: p.Language(r)}
		if l := r.URL.Query().Get("lang"); l != "" {
			a.lang = phrase.ParseLanguage(l)
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		var err error
		if a.actor, err = p.Who(r); err != nil {
			a.fail(err)
			return
		}
		if a.actor.Account == "" {
			to := "/sign-in"
			if r.Method == http.MethodGet {
				to += "?to=" + url.QueryEscape(r.URL.RequestURI())
			}
			http.Redirect(w, r, to, http.StatusSeeOther)
			return
		}
		if err := route.do(a); err != nil {
			a.fail(err)
		}
	})
}

// asking is one request under way.
type asking struct {
	*Portal
	w     http.ResponseWriter
	r     *http.Request
	lang  phrase.Language
	actor party.Actor
}

func (a *asking) id() parcel.ID { return parcel.ID(a.r.PathValue("parcel")) }

// A view is what a template is given.
type view struct {
	*asking
	Title string
	Body  any
	Note  string // what was just done
}

// show answers with a page. It is made whole before the first byte leaves.
func (a *asking) show(status int, page, title string, body any) {
	v := view{asking: a, Title: title, Body: body}
	if token := "portal.done." + a.r.URL.Query().Get("done"); token != "portal.done." {
		v.Note, _ = a.lang.Lookup(token)
	}
	var out bytes.Buffer
	if err := a.pages.ExecuteTemplate(&out, page, v); err != nil {
		a.Log.Error("page failed", "page", page)
		http.Error(a.w, a.lang.Text("web.internal"), http.StatusInternalServerError)
		return
	}
	a.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	a.w.WriteHeader(status)
	a.w.Write(out.Bytes()) //nolint:errcheck // the browser went away
}

func (a *asking) fail(err error) {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		f = fault.Wrap(err, fault.Internal, "web.internal")
	}
	if f.Kind.Status() >= 500 {
		a.Log.Error("request failed", "path", a.r.Pattern, "code", f.Code)
	}
	a.show(f.Kind.Status(), "error", a.lang.Text(f.Code, f.Args...), f)
}

// T puts a token into the reader's words.
func (v view) T(token string, args ...any) string {
	words := make([]string, len(args))
	for k, x := range args {
		words[k] = fmt.Sprint(x)
	}
	return v.lang.Text(token, words...)
}

// Hint says what to do about a failure; empty if there is nothing to say.
func (v view) Hint(f *fault.Error) string {
	s, _ := v.lang.Lookup(f.Code+".hint", f.Args...)
	return s
}

// Lang is the language as an attribute has it.
func (v view) Lang() string {
	if v.lang == phrase.English {
		return "en"
	}
	return "ja"
}

// Other is this page in the other language.
func (v view) Other() string {
	q := url.Values{"lang": {"en"}}
	if v.lang == phrase.English {
		q.Set("lang", "ja")
	}
	if v.r.Method != http.MethodGet {
		return Prefix + "?" + q.Encode()
	}
	return v.r.URL.Path + "?" + q.Encode()
}

// Self is the reader's name.
func (v view) Self() string { return v.actor.Name }

// May says whether the reader has a right.
func (v view) May(right string) bool { return v.actor.May(party.Right(right)) }

// When shows a time where the reader is.
func (v view) When(t time.Time) string { return t.In(v.Zone).Format("2006/1/2 15:04") }

// Day shows a date.
func (v view) Day(t time.Time) string { return t.Format("2006/1/2") }

// Until shows the last day before a time.
func (v view) Until(t time.Time) string { return v.Day(t.Add(-time.Second)) }

// Late says whether a day is over.
func (v view) Late(t time.Time) bool { return !t.IsZero() && !v.Now().Before(t.AddDate(0, 0, 1)) }

// Value shows a line's value so that no one follows it by mistake.
func (v view) Value(l parcel.Line) string {
	switch {
	case l.Like != nil:
		return strings.Join(l.Like, "…")
	case l.Value == "":
		return l.Family
	case l.Sort != "indicator":
		return strings.TrimSpace(l.Value + " " + l.Name)
	}
	return indicator.Defang(indicator.Value{Type: indicator.Type(l.Type), Hash: indicator.Hash(l.Hash), Value: l.Value})
}

// Sort says what a line is.
func (v view) Sort(l parcel.Line) string {
	switch {
	case l.Sort != "indicator":
		return v.lang.Text("portal.sort." + l.Sort)
	case l.Hash != "":
		return l.Hash
	}
	return v.lang.Text("indicator.type." + l.Type)
}
