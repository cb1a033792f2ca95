package classify

import (
	"strings"
	"unicode/utf8"
)

// hitToo binds a sentence that tells of somebody by name that they were hit too, or do not
// know of it, to what was named just before: "www.… 、198.51.100.1 にある。山田さんはやられた側で".
func (b *binder) hitToo(p *passage, s sentence, groups, last []group) {
	if len(groups) > 0 || len(last) == 0 {
		return
	}
	c, ok := wordOf(p.in(s), "fact", "abused")
	if !ok || p.ascii(c) || c.end > s.to || p.tells("fake", s) || p.denied(c, s) {
		return
	}
	if w, us := wordOf(p.in(sentence{s.from, c.start}), "who", ""); us && owner(w) != partners && owner(w) != strangers {
		return
	}
	if somebodyTopic(p.text[s.from:c.start]) {
		b.claim(last[len(last)-1], strangers, remarked)
	}
}

// somebodyTopic says whether a text begins with a person's or a firm's name, with the title
// one gives to others, as its topic.
func somebodyTopic(text string) bool {
	text = strings.TrimLeft(text, " 　")
	for _, w := range words().phrases["somebody-topic"] {
		if i := strings.Index(text, w); i > 0 && utf8.RuneCountInString(text[:i]) <= 16 && !strings.ContainsAny(text[:i], "、，。") {
			return true
		}
	}
	return false
}

// confided binds what was told in confidence to all that a sentence names: "sent us, not to
// be passed on, one more sample: … and one more address: …".
func (b *binder) confided(p *passage, s sentence, groups []group) {
	if c, ok := wordOf(p.in(s), "fact", "confided"); !ok || c.end > s.to || p.denied(c, s) {
		return
	}
	for _, g := range groups {
		b.claim(g, unspoken, said)
	}
}

// hangs gives a value that stands alone on its line, below another in the same column, what
// was said of that one: the rest of a list whose label stands on its first line only.
func (b *binder) hangs(p, before *passage) {
	if before == nil || p.broken || len(p.mentions) == 0 || len(before.mentions) == 0 {
		return
	}
	r, above := p.line, before.mentions[len(before.mentions)-1]
	at := columns(p.text[:p.mentions[0].start])
	if r.tabular() || at < 8 || strings.TrimSpace(p.text[:p.mentions[0].start]) != "" || !r.bareValue() {
		return
	}
	if columns(before.text[:above.start]) != at {
		return
	}
	c := b.claims[above.Value]
	b.claim(p.mentions, c.whose, c.strength)
}

// overTable reads what the paragraph right above a table says of all in it: "…が 2 点。いずれも
// 当社のもの".
func (b *binder) overTable(before *passage) whose {
	if before == nil || before.line.tabular() || before.line.log || len(before.mentions) > 0 {
		return unsaid
	}
	all := before.sentences()
	if len(all) == 0 {
		return unsaid
	}
	s := all[len(all)-1]
	if c, ok := before.takesUp(s); ok && c.entry.label == "all" {
		if w := before.predicated(c, s); w != attackers {
			return w
		}
	}
	return unsaid
}

// numbered says whether a line begins with the number of a section or an item: "3. 当社側の
// 情報".
func numbered(text string) bool {
	text = strings.TrimPrefix(text, "第")
	rest := strings.TrimLeft(text, "0123456789０１２３４５６７８９")
	if rest == text || len(text)-len(rest) > 6 {
		return false
	}
	for _, w := range []string{". ", "．", "、", ") ", "）", "　"} {
		if strings.HasPrefix(rest, w) {
			return true
		}
	}
	return false
}

// unnumbered takes bullets, signs of quotation and the number of an item off the front of a text.
func unnumbered(s string) string {
	s = strings.TrimLeft(s, " \t　>＞-*・(（①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳")
	rest := strings.TrimLeft(s, "0123456789０１２３４５６７８９")
	for _, sign := range []string{") ", "）", ". ", "．", "、", "　"} {
		if after, ok := strings.CutPrefix(rest, sign); ok && rest != s {
			return strings.TrimLeft(after, " 　")
		}
	}
	return s
}

// dated says whether a text begins with a date: 3月4日, 5/2, 2026-05-02.
func dated(s string) bool {
	rest := strings.TrimLeft(s, "0123456789")
	if n := len(s) - len(rest); n == 0 || n > 4 {
		return false
	}
	for _, sign := range []string{"月", "/", "年", "日", "時"} {
		if strings.HasPrefix(rest, sign) {
			return true
		}
	}
	return strings.HasPrefix(rest, "-") && len(rest) > 1 && rest[1] >= '0' && rest[1] <= '9'
}
