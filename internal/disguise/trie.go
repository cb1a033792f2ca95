package disguise

import (
	"cmp"
	"slices"
)

// A needle is one folded spelling of a term.
type needle struct {
	key     []uint16
	term    int32
	derived string // rule code, see Hit.Derived
	layer   string // "" or the disguise that the key itself wears: reversed, rot13
	edge    edgeRule
	ascii   bool
}

// An edgeRule says what must stand beside a needle for it to count. Rules are bits: a
// spelling that several terms share counts when any of their rules is met.
type edgeRule uint8

const (
	edgeBySize  edgeRule = 1 << iota // decided by script and length, see boundary.go
	edgeStrict                       // boundaries on both sides and no gaps
	edgePrefix                       // a boundary before it, the rest of a host name behind it
	edgeStart                        // kana: not in the middle of a word of the same script
	edgeAsGiven                      // boundaries on both sides; the term itself has a gap or odd capitals
)

// An index finds, at one position of folded text, every needle that begins there. A
// bitmap of the first two characters, and one of the first three, keep ordinary text out of the tree.
type index struct {
	needles []needle // sorted by key; keys are distinct
	bits    []uint64
	shift   uint
	fronts  *pairMap // first two characters of all needles
	pairs   *pairMap // needles of two characters
	nodes   []node
	edges   []edge // open addressing, len a power of two
	longest int
}

// A node stands for the needles that agree in their first depth characters, and no further.
type node struct {
	first int32 // of these needles; it ends here if its key is that long
	depth int32
}

type edge struct {
	key uint64 // node<<16 | char, plus one; 0 is free
	to  int32
}

const pairBits = 17

// A pairMap is a bitmap of pairs of characters, by pairHash.
type pairMap [1 << pairBits / 64]uint64

func (m *pairMap) set(h uint64) { m[h/64] |= 1 << (h % 64) }

func buildIndex(sorted []needle) *index {
	x := &index{needles: sorted, fronts: &pairMap{}, pairs: &pairMap{}, shift: 64 - 16}
	size := 1 << 16
	for size < len(x.needles)*32 && size < 1<<24 {
		size <<= 1
		x.shift--
	}
	x.bits = make([]uint64, size/64)
	for _, n := range x.needles {
		x.longest = max(x.longest, len(n.key))
		pair := pairHash(n.key[0], n.key[1])
		x.fronts.set(pair)
		if len(n.key) == 2 {
			x.pairs.set(pair)
			continue
		}
		h := x.hash(n.key[0], n.key[1], n.key[2])
		x.bits[h/64] |= 1 << (h % 64)
	}
	x.nodes = make([]node, 0, 2*len(x.needles))
	b := treeBuilder{x: x, found: make([]edge, 0, 2*len(x.needles))}
	if len(x.needles) > 0 {
		b.split(0, len(x.needles))
	}
	b.pack()
	return x
}

// A needleSet collects needles, one a key, under the rules of all that have it: that of the
// first term that is spelled so itself, or else of the first from which it is derived. The
// zero needleSet is empty.
type needleSet struct {
	list   []needle
	hashes []uint32
	slots  []int32 // open addressing: index in list, plus one; len a power of two
	keys   keyRoom
}

// newNeedleSet makes an empty set with room for what a number of terms usually gives.
func newNeedleSet(terms int) needleSet {
	const each = 6
	return needleSet{list: make([]needle, 0, each*terms), hashes: make([]uint32, 0, each*terms)}
}

func (s *needleSet) add(n needle, hash uint32) {
	if 2*len(s.list) >= len(s.slots) {
		s.grow()
	}
	slot := s.slot(n.key, hash)
	if at := s.slots[slot]; at > 0 {
		same := &s.list[at-1]
		same.edge |= n.edge
		if n.derived == "exact" && same.derived != "exact" {
			same.term, same.derived, same.layer = n.term, n.derived, n.layer
		}
		return
	}
	n.key = s.keys.keep(n.key)
	s.list, s.hashes = append(s.list, n), append(s.hashes, hash)
	s.slots[slot] = int32(len(s.list))
}

// slot is where a key stands or would stand.
func (s *needleSet) slot(key []uint16, hash uint32) int {
	mask := len(s.slots) - 1
	i := int(hash*0x9e3779b1>>7) & mask
	for at := s.slots[i]; at > 0; at = s.slots[i] {
		if s.hashes[at-1] == hash && slices.Equal(s.list[at-1].key, key) {
			return i
		}
		i = (i + 1) & mask
	}
	return i
}

func (s *needleSet) grow() {
	s.slots = make([]int32, max(256, 4*len(s.slots)))
	for at, n := range s.list {
		s.slots[s.slot(n.key, s.hashes[at])] = int32(at) + 1
	}
}

