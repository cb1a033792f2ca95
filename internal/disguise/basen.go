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
	runList // may stand in a list of character codes
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
			p.run(l, lo, hi)
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
	position := func(i int) int {
		if positions != nil {
			return int(positions[i])
		}
		return i
	}
	word := oneCase(s, lo, hi, positions)
	for align := 0; align < 4 && lo+align+3 < hi && (align == 0 || hi-lo >= minInside); align++ {
		p.buf, p.from = p.buf[:0], p.from[:0]
		acc, bits := uint32(0), 0
		for i := lo + align; i < hi; i++ {
			at := position(i)
			acc, bits = acc<<6|uint32(t.base64[s[at]]), bits+6
			if bits >= 8 {
				bits -= 8
				p.buf, p.from = append(p.buf, byte(acc>>bits)), append(p.from, int32(at-1))
			}
		}
		p.from = append(p.from, int32(position(hi-1)+1))
		if word { // letters of one case are a word far more often than an encoding
			p.readableUTF8(l, []string{"base64"}, p.buf, p.from)
			continue
		}
		p.guessed(l, "base64", p.buf, p.from)
	}
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
			p.buf, p.from = p.buf[:0], p.from[:0]
			for k := i + align; k+1 < j; k += 2 {
				p.buf = append(p.buf, byte(hexValue(s[k])<<4|hexValue(s[k+1])))
				p.from = append(p.from, int32(k))
			}
			p.from = append(p.from, int32(i+align+2*len(p.buf)))
			p.guessed(l, "hex", p.buf, p.from)
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
	p.buf, p.from = p.buf[:0], p.from[:0]
	acc, bits := uint64(0), 0
	for i := lo; i < hi; i++ {
		acc, bits = acc<<5|uint64(t.base32[s[i]]), bits+5
		if bits >= 8 {
			bits -= 8
			p.buf, p.from = append(p.buf, byte(acc>>bits)), append(p.from, int32(i-1))
		}
	}
	p.from = append(p.from, int32(hi))
	p.guessed(l, "base32", p.buf, p.from)
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
