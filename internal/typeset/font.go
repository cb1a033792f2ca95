package typeset

import (
	"encoding/binary"
	"errors"
	"slices"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// geta is drawn for what the font lacks.
const geta = '〓'

// A typeface is a TrueType font of which some characters are used. Each character that is gets a code of its own,
// from 1 on, so that what is copied from the page is what was written, even where two characters share a
// glyph.
type typeface struct {
	data   []byte
	face   *sfnt.Font
	buffer sfnt.Buffer
	tables map[string][]byte

	codes   map[rune]uint16
	runes   []rune // by code, from 1
	glyphs  []uint16
	widths  []int // thousandths of the size, by code
	missing []rune
}

var errFont = errors.New("typeset: not a TrueType font")

func readFont(data []byte) (*typeface, error) {
	face, err := sfnt.Parse(data)
	if err != nil {
		return nil, err
	}
	f := &typeface{data: data, face: face, tables: map[string][]byte{}, codes: map[rune]uint16{}, runes: []rune{0}, glyphs: []uint16{0}, widths: []int{0}}
	if len(data) < 12 {
		return nil, errFont
	}
	for i := range int(binary.BigEndian.Uint16(data[4:])) {
		at := 12 + 16*i
		if at+16 > len(data) {
			return nil, errFont
		}
		from, size := int(binary.BigEndian.Uint32(data[at+8:])), int(binary.BigEndian.Uint32(data[at+12:]))
		if from < 0 || size < 0 || from+size > len(data) {
			return nil, errFont
		}
		f.tables[string(data[at:at+4])] = data[from : from+size]
	}
	for _, name := range []string{"head", "hhea", "maxp", "hmtx", "loca", "glyf"} {
		if len(f.tables[name]) == 0 {
			return nil, errFont
		}
	}
	return f, nil
}

// code gives a character its code.
func (f *typeface) code(r rune) uint16 {
	if c, ok := f.codes[r]; ok {
		return c
	}
	g, err := f.face.GlyphIndex(&f.buffer, r)
	if (err != nil || g == 0) && r != geta {
		if r > ' ' {
			f.missing = append(f.missing, r)
		}
		g, _ = f.face.GlyphIndex(&f.buffer, geta)
	}
	c := uint16(len(f.runes))
	f.codes[r], f.runes, f.glyphs = c, append(f.runes, r), append(f.glyphs, uint16(g))
	f.widths = append(f.widths, f.advance(g))
	return c
}

func (f *typeface) advance(g sfnt.GlyphIndex) int {
	em := fixed.I(int(f.face.UnitsPerEm()))
	a, err := f.face.GlyphAdvance(&f.buffer, g, em, font.HintingNone)
	if err != nil {
		return 1000
	}
	return int(int64(a) * 1000 / int64(em))
}

// width measures a text, in thousandths of the size.
func (f *typeface) width(s string) int {
	n := 0
	for _, r := range s {
		n += f.widths[f.code(r)]
	}
	return n
}

// metrics gives the numbers a font descriptor wants, in thousandths.
func (f *typeface) metrics() (box [4]int, ascent, descent, capital int) {
	em := int(f.face.UnitsPerEm())
	head, hhea := f.tables["head"], f.tables["hhea"]
	thousandths := func(b []byte) int { return int(int16(binary.BigEndian.Uint16(b))) * 1000 / em }
	for i := range box {
		box[i] = thousandths(head[36+2*i:])
	}
	return box, thousandths(hhea[4:]), thousandths(hhea[6:]), 760
}

// subset gives the font with the outlines that are used and no others. Glyphs keep their numbers.
func (f *typeface) subset() []byte {
	keep := f.used()
	long := binary.BigEndian.Uint16(f.tables["head"][50:]) != 0
	old := f.tables["loca"]
	offset := func(g int) (int, bool) {
		if long {
			if 4*g+4 > len(old) {
				return 0, false
			}
			return int(binary.BigEndian.Uint32(old[4*g:])), true
		}
		if 2*g+2 > len(old) {
			return 0, false
		}
		return 2 * int(binary.BigEndian.Uint16(old[2*g:])), true
	}
	n := f.face.NumGlyphs()
	var glyf []byte
	loca := make([]byte, 0, 4*(n+1))
	for g := range n {
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		if !keep[uint16(g)] {
			continue
		}
		from, ok := offset(g)
		to, ok2 := offset(g + 1)
		if ok && ok2 && from < to && to <= len(f.tables["glyf"]) {
			glyf = append(glyf, f.tables["glyf"][from:to]...)
			for len(glyf)%4 != 0 {
				glyf = append(glyf, 0)
			}
		}
	}
	loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
	head := slices.Clone(f.tables["head"])
	binary.BigEndian.PutUint16(head[50:], 1) // long offsets
	binary.BigEndian.PutUint32(head[8:], 0)
	parts := map[string][]byte{"head": head, "loca": loca, "glyf": glyf}
	for _, name := range []string{"cvt ", "fpgm", "hhea", "hmtx", "maxp", "prep"} {
		if t := f.tables[name]; len(t) > 0 {
			parts[name] = t
		}
	}
	return assemble(parts)
}

// used lists the glyphs that are drawn, and those that they are put together from.
func (f *typeface) used() map[uint16]bool {
	keep := map[uint16]bool{0: true}
	var add func(g uint16, depth int)
	add = func(g uint16, depth int) {
		if keep[g] && g != 0 || depth > 8 {
			return
		}
		keep[g] = true
		for _, part := range f.components(g) {
			add(part, depth+1)
		}
	}
	for _, g := range f.glyphs[1:] {
		add(g, 0)
	}
	return keep
}

// components lists the glyphs a composite glyph is made of.
//
// SPEC: OpenType, glyf: Composite Glyph Description
func (f *typeface) components(g uint16) []uint16 {
	old, glyf := f.tables["loca"], f.tables["glyf"]
	var from, to int
	if binary.BigEndian.Uint16(f.tables["head"][50:]) != 0 {
		if 4*int(g)+8 > len(old) {
			return nil
		}
		from, to = int(binary.BigEndian.Uint32(old[4*int(g):])), int(binary.BigEndian.Uint32(old[4*int(g)+4:]))
	} else {
		if 2*int(g)+4 > len(old) {
			return nil
		}
		from, to = 2*int(binary.BigEndian.Uint16(old[2*int(g):])), 2*int(binary.BigEndian.Uint16(old[2*int(g)+2:]))
	}
	if from+10 > to || to > len(glyf) || int16(binary.BigEndian.Uint16(glyf[from:])) >= 0 {
		return nil
	}
	var out []uint16
	for at := from + 10; at+4 <= to; {
		flags := binary.BigEndian.Uint16(glyf[at:])
		out = append(out, binary.BigEndian.Uint16(glyf[at+2:]))
		at += 6
		if flags&0x0001 != 0 { // arguments are words
			at += 2
		}
		switch {
		case flags&0x0008 != 0: // a scale
			at += 2
		case flags&0x0040 != 0: // two
			at += 4
		case flags&0x0080 != 0: // a matrix
			at += 8
		}
		if flags&0x0020 == 0 { // no more
			break
		}
	}
	return out
}

// assemble writes tables as a font file.
func assemble(parts map[string][]byte) []byte {
	names := make([]string, 0, len(parts))
	for name := range parts {
		names = append(names, name)
	}
	slices.Sort(names)
	n := len(names)
	power, log := 1, 0
	for power*2 <= n {
		power, log = power*2, log+1
	}
	out := binary.BigEndian.AppendUint32(nil, 0x00010000)
	for _, v := range []int{n, power * 16, log, n*16 - power*16} {
		out = binary.BigEndian.AppendUint16(out, uint16(v))
	}
	at := 12 + 16*n
	var body []byte
	for _, name := range names {
		part := parts[name]
		out = append(out, name...)
		out = binary.BigEndian.AppendUint32(out, checksum(part))
		out = binary.BigEndian.AppendUint32(out, uint32(at+len(body)))
		out = binary.BigEndian.AppendUint32(out, uint32(len(part)))
		body = append(body, part...)
		for len(body)%4 != 0 {
			body = append(body, 0)
		}
	}
	return append(out, body...)
}

func checksum(b []byte) (sum uint32) {
	for i := 0; i < len(b); i += 4 {
		var word [4]byte
		copy(word[:], b[i:min(len(b), i+4)])
		sum += binary.BigEndian.Uint32(word[:])
	}
	return sum
}
