package disguise

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// What stands beside a needle decides whether it is the name or a piece of another word.
// The rules, by size of the folded spelling:
//
//	ASCII up to 4      boundaries on both sides, one of them not a letter or digit; no gaps
//	ASCII 5            one boundary; with gaps both
//	ASCII 6 and 7      anywhere; with gaps one boundary (7) or both (6)
//	ASCII 8 and more   anywhere, any gaps
//	two ideographs     see pairStands
//	three kana         anywhere; with gaps both boundaries
//	kana, 4 and more   anywhere; with gaps one boundary
//	other, 3 and more  anywhere, any gaps
//
// ASCII up to 5 that begins a word may also have a generic word behind it, as in skmgroup.
//
// Where a spelling is derived and marked strict, ASCII up to 5 wants both boundaries, 6 one,
// 7 and more none; and gaps never count.
//
// A gap is a separator inside the match; characters that are not seen are no gap. For
// ASCII a digit, a change from small letter to capital, and a capital that begins a word of
// small letters are boundaries too.

// script is the class of one source character as far as boundaries care.
type script uint8

const (
	scriptNone script = iota // the text's edge, space, punctuation, broken bytes
	scriptLower
	scriptUpper
	scriptDigit
	scriptHiragana
	scriptKatakana
	scriptIdeograph
	scriptOther
)

func scriptOf(r rune) script {
	if r >= 0xff01 && r <= 0xff5e {
		r -= 0xfee0
	}
	switch {
	case r >= 'a' && r <= 'z':
		return scriptLower
	case r >= 'A' && r <= 'Z':
		return scriptUpper
	case r >= '0' && r <= '9':
		return scriptDigit
	case r < 0x80:
		return scriptNone
	}
	for _, b := range blocks {
		if r >= b.first && r <= b.last {
			if r >= 0xf900 && !unicode.IsLetter(r) && foldRune(r) == foldSeparator {
				return scriptNone // not assigned
			}
			return b.script
		}
	}
	return scriptByFold(r)
}

// blocks are the stretches of Unicode that hold kana and ideographs.
var blocks = [...]struct {
	first, last rune
	script      script
}{
	{0x3041, 0x3096, scriptHiragana}, {0x3099, 0x309f, scriptHiragana}, {0x4e00, 0x9fff, scriptIdeograph}, {0x30a1, 0x30fa, scriptKatakana},
	{0xff66, 0xff9f, scriptKatakana}, {0x31f0, 0x31ff, scriptKatakana}, {0x3400, 0x4dbf, scriptIdeograph},
	{0xf900, 0xfaff, scriptIdeograph}, {0x20000, 0x3ffff, scriptIdeograph}, {'々', '々', scriptIdeograph},
}

func scriptByFold(r rune) script {
	switch v := foldRune(r); {
	case v >= 'a' && v <= 'z':
		if unicode.IsUpper(r) {
			return scriptUpper
		}
		return scriptLower
	case v >= '0' && v <= '9':
		return scriptDigit
	case v >= firstChar:
		return scriptOther
	}
	return scriptNone
}

// A place is one match in one text, with what stands around it.
type place struct {
	text       string
	start, end int
	prev, next rune // neighbours that are seen; utf8.RuneError at the edges
	gap        bool // a separator stands inside
}

func placeOf(text string, start, last int) place {
	_, n := utf8.DecodeRuneInString(text[last:])
	p := place{text: text, start: start, end: last + n, prev: utf8.RuneError, next: utf8.RuneError}
	for p.end < len(text) { // a voicing mark belongs to its kana
		r, n := utf8.DecodeRuneInString(text[p.end:])
		if v := foldRune(r); v != foldVoiced && v != foldHalfVoiced {
			break
		}
		p.end += n
	}
	for i := start; i > 0; {
		r, n := utf8.DecodeLastRuneInString(text[:i])
		i -= n
		if !unseen(r) && foldRune(r) != foldRepeat { // 々 is as the character before it
			p.prev = r
			break
		}
	}
	for i := p.end; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		i += n
		if !unseen(r) {
			p.next = r
			break
		}
	}
	for _, r := range text[start:p.end] {
		if foldRune(r) == foldSeparator {
			p.gap = true
			break
		}
	}
	return p
}

