package typeset

import (
	"encoding/binary"
	"unicode"
	"unicode/utf8"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/unicode/norm"
)

// next cuts the first character off a text that is not empty, with what belongs to it: the selector of a variant
// (葛󠄀), the marks that make another character of it (か and ゙), and what has no shape.
func next(s string) (c, rest string) {
	const most = 64 // bytes, so that nobody can hang a whole text onto one character
	_, n := utf8.DecodeRuneInString(s)
	for n < len(s) && n < most {
		r, size := utf8.DecodeRuneInString(s[n:])
		if !shapeless(r) && !(unicode.Is(unicode.Mn, r) && composed(s[:n+size]) != 0) {
			break
		}
		n += size
	}
	return s[:n], s[n:]
}

// composed gives the one character that a character and its marks make, or 0.
func composed(s string) rune {
	one := norm.NFC.String(s)
	if r, n := utf8.DecodeRuneInString(one); n == len(one) {
		return r
	}
	return 0
}

// selector says whether a character asks for a variant of the one before it.
//
// SPEC: Unicode §23.4
func selector(r rune) bool { return 0xFE00 <= r && r <= 0xFE0F || 0xE0100 <= r && r <= 0xE01EF }

// shapeless says whether a character has an effect but no shape of its own.
func shapeless(r rune) bool {
	return selector(r) || r == 0x00AD || r == 0x034F || 0x200B <= r && r <= 0x200F || 0x2060 <= r && r <= 0x2064 || r == 0x061C || r == 0x180E
}

// binding says whether a space, or nothing, keeps together what is on both sides of it.
func binding(r rune) bool { return r == 0x00A0 || r == 0x2007 || r == 0x202F || r == 0x2060 }

// space says whether a line may end at a blank.
func space(r rune) bool { return unicode.IsSpace(r) && !binding(r) }

// shape finds what to draw for a character, how wide it is in thousandths of the size, and what the font lacks of
// it: the character itself, which is then a geta, or the variant that was asked for.
func (f *typeface) shape(c string) (g sfnt.GlyphIndex, wide int, lacking rune) {
	r, n := utf8.DecodeRuneInString(c)
	if shapeless(r) {
		return f.index(' '), 0, 0
	}
	var asked rune
	marked := c[:n]
	for _, m := range c[n:] {
		switch {
		case selector(m) && asked == 0:
			asked = m
		case !shapeless(m):
			marked += string(m)
		}
	}
	if len(marked) > n {
		r = composed(marked)
	}
	switch g = f.index(r); {
	case g == 0 && unicode.IsSpace(r):
		g = f.index(' ')
	case g == 0:
		g, lacking = f.index(geta), r
	case asked != 0:
		variant, known := f.variant(r, asked)
		if variant != 0 {
			g = variant
		}
		if !known && asked != 0xFE0E && asked != 0xFE0F { // those two ask for black or colour
			lacking = r
		}
	}
	return g, f.advance(g), lacking
}

// index finds a character's glyph, or that of one that looks the same; 0 if there is none.
func (f *typeface) index(r rune) sfnt.GlyphIndex {
	g, err := f.face.GlyphIndex(&f.buffer, r)
	if err != nil {
		return 0
	}
	if g == 0 && r == 0x2011 { // a hyphen that does not break
		return f.index(0x2010)
	}
	return g
}

// variant finds the glyph for a variant of a character; 0 for a known one says that it is the usual glyph.
//
// SPEC: OpenType, cmap format 14
func (f *typeface) variant(r, asked rune) (g sfnt.GlyphIndex, known bool) {
	all := f.variants()
	for at := 10; at+11 <= len(all) && uint64(at) < 10+11*uint64(binary.BigEndian.Uint32(all[6:])); at += 11 {
		if be24(all[at:]) != asked {
			continue
		}
		usual, own := binary.BigEndian.Uint32(all[at+3:]), binary.BigEndian.Uint32(all[at+7:])
		for t := listed(all, usual, 4); len(t) >= 4; t = t[4:] {
			if from := be24(t); from <= r && r <= from+rune(t[3]) {
				return 0, true
			}
		}
		for t := listed(all, own, 5); len(t) >= 5; t = t[5:] {
			if be24(t) == r {
				return sfnt.GlyphIndex(binary.BigEndian.Uint16(t[3:])), true
			}
		}
		return 0, false
	}
	return 0, false
}

// variants finds the table of variants, nil if there is none.
func (f *typeface) variants() []byte {
	cmap := f.tables["cmap"]
	for at := 4; at+8 <= len(cmap) && at < 4+8*int(binary.BigEndian.Uint16(cmap[2:])); at += 8 {
		from := uint64(binary.BigEndian.Uint32(cmap[at+4:]))
		if from+10 <= uint64(len(cmap)) && binary.BigEndian.Uint16(cmap[from:]) == 14 {
			return cmap[from:]
		}
	}
	return nil
}

// listed gives the entries, of so many bytes each, of the list at a place; none if there is no such list.
func listed(table []byte, at uint32, size uint64) []byte {
	from := uint64(at) + 4
	if at == 0 || from > uint64(len(table)) {
		return nil
	}
	to := from + size*uint64(binary.BigEndian.Uint32(table[at:]))
	return table[from:min(to, uint64(len(table)))]
}

func be24(b []byte) rune { return rune(b[0])<<16 | rune(b[1])<<8 | rune(b[2]) }
