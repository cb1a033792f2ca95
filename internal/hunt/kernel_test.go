package hunt

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// naiveBitmaps classifies byte by byte.
func naiveBitmaps(src []byte, words int) *bitmaps {
	m := new(bitmaps)
	for i, c := range src[:words*wordBytes] {
		x := &m[i/wordBytes]
		for k, row := range []*uint64{&x.word, &x.dot, &x.digit, &x.hex, &x.colon, &x.turn, &x.high, &x.line} {
			if classOf(c)&(1<<k) != 0 {
				*row |= 1 << (i % wordBytes)
			}
		}
	}
	for i := range words * wordBytes {
		if beginning[src[i]]&second[src[i+1]] != 0 {
			m[i/wordBytes].escape |= 1 << (i % wordBytes)
		}
	}
	return m
}

func checkKernels(t *testing.T, src []byte) {
	t.Helper()
	words := (len(src) - 1) / wordBytes
	want := naiveBitmaps(src, words)
	for _, k := range kernels() {
		got := new(bitmaps)
		k.fill(got, src, words)
		if *got != *want {
			t.Fatalf("the %s kernel classifies %q differently", k, src)
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
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		src := make([]byte, (blockWords+1)*wordBytes+1)
		for i := range src {
			src[i] = byte(r.Uint32())
		}
		checkKernels(t, src)
	}
}

func TestBitmapsCountLines(t *testing.T) {
	src := []byte(string(bytes.Repeat([]byte("ab\ncd\n\n"), 40)))
	src = src[:4*wordBytes]
	m := naiveBitmaps(append(src, 0), 4)
	for n := range len(src) {
		if got, want := m.lines(n), bytes.Count(src[:n], []byte("\n")); got != want {
			t.Fatalf("%d lines in %d bytes, want %d", got, n, want)
		}
	}
}

func FuzzKernels(f *testing.F) {
	f.Add([]byte("GET http://a.example/%2e%2e\\u002f HTTP/1.1\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > blockBytes {
			b = b[:blockBytes]
		}
		checkKernels(t, append(b, make([]byte, wordBytes-len(b)%wordBytes+1)...))
	})
}

func BenchmarkKernels(b *testing.B) {
	src := bytes.Repeat([]byte("1767225600.020   4715 10.9.13.191 TCP_MISS/200 164123 GET http://api-daigaku29678.io/account\n"), 200)[:blockBytes+wordBytes+1]
	for _, k := range kernels() {
		b.Run(k.String(), func(b *testing.B) {
			m := new(bitmaps)
			b.SetBytes(int64(len(src)))
			for b.Loop() {
				k.fill(m, src, blockWords+1)
			}
		})
	}
}
