package typeset

import (
	"strings"
	"unicode"
)

// Characters that do not begin a line: 行頭禁則文字. SPEC: JIS X 4051 §4.3, JLREQ §3.1.7
const neverFirst = "、。，．・：；？！?!‼⁇⁈⁉,.:;)]}）］｝〕〉》」』】〙〗〟’”»ヽヾゝゞーァィゥェォッャュョヮヵヶぁぃぅぇぉっゃゅょゎゕゖ々〻‐゠–〜～…‥％%‰℃°′″￠¢゛゜" +
	"ㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ｡､｣･ｰｧｨｩｪｫｬｭｮｯﾞﾟ"

// Characters that do not end a line: 行末禁則文字. SPEC: JIS X 4051 §4.4, JLREQ §3.1.8
const neverLast = "([{（［｛〔〈《「『【〘〖〝‘“«｢¥￥$＄£￡€#＃№"

// Characters of which two in a row stay together: 分離禁止文字. SPEC: JLREQ §3.1.10
const together = "…‥―—─〳〴〵"

// inWord says whether a character is a piece of a word that is not broken: Latin letters, digits and what joins
// them in addresses and numbers.
func inWord(r rune) bool {
	return r < 0x2E80 && r > ' ' && !space(r) && !strings.ContainsRune("()[]{}“”‘’«»…‥―—─–", r)
}

// units cuts a line of text into pieces between which it may be broken.
func units(s string) []string {
	var out []string
	var now strings.Builder
	var last, ink rune // the character before, and the last that is no space
	for _, r := range s {
		spaced := space(last) && strings.ContainsRune(neverLast, ink)
		if now.Len() > 0 && !spaced && breaks(last, r) {
			out = append(out, now.String())
			now.Reset()
		}
		now.WriteRune(r)
		if last = r; !space(r) {
			ink = r
		}
	}
	if now.Len() > 0 {
		out = append(out, now.String())
	}
	return out
}

// breaks says whether a line may end between two characters.
func breaks(a, b rune) bool {
	switch {
	case space(b) || strings.ContainsRune(neverFirst, b) || strings.ContainsRune(neverLast, a):
		return false
	case shapeless(b) || unicode.Is(unicode.Mn, b) || binding(a) || binding(b):
		return false
	case space(a):
		return true
	case inWord(a) && inWord(b):
		return false
	case strings.ContainsRune(together, a) && strings.ContainsRune(together, b):
		return false
	case a >= '0' && a <= '9' && strings.ContainsRune("年月日時分秒名人件歳円", b):
		return false // a number and what it counts
	}
	return true
}

// fold breaks a text into lines no wider than measure, in thousandths of the size. A line feed ends one. Spaces at
// a break are dropped. A piece that is too wide by itself is cut wherever it must be.
func (f *typeface) fold(text string, measure int) []string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		out = append(out, f.foldLine(strings.TrimRight(line, " \t"), measure)...)
	}
	return out
}

func (f *typeface) foldLine(line string, measure int) []string {
	var out []string
	var now strings.Builder
	wide := 0
	end := func() {
		out = append(out, strings.TrimRightFunc(now.String(), space))
		now.Reset()
		wide = 0
	}
	for _, u := range units(line) {
		bare := f.width(strings.TrimRightFunc(u, space))
		if wide > 0 && wide+bare > measure {
			end()
		}
		if bare > measure {
			for c, rest := "", u; rest != ""; {
				c, rest = next(rest)
				w := f.widths[f.code(c)]
				if wide > 0 && wide+w > measure {
					end()
				}
				now.WriteString(c)
				wide += w
			}
			continue
		}
		now.WriteString(u)
		wide += f.width(u)
	}
	if now.Len() > 0 || len(out) == 0 {
		end()
	}
	return out
}
