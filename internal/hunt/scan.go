package hunt

import (
	"bytes"
	"math/bits"
	"slices"
)

// margin is how many bytes around the text the scanner may read. They belong to no line.
const margin = 3 * wordBytes

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

	reading
	last    [blockBytes + 1]byte       // a copy of a block that is not full
	turning struct{ sum, turn uint64 } // what findTurned hands on from block to block
	group   row                        // hexadecimal digits and colons, if addresses of version 6 are wanted
	colons6 row                        // colons, likewise
	carry6  uint64

	hashes   [blockBytes / 2]tailHash
	named    ends // of the dotted tokens: those that may be names
	numbered ends // those that may be dotted quads: their last byte is a digit
	turned   ends // those before which an escape may stand
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
	return &scanner{pack: p, rules: r, kernel: k, reading: reading{numbers: p.features.numbered, colons: p.features.groups}}
}

// scan looks for values that end in b[lo:hi], which must be where no token goes on. There must be
// margin bytes before lo and behind hi; what they hold is not read as text. The hits it returns are
// in the order of their places, and good until the next call.
func (s *scanner) scan(b []byte, lo, hi int) []hit {
	s.hits, s.lines = s.hits[:0], 0
	s.doneTo, s.hexTo = lo, lo
	s.start()
	s.turning.sum, s.turning.turn, s.carry6 = 0, 0, 0
	s.group[0], s.colons6[0] = 0, 0
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
	words, src := min(n/wordBytes+1, blockWords), b[at:]
	if n < blockBytes { // what stands behind is not text
		clear(s.last[copy(s.last[:], b[at:at+n]) : words*wordBytes+1])
		src = s.last[:]
	}
	s.kernel.read(&s.reading, src[:words*wordBytes+1], words)
	s.lines += bytes.Count(b[at:at+n], []byte{'\n'})
	f := &s.pack.features
	plain := s.odd.empty()
	s.turned.n = 0
	if !plain || s.turning.sum|s.turning.turn != 0 {
		s.findTurned(words)
	}
	if f.networks4 {
		s.lookAtNetworks(b, text, at)
	}
	if len(s.pack.tails.words) > 0 {
		s.siftTails(b, at)
	}
	s.sortTokens(b, at)
	s.lookAtNames(b, text, at)
	s.lookAtQuads(b, text, at)
	s.lookAtTurned(b, text, at)
	if f.digests != 0 {
		s.lookAtDigests(text, at)
	}
	if f.groups {
		s.lookAtGroups(text, at, words)
	}
	if f.tokens {
		s.lookAtTokens(b, text, at, words)
	}
	if !plain {
		s.lookAtTurns(text, at)
		if f.grams {
			s.lookAtGrams(b, text, at)
		}
	}
	s.next(words)
	s.group[0], s.colons6[0] = s.group[uint8(words)], s.colons6[uint8(words)]
}

// findTurned lists the tokens with a dot before which an escape may stand: where bits added to the tokens behind such
// bytes carry to the bit behind the token.
func (s *scanner) findTurned(words int) {
	c, before := s.turning.sum, s.turning.turn
	for w := range min(words, blockWords) {
		odd := s.odd.has(w)
		if !odd && c|before == 0 {
			continue
		}
		var turn uint64
		if odd {
			turn = s.odds[w].turn
		}
		token := s.token[uint8(w+lead)]
		var sum uint64
		sum, c = bits.Add64(token, token&(turn<<1|before), c)
		s.turned.addAll(w, sum&^token&s.end[w])
		before = turn >> 63
	}
	s.turning.sum, s.turning.turn = c, before
}

// sortTokens lists the tokens with a dot that may be names, and those that may be dotted quads.
func (s *scanner) sortTokens(b []byte, at int) {
	lasts := s.pack.lasts
	var names, numbers uint
	named := uint(0)
	if s.pack.features.numbered {
		named = 1
	}
	for _, end := range s.dotted.at[:s.dotted.n] {
		number := uint(classes[b[at+int(end)-1]]&classDigit) / classDigit
		s.numbered.at[numbers%uint(len(s.numbered.at))] = end
		s.named.at[names%uint(len(s.named.at))] = end
		numbers += number
		i, bit := lasts.place(b, at+int(end))
		names += (1 - number | named) & uint(lasts[i]>>bit)
	}
	s.named.n, s.numbered.n = int(names), int(numbers)
}
