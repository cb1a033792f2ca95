package typeset

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"
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
	case "label":
		return look{size: 9, lead: 11, bold: true}
	case "head":
		return look{size: 9.5, lead: 14, align: 'l', bold: true}
	}
	return look{size: 10.5, lead: 17.5, after: 7, align: 'j'}
}

// baseline says how far below its top a line's letters stand, if they are to stand in its middle.
func (l look) baseline() float64 { return (l.lead-l.size)/2 + 0.88*l.size }

// A page is its content as it grows.
type page struct {
	bytes.Buffer
	marks int
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
	label := s.label(oneLine(d.Label))
	for i, b := range d.Blocks {
		s.block(b, i+1 < len(d.Blocks))
	}
	for i := range s.pages {
		s.frame(i, label)
	}
}

// label gives the lines of a label for every page. One that is too long for that stands once, whole, in the text.
func (s *setter) label(text string) []string {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	lines := s.face.fold(text, s.thousandths(measure, looks("label")))
	if len(lines) > labelLines {
		s.paragraph(s.root.add("P"), text, looks("P"))
		lines = lines[:labelLines]
	}
	return lines
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
			after = 56 // a heading does not stand alone at the foot of a page
		}
		s.room(look.before + float64(len(lines))*look.lead + look.after + after)
		s.paragraph(s.root.add(fmt.Sprintf("H%d", level+1)), text, look)
		s.headings = append(s.headings, heading{oneLine(text), level, len(s.pages) - 1, s.y + look.after + float64(len(lines))*look.lead})
	case report.List:
		list := s.root.add("L")
		for _, sentence := range b.Sentences {
			item := list.add("LI")
			look, text := looks("LI"), clean(sentence.Text)
			lines := s.face.fold(text, s.thousandths(measure-look.indent, look))
			s.room(float64(min(2, len(lines))) * look.lead) // the mark stays with its line
			s.mark(item.add("Lbl"), func() { s.show("・", marginSide, s.y-look.size, look, nil) })
			s.paragraph(item.add("LBody"), text, look)
		}
	case report.Grid:
		s.table(b.Table)
	default:
		s.paragraph(s.root.add("P"), clean(report.Joined(b.Sentences, s.lang)), looks("P"))
	}
}

// thousandths turns a width into what a font measures in.
func (s *setter) thousandths(width float64, l look) int { return int(width / l.size * 1000) }

// wide measures a text in points.
func (s *setter) wide(text string, l look) float64 {
	return float64(s.face.width(text)) * l.size / 1000
}

