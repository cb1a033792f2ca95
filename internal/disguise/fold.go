package disguise

import (
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// The values below firstChar in the fold table are instructions, all others are the
// character itself as every one of its spellings is written.
const (
	foldSeparator  uint16 = iota // dropped; counts as a gap and as a boundary
	foldInvisible                // dropped; as if it were not there
	foldProlong                  // ー: dropped; a boundary for ASCII only
	foldVoiced                   // makes カ ガ
	foldHalfVoiced               // makes ハ パ
	foldRepeat                   // 々 ゝ: the character before it again
	foldExpand                   // several characters; see foldTable.long
	firstChar
)

// A foldTable maps every character of the basic plane to one of its spellings: full
// width to half, capitals to small letters, hiragana and small kana to katakana, old,
// personal-name and simplified ideographs to one form, look-alike letters to ASCII.
type foldTable struct {
	plane  [65536]uint16
	astral map[rune]uint16 // the characters beyond the basic plane that kanji.tsv lists
	long   map[rune][]uint16
}

var fold = sync.OnceValue(buildFold)

func buildFold() *foldTable {
	t := &foldTable{astral: map[rune]uint16{}, long: map[rune][]uint16{}}
	canonical := map[rune]rune{}
	for _, r := range rows("homoglyph.tsv") {
		if len(r) == 2 {
			for _, c := range r[1] {
				to, _ := utf8.DecodeRuneInString(r[0])
				canonical[c] = to
			}
		}
	}
	addIdeographs(canonical)
	for c := rune(0); c < 0x10000; c++ {
		switch {
		case plainLetter(c):
			t.plane[c], _ = simplest(c, canonical)
		case c >= 0xd800 && c < 0xf900: // surrogates and private use are no letters: foldSeparator
		default:
			t.plane[c] = t.classify(c, canonical)
		}
	}
	for c, to := range canonical {
		if c > 0xffff {
			t.astral[c] = uint16(to)
		}
	}
	return t
}

// plainLetter says that c is one of the many letters that have no other form in Unicode: an ideograph, or a syllable of
// Hangul.
func plainLetter(c rune) bool {
	return c >= 0x3400 && c < 0x4dc0 || c >= 0x4e00 && c < 0xa000 || c >= 0xac00 && c <= 0xd7a3
}

// addIdeographs joins the groups of kanji.tsv: a form that two groups share makes them one.
func addIdeographs(canonical map[rune]rune) {
	parent := map[rune]rune{}
	var find func(rune) rune
	find = func(c rune) rune {
		p, ok := parent[c]
		if !ok || p == c {
			return c
		}
		root := find(p)
		parent[c] = root
		return root
	}
	for _, r := range rows("kanji.tsv") {
		group := []rune(norm.NFKC.String(r[0]))
		for _, c := range group[1:] {
			a, b := find(group[0]), find(c)
			if a > 0xffff { // the representative must lie in the basic plane
				a, b = b, a
			}
			parent[b] = a
			parent[a] = a
		}
	}
	for c := range parent {
		canonical[c] = find(c)
	}
}

func (t *foldTable) classify(c rune, canonical map[rune]rune) uint16 {
	switch c {
	case 0x3099, 0x309b, 0xff9e:
		return foldVoiced
	case 0x309a, 0x309c, 0xff9f:
		return foldHalfVoiced
	case 0x30fc, 0xff70:
		return foldProlong
	case '々', '〻', 'ゝ', 'ゞ', 'ヽ', 'ヾ':
		return foldRepeat
	case 0x115f, 0x1160, 0x3164, 0xffa0, 0x034f, 0x2800:
		return foldInvisible
	}
	if unicode.In(c, unicode.Cf, unicode.Mn, unicode.Me) {
		return foldInvisible
	}
	var out []uint16
	for _, r := range norm.NFKC.String(string(c)) {
		if v, ok := simplest(r, canonical); ok {
			out = append(out, v)
		}
	}
	switch len(out) {
	case 0:
		return foldSeparator
	case 1:
		return out[0]
	}
	t.long[c] = out
	return foldExpand
}

// simplest folds one character that is already in NFKC; false when it is no letter or digit.
func simplest(r rune, canonical map[rune]rune) (uint16, bool) {
	if to, ok := canonical[r]; ok {
		r = to
	}
	r = unicode.ToLower(r)
	if to, ok := canonical[r]; ok {
		r = to
	}
	if !unicode.IsLetter(r) && !unicode.IsNumber(r) || r > 0xffff {
		return 0, false
	}
	if r < 0x250 || r >= 0x1e00 && r < 0x1f00 { // Latin: without its accents
		if base, _ := utf8.DecodeRuneInString(norm.NFD.String(string(r))); base < 0x80 {
			r = base
		}
	}
	switch r {
	case 'ø':
		r = 'o'
	case 'đ':
		r = 'd'
	case 'ł':
		r = 'l'
	}
	return uint16(foldKana(r)), true
}

// foldKana turns hiragana into katakana, small kana into full ones, and the kana that
// sound alike into one.
func foldKana(r rune) rune {
	if r >= 'ぁ' && r <= 'ゖ' {
		r += 'ァ' - 'ぁ'
	}
	switch r {
	case 'ァ', 'ィ', 'ゥ', 'ェ', 'ォ', 'ッ', 'ャ', 'ュ', 'ョ', 'ヮ':
		return r + 1
	case 'ヵ':
		return 'カ'
	case 'ヶ':
		return 'ケ'
	case 'ヴ':
		return 'ブ'
	case 'ヰ':
		return 'イ'
	case 'ヱ':
		return 'エ'
	case 'ヲ':
		return 'オ'
	case 'ヂ':
		return 'ジ'
	case 'ヅ':
		return 'ズ'
	}
	if r >= 'ㇰ' && r <= 'ㇿ' { // small kana of the phonetic extensions
		return []rune("クシストヌハヒフヘホムラリルレロ")[r-'ㇰ']
	}
	return r
}

// beyond folds a character outside the basic plane.
func (t *foldTable) beyond(r rune) uint16 {
	if v, ok := t.astral[r]; ok {
		return v
	}
	switch {
	case r >= 0xe0100 && r <= 0xe01ef:
		return foldInvisible
	case r >= 0xe0020 && r <= 0xe007e: // tag characters spell invisible ASCII
		return t.plane[r-0xe0000]
	case r >= 0x1f130 && r <= 0x1f149:
		return uint16('a' + r - 0x1f130)
	case r >= 0x1f150 && r <= 0x1f169:
		return uint16('a' + r - 0x1f150)
	case r >= 0x1f170 && r <= 0x1f189:
		return uint16('a' + r - 0x1f170)
	case r >= 0x1f1e6 && r <= 0x1f1ff:
		return uint16('a' + r - 0x1f1e6)
	}
	if s := norm.NFKC.String(string(r)); s != string(r) {
		if c, n := utf8.DecodeRuneInString(s); n == len(s) && c <= 0xffff {
			return t.plane[c]
		}
	}
	if unicode.IsLetter(r) { // rare ideographs keep their identity in the private use area
		return uint16(0xe000 + r%0x1800)
	}
	if unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Mn, r) {
		return foldInvisible
	}
	return foldSeparator
}

