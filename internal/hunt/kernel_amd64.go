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
	first0, first1 := archsimd.LoadUint8x64(&firstParts[0]), archsimd.LoadUint8x64(&firstParts[1])
	second0, second1 := archsimd.LoadUint8x64(&secondParts[0]), archsimd.LoadUint8x64(&secondParts[1])
	var none archsimd.Uint8x64
	src = src[:words*wordBytes+1]
	for w := 0; len(src) > wordBytes && w < len(m.word); w++ {
		v := archsimd.LoadUint8x64((*[64]uint8)(src))
		low := v.Less(ascii)
		r := lo.ConcatPermute(hi, v).Masked(low)
		m.word[w] = r.GreaterEqual(word).ToBits()
		m.hex[w] = r.GreaterEqual(hex).ToBits()
		m.digit[w] = r.Equal(digit).ToBits()
		m.dot[w] = r.Equal(dot).ToBits()
		m.colon[w] = r.Equal(colon).ToBits()
		m.line[w] = r.Equal(line).ToBits()
		m.high[w] = ^low.ToBits()
		turns, escapes := r.Equal(turn).ToBits(), uint64(0)
		if turns != 0 {
			next := archsimd.LoadUint8x64((*[64]uint8)(src[1:]))
			parts := first0.ConcatPermute(first1, v).And(second0.ConcatPermute(second1, next))
			escapes = parts.NotEqual(none).ToBits() & turns & next.Less(ascii).ToBits()
		}
		m.turn[w], m.escape[w] = turns, escapes
		src = src[wordBytes:]
	}
	archsimd.ClearAVXUpperBits()
}

// fillAVX2 compares 32 bytes at a time. Bytes of 0x80 and above are negative to it.
func fillAVX2(m *bitmaps, src []byte, words int) {
	whole := src
	src = src[:words*wordBytes]
	for w := 0; len(src) >= wordBytes && w < len(m.word); w++ {
		var half [2]halfWord
		half[0].compare((*[32]uint8)(src))
		half[1].compare((*[32]uint8)(src[32:]))
		join := func(a, b uint32) uint64 { return uint64(a) | uint64(b)<<32 }
		m.word[w], m.hex[w] = join(half[0].word, half[1].word), join(half[0].hex, half[1].hex)
		m.digit[w], m.dot[w] = join(half[0].digit, half[1].digit), join(half[0].dot, half[1].dot)
		m.colon[w], m.turn[w] = join(half[0].colon, half[1].colon), join(half[0].turn, half[1].turn)
		m.high[w], m.line[w] = join(half[0].high, half[1].high), join(half[0].line, half[1].line)
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
