package logfile

import (
	"encoding/binary"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// A narrow reads UTF-16 as UTF-8. The byte order mark is left away, and half a pair of
// surrogates becomes U+FFFD. A byte without its other half at the end is Truncated.
type narrow struct {
	src   io.Reader
	name  string
	big   bool
	begun bool
	buf   []byte
	in    []byte // what of buf is to be read
	err   error
	tail  [utf8.UTFMax]byte // of a character that did not fit
	left  []byte
}

func newNarrow(src io.Reader, big bool, name string) *narrow {
	return &narrow{src: src, big: big, name: name, buf: make([]byte, headBytes)}
}

func (w *narrow) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	n := copy(p, w.left)
	w.left = w.left[n:]
	for n == 0 {
		if err := w.fill(); err != nil {
			return 0, err
		}
		out, used := w.narrow(p, w.in)
		w.in = w.in[used:]
		if n = out; n == 0 && used == 0 {
			// The next character is longer than p.
			r, size := w.next(w.in)
			if size == 0 {
				continue
			}
			w.in = w.in[size:]
			w.left = w.tail[:utf8.EncodeRune(w.tail[:], r)]
			n = copy(p, w.left)
			w.left = w.left[n:]
		}
	}
	return n, nil
}

// fill sees to it that there is a whole unit, and a whole pair unless the text ends.
func (w *narrow) fill() error {
	for w.err == nil && (len(w.in) < 2 || len(w.in) < 4 && w.split()) {
		n := copy(w.buf, w.in)
		m, err := w.src.Read(w.buf[n:])
		w.in, w.err = w.buf[:n+m], err
		if !w.begun && len(w.in) >= 2 {
			w.begun = true
			if w.unit(w.in) == 0xFEFF {
				w.in = w.in[2:]
			}
		}
	}
	switch {
	case len(w.in) >= 2:
		return nil
	case len(w.in) == 1 && w.err == io.EOF:
		w.in = nil
		w.err = trouble(Truncated, w.name, nil)
	}
	return w.err
}

// split says whether what is there begins with half a pair.
func (w *narrow) split() bool { return utf16.IsSurrogate(rune(w.unit(w.in))) }

func (w *narrow) unit(b []byte) uint16 {
	if w.big {
		return binary.BigEndian.Uint16(b)
	}
	return binary.LittleEndian.Uint16(b)
}

// narrow turns units into characters until p or they end, eight bytes at a time where all are
// ASCII.
func (w *narrow) narrow(p, in []byte) (out, used int) {
	ascii := uint64(0xFF80_FF80_FF80_FF80)
	shift := 0
	if w.big {
		ascii, shift = 0x80FF_80FF_80FF_80FF, 8
	}
	for len(in)-used >= 2 {
		for len(in)-used >= 8 && len(p)-out >= 4 {
			x := binary.LittleEndian.Uint64(in[used:])
			if x&ascii != 0 {
				break
			}
			x >>= shift
			x |= x >> 8
			binary.LittleEndian.PutUint32(p[out:], uint32(x&0xFFFF)|uint32(x>>16)&0xFFFF_0000)
			out += 4
			used += 8
		}
		// A few one by one: text that is not all ASCII has others nearby.
		for range 4 {
			r, size := w.next(in[used:])
			if size == 0 || len(p)-out < utf8.RuneLen(r) {
				return out, used
			}
			out += utf8.EncodeRune(p[out:], r)
			used += size
		}
	}
	return out, used
}

// next takes a character. It takes none of half a pair at the end of what is there, unless there
// is no more.
func (w *narrow) next(in []byte) (rune, int) {
	if len(in) < 2 {
		return 0, 0
	}
	r := rune(w.unit(in))
	if !utf16.IsSurrogate(r) {
		return r, 2
	}
	if len(in) < 4 {
		if w.err == nil {
			return 0, 0
		}
		return utf8.RuneError, 2
	}
	if pair := utf16.DecodeRune(r, rune(w.unit(in[2:]))); pair != utf8.RuneError {
		return pair, 4
	}
	return utf8.RuneError, 2
}
