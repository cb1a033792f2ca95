package taxii

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
)

// Servers as they are found, and as nobody would wish them.

// peer makes a server of one function and a client for it.
func peer(t *testing.T, serve http.HandlerFunc, change ...func(*ClientConfig)) (*Client, Remote, *[]time.Duration) {
	t.Helper()
	srv := httptest.NewServer(serve)
	t.Cleanup(srv.Close)
	c, slept := clientOf(t, srv.URL, change...)
	return c, remote(c, both), slept
}

// pages serves one body after the other, the last one for ever.
func pages(bodies ...string) http.HandlerFunc {
	n := 0
	return func(w http.ResponseWriter, r *http.Request) {
		b := bodies[min(n, len(bodies)-1)]
		n++
		head, body, ok := strings.Cut(b, "|")
		if !ok {
			head, body = "", b
		}
		w.Header().Set("Content-Type", mediaType)
		if head != "" {
			w.Header().Set(addedLast, head)
		}
		fmt.Fprint(w, body)
	}
}

func TestAPollSurvivesHowServersWrite(t *testing.T) {
	one := `{"objects":[` + address + `]}`
	for name, c := range map[string]struct {
		serve http.HandlerFunc
		want  int
	}{
		"null for a list": {pages(`{"objects":null,"more":null,"next":null}`), 0},
		"an empty list":   {pages(`{"objects":[]}`), 0},
		"nothing at all":  {pages(`{}`), 0},
		"no headers":      {func(w http.ResponseWriter, _ *http.Request) { w.Header()["Content-Type"] = nil; fmt.Fprint(w, one) }, 1},
		"application/json": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, one)
		}, 1},
		"a charset": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/taxii+json; charset=utf-8; version=2.1")
			fmt.Fprint(w, one)
		}, 1},
		"a byte order mark":            {pages("\xef\xbb\xbf" + one), 1},
		"more as text":                 {pages(`2026-01-01T00:00:00Z|{"more":"true","next":"a","objects":[`+address+`]}`, `{"more":"false"}`), 1},
		"a number for next":            {pages(`2026-01-01T00:00:00Z|{"more":false,"next":5,"objects":[` + address + `]}`), 1},
		"a time with an offset":        {pages(`2026-01-01T09:00:00+09:00|` + one), 1},
		"a time that is none":          {pages(`undefined|` + one), 1},
		"the same object twice":        {pages(`{"objects":[` + address + `,` + address + `]}`), 1},
		"what is no object among them": {pages(`{"objects":[1,"a",null,` + address + `]}`), 4},
		"properties nobody knows":      {pages(`{"objects":[` + address + `],"x":{"y":[1]},"id":7}`), 1},
		"compressed": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			fmt.Fprint(z, one)
			z.Close()
		}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			cl, at, _ := peer(t, c.serve)
			got, to, err := gather(t, cl, at, Cursor{})
			if err != nil || count(got) != c.want || to.Next != "" {
				t.Errorf("%v %+v %v, want %d", got, to, err, c.want)
			}
		})
	}
}

