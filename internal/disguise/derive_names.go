package disguise

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// clean is text as derivation reads it: compatibility forms resolved, spaces single.
func clean(text string) string {
	return strings.Join(strings.Fields(norm.NFKC.String(text)), " ")
}

// organisationForms drops legal forms and generic words from a name until what
// distinguishes it is left.
func organisationForms(text string) []spelling {
	var list []spelling
	s := clean(text)
	core := withoutLegalForm(s)
	if core != s {
		list = append(list, spelling{core, "legal", edgeBySize})
	}
	if isASCII(foldString(core)) {
		return append(list, englishForms(core)...)
	}
	for whole := range strings.FieldsSeq(s) {
		part := withoutLegalForm(whole)
		if whole != part && whole != s {
			list = append(list, spelling{whole, "part", edgeBySize})
		}
		if part != core && utf8.RuneCountInString(part) >= 3 {
			list = append(list, spelling{part, "part", shortStrict(part)})
			list = append(list, japaneseHeads(part, words().tails)...)
		}
	}
	return append(list, japaneseHeads(core, words().tails)...)
}

// shortStrict asks for free sides where a derived form is three characters or fewer.
func shortStrict(s string) edgeRule {
	if utf8.RuneCountInString(s) <= 3 {
		return edgeStrict
	}
	return edgeBySize
}

func withoutLegalForm(s string) string {
	for again := true; again; {
		again = false
		for _, form := range words().legal {
			rest := trimLegal(s, form)
			if rest != s && utf8.RuneCountInString(rest) >= 2 {
				s, again = rest, true
			}
		}
	}
	return s
}

// trimLegal removes form from either end of s; one in ASCII only as words at the end.
func trimLegal(s, form string) string {
	if form[0] >= 'a' && form[0] <= 'z' {
		return trimLegalWords(s, form)
	}
	if len(s) <= len(form) {
		return s
	}
	if form[0] < utf8.RuneSelf && strings.EqualFold(s[:len(form)], form) {
		return strings.TrimSpace(s[len(form):]) // "NPO法人" in any case
	}
	if rest, ok := strings.CutPrefix(s, form); ok {
		return strings.TrimSpace(rest)
	}
	if rest, ok := strings.CutSuffix(s, form); ok {
		return strings.TrimSpace(rest)
	}
	return s
}

// trimLegalWords compares the last words of s with those of form, dots and commas aside.
func trimLegalWords(s, form string) string {
	rest := strings.TrimRight(s, " .,")
	if rest == "" || rest[len(rest)-1]|0x20 != form[len(form)-1]|0x20 {
		return s // most forms, at the price of one letter
	}
	fields := strings.Fields(form)
	for i := len(fields) - 1; i >= 0; i-- {
		rest = strings.TrimRight(rest, " .,")
		cut := strings.LastIndexAny(rest, " ,") + 1
		if cut == 0 || !strings.EqualFold(strings.ReplaceAll(rest[cut:], ".", ""), fields[i]) {
			return s
		}
		rest = rest[:cut]
	}
	return strings.TrimRight(rest, " ,")
}

// japaneseHeads drops the generic words from the end of a name, and gives the run of one
// script that what is left begins with.
func japaneseHeads(s string, tails []genericWord) []spelling {
	var list []spelling
	head := s
	for {
		rest := cutTail(head, tails, false)
		if rest == head {
			break
		}
		head = rest
		list = append(list, spelling{head, "head", edgeBySize})
	}
	if lead := leadingRun(head); lead != "" && lead != head {
		list = append(list, spelling{lead, "head", edgeBySize})
	}
	return list
}

// cutTail removes one generic word, or its reading, from the end of s; what is left has at
// least two characters.
func cutTail(s string, tails []genericWord, reading bool) string {
	f := fold().add(folded{}, s, 0)
	key := unfold(f.chars)
	for _, g := range tails {
		tail := g.folded
		if reading {
			tail = g.reading
		}
		if tail == "" || !strings.HasSuffix(key, tail) {
			continue
		}
		if left := len(f.chars) - utf8.RuneCountInString(tail); left >= 2 {
			return strings.TrimRight(s[:f.at[left]], " ・-_")
		}
	}
	return s
}

