// Package web is their desk in the browser.
//
// A Desk is an http.Handler. Pages are made on the server from templates and work without
// script; the one script adds keys, drawing cards between lanes, and progress. Nothing is
// asked of another site, and the content security policy says so.
//
// Every route is a row of routes: method, pattern, what it needs. The table is the whole
// surface, and the test that asks every route as every hat for another organisation's things
// is made from it.
package web

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/wakachi/wakachi/internal/account"
	"github.com/wakachi/wakachi/internal/casework"
	"github.com/wakachi/wakachi/internal/exchange"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/phrase"
	"github.com/wakachi/wakachi/internal/relay"
	"github.com/wakachi/wakachi/internal/report"
	"github.com/wakachi/wakachi/internal/reporting"
)

// A Config is what a Desk is made of. All fields but Searches, Courier, Setup and Secure are needed.
type Config struct {
	Accounts  *account.Accounts
	Casework  *casework.Casework
	Reporting *reporting.Reporting
	Office    *exchange.Office
	Relay     *relay.Relay
	Now       func() time.Time
	Log       *slog.Logger // gets ids and tokens, never contents

	// Calendar writes what is due as a calendar. Needed.
	Calendar func([]report.Reminder, time.Time) []byte

	// Zone is where times are shown. Nil is Japan's.
	Zone *time.Location

	// Searches tells what was found in the organisation's own logs. Nil: none are searched.
	Searches Searches

	// Courier reaches hubs elsewhere. Nil: none can be connected.
	Courier relay.Courier

	// Follower reaches TAXII servers of others. Nil: none can be followed.
	Follower relay.Follower

	// Setup is the word whoever makes the first account has to know; package app prints it.
	// Empty: nobody makes one here.
	Setup string

	// Secure says that the browser is spoken to over TLS, here or by a proxy in front.
	Secure bool
}

// Searches tells what was found in the logs of an actor's organisation, if they are searched.
type Searches interface {
	// Unanswered lists what was found of which nothing was told since.
	Unanswered(ctx context.Context, a party.Actor) ([]parcel.Search, error)
}

// A Desk answers browsers.
type Desk struct {
	Config
	pages  pages
	assets assets
	mux    *http.ServeMux
	first  sync.Mutex // held while the first account is made
}

// New makes a Desk. An error is a defect of the templates.
func New(c Config) (*Desk, error) {
	if c.Zone == nil {
		c.Zone = time.FixedZone("JST", 9*60*60)
	}
	d := &Desk{Config: c, mux: http.NewServeMux()}
	var err error
	if d.assets, err = readAssets(); err != nil {
		return nil, err
	}
	if d.pages, err = readPages(d.assets); err != nil {
		return nil, err
	}
	d.mux.Handle("GET /assets/", d.assets)
	for _, r := range Routes() {
		d.mux.Handle(r.Method+" "+r.Pattern, d.handle(r))
	}
	d.mux.Handle("/", d.handle(Route{Open: true, do: func(*asking) error { return notFound() }}))
	return d, nil
}

// The content security policy, each part with its reason. There is no inline script or
// style, and no form goes anywhere else.
var policy = strings.Join([]string{
	"default-src 'none'",                 // what is not named below is not loaded
	"script-src 'self'",                  // desk.js
	"style-src 'self'",                   // desk.css
	"img-src 'self' data:",               // the icon
	"connect-src 'self'",                 // taking papers in with progress
	"form-action 'self'",                 // a form injected into a page could send it away
	"frame-ancestors 'none'",             // nobody draws our buttons under theirs
	"base-uri 'none'",                    // relative links stay ours
	"require-trusted-types-for 'script'", // text never becomes markup in the browser by accident
	"trusted-types answer",               // but for the one place of desk.js
}, "; ")

// ServeHTTP answers one request.
func (d *Desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY") // for browsers that do not know frame-ancestors
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
	if d.Secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	if !strings.HasPrefix(r.URL.Path, "/assets/") {
		h.Set("Cache-Control", "no-store") // what is shown must not outlive the session
	}
	// A form of another site is refused by where it comes from, whatever the cookie says.
	http.NewCrossOriginProtection().Handler(d.mux).ServeHTTP(w, r)
}

// handle finds out who asks, and lets nobody through who may not.
func (d *Desk) handle(r Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		a := &asking{Desk: d, w: w, r: req, lang: language(req)}
		a.choose()
		if r.Method == http.MethodPost {
			limit := int64(maxForm)
			if r.Papers {
				limit = maxPapers
			}
			req.Body = http.MaxBytesReader(w, req.Body, limit)
		}
		if err := a.admit(r); err != nil {
			a.fail(err)
			return
		}
		if a.done {
			return
		}
		if err := r.do(a); err != nil {
			a.fail(err)
		}
	})
}

// Limits of what one request may bring.
const (
	maxForm   = 4 << 20
	maxPapers = casework.MaxPaper + 1<<20
)

// asking is one request under way.
type asking struct {
	*Desk
	w      http.ResponseWriter
	r      *http.Request
	lang   phrase.Language
	actor  party.Actor
	secret string // of the session
	done   bool   // answered already
}

