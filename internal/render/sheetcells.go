package render

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/wakachi/wakachi/internal/fault"
)

// maxAreas bounds the merged cells and fields of formulas of a sheet.
const maxAreas = 100_000

// A sheetWriter goes through a worksheet once and copies it, with cells put in or replaced. Rows and cells stand in
// their order there; those without a number follow the one before.
//
// SPEC: ECMA-376 Part 1 §18.3.1.80 (sheetData), §18.3.1.73 (row), §18.3.1.4 (c)
type sheetWriter struct {
	*walker
	name  string // of the file, for errors
	out   bytes.Buffer
	from  int // what is before is copied
	cells []edit
	all   []edit

	prefix      string // of the names of elements
	seen        bool   // the sheetData
	row, column int
	rowStyle    string
	columns     []columnStyle
	taken       bool // the cell that is open is replaced
	style       string
	areas       []area
}

type columnStyle struct {
	first, last int
	style       string
}

// An area is a range of cells: merged ones, or those that one formula fills.
type area struct {
	left, top, right, bottom int
	formula                  bool
}

// writeCells writes texts into the cells of a worksheet, which are in their order.
func writeCells(name string, sheet []byte, cells []edit) ([]byte, error) {
	broken := func(cause error) error { return fault.Wrap(cause, fault.Invalid, "render.template.broken", name) }
	w, err := walk(sheet)
	if err != nil {
		return nil, broken(err)
	}
	s := &sheetWriter{walker: w, name: name, cells: cells, all: cells}
	s.out.Grow(len(sheet) + 4096)
	for {
		token, err := s.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = s.take(token)
		}
		var said *fault.Error
		if errors.As(err, &said) {
			return nil, said
		}
		if err != nil {
			return nil, broken(err)
		}
	}
	if !s.seen {
		return nil, broken(errMarkup)
	}
	if err := s.writable(); err != nil {
		return nil, err
	}
	s.copyTo(len(sheet))
	return s.out.Bytes(), nil
}

// prefixOf gives what stands before an element's own name.
func prefixOf(n xml.Name) string {
	if n.Space == "" {
		return ""
	}
	return n.Space + ":"
}

func (s *sheetWriter) copyTo(to int) {
	s.out.Write(s.data[s.from:to])
	s.from = to
}

func (s *sheetWriter) take(token xml.Token) error {
	switch x := token.(type) {
	case xml.StartElement:
		return s.begin(x)
	case xml.EndElement:
		return s.finish(x)
	}
	return nil
}

// closed says whether the element that just began ends in its own tag.
func (s *sheetWriter) closed() bool { return bytes.HasSuffix(s.data[:s.end], []byte("/>")) }

func (s *sheetWriter) begin(e xml.StartElement) error {
	switch {
	case s.inside("worksheet", "sheetData"):
		if s.seen {
			return errMarkup
		}
		s.seen, s.prefix = true, prefixOf(e.Name)
		if s.closed() && len(s.cells) > 0 {
			s.opened(e)
		}
	case s.inside("worksheet", "sheetData", "row"):
		return s.beginRow(e)
	case s.inside("worksheet", "sheetData", "row", "c"):
		return s.beginCell(e)
	case s.inside("worksheet", "sheetData", "row", "c", "f"):
		if s.taken {
			return fault.New(fault.Invalid, "render.map.formula", s.cells[0].cell)
		}
		if kind := attr(e, "t"); kind == "array" || kind == "dataTable" {
			return s.area(attr(e, "ref"), true)
		}
	case s.inside("worksheet", "mergeCells", "mergeCell"):
		return s.area(attr(e, "ref"), false)
	case s.inside("worksheet", "cols", "col"):
		first, err1 := strconv.Atoi(attr(e, "min"))
		last, err2 := strconv.Atoi(attr(e, "max"))
		if err1 != nil || err2 != nil || len(s.columns) >= excelize.MaxColumns {
			return errMarkup
		}
		s.columns = append(s.columns, columnStyle{first, last, attr(e, "style")})
	}
	return nil
}

// opened writes the begin of an element that ends in its own tag, or whose attributes do not hold any more.
func (s *sheetWriter) opened(e xml.StartElement, without ...string) {
	s.copyTo(s.start)
	s.out.WriteString("<" + s.prefix + e.Name.Local)
	for _, a := range e.Attr {
		if slices.Contains(without, a.Name.Local) {
			continue
		}
		name := a.Name.Local
		if a.Name.Space != "" {
			name = a.Name.Space + ":" + name
		}
		s.out.WriteString(" " + name + `="`)
		xml.EscapeText(&s.out, []byte(a.Value)) //nolint:errcheck // a bytes.Buffer takes everything
		s.out.WriteByte('"')
	}
	s.out.WriteByte('>')
	s.from = s.end
}

func (s *sheetWriter) beginRow(e xml.StartElement) error {
	n := s.row + 1
	if r := attr(e, "r"); r != "" {
		var err error
		if n, err = strconv.Atoi(r); err != nil {
			return err
		}
	}
	if n <= s.row || n > excelize.TotalRows || prefixOf(e.Name) != s.prefix {
		return errMarkup
	}
	for len(s.cells) > 0 && s.cells[0].row < n {
		s.copyTo(s.start)
		s.newRow()
	}
	s.row, s.column, s.rowStyle = n, 0, ""
	if v := attr(e, "customFormat"); v == "1" || v == "true" {
		s.rowStyle = attr(e, "s")
	}
	if len(s.cells) > 0 && s.cells[0].row == n {
		s.opened(e, "spans") // which may not hold any more, and need not be there
	}
	return nil
}

