package classify

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/indicator"
)

// A passage is a reading as the grammar of ownership sees it.
type passage struct {
	text     string
	words    []cue // of the grammar of ownership, in the order of their starts, the longest where they overlap
	mentions []mention
	line     *reading
	at       int  // where it begins in the line: not 0 if it is a cell
	broken   bool // a blank line stands before it
}

// A mention is a value in a passage.
type mention struct {
	indicator.Match
	start, end int // byte offsets in the passage
}

// passages cuts the lines of a note into passages.
func (b *binder) passages(lines []*reading) []*passage {
	var out []*passage
	blank := true
	for _, r := range lines {
		if r.blank {
			blank = true
			continue
		}
		p := newPassage(r)
		p.broken, blank = blank, false
		b.parse(p)
		out = append(out, p)
	}
	return out
}

func newPassage(r *reading) *passage {
	p := &passage{text: r.Text, line: r}
	for _, m := range r.matches {
		p.mentions = append(p.mentions, mention{m, m.Start, m.End})
	}
	for _, c := range r.cues {
		if grammatical(c.entry.sort) {
			p.words = append(p.words, c)
		}
	}
	return p
}

func (r *reading) beginsWithValue() bool {
	return len(r.matches) > 0 && strings.Trim(r.Text[:r.matches[0].Start], " 　\t-*・`") == ""
}

func columns(s string) int {
	n := 0
	for _, r := range s {
		if n++; r >= 0x1100 {
			n++
		}
	}
	return n
}

// part gives a stretch as a passage of its own.
func (p *passage) part(s sentence) *passage {
	cell := &passage{text: p.text[s.from:s.to], line: p.line, at: p.at + s.from, broken: true}
	for _, m := range p.within(s) {
		m.start, m.end = m.start-s.from, m.end-s.from
		cell.mentions = append(cell.mentions, m)
	}
	for _, c := range p.in(s) {
		if c.end <= s.to {
			cell.words = append(cell.words, cue{c.entry, c.start - s.from, c.end - s.from})
		}
	}
	return cell
}

func grammatical(sort string) bool {
	return sort == "who" || sort == "fact" || sort == "pronoun" || sort == "org" || sort == "body"
}

// parse brings the words of the grammar into order: of two that overlap in one part of
// speech the longer holds, and none holds inside a value.
func (b *binder) parse(p *passage) {
	p.words = append(p.words, b.named(p)...)
	slices.SortStableFunc(p.words, func(a, b cue) int {
		if a.start != b.start {
			return a.start - b.start
		}
		return b.end - a.end
	})
	end := map[string]int{}
	m := 0
	kept := p.words[:0]
	for _, c := range p.words {
		for m < len(p.mentions) && p.mentions[m].end <= c.start {
			m++
		}
		if m < len(p.mentions) && p.mentions[m].start < c.end || c.end <= end[c.entry.sort+c.entry.label] || c.entry.sort == "who" && c.end <= end["who"] {
			continue
		}
		end[c.entry.sort+c.entry.label] = c.end
		end[c.entry.sort] = max(end[c.entry.sort], c.end)
		kept = append(kept, c)
	}
	p.words = kept
}

// A sentence is a stretch of a passage.
type sentence struct{ from, to int }

// sentences cuts a text at the ends of sentences that stand outside brackets and values.
func (p *passage) sentences() []sentence {
	var out []sentence
	from, depth, m := 0, 0, 0
	for i, r := range p.text {
		for m < len(p.mentions) && p.mentions[m].end <= i {
			m++
		}
		if m < len(p.mentions) && p.mentions[m].start <= i {
			continue
		}
		switch {
		case strings.ContainsRune("（(「『[【〔", r):
			depth++
		case strings.ContainsRune("）)」』]】〕", r):
			depth = max(0, depth-1)
		}
		if depth > 0 && i-from < maxSentence || !ends(p.text, i, r) {
			continue
		}
		to := i + utf8.RuneLen(r)
		if r == utf8.RuneError {
			to = i + 1
		}
		out = append(out, sentence{from, to})
		from, depth = to, 0
	}
	if from < len(p.text) {
		out = append(out, sentence{from, len(p.text)})
	}
	return out
}

// maxSentence is where an open bracket no longer keeps a sentence together.
const maxSentence = 400

// ends says whether a sentence ends with the character at i.
func ends(text string, i int, r rune) bool {
	switch r {
	case '。', '！', '？', '；':
		return true
	case '.', ';', '!', '?':
		return i+1 >= len(text) || text[i+1] == ' '
	}
	return false
}

// within gives the mentions of a passage that stand in a stretch.
func (p *passage) within(s sentence) []mention {
	a, _ := slices.BinarySearchFunc(p.mentions, s.from, func(m mention, at int) int { return m.start - at })
	b := a
	for b < len(p.mentions) && p.mentions[b].end <= s.to {
		b++
	}
	return p.mentions[a:b]
}

// in gives the words of the grammar in a stretch.
func (p *passage) in(s sentence) []cue {
	a, _ := slices.BinarySearchFunc(p.words, s.from, func(c cue, at int) int { return c.start - at })
	b := a
	for b < len(p.words) && p.words[b].start < s.to {
		b++
	}
	return p.words[a:b]
}
