package classify

import (
	"unicode"
	"unicode/utf8"
)

// A cue is a word of the dictionaries found in a line.
type cue struct {
	entry      *entry
	start, end int // byte offsets in the line
}

// lexicon finds all words of the dictionaries in one pass (Aho and Corasick, 1975). It
// folds width and case as it reads. It is immutable once built.
type lexicon struct {
	nodes []node
	words []word
	edges edges
}

// A node stands for the beginning of a word. Node 0 is that of all.
type node struct {
	parent int32
	by     rune  // leads here from the parent
	fail   int32 // the longest beginning of a word that ends like this one
	first  int32 // of the words that end here or in a node on the way of fail; -1: none
}

type word struct {
	entry   *entry
	runes   int
	bounded bool  // of ASCII: an end that is a letter or digit must not go on
	next    int32 // word that ends at the same place; -1: none
}

func newLexicon(entries []*entry) *lexicon {
	l := &lexicon{nodes: []node{{first: -1}}, edges: newEdges()}
	levels := [][]int32{}
	for _, e := range entries {
		for _, part := range e.parts {
			levels = l.add(e, part, levels)
		}
	}
	l.link(levels)
	return l
}

// add takes up a word, and the nodes it makes into levels, by their depth less one.
func (l *lexicon) add(e *entry, text string, levels [][]int32) [][]int32 {
	at, n := int32(0), 0
	for _, r := range text {
		r = fold(r)
		next, ok := l.edges.find(at, r)
		if !ok {
			next = int32(len(l.nodes))
			l.nodes = append(l.nodes, node{parent: at, by: r, first: -1})
			l.edges.add(at, r, next)
			if n == len(levels) {
				levels = append(levels, nil)
			}
			levels[n] = append(levels[n], next)
		}
		at, n = next, n+1
	}
	link := &l.nodes[at].first
	for *link >= 0 {
		link = &l.words[*link].next
	}
	*link = int32(len(l.words))
	l.words = append(l.words, word{e, n, isASCIIWord(text), -1})
	return levels
}

// link sets what fails lead to, the shorter beginnings before the longer.
func (l *lexicon) link(levels [][]int32) {
	for depth, level := range levels {
		for _, at := range level {
			n := &l.nodes[at]
			if depth > 0 {
				n.fail = l.step(l.nodes[n.parent].fail, n.by)
			}
			link := &n.first
			for *link >= 0 {
				link = &l.words[*link].next
			}
			*link = l.nodes[n.fail].first
		}
	}
}

func (l *lexicon) step(at int32, r rune) int32 {
	for {
		if next, ok := l.edges.find(at, r); ok {
			return next
		}
		if at == 0 {
			return 0
		}
		at = l.nodes[at].fail
	}
}

// find gives the cues of a line in the order of their ends.
func (l *lexicon) find(line string) []cue {
	var out []cue
	starts := make([]int, 0, len(line))
	at := int32(0)
	for i, r := range line {
		starts = append(starts, i)
		at = l.step(at, fold(r))
		if r == utf8.RuneError {
			continue
		}
		for k := l.nodes[at].first; k >= 0; k = l.words[k].next {
			w := &l.words[k]
			start, end := starts[len(starts)-w.runes], i+utf8.RuneLen(r)
			if !w.bounded || bounded(line, start, end) {
				out = append(out, cue{w.entry, start, end})
			}
		}
	}
	return out
}

// edges lead from node to node by a character: a hash table with open addressing.
type edges struct {
	slots []edge
	count int
}

type edge struct {
	by       rune
	from, to int32 // to is 0 where the slot is free: nothing leads to node 0
}

func newEdges() edges { return edges{slots: make([]edge, 1<<16)} }

// slot gives where an edge is, or would be.
func (e *edges) slot(from int32, by rune) *edge {
	mask := uint32(len(e.slots) - 1)
	hash := (uint32(from)*0x9e3779b1 ^ uint32(by)) * 0x85ebca6b
	for i := hash ^ hash>>15; ; i++ {
		if s := &e.slots[i&mask]; s.to == 0 || s.from == from && s.by == by {
			return s
		}
	}
}

func (e *edges) find(from int32, by rune) (to int32, ok bool) {
	s := e.slot(from, by)
	return s.to, s.to != 0
}

// add takes up an edge that is not there.
func (e *edges) add(from int32, by rune, to int32) {
	if e.count++; 2*e.count > len(e.slots) {
		old := e.slots
		e.slots = make([]edge, 4*len(old))
		for _, s := range old {
			if s.to != 0 {
				*e.slot(s.from, s.by) = s
			}
		}
	}
	*e.slot(from, by) = edge{by, from, to}
}

func bounded(line string, start, end int) bool {
	before, _ := utf8.DecodeLastRuneInString(line[:start])
	after, _ := utf8.DecodeRuneInString(line[end:])
	return !(isWordRune(before) && isWordRune(rune(line[start]))) && !(isWordRune(after) && isWordRune(rune(line[end-1])))
}

func isWordRune(r rune) bool {
	return r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

func isASCIIWord(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return s != ""
}

// fold makes full-width ASCII narrow and letters small.
func fold(r rune) rune {
	switch {
	case 'A' <= r && r <= 'Z':
		return r + 'a' - 'A'
	case r < utf8.RuneSelf:
		return r
	case '！' <= r && r <= '～':
		return fold(r - '！' + '!')
	case r == '　':
		return ' '
	}
	return r
}
