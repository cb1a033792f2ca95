package document

import (
	"encoding/xml"
	"slices"
	"strconv"
	"strings"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
)

const (
	lastRow    = 1 << 20 // of a sheet
	lastColumn = 1 << 14
	widestGap  = 64 // empty cells in a row that are still written one by one
)

// A sheet is one being read. A row is one line; what does not show in it follows as Hidden
// lines with its number, each begun with the address of its cell.
type sheet struct {
	w      *workbook
	pg     *page
	links  map[string]string // outside targets
	hidden bool

	columns [][2]int // hidden ones, first and last
	row     int
	masked  bool // the open row is hidden
	cells   []string
	aside   []string

	cell    sheetCell
	formula string
	value   string
	inline  strings.Builder
	reading strings.Builder
	missing int // cells whose shared text is not there
	last    int
}

// A sheetCell is the open cell's own attributes.
type sheetCell struct {
	ref    string
	column int // from 1
	kind   string
	style  int
}

// sheet reads one sheet, its comments too.
func (w *workbook) sheet(s sheetRef) error {
	name, _ := entryName(s.name)
	file := w.r.unique(w.p.file + "/" + name)
	if w.word.parts[s.target] == nil || w.done[s.target] {
		return w.r.skip(file, fault.New(fault.Invalid, "document.damaged", file))
	}
	w.done[s.target] = true
	if w.r.parts++; w.r.parts > w.r.lim.Parts {
		return tooLarge("document.too-many-parts", file, int64(w.r.lim.Parts))
	}
	x := &sheet{w: w, pg: w.r.page(file), links: w.relations(s.target, true), hidden: s.hidden}
	err := w.walk(x.pg, s.target, x.element)
	inner := w.relations(s.target, false)
	for _, kind := range []string{"comments", "threadedComment"} {
		if c := inner[kind]; err == nil && w.word.parts[c] != nil && !w.done[c] {
			w.done[c] = true
			err = w.walk(x.pg, c, x.comment())
		}
	}
	if x.missing > 0 {
		w.r.doubt(file, fault.New(fault.Invalid, "document.cells-missing", file, strconv.Itoa(x.missing)))
	}
	// What was read of a broken sheet is kept, and the break is reported.
	if f := asFault(err); f != nil && f.Kind == fault.TooLarge {
		return w.r.settle(file, err)
	}
	x.pg.err = nil
	if err := x.pg.close(); err != nil {
		return err
	}
	return w.r.settle(file, err)
}

func (x *sheet) element(path []string, e xml.StartElement, text string, end bool) {
	if end {
		x.end(path, e, text)
	} else {
		x.start(e)
	}
}

func (x *sheet) start(e xml.StartElement) {
	switch e.Name.Local {
	case "col":
		if on(attr(e, "hidden")) && len(x.columns) < lastColumn {
			first, _ := strconv.Atoi(attr(e, "min"))
			last, _ := strconv.Atoi(attr(e, "max"))
			x.columns = append(x.columns, [2]int{first, last})
		}
	case "row":
		x.row++
		if n, err := strconv.Atoi(attr(e, "r")); err == nil && n >= x.row && n <= lastRow {
			x.row = n
		}
		x.masked = on(attr(e, "hidden"))
		x.cells, x.aside = nil, nil
	case "c":
		style, _ := strconv.Atoi(attr(e, "s"))
		x.cell = sheetCell{ref: attr(e, "r"), column: columnOf(attr(e, "r")), kind: attr(e, "t"), style: style}
		if x.cell.column == 0 {
			x.cell.column = len(x.cells) + 1
			x.cell.ref = ""
		}
		x.formula, x.value = "", ""
		x.inline.Reset()
		x.reading.Reset()
	case "hyperlink":
		at := attr(e, "ref")
		x.hide(at, "link", x.links[attr(e, "id")])
		x.hide(at, "link", attr(e, "location"))
		x.hide(at, "tooltip", attr(e, "tooltip"))
		x.hide(at, "text", attr(e, "display"))
	case "dataValidation":
		for _, k := range []string{"promptTitle", "prompt", "errorTitle", "error"} {
			x.hide(attr(e, "sqref"), k, attr(e, k))
		}
	case "filter", "customFilter":
		x.hide("", "filter", attr(e, "val"))
	}
}

func on(s string) bool { return s == "1" || s == "true" }

