package typeset

import (
	"fmt"

	"github.com/wakachi/wakachi/internal/report"
)

// A table cell is lines to be set, of which some may have to wait for the next page.
type cell struct {
	lines []string
	look  look
	node  *node
	role  string
	scope string
}

const cellPad = 4.5

// mostColumns is how many columns a page can show. A table of more is set as paragraphs.
const mostColumns = 24

func (s *setter) table(t report.Table) {
	shares := t.Shares()
	if len(shares) == 0 {
		return
	}
	if len(shares) > mostColumns {
		s.unfolded(t)
		return
	}
	columns := make([]float64, len(shares))
	for i, share := range shares {
		columns[i] = share * measure
	}
	n := s.root.add("Table")
	s.y -= 3
	kind := "side"
	var again []cell // the head, to be repeated
	if len(t.Head) > 0 {
		kind = "cell"
		head := s.row(t.Head, columns, "head")
		first := 24.0
		if len(t.Rows) > 0 {
			first = min(height(s.texts(t.Rows[0], columns, kind)), 90)
		}
		if h := height(head); h <= (pageHeight-marginTop-marginBottom)/3 {
			again = head
			s.room(h + first) // it does not stand alone at the foot of a page
		}
		s.rows(n, head, nil, columns)
	}
	for _, r := range t.Rows {
		s.rows(n, s.texts(r, columns, kind), again, columns)
	}
	s.y -= 10
}

// unfolded sets each cell as a paragraph.
func (s *setter) unfolded(t report.Table) {
	for _, h := range t.Head {
		s.paragraph(s.root.add("P"), clean(h), looks("P"))
	}
	for _, r := range t.Rows {
		for _, c := range r {
			s.paragraph(s.root.add("P"), clean(c.Text), looks("P"))
		}
	}
}

// texts folds the cells of a row of the document.
func (s *setter) texts(r []report.Cell, columns []float64, kind string) []cell {
	out := make([]string, len(r))
	for i, c := range r {
		out[i] = c.Text
	}
	return s.row(out, columns, kind)
}

// row folds texts into the cells of a row.
func (s *setter) row(texts []string, columns []float64, kind string) []cell {
	out := make([]cell, len(columns))
	for i, width := range columns {
		text := ""
		if i < len(texts) {
			text = clean(texts[i])
		}
		c := cell{look: looks("cell"), role: "TD"}
		switch {
		case kind == "head":
			c.look, c.role, c.scope = looks("head"), "TH", "Column"
		case kind == "side" && i == 0:
			c.look, c.role, c.scope = looks("head"), "TH", "Row"
		}
		c.lines = s.face.fold(text, s.thousandths(width-2*cellPad, c.look))
		out[i] = c
	}
	return out
}

func height(cells []cell) float64 {
	h := 0.0
	for _, c := range cells {
		h = max(h, float64(len(c.lines))*c.look.lead)
	}
	return h + 2*cellPad
}

// rows sets a row, cut over pages if it is longer than one, the head, if there is one, above each part.
func (s *setter) rows(n *node, cells, head []cell, columns []float64) {
	row := n.add("TR")
	turn := func() {
		s.turn()
		if head != nil {
			s.artifact(func() { s.drawRow(head, columns, nil) })
		}
	}
	whole := pageHeight - marginTop - marginBottom
	if head != nil {
		whole -= height(head)
	}
	// A row is cut only if it is long and some of it fits.
	if h := height(cells); s.y-h < marginBottom && (h <= whole/4 || s.y-60 < marginBottom) {
		turn()
	}
	for {
		fit := int((s.y-marginBottom-2*cellPad)/cells[0].look.lead + 0.01)
		part, rest, more := cut(cells, max(1, fit))
		s.setRow(row, part, columns)
		if !more {
			return
		}
		for i := range rest {
			rest[i].node = part[i].node
		}
		cells = rest
		turn()
	}
}

// cut parts cells after so many lines.
func cut(cells []cell, lines int) (part, rest []cell, more bool) {
	part, rest = make([]cell, len(cells)), make([]cell, len(cells))
	for i, c := range cells {
		part[i], rest[i] = c, c
		n := min(lines, len(c.lines))
		part[i].lines, rest[i].lines = c.lines[:n], c.lines[n:]
		more = more || len(rest[i].lines) > 0
	}
	return part, rest, more
}

// setRow sets cells as parts of the table.
func (s *setter) setRow(row *node, cells []cell, columns []float64) {
	for i := range cells {
		if cells[i].node == nil {
			cells[i].node = row.add(cells[i].role)
			cells[i].node.scope = cells[i].scope
		}
	}
	s.drawRow(cells, columns, func(c cell, do func()) { s.mark(c.node, do) })
}

// drawRow draws cells and the rules around them, and goes below them.
func (s *setter) drawRow(cells []cell, columns []float64, within func(cell, func())) {
	h, x, top := height(cells), marginSide, s.y
	for i, c := range cells {
		draw := func() {
			y := top - cellPad
			for _, line := range c.lines {
				s.show(line, x+cellPad, y-c.look.baseline(), c.look, nil)
				y -= c.look.lead
			}
		}
		s.box(x, top-h, columns[i], h, c.role == "TH", within != nil)
		if within == nil {
			draw()
		} else {
			within(c, draw)
		}
		x += columns[i]
	}
	s.y = top - h
}

// box draws the rules of a cell; a head's is shaded.
func (s *setter) box(x, y, w, h float64, shaded, apart bool) {
	draw := func() {
		if shaded {
			fmt.Fprintf(s.now(), "0.95 g %.2f %.2f %.2f %.2f re f 0 g\n", x, y, w, h)
		}
		fmt.Fprintf(s.now(), "0.5 G 0.5 w %.2f %.2f %.2f %.2f re S 0 G\n", x, y, w, h)
	}
	if apart {
		s.artifact(draw)
	} else {
		draw()
	}
}
