package taxii

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
)

// The collections of the world of these tests, by what one may do there.
const (
	both   parcel.CollectionID = "11111111-1111-4111-8111-111111111111"
	reads  parcel.CollectionID = "22222222-2222-4222-8222-222222222222"
	writes parcel.CollectionID = "33333333-3333-4333-8333-333333333333"
	none   parcel.CollectionID = "44444444-4444-4444-8444-444444444444"
	theirs parcel.CollectionID = "55555555-5555-4555-8555-555555555555" // only org-b knows of it
	absent parcel.CollectionID = "66666666-6666-4666-8666-666666666666"
)

// A world is a server over collections in memory, and two organisations that know it: their
// tokens are "a" and "b".
type world struct {
	*memory
	t   testing.TB
	srv *httptest.Server
	log *bytes.Buffer
}

var testKey = bytes.Repeat([]byte("k"), 32)

func newWorld(t testing.TB, change ...func(*Config)) *world {
	t.Helper()
	m, log := newMemory(), &bytes.Buffer{}
	m.make(both, true, true)
	m.make(reads, true, false)
	m.make(writes, false, true)
	m.make(none, false, false)
	m.make(theirs, true, true).only = "org-b"
	c := Config{
		Shelves: m, Intake: m, CursorKey: testKey, Title: "the hub", Contact: "desk@hub.example",
		Authenticate: authenticate, Log: slog.New(slog.NewTextHandler(log, nil)),
	}
	for _, f := range change {
		f(&c)
	}
	h, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{memory: m, t: t, srv: httptest.NewServer(h), log: log}
	t.Cleanup(w.srv.Close)
	return w
}

func authenticate(r *http.Request) (party.Actor, error) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if _, password, basic := r.BasicAuth(); basic {
		token, ok = password, true
	}
	switch {
	case ok && len(token) == 1 && token >= "a" && token <= "f":
		return party.Actor{Account: party.AccountID("account-" + token), Org: party.OrgID("org-" + token), Token: true}, nil
	case token == "down":
		return party.Actor{}, fault.New(fault.Unavailable, "store.busy")
	}
	return party.Actor{}, fault.New(fault.Forbidden, "account.token")
}

// An answer is what came back, read to its end.
type answer struct {
	*http.Response
	raw  []byte
	body map[string]any
}

// do sends a request as organisation a. Headers are "Name: value"; one without a value is
// not sent at all.
func (w *world) do(method, path, body string, headers ...string) answer {
	w.t.Helper()
	var in io.Reader
	if body != "" {
		in = strings.NewReader(body)
	}
	return w.send(method, path, in, headers...)
}

