package indicator

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// SPEC: RFC 1035 §2.3.4
const (
	maxHost  = 253
	maxLabel = 63
)

// profile maps names as registries do, and refuses what cannot be registered.
var profile = idna.New(
	idna.MapForLookup(), idna.BidiRule(), idna.Transitional(false),
	idna.StrictDomainName(true), idna.VerifyDNSLength(true),
)

// normalHost gives a host name in lower case and punycode. A name in ASCII may have
// underscores, which DNS allows; ok is false for what is no name of at least two
// labels, or ends in a number.
func normalHost(s string) (host string, ok bool) {
	s = strings.TrimSuffix(s, ".")
	if len(s) > 4*maxHost || strings.HasSuffix(s, ".") {
		return "", false
	}
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			a, err := profile.ToASCII(s)
			if err != nil {
				return "", false
			}
			s = a
			break
		}
	}
	if s = lowerASCII(s); !validHost(s) {
		return "", false
	}
	return s, true
}

// validHost checks the shape of a name in lower-case ASCII.
func validHost(s string) bool {
	if len(s) > maxHost {
		return false
	}
	start, labels := 0, 0
	for i := 0; i <= len(s); i++ {
		if i < len(s) && s[i] != '.' {
			if !is(s[i], clAlnum|clDash|clUnder) {
				return false
			}
			continue
		}
		if i == start || i-start > maxLabel || s[start] == '-' || s[i-1] == '-' {
			return false
		}
		labels++
		if i < len(s) {
			start = i + 1
		}
	}
	return labels > 1 && validTop(s[start:])
}

// validTop says that a label can be at the top: letters, or punycode.
func validTop(s string) bool {
	return len(s) > 1 && (all(s, clHexLetter|clLetter) || len(s) > 4 && s[:4] == "xn--")
}

// knownTLD says that a host in lower-case ASCII ends in a name that is delegated,
// reserved or used by another root.
func knownTLD(host string) bool {
	top := host[strings.LastIndexByte(host, '.')+1:]
	if common(top) {
		return true
	}
	if _, ok := extraTLDs()[top]; ok {
		return true
	}
	suffix, icann := publicsuffix.PublicSuffix(host)
	return icann || strings.IndexByte(suffix, '.') >= 0
}

// publicSuffix says that nobody can have registered the name: co.jp, com.br.
func publicSuffix(host string) bool {
	dot := strings.LastIndexByte(host, '.')
	switch {
	case host[dot+1:] == "com", host[dot+1:] == "net", host[dot+1:] == "org", strings.Count(host, ".") > 3:
		return false // nothing but private suffixes under these
	}
	suffix, icann := publicsuffix.PublicSuffix(host)
	return icann && suffix == host
}

// dotted reports what a token with a dot in it is: a host or a file name. The token
// runs from i to j. It returns where to go on, at least j.
func (sc *scanner) dotted(i, j int) int {
	a, dot, b, ok := sc.dottedName(i, j)
	if !ok {
		return j
	}
	ext := sc.s[dot+1 : b]
	reading := lookup(extensions(), ext)
	if sc.prefersFile(a, b, ext, reading) && sc.fileName(i, a, b) {
		return j
	}
	if end, ok := sc.host(a, b); ok {
		return max(end, j)
	}
	if reading != "" {
		sc.fileName(i, a, b)
	}
	return j
}

// dottedName gives the name in the token from i to j and its last dot. Hyphens, dots and
// underscores at its ends are no part of it, but for the underscore of "_dmarc.evil.com".
// There is none in a token that is too short or too long, or that ends a word outside
// ASCII: what stands there may be a file.
func (sc *scanner) dottedName(i, j int) (a, dot, b int, ok bool) {
	s := sc.s
	a, b = trimToken(s, i, j)
	if a == i+1 && i > 0 && s[i] == '.' && s[i-1] >= utf8.RuneSelf && sc.wideStem(i, b) {
		return a, a, b, false
	}
	if b-a < 4 || b-a > 255 {
		return a, a, b, false
	}
	dot = a + strings.LastIndexByte(s[a:b], '.')
	if dot <= a {
		return a, a, b, false
	}
	if a > i && s[a-1] == '_' && at(s, b) != '_' { // else it is emphasis
		a--
	}
	return a, dot, b, true
}

// trimToken leaves out hyphens, dots and underscores at both ends.
func trimToken(s string, i, j int) (a, b int) {
	for i < j && is(s[i], clDot|clDash|clUnder) {
		i++
	}
	for j > i && is(s[j-1], clDot|clDash|clUnder) {
		j--
	}
	return i, j
}

