package hunt

import (
	"encoding/binary"
	"math/bits"
)

// The lengths of the ends by which a token with a dot is first looked at.
const (
	longTail   = 12
	middleTail = 8
	shortTail  = 4
)

// Tails say of nearly every token with a dot, by its last bytes alone, that nothing wanted can end it: nobody has to
// know where the token begins to learn that. Words goes by the last eight bytes; a wanted name or address of at
// least longTail bytes is one bit in a word, by the four bytes before those, a shorter one is another, by the eight
// again. Those of less than middleTail bytes are in short, by the last four.
type tails struct {
	words []byte // of 64 bits; their number is a power of two
	short []byte // a byte for each of the hashes
}

const (
	shortHashes = 1 << 12
	mostTails   = 1 << 18 // more tokens than that would not be at hand quickly enough to be worth asking first
)

// tailsFor is empty, for about n tokens: a word has four of them, or fewer. Without words nothing is sifted.
func tailsFor(n int) tails {
	t := tails{short: make([]byte, shortHashes)}
	if n <= mostTails {
		t.words = make([]byte, 8*max(2, 1<<bits.Len(uint(n/4))))
	}
	return t
}

// A tailHash is what is asked for of a token: in its lowest six bits the bit of a long token, in the next six that of
// one of middle length, above them the number of the word, and more.
type tailHash uint64

// hashTail hashes the last longTail bytes before b[end], all letters as one case.
func hashTail(b []byte, end int) tailHash {
	t := (*[longTail]byte)(b[end-longTail : end : end])
	first, last := uint64(binary.LittleEndian.Uint32(t[:])|folding&(1<<32-1)), binary.LittleEndian.Uint64(t[4:])|folding
	h := last * mixA // its upper bits go by the letters that tell most: all but the very last
	return tailHash(h>>28&^63 | (h^first)*mixB>>58)
}

// hashShort hashes the last shortTail bytes before b[end], likewise.
func hashShort(b []byte, end int) uint32 {
	return (binary.LittleEndian.Uint32(b[end-shortTail:end:end]) | folding&(1<<32-1)) * (mixA >> 32) >> 20
}

// word is the word of a hash among those of a tails.
func (h tailHash) word(words []byte) []byte {
	at := int(uint64(h) >> 12 * 8 & uint64(len(words)-1))
	return words[at : at+8 : at+8]
}

// may is 1 if something wanted of eight bytes or more may end a token.
func (h tailHash) may(words []byte) uint64 {
	if binary.LittleEndian.Uint64(h.word(words))&(1<<(h&63)|1<<(h>>6&63)) != 0 {
		return 1
	}
	return 0
}

// learn adds a wanted token.
func (t *tails) learn(key []byte) {
	if len(t.words) == 0 {
		return
	}
	var b [longTail]byte
	copy(b[max(0, longTail-len(key)):], key[max(0, len(key)-longTail):])
	h, n := hashTail(b[:], longTail), len(key)
	at := h.word(t.words)
	word := binary.LittleEndian.Uint64(at)
	switch {
	case n >= longTail:
		word |= 1 << (h & 63)
	case n >= middleTail:
		word |= 1 << (h >> 6 & 63)
	case n >= shortTail:
		t.short[hashShort(b[:], longTail)] = 1
	default:
		for i := range t.short {
			t.short[i] = 1
		}
	}
	binary.LittleEndian.PutUint64(at, word)
}

// siftTails keeps the tokens with a dot that something wanted may end. Nothing in the second inner loop waits for a
// look into memory, so that many are under way at once.
func (s *scanner) siftTails(b []byte, at int) {
	ends := s.dotted.at[:s.dotted.n]
	hashes := s.hashes[:len(ends)]
	hashTails(hashes, b[at-margin:], ends)
	n := 0
	for from := 0; from < len(ends); from += 64 {
		part := ends[from:min(from+64, len(ends))]
		may := s.pack.tails.may(hashes[from : from+len(part)])
		if s.pack.features.short {
			may |= s.pack.tails.mayShort(b, at, part)
		}
		for may <<= uint(64 - len(part)); may != 0; n++ {
			i := bits.LeadingZeros64(may)
			may &^= 1 << 63 >> i
			ends[n] = part[i]
		}
	}
	s.dotted.n = n
}

// hashTails hashes the ends of tokens. They count from margin bytes behind the beginning of b.
func hashTails(hashes []tailHash, b []byte, ends []uint32) {
	for i := range hashes {
		hashes[i] = hashTail(b, int(ends[i])+margin)
	}
}

// may has a bit for each of up to 64 tokens, the last lowest, that something of eight bytes or more may end.
func (t *tails) may(hashes []tailHash) (may uint64) {
	words := t.words
	for _, h := range hashes {
		may = may<<1 | h.may(words)
	}
	return may
}

// mayShort has such bits for what is of less than eight bytes.
func (t *tails) mayShort(b []byte, at int, ends []uint32) (may uint64) {
	for _, end := range ends {
		may = may<<1 | uint64(t.short[hashShort(b, at+int(end))])
	}
	return may
}
