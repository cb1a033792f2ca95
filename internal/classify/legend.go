package classify

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// A legend says what the marks of a note stand for.
type legend map[string]whose

const markSigns = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫◎○●◯〇△▲▽▼□■◇◆☆★×✕✖✗✘✓✔※＊＋－†‡♦♣♠♥🔴🟢🔵🟡🟠⚪⚫❌✅⭕⚠❗"

// A token is a mark where it stands.
type token struct {
	name       string
	start, end int
}

// tokenAt reads a mark at the beginning of a text: a sign, or a few characters in a
// bracket that is square or otherwise unusual.
func tokenAt(s string) (token, bool) {
	r, n := utf8.DecodeRuneInString(s)
	if strings.ContainsRune(markSigns, r) {
		if strings.HasPrefix(s[n:], "\ufe0f") {
			n += len("\ufe0f")
		}
		return token{name: string(r), end: n}, true
	}
	for _, pair := range [][2]string{{"[", "]"}, {"〔", "〕"}, {"【", "】"}, {"［", "］"}, {"<", ">"}, {"＜", "＞"}, {"(", ")"}, {"（", "）"}, {"{", "}"}, {"《", "》"}, {"「", "」"}, {"\"", "\""}} {
		rest, ok := strings.CutPrefix(s, pair[0])
		if !ok {
			continue
		}
		to := strings.Index(head(rest, 7), pair[1])
		if to <= 0 {
			return token{}, false
		}
		return token{name: pair[0] + lowered(strings.TrimSpace(rest[:to])), end: len(pair[0]) + to + len(pair[1])}, true
	}
	return token{}, false
}

// letterAt reads a single letter as a mark: "A = attacker".
func letterAt(s string) (token, bool) {
	if s == "" || !isLetterRune(rune(s[0])) && (s[0] < '0' || s[0] > '9') {
		return token{}, false
	}
	n := 1
	for n < len(s) && n < 4 && isLetterRune(rune(s[n])) {
		n++
	}
	rest := strings.TrimLeft(s[n:], " ")
	for _, w := range []string{"=", "＝", ":", "：", "は", "が"} {
		if strings.HasPrefix(rest, w) {
			return token{name: lowered(s[:n]), end: n}, true
		}
	}
	return token{}, false
}

// legendsIn reads the legends of a note: a line, or lines one below the other, where marks
// are followed by words that say whose a thing is.
func legendsIn(d *dictionary, lines []*reading) legend {
	out := legend{}
	for _, r := range lines {
		if !r.mayExplain() {
			continue
		}
		announced := has(r.cues, "legend")
		found := readLegend(r, announced)
		announced = announced || len(out) > 0 || len(r.parents) > 0 && has(r.parents[0].cues, "legend")
		if len(found) >= 2 || len(found) == 1 && announced {
			maps.Copy(out, found)
		}
	}
	return out
}

// mayExplain says whether a line can be a legend.
func (r *reading) mayExplain() bool {
	if r.blank || len(r.matches) > 0 || len(r.Text) > 600 || r.log || !has(r.cues, "who") && !has(r.cues, "fact") {
		return false
	}
	return strings.ContainsFunc(r.Text, isMarkStart) || hasEqual(r.Text) || has(r.cues, "legend")
}

func isMarkStart(r rune) bool {
	return strings.ContainsRune(markSigns, r) || strings.ContainsRune("[〔【［<＜(（{《「\"", r)
}

func hasEqual(s string) bool { return strings.ContainsAny(s, "=＝:：") }

