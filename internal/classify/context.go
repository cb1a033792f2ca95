package classify

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/disguise"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/indicator"
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
	states        conditions // those that it states
	quote         int        // signs of quotation before it, as mails have them
	blank         bool
	log           bool // a machine wrote it

	next     string         // what the line after it begins with, where a value may run on
	names    []disguise.Hit // of the line and next; see cutsName
	searched bool
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
	return introduces(s.Text) && r.indent >= s.indent && (bulleted(r.Text) || r.beginsWithValue()) && (!bulleted(s.Text) || timed(s.Text)) && unbroken(s, before)
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
