package hunt

import (
	"encoding/binary"
	"math/bits"
)

const (
	keyBytes = 16 // a filter looks at no more than the last 16 bytes of a token
	folding  = 0x2020202020202020
	mixA     = 0x9e3779b97f4a7c15
	mixB     = 0xd6e8feb86659fd93
)

// mix turns sixteen bytes into a hash.
func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a^mixA, b^mixB)
	return hi ^ lo
}

// tailMasks has, for each number of bytes, the masks that keep so many of the last bytes of sixteen.
var tailMasks = func() (t [128][2]uint64) {
	for n := range t {
		t[n][1] = ^(^uint64(0) >> (uint(min(n, 8)) * 8))
		if n > 8 {
			t[n][0] = ^(^uint64(0) >> (uint(min(n, keyBytes)-8) * 8))
		}
	}
	return t
}()

// tailKey hashes the last min(n, 16) bytes before b[end], all letters as one case. It reads the
// sixteen bytes before end whatever n is, which is less than 128.
func tailKey(b []byte, end, n int) uint64 {
	t := (*[keyBytes]byte)(b[end-keyBytes : end : end])
	m := &tailMasks[n&127]
	return mix((binary.LittleEndian.Uint64(t[8:])|folding)&m[1], (binary.LittleEndian.Uint64(t[:])|folding)&m[0])
}

// tailKeyOf is tailKey of a whole text of at least one byte.
func tailKeyOf[T ~string | ~[]byte](s T) uint64 {
	var b [keyBytes]byte
	s = s[max(0, len(s)-keyBytes):]
	copy(b[keyBytes-len(s):], s)
	return tailKey(b[:], keyBytes, len(s))
}

// A space keeps keys of different nature apart in one table.
type space byte

const (
	spaceHost   space = iota // the lower-case text of a dotted token: a name, a dotted quad, a file name
	spaceToken               // the lower-case text of a token without a dot
	spaceAddr6               // sixteen bytes
	spaceNet4                // four bytes and a prefix length
	spaceNet6                // sixteen bytes and a prefix length
	spaceURL                 // host[:port]/path?query
	spaceMail                // local@host, lower case
	spaceDigest              // the bytes of a digest
	spaceGram                // the bytes of a few characters beyond ASCII
)

// fullKey hashes a whole key. It is what the table goes by.
func fullKey(s space, key []byte) uint64 {
	h := uint64(len(key))<<8 | uint64(s)
	for len(key) >= 8 {
		h = mix(h, binary.LittleEndian.Uint64(key))
		key = key[8:]
	}
	if len(key) > 0 {
		var rest [8]byte
		copy(rest[:], key)
		h = mix(h, binary.LittleEndian.Uint64(rest[:]))
	}
	return mix(h, mixB>>1)
}

// A filter says of a key that it was surely not added, or that it may have been: up to four bits for
// each key, all in one word of 64. It is kept as bytes so that it can be used as it lies in a file.
type filter struct {
	bits []byte // of words; their number is a power of two
}

// filterFor is an empty filter for about n keys: it then says "may be" of one absent key in a hundred
// or fewer.
func filterFor(n int) filter {
	return filter{make([]byte, 8*max(2, 1<<bits.Len(uint(n*16/64))))} // 16 to 32 bits for each key
}

// place says where in the filter a key is asked for: in which word, and which bits of it have to be set.
func (f filter) place(h uint64) (word uint32, want uint64) {
	want = 1<<(h&63) | 1<<(h>>6&63) | 1<<(h>>12&63) | 1<<(h>>18&63)
	return uint32(h>>24) & uint32(len(f.bits)/8-1), want
}

// has says that all these bits of a word are set.
func (f filter) has(word uint32, want uint64) bool {
	at := int(word) * 8
	return binary.LittleEndian.Uint64(f.bits[at:at+8:at+8])&want == want
}

func (f filter) add(h uint64) {
	word, want := f.place(h)
	at := f.bits[word*8:]
	binary.LittleEndian.PutUint64(at, binary.LittleEndian.Uint64(at)|want)
}

func (f filter) may(h uint64) bool { return f.has(f.place(h)) }
