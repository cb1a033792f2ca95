package disguise

import (
	"slices"
	"strings"
)

// A spelling is one derived form of a term before it is folded.
type spelling struct {
	text    string
	derived string
	edge    edgeRule
}

// derive lists the forms in which a term may be written, the term itself first.
func derive(t Term) []spelling {
	exact := spelling{t.Text, "exact", edgeBySize}
	if key := foldString(t.Text); isASCII(key) && len(key) <= 4 {
		exact.edge |= oddly(t.Text)
	}
	var list []spelling
	switch t.Class {
	case Organisation:
		list = organisationForms(t.Text)
	case Kana:
		list = kanaForms(t.Text)
	case Person:
		list = personForms(t.Text)
	case Account:
		list = accountForms(t.Text)
	case Domain:
		list = domainForms(t.Text)
	case HostPrefix:
		exact.edge = edgePrefix | exact.edge&edgeAsGiven
	default:
		list = nameForms(t.Text)
	}
	list = slices.DeleteFunc(list, func(s spelling) bool { return !useful(s.text) })
	return append([]spelling{exact}, list...)
}

// oddly is edgeAsGiven when text has what a short name is otherwise not allowed: a separator
// between its letters, or capitals behind small letters.
func oddly(text string) edgeRule {
	if p := (place{text: text, end: len(text)}); !p.plainCase() {
		return edgeAsGiven
	}
	seen, gap := false, false
	for _, r := range text {
		switch v := foldRune(r); {
		case v == foldSeparator:
			gap = seen
		case v >= foldRepeat && gap:
			return edgeAsGiven
		case v >= foldRepeat:
			seen = true
		}
	}
	return 0
}

// useful reports whether a derived form is long and distinctive enough to be a needle.
func useful(text string) bool {
	key := foldString(text)
	size := len([]rune(key))
	if isASCII(key) || allKana(key) {
		return size >= 3 && !words().alone[key]
	}
	return size >= 2 && !words().alone[key]
}

// needlesOf folds the spellings of a term and adds what sound and direction do to them.
func needlesOf(id int32, forms []form) []needle {
	list := make([]needle, 0, 3*len(forms))
	seen := make(map[string]bool, 3*len(forms))
	put := func(key, derived, layer string, edge edgeRule) {
		if len(key) < 2 || seen[key] {
			return
		}
		seen[key] = true
		n := needle{term: id, derived: derived, layer: layer, edge: edge, ascii: isASCII(key), key: make([]uint16, 0, len(key))}
		for _, r := range key {
			n.key = append(n.key, uint16(r))
		}
		list = append(list, n)
	}
	for _, s := range forms {
		key := s.key
		put(key, s.derived, "", s.edge)
		for _, v := range longVowelForms(key) {
			put(v, "long-vowel", "", s.edge)
		}
	}
	for _, n := range slices.Clone(list) {
		if n.edge&edgeBySize == 0 || n.ascii && len(n.key) < 6 || !n.ascii && len(n.key) < 4 {
			continue
		}
		key := unfold(n.key)
		put(backwards(key), n.derived, "reversed", edgeBySize)
		if n.ascii {
			put(strings.Map(rot13, key), n.derived, "rot13", edgeBySize)
		}
	}
	return list
}

// A form is a spelling and what it folds to.
type form struct {
	spelling
	key string
}

// formsOf gives every spelling of a term, the term itself first.
func formsOf(t Term) []form {
	list := make([]form, 0, 8)
	add := func(spellings []spelling) {
		for _, s := range spellings {
			list = append(list, form{s, foldString(s.text)})
		}
	}
	forms := derive(t)
	add(forms)
	add(soundForms(t, forms))
	return list
}

// soundForms carries forms between kana and romaji.
func soundForms(t Term, forms []spelling) []spelling {
	if t.Class == HostPrefix {
		return nil
	}
	var list []spelling
	for _, s := range forms {
		key := foldString(s.text)
		switch {
		case allKana(key):
			for _, r := range romajiOf(s.text) {
				if len(r) >= 4 {
					list = append(list, spelling{r, "romaji", s.edge})
				}
			}
		case isASCII(key):
			readings := kanaOf(key)
			list = append(list, otherRomaji(s, key, readings)...)
			if t.Class == Name {
				continue
			}
			for _, k := range readings {
				size := len([]rune(foldString(k)))
				if size < 3 {
					continue
				}
				edge := s.edge
				if size == 3 {
					edge = edgeStart
				}
				list = append(list, spelling{k, "kana", edge})
			}
		}
	}
	return list
}

const (
	minRomaji   = 6 // letters of a romanisation that was derived from another
	maxReadings = 4 // of one word that are written again in romaji
)

// otherRomaji gives the other romanisations of what is written in one: sinonome of
// shinonome, ryousuke of ryosuke.
func otherRomaji(s spelling, key string, readings []string) []spelling {
	if len(key) < minRomaji-1 {
		return nil
	}
	var list []spelling
	for _, reading := range readings[:min(len(readings), maxReadings)] {
		for system := range 2 {
			r, ok := romanisation{system, "full", "n"}.write(reading)
			if ok && len(r) >= minRomaji && r != key {
				list = append(list, spelling{r, "romaji", s.edge})
			}
		}
	}
	return list
}

func backwards(s string) string {
	r := []rune(s)
	slices.Reverse(r)
	return string(r)
}

func rot13(r rune) rune {
	if r >= 'a' && r <= 'z' {
		return 'a' + (r-'a'+13)%26
	}
	return r
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// allKana reports whether a folded string is katakana only.
func allKana(s string) bool {
	for _, r := range s {
		if scriptOf(r) != scriptKatakana {
			return false
		}
	}
	return s != ""
}
