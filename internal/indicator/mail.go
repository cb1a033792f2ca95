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
	b := i + 1
	for b < len(s) && b-i <= maxHost && is(s[b], clToken) {
		b++
	}
	var name string
	if at(s, b) >= 0x80 || b == i+1 {
		name, b = wideMailHost(s, i+1)
	} else {
		_, b = trimToken(s, i+1, b)
		name, b, _ = sc.hostName(i+1, b)
	}
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
