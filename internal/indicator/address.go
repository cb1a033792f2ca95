package indicator

import (
	"net/netip"
	"strconv"
	"strings"
)

// parseIPv4 reads four numbers of 0–255 at i, without leading zeros, and gives the
// end of the last. It does not look at what follows.
func parseIPv4(s string, i int) (end int, octets [4]byte, ok bool) {
	for k := range 4 {
		if k > 0 {
			if at(s, i) != '.' {
				return i, octets, false
			}
			i++
		}
		start, v := i, 0
		for i < len(s) && i-start < 4 && is(s[i], clDigit) {
			v = v*10 + int(s[i]-'0')
			i++
		}
		if i == start || v > 255 || i-start > 1 && s[start] == '0' {
			return i, octets, false
		}
		octets[k] = byte(v)
	}
	return i, octets, true
}

// prefixLength reads "/24" at i; ok is false if none of at most max is there.
func prefixLength(s string, i, max int) (end, bits int, ok bool) {
	if at(s, i) != '/' {
		return i, 0, false
	}
	end = i + 1
	for end < len(s) && end-i < 5 && is(s[end], clDigit) {
		bits = bits*10 + int(s[end]-'0')
		end++
	}
	if end == i+1 || bits > max || at(s, i+1) == '0' && end > i+2 {
		return i, 0, false
	}
	if c := at(s, end); is(c, clAlnum|clUnder) || c == '/' || c == '.' && is(at(s, end+1), clAlnum) {
		return i, 0, false
	}
	return end, bits, true
}

// portAt reads ":443" at i; ok is false where it is a time, a line number or an address.
func portAt(s string, i int) (end int, port uint16, ok bool) {
	if at(s, i) != ':' {
		return i, 0, false
	}
	end = i + 1
	for end < len(s) && end-i < 7 && is(s[end], clDigit) {
		end++
	}
	n, err := strconv.ParseUint(s[i+1:end], 10, 16)
	if err != nil || n == 0 || s[i+1] == '0' {
		return i, 0, false
	}
	switch c := at(s, end); {
	case is(c, clAlnum|clUnder), c == ':' && is(at(s, end+1), clAlnum), c == '.' && is(at(s, end+1), clDigit):
		return i, 0, false
	}
	return end, uint16(n), true
}

// ipv4 reports the address at i, which is the beginning of a token of digits, dots
// and hyphens. It returns where to go on.
func (sc *scanner) ipv4(i, tokenEnd int) int {
	end, octets, ok := parseIPv4(sc.s, i)
	if !ok || is(at(sc.s, i-1), clAlnum|clUnder|clDot) {
		return tokenEnd
	}
	switch next := at(sc.s, end); {
	case next == '.' && is(at(sc.s, end+1), clAlnum|clDash|clUnder):
		if !sc.tcpdump(i, end) {
			return tokenEnd // five numbers: a version, an object identifier
		}
	case is(next, clAlnum|clUnder):
		return tokenEnd
	case next == '-' && is(at(sc.s, end+1), clAlnum) && !is(at(sc.s, end+1), clDigit):
		return tokenEnd
	}
	confidence := sc.ipv4Confidence(i, end, octets)
	if confidence == 0 {
		return end
	}
	if last, bits, isNet := prefixLength(sc.s, end, 32); isNet {
		p := netip.PrefixFrom(netip.AddrFrom4(octets), bits)
		sc.emit(Value{Type: CIDR4, Value: p.Masked().String()}, i, last, 0, confidence)
		return last
	}
	after, port, _ := portAt(sc.s, end)
	sc.emit(Value{Type: IPv4, Value: sc.s[i:end]}, i, end, port, confidence)
	return after
}

// tcpdump says that the address from i to end has its port behind a dot, as
// tcpdump writes: "IP 10.0.0.1.443 > 203.0.113.5.51234:".
func (sc *scanner) tcpdump(i, end int) bool {
	p := end + 1
	for p < len(sc.s) && p-end < 7 && is(sc.s[p], clDigit) {
		p++
	}
	if p == end+1 || is(at(sc.s, p), clAlnum|clDot|clUnder) {
		return false
	}
	return hasFold(sc.s, i-2, "> ") || strings.HasPrefix(sc.s[p:], " > ")
}

// ipv4Confidence weighs what stands around four numbers; 0 says that they are a
// version or the like.
func (sc *scanner) ipv4Confidence(i, end int, o [4]byte) int {
	if sc.defanged(i, end) {
		return sure
	}
	small := o[0] < 32 && o[1] < 32 && o[2] < 32 && o[3] < 32
	if sc.versionBefore(i, small) || versionFollows(sc.s, end) {
		return 0
	}
	switch {
	case o == [4]byte{} || o[0] == 255:
		return faint // 0.0.0.0, masks
	case small && o[0] < 10 && capitalBefore(sc.s, i):
		return doubtful
	case small && !sc.near(i, 40):
		return fair
	}
	return plain
}

