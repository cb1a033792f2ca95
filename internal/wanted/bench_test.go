package wanted_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/wakachi/wakachi/internal/wanted"
)

// mixture is a list as they are sent: in a hundred lines forty hosts, twenty-five addresses,
// fifteen URLs and twenty digests.
func mixture(lines int) []byte {
	var b bytes.Buffer
	r := rand.New(rand.NewPCG(1, 2))
	for range lines {
		n := r.Uint64()
		host := fmt.Sprintf("c2-%x.evil%d.co.jp", n>>20, n%997)
		switch k := r.IntN(100); {
		case k < 40:
			b.WriteString(host)
		case k < 65:
			fmt.Fprintf(&b, "%d.%d.%d.%d", 11+n%80, n>>8&255, n>>16&255, n>>24&255)
		case k < 80:
			fmt.Fprintf(&b, "https://%s/mail/update%d.php", host, n%1000)
		default:
			fmt.Fprintf(&b, "%016x%016x%016x%016x", r.Uint64(), r.Uint64(), r.Uint64(), r.Uint64())
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// BenchmarkList reads a plain list: WANTED_LIST, or a mixture of 100,000 lines.
func BenchmarkList(b *testing.B) {
	data := mixture(100_000)
	if name := os.Getenv("WANTED_LIST"); name != "" {
		var err error
		if data, err = os.ReadFile(name); err != nil {
			b.Fatal(err)
		}
	}
	lines := bytes.Count(data, []byte("\n"))
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if a, err := wanted.Read(bytes.NewReader(data), "list", wanted.Options{At: now}, func(wanted.Entry) error { return nil }); err != nil || a.Given == 0 {
			b.Fatal(a, err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*lines), "ns/line")
}

func BenchmarkTable(b *testing.B) {
	var t bytes.Buffer
	t.WriteString("value,first_seen,confidence,comment\n")
	for line := range bytes.Lines(mixture(100_000)) {
		fmt.Fprintf(&t, "%s,2026-11-01,85,C2 of the second wave\n", bytes.TrimSpace(line))
	}
	b.SetBytes(int64(t.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if a, err := wanted.Read(bytes.NewReader(t.Bytes()), "list", wanted.Options{At: now}, func(wanted.Entry) error { return nil }); err != nil || a.Given == 0 {
			b.Fatal(a, err)
		}
	}
}
