package typeset

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/phrase"
	"github.com/wakachi/wakachi/internal/report"
)

// The page: A4, in points.
const (
	pageWidth, pageHeight = 595.28, 841.89
	marginSide            = 70.87 // 25 mm
	marginTop             = 76.0
	marginBottom          = 70.87
	measure               = pageWidth - 2*marginSide
)

// A look is how a kind of text is set. Sizes are in points.
type look struct {
	size, lead    float64
	before, after float64
	align         byte // 'l', 'c' or 'r'; 'j' fills the measure
	bold          bool
	indent        float64
}

func looks(role string) look {
	switch role {
	case "title":
		return look{size: 14, lead: 21, before: 26, after: 20, align: 'c', bold: true}
	case "H1":
		return look{size: 11.5, lead: 17, before: 16, after: 5, align: 'l', bold: true}
	case "H2":
		return look{size: 10.5, lead: 16, before: 11, after: 3, align: 'l', bold: true}
	case "right":
		return look{size: 10.5, lead: 17, align: 'r'}
	case "left":
		return look{size: 10.5, lead: 17, align: 'l'}
	case "LI":
		return look{size: 10.5, lead: 17, after: 2, align: 'l', indent: 18}
	case "cell":
		return look{size: 9.5, lead: 14, align: 'l'}
	case "head":
		return look{size: 9.5, lead: 14, align: 'l', bold: true}
	}
	return look{size: 10.5, lead: 17.5, after: 7, align: 'j'}
}

// A page is its content as it grows.
type page struct {
	bytes.Buffer
	marks int
}

// A heading is a place to go to.
type heading struct {
	text string
	page int
	y    float64
}

// A setter lays a document out.
type setter struct {
	face     *typeface
	lang     phrase.Language
	pages    []*page
	y        float64 // of the next line's top, from the bottom of the page
	root     *node
	headings []heading
}

func newSetter(f *typeface) *setter {
	s := &setter{face: f, root: &node{role: "Document"}}
	s.turn()
	return s
}

func (s *setter) turn() {
	s.pages = append(s.pages, &page{})
	s.y = pageHeight - marginTop
}

func (s *setter) now() *page { return s.pages[len(s.pages)-1] }

// room makes sure that so much fits onto the page.
func (s *setter) room(height float64) {
	if s.y-height < marginBottom && s.y < pageHeight-marginTop {
		s.turn()
	}
}

// set lays the whole document out.
func (s *setter) set(d report.Document) {
	s.lang = d.Language
	for _, line := range []struct{ text, look string }{{d.Date, "right"}, {d.To, "left"}, {d.From, "right"}} {
		if strings.TrimSpace(line.text) != "" {
			s.paragraph(s.root.add("P"), clean(line.text), looks(line.look))
		}
	}
	if strings.TrimSpace(d.Title) != "" {
		s.paragraph(s.root.add("H1"), clean(d.Title), looks("title"))
	}
	for i, b := range d.Blocks {
		s.block(b, i+1 < len(d.Blocks))
	}
	for i := range s.pages {
		s.frame(i, clean(d.Label))
	}
}

func (s *setter) block(b report.Block, more bool) {
	switch b.Sort {
	case report.Heading:
		level := max(1, min(2, b.Level))
		look := looks(fmt.Sprintf("H%d", level))
		text := clean(report.Joined(b.Sentences, s.lang))
		lines := s.face.fold(text, s.thousandths(measure, look))
		after := 0.0
		if more {
			after = 40 // a heading does not stand alone at the foot of a page
		}
		s.room(look.before + float64(len(lines))*look.lead + look.after + after)
		s.paragraph(s.root.add(fmt.Sprintf("H%d", level+1)), text, look)
		s.headings = append(s.headings, heading{strings.ReplaceAll(text, "\n", " "), len(s.pages) - 1, s.y + look.after + float64(len(lines))*look.lead})
	case report.List:
		list := s.root.add("L")
		for _, sentence := range b.Sentences {
			item := list.add("LI")
			look := looks("LI")
			s.room(look.lead)
			s.mark(item.add("Lbl"), func() { s.show("・", marginSide, s.y-look.size, look, 0) })
			s.paragraph(item.add("LBody"), clean(sentence.Text), look)
		}
	case report.Grid:
		s.table(b.Table)
	default:
		s.paragraph(s.root.add("P"), clean(report.Joined(b.Sentences, s.lang)), looks("P"))
	}
}

// thousandths turns a width into what a font measures in.
func (s *setter) thousandths(width float64, l look) int { return int(width / l.size * 1000) }

// paragraph sets text, over pages if need be.
func (s *setter) paragraph(n *node, text string, l look) {
	width := measure - l.indent
	lines := s.face.fold(text, s.thousandths(width, l))
	if s.y < pageHeight-marginTop {
		s.y -= l.before
	}
	for len(lines) > 0 {
		s.room(l.lead)
		fit := max(1, min(len(lines), int((s.y-marginBottom)/l.lead)))
		part, rest := lines[:fit], lines[fit:]
		s.mark(n, func() {
			for i, line := range part {
				last := i == len(part)-1 && len(rest) == 0
				s.line(line, marginSide+l.indent, width, l, last)
				s.y -= l.lead
			}
		})
		if lines = rest; len(lines) > 0 {
			s.turn()
		}
	}
	s.y -= l.after
}

