package document

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
)

// A wordText walks through one part of a Word file. It goes by local names, so that the
// same walk reads both generations of the format, drawings, charts and formulas.
type wordText struct {
	w     *wordFile
	pg    *page
	links map[string]string // relationship id → outside target
	used  map[string]bool

	root  string
	open  []string // local names of the open elements
	paras []*wordPara
	rows  []*wordRow

	unseen int // open elements whose runs are not shown: deletions, moves from here
	field  int // open w:instrText or w:delText
	number int // of the last line

	choice   map[string]bool // texts of the open mc:Choice, which mc:Fallback repeats
	fallback int
	leaf     strings.Builder // text of an element that is no paragraph
}

// A wordPara is an open paragraph. Text boxes have paragraphs inside a paragraph.
type wordPara struct {
	text    strings.Builder
	hidden  []string
	joining string // the kind of hidden text that the next run of it continues
	heading uint8  // its level; 0: it is none
	list    int    // how deep it stands in a list, from 1; 0: in none
	runs    int    // open runs
	vanish  bool   // the open run is not shown
	capture bool   // inside a w:t
}

// A wordRow is an open table row.
type wordRow struct {
	cells  [][]string // the paragraphs of each cell
	hidden []string
}

func (x *wordText) read(data []byte) error {
	d := xml.NewDecoder(bytes.NewReader(data))
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	for x.pg.err == nil {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fault.Wrap(err, fault.Invalid, "document.damaged", x.pg.note.File)
		}
		switch t := t.(type) {
		case xml.Directive:
			return fault.New(fault.Invalid, "document.doctype", x.pg.note.File)
		case xml.StartElement:
			if len(x.open) >= x.w.r.lim.Nesting {
				return tooLarge("document.nesting", x.pg.note.File, int64(x.w.r.lim.Nesting))
			}
			if x.pg.tag() {
				x.open = append(x.open, t.Name.Local)
				x.start(t)
			}
		case xml.EndElement:
			x.end(t.Name.Local)
			x.open = x.open[:len(x.open)-1]
		case xml.CharData:
			x.chars(string(t))
		case xml.Comment:
			x.aside(strings.TrimSpace(string(t)))
		}
	}
	return x.pg.err
}

func (x *wordText) para() *wordPara {
	if len(x.paras) == 0 {
		return nil
	}
	return x.paras[len(x.paras)-1]
}

func (x *wordText) start(e xml.StartElement) {
	if len(x.open) == 1 {
		x.root = e.Name.Local
	}
	x.leaf.Reset()
	if x.root == "styles" {
		x.style(e)
		return
	}
	x.attributes(e)
	switch e.Name.Local {
	case "p":
		x.paras = append(x.paras, &wordPara{})
	case "tr":
		x.rows = append(x.rows, &wordRow{})
	case "tc":
		if n := len(x.rows); n > 0 && x.pg.cell() {
			x.rows[n-1].cells = append(x.rows[n-1].cells, nil)
		}
	case "del", "moveFrom":
		x.unseen++
	case "instrText", "delText", "delInstrText":
		x.field++
	case "Choice":
		x.choice = map[string]bool{}
	case "Fallback":
		x.fallback++
	default:
		if p := x.para(); p != nil {
			x.inPara(p, e)
		}
	}
}

// inPara takes what matters of the elements inside a paragraph.
func (x *wordText) inPara(p *wordPara, e xml.StartElement) {
	switch e.Name.Local {
	case "r":
		p.runs++
		p.vanish = false
	case "t":
		p.capture = true
	case "tab":
		if p.runs > 0 {
			x.put(p, "\t")
		}
	case "br", "cr":
		x.put(p, "\n")
	case "noBreakHyphen":
		x.put(p, "-")
	case "vanish", "webHidden":
		if v := attr(e, "val"); p.runs > 0 && v != "0" && v != "false" {
			p.vanish = true
		}
	case "pStyle":
		p.heading = x.w.styles[attr(e, "val")]
	case "outlineLvl":
		p.heading = outline(attr(e, "val"))
	case "ilvl":
		if n, err := strconv.Atoi(attr(e, "val")); err == nil && n >= 0 && n < maxMargin {
			p.list = n + 1
		}
	case "numId":
		if attr(e, "val") == "0" { // the list of the style does not hold
			p.list = 0
		} else if p.list == 0 {
			p.list = 1
		}
	}
}

// outline gives the level of a heading whose outline level is written from 0; 0 for the level of text.
func outline(val string) uint8 {
	if len(val) != 1 || val < "0" || val > "8" {
		return 0
	}
	return val[0] - '0' + 1
}

// put adds text to a paragraph, to what is shown or to what is not.
func (x *wordText) put(p *wordPara, s string) {
	kind := ""
	switch {
	case x.field > 0:
		kind = "field"
	case x.unseen > 0:
		kind = "deleted"
	case p.vanish:
		kind = "hidden"
	}
	if kind == "" {
		p.text.WriteString(s)
		p.joining = ""
		return
	}
	if n := len(p.hidden); p.joining == kind && n > 0 && len(p.hidden[n-1]) < 4096 {
		p.hidden[n-1] += s
		return
	}
	p.hidden = append(p.hidden, s)
	p.joining = kind
}

