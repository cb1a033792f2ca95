package logfile

import (
	"bytes"
	"encoding/binary"
	"io"
	"strconv"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// The form of an event log: a header of 4 KiB, then chunks of 64 KiB, and no text goes on from
// one chunk to the next.
//
// SPEC: MS-EVEN6 §2.2.12; libyal, Windows XML Event Log (EVTX) format §2, §3.
const (
	evtxHeader = 4096
	evtxChunk  = 65536
	evtxFirst  = 512 // where the first record of a chunk is
	evtxRecord = 24  // bytes before the XML of a record
	evtxDepth  = 8   // XML in the values of XML
	minRun     = 4   // units of a text
)

// A words gives the text in an event log. A record whose values can be told apart is one line:
// when it was written, its number, its texts, with tabs between. Whatever other text there is,
// names of elements and what is left of older records among it, follows a line each.
type words struct {
	r    io.Reader
	in   []byte
	size int // of the next block
	out  []byte
	give int
	err  error
}

func newWords(r io.Reader) *words {
	return &words{r: r, in: make([]byte, evtxChunk), size: evtxHeader}
}

func (e *words) Read(p []byte) (int, error) {
	for e.give == len(e.out) {
		if e.err != nil {
			return 0, e.err
		}
		var n int
		n, e.err = io.ReadFull(e.r, e.in[:e.size])
		if e.err == io.ErrUnexpectedEOF {
			e.err = io.EOF // the last chunk is often shorter in a copy
		}
		e.out, e.give, e.size = appendChunk(e.out[:0], e.in[:n]), 0, evtxChunk
	}
	c := copy(p, e.out[e.give:])
	e.give += c
	return c, nil
}

// appendChunk adds what is in one chunk.
func appendChunk(dst, b []byte) []byte {
	at := 0
	if bytes.HasPrefix(b, []byte("ElfChnk\x00")) {
		var v values
		for p := evtxFirst; p+evtxRecord+4 <= len(b) && string(b[p:p+4]) == "**\x00\x00"; {
			size := int(binary.LittleEndian.Uint32(b[p+4:]))
			if size < evtxRecord+4 || size > len(b)-p {
				break
			}
			dst = appendRuns(dst, b[at:p])
			v.b, v.spans = b[:p+size-4], v.spans[:0]
			v.fragment(p+evtxRecord, p+size-4, 0)
			dst = v.appendRecord(dst, p)
			at = p + size
			p = at
		}
	}
	return appendRuns(dst, b[at:])
}

// values finds the texts among the values of a record. They stand without anything between
// them, so that one has to know where each ends: 10.0.0.1 and host make no name.
type values struct {
	b     []byte // the chunk, up to the end of the record
	spans []span
}

type span struct{ from, to int }

// fragment reads an instance of a template, which lies between p and end.
//
// SPEC: libyal, EVTX format §4.3 (tokens 0x0f and 0x0c), §4.5 (types of values).
func (v *values) fragment(p, end, depth int) {
	u32 := func(at int) int { return int(binary.LittleEndian.Uint32(v.b[at:])) }
	if p+4 <= end && v.b[p] == 0x0f {
		p += 4
	}
	if p+10 > end || v.b[p] != 0x0c || depth > evtxDepth {
		return
	}
	definition := u32(p + 6)
	p += 10
	if definition == p { // it stands here, and not in an earlier record
		if p+24 > end || u32(p+20) > end-p-24 {
			return
		}
		p += 24 + u32(p+20)
	}
	if p+4 > end || u32(p) > (end-p-4)/4 {
		return
	}
	kinds, n := p+4, u32(p)
	at := kinds + 4*n
	for ; n > 0; n, kinds = n-1, kinds+4 {
		size, kind := int(binary.LittleEndian.Uint16(v.b[kinds:])), v.b[kinds+2]
		if size > end-at {
			return
		}
		switch kind {
		case 0x01, 0x81:
			v.spans = append(v.spans, span{at, at + size})
		case 0x21:
			v.fragment(at, at+size, depth+1)
		}
		at += size
	}
}

// appendRecord adds the record at p: the line of its values, then what other text is in it.
func (v *values) appendRecord(dst []byte, p int) []byte {
	if len(v.spans) > 0 {
		dst = fileTime(binary.LittleEndian.Uint64(v.b[p+16:])).AppendFormat(dst, "2006-01-02T15:04:05.000Z")
		dst = append(dst, "\tEventRecordID="...)
		dst = strconv.AppendUint(dst, binary.LittleEndian.Uint64(v.b[p+8:]), 10)
		for _, s := range v.spans {
			dst = append(dst, '\t')
			from := len(dst)
			dst = appendUnits(dst, v.b[s.from:s.to])
			for i, c := range dst[from:] {
				if c < ' ' {
					dst[from+i] = ' '
				}
			}
		}
		dst = append(dst, '\n')
	}
	at := p
	for _, s := range v.spans {
		dst = appendRuns(dst, v.b[at:s.from])
		at = s.to
	}
	return appendRuns(dst, v.b[at:])
}

// fileTime reads a time of Windows: tenths of microseconds since 1601.
func fileTime(t uint64) time.Time {
	const toUnix = 11644473600
	return time.Unix(int64(t/1e7)-toUnix, int64(t%1e7)*100).UTC()
}

// appendRuns adds each run of UTF-16LE in b, as a line of UTF-8. Texts begin at even and at
// odd offsets; what begins one is a character of ASCII.
func appendRuns(dst, b []byte) []byte {
	end := 0 // of the last run
	for i := 0; i+1 < len(b); i++ {
		if b[i+1] != 0 || b[i] < ' ' || b[i] > '~' {
			continue
		}
		from := i
		for from-2 >= end && letter(binary.LittleEndian.Uint16(b[from-2:])) {
			from -= 2
		}
		to := i + 2
		for to+1 < len(b) && (ascii(b[to:]) || letter(binary.LittleEndian.Uint16(b[to:]))) {
			to += 2
		}
		if to-from >= 2*minRun {
			dst = appendUnits(dst, b[from:to])
			dst = append(dst, '\n')
			end = to
			i = to - 1
		}
	}
	return dst
}

func ascii(b []byte) bool {
	return b[1] == 0 && (b[0] >= ' ' && b[0] <= '~' || b[0] == '\t')
}

// letter says whether a unit is of Japanese, Chinese or Korean. Of other scripts too much would
// be found by chance.
func letter(u uint16) bool {
	return u >= 0x3000 && u <= 0x30ff || u >= 0x4e00 && u <= 0x9fff || u >= 0xac00 && u <= 0xd7a3 || u >= 0xff00 && u <= 0xffef
}

// appendUnits adds units of UTF-16LE as UTF-8.
func appendUnits(dst, b []byte) []byte {
	for len(b) >= 2 {
		r := rune(binary.LittleEndian.Uint16(b))
		if b = b[2:]; r < utf8.RuneSelf {
			dst = append(dst, byte(r))
			continue
		}
		if utf16.IsSurrogate(r) && len(b) >= 2 {
			if r = utf16.DecodeRune(r, rune(binary.LittleEndian.Uint16(b))); r != utf8.RuneError {
				b = b[2:]
			}
		}
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}
