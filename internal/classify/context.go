package classify

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/disguise"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/tlp"
)

// A reading is a line with what stands around it.
type reading struct {
	incident.Line         // of a wrapped paragraph the first, with the text of all
	pieces        []piece // where the text stands in the note; nil: in that line, as it is
	written       string  // the text as it stood, as long as Text; empty if that is it
	matches       []indicator.Match
	cues          []cue
	indent        int        // columns before the first character that is no bullet
	parents       []*reading // the lines it stands under: outer bullets, the introduction, the heading; nearest first
	header        []string   // the cells of the table's first row, if the line is a row below it
	terms         conditions
	around        conditions // those of its terms that it does not state itself
	quote         int        // signs of quotation before it, as mails have them
	blank         bool
	log           bool // a machine wrote it

	next     string         // what the line after it begins with, where a value may run on
	names    []disguise.Hit // of the line and next; see cutsName
	searched bool
}

// conditions are those under which a line was received.
type conditions struct {
	received bool
	label    tlp.Label
	promise  bool
}

func (c conditions) merge(o conditions) conditions {
	if !o.received {
		return c
	}
	if !c.received {
		return o
	}
	return conditions{true, strictestNamed(c.label, o.label), c.promise || o.promise}
}

// strictestNamed is the strictest of the labels that were named; a line that names none
// under one that does keeps that one's.
func strictestNamed(a, b tlp.Label) tlp.Label {
	switch {
	case a == tlp.Unknown:
		return b
	case b == tlp.Unknown:
		return a
	}
	return tlp.Strictest(a, b)
}

// read gives every line of a note its surroundings and its words.
func read(n incident.Note, d *dictionary) []*reading {
	lines := survey(n, d)
	for _, r := range lines {
		if !r.blank {
			r.cues = d.cues(r.Text)
		}
	}
	return lines
}

// survey gives every line of a note its values and its surroundings, without its words.
func survey(n incident.Note, d *dictionary) []*reading {
	all := make([]*reading, 0, len(n.Lines))
	var finder indicator.Finder
	for _, l := range n.Lines {
		r := &reading{Line: l}
		r.unquote()
		r.blank = strings.TrimSpace(r.Text) == ""
		if !r.blank {
			r.log = looksLikeLog(l)
			if l.Kind != incident.Code {
				r.rewrite(punctuated(r.Text))
			}
			r.find(&finder)
			if l.Kind != incident.Code {
				r.rewrite(unstressed(r.Text, r.matches))
			}
		}
		all = append(all, r)
	}
	if !n.Whole {
		all = paragraphs(all)
	}
	var stack []*reading // the lines a following one may stand under
	for i, r := range all {
		stack = r.place(stack, all[:i])
		r.typedRow(d)
	}
	lines := all
	typedTables(lines, d)
	joinWrapped(lines)
	for i := range len(lines) - 1 {
		if lines[i].ends() {
			lines[i].next = head(strings.TrimLeft(lines[i+1].Text, " 　\t>"), 40)
		}
	}
	return lines
}

// ends says whether a value stands at the end of the line.
func (r *reading) ends() bool {
	return len(r.matches) > 0 && r.matches[len(r.matches)-1].End >= len(strings.TrimRight(r.Text, " 　"))
}

// joinWrapped puts together a digest that was broken over two lines under a label that
// names the longer algorithm, as narrow pages do. Two digests of a list stay two.
func joinWrapped(lines []*reading) {
	for _, r := range lines {
		r.joinSplit()
	}
	for i := 1; i+1 < len(lines); i++ {
		first, second := lines[i], lines[i+1]
		if !pureHex(first.Text) || !pureHex(second.Text) || i+2 < len(lines) && pureHex(lines[i+2].Text) {
			continue
		}
		digits := strings.TrimSpace(first.Text) + strings.TrimSpace(second.Text)
		label := strings.ToUpper(narrow(lines[i-1].Text))
		if len(digits) != 64 || !strings.Contains(label, "SHA256") && !strings.Contains(label, "SHA-256") || strings.Contains(label, "MD5") {
			continue
		}
		v, err := indicator.Parse(indicator.File, digits)
		if err != nil {
			continue
		}
		start := len(first.Text) - len(strings.TrimLeft(first.Text, " 　\t"))
		first.matches = []indicator.Match{{Value: v, Raw: first.Text[start:], Start: start, End: len(first.Text), Confidence: 80}}
		second.matches = nil
	}
}

