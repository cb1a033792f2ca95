package document

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/klippa-app/go-pdfium/requests"

	"github.com/wakachi/wakachi/internal/fault"
)

// Programs draw the characters of a second font after the rest of the line: the 𠮷 of 𠮷田
// comes in the page's description where the line has gone on. What was drawn in jumps to
// the left is put in the order of its places.

// A glyph is one character with its place on the page.
type glyph struct {
	char        rune
	left, right float64
	height      float64
}

// unitsOf counts characters as the engine does, in units of UTF-16.
func unitsOf(s string) int {
	n := 0
	for _, c := range s {
		n += max(1, utf16.RuneLen(c))
	}
	return n
}

// ordered gives the lines of the text with such lines put right, and values put together that
// the margin broke. Where characters and places cannot be matched, all stays as it is.
func (x *pdfPage) ordered(text string, count int) string {
	if unitsOf(text) != count {
		return text
	}
	var lines []pdfLine
	at := 0
	for line := range strings.Lines(text) {
		l := x.measure(strings.TrimRight(line, "\r\n"), at)
		if l.jumps {
			l.text = x.byPlace(l.text, at)
		}
		lines = append(lines, l)
		at += unitsOf(line)
	}
	if n := joinBroken(lines, x.margin(lines)); n > 0 {
		file := x.pg.note.File
		x.f.doubts = append(x.f.doubts, Skip{file, fault.New(fault.Invalid, "document.pdf-joined", file, strconv.Itoa(n))})
	}
	var out strings.Builder
	for _, l := range lines {
		out.WriteString(l.text)
		out.WriteByte('\n')
	}
	return out.String()
}

// A pdfLine is a line of text with what its place says of it.
type pdfLine struct {
	text          string
	left          float64 // of its first run
	right, height float64 // of its last run; zero: not known
	jumps         bool
}

// margin says where the right margin is if it is as wide as the left.
func (x *pdfPage) margin(lines []pdfLine) float64 {
	got, err := x.f.in.FPDF_GetPageWidthF(&requests.FPDF_GetPageWidthF{Page: x.byRef()})
	left := -1.0
	for _, l := range lines {
		if l.right > 0 && (left < 0 || l.left < left) {
			left = l.left
		}
	}
	if err != nil || left < 0 {
		return 0
	}
	return float64(got.PageWidth) - left
}

// measure looks at the runs of a line, whose first character has the index at. It jumps
// where a run begins well before the end of the run before it, at the same height. Scripts
// that are written so are left alone.
func (x *pdfPage) measure(line string, at int) pdfLine {
	l := pdfLine{text: line}
	n, err := x.f.in.FPDFText_CountRects(&requests.FPDFText_CountRects{TextPage: x.text, StartIndex: at, Count: unitsOf(line)})
	if err != nil {
		return l
	}
	leftward := strings.ContainsFunc(line, func(c rune) bool { return c >= 0x590 && c < 0x900 || c >= 0xfb1d && c < 0xff00 })
	var top, bottom float64
	for i := range n.Count {
		r, err := x.f.in.FPDFText_GetRect(&requests.FPDFText_GetRect{TextPage: x.text, Index: i})
		if err != nil {
			return pdfLine{text: line}
		}
		if i == 0 {
			l.left = r.Left
		}
		middle := (r.Top + r.Bottom) / 2
		if i > 0 && !leftward && r.Left < l.right-(top-bottom)/2 && middle < top && middle > bottom {
			l.jumps = true
		}
		l.right, l.height, top, bottom = r.Right, r.Top-r.Bottom, r.Top, r.Bottom
	}
	return l
}

// byPlace writes a line from left to right. Spaces that the engine put in for a jump are left
// out, and put where there is a gap.
func (x *pdfPage) byPlace(line string, at int) string {
	var all []glyph
	for _, c := range line {
		i := at
		at += max(1, utf16.RuneLen(c))
		if made, err := x.f.in.FPDFText_IsGenerated(&requests.FPDFText_IsGenerated{TextPage: x.text, Index: i}); err == nil && made.IsGenerated && c == ' ' {
			continue
		}
		box, err := x.f.in.FPDFText_GetLooseCharBox(&requests.FPDFText_GetLooseCharBox{TextPage: x.text, Index: i})
		if err != nil {
			return line
		}
		all = append(all, glyph{c, float64(box.Rect.Left), float64(box.Rect.Right), float64(box.Rect.Top - box.Rect.Bottom)})
	}
	slices.SortStableFunc(all, func(a, b glyph) int {
		switch {
		case a.left < b.left:
			return -1
		case a.left > b.left:
			return 1
		}
		return 0
	})
	var out strings.Builder
	for i, g := range all {
		if i > 0 && g.left-all[i-1].right > g.height/4 && g.char != ' ' && all[i-1].char != ' ' {
			out.WriteByte(' ')
		}
		out.WriteRune(g.char)
	}
	return out.String()
}