// unseen reports whether r is passed over in looking for a neighbour: what is not seen, and
// the marks that voice the kana before them.
func unseen(r rune) bool {
	v := foldRune(r)
	return v == foldInvisible || v == foldVoiced || v == foldHalfVoiced
}

// stands reports whether n at p is the name under any of n's rules.
func stands(n *needle, p place) bool {
	if n.edge&edgePrefix != 0 && prefixStands(n, p) {
		return true
	}
	if n.edge&edgeStrict != 0 && strictStands(n, p) {
		return true
	}
	if n.edge&edgeStart != 0 && kanaStarts(p) {
		return true
	}
	if n.edge&edgeAsGiven != 0 && p.asciiLeft() && p.asciiRight() {
		return true
	}
	if n.ascii && len(n.key) <= 5 && p.joins() {
		return true
	}
	if n.edge&edgeBySize == 0 {
		return false
	}
	if n.ascii {
		return asciiStands(len(n.key), p)
	}
	return japaneseStands(n.key, p)
}

func asciiStands(size int, p place) bool {
	left, right := p.asciiLeft(), p.asciiRight()
	switch {
	case size <= 4:
		return left && right && !p.gap && p.plainCase() && p.oneFree()
	case size == 5, size == 6 && p.gap:
		return left && right || (left || right) && !p.gap
	case size == 7 && p.gap:
		return left || right
	}
	return true
}

// joins reports whether p begins a word that ends in a generic one: suwafactory, SKMgroup.
func (p place) joins() bool {
	if p.gap || latin(p.prev) || !latin(p.next) || scriptOf(p.next) == scriptDigit {
		return false
	}
	const longest = 16
	end := p.end
	for end < len(p.text) && end-p.end <= longest && (p.text[end]|0x20 >= 'a' && p.text[end]|0x20 <= 'z') {
		end++
	}
	return words().joined[strings.ToLower(p.text[p.end:end])]
}

// oneFree reports whether no letter or digit touches p on one side at least: in random
// base64 a change of case beside three letters is common.
func (p place) oneFree() bool { return !latin(p.prev) || !latin(p.next) }

// plainCase reports whether p is written as a word is: in one case, or with a capital first.
func (p place) plainCase() bool {
	lower, upper, first := 0, 0, scriptNone
	for _, r := range p.text[p.start:p.end] {
		switch s := scriptOf(r); s {
		case scriptLower:
			lower++
		case scriptUpper:
			upper++
			if lower+upper == 1 {
				first = s
			}
		}
	}
	return lower == 0 || upper == 0 || upper == 1 && first == scriptUpper
}

func (p place) asciiLeft() bool {
	first, n := utf8.DecodeRuneInString(p.text[p.start:])
	a, b := scriptOf(p.prev), scriptOf(first)
	switch a {
	case scriptLower:
		return b == scriptUpper || b == scriptDigit
	case scriptUpper: // SRVTakanashi
		second, _ := utf8.DecodeRuneInString(p.text[p.start+n:])
		return b == scriptDigit || b == scriptUpper && scriptOf(second) == scriptLower
	case scriptDigit:
		return b != scriptDigit
	}
	return true
}

func (p place) asciiRight() bool {
	last, _ := utf8.DecodeLastRuneInString(p.text[:p.end])
	a, b := scriptOf(last), scriptOf(p.next)
	switch b {
	case scriptLower:
		return a == scriptDigit
	case scriptUpper: // SAGINUMASvc
		_, n := utf8.DecodeRuneInString(p.text[p.end:])
		second, _ := utf8.DecodeRuneInString(p.text[min(len(p.text), p.end+n):])
		return a == scriptLower || a == scriptDigit || scriptOf(second) == scriptLower
	case scriptDigit:
		return a != scriptDigit
	}
	return true
}

func japaneseStands(key []uint16, p place) bool {
	if len(key) == 2 {
		return pairStands(p)
	}
	if !p.gap {
		return true
	}
	for _, c := range key {
		if c < 'ァ' || c > 'ヺ' {
			return true
		}
	}
	left, right := p.kanaLeft(), p.kanaRight()
	if len(key) == 3 {
		return left && right
	}
	return left || right
}