// joinSplit puts together a digest that was broken in two within a line, as the paragraphs of a cell are:
// "SHA256: <32 digits> <32 digits>".
func (r *reading) joinSplit() {
	for i := 0; i+1 < len(r.matches); i++ {
		first, second := r.matches[i], r.matches[i+1]
		if first.Hash != indicator.MD5 || second.Hash != indicator.MD5 || first.End > second.Start || strings.Trim(r.Text[first.End:second.Start], " 　") != "" {
			continue
		}
		label := strings.ToUpper(narrow(strings.TrimRight(r.Text[max(0, first.Start-24):first.Start], " 　:：=`")))
		v, err := indicator.Parse(indicator.File, first.Value.Value+second.Value.Value)
		if err != nil || !strings.HasSuffix(label, "SHA256") && !strings.HasSuffix(label, "SHA-256") {
			continue
		}
		r.matches[i] = indicator.Match{Value: v, Raw: r.Text[first.Start:second.End], Start: first.Start, End: second.End, Confidence: 80}
		r.matches = slices.Delete(r.matches, i+1, i+2)
	}
}

func pureHex(s string) bool {
	s = strings.Trim(s, " 　\t")
	return len(s) >= 16 && strings.Trim(s, "0123456789abcdefABCDEF") == ""
}

func narrow(s string) string { return strings.Map(fold, s) }

const (
	maxDepth = 12  // of lines standing under one another
	maxList  = 500 // lines a list under an introduction may have
)

// place finds the lines r stands under and gives the stack for the next.
func (r *reading) place(stack, before []*reading) []*reading {
	if r.blank {
		return stack
	}
	if r.tabular() {
		r.header = headerOf(before)
	}
	keep := stack[:0:0]
	for _, s := range stack {
		if len(keep) < maxDepth && r.under(s, before) {
			keep = append(keep, s)
		}
	}
	for i := len(keep) - 1; i >= 0; i-- {
		r.parents = append(r.parents, keep[i])
	}
	return append(keep, r)
}

// under says whether r stands under an earlier line s: a heading holds all up to the next
// heading that is no deeper; other lines hold what is indented further, and a line that
// ends with a colon holds the block or list that follows it.
func (r *reading) under(s *reading, before []*reading) bool {
	if s.Kind == incident.Heading {
		return r.Kind != incident.Heading || r.headingDepth() > s.headingDepth()
	}
	if r.Kind == incident.Heading {
		return false
	}
	if r.indent > s.indent {
		return !s.log
	}
	return introduces(s.Text) && r.indent >= s.indent && (bulleted(r.Text) || r.beginsWithValue()) && (!bulleted(s.Text) || dated(s.Text)) && unbroken(s, before)
}

// unbroken says whether at most one blank line and then only bullets or rows stand
// between s and the end of before.
func unbroken(s *reading, before []*reading) bool {
	blanks := 0
	for i := len(before) - 1; i >= 0 && before[i] != s; i-- {
		if len(before)-i > maxList {
			return false
		}
		if before[i].blank {
			if blanks++; blanks > 1 || i > 0 && before[i-1] != s {
				return false
			}
		}
	}
	return true
}

func introduces(s string) bool {
	s = strings.TrimRight(s, " 　*")
	return strings.HasSuffix(s, ":") || strings.HasSuffix(s, "：") || strings.HasSuffix(s, "以下") || strings.HasSuffix(s, "下記")
}

const bullets = "-*+・•●○■□◆◇▪‣※"

func bulleted(s string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, " \t　"))
	return strings.ContainsRune(bullets, r) || '0' <= r && r <= '9' || '①' <= r && r <= '⑳' || r == '|'
}

func indentOf(text string) int {
	n := 0
	for _, r := range text {
		switch r {
		case ' ':
			n++
		case '\t':
			n += 4
		case '　':
			n += 2
		default:
			return n
		}
	}
	return n
}

// headingDepth is how deep a heading stands, as far as it or its document says.
func (r *reading) headingDepth() int {
	if r.Level > 0 {
		return int(r.Level)
	}
	return len(r.Text) - len(strings.TrimLeft(r.Text, "#"))
}

// tabular says whether a line is a row of a table or a record of a CSV file, whose fields
// package document separates by tabs.
func (r *reading) tabular() bool {
	return r.Kind == incident.Row || r.Kind == incident.Code && strings.Contains(r.Text, "\t")
}

// headerOf gives the cells of the first row of the table that before ends in. A first
// record that holds values is no header.
func headerOf(before []*reading) []string {
	if len(before) == 0 || !before[len(before)-1].tabular() {
		return nil
	}
	last := before[len(before)-1]
	if kind, value := (&reading{header: last.cells()}).columnsOf(words()); kind >= 0 && value >= 0 && len(last.matches) == 0 {
		return last.cells() // whatever title stands above
	}
	if last.header != nil || last.Kind == incident.Code && len(last.matches) > 0 {
		return last.header
	}
	return last.cells()
}

