package classify

import (
	"strings"
)

// resumed reads a later clause that takes the value up again: "…、これ自体は普通の…".
func (b *binder) resumed(p *passage, g group, s sentence) {
	c, ok := wordOf(p.in(s), "pronoun", "one")
	if !ok || !strings.ContainsAny(p.text[s.from:c.start], "、,;") && strings.TrimSpace(p.text[s.from:c.start]) != "" {
		return
	}
	if at, is := p.topic(c, s); is {
		if w := p.gloss(sentence{at, s.to}); w != attackers {
			b.claim(g, w, said)
		}
	}
}

// copulas lead from a value to what it is said to be.
var copulas = []string{"については", "に関しては", "のほうは", "の方は", "というのは", "は", "が", "も", "って", "とは", "＝", "=", "←", "<-", "<--", "–", "—", "- ", "-- ", ":", "：", "|", "、", ",", "…", "・・・"}

// predicate says where in the text behind a value the words begin that say what it is.
func predicate(text, rest string) (at int, ok bool) {
	low := strings.ToLower(rest)
	for _, w := range copulas {
		if strings.HasPrefix(rest, w) && !strings.HasPrefix(low, ", which ") && !strings.HasPrefix(low, ", that ") && !strings.HasPrefix(low, ", through which ") {
			return len(w), true
		}
	}
	best := -1
	for _, w := range []string{"is ", "are ", "was ", "were ", "belongs to ", "belong to ", "turned out to be ", "turns out to be ", "proved to be ", "seems to be ", "appears to be ", "looks like ", "must be "} {
		i := strings.Index(low, w)
		if i > 0 && (strings.Contains(low[:i], "not ") || strings.Contains(low[:i], "n't ")) {
			continue
		}
		if i == 0 || i > 0 && i <= 80 && low[i-1] == ' ' && (relative(low[:i]) || low[:i] == ", which " || low[:i] == ", that " || i <= 60 && !strings.ContainsAny(low[:i], ",;(")) {
			if end := i + len(w); best < 0 || end < best {
				best = end
			}
		}
	}
	if best >= 0 {
		return best, true
	}
	gap := text[:len(text)-len(rest)]
	return 0, strings.HasSuffix(gap, "  ") || strings.HasSuffix(gap, "　") || strings.HasSuffix(gap, "\t")
}

// relative says whether the words before a copula are a relative clause: ", through which
// the mails came, ".
func relative(s string) bool {
	return strings.HasPrefix(s, ", ") && strings.Contains(s, "which ") && strings.HasSuffix(s, ", ") && strings.Count(s, ",") == 2
}