// prefersFile decides for the file where an extension is also a name of the top level.
func (sc *scanner) prefersFile(a, b int, ext, reading string) bool {
	if reading == "" || sc.defanged(a, b) {
		ext = strings.ToLower(ext)
		return reading == extFile && extraTLDs()[ext] == "" && !knownTLD("a."+ext)
	}
	if reading == extFile {
		return true
	}
	if sc.nearHost(a) || at(sc.s, b) == '/' || at(sc.s, b) == ':' && is(at(sc.s, b+1), clDigit) {
		return false
	}
	return stemSaysFile(sc.s[a:b-len(ext)-1], ext, reading)
}

// stemSaysFile decides by what stands before the extension, in the way that the
// extension's reading asks for.
func stemSaysFile(stem, ext, reading string) bool {
	switch reading {
	case extFirst:
		return strings.Count(stem, ".") < 2 || ext == "zip"
	case extStem:
		return lookup(stems(), stem) == stemFile || strings.IndexByte(stem, '_') >= 0
	case extApp:
		return stem[0] >= 'A' && stem[0] <= 'Z'
	}
	return false
}

// host reports the name from a to b, if it is one, and gives the end of what was used.
func (sc *scanner) host(a, b int) (int, bool) {
	name, end, ok := sc.hostName(a, b)
	if !ok {
		return a, false
	}
	confidence := sc.hostConfidence(name, a, end)
	if confidence == 0 {
		return a, false
	}
	after, port, _ := portAt(sc.s, end)
	sc.emit(Value{Type: Domain, Value: name}, a, end, port, confidence)
	return max(after, end), true
}

// hostName reads a name with a known top level from a to b. Where a sentence runs
// on without a space ("evil.com.The"), it reads up to there.
func (sc *scanner) hostName(a, b int) (string, int, bool) {
	for range 2 {
		text := sc.s[a:b]
		if name, ok := normalHost(text); ok && knownTLD(name) {
			return name, b, true
		}
		dot := strings.LastIndexByte(text, '.')
		if dot < 0 || strings.IndexByte(text[:dot], '.') < 0 || !titleCase(text[dot+1:]) {
			break
		}
		b = a + dot
	}
	return "", a, false
}

func titleCase(s string) bool {
	return len(s) > 0 && s[0] >= 'A' && s[0] <= 'Z' && strings.ToUpper(s) != s || s == "A" || s == "I"
}

// hostConfidence weighs a name against the other things that have dots in them;
// 0 says that it is code, a detection name or the like.
func (sc *scanner) hostConfidence(name string, a, b int) int {
	if sc.defanged(a, b) {
		return sure
	}
	text := sc.s[a:b]
	labels := strings.Count(text, ".") + 1
	top := text[strings.LastIndexByte(text, '.')+1:]
	if publicSuffix(name) || registrableUnderscore(name) {
		return 0
	}
	if top != strings.ToLower(top) && !capitals(text, top, labels) {
		return 0
	}
	labelled := sc.nearHost(a)
	if !labelled && sc.codeWord(text, a, labels) || sc.codeAround(a, b, labels, top) {
		return 0
	}
	switch {
	case labelled:
		return high
	case common(top) || labels > 2:
		return plain
	}
	return fair
}

// codeWord says that the first word of a dotted name at a is one of those that
// begin names in code, detection names or products.
func (sc *scanner) codeWord(text string, a, labels int) bool {
	first := text[:strings.IndexByte(text, '.')]
	switch lookup(stems(), first) {
	case stemVirus:
		return first[0] < 'a' || at(sc.s, a-1) == '/'
	case stemCode:
		top := text[strings.LastIndexByte(text, '.')+1:]
		return labels == 2 || top != strings.ToLower(top)
	case stemName:
		return labels == 2
	}
	return false
}

// codeAround says that what stands next to a name makes it code or a part of a path.
func (sc *scanner) codeAround(a, b, labels int, top string) bool {
	if c := at(sc.s, b); (c == '(' || c == '=') && labels == 2 && !common(top) {
		return true
	}
	switch at(sc.s, a-1) {
	case '$':
		return true
	case '/':
		return !sc.slashBefore(a)
	case '\\':
		return at(sc.s, a-2) != '\\'
	}
	return false
}

// capitals says that a name with capitals in its top level is one all the same:
// all capital, or a usual one with a capital as at the beginning of a sentence.
func capitals(text, top string, labels int) bool {
	upper := strings.ToUpper(text) == text
	return upper && (common(top) || labels > 2 && len(top) > 2) || common(top) && titleCase(top)
}

