package web_test

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/wakatest"
)

// fill gives one organisation many incidents of a hundred items each, and one of 2,000.
func fill(b *testing.B, h *wakatest.House, incidents int) (one, large incident.ID) {
	b.Helper()
	p := h.As("ransomware-security")
	items := func(n int) []incident.Item {
		out := make([]incident.Item, n)
		for k := range out {
			out[k] = incident.Item{
				Kind: incident.Kinds()[k%12], Status: incident.Observed, Stand: []incident.Stand{incident.Proposed, incident.Confirmed}[k%2],
				Text: fmt.Sprintf("2026-08-%02d 調査でサーバ %d の通信記録から不審な外部送信を確認、担当者が遮断した", k%28+1, k),
			}
			if k%12 == 1 {
				out[k].Value = indicator.Value{Type: indicator.IPv4, Value: fmt.Sprintf("203.0.%d.%d", k/256%256, k%256)}
			}
		}
		return out
	}
	hundred := items(100)
	for n := range incidents {
		id := p.Open()
		if _, err := h.Store.PutItems(b.Context(), p.Actor.Org, string(p.Actor.Account), id, hundred); err != nil {
			b.Fatal(err)
		}
		if n == incidents/2 {
			one = id
		}
	}
	large = p.Open()
	if _, err := h.Store.PutItems(b.Context(), p.Actor.Org, string(p.Actor.Account), large, items(2000)); err != nil {
		b.Fatal(err)
	}
	return one, large
}

// BenchmarkPages reports the server's time for each page at the 95th percentile, with 100
// incidents of 100 items and with 1,000, and the size of the desk as it travels.
func BenchmarkPages(b *testing.B) {
	for _, incidents := range []int{100, 1000} {
		h := wakatest.New(b)
		one, large := fill(b, h, incidents)
		x := settle(b, h)
		x.incident = one
		who := signedIn(b, h, "ransomware-security")
		pages := []string{
			"/", "/?page=2", "/search?q=遮断", "/incidents/" + string(one), "/incidents/" + string(one) + "/history",
			"/incidents/" + string(one) + "/flow/sharing", "/incidents/" + string(one) + "/sheet/sharing", "/incidents/" + string(one) + "/share",
			"/releases/" + string(x.release.ID), "/guidance", "/ledger", "/profile", "/people", "/me", "/incidents/" + string(large),
			"/incidents/" + string(large) + "/lane/technical",
		}
		for _, page := range pages {
			name := strings.NewReplacer(string(one), "ID", string(large), "LARGE", string(x.release.ID), "ID").Replace(page)
			b.Run(fmt.Sprintf("items=%d%s", incidents*100, name), func(b *testing.B) {
				var took []time.Duration
				var size int
				for b.Loop() {
					r := httptest.NewRequest(http.MethodGet, page, nil)
					r.Header.Set("Accept-Encoding", "gzip")
					for _, c := range who.cookies {
						r.AddCookie(c)
					}
					w := httptest.NewRecorder()
					began := time.Now()
					h.Web.ServeHTTP(w, r)
					took = append(took, time.Since(began))
					if w.Code != http.StatusOK {
						b.Fatalf("%s: %d", page, w.Code)
					}
					size = w.Body.Len()
					if z, err := gzip.NewReader(w.Body); err == nil {
						if _, err := io.Copy(io.Discard, z); err != nil {
							b.Fatal(err)
						}
					}
				}
				slices.Sort(took)
				b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
				b.ReportMetric(float64(size)/1024, "KB")
			})
		}
	}
}
