package indicator

import (
	"slices"
	"strings"
)

// Find gives the indicators in a text, in the order in which they begin; at the same
// place the longer first. Lines are read one after the other, so that a heading
// counts for what stands under it. Matches do not overlap, with three exceptions
// that are wanted: the file name at the end of a path, the host of a UNC path, and
// the digest that a file or the end of a URL is named by; and what stands in the subject of a mail.
func Find(text string) []Match {
	var f Finder
	if strings.IndexByte(text, '\n') < 0 {
		return f.Line(nil, text)
	}
	out := make([]Match, 0, min(8+len(text)/64, 1<<13))
	for offset := 0; offset < len(text); {
		end := strings.IndexByte(text[offset:], '\n')
		next := offset + end + 1
		if end < 0 {
			end, next = len(text)-offset, len(text)
		}
		first := len(out)
		out = f.Line(out, strings.TrimSuffix(text[offset:offset+end], "\r"))
		for i := first; i < len(out); i++ {
			out[i].Start += offset
			out[i].End += offset
		}
		offset = next
	}
	return out
}

// A Finder finds indicators line by line and remembers what an earlier line said of
// the later ones: a heading "Mutexes", a line that ends in a colon, the head of a
// table. The zero Finder is ready. It is not for concurrent use.
type Finder struct {
	fold    folding
	scan    scanner
	heading string   // what the lines under the heading hold
	columns []string // what the columns of the table hold
	sep     byte     // between the columns
	width   int      // number of separators in the head
	table   bool     // the line before was a row, or the fence of a table
}

// Reset forgets the earlier lines. Call it between documents.
func (f *Finder) Reset() {
	f.heading, f.columns, f.sep, f.width, f.table = "", nil, 0, 0, false
}

// Line appends the matches in one line to dst. Offsets count from the beginning of
// line, which should hold no line break.
func (f *Finder) Line(dst []Match, line string) []Match {
	sep, width := separator(line)
	f.prepare(line, sep, width)
	sc := &f.scan
	first := len(dst)
	sc.out = dst
	if sc.sep != 0 {
		sc.cell = -1
		sc.scanFrom(sc.nextCell(0))
	} else {
		sc.scanFrom(0)
	}
	dst = sc.out
	sc.out = nil
	if len(dst) == first && sc.labelCount == 0 && f.heading != "" {
		dst = f.item(dst, line)
	}
	dst = f.check(dst, first, line)
	f.learn(line, sep, width, len(dst) > first)
	if found := dst[first:]; !slices.IsSortedFunc(found, inOrder) {
		slices.SortStableFunc(found, inOrder)
	}
	return dst
}

// inOrder puts the earlier, then the longer match first.
func inOrder(a, b Match) int {
	if a.Start != b.Start {
		return a.Start - b.Start
	}
	return b.End - a.End
}

// prepare sets the scanner to the beginning of a line.
func (f *Finder) prepare(line string, sep byte, width int) {
	text := f.fold.run(line)
	f.scan = scanner{s: text, f: &f.fold, labels: labels()}
	if f.columns != nil && sep == f.sep && (sep != ',' || width >= f.width) {
		f.scan.columns, f.scan.sep = f.columns, sep
		return
	}
	if f.heading != "" {
		f.scan.label = seen{what: f.heading, column: true}
	}
}

// check leaves out what does not survive [Parse], which knows each type's limits.
func (f *Finder) check(all []Match, first int, line string) []Match {
	kept := all[:first]
	for _, m := range all[first:] {
		v, ok := f.parsed(m.Value)
		if !ok {
			continue
		}
		m.Value, m.Raw = v, line[m.Start:m.End]
		kept = append(kept, m)
	}
	return kept
}

// parsed gives a value in the form of [Parse]; ok is false if it has none. What was read
// in that form to begin with is not read again.
func (f *Finder) parsed(v Value) (_ Value, ok bool) {
	switch v.Type {
	case IPv4, IPv6, CIDR4, CIDR6, Domain, CVE, Technique, Coin, JARM, JA3, JA3S, Imphash, Cert:
		return v, true
	case URL:
		if !f.fold.changed && len(v.Value) <= maxURL && !strings.ContainsAny(v.Value, "[({<\\%") {
			return v, true
		}
		again, err := Parse(URL, v.Value)
		return v, err == nil && again == v
	case File:
		return v, v.Hash != NoHash || validFileName(v.Value)
	}
	again, err := Parse(v.Type, v.Value)
	return again, err == nil && again.Hash == NoHash
}

