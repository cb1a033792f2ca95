package disguise

import "slices"

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
// bitmap of the first three characters keeps ordinary text out of the tree.
type index struct {
	needles []needle // sorted by key; keys are distinct
	bits    []uint64
	shift   uint
	pairs   []uint64 // needles of two characters: bitmap of the pair; nil when none
	nodes   []node
	edges   []edge // open addressing, len a power of two
	longest int
}

type node struct {
	here int32 // needle that ends here, or -1
	leaf int32 // the only needle below, or -1
}

type edge struct {
	key uint64 // node<<16 | char, plus one; 0 is free
	to  int32
}

const pairBits = 18

func buildIndex(list []needle) *index {
	x := &index{needles: uniqueNeedles(list), shift: 64 - 16}
	size := 1 << 16
	for size < len(x.needles)*32 && size < 1<<24 {
		size <<= 1
		x.shift--
	}
	x.bits = make([]uint64, size/64)
	for _, n := range x.needles {
		x.longest = max(x.longest, len(n.key))
		if len(n.key) == 2 {
			if x.pairs == nil {
				x.pairs = make([]uint64, 1<<pairBits/64)
			}
			h := pairHash(n.key[0], n.key[1])
			x.pairs[h/64] |= 1 << (h % 64)
			continue
		}
		h := x.hash(n.key[0], n.key[1], n.key[2])
		x.bits[h/64] |= 1 << (h % 64)
	}
	b := treeBuilder{x: x}
	b.split(0, len(x.needles), 0)
	b.pack()
	return x
}

// uniqueNeedles sorts and keeps one needle a key, under the rules of all: that of the first
// term that is spelled so itself, or else of the first from which it is derived.
func uniqueNeedles(list []needle) []needle {
	order := make([]int32, 0, len(list)) // needles are large: sort their numbers
	for i := range list {
		if len(list[i].key) >= 2 {
			order = append(order, int32(i))
		}
	}
	slices.SortFunc(order, func(a, b int32) int {
		if c := slices.Compare(list[a].key, list[b].key); c != 0 {
			return c
		}
		return int(a - b)
	})
	out := make([]needle, 0, len(order))
	for _, i := range order {
		n := list[i]
		if len(out) > 0 && slices.Equal(out[len(out)-1].key, n.key) {
			same := &out[len(out)-1]
			n.edge |= same.edge
			if same.derived == "exact" || n.derived != "exact" {
				n.term, n.derived, n.layer = same.term, same.derived, same.layer
			}
			*same = n
			continue
		}
		out = append(out, n)
	}
	return out
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

// split makes the node for needles lo to hi, which agree in their first depth characters.
func (b *treeBuilder) split(lo, hi, depth int) int32 {
	id := int32(len(b.x.nodes))
	b.x.nodes = append(b.x.nodes, node{-1, -1})
	if hi-lo == 1 {
		b.x.nodes[id].leaf = int32(lo)
		return id
	}
	for i := lo; i < hi; {
		key := b.x.needles[i].key
		if len(key) == depth {
			b.x.nodes[id].here = int32(i)
			i++
			continue
		}
		j := i + 1
		for j < hi && b.x.needles[j].key[depth] == key[depth] {
			j++
		}
		to := b.split(i, j, depth+1)
		b.found = append(b.found, edge{uint64(id)<<16 + uint64(key[depth]) + 1, to})
		i = j
	}
	return id
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

func (x *index) child(id int32, c uint16) int32 {
	key := uint64(id)<<16 + uint64(c) + 1
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
	id := int32(0)
	for depth := 0; ; depth++ {
		n := x.nodes[id]
		if n.leaf >= 0 {
			key := x.needles[n.leaf].key
			if len(key) <= len(chars) && slices.Equal(key[depth:], chars[depth:len(key)]) {
				yield(&x.needles[n.leaf])
			}
			return
		}
		if n.here >= 0 {
			yield(&x.needles[n.here])
		}
		if depth == len(chars) {
			return
		}
		if id = x.child(id, chars[depth]); id < 0 {
			return
		}
	}
}

// candidates calls try with each position of chars at which a needle may begin.
func (x *index) candidates(chars []uint16, from int, try func(i int)) {
	if len(x.needles) == 0 {
		return
	}
	for i := from; i+1 < len(chars); i++ {
		if i+2 < len(chars) {
			h := x.hash(chars[i], chars[i+1], chars[i+2])
			if x.bits[h/64]&(1<<(h%64)) != 0 {
				try(i)
				continue
			}
		}
		if x.pairs != nil {
			h := pairHash(chars[i], chars[i+1])
			if x.pairs[h/64]&(1<<(h%64)) != 0 {
				try(i)
			}
		}
	}
}
