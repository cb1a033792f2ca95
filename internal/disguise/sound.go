package disguise

import (
	"strings"
	"sync"

	"golang.org/x/text/unicode/norm"
)

// A syllable is one row of romaji.tsv.
type syllable struct {
	kana  string
	latin [3]string // Hepburn, Kunrei, Nihon-shiki
}

type syllabary struct {
	byKana  map[string]*syllable
	byLatin map[string]string // every romanisation → kana, the commonest first
}

var sounds = sync.OnceValue(func() *syllabary {
	s := &syllabary{byKana: map[string]*syllable{}, byLatin: map[string]string{}}
	for _, r := range rows("romaji.tsv") {
		y := &syllable{kana: r[0]}
		for i := range y.latin {
			if i+1 < len(r) && r[i+1] != "" {
				y.latin[i] = r[i+1]
			} else if i > 0 {
				y.latin[i] = y.latin[i-1]
			}
		}
		s.byKana[y.kana] = y
		for _, latin := range y.latin {
			if _, taken := s.byLatin[latin]; !taken {
				s.byLatin[latin] = y.kana
			}
		}
	}
	return s
})

// katakana writes s in full-width katakana, keeping small kana and long marks.
func katakana(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'ぁ' && r <= 'ゖ':
			return r + 'ァ' - 'ぁ'
		case r == ' ' || r == '・' || r == '-':
			return -1
		}
		return r
	}, norm.NFKC.String(s))
}

// A romanisation chooses among the ways to write one reading.
type romanisation struct {
	system int    // column of romaji.tsv
	long   string // long vowels: omit, full, double, h, mark (oo written ou in full)
	n      string // ん before b, m, p: n or m; nn as it is typed
}

// romajiOf gives the romanisations of a reading in kana.
func romajiOf(reading string) []string {
	var list []string
	seen := map[string]bool{}
	kana := katakana(reading)
	longs, nasals := []string{"full"}, []string{"n"}
	if strings.LastIndexAny(kana, "アイウエオー") > 0 {
		longs = []string{"full", "omit", "double", "h"} // a vowel behind a kana may lengthen it
	}
	if strings.ContainsRune(kana, 'ン') {
		nasals = []string{"n", "m", "nn"}
	}
	for system := range 3 {
		for _, long := range longs {
			for _, n := range nasals {
				s, ok := romanisation{system, long, n}.write(kana)
				if ok && !seen[s] {
					seen[s] = true
					list = append(list, s)
				}
			}
		}
	}
	return list
}

func (w romanisation) write(kana string) (string, bool) {
	r := []rune(kana)
	var b strings.Builder
	double := false
	for i := 0; i < len(r); i++ {
		latin, n := w.syllable(r[i:])
		switch {
		case r[i] == 'ッ':
			double = true
			continue
		case r[i] == 'ー':
			w.lengthen(&b, "")
			continue
		case n == 0:
			return "", false
		}
		if double {
			b.WriteByte(doubled(latin, w.system))
			double = false
		}
		if n == 1 && w.prolongs(b.String(), latin) {
			w.lengthen(&b, latin)
			continue
		}
		b.WriteString(latin)
		i += n - 1
	}
	return b.String(), b.Len() > 0
}

// syllable romanises the syllable at the start of r and tells its length in kana.
func (w romanisation) syllable(r []rune) (string, int) {
	if r[0] == 'ン' {
		next := ""
		if len(r) > 1 {
			next, _ = w.syllable(r[1:])
		}
		if w.n == "m" && next != "" && strings.IndexByte("bmp", next[0]) >= 0 {
			return "m", 1
		}
		if w.n == "nn" {
			return "nn", 1
		}
		return "n", 1
	}
	for n := min(2, len(r)); n > 0; n-- {
		if y, ok := sounds().byKana[string(r[:n])]; ok {
			return y.latin[w.system], n
		}
	}
	if full := foldKana(r[0]); full != r[0] && full != 'ツ' {
		return w.syllable([]rune{full})
	}
	return "", 0
}

func doubled(latin string, system int) byte {
	if system == 0 && strings.HasPrefix(latin, "ch") {
		return 't'
	}
	return latin[0]
}

// prolongs reports whether the vowel latin makes what was written so far long.
func (w romanisation) prolongs(before, latin string) bool {
	if before == "" || len(latin) != 1 {
		return false
	}
	switch before[len(before)-1] {
	case 'o':
		return latin == "u" || latin == "o"
	case 'u':
		return latin == "u"
	case 'a':
		return latin == "a"
	}
	return false
}

