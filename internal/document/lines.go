package document

import (
	"strings"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
)

// A page is a note in the making. After its first error it takes nothing more.
type page struct {
	r    *reading
	note incident.Note
	err  error
}

func (r *reading) page(file string) *page {
	return &page{r: r, note: incident.Note{File: file}}
}

// add appends one line. Control characters and line breaks in it become visible signs of
// the same width, so that columns stay what they are.
func (p *page) add(number int, text string, kind incident.LineKind) {
	if p.err != nil {
		return
	}
	lim := p.r.lim
	if len(text) > lim.Line {
		p.err = fault.New(fault.TooLarge, "document.line-too-long", p.note.File, sizeOf(int64(lim.Line)))
		return
	}
	if p.r.lines++; p.r.lines > lim.Lines {
		p.err = tooLarge("document.too-many-lines", p.note.File, int64(lim.Lines))
		return
	}
	p.note.Lines = append(p.note.Lines, incident.Line{Number: number, Text: printable(text), Kind: kind})
}

// level says how deep the heading is that was added last.
func (p *page) level(n uint8) {
	if last := len(p.note.Lines) - 1; last >= 0 && p.note.Lines[last].Kind == incident.Heading {
		p.note.Lines[last].Level = n
	}
}

// tag and cell count what is expensive in markup, and say whether it may go on.
func (p *page) tag() bool {
	if p.r.tags++; p.r.tags > p.r.lim.Tags && p.err == nil {
		p.err = tooLarge("document.too-many-tags", p.note.File, int64(p.r.lim.Tags))
	}
	return p.err == nil
}

func (p *page) cell() bool {
	if p.r.cells++; p.r.cells > p.r.lim.Cells && p.err == nil {
		p.err = tooLarge("document.too-many-cells", p.note.File, int64(p.r.lim.Cells))
	}
	return p.err == nil
}

// close hands the note to the result, unless something was wrong with it.
func (p *page) close() error {
	if p.err == nil {
		p.r.res.Notes = append(p.r.res.Notes, p.note)
	}
	return p.err
}

// eachLine calls do for every physical line: CRLF, LF, CR and NEL end one. A break at the
// very end opens no further line. It stops when do says false.
func eachLine(text string, do func(number int, line string) bool) {
	for n := 1; text != ""; n++ {
		line, rest := cutLine(text)
		if !do(n, line) {
			return
		}
		text = rest
	}
}

// cutLine takes the first line off text.
func cutLine(text string) (line, rest string) {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\n':
			return text[:i], text[i+1:]
		case '\r':
			if i+1 < len(text) && text[i+1] == '\n' {
				return text[:i], text[i+2:]
			}
			return text[:i], text[i+1:]
		case 0xc2:
			if i+1 < len(text) && text[i+1] == 0x85 {
				return text[:i], text[i+2:]
			}
		}
	}
	return text, ""
}

func readPlain(p *page, text string, kind incident.LineKind) {
	eachLine(text, func(n int, line string) bool {
		p.add(n, line, kind)
		return p.err == nil
	})
}

// printable shows control characters as their pictures (␀) and blanks out terminal colours.
// Every character stands for one character, so columns hold.
func printable(s string) string {
	i := 0
	for i < len(s) && !suspect(s, i) {
		i++
	}
	if i == len(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 8)
	b.WriteString(s[:i])
	for i < len(s) {
		if n := colourLen(s[i:]); n > 0 {
			b.WriteString(strings.Repeat(" ", n))
			i += n
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		b.WriteRune(picture(r))
		i += n
	}
	return b.String()
}

// suspect says that the byte at i may begin something that is not to be shown as it is.
func suspect(s string, i int) bool {
	c := s[i]
	return c < 0x20 && c != '\t' || c == 0x7f ||
		c == 0xc2 && i+1 < len(s) && s[i+1] < 0xa0 ||
		c == 0xe2 && i+2 < len(s) && s[i+1] == 0x80 && (s[i+2] == 0xa8 || s[i+2] == 0xa9)
}

func picture(r rune) rune {
	switch {
	case r == '\t':
		return r
	case r < 0x20:
		return 0x2400 + r
	case r == 0x7f:
		return 0x2421
	case r >= 0x80 && r < 0xa0, r == 0x2028, r == 0x2029:
		return ' '
	}
	return r
}

// colourLen gives the length of a terminal control sequence at the start of s (ESC [ … m),
// which is ASCII throughout; 0 if there is none.
func colourLen(s string) int {
	if len(s) < 3 || s[0] != 0x1b || s[1] != '[' {
		return 0
	}
	for i := 2; i < len(s) && i < 32; i++ {
		switch c := s[i]; {
		case c >= '@' && c <= '~':
			return i + 1
		case c < ' ' || c > '?':
			return 0
		}
	}
	return 0
}
