package classify

import (
	"strings"
)

// anaphora binds a sentence that begins with "this", "これは", "同社は" to what the sentence
// before it named.
func (b *binder) anaphora(p *passage, s sentence, groups, last []group) {
	if len(groups) > 0 {
		g := groups[0]
		if strings.HasSuffix(strings.TrimRight(p.text[s.from:g.first().start], " "), ",") && closes(p.text[g.last().end:s.to]) {
			return // "that's my home connection, 203.0.113.9"
		}
		s.to = g.first().start
	}
	c, ok := p.takesUp(s)
	if !ok {
		if _, refers := p.pronoun(s); refers && p.tells("withhold", s) && len(groups) == 0 && len(last) == 1 {
			b.claim(last[0], unspoken, remarked)
		}
		return
	}
	w := p.predicated(c, s)
	if w == attackers {
		return
	}
	if c.entry.label == "one" {
		last = last[len(last)-1:]
		if w == unsaid && p.plainly(s) {
			b.claim(last[0], unclear, vague)
		}
	}
	for _, g := range last {
		b.claim(g, w, remarked)
	}
}

// predicated reads what a sentence says of the pronoun it begins with.
func (p *passage) predicated(c cue, s sentence) whose {
	at, topic := p.topic(c, s)
	if !topic && p.tells("withhold", s) {
		return unspoken
	}
	w := unsaid
	if topic {
		w = p.firstOf(sentence{at, s.to})
	}
	if w == unsaid && p.tells("abused", s) && (strings.HasPrefix(p.text[c.start:], "同") || lowered(p.text[c.start:c.end]) == "they are") {
		return strangers
	}
	return w
}

// firstOf gives what the first clause says that says anything. What is "theirs" and harmless is not the
// attacker's: "it's theirs, it's benign".
func (p *passage) firstOf(s sentence) whose {
	first := unsaid
	for _, part := range p.parts(s) {
		w := p.gloss(part)
		switch {
		case first == attackers && w == harmless:
			return harmless
		case first == unsaid:
			first = w
		}
		if first != unsaid && first != attackers {
			return first
		}
	}
	return first
}

// topical says whether a pronoun carries the particle or copula that makes it the subject.
func topical(text string) bool {
	return closesWith(lowered(text), "topic")
}

// topic says where the predicate of a sentence begins that has a pronoun as its subject.
func (p *passage) topic(c cue, s sentence) (at int, ok bool) {
	if topical(p.text[c.start:c.end]) || c.entry.label == "all" && !p.ascii(c) {
		return c.end, true
	}
	rest := head(p.text[c.end:s.to], 24)
	for _, w := range []string{"は", "が", " is ", " was ", " are ", " were "} {
		if i := strings.Index(rest, w); i >= 0 {
			return c.end + i + len(w), true
		}
	}
	return 0, false
}