// paragraph sets text, over pages if need be.
func (s *setter) paragraph(n *node, text string, l look) {
	width := measure - l.indent
	lines := s.face.fold(text, s.thousandths(width, l))
	if l.align == 'c' {
		lines = s.balanced(text, lines, s.thousandths(width, l))
	}
	if s.y < pageHeight-marginTop {
		s.y -= l.before
	}
	for len(lines) > 0 {
		s.room(float64(min(2, len(lines))) * l.lead) // no first line stands alone at the foot of a page,
		fit := max(1, min(len(lines), int((s.y-marginBottom)/l.lead+0.01)))
		if fit == len(lines)-1 && fit > 2 {
			fit-- // and no last one at the head of the next
		}
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

// balanced folds a text of a few lines so that they are about as long as each other.
func (s *setter) balanced(text string, lines []string, measure int) []string {
	n := len(lines)
	if n < 2 || n > 4 {
		return lines
	}
	if n == 2 && !strings.Contains(text, "\n") {
		return s.halves(text, lines, measure)
	}
	low, high := measure/2, measure // too narrow, and wide enough
	for line := range strings.SplitSeq(text, "\n") {
		for _, u := range units(line) {
			low = max(low, s.face.width(u)) // a word is not cut for it
		}
	}
	for high-low > 100 {
		middle := (low + high) / 2
		if tried := s.face.fold(text, middle); len(tried) > n {
			low = middle
		} else {
			high, lines = middle, tried
		}
	}
	return lines
}

// halves breaks a text of two lines near its middle, rather where its sense has a joint than in a word.
func (s *setter) halves(text string, lines []string, measure int) []string {
	const joint = 6000 // how much more of a difference a joint is worth
	least := -1
	all, at, before := s.face.width(text), 0, 0
	last := ""
	for i, u := range units(text) {
		first := before - s.face.width(last[len(strings.TrimRightFunc(last, space)):])
		if rest := all - before; i > 0 && first <= measure && rest <= measure {
			difference := max(first-rest, rest-first)
			end, _ := utf8.DecodeLastRuneInString(last)
			begin, _ := utf8.DecodeRuneInString(u)
			switch {
			case space(end) || unicode.IsPunct(end) || strings.ContainsRune(neverLast, begin):
			case unicode.Is(unicode.Hiragana, end) && !unicode.Is(unicode.Hiragana, begin):
				difference += joint / 2 // a word begins after a particle
			default:
				difference += joint
			}
			if least < 0 || difference < least {
				least, lines = difference, []string{strings.TrimRightFunc(text[:at], space), text[at:]}
			}
		}
		last, at, before = u, at+len(u), before+s.face.width(u)
	}
	return lines
}

// line sets one line at the place that was reached.
func (s *setter) line(line string, x, width float64, l look, last bool) {
	wide := s.wide(line, l)
	var stretch []int
	switch l.align {
	case 'c':
		x += (width - wide) / 2
	case 'r':
		x += width - wide
	case 'j':
		if !last && s.lang != phrase.English {
			stretch = gaps(line, int((width-wide)/l.size*1000))
		}
	}
	s.show(line, x, s.y-l.size, l, stretch)
}

// gaps shares what a line lacks, in thousandths of the size, between its characters: what each has after it. Words
// are not stretched. There are none if it would show.
//
// SPEC: JLREQ §3.8
func gaps(line string, lacks int) []int {
	const most = 80
	var out []int
	open := 0 // places that can be stretched
	last := rune(0)
	for c := ""; line != ""; {
		c, line = next(line)
		r, _ := utf8.DecodeRuneInString(c)
		if len(out) > 0 && !shapeless(r) && (space(last) || last >= 0x2E80 || r >= 0x2E80) {
			out[len(out)-1] = 1
			open++
		}
		out, last = append(out, 0), r
	}
	if open == 0 || lacks <= 0 || lacks > most*open {
		return nil
	}
	given := 0
	for i := range out {
		if out[i] > 0 {
			out[i] = lacks / open
			if given < lacks%open {
				out[i]++
			}
			given++
		}
	}
	return out
}

// show writes text at a place, with so many thousandths of the size after each character.
func (s *setter) show(text string, x, y float64, l look, stretch []int) {
	if text == "" {
		return
	}
	p := s.now()
	p.WriteString("BT ")
	if l.bold {
		fmt.Fprintf(p, "2 Tr %.2f w ", l.size/45) // one font, drawn a little thicker
	}
	fmt.Fprintf(p, "/F1 %.2f Tf 1 0 0 1 %.2f %.2f Tm [<", l.size, x, y)
	var code [4]byte
	for i := 0; text != ""; i++ {
		var c string
		c, text = next(text)
		g := s.face.code(c)
		hex.Encode(code[:], []byte{byte(g >> 8), byte(g)})
		p.Write(code[:])
		if i < len(stretch) && stretch[i] > 0 && text != "" {
			fmt.Fprintf(p, ">%d<", -stretch[i])
		}
	}
	p.WriteString(">] TJ")
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

// labelLines is how many lines of a label have room above a page.
const labelLines = 3

// frame writes the label above a page and the number below it.
func (s *setter) frame(i int, label []string) {
	all := s.pages
	s.pages = all[:i+1] // so that show writes onto it
	s.artifact(func() {
		l := looks("label")
		for n, line := range label {
			s.show(line, pageWidth-marginSide-s.wide(line, l), pageHeight-42-float64(n)*l.lead, l, nil)
		}
		l.bold = false
		number := fmt.Sprintf("%d / %d", i+1, len(all))
		s.show(number, (pageWidth-s.wide(number, l))/2, 36, l, nil)
	})
	s.pages = all
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
