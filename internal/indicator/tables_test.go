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
