package disguise

import (
	"strings"
	"sync"
)

// Classes of one byte for the decoders that look at runs.
const (
	runBase64 uint8 = 1 << iota // standard and URL alphabet
	runHex
	runBase32
	runList     // may stand in a list of character codes
	runReadable // a readable character of ASCII
	runLead     // the first byte of another
	runTrail    // a further byte of one
)

type runTable struct {
	class  [256]uint8
	base64 [256]uint8
	base32 [256]uint8
}

var runs = sync.OnceValue(func() *runTable {
	t := &runTable{}
	for i, c := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" {
		t.base64[c] = uint8(i)
		t.class[c] |= runBase64
	}
	for _, c := range "+/-_" {
		t.base64[c] = 62
		if c == '/' || c == '_' {
			t.base64[c] = 63
		}
		t.class[c] |= runBase64
	}
	for i, c := range "abcdefghijklmnopqrstuvwxyz234567" {
		t.base32[c] = uint8(i)
		t.class[c] |= runBase32
		if c >= 'a' {
			t.base32[c-0x20] = uint8(i)
			t.class[c-0x20] |= runBase32
		}
	}
	for _, c := range "0123456789abcdefABCDEF" {
		t.class[c] |= runHex | runList
	}
	for _, c := range " ,;:+&.()-_'\"[]{}\\%#=|/*\t\r\nxXuUhHrRwWkKoOmM" {
		t.class[c] |= runList
	}
	for c := range t.class {
		switch {
		case c >= 0x20 && c < 0x7f || c == '\t' || c == '\n' || c == '\r':
			t.class[c] |= runReadable
		case c >= 0xc2 && c < 0xf5:
			t.class[c] |= runLead
		case c >= 0x80 && c < 0xc0:
			t.class[c] |= runTrail
		}
	}
	return t
})

const (
	minRun    = 4 // shorter runs of an alphabet are not decoded
	minInside = 6 // shorter runs are decoded only from their first character
)

// runDecoder reads base64, base32 and hexadecimal, wherever in a longer run they begin.
func runDecoder(p *peeler, l *layer) {
	t, s := runs(), l.text
	for i := minRun - 1; i < len(s); i += minRun {
		if t.class[s[i]]&runBase64 == 0 {
			continue
		}
		lo, hi := i, i+1
		for lo > 0 && t.class[s[lo-1]]&runBase64 != 0 && i-lo < minRun {
			lo--
		}
		for hi < len(s) && t.class[s[hi]]&runBase64 != 0 {
			hi++
		}
		if hi-lo >= minRun {
			p.unlessBarren(runPieces, l, lo, hi, (*peeler).run)
			i = hi
		} else {
			i = max(i, hi-minRun+1)
		}
	}
	p.wrapped(l)
}

// run decodes one run in each of the ways it may have been written.
func (p *peeler) run(l *layer, lo, hi int) {
	p.hexRuns(l, lo, hi)
	p.base32Runs(l, lo, hi)
	p.base64Run(l, nil, lo, hi)
}

// base64Run decodes at the four alignments. positions, when set, holds the offsets of the
// characters of a run that lines break.
func (p *peeler) base64Run(l *layer, positions []int32, lo, hi int) {
	t, s := runs(), l.text
	p.six = p.six[:0]
	if positions == nil {
		for i := lo; i < hi; i++ {
			p.six = append(p.six, t.base64[s[i]])
		}
	} else {
		for _, i := range positions[lo:hi] {
			p.six = append(p.six, t.base64[s[i]])
		}
	}
	from := source{grouping: fourToThree, end: hi, at: positions}
	if positions != nil {
		from.end = int(positions[hi-1]) + 1
	}
	word := oneCase(s, lo, hi, positions)
	for align := 0; align < 4 && lo+align+3 < hi && (align == 0 || hi-lo >= minInside); align++ {
		p.buf = packSix(p.buf[:0], p.six[align:])
		from.lo, from.size = lo+align, len(p.buf)
		if word { // letters of one case are a word far more often than an encoding
			p.readableUTF8(l, "base64", p.buf, from)
			continue
		}
		p.guessed(l, "base64", p.buf, from)
	}
}

