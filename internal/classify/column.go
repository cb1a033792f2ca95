package classify

import (
	"strings"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/indicator"
)

// cellSpans gives where the cells of a row stand in its text.
func cellSpans(text string, row bool) []sentence {
	sep := byte('\t')
	if row {
		sep = '|'
	}
	var out []sentence
	from := 0
	if row && strings.HasPrefix(strings.TrimSpace(text), "|") {
		from = strings.IndexByte(text, '|') + 1
	}
	for i := from; i <= len(text); i++ {
		if i < len(text) && text[i] != sep {
			continue
		}
		if i < len(text) || strings.TrimSpace(text[from:]) != "" || !row {
			out = append(out, trimmed(text, sentence{from, i}))
		}
		from = i + 1
	}
	return out
}

func trimmed(text string, s sentence) sentence {
	for s.from < s.to && strings.IndexByte(" \t\"`*", text[s.from]) >= 0 {
		s.from++
	}
	for s.from < s.to && strings.IndexByte(" \t\"`*", text[s.to-1]) >= 0 {
		s.to--
	}
	return s
}

// row binds what the cells of a row say to the values in it: a cell that is a word for an
// owner, or stands in the column for owners, for all; a remark for what nothing else says.
func (b *binder) row(p *passage) {
	r := p.line
	cells := cellSpans(p.text, r.Kind == incident.Row)
	verdict, remark := unsaid, unsaid
	var only *indicator.Value // what the remark is about, if it names that
	naming := -1              // the cell of the remark, if it names other values
	strength := remarked
	for i, c := range cells {
		if len(p.within(c)) > 0 {
			b.clauses(p.part(c), nil)
			if remark == unsaid && i > 0 && remarks(r, i) && p.within(c)[0].start > c.from {
				if w := p.gloss(c); w == strangers || w == partners {
					remark, naming = w, i
					if p.tells("abused", c) {
						strength = said // whatever its part in the attack
					}
				}
			}
			continue
		}
		if holdsAny(lowered(r.head(i)), "first-heading") {
			continue // another column says what it turned out to be
		}
		w := b.verdict(p, c, r.head(i))
		if holdsAny(lowered(r.head(i)), "source-heading") {
			if rest := p.remark(c, false); w == ours || w == unsaid && rest == ours {
				continue // where it was seen
			}
		}
		if w == ours && fromInside(lowered(r.head(i))) {
			continue // who connected
		}
		if p.tells("retract", c) {
			w = harmless
		}
		verdict = max(verdict, w)
		if w == unsaid && remark == unsaid && c.to-c.from <= 240 {
			remark, only = p.remark(c, remarks(r, i)), p.namedFirst(c)
		}
	}
	for i, c := range cells {
		heading := b.headingOf(r.head(i))
		for _, m := range p.within(c) {
			remark := remark
			if only != nil && *only != m.Value || i == naming {
				remark = unsaid
			}
			b.claims.add(m.Value, heading, marked)
			if verdict != attackers || heading == unsaid && !victimColumn(r, i) {
				b.claims.add(m.Value, verdict, marked)
				b.claims.add(m.Value, remark, strength)
			}
		}
	}
}

// fromInside says whether a column tells who of ours connected, in a table that tells where to as well.
func fromInside(heading string) bool { return begins(heading, "from-inside") }

// namedFirst gives the file or host of the row by whose name a remark begins: 「rclone じたいは普通の道具」 beside rclone.exe.
func (p *passage) namedFirst(c sentence) *indicator.Value {
	word := lowered(p.text[c.from:c.to])
	if i := strings.IndexFunc(word, func(r rune) bool { return r >= utf8.RuneSelf || r == ' ' }); i >= 3 {
		word = word[:i]
	} else {
		return nil
	}
	for i := range p.mentions {
		name := lowered(p.mentions[i].Value.Value)
		if stem, _, _ := strings.Cut(name, "."); word == name || word == stem {
			return &p.mentions[i].Value
		}
	}
	return nil
}

// head gives the heading of column i.
func (r *reading) head(i int) string {
	if i >= len(r.header) {
		return ""
	}
	return r.header[i]
}

// verdict reads a cell that is there to say whose the things of its row are: a word for an
// owner, a mark under the heading of one, or whatever stands in a column for owners.
func (b *binder) verdict(p *passage, c sentence, heading string) whose {
	text := p.text[c.from:c.to]
	w := exactly(text)
	if inner, end := bracketed(text); end > 0 && w == unsaid {
		w = exactly(inner) // 【白】…
	}
	if strings.EqualFold(text, "ok") && b.ownerColumn(heading) { // elsewhere it says that something worked
		w = harmless
	}
	if heading != "" && affirms(text) {
		w = exactly(strings.Trim(heading, "?？か側 *`"))
	}
	switch permit, refuse := decided(heading, text); {
	case refuse:
		return unspoken
	case permit:
		return attackers
	case holdsAny(lowered(heading), "accusing-heading") && denies(text):
		return harmless
	}
	if w == unsaid && heading != "" && b.ownerColumn(heading) {
		if w = p.nounOr(c); w == unsaid {
			w = ownerNamed(b.namesOf(p, c))
		}
		if w == unsaid && b.told(p.line, heading) && !open(text) {
			w = unspoken // the others of its table are called the attacker's
		}
	}
	return w
}