func (r *reading) cells() []string {
	text, sep := r.Text, "\t"
	if r.Kind == incident.Row {
		text, sep = strings.Trim(strings.TrimSpace(text), "|"), "|"
	}
	out := strings.Split(text, sep)
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	return out
}

// column gives the header above a byte offset of a row.
func (r *reading) column(offset int) string {
	if r.header == nil {
		return ""
	}
	n := strings.Count(r.Text[:offset], "\t")
	if r.Kind == incident.Row {
		n = strings.Count(r.Text[:offset], "|")
		if strings.HasPrefix(strings.TrimSpace(r.Text), "|") {
			n--
		}
	}
	if n < 0 || n >= len(r.header) {
		return ""
	}
	return r.header[n]
}

// looksLikeLog says whether a machine wrote the line: a code block or record that has a
// time or an address and hardly any prose.
func looksLikeLog(l incident.Line) bool {
	kana := 0
	for _, r := range l.Text {
		if 'ぁ' <= r && r <= 'ん' {
			kana++
		}
	}
	return l.Kind == incident.Code && kana < 4 || kana == 0 && (strings.Contains(l.Text, "HTTP/1") || strings.Contains(l.Text, "HTTP/2") ||
		strings.Contains(l.Text, "src=") || strings.Contains(l.Text, "src_ip") || strings.Contains(l.Text, "EventID"))
}

// setConditions finds what was received under a label or a promise: a line that says so
// speaks for itself and for all that stands under it, the list or table right after it
// included. Whole is what a mail states for all its parts.
func setConditions(lines []*reading, whole conditions) {
	whole = whole.merge(topLabel(lines))
	var opener *reading // the line that last stated conditions, while its list goes on
	var block *reading  // a label alone on its line, while the block below it goes on
	for _, r := range lines {
		block = block.keptFor(r)
		if r.blank {
			continue
		}
		if opener != nil && (!r.listedUnder(opener) || len(r.matches) == 0 && numbered(r.Text) && titleSign(r.Text) && !r.tabular() && r.indent <= opener.indent) {
			opener = nil
		}
		r.around = whole
		for _, p := range r.parents {
			r.around = r.around.merge(stated(p))
		}
		if opener != nil {
			r.around = r.around.merge(stated(opener))
		}
		if block != nil {
			r.around = r.around.merge(conditions{true, block.terms.label, block.terms.promise})
		}
		own := stated(r)
		r.terms = r.around.merge(own)
		if r.permitted() {
			r.around, r.terms = conditions{}, conditions{own.label != tlp.Unknown, own.label, false}
		}
		if own.received && len(r.matches) == 0 && r.labelAlone() {
			block = r
		}
		if own.received && !r.log && opener == nil {
			opener = r
		}
	}
}

// keptFor gives the label of a block if a line still belongs to it.
func (r *reading) keptFor(next *reading) *reading {
	if r == nil || next.blank || !next.inBlock(r) {
		return nil
	}
	return r
}

// labelAlone says whether a line is a label and nothing else.
func (r *reading) labelAlone() bool {
	_, ok := tlp.Mention(r.Text)
	return ok && utf8.RuneCountInString(strings.Trim(r.Text, " 　\t-=*【】[]()（）#")) <= 18
}

// inBlock says whether a line goes on with the block below a label: no rule, no heading,
// and not indented less.
func (r *reading) inBlock(label *reading) bool {
	text := strings.TrimSpace(r.Text)
	return r.Kind != incident.Heading && r.indent >= label.indent && !strings.HasPrefix(text, "---") && !strings.HasPrefix(text, "===") && !strings.HasPrefix(text, "___") && !strings.HasPrefix(text, "＿＿") && !strings.HasPrefix(text, "――") && !strings.HasPrefix(text, "──")
}

// topLabel gives the label a note carries in its first lines if it is stricter than what
// is shared with anybody: RED or AMBER+STRICT. A wider one is ordinary handling.
func topLabel(lines []*reading) conditions {
	seen := 0
	for _, r := range lines {
		if r.blank || r.Kind == incident.Header {
			continue
		}
		if own := stated(r); seen == 0 && own.promise && len(r.matches) == 0 && r.Kind != incident.Header && !closed(r.Text) && utf8.RuneCountInString(r.Text) <= 80 {
			return own
		}
		if seen++; seen > 3 || has(r.cues, "received", "from", "org") || r.indent > 0 {
			break
		}
		label, ok := tlp.Mention(r.Text)
		if ok && label >= tlp.AmberStrict && len(r.matches) == 0 && utf8.RuneCountInString(r.Text) <= 40 &&
			!introduces(r.Text) && !has(r.cues, "received", "from", "org") {
			return conditions{true, label, has(r.cues, "received", "promise")}
		}
	}
	return conditions{}
}

