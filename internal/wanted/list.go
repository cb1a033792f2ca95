package wanted

import (
	"errors"
	"io"
	"strings"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/tlp"
)

// lines goes through a list of lines. What each does with one is its own; blank lines and
// comments do not come to it.
func (r *reader) lines(each func(line, ref string) error) error {
	for {
		line, ref, err := r.in.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, errTooLong):
			r.tally.pass(TooLong, "", ref, "")
			continue
		case err != nil:
			return fault.Wrap(err, fault.Unavailable, "wanted.read", r.name)
		}
		if line = trim(line); line == "" {
			continue
		}
		if line[0] == '#' || line[0] == ';' {
			r.remark(line)
			continue
		}
		if r.heading {
			r.heading = false
			continue
		}
		if err := each(line, ref); err != nil {
			return err
		}
	}
}

// trim takes blanks off both ends, without looking twice at what has none.
func trim(s string) string {
	if s == "" || s[0] > ' ' && s[0] < 0x7f && s[len(s)-1] > ' ' && s[len(s)-1] < 0x7f {
		return s
	}
	return strings.TrimSpace(s)
}

// remark reads a comment: a label in it is that of what follows.
func (r *reader) remark(line string) {
	if l, ok := tlp.Mention(line); ok {
		r.mark = l
		r.tally.label(l)
	}
}

// listLine reads a line that should be a value.
func (r *reader) listLine(line, ref string) error {
	e := Entry{Ref: ref, Line: r.in.line, Confidence: NotSaid, TLP: r.mark}
	var ok bool
	if e.Value, ok = r.quick.value(line); ok {
		return r.judge(&e, line)
	}
	if cells := strings.SplitN(line, "\t", 4); len(cells) > 1 {
		return r.tabbed(e, cells, line)
	}
	text := line
	if at := strings.Index(line, " #"); at > 0 {
		text, e.Comment = line[:at], oneLine(line[at+2:], maxNote)
	}
	if e.Value, e.Port, ok = guess(sinkhole(text)); ok {
		return r.judge(&e, line)
	}
	r.found = r.finder.Line(r.found[:0], line)
	return r.search(e, line, r.found)
}

// sinkhole takes the address off a line of a hosts file that sends a name nowhere.
func sinkhole(s string) string {
	for _, nowhere := range []string{"0.0.0.0 ", "127.0.0.1 "} {
		if name, ok := strings.CutPrefix(s, nowhere); ok {
			return name
		}
	}
	return s
}

// tabbed reads "type<TAB>value", and "value<TAB>note".
func (r *reader) tabbed(e Entry, cells []string, line string) error {
	first := strings.TrimSpace(cells[0])
	if k, ok := typeWord(first); ok {
		if len(cells) > 2 {
			e.Comment = oneLine(cells[2], maxNote)
		}
		return r.typed(e, k, strings.TrimSpace(cells[1]), line)
	}
	var ok bool
	if e.Value, e.Port, ok = guess(first); ok {
		e.Comment = oneLine(strings.Join(cells[1:], " "), maxNote)
		return r.judge(&e, line)
	}
	r.found = r.finder.Line(r.found[:0], line)
	return r.search(e, line, r.found)
}

// typed reads a value whose type was said.
func (r *reader) typed(e Entry, k kind, text, line string) error {
	v, port, why := k.read(text)
	if why != "" {
		r.tally.pass(why, k.unsupported(why), e.Ref, line)
		return nil
	}
	e.Value = v
	if port != 0 {
		e.Port = port
	}
	return r.judge(&e, line)
}

// search gives what was found in a line that is not one value.
func (r *reader) search(e Entry, line string, found []indicator.Match) error {
	r.tally.sum.Searched++
	if len(found) == 0 {
		r.tally.pass(noValue(line), "", e.Ref, line)
		return nil
	}
	if e.Comment == "" && len(found) == 1 {
		e.Comment = oneLine(line, maxNote)
	}
	for _, m := range found {
		one := e
		one.Value, one.Port = m.Value, m.Port
		if m.Confidence < sure && !r.o.keeps(Doubtful) {
			r.tally.pass(Doubtful, "", e.Ref, m.Raw)
			continue
		}
		if err := r.judge(&one, m.Raw); err != nil {
			return err
		}
	}
	return nil
}

// sure is from where on a reading of prose is taken without a person's look.
const sure = 50

// proseLine looks for values in a line of a text.
func (r *reader) proseLine(line, ref string) error {
	e := Entry{Ref: ref, Line: r.in.line, Confidence: NotSaid, TLP: r.mark}
	r.found = r.finder.Line(r.found[:0], line)
	if len(r.found) == 0 {
		return nil
	}
	return r.search(e, line, r.found)
}
