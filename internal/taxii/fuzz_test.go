package taxii

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/parcel"
)

// FuzzQuestion: whatever stands behind the question mark, the filter stays within its bounds,
// and the same question has the same sum however it is escaped.
func FuzzQuestion(f *testing.F) {
	for _, q := range []string{
		"", "limit=5", "added_after=2026-09-01T00:00:00.123456Z&next=abc", "match[id]=a,b&match[type]=indicator", "match%5Bversion%5D=first,last",
		"match[version]=2026-09-01T00:00:00Z,all", "match[spec_version]=2.0", "a=b;c=d", "limit=99999999999999999999", "added_after=2026-09-01T00:00:00+09:00", "match[id]=&limit",
	} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		for _, at := range []place{{resource: objectList, collection: both}, {resource: manifest, collection: both}, {resource: objectOne, collection: both, id: addressID}, {resource: versionList, collection: both, id: addressID}} {
			a, err := readFilter(at, raw, false, 100)
			if err != nil {
				if s := statusOfError(err); s != http.StatusBadRequest && s != http.StatusRequestURITooLong {
					t.Fatalf("%q: %d", raw, s)
				}
				continue
			}
			q := a.query
			v := q.Versions
			if q.Limit < 1 || q.Limit > 100 || len(q.IDs) > mostValues || len(q.Types) > mostValues || len(v.At) > mostValues || v.All && (v.First || v.Last || len(v.At) > 0) {
				t.Fatalf("%q: %+v", raw, q)
			}
			if at.id != "" && !slices.Equal(q.IDs, []string{at.id}) {
				t.Fatalf("%q asks for %v instead of %s", raw, q.IDs, at.id)
			}
			values, _ := url.ParseQuery(raw)
			b, err := readFilter(at, values.Encode(), false, 100)
			if err != nil || b.sum != a.sum || !b.query.After.Equal(q.After) {
				t.Fatalf("%q: escaped otherwise it is another question: %v", raw, err)
			}
		}
	})
}

