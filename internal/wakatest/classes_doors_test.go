package wakatest_test

import (
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/account"
	"github.com/wakachi/wakachi/internal/api"
	"github.com/wakachi/wakachi/internal/casework"
	"github.com/wakachi/wakachi/internal/exchange"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/post"
	"github.com/wakachi/wakachi/internal/reporting"
	"github.com/wakachi/wakachi/internal/store"
	"github.com/wakachi/wakachi/internal/wakatest"
	"github.com/wakachi/wakachi/internal/web"
)

// fresh is a store without accounts and its desk.
func fresh(t *testing.T, word string, secure bool) *wakatest.House {
	t.Helper()
	now := func() time.Time { return wakatest.Morning }
	s, err := store.Open(t.Context(), t.TempDir(), store.Options{Now: now, Random: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	h := &wakatest.House{Store: s, Accounts: account.New(s, now, rand.Reader, account.Cost{Memory: 64, Passes: 1}), Casework: casework.New(s, now, rand.Reader)}
	h.Reporting = reporting.New(s, now, time.UTC)
	h.Office = exchange.NewOffice(s, now, rand.Reader, h.Guard)
	h.Web, err = web.New(web.Config{Accounts: h.Accounts, Casework: h.Casework, Reporting: h.Reporting, Calendar: post.Calendar, Office: h.Office, Now: now, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Setup: word, Secure: secure})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func firstForm(n int, word string) url.Values {
	return url.Values{"word": {word}, "organisation": {fmt.Sprint("org ", n)}, "login": {fmt.Sprint("first-", n)}, "name": {"first"}, "password": {wakatest.Password}}
}

// The first account is made once, by whoever knows the word: of ten at once one gets it, and
// afterwards nobody.
func TestClass43_FirstRunInARace(t *testing.T) {
	h := fresh(t, "word", false)
	for _, word := range []string{"", "wor", "word ord", "WORD"} {
		if w := (&asker{t: t, h: h}).post("/setup", firstForm(0, word)); w.Code != http.StatusForbidden {
			t.Errorf("with %q: %d", word, w.Code)
		}
	}
	var all sync.WaitGroup
	for n := range 10 {
		all.Go(func() { (&asker{t: t, h: h}).post("/setup", firstForm(n, "word")) })
	}
	all.Wait()
	if orgs, err := h.Store.Organisations(t.Context()); err != nil || len(orgs) != 1 {
		t.Errorf("%d organisations, %v", len(orgs), err)
	}
	if w := (&asker{t: t, h: h}).get("/setup?word=word"); w.Code != http.StatusSeeOther {
		t.Errorf("the page after the first run: %d", w.Code)
	}
	open := fresh(t, "", false)
	if w := (&asker{t: t, h: open}).post("/setup", firstForm(0, "")); w.Code != http.StatusForbidden {
		t.Errorf("no word is an open door: %d", w.Code)
	}
	cut := fresh(t, "word", false) // a first run that ended between its two acts
	if _, err := cut.Store.CreateOrganisation(t.Context(), "local", "left over"); err != nil {
		t.Fatal(err)
	}
	if w := (&asker{t: t, h: cut}).post("/setup", firstForm(0, "word")); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/profile" {
		t.Errorf("a first run that was cut off shuts everybody out: %d", w.Code)
	}
}

// A session is new at each sign-in, in a cookie scripts cannot read, ends when one signs out,
// and nothing that is shown is kept by a browser or a proxy.
func TestClass43_SessionsAndCaches(t *testing.T) {
	h := fresh(t, "word", true)
	given := "__Host-wakachi-session"
	a := &asker{t: t, h: h, cookies: []*http.Cookie{{Name: given, Value: "fixed"}}}
	a.post("/setup", firstForm(0, "word"))
	c := a.cookies[len(a.cookies)-1]
	if c.Name != given || c.Value == "fixed" || !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
		t.Errorf("cookie: %+v", c)
	}
	b := &asker{t: t, h: h, cookies: []*http.Cookie{{Name: given, Value: "fixed"}}}
	if w := b.get("/"); w.Code != http.StatusSeeOther {
		t.Errorf("a session somebody made up: %d", w.Code)
	}
	a.cookies = []*http.Cookie{c}
	for _, path := range []string{"/", "/me", "/people", "/nothing"} {
		w := a.get(path)
		if w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("Strict-Transport-Security") == "" || w.Header().Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: %v", path, w.Header())
		}
	}
	a.post("/sign-out", nil)
	b.cookies = []*http.Cookie{c}
	if w := b.get("/me"); w.Code != http.StatusSeeOther {
		t.Errorf("after signing out: %d", w.Code)
	}
}

