package logfile

import (
	"archive/tar"
	"errors"
	"io"
	"sort"
)

// A mark says where in the text of an archive that is read as one a member begins.
type mark struct {
	at   int64
	name string
}

// maxMarks bounds how many members are remembered by name.
const maxMarks = 1 << 20

// Member gives the name of the member of a tape archive that a place in the text is in, and where
// it begins. It is empty and 0 for all that is no such archive. Only places that were read, or
// are in Head, can be asked for.
func (s *Stream) Member(offset int64) (name string, begin int64) {
	i := sort.Search(len(s.marks), func(i int) bool { return s.marks[i].at > offset })
	if i == 0 {
		return "", 0
	}
	return s.marks[i-1].name, s.marks[i-1].at
}

// A tape reads the members of a tape archive as one text. What is wrong with one is a note, and
// the next is read.
type tape struct {
	s    *Stream
	src  *tar.Reader
	name string // of the member
	text io.Reader
	done func()
	out  int64 // bytes given
	last byte  // of them
}

func newTape(s *Stream, src io.Reader) io.Reader {
	t := &tape{s: s, src: tar.NewReader(src), last: '\n'}
	// A file with holes is larger than what is on the tape.
	return &guard{ctx: s.ctx, name: s.name, r: t, in: s.in, lim: s.lim}
}

func (t *tape) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for {
		if t.text == nil {
			if err := t.next(); err != nil {
				return 0, err
			}
			if t.last != '\n' {
				// Members do not share a line.
				p[0] = '\n'
				return t.give(p, 1), nil
			}
		}
		n, err := t.text.Read(p)
		if err != nil {
			if err := t.end(err); err != nil {
				return t.give(p, n), err
			}
		}
		if n > 0 {
			return t.give(p, n), nil
		}
	}
}

func (t *tape) give(p []byte, n int) int {
	if n > 0 {
		t.last = p[n-1]
		t.out += int64(n)
	}
	return n
}

// next goes to the next member that is a file.
func (t *tape) next() error {
	for {
		h, err := t.src.Next()
		if err != nil {
			return err
		}
		if h.Typeflag != tar.TypeReg && h.Typeflag != tar.TypeGNUSparse {
			continue
		}
		t.name = t.s.name + "!/" + shown(h.Name)
		text, done, err := t.s.unwrap(t.name, &guard{ctx: t.s.ctx, name: t.name, r: t.src, in: t.s.in, lim: t.s.lim}, true)
		if err != nil {
			if err := t.end(err); err != nil {
				return err
			}
			continue
		}
		t.text, t.done = text, done
		begin := t.out
		if t.last != '\n' {
			begin++
		}
		if len(t.s.marks) < maxMarks {
			t.s.marks = append(t.s.marks, mark{begin, shown(h.Name)})
		}
		return nil
	}
}

// end closes a member. What was wrong with it is noted, but if it is wrong with the whole
// archive, which then is what it gives.
func (t *tape) end(err error) error {
	if t.done != nil {
		t.done()
	}
	t.text, t.done = nil, nil
	if err == io.EOF {
		return nil
	}
	var tr *Trouble
	if !errors.As(err, &tr) || tr.Source != t.name || tr.Code == TooLarge {
		return err
	}
	at := *tr
	at.Offset = t.out
	t.s.notes = append(t.s.notes, &at)
	return nil
}
