package document

import (
	"strings"

	"github.com/wakachi/wakachi/internal/incident"
)

// readsAsText says whether a block that looks like code is a text: at least one line in so many is what somebody wrote in
// words, with the particles of Japanese or the little words of English.
func readsAsText(block string, in int) bool {
	lines, words := 0, 0
	eachLine(block, func(_ int, line string) bool {
		if strings.TrimSpace(line) != "" {
			lines++
		}
		if readsAsWords(line) {
			words++
		}
		return true
	})
	return words > 1 && in*words >= lines
}

// readsAsWords says whether a line is words: of Japanese, or of English.
func readsAsWords(line string) bool {
	const kana, little = 4, 2
	n := 0
	for _, r := range line {
		if 'ぁ' <= r && r <= 'ん' {
			n++
		}
	}
	if n >= kana {
		return true
	}
	n = 0
	for word := range strings.FieldsSeq(line) {
		switch strings.ToLower(strings.Trim(word, `.,;:!?()"'*`)) {
		case "a", "an", "and", "are", "as", "be", "been", "but", "did", "do", "does", "had", "has", "have", "he", "if", "is", "it", "its", "no", "not", "of", "or",
			"our", "ours", "she", "so", "than", "that", "the", "their", "them", "there", "these", "they", "this", "those", "to", "us", "was", "we", "were", "when", "which", "who":
			n++
		}
	}
	return n >= little
}

// textInFences makes prose of the code blocks of a Markdown text that are one.
func (p *page) textInFences() {
	all := p.note.Lines
	for from := 0; from < len(all); from++ {
		to := from
		for to < len(all) && all[to].Kind == incident.Code {
			to++
		}
		if to == from {
			continue
		}
		var block strings.Builder
		for _, l := range all[from:to] {
			block.WriteString(l.Text)
			block.WriteByte('\n')
		}
		if readsAsText(block.String(), 2) {
			proseWithin(all[from:to])
		}
		from = to
	}
}

// proseWithin makes prose of the lines of a block, but for its fences.
func proseWithin(block []incident.Line) {
	for i := range block {
		if fenceOf(strings.TrimLeft(block[i].Text, " ")) == "" {
			block[i].Kind = incident.Prose
		}
	}
}
