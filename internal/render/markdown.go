package render

import (
	"io"
	"strings"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/phrase"
	"github.com/wakachi/wakachi/internal/report"
)

// Markdown writes a document as CommonMark with tables. Whatever would be markup in a text is escaped, also what
// only some readers take for it, such as addresses of the web.
//
// SPEC: CommonMark 0.31; GitHub Flavored Markdown 0.29 (tables, autolinks)
func Markdown(w io.Writer, d report.Document) error {
	var out strings.Builder
	if label := oneLine(d.Label); label != "" {
		out.WriteString("**" + label + "**\n\n")
	}
	for _, text := range []string{d.Date, d.To, d.From} {
		paragraph(&out, text)
	}
	out.WriteString("# " + oneLine(d.Title) + "\n\n")
	for _, b := range d.Blocks {
		markdownBlock(&out, b, d.Language)
	}
	if _, err := io.WriteString(w, strings.TrimRight(out.String(), "\n")+"\n"); err != nil {
		return fault.Wrap(err, fault.Unavailable, "render.write")
	}
	return nil
}

// paragraph writes a text, if there is something in it. Its line feeds stay.
func paragraph(out *strings.Builder, text string) {
	if text = marked(text); text != "" {
		out.WriteString(broken(text, "") + "\n\n")
	}
}

// broken keeps the line feeds of a marked text: by a backslash, or by two spaces behind one, which not all readers
// tell from it.
func broken(text, indent string) string {
	var out strings.Builder
	before := ""
	for line := range strings.SplitSeq(text, "\n") {
		switch {
		case strings.HasSuffix(before, "\\"):
			out.WriteString("  \n" + indent)
		case before != "":
			out.WriteString("\\\n" + indent)
		}
		out.WriteString(line)
		before = line
	}
	return out.String()
}

// oneLine is for heads, which have one.
func oneLine(text string) string { return strings.ReplaceAll(marked(text), "\n", " ") }

func markdownBlock(out *strings.Builder, b report.Block, l phrase.Language) {
	switch b.Sort {
	case report.Heading:
		out.WriteString(strings.Repeat("#", 1+max(1, min(2, b.Level))) + " " + oneLine(report.Joined(b.Sentences, l)) + "\n\n")
	case report.List:
		for _, s := range b.Sentences {
			out.WriteString("- " + broken(marked(s.Text), "  ") + "\n")
		}
		out.WriteString("\n")
	case report.Grid:
		markdownTable(out, b.Table)
	default:
		paragraph(out, report.Joined(b.Sentences, l))
	}
}

func markdownTable(out *strings.Builder, t report.Table) {
	n := len(t.Head)
	for _, row := range t.Rows {
		n = max(n, len(row))
	}
	if n == 0 {
		return
	}
	write := func(cells func(int) string) {
		out.WriteString("|")
		for i := range n {
			out.WriteString(" " + strings.ReplaceAll(marked(cells(i)), "\n", "<br>") + " |")
		}
		out.WriteString("\n")
	}
	write(func(i int) string { return at(t.Head, i) }) // tables have a head, be it empty
	out.WriteString(strings.Repeat("|---", n) + "|\n")
	for _, row := range t.Rows {
		write(func(i int) string {
			if i < len(row) {
				return row[i].Text
			}
			return ""
		})
	}
	out.WriteString("\n")
}

// marked escapes what Markdown would take for markup, line by line. Any ASCII punctuation may be escaped. Empty
// lines go, and so does the space around each: four of them would be code.
func marked(s string) string {
	var out strings.Builder
	for line := range strings.SplitSeq(printable(s), "\n") {
		if line = strings.Trim(line, " \t"); line == "" {
			continue
		}
		if out.Len() > 0 {
			out.WriteByte('\n')
		}
		markedLine(&out, line)
	}
	return out.String()
}

func markedLine(out *strings.Builder, line string) {
	digits := true // nothing else before
	for i := range len(line) {
		c := line[i]
		switch c {
		case '\\', '`', '*', '_', '[', ']', '<', '>', '|', '&', '~', '^', '$', '#', '{', '@':
			out.WriteByte('\\')
		case '+', '-', '=', ':', '%':
			if i == 0 || c == ':' && strings.HasPrefix(line[i:], "://") {
				out.WriteByte('\\')
			}
		case '.', ')':
			if i > 0 && digits || c == '.' && endsInWWW(line[:i]) {
				out.WriteByte('\\')
			}
		}
		digits = digits && '0' <= c && c <= '9'
		out.WriteByte(c)
	}
}

// endsInWWW says whether what follows would be an address without a scheme.
func endsInWWW(s string) bool { return len(s) >= 3 && strings.EqualFold(s[len(s)-3:], "www") }
