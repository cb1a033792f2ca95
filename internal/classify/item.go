package classify

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// An itemList has what stands behind the numbers and letters of a note's lists: 「2) 203.0.113.4」, "(b) …", "No.3 …", the first
// cell of a row. A label that comes again stands for what came last.
type itemList map[string][]mention

// learn takes the labelled items of a line.
func (l itemList) learn(p *passage) {
	if len(p.mentions) == 0 {
		return
	}
	if p.line.tabular() {
		if cells := p.line.cells(); len(cells) > 1 && len(p.mentions) > 0 {
			if name, rest := label(cells[0]); name != "" && strings.Trim(rest, " 　") == "" {
				l[name] = p.mentions
			}
		}
		return
	}
	from := 0
	for k, m := range p.mentions {
		if m.start < from {
			continue // in the one before
		}
		lead := strings.TrimLeft(p.text[from:m.start], " 　\t-*・>、,")
		if k == 0 {
			if i := strings.LastIndexAny(lead, "　 \t"); utf8.RuneCountInString(lead) > 12 && i >= 0 {
				lead = "" // words, not a label
			}
		}
		if name, rest := label(lead); name != "" && utf8.RuneCountInString(strings.Trim(rest, " 　\t:：")) <= 6 {
			l[name] = []mention{m}
		}
		from = m.end
	}
}

// label reads the number or letter of an item at the beginning of a text, with the signs around it: "2)", "(b)", "No.3",
// "#4", "②", 「イ」. It gives a plain form of it and what follows.
func label(text string) (name, rest string) {
	rest = text
	for _, w := range words().phrases["item-word"] {
		if after, ok := strings.CutPrefix(lowered(rest), w); ok {
			rest = strings.TrimLeft(rest[len(rest)-len(after):], " .．:")
			break
		}
	}
	rest = strings.TrimLeft(rest, "(（[【")
	r, n := utf8.DecodeRuneInString(rest)
	switch {
	case '①' <= r && r <= '⑳':
		return strconv.Itoa(int(r-'①') + 1), rest[n:]
	case '0' <= fold(r) && fold(r) <= '9':
		value, at := 0, 0
		for at < len(rest) {
			d, k := utf8.DecodeRuneInString(rest[at:])
			if d = fold(d); d < '0' || d > '9' || value > 99 {
				break
			}
			value, at = value*10+int(d-'0'), at+k
		}
		name, rest = strconv.Itoa(value), rest[at:]
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', 'ア' <= r && r <= 'ン':
		name, rest = lowered(rest[:n]), rest[n:]
		if next, _ := utf8.DecodeRuneInString(rest); next == utf8.RuneError || strings.ContainsRune(" 　):）.．、は:：|\t]】", next) {
			break
		}
		return "", text
	default:
		return "", text
	}
	return name, strings.TrimLeft(rest, ")）.．]】")
}

// refer binds a sentence that begins with the label of an item to what stands behind that: 「2) は取り消し」, "Item 3 is ours".
func (b *binder) refer(p *passage, s sentence) {
	if len(b.items) == 0 || len(p.within(s)) > 0 {
		return
	}
	text := strings.TrimLeft(p.text[s.from:s.to], " 　\t-*・>")
	name, rest := label(text)
	of, known := b.items[name]
	if name == "" || !known {
		return
	}
	rest = strings.TrimLeft(rest, " 　")
	for _, w := range words().phrases["item-counter"] {
		rest = strings.TrimLeft(strings.TrimPrefix(rest, w), " 　")
	}
	for _, w := range words().phrases["item-link"] {
		if !strings.HasPrefix(lowered(rest), w) {
			continue
		}
		said := sentence{s.to - len(rest) + len(w), s.to}
		verdict := exactly(strings.Trim(p.text[said.from:said.to], " 　.。!"))
		if verdict == unsaid {
			verdict = b.settled(p, said)
		}
		if p.tells("retract", said) {
			verdict = withdrawn
		}
		if verdict > attackers {
			b.claim(of, verdict, marked)
		}
		return
	}
}
