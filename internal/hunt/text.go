package hunt

import "bytes"

const (
	roomBytes    = 256 << 10 // text looked at in one go
	contextBytes = 2 << 10   // of a line too long for that, kept for looking back
	tokenBytes   = 4 << 10   // within so many bytes of the end of such a piece a place to cut is looked for
)

// A Hit is one place in a text where a wanted value stands.
type Hit struct {
	ID     ID
	Form   Form
	Offset int64  // of the value, in bytes from the beginning of the text
	Length int    // of the value as it stands there
	Number int64  // of the line, the first after Start being 1
	Line   []byte // the line without its end, or the part of it that is at hand; good until the callback returns
	Within int    // where in Line the value begins
}

// A Piece is what one Take has looked at: whole lines, but for lines of more than 256 KiB.
type Piece struct {
	Text   []byte // good until the next call
	Offset int64  // of its beginning
	Number int64  // of its first line
	Lines  int    // how many lines end in it, or begin and never end
	Done   bool   // nothing is left to do: the text has ended, or the lines that were asked for
}

// A Hunt takes one text after another through a pack. It reads nothing itself: fill what Room gives
// and call Take. It needs about half a megabyte whatever the length of text, lines and pack. It is for one
// goroutine.
type Hunt struct {
	s      *scanner
	buf    []byte
	lo     int   // where in buf what was not looked at yet begins
	hi     int   // where it ends
	offset int64 // of buf[lo]
	number int64 // of the line that buf[lo] is in
	limit  int64 // lines that begin here or later are not asked for; negative: no limit
	skip   bool  // what comes is the rest of a line that belongs to somebody else
	inside bool  // buf[lo] is not at the beginning of a line
}

// New makes a Hunt that uses the quickest kernel there is.
func New(p *Pack, r Rules) *Hunt { return newWith(p, r, kernels()[0]) }

// newWith makes a Hunt that uses one kernel. All kernels find the same.
func newWith(p *Pack, r Rules, k kernel) *Hunt {
	h := &Hunt{s: newScanner(p, r, k), buf: make([]byte, margin+contextBytes+roomBytes+margin)}
	h.Start(0, -1)
	return h
}

// Start begins a text, or one part of it: the lines that begin at from or later, but before limit,
// unless limit is negative. What is filled in next must be the text from the byte before from, or
// from its beginning if from is 0.
func (h *Hunt) Start(from, limit int64) {
	h.lo, h.hi = margin, margin
	h.number, h.limit, h.inside = 1, limit, false
	h.skip, h.offset = from > 0, max(0, from-1)
}

// Room is where the next bytes of the text are to be put.
func (h *Hunt) Room() []byte {
	if h.lo > margin+contextBytes {
		keep := margin
		if h.inside {
			keep = margin + copy(h.buf[margin:], h.buf[h.lo-contextBytes:h.lo])
		}
		h.hi = keep + copy(h.buf[keep:], h.buf[h.lo:h.hi])
		h.lo = keep
	}
	return h.buf[h.hi : len(h.buf)-margin]
}

// Take looks at the n bytes that were put into Room, as far as they end lines; all of them if end
// says that the text ends there. It calls each for every hit, in the order of the text.
func (h *Hunt) Take(n int, end bool, each func(Hit)) Piece {
	h.hi += n
	p := Piece{Offset: h.offset, Number: h.number}
	if h.skip && !h.skipLine() {
		p.Done = end || h.limit >= 0 && h.offset >= h.limit-1 // no line begins before the limit
		return p
	}
	p.Offset = h.offset
	stop, done := h.cut(end)
	if stop > h.lo {
		p.Text = h.buf[h.lo:stop]
		h.tell(h.s.scan(h.buf, h.lo, stop), each)
		h.number += int64(h.s.lines)
		p.Lines = h.s.lines
		h.offset += int64(stop - h.lo)
		h.inside = h.buf[stop-1] != '\n'
		h.lo = stop
		if end && stop == h.hi && h.inside {
			p.Lines++
		}
	}
	p.Done = done
	return p
}

// skipLine drops the rest of a line whose beginning belongs to another part.
func (h *Hunt) skipLine() bool {
	i := bytes.IndexByte(h.buf[h.lo:h.hi], '\n') + 1
	if i == 0 {
		h.offset += int64(h.hi - h.lo)
		h.lo, h.hi = margin, margin
		return false
	}
	h.lo, h.offset, h.skip = h.lo+i, h.offset+int64(i), false
	return true
}

// cut says how far the text at hand can be looked at, and whether that is all.
func (h *Hunt) cut(end bool) (stop int, done bool) {
	text := h.buf[h.lo:h.hi]
	if h.limit >= 0 && h.offset+int64(len(text)) >= h.limit {
		over := h.limit - h.offset // the line that begins before limit and ends behind it is the last
		if over <= 0 && !h.inside {
			return h.lo, true
		}
		if i := bytes.IndexByte(text[max(0, over-1):], '\n'); i >= 0 {
			return h.lo + int(max(0, over-1)) + i + 1, true
		}
	}
	if end {
		return h.hi, true
	}
	if i := bytes.LastIndexByte(text, '\n'); i >= 0 {
		return h.lo + i + 1, false
	}
	if h.hi < len(h.buf)-margin {
		return h.lo, false // there is room for more
	}
	for _, fit := range [...]func(byte) bool{parts, func(c byte) bool { return classes[c]&(classWord|classDot|classTurn|classHigh) == 0 }} {
		for i := h.hi; i > h.hi-tokenBytes; i-- {
			if fit(h.buf[i-1]) {
				return i, false
			}
		}
	}
	return h.hi, false
}

// tell calls back for each hit.
func (h *Hunt) tell(hits []hit, each func(Hit)) {
	at, number := h.lo, h.number
	for _, x := range hits {
		if x.at > at {
			number += int64(bytes.Count(h.buf[at:x.at], []byte{'\n'}))
			at = x.at
		}
		start := margin + bytes.LastIndexByte(h.buf[margin:x.at], '\n') + 1
		if h.inside && start < h.lo {
			start = max(start, h.lo-contextBytes)
		} else {
			start = max(start, h.lo)
		}
		line := h.buf[start:h.hi]
		if i := bytes.IndexByte(line, '\n'); i >= 0 {
			line = line[:i]
		}
		each(Hit{
			ID: x.id, Form: x.form, Offset: h.offset + int64(x.at-h.lo), Length: x.end - x.at,
			Number: number, Line: bytes.TrimSuffix(line, []byte{'\r'}), Within: x.at - start,
		})
	}
}