func (p place) kanaLeft() bool {
	first, _ := utf8.DecodeRuneInString(p.text[p.start:])
	beside := scriptOf(p.prev)
	return beside == scriptNone || beside != scriptOf(first)
}

func (p place) kanaRight() bool {
	last, _ := utf8.DecodeLastRuneInString(p.text[:p.end])
	beside := scriptOf(p.next)
	return beside == scriptNone || beside != scriptOf(last)
}

// kanaStarts is the rule for three kana that were derived from romaji: a word of the same
// script must not run into it. In hiragana a particle may.
func kanaStarts(p place) bool {
	return !p.gap && (p.kanaLeft() || scriptOf(p.prev) == scriptHiragana && particle(p.prev) && p.kanaRight())
}

func particle(r rune) bool {
	switch r {
	case 'は', 'が', 'を', 'に', 'の', 'と', 'へ', 'で', 'も', 'や':
		return true
	}
	return false
}

// pairStands is the rule for two ideographs: a name when it begins where a run of
// ideographs begins, or behind a word of neighbours.tsv; and ends where the run ends, or
// before a word of neighbours.tsv. With a gap both ends must be free.
func pairStands(p place) bool {
	left := scriptOf(p.prev) != scriptIdeograph
	right := scriptOf(p.next) != scriptIdeograph
	if p.gap {
		return left && right && scriptOf(p.prev) < scriptHiragana && scriptOf(p.next) < scriptHiragana
	}
	return (left || p.follows(words().before)) && (right || p.precedes(words().after))
}

// follows reports whether one of list, of one to three characters, ends where p starts.
func (p place) follows(list map[string]bool) bool {
	from := p.start
	for range 3 {
		_, n := utf8.DecodeLastRuneInString(p.text[:from])
		if n == 0 {
			return false
		}
		from -= n
		if list[foldString(p.text[from:p.start])] {
			return true
		}
	}
	return false
}

// precedes reports whether one of list, of one to three characters, begins where p ends.
func (p place) precedes(list map[string]bool) bool {
	to := p.end
	for range 3 {
		_, n := utf8.DecodeRuneInString(p.text[to:])
		if n == 0 {
			return false
		}
		to += n
		if list[foldString(p.text[p.end:to])] {
			return true
		}
	}
	return false
}

func strictStands(n *needle, p place) bool {
	if p.gap {
		return false
	}
	if n.ascii {
		left, right := p.asciiLeft(), p.asciiRight()
		switch {
		case len(n.key) >= 7: // a surname of that length is hardly part of another word
			return true
		case len(n.key) == 6:
			return left || right
		}
		return left && right
	}
	return p.kanaLeft() && p.kanaRight()
}

// prefixStands is the rule for the first part of host names: SKM-PC0412, SKM_PC, SKMPC0412.
// The bare prefix counts when it has four letters or more, or its hyphen behind it.
func prefixStands(n *needle, p place) bool {
	if !p.asciiLeft() || p.gap && len(n.key) < 5 || len(n.key) <= 4 && latin(p.prev) && !hyphenLike(p.next) || !p.plainCase() {
		return false
	}
	if len(n.key) == 2 && !hyphenLike(p.next) && scriptOf(p.next) != scriptDigit {
		return false // two letters before others begin half the words there are
	}
	switch scriptOf(p.next) {
	case scriptDigit:
		return true
	case scriptNone, scriptHiragana, scriptKatakana, scriptIdeograph, scriptOther:
		return len(n.key) >= 4 || hyphenLike(p.next)
	}
	letters := 0
	for _, r := range p.text[p.end:] {
		switch s := scriptOf(r); {
		case s == scriptDigit:
			return letters <= 5
		case s == scriptLower || s == scriptUpper:
			letters++
		case hyphenLike(r) || foldRune(r) == foldInvisible:
		default:
			return false
		}
		if letters > 5 {
			return false
		}
	}
	return false
}

func hyphenLike(r rune) bool {
	switch r {
	case '-', '_', '‐', '‑', '‒', '–', '—', '―', '−', '－', '＿', 'ー', 'ｰ', '~':
		return true
	}
	return unicode.Is(unicode.Pd, r)
}
