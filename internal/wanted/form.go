package wanted

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/tlp"
)

// A reader reads one list.
type reader struct {
	name  string
	o     Options
	each  func(Entry) error
	in    *input
	tally tally
	quick quick
	mark  tlp.Label // of the comment above
	given given

	columns columns  // of a table
	heading bool     // the next line is its heading
	cells   []string // of the line

	finder indicator.Finder
	found  []indicator.Match
}

func atEnd(err error) bool { return err == nil || errors.Is(err, io.EOF) }

// sample is how much of a list is looked at to tell its form.
const sample = 64 << 10

func (r *reader) read() error {
	head := r.in.peek(sample)
	if code := codeOf(head); code != nil {
		r.in = newInput(code.NewDecoder().Reader(r.in.rest()))
		head = r.in.peek(sample)
	}
	if bytes.HasPrefix(head, []byte("\ufeff")) {
		r.in.drop(len("\ufeff"))
		head = r.in.peek(sample)
	}
	switch {
	case len(head) == 0 && !atEnd(r.in.err):
		return fault.Wrap(r.in.err, fault.Unavailable, "wanted.read", r.name)
	case binary(head):
		return fault.New(fault.Invalid, "wanted.binary", r.name)
	case startsJSON(head):
		return r.json()
	}
	err := r.text(string(head))
	if err == nil && r.tally.sum.Read == 0 {
		return fault.New(fault.Invalid, "wanted.empty", r.name)
	}
	return err
}

// text tells a table from a list and a list from prose, by its beginning.
func (r *reader) text(head string) error {
	remark, lines := sampleLines(head)
	var ok bool
	if r.columns, ok = tableOf(remark, lines); ok {
		r.tally.sum.Form = Table
		r.heading = r.columns.header
		return r.lines(r.tableLine)
	}
	if r.tally.sum.Form = textForm(lines); r.tally.sum.Form == Prose {
		return r.lines(r.proseLine)
	}
	return r.lines(r.listLine)
}

// maxSample is how many lines are looked at to tell the form.
const maxSample = 300

// sampleLines gives the lines at the beginning that are no comments, and the last comment
// before them. A line that may be cut off counts only if it is the only one.
func sampleLines(head string) (remark string, out []string) {
	whole := len(head) < sample
	for line := range strings.Lines(head) {
		if !whole && !strings.HasSuffix(line, "\n") && len(out) > 0 || len(out) == maxSample {
			break
		}
		line = strings.TrimSpace(line)
		switch {
		case line == "":
		case line[0] != '#' && line[0] != ';':
			out = append(out, line)
		case len(out) == 0:
			remark = line
		}
	}
	return remark, out
}

// binary says that a list is none that anybody could read: NULs, or a control character in
// every thirty.
func binary(head []byte) bool {
	odd := 0
	for _, c := range head {
		switch {
		case c == 0:
			return true
		case c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' || c == 0x7f:
			odd++
		}
	}
	return odd*30 > len(head)
}

// startsJSON says that a text begins as an object or a list does. A list may begin with an
// address in brackets, which is no JSON.
func startsJSON(head []byte) bool {
	head = bytes.TrimLeft(head, " \t\r\n")
	if len(head) == 0 || head[0] != '{' && head[0] != '[' {
		return false
	}
	next := bytes.TrimLeft(head[1:], " \t\r\n")
	return len(next) == 0 || head[0] == '{' && (next[0] == '"' || next[0] == '}') || head[0] == '[' && (next[0] == '{' || next[0] == ']' || next[0] == '"')
}

// textForm is List if at least every second line is one value.
func textForm(lines []string) Form {
	values := 0
	var q quick
	for _, line := range lines {
		if isValue(&q, line) {
			values++
		}
	}
	if 2*values < len(lines) {
		return Prose
	}
	return List
}

func isValue(q *quick, line string) bool {
	if len(line) > MaxLine {
		return false
	}
	if _, ok := q.value(line); ok {
		return true
	}
	line, _, _ = strings.Cut(line, " #")
	cells := strings.SplitN(line, "\t", 3)
	if len(cells) > 1 {
		if _, ok := typeWord(cells[0]); ok {
			return true
		}
	}
	_, _, ok := guess(sinkhole(cells[0]))
	return ok
}