func TestAPollThatLeadsNowhereIsGivenUpAndItsCursorKept(t *testing.T) {
	const then, later, before = "2026-01-01T00:00:00.000000Z", "2026-01-01T00:00:01.000000Z", "2025-12-01T00:00:00.000000Z"
	obj := func(n int) string { return indicator(n, 1) }
	circle := 0
	endless := 0
	for name, c := range map[string]struct {
		serve http.HandlerFunc
		from  Cursor
		code  string
		got   int
		added string
	}{
		"the same next for ever": {pages(then + `|{"more":true,"next":"a","objects":[` + obj(1) + `]}`), Cursor{}, "taxii.peer-stuck", 1, then},
		"two nexts in a circle": {func(w http.ResponseWriter, r *http.Request) {
			circle++
			fmt.Fprintf(w, `{"more":true,"next":"%d","objects":[%s]}`, circle%2, obj(circle))
		}, Cursor{}, "taxii.peer-stuck", 3, ""},
		"more, and no way to it":     {pages(`{"more":true,"objects":[` + obj(1) + `]}`), Cursor{}, "taxii.peer-stuck", 1, ""},
		"the same last for ever":     {pages(then + `|{"more":true,"objects":[` + obj(1) + `]}`), Cursor{}, "taxii.peer-stuck", 1, then},
		"back in time":               {pages(later+`|{"more":true,"objects":[`+obj(1)+`]}`, before+`|{"more":true,"objects":[`+obj(2)+`]}`), Cursor{}, "taxii.peer-stuck", 2, later},
		"back before where it began": {pages(before + `|{"more":true,"objects":[` + obj(1) + `]}`), Cursor{Added: mustTime(t, then)}, "taxii.peer-stuck", 1, then},
		"the far future":             {pages(`9999-01-01T00:00:00.000000Z|{"more":true,"objects":[` + obj(1) + `]}`), Cursor{}, "taxii.peer-stuck", 1, ""},
		"new nexts that bring nothing": {func(w http.ResponseWriter, r *http.Request) {
			endless++
			fmt.Fprintf(w, `{"more":true,"next":"n%d","objects":[%s]}`, endless, obj(1))
		}, Cursor{}, "taxii.peer-stuck", 1, ""},
		"a next as long as a book": {pages(`{"more":true,"next":"` + strings.Repeat("x", maxNext+1) + `"}`), Cursor{}, "taxii.peer-answer", 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			cl, at, _ := peer(t, c.serve)
			got, to, err := gather(t, cl, at, c.from)
			wantFault(t, err, fault.Invalid, c.code)
			if count(got) != c.got {
				t.Errorf("%d objects, want %d", count(got), c.got)
			}
			if c.added == "" && !to.Added.IsZero() || c.added != "" && stamp(to.Added) != c.added {
				t.Errorf("the cursor is at %v, want %q", to.Added, c.added)
			}
		})
	}
}

func TestALongPollGoesOnNextTime(t *testing.T) {
	w := newWorld(t)
	w.now = func() time.Time { return time.Now().Add(-time.Hour) }
	w.fillMany(both, 30)
	w.srv.Config.Handler = limited(w.srv.Config.Handler, "4")
	c, _ := clientOf(t, w.srv.URL, func(c *ClientConfig) { c.MaxPages = 3 })
	var all []string
	var to Cursor
	for {
		got, next, err := gather(t, c, remote(c, both), to)
		all, to = append(all, slices.Concat(got...)...), next
		if err == nil {
			break
		}
		wantFault(t, err, fault.Unavailable, "taxii.peer-long")
		if len(got) != 3 {
			t.Fatalf("%d pages", len(got))
		}
	}
	if len(all) != 30 || len(slices.Compact(slices.Sorted(slices.Values(all)))) != 30 {
		t.Errorf("%d of 30", len(all))
	}
}

// limited makes a server give smaller pages than it is asked for.
func limited(h http.Handler, limit string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if q.Has(byLimit) {
			q.Set(byLimit, limit)
			r.URL.RawQuery = q.Encode()
		}
		h.ServeHTTP(w, r)
	})
}

// TestAServerThatPagesByTimeAlone: without next, and with the end of each page in a header.
func TestAServerThatPagesByTimeAlone(t *testing.T) {
	w := newWorld(t)
	w.now = func() time.Time { return time.Now().Add(-time.Hour) }
	w.fillMany(both, 25)
	inner := limited(w.srv.Config.Handler, "7")
	w.srv.Config.Handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rec := httptest.NewRecorder()
		r.Header.Del("Accept-Encoding")
		inner.ServeHTTP(rec, r)
		var body map[string]any
		_ = json.Unmarshal(rec.Body.Bytes(), &body)
		delete(body, "next")
		rw.Header().Set(addedLast, rec.Header().Get(addedLast))
		_ = json.NewEncoder(rw).Encode(body)
	})
	c, _ := clientOf(t, w.srv.URL)
	got, to, err := gather(t, c, remote(c, both), Cursor{})
	if err != nil || count(got) != 25 || len(got) != 4 || !to.Added.Equal(w.shelves[both].last) {
		t.Errorf("%d objects on %d pages, %v, %v", count(got), len(got), to, err)
	}
}