func (a *asking) ctx() context.Context { return a.r.Context() }

// Cookies. Their names say who may set them: nobody but this host.
const (
	sessionCookie  = "wakachi-session"
	languageCookie = "wakachi-language"
)

func (d *Desk) cookieName(name string) string {
	if d.Secure {
		return "__Host-" + name
	}
	return name
}

func (d *Desk) setCookie(w http.ResponseWriter, name, value string, age time.Duration) {
	http.SetCookie(w, &http.Cookie{
		Name: d.cookieName(name), Value: value, Path: "/", MaxAge: int(age / time.Second),
		HttpOnly: true, Secure: d.Secure, SameSite: http.SameSiteLaxMode,
	})
}

// language is what the reader chose, or else what the browser asks for.
func language(r *http.Request) phrase.Language {
	for _, c := range r.Cookies() {
		if strings.HasSuffix(c.Name, languageCookie) {
			return phrase.ParseLanguage(c.Value)
		}
	}
	first, _, _ := strings.Cut(r.Header.Get("Accept-Language"), ",")
	return phrase.ParseLanguage(first)
}

// choose takes a language out of the address and remembers it.
func (a *asking) choose() {
	if l := a.r.URL.Query().Get("lang"); l != "" && a.r.Method == http.MethodGet {
		a.lang = phrase.ParseLanguage(l)
		a.setCookie(a.w, languageCookie, a.tongue(), 365*24*time.Hour)
	}
}

// tongue is the language as an attribute has it.
func (a *asking) tongue() string {
	if a.lang == phrase.English {
		return "en"
	}
	return "ja"
}

// admit finds the actor. Whoever has not signed in is sent to do so, if a page was asked for.
func (a *asking) admit(r Route) error {
	if c, err := a.r.Cookie(a.cookieName(sessionCookie)); err == nil {
		actor, err := a.Accounts.Who(a.ctx(), c.Value)
		switch {
		case err == nil:
			a.actor, a.secret = actor, c.Value
		case fault.KindOf(err) != fault.Forbidden:
			return err
		}
	}
	if r.Open || a.actor.Account != "" {
		return nil
	}
	empty, err := a.Accounts.Empty(a.ctx())
	if err != nil {
		return err
	}
	to := "/sign-in"
	if empty {
		to = "/setup"
	} else if a.r.Method == http.MethodGet && a.r.URL.Path != "/" {
		to += "?to=" + queryEscape(a.r.URL.RequestURI())
	}
	a.redirect(to)
	return nil
}

// redirect answers with another address of ours.
func (a *asking) redirect(to string) {
	a.done = true
	http.Redirect(a.w, a.r, to, http.StatusSeeOther)
}

// from is the address of the one who asks.
func (a *asking) from() netip.Addr { return ClientAddr(a.r, a.Secure) }

// ClientAddr gives the address a request came from. Behind a proxy on this machine or in this
// network it is the one the proxy itself saw and put last: or else all would be one guesser,
// and one guesser would keep all out.
func ClientAddr(r *http.Request, behindProxy bool) netip.Addr {
	addr := peer(r)
	if !behindProxy || !addr.IsLoopback() && !addr.IsPrivate() {
		return addr
	}
	seen := r.Header.Values("X-Forwarded-For")
	if len(seen) == 0 {
		return addr
	}
	last := seen[len(seen)-1]
	if told, err := netip.ParseAddr(strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:])); err == nil {
		return told.WithZone("")
	}
	return addr
}

// peer is the address at the other end of the connection.
func peer(r *http.Request) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	addr, _ := netip.ParseAddr(host)
	return addr.Unmap()
}

// fail shows what went wrong in a page of its own. What was typed is still in the browser:
// the page says to go back.
func (a *asking) fail(err error) {
	f := asFault(err)
	status := f.Kind.Status()
	if status >= 500 {
		a.Log.Error("request failed", "path", a.r.Pattern, "code", f.Code, "kind", f.Kind.String())
	}
	a.show(status, "error", f.Code, f)
}

// Who gives the actor of a browser's session, for what else answers browsers here; the zero
// Actor if nobody has signed in.
func (d *Desk) Who(r *http.Request) (party.Actor, error) {
	c, err := r.Cookie(d.cookieName(sessionCookie))
	if err != nil {
		return party.Actor{}, nil
	}
	actor, err := d.Accounts.Who(r.Context(), c.Value)
	if fault.KindOf(err) == fault.Forbidden {
		return party.Actor{}, nil
	}
	return actor, err
}

// Language gives the language a browser's reader chose, or else what the browser asks for.
func Language(r *http.Request) phrase.Language { return language(r) }

// Style is the address of the style sheet.
func (d *Desk) Style() string { return d.assets.url("desk.css") }

// Icon is the address of the icon.
func (d *Desk) Icon() string { return d.assets.url("icon.svg") }

// formFault is asFault for a form that could not be read.
func formFault(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return asFault(err)
	}
	return fault.Wrap(err, fault.Usage, "web.form")
}

func asFault(err error) *fault.Error {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return fault.Wrap(err, fault.TooLarge, "web.too-large")
	}
	return fault.Wrap(err, fault.Internal, "web.internal")
}
