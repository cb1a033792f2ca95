package disguise

import (
	"strings"
	"sync"
)

// marks are what decoders need to find in a text to find anything.
type marks uint16

const (
	markPercent marks = 1 << iota
	markBackslash
	markAmpersand
	markEquals
	markLess
	markHyphen
	markEscape // ESC
	markLatin  // a byte with which the letters begin that Japanese in Latin-1 turns into
	markKanji  // the same for UTF-8 in Shift_JIS
	markDigit  // of a number in any base up to 16
	markAlnum  // of base64
	markBase85 // punctuation of base85
)

var markTable = sync.OnceValue(func() *[256]marks {
	t := &[256]marks{}
	set := func(bytes string, m marks) {
		for i := range len(bytes) {
			t[bytes[i]] |= m
		}
	}
	set("%", markPercent)
	set("\\", markBackslash)
	set("&", markAmpersand)
	set("=", markEquals)
	set("<", markLess)
	set("-", markHyphen)
	set("\x1b", markEscape)
	set(latinLeads, markLatin)
	set(kanjiLeads, markKanji)
	set(base85Marks, markBase85)
	for c, class := range runs().class {
		if class&runBase64 != 0 {
			t[c] |= markAlnum
		}
		if class&runHex != 0 {
			t[c] |= markDigit
		}
	}
	return t
})

// survey gives the marks that a text has, in one look for all decoders.
func (p *peeler) survey(text string) marks {
	if p.thorough {
		return ^marks(0)
	}
	t, m := markTable(), marks(0)
	for i := range len(text) {
		m |= t[text[i]]
	}
	return m
}

// A decoder looks for one family of encodings in a layer and gives what it finds to the peeler.
type decoder func(p *peeler, l *layer)

// decodersFor gives the decoders that may find something in a text with these marks.
func decodersFor(m marks, list []decoder) []decoder {
	for _, d := range [...]struct {
		needs  marks
		decode decoder
	}{
		{markPercent, percentDecoder}, {markBackslash, backslashDecoder}, {markAmpersand, entityDecoder},
		{markEquals, quotedPrintableDecoder}, {markLess, tagDecoder}, {markEquals, mimeDecoder},
		{markHyphen, punycodeDecoder}, {markAlnum, runDecoder}, {markDigit, listDecoder},
		{markLatin, latinMojibakeDecoder}, {markKanji, kanjiMojibakeDecoder}, {markEscape, jisDecoder},
		{markAlnum | markBase85, tokenDecoder},
	} {
		if m&d.needs != 0 {
			list = append(list, d.decode)
		}
	}
	return list
}

// idle reports whether a guess decoded to this text comes to nothing: it holds no term, and
// no decoder would read it. Such layers are most of those that prose gives.
func (p *peeler) idle(text []byte, depth int) bool {
	if p.finder == nil || p.thorough || depth < maxDepth && worksOn(text) {
		return false
	}
	found := false
	p.finder.scan(&layer{text: string(text), guess: true}, func(Hit) bool {
		found = true
		return false
	})
	return !found
}

// worksOn is false when no decoder reads a guess with this text: it has none of their marks,
// and its runs are too short.
func worksOn(text []byte) bool {
	t, classes := markTable(), runs()
	run, list := 0, 0
	for _, c := range text {
		run, list = run+1, list+1
		if classes.class[c]&runBase64 == 0 {
			run = 0
		}
		if classes.class[c]&runList == 0 {
			list = 0
		}
		const inRuns = markAlnum | markDigit | markBase85 | markHyphen // tokens of guesses are left alone
		if run >= minRun || list >= minList || t[c]&^inRuns != 0 {
			return true
		}
	}
	return strings.Contains(string(text), "--")
}
