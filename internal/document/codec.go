package document

import (
	"bytes"
	"strings"
	"sync"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
)

// A charset is an encoding that is recognised without being declared.
type charset uint8

const (
	noCharset charset = iota
	utf8Set
	cp932
	eucJP
	utf16LE
	utf16BE
	iso2022JP
)

func (c charset) String() string {
	return [...]string{"?", "UTF-8", "CP932 (Shift_JIS)", "EUC-JP", "UTF-16LE", "UTF-16BE", "ISO-2022-JP"}[c]
}

// bad is what a unit that is no character decodes to.
const bad rune = -1

// A codeTable decodes the units of one double-byte encoding. Zero entries are no characters.
type codeTable struct {
	one   [256]rune // from 0x80 on
	two   [65536]rune
	three [65536]rune // after 0x8F, in EUC-JP
}

// japaneseTables are taken from golang.org/x/text once: unit by unit they can be scored,
// and a bad unit found where it stands.
var japaneseTables = sync.OnceValue(func() [2]*codeTable {
	return [2]*codeTable{tableOf(japanese.ShiftJIS, false), tableOf(japanese.EUCJP, true)}
})

func tableOf(enc encoding.Encoding, threes bool) *codeTable {
	t := &codeTable{}
	units := codeUnits{dec: enc.NewDecoder()}
	for a := 0x80; a < 256; a++ {
		units.add(&t.one[a], byte(a))
	}
	units.decode()
	for a := 0x80; a < 256; a++ {
		for b := 0x40; b < 256 && t.one[a] == 0; b++ {
			units.add(&t.two[a<<8|b], byte(a), byte(b))
		}
	}
	for a := 0xa1; threes && a < 0xff; a++ {
		for b := 0xa1; b < 0xff; b++ {
			units.add(&t.three[a<<8|b], 0x8f, byte(a), byte(b))
		}
	}
	units.decode()
	return t
}

// codeUnits are bytes to be decoded together, each unit on a line of its own, and where its character goes.
type codeUnits struct {
	dec   *encoding.Decoder
	bytes []byte
	to    []*rune
}

func (u *codeUnits) add(to *rune, unit ...byte) {
	u.bytes, u.to = append(append(u.bytes, unit...), '\n'), append(u.to, to)
}

// decode sets the characters of the units that are one, and begins anew.
func (u *codeUnits) decode() {
	out, err := u.dec.Bytes(u.bytes)
	for k := 0; err == nil && k < len(u.to); k++ {
		var unit []byte
		unit, out, _ = bytes.Cut(out, []byte{'\n'})
		r, n := utf8.DecodeRune(unit)
		if n == len(unit) && r != utf8.RuneError && !privateUse(r) && (r < 0x80 || r >= 0xa0) {
			*u.to[k] = r
		}
	}
	u.bytes, u.to = u.bytes[:0], u.to[:0]
}

func privateUse(r rune) bool {
	return r >= 0xe000 && r < 0xf900 || r >= 0xf0000
}

// next decodes the unit at the start of b, which is not empty: its character, or bad, and
// its length.
func (c charset) next(b []byte) (rune, int) {
	switch c {
	case cp932:
		return japaneseTables()[0].next(b)
	case eucJP:
		return japaneseTables()[1].next(b)
	case utf16LE, utf16BE:
		return c.next16(b)
	}
	r, n := utf8.DecodeRune(b)
	if r == utf8.RuneError && n == 1 {
		return bad, 1
	}
	return r, n
}

func (t *codeTable) next(b []byte) (rune, int) {
	if b[0] < 0x80 {
		return rune(b[0]), 1
	}
	if r := t.one[b[0]]; r != 0 {
		return r, 1
	}
	if len(b) >= 2 {
		if r := t.two[int(b[0])<<8|int(b[1])]; r != 0 {
			return r, 2
		}
	}
	if len(b) >= 3 && b[0] == 0x8f {
		if r := t.three[int(b[1])<<8|int(b[2])]; r != 0 {
			return r, 3
		}
	}
	return bad, 1
}

func (c charset) next16(b []byte) (rune, int) {
	if len(b) < 2 {
		return bad, 1
	}
	u := c.unit16(b)
	if !utf16.IsSurrogate(u) {
		return u, 2
	}
	if len(b) < 4 {
		return bad, 2
	}
	if r := utf16.DecodeRune(u, c.unit16(b[2:])); r != utf8.RuneError {
		return r, 4
	}
	return bad, 2
}

func (c charset) unit16(b []byte) rune {
	if c == utf16LE {
		return rune(b[0]) | rune(b[1])<<8
	}
	return rune(b[1]) | rune(b[0])<<8
}

// text decodes data. Units that are no characters are shown byte by byte as \xE3, and
// counted.
func (c charset) text(data []byte) (text string, bads int) {
	if c == utf8Set && utf8.Valid(data) {
		return string(data), 0
	}
	var s strings.Builder
	s.Grow(len(data) + len(data)/2)
	for len(data) > 0 {
		r, n := c.next(data)
		if r == bad {
			bads++
			for _, x := range data[:n] {
				escapeByte(&s, x)
			}
		} else {
			s.WriteRune(r)
		}
		data = data[n:]
	}
	return s.String(), bads
}

func escapeByte(s *strings.Builder, x byte) {
	const digits = "0123456789ABCDEF"
	s.WriteString(`\x`)
	s.WriteByte(digits[x>>4])
	s.WriteByte(digits[x&15])
}
