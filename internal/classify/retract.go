package classify

import (
	"strings"
)

// takenBack binds words that take back what was said before to the values of their sentence or, if it has none, to the
// one named last: "She withdrew it", 「203.0.113.4 は取り消します」. Of two values of which one is not the other it is the
// first: 「198.51.100.7 ではなく 198.51.100.8 でした」.
func (b *binder) takenBack(p *passage, s sentence, groups, last []group) {
	for i, g := range groups[:max(0, len(groups)-1)] {
		between := strings.TrimLeft(lowered(p.text[g.last().end:groups[i+1].first().start]), " 　」』`")
		if begins(between, "not-but") || len(between) <= 80 && holdsAny(between, "was-wrong") {
			b.claim(g, withdrawn, marked)
			b.right[groups[i+1].first().Value] = true
		}
	}
	if len(groups) == 1 && len(last) > 0 && !p.tells("retract", sentence{groups[0].last().end, s.to}) && last[0].first().Value != groups[0].first().Value {
		before := lowered(p.text[s.from:max(s.from, min(groups[0].first().start, s.to))])
		if holdsAny(before, "was-wrong") {
			b.right[groups[0].first().Value] = true
			b.claim(last[len(last)-1], withdrawn, marked)
			return
		}
	}
	c, ok := wordOf(p.in(s), "fact", "retract")
	if !ok || c.end > s.to || p.denied(c, s) {
		return
	}
	if _, up := p.takesUp(s); len(groups) == 0 && (up || p.objectless(s, c)) {
		groups = last[max(0, len(last)-1):]
		if len(groups) == 0 && b.latest != nil && begins(lowered(strings.TrimLeft(p.text[s.from:s.to], " 　\t-*・")), "earlier-one") {
			groups = []group{b.latest}
		}
	}
	for _, g := range groups {
		if !b.right[g.first().Value] && !b.corrected(p, s, g) {
			b.claim(g, withdrawn, marked)
		}
	}
}

// corrected says whether a value is the right one of a correction: "should be 198.51.100.8".
func (b *binder) corrected(p *passage, s sentence, g group) bool {
	at := g.first().start
	return at >= s.from && at <= s.to && closesWith(lowered(strings.TrimRight(p.text[s.from:at], " 　「『`")), "correction")
}

// struck binds what was struck out, as in Markdown: "~~203.0.113.4~~".
func (b *binder) struck(p *passage, s sentence) {
	const line = "~~"
	from := strings.Index(p.text[s.from:s.to], line)
	if from < 0 {
		return
	}
	from += s.from + len(line)
	to := strings.Index(p.text[from:], line)
	if to < 0 {
		return
	}
	for _, m := range p.within(sentence{from, from + to}) {
		b.claims.add(m.Value, withdrawn, marked)
	}
}

// goesOnAbout binds a sentence that names nothing of its own to the value the one before it named last: 「…の通信機。
// 乗っ取られているだけなので、話が通るまで表に出さないこと」.
func (b *binder) goesOnAbout(p *passage, s sentence, groups, last []group) {
	if len(groups) > 0 || len(last) == 0 {
		return
	}
	for _, c := range p.in(s) {
		if c.entry.sort != "fact" || c.end > s.to || p.ascii(c) && len(strings.Fields(p.text[s.from:s.to])) > 8 || p.denied(c, s) || !p.objectless(s, c) {
			continue
		}
		switch c.entry.label {
		case "withhold":
			if p.sameAgain(last[len(last)-1]) {
				continue
			}
			b.claim(last[len(last)-1], unspoken, remarked)
		case "issued":
			if !p.tells("act", s) {
				b.claim(last[len(last)-1], ours, remarked)
			}
		case "abused":
			if !p.tells("fake", s) {
				b.claim(last[len(last)-1], strangers, remarked)
			}
		}
	}
}

// digestFreed binds "the hash is fine to give out" to the digest named last, whatever its file is.
func (b *binder) digestFreed(p *passage, s sentence, groups []group) {
	if len(groups) == 0 && p.grants(s) && holdsAny(lowered(p.text[s.from:s.to]), "the-digest") {
		b.claims.add(b.digest, attackers, said)
	}
}

// objectless says whether the words of a sentence around a verb name no subject or object of their own: before it no
// particle of one, behind an English verb nothing but a pronoun, or where and when.
func (p *passage) objectless(s sentence, verb cue) bool {
	before := lowered(strings.TrimLeft(p.text[s.from:verb.start], " 　\t-*・>"))
	if begins(before, "of-its-own") {
		return true
	}
	if holdsAny(before, "own-topic") || len(strings.Fields(before)) > 6 {
		return false
	}
	behind := strings.TrimLeft(lowered(p.text[verb.end:s.to]), " ")
	return !p.ascii(verb) || strings.Trim(behind, ".!?)*") == "" || begins(behind, "no-object")
}