// sorted gives the needles by key.
func (s *needleSet) sorted() []needle {
	// Needles are large, and their first characters nearly always decide.
	type place struct {
		front [2]uint64
		at    int32
	}
	order := make([]place, len(s.list))
	for i := range s.list {
		key := s.list[i].key
		order[i] = place{[2]uint64{packed(key), packed(key[min(4, len(key)):])}, int32(i)}
	}
	slices.SortFunc(order, func(a, b place) int {
		switch {
		case a.front[0] != b.front[0]:
			return cmp.Compare(a.front[0], b.front[0])
		case a.front[1] != b.front[1]:
			return cmp.Compare(a.front[1], b.front[1])
		}
		return slices.Compare(s.list[a.at].key, s.list[b.at].key)
	})
	out := make([]needle, len(order))
	for i, o := range order {
		out[i] = s.list[o.at]
	}
	return out
}

// packed gives the first four characters of a key as a number that compares as they do.
func packed(key []uint16) (front uint64) {
	for i := range 4 {
		front <<= 16
		if i < len(key) {
			front |= uint64(key[i])
		}
	}
	return front
}

func (x *index) hash(a, b, c uint16) uint64 {
	return (uint64(a) | uint64(b)<<16 | uint64(c)<<32) * 0x9e3779b97f4a7c15 >> x.shift
}

func pairHash(a, b uint16) uint64 {
	return (uint64(a) | uint64(b)<<16) * 0x9e3779b97f4a7c15 >> (64 - pairBits)
}

type treeBuilder struct {
	x     *index
	found []edge
}

// split makes the node for needles lo to hi.
func (b *treeBuilder) split(lo, hi int) int32 {
	depth := agreement(b.x.needles[lo].key, b.x.needles[hi-1].key) // they are sorted
	id := int32(len(b.x.nodes))
	b.x.nodes = append(b.x.nodes, node{int32(lo), int32(depth)})
	if len(b.x.needles[lo].key) == depth {
		lo++
	}
	for lo < hi {
		c, next := b.x.needles[lo].key[depth], lo+1
		for next < hi && b.x.needles[next].key[depth] == c {
			next++
		}
		b.found = append(b.found, edge{edgeKey(id, c), b.split(lo, next)})
		lo = next
	}
	return id
}

// agreement counts the characters in which two keys agree from their beginning on.
func agreement(a, b []uint16) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

func (b *treeBuilder) pack() {
	size := 16
	for size < 2*len(b.found) {
		size <<= 1
	}
	b.x.edges = make([]edge, size)
	for _, e := range b.found {
		i := edgeSlot(e.key, size)
		for b.x.edges[i].key != 0 {
			i = (i + 1) & (size - 1)
		}
		b.x.edges[i] = e
	}
}

func edgeSlot(key uint64, size int) int {
	return int(key*0x9e3779b97f4a7c15>>32) & (size - 1)
}

func edgeKey(id int32, c uint16) uint64 { return uint64(id)<<16 + uint64(c) + 1 }

func (x *index) child(id int32, c uint16) int32 {
	key := edgeKey(id, c)
	for i := edgeSlot(key, len(x.edges)); x.edges[i].key != 0; i = (i + 1) & (len(x.edges) - 1) {
		if x.edges[i].key == key {
			return x.edges[i].to
		}
	}
	return -1
}

// at calls yield with each needle that begins at chars[0], shortest first.
func (x *index) at(chars []uint16, yield func(n *needle)) {
	if len(x.needles) == 0 {
		return
	}
	for id, seen := int32(0), 0; id >= 0; id = x.child(id, chars[seen]) {
		first, depth := &x.needles[x.nodes[id].first], int(x.nodes[id].depth)
		if depth > len(chars) || !slices.Equal(first.key[seen:depth], chars[seen:depth]) {
			return
		}
		if len(first.key) == depth {
			yield(first)
		}
		if depth == len(chars) {
			return
		}
		seen = depth
	}
}

// candidate is the first position of chars, from one on, at which a needle may begin, or -1.
func (x *index) candidate(chars []uint16, from int) int {
	if len(x.needles) == 0 {
		return -1
	}
	fronts := x.fronts
	for i := from; i+1 < len(chars); i++ {
		h := pairHash(chars[i], chars[i+1])
		if fronts[h/64]>>(h%64)&1 != 0 && x.mayBegin(chars[i:], h) {
			return i
		}
	}
	return -1
}

// mayBegin looks closer at a place of two characters or more, the first two of which are those
// of a needle; pair is their hash.
func (x *index) mayBegin(chars []uint16, pair uint64) bool {
	if x.pairs[pair/64]>>(pair%64)&1 != 0 {
		return true
	}
	if len(chars) < 3 {
		return false
	}
	h := x.hash(chars[0], chars[1], chars[2])
	return x.bits[h/64]>>(h%64)&1 != 0
}
