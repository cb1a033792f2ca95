package hunt

import "unicode/utf8"

// Where a token begins and ends in the text is not always where the log's author began and ended
// it: %2Fevil.example begins after the escape, evil.example%2Ejp does not end before it.

// cutAtStart says how many of the first characters of the token at i belong to an escape before it,
// and what character that escape stands for.
func cutAtStart(b []byte, i int) (n int, c byte) {
	if i == 0 {
		return 0, 0
	}
	switch b[i-1] {
	case '%':
		if code, ok := hexAt(b, i, 2); ok {
			return 2, byte(code)
		}
	case '\\':
		switch peek(b, i) {
		case 'n', 'r', 't', 'b', 'f', 'v':
			return 1, ' '
		case 'u':
			if code, ok := hexAt(b, i+1, 4); ok {
				return 5, narrow(code)
			}
		case 'x':
			if code, ok := hexAt(b, i+1, 2); ok {
				return 3, narrow(code)
			}
		}
	}
	return 0, 0
}

// narrow is the byte a code stands for, 0xff for all that is beyond ASCII.
func narrow(code int) byte {
	if code > 0x7f {
		return 0xff
	}
	return byte(code)
}

func peek(b []byte, i int) byte {
	if i < 0 || i >= len(b) {
		return 0
	}
	return b[i]
}

// hexAt reads n hexadecimal digits at i.
func hexAt(b []byte, i, n int) (code int, ok bool) {
	for k := range n {
		d := unhex(peek(b, i+k))
		if d < 0 {
			return 0, false
		}
		code = code<<4 | d
	}
	return code, true
}

// beginsAt says that a token may begin at i: what stands before it is no part of it, also not in an
// escape. Behind a single backslash both readings are allowed: C:\temp.exe and a tab.
func beginsAt(b []byte, i int) bool {
	if !isInside(b, i-1) {
		if n, c := cutAtStart(b, i); n > 1 && c < 0x80 {
			return false
		}
		return !gluedBefore(b, i)
	}
	for _, n := range [...]int{1, 2, 3, 5} {
		if i > n {
			if k, c := cutAtStart(b, i-n); k == n {
				return !isToken(c)
			}
		}
	}
	return false
}

// isInside says that what stands at i is a word character, or a dot between two of them.
func isInside(b []byte, i int) bool {
	c := peek(b, i)
	return isWord(c) || c == '.' && isWord(peek(b, i-1)) && isWord(peek(b, i+1))
}

// gluedBefore says that a defanged dot stands before i.
func gluedBefore(b []byte, i int) bool {
	c := peek(b, i-1)
	return (c == ']' || c == ')' || c == '}') && peek(b, i-2) == '.' && isOpening(peek(b, i-3))
}

func isOpening(c byte) bool { return c == '[' || c == '(' || c == '{' }

// endsAt says that a token may end before i: what follows is no part of it, also not in an escape.
func endsAt(b []byte, i int) bool {
	switch c := peek(b, i); {
	case isWord(c):
		return false
	case c == '.':
		return !isWord(peek(b, i+1))
	case c == '%':
		code, ok := hexAt(b, i+1, 2)
		return !ok || !isToken(narrow(code))
	case c == '\\' && peek(b, i+1) == 'u':
		code, ok := hexAt(b, i+2, 4)
		return !ok || !isToken(narrow(code))
	case isOpening(c):
		return !isDotWord(b, i+1)
	case c >= 0xe3:
		w, size := wideAt(b, i)
		if w == '.' {
			next, _ := wideAt(b, i+size)
			return !isWord(peek(b, i+size)) && !isWord(next)
		}
		return !isWord(w)
	}
	return true
}

// wideAt is the ASCII character whose full-width form, or ideographic one, stands at i.
func wideAt(b []byte, i int) (c byte, size int) {
	if i >= len(b) || b[i] < 0xe3 {
		return 0, 0
	}
	r, size := utf8.DecodeRune(b[i:])
	return fullWidth(r), size
}

// isDotWord says that a dot, or the word for it, and a closing bracket stand at i.
func isDotWord(b []byte, i int) bool {
	switch {
	case peek(b, i) == '.':
		i++
	case hasFold(b, i, "dot"):
		i += 3
	default:
		return false
	}
	c := peek(b, i)
	return c == ']' || c == ')' || c == '}'
}

// formBefore is the form of an address or a name that ends before i: one that was wanted with a port is
// told apart where another port stands behind it.
func (e *entry) formBefore(b []byte, i int, form Form) Form {
	if e.port != 0 {
		if port, ok := portAt(b, i); ok && port != int(e.port) {
			return FormPort
		}
	}
	return form
}

// portAt reads the port that stands at i, behind an address or a name: a colon, escaped or not, and up to
// five digits. Between them and the name there may be the bracket of an address of version 6, or the dot
// that the DNS puts behind a name.
func portAt(b []byte, i int) (port int, ok bool) {
	if c := peek(b, i); c == ']' || c == '.' {
		i++
	}
	switch {
	case peek(b, i) == ':':
		i++
	case hasFold(b, i, "%3a"):
		i += 3
	default:
		return 0, false
	}
	digits := 0
	for ; peek(b, i) >= '0' && peek(b, i) <= '9'; i++ {
		if digits++; digits > 5 {
			return 0, false
		}
		port = port*10 + int(b[i]-'0')
	}
	return port, digits > 0
}
