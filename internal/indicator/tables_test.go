package indicator

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func TestLowerASCIIIsToLower(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 20_000 {
		b := make([]byte, r.IntN(129))
		for i := range b {
			if b[i] = byte(r.IntN(128)); r.IntN(3) > 0 {
				b[i] = "abz09-._@[`{"[r.IntN(12)]
			}
		}
		if s := string(b); lowerASCII(s) != strings.ToLower(s) {
			t.Fatalf("%q becomes %q", s, lowerASCII(s))
		}
	}
}

// Every label is found where it stands, and what it begins with is not.
func TestLabelsAreFound(t *testing.T) {
	for _, r := range rows(labelTSV) {
		l, end, ok := labels().at("x "+r[1]+"：", 2)
		if !ok || l.text != r[1] || end != 2+len(r[1]) {
			t.Errorf("%q: %q, %v", r[1], l.text, ok)
		}
	}
	for _, s := range []string{"", "s", "件", "\x00\x00", "件\xe5"} {
		if l, _, ok := labels().at(s, 0); ok {
			t.Errorf("%q is the label %q", s, l.text)
		}
	}
}
