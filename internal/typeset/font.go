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

// mostCodes is how many codes a font may have: two bytes each, with some to spare.
const mostCodes = 65_000

// A typeface is a TrueType font of which some characters are used. Each character that is, with the marks on it,
// gets a code of its own, from 1 on, so that what is copied from the page is what was written, even where two
// characters share a glyph.
type typeface struct {
	face   *sfnt.Font
	buffer sfnt.Buffer
	tables map[string][]byte

	codes   map[string]uint16
	texts   []string // by code, from 1
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
	f := &typeface{face: face, tables: map[string][]byte{}, codes: map[string]uint16{}, texts: []string{""}, glyphs: []uint16{0}, widths: []int{0}}
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
	if len(f.tables["head"]) < 54 || len(f.tables["hhea"]) < 36 {
		return nil, errFont
	}
	return f, nil
}

// code gives a character, as next cuts it off, its code.
func (f *typeface) code(c string) uint16 {
	if code, ok := f.codes[c]; ok {
		return code
	}
	if len(f.texts) >= mostCodes && c != string(geta) {
		f.missing = append(f.missing, []rune(c)[0])
		return f.code(string(geta))
	}
	g, wide, lacking := f.shape(c)
	if lacking != 0 {
		f.missing = append(f.missing, lacking)
	}
	code := uint16(len(f.texts))
	f.codes[c], f.texts, f.glyphs, f.widths = code, append(f.texts, c), append(f.glyphs, uint16(g)), append(f.widths, wide)
	return code
}

// lacks lists what is missing, each once, in order.
func (f *typeface) lacks() []rune {
	slices.Sort(f.missing)
	return slices.Compact(f.missing)
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
	for c := ""; s != ""; {
		c, s = next(s)
		n += f.widths[f.code(c)]
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