// A folded piece of text: what it says, and where in the text each character began.
type folded struct {
	chars []uint16
	at    []int32
}

// empty is f without its characters, to be used again.
func (f folded) empty() folded { return folded{f.chars[:0], f.at[:0]} }

// add folds s, whose first byte is at base in the whole text, behind what is there.
func (t *foldTable) add(f folded, s string, base int) folded {
	chars, at := slices.Grow(f.chars, len(s)), slices.Grow(f.at, len(s))
	for i := 0; i < len(s); {
		from := int32(base + i)
		r := rune(s[i])
		switch {
		case r < utf8.RuneSelf:
			i++
		case r >= 0xe1 && r <= 0xec && i+2 < len(s) && s[i+1]&0xc0 == 0x80 && s[i+2]&0xc0 == 0x80:
			r = r&0xf<<12 | rune(s[i+1]&0x3f)<<6 | rune(s[i+2]&0x3f)
			i += 3
		default:
			var n int
			r, n = utf8.DecodeRuneInString(s[i:])
			i += n
			if r == utf8.RuneError && n == 1 || r > 0xffff {
				chars, at = t.rare(chars, at, r, from)
				continue
			}
		}
		if v := t.plane[r]; v >= firstChar {
			chars, at = append(chars, v), append(at, from)
		} else if v >= foldVoiced {
			chars, at = t.modify(chars, at, v, r, from)
		}
	}
	return folded{chars, at}
}

