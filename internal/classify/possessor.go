package classify

import (
	"strings"
	"unicode/utf8"
)

// possessorBefore says whose a value is by the noun phrase that ends where it begins: "our
// mail relay, 192.0.2.1", "弊社の監視元（192.0.2.1".
func (p *passage) possessorBefore(s sentence) whose {
	text := unlink(p.text[s.from:s.to])
	if closesWith(lowered(text), "we-keep") {
		return ours
	}
	to := s.from + len(unverb(text))
	words := p.in(sentence{s.from, to})
	for i := len(words) - 1; i >= 0; i-- {
		c := words[i]
		w := p.headNoun(c, s, to)
		if w == unsaid {
			continue
		}
		if p.denied(c, s) || w == ours && p.fakeBefore(c, s) || !p.reaches(c, to, w) || p.ascii(c) && p.oblique(c, s, to) {
			return unsaid
		}
		return w
	}
	return p.insideNamed(words, s, to)
}

// headNoun says whose the thing is that a word before it possesses.
func (p *passage) headNoun(c cue, s sentence, to int) whose {
	switch {
	case c.end > to:
	case c.entry.sort == "who":
		return owner(c)
	case c.entry.sort == "fact" && c.entry.label == "harmless":
		return harmless
	case (c.entry.sort == "org" || c.entry.sort == "body") && !p.ascii(c):
		rest := p.text[c.end:to]
		if (strings.HasPrefix(rest, "の") || strings.HasPrefix(rest, "さんの")) && !p.tells("rented", s) {
			return strangers
		}
	}
	return unsaid
}

// unverb takes the verb of a cleft or of a place off the end of what leads to a value: "our
// old site used to live at", "業者が使った(のは)".
func unverb(text string) string {
	low := lowered(text)
	for _, w := range words().phrases["place-verb"] {
		if cut, ok := strings.CutSuffix(low, w); ok {
			return strings.TrimRight(text[:len(cut)], " ")
		}
	}
	for _, w := range words().phrases["cleft-verb"] {
		if cut, ok := strings.CutSuffix(text, w); ok {
			return strings.TrimSuffix(cut, "が")
		}
	}
	return text
}

// insideNamed reads what only an owner calls so as the name of the value: "出口は …", "office
// egress: …".
func (p *passage) insideNamed(words []cue, s sentence, to int) whose {
	if p.tells("act", s) || p.tells("rented", s) || !strings.ContainsAny(p.text[to:s.to], "は：:=＝") {
		return unsaid
	}
	for _, c := range words {
		if c.entry.sort == "fact" && c.entry.label == "inside" && c.end <= to && to-c.end <= 6 && utf8.RuneCountInString(p.text[s.from:c.start]) <= 24 {
			return ours
		}
	}
	return unsaid
}

// oblique says whether a possessor stands behind a preposition while a copula leads to the
// value: "the loader on our side was …" is about the loader.
func (p *passage) oblique(c cue, s sentence, to int) bool {
	before := strings.Fields(lowered(p.text[s.from:c.start]))
	if len(before) == 0 || !prepositions[before[len(before)-1]] {
		return false
	}
	for word := range strings.FieldsSeq(lowered(p.text[to:s.to])) {
		if strings.HasSuffix(word, ":") || word == "is" || word == "are" || word == "was" || word == "were" || word == "has" {
			return true
		}
	}
	return false
}

// tells says whether a stretch holds a fact of some sort.
func (p *passage) tells(label string, s sentence) bool {
	for _, c := range p.in(s) {
		if c.entry.sort == "fact" && c.entry.label == label && c.end <= s.to && (label != "act" || !p.tame(c)) {
			return true
		}
	}
	return false
}

// tame says whether a word of attack is but a part of one of harmlessness: 遠隔 of 遠隔保守.
func (p *passage) tame(c cue) bool { return p.coveredBy(c, "harmless") || p.coveredBy(c, "no-attack") }

// links stand between a noun and the value it names.
var links = []string{" ", "　", "\t", "「", "『", "`", "'", "\"", "“", "(", "（", "<", "[", ":", "：", "=", "＝", ",", "、", "*", "は", "が", "の", " is", " are", " was", " were", " at", " has", " the", " of", " on", " ip", " address", "アドレス", "IP", "sha-256", "sha256", "sha-1", "sha1", "md5", "ハッシュ", "ハッシュ値", "hash", "指紋", "fingerprint", "digest", "checksum"}

// unlink takes what only leads to a value off the end of a text.
func unlink(s string) string {
	for range 12 {
		cut := s
		for _, l := range links {
			if len(cut) >= len(l) && strings.EqualFold(cut[len(cut)-len(l):], l) {
				cut = cut[:len(cut)-len(l)]
			}
		}
		if cut == s {
			break
		}
		s = cut
	}
	return s
}

// reaches says whether the noun phrase of a possessor goes up to a place, without a case
// particle, a preposition or a verb of the attack in between.
func (p *passage) reaches(c cue, to int, w whose) bool {
	between := unbracketed(p.text[c.end:to])
	if strings.ContainsAny(between, "。、，,;；（(）)|→←") || strings.Contains(between, "->") || utf8.RuneCountInString(between) > 40 {
		return false
	}
	if w != attackers && p.tells("act", sentence{c.end, to}) {
		return false
	}
	if !p.ascii(c) || strings.ContainsFunc(between, kana) {
		return !hasParticle(between)
	}
	switch lowered(p.text[c.start:c.end]) {
	case "we", "us", "me", "malicious":
		return false
	}
	n := 0
	for word := range strings.FieldsSeq(lowered(between)) {
		if n++; n > 5 || prepositions[word] || verbal(word) {
			return false
		}
	}
	return true
}

// unbracketed takes a bracket out of a noun phrase; of one that does not end there only its
// sign, as the value stands in it.
func unbracketed(text string) string {
	i := strings.IndexAny(text, "(（")
	if i < 0 {
		return text
	}
	if _, end := bracketed(text[i:]); end > 0 {
		return text[:i] + text[i+end:]
	}
	_, n := utf8.DecodeRuneInString(text[i:])
	return text[:i] + " " + text[i+n:]
}

// verbs that end an English noun phrase; a participle before a noun does not.
var verbs = set("was were is are and saw has had have found caught sent got hit met took began went says said does did shows showed keeps kept lets let")

var participles = set("managed hosted rented leased shared dedicated affected infected named unused trusted outsourced retired based used owned wired unmanned segmented")

func verbal(word string) bool {
	return verbs[word] || strings.HasSuffix(word, "ed") && !participles[word]
}

func kana(r rune) bool { return 'ぁ' <= r && r <= 'ん' }

// hasParticle says whether a run of hiragana in a text begins with a particle that ends a
// noun phrase.
func hasParticle(text string) bool {
	before, start := rune(0), 0
	for i, r := range text {
		switch {
		case kana(r) && !kana(before):
			start = i
			if begins(text[i:], "particle") {
				return true
			}
		case !kana(r) && kana(before) && i > start:
			if closesWith(text[start:i], "particle-at-end") {
				return true
			}
		}
		before = r
	}
	return false
}
