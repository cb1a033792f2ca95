//go:build goexperiment.simd && amd64

package hunt

import (
	"math/bits"
	"simd/archsimd"
)

// nativeKernels lists the kernels this processor can run.
func nativeKernels() (ks []kernel) {
	if archsimd.X86.AVX512() && archsimd.X86.AVX512VBMI() {
		ks = append(ks, kernel{"avx512", readAVX512})
	}
	if archsimd.X86.AVX2() {
		ks = append(ks, kernel{"avx2", readAVX2})
	}
	return ks
}

// The ranks order the ASCII bytes so that one comparison gives one class, or two of them. Bytes beyond ASCII have none.
const (
	rankTurn  = 1 + iota
	rankNone  // 2
	rankColon // 3
	rankDot   // 4
	rankWord  // 5: word characters that are no hexadecimal digits
	rankHex   // 6: a to f
	rankDigit // 7
)

// ranks has the rank of each ASCII byte, in the two halves that the permutation takes.
var ranks = func() (t [2][64]uint8) {
	for c := range 128 {
		k, r := classOf(byte(c)), uint8(rankNone)
		switch {
		case k&classDigit != 0:
			r = rankDigit
		case k&classHex != 0:
			r = rankHex
		case k&classWord != 0:
			r = rankWord
		case k&classDot != 0:
			r = rankDot
		case k&classColon != 0:
			r = rankColon
		case k&classTurn != 0:
			r = rankTurn
		}
		t[c/64][c%64] = r
	}
	return t
}()

// parts has, for each ASCII byte, which part of an escape it can be, in halves like ranks.
var firstParts, secondParts = halves(beginning), halves(second)

func halves(t [256]byte) (h [2][64]uint8) {
	copy(h[0][:], t[:64])
	copy(h[1][:], t[64:128])
	return h
}

// readAVX512 looks 64 bytes at a time up in a table of 128 ranks.
func readAVX512(r *reading, src []byte, words int) {
	lo, hi := archsimd.LoadUint8x64(&ranks[0]), archsimd.LoadUint8x64(&ranks[1])
	ascii, none := archsimd.BroadcastUint8x64(0x80), archsimd.BroadcastUint8x64(rankNone)
	dotRank, wordRank := archsimd.BroadcastUint8x64(rankDot), archsimd.BroadcastUint8x64(rankWord)
	hexRank, digitRank := archsimd.BroadcastUint8x64(rankHex), archsimd.BroadcastUint8x64(rankDigit)
	places := archsimd.LoadUint8x64(&placesOf64)
	base, step := archsimd.BroadcastUint32x16(0), archsimd.BroadcastUint32x16(wordBytes)

	r.long, r.odd = wordSet{}, wordSet{}
	c, all, n := r.carry, r.all(), uint(0)
	for w := range min(words, blockWords) {
		if len(src) <= wordBytes {
			break
		}
		v := archsimd.LoadUint8x64((*[64]uint8)(src))
		low := v.Less(ascii)
		rank := lo.ConcatPermute(hi, v).Masked(low)
		word, dot, digit := rank.GreaterEqual(wordRank).ToBits(), rank.Equal(dotRank).ToBits(), rank.Equal(digitRank).ToBits()
		hex, odds := rank.GreaterEqual(hexRank).ToBits(), rank.Less(none).ToBits()

		var token, inner, end uint64
		token, inner, end, c = c.mark(word, dot, digit, uint64(classes[src[wordBytes]]&classWord), all)
		r.token[uint8(w+lead)], r.edge[uint8(w+lead)] = token, inner|^token
		r.end[w], r.hex[w] = end, hex
		at := places.Compress(archsimd.Mask8x64FromBits(end)).GetLo().GetLo().ExtendToUint32().Add(base)
		at.Store((*[mostEnds]uint32)(r.dotted.at[n&(blockBytes/4-1):]))
		base = base.Add(step)
		n += uint(bits.OnesCount64(end))
		if full(hex) {
			r.long.add(w)
		}
		if r.colons {
			r.colon[w] = rank.Equal(archsimd.BroadcastUint8x64(rankColon)).ToBits()
		}
		if odds != 0 {
			high := ^low.ToBits()
			turn := odds &^ high
			r.odd.add(w)
			r.odds[w] = odd{turn, high, 0}
			if turn != 0 {
				r.odds[w].escape = turn & escapesAVX512((*[65]uint8)(src))
			}
		}
		src = src[wordBytes:]
	}
	r.carry, r.dotted.n = c, int(n)
	archsimd.ClearAVXUpperBits()
}

