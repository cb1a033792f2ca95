package classify

import (
	"strings"
	"unicode/utf8"
)

// lastBreak gives where the clause before the next value begins: what stands behind it
// leads up to that value and says nothing of the one before.
func lastBreak(text string, from, to int) int {
	between := text[from:to]
	if strings.Contains(between, "  ") || strings.Contains(between, "　") {
		return to
	}
	i := strings.LastIndexAny(between, "、，,;；)）")
	switch {
	case i <= 0:
		return from
	case strings.HasPrefix(between[i:], ")"), strings.HasPrefix(between[i:], "）"):
		_, n := utf8.DecodeRuneInString(between[i:])
		return from + i + n
	}
	return from + i
}

// object says whether a value is what a sentence tells of doing something to, so that the
// subject before it is no apposition: "当社端末は X から …".
func (p *passage) object(from int, g group) bool {
	before := strings.TrimRight(p.text[from:g.first().start], " 　「`\"")
	if !strings.HasSuffix(before, "は") && !strings.HasSuffix(before, "が") && !strings.HasSuffix(before, "では") {
		return false
	}
	after := strings.TrimLeft(afterPort(p.text[g.last().end:]), " 　")
	if begins(after, "place-of-thing") {
		return false
	}
	return begins(after, "case")
}

// leadIn reads the words before a colon that leads to values: "These belong to us: …".
func (p *passage) leadIn(s sentence) whose {
	text := strings.TrimRight(p.text[s.from:s.to], " 　`\"「(（")
	if !strings.HasSuffix(text, ":") && !strings.HasSuffix(text, "：") {
		return unsaid
	}
	s.to = s.from + len(text) - 1
	if strings.HasSuffix(text, "：") {
		s.to = s.from + len(text) - len("：")
	}
	title := strings.Trim(afterSpeaker(unnumbered(afterTime(p.text[s.from:s.to]))), " 　-*・#")
	if i := strings.LastIndexAny(title, ":：\t"); i >= 0 && verdictWord(strings.Trim(title[i:], ":： \t\"「")) {
		title = strings.Trim(title[i:], ":： \t\"「") // behind a speaker
	}
	if w := exactly(title); w != unsaid {
		return w
	}
	if begins(lowered(title), "dismissed") || p.tells("acquit", s) && !p.tells("act", s) {
		return harmless
	}
	for _, part := range p.parts(s) {
		if w := p.titleClause(part); w != unsaid {
			return w
		}
	}
	return unsaid
}

// formerLatter binds "前者は…、後者は…" to the two values of the sentence before.
func (b *binder) formerLatter(p *passage, s sentence, last []group) {
	var two []mention
	for _, g := range last {
		two = append(two, g...)
	}
	if len(two) != 2 {
		return
	}
	whole := lowered(p.text[s.from:s.to])
	for k, only := range []string{"only-first", "only-second"} {
		if holdsAny(whole, only) {
			b.claims.add(two[1-k].Value, harmless, said)
			return
		}
	}
	for _, part := range p.parts(s) {
		text := lowered(p.text[part.from:part.to])
		for k, names := range [2][]string{words().phrases["the-former"], words().phrases["the-latter"]} {
			for _, w := range names {
				i := strings.Index(text, w)
				if i < 0 || len(strings.TrimSpace(text[:i])) > 8 {
					continue
				}
				rest := sentence{part.from + i + len(w), part.to}
				for _, link := range []string{"は", "が", " is ", " was ", " one is "} {
					if strings.HasPrefix(text[i+len(w):], link) {
						rest.from += len(link)
						break
					}
				}
				b.claims.add(two[k].Value, p.gloss(rest), said)
			}
		}
	}
}

// listGoesOn says whether hardly more than a bracket stands between two values of a list.
func (p *passage) listGoesOn(from, to int) bool {
	between := p.text[from:to]
	if i := strings.IndexAny(between, "(（"); i >= 0 {
		if _, end := bracketed(between[i:]); end > 0 {
			between = between[:i] + between[i+end:]
		}
	}
	return utf8.RuneCountInString(between) <= 12
}

// leaves says whether an address is where somebody goes out to the network.
func leaves(before, after string) bool {
	if closesWith(before, "goes-out-by") {
		return true
	}
	return begins(after, "goes-out-from")
}

// circumstance says whose an address is by what is done with it: who goes out by it, who
// came from it, who is told to leave it alone.
func (p *passage) circumstance(g group) whose {
	s := p.clauseOf(g)
	before := lowered(strings.TrimRight(p.text[s.from:s.to], " `\"「"))
	after := strings.TrimLeft(afterPort(p.text[g.last().end:]), " 　")
	switch {
	case leaves(before, after) && p.insiders(s):
		return ours
	case closesWith(before, "leave-alone"):
		return unspoken
	}
	if w := p.cleft(g, after); w != unsaid {
		return w
	}
	if strings.HasSuffix(before, " from") || strings.HasPrefix(after, "から") || strings.HasPrefix(after, "より") {
		return p.visitor(s, before)
	}
	return unsaid
}

// clauseOf gives the words of the clause before a group.
func (p *passage) clauseOf(g group) sentence {
	m := g.first()
	from := max(0, m.start-90)
	for from < m.start && !utf8.RuneStart(p.text[from]) {
		from++
	}
	for _, end := range []string{". ", "。", "; ", "、"} {
		if i := strings.LastIndex(p.text[from:m.start], end); i >= 0 {
			from += i + len(end)
		}
	}
	return sentence{from, m.start}
}

// insiders says whether a clause is about us or what only we call so, and no attack.
func (p *passage) insiders(s sentence) bool {
	_, us := wordOf(p.in(s), "who", "us")
	_, bad := wordOf(p.in(s), "who", "attacker")
	return (us || p.tells("inside", s)) && !bad && !p.tells("act", s)
}

// cleft reads "… から入っているのは当番".
func (p *passage) cleft(g group, after string) whose {
	i := strings.Index(after, "のは")
	if i <= 0 || !strings.HasPrefix(after, "から") || strings.ContainsAny(after[:i], "、。，") {
		return unsaid
	}
	at := g.last().end + strings.Index(p.text[g.last().end:], "のは") + len("のは")
	if w := p.gloss(sentence{at, clauseEnd(p.text, at, len(p.text))}); w == ours || w == partners || w == harmless {
		return w
	}
	return unsaid
}

// visitor says whose people came from an address: "our analysts connected from …", "弊社の
// 担当者が … から接続".
func (p *passage) visitor(s sentence, before string) whose {
	if !holdsAny(before, "people") || p.tells("fake", s) || holdsAny(before, "account") {
		return unsaid
	}
	for _, c := range p.in(s) {
		if w := owner(c); c.entry.sort == "who" && (w == ours || w == partners) && len(strings.TrimSpace(p.text[s.from:c.start])) <= 40 {
			return w
		}
	}
	return unsaid
}
