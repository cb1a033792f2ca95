package indicator

import "strings"

// maxLocal is the longest name before the "@".
//
// SPEC: RFC 5321 §4.5.3.1.1
const maxLocal = 64

// localByte says that b may stand before the "@" of an address that needs no quotes.
// Marks that are more often separators ("=", "'", "/", "|") are left out.
func localByte(b byte) bool { return is(b, clToken) || b == '+' }

// email reports the address around the "@" at i, and gives where to go on; i if
// there is none.
func (sc *scanner) email(i int) int {
	s := sc.s
	a := i
	for a > sc.last && i-a <= maxLocal && localByte(s[a-1]) {
		a--
	}
	for a < i && !is(s[a], clAlnum|clUnder) {
		a++
	}
	if a == i || i-a > maxLocal || s[i-1] == '.' || strings.Contains(s[a:i], "..") {
		return i
	}
	name, b := sc.mailHost(i + 1)
	if name == "" {
		return i
	}
	confidence := plain
	if sc.defanged(a, b) || sc.near(a, 24) {
		confidence = sure
	}
	sc.emit(Value{Type: Email, Value: s[a:i] + "@" + name}, a, b, 0, confidence)
	return b
}

// mailHost reads the host at i, behind the "@", and gives its end; empty for none.
func (sc *scanner) mailHost(i int) (string, int) {
	s := sc.s
	b := i
	for b < len(s) && b-i <= maxHost && is(s[b], clToken) {
		b++
	}
	if at(s, b) >= 0x80 || b == i {
		return wideMailHost(s, i)
	}
	_, b = trimToken(s, i, b)
	name, end, _ := sc.hostName(i, b)
	return name, end
}

// wideMailHost reads a host at i that has, or is followed by, letters outside ASCII.
func wideMailHost(s string, i int) (string, int) {
	ascii := i
	for ascii < len(s) && ascii-i < maxHost && is(s[ascii], clToken) {
		ascii++
	}
	for _, end := range []int{wordEnd(s, i), ascii} {
		_, end = trimToken(s, i, end)
		if name, ok := normalHost(s[i:end]); ok && knownTLD(name) {
			return name, end
		}
	}
	return "", i
}
