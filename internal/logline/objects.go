package logline

import (
	"bytes"
	_ "embed"
	"strings"
	"sync"
)

//go:embed data/keys.tsv
var keysTable string

// A keyRow is a name under which logs keep their time.
type keyRow struct {
	rank  int  // the lower the better
	clock bool // the time of day alone, whose date stands elsewhere
	date  bool // the date alone
}

var timeKeys = sync.OnceValue(func() map[string]keyRow {
	out := map[string]keyRow{}
	for line := range strings.Lines(keysTable) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		name, use, _ := strings.Cut(strings.TrimRight(line, "\r\n"), "\t")
		out[name] = keyRow{rank: len(out), clock: use == "clock", date: use == "date"}
	}
	return out
})

// longestKey bounds the names that are looked up.
const longestKey = 32

// keyOf looks a name up, whatever its case.
func keyOf(name []byte) (keyRow, bool) {
	if len(name) > longestKey {
		return keyRow{}, false
	}
	var low [longestKey]byte
	for i, c := range name {
		if c-'A' < 26 {
			c |= 0x20
		}
		low[i] = c
	}
	k, ok := timeKeys()[string(low[:len(name)])]
	return k, ok
}

// A member is a name of an object that may hold the time, and where its value begins.
type member struct {
	key   []byte
	depth int
	value []byte
}

// readObject reads the time of a line that is an object. The key that most lines have is taken
// where it is there; else the one nearest to the outside, and among those the one that comes
// first in the table.
func (f Format) readObject(line []byte) (reading, bool) {
	var (
		best reading
		rank = 1 << 30
	)
	walkObject(line, func(m member) bool {
		k, known := keyOf(m.key)
		learnt := m.depth == f.depth && len(f.key) > 0 && strings.EqualFold(string(m.key), f.key)
		if !known && !learnt || k.clock || k.date {
			return true
		}
		at := m.depth<<16 + k.rank
		if learnt {
			at = -1
		}
		if at >= rank {
			return true
		}
		if r, ok := readValue(m.value, f.order); ok {
			best, rank = r, at
		}
		return !learnt || rank != -1
	})
	return best, rank < 1<<30
}

// walkObject calls yield for every name of the object a line is, and of the objects in it, until
// it gives false. What is in a list is passed over: it is not the event, but a part of it. It
// takes time in proportion to the line, whatever is in it.
func walkObject(line []byte, yield func(member) bool) {
	depth, lists := 0, 0
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '{':
			depth++
		case '}':
			depth--
		case '[':
			lists++
		case ']':
			lists--
		case '"':
			end := closing(line, i+1)
			if end < 0 {
				return
			}
			name := line[i+1 : end]
			i = end
			if lists > 0 || depth <= 0 || len(name) > longestKey {
				continue
			}
			if v, ok := afterColon(line, end+1); ok && !yield(member{name, depth, v}) {
				return
			}
		}
	}
}

// closing finds the quote that ends a string.
func closing(line []byte, i int) int {
	for i < len(line) {
		j := bytes.IndexByte(line[i:], '"')
		if j < 0 {
			return -1
		}
		end, slashes := i+j, 0
		for end-1-slashes >= i && line[end-1-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return end
		}
		i = end + 1
	}
	return -1
}

// afterColon gives what follows a name.
func afterColon(line []byte, i int) ([]byte, bool) {
	for i < len(line) && (line[i] == ' ' || line[i] == '\t') {
		i++
	}
	if i >= len(line) || line[i] != ':' {
		return nil, false
	}
	for i++; i < len(line) && (line[i] == ' ' || line[i] == '\t'); i++ {
	}
	return line[i:], i < len(line)
}

// readValue reads a time that is a number or a string of an object.
func readValue(v []byte, o order) (reading, bool) {
	if len(v) > 0 && isDigit(v[0]) {
		r, n, ok := epoch(v)
		return r, ok && n < len(v) && bytes.IndexByte([]byte(",}] \t\r\n"), v[n]) >= 0
	}
	if len(v) < 2 || v[0] != '"' {
		return reading{}, false
	}
	end := bytes.IndexByte(v[1:min(len(v), 80)], '"')
	if end < 0 {
		return reading{}, false
	}
	text := v[1 : end+1]
	if bytes.IndexByte(text, '\\') >= 0 {
		var plain [80]byte
		n := 0
		for _, c := range text {
			if c != '\\' {
				plain[n] = c
				n++
			}
		}
		return readString(plain[:n], o)
	}
	return readString(text, o)
}

// readString reads a stamp, a count, or the /Date(1763872496000)/ of older Windows programs.
func readString(text []byte, o order) (reading, bool) {
	if inner, ok := bytes.CutPrefix(text, []byte("/Date(")); ok {
		inner, ok = bytes.CutSuffix(inner, []byte(")/"))
		r, n, counted := epoch(inner)
		return r, ok && counted && n == len(inner)
	}
	return whole(text, o)
}

// readXML reads the SystemTime of an exported Windows event.
func readXML(line []byte) (reading, bool) {
	i := bytes.Index(line, []byte("SystemTime="))
	if i < 0 || i+12 >= len(line) {
		return reading{}, false
	}
	rest := line[i+11:]
	quote := rest[0]
	if quote != '"' && quote != '\'' {
		return reading{}, false
	}
	text, _, ok := bytes.Cut(rest[1:], []byte{quote})
	if !ok {
		return reading{}, false
	}
	return whole(text, unknownOrder)
}