func (w romanisation) lengthen(b *strings.Builder, latin string) {
	s := b.String()
	if s == "" {
		return
	}
	switch w.long {
	case "full":
		b.WriteString(latin)
	case "double":
		b.WriteByte(s[len(s)-1])
	case "h":
		b.WriteByte('h')
	}
}

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
	for n := min(4, len(s)); n > 0; n-- {
		if kana, ok := sounds().byLatin[s[:n]]; ok {
			return kana, n
		}
	}
	if s[0] == 'n' || s[0] == 'm' && len(s) > 1 && strings.IndexByte("bmp", s[1]) >= 0 {
		return "ン", 1
	}
	return "", 0
}

const maxLongVowels = 4 // of a spelling; each doubles the forms

// longVowelForms leaves out, in every combination, the vowels of a folded spelling in kana
// that only make the one before them long; ー is no character when folded.
func longVowelForms(key string) []string {
	r := []rune(key)
	var at []int
	for i := 1; i < len(r); i++ {
		if lengthens(r[i-1], r[i]) {
			at = append(at, i)
		}
	}
	if len(at) == 0 || len(r) < 4 {
		return nil
	}
	if len(at) > maxLongVowels {
		at = at[:maxLongVowels]
	}
	var list []string
	for set := 1; set < 1<<len(at); set++ {
		var b strings.Builder
		for i, c := range r {
			if !chosen(at, set, i) {
				b.WriteRune(c)
			}
		}
		if s := b.String(); len([]rune(s)) >= 3 {
			list = append(list, s)
		}
	}
	return list
}

func chosen(at []int, set, i int) bool {
	for bit, j := range at {
		if j == i {
			return set&(1<<bit) != 0
		}
	}
	return false
}

func lengthens(before, c rune) bool {
	const oRow, uRow = "オコソトノホモヨロゴゾドボポ", "ウクスツヌフムユルグズブプ"
	switch c {
	case 'ウ':
		return strings.ContainsRune(oRow, before) || strings.ContainsRune(uRow, before)
	case 'オ':
		return strings.ContainsRune(oRow, before)
	case 'イ':
		return strings.ContainsRune("エケセテネヘメレゲゼデベペ", before)
	}
	return false
}

// readKana finds where the readings of an organisation divide, by the romanised words of
// the same owner: アオバ out of アオバカクウ and "Aoba Kaku".
func (c *compiler) readKana() {
	starts := map[Owner]map[string]bool{}
	for _, t := range c.f.terms {
		if t.Class != Organisation && t.Class != Domain {
			continue
		}
		word := foldString(strings.FieldsFunc(t.Text+" ", func(r rune) bool { return strings.ContainsRune(" -_.", r) })[0])
		if len(word) >= 4 && isASCII(word) && !words().alone[word] {
			if starts[t.Owner] == nil {
				starts[t.Owner] = map[string]bool{}
			}
			starts[t.Owner][word] = true
		}
	}
	begins := map[Owner]map[string]bool{}
	for owner, words := range starts {
		begins[owner] = beginnings(words)
	}
	for id, t := range c.f.terms {
		if t.Class != Kana || starts[t.Owner] == nil {
			continue
		}
		r := []rune(katakana(t.Text))
		if !mayDivide(r, begins[t.Owner]) {
			continue
		}
		for n := 3; n < len(r); n++ {
			for _, latin := range romajiOf(string(r[:n])) {
				if starts[t.Owner][latin] {
					c.head(string(r[:n]), latin, int32(id))
					break
				}
			}
		}
	}
}

// mayDivide says whether a word could begin as a reading does, so that the many ways to
// romanise every beginning of it are tried for few readings only. Its last letters may
// change with what follows, so two of them do not count.
func mayDivide(reading []rune, begins map[string]bool) bool {
	for _, latin := range romajiOf(string(reading[:min(3, len(reading))])) {
		if begins[latin[:min(len(latin), max(2, len(latin)-2))]] {
			return true
		}
	}
	return false
}

// beginnings gives what words begin with, up to the length three kana can have.
func beginnings(words map[string]bool) map[string]bool {
	const longest = 9
	set := map[string]bool{}
	for w := range words {
		for n := 2; n <= min(longest, len(w)); n++ {
			set[w[:n]] = true
		}
	}
	return set
}

func (c *compiler) head(kana, latin string, id int32) {
	edge := edgeBySize
	if len([]rune(kana)) == 3 {
		edge = edgeStart
	}
	for _, key := range []string{foldString(kana), latin} {
		n := needle{term: id, derived: "head", edge: edge, ascii: isASCII(key)}
		if n.ascii {
			n.edge = edgeBySize
		}
		for _, r := range key {
			n.key = append(n.key, uint16(r))
		}
		c.needles = append(c.needles, n)
	}
}
