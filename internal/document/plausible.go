package document

import (
	"strings"
	"sync"
)

// How likely is it that a person wrote this? Each candidate encoding reads the same bytes
// as other characters. The reading that a Japanese or English writer needs the fewest bits
// for wins, if it wins clearly: bits are the negative logarithm of a probability, so a
// margin of nine is odds of five hundred to one. The figures are ours: coarse classes from
// the sizes of the JIS levels, set so that the tests of this package hold.

// clearMargin is how many bits the winner must be ahead of the next.
const clearMargin = 9

// A class of characters that tend to stand together.
type class uint8

const (
	ascii class = iota
	letter
	padding // NUL
	kana
	kanji
	rareKanji
	half
	mark
	western
	foreign // Greek, Cyrillic, Hangul …
	strange // letters of no language that is likely here
	odd     // no text at all
)

// classBits is what a character of the class costs: inside a run, and at its start.
var classBits = [...][2]int{
	ascii:     {5, 5},
	letter:    {5, 5},
	padding:   {0, 20},
	kana:      {6, 7},
	kanji:     {12, 13},
	rareKanji: {21, 21},
	half:      {6, 14},
	mark:      {9, 9},
	western:   {12, 19},
	foreign:   {8, 20},
	strange:   {26, 26},
	odd:       {40, 40},
}

// A scorer adds up the bits of a text, character by character.
type scorer struct {
	bits int
	n    int // characters
	prev class
	last rune
	west bool // a western letter was seen: the next is no surprise

	letters, signs int // of ASCII, and such as £ and °
}

// total is what the text costs. In English a sign here and there is no surprise.
func (s *scorer) total() int {
	const perSign, rebate = 16, 10
	if s.letters >= perSign*s.signs {
		return s.bits - rebate*s.signs
	}
	return s.bits
}

func (s *scorer) add(r rune) {
	c := classOf(r)
	s.n++
	switch {
	case c == letter:
		s.letters++
	case c == western && strings.ContainsRune("£§©®°±²³µ·×½¼¾", r):
		s.signs++
	}
	switch {
	case c == western && s.prev == letter:
		s.bits += 10 // café
	case c == western && s.west:
		s.bits += classBits[c][0]
	case c == s.prev:
		s.bits += classBits[c][0]
	default:
		s.bits += classBits[c][1]
	}
	if c == half {
		s.bits += halfBits(s.last, r)
	}
	s.prev, s.last, s.west = c, r, s.west || c == western
}

// halfBits is what a half-width character costs beyond its class where it cannot well stand.
func halfBits(last, r rune) int {
	switch {
	case r == 'ﾞ' || r == 'ﾟ':
		if strings.ContainsRune("ｳｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾊﾋﾌﾍﾎ", last) {
			return -3
		}
		return 14
	case r == 'ｰ' || r >= 'ｧ' && r <= 'ｯ':
		if last < 'ｱ' || last > 'ﾟ' {
			return 12
		}
	case r < 'ｦ':
		return 5
	}
	return 0
}

func classOf(r rune) class {
	switch {
	case r < 0x80:
		return asciiClass(r)
	case r < 0x3000:
		return westernClass(r)
	case r >= 0x4e00 && r < 0xa000 && levelOne(r):
		return kanji
	}
	for _, b := range eastern {
		if r < b.end {
			return b.class
		}
	}
	return odd
}

// eastern are the blocks from U+3000 on, each by its end.
var eastern = [...]struct {
	end   rune
	class class
}{
	{0x3041, mark}, {0x3100, kana}, {0x3400, mark}, {0xa000, rareKanji}, // as far as not level 1
	{0xac00, odd}, {0xd7a4, foreign}, {0xf900, odd}, {0xfb00, rareKanji},
	{0xfe00, odd}, {0xfe10, mark}, {0xfeff, odd}, {0xff00, mark}, {0xff01, odd}, {0xff61, mark}, // full-width ASCII
	{0xffa0, half}, {0xffe0, odd}, {0xffe7, mark}, {0x1f000, odd}, {0x1fb00, mark}, // emoji
	{0x20000, odd}, {0x30000, rareKanji},
}

func asciiClass(r rune) class {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z':
		return letter
	case r == '\t', r == '\n', r == '\r', r == 0x1b, r == '\f', r == '\v', r == '\b':
		return ascii
	case r == 0:
		return padding
	case r < 0x20, r == 0x7f:
		return odd
	}
	return ascii
}

func westernClass(r rune) class {
	switch {
	case r < 0xa0:
		return odd
	case r < 0x180:
		return western
	case r >= 0x2010 && r < 0x2070, r >= 0x20a0 && r < 0x2c00:
		return mark
	case r < 0x370, r >= 0x530 && r < 0x590, r >= 0x700 && r < 0xe00, r >= 0x1000:
		return strange
	}
	return foreign
}

// levelOneSet holds the 2965 kanji of JIS level 1, rows 16 to 47, those in everyday use.
var levelOneSet = sync.OnceValue(func() *[(0xa000 - 0x4e00) / 64]uint64 {
	var set [(0xa000 - 0x4e00) / 64]uint64
	euc := japaneseTables()[1]
	for row := 0xb0; row <= 0xcf; row++ {
		for cell := 0xa1; cell <= 0xfe; cell++ {
			if r := euc.two[row<<8|cell]; r >= 0x4e00 && r < 0xa000 {
				set[(r-0x4e00)/64] |= 1 << uint((r-0x4e00)%64)
			}
		}
	}
	return &set
})

func levelOne(r rune) bool {
	return levelOneSet()[(r-0x4e00)/64]>>uint((r-0x4e00)%64)&1 == 1
}