// TestWhatACommitBringsLateIsStillRead: an entry that comes to stand behind the last one read
// is found, because the cursor stays behind the moment of the answer.
func TestWhatACommitBringsLateIsStillRead(t *testing.T) {
	w := newWorld(t)
	w.fillMany(both, 3)
	c, _ := clientOf(t, w.srv.URL)
	_, to, err := gather(t, c, remote(c, both), Cursor{})
	if err != nil {
		t.Fatal(err)
	}
	s := w.shelves[both]
	late := *s.entries[0]
	w.fill(both, indicator(9, 1))
	s.entries[3].Added = late.Added.Add(-time.Second) // given before, committed after
	s.entries = []*row{s.entries[3], s.entries[0], s.entries[1], s.entries[2]}
	got, _, err := gather(t, c, remote(c, both), to)
	if err != nil || !slices.Contains(slices.Concat(got...), indicatorID(9)) {
		t.Errorf("%v %v", got, err)
	}
	none, _ := clientOf(t, w.srv.URL, func(c *ClientConfig) { c.Overlap = -1 })
	if _, to, _ := gather(t, none, remote(none, both), Cursor{}); !to.Added.Equal(s.entries[3].Added) {
		t.Errorf("without an overlap the cursor is at %v", to.Added)
	}
}

// TestWhatAServerRefusesIsSaid: each refusal has its words, and no more is asked than makes
// sense.
func TestWhatAServerRefusesIsSaid(t *testing.T) {
	status := func(s int, kind, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.WriteHeader(s)
			fmt.Fprint(w, body)
		}
	}
	const page = `<html><title>諏訪湖医療センター</title></html>`
	for name, c := range map[string]struct {
		serve http.HandlerFunc
		kind  fault.Kind
		code  string
		tries int
	}{
		"a page of HTML":               {status(200, "text/html; charset=utf-8", page), fault.Invalid, "taxii.peer-answer", 1},
		"a page that says it is TAXII": {status(200, mediaType, page), fault.Invalid, "taxii.peer-answer", 1},
		"nothing":                      {status(200, mediaType, ""), fault.Invalid, "taxii.peer-answer", 1},
		"half of an answer":            {status(200, mediaType, `{"objects":[`), fault.Invalid, "taxii.peer-answer", 1},
		"a list":                       {status(200, mediaType, `[]`), fault.Invalid, "taxii.peer-answer", 1},
		"no content":                   {status(204, "", ""), fault.Invalid, "taxii.peer-refused", 1},
		"not modified":                 {status(304, "", ""), fault.Invalid, "taxii.peer-refused", 1},
		"401 in HTML":                  {status(401, "text/html", page), fault.Forbidden, "taxii.peer-credentials", 1},
		"403 with a number for a text": {status(403, mediaType, `{"title":"x","http_status":403}`), fault.Forbidden, "taxii.peer-forbidden", 1},
		"404":                          {status(404, "text/html", page), fault.NotFound, "taxii.peer-not-found", 1},
		"406":                          {status(406, mediaType, `{}`), fault.Unsupported, "taxii.peer-version", 1},
		"400":                          {status(400, mediaType, `{"code":400,"name":"x"}`), fault.Invalid, "taxii.peer-refused", 1},
		"413":                          {status(413, mediaType, ``), fault.TooLarge, "taxii.peer-small", 1},
		"500":                          {status(500, "text/html", page), fault.Unavailable, "taxii.peer-broken", 1},
		"502":                          {status(502, "text/html", page), fault.Unavailable, "taxii.peer-broken", mostTries},
		"503":                          {status(503, "text/html", page), fault.Unavailable, "taxii.peer-busy", mostTries},
		"TAXII 2.0":                    {status(200, "application/vnd.oasis.taxii+json; version=2.0", `{"title":"x"}`), fault.Unsupported, "taxii.peer-old", 1},
		"TAXII 2.0 refuses us":         {status(406, "application/vnd.oasis.taxii+json; version=2.0", `{}`), fault.Unsupported, "taxii.peer-old", 1},
		"a part, as of TAXII 2.0":      {status(206, "application/vnd.oasis.stix+json", `{}`), fault.Unsupported, "taxii.peer-old", 1},
	} {
		t.Run(name, func(t *testing.T) {
			tries := 0
			cl, at, _ := peer(t, func(w http.ResponseWriter, r *http.Request) { tries++; c.serve(w, r) })
			_, to, err := gather(t, cl, at, Cursor{Added: time.Unix(1, 0)})
			wantFault(t, err, c.kind, c.code)
			if tries != c.tries || !to.Added.Equal(time.Unix(1, 0)) {
				t.Errorf("%d tries, want %d; cursor %v", tries, c.tries, to)
			}
			if strings.Contains(fmt.Sprint(err), "諏訪") {
				t.Errorf("the server's words came along: %v", err)
			}
		})
	}
}

