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
	low := lowered(rest)
	if !begins(low, "relative") {
		for _, w := range copulas {
			if strings.HasPrefix(rest, w) {
				return len(w), true
			}
		}
	}
	best := -1
	for _, w := range words().phrases["copula"] {
		if i := strings.Index(low, w); i >= 0 && subjectOnly(low[:i]) && (best < 0 || i+len(w) < best) {
			best = i + len(w)
		}
	}
	if best >= 0 {
		return best, true
	}
	gap := text[:len(text)-len(rest)]
	return 0, strings.HasSuffix(gap, "  ") || strings.HasSuffix(gap, "　") || strings.HasSuffix(gap, "\t")
}

// subjectOnly says whether the words between a value and a copula leave the value its
// subject, and do not deny it.
func subjectOnly(s string) bool {
	switch {
	case s == "", s == ", which ", s == ", that ":
		return true
	case len(s) > 80, !strings.HasSuffix(s, " "), strings.Contains(s, "not "), strings.Contains(s, "n't "):
		return false
	}
	if inner, ok := strings.CutPrefix(s, ", "); ok && strings.HasSuffix(inner, ", ") && strings.Count(inner, ",") == 1 {
		return true // ", feared last week to be the command server, "
	}
	return relative(s) || len(s) <= 60 && !strings.ContainsAny(s, ",;(")
}

// relative says whether the words before a copula are a relative clause: ", through which
// the mails came, ".
func relative(s string) bool {
	return strings.HasPrefix(s, ", ") && strings.Contains(s, "which ") && strings.HasSuffix(s, ", ") && strings.Count(s, ",") == 2
}
