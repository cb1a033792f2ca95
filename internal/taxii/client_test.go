package taxii

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/phrase"
)

// clientOf makes a client of a server on this machine, whose pauses are noted and not taken.
func clientOf(t testing.TB, base string, change ...func(*ClientConfig)) (*Client, *[]time.Duration) {
	t.Helper()
	c := ClientConfig{URL: base + "/taxii2/", Token: "a", Allow: []string{"127.0.0.1"}, Patience: 2 * time.Second}
	for _, f := range change {
		f(&c)
	}
	client, err := NewClient(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	var slept []time.Duration
	client.sleep = func(ctx context.Context, d time.Duration) error {
		slept = append(slept, d)
		return ctx.Err()
	}
	return client, &slept
}

func remote(c *Client, id parcel.CollectionID) Remote {
	return Remote{Root: strings.TrimSuffix(c.discovery.String(), "/") + "/api/", Collection: id}
}

// gather polls and gives what came: the ids, page by page.
func gather(t testing.TB, c *Client, at Remote, from Cursor) ([][]string, Cursor, error) {
	t.Helper()
	var pages [][]string
	to, err := c.Poll(t.Context(), at, from, func(e Envelope) error {
		var ids []string
		for _, raw := range e.Objects {
			id, _ := nameOf(raw)
			ids = append(ids, id)
		}
		pages = append(pages, ids)
		return nil
	})
	return pages, to, err
}

func count(pages [][]string) int { return len(slices.Concat(pages...)) }

// wantFault holds the kind and code of an error, and that there are words for it in both
// languages, with advice.
func wantFault(t testing.TB, err error, kind fault.Kind, code string) {
	t.Helper()
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Code != code || fault.KindOf(err) != kind {
		t.Errorf("%v (%v), want %s (%v)", err, fault.KindOf(err), code, kind)
		return
	}
	for _, l := range []phrase.Language{phrase.Japanese, phrase.English} {
		if text, ok := l.Lookup(f.Code, f.Args...); !ok || strings.Contains(text, "{") {
			t.Errorf("%s has no words, or blanks in them: %q", f.Code, text)
		}
	}
}

func TestAClientReadsAndWritesWhatAServerServes(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.PageLimit = 40 })
	c, _ := clientOf(t, w.srv.URL)
	d, err := c.Discover(t.Context())
	if err != nil || d.Title != "the hub" || len(d.Roots) != 1 || d.Default != d.Roots[0] || len(d.Foreign) > 0 {
		t.Fatalf("%+v %v", d, err)
	}
	root, err := c.Root(t.Context(), d.Default)
	if err != nil || root.MaxContent != DefaultMaxContent || root.Title != "the hub" {
		t.Errorf("%+v %v", root, err)
	}
	all, err := c.Collections(t.Context(), d.Default)
	if err != nil || len(all) != 4 || all[0].ID != both || !all[0].CanRead || all[1].CanWrite {
		t.Errorf("%+v %v", all, err)
	}
	var objects []json.RawMessage
	for n := range 130 {
		objects = append(objects, json.RawMessage(indicator(n+1, 1)))
	}
	objects = append(objects, json.RawMessage(`{"type":"x"}`), json.RawMessage(address))
	st, err := c.Push(t.Context(), Remote{d.Default, both}, objects)
	if err != nil || len(st.Results) != 132 || !isUUID(st.ID) {
		t.Fatalf("%d results, %v", len(st.Results), err)
	}
	for k, r := range st.Results {
		if (r.Failure != "") != (k == 130) {
			t.Errorf("result %d: %+v", k, r)
		}
	}
	pages, to, err := gather(t, c, Remote{d.Default, both}, Cursor{})
	if err != nil || count(pages) != 131 || len(pages) != 4 {
		t.Fatalf("%d objects on %d pages: %v", count(pages), len(pages), err)
	}
	// Everything was added a moment ago: the cursor stays a little behind, and what is there
	// now comes again. A minute later it does not.
	pages, to, err = gather(t, c, Remote{d.Default, both}, to)
	if err != nil || count(pages) != 131 || !to.Added.Before(w.shelves[both].entries[0].Added) {
		t.Errorf("at once again: %d, up to %v, %v", count(pages), to.Added, err)
	}
	last := w.shelves[both].last
	for _, r := range w.shelves[both].entries {
		r.Added = r.Added.Add(-time.Minute)
	}
	if _, to, err = gather(t, c, Remote{d.Default, both}, Cursor{}); err != nil || !to.Added.Equal(last.Add(-time.Minute)) {
		t.Errorf("%v, want %v: %v", to.Added, last.Add(-time.Minute), err)
	}
	if pages, to, err = gather(t, c, Remote{d.Default, both}, to); err != nil || count(pages) != 0 || to.Next != "" {
		t.Errorf("nothing new: %v %v", pages, err)
	}
	w.fill(both, indicator(500, 1))
	if pages, _, err = gather(t, c, Remote{d.Default, both}, to); err != nil || count(pages) != 1 {
		t.Errorf("one new: %v %v", pages, err)
	}
}