func TestARootThatSpeaksOnlyTheOldVersion(t *testing.T) {
	for versions, ok := range map[string]bool{`["taxii-2.0"]`: false, `["application/vnd.oasis.taxii+json; version=2.0"]`: false, `["taxii-2.0","application/taxii+json;version=2.1"]`: true, `["taxii-2.1"]`: true, `null`: true} {
		c, at, _ := peer(t, pages(`{"title":"x","versions":`+versions+`,"max_content_length":"1000"}`))
		root, err := c.Root(t.Context(), at.Root)
		if ok && (err != nil || root.MaxContent != 1000) {
			t.Errorf("%s: %+v %v", versions, root, err)
		}
		if !ok {
			wantFault(t, err, fault.Unsupported, "taxii.peer-old")
		}
	}
}

func TestABusyServerIsAskedAgainWhenItSays(t *testing.T) {
	for name, c := range map[string]struct {
		after string
		waits []time.Duration
		ok    bool
	}{
		"in seconds":      {"7", []time.Duration{7 * time.Second, 7 * time.Second}, true},
		"at once":         {"0", []time.Duration{time.Second, 2 * time.Second}, true},
		"not said":        {"", []time.Duration{time.Second, 2 * time.Second}, true},
		"nonsense":        {"soon", []time.Duration{time.Second, 2 * time.Second}, true},
		"in the past":     {"Mon, 02 Jan 2006 15:04:05 GMT", []time.Duration{time.Second, 2 * time.Second}, true},
		"negative":        {"-5", []time.Duration{time.Second, 2 * time.Second}, true},
		"in an hour":      {"3600", nil, false},
		"in a lifetime":   {"2147483647", nil, false},
		"in the far, far": {"Fri, 31 Dec 9999 23:59:59 GMT", nil, false},
	} {
		for _, status := range []int{429, 503} {
			t.Run(fmt.Sprint(name, status), func(t *testing.T) {
				tries := 0
				cl, at, slept := peer(t, func(w http.ResponseWriter, r *http.Request) {
					if tries++; tries <= 2 {
						w.Header().Set("Retry-After", c.after)
						w.WriteHeader(status)
						return
					}
					fmt.Fprint(w, envelope(address))
				})
				got, _, err := gather(t, cl, at, Cursor{})
				if !slices.Equal(*slept, c.waits) {
					t.Errorf("waited %v, want %v", *slept, c.waits)
				}
				if c.ok && (err != nil || count(got) != 1) {
					t.Errorf("%v %v", got, err)
				}
				if !c.ok {
					wantFault(t, err, fault.Unavailable, "taxii.peer-busy")
				}
			})
		}
	}
}

