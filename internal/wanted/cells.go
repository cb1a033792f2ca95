package wanted

import "strings"

// cells cuts a line of a table into its cells and appends them to dst. A cell may stand in
// double quotes, in which a doubled one stands for one; what has no closing quote goes on to
// the end of the line.
func cells(dst []string, line string, sep byte) []string {
	for {
		cell, rest, more := cell(line, sep)
		if dst = append(dst, cell); !more || len(dst) >= maxCells {
			return dst
		}
		line = rest
	}
}

// maxCells bounds the cells of a line that are looked at.
const maxCells = 256

// cell takes the first cell off a line.
func cell(line string, sep byte) (cell, rest string, more bool) {
	text := strings.TrimLeft(line, " ")
	if text == "" || text[0] != '"' {
		end := strings.IndexByte(line, sep)
		if end < 0 {
			return strings.TrimSpace(line), "", false
		}
		return strings.TrimSpace(line[:end]), line[end+1:], true
	}
	end, doubled := closingQuote(text)
	cell = text[1:end]
	if doubled {
		cell = strings.ReplaceAll(cell, `""`, `"`)
	}
	text = text[min(end+1, len(text)):]
	next := strings.IndexByte(text, sep)
	if next < 0 {
		return strings.TrimSpace(cell), "", false
	}
	return strings.TrimSpace(cell), text[next+1:], true
}

// closingQuote gives where the text that begins with a quote has its last, and whether there
// are doubled ones between; the end of the text if it is not closed.
func closingQuote(s string) (end int, doubled bool) {
	for i := 1; i < len(s); i++ {
		if s[i] != '"' {
			continue
		}
		if i+1 == len(s) || s[i+1] != '"' {
			return i, doubled
		}
		doubled = true
		i++
	}
	return len(s), doubled
}
