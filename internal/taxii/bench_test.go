package taxii

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// The ceiling of this package: what it costs to speak TAXII over collections that cost next
// to nothing, on loopback, with one client that reads every answer to its end.

const benchObjects = 10_000

// bulky is an indicator of about 750 bytes.
func bulky(n int) string {
	return strings.Replace(indicator(n, 1), `"x_score"`, `"description":"`+strings.Repeat("x", 420)+`","x_score"`, 1)
}

func benchWorld(b *testing.B, n int) *world {
	w := newWorld(b)
	objects := make([]string, n)
	for k := range objects {
		objects[k] = bulky(k + 1)
	}
	if n > 0 {
		w.fill(both, objects...)
	}
	return w
}

func (w *world) fetch(client *http.Client, method, path string, body []byte) []byte {
	r, err := http.NewRequest(method, w.srv.URL+path, bytes.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer a")
	r.Header.Set("Accept-Encoding", "identity")
	r.Header.Set("Content-Type", mediaType)
	resp, err := client.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 300 {
		w.t.Fatalf("%s %s: %d %v", method, path, resp.StatusCode, err)
	}
	return got
}

func BenchmarkWalk(b *testing.B) {
	w := benchWorld(b, benchObjects)
	for _, limit := range []int{100, 1000} {
		b.Run(fmt.Sprintf("pages=%d", limit), func(b *testing.B) {
			for b.Loop() {
				next := ""
				for pages := 0; ; pages++ {
					body := w.fetch(http.DefaultClient, "GET", fmt.Sprintf("%s?limit=%d%s", at(both, "objects/"), limit, next), nil)
					rest, ok := bytes.CutPrefix(body, []byte(`{"more":true,"next":"`))
					if !ok {
						break
					}
					token, _, _ := bytes.Cut(rest, []byte(`"`))
					next = "&next=" + string(token)
				}
			}
			b.ReportMetric(float64(b.N*benchObjects)/b.Elapsed().Seconds(), "objects/s")
		})
	}
}

func BenchmarkOne(b *testing.B) {
	w := benchWorld(b, benchObjects)
	for name, path := range map[string]string{
		"by-id": at(both, "objects/"+indicatorID(777)+"/"), "empty-poll": at(both, "objects/?added_after=2999-01-01T00:00:00Z"), "discovery": Prefix,
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				w.fetch(http.DefaultClient, "GET", path, nil)
			}
		})
	}
}

func BenchmarkManifest(b *testing.B) {
	w := benchWorld(b, 1000)
	b.ReportAllocs()
	for b.Loop() {
		w.fetch(http.DefaultClient, "GET", at(both, "manifest/"), nil)
	}
	b.ReportMetric(float64(b.N*1000)/b.Elapsed().Seconds(), "objects/s")
}

// BenchmarkBring reads, splits and judges envelopes of a thousand.
func BenchmarkBring(b *testing.B) {
	w := benchWorld(b, 0)
	n := 0
	for b.Loop() {
		b.StopTimer()
		objects := make([]string, 1000)
		for k := range objects {
			n++
			objects[k] = bulky(n)
		}
		body := []byte(envelope(objects...))
		b.StartTimer()
		w.fetch(http.DefaultClient, "POST", at(both, "objects/"), body)
	}
	b.ReportMetric(float64(b.N*1000)/b.Elapsed().Seconds(), "objects/s")
}

// BenchmarkPoll is the client: reading, taking apart, leaving out what came before.
func BenchmarkPoll(b *testing.B) {
	w := benchWorld(b, benchObjects)
	c, _ := clientOf(b, w.srv.URL)
	for b.Loop() {
		n := 0
		if _, err := c.Poll(b.Context(), remote(c, both), Cursor{}, func(e Envelope) error { n += len(e.Objects); return nil }); err != nil || n != benchObjects {
			b.Fatal(n, err)
		}
	}
	b.ReportMetric(float64(b.N*benchObjects)/b.Elapsed().Seconds(), "objects/s")
}

// BenchmarkPage is the server alone, without a connection.
func BenchmarkPage(b *testing.B) {
	w := benchWorld(b, 1000)
	r, _ := http.NewRequest("GET", at(both, "objects/"), nil)
	r.Header.Set("Authorization", "Bearer a")
	b.ReportAllocs()
	for b.Loop() {
		w.srv.Config.Handler.ServeHTTP(discard{http.Header{}}, r)
	}
	b.ReportMetric(float64(b.N*1000)/b.Elapsed().Seconds(), "objects/s")
}

// discard is an asker who reads nothing.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
func (d discard) WriteHeader(int)             {}
