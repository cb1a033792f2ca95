package document

import (
	"strings"

	"github.com/wakachi/wakachi/internal/incident"
)

// A markdown reads Markdown as it stands: every line keeps its text, so that columns are
// those of the source, and learns what it is. Of CommonMark it knows what changes how a
// line is to be read: headings, tables, fences and indented code, also within lists.
type markdown struct {
	p      *page
	fence  string // the marks that close the open code block; empty: none is open
	indent int    // where the text of the innermost list item begins
	blank  bool   // the line before was blank, or there was none
	code   bool   // the line before was indented code
}

func readMarkdown(p *page, text string) {
	m := markdown{p: p, blank: true}
	eachLine(text, func(n int, line string) bool {
		p.add(n, line, m.kind(line))
		m.underline(line)
		return p.err == nil
	})
	p.textInFences()
}

func (m *markdown) kind(line string) incident.LineKind {
	width, rest := indentOf(line)
	if m.fence != "" {
		if closesFence(rest, m.fence) {
			m.fence = ""
		}
		m.blank, m.code = false, false
		return incident.Code
	}
	if rest == "" {
		m.blank = true
		return incident.Prose
	}
	defer func() { m.blank = false }()
	if width >= m.indent+4 && (m.blank || m.code) {
		m.code = true
		return incident.Code
	}
	m.code = false
	if f := fenceOf(rest); f != "" {
		m.fence = f
		return incident.Code
	}
	if n := listMarker(rest); n > 0 {
		m.indent = width + n
	} else if m.blank && width < m.indent {
		m.indent = width // the list is over
	}
	return markdownLine(unquoted(rest))
}

// markdownLine says what a line is that is no code.
func markdownLine(rest string) incident.LineKind {
	switch {
	case isHeading(rest):
		return incident.Heading
	case strings.HasPrefix(rest, "|"):
		return incident.Row
	}
	return incident.Prose
}

// unquoted takes the signs of a block quote off the front of a line.
func unquoted(rest string) string { return strings.TrimLeft(rest, "> ") }

// underline makes the line before a heading when this one underlines it.
func (m *markdown) underline(line string) {
	n := len(m.p.note.Lines)
	if n < 2 || m.p.err != nil || m.p.note.Lines[n-1].Kind != incident.Prose {
		return
	}
	before := &m.p.note.Lines[n-2]
	mark := strings.TrimSpace(line)
	if len(mark) >= 3 && (strings.Trim(mark, "=") == "" || strings.Trim(mark, "-") == "") &&
		before.Kind == incident.Prose && strings.TrimSpace(before.Text) != "" && listMarker(before.Text) == 0 {
		before.Kind = incident.Heading
	}
}

// indentOf gives the width of the blanks before a line, a tab reaching to the next four,
// and what follows them.
func indentOf(line string) (width int, rest string) {
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case ' ':
			width++
		case '\t':
			width += 4 - width%4
		default:
			return width, strings.TrimRight(line[i:], " \t")
		}
	}
	return width, ""
}

func fenceOf(rest string) string {
	for _, mark := range []string{"`", "~"} {
		n := len(rest) - len(strings.TrimLeft(rest, mark))
		if n >= 3 && !(mark == "`" && strings.Contains(rest[n:], "`")) {
			return rest[:n]
		}
	}
	return ""
}

func closesFence(rest, fence string) bool {
	return len(rest) >= len(fence) && strings.Trim(rest, fence[:1]) == ""
}

func isHeading(rest string) bool {
	n := len(rest) - len(strings.TrimLeft(rest, "#"))
	return n >= 1 && n <= 6 && (len(rest) == n || rest[n] == ' ' || rest[n] == '\t')
}

// listMarker gives how far the text of a list item stands from its marker; 0: no item.
func listMarker(rest string) int {
	digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
	n := digits
	switch {
	case digits > 9 || n >= len(rest):
		return 0
	case digits > 0 && (rest[n] == '.' || rest[n] == ')'),
		digits == 0 && (rest[0] == '-' || rest[0] == '*' || rest[0] == '+'):
		n++
	default:
		return 0
	}
	blanks := len(rest[n:]) - len(strings.TrimLeft(rest[n:], " "))
	if blanks == 0 {
		return 0
	}
	if blanks > 4 {
		blanks = 1
	}
	return n + blanks
}

// looksLikeMarkdown finds what plain text does not have: the rule of a table, fences, titles of the second rank.
func looksLikeMarkdown(text string) bool {
	found, above := false, ""
	fences, titles := 0, 0
	eachLine(text[:min(len(text), 64<<10)], func(_ int, line string) bool {
		_, rest := indentOf(line)
		if fenceOf(rest) != "" {
			fences++
		}
		rule := len(rest) > 3 && rest[0] == '|' && strings.Contains(rest, "--") && strings.Trim(rest, "|-: ") == ""
		if strings.HasPrefix(line, "##") && isHeading(line) && strings.TrimSpace(above) == "" {
			titles++ // a comment in a script has one sign, or stands below another line
		}
		above = line
		found = rule || fences >= 2 || titles >= 2
		return !found
	})
	return found
}
