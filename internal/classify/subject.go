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
	for _, w := range []string{"です", "である", "でし", "だ", "にあ", "で動", "で稼働", "で公開", "を使", "を利用", "に置いてあ"} {
		if strings.HasPrefix(after, w) {
			return false
		}
	}
	for _, w := range []string{"から", "より", "へ", "に", "を", "と", "で", "経由"} {
		if strings.HasPrefix(after, w) {
			return true
		}
	}
	return false
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
	if w := exactly(strings.Trim(p.text[s.from:s.to], " 　-*・#")); w != unsaid {
		return w
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
	for _, part := range p.parts(s) {
		text := strings.ToLower(p.text[part.from:part.to])
		for k, names := range [2][]string{{"前者", "the former", "the first"}, {"後者", "the latter", "the second"}} {
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
	for _, w := range []string{"out through", "out via", "exits through", "exits via", "leaves through", "leaves via", "comes out of", "come out of", "internet through", "internet via"} {
		if strings.HasSuffix(before, w) {
			return true
		}
	}
	for _, w := range []string{"から外へ出", "から外に出", "からインターネット", "からネットに出", "で外に出", "で外へ出", "を通って外"} {
		if strings.HasPrefix(after, w) {
			return true
		}
	}
	return false
}

// visitor says whose people came from an address: "our analysts connected from …", "弊社の
// 担当者が … から接続".
func (p *passage) visitor(g group) whose {
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
	before := strings.ToLower(strings.TrimRight(p.text[from:m.start], " `\"「"))
	after := strings.TrimLeft(afterPort(p.text[g.last().end:]), " 　")
	if leaves(before, after) {
		_, acts := wordOf(p.in(sentence{from, m.start}), "fact", "act")
		_, bad := wordOf(p.in(sentence{from, m.start}), "who", "attacker")
		_, inside := wordOf(p.in(sentence{from, m.start}), "fact", "inside")
		_, us := wordOf(p.in(sentence{from, m.start}), "who", "us")
		if (inside || us) && !acts && !bad {
			return ours
		}
	}
	if i := strings.Index(after, "のは"); i > 0 && strings.HasPrefix(after, "から") && !strings.ContainsAny(after[:i], "、。，") {
		at := g.last().end + strings.Index(p.text[g.last().end:], "のは") + len("のは")
		if w := p.gloss(sentence{at, at + clauseEnd(p.text[at:], 0, len(p.text)-at)}); w == ours || w == partners || w == harmless {
			return w
		}
	}
	for _, w := range []string{"ignore", "disregard", "skip", "exclude", "whitelist", "allowlist"} {
		if strings.HasSuffix(before, w) {
			return unspoken
		}
	}
	arrives := strings.HasSuffix(before, " from") || strings.HasPrefix(after, "から") || strings.HasPrefix(after, "より")
	people := false
	for _, w := range []string{"analyst", "engineer", "staff", "tester", "team", "technician", "colleague", "employee", "auditor", "担当者", "担当が", "社員", "職員", "エンジニア", "技術者", "診断員", "監査人", "当番"} {
		people = people || strings.Contains(before, w)
	}
	if !arrives || !people {
		return unsaid
	}
	for _, c := range p.in(sentence{from, m.start}) {
		if w := owner(c); c.entry.sort == "who" && (w == ours || w == partners) && len(strings.TrimSpace(p.text[from:c.start])) <= 40 {
			if _, fake := wordOf(p.in(sentence{from, m.start}), "fact", "fake"); fake || strings.Contains(before, "account") || strings.Contains(before, "アカウント") {
				return unsaid
			}
			return w
		}
	}
	return unsaid
}