// line sets one line at the place that was reached.
func (s *setter) line(line string, x, width float64, l look, last bool) {
	wide := float64(s.face.width(line)) * l.size / 1000
	space := 0.0
	switch l.align {
	case 'c':
		x += (width - wide) / 2
	case 'r':
		x += width - wide
	case 'j':
		// Lines are filled where that takes little: less than a character and a half.
		if n := utf8.RuneCountInString(line) - 1; !last && n > 0 && width-wide < 1.5*l.size && width > wide {
			space = (width - wide) / float64(n)
		}
	}
	s.show(line, x, s.y-l.size, l, space)
}

// show writes text at a place.
func (s *setter) show(text string, x, y float64, l look, space float64) {
	if text == "" {
		return
	}
	p := s.now()
	p.WriteString("BT ")
	if l.bold {
		fmt.Fprintf(p, "2 Tr %.2f w ", l.size/40) // one font, drawn a little thicker
	}
	fmt.Fprintf(p, "/F1 %.2f Tf %.3f Tc 1 0 0 1 %.2f %.2f Tm <", l.size, space, x, y)
	for _, r := range text {
		fmt.Fprintf(p, "%04X", s.face.code(r))
	}
	p.WriteString("> Tj")
	if l.bold {
		p.WriteString(" 0 Tr")
	}
	p.WriteString(" ET\n")
}

// mark lets what do writes belong to a node.
func (s *setter) mark(n *node, do func()) {
	p := s.now()
	n.marks = append(n.marks, mark{len(s.pages) - 1, p.marks})
	fmt.Fprintf(p, "/%s <</MCID %d>> BDC\n", n.role, p.marks)
	p.marks++
	do()
	p.WriteString("EMC\n")
}

// artifact lets what do writes be no part of the text.
func (s *setter) artifact(do func()) {
	s.now().WriteString("/Artifact BMC\n")
	do()
	s.now().WriteString("EMC\n")
}

// frame writes the label above a page and the number below it.
func (s *setter) frame(i int, label string) {
	all := s.pages
	s.pages = all[:i+1] // so that show writes onto it
	s.artifact(func() {
		l := look{size: 9, bold: true}
		if label = strings.ReplaceAll(label, "\n", " "); label != "" {
			wide := float64(s.face.width(label)) * l.size / 1000
			s.show(label, pageWidth-marginSide-wide, pageHeight-42, l, 0)
		}
		number := fmt.Sprintf("%d / %d", i+1, len(all))
		l.bold = false
		s.show(number, (pageWidth-float64(s.face.width(number))*l.size/1000)/2, 36, l, 0)
	})
	s.pages = all
}

// A table cell is lines to be set, of which some may have to wait for the next page.
type cell struct {
	lines []string
	look  look
	node  *node
	role  string
	scope string
}

const cellPad = 4.5

func (s *setter) table(t report.Table) {
	shares := t.Shares()
	if len(shares) == 0 {
		return
	}
	columns := make([]float64, len(shares))
	for i, share := range shares {
		columns[i] = share * measure
	}
	n := s.root.add("Table")
	s.y -= 3
	head := s.row(t.Head, columns, "head")
	if len(t.Head) > 0 {
		s.room(height(head) + 24)
		s.setRow(n.add("TR"), head, columns)
	}
	for _, r := range t.Rows {
		texts := make([]string, len(r))
		for i, c := range r {
			texts[i] = c.Text
		}
		kind := "cell"
		if len(t.Head) == 0 {
			kind = "side"
		}
		s.rows(n, s.row(texts, columns, kind), head, len(t.Head) > 0, columns)
	}
	s.y -= 10
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

// rows sets a row, cut over pages if it is longer than one, the head above each part.
func (s *setter) rows(n *node, cells, head []cell, headed bool, columns []float64) {
	row := n.add("TR")
	turn := func() {
		s.turn()
		if headed {
			s.artifact(func() { s.drawRow(head, columns, nil) })
		}
	}
	whole := pageHeight - marginTop - marginBottom
	if headed {
		whole -= height(head)
	}
	if h := height(cells); s.y-h < marginBottom && (h <= whole || s.y-60 < marginBottom) {
		turn()
	}
	for {
		fit := int((s.y - marginBottom - 2*cellPad) / cells[0].look.lead)
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
				s.show(line, x+cellPad, y-c.look.size, c.look, 0)
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

// clean leaves out what cannot be drawn: controls, and marks that would turn a line around.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case r == 0x2028 || r == 0x2029:
			return '\n'
		case r < 0x20 || 0x7F <= r && r < 0xA0, 0x202A <= r && r <= 0x202E, 0x2066 <= r && r <= 0x2069, r == 0x200B, r == 0xFEFF, r == 0xFFFE, r == 0xFFFF:
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}