// Behind a proxy each guesser is the address the proxy saw, not the proxy and not what the
// guesser says of himself; and who guesses does not lock out who signs in from elsewhere.
func TestClass45_BehindAProxy(t *testing.T) {
	h := fresh(t, "word", true)
	if _, err := h.Accounts.Found(t.Context(), "org", account.Account{Login: "first", Name: "first"}, wakatest.Password); err != nil {
		t.Fatal(err)
	}
	try := func(peer string, forwarded []string, password string) int {
		r := httptest.NewRequest(http.MethodPost, "/sign-in", strings.NewReader(url.Values{"login": {"first"}, "password": {password}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.RemoteAddr = peer + ":4711"
		r.Header["X-Forwarded-For"] = forwarded
		w := httptest.NewRecorder()
		h.Web.ServeHTTP(w, r)
		return w.Code
	}
	for n := range 8 { // what he says of himself comes before what the proxy saw
		try("127.0.0.1", []string{fmt.Sprintf("198.51.100.%d, 203.0.113.66", n)}, "wrong password")
	}
	if code := try("127.0.0.1", []string{"203.0.113.66"}, "wrong password"); code != http.StatusServiceUnavailable {
		t.Errorf("the guesser: %d", code)
	}
	if code := try("127.0.0.1", []string{"::ffff:203.0.113.66"}, "wrong password"); code != http.StatusServiceUnavailable {
		t.Errorf("the guesser in another form: %d", code)
	}
	if code := try("127.0.0.1", []string{"192.0.2.1"}, wakatest.Password); code != http.StatusSeeOther {
		t.Errorf("somebody else: %d", code)
	}
	if code := try("203.0.113.66", []string{"192.0.2.99"}, "wrong password"); code != http.StatusServiceUnavailable {
		t.Errorf("the guesser past the proxy: %d", code)
	}
}

// What the gate was asked once is not answered to another organisation, for another incident or
// under another profile.
func TestClass47_AnswersOfTheGateAreNotMixedUp(t *testing.T) {
	h := wakatest.New(t)
	ctx := t.Context()
	p := h.As("webserver-security")
	id := p.Open()
	i := add(t, p, h, id, domain("c2-one.example"))
	items := p.Items(id)
	look := func(q *wakatest.Person) string {
		all, err := h.Office.Outlook(ctx, q.Actor, id, items)
		if err != nil {
			t.Fatal(err)
		}
		return all[i.ID].Treatment
	}
	if got := look(p); got != "share" {
		t.Fatalf("it is %q", got)
	}
	if got := look(h.As("member-a-security")); got != "" {
		t.Errorf("for an organisation without a profile: %q", got)
	}
	old, err := h.Casework.Profile(ctx, p.Actor)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Casework.Describe(ctx, p.Actor, id, mustRecordOf(t, h, p, id), incident.Case{Involved: []incident.Involved{{Name: "c2-one", Part: incident.Customer}}}); err != nil {
		t.Fatal(err)
	}
	if got := look(p); got == "share" {
		t.Error("the answer is the one from before somebody was named")
	}
	h.Refused("an old profile over a new one", h.Casework.SetProfile(ctx, p.Actor, old.Version-1, old.Text), fault.Conflict, "")
	for _, empty := range []string{"", "{}", "organisation: {}", "# nothing"} {
		if err := h.Casework.SetProfile(ctx, p.Actor, old.Version, empty); err == nil {
			t.Errorf("a profile of %q was kept", empty)
		}
	}
}

// Every route without a session or token is refused, whatever else the request brings.
func TestClass43_NoRouteWithoutASession(t *testing.T) {
	h := wakatest.New(t)
	stranger := &asker{t: t, h: h}
	asked := 0
	for _, r := range web.Routes() {
		if r.Open {
			continue
		}
		for _, method := range []string{r.Method, "PUT", "DELETE", "PATCH", "TRACE", "X"} {
			q := httptest.NewRequest(method, strings.NewReplacer("{$}", "", "{", "", "}", "").Replace(r.Pattern), nil)
			for _, k := range []string{"X-Original-URL", "X-Rewrite-URL", "X-Forwarded-User", "Remote-User", "X-HTTP-Method-Override"} {
				q.Header.Set(k, "/sign-in")
			}
			asked++
			if w := stranger.send(q); w.Code == http.StatusOK || w.Code >= 500 || w.Code == http.StatusSeeOther && !strings.HasPrefix(w.Header().Get("Location"), "/sign-in") {
				t.Errorf("%s %s: %d", method, r.Pattern, w.Code)
			}
		}
	}
	for _, path := range apiGets {
		for _, auth := range []string{"", "Bearer", "Bearer ", "Bearer null", "Basic Og==", "Basic !!", "bearer wk_", "Negotiate x"} {
			q := httptest.NewRequest("GET", api.Prefix+path, nil)
			q.Header.Set("Authorization", auth)
			w := httptest.NewRecorder()
			h.API.ServeHTTP(w, q)
			if asked++; w.Code != http.StatusUnauthorized {
				t.Errorf("%s with %q: %d", path, auth, w.Code)
			}
		}
	}
	if asked < 300 {
		t.Errorf("only %d asked", asked)
	}
}

// A hundred guesses at once are as slow as one after another, in every form of the login.
func TestClass45_GuessesAtOnce(t *testing.T) {
	h := wakatest.New(t)
	var wrong, waiting atomic.Int64
	var all sync.WaitGroup
	for n := range 60 {
		all.Go(func() {
			login := []string{"hub-legal", "HUB-LEGAL", "ｈｕｂ－ｌｅｇａｌ", " Hub-Legal\t"}[n%4]
			w := (&asker{t: t, h: h}).post("/sign-in", url.Values{"login": {login}, "password": {"wrong password"}})
			switch w.Code {
			case http.StatusForbidden:
				wrong.Add(1)
			case http.StatusServiceUnavailable:
				waiting.Add(1)
			}
		})
	}
	all.Wait()
	if wrong.Load() > 5 || wrong.Load()+waiting.Load() != 60 {
		t.Errorf("%d of 60 guesses were looked at, %d had to wait", wrong.Load(), waiting.Load())
	}
}
