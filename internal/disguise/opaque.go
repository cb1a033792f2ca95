package disguise

import "strings"

const (
	minOpaque  = 8  // characters of a token that can be told from a word
	longDigits = 9  // digits that may be anything
	longHex    = 12 // hexadecimal digits that are no word
)

// Opaque reports whether a token of a URL, cookie, user agent, mutex or command looks like
// random or encoded data rather than words: nobody can say by reading it what it holds.
// Punctuation divides a token into parts; one opaque part makes it opaque.
func Opaque(token string) bool {
	if strings.Count(token, "%") >= 3 || strings.Contains(strings.ToLower(token), "xn--") || isUUID(token) {
		return true
	}
	for part := range strings.FieldsFuncSeq(token, func(r rune) bool { return r < 0x80 && !isAlnum(byte(r)) }) {
		if opaquePart(part) {
			return true
		}
	}
	return false
}

func isUUID(s string) bool {
	s = strings.Trim(s, "{}")
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		hyphen := i == 8 || i == 13 || i == 18 || i == 23
		if hyphen != (s[i] == '-') || !hyphen && hexValue(s[i]) < 0 {
			return false
		}
	}
	return true
}

func opaquePart(s string) bool {
	var letters, digits, hex, changes, consonants, run int
	last := scriptNone
	for i, r := range s {
		kind := scriptOf(r)
		if r >= 0x80 {
			return false // other scripts are read, not guessed
		}
		if hexValue(s[i]) >= 0 {
			hex++
		}
		if kind == scriptDigit {
			digits++
		} else {
			letters++
		}
		if i > 0 && kind != last && !(last == scriptUpper && kind == scriptLower) {
			changes++
		}
		last = kind
		if kind == scriptDigit || strings.ContainsRune("aeiouyAEIOUY", r) {
			run = 0
		} else {
			run++
			consonants = max(consonants, run)
		}
	}
	size := letters + digits
	switch {
	case letters == 0:
		return digits >= longDigits
	case hex == size && size >= longHex && digits > 0:
		return true
	case size < minOpaque:
		return false
	case changes >= 3, size >= 48:
		return true
	}
	return consonants >= 6 || size >= 24 && digits > 0
}
