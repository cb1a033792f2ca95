package disguise

import (
	"slices"
	"strings"
)

const maxKanaForms = 8

// kanaOf reads folded ASCII as romaji and gives the kana it may stand for; nil when it is
// not romaji throughout. Long vowels are left to longVowelForms, except that a written o
// or u may have been long.
func kanaOf(latin string) []string {
	var b strings.Builder
	var open []int // byte offsets behind an o that may be long
	for i := 0; i < len(latin); {
		kana, n := kanaAt(latin[i:])
		if n == 0 {
			return nil
		}
		b.WriteString(kana)
		i += n
		if latin[i-1] == 'o' || latin[i-1] == 'u' {
			open = append(open, b.Len())
		}
	}
	base := b.String()
	list := []string{base}
	for _, at := range open {
		for _, s := range list {
			if len(list) >= maxKanaForms {
				break
			}
			shift := len(s) - len(base)
			list = append(list, s[:at+shift]+"ウ"+s[at+shift:])
		}
	}
	return list
}

func kanaAt(s string) (string, int) {
	if len(s) > 2 && s[0] == s[1] && strings.IndexByte("kstpgzdbcfhjmr", s[0]) >= 0 || strings.HasPrefix(s, "tch") {
		return "ッ", 1
	}
	if kana, n := sounds().spoken(s); n > 0 {
		return kana, n
	}
	if s[0] == 'n' || s[0] == 'm' && len(s) > 1 && strings.IndexByte("bmp", s[1]) >= 0 {
		return "ン", 1
	}
	return "", 0
}

const maxLongVowels = 4 // of a spelling; each doubles the forms

// longVowelForms calls yield with what is left of a folded spelling in kana without the vowels
// that only make the one before them long, in every combination; ー is no character when
// folded. The argument of yield is overwritten by the next.
func longVowelForms(key []uint16, yield func(form []uint16)) {
	var at []int
	for i := 1; i < len(key) && len(at) < maxLongVowels; i++ {
		if lengthens(key[i-1], key[i]) {
			at = append(at, i)
		}
	}
	if len(at) == 0 || len(key) < 4 {
		return
	}
	form := make([]uint16, 0, len(key))
	for set := 1; set < 1<<len(at); set++ {
		form = form[:0]
		done := 0
		for bit, i := range at {
			if set&(1<<bit) != 0 {
				form = append(form, key[done:i]...)
				done = i + 1
			}
		}
		if form = append(form, key[done:]...); len(form) >= 3 {
			yield(form)
		}
	}
}

func lengthens(before, c uint16) bool {
	const oRow, uRow, eRow = "オコソトノホモヨロゴゾドボポ", "ウクスツヌフムユルグズブプ", "エケセテネヘメレゲゼデベペ"
	switch c {
	case 'ウ':
		return strings.ContainsRune(oRow, rune(before)) || strings.ContainsRune(uRow, rune(before))
	case 'オ':
		return strings.ContainsRune(oRow, rune(before))
	case 'イ':
		return strings.ContainsRune(eRow, rune(before))
	}
	return false
}

// readKana finds where the readings of an organisation divide, by the romanised words of
// the same owner: アオバ out of アオバカクウ and "Aoba Kaku".
func (c *compiler) readKana() {
	words := map[Owner][]string{}
	for _, t := range c.f.terms {
		if word := firstWord(t); word != "" {
			words[t.Owner] = append(words[t.Owner], word)
		}
	}
	for owner := range words {
		slices.Sort(words[owner])
		words[owner] = slices.Compact(words[owner])
	}
	for id, t := range c.f.terms {
		if t.Class == Kana && len(words[t.Owner]) > 0 {
			divide([]rune(katakana(t.Text)), words[t.Owner], func(kana []rune, latin string) {
				c.head(string(kana), latin, int32(id))
			})
		}
	}
}

// firstWord is what the name of an organisation or a domain begins with in romaji, or "".
func firstWord(t Term) string {
	if t.Class != Organisation && t.Class != Domain {
		return ""
	}
	text := t.Text
	if i := strings.IndexFunc(text, func(r rune) bool { return !strings.ContainsRune(wordEnds, r) }); i > 0 {
		text = text[i:]
	}
	if i := strings.IndexAny(text, wordEnds); i >= 0 {
		text = text[:i]
	}
	word := foldString(text)
	if len(word) < 4 || !isASCII(word) || words().alone[word] {
		return ""
	}
	return word
}

const wordEnds = " -_."

// divide calls yield with each beginning of a reading that is romanised as one of words,
// which are sorted.
func divide(reading []rune, words []string, yield func(kana []rune, latin string)) {
	var room [32]sound
	vowels, end := vowelBehind(reading), 0
	for n := 3; n < len(reading); n++ {
		list, whole := soundsOf(reading[:n], room[:0])
		if !whole {
			continue
		}
		found, goesOn, silent := "", false, true
		eachRomaji(reading[:n], list, func(latin []byte) {
			silent = false
			at, ok := slices.BinarySearchFunc(words, latin, compareBytes)
			if ok && found == "" {
				found = words[at]
			}
			goesOn = goesOn || at < len(words) && strings.HasPrefix(words[at], string(latin))
		})
		if found != "" {
			yield(reading[:n], found)
		}
		for end < n {
			end += sizeOfSound(reading[end:])
		}
		final := end == n && list[len(list)-1].sign != 'ン' && vowelBehind(reading[:n]) == vowels
		if final && !goesOn && !silent {
			return // whatever follows, the romaji of what is longer begin like these
		}
	}
}

func sizeOfSound(r []rune) int {
	if s, ok := soundAt(r); ok {
		return s.size
	}
	return 1
}

func compareBytes(s string, b []byte) int {
	switch { // no copy is made for these
	case s < string(b):
		return -1
	case s == string(b):
		return 0
	}
	return 1
}

func (c *compiler) head(kana, latin string, id int32) {
	edge := edgeBySize
	if len([]rune(kana)) == 3 {
		edge = edgeStart
	}
	key := c.fold(kana)
	c.found.add(needle{key: key, term: id, derived: "head", edge: edge}, hashOf(key))
	key = c.fold(latin)
	c.found.add(needle{key: key, term: id, derived: "head", edge: edgeBySize, ascii: true}, hashOf(key))
}
