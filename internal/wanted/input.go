package wanted

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
)

// block is how much of a list is read at once. A line is cut out of the text of a block, so
// that lines cost no memory of their own.
const block = 1 << 20

// An input cuts what is read into lines, a block at a time.
type input struct {
	r    io.Reader
	buf  []byte
	held int   // bytes in buf not yet handed on
	err  error // of r, io.EOF at the end

	text string // of the block: whole lines
	line int    // of the line handed out last, from 1
	skip bool   // inside a line that is too long

	refs string // "line 1line 2…" for lines to come
	ref  int    // in refs
	upTo int    // the first line that is not in refs
}

func newInput(r io.Reader) *input { return &input{r: r, upTo: 1} }

// errTooLong is what next gives for a line beyond MaxLine, once.
var errTooLong = errors.New("wanted: line too long")

// fill reads until want bytes are held or there is no more.
func (in *input) fill(want int) {
	if in.buf == nil {
		in.buf = make([]byte, block)
	}
	for empty := 0; in.held < want && in.err == nil; {
		n, err := in.r.Read(in.buf[in.held:])
		in.held += n
		in.err = err
		if empty++; n > 0 {
			empty = 0
		}
		if empty > 100 {
			in.err = io.ErrNoProgress
		}
	}
}

// peek gives the beginning, at most n bytes of it, and leaves it there.
func (in *input) peek(n int) []byte {
	in.fill(n)
	return in.buf[:min(n, in.held)]
}

// drop leaves out the first n bytes of what peek gave.
func (in *input) drop(n int) {
	copy(in.buf, in.buf[n:in.held])
	in.held -= n
}

// rest gives everything again, from the beginning, for another input to read. It is for
// what was only peeked at.
func (in *input) rest() io.Reader {
	held := bytes.NewReader(in.buf[:in.held])
	if in.err != nil {
		return io.MultiReader(held, failing{in.err})
	}
	return io.MultiReader(held, in.r)
}

// failing reads nothing but an error.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// next gives the next line without its end, and its reference. The error is io.EOF,
// errTooLong, after which one can go on, or that of the reader.
func (in *input) next() (line, ref string, err error) {
	for in.text == "" {
		if err := in.refill(); err != nil {
			return "", in.mark(), err
		}
	}
	end := strings.IndexByte(in.text, '\n')
	if end < 0 {
		line, in.text = in.text, ""
	} else {
		line, in.text = in.text[:end], in.text[end+1:]
	}
	ref = in.mark()
	if len(line) > MaxLine {
		return "", ref, errTooLong
	}
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	return line, ref, nil
}

// refill turns the next block into text: up to its last line break.
func (in *input) refill() error {
	in.fill(block)
	if in.held == 0 {
		return in.err
	}
	held := in.buf[:in.held]
	if in.skip {
		end := bytes.IndexByte(held, '\n')
		if end < 0 {
			in.held = 0
			return nil
		}
		in.skip = false
		in.drop(end + 1)
		return nil
	}
	cut := bytes.LastIndexByte(held, '\n') + 1
	if cut == 0 {
		if in.err == nil { // a block without a line break
			in.held, in.skip = 0, true
			return errTooLong
		}
		cut = in.held
	}
	in.text = string(held[:cut])
	in.drop(cut)
	return nil
}

// refBatch is for how many lines references are written at once.
const refBatch = 1024

// mark counts a line and gives its reference.
func (in *input) mark() string {
	in.line++
	if in.line >= in.upTo {
		b := make([]byte, 0, refBatch*(len("line ")+8))
		for n := in.line; n < in.line+refBatch; n++ {
			b = strconv.AppendInt(append(b, "line "...), int64(n), 10)
		}
		in.refs, in.ref, in.upTo = string(b), 0, in.line+refBatch
	}
	rest := in.refs[in.ref:]
	end := len("line ") + digits(in.line)
	in.ref += end
	return rest[:end]
}

func digits(n int) int {
	d := 1
	for n >= 10 {
		n /= 10
		d++
	}
	return d
}

// all gives everything that is left, up to most bytes; more says that there is more.
func (in *input) all(most int) (body []byte, more bool, err error) {
	var parts [][]byte
	size := 0
	for {
		in.fill(block)
		if in.held > 0 {
			parts = append(parts, in.buf[:in.held])
			size += in.held
			in.buf, in.held = nil, 0
		}
		switch {
		case size > most:
			return nil, true, nil
		case errors.Is(in.err, io.EOF):
			return bytes.Join(parts, nil), false, nil
		case in.err != nil:
			return nil, false, in.err
		}
	}
}
