package flow

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// How text is broken into lines that fit a box, without asking a font: an ideograph or kana
// is 1 em wide, Latin letters by their sort, rounded up. Breaks follow simple kinsoku: no
// line begins with a closing mark or a small kana, none ends with an opening bracket.

const (
	noStart = "、。，．・：；？！゛゜ヽヾゝゞ々ー）］｝〕〉》」』】／ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ,.;:!?)]}/%"
	noEnd   = "（［｛〔〈《「『【([{"
)

// maxUnits bounds the text that is broken well; what is longer is broken greedily.
const maxUnits = 400

// widthOf gives the width of a text on one line, in units of a picture.
func widthOf(s string) int {
	hundredths := 0
	for _, r := range s {
		hundredths += runeWidth(r)
	}
	return (hundredths*em + 99) / 100
}

// runeWidth gives hundredths of an em, on the wide side of common sans-serif fonts.
func runeWidth(r rune) int {
	if r >= 0x80 {
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth, width.EastAsianAmbiguous:
			return 100
		}
		return 64
	}
	switch {
	case strings.ContainsRune("ijlt.,:;'|!()[]fr/ I-", r):
		return 38
	case strings.ContainsRune("mwMW@%", r):
		return 92
	case unicode.IsUpper(r):
		return 72
	}
	return 60
}

// A unit is a piece of text that no line break divides.
type unit struct {
	text  string
	width int // hundredths of an em
	cost  int // of a break behind it
	space bool
}

// wrap breaks a text into lines of at most max units of a picture: as few lines as can be,
// then as even as can be, preferably behind punctuation and where kana turn to kanji. A word
// wider than a line is cut.
func wrap(s string, max int) []string {
	units := unitsOf(s, max*100/em)
	if len(units) == 0 {
		return []string{""}
	}
	if len(units) > maxUnits {
		return greedy(units, max*100/em)
	}
	return even(units, max*100/em)
}

func unitsOf(s string, limit int) []unit {
	var out []unit
	runes := []rune(strings.Join(strings.Fields(s), " "))
	for i, r := range runes {
		glued := false
		if i > 0 {
			before := runes[i-1]
			switch {
			case before == ' ' || r == ' ':
			case strings.ContainsRune(noEnd, before), strings.ContainsRune(noStart, r):
				glued = true
			case narrow(before) && narrow(r):
				glued = true
			}
		}
		w := runeWidth(r)
		if last := len(out) - 1; glued && out[last].width+w <= limit {
			out[last].text += string(r)
			out[last].width += w
		} else {
			out = append(out, unit{text: string(r), width: w, space: r == ' '})
		}
		if i+1 < len(runes) {
			out[len(out)-1].cost = breakCost(r, runes[i+1])
		}
	}
	return out
}

func narrow(r rune) bool { return r != ' ' && runeWidth(r) < 100 }

// breakCost says how much a reader minds a break between two characters.
func breakCost(a, b rune) int {
	kana, kata, han := unicode.Hiragana, unicode.Katakana, unicode.Han
	switch {
	case a == ' ' || strings.ContainsRune("、。／・）」", a) || strings.ContainsRune(noEnd, b):
		return 0
	case unicode.Is(kana, a) && !unicode.Is(kana, b):
		return 1
	case unicode.Is(kata, a) && unicode.Is(kata, b):
		return 60
	case unicode.Is(han, a) && unicode.Is(han, b):
		return 25
	case unicode.Is(han, a) && unicode.Is(kana, b):
		return 40
	}
	return 15
}

func greedy(units []unit, limit int) []string {
	var out []string
	line, w := "", 0
	for _, u := range units {
		if w+u.width > limit && line != "" && !u.space {
			out, line, w = append(out, strings.TrimSpace(line)), "", 0
		}
		line, w = line+u.text, w+u.width
	}
	return append(out, strings.TrimSpace(line))
}

// even finds the breaks of least cost, looking at every line that could end a text.
func even(units []unit, limit int) []string {
	const perLine = 1 << 20 // more than any line can cost: fewest lines first
	best := make([]int, len(units)+1)
	start := make([]int, len(units)+1)
	for end := 1; end <= len(units); end++ {
		best[end] = -1
		w := 0
		for begin := end - 1; begin >= 0; begin-- {
			if u := units[begin]; !(u.space && w == 0) {
				w += u.width
			}
			if w > limit && begin < end-1 {
				break
			}
			slack := max(limit-w, 0) / 50
			cost := best[begin] + perLine + slack*slack/4
			if end < len(units) {
				cost += units[end-1].cost
			}
			if best[end] < 0 || cost < best[end] {
				best[end], start[end] = cost, begin
			}
		}
	}
	var out []string
	for end := len(units); end > 0; end = start[end] {
		var line strings.Builder
		for _, u := range units[start[end]:end] {
			line.WriteString(u.text)
		}
		out = append(out, strings.TrimSpace(line.String()))
	}
	slices.Reverse(out)
	return out
}