func (x *sheet) end(path []string, e xml.StartElement, text string) {
	switch name := path[len(path)-1]; name {
	case "f":
		x.formula = text
	case "v":
		x.value = text
	case "t":
		if slices.Contains(path, "rPh") {
			x.reading.WriteString(text)
		} else {
			x.inline.WriteString(text)
		}
	case "c":
		x.endCell()
	case "row":
		x.endRow()
	default:
		if t := strings.TrimSpace(text); t != "" {
			x.hide("", name, t)
		}
	}
}

func (x *sheet) endCell() {
	text := x.text()
	if x.formula != "" && text == "" {
		text = "=" + x.formula
	} else if strings.ContainsAny(x.formula, "\"['|") {
		x.aside = append(x.aside, x.cell.ref+": ="+x.formula)
	}
	if s := x.reading.String(); s != "" {
		x.aside = append(x.aside, x.cell.ref+": reading: "+s)
	}
	text = strings.TrimSpace(strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ").Replace(text))
	if text == "" || !x.pg.cell() {
		return
	}
	if err := x.w.r.expand(x.pg.note.File, int64(len(text))); err != nil {
		x.pg.err = err
		return
	}
	if x.columnHidden() {
		x.aside = append(x.aside, x.cell.ref+": "+text)
		return
	}
	gap := x.cell.column - 1 - len(x.cells)
	if gap > widestGap {
		gap = 1
	}
	for ; gap > 0 && x.pg.cell(); gap-- {
		x.cells = append(x.cells, "")
	}
	x.cells = append(x.cells, text)
}

// text is what the cell says: a date as a date, a number as it is kept.
func (x *sheet) text() string {
	switch x.cell.kind {
	case "s":
		n, err := strconv.Atoi(strings.TrimSpace(x.value))
		if err != nil || n < 0 || n >= len(x.w.strings) {
			if x.value != "" {
				x.missing++
			}
			return ""
		}
		x.reading.WriteString(x.w.strings[n].reading)
		return x.w.strings[n].text
	case "inlineStr":
		return x.inline.String()
	case "b":
		if x.value == "1" {
			return "TRUE"
		}
		return "FALSE"
	case "", "n":
		if x.cell.style >= 0 && x.cell.style < len(x.w.dates) {
			return serialText(x.value, x.w.dates[x.cell.style], x.w.from04)
		}
	}
	return x.value
}

func (x *sheet) columnHidden() bool {
	for _, c := range x.columns {
		if x.cell.column >= c[0] && x.cell.column <= c[1] {
			return true
		}
	}
	return false
}

func (x *sheet) endRow() {
	kind := incident.Row
	if x.hidden || x.masked {
		kind = incident.Hidden
	}
	if len(x.cells) > 0 {
		x.pg.add(x.row, joinCells(x.cells), kind)
		x.last = x.row
	}
	for _, s := range x.aside {
		x.pg.add(x.row, flat(s), incident.Hidden)
	}
}

// hide adds what does not show, at the row of its cell, or of the last row that says anything.
func (x *sheet) hide(ref, label, text string) {
	if strings.TrimSpace(text) == "" {
		return
	}
	ref, _, _ = strings.Cut(ref, " ")
	row, _ := strconv.Atoi(strings.TrimLeft(strings.TrimLeft(strings.SplitN(ref, ":", 2)[0], "$"), "ABCDEFGHIJKLMNOPQRSTUVWXYZ$"))
	if row < 1 || row > lastRow {
		row = max(1, x.last)
	}
	if ref != "" {
		label = ref + ": " + label
	}
	x.pg.add(row, flat(label+": "+text), incident.Hidden)
}

func flat(s string) string { return strings.Join(strings.Fields(s), " ") }

// comment gives what reads a part with comments of this sheet.
func (x *sheet) comment() func(path []string, e xml.StartElement, text string, end bool) {
	var at string
	var said strings.Builder
	var author string
	return func(path []string, e xml.StartElement, text string, end bool) {
		switch name := path[len(path)-1]; {
		case !end && (name == "comment" || name == "threadedComment"):
			at, author = attr(e, "ref"), x.w.people[attr(e, "personId")]
			said.Reset()
		case end && name == "author":
			x.w.word.author(text)
		case end && (name == "t" || name == "text"):
			said.WriteString(text)
		case end && (name == "comment" || name == "threadedComment"):
			if author != "" {
				x.hide(at, "author", author)
			}
			x.hide(at, "note", said.String())
		}
	}
}

// columnOf gives the number of the column in an address such as "AB12", or 0.
func columnOf(ref string) int {
	n := 0
	for _, c := range ref {
		if c < 'A' || c > 'Z' {
			break
		}
		if n = n*26 + int(c-'A') + 1; n > lastColumn {
			return 0
		}
	}
	return n
}
