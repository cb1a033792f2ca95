package hunt

import (
	"math/bits"
	"slices"
)

// margin is how many bytes around the text the scanner may read. They belong to no line.
const margin = 3 * wordBytes

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

// list lists the bits of words. It writes two for each word whether there are or not, which is
// quicker than asking: more are rare.
func (e *ends) list(words []uint64) {
	const most = uint(len(ends{}.at))
	n := uint(0)
	for w, set := range words {
		base := uint32(w * wordBytes)
		second := set & (set - 1)
		e.at[n%most] = base + uint32(bits.TrailingZeros64(set))
		e.at[(n+1)%most] = base + uint32(bits.TrailingZeros64(second))
		count := uint(bits.OnesCount64(set))
		if count > 2 {
			k := n + 2
			for more := second & (second - 1); more != 0; more &= more - 1 {
				e.at[k%most] = base + uint32(bits.TrailingZeros64(more))
				k++
			}
		}
		n += count
	}
	e.n = int(n)
}

// listRare is list for bits that few words have.
func (e *ends) listRare(words []uint64) {
	n := 0
	for w, set := range words {
		for ; set != 0; set &= set - 1 {
			e.at[uint(n)%uint(len(e.at))] = uint32(w*wordBytes + bits.TrailingZeros64(set))
			n++
		}
	}
	e.n = n
}

// A find is a token the scanner wants to look at closer if a word of a filter has certain bits.
type find struct {
	want uint64
	word uint32
	end  uint32 // from the beginning of the block
}

// A scanner looks for the values of a pack in bytes. It is the inner half of a Hunt.
type scanner struct {
	pack   *Pack
	rules  Rules
	kernel kernel

	m       bitmaps
	token   row                                                        // word characters, and dots between two of them
	edge    row                                                        // dots in tokens, and whatever is no token
	group   row                                                        // hexadecimal digits and colons, if addresses of version 6 are wanted
	colon   row                                                        // colons, likewise
	ending  struct{ dotted, numbered, turned, any [blockWords]uint64 } // bits behind the ends of tokens
	carries carry                                                      // of the additions in mark, from block to block
	carry6  uint64

	dotted   ends // tokens with a dot and, unless such are wanted, with a letter or another dot
	hashes   [blockBytes / 2]tailHash
	named    ends // those of them that may be names
	numbered ends // those that may be dotted quads: their last byte is a digit
	turned   ends // tokens with a dot before which an escape may stand
	any      ends // whatever a rarer search lists
	finds    [blockBytes / 2]find

	url      locator
	key, out []byte
	back     []int
	lines    int
	doneTo   int // unfolding has looked at the text up to here
	hexTo    int // the last run of hexadecimal digits looked at ended here
	inner    *scanner
	hits     []hit
}

// A hit is one place where a wanted value stands.
type hit struct {
	id   ID
	at   int // where it begins
	end  int
	form Form
}

func newScanner(p *Pack, r Rules, k kernel) *scanner {
	return &scanner{pack: p, rules: r, kernel: k}
}

// scan looks for values that end in b[lo:hi], which must be where no token goes on. There must be
// margin bytes before lo and behind hi; what they hold is not read as text. The hits it returns are
// in the order of their places, and good until the next call.
func (s *scanner) scan(b []byte, lo, hi int) []hit {
	s.hits, s.lines = s.hits[:0], 0
	s.carries, s.carry6 = carry{}, 0
	s.doneTo, s.hexTo = lo, lo
	s.token[0], s.edge[0], s.group[0], s.colon[0] = 0, ^uint64(0), 0, 0
	text := b[:hi]
	for at := lo; at <= hi; at += blockBytes { // the last may be empty, and hold an end
		s.block(b, text, at, min(blockBytes, hi-at))
	}
	slices.SortFunc(s.hits, func(x, y hit) int {
		if x.at != y.at {
			return x.at - y.at
		}
		if x.id != y.id {
			return int(int64(x.id) - int64(y.id))
		}
		return int(x.form) - int(y.form)
	})
	s.hits = slices.CompactFunc(s.hits, func(x, y hit) bool { return x.at == y.at && x.id == y.id })
	return s.hits
}