// mostEnds is how many tokens with a dot can end in 64 bytes: the shortest have three bytes, and one between them.
const mostEnds = 16

// placesOf64 numbers 64 bytes.
var placesOf64 = func() (t [64]uint8) {
	for i := range t {
		t[i] = uint8(i)
	}
	return t
}()

// escapesAVX512 says of 64 bytes which of them, with the next, can begin an escape.
func escapesAVX512(src *[65]uint8) uint64 {
	v, next := archsimd.LoadUint8x64((*[64]uint8)(src[:])), archsimd.LoadUint8x64((*[64]uint8)(src[1:]))
	first := archsimd.LoadUint8x64(&firstParts[0]).ConcatPermute(archsimd.LoadUint8x64(&firstParts[1]), v)
	second := archsimd.LoadUint8x64(&secondParts[0]).ConcatPermute(archsimd.LoadUint8x64(&secondParts[1]), next)
	return first.And(second).NotEqual(archsimd.Uint8x64{}).ToBits() & next.Less(archsimd.BroadcastUint8x64(0x80)).ToBits()
}

// readAVX2 compares 32 bytes at a time. Bytes of 0x80 and above are negative to it.
func readAVX2(r *reading, src []byte, words int) {
	join := func(a, b uint32) uint64 { return uint64(a) | uint64(b)<<32 }
	rest := src
	for w := range r.classes[:words] {
		if len(rest) <= wordBytes {
			break
		}
		var half [2]halfWord
		half[0].compare((*[32]uint8)(rest))
		half[1].compare((*[32]uint8)(rest[32:]))
		m := &r.classes[w]
		m.word, m.hex = join(half[0].word, half[1].word), join(half[0].hex, half[1].hex)
		m.digit, m.dot = join(half[0].digit, half[1].digit), join(half[0].dot, half[1].dot)
		m.colon, m.turn = join(half[0].colon, half[1].colon), join(half[0].turn, half[1].turn)
		m.high = join(half[0].high, half[1].high)
		rest = rest[wordBytes:]
	}
	archsimd.ClearAVXUpperBits()
	r.derive(src, words)
}

// A halfWord is the classes of 32 bytes.
type halfWord struct{ word, dot, digit, hex, colon, turn, high uint32 }

func (h *halfWord) compare(src *[32]uint8) {
	all := func(c int8) archsimd.Int8x32 { return archsimd.BroadcastInt8x32(c) }
	v := archsimd.LoadUint8x32(src).AsInt8x32()
	folded := v.Or(all(0x20))
	letter := folded.Greater(all('a' - 1)).ToBits()
	digit := v.Greater(all('0' - 1)).ToBits()
	h.digit = digit &^ v.Greater(all('9')).ToBits()
	h.hex = letter&^folded.Greater(all('f')).ToBits() | h.digit
	dash := v.Equal(all('-')).Or(v.Equal(all('_')))
	h.word = letter&^folded.Greater(all('z')).ToBits() | h.digit | dash.ToBits()
	h.dot = v.Equal(all('.')).ToBits()
	h.colon = v.Equal(all(':')).ToBits()
	turn := v.Equal(all('%')).Or(v.Equal(all('\\')))
	h.turn = turn.Or(v.Equal(all('('))).Or(v.Equal(all('['))).Or(v.Equal(all('{'))).ToBits()
	h.high = all(0).Greater(v).ToBits()
}
