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
}

type node struct {
	next  map[rune]int32
	fail  int32
	found []int32 // indices of words that end here
}

type word struct {
	entry   *entry
	runes   int
	bounded bool // of ASCII: an end that is a letter or digit must not go on
}

func newLexicon(entries []*entry) *lexicon {
	l := &lexicon{nodes: []node{{next: map[rune]int32{}}}}
	for _, e := range entries {
		for _, part := range e.parts {
			l.add(e, part)
		}
	}
	l.link()
	return l
}

func (l *lexicon) add(e *entry, text string) {
	at, n := int32(0), 0
	for _, r := range text {
		r, n = fold(r), n+1
		next, ok := l.nodes[at].next[r]
		if !ok {
			next = int32(len(l.nodes))
			l.nodes = append(l.nodes, node{next: map[rune]int32{}})
			l.nodes[at].next[r] = next
		}
		at = next
	}
	l.nodes[at].found = append(l.nodes[at].found, int32(len(l.words)))
	l.words = append(l.words, word{e, n, isASCIIWord(text)})
}

// link sets the fail edges, breadth first.
func (l *lexicon) link() {
	queue := []int32{0}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for r, child := range l.nodes[at].next {
			fail := int32(0)
			if at != 0 {
				fail = l.step(l.nodes[at].fail, r)
			}
			l.nodes[child].fail = fail
			l.nodes[child].found = append(l.nodes[child].found, l.nodes[fail].found...)
			queue = append(queue, child)
		}
	}
}

func (l *lexicon) step(at int32, r rune) int32 {
	for {
		if next, ok := l.nodes[at].next[r]; ok {
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
	var starts []int
	at := int32(0)
	for i, r := range line {
		starts = append(starts, i)
		at = l.step(at, fold(r))
		for _, w := range l.nodes[at].found {
			end := i + utf8.RuneLen(r)
			if r == utf8.RuneError {
				continue
			}
			start := starts[len(starts)-l.words[w].runes]
			if l.words[w].bounded && !bounded(line, start, end) {
				continue
			}
			out = append(out, cue{l.words[w].entry, start, end})
		}
	}
	return out
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
