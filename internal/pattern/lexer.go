package pattern

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"unicode/utf8"
)

// kind is the kind of a token; a mark or a keyword is its own kind in text.
type kind uint8

const (
	end kind = iota
	mark
	keyword
	name       // a word that may stand in a path without quotes
	hyphenated // a word with hyphens: the type of an object
	integer
	float
	literal // with its value ready
)

type token struct {
	kind  kind
	text  string // of a mark, keyword, name or number
	value Literal
	at    int
}

var keywords = map[string]bool{
	"AND": true, "OR": true, "NOT": true, "FOLLOWEDBY": true, "LIKE": true, "MATCHES": true, "ISSUPERSET": true,
	"ISSUBSET": true, "EXISTS": true, "LAST": true, "IN": true, "START": true, "STOP": true, "SECONDS": true,
	"true": true, "false": true, "WITHIN": true, "REPEATS": true, "TIMES": true,
}

// A lexer cuts a pattern into tokens. It never looks at a byte more than a few times.
type lexer struct {
	text string
	at   int
}

func letter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' }
func digit(c byte) bool  { return '0' <= c && c <= '9' }

func (l *lexer) fail(c Code) error { return &Error{c, l.at} }

// next gives the next token. At the end it gives end, again and again.
func (l *lexer) next() (token, error) {
	if err := l.skip(); err != nil {
		return token{}, err
	}
	t := token{at: l.at}
	if l.at == len(l.text) {
		return t, nil
	}
	switch c := l.text[l.at]; {
	case c == '\'':
		return l.quoted(t)
	case (c == 't' || c == 'h' || c == 'b') && strings.HasPrefix(l.text[l.at+1:], "'"):
		return l.prefixed(t, c)
	case letter(c):
		return l.word(t), nil
	case l.number(l.at) > l.at:
		return l.numeral(t), nil
	}
	return l.mark(t)
}

// mark reads what is neither word nor literal. Longer ones come before those they begin
// with.
func (l *lexer) mark(t token) (token, error) {
	for _, m := range []string{"==", "!=", "<>", "<=", ">=", "=", "<", ">", "[", "]", "(", ")", ":", ".", ",", "*"} {
		if strings.HasPrefix(l.text[l.at:], m) {
			l.at += len(m)
			t.kind, t.text = mark, m
			return t, nil
		}
	}
	return t, l.fail(BadCharacter)
}

// skip passes over white space and comments.
//
// SPEC: STIX 2.1 §9.2, and its grammar for the list of white space.
func (l *lexer) skip() error {
	for l.at < len(l.text) {
		rest := l.text[l.at:]
		switch {
		case strings.HasPrefix(rest, "/*"):
			n := strings.Index(rest[2:], "*/")
			if n < 0 {
				return l.fail(BadCharacter)
			}
			l.at += n + 4
			continue
		case strings.HasPrefix(rest, "//"):
			n := strings.IndexAny(rest, "\r\n")
			if n < 0 {
				n = len(rest)
			}
			l.at += n
			continue
		}
		r, size := utf8.DecodeRuneInString(rest)
		if !white(r) {
			return nil
		}
		l.at += size
	}
	return nil
}

func white(r rune) bool {
	switch r {
	case ' ', '\t', '\r', '\n', '\v', '\f', 0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000:
		return true
	}
	return 0x2000 <= r && r <= 0x200a
}

func (l *lexer) word(t token) token {
	t.kind = name
	for l.at < len(l.text) {
		c := l.text[l.at]
		if c == '-' {
			t.kind = hyphenated
		} else if !letter(c) && !digit(c) {
			break
		}
		l.at++
	}
	t.text = l.text[t.at:l.at]
	if keywords[t.text] {
		t.kind = keyword
		if t.text == "true" || t.text == "false" {
			t.kind, t.value = literal, Literal{Boolean, t.text}
		}
	}
	return t
}

// number gives where the number that begins at from ends, from itself if there is none. It
// stops as the grammar does: after the first zero of 007, before the last dot of "1.".
func (l *lexer) number(from int) int {
	i := from
	if i < len(l.text) && (l.text[i] == '+' || l.text[i] == '-') {
		i++
	}
	digits := func(i int) int {
		for i < len(l.text) && digit(l.text[i]) {
			i++
		}
		return i
	}
	whole := digits(i)
	if whole < len(l.text) && l.text[whole] == '.' {
		if to := digits(whole + 1); to > whole+1 {
			return to
		}
	}
	switch {
	case whole == i:
		return from
	case l.text[i] == '0':
		return i + 1
	}
	return whole
}

func (l *lexer) numeral(t token) token {
	l.at = l.number(t.at)
	t.text = strings.TrimPrefix(l.text[t.at:l.at], "+")
	t.kind, t.value = integer, Literal{Integer, t.text}
	if strings.Contains(t.text, ".") {
		t.kind, t.value.Kind = float, Float
	}
	return t
}

// quoted reads a string. The only escapes are \' and \\.
//
// SPEC: STIX 2.1 §9.2.
func (l *lexer) quoted(t token) (token, error) {
	from := l.at + 1
	for i := from; i < len(l.text); i++ {
		switch l.text[i] {
		case '\'':
			l.at = i + 1
			t.kind, t.value = literal, Literal{String, unescape(l.text[from:i])}
			return t, nil
		case '\\':
			if i++; i == len(l.text) || l.text[i] != '\'' && l.text[i] != '\\' {
				l.at = i - 1
				return t, l.fail(BadLiteral)
			}
		}
	}
	return t, l.fail(BadLiteral)
}

func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// prefixed reads t'…', h'…' and b'…'.
func (l *lexer) prefixed(t token, prefix byte) (token, error) {
	from := l.at + 2
	n := strings.IndexByte(l.text[from:], '\'')
	if n < 0 {
		return t, l.fail(BadLiteral)
	}
	inner := l.text[from : from+n]
	t.kind = literal
	ok := false
	switch prefix {
	case 't':
		t.value, ok = Literal{Timestamp, inner}, timestamp(inner)
	case 'h':
		b, err := hex.DecodeString(inner)
		t.value, ok = Literal{Hex, string(b)}, err == nil
	case 'b':
		b, err := base64.StdEncoding.DecodeString(inner)
		t.value, ok = Literal{Binary, string(b)}, err == nil && inner != "" && !strings.ContainsAny(inner, "\r\n")
	}
	if !ok {
		return t, l.fail(BadLiteral)
	}
	l.at = from + n + 1
	return t, nil
}

// timestamp says whether s looks as t'…' must: second 60 is one, the 31st of any month too.
func timestamp(s string) bool {
	const form = "0000-00-00T00:00:00"
	if len(s) <= len(form) || s[len(s)-1] != 'Z' {
		return false
	}
	for i := range len(form) {
		if digit(form[i]) != digit(s[i]) || !digit(form[i]) && form[i] != s[i] {
			return false
		}
	}
	fraction := s[len(form) : len(s)-1]
	if fraction != "" && (fraction[0] != '.' || len(fraction) == 1 || strings.Trim(fraction[1:], "0123456789") != "") {
		return false
	}
	for _, field := range []struct {
		at          int
		least, most string
	}{{5, "01", "12"}, {8, "01", "31"}, {11, "00", "23"}, {14, "00", "59"}, {17, "00", "60"}} {
		if two := s[field.at : field.at+2]; two < field.least || two > field.most {
			return false
		}
	}
	return true
}
