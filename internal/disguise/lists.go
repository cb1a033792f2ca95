package disguise

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

const minList = 8 // bytes of a run of list characters

// listDecoder reads lists of character codes: 73 68 69, 0x73,0x68, 115,104, chr(115)&chr(104),
// U+6771 U+96F2, octal and binary.
func listDecoder(p *peeler, l *layer) {
	t, s := runs(), l.text
	in := func(i int) bool { return t.class[s[i]]&runList != 0 }
	for i := minList - 1; i < len(s); i += minList {
		if !in(i) {
			continue
		}
		lo, hi := i, i+1
		for lo > 0 && in(lo-1) && i-lo < minList {
			lo--
		}
		for hi < len(s) && in(hi) {
			hi++
		}
		if hi-lo >= minList {
			p.lists(l, lo, hi)
		}
		i = max(i, hi-1)
	}
}

// A code is one number of a list.
type code struct {
	at     int
	digits string
	mark   string // what announces its base: 0x, \x, u+, or ""
}

// lists cuts a run into lists and decodes each.
func (p *peeler) lists(l *layer, lo, hi int) {
	s := l.text[:hi]
	var list []code
	last := lo
	for i := lo; i < hi; {
		c, n := nextCode(s, i)
		if n == 0 {
			i++
			continue
		}
		if len(list) > 0 && i-last > 6 {
			p.codes(l, list, last)
			list = list[:0]
		}
		list = append(list, c)
		i += n
		last = i
	}
	p.codes(l, list, last)
}

// nextCode reads the number that begins at i, with what announces it, and their length.
func nextCode(s string, i int) (code, int) {
	start := i
	mark, n := codeMark(s[i:])
	i += n
	j := i
	for j < len(s) && hexValue(s[j]) >= 0 && j-i < 9 {
		j++
	}
	if j == i || j-i > 8 || n == 0 && start > 0 && isAlnum(s[start-1]) {
		return code{}, 0
	}
	return code{start, s[i:j], mark}, j - start
}

// codeMark reads what stands before a number: 0x, \x, U+, or a call such as chr( whose
// number is decimal unless 0x or &h follows.
func codeMark(s string) (mark string, n int) {
	if strings.IndexByte(`cC0\uUxX`, s[0]) < 0 {
		return "", 0
	}
	for _, m := range []string{"chrw", "char", "chr", "0x", `\x`, `\u`, "u+", "x", "u"} {
		if len(s) > len(m) && strings.EqualFold(s[:len(m)], m) {
			mark, n = m, len(m)
			break
		}
	}
	if n == 0 || mark[0] != 'c' {
		return mark, n
	}
	for n < len(s) && (s[n] == '(' || s[n] == ' ') {
		n++
	}
	for _, m := range []string{"0x", "&h"} {
		if len(s)-n > 2 && strings.EqualFold(s[n:n+2], m) {
			return "0x", n + 2
		}
	}
	return "", n
}

// codes decodes one list in every base that all its numbers fit.
func (p *peeler) codes(l *layer, list []code, end int) {
	if len(list) < 2 {
		return
	}
	for _, base := range []int{2, 8, 10, 16} {
		for lo := 0; lo < len(list); {
			hi := lo
			for hi < len(list) && list[hi].fits(base) {
				hi++
			}
			if hi-lo >= 2 {
				p.codesIn(l, list[lo:hi], base, end)
			}
			lo = hi + 1
		}
	}
}

func (c code) fits(base int) bool {
	v, err := strconv.ParseUint(c.digits, base, 32)
	if err != nil || v > utf8.MaxRune {
		return false
	}
	switch base {
	case 2:
		return len(c.digits) >= 7
	case 8:
		return len(c.digits) == 3 && c.mark == "" && v < 256
	case 10:
		return c.mark == "" && len(c.digits) >= 2
	}
	return len(c.digits) == 2 || len(c.digits) >= 4
}

func (p *peeler) codesIn(l *layer, list []code, base, end int) {
	var data []byte
	var from []int32
	wide := false
	for _, c := range list {
		v, _ := strconv.ParseUint(c.digits, base, 32)
		wide = wide || v > 0xff
	}
	if !wide && len(list) < 3 {
		return
	}
	for _, c := range list {
		v, _ := strconv.ParseUint(c.digits, base, 32)
		before := len(data)
		if wide {
			data = utf8.AppendRune(data, rune(v))
		} else {
			data = append(data, byte(v))
		}
		for range len(data) - before {
			from = append(from, int32(c.at))
		}
	}
	from = append(from, int32(end))
	p.guessed(l, "codes", data, source{list: from})
}
