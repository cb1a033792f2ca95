package logfile

import (
	"bytes"
	"io"
)

// listLevel says whether a text is a list of records in one line, and how deep in it the records
// stand: 1 of [{...},{...}], 2 of {"Records":[{...},{...}]}, 0 if it is none.
func listLevel(head []byte) int {
	line := bytes.TrimRight(bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF")), " \t\r\n")
	if bytes.IndexByte(line, '\n') >= 0 {
		return 0
	}
	level := 1
	if rest, ok := bytes.CutPrefix(line, []byte("{")); ok {
		rest = bytes.TrimLeft(rest, " ")
		if rest, ok = bytes.CutPrefix(rest, []byte(`"`)); !ok {
			return 0
		}
		end := bytes.IndexByte(rest[:min(len(rest), 64)], '"')
		if end < 0 || !listName(string(rest[:end])) {
			return 0
		}
		if rest, ok = bytes.CutPrefix(bytes.TrimLeft(rest[end+1:], " "), []byte(":")); !ok {
			return 0
		}
		line, level = bytes.TrimLeft(rest, " "), 2
	}
	rest, ok := bytes.CutPrefix(line, []byte("["))
	if !ok || !bytes.HasPrefix(bytes.TrimLeft(rest, " "), []byte("{")) {
		return 0
	}
	return level
}

// listName says whether a list of this name holds records. One of another name may be a part of
// the one record that a log has.
func listName(name string) bool {
	switch name {
	case "Records", "records", "value", "events", "Events", "logEvents", "entries", "items", "results":
		return true
	}
	return false
}

// A relined gives a list of records one record a line: what opens the list and what stands
// between two records becomes the end of a line. All else, and all places, stay as they are.
type relined struct {
	src     io.Reader
	level   int
	depth   int
	quoted  bool // inside a string
	escaped bool // behind a backslash
	over    bool // the list has ended
}

func (r *relined) Read(p []byte) (int, error) {
	n, err := r.src.Read(p)
	if !r.over {
		r.cut(p[:n])
	}
	return n, err
}

// cut puts in the ends of lines.
func (r *relined) cut(p []byte) {
	for i := 0; i < len(p); i++ {
		switch c := p[i]; {
		case r.escaped:
			r.escaped = false
		case r.quoted:
			j := bytes.IndexAny(p[i:], `"\`)
			if j < 0 {
				return
			}
			i += j
			r.quoted, r.escaped = p[i] != '"', p[i] == '\\'
		case c == '"':
			r.quoted = true
		case c == '{' || c == '[':
			if r.depth++; r.depth == r.level && c == '[' {
				p[i] = '\n'
			}
		case c == '}' || c == ']':
			if r.depth--; r.depth < r.level {
				r.over = true
				return
			}
		case c == ',' && r.depth == r.level:
			p[i] = '\n'
		}
	}
}