func TestACursorMovesOnlyBeyondWhatWasTaken(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.PageLimit = 10 })
	w.now = func() time.Time { return time.Now().Add(-time.Hour) }
	w.fillMany(both, 55)
	c, _ := clientOf(t, w.srv.URL)
	taken := map[string]int{}
	var cursor Cursor
	for fail := range 40 {
		page := 0
		to, err := c.Poll(t.Context(), remote(c, both), cursor, func(e Envelope) error {
			if page++; page == 2 && fail%2 == 0 {
				return errSecret("disk full")
			}
			for _, raw := range e.Objects {
				id, _ := nameOf(raw)
				taken[id]++
			}
			return nil
		})
		// The cursor is kept as text, as a program would.
		text, _ := json.Marshal(to)
		cursor = Cursor{}
		if json.Unmarshal(text, &cursor) != nil {
			t.Fatal("a cursor cannot be read back")
		}
		if err == nil {
			break
		}
		if err != errSecret("disk full") {
			t.Fatalf("the error of each came back as %v", err)
		}
	}
	if len(taken) != 55 {
		t.Errorf("%d of 55", len(taken))
	}
	for id, n := range taken {
		if n != 1 {
			t.Errorf("%s came %d times", id, n)
		}
	}
}

func TestAnOldNextIsGivenUpForTheTime(t *testing.T) {
	w := newWorld(t)
	w.now = func() time.Time { return time.Now().Add(-time.Hour) }
	w.fillMany(both, 20)
	c, _ := clientOf(t, w.srv.URL)
	from := Cursor{Added: w.shelves[both].entries[11].Added, Next: "of-another-key", From: time.Time{}}
	pages, to, err := gather(t, c, remote(c, both), from)
	if err != nil || count(pages) != 8 || to.Next != "" {
		t.Errorf("%d objects, %+v, %v", count(pages), to, err)
	}
}

func TestAnAddressThatCannotBeAServers(t *testing.T) {
	for _, c := range []struct{ url, code string }{
		{"", "taxii.url"}, {"hub.example/taxii2/", "taxii.url"}, {"ftp://hub.example/", "taxii.url"}, {"https:///taxii2/", "taxii.url"},
		{"https://user:secret@hub.example/taxii2/", "taxii.url"}, {"https://hub.example/taxii2/?a=b", "taxii.url"}, {"file:///etc/passwd", "taxii.url"},
		{"http://hub.example/taxii2/", "taxii.url-plain"}, {"http://10.0.0.1/taxii2/", "taxii.url-plain"},
	} {
		_, err := NewClient(ClientConfig{URL: c.url})
		wantFault(t, err, fault.Usage, c.code)
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("the error shows a password: %v", err)
		}
	}
	c, _ := clientOf(t, "http://127.0.0.1:1")
	for _, at := range []Remote{{"http://127.0.0.1:1/taxii2/api/", "../../x"}, {"", both}, {"http://127.0.0.1:1/?a", both}, {"javascript:x", both}} {
		_, err := c.Poll(t.Context(), at, Cursor{}, nil)
		wantFault(t, err, fault.Usage, "taxii.url")
	}
}

// TestCredentialsGoToOneOriginOnly: neither a root elsewhere nor a redirect takes them along.
func TestCredentialsGoToOneOriginOnly(t *testing.T) {
	stolen := []string{}
	thief := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		stolen = append(stolen, r.Header.Get("Authorization"))
	}))
	defer thief.Close()
	elsewhere := strings.Replace(thief.URL, "127.0.0.1", "localhost", 1)
	for name, to := range map[string]string{"another port": thief.URL, "another host": elsewhere, "another scheme": "https://127.0.0.1/"} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/taxii2/" {
				fmt.Fprintf(w, `{"title":"x","api_roots":["/taxii2/api/",%q],"default":%q}`, to+"/api/", to+"/api/")
				return
			}
			http.Redirect(w, r, to+"/x/", http.StatusTemporaryRedirect)
		}))
		defer srv.Close()
		c, _ := clientOf(t, srv.URL, func(c *ClientConfig) { c.Allow = append(c.Allow, "localhost"); c.User, c.Password = "u", "p" })
		d, err := c.Discover(t.Context())
		if err != nil || len(d.Foreign) != 1 || len(d.Roots) != 1 || d.Default != "" {
			t.Errorf("%s: %+v %v", name, d, err)
		}
		_, err = c.Root(t.Context(), d.Foreign[0])
		wantFault(t, err, fault.Forbidden, "taxii.peer-root")
		_, err = c.Push(t.Context(), Remote{d.Foreign[0], both}, []json.RawMessage{[]byte(address)})
		wantFault(t, err, fault.Forbidden, "taxii.peer-root")
		_, err = c.Collections(t.Context(), d.Roots[0])
		wantFault(t, err, fault.Forbidden, "taxii.peer-redirect")
	}
	if len(stolen) > 0 {
		t.Errorf("another origin was called with %q", stolen)
	}
}

