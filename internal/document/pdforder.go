package document

import (
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/klippa-app/go-pdfium/requests"
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

// ordered gives the text with such lines put right. Where characters and places cannot be
// matched one to one, all stays as it is.
func (x *pdfPage) ordered(text string, count int) string {
	if unitsOf(text) != count {
		return text
	}
	var out strings.Builder
	at := 0
	for line := range strings.Lines(text) {
		body := strings.TrimRight(line, "\r\n")
		if x.jumps(body, at) {
			body = x.byPlace(body, at)
		}
		out.WriteString(body)
		if strings.HasSuffix(line, "\n") {
			out.WriteByte('\n')
		}
		at += unitsOf(line)
	}
	return out.String()
}

// jumps says that a run of characters of a line, whose first has the index at, begins well
// before the end of the run before it, at the same height. Scripts that are written so are left alone.
func (x *pdfPage) jumps(line string, at int) bool {
	if strings.ContainsFunc(line, func(c rune) bool { return c >= 0x590 && c < 0x900 || c >= 0xfb1d && c < 0xff00 }) {
		return false
	}
	n, err := x.f.in.FPDFText_CountRects(&requests.FPDFText_CountRects{TextPage: x.text, StartIndex: at, Count: unitsOf(line)})
	if err != nil || n.Count < 2 {
		return false
	}
	var right, top, bottom float64
	for i := range n.Count {
		r, err := x.f.in.FPDFText_GetRect(&requests.FPDFText_GetRect{TextPage: x.text, Index: i})
		if err != nil {
			return false
		}
		middle := (r.Top + r.Bottom) / 2
		if i > 0 && r.Left < right-(top-bottom)/2 && middle < top && middle > bottom {
			return true
		}
		right, top, bottom = r.Right, r.Top, r.Bottom
	}
	return false
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