// learn takes from a line what it says of the lines after it.
func (f *Finder) learn(line string, sep byte, width int, found bool) {
	text := strings.TrimSpace(line)
	switch {
	case found && sep == 0: // prose: no table goes on here
		f.columns, f.sep, f.table = nil, 0, false
	case text == "":
		if f.sep == ',' {
			f.columns, f.sep = nil, 0
		}
		f.table = false
	case !found && !f.table && sep != 0 && f.scan.labelCount > 0 && f.head(text, sep):
		f.sep, f.width, f.table = sep, width, true
	default:
		f.goOn(text, sep, found)
	}
}

// goOn keeps a table in force from row to row, and takes up a heading.
func (f *Finder) goOn(text string, sep byte, found bool) {
	edge := fence(text)
	if sep == 0 && !edge {
		f.columns, f.sep = nil, 0
	}
	f.table = sep != 0 && sep != ',' && !edge
	if !found && isHeading(text) {
		f.heading = f.scan.firstLabel
	}
}

// fence says that a line only begins or ends a table or a block.
func fence(text string) bool {
	for i := range len(text) {
		switch text[i] {
		case '|', '=', '-', '+', ':', ' ', '`', '~':
		default:
			return false
		}
	}
	return true
}

// isHeading says that a line announces the lines after it.
func isHeading(text string) bool {
	if len(text) > 120 {
		return false
	}
	if strings.HasSuffix(strings.TrimRight(text, "* "), ":") || strings.HasSuffix(text, "：") {
		return true
	}
	if text == "" || is(text[0], clAlnum) {
		return false
	}
	for _, mark := range [...]string{"#", "= ", "==", "■", "□", "●", "◆", "◇", "▼", "【", "["} {
		if strings.HasPrefix(text, mark) {
			return !fence(text)
		}
	}
	return false
}

// separator guesses what parts the cells of a line, and counts it; 0 for no cells.
func separator(line string) (byte, int) {
	for _, sep := range [...]string{"|", "\t", ","} {
		if n := strings.Count(line, sep); n > 0 {
			return sep[0], n
		}
	}
	return 0, 0
}

// maxHead is how long, in bytes, the name of a column can be.
const maxHead = 48

// head reads a line as the head of a table, and says whether it is one: short cells,
// one of which begins with a label.
func (f *Finder) head(text string, sep byte) bool {
	text = strings.TrimPrefix(text, "#fields\t") // Zeek
	var columns []string
	useful, certificate := false, false
	for cell := range strings.SplitSeq(text, string(sep)) {
		cell = strings.ToLower(strings.Trim(cell, " \"'`*#"))
		if len(cell) > maxHead || len(columns) > 64 {
			return false
		}
		what := ""
		if l, end, ok := f.scan.labels.at(cell, 0); ok && (sep == '|' || end == len(cell)) {
			what = l.what
			useful = true
		}
		certificate = certificate || what == string(Cert) || strings.HasPrefix(cell, "issuer") || strings.HasPrefix(cell, "serial")
		columns = append(columns, what)
	}
	if useful {
		for i, what := range columns { // the subject of a certificate is none of a mail
			if certificate && what == string(Subject) {
				columns[i] = ""
			}
		}
		f.columns = columns
	}
	return useful
}

// item reads a whole line as the value that the heading announced.
func (f *Finder) item(dst []Match, line string) []Match {
	t := Type(f.heading)
	switch t {
	case Mutex, Service, Task, UserAgent:
	default:
		return dst
	}
	if fence(line) || isHeading(strings.TrimSpace(line)) {
		return dst
	}
	start := len(line) - len(strings.TrimLeft(line, " \t-*`+"))
	if strings.HasPrefix(line[start:], "・") {
		start += len("・")
	}
	end := start + len(strings.TrimRight(line[start:], " \t`+"))
	if end-start > 200 || end == start {
		return dst
	}
	v, ok := captured(t, line[start:end], link{marked: true, colon: true})
	if !ok || strings.Contains(v.Value, ". ") || t != UserAgent && strings.Count(v.Value, " ") > 3 {
		return dst
	}
	return append(dst, Match{Value: v, Start: start, End: end, Confidence: high})
}