// block looks at b[at:at+n].
func (s *scanner) block(b, text []byte, at, n int) {
	words := min(n/wordBytes+1, blockWords)
	s.kernel.fill(&s.m, b[at:], words+1)
	if n < blockBytes {
		s.cutOff(n)
	}
	s.lines += s.m.lines(n)
	plain := s.mark(words)
	s.turned.n = 0
	if !plain || s.carries.turn|s.carries.turned != 0 {
		s.findTurned(words)
	}
	s.sortTokens(b, at, words)
	s.lookAtNames(b, text, at)
	s.lookAtQuads(b, text, at)
	s.lookAtTurned(b, text, at)
	f := &s.pack.features
	if f.networks4 {
		s.lookAtNetworks(text, at, words)
	}
	if f.digests != 0 {
		s.lookAtDigests(text, at, words)
	}
	if f.groups {
		s.lookAtGroups(text, at, words)
	}
	if f.tokens {
		s.lookAtTokens(b, text, at, words)
	}
	if !plain {
		s.lookAtTurns(text, at, words)
	}
	if f.grams {
		s.lookAtGrams(b, text, at, words)
	}
	for _, r := range [...]*row{&s.token, &s.edge, &s.group, &s.colon} {
		r[0] = r[words]
	}
}

// cutOff clears the bits from n on, which are not text.
func (s *scanner) cutOff(n int) {
	w := n / wordBytes
	s.m[w].cutOff(n % wordBytes)
	if w < blockWords {
		s.m[w+1] = classMap{}
	}
}

// A carry is what the additions in mark and findTurned hand on from word to word.
type carry struct{ dot, worth, turn, word, turned uint64 }

// mark finds where tokens with a dot end. A bit added to a run of bits carries to the bit behind the run; so adding
// the dots of the tokens to the tokens marks the ends of those that have a dot, and leaves at the dots, but for the
// first of each, a bit: adding these and the letters marks the ends of all but numbers such as 12.5. The block is plain
// if nothing in it can be an escape, or beyond ASCII.
func (s *scanner) mark(words int) (plain bool) {
	m, all := &s.m, uint64(0)
	if s.pack.features.numbered {
		all = ^all
	}
	c1, c2, wordBefore := s.carries.dot, s.carries.worth, s.carries.word
	var rare uint64
	for w := range min(words, blockWords) {
		word, digit := m[w].word, m[w].digit
		dot := m[w].dot & (word>>1 | m[w+1].word<<63) & (word<<1 | wordBefore)
		token := word | dot
		s.token[uint8(w+lead)], s.edge[uint8(w+lead)] = token, dot|^token

		var sum uint64
		sum, c1 = bits.Add64(token, dot, c1)
		end := sum &^ token
		sum, c2 = bits.Add64(token, dot&sum|word&^digit, c2)
		s.ending.dotted[w] = end & (sum | all)
		wordBefore = word >> 63
		rare |= m[w].turn | m[w].high
	}
	s.carries.dot, s.carries.worth, s.carries.word = c1, c2, wordBefore
	return rare == 0
}

// findTurned lists the tokens with a dot before which an escape may stand.
func (s *scanner) findTurned(words int) {
	c, before := s.carries.turn, s.carries.turned
	for w := range min(words, blockWords) {
		token, turn := s.token[uint8(w+lead)], s.m[w].turn
		var sum uint64
		sum, c = bits.Add64(token, token&(turn<<1|before), c)
		s.ending.turned[w] = sum &^ token & s.ending.dotted[w]
		before = turn >> 63
	}
	s.carries.turn, s.carries.turned = c, before
	s.turned.listRare(s.ending.turned[:words])
}

// sortTokens lists the tokens with a dot that may be names, and those that may be dotted quads.
func (s *scanner) sortTokens(b []byte, at, words int) {
	sifted := len(s.pack.tails.words) > 0
	if !sifted || s.pack.features.networks4 {
		s.findNumbered(b[at-1], words)
	}
	dotted := s.ending.dotted[:words]
	if sifted {
		s.dotted.list(dotted)
		s.siftTails(b, at)
		return
	}
	numbered := s.ending.numbered[:words]
	s.numbered.list(numbered)
	if !s.pack.features.numbered {
		for w, set := range numbered {
			dotted[w] &^= set
		}
	}
	s.named.list(dotted)
}

// findNumbered finds the tokens with a dot whose last byte is a digit. The block stands behind last.
func (s *scanner) findNumbered(last byte, words int) {
	before := uint64(0)
	if classes[last]&classDigit != 0 {
		before = 1
	}
	for w := range min(words, blockWords) {
		digit := s.m[w].digit
		s.ending.numbered[w] = s.ending.dotted[w] & (digit<<1 | before)
		before = digit >> 63
	}
}