// decided reads a cell of a column that tells what was decided about sharing: 「可」, 「書面あり。よって可」, 「先方の了解が
// 取れるまで不可」, "OK", "no, NDA".
func decided(heading, cell string) (permit, refuse bool) {
	if !holdsAny(lowered(heading), "share-heading") {
		return false, false
	}
	text := strings.Trim(lowered(cell), " 　。.!`*\"'")
	first := text
	if i := strings.IndexAny(text, " 　,、。.（(;:：-–"); i > 0 {
		first = text[:i]
	}
	if denies(text) || denies(first) || closesWith(text, "refused") || holdsAny(text, "undecided") {
		return false, true
	}
	return affirms(first) || first == "可" || first == "ok" || closesWith(text, "granted"), false
}

// permitted says whether a row's own column says that it may be shared.
func (r *reading) permitted() bool {
	if len(r.header) == 0 || !r.tabular() {
		return false
	}
	some := false
	for i, cell := range r.cells() {
		permit, refuse := decided(r.head(i), cell)
		if refuse {
			return false
		}
		some = some || permit
	}
	return some
}

// told says whether a column asks whose the things are, and calls some of them the attacker's.
func (b *binder) told(r *reading, heading string) bool {
	return holdsAny(lowered(heading), "owner-heading") && len(r.header) > 0 && b.accused[&r.header[0]]
}

// open says whether a cell leaves the question open.
func open(text string) bool {
	return strings.Trim(text, " -－―?？…*") == "" || holdsAny(lowered(text), "undecided")
}

// accusing lists the tables, by the first cell of their heads, whose column for owners calls something the
// attacker's.
func (b *binder) accusing(lines []*reading) map[*string]bool {
	out := map[*string]bool{}
	for _, r := range lines {
		if !r.tabular() || len(r.header) == 0 || out[&r.header[0]] {
			continue
		}
		for i, cell := range r.cells() {
			if h := lowered(r.head(i)); h != "" && holdsAny(h, "owner-heading") && exactly(cell) == attackers {
				out[&r.header[0]] = true
			}
		}
	}
	return out
}

// remark reads a cell of free words, clause by clause. What only an owner calls so may be
// where a thing was seen, unless the column is for remarks.
func (p *passage) remark(c sentence, forRemarks bool) whose {
	if p.tells("withhold", c) {
		return unspoken
	}
	if holdsAny(p.text[c.from:c.to], "part-topic") {
		return unsaid
	}
	w := p.firstOf(c)
	if text := lowered(p.text[c.from:c.to]); w == ours && (whence(text) || holdsAny(text, "found-by-us") && recordsOf(afterLast(text, "from "))) {
		return unsaid
	}
	if w == unsaid && forRemarks && p.nobodyAttacks(c) {
		_, org := wordOf(p.in(c), "org", "")
		_, body := wordOf(p.in(c), "body", "")
		if org || body {
			return strangers
		}
	}
	if _, named := wordOf(p.in(c), "who", ""); w == ours && !named && !forRemarks {
		return unsaid
	}
	return w
}

// whence says whether a remark tells where something was seen: "from our proxy log", 「当社の 3 台から」.
func whence(text string) bool {
	return begins(text, "seen-there") || closesWith(strings.TrimRight(text, " 　。."), "from-where")
}

// ownerColumn says whether a column's heading asks whose the things are.
func (b *binder) ownerColumn(heading string) bool {
	heading = lowered(strings.Trim(heading, " *`?？"))
	if b.words.has("owner-column", heading) {
		return true
	}
	return holdsAny(heading, "owner-heading")
}

// affirms says whether a cell only says that its column's heading holds.
func affirms(text string) bool {
	switch lowered(text) {
	case "yes", "y", "true", "1", "x", "✓", "✔", "○", "◯", "〇", "●", "◎", "レ", "はい", "有", "該当", "✅":
		return true
	}
	return false
}

// denies says whether a cell only says that its column's heading does not hold.
func denies(text string) bool {
	switch lowered(text) {
	case "no", "n", "false", "0", "×", "✗", "✕", "✖", "❌", "ng", "いいえ", "否", "不可", "だめ", "ダメ", "駄目", "しない", "never", "don't", "do not":
		return true
	}
	return false
}

// headingOf reads each heading once.
func (b *binder) headingOf(text string) whose {
	w, ok := b.heads[text]
	if !ok {
		w = b.heading(text)
		b.heads[text] = w
	}
	return w
}

