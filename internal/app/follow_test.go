package app

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/tlp"
)

// A stranger is a TAXII 2.1 server that is no wakachi: its own root, Basic instead of tokens, unsealed objects,
// pages of two.
type stranger struct {
	*httptest.Server
	mu      sync.Mutex
	objects []string // with when they were added
	added   []time.Time
	down    bool
}

const feedCollection = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"

func newStranger(t *testing.T) *stranger {
	t.Helper()
	s := &stranger{}
	s.Server = httptest.NewServer(http.HandlerFunc(s.answer))
	t.Cleanup(s.Close)
	return s
}

func (s *stranger) add(object string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.objects, s.added = append(s.objects, object), append(s.added, time.Now().UTC().Truncate(time.Microsecond))
}

func (s *stranger) answer(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	user, password, _ := r.BasicAuth()
	if s.down || user != "us" || password != "secret" {
		w.WriteHeader(map[bool]int{true: http.StatusServiceUnavailable, false: http.StatusUnauthorized}[s.down])
		return
	}
	w.Header().Set("Content-Type", "application/taxii+json;version=2.1")
	switch path := r.URL.Path; {
	case path == "/taxii2/":
		fmt.Fprintf(w, `{"title":"a feed","default":"%s/api/","api_roots":["%s/api/"]}`, s.URL, s.URL)
	case path == "/api/":
		io.WriteString(w, `{"title":"root","versions":["application/taxii+json;version=2.1"],"max_content_length":1000000}`)
	case path == "/api/collections/":
		fmt.Fprintf(w, `{"collections":[{"id":"%s","title":"indicators","can_read":true,"can_write":false},{"id":"52892447-4d7e-4f70-b94d-d7f22742ff63","title":"not ours","can_read":false,"can_write":false}]}`, feedCollection)
	case path == "/api/collections/"+feedCollection+"/objects/":
		s.page(w, r)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func (s *stranger) page(w http.ResponseWriter, r *http.Request) {
	after, _ := time.Parse("2006-01-02T15:04:05.999999Z", r.URL.Query().Get("added_after"))
	skip := 0
	fmt.Sscan(r.URL.Query().Get("next"), &skip)
	var page []string
	var first, last time.Time
	seen, more := 0, false
	for k, o := range s.objects {
		if !s.added[k].After(after) {
			continue
		}
		if seen++; seen <= skip {
			continue
		}
		if len(page) == 2 {
			more = true
			break
		}
		if page = append(page, o); first.IsZero() {
			first = s.added[k]
		}
		last = s.added[k]
	}
	if len(page) > 0 {
		w.Header().Set("X-TAXII-Date-Added-First", first.Format("2006-01-02T15:04:05.000000Z"))
		w.Header().Set("X-TAXII-Date-Added-Last", last.Format("2006-01-02T15:04:05.000000Z"))
	}
	next := ""
	if more {
		next = fmt.Sprintf(`,"next":"%d"`, skip+2)
	}
	fmt.Fprintf(w, `{"more":%v%s,"objects":[%s]}`, more, next, strings.Join(page, ","))
}

func feedIndicator(n int, marking string) string {
	return fmt.Sprintf(`{"type":"indicator","spec_version":"2.1","id":"indicator--00000000-0000-4000-8000-%012d","created":"2026-05-01T00:00:00.000Z","modified":"2026-05-01T00:00:00.000Z","pattern_type":"stix","pattern":"[ipv4-addr:value = '203.0.113.%d']","valid_from":"2026-05-01T00:00:00Z"%s}`, n, n, marking)
}

// A server of somebody else is followed: what it had and what is new comes once, waits to be looked at, becomes items
// under its label when a person takes it in, and goes nowhere else.
func TestFollowingAStranger(t *testing.T) {
	x, s := newStaged(t), newStranger(t)
	ctx, a := t.Context(), x.actors["webserver-security"]
	const amber = `,"object_marking_refs":["marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"]`
	for n := range 3 {
		s.add(feedIndicator(n+1, amber))
	}
	f := parcel.Feed{Name: "公開フィード", URL: s.URL + "/taxii2/", User: "us", Collection: feedCollection}
	offered, err := x.relay.Offers(ctx, a, x.courier, f, "secret")
	if err != nil || len(offered) != 1 || offered[0].Title != "indicators" {
		t.Fatalf("%v %v", offered, err)
	}
	if f, err = x.relay.Subscribe(ctx, a, x.courier, f, "secret"); err != nil {
		t.Fatal(err)
	}
	follow := func() []parcel.Arrival {
		t.Helper()
		if err := x.relay.FollowAll(ctx, a.Org, x.courier); err != nil {
			t.Fatal(err)
		}
		all, err := x.relay.Arrivals(ctx, a)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	lines := func(all []parcel.Arrival) (n int) {
		for _, w := range all {
			n += w.Lines
		}
		return n
	}
	first := follow()
	if lines(first) != 3 || first[0].Label != tlp.Amber {
		t.Fatalf("%+v", first)
	}
	if again := follow(); len(again) != len(first) {
		t.Errorf("with nothing new %d deliveries became %d", len(first), len(again))
	}
	s.add(feedIndicator(9, ""))
	if more := follow(); lines(more) != 4 || more[0].Label != tlp.Unknown {
		t.Errorf("%+v", more)
	}

	i, err := x.casework.Open(ctx, a, incident.Case{})
	if err != nil {
		t.Fatal(err)
	}
	sheet, err := x.relay.Arrival(ctx, a, first[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	in, err := x.casework.TakeShared(ctx, a, i.ID, parcel.ID(first[0].ID), sheet)
	if err != nil || in.Items != first[0].Lines {
		t.Fatalf("%d items, %v", in.Items, err)
	}
	items, err := x.casework.Items(ctx, a, i.ID)
	if err != nil || items[0].Status != incident.Received || items[0].Conditions.Label != tlp.Amber || items[0].Stand != incident.Proposed {
		t.Errorf("%+v %v", items, err)
	}

	s.mu.Lock()
	s.down = true
	s.mu.Unlock()
	if err := x.relay.FollowAll(ctx, a.Org, x.courier); err == nil {
		t.Error("a server that is down is no trouble")
	}
	if feeds, _ := x.relay.Feeds(ctx, a); feeds[0].Trouble == "" {
		t.Error("the trouble is not said")
	}
	s.mu.Lock()
	s.down = false
	s.mu.Unlock()
	follow()
	if feeds, _ := x.relay.Feeds(ctx, a); feeds[0].Trouble != "" {
		t.Errorf("it still says %s", feeds[0].Trouble)
	}

	// Nobody else sees it, and what is ended is left alone.
	other := x.actors["member-a"]
	if all, _ := x.relay.Arrivals(ctx, other); len(all) != 0 {
		t.Error("another organisation sees what came")
	}
	if _, err := x.relay.Arrival(ctx, other, first[0].ID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("another organisation opens it: %v", err)
	}
	if err := x.relay.Unsubscribe(ctx, other, f.ID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("another organisation ends it: %v", err)
	}
	if err := x.relay.Unsubscribe(ctx, a, f.ID); err != nil {
		t.Fatal(err)
	}
	before := len(follow())
	s.add(feedIndicator(10, ""))
	if after := follow(); len(after) != before {
		t.Error("what is ended is still read")
	}
	kept, err := x.relay.Feeds(ctx, a)
	if text, _ := json.Marshal(kept); err != nil || strings.Contains(string(text), "secret") {
		t.Errorf("the secret is shown: %s %v", text, err)
	}
}

func TestServersThatAreNotFollowed(t *testing.T) {
	x, s := newStaged(t), newStranger(t)
	ctx, a := t.Context(), x.actors["webserver-security"]
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>hello") }))
	defer page.Close()
	fine := parcel.Feed{Name: "x", URL: s.URL + "/taxii2/", User: "us", Collection: feedCollection}
	for what, c := range map[string]struct {
		change func(*parcel.Feed)
		secret string
		kind   fault.Kind
	}{
		"a wrong password":        {func(*parcel.Feed) {}, "wrong", fault.Forbidden},
		"a collection of others":  {func(f *parcel.Feed) { f.Collection = "52892447-4d7e-4f70-b94d-d7f22742ff63" }, "secret", fault.NotFound},
		"no collection of theirs": {func(f *parcel.Feed) { f.Collection = "../../x" }, "secret", fault.NotFound},
		"no name":                 {func(f *parcel.Feed) { f.Name = " " }, "secret", fault.Invalid},
		"no address":              {func(f *parcel.Feed) { f.URL = "nowhere" }, "secret", fault.Usage},
		"a file":                  {func(f *parcel.Feed) { f.URL = "file:///etc/passwd" }, "secret", fault.Usage},
		"the cloud's own":         {func(f *parcel.Feed) { f.URL = "https://169.254.169.254/taxii2/" }, "secret", fault.Forbidden},
		"a web page":              {func(f *parcel.Feed) { f.URL = page.URL + "/" }, "secret", 0},
	} {
		f := fine
		c.change(&f)
		_, err := x.relay.Subscribe(ctx, a, x.courier, f, c.secret)
		if err == nil || c.kind != 0 && fault.KindOf(err) != c.kind {
			t.Errorf("%s: %v (%v)", what, err, fault.KindOf(err))
		}
	}
	if _, err := x.relay.Subscribe(ctx, x.actors["webserver-legal"], x.courier, fine, "secret"); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("by who may not: %v", err)
	}
	if feeds, _ := x.relay.Feeds(ctx, a); len(feeds) != 0 {
		t.Errorf("something was kept: %+v", feeds)
	}
}
