package classify

import (
	"strings"
	"unicode/utf8"
)

// possessorBefore says whose a value is by the noun phrase that ends where it begins: "our
// mail relay, 192.0.2.1", "弊社の監視元（192.0.2.1".
func (p *passage) possessorBefore(s sentence) whose {
	text := unlink(p.text[s.from:s.to])
	low := strings.ToLower(text)
	for _, w := range []string{"we rent", "we use", "we own", "we lease", "we run", "we operate", "we have rented", "we pay for"} {
		if strings.HasSuffix(low, w) {
			return ours
		}
	}
	for _, w := range []string{" used to live at", " used to be at", " used to be", " lives at", " lives on", " sits at", " sits on", " runs on", " runs at", " is reachable at", " is hosted at", " is hosted on", " resolves to", " points to", " answers on", " listens on"} {
		if cut := len(text) - len(w); cut > 0 && strings.HasSuffix(low, w) || cut >= 0 && strings.HasSuffix(low+" at", w) || strings.HasSuffix(low+" on", w) {
			text = strings.TrimRight(text[:max(0, len(text)-len(w)+3)], " ")
			if i := strings.LastIndex(strings.ToLower(text), strings.Fields(w)[0]); i > 0 {
				text = strings.TrimRight(text[:i], " ")
			}
			break
		}
	}
	for _, w := range []string{"使った", "使っている", "使う", "用いた", "用いている", "利用した", "利用している", "契約している", "借りている"} {
		if cut, ok := strings.CutSuffix(text, w); ok {
			text = strings.TrimSuffix(cut, "が")
			break
		}
	}
	to := s.from + len(text)
	words := p.in(sentence{s.from, to})
	for i := len(words) - 1; i >= 0; i-- {
		c := words[i]
		if c.end > to {
			continue
		}
		w := owner(c)
		switch {
		case (c.entry.sort == "org" || c.entry.sort == "body") && !p.ascii(c):
			w = strangers
			if rest := p.text[c.end:to]; !strings.HasPrefix(rest, "の") && !strings.HasPrefix(rest, "さんの") || p.tells("rented", s) {
				continue
			}
		case c.entry.sort == "fact" && c.entry.label == "harmless":
			w = harmless
		case c.entry.sort != "who":
			continue
		}
		if p.denied(c, s) || !p.reaches(c, to, w) || p.ascii(c) && p.oblique(c, s, to) {
			return unsaid
		}
		return w
	}
	return p.insideNamed(words, s, to)
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
	before := strings.Fields(strings.ToLower(p.text[s.from:c.start]))
	if len(before) == 0 || !prepositions[before[len(before)-1]] {
		return false
	}
	for word := range strings.FieldsSeq(strings.ToLower(p.text[to:s.to])) {
		if strings.HasSuffix(word, ":") || word == "is" || word == "are" || word == "was" || word == "were" || word == "has" {
			return true
		}
	}
	return false
}

// tells says whether a stretch holds a fact of some sort.
func (p *passage) tells(label string, s sentence) bool {
	_, ok := wordOf(p.in(s), "fact", label)
	return ok
}

// links stand between a noun and the value it names.
var links = []string{" ", "　", "\t", "「", "『", "`", "'", "\"", "“", "(", "（", "<", "[", ":", "：", "=", "＝", ",", "、", "*", "は", "が", "の", " is", " are", " was", " were", " at", " has", " the", " of", " on", " ip", " address", "アドレス", "IP", "sha-256", "sha256", "sha-1", "sha1", "md5", "ハッシュ", "hash"}

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
	between := p.text[c.end:to]
	if i := strings.IndexAny(between, "(（"); i >= 0 {
		if _, end := bracketed(between[i:]); end > 0 {
			between = between[:i] + between[i+end:]
		} else { // the value stands in the bracket, which goes on about the same thing
			_, n := utf8.DecodeRuneInString(between[i:])
			between = between[:i] + " " + between[i+n:]
		}
	}
	if strings.ContainsAny(between, "。、，,;；（(）)|→←") || strings.Contains(between, "->") || utf8.RuneCountInString(between) > 40 {
		return false
	}
	if w != attackers && p.tells("act", sentence{c.end, to}) {
		return false
	}
	if p.ascii(c) && !strings.ContainsFunc(between, kana) {
		n := 0
		for word := range strings.FieldsSeq(strings.ToLower(between)) {
			if n++; n > 5 || prepositions[word] || verbal(word) {
				return false
			}
		}
		word := strings.ToLower(p.text[c.start:c.end])
		return word != "we" && word != "us" && word != "me" && word != "malicious"
	}
	return !hasParticle(between)
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
			for _, w := range []string{"を", "へ", "に", "で", "が", "は", "から", "より", "も", "と"} {
				if strings.HasPrefix(text[i:], w) {
					return true
				}
			}
		case !kana(r) && kana(before) && i > start:
			for _, w := range []string{"を", "へ", "に", "から"} {
				if strings.HasSuffix(text[start:i], w) {
					return true
				}
			}
		}
		before = r
	}
	return false
}