func TestARedirectInsideIsFollowedAFewSteps(t *testing.T) {
	w := newWorld(t)
	w.now = func() time.Time { return time.Now().Add(-time.Hour) }
	w.fillMany(both, 3)
	inner := w.srv.Config.Handler
	w.srv.Config.Handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/old/"):
			u := *r.URL
			u.Path = strings.Replace(u.Path, "/old/", "/taxii2/", 1)
			http.Redirect(rw, r, u.String(), http.StatusPermanentRedirect)
		case strings.HasPrefix(r.URL.Path, "/round/"):
			http.Redirect(rw, r, r.URL.Path+"x/", http.StatusPermanentRedirect)
		case strings.HasPrefix(r.URL.Path, "/get/"):
			http.Redirect(rw, r, "/taxii2/", http.StatusFound)
		default:
			inner.ServeHTTP(rw, r)
		}
	})
	c, _ := clientOf(t, w.srv.URL)
	pages, _, err := gather(t, c, Remote{w.srv.URL + "/old/api/", both}, Cursor{})
	if err != nil || count(pages) != 3 {
		t.Errorf("%v %v", pages, err)
	}
	if st, err := c.Push(t.Context(), Remote{w.srv.URL + "/old/api/", both}, []json.RawMessage{[]byte(address)}); err != nil || len(st.Results) != 1 || st.Results[0].Failure != "" {
		t.Errorf("a POST that is sent on: %+v %v", st, err)
	}
	_, _, err = gather(t, c, Remote{w.srv.URL + "/round/", both}, Cursor{})
	wantFault(t, err, fault.Invalid, "taxii.peer-answer")
	u, _ := url.Parse(w.srv.URL + "/get/")
	_, err = c.ask(t.Context(), http.MethodPost, u, []byte("{}"))
	wantFault(t, err, fault.Invalid, "taxii.peer-answer")
}

func TestTLSIsVerified(t *testing.T) {
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, `{"title":"x"}`) }))
	defer srv.Close()
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	c, _ := clientOf(t, srv.URL)
	_, err := c.Discover(t.Context())
	wantFault(t, err, fault.Invalid, "taxii.peer-certificate")
	c, _ = clientOf(t, srv.URL, func(cfg *ClientConfig) {
		cfg.TLS = srv.Client().Transport.(*http.Transport).TLSClientConfig
	})
	if d, err := c.Discover(t.Context()); err != nil || d.Title != "x" {
		t.Errorf("with its authority: %+v %v", d, err)
	}
	if c.set.TLS.MinVersion != 0 {
		t.Error("the caller's configuration was changed")
	}
}

func TestAProxyIsUsedAndNotAsked(t *testing.T) {
	w := newWorld(t)
	through := 0
	proxy := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		through++
		r.URL.Host = ""
		w.srv.Config.Handler.ServeHTTP(rw, r)
	}))
	defer proxy.Close()
	p, _ := url.Parse(proxy.URL)
	c, err := NewClient(ClientConfig{URL: "http://hub.example/taxii2/", Token: "a", Proxy: p, Allow: []string{"hub.example"}})
	if err != nil {
		t.Fatal(err)
	}
	if d, err := c.Discover(t.Context()); err != nil || d.Title != "the hub" || through != 1 {
		t.Errorf("%+v, %d through the proxy: %v", d, through, err)
	}
	for _, host := range []string{"169.254.169.254", "localhost", "127.0.0.1", "[::1]"} {
		c, err := NewClient(ClientConfig{URL: "https://" + host + "/taxii2/", Proxy: p})
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Discover(t.Context())
		wantFault(t, err, fault.Forbidden, "taxii.peer-address")
	}
	if through != 1 {
		t.Error("the proxy was asked for an address of this machine")
	}
}
