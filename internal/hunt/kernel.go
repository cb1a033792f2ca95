package hunt

import (
	"encoding/binary"
	"math/bits"
)

// The scanner works through the text in blocks. Each stretch of 64 bytes becomes one word per class,
// whose bit i says that byte i is of the class.
const (
	wordBytes  = 64
	blockWords = 128
	blockBytes = blockWords * wordBytes
)

// A kernel reads blocks. All kernels make the same readings; they differ in speed.
type kernel struct {
	name string
	// read reads the first words×64 bytes of src, which is one byte longer.
	read func(r *reading, src []byte, words int)
}

// String is the kernel's name: "avx512", "avx2" or "portable".
func (k kernel) String() string { return k.name }

// Kernels lists the kernels this build and this processor have, the quickest first. The last is
// always the portable one.
func kernels() []kernel {
	return append(nativeKernels(), kernel{"portable", readPortable})
}

// A classMap is the classes of 64 bytes.
type classMap struct{ word, dot, digit, hex, colon, turn, high uint64 }

// spread has, for each byte, bit 8k set if the byte is of class k, so that eight bytes, each shifted
// by its place, make the class masks of these bytes at once.
var spread = func() (t [256]uint64) {
	for c := range t {
		k := classOf(byte(c))
		for i := range 8 {
			if k&(1<<i) != 0 {
				t[c] |= 1 << (8 * i)
			}
		}
	}
	return t
}()

// readPortable is the kernel for every processor.
func readPortable(r *reading, src []byte, words int) {
	for w := range r.classes[:words] {
		s := src[w*wordBytes : w*wordBytes+wordBytes : w*wordBytes+wordBytes]
		var row [8]uint64
		for i := range row {
			x := binary.LittleEndian.Uint64(s[i*8:])
			a := spread[byte(x)] | spread[byte(x>>8)]<<1 | spread[byte(x>>16)]<<2 | spread[byte(x>>24)]<<3
			b := spread[byte(x>>32)] | spread[byte(x>>40)]<<1 | spread[byte(x>>48)]<<2 | spread[x>>56]<<3
			row[i] = a | b<<4
		}
		transpose(&row)
		r.classes[w] = classMap{row[0], row[1], row[2], row[3], row[4], row[5], row[6]}
	}
	r.derive(src, words)
}

// transpose makes byte j of row i byte i of row j.
func transpose(r *[8]uint64) {
	const (
		m1 = 0x00ff00ff00ff00ff
		m2 = 0x0000ffff0000ffff
	)
	for i := 0; i < 8; i += 2 {
		a, b := r[i], r[i+1]
		r[i], r[i+1] = a&m1|b&m1<<8, a>>8&m1|b&^m1
	}
	for i := range 8 {
		if i&2 == 0 {
			a, b := r[i], r[i+2]
			r[i], r[i+2] = a&m2|b&m2<<16, a>>16&m2|b&^m2
		}
	}
	for i := range 4 {
		a, b := r[i], r[i+4]
		r[i], r[i+4] = a&0xffffffff|b<<32, a>>32|b&^0xffffffff
	}
}

// The parts an escape can have: what it begins with, and what the next byte makes of that.
const (
	partHex     = 1 << iota // % and a digit, or a letter that can be one: not what %2F begins with only
	partCode                // \ and u or x
	partBracket             // [ ( { and . : or the d of dot
)

// beginning and second have the parts a byte can be of an escape, as its first and second byte.
var beginning, second = func() (a, b [256]byte) {
	a['%'], a['\\'], a['['], a['('], a['{'] = partHex, partCode, partBracket, partBracket, partBracket
	for c := '2'; c <= '7'; c++ {
		b[c] = partHex
	}
	b['u'], b['x'] = partCode, partCode
	b['.'], b[':'], b['d'], b['D'] = partBracket, partBracket, partBracket, partBracket
	return a, b
}()

// escapes says which turns, of the 64 bytes that src is one byte longer than, can with the next byte begin an escape.
func escapes(src []byte, turns uint64) (set uint64) {
	for ; turns != 0; turns &= turns - 1 {
		p := bits.TrailingZeros64(turns)
		if beginning[src[p]]&second[src[p+1]] != 0 {
			set |= turns & -turns
		}
	}
	return set
}
