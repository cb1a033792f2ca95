package indicator

import (
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxURL       = 4096
	maxAuthority = 1024
)

// A locator is a URL cut into its parts, each in its normal form.
type locator struct {
	scheme   string
	userinfo string // with its "@"
	host     string
	port     string // with its ":"
	rest     string // path, query, fragment
	single   bool   // the host is a name without a dot
}

func (l locator) String() string {
	return l.scheme + "://" + l.userinfo + l.host + l.port + l.rest
}

// schemeBefore gives the scheme whose last letter stands before i, and where it begins.
func schemeBefore(s string, i int) (scheme string, start int) {
	start = i
	for start > 0 && i-start < 15 && (is(s[start-1], clAlnum|clDash) || s[start-1] == '*' || s[start-1] == '_') {
		start--
	}
	for p := start; p < i; p++ { // the longest spelling that ends here
		if p > start && is(s[p-1], clAlnum) && is(s[p], clAlnum) && i-p != 4 && i-p != 5 {
			continue // "ttps" of "https"; but "3dhttp" holds a scheme
		}
		if sch := lookup(schemes(), s[p:i]); sch != "" {
			return sch, p
		}
	}
	return "", i
}

// slashesAt says what parts scheme and host at i: its length, and whether the URL was
// written with backslashes.
func slashesAt(s string, i int) (n int, back bool) {
	switch {
	case strings.HasPrefix(s[i:], "://"):
		n = 3
	case strings.HasPrefix(s[i:], `:\\`):
		n = 3
		back = true
		if strings.HasPrefix(s[i:], `:\\\\`) {
			n = 5
		}
	}
	return n, back
}

