package store_test

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/store"
)

// indicators gives objects of about 750 bytes, as they come.
func indicators(from, n int) []store.Addressed {
	out := make([]store.Addressed, n)
	for k := range out {
		id := fmt.Sprintf("indicator--%08x-0000-4000-8000-000000000000", from+k)
		raw := []byte(`{"id":"` + id + `","pattern":"` + strings.Repeat("x", 650) + `"}`)
		out[k] = store.Addressed{Audience: 1 + parcel.AudienceID(k%2), Object: parcel.Object{
			ID: id, Type: "indicator", Version: "2026-09-01T00:30:00.000Z", Instant: "2026-09-01T00:30:00", Sum: sha256.Sum256(raw), Raw: raw,
		}}
	}
	return out
}

const shelfID parcel.CollectionID = "6ae6783f-4fbd-491b-aeb8-8b73a48ed247"

func shelved(t testing.TB, s *store.Store, org party.OrgID, from, n int) {
	t.Helper()
	for at := from; at < from+n; at += 1000 {
		err := s.Act(t.Context(), org, "local", func(w *store.Writing) error {
			_, err := w.Shelve(shelfID, "parcel-1", indicators(at, min(1000, from+n-at)))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func BenchmarkShelve(b *testing.B) {
	s := open(b, b.TempDir())
	x := settle(b, s, "akamatsu")
	n := 0
	for b.Loop() {
		shelved(b, s, x.org, n, 1000)
		n += 1000
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "objects/s")
}

func BenchmarkEntries(b *testing.B) {
	for _, size := range []int{10_000, 100_000} {
		s := open(b, b.TempDir())
		x := settle(b, s, "akamatsu")
		shelved(b, s, x.org, 0, size)
		for _, c := range []struct {
			name string
			q    parcel.Query
			to   []parcel.AudienceID
		}{
			{"page100", parcel.Query{Limit: 100}, []parcel.AudienceID{1, 2}},
			{"page1000", parcel.Query{Limit: 1000}, []parcel.AudienceID{1, 2}},
			{"half1000", parcel.Query{Limit: 1000}, []parcel.AudienceID{2}},
			{"byid", parcel.Query{IDs: []string{"indicator--00000777-0000-4000-8000-000000000000"}}, []parcel.AudienceID{1, 2}},
			{"empty", parcel.Query{After: time.Now().AddDate(1, 0, 0)}, []parcel.AudienceID{1, 2}},
		} {
			b.Run(fmt.Sprintf("%s/%d", c.name, size), func(b *testing.B) {
				n, q := 0, c.q
				for b.Loop() {
					page, err := s.Entries(b.Context(), x.org, shelfID, c.to, q)
					if err != nil {
						b.Fatal(err)
					}
					n += len(page.Entries)
					if q.After = page.Next; !page.More {
						q.After = c.q.After
					}
				}
				b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "objects/s")
			})
		}
	}
}