// TestServersThatHangOrLie: whatever a connection does, the client comes back.
func TestServersThatHangOrLie(t *testing.T) {
	raw := func(text string, hold bool) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				return
			}
			defer conn.Close()
			fmt.Fprint(conn, text)
			if hold {
				<-r.Context().Done()
			}
		}
	}
	for name, c := range map[string]struct {
		serve http.HandlerFunc
		kind  fault.Kind
		code  string
	}{
		"says nothing":                {raw("", true), fault.Unavailable, "taxii.peer-slow"},
		"stops in the middle":         {raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"objects\":[", true), fault.Unavailable, "taxii.peer-slow"},
		"promises more than it sends": {raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"objects\":[", false), fault.Unavailable, "taxii.peer-unreachable"},
		"hangs up":                    {raw("", false), fault.Unavailable, "taxii.peer-unreachable"},
		"speaks something else":       {raw("220 mail.example ESMTP\r\n", false), fault.Unavailable, "taxii.peer-unreachable"},
		"sends more than it promises": {raw("HTTP/1.1 200 OK\r\nContent-Type: "+mediaType+"\r\nContent-Length: 12\r\n\r\n{\"objects\":[]}", false), fault.Invalid, "taxii.peer-answer"},
		"a header without end":        {raw("HTTP/1.1 200 OK\r\nX: "+strings.Repeat("x", 1<<20)+"\r\n\r\n{}", false), fault.Unavailable, "taxii.peer-unreachable"},
		"a body without end":          {func(w http.ResponseWriter, _ *http.Request) { forEver(w) }, fault.TooLarge, "taxii.peer-too-large"},
		"a body without end, compressed": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			forEver(z)
		}, fault.TooLarge, "taxii.peer-too-large"},
		"what is not gzip and says so": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			fmt.Fprint(w, "{}")
		}, fault.Unavailable, "taxii.peer-unreachable"},
	} {
		t.Run(name, func(t *testing.T) {
			patience := 150 * time.Millisecond
			if c.code == "taxii.peer-too-large" {
				patience = 20 * time.Second
			}
			cl, at, _ := peer(t, c.serve, func(cfg *ClientConfig) { cfg.Patience, cfg.MaxBody = patience, 1<<20 })
			_, to, err := gather(t, cl, at, Cursor{Added: time.Unix(5, 0)})
			wantFault(t, err, c.kind, c.code)
			if !to.Added.Equal(time.Unix(5, 0)) {
				t.Errorf("the cursor moved to %v", to.Added)
			}
		})
	}
}

func forEver(w io.Writer) {
	b := bytes.Repeat([]byte(" "), 64<<10)
	for {
		if _, err := w.Write(b); err != nil {
			return
		}
	}
}

func TestWhoStopsIsObeyed(t *testing.T) {
	c, at, _ := peer(t, func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	_, err := c.Poll(ctx, at, Cursor{}, nil)
	wantFault(t, err, fault.Unavailable, "taxii.peer-stopped")
	nowhere, at2 := closedPort(t)
	_, _, err = gather(t, nowhere, at2, Cursor{})
	wantFault(t, err, fault.Unavailable, "taxii.peer-unreachable")
}

func closedPort(t *testing.T) (*Client, Remote) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	c, _ := clientOf(t, "http://"+l.Addr().String())
	return c, remote(c, both)
}

// Bringing objects.