// url reports the URL whose scheme ends at colon, and gives where to go on; colon
// if there is none.
func (sc *scanner) url(colon int) int {
	s := sc.s
	skip, back := slashesAt(s, colon)
	if skip == 0 {
		return colon
	}
	scheme, start := schemeBefore(s, colon)
	if scheme == "" || start < sc.last {
		return colon
	}
	loc := locator{scheme: scheme}
	end, ok := sc.authority(&loc, colon+skip)
	if !ok {
		return colon
	}
	if c := at(s, end); c == '/' || c == '?' || c == '#' || back && c == '\\' {
		last := sc.pathEnd(start, end, back)
		loc.rest = s[end:last]
		end = last
	}
	if back {
		loc.rest = strings.ReplaceAll(loc.rest, `\`, "/")
	}
	sc.emit(Value{Type: URL, Value: loc.String()}, start, end, 0, sc.urlConfidence(loc, start, end))
	sc.namedByDigest(end-len(loc.rest), end)
	if scheme == "stratum" || strings.HasSuffix(s[max(0, start-8):start], "stratum+") {
		sc.pool(loc, colon+skip, end)
	}
	return end
}

// pool reports the host of a mining pool beside its URL: pools are blocked by name, as each
// miner writes the URL in its own way.
func (sc *scanner) pool(loc locator, a, end int) {
	if v, err := Parse(Domain, loc.host); err == nil && knownTLD(loc.host) {
		sc.within(v, a, min(end, a+len(loc.host)), fair)
	}
}

// namedByDigest reports the digest by which the file at the end of a path is named:
// http://evil.example/d41d….exe.
func (sc *scanner) namedByDigest(i, end int) {
	a := i + strings.LastIndexByte(sc.s[i:end], '/') + 1
	b := a
	for b < end && b-a <= 128 && is(sc.s[b], clHex) {
		b++
	}
	if a > i && hashOf(b-a) != NoHash && at(sc.s, b) == '.' && extensionAt(sc.s, b) == end-b {
		sc.within(Value{Type: File, Hash: hashOf(b - a), Value: strings.ToLower(sc.s[a:b])}, a, b, fair)
	}
}

func (sc *scanner) urlConfidence(loc locator, start, end int) int {
	switch {
	case loc.single:
		return doubtful
	case sc.defanged(start, end):
		return sure
	}
	if _, err := netip.ParseAddr(strings.Trim(loc.host, "[]")); err != nil && !knownTLD(loc.host) {
		return fair
	}
	return high
}

// authority reads user, host and port at i into loc.
func (sc *scanner) authority(loc *locator, i int) (end int, ok bool) {
	s := sc.s
	end = i
	for end < len(s) && end-i < maxAuthority && strings.IndexByte("/?#\\ \t\"'<>|`,;(){}", s[end]) < 0 && s[end] > ' ' {
		end++
	}
	if cut := strings.LastIndexByte(s[i:end], '@'); cut >= 0 && !strings.ContainsFunc(s[i:i+cut], func(r rune) bool { return r >= utf8.RuneSelf }) {
		loc.userinfo = s[i : i+cut+1]
		i += cut + 1
	}
	if at(s, i) == '[' {
		close := strings.IndexByte(s[i:end], ']')
		if close < 0 {
			return i, false
		}
		a, err := netip.ParseAddr(s[i+1 : i+close])
		if err != nil || !a.Is6() || a.Zone() != "" {
			return i, false
		}
		loc.host = "[" + a.String() + "]"
		end = i + close + 1
	} else if end, ok = sc.urlHost(loc, i, end); !ok {
		return i, false
	}
	if after, _, isPort := portAt(s, end); isPort {
		loc.port = s[end:after]
		end = after
	}
	return end, true
}

// urlHost reads a name or an IPv4 address from i up to limit.
func (sc *scanner) urlHost(loc *locator, i, limit int) (end int, ok bool) {
	s := sc.s
	end = i
	for end < limit && is(s[end], clToken) {
		end++
	}
	if at(s, end) >= utf8.RuneSelf && sc.wideHost(i, end, limit) {
		last := wideHostEnd(s, end, limit)
		if name, known := normalHost(s[i:last]); known && (knownTLD(name) || last < limit || at(s, last) == '/') {
			loc.host = name
			return last, true
		}
	}
	end = i + len(strings.TrimRight(s[i:end], ".-_"))
	text := s[i:end]
	if last, _, isIP := parseIPv4(s, i); isIP && last == end {
		loc.host = text
		return end, true
	}
	if name, known := normalHost(text); known {
		loc.host = name
		return end, true
	}
	if singleLabel(text) {
		loc.host, loc.single = strings.ToLower(text), true
		return end, true
	}
	return i, false
}

// singleLabel says that a text can be the name of a host in one's own network.
func singleLabel(s string) bool {
	return len(s) <= maxLabel && all(s, clAlnum|clDash) && s[0] != '-' && !all(s, clDigit)
}

// wideHostEnd goes on from i over letters, digits, dots and hyphens of any script.
func wideHostEnd(s string, i, limit int) int {
	for i < limit && (is(s[i], clToken) || s[i] >= utf8.RuneSelf) {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r >= utf8.RuneSelf && !unicode.IsLetter(r) && !unicode.IsMark(r) && r != 'ー' {
			break
		}
		i += n
	}
	return i
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// wideHost says that the letters outside ASCII at i belong to the host that begins at
// start: they begin a label, their script has spaces between words, or a dot and the
// rest of a name follow, not the words of a sentence.
func (sc *scanner) wideHost(start, i, limit int) bool {
	if i == start || sc.s[i-1] == '.' || alphabetic(firstRune(sc.s[i:])) {
		return true
	}
	for i < limit && sc.s[i] >= utf8.RuneSelf {
		i++
	}
	return i < limit && (sc.s[i] == '.' || sc.s[i] == '-')
}

// pathEnd gives the end of the path, query and fragment that begin at i, in a URL
// that begins at start.
func (sc *scanner) pathEnd(start, i int, back bool) int {
	s := sc.s
	quote := closing(at(s, start-1))
	wide := sc.f.wide(start) // the whole of it typed full width
	query := false
	var depth [3]int // ( [ {
	end := i
	for end < len(s) && end-start < maxURL {
		c := s[end]
		if c <= ' ' || c >= 0x7f || c == quote || c == '|' && quote == 0 || sc.f.wide(end) && !wide && c != '.' && c != '/' && c != ':' {
			break
		}
		if c == '?' {
			query = true
		}
		if stopsPath(s, end, quote, back, query, &depth) {
			break
		}
		end++
	}
	return trimPath(s, start, i, end)
}

// stopsPath says that the character at i is no part of a path, because of what it
// is, because of what follows, or because it closes what was not opened.
func stopsPath(s string, i int, quote byte, back, query bool, depth *[3]int) bool {
	switch s[i] {
	case '"', '<', '>', '`', '\'', '^':
		return true
	case '\\':
		return !back || strings.IndexByte("nrt\"", at(s, i+1)) >= 0 && !is(at(s, i+2), clAlnum)
	case ',':
		return quote == 0
	case ';':
		return hasFold(s, i+1, "http") || hasFold(s, i+1, "hxxp")
	case '(', '[', '{':
		if s[i] == '[' && !query {
			return true
		}
		depth[strings.IndexByte("([{", s[i])]++
	case ')', ']', '}':
		k := strings.IndexByte(")]}", s[i])
		depth[k]--
		return depth[k] < 0
	}
	return false
}

// trimPath leaves out what ends the sentence or closes the markup around a URL.
func trimPath(s string, start, i, end int) int {
	before := at(s, start-1)
	for end > i {
		switch c := s[end-1]; {
		case strings.IndexByte(".,;:!", c) >= 0:
		case c == '?' && end-1 > i:
		case c == '*' && strings.HasSuffix(s[i:end], "**"):
		case c == before && strings.IndexByte("*+_~", c) >= 0:
		case c == '(' || c == '{' || c == '[':
		default:
			return end
		}
		end--
	}
	return end
}

// closing gives the character that ends what c begins, 0 if it begins nothing.
func closing(c byte) byte {
	switch c {
	case '"', '\'', '`':
		return c
	case '<':
		return '>'
	}
	return 0
}
