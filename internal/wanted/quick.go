package wanted

import (
	"strings"

	"github.com/wakachi/wakachi/internal/indicator"
)

// Classes of bytes, as bits.
const (
	digit = 1 << iota
	hexLetter
	letter // lower case, not a hex digit
	dot
	dash  // and underscore: what a name may have inside
	plain // what else a path may have without anybody taking it for defanged
	other
)

var classes = func() (t [256]uint8) {
	for c := range 256 {
		switch b := byte(c); {
		case b >= '0' && b <= '9':
			t[c] = digit
		case b >= 'a' && b <= 'f':
			t[c] = hexLetter
		case b >= 'g' && b <= 'z':
			t[c] = letter
		case b == '.':
			t[c] = dot
		case b == '-' || b == '_':
			t[c] = dash
		case b >= 'A' && b <= 'Z' || strings.IndexByte("/?=&~+,", b) >= 0:
			t[c] = plain
		default:
			t[c] = other
		}
	}
	return t
}()

// A quick reader recognises values that are in their normal form already. It says no to
// everything that is not plainly one: that goes the slow way. What it says yes to, the slow
// way reads as the same value.
type quick struct {
	tops map[string]bool // names at the top, and whether hosts end in them and no files
}

// maxTops bounds how many names at the top are kept.
const maxTops = 4096

// value reads a whole line. The value's text is a part of s.
func (q *quick) value(s string) (v indicator.Value, ok bool) {
	var seen uint8
	for i := 0; i < len(s) && i < 128; i++ {
		seen |= classes[s[i]]
		if seen&(plain|other) != 0 {
			return q.url(s)
		}
	}
	switch {
	case seen&^(digit|hexLetter) == 0:
		return digest(s)
	case seen&^(digit|dot) == 0:
		return indicator.Value{Type: indicator.IPv4, Value: s}, quad(s)
	case seen&dot != 0 && len(s) <= 128:
		return indicator.Value{Type: indicator.Domain, Value: s}, q.host(s)
	}
	return indicator.Value{}, false
}

// digest tells lower-case hex by its length.
func digest(s string) (indicator.Value, bool) {
	v := indicator.Value{Type: indicator.File, Value: s}
	switch len(s) {
	case 32:
		v.Hash = indicator.MD5
	case 40:
		v.Hash = indicator.SHA1
	case 64:
		v.Hash = indicator.SHA256
	case 128:
		v.Hash = indicator.SHA512
	default:
		return v, false
	}
	return v, true
}

// quad says that s is four numbers up to 255 without leading zeros.
func quad(s string) bool {
	n, digits, dots := 0, 0, 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '.' {
			if digits == 0 {
				return false
			}
			dots++
			n, digits = 0, 0
			continue
		}
		if digits > 0 && n == 0 {
			return false
		}
		n = n*10 + int(c-'0')
		if digits++; n > 255 {
			return false
		}
	}
	return dots == 3 && digits > 0
}

// host says that s, lower case, digits, dots and hyphens, is the name of a host and cannot
// be that of a file.
//
// SPEC: RFC 1035 §2.3.4.
func (q *quick) host(s string) bool {
	start := 0
	for i := 0; i <= len(s); i++ {
		if i < len(s) && s[i] != '.' {
			continue
		}
		if i == start || i-start > 63 || s[start] == '-' || s[i-1] == '-' {
			return false
		}
		if i == len(s) {
			break
		}
		start = i + 1
	}
	return start > 0 && q.top(s[start:])
}

// top says whether hosts, and only hosts, end in a name. Which do is asked of package
// indicator once, with names that would be read as files if any were.
func (q *quick) top(name string) bool {
	if yes, known := q.tops[name]; known {
		return yes
	}
	_, err := indicator.Parse(indicator.Domain, "qzxv."+name)
	yes := err == nil
	for _, probe := range []string{"qzxv.", "Qzxv.", "q_zxv."} {
		for _, m := range indicator.Find(probe + name) {
			yes = yes && m.Type == indicator.Domain
		}
	}
	if q.tops == nil {
		q.tops = map[string]bool{}
	}
	if len(q.tops) < maxTops {
		q.tops[strings.Clone(name)] = yes
	}
	return yes
}

// url reads a URL of HTTP without user, port or defanging.
func (q *quick) url(s string) (v indicator.Value, ok bool) {
	v = indicator.Value{Type: indicator.URL, Value: s}
	rest, ok := strings.CutPrefix(s, "http://")
	if !ok {
		if rest, ok = strings.CutPrefix(s, "https://"); !ok {
			return v, false
		}
	}
	if len(s) > maxQuickURL {
		return v, false
	}
	end := strings.IndexByte(rest, '/')
	if end < 0 {
		end = len(rest)
	}
	var seen uint8
	for i := range end {
		seen |= classes[rest[i]]
	}
	for i := end; i < len(rest); i++ {
		if classes[rest[i]] == other {
			return v, false
		}
	}
	switch {
	case seen&(plain|other) != 0:
		return v, false
	case seen&^(digit|dot) == 0:
		return v, quad(rest[:end])
	}
	return v, end <= 128 && q.host(rest[:end])
}

// maxQuickURL is the longest URL that is read without a closer look, in bytes.
const maxQuickURL = 2048