// inbox answers a POST with a status, and then what is asked about it.
func inbox(root, post string, looks ...string) http.HandlerFunc {
	n := 0
	return func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodPost:
			w.WriteHeader(http.StatusAccepted)
			fmt.Fprint(w, post)
		case strings.Contains(r.URL.Path, "/status/"):
			s := looks[min(n, len(looks)-1)]
			if n++; s == "404" {
				w.WriteHeader(http.StatusNotFound)
				return
			}
			fmt.Fprint(w, s)
		default:
			fmt.Fprint(w, root)
		}
	}
}

const statusID = `"id":"99999999-9999-4999-8999-999999999999"`

func TestAStatusIsAskedForUntilItIsComplete(t *testing.T) {
	pending := `{` + statusID + `,"status":"pending","total_count":2}`
	done := `{` + statusID + `,"status":"complete","total_count":2,"success_count":1,"failure_count":1,"failures":[{"id":"` + addressID + `","message":"not\nyours","version":"x"}]}`
	objects := []json.RawMessage{json.RawMessage(indicator(1, 1)), json.RawMessage(address)}
	c, at, slept := peer(t, inbox(`{}`, pending, pending, pending, pending, done))
	st, err := c.Push(t.Context(), at, objects)
	if err != nil || len(st.Results) != 2 || st.Results[0].Failure != "" || st.Results[1].Failure != "not yours" || st.ID != "99999999-9999-4999-8999-999999999999" {
		t.Errorf("%+v %v", st, err)
	}
	if want := []time.Duration{time.Second / 2, time.Second, 2 * time.Second, 4 * time.Second}; !slices.Equal(*slept, want) {
		t.Errorf("waited %v, want %v", *slept, want)
	}
	c, at, _ = peer(t, inbox(`{}`, pending, pending, "404"))
	st, err = c.Push(t.Context(), at, objects)
	wantFault(t, err, fault.Unavailable, "taxii.peer-forgot")
	if len(st.Results) != 0 {
		t.Errorf("nothing is known, and %v is said", st.Results)
	}
	c, at, _ = peer(t, inbox(`{}`, pending, pending), func(c *ClientConfig) { c.MaxTime = 100 * time.Millisecond })
	c.sleep = pause
	_, err = c.Push(t.Context(), at, objects)
	wantFault(t, err, fault.Unavailable, "taxii.peer-pending")
	c, at, _ = peer(t, inbox(`{}`, `{"id":"../../x","status":"pending"}`))
	_, err = c.Push(t.Context(), at, objects)
	wantFault(t, err, fault.Invalid, "taxii.peer-answer")
}

func TestWhatAStatusSaysOfEachObject(t *testing.T) {
	a1, a2, b := indicator(1, 1), indicator(1, 2), indicator(2, 1)
	v := func(n int) string { return fmt.Sprintf("2026-09-01T00:00:%02d.444000Z", n) } // written otherwise than by us
	detail := func(n, version int) string {
		return fmt.Sprintf(`{"id":%q,"version":%q,"message":"no"}`, indicatorID(n), v(version))
	}
	for name, c := range map[string]struct {
		status string
		failed []bool
	}{
		"all well, no lists":              {`"total_count":3,"success_count":3,"failure_count":0`, []bool{false, false, false}},
		"only the id and the status":      {``, []bool{false, false, false}},
		"one version of two":              {`"total_count":3,"failure_count":1,"failures":[` + detail(1, 2) + `]`, []bool{false, true, false}},
		"the other in successes":          {`"total_count":3,"failure_count":1,"failures":[{"id":"` + indicatorID(1) + `"}],"successes":[` + detail(1, 1) + `]`, []bool{false, true, false}},
		"some, and it does not say which": {`"total_count":3,"failure_count":2`, []bool{true, true, true}},
		"some, and says which went well":  {`"total_count":3,"failure_count":2,"successes":[` + detail(2, 1) + `]`, []bool{true, true, false}},
		"fewer than were sent":            {`"total_count":1,"success_count":1,"successes":[` + detail(2, 1) + `]`, []bool{true, true, false}},
		"null lists, and counts as texts": {`"total_count":"3","failure_count":"1","successes":null,"failures":[` + detail(2, 1) + `]`, []bool{false, false, true}},
	} {
		t.Run(name, func(t *testing.T) {
			body := strings.TrimSuffix(`{`+statusID+`,"status":"complete",`+c.status, ",") + `}`
			cl, at, _ := peer(t, inbox(`{}`, body))
			st, err := cl.Push(t.Context(), at, []json.RawMessage{[]byte(a1), []byte(a2), []byte(b)})
			if err != nil || len(st.Results) != 3 {
				t.Fatalf("%+v %v", st, err)
			}
			for k, r := range st.Results {
				if (r.Failure != "") != c.failed[k] {
					t.Errorf("object %d: %q", k, r.Failure)
				}
			}
		})
	}
}

