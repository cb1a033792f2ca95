package classify

import (
	"strings"
	"unicode/utf8"
)

// acquitted binds words that clear of suspicion to the only thing that a sentence names, or the one before it: 「…検知。定期診断に
// つき対応不要」, "Nothing wrong with it." What is said of the attack behind them counts for more.
func (b *binder) acquitted(p *passage) {
	_, spans := p.stretches()
	for _, span := range spans {
		groups := p.groups(span)
		if len(groups) != 1 {
			continue
		}
		g := groups[0]
		for _, s := range p.part(span).sentences() {
			s = sentence{s.from + span.from, s.to + span.from}
			c, ok := wordOf(p.in(s), "fact", "acquit")
			if !ok || c.end > s.to || c.start < g.last().end || p.denied(c, s) || p.tells("act", sentence{c.end, span.to}) {
				continue
			}
			_, up := p.takesUp(s)
			_, owned := wordOf(p.in(sentence{s.from, c.start}), "who", "")
			if s.from <= g.first().start || up || !owned && p.objectless(s, c) {
				b.claim(g, harmless, said)
			}
		}
	}
}

// shortAnswer says whose a thing is if a short sentence says only that: 「うちのメール中継です。」
func (p *passage) shortAnswer(s sentence) whose {
	text := strings.Trim(lowered(p.text[s.from:s.to]), " 　.。!」』\"")
	if utf8.RuneCountInString(text) > 16 || strings.ContainsAny(text, "はが") || !closesWith(text, "copula-at-end") || !nounPhrase(text) || p.tells("act", s) {
		return unsaid
	}
	if w := p.gloss(s); w > attackers {
		return w
	}
	return unsaid
}

// opens says whether hardly anything stands before a group in its sentence, or nothing of an attack before its topic.
func (p *passage) opens(g group) bool {
	lead := sentence{0, g.first().start}
	for _, end := range []string{"。", ". ", "! ", "? ", "：", ": ", "\t"} {
		if i := strings.LastIndex(p.text[lead.from:lead.to], end); i >= 0 {
			lead.from += i + len(end)
		}
	}
	before := strings.Trim(afterSpeaker(afterTime(p.text[lead.from:lead.to])), " 　\t-*・>`「『\"'~")
	n := utf8.RuneCountInString(before)
	if n <= 24 && n > 4 && strings.HasPrefix(strings.TrimLeft(p.text[g.last().end:], " 　」』`"), "は") {
		return p.nobodyAttacks(lead) // 「毎晩保存する X は…」
	}
	return n <= 4 || len(before) <= 60 && holdsAny(lowered(before)+" ", "somebody-says")
}

// calm says whether a sentence only tells what a thing is, and nothing an attacker does with it: 「X は倉庫の回線」.
func (p *passage) calm(rest string, s sentence) bool {
	if !p.nobodyAttacks(s) {
		return false
	}
	said := strings.Trim(lowered(p.text[s.from:s.to]), " 　.。!」』\"")
	return begins(lowered(rest), "identity") && !holdsAny(said, "state") && nounPhrase(said)
}

// plainly says whether a sentence that begins with "that is" only tells what a thing is: "That's Dave's house."
func (p *passage) plainly(s sentence) bool {
	text := strings.Trim(lowered(p.text[s.from:s.to]), " 　.。!」』\"")
	for _, w := range words().phrases["that-is"] {
		if said, ok := strings.CutPrefix(text, w); ok {
			said = strings.TrimLeft(said, " 、,")
			return p.nobodyAttacks(s) && !holdsAny(said, "state") && nounPhrase(said)
		}
	}
	return false
}

// nobodyAttacks says whether a stretch has no word of an attack, of whose side a thing is not, or of what anybody rents.
func (p *passage) nobodyAttacks(s sentence) bool {
	c, owned := wordOf(p.in(s), "who", "")
	return !(owned && (owner(c) == attackers || p.denied(c, s) || !p.ascii(c)) || p.tells("act", s) || p.tells("rented", s) || p.tells("fake", s) || p.tells("permit", s))
}

// nounPhrase says whether a predicate in small letters is but a noun and what belongs to it: "the warehouse's line",
// 「倉庫の回線です」.
func nounPhrase(said string) bool {
	if utf8.RuneCountInString(said) < 3 || begins(said, "clause-not-noun") {
		return false
	}
	for _, w := range words().phrases["copula-at-end"] {
		said = strings.TrimSuffix(said, w)
	}
	last, _ := utf8.DecodeLastRuneInString(said)
	if last < utf8.RuneSelf {
		return begins(said, "determiner") || strings.Contains(said, "'s ") || strings.Contains(said, "s' ")
	}
	return !kana(last) || strings.HasSuffix(said, "もの") || strings.HasSuffix(said, "やつ") || strings.HasSuffix(said, "ところ")
}
