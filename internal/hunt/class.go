package hunt

// A class is a bit of what a byte can be to the scanner.
const (
	classWord  = 1 << iota // a letter, digit, hyphen or underscore
	classDot               // .
	classDigit             // 0 to 9
	classHex               // 0 to 9, a to f, A to F
	classColon             // :
	classTurn              // % \ [ ( { : what an escape or a defanged spelling begins with
	classHigh              // 0x80 and above
)

// classOf gives the classes of one byte.
func classOf(c byte) (k byte) {
	switch {
	case '0' <= c && c <= '9':
		k = classWord | classDigit | classHex
	case 'a' <= c|0x20 && c|0x20 <= 'z':
		k = classWord
		if c|0x20 <= 'f' {
			k |= classHex
		}
	case c == '-' || c == '_':
		k = classWord
	case c == '.':
		k = classDot
	case c == ':':
		k = classColon
	case c == '%' || c == '\\' || c == '[' || c == '(' || c == '{':
		k = classTurn
	case c >= 0x80:
		k = classHigh
	}
	return k
}

// classes has the classes of every byte.
var classes = func() (t [256]byte) {
	for c := range t {
		t[c] = classOf(byte(c))
	}
	return t
}()

// isToken says that c can stand inside a token: a word character or a dot.
func isToken(c byte) bool { return classes[c]&(classWord|classDot) != 0 }

// isWord says that c is a word character.
func isWord(c byte) bool { return classes[c]&classWord != 0 }

// lower is c in lower case, if it is an ASCII letter.
func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c |= 0x20
	}
	return c
}

// unhex is the value of a hexadecimal digit, -1 for other bytes.
func unhex(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
