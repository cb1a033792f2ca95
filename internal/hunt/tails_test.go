package hunt

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/wakachi/wakachi/internal/indicator"
)

// without is the pack as it would be if it held too many values for tails.
func without(p *Pack) *Pack {
	q := *p
	q.tails.words = nil
	return &q
}

// askingAll is a pack for which nothing is told by its first or last bytes alone.
func askingAll(p *Pack) *Pack {
	q := without(p)
	q.heads, q.lasts = bytes.Repeat([]byte{0xff}, len(p.heads)), bytes.Repeat([]byte{0xff}, len(p.lasts))
	return q
}

func TestFirstAndLastBytesHideNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	word := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = "abcdefghijklmnopqrstuvwxyz0123456789-_"[r.IntN(38)]
		}
		return string(b)
	}
	for range 200 {
		var values []string
		var ws []Wanted
		for range 30 {
			v := word(1+r.IntN(9)) + "." + word(1+r.IntN(6))
			if r.IntN(3) == 0 {
				v = word(1+r.IntN(30)) + "." + v
			}
			values = append(values, v)
			ws = append(ws, Wanted{Value: indicator.Value{Type: indicator.Domain, Value: v}})
		}
		for range 10 {
			v := fmt.Sprintf("%d.%d.%d.%d", r.IntN(12), r.IntN(256), r.IntN(12), r.IntN(256))
			values = append(values, v)
			ws = append(ws, Wanted{Value: indicator.Value{Type: indicator.IPv4, Value: v}})
		}
		p := packOf(t, ws...)
		text := ""
		for _, v := range values {
			switch r.IntN(3) {
			case 0:
				v = strings.ToUpper(v)
			case 1:
				if v[len(v)-1] > '9' {
					v = word(1+r.IntN(12)) + "." + v
				}
			}
			text += v + []string{" ", "\n", "/", "\"", "(x.y)", ",10.0.0.1,"}[r.IntN(6)]
		}
		want := hunting(askingAll(p), kernels()[0], text, 500)
		for name, p := range map[string]*Pack{"with tails": p, "without": without(p)} {
			if got := hunting(p, kernels()[0], text, 500); !slices.Equal(got, want) || len(got) < len(values) {
				t.Fatalf("%s: %d hits of %d values: %s", name, len(got), len(values), difference(got, want))
			}
		}
	}
}

func TestPacksTooLargeForTailsFindTheSame(t *testing.T) {
	p, r := everything(t), rand.New(rand.NewPCG(13, 14))
	for range 20 {
		text := jumble(t, r, 80)
		if got, want := hunting(without(p), kernels()[0], text, 8192), hunting(p, kernels()[0], text, 8192); !slices.Equal(got, want) {
			t.Fatal(difference(got, want))
		}
	}
	if n := len(tailsFor(mostTails + 1).words); n != 0 {
		t.Errorf("%d bytes of words for more than the most", n)
	}
}