// leadingRun is the first word of a name without spaces: kana up to the first ideograph,
// ideographs up to the first kana, and of four ideographs or more the first two. "" when
// the run is too short to tell anything.
func leadingRun(s string) string {
	first, _ := utf8.DecodeRuneInString(s)
	kind := kindOfRun(first)
	n := strings.IndexFunc(s, func(r rune) bool { return kindOfRun(r) != kind })
	if n < 0 {
		n = len(s)
	}
	run := s[:n]
	size := utf8.RuneCountInString(run)
	switch {
	case kind == scriptIdeograph && size >= 4:
		return string([]rune(run)[:2])
	case kind == scriptIdeograph && size >= 2, size >= 3:
		return run
	}
	return ""
}

func kindOfRun(r rune) script {
	switch s := scriptOf(r); {
	case r == 'ー':
		return scriptKatakana
	case s == scriptUpper || s == scriptDigit:
		return scriptLower
	default:
		return s
	}
}

// englishForms drops generic words from the end, and gives the first word and the initials.
func englishForms(s string) []spelling {
	fields := strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\'' })
	var list []spelling
	if initials := initialsOf(fields); len(initials) >= 4 {
		list = append(list, spelling{initials, "initials", edgeStrict})
	}
	if short := syllables(fields); short != "" {
		list = append(list, spelling{short, "syllables", edgeBySize})
	}
	for len(fields) > 1 {
		last := foldString(fields[len(fields)-1])
		if !words().alone[last] {
			break
		}
		fields = fields[:len(fields)-1]
		if joined := strings.Join(fields, " "); len(fields) > 1 || len(joined) >= 5 {
			list = append(list, spelling{joined, "head", edgeBySize})
		}
	}
	if len(fields) > 1 && len(fields[0]) >= 5 {
		list = append(list, spelling{fields[0], "head", edgeBySize})
	}
	return list
}

// syllables joins the first two syllables of the first two words, as companies are called
// for short: ShinoKaku of Shinonome Kaku. "" where the words are no romaji or give little.
func syllables(fields []string) string {
	const least = 7
	if len(fields) < 2 {
		return ""
	}
	var b strings.Builder
	for _, w := range fields[:2] {
		w = foldString(w)
		end := 0
		for range 2 {
			if end == len(w) {
				return ""
			}
			_, n := kanaAt(w[end:])
			if n == 0 {
				return ""
			}
			end += n
		}
		b.WriteString(w[:end])
	}
	if b.Len() < least {
		return ""
	}
	return b.String()
}

func initialsOf(fields []string) string {
	var b strings.Builder
	for _, w := range fields {
		if c := w[0]; c >= 'A' && c <= 'Z' {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// kanaForms is for the reading of an organisation's name.
func kanaForms(text string) []spelling {
	var list []spelling
	for s := clean(text); ; {
		rest := cutTail(s, words().tails, true)
		if rest == s {
			rest = cutTail(s, words().tails, false)
		}
		if rest == s || utf8.RuneCountInString(rest) < 3 {
			return list
		}
		s = rest
		list = append(list, spelling{s, "head", edgeBySize})
	}
}

// announcing are words that stand before a code name and are no part of it.
var announcing = map[string]bool{"project": true, "operation": true, "matter": true, "case": true, "deal": true, "client": true, "programme": true, "program": true, "codename": true, "code": true, "campaign": true, "dossier": true, "task": true, "team": true}

// codeName gives the name itself where a term announces it: Ambergris of "Matter 77-Ambergris".
func codeName(s string) []spelling {
	fields := strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(fields) < 2 || !announcing[strings.ToLower(fields[0])] {
		return nil
	}
	name := fields[len(fields)-1]
	if len(name) < 5 || words().alone[foldString(name)] || strings.ContainsFunc(name, unicode.IsDigit) {
		return nil
	}
	return []spelling{{name, "head", edgeBySize}}
}

// nameForms is for places and products: the generic word behind the name is dropped.
func nameForms(text string) []spelling {
	s := clean(text)
	if isASCII(foldString(s)) {
		return codeName(s)
	}
	list := japaneseHeads(s, words().places)
	if len(list) == 0 {
		return nil
	}
	return list
}