// common says that a top level is so usual for hosts, and so unusual for anything
// else, that the name alone will do.
func common(top string) bool {
	switch strings.ToLower(top) {
	case "com", "net", "org", "jp", "ru", "cn", "de", "uk", "fr", "kr", "tw", "biz", "xyz", "top", "onion", "example", "eu", "us", "br", "nl", "ua", "edu", "gov":
		return true
	}
	return false
}

// registrableUnderscore says that an underscore stands where nobody can register
// one: evil_x.com, but not a_b.evil.com.
func registrableUnderscore(name string) bool {
	u := strings.LastIndexByte(name, '_')
	if u < 0 {
		return false
	}
	reg, err := publicsuffix.EffectiveTLDPlusOne(name)
	return err == nil && u >= len(name)-len(reg)
}

// slashBefore says that the slash before a does not part the names of a path: it
// begins "//host", or stands behind another value or a proxy's word in capitals.
func (sc *scanner) slashBefore(a int) bool {
	if at(sc.s, a-2) == '/' && at(sc.s, a-3) != '/' || sc.last == a-1 && a > 1 {
		return true
	}
	p := a - 2
	for p >= 0 && a-p < 32 && (sc.s[p] >= 'A' && sc.s[p] <= 'Z' || sc.s[p] == '_') {
		p--
	}
	return a-2-p > 4
}

// idn reports a host with letters outside ASCII around the token from i to j.
// It returns where to go on, i if there is none.
func (sc *scanner) idn(i, j int) int {
	s := sc.s
	if i < sc.idnTried {
		return i
	}
	a, b := sc.wideSpan(i, j)
	if a == i && b == j {
		return i
	}
	sc.idnTried = b
	for b > a && is(s[b-1], clDot|clDash|clUnder) {
		b--
	}
	if sc.wideFile(a, b) {
		return i
	}
	name, ok := normalHost(s[a:b])
	if !ok || !knownTLD(name) || publicSuffix(name) || !strings.Contains(name, "xn--") {
		return i
	}
	confidence := fair
	if sc.defanged(a, b) {
		confidence = sure
	}
	after, port, _ := portAt(s, b)
	sc.emit(Value{Type: Domain, Value: name}, a, b, port, confidence)
	return max(after, b)
}

// wideSpan widens the token from i to j by the letters outside ASCII next to it that
// can be part of the same name.
func (sc *scanner) wideSpan(i, j int) (a, b int) {
	s := sc.s
	a, b = i, j
	if at(s, a-1) >= utf8.RuneSelf && (s[i] == '.' || alphabetic(lastRune(s[:a]))) {
		a = sc.wordStart(a, s[i] == '.')
	}
	if at(s, b) >= utf8.RuneSelf && (s[b-1] == '.' || alphabetic(firstRune(s[b:]))) {
		b = wordEnd(s, b)
	}
	return a, b
}

// wideFile says that a word from a to b ends as files do, and nothing speaks for a host.
func (sc *scanner) wideFile(a, b int) bool {
	ext := sc.s[a+strings.LastIndexByte(sc.s[a:b], '.')+1 : b]
	reading := lookup(extensions(), ext)
	return reading == extFile || reading != "" && !sc.defanged(a, b) && !sc.nearHost(a)
}

func lastRune(s string) rune {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
}

// alphabetic says that words in the letter's script have spaces between them, so
// that a letter next to ASCII belongs to the same word.
func alphabetic(r rune) bool {
	return r >= utf8.RuneSelf && r < 0x0e00 && (unicode.IsLetter(r) || unicode.IsMark(r))
}

// wideWord is how far, in bytes, a name may run before the token that was found.
const wideWord = 96

// wordStart goes back from a over letters; through letters of East Asia only if
// cjk, and then not over a particle that ends the words before the name.
func (sc *scanner) wordStart(a int, cjk bool) int {
	floor := max(sc.last, a-wideWord)
	for a > floor {
		r, n := utf8.DecodeLastRuneInString(sc.s[floor:a])
		switch {
		case r < utf8.RuneSelf:
			if !is(byte(r), clToken) {
				return a
			}
		case !unicode.IsLetter(r) && !unicode.IsMark(r) && r != 'ー':
			return a
		case cjk && strings.ContainsRune("はをへが", r):
			return a
		case !cjk && !alphabetic(r):
			return a
		}
		a -= n
	}
	return a
}

// wordEnd goes on from b over letters, digits, hyphens and dots.
func wordEnd(s string, b int) int {
	limit := min(len(s), b+2*wideWord)
	for b < limit {
		r, n := utf8.DecodeRuneInString(s[b:limit])
		if r < utf8.RuneSelf && !is(byte(r), clAlnum|clDash|clDot) || r >= utf8.RuneSelf && !unicode.IsLetter(r) && !unicode.IsMark(r) {
			return b
		}
		b += n
	}
	return b
}