// addRunes folds runes, behind what is there; their place is their index.
func (t *foldTable) addRunes(f folded, list []rune) folded {
	for i, r := range list {
		if r > 0xffff {
			f.chars, f.at = t.rare(f.chars, f.at, r, int32(i))
			continue
		}
		if v := t.plane[r]; v >= firstChar {
			f.chars, f.at = append(f.chars, v), append(f.at, int32(i))
		} else if v >= foldVoiced {
			f.chars, f.at = t.modify(f.chars, f.at, v, r, int32(i))
		}
	}
	return f
}

// rare folds what lies beyond the basic plane, or is no character and so a separator.
func (t *foldTable) rare(chars []uint16, at []int32, r rune, from int32) ([]uint16, []int32) {
	if r == utf8.RuneError {
		return chars, at
	}
	v := t.beyond(r)
	if v >= firstChar {
		return append(chars, v), append(at, from)
	}
	if v >= foldVoiced {
		return t.modify(chars, at, v, r, from)
	}
	return chars, at
}

// modify applies a mark to the character before it, repeats that character, or adds the
// several that r stands for.
func (t *foldTable) modify(chars []uint16, at []int32, v uint16, r rune, from int32) ([]uint16, []int32) {
	if v == foldExpand {
		for _, x := range t.long[r] {
			chars, at = append(chars, x), append(at, from)
		}
		return chars, at
	}
	if len(chars) == 0 {
		return chars, at
	}
	last := &chars[len(chars)-1]
	switch v {
	case foldVoiced:
		*last = voiced(*last)
	case foldHalfVoiced:
		if c := *last; c >= 'ハ' && c <= 'ホ' && (c-'ハ')%3 == 0 {
			*last = c + 2
		}
	case foldRepeat:
		chars, at = append(chars, *last), append(at, from)
	}
	return chars, at
}

func voiced(c uint16) uint16 {
	switch {
	case c == 'ウ':
		return 'ブ'
	case c == 'チ':
		return 'ジ'
	case c == 'ツ':
		return 'ズ'
	case strings.ContainsRune("カキクケコサシスセソタテト", rune(c)):
		return c + 1
	case c >= 'ハ' && c <= 'ホ' && (c-'ハ')%3 == 0:
		return c + 1
	}
	return c
}

// foldString is the folded form of s as a string.
func foldString(s string) string {
	if foldsToItself(s) {
		return s
	}
	var chars [96]uint16
	var at [96]int32
	return unfold(fold().add(folded{chars[:0], at[:0]}, s, 0).chars)
}

// foldsToItself is true of small ASCII letters and digits only.
func foldsToItself(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

func unfold(chars []uint16) string {
	var room [3 * 96]byte
	return string(appendFolded(room[:0], chars))
}

func appendFolded(dst []byte, chars []uint16) []byte {
	for _, c := range chars {
		dst = utf8.AppendRune(dst, rune(c))
	}
	return dst
}

// foldRune tells how a single character is folded; foldExpand when it becomes several.
func foldRune(r rune) uint16 {
	t := fold()
	switch {
	case r == utf8.RuneError:
		return foldSeparator
	case r > 0xffff:
		return t.beyond(r)
	}
	return t.plane[r]
}

// byLength sorts the longest first, so that a whole word is preferred to its tail.
func byLength[T any](list []T, text func(T) string) {
	slices.SortStableFunc(list, func(a, b T) int { return len(text(b)) - len(text(a)) })
}
