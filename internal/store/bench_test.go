package store_test

import (
	"fmt"
	"testing"

	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/store"
)

// BenchmarkPutItems keeps items with their acts, salts, tree hashes and signed checkpoint,
// in transactions of several sizes, each on disk when it returns.
func BenchmarkPutItems(b *testing.B) {
	for _, n := range []int{1, 10, 100, 1000} {
		b.Run(fmt.Sprintf("%d-a-transaction", n), func(b *testing.B) {
			s := open(b, b.TempDir())
			x := settle(b, s, "akamatsu")
			items := make([]incident.Item, n)
			for i := range items {
				items[i] = item("host.evil.example")
			}
			for b.Loop() {
				if _, err := s.PutItems(b.Context(), x.org, "local", x.incident.ID, items); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*n)/b.Elapsed().Seconds(), "items/s")
		})
	}
}

func BenchmarkSealParcel(b *testing.B) {
	s := open(b, b.TempDir())
	x := settle(b, s, "akamatsu")
	body := string(make([]byte, 64<<10))
	n := 0
	for b.Loop() {
		n++
		if err := s.SealParcel(b.Context(), x.org, "local", x.incident.ID, sealed(fmt.Sprintf("parcel-%d", n), body)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkItems(b *testing.B) {
	s := open(b, b.TempDir())
	x := settle(b, s, "akamatsu")
	items := make([]incident.Item, 500)
	for i := range items {
		items[i] = item("host.evil.example")
	}
	must(s.PutItems(b.Context(), x.org, "local", x.incident.ID, items))(b)
	for b.Loop() {
		if got, err := s.Items(b.Context(), x.org, x.incident.ID); err != nil || len(got) != 502 {
			b.Fatal(len(got), err)
		}
	}
}

// BenchmarkCheck looks through a store of ten thousand acts.
func BenchmarkCheck(b *testing.B) {
	dir := b.TempDir()
	s := open(b, dir)
	x := settle(b, s, "akamatsu")
	items := make([]incident.Item, 1000)
	for i := range items {
		items[i] = item("host.evil.example")
	}
	for range 10 {
		must(s.PutItems(b.Context(), x.org, "local", x.incident.ID, items))(b)
	}
	s.Close()
	for b.Loop() {
		if r, err := store.Check(b.Context(), dir, nil); err != nil || len(r.Faults) > 0 {
			b.Fatal(r, err)
		}
	}
}
