package report

import (
	"strings"
)

// Text gives the body as a person edits it: "# " begins a heading, "- " an entry of a list, "| " a row of
// a table whose cells "|" parts; anything else is a paragraph, whose sentences stand on a line each. Empty
// lines part blocks. A backslash in front of these marks, of "|" in a cell, or of itself takes its meaning
// away; "\n" in a cell is a line feed. Parse is its inverse.
func (d Document) Text() string {
	var out strings.Builder
	for i, b := range d.Blocks {
		if i > 0 {
			out.WriteString("\n")
		}
		switch b.Sort {
		case Heading:
			out.WriteString(strings.Repeat("#", max(1, min(2, b.Level))) + " " + oneLine(Joined(b.Sentences, d.Language)) + "\n")
		case List:
			for _, s := range b.Sentences {
				out.WriteString("- " + oneLine(s.Text) + "\n")
			}
		case Grid:
			if len(b.Table.Head) > 0 {
				writeRow(&out, b.Table.Head)
				out.WriteString(strings.Repeat("|---", len(b.Table.Head)) + "|\n")
			}
			for _, row := range b.Table.Rows {
				texts := make([]string, len(row))
				for k, c := range row {
					texts[k] = c.Text
				}
				writeRow(&out, texts)
			}
		default:
			for _, s := range b.Sentences {
				out.WriteString(guarded(oneLine(s.Text)) + "\n")
			}
		}
	}
	return out.String()
}

func writeRow(out *strings.Builder, cells []string) {
	out.WriteString("|")
	for _, c := range cells {
		c = strings.NewReplacer(`\`, `\\`, "|", `\|`, "\r", "", "\n", `\n`, "\u2028", " ", "\u2029", " ").Replace(c)
		if strings.HasPrefix(c, "-") {
			c = `\` + c // not the line under a head
		}
		out.WriteString(" " + strings.TrimSpace(c) + " |")
	}
	out.WriteString("\n")
}

// guarded keeps a sentence from being read as something else.
func guarded(s string) string {
	if s != "" && strings.ContainsRune(`#-|\`, rune(s[0])) {
		return `\` + s
	}
	return s
}

// maxText is how long an edited body may be, in bytes.
const maxText = 200_000

// Parse reads an edited body. Sentences, headings and cells that stand in composed keep what they rest on;
// all others are Written: somebody's own words. Everything else of the Document is as in composed. Any text
// can be read; what is beyond 200,000 bytes is cut, and ok is then false.
func Parse(text string, composed Document) (d Document, ok bool) {
	ok = len(text) <= maxText
	if !ok {
		text = strings.ToValidUTF8(text[:maxText], "")
	}
	r := reader{known: map[string]Sentence{}, cells: map[string][]Field{}}
	for _, b := range composed.Blocks {
		for _, s := range b.Sentences {
			s.Text = oneLine(s.Text)
			r.known[s.Text] = s
		}
		for _, row := range b.Table.Rows {
			for _, c := range row {
				r.cells[c.Text] = c.Facts
			}
		}
	}
	for l := range strings.SplitSeq(strings.ToValidUTF8(text, "\uFFFD"), "\n") {
		r.line(strings.TrimSpace(strings.ReplaceAll(l, "\u2028", " ")))
	}
	r.end()
	d = composed
	d.Blocks = r.blocks
	return d, ok
}

// A reader gathers lines into blocks.
type reader struct {
	known  map[string]Sentence
	cells  map[string][]Field
	blocks []Block
	now    Block
	open   bool // now holds something
}

func (r *reader) end() {
	if r.open {
		r.blocks = append(r.blocks, r.now)
	}
	r.now, r.open = Block{}, false
}

// begin makes sure that the block being read is of a sort.
func (r *reader) begin(s BlockSort) {
	if r.open && r.now.Sort != s {
		r.end()
	}
	r.now.Sort, r.open = s, true
}

func (r *reader) sentence(text string) Sentence {
	if s, ok := r.known[text]; ok {
		return s
	}
	return Sentence{Text: text, Written: true}
}

func (r *reader) line(l string) {
	switch {
	case l == "":
		r.end()
	case strings.HasPrefix(l, "# ") || strings.HasPrefix(l, "## "):
		r.end()
		marks, words, _ := strings.Cut(l, " ")
		if words = strings.TrimSpace(words); words != "" {
			r.blocks = append(r.blocks, Block{Sort: Heading, Level: len(marks), Sentences: []Sentence{r.sentence(words)}})
		}
	case strings.HasPrefix(l, "- "):
		r.begin(List)
		r.now.Sentences = append(r.now.Sentences, r.sentence(strings.TrimSpace(l[2:])))
	case l[0] == '|':
		if strings.Contains(l, "-") && strings.Trim(l, "|-: \t") == "" {
			r.ruler()
			return
		}
		r.begin(Grid)
		r.row(splitRow(l))
	default:
		if l[0] == '\\' && len(l) > 1 {
			l = strings.TrimSpace(l[1:])
		}
		if l == "" {
			return
		}
		r.begin(Paragraph)
		r.now.Sentences = append(r.now.Sentences, r.sentence(l))
	}
}

// ruler makes a first row the head.
func (r *reader) ruler() {
	t := &r.now.Table
	if !r.open || r.now.Sort != Grid || len(t.Head) > 0 || len(t.Rows) != 1 {
		return
	}
	for _, c := range t.Rows[0] {
		t.Head = append(t.Head, c.Text)
	}
	t.Rows = nil
}

// row adds a row. Rows are made as wide as the first.
func (r *reader) row(cells []string) {
	t := &r.now.Table
	row := make([]Cell, 0, len(cells))
	for _, c := range cells {
		row = append(row, Cell{Text: c, Facts: r.cells[c]})
	}
	width := len(t.Head)
	if width == 0 && len(t.Rows) > 0 {
		width = len(t.Rows[0])
	}
	for width > 0 && len(row) < width {
		row = append(row, Cell{})
	}
	if width > 0 {
		row = row[:width]
	}
	t.Rows = append(t.Rows, row)
}

// splitRow undoes writeRow.
func splitRow(l string) []string {
	l = strings.TrimPrefix(l, "|")
	var out []string
	var cell strings.Builder
	closed := false
	for i := 0; i < len(l); i++ {
		switch c := l[i]; {
		case c == '\\' && i+1 < len(l):
			i++
			if l[i] == 'n' {
				cell.WriteByte('\n')
			} else {
				cell.WriteByte(l[i])
			}
			closed = false
		case c == '|':
			out = append(out, strings.TrimSpace(cell.String()))
			cell.Reset()
			closed = true
		default:
			cell.WriteByte(c)
			closed = closed && (c == ' ' || c == '\t')
		}
	}
	if !closed || len(out) == 0 {
		out = append(out, strings.TrimSpace(cell.String()))
	}
	return out
}
