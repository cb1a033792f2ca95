package hunt

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
)

// naiveReading reads words×64 bytes one by one. Nothing stands before them.
func naiveReading(src []byte, words int, numbers bool) *reading {
	r := &reading{numbers: numbers, colons: true}
	r.start()
	token, dots, worth := false, 0, false
	for i, c := range src[:words*wordBytes] {
		w, bit := i/wordBytes, uint64(1)<<(i%wordBytes)
		k := classOf(c)
		inner := k&classDot != 0 && i > 0 && isWord(src[i-1]) && isWord(src[i+1])
		switch {
		case k&classWord != 0 || inner:
			if !token {
				token, dots, worth = true, 0, numbers
			}
			if inner {
				dots++
			}
			worth = worth || dots > 1 || !inner && k&classDigit == 0
			r.token[w+lead] |= bit
		case token && dots > 0 && worth:
			r.end[w] |= bit
			r.dotted.add(uint32(i))
			fallthrough
		default:
			token = false
		}
		if inner || k&classWord == 0 {
			r.edge[w+lead] |= bit
		}
		if k&classHex != 0 {
			r.hex[w] |= bit
		}
		if k&classColon != 0 {
			r.colon[w] |= bit
		}
		if from := i - 15; from%16 == 0 && !slices.ContainsFunc(src[from:i+1], func(c byte) bool { return !isHex(c) }) {
			r.long.add(w)
		}
		if k&(classTurn|classHigh) != 0 {
			r.odd.add(w)
		}
		if k&classTurn != 0 {
			r.odds[w].turn |= bit
		}
		if k&classHigh != 0 {
			r.odds[w].high |= bit
		}
		if beginning[c]&second[src[i+1]] != 0 {
			r.odds[w].escape |= bit
		}
	}
	return r
}

// unlike says what two readings of so many words have that is not the same, "" if nothing.
func (r *reading) unlike(o *reading, words int) string {
	within := func(x, y []uint64) bool { return slices.Equal(x[:words], y[:words]) }
	switch {
	case !within(r.token[lead:], o.token[lead:]):
		return "tokens"
	case !within(r.edge[lead:], o.edge[lead:]):
		return "edges"
	case !within(r.end[:], o.end[:]), !slices.Equal(r.dotted.at[:r.dotted.n], o.dotted.at[:o.dotted.n]):
		return "ends"
	case !within(r.hex[:], o.hex[:]), r.long != o.long:
		return "hexadecimal digits"
	case !within(r.colon[:], o.colon[:]):
		return "colons"
	case r.odd != o.odd:
		return "odd words"
	}
	for w := range r.odd.all {
		if r.odds[w] != o.odds[w] {
			return "odd bytes"
		}
	}
	return ""
}

func checkKernels(t *testing.T, src []byte) {
	t.Helper()
	words := (len(src) - 1) / wordBytes
	for _, numbers := range []bool{false, true} {
		want := naiveReading(src, words, numbers)
		for _, k := range kernels() {
			got := &reading{numbers: numbers, colons: true}
			got.start()
			got.odds[0].turn, got.dotted.n = 1, 7 // from a block before
			k.read(got, src, words)
			if what := got.unlike(want, words); what != "" {
				t.Fatalf("the %s kernel finds other %s in %q (numbers: %v)", k, what, src, numbers)
			}
		}
	}
}

func TestKernelsAgreeOnEveryByteAtEveryPlace(t *testing.T) {
	for shift := range wordBytes {
		src := bytes.Repeat([]byte{'x'}, 8*wordBytes+1)
		for c := range 256 {
			src[(c+shift)%len(src)] = byte(c)
		}
		checkKernels(t, src)
	}
}

func TestKernelsAgreeOnWhatLogsHave(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, alphabet := range []string{"", "a.", "a. ", "1.", "1.a /", "0123456789abcdefABCDEF. ", "a.%2[:]\\u ", ":0af"} {
		for range 60 {
			src := make([]byte, blockBytes+1)
			for i := range src {
				if src[i] = byte(r.Uint32()); alphabet != "" {
					src[i] = alphabet[r.IntN(len(alphabet))]
				}
			}
			checkKernels(t, src)
		}
	}
	checkKernels(t, bytes.Repeat([]byte("a.b "), blockBytes/4+1)[:blockBytes+1]) // as many ends as there can be
}

// A text is read block by block: what a token is must not depend on where a block ends.
func TestReadingsGoOnFromBlockToBlock(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 40 {
		src := make([]byte, blockBytes+1)
		for i := range src {
			src[i] = "aaab1234....%/ "[r.IntN(15)]
		}
		want := naiveReading(src, blockWords, false)
		const half = blockWords / 2
		for _, k := range kernels() {
			got := &reading{colons: true}
			got.start()
			k.read(got, src[:half*wordBytes+1], half)
			got.next(half)
			k.read(got, src[half*wordBytes:], half)
			if !slices.Equal(got.end[:half], want.end[half:]) || !slices.Equal(got.token[lead:lead+half], want.token[lead+half:lead+blockWords]) ||
				!slices.Equal(got.edge[:half+lead], want.edge[half:lead+blockWords]) {
				t.Fatalf("the %s kernel reads the second half of %q differently", k, src)
			}
		}
	}
}

func FuzzKernels(f *testing.F) {
	f.Add([]byte("GET http://a.example/%2e%2e\\u002f HTTP/1.1\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) >= blockBytes {
			b = b[:blockBytes-1]
		}
		checkKernels(t, append(b, make([]byte, wordBytes-len(b)%wordBytes+1)...))
	})
}

func BenchmarkKernels(b *testing.B) {
	src := bytes.Repeat([]byte("1767225600.020   4715 10.9.13.191 TCP_MISS/200 164123 GET http://api-daigaku29678.io/account\n"), 200)[:blockBytes+1]
	for _, k := range kernels() {
		b.Run(k.String(), func(b *testing.B) {
			r := new(reading)
			b.SetBytes(blockBytes)
			for b.Loop() {
				r.start()
				k.read(r, src, blockWords)
			}
		})
	}
}