func TestWhatIsTooMuchAtOnceIsDivided(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.MaxContent = 3000 })
	c, _ := clientOf(t, w.srv.URL)
	var objects []json.RawMessage
	for n := range 40 {
		objects = append(objects, json.RawMessage(indicator(n+1, 1)))
	}
	st, err := c.Push(t.Context(), remote(c, both), objects)
	if err != nil || len(st.Results) != 40 || len(w.shelves[both].entries) != 40 {
		t.Errorf("%d results, %d kept: %v", len(st.Results), len(w.shelves[both].entries), err)
	}
	for k, r := range st.Results {
		if r.ID != indicatorID(k+1) {
			t.Fatalf("result %d is of %s", k, r.ID)
		}
	}
	large := json.RawMessage(strings.Replace(indicator(99, 1), `1.10`, `"`+strings.Repeat("x", 4000)+`"`, 1))
	st, err = c.Push(t.Context(), remote(c, both), append(slices.Clone(objects[:2]), large, objects[3]))
	wantFault(t, err, fault.TooLarge, "taxii.peer-small")
	if len(st.Results) != 2 {
		t.Errorf("before the large one %d were taken", len(st.Results))
	}
	// A server that takes less than it says.
	w2 := newWorld(t, func(c *Config) { c.MaxContent = 3000 })
	inner := w2.srv.Config.Handler
	w2.srv.Config.Handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == APIRoot {
			fmt.Fprint(rw, `{"title":"x","max_content_length":100000000}`)
			return
		}
		inner.ServeHTTP(rw, r)
	})
	c2, _ := clientOf(t, w2.srv.URL)
	if st, err := c2.Push(t.Context(), remote(c2, both), objects); err != nil || len(st.Results) != 40 {
		t.Errorf("%d results: %v", len(st.Results), err)
	}
	if st, err := c2.Push(t.Context(), remote(c2, both), nil); err != nil || len(st.Results) != 0 {
		t.Errorf("nothing to bring: %+v %v", st, err)
	}
}

func TestCollectionsAsServersListThem(t *testing.T) {
	id := string(both)
	for body, want := range map[string][]parcel.Collection{
		`{}`:                   nil,
		`{"collections":null}`: nil,
		`{"collections":[{"id":"` + id + `","title":"a","can_read":true,"can_write":"false","media_types":[]}]}`: {{ID: both, Title: "a", CanRead: true}},
		`{"collections":[{"id":"../x","title":"a","can_read":true},7,null,{"title":"no id"}]}`:                   nil,
		`{"collections":[{"id":"` + id + `","title":"a\u0000\n\u202eb","can_write":1}]}`:                         {{ID: both, Title: "a  b", CanWrite: true}},
		`{"collections":[{"id":"` + id + `","title":"` + strings.Repeat("長", 600) + `"}]}`:                       {{ID: both, Title: strings.Repeat("長", 500) + "…"}},
	} {
		c, at, _ := peer(t, pages(body))
		got, err := c.Collections(t.Context(), at.Root)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%.80s: %+v %v", body, got, err)
		}
	}
}
