package disguise

import (
	"strings"
	"unicode/utf8"
)

// numberOf reads the figure in a term such as "1,874", "約1,250名" or "8 万".
func numberOf(text string) (uint64, bool) {
	for i := range text {
		if v, n := readNumber(text[i:]); n > 0 {
			return v, true
		}
	}
	return 0, false
}

// scanNumbers finds figures that stand alone: not a part of a longer number, an address, a
// version or a word.
func (f *Finder) scanNumbers(l *layer, yield func(Hit) bool) bool {
	if len(f.numbers) == 0 {
		return true
	}
	s := l.text
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if !numeral(r) {
			i += n
			continue
		}
		v, n := readNumber(s[i:])
		if n == 0 {
			_, n = utf8.DecodeRuneInString(s[i:])
		}
		if id, ok := f.numbers[v]; ok && numberStands(s, i, i+n, l.guess) {
			h := Hit{
				Term: f.terms[id], Start: l.root(i), End: l.root(i + n),
				Spelling: s[i : i+n], Layers: l.chain, Derived: "number",
			}
			if !yield(h) {
				return false
			}
		}
		i += n
	}
	return true
}

func numberStands(s string, lo, hi int, guess bool) bool {
	if guess && len(s) < 8 {
		return false
	}
	before, after := strings.TrimRight(s[:lo], "\u200b\u2060"), s[hi:]
	if b := lastRune(before); before != "" {
		if latin(b) || b == '.' || (b == '-' || b == ':' || b == '_') && tailLatin(before[:len(before)-1]) {
			return false
		}
	}
	if after != "" {
		a, n := utf8.DecodeRuneInString(after)
		next, _ := utf8.DecodeRuneInString(after[n:])
		if latin(a) || (a == '.' || a == '-' || a == ':') && latin(next) {
			return false
		}
	}
	return true
}

func latin(r rune) bool {
	s := scriptOf(r)
	return s == scriptLower || s == scriptUpper || s == scriptDigit
}

func tailLatin(s string) bool { return s != "" && latin(lastRune(s)) }

const kanjiDigits = "〇一二三四五六七八九"

func digitOf(r rune) (uint64, bool) {
	if r >= '0' && r <= '9' {
		return uint64(r - '0'), true
	}
	if r < 0x80 {
		return 0, false
	}
	if i := strings.IndexRune(kanjiDigits, r); i >= 0 {
		return uint64(i / 3), true
	}
	switch r {
	case '零':
		return 0, true
	case '壱', '壹':
		return 1, true
	case '弐', '貳':
		return 2, true
	case '参', '參':
		return 3, true
	}
	if v := foldRune(r); v >= '0' && v <= '9' {
		return uint64(v - '0'), true
	}
	return 0, false
}

func unitOf(r rune) uint64 {
	switch r {
	case '十', '拾':
		return 10
	case '百':
		return 100
	case '千':
		return 1000
	case '万', '萬':
		return 10_000
	case '億', '亿':
		return 100_000_000
	}
	return 0
}

func numeral(r rune) bool {
	_, ok := digitOf(r)
	return ok || unitOf(r) > 1 && r != '億'
}

const maxFigure = 1 << 50

// A figure is being read: total of the finished groups, the group under 万, the number before
// the next unit.
type figure struct{ total, group, digits uint64 }

func (g *figure) unit(u uint64, bare bool) {
	if g.digits == 0 && bare {
		g.digits = 1
	}
	if u < 10_000 {
		g.group += g.digits * u
	} else {
		g.total += (g.group + g.digits) * u
		g.group = 0
	}
	g.digits = 0
}

// readNumber reads the figure at the start of s and its length; 0 when there is none.
func readNumber(s string) (uint64, int) {
	var g figure
	end := 0
	fresh := true // no digit since the last unit
	for i := 0; i < len(s) && g.total+g.group+g.digits < maxFigure; {
		r, n := utf8.DecodeRuneInString(s[i:])
		if d, ok := digitOf(r); ok {
			g.digits = g.digits*10 + d
			fresh = false
			i += n
			end = i
			continue
		}
		if u := unitOf(r); u > 0 {
			g.unit(u, fresh)
			fresh = true
			i += n
			end = i
			continue
		}
		skip := between(s[i:], end > 0)
		if skip == 0 {
			break
		}
		i += skip
	}
	return g.total + g.group + g.digits, end
}

// between is the length of what may stand inside a figure: a thousands separator before
// three digits, or spaces before a unit.
func between(s string, inside bool) int {
	if !inside {
		return 0
	}
	r, n := utf8.DecodeRuneInString(s)
	switch r {
	case ',', '，', '\'', '’', '、', '٬', '_', ' ', '\u00a0', '\u202f', '\u3000':
	default:
		return 0
	}
	digits, rest := 0, s[n:]
	for rest != "" && digits < 4 {
		c, size := utf8.DecodeRuneInString(rest)
		if _, ok := digitOf(c); !ok {
			if digits == 0 && unitOf(c) >= 1000 {
				return n
			}
			break
		}
		digits++
		rest = rest[size:]
	}
	if digits == 3 {
		return n
	}
	return 0
}