// attributes takes the text that stands in attributes: targets, alternative texts, names.
func (x *wordText) attributes(e xml.StartElement) {
	for _, a := range e.Attr {
		switch a.Name.Local {
		case "author":
			x.w.author(a.Value)
		case "descr", "alt", "title", "tooltip":
			x.aside("alt: " + a.Value)
		case "name":
			if e.Name.Local == "cNvPr" || e.Name.Local == "docVar" || e.Name.Local == "cacheField" || e.Name.Local == "connection" {
				x.aside("name: " + a.Value)
			}
		case "connection", "command", "url", "sourceFile", "odcFile": // where a workbook takes its data from
			x.aside(a.Name.Local + ": " + a.Value)
		case "v":
			if x.root == "pivotCacheDefinition" || x.root == "pivotCacheRecords" {
				x.aside("value: " + a.Value)
			}
		case "instr":
			x.aside(a.Value)
		case "val":
			if e.Name.Local == "docVar" {
				x.aside("value: " + a.Value)
			}
		case "id", "embed", "link", "pict", "href":
			if target, ok := x.links[a.Value]; ok {
				x.used[a.Value] = true
				x.aside("link: " + target)
			}
		}
	}
}

// aside adds a hidden text of its own, at the open paragraph.
func (x *wordText) aside(s string) {
	if s == "" || strings.HasSuffix(s, ": ") {
		return
	}
	if p := x.para(); p != nil {
		p.hidden = append(p.hidden, s)
		p.joining = ""
		return
	}
	x.number++
	x.pg.add(x.number, s, incident.Hidden)
}

func (x *wordText) chars(s string) {
	p := x.para()
	switch {
	case p != nil && (p.capture || x.field > 0):
		x.put(p, s)
	case p == nil:
		x.leaf.WriteString(s)
	}
}

func (x *wordText) end(name string) {
	switch name {
	case "p":
		x.endPara()
	case "tr":
		x.endRow()
	case "del", "moveFrom":
		x.unseen--
	case "instrText", "delText", "delInstrText":
		x.field--
	case "Fallback":
		x.fallback--
	case "AlternateContent":
		x.choice = nil
	case "r":
		if p := x.para(); p != nil {
			p.runs = max(0, p.runs-1)
			p.vanish = false
		}
	case "t":
		if p := x.para(); p != nil {
			p.capture = false
		}
	default:
		x.endLeaf(name)
	}
}

// endLeaf adds the text of an element outside paragraphs: a property, a chart's figure.
func (x *wordText) endLeaf(name string) {
	s := strings.Join(strings.Fields(x.leaf.String()), " ")
	x.leaf.Reset()
	if s != "" && x.para() == nil {
		x.aside(name + ": " + s)
	}
}

func (x *wordText) endPara() {
	p := x.para()
	x.paras = x.paras[:len(x.paras)-1]
	text := p.text.String()
	if x.repeated(text) {
		return
	}
	if n := len(x.rows); n > 0 && len(x.rows[n-1].cells) > 0 {
		row := x.rows[n-1]
		last := &row.cells[len(row.cells)-1]
		if flat := strings.TrimSpace(strings.ReplaceAll(text, "\n", " ")); flat != "" {
			*last = append(*last, flat)
		}
		row.hidden = append(row.hidden, p.hidden...)
		return
	}
	kind, margin := incident.Prose, ""
	switch {
	case x.root == "comments":
		kind = incident.Hidden
	case p.heading > 0:
		kind = incident.Heading
	case p.list > 0 && strings.TrimSpace(text) != "":
		margin = strings.Repeat("  ", p.list-1) + "- "
	}
	first := x.number + 1
	for line := range strings.SplitSeq(text, "\n") {
		x.number++
		x.pg.add(x.number, margin+line, kind)
		x.pg.level(p.heading)
		margin = strings.Repeat(" ", len(margin))
	}
	x.hidden(first, p.hidden)
}

// repeated says that a fallback's paragraph stands in the choice before it, word for word.
func (x *wordText) repeated(text string) bool {
	if x.fallback > 0 {
		return x.choice[text]
	}
	if x.choice != nil && slices.Contains(x.open, "Choice") {
		x.choice[text] = true
	}
	return false
}

func (x *wordText) endRow() {
	n := len(x.rows)
	if n == 0 {
		return
	}
	row := x.rows[n-1]
	x.rows = x.rows[:n-1]
	x.number++
	kind := incident.Row
	if x.root == "comments" {
		kind = incident.Hidden
	}
	cells := make([]string, len(row.cells))
	for i, paras := range row.cells {
		cells[i] = strings.Join(paras, " ")
	}
	x.pg.add(x.number, joinCells(cells), kind)
	x.hidden(x.number, row.hidden)
}

func (x *wordText) hidden(number int, texts []string) {
	for _, s := range texts {
		for line := range strings.SplitSeq(s, "\n") {
			if strings.TrimSpace(line) != "" {
				x.pg.add(number, line, incident.Hidden)
			}
		}
	}
}

// style notes which styles are headings: by their English name, or their outline level.
func (x *wordText) style(e xml.StartElement) {
	switch e.Name.Local {
	case "style":
		x.w.style = attr(e, "styleId")
	case "name":
		name := strings.ToLower(attr(e, "val"))
		if strings.HasPrefix(name, "heading") || name == "title" || strings.HasPrefix(name, "見出し") {
			x.w.styles[x.w.style] = 1
			if n := name[len(name)-1]; n >= '1' && n <= '9' {
				x.w.styles[x.w.style] = n - '0'
			}
		}
	case "outlineLvl":
		if n := outline(attr(e, "val")); n > 0 {
			x.w.styles[x.w.style] = n
		}
	}
}

// unusedLinks adds outside targets that no element of the part names, such as a template.
func (x *wordText) unusedLinks() {
	var rest []string
	for id, target := range x.links {
		if !x.used[id] {
			rest = append(rest, target)
		}
	}
	slices.Sort(rest)
	for _, target := range rest {
		x.aside("link: " + target)
	}
}