// readLegend gives the marks of a line with what they stand for.
func readLegend(r *reading, letters bool) legend {
	p := newPassage(r)
	(&binder{proposer: &proposer{}}).parse(p)
	tokens := p.tokens(letters || hasEqual(r.Text))
	out := legend{}
	next := unsaid // what is said of the mark after, which a list shares
	for i := len(tokens) - 1; i >= 0; i-- {
		to := len(p.text)
		if i+1 < len(tokens) {
			to = tokens[i+1].start
		}
		w := p.meaning(tokens[i].end, to)
		if w == unsaid && i+1 < len(tokens) && onlyJoins(p.text[tokens[i].end:to]) {
			w = next
		}
		if next = w; w != unsaid {
			out[tokens[i].name] = w
		}
	}
	turned(r.Text, out)
	return out
}

// turned reads a legend that names the owner first: "敵＝E、自分＝J".
func turned(text string, out legend) {
	for _, item := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("、，,;；/／()（）。 　", r) }) {
		for _, eq := range []string{"=", "＝", "→", "：", ":"} {
			name, mark, ok := strings.Cut(item, eq)
			if w := exactly(name); ok && w != unsaid && mark != "" && utf8.RuneCountInString(mark) <= 3 {
				if t, is := tokenAt(mark); is {
					mark = t.name
				}
				out[lowered(mark)] = w
			}
		}
	}
}

// tokens finds the marks of a line that something follows which may explain them.
func (p *passage) tokens(letters bool) []token {
	var out []token
	end := 0
	for i := range p.text {
		if i < end {
			continue
		}
		t, ok := tokenAt(p.text[i:])
		if !ok && letters && wordStart(p.text, i) {
			t, ok = letterAt(p.text[i:])
		}
		if ok {
			t.start, t.end = i, i+t.end
			out, end = append(out, t), t.end
		}
		if len(out) > 40 {
			break
		}
	}
	return out
}

func wordStart(s string, i int) bool {
	return i == 0 || strings.IndexByte(" ,;/(:", s[i-1]) >= 0 || s[i-1] >= utf8.RuneSelf
}

// meaning reads what is said behind a mark of a legend, up to the next.
func (p *passage) meaning(from, to int) whose {
	text := strings.TrimLeft(p.text[from:to], " 　")
	for _, w := range []string{"印", "マーク", "が付いたもの", "がついたもの", "の付いたもの", "のついたもの", "付き", "つき", "のもの", "の行", "のついている", "の付いている"} {
		text = strings.TrimPrefix(text, w)
	}
	for _, w := range []string{"が", "は", "=", "＝", ":", "：", "…", "・・・", "-", "–", "→", "means", "is", "are", "marks"} {
		if rest, ok := strings.CutPrefix(text, w); ok {
			text = rest
			break
		}
	}
	text = strings.Trim(text, " 　、。,.;；/／")
	if text == "" {
		return unsaid
	}
	start := from + strings.Index(p.text[from:to], text)
	return p.nounOr(sentence{start, start + len(text)})
}

// nounOr reads a stretch that should name a sort of owner: the first possessor in it counts,
// whatever else it says.
func (p *passage) nounOr(s sentence) whose {
	if w := exactly(p.text[s.from:s.to]); w != unsaid {
		return w
	}
	words := p.in(s)
	if p.tells("permit", s) {
		return unsaid
	}
	if w := p.gloss(s); w != unsaid {
		return w
	}
	if c, ok := wordOf(words, "who", ""); ok && !p.denied(c, s) {
		return owner(c)
	}
	if _, ok := wordOf(words, "fact", "act"); ok {
		return attackers
	}
	return unsaid
}

// exactly reads a text that is nothing but a word for an owner.
func exactly(text string) whose {
	text = lowered(strings.Trim(text, " 　*`\"'!！。."))
	label := words().listed["cell"][text]
	for _, w := range words().phrases["copula-at-end"] {
		if noun, ok := strings.CutSuffix(text, w); ok && label == "" {
			label = words().listed["cell"][noun]
		}
	}
	switch label {
	case "own":
		return ours
	case "legitimate":
		return harmless
	case "partner":
		return partners
	case "other":
		return strangers
	case "attacker":
		return attackers
	case "label":
		return unspoken
	}
	return unsaid
}

