package logfile

import (
	"bufio"
	"context"
	"errors"
	"io"
)

// A Stream is a source, open to be read as text from beginning to end. It is not safe for
// concurrent use.
type Stream struct {
	ctx   context.Context
	name  string
	in    supply
	lim   limits
	done  func()
	text  io.Reader
	head  []byte
	at    int   // in head
	read  int64 // bytes given to the caller
	err   error // with which it ends, once head is read
	notes []*Trouble
	marks []mark
}

// maxLayers bounds how often something may be packed into itself.
const maxLayers = 4

// Open opens a source to be read from beginning to end. Its errors, as those of the Stream, are
// *Trouble, or the context's own. The Stream must be closed.
func (s Source) Open(ctx context.Context) (*Stream, error) {
	if s.origin == nil {
		return nil, trouble(Absent, s.Name, nil)
	}
	in, err := s.origin.open(ctx, s.Name)
	if err != nil {
		return nil, err
	}
	st := &Stream{ctx: ctx, name: s.Name, in: in, lim: s.limits}
	if st.text, st.done, err = st.unwrap(s.Name, in, false); err != nil {
		in.Close()
		return nil, err
	}
	st.fill()
	return st, nil
}

// unwrap puts a decoder on r for each layer it finds, and gives the text and what gives the
// decoders back.
func (s *Stream) unwrap(name string, r io.Reader, inside bool) (text io.Reader, done func(), err error) {
	var closes []func()
	done = func() {
		for _, c := range closes {
			c()
		}
		closes = nil
	}
	for range maxLayers {
		src := bufio.NewReaderSize(&sticky{r: r}, headBytes)
		head, err := src.Peek(headBytes)
		if err != nil && err != io.EOF && len(head) == 0 {
			done()
			return nil, nil, s.locate(err)
		}
		what := sniff(head)
		switch what {
		case gzipped, zstandard, bzipped, xzipped:
		default:
			text, err := s.decode(what, head, src, name, inside)
			if err != nil {
				done()
			}
			return text, done, err
		}
		unpacked, giveBack, err := unpacker(what, src)
		if err != nil {
			done()
			return nil, nil, s.locate(unpackTrouble(name, err))
		}
		closes = append(closes, giveBack)
		r = &guard{ctx: s.ctx, name: name, r: unpacked, in: s.in, lim: s.lim}
	}
	done()
	return nil, nil, trouble(TooLarge, name, errors.New("packed too often"))
}

// decode puts the last reader on, which makes text.
func (s *Stream) decode(what content, head []byte, src *bufio.Reader, name string, inside bool) (io.Reader, error) {
	switch what {
	case utf16LE, utf16BE:
		return newNarrow(src, what == utf16BE, name), nil
	case eventLog:
		s.note(EVTXPartly, name)
		return newWords(src), nil
	case tarArchive:
		if inside {
			return nil, trouble(Nested, name, nil)
		}
		s.note(AsOne, name)
		return newTape(s, src), nil
	case zipArchive:
		return nil, trouble(Nested, name, nil)
	case foreign:
		return nil, trouble(Unsupported, name, nil)
	case bytesOnly:
		s.note(NotText, name)
	case plainText:
		if level := listLevel(head); level > 0 {
			s.note(Relined, name)
			return &relined{src: src, level: level}, nil
		}
	}
	return src, nil
}

func (s *Stream) note(c Code, name string) { s.notes = append(s.notes, trouble(c, name, nil)) }

// fill reads the head.
func (s *Stream) fill() {
	s.head = make([]byte, 0, headBytes)
	for len(s.head) < headBytes && s.err == nil {
		n, err := s.text.Read(s.head[len(s.head):headBytes])
		s.head = s.head[:len(s.head)+n]
		s.err = err
	}
}

// Head gives the first 64 KiB of the text, or all of it if it is shorter. They are read again by
// Read. The bytes must not be changed, and are gone when the Stream is closed.
func (s *Stream) Head() []byte { return s.head }

// Notes say what a person should know of the source although it can be read: NotText, EVTXPartly,
// Relined, AsOne, and of an archive that is read as one, which members could not be read and why.
// They are complete when all was read.
func (s *Stream) Notes() []*Trouble { return append([]*Trouble(nil), s.notes...) }

// Read gives the text. Where it does not end with io.EOF it ends with a *Trouble whose Offset is
// the number of bytes that were read.
func (s *Stream) Read(p []byte) (int, error) {
	if s.at < len(s.head) {
		n := copy(p, s.head[s.at:])
		s.at += n
		s.read += int64(n)
		return n, nil
	}
	if s.err != nil {
		return 0, s.finish()
	}
	n, err := s.text.Read(p)
	s.read += int64(n)
	if err != nil {
		if s.err = err; n == 0 {
			err = s.finish()
		} else {
			err = nil
		}
	}
	return n, err
}

// finish says how the text ends.
func (s *Stream) finish() error {
	if s.err == io.EOF {
		if t := s.in.settle(); t != nil {
			s.err = t
		}
	}
	return s.locate(s.err)
}

// locate puts the place into a trouble, and makes one of what is none.
func (s *Stream) locate(err error) error {
	var t *Trouble
	switch {
	case err == io.EOF || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return err
	case !errors.As(err, &t):
		t = trouble(Unreadable, s.name, err)
	}
	if t.Offset < 0 {
		at := *t
		at.Offset = s.read
		t = &at
	}
	return t
}

// Close gives back what the Stream holds. Closing it early, or twice, is no error.
func (s *Stream) Close() error {
	if s.done == nil {
		return nil
	}
	s.done()
	s.done = nil
	return s.in.Close()
}