// FuzzAccept: every header is read without harm; adding what we write to a list makes it
// acceptable.
func FuzzAccept(f *testing.F) {
	for _, c := range accepts {
		f.Add(c.accept)
	}
	f.Add(`a;b="\`)
	f.Fuzz(func(t *testing.T, header string) {
		acceptable([]string{header})
		takable(header)
		acceptsGzip([]string{header})
		prefersJapanese(header)
		if len(header) < 1000 && !acceptable([]string{mediaType, header}) && !strings.Contains(header, "=") {
			t.Errorf("%q beside what we write", header)
		}
	})
}

// FuzzCursor: nothing but what was written is read, and what was written is read as it was.
func FuzzCursor(f *testing.F) {
	c := newCursors(testKey)
	f.Add("", int64(0), []byte("12345678"))
	f.Add(c.write(time.UnixMicro(1), filterSum{}, "org-a"), int64(1_700_000_000_000_000), []byte("abcdefgh"))
	f.Add(c.write(time.Time{}, filterSum{1}, "org-b"), int64(-62135596800000000), []byte("\x00\xff"))
	f.Fuzz(func(t *testing.T, text string, micros int64, sumText []byte) {
		var sum filterSum
		copy(sum[:], sumText)
		if at, err := c.read(text, sum, "org-a"); err == nil && c.write(at, sum, "org-a") != text {
			t.Fatalf("%q is read and was never written", text)
		}
		at := time.UnixMicro(micros).UTC()
		if back, err := c.read(c.write(at, sum, "org-a"), sum, "org-a"); err != nil || !back.Equal(at) {
			t.Fatalf("%v came back as %v: %v", at, back, err)
		}
	})
}

// FuzzPath: no path makes the server fail; what is found is a place with sound ids.
func FuzzPath(f *testing.F) {
	m := newMemory()
	m.make(both, true, true)
	h, err := New(Config{Shelves: m, Intake: m, Authenticate: authenticate, CursorKey: testKey})
	if err != nil {
		f.Fatal(err)
	}
	for _, p := range []string{"", "/", "/api", "/api/", "/api/collections/", "/api/collections/" + string(both) + "/objects/x/versions/", "/api/status/%00/", "/api//", "/../x", "/api/collections/%2e%2e/", "/%zz"} {
		f.Add(p, "limit=1")
	}
	f.Fuzz(func(t *testing.T, path, query string) {
		p, known := findPlace("/taxii2" + path)
		if known && p.collection != "" && !isUUID(string(p.collection)) || known && p.resource == 0 {
			t.Fatalf("%q is %+v", path, p)
		}
		u, err := url.ParseRequestURI("/taxii2" + path + "?" + query)
		if err != nil {
			return // net/http does not let it come this far
		}
		for _, method := range []string{http.MethodGet, http.MethodDelete, http.MethodPost} {
			r := httptest.NewRequest(method, "/", strings.NewReader("{}"))
			r.URL = u
			r.Header.Set("Authorization", "Bearer a")
			r.Header.Set("Content-Type", mediaType)
			rec := httptest.NewRecorder()
			h.ServeHTTP(rec, r)
			if rec.Code >= 500 || rec.Body.Len() > 0 && !json.Valid(rec.Body.Bytes()) {
				t.Fatalf("%s %q: %d %s", method, path, rec.Code, rec.Body)
			}
			if to := rec.Header().Get("Location"); to != "" && (!strings.HasPrefix(to, "/taxii2") || strings.ContainsAny(to, "\r\n")) {
				t.Fatalf("%q leads to %q", path, to)
			}
		}
	})
}

// FuzzEnvelope: whatever a server answers, a poll ends, and gives each object once.
func FuzzEnvelope(f *testing.F) {
	for _, b := range []string{`{}`, `{"objects":null}`, envelope(address, marking), `{"more":true,"next":"a","objects":[1]}`, `{"more":"1","objects":[{"id":5}]}`, "\xef\xbb\xbf{}", `[]`, `{"objects":[{"id":"a","modified":"b"},{"id":"a","modified":"b"}]}`} {
		f.Add([]byte(b), "2026-01-01T00:00:00Z")
	}
	f.Fuzz(func(t *testing.T, body []byte, last string) {
		c, err := NewClient(ClientConfig{URL: "https://hub.example/taxii2/", MaxPages: 5})
		if err != nil {
			t.Fatal(err)
		}
		c.http = &http.Client{Transport: canned{body, last}}
		seen := map[objectKey]bool{}
		_, _ = c.Poll(t.Context(), Remote{"https://hub.example/taxii2/api/", both}, Cursor{}, func(e Envelope) error {
			for _, raw := range e.Objects {
				if k := keyOf(raw); seen[k] {
					t.Errorf("%s came twice", raw)
				} else {
					seen[k] = true
				}
			}
			return nil
		})
		var s wireStatus
		if json.Unmarshal(body, &s) == nil {
			if got := results([]json.RawMessage{[]byte(address), body}, s); len(got) != 2 {
				t.Errorf("%d results", len(got))
			}
		}
	})
}

// canned answers everything with the same bytes.
type canned struct {
	body []byte
	last string
}

func (c canned) RoundTrip(r *http.Request) (*http.Response, error) {
	rec := httptest.NewRecorder()
	rec.Header()[addedLast] = []string{c.last}
	_, _ = rec.Write(c.body)
	resp := rec.Result()
	resp.Request = r
	return resp, nil
}

// FuzzMoment: what is read as a time compares as Go's own reading of it does.
func FuzzMoment(f *testing.F) {
	for _, s := range []string{"2026-09-01T00:00:00Z", "2026-09-01T00:00:00.123456789+09:00", "2026-09-01T00:00:00 00:00", "0000-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m, ok := readMoment(s)
		if !ok {
			return
		}
		back, ok := readMoment(m.instant() + "Z")
		if !ok || back.instant() != m.instant() || !back.time().Equal(m.time()) {
			t.Fatalf("%q is %s, which is %s", s, m.instant(), back.instant())
		}
		if want, err := time.Parse(time.RFC3339Nano, s); err == nil && !want.Truncate(time.Microsecond).Equal(m.time()) {
			t.Fatalf("%q is %v, want %v", s, m.time(), want)
		}
	})
}

// FuzzText: ids and versions come out as strings of JSON, whatever they are.
func FuzzText(f *testing.F) {
	f.Add("indicator--x", "2026")
	f.Add("\"\\\n\x00\xff\u2028", "é")
	f.Fuzz(func(t *testing.T, id, version string) {
		e := parcel.Entry{Object: parcel.Object{ID: id, Version: version}, Added: time.Unix(0, 0)}
		var got struct{ ID, Version string }
		if err := json.Unmarshal(appendRecord(nil, e), &got); err != nil {
			t.Fatalf("%q: %v", id, err)
		}
		if want := strings.ToValidUTF8(fmt.Sprint(id), "\ufffd"); strings.Count(got.ID, "\ufffd") == strings.Count(want, "\ufffd") && got.ID != want {
			t.Fatalf("%q came out as %q", id, got.ID)
		}
	})
}