// versionBefore says that what stands before i makes the numbers there a version, or
// a part of a name. Some words do so only for numbers that are small.
func (sc *scanner) versionBefore(i int, small bool) bool {
	s := sc.s
	switch at(s, i-1) {
	case '/':
		if versionProduct(s, i-2) {
			return true
		}
	case 'v', 'V':
		return true
	case '-':
		if c := at(s, i-2); is(c, clAlnum) && !is(c, clDigit) {
			return true
		}
	}
	if !sc.near(i, 14) {
		return false
	}
	return sc.label.what == "version" || sc.label.what == "firmware" && small
}

// versionProduct says that the word that ends at i is a product's, as in
// "Chrome/126.0.0.0": a capital, then at least one small letter. The all-capital
// words of proxies ("HIER_DIRECT/203.0.113.77") and hosts are not.
func versionProduct(s string, i int) bool {
	end := i
	for i >= 0 && end-i < 40 && is(s[i], clAlnum|clUnder|clDash) {
		i--
	}
	word := s[i+1 : end+1]
	if word == "" || at(s, i) == '/' || at(s, i) == '.' || !is(word[0], clHexLetter|clLetter) {
		return false
	}
	return word[0] < 'a' && strings.ToUpper(word) != word || lookup(stems(), word) != "" || strings.EqualFold(word, "curl") || strings.EqualFold(word, "wget")
}

// capitalBefore says that a word with a capital and a small letter stands before i,
// as in "FortiGate 7.0.1.4".
func capitalBefore(s string, i int) bool {
	if at(s, i-1) != ' ' {
		return false
	}
	end := i - 1
	start := end
	for start > 0 && end-start < 32 && is(s[start-1], clAlnum|clDash|clUnder) {
		start--
	}
	word := s[start:end]
	return len(word) > 1 && word[0] >= 'A' && word[0] <= 'Z' && strings.ToUpper(word) != word
}

var versionWords = []string{" or later", " or earlier", " and later", " and earlier", " or newer", "以前", "以降", "未満", "以上", "以下", "版", "系"}

func versionFollows(s string, end int) bool {
	if at(s, end) == ' ' && at(s, end+1) >= 0x80 {
		end++
	}
	for _, w := range versionWords {
		if strings.HasPrefix(s[end:], w) {
			return true
		}
	}
	return false
}

// maxIPv6 is longer than any address in text, with a mapped IPv4 at its end.
const maxIPv6 = 46

// ipv6 reports the address at i, where a run of hex digits and colons begins.
// It returns where to go on, i if there is none.
func (sc *scanner) ipv6(i int) int {
	s := sc.s
	if c := at(s, i-1); is(c, clAlnum|clDot|clUnder) || c == ':' && !sc.f.wide(i-1) {
		return i
	}
	end, ok := sc.groupsEnd(i)
	if !ok {
		return i
	}
	addr, end, ok := longestIPv6(s, i, end)
	if !ok {
		return i
	}
	confidence := sc.ipv6Confidence(s[i:end], i, end)
	if confidence == 0 {
		return i
	}
	if last, bits, isNet := prefixLength(s, end, 128); isNet {
		p := netip.PrefixFrom(addr, bits)
		sc.emit(Value{Type: CIDR6, Value: p.Masked().String()}, i, last, 0, confidence)
		return last
	}
	after, port := end, uint16(0)
	if at(s, i-1) == '[' && at(s, end) == ']' {
		after, port, _ = portAt(s, end+1)
	}
	sc.emit(Value{Type: IPv6, Value: addr.String()}, i, end, port, confidence)
	return max(after, end)
}

// groupsEnd gives the end of a run of hex digits, dots and at least two colons at i; ok is
// false if it is longer than an address or a part of a word. A full-width colon is none of the
// address: it leads to it, or to what is said of it.
func (sc *scanner) groupsEnd(i int) (end int, ok bool) {
	s, colons := sc.s, 0
	for end = i; end < len(s) && end-i <= maxIPv6 && (is(s[end], clHex|clDot) || s[end] == ':'); end++ {
		if s[end] != ':' {
			continue
		}
		if sc.f.wide(end) {
			return end, colons >= 2
		}
		colons++
	}
	return end, colons >= 2 && end-i <= maxIPv6 && !is(at(s, end), clAlnum|clUnder)
}

// longestIPv6 parses s[i:end], without the punctuation at its end if need be.
func longestIPv6(s string, i, end int) (netip.Addr, int, bool) {
	for range 3 {
		if a, err := netip.ParseAddr(s[i:end]); err == nil && a.Is6() {
			return a, end, true
		}
		if c := at(s, end-1); c != '.' && c != ':' || end-i < 4 {
			break
		}
		end--
	}
	return netip.Addr{}, end, false
}

func (sc *scanner) ipv6Confidence(text string, i, end int) int {
	if sc.defanged(i, end) {
		return sure
	}
	digits, pairs := 0, 0
	groups := strings.Split(text, ":")
	for _, g := range groups {
		if len(g) == 2 {
			pairs++
		}
		for k := 0; k < len(g); k++ {
			if is(g[k], clDigit) {
				digits++
			}
		}
	}
	switch {
	case digits == 0: // dead::beef, or C++
		return 0
	case pairs == 8: // an EUI-64 or a run of bytes
		return 0
	case len(text) < 7:
		return fair
	}
	return high
}
