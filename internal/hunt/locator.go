package hunt

import (
	"bytes"
)

const maxLocator = 4096 // bytes of a URL that are looked at

// A locator is a URL in the form in which two spellings of it are equal: without scheme and user,
// the host in lower case, no default port, at least "/" as path, percent signs only where needed.
// marks are the lengths at which it may end for a wanted URL to be a prefix of it.
type locator struct {
	text  []byte
	marks []int
}

// start begins with a host and what follows it in b at i. encoded says that the URL stands inside
// another one, so that its delimiters are escaped.
func (l *locator) start(host, b []byte, i int, encoded bool) {
	l.text, l.marks = appendLower(l.text[:0], host), l.marks[:0]
	i = l.port(b, i, encoded)
	p := pathReader{b: b, i: i, encoded: encoded}
	c, ok := p.next()
	switch {
	case !ok || c != '/' && c != '?' && c != '#':
		l.text = append(l.text, '/')
		l.mark()
		return
	case c != '/':
		l.text = append(l.text, '/')
		l.mark()
	}
	for ; ok && len(l.text) < maxLocator; c, ok = p.next() {
		if endsBefore(c) {
			l.mark()
		}
		l.put(c, &p)
		if c == '/' || c == '?' || c == '=' || c == '&' {
			l.mark()
		}
	}
	l.trimmed()
}

// endsBefore says that a wanted URL may end before c.
func endsBefore(c byte) bool { return bytes.IndexByte([]byte("?#/&;,)]}'"), c) >= 0 }

func (l *locator) mark() {
	if n := len(l.marks); n == 0 || l.marks[n-1] != len(l.text) {
		l.marks = append(l.marks, len(l.text))
	}
}

// trimmed marks the end, and each end before the punctuation of a sentence.
func (l *locator) trimmed() {
	l.mark()
	for n := len(l.text); n > 0 && bytes.IndexByte([]byte(".,;:!?)]}'\""), l.text[n-1]) >= 0; n-- {
		l.marks = append(l.marks, n-1)
	}
}

// port reads a port at i and keeps it unless it is the one that goes without saying.
func (l *locator) port(b []byte, i int, encoded bool) int {
	j := i
	switch {
	case encoded && hasFold(b, i, "%3a"):
		j += 3
	case j < len(b) && b[j] == ':':
		j++
	default:
		return i
	}
	start := j
	for j < len(b) && j-start < 5 && '0' <= b[j] && b[j] <= '9' {
		j++
	}
	if j == start || j < len(b) && isWord(b[j]) {
		return i
	}
	if port := string(b[start:j]); port != "80" && port != "443" {
		l.text = append(append(l.text, ':'), port...)
	}
	return j
}

// put adds one character of path or query in its normal form.
func (l *locator) put(c byte, p *pathReader) {
	const digits = "0123456789ABCDEF"
	switch {
	case c == '%' && p.i+1 < len(p.b) && unhex(p.b[p.i]) >= 0 && unhex(p.b[p.i+1]) >= 0:
		d := byte(unhex(p.b[p.i])<<4 | unhex(p.b[p.i+1]))
		p.i += 2
		if unreserved(d) {
			l.text = append(l.text, d)
			return
		}
		c = d
		fallthrough
	case c >= 0x80:
		l.text = append(l.text, '%', digits[c>>4], digits[c&15])
	default:
		l.text = append(l.text, c)
	}
}

// unreserved says that a percent sign before c changes nothing.
//
// SPEC: RFC 3986 §2.3.
func unreserved(c byte) bool { return isToken(c) || c == '~' }

// A pathReader reads the characters of a URL as they were before the log wrote them down.
type pathReader struct {
	b       []byte
	i       int
	encoded bool
}

// next gives the next character; false where the URL ends.
func (p *pathReader) next() (byte, bool) {
	if p.i >= len(p.b) {
		return 0, false
	}
	c := p.b[p.i]
	switch {
	case c <= ' ' || c == '"' || c == '<' || c == '>' || c == '`' || c == '|' || c == 0x7f || p.encoded && c == '&':
		return 0, false
	case c == '\\':
		return p.escaped()
	case p.encoded && c == '%' && p.i+2 < len(p.b) && unhex(p.b[p.i+1]) >= 0 && unhex(p.b[p.i+2]) >= 0:
		c = byte(unhex(p.b[p.i+1])<<4 | unhex(p.b[p.i+2]))
		p.i += 3
		return c, c > ' '
	case c == '&' && hasFold(p.b, p.i, "&amp;"):
		p.i += 5
		return c, true
	}
	p.i++
	return c, true
}

// escaped reads what JSON writes with a backslash.
func (p *pathReader) escaped() (byte, bool) {
	switch {
	case hasFold(p.b, p.i, `\/`):
		p.i += 2
		return '/', true
	case hasFold(p.b, p.i, `\u00`) && p.i+5 < len(p.b) && unhex(p.b[p.i+4]) >= 0 && unhex(p.b[p.i+5]) >= 0:
		c := byte(unhex(p.b[p.i+4])<<4 | unhex(p.b[p.i+5]))
		p.i += 6
		return c, c > ' ' && c != '"' && c < 0x7f
	}
	return 0, false
}

// hasFold says that the lower-case text stands at i of b, in any case.
func hasFold(b []byte, i int, text string) bool {
	if i < 0 || i+len(text) > len(b) {
		return false
	}
	for k := range len(text) {
		if lower(b[i+k]) != text[k] {
			return false
		}
	}
	return true
}

func appendLower[T ~string | ~[]byte](dst []byte, text T) []byte {
	for i := range len(text) {
		dst = append(dst, lower(text[i]))
	}
	return dst
}