// heading says whose the values in a column are, if its heading says so.
func (b *binder) heading(text string) whose {
	if text == "" || utf8.RuneCountInString(text) > 24 || b.words.has("owner-column", text) {
		return unsaid
	}
	if w := exactly(text); w == ours || w == attackers || w == partners || w == strangers {
		return w
	}
	p := &passage{text: text}
	for _, c := range b.words.cues(text) {
		if c.entry.sort == "who" {
			p.words = append(p.words, c)
		}
	}
	whole := sentence{0, len(text)}
	for _, c := range p.words {
		if w := p.possessed(c, whole); w != unsaid {
			return w
		}
	}
	return unsaid
}

// remarks says whether a column is there for what is to be said of the row's value.
func remarks(r *reading, i int) bool {
	if i >= len(r.header) {
		return len(r.header) == 0
	}
	h := lowered(r.header[i])
	return holdsAny(h, "remark-heading")
}

// victimColumn says whether a column holds where a connection came from inside, or whose
// machine it was: what is said of the row is not said of that.
func victimColumn(r *reading, i int) bool {
	if i >= len(r.header) || len(r.header) < 2 {
		return false
	}
	h := lowered(r.header[i])
	return holdsAny(h, "inside-heading")
}

// record binds the fields of a record "key": "value" or key=value that say whose it is.
func (b *binder) record(n int, p *passage) {
	if len(p.mentions) == 0 || len(p.text) > 20_000 {
		return
	}
	for _, f := range fields(p.text) {
		key := lowered(p.text[f.key.from:f.key.to])
		if len(p.within(f.value)) > 0 {
			continue
		}
		if value := p.text[f.value.from:f.value.to]; len(value) <= 12 && (key == "tag" || key == "mark" || key == "label" || key == "flag" || key == "側") {
			b.claim(p.mentions, b.lookup(n, "\""+lowered(value)), marked)
		}
		switch {
		case b.words.has("owner-column", key):
			b.claim(p.mentions, p.nounOr(f.value), marked)
		case key == "note" || key == "comment" || key == "remark" || key == "memo" || key == "備考" || key == "メモ":
			if w := p.firstOf(f.value); w != attackers {
				b.claim(p.mentions, w, remarked)
			}
		}
	}
}

// A field is a key and its value in a record.
type field struct{ key, value sentence }

// fields reads the pairs "key": "value" of a record.
func fields(text string) []field {
	var out []field
	for at := 0; at < len(text) && len(out) < 200; {
		i := strings.Index(text[at:], `"`)
		if i < 0 {
			break
		}
		from := at + i + 1
		n := strings.IndexByte(text[from:], '"')
		if n < 0 {
			break
		}
		key := sentence{from, from + n}
		at = key.to + 1
		rest := strings.TrimLeft(text[at:], " ")
		if !strings.HasPrefix(rest, ":") {
			continue
		}
		rest = strings.TrimLeft(rest[1:], " ")
		if !strings.HasPrefix(rest, `"`) {
			continue
		}
		from = len(text) - len(rest) + 1
		if n = strings.IndexByte(text[from:], '"'); n < 0 {
			break
		}
		out = append(out, field{key, sentence{from, from + n}})
		at = from + n + 1
	}
	return out
}

// records binds a field "owner: us" to the values of the fields around it.
func (b *binder) records(lines []*reading) {
	for i, r := range lines {
		if r.blank || r.tabular() || len(r.matches) > 0 || len(r.Text) > 200 {
			continue
		}
		key, value, ok := keyValue(r.Text)
		if !ok || !b.words.has("owner-column", key) {
			continue
		}
		w := exactly(value)
		if w == unsaid && b.of[r] != nil {
			p := b.of[r]
			w = p.nounOr(trimmed(p.text, sentence{len(p.text) - len(value), len(p.text)}))
		}
		for _, other := range recordOf(lines, i) {
			for _, m := range other.matches {
				b.claims.add(m.Value, w, marked)
			}
		}
	}
}

// keyValue reads "key: value", as in YAML or on a form.
func keyValue(text string) (key, value string, ok bool) {
	text = strings.TrimLeft(text, " \t　-*・{")
	i := strings.IndexAny(text, ":：=＝")
	if i <= 0 || i > 40 {
		return "", "", false
	}
	_, n := utf8.DecodeRuneInString(text[i:])
	key = strings.Trim(lowered(text[:i]), " 　\"'")
	value = strings.Trim(text[i+n:], " 　\"',}")
	return key, value, value != ""
}

// recordOf gives the lines of the record around line i: up to blank lines, and from one
// bullet to the next.
func recordOf(lines []*reading, i int) []*reading {
	const most = 30
	from, to := i, i+1
	for from > 0 && i-from < most && !opensRecord(lines[from].Text) && !lines[from-1].blank && isField(lines[from-1]) {
		from--
	}
	for to < len(lines) && to-i < most && !lines[to].blank && !opensRecord(lines[to].Text) && isField(lines[to]) {
		to++
	}
	return lines[from:to]
}

func opensRecord(text string) bool { return strings.HasPrefix(strings.TrimLeft(text, " \t"), "- ") }

func isField(r *reading) bool {
	_, _, ok := keyValue(r.Text)
	return ok
}