// packSix adds the bytes that digits of six bits make; what is left of the last is dropped.
func packSix(dst, six []byte) []byte {
	for ; len(six) >= 4; six = six[4:] {
		dst = append(dst, six[0]<<2|six[1]>>4, six[1]<<4|six[2]>>2, six[2]<<6|six[3])
	}
	for i := 1; i < len(six); i++ {
		dst = append(dst, six[i-1]<<(2*i)|six[i]>>(6-2*(i)))
	}
	return dst
}

// oneCase reports whether a short run is letters of one case, a capital at its start apart.
func oneCase(s string, lo, hi int, positions []int32) bool {
	if positions != nil || hi-lo >= 24 {
		return false
	}
	lower, upper := 0, 0
	for i := lo; i < hi; i++ {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z' || c == '-' || c == '/':
			lower++
		case c >= 'A' && c <= 'Z':
			if i > lo {
				upper++
			}
		default:
			return false
		}
	}
	return upper == 0 || lower == 0
}

func (p *peeler) hexRuns(l *layer, lo, hi int) {
	t, s := runs(), l.text
	for i := lo; i < hi; i++ {
		if t.class[s[i]]&runHex == 0 {
			continue
		}
		j := i
		for j < hi && t.class[s[j]]&runHex != 0 {
			j++
		}
		for align := 0; align < 2 && j-i-align >= minInside; align++ {
			p.buf = unhex(s[i+align:j], p.buf[:0])
			n := len(p.buf)
			p.guessed(l, "hex", p.buf, source{grouping: twoToOne, lo: i + align, size: n, end: i + align + 2*n})
		}
		i = j
	}
}

// base32Runs decodes what may be base32: digits and letters of one case.
func (p *peeler) base32Runs(l *layer, lo, hi int) {
	t, s := runs(), l.text
	for i := lo; i < hi; i++ {
		j, digits, upper, lower := i, 0, 0, 0
		for ; j < hi && t.class[s[j]]&runBase32 != 0; j++ {
			switch c := s[j]; {
			case c < 'A':
				digits++
			case c < 'a':
				upper++
			default:
				lower++
			}
			if upper > 0 && lower > 0 {
				break
			}
		}
		if size := j - i; size >= 5 && upper > 0 || size >= 8 && digits > 0 || size >= 16 {
			for align := 0; align < 8 && size-align >= 5 && (align == 0 || size >= 8); align++ {
				p.base32Run(l, i+align, j)
			}
		}
		i = max(i, j-1)
	}
}

func (p *peeler) base32Run(l *layer, lo, hi int) {
	t, s := runs(), l.text
	p.buf = p.buf[:0]
	acc, bits := uint64(0), 0
	for i := lo; i < hi; i++ {
		acc, bits = acc<<5|uint64(t.base32[s[i]]), bits+5
		if bits >= 8 {
			bits -= 8
			p.buf = append(p.buf, byte(acc>>bits))
		}
	}
	p.guessed(l, "base32", p.buf, source{grouping: eightToFive, lo: lo, size: len(p.buf), end: hi})
}

// wrapped joins base64 and hexadecimal that mail and certificates break into lines.
func (p *peeler) wrapped(l *layer) {
	t, s := runs(), l.text
	for i := 0; i < len(s); {
		nl := strings.IndexByte(s[i:], '\n')
		if nl < 0 {
			return
		}
		nl += i
		i = nl + 1
		lo := nl
		if lo > 0 && s[lo-1] == '\r' {
			lo--
		}
		first := lo
		for first > 0 && t.class[s[first-1]]&runBase64 != 0 && lo-first < 1024 {
			first--
		}
		if lo-first < 40 || i >= len(s) || t.class[s[i]]&runBase64 == 0 {
			continue
		}
		var at []int32
		k := first
		for ; k < len(s); k++ {
			if t.class[s[k]]&runBase64 != 0 {
				at = append(at, int32(k))
			} else if s[k] != '\n' && s[k] != '\r' {
				break
			}
		}
		p.base64Run(l, at, 0, len(at))
		i = k
	}
}
