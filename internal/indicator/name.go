package indicator

import (
	"strings"
	"unicode/utf8"
)

// captured checks what was read behind a label against what such a value looks like.
func captured(t Type, text string, k link) (Value, bool) {
	v, err := Parse(t, text)
	if err != nil {
		return Value{}, false
	}
	switch t {
	case Mutex, Service, Task:
		return v, plausibleName(v.Value, k)
	case File:
		return v, v.Hash == NoHash && plausibleName(v.Value, k) && !strings.ContainsAny(strings.TrimPrefix(text, "."), ` ./\`)
	case UserAgent:
		if _, err := Parse(IPv4, text); err == nil {
			return v, false
		}
		return v, strings.ContainsAny(text, "/0123456789") && is(text[0], clAlnum|clUnder) || k.closer != "" && k.colon
	case Subject:
		return v, k.marked && !distinguishedName(text)
	}
	return v, true
}

// plausibleName says that what was read behind a label is a name of a mutex, service
// or task, not words that happen to stand there.
func plausibleName(text string, k link) bool {
	c := text[0]
	switch {
	case c >= utf8.RuneSelf && k.closer == "", !hasASCIIWord(text), k.bracket && !named(text):
		return false
	case strings.Count(text, " ") > maxWords, !is(c, clAlnum|clUnder|clWide) && strings.IndexByte(`{\%$-.`, c) < 0:
		return false
	}
	if _, _, isLabel := labels().at(text, 0); isLabel && strings.IndexByte(text, ' ') >= 0 {
		return false
	}
	return k.closer != "" || k.colon || k.cell != 0 || named(text) || c == '.'
}

// distinguishedName says that the subject is a certificate's: "C = GB, O = …", "CN=…".
func distinguishedName(s string) bool {
	s = strings.TrimPrefix(s, "/")
	name, _, ok := strings.Cut(s, "=")
	name = strings.TrimSpace(name)
	return ok && len(name) <= 2 && name != "" && strings.ToUpper(name) == name
}

func hasASCIIWord(s string) bool {
	for i := 0; i < len(s); i++ {
		if is(s[i], clAlnum) {
			return true
		}
	}
	return false
}

// serviceName says that a word is made up as those who install services make up names.
func serviceName(s string) bool {
	low := strings.ToLower(s)
	return strongName(s) && hasAnySuffix(low, "svc", "srv", "service", "agent", "helper", "host", "monitor", "updater", "update", "task", "refresh")
}

// titled says that two words at i begin with capitals: "task TBG Sync Repair".
func titled(s string, i int) bool {
	end := tokenEnd(s, i)
	return end > i && upper(s[i]) && at(s, end) == ' ' && upper(at(s, end+1))
}

func upper(c byte) bool { return c >= 'A' && c <= 'Z' }

// nameEnds says that c, with next behind it, ends a name: a mark that names do not hold,
// the end of a sentence, or a space where one word is all that can be meant.
func (k link) nameEnds(c, next byte) bool {
	switch c {
	case ',', ';', '(', '`', '\'', '<':
		return true
	case '.':
		return next == ' '
	case ' ':
		return !k.colon && k.cell == 0 || next == ' '
	}
	return false
}

// named says that a word was made up as a name, not taken from a sentence: it has a
// digit, a capital, or a mark in it.
func named(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; is(c, clDigit|clUnder) || c >= 'A' && c <= 'Z' || c == '\\' || c == '{' || c == '-' && i > 0 {
			return true
		}
	}
	return false
}

// strongName says that a word can hardly be anything but a made-up name: capitals inside
// it, or digits or underscores among its letters.
func strongName(s string) bool {
	if len(s) < 6 {
		return false
	}
	for i := 1; i < len(s); i++ {
		if s[i] == '_' || is(s[i], clDigit) && is(s[i-1], clLetter|clHexLetter) || s[i] >= 'A' && s[i] <= 'Z' && s[i-1] >= 'a' && s[i-1] <= 'z' {
			return true
		}
	}
	return false
}