// listedUnder says whether a line belongs to what follows an earlier one: it is indented
// further, or it is a bullet, row or record and the earlier line is none.
func (r *reading) listedUnder(o *reading) bool {
	if r.Kind == incident.Heading {
		return false
	}
	if r.tabular() {
		return !o.tabular()
	}
	if len(o.matches) == 0 && !bulleted(o.Text) && r.bareValue() {
		return true
	}
	title := titleSign(o.Text) && !titleSign(r.Text) || dated(o.Text) && !dated(r.Text)
	return r.indent > o.indent || bulleted(r.Text) && (!bulleted(o.Text) || title) && r.indent >= o.indent
}

// bareValue says whether a line is a value and hardly anything else.
func (r *reading) bareValue() bool {
	n, end := 0, 0
	for _, m := range r.matches {
		n += max(0, m.End-max(m.Start, end))
		end = max(end, m.End)
	}
	return n*10 >= len(strings.TrimSpace(r.Text))*6
}

// stated gives the conditions a line itself states. A label alone is the handling of our
// own note; with a word of receiving, or a promise, it is a condition. An instruction
// among ourselves is no promise: somebody else must have asked, or the line must hold what
// was told.
func stated(r *reading) conditions {
	label, labelled := tlp.Mention(r.Text)
	from := has(r.cues, "received", "from")
	asked := has(r.cues, "received", "promise") || from && has(r.cues, "fact", "withhold")
	promise := asked && (from || labelled || has(r.cues, "received", "asked") || r.speaksOfValue())
	switch {
	case promise, labelled && (from || has(r.cues, "received", "org") && !holdsAny(lowered(r.Text), "outgoing")), labelled && (r.header != nil || strings.Contains(strings.ToLower(r.Text), `"tlp"`)):
		return conditions{true, label, promise} // a row or record with a label of its own
	case labelled && r.labels(label):
		return conditions{true, label, false}
	}
	return r.labelColumn()
}

// speaksOfValue says whether the words that ask for silence stand in a sentence with a value, or name nothing else it is
// asked for: not in 「C2 は 198.51.100.7。件数は外に出さないこと」.
func (r *reading) speaksOfValue() bool {
	c, ok := first(r.cues, "received", "promise")
	if !ok || len(r.matches) == 0 {
		return false
	}
	p := &passage{text: r.Text}
	for _, m := range r.matches {
		p.mentions = append(p.mentions, mention{m, m.Start, m.End})
	}
	for _, s := range p.sentences() {
		if s.from <= c.start && c.end <= s.to {
			named := p.within(s)
			return len(named) > 0 && !p.ofAnother(group{named[len(named)-1]}, c) || p.objectless(s, c) && !p.sameBefore(s.from)
		}
	}
	return true
}

// sameBefore says whether what was named last before a place is called the same as what we know already.
func (p *passage) sameBefore(at int) bool {
	named := p.within(sentence{0, at})
	return len(named) > 0 && p.sameAgain(named[len(named)-1:])
}

// labels says whether a line's label is no ordinary handling: nobody writes so strict a one
// beside a value of their own, and one alone on its line is a heading over what follows.
func (r *reading) labels(label tlp.Label) bool {
	if label == tlp.Red && len(r.matches) == 0 && r.Number > 3 && utf8.RuneCountInString(r.Text) <= 100 {
		return true // nobody writes that of what they found themselves
	}
	if len(r.matches) > 0 {
		return label >= tlp.AmberStrict
	}
	return utf8.RuneCountInString(strings.TrimSpace(r.Text)) <= 24 && (r.Number > 3 || label >= tlp.AmberStrict)
}

// labelColumn reads the label in a column headed "TLP".
func (r *reading) labelColumn() conditions {
	cells := r.cells()
	for i, h := range r.header[:min(len(r.header), len(cells))] {
		l, err := tlp.Parse(cells[i])
		switch {
		case strings.EqualFold(h, "TLP") && cells[i] != "":
			return conditions{true, l, false} // a label we cannot read permits nothing
		case err == nil && l >= tlp.AmberStrict && holdsAny(lowered(h), "label-heading"):
			return conditions{true, l, false}
		}
	}
	return conditions{}
}