func (s *sheetWriter) beginCell(e xml.StartElement) error {
	n := s.column + 1
	if r := attr(e, "r"); r != "" {
		column, row, err := excelize.CellNameToCoordinates(r)
		if err != nil {
			return err
		}
		if row != s.row {
			return errMarkup
		}
		n = column
	}
	if n <= s.column || n > excelize.MaxColumns {
		return errMarkup
	}
	s.column = n
	for len(s.cells) > 0 && s.cells[0].row == s.row && s.cells[0].column < n {
		s.copyTo(s.start)
		s.newCell()
	}
	if len(s.cells) > 0 && s.cells[0].row == s.row && s.cells[0].column == n {
		s.copyTo(s.start)
		s.taken, s.style = true, attr(e, "s")
	}
	return nil
}

// finish comes at the end of an element, which is not among the open ones any more.
func (s *sheetWriter) finish(e xml.EndElement) error {
	at := func(names ...string) bool {
		return e.Name.Local == names[len(names)-1] && s.inside(names[:len(names)-1]...)
	}
	switch {
	case at("worksheet", "sheetData", "row", "c"):
		if s.taken {
			s.put(s.style)
			s.taken, s.from = false, s.end
		}
	case at("worksheet", "sheetData", "row"):
		for mine := true; len(s.cells) > 0 && s.cells[0].row == s.row; mine = false {
			if mine {
				s.copyTo(s.start)
			}
			s.newCell()
		}
		s.endTag("row")
	case at("worksheet", "sheetData"):
		if len(s.cells) > 0 {
			s.copyTo(s.start)
		}
		for len(s.cells) > 0 {
			s.newRow()
		}
		s.endTag("sheetData")
	}
	return nil
}

// endTag ends an element that had none of its own, if its begin was rewritten.
func (s *sheetWriter) endTag(name string) {
	if s.start == s.end && s.from == s.end {
		s.out.WriteString("</" + s.prefix + name + ">")
	}
}

// newRow writes a row that is not there yet, with all its cells.
func (s *sheetWriter) newRow() {
	row := s.cells[0].row
	s.rowStyle = ""
	s.out.WriteString("<" + s.prefix + `row r="` + strconv.Itoa(row) + `">`)
	for len(s.cells) > 0 && s.cells[0].row == row {
		s.newCell()
	}
	s.out.WriteString("</" + s.prefix + "row>")
}

// newCell writes a cell that is not there yet. It has the style of its row, else of its column.
func (s *sheetWriter) newCell() {
	style := s.rowStyle
	for i := 0; i < len(s.columns) && style == ""; i++ {
		if c := s.columns[i]; c.first <= s.cells[0].column && s.cells[0].column <= c.last {
			style = c.style
			break
		}
	}
	s.put(style)
}

// put writes the next cell, as a text that stands in the cell itself: it never is a formula, a number or a date.
func (s *sheetWriter) put(style string) {
	c := s.cells[0]
	s.cells = s.cells[1:]
	s.out.WriteString("<" + s.prefix + `c r="` + c.cell + `"`)
	if style != "" {
		s.out.WriteString(` s="` + escape(style) + `"`)
	}
	if c.text == "" {
		s.out.WriteString("/>")
		return
	}
	s.out.WriteString(` t="inlineStr"><` + s.prefix + "is><" + s.prefix + `t xml:space="preserve">` + escape(unescaped(c.text)) + "</" + s.prefix + "t></" + s.prefix + "is></" + s.prefix + "c>")
}

// unescaped keeps what looks like an escape of workbooks, such as _x000D_, from being read as one.
//
// SPEC: ECMA-376 Part 1 §22.9.2.19 (ST_Xstring)
func unescaped(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var out strings.Builder
	for i := range len(s) {
		if len(s) >= i+7 && s[i:i+2] == "_x" && s[i+6] == '_' && strings.Trim(s[i+2:i+6], "0123456789abcdefABCDEF") == "" {
			out.WriteString("_x005F")
		}
		out.WriteByte(s[i])
	}
	return out.String()
}

// area notes a range such as "C12:F14".
func (s *sheetWriter) area(ref string, formula bool) error {
	if len(s.areas) >= maxAreas {
		return fault.New(fault.TooLarge, "render.template.large", s.name)
	}
	begin, end, ok := strings.Cut(ref, ":")
	if !ok {
		end = begin
	}
	left, top, err := excelize.CellNameToCoordinates(begin)
	if err != nil {
		return err
	}
	right, bottom, err := excelize.CellNameToCoordinates(end)
	if err != nil {
		return err
	}
	s.areas = append(s.areas, area{min(left, right), min(top, bottom), max(left, right), max(top, bottom), formula})
	return nil
}

// writable refuses cells that hold part of a formula, or are hidden behind the first one of a merged cell.
func (s *sheetWriter) writable() error {
	for _, a := range s.areas {
		begin, _ := slices.BinarySearchFunc(s.all, a.top, func(c edit, row int) int { return c.row - row })
		for _, c := range s.all[begin:] {
			if c.row > a.bottom {
				break
			}
			switch inside := a.left <= c.column && c.column <= a.right; {
			case inside && a.formula:
				return fault.New(fault.Invalid, "render.map.formula", c.cell)
			case inside && (c.row != a.top || c.column != a.left):
				return fault.New(fault.Invalid, "render.map.merged", c.cell, cellAt(a.left, a.top))
			}
		}
	}
	return nil
}
