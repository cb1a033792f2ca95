//go:build goexperiment.simd && amd64

package hunt

import "simd/archsimd"

// nativeKernels lists the kernels this processor can run.
func nativeKernels() (ks []kernel) {
	if archsimd.X86.AVX512() && archsimd.X86.AVX512VBMI() {
		ks = append(ks, kernel{"avx512", fillAVX512})
	}
	if archsimd.X86.AVX2() {
		ks = append(ks, kernel{"avx2", fillAVX2})
	}
	return ks
}

// The ranks order the ASCII bytes so that one comparison gives one class, or two of them.
const (
	rankNone  = iota
	rankLine  // 1
	rankTurn  // 2
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
		case k&classLine != 0:
			r = rankLine
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

// fillAVX512 looks 64 bytes at a time up in a table of 128 ranks.
func fillAVX512(m *bitmaps, src []byte, words int) {
	lo, hi := archsimd.LoadUint8x64(&ranks[0]), archsimd.LoadUint8x64(&ranks[1])
	ascii := archsimd.BroadcastUint8x64(0x80)
	line, turn := archsimd.BroadcastUint8x64(rankLine), archsimd.BroadcastUint8x64(rankTurn)
	colon, dot := archsimd.BroadcastUint8x64(rankColon), archsimd.BroadcastUint8x64(rankDot)
	word, hex := archsimd.BroadcastUint8x64(rankWord), archsimd.BroadcastUint8x64(rankHex)
	digit := archsimd.BroadcastUint8x64(rankDigit)
	src = src[:words*wordBytes+1]
	for w := range m[:words] {
		if len(src) <= wordBytes {
			break
		}
		v, c := archsimd.LoadUint8x64((*[64]uint8)(src)), &m[w]
		low := v.Less(ascii)
		r := lo.ConcatPermute(hi, v).Masked(low)
		c.word = r.GreaterEqual(word).ToBits()
		c.hex = r.GreaterEqual(hex).ToBits()
		c.digit = r.Equal(digit).ToBits()
		c.dot = r.Equal(dot).ToBits()
		c.colon = r.Equal(colon).ToBits()
		c.line = r.Equal(line).ToBits()
		c.high = ^low.ToBits()
		turns := r.Equal(turn).ToBits()
		c.turn, c.escape = turns, 0
		if turns != 0 {
			c.escape = turns & escapesAVX512((*[65]uint8)(src))
		}
		src = src[wordBytes:]
	}
	archsimd.ClearAVXUpperBits()
}

// escapesAVX512 says of 64 bytes which of them, with the next, can begin an escape.
func escapesAVX512(src *[65]uint8) uint64 {
	v, next := archsimd.LoadUint8x64((*[64]uint8)(src[:])), archsimd.LoadUint8x64((*[64]uint8)(src[1:]))
	first := archsimd.LoadUint8x64(&firstParts[0]).ConcatPermute(archsimd.LoadUint8x64(&firstParts[1]), v)
	second := archsimd.LoadUint8x64(&secondParts[0]).ConcatPermute(archsimd.LoadUint8x64(&secondParts[1]), next)
	return first.And(second).NotEqual(archsimd.Uint8x64{}).ToBits() & next.Less(archsimd.BroadcastUint8x64(0x80)).ToBits()
}

// fillAVX2 compares 32 bytes at a time. Bytes of 0x80 and above are negative to it.
func fillAVX2(m *bitmaps, src []byte, words int) {
	whole := src
	src = src[:words*wordBytes]
	for w := 0; len(src) >= wordBytes && w < len(m); w++ {
		var half [2]halfWord
		half[0].compare((*[32]uint8)(src))
		half[1].compare((*[32]uint8)(src[32:]))
		join := func(a, b uint32) uint64 { return uint64(a) | uint64(b)<<32 }
		m[w].word, m[w].hex = join(half[0].word, half[1].word), join(half[0].hex, half[1].hex)
		m[w].digit, m[w].dot = join(half[0].digit, half[1].digit), join(half[0].dot, half[1].dot)
		m[w].colon, m[w].turn = join(half[0].colon, half[1].colon), join(half[0].turn, half[1].turn)
		m[w].high, m[w].line = join(half[0].high, half[1].high), join(half[0].line, half[1].line)
		src = src[wordBytes:]
	}
	archsimd.ClearAVXUpperBits()
	m.escapes(whole, words)
}

// A halfWord is the classes of 32 bytes.
type halfWord struct{ word, dot, digit, hex, colon, turn, high, line uint32 }

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
	h.line = v.Equal(all('\n')).ToBits()
}