// lookup gives what a mark stands for in a note: by its own legend, else by one of another
// note of the incident.
func (b *binder) lookup(n int, name string) whose {
	if w := b.legends[n][name]; w != unsaid {
		return w
	}
	if strings.Trim(name, "(（[［<①②③④⑤⑥⑦⑧⑨⑩⑪⑫0123456789") == "" {
		return unsaid // numbers begin anew in every note
	}
	for _, l := range b.legends {
		if w := l[name]; w != unsaid {
			return w
		}
	}
	return unsaid
}

// marks binds the marks of a line to its values: a mark that begins the line or fills a
// cell to all of them, one that stands right before or behind a value to that.
func (b *binder) marks(n int, p *passage) {
	if len(p.mentions) == 0 {
		return
	}
	if w := b.lineMark(n, p); w != unsaid {
		b.claim(p.mentions, w, marked)
		return
	}
	for i, m := range p.mentions {
		before := strings.TrimRight(p.text[max(0, m.start-16):m.start], " 　`\"")
		from := 0
		if i > 0 {
			from = p.mentions[i-1].end
		}
		if t, ok := tokenBefore(before); ok && m.start-len(t.name) >= from {
			b.claims.add(m.Value, b.meaningOf(n, t), marked)
		}
		if t, ok := tokenAt(strings.TrimLeft(afterPort(p.text[m.end:]), " 　")); ok && (i+1 == len(p.mentions) || !strings.Contains(p.text[m.end:p.mentions[i+1].start], "、")) {
			b.claims.add(m.Value, b.meaningOf(n, t), marked)
		}
	}
}

// meaningOf reads a mark by the legends, or by itself: "[ours]", "〔敵〕".
func (b *binder) meaningOf(n int, t token) whose {
	if w := b.lookup(n, t.name); w != unsaid {
		return w
	}
	_, size := utf8.DecodeRuneInString(t.name)
	if len(t.name) > size {
		return exactly(t.name[size:])
	}
	return unsaid
}

func tokenBefore(s string) (token, bool) {
	for i := range s {
		if t, ok := tokenAt(s[i:]); ok && t.end == len(s)-i {
			return t, true
		}
	}
	return token{}, false
}

// lineMark gives what the mark at the beginning of a line, or one that fills a cell of it,
// stands for.
func (b *binder) lineMark(n int, p *passage) whose {
	text := strings.TrimLeft(p.text, " 　\t>")
	plain := strings.TrimLeft(text, "-*+・• 　0123456789.)")
	for _, t := range []string{text, plain} {
		if tok, ok := tokenAt(t); ok {
			if w := b.meaningOf(n, tok); w != unsaid {
				return w
			}
		}
	}
	if word, rest, ok := strings.Cut(plain, " "); ok && len(word) <= 4 && p.mentions[0].start <= len(p.text)-len(strings.TrimLeft(rest, " `\"-")) {
		if w := b.lookup(n, lowered(strings.TrimRight(word, ":."))); w != unsaid {
			return w
		}
	}
	if !p.line.tabular() {
		return unsaid
	}
	for _, c := range p.line.cells() {
		if tok, ok := tokenAt(c); ok && tok.end == len(c) {
			if w := b.meaningOf(n, tok); w != unsaid {
				return w
			}
		}
		if w := b.lookup(n, lowered(c)); w != unsaid && len(c) <= 4 {
			return w
		}
	}
	return unsaid
}

// isTitle words lead up to what stands below.
var leads = []string{"次のとおり", "次の通り", "以下", "下記", "following", "below", "as follows", "次のもの"}

func leadsOn(r *reading) bool {
	return introduces(r.Text) || slices.ContainsFunc(leads, func(w string) bool { return strings.Contains(r.Text, w) }) ||
		utf8.RuneCountInString(strings.TrimSpace(r.Text)) <= 48 && !strings.ContainsAny(r.Text, "。")
}
