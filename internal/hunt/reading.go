package hunt

import "math/bits"

const lead = 1 // words kept before the block, for windows that reach back

// A row is one long bitmap over a block. Word 0 is the word before the block. It is longer than it
// needs to be so that a byte can number its words.
type row [256]uint64

// window gives 64 bits of a row that end with bit end-1, that bit on top. end counts from the
// beginning of the block.
func (r *row) window(end uint32) uint64 {
	last := end + 63 // the number of bit end-1 in the row
	w, b := uint8(last>>6), last&63
	return r[w]<<(63-b) | r[w-1]>>1>>b // r[255] is always 0
}

// A reading is what a kernel makes of a block: where its tokens are, and in which of its words the rarer things are
// that another look is worth.
type reading struct {
	numbers bool // numbers such as 12.5 are wanted too
	colons  bool // colon is wanted

	token  row  // word characters, and dots between two of them
	edge   row  // dots in tokens, and whatever is no token
	dotted ends // of the tokens with a dot and, unless numbers are wanted, with a letter or another dot

	end [blockWords]uint64 // the same: the bits behind them

	hex   [blockWords]uint64 // hexadecimal digits
	colon [blockWords]uint64
	long  wordSet // the words with a run of 16 hexadecimal digits that begins at a multiple of 16

	odd  wordSet         // the words with a byte that may escape another, or is beyond ASCII
	odds [blockWords]odd // means something of these only

	carry   carry                // from block to block
	classes [blockWords]classMap // room for kernels that do not make all this in one go
}

// An odd is what 64 bytes have that is not plain text.
type odd struct {
	turn, high uint64 // % \ [ ( {, and the bytes of 0x80 and above
	escape     uint64 // the turns behind which a byte stands that makes an escape or a defanging of them
}

// start forgets the blocks before: what comes stands behind no token.
func (r *reading) start() {
	r.carry = carry{}
	r.token[0], r.edge[0] = 0, ^uint64(0)
}

// next makes the last of so many words the one before the next block.
func (r *reading) next(words int) {
	r.token[0], r.edge[0] = r.token[uint8(words)], r.edge[uint8(words)]
}

// derive makes the reading of so many words from the classes of their bytes. src is one byte longer.
func (r *reading) derive(src []byte, words int) {
	r.dotted.n, r.long, r.odd = 0, wordSet{}, wordSet{}
	c, all := r.carry, r.all()
	for w := range min(words, blockWords) {
		m, s := &r.classes[w], src[w*wordBytes:w*wordBytes+wordBytes+1]
		var token, inner, end uint64
		token, inner, end, c = c.mark(m.word, m.dot, m.digit, uint64(classes[s[wordBytes]]&classWord), all)
		r.token[uint8(w+lead)], r.edge[uint8(w+lead)] = token, inner|^token
		r.end[w], r.hex[w], r.colon[w] = end, m.hex, m.colon
		r.dotted.addAll(w, end)
		if full(m.hex) {
			r.long.add(w)
		}
		if m.turn|m.high != 0 {
			r.odd.add(w)
			r.odds[w] = odd{m.turn, m.high, escapes(s, m.turn)}
		}
	}
	r.carry = c
}

// all is the mask of mark.
func (r *reading) all() uint64 {
	if r.numbers {
		return ^uint64(0)
	}
	return 0
}

// A carry is what the additions of mark, and the last byte, hand on from word to word.
type carry struct{ dot, worth, word uint64 }

// mark finds the tokens of a word, the dots in them, and where those end that have a dot. next is 1 if a word character
// stands behind the word. A bit added to a run of bits carries to the bit behind the run; so adding the dots of the tokens
// to the tokens marks the ends of those that have a dot, and leaves at the dots, but for the first of each, a bit: adding
// these and the letters marks the ends of all but numbers such as 12.5. If all is ^0 those are marked too.
func (c carry) mark(word, dot, digit, next, all uint64) (token, inner, end uint64, _ carry) {
	inner = dot & (word>>1 | next<<63) & (word<<1 | c.word)
	token = word | inner
	sum, c1 := bits.Add64(token, inner, c.dot)
	end = sum &^ token
	sum, c2 := bits.Add64(token, inner&sum|word&^digit, c.worth)
	return token, inner, end & (sum | all), carry{c1, c2, word >> 63}
}

// full says that one of the four quarters of x has all its bits.
func full(x uint64) bool {
	const lowest = 1<<48 | 1<<32 | 1<<16 | 1
	return (^x-lowest)&x&(lowest<<15) != 0
}

// A wordSet is a set of words of a block.
type wordSet [blockWords / 64]uint64

func (s *wordSet) add(w int) { s[w/64%len(s)] |= 1 << (w & 63) }

func (s *wordSet) empty() bool { return *s == wordSet{} }

func (s *wordSet) has(w int) bool { return s[w/64%len(s)]>>(w&63)&1 != 0 }

// all yields the words of the set in their order.
func (s *wordSet) all(yield func(w int) bool) {
	for i, set := range s {
		for ; set != 0; set &= set - 1 {
			if !yield(i*64 + bits.TrailingZeros64(set)) {
				return
			}
		}
	}
}

// ends lists where in a block tokens end that are of one sort.
type ends struct {
	at [blockBytes / 2]uint32
	n  int
}

// add adds one behind the others.
func (e *ends) add(at uint32) {
	e.at[uint(e.n)%uint(len(e.at))] = at
	e.n++
}

// addAll adds the bits of a word. It writes two whether there are or not, which is quicker than asking: more are rare.
func (e *ends) addAll(w int, set uint64) {
	const most = uint(len(ends{}.at))
	n, base, second := uint(e.n), uint32(w*wordBytes), set&(set-1)
	e.at[n%most] = base + uint32(bits.TrailingZeros64(set))
	e.at[(n+1)%most] = base + uint32(bits.TrailingZeros64(second))
	e.n += bits.OnesCount64(set)
	for more := second & (second - 1); more != 0; more &= more - 1 {
		e.at[(n+2)%most] = base + uint32(bits.TrailingZeros64(more))
		n++
	}
}
