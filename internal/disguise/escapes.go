package disguise

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// rewrite decodes every escape that begins with mark. parse returns what the escape at the
// start of s stands for and its length, or 0 when there is none.
func rewrite(p *peeler, l *layer, kind string, mark byte, parse func(s string) (string, int)) {
	i := strings.IndexByte(l.text, mark)
	if i < 0 {
		return
	}
	w := splice{l: l, p: p, kind: kind}
	for i < len(l.text) {
		if with, n := parse(l.text[i:]); n > 0 {
			w.replace(i, n, []byte(with))
			i += n
		} else {
			i++
		}
		j := strings.IndexByte(l.text[i:], mark)
		if j < 0 {
			break
		}
		i += j
	}
	w.flush()
}

// percentDecoder reads %41 and %u3042.
func percentDecoder(p *peeler, l *layer) {
	rewrite(p, l, "percent", '%', func(s string) (string, int) {
		if len(s) >= 6 && s[1]|0x20 == 'u' {
			if r, n := hexUnits(s, 2, "%u"); n > 0 {
				return r, n
			}
		}
		return hexByte(s, 1)
	})
}

// quotedPrintableDecoder reads =41 and joins lines that end in =.
func quotedPrintableDecoder(p *peeler, l *layer) {
	rewrite(p, l, "quoted-printable", '=', func(s string) (string, int) {
		switch {
		case strings.HasPrefix(s, "=\r\n"):
			return "", 3
		case strings.HasPrefix(s, "=\n"):
			return "", 2
		}
		return hexByte(s, 1)
	})
}

func hexByte(s string, at int) (string, int) {
	if len(s) < at+2 {
		return "", 0
	}
	hi, lo := hexValue(s[at]), hexValue(s[at+1])
	if hi < 0 || lo < 0 {
		return "", 0
	}
	return string([]byte{byte(hi<<4 | lo)}), at + 2
}

func hexValue(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// hexUnits reads four hexadecimal digits at s[at:], and a second escape after prefix when
// the first is half of a surrogate pair.
func hexUnits(s string, at int, prefix string) (string, int) {
	first, ok := hexNumber(s, at, 4)
	if !ok {
		return "", 0
	}
	end := at + 4
	if utf16.IsSurrogate(rune(first)) && len(s) >= end+len(prefix)+4 && strings.EqualFold(s[end:end+len(prefix)], prefix) {
		if second, ok := hexNumber(s, end+len(prefix), 4); ok {
			if r := utf16.DecodeRune(rune(first), rune(second)); r != utf8.RuneError {
				return string(r), end + len(prefix) + 4
			}
		}
	}
	return string(rune(first)), end
}

func hexNumber(s string, at, digits int) (uint32, bool) {
	if len(s) < at+digits {
		return 0, false
	}
	v := uint32(0)
	for _, c := range []byte(s[at : at+digits]) {
		d := hexValue(c)
		if d < 0 {
			return 0, false
		}
		v = v<<4 | uint32(d)
	}
	return v, true
}

// backslashDecoder reads the escapes of JSON, JavaScript, C, Python and shells.
func backslashDecoder(p *peeler, l *layer) { rewrite(p, l, "escape", '\\', backslash) }

func backslash(s string) (string, int) {
	if len(s) < 2 {
		return "", 0
	}
	switch c := s[1]; c {
	case 'n', 'r', 't':
		return "\n", 2
	case '/', '"', '\'', '\\':
		return s[1:2], 2
	case 'x', 'u':
		if len(s) > 3 && s[2] == '{' {
			return braced(s)
		}
		if c == 'x' {
			return hexByte(s, 2)
		}
		return hexUnits(s, 2, `\u`)
	case 'U':
		if v, ok := hexNumber(s, 2, 8); ok && v <= utf8.MaxRune {
			return string(rune(v)), 10
		}
		return "", 0
	}
	return octal(s)
}

func braced(s string) (string, int) {
	end := strings.IndexByte(s[:min(len(s), 14)], '}')
	if end < 0 {
		return "", 0
	}
	v, err := strconv.ParseUint(s[3:end], 16, 32)
	if err != nil || v > utf8.MaxRune {
		return "", 0
	}
	return string(rune(v)), end + 1
}

func octal(s string) (string, int) {
	if len(s) < 4 {
		return "", 0
	}
	v, err := strconv.ParseUint(s[1:4], 8, 8)
	if err != nil {
		return "", 0
	}
	return string([]byte{byte(v)}), 4
}

// entityDecoder reads the character references of HTML and XML.
func entityDecoder(p *peeler, l *layer) { rewrite(p, l, "entity", '&', entity) }

func entity(s string) (string, int) {
	s = s[:min(len(s), 16)]
	if len(s) > 2 && s[1] == '#' {
		digits, base := s[2:], 10
		if digits[0]|0x20 == 'x' {
			digits, base = digits[1:], 16
		}
		n := 0
		for n < len(digits) && hexValue(digits[n]) >= 0 && hexValue(digits[n]) < base {
			n++
		}
		v, err := strconv.ParseUint(digits[:n], base, 32)
		if err != nil || v > utf8.MaxRune {
			return "", 0
		}
		end := len(s) - len(digits) + n
		if end < len(s) && s[end] == ';' {
			end++
		}
		return string(rune(v)), end
	}
	end := strings.IndexByte(s, ';')
	if end < 0 {
		return "", 0
	}
	if with, ok := entityNames(s[1:end]); ok {
		return with, end + 1
	}
	return "", 0
}

// entityNames knows the named references of ASCII punctuation and of what is not seen.
func entityNames(name string) (string, bool) {
	switch name {
	case "amp", "AMP":
		return "&", true
	case "lt", "gt", "quot", "apos", "comma", "colon", "semi", "num", "excl", "quest", "lpar", "rpar",
		"ast", "equals", "lsqb", "rsqb", "lcub", "rcub", "verbar", "grave", "Hat", "nbsp", "Tab", "NewLine",
		"middot", "mdash", "ndash", "hyphen", "dash", "bull", "thinsp", "ensp", "emsp", "dollar":
		return " ", true
	case "shy", "zwj", "zwnj", "ZeroWidthSpace", "NoBreak", "lrm", "rlm":
		return "", true
	case "period":
		return ".", true
	case "lowbar", "UnderBar":
		return "_", true
	case "sol":
		return "/", true
	case "bsol":
		return "\\", true
	case "commat":
		return "@", true
	case "percnt":
		return "%", true
	case "plus":
		return "+", true
	}
	return "", false
}