func (w *world) send(method, path string, body io.Reader, headers ...string) answer {
	w.t.Helper()
	r, err := http.NewRequest(method, w.srv.URL+path, body)
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer a")
	r.Header.Set("Accept", mediaType)
	r.Header.Set("Accept-Encoding", "identity")
	if body != nil {
		r.Header.Set("Content-Type", mediaType)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		if r.Header.Del(name); value != "" {
			r.Header.Set(name, value)
		} else {
			r.Header[http.CanonicalHeaderKey(name)] = nil
		}
	}
	resp, err := noRedirects.Do(r)
	if err != nil {
		w.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer resp.Body.Close()
	a := answer{Response: resp}
	if a.raw, err = io.ReadAll(resp.Body); err != nil {
		w.t.Fatalf("%s %s: %v", method, path, err)
	}
	if len(a.raw) > 0 && json.Unmarshal(a.raw, &a.body) != nil {
		w.t.Fatalf("%s %s: no JSON: %.200s", method, path, a.raw)
	}
	return a
}

var noRedirects = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

func (w *world) get(path string, headers ...string) answer {
	w.t.Helper()
	return w.do(http.MethodGet, path, "", headers...)
}

// want holds the status of an answer, and that an error is in TAXII's own form.
func (w *world) want(a answer, status int) answer {
	w.t.Helper()
	if a.StatusCode != status {
		w.t.Errorf("%s %s: %d, want %d: %.300s", a.Request.Method, a.Request.URL, a.StatusCode, status, a.raw)
	}
	if len(a.raw) > 0 && a.Header.Get("Content-Type") != mediaType {
		w.t.Errorf("%s: Content-Type %q", a.Request.URL, a.Header.Get("Content-Type"))
	}
	if a.StatusCode >= 400 && a.Request.Method != http.MethodHead {
		if a.body["title"] == "" || a.body["http_status"] != fmt.Sprint(a.StatusCode) {
			w.t.Errorf("%s: no error message of TAXII: %s", a.Request.URL, a.raw)
		}
	}
	return a
}

func at(id parcel.CollectionID, rest string) string {
	return APIRoot + "collections/" + string(id) + "/" + rest
}

// An indicator by number, in the bytes in which it is served. Its property "x" is kept as it
// is written.
func indicator(n, version int) string {
	return fmt.Sprintf(`{"type":"indicator", "spec_version":"2.1", "id":%q, "created":"2026-09-01T00:00:00.000Z", "modified":"2026-09-01T00:00:%02d.444Z", "pattern":"[ipv4-addr:value = '198.51.100.%d']", "pattern_type":"stix", "valid_from":"2026-09-01T00:00:00Z", "x_score":1.10}`,
		indicatorID(n), version, n%250)
}

func indicatorID(n int) string { return fmt.Sprintf("indicator--00000000-0000-4000-8000-%012d", n) }

const (
	addressID = "ipv4-addr--28bb3599-77cd-5a82-a950-b5bcb3caf07d"
	address   = `{"type":"ipv4-addr","spec_version":"2.1","id":"` + addressID + `","value":"198.51.100.3"}`
	markingID = "marking-definition--00000000-0000-4000-8000-000000000077"
	marking   = `{"type":"marking-definition","spec_version":"2.1","id":"` + markingID + `","created":"2026-01-02T03:04:05.000Z","definition_type":"statement","definition":{"statement":"for members"}}`
)

func envelope(objects ...string) string { return `{"objects":[` + strings.Join(objects, ",") + `]}` }

// fill puts objects straight into a collection.
func (w *world) fill(id parcel.CollectionID, objects ...string) {
	w.t.Helper()
	s := w.shelves[id]
	was := s.CanWrite
	s.CanWrite = true
	defer func() { s.CanWrite = was }()
	raws := make([]json.RawMessage, len(objects))
	for k, o := range objects {
		raws[k] = json.RawMessage(o)
	}
	actor := party.Actor{Account: "account-a", Org: "org-a"}
	if s.only != "" {
		actor.Org = s.only
	}
	st, err := w.Add(w.t.Context(), actor, id, raws)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, r := range st.Results {
		if r.Failure != "" {
			w.t.Fatalf("%s: %s", r.ID, r.Failure)
		}
	}
}

// fillMany puts n indicators, numbered from 1, into a collection.
func (w *world) fillMany(id parcel.CollectionID, n int) {
	w.t.Helper()
	objects := make([]string, n)
	for k := range objects {
		objects[k] = indicator(k+1, 1)
	}
	w.fill(id, objects...)
}

// items lists what an answer holds under a name, as texts or as ids of objects.
func (a answer) items(name string) []string {
	list, _ := a.body[name].([]any)
	var out []string
	for _, x := range list {
		switch x := x.(type) {
		case string:
			out = append(out, x)
		case map[string]any:
			out = append(out, fmt.Sprint(x["id"]))
		}
	}
	return out
}

func (a answer) more() bool   { return a.body["more"] == true }
func (a answer) next() string { s, _ := a.body["next"].(string); return s }
func (a answer) last() string { return a.Header.Get(addedLast) }

// question writes the query of a URL, escaped.
func question(pairs ...string) string {
	v := url.Values{}
	for k := 0; k+1 < len(pairs); k += 2 {
		v.Add(pairs[k], pairs[k+1])
	}
	return "?" + v.Encode()
}

func mustTime(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.Parse(stampForm, s)
	if err != nil {
		t.Fatalf("%q is no date added of six digits: %v", s, err)
	}
	return at
}
