package document

import (
	"strings"

	"github.com/wakachi/wakachi/internal/incident"
)

// quotedLines is how many physical lines one quoted cell may span. A quote that is not
// closed by then was no quote, and from there on each physical line is a record.
const quotedLines = 500

// A table reads CSV and TSV. A record is one Code line at the number of its first physical
// line. Its text is the record as it stands, except that a tab stands where the separator
// stood, and a space for a line break inside quotes: each character for one character, so
// that columns are right and no URL runs on into the next cell.
type table struct {
	sep     byte
	endless bool // a quote was never closed
	cut     []byte
}

func readTable(p *page, text string, tabbed bool) {
	t := table{sep: '\t'}
	if !tabbed {
		t.sep = separator(text)
	}
	number := 1
	for text != "" && p.err == nil {
		record, rest, lines := t.record(text)
		p.add(number, string(record), incident.Code)
		number += lines
		text = rest
	}
}

// record takes the first record off text, and says how many physical lines it had.
func (t *table) record(text string) (record []byte, rest string, lines int) {
	t.cut = t.cut[:0]
	quoted := false
	start, full := text, len(text)
	for lines < quotedLines {
		line, after := cutLine(text)
		quoted = t.line(line, quoted)
		lines++
		text = after
		if !quoted {
			return t.cut, text, lines
		}
		if text == "" {
			break
		}
		if t.endless || full-len(text) > DefaultLine {
			break
		}
		t.cut = append(t.cut, ' ')
	}
	if lines == 1 {
		return t.cut, text, 1
	}
	t.endless = true
	t.cut = t.cut[:0]
	line, after := cutLine(start)
	t.line(line, false)
	return t.cut, after, 1
}

// line appends a physical line with its separators replaced; quoted says that it begins,
// and then that it ends, inside quotes.
func (t *table) line(line string, quoted bool) bool {
	opening := !quoted // a quote opens a cell only where the cell begins
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case quoted && c == '"' && i+1 < len(line) && line[i+1] == '"':
			t.cut = append(t.cut, '"')
			i++
		case quoted && c == '"':
			quoted = false
		case !quoted && opening && c == '"':
			quoted = true
		case !quoted && c == t.sep:
			c = '\t'
			t.cut = append(t.cut, c)
			opening = true
			continue
		}
		t.cut = append(t.cut, c)
		opening = opening && c == ' '
	}
	return quoted
}

// separator is the one that the first lines have most, outside quotes; a comma if none.
func separator(text string) byte {
	count := map[byte]int{}
	seen := 0
	eachLine(text, func(_ int, line string) bool {
		quoted := false
		for i := 0; i < len(line) && i < 4096; i++ {
			switch c := line[i]; {
			case c == '"':
				quoted = !quoted
			case !quoted && (c == ',' || c == ';' || c == '\t'):
				count[c]++
			}
		}
		seen++
		return seen < 5
	})
	best := byte(',')
	for _, c := range []byte{';', '\t'} {
		if count[c] > count[best] {
			best = c
		}
	}
	return best
}

// A row of cells, as people read it.
func joinCells(cells []string) string { return strings.Join(cells, " | ") }
