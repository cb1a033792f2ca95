package logline

import "bytes"

// recogniseTable decides between a table and other text.
func recogniseTable(lines [][]byte) Format {
	if len(lines) >= 2 {
		for _, s := range []byte{'\t', ',', ';', '|'} {
			if f, ok := table(lines, s); ok {
				return f
			}
		}
	}
	return recogniseWords(lines)
}

// table recognises a table by lines of equally many columns and by a column that holds a time in
// most of them. The heading decides between several.
func table(lines [][]byte, separator byte) (Format, bool) {
	f := Format{Kind: CSV, separator: separator}
	n := columns(lines[0], separator)
	if n < 3 {
		return f, false
	}
	same := 0
	for _, l := range lines {
		if columns(l, separator) == n {
			same++
		}
	}
	if 10*same < 8*len(lines) {
		return f, false
	}
	best := 1 << 30
	for i := range min(n, 64) {
		for _, t := range f.placed(lines, i, n) {
			rank := t.rankIn(lines[0], i)
			if rank < best && t.fits(lines[1:]) {
				f, best = t, rank
			}
		}
	}
	_, headed := headingIn(lines[0], separator, n)
	return f, best < 1<<30 || headed
}

// placed gives the formats to try for a column: alone, and with the time of day in the next.
func (f Format) placed(lines [][]byte, i, n int) []Format {
	f.column = i
	name, _ := column(lines[0], f.separator, i)
	f.utc = bytes.Contains(bytes.ToLower(name), []byte("utc"))
	f.order = columnOrder(lines, f.separator, i)
	out := []Format{f}
	for j := range min(n, 64) {
		head, _ := column(lines[0], f.separator, j)
		if k, ok := keyOf(bytes.TrimSpace(head)); j > 0 && j != i && (j == i+1 || ok && (k.clock || string(bytes.ToLower(head)) == "time")) {
			t := f
			t.second = j
			out = append(out, t)
		}
	}
	return out
}

// rankIn says how good a column's heading is: known ones by their rank, then others by place.
func (f Format) rankIn(heading []byte, i int) int {
	name, _ := column(heading, f.separator, i)
	if k, ok := keyOf(bytes.TrimSpace(name)); ok {
		return k.rank
	}
	return 1<<16 + 2*i + min(f.second, 1)
}

// headingIn counts the names of times in a heading, and says whether the line is one at all: no
// column is empty or begins with a digit.
func headingIn(line []byte, separator byte, n int) (known int, ok bool) {
	for i := range min(n, 64) {
		name, _ := column(line, separator, i)
		if name = bytes.TrimSpace(name); len(name) == 0 || isDigit(name[0]) {
			return known, false
		}
		if _, is := keyOf(name); is {
			known++
		}
	}
	return known, true
}

func columns(line []byte, separator byte) int {
	for n := 1; ; n++ {
		_, rest, more := cutColumn(line, separator)
		if !more {
			return n
		}
		line = rest
	}
}

// columnOrder says which order the dates of a column have.
func columnOrder(lines [][]byte, separator byte, i int) order {
	var seen orders
	for _, l := range lines {
		if field, ok := column(l, separator, i); ok {
			seen.add(field)
		}
	}
	return seen.order()
}

// An orders holds which order of day and month some dates prove.
type orders struct{ day, month bool }

// add takes what a date such as 11/23/2026 proves: no month is over twelve.
func (o *orders) add(b []byte) {
	n := digits(b)
	if n == 0 || n > 2 || n >= len(b) || b[n] != '/' && b[n] != '.' && b[n] != '-' {
		return
	}
	second, end, ok := upToTwo(b, n+1)
	if !ok || end >= len(b) || b[end] != b[n] {
		return
	}
	o.day = o.day || number(b[:n]) > 12
	o.month = o.month || second > 12
}

func (o orders) order() order {
	switch {
	case o.day && !o.month:
		return dayFirst
	case o.month && !o.day:
		return monthFirst
	}
	return unknownOrder
}

// recogniseWords finds after how many words most lines have a stamp.
func recogniseWords(lines [][]byte) Format {
	best, most := Format{Kind: Text}, 0
	for skip := range maxWords {
		f := Format{Kind: Text, column: skip, order: learnOrderAfter(lines, skip)}
		n := 0
		for _, l := range lines {
			if _, ok := f.readWords(clip(l, window)); ok {
				n++
			}
		}
		// A stamp after a sentence is somebody's word, not the log's: more lines must agree.
		enough := 4*n >= len(lines)
		if skip > 2 {
			enough = 2*n > len(lines)
		}
		if n > most && enough {
			best, most = f, n
		}
	}
	return best
}

// maxWords is how many words may stand before the stamp of a line.
const maxWords = 8

func learnOrder(lines [][]byte) order { return learnOrderAfter(lines, 0) }

func learnOrderAfter(lines [][]byte, skip int) order {
	var seen orders
	for _, l := range lines {
		if rest, ok := afterWords(clip(l, window), skip); ok {
			seen.add(rest)
		}
	}
	return seen.order()
}
