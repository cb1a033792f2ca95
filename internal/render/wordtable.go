package render

import (
	"strconv"
	"strings"

	"github.com/wakachi/wakachi/internal/report"
)

// pageWidth is what the margins leave, in twentieths of a point.
const pageWidth = 11906 - 2*1418

// How tables are broken over pages, in lines as estimated.
const (
	keptRow   = 20 // a row up to this is not torn
	keptTable = 14 // a table up to this stays whole, with the heading above it
)

// Of a cell, in twentieths of a point: the margins beside its text, and about what characters take. Lines and
// words are in half-width characters.
const (
	cellMargins = 200
	halfWidth   = 95
	letterWidth = 132 // of a Latin letter at its widest: a word that fits is not torn
	longestWord = 16  // anything longer, such as a hash, is broken anyway
	shortLine   = 14  // a line up to this is not broken
)

func (w *wordWriter) table(t report.Table) {
	columns := widths(t)
	if len(columns) == 0 {
		return
	}
	look := `<w:tblLook w:val="0420" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="0" w:noVBand="1"/>`
	if len(t.Head) == 0 {
		look = `<w:tblLook w:val="0480" w:firstRow="0" w:lastRow="0" w:firstColumn="1" w:lastColumn="0" w:noHBand="0" w:noVBand="1"/>`
	}
	w.WriteString(`<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="` + strconv.Itoa(pageWidth) + `" w:type="dxa"/><w:tblLayout w:type="fixed"/>` + look + `</w:tblPr><w:tblGrid>`)
	for _, c := range columns {
		w.WriteString(`<w:gridCol w:w="` + strconv.Itoa(c) + `"/>`)
	}
	w.WriteString(`</w:tblGrid>`)
	total := 0
	heights := make([]int, len(t.Rows))
	for i, row := range t.Rows {
		heights[i] = rowLines(row, columns)
		total += heights[i]
	}
	if len(t.Head) > 0 {
		w.WriteString(`<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>`)
		for i, c := range columns {
			w.cell(c, "TableHead", at(t.Head, i), true, len(t.Rows) > 0)
		}
		w.WriteString(`</w:tr>`)
	}
	for n, row := range t.Rows {
		w.WriteString(`<w:tr>`)
		if heights[n] <= keptRow {
			w.WriteString(`<w:trPr><w:cantSplit/></w:trPr>`)
		}
		keep := total <= keptTable && n < len(t.Rows)-1
		for i, c := range columns {
			text := ""
			if i < len(row) {
				text = row[i].Text
			}
			if head := len(t.Head) == 0 && i == 0; head {
				w.cell(c, "TableHead", text, true, keep)
			} else {
				w.cell(c, "TableText", text, false, keep)
			}
		}
		w.WriteString(`</w:tr>`)
	}
	w.WriteString(`</w:tbl>`)
	w.paragraph("AfterTable", "") // Word wants a paragraph behind a table
}

func at(s []string, i int) string {
	if i < len(s) {
		return s[i]
	}
	return ""
}

func (w *wordWriter) cell(width int, style, text string, head, keep bool) {
	w.WriteString(`<w:tc><w:tcPr><w:tcW w:w="` + strconv.Itoa(width) + `" w:type="dxa"/>`)
	if head {
		w.WriteString(`<w:shd w:val="clear" w:color="auto" w:fill="F2F2F2"/>`)
	}
	w.WriteString(`</w:tcPr>`)
	w.kept(style, text, keep)
	w.WriteString(`</w:tc>`)
}

// rowLines estimates how many lines a row takes.
func rowLines(row []report.Cell, columns []int) int {
	n := 1
	for i, c := range row {
		n = max(n, folded(c.Text, max(4, (columns[i]-cellMargins)/halfWidth+2)))
	}
	return n
}

// widths shares the page between the columns of a table, so that no word has to be torn if there is room.
func widths(t report.Table) []int {
	shares := t.Shares()
	out, need := make([]int, len(shares)), needs(t, len(shares))
	lack, spare := 0, 0
	for i, s := range shares {
		out[i] = int(s * pageWidth)
		lack += max(0, need[i]-out[i])
		spare += max(0, out[i]-need[i])
	}
	left := pageWidth
	for i := range out {
		if lack <= spare {
			if slack := out[i] - need[i]; slack < 0 {
				out[i] = need[i]
			} else if spare > 0 {
				out[i] -= lack * slack / spare
			}
		}
		left -= out[i]
	}
	if len(out) > 0 {
		out[len(out)-1] += left
	}
	return out
}

// needs measures what each column needs for its short lines, such as dates, and its longest word.
func needs(t report.Table, columns int) []int {
	out := make([]int, columns)
	measure := func(i int, text string) {
		for line := range strings.SplitSeq(text, "\n") {
			if wide(line) <= shortLine {
				out[i] = max(out[i], length(line)+cellMargins)
				continue
			}
			for word := range strings.FieldsFuncSeq(line, func(r rune) bool { return r <= ' ' || r > 0x2E7F }) {
				out[i] = max(out[i], min(wide(word), longestWord)*letterWidth+cellMargins)
			}
		}
	}
	for i, h := range t.Head {
		measure(i, h)
	}
	for _, row := range t.Rows {
		for i, c := range row {
			measure(i, c.Text)
		}
	}
	return out
}

// length estimates how long a line of a cell is, with the space that Word puts between Japanese and Latin.
func length(line string) int {
	n, before := 0, 0
	for _, r := range line {
		now := letterWidth
		if r > 0x2E7F {
			now = 2 * halfWidth
		}
		if n += now; before != 0 && before != now {
			n += 72
		}
		before = now
	}
	return n
}
