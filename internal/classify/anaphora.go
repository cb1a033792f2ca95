package classify

import (
	"strings"
)

// anaphora binds a sentence that begins with "this", "これは", "同社は" to what the sentence
// before it named.
func (b *binder) anaphora(p *passage, s sentence, groups, last []group) {
	if len(groups) > 0 {
		s.to = groups[0].first().start
	}
	c, ok := p.takesUp(s)
	if !ok {
		_, refers := wordOf(p.in(s), "pronoun", "")
		if held, is := wordOf(p.in(s), "fact", "withhold"); is && refers && held.end <= s.to && len(groups) == 0 && len(last) == 1 {
			b.claim(last[0], unspoken, remarked)
		}
		return
	}
	w := unsaid
	at, topic := p.topic(c, s)
	if !topic {
		if held, is := wordOf(p.in(s), "fact", "withhold"); is && held.end <= s.to {
			w = unspoken
		}
		at = s.to
	}
	for _, part := range p.parts(sentence{at, s.to}) {
		if w = p.gloss(part); w != unsaid {
			break
		}
	}
	if w == strangers && !p.tells("abused", s) && !topic {
		w = unsaid
	}
	if w == unsaid && p.tells("abused", s) && strings.HasPrefix(p.text[c.start:], "同") {
		w = strangers
	}
	if w == attackers {
		return
	}
	if c.entry.label == "all" {
		for _, g := range last {
			b.claim(g, w, remarked)
		}
		return
	}
	b.claim(last[len(last)-1], w, remarked)
}

// topical says whether a pronoun carries the particle or copula that makes it the subject.
func topical(text string) bool {
	for _, w := range []string{"は", "が", "も", " is", " was", " are", "'s", "'re"} {
		if strings.HasSuffix(strings.ToLower(text), w) {
			return true
		}
	}
	return false
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
