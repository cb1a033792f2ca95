package wanted

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed data/header.tsv
var headerTSV string

// A role is what a column of a table holds, as in data/header.tsv.
type role string

const (
	noRole     role = ""
	valueRole  role = "value"
	typeRole   role = "type"
	kindRole   role = "kind" // values of the type that the heading names
	refRole    role = "ref"
	portRole   role = "port"
	sinceRole  role = "since"
	untilRole  role = "until"
	seenRole   role = "seen"
	trustRole  role = "confidence"
	tlpRole    role = "tlp"
	noteRole   role = "comment"
	nameRole   role = "name"
	detectRole role = "detect"
)

var roles = sync.OnceValue(func() map[string]role {
	out := map[string]role{}
	for _, f := range rows(headerTSV) {
		for w := range strings.SplitSeq(f[0], "|") {
			out[w] = role(f[1])
		}
	}
	return out
})

// A column is what is known of one column of a table.
type column struct {
	role role
	kind kind // of kindRole
}

// columns say how a table is read.
type columns struct {
	sep    byte
	list   []column
	header bool // the first line is the heading
}

// separators part the cells of tables, in the order in which they are tried.
const separators = ",;\t|"

// tableOf finds out whether a list is a table, by its beginning: it has a heading that names
// a column to look for, or columns that hold values line after line. remark is the last
// comment before the first line, which holds the heading in some lists.
func tableOf(remark string, sample []string) (columns, bool) {
	if len(sample) == 0 {
		return columns{}, false
	}
	for _, sep := range []byte(separators) {
		if c, ok := headed(sample[0], sample[1:], sep); ok {
			c.header = true
			return c, true
		}
		if c, ok := headed(strings.TrimLeft(remark, "#; "), sample, sep); ok && len(c.list) > 1 {
			return c, true
		}
	}
	for _, sep := range []byte(",;|") {
		if c, ok := unheaded(sample, sep); ok {
			return c, true
		}
	}
	return columns{}, false
}

// headed reads a heading. One word alone is a heading too: a table may have one column.
func headed(line string, below []string, sep byte) (columns, bool) {
	c := columns{sep: sep}
	if len(line) > MaxLine {
		return c, false
	}
	var q quick
	wanted := 0
	for _, name := range cells(nil, line, sep) {
		if isValue(&q, name) {
			return c, false
		}
		w := word(name)
		col := column{role: roles()[w]}
		if k, ok := kinds()[w]; col.role == noRole && ok && (k.guess || len(k.types) > 0) {
			col = column{kindRole, k}
		}
		if col.role == valueRole || col.role == kindRole {
			wanted++
		}
		c.list = append(c.list, col)
	}
	return c, wanted > 0 && c.fits(below)
}

// fits says whether half of the lines below a heading are of its table: as wide, and with
// something in a column to look for.
func (c columns) fits(below []string) bool {
	var q quick
	fit := 0
	var row []string
	for _, line := range below {
		row = cells(row[:0], line, c.sep)
		if len(c.list) > 1 && len(row) < 2 {
			continue
		}
		for i, text := range row {
			if i < len(c.list) && text != "" && c.list[i].may(&q, text, len(c.list)) {
				fit++
				break
			}
		}
	}
	return 2*fit >= len(below)
}

// may says whether a text can stand in a column to look for. Of a table with one column it
// must be a value, since any text looks like one.
func (c column) may(q *quick, text string, wide int) bool {
	switch {
	case c.role == valueRole && wide > 1:
		return true
	case c.role == valueRole:
		return isValue(q, text)
	case c.role == kindRole:
		_, _, why := c.kind.read(text)
		return why == ""
	}
	return false
}

// unheaded finds the columns that hold values in most lines, and the one that says their type.
func unheaded(sample []string, sep byte) (columns, bool) {
	c := columns{sep: sep}
	first := cells(nil, sample[0], sep)
	if len(first) < 2 {
		return c, false
	}
	values, types := make([]int, len(first)), make([]int, len(first))
	same := 0
	var q quick
	for _, line := range sample {
		row := cells(nil, line, sep)
		if len(row) != len(first) {
			continue
		}
		same++
		for i, text := range row {
			if isValue(&q, text) {
				values[i]++
			}
			if _, ok := typeWord(text); ok {
				types[i]++
			}
		}
	}
	found := 0
	for i := range first {
		col := column{role: noteRole}
		switch {
		case types[i] == same:
			col.role = typeRole
		case values[i]*5 >= same*3:
			col.role = valueRole
			found++
		}
		c.list = append(c.list, col)
	}
	return c, found > 0 && same*10 >= len(sample)*8
}
