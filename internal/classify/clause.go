package classify

import (
	"strings"
	"unicode/utf8"
)

// doubted says whether a clause tells what was only thought.
func doubted(text string) bool {
	low := lowered(text)
	return holdsAny(low, "doubt")
}

// apposed says whether a clause behind a comma begins with what it says of the value.
func (p *passage) apposed(s sentence) bool {
	for _, c := range p.in(s) {
		if c.entry.sort != "org" {
			return len(strings.TrimSpace(p.text[s.from:c.start])) <= 12
		}
	}
	return false
}

// parts are the clauses of a predicate; the first that says whose the thing is decides.
func (p *passage) parts(s sentence) []sentence {
	var out []sentence
	for s.from < s.to && len(out) < 4 {
		i := clauseBreak(p.text[s.from:s.to])
		if i < 0 {
			break
		}
		out = append(out, sentence{s.from, s.from + i})
		_, n := utf8.DecodeRuneInString(p.text[s.from+i:])
		s.from += i + n
	}
	return append(out, s)
}

// clauseBreak finds where the first clause of a text ends: at a comma, or at a bracket
// unless the phrase goes on behind it.
func clauseBreak(text string) int {
	at := 0
	for {
		i := strings.IndexAny(text[at:], "、，,;；（(")
		if i < 0 {
			return -1
		}
		i += at
		_, end := bracketed(text[i:])
		if end == 0 {
			return i
		}
		rest := text[i+end:]
		for _, w := range []string{"の", "を", "に", "へ", "が", "と", "から"} {
			if strings.HasPrefix(rest, w) {
				at = i + end
			}
		}
		if at < i+end {
			return i
		}
	}
}

// bracketed gives what stands in the bracket a text begins with, and where it ends.
func bracketed(s string) (inner string, end int) {
	for _, pair := range [][2]string{{"（", "）"}, {"(", ")"}, {"〔", "〕"}, {"【", "】"}, {"[", "]"}, {"〈", "〉"}, {"＜", "＞"}, {"<", ">"}, {"《", "》"}, {"{", "}"}} {
		if rest, ok := strings.CutPrefix(s, pair[0]); ok {
			to := strings.Index(rest, pair[1])
			if to < 0 {
				if to = strings.Index(rest, "）"); to < 0 {
					return "", 0
				}
			}
			if to > 300 || to == 0 {
				return "", 0
			}
			_, n := utf8.DecodeRuneInString(rest[to:])
			return rest[:to], len(pair[0]) + to + n
		}
	}
	return "", 0
}
