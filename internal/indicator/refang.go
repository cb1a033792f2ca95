package indicator

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Refang undoes what people do to a value so that nobody clicks on it, and what
// an input method does to it by accident: brackets around dots, "dot" and "at" in
// words, full-width letters, odd hyphens, invisible characters, JSON escapes.
// Schemes such as hxxp are left to [Parse] and [Find], which know a URL when they
// see one. back has a byte offset into s for each byte of text, and one more for
// the end; it is nil if text is s.
func Refang(s string) (text string, back []int) {
	var f folding
	text = f.run(s)
	if !f.changed {
		return s, nil
	}
	back = make([]int, len(text)+1)
	for i := range len(text) {
		back[i], _ = f.source(i, i+1)
	}
	back[len(text)] = len(s)
	return text, back
}

// A folding makes a clear text and remembers where each of its bytes came from.
// It is reused from line to line.
type folding struct {
	changed bool
	src     string
	text    []byte
	edits   []edit // in the order of the text

	// How far the source has been read for URL paths, and what was seen of the
	// token that i stands in. Inside a path only the plainest marks are undone,
	// because brackets, "(at)" and the like can be part of it.
	read         int
	scheme, path bool
}

// An edit says that text[at:at+n] stands for src[lo:hi]. Between edits nothing changed.
type edit struct{ at, n, lo, hi int }

// A mark begins at a byte and the one behind it if the tables have a bit in common for the
// two: most marks tell by their first byte, those that begin with a space by the second.
var (
	markFirst = func() (t [256]uint8) {
		for _, b := range []byte("[({<]\\\xc2\xe2\xe3\xef") {
			t[b] = 1
		}
		t[' '] = 2
		return t
	}()
	markSecond = func() (t [256]uint8) {
		for b := range t {
			t[b] = 1
		}
		for _, b := range []byte("[({<dDaA.") {
			t[b] = 3
		}
		return t
	}()
)

// nextMark gives the first place from i on where a mark may begin, len(s) if there is none.
func nextMark(s string, i int) int {
	for ; i+9 <= len(s); i += 8 {
		b := s[i : i+9]
		if markFirst[b[0]]&markSecond[b[1]]|markFirst[b[1]]&markSecond[b[2]]|markFirst[b[2]]&markSecond[b[3]]|markFirst[b[3]]&markSecond[b[4]]|
			markFirst[b[4]]&markSecond[b[5]]|markFirst[b[5]]&markSecond[b[6]]|markFirst[b[6]]&markSecond[b[7]]|markFirst[b[7]]&markSecond[b[8]] != 0 {
			break
		}
	}
	for i < len(s) && markFirst[s[i]]&markSecond[at(s, i+1)] == 0 {
		i++
	}
	return i
}

func (f *folding) run(s string) string {
	f.changed, f.src, f.text, f.edits = false, s, f.text[:0], f.edits[:0]
	f.read, f.scheme, f.path = 0, false, false
	last := 0
	for i := nextMark(s, 0); i < len(s); i = nextMark(s, i) {
		repl, n := f.mark(s, i)
		if n == 0 {
			i++
			continue
		}
		f.changed = true
		f.text = append(f.text, s[last:i]...)
		f.edits = append(f.edits, edit{at: len(f.text), n: len(repl), lo: i, hi: i + n})
		f.text = append(f.text, repl...)
		i += n
		last = i
	}
	if !f.changed {
		return s
	}
	return string(append(f.text, s[last:]...))
}

// origin gives the span of the source that the byte at i of the text came from.
func (f *folding) origin(i int) (lo, hi int) {
	k, above := 0, len(f.edits) // the first edit behind i
	for k < above {
		if mid := (k + above) / 2; f.edits[mid].at <= i {
			k = mid + 1
		} else {
			above = mid
		}
	}
	if k == 0 {
		return i, i + 1
	}
	e := f.edits[k-1]
	if i < e.at+e.n {
		return e.lo, e.hi
	}
	lo = e.hi + i - e.at - e.n
	return lo, lo + 1
}

// source gives the span of the original that text[a:b] came from; a < b.
func (f *folding) source(a, b int) (int, int) {
	if !f.changed {
		return a, b
	}
	lo, _ := f.origin(a)
	_, hi := f.origin(b - 1)
	return lo, hi
}

// wide says that the byte of the clear text was no ASCII before.
func (f *folding) wide(i int) bool {
	if !f.changed {
		return false
	}
	lo, _ := f.origin(i)
	return f.src[lo] >= utf8.RuneSelf
}

// mark gives the replacement of what stands at i and its length; 0 for nothing.
func (f *folding) mark(s string, i int) (string, int) {
	switch s[i] {
	case ' ':
		return spacedMark(s, i)
	case '[', '(', '{', '<':
		return f.bracket(s, i)
	case ']':
		return lostOpener(s, i)
	case '\\':
		return f.backslash(s, i)
	case 0xc2:
		if at(s, i+1) == 0xad { // soft hyphen
			return "", 2
		}
	case 0xe2:
		return generalPunctuation(s, i)
	case 0xe3:
		if strings.HasPrefix(s[i:], "。") && f.stopIsDot(s, i, 3) {
			return ".", 3
		}
	case 0xef:
		return f.fullWidth(s, i)
	}
	return "", 0
}

// lostOpener undoes evil.]com at the bracket.
func lostOpener(s string, i int) (string, int) {
	if i > 1 && s[i-1] == '.' && hostByte(s[i-2]) && is(at(s, i+1), clAlnum) && openBefore(s, i-2) {
		return "", 1
	}
	return "", 0
}

// openBefore says that the label that ends at i has no bracket opened before it.
func openBefore(s string, i int) bool {
	for k := 0; k < 64 && i >= 0 && hostByte(s[i]); k++ {
		i--
	}
	return at(s, i) != '['
}

// hostByte says that b may stand in a label; bytes outside ASCII may.
func hostByte(b byte) bool { return is(b, clAlnum|clDash|clUnder|clWide) }

// inPath says that i stands behind the host of a URL.
func (f *folding) inPath(s string, i int) bool {
	for ; f.read < i; f.read++ {
		switch s[f.read] {
		case ' ', '\t', '"', '|', '`', '<', '>', '\'':
			f.scheme, f.path = false, false
		case '/':
			switch {
			case f.scheme:
				f.path = true
			case at(s, f.read+1) == '/':
				f.scheme = true
				f.read++
			}
		}
	}
	return f.path
}

// marks are what people put between brackets, longest first. A word may not be
// undone inside the path of a URL.
var marks = []struct{ written, means string }{
	{"アットマーク", "@"}, {"アット", "@"}, {"ドット", "."},
	{"dot", "."}, {"punto", "."}, {"point", "."}, {"at", "@"},
	{"://", "://"}, {":\\\\", "://"}, {"//", "//"},
	{".", "."}, {"．", "."}, {"。", "."}, {"｡", "."}, {",", "."}, {":", ":"}, {"/", "/"}, {"@", "@"}, {"＠", "@"},
	{"https", "https"}, {"http", "http"}, {"hxxps", "https"}, {"hxxp", "http"}, {"s", "s"},
}

// skipAny moves over at most max of the given characters.
func skipAny(s string, i, max int, set ...string) (int, int) {
	count := 0
next:
	for count < max {
		for _, c := range set {
			if strings.HasPrefix(s[i:], c) {
				i += len(c)
				count++
				continue next
			}
		}
		break
	}
	return i, count
}

// bracketMark reads a mark in one to three brackets of any sort at i: what it
// means, and where it ends. The empty meaning says that there is none.
func bracketMark(s string, i int) (means string, end int) {
	if c := at(s, i+1); is(c, clAlnum) && strings.IndexByte("dpahs", lower(c)) < 0 {
		return "", i // a word in brackets, and none of those in marks
	}
	if strings.HasPrefix(s[i:], "[.]") {
		return ".", i + 3
	}
	p, opened := skipAny(s, i, 3, "[", "(", "{", "<", "［", "（", "｛", "【", "\\[", "\\(", "'[", "\"[")
	if opened == 0 {
		return "", i
	}
	p, _ = skipAny(s, p, 2, " ", "'", "\"", "`")
	for _, m := range marks {
		if !hasFold(s, p, m.written) {
			continue
		}
		q, _ := skipAny(s, p+len(m.written), 2, " ", "'", "\"", "`")
		if q, closed := skipAny(s, q, opened, "]", ")", "}", ">", "］", "）", "｝", "】", "\\]", "\\)"); closed == opened {
			return m.means, q
		}
	}
	return "", i
}

// bracket undoes a mark in brackets, where its neighbours let it be one.
func (f *folding) bracket(s string, i int) (string, int) {
	means, end := bracketMark(s, i)
	if means == "" {
		return f.halfBracket(s, i)
	}
	if f.inPath(s, i) && (s[i] != '[' || end-i > len(means)+2 || is(means[0], clLetter)) {
		return "", 0
	}
	if !markFits(s, means, i, end) {
		return "", 0
	}
	return means, end - i
}

// markFits says that the mark from i to end, which means means, has neighbours with
// which it makes a value.
func markFits(s, means string, i, end int) bool {
	left, right := at(s, i-1), at(s, end)
	switch means {
	case ".", "@":
		return dotFits(left, right)
	case ":":
		return (i == 0 || is(left, clAlnum|clWide) || left == ':' || left == ']') && afterColon(right)
	case "/", "//":
		return right > ' ' && (hostByte(left) || strings.IndexByte(":]/", left) >= 0)
	case "://":
		return right > ' ' && is(left, clAlnum)
	case "s": // http[s]:// and hxxp[s]://
		return right == ':' && lookup(schemes(), s[max(0, i-4):i]) == "http"
	}
	return right == ':' || isOpen(right) // [http]://
}

func dotFits(left, right byte) bool {
	return (hostByte(left) || strings.IndexByte("])*", left) >= 0) && (hostByte(right) || isOpen(right))
}

func afterColon(b byte) bool {
	return is(b, clAlnum) || isOpen(b) || b == '/' || b == ':'
}

func isOpen(b byte) bool { return b == '[' || b == '(' || b == '{' || b == '<' || b == '\\' }

// halfBracket undoes evil[.com, of which somebody lost the other half.
func (f *folding) halfBracket(s string, i int) (string, int) {
	if s[i] != '[' && s[i] != '(' || at(s, i+1) != '.' || !is(at(s, i-1), clAlnum) || !is(at(s, i+2), clAlnum) {
		return "", 0
	}
	p := i + 2
	for p < len(s) && p-i < 64 && is(s[p], clToken) {
		p++
	}
	if c := at(s, p); c == ']' || c == ')' || f.inPath(s, i) {
		return "", 0
	}
	return ".", 2
}

// backslash undoes evil\.com, \[.\], and the escapes of JSON that hide a slash or dot.
func (f *folding) backslash(s string, i int) (string, int) {
	next := at(s, i+1)
	switch {
	case next == '/':
		return "/", 2
	case next == 'u':
		return jsonEscape(s, i)
	case next == '[' || next == '(':
		if means, end := bracketMark(s, i); (means == "." || means == "@" || means == ":") && !f.inPath(s, i) {
			return means, end - i
		}
	case next == '.' && is(at(s, i-1), clAlnum) && is(at(s, i+2), clAlnum):
		return escapedDot(s, i)
	}
	return "", 0
}

// jsonEscape undoes an escape such as \u002f, except of a quote or backslash.
func jsonEscape(s string, i int) (string, int) {
	if i+6 > len(s) || s[i+2:i+4] != "00" {
		return "", 0
	}
	if c := unhex(s[i+4])<<4 | unhex(s[i+5]); c > ' ' && c < 0x7f && c != '\\' && c != '"' {
		return asciiString[c : c+1], 6
	}
	return "", 0
}

// escapedDot undoes evil\.com, unless the backslash parts the names of a path.
func escapedDot(s string, i int) (string, int) {
	p := i
	for p > 0 && i-p < 64 && is(s[p-1], clToken) {
		p--
	}
	if partOfPath(s, p) {
		return "", 0
	}
	p = i + 2
	for p < len(s) && p-i < 64 && is(s[p], clAlnum|clDash) {
		p++
	}
	if at(s, p) == '\\' && at(s, p+1) != '.' && at(s, p+1) != '/' {
		return "", 0
	}
	return ".", 2
}

// partOfPath says that what stands before the word at p makes it an element of a path.
func partOfPath(s string, p int) bool {
	switch at(s, p-1) {
	case '\\':
		return at(s, p) != '.'
	case '/':
		return at(s, p-2) != '/'
	case ':', '%':
		return true
	}
	return false
}

var asciiString = func() string {
	var b [128]byte
	for i := range b {
		b[i] = byte(i)
	}
	return string(b[:])
}()

// unhex gives the value of a hex digit, 0 for anything else.
func unhex(b byte) byte {
	switch {
	case b >= '0' && b <= '9':
		return b - '0'
	case lower(b) >= 'a' && lower(b) <= 'f':
		return lower(b) - 'a' + 10
	}
	return 0
}

// generalPunctuation folds the hyphens and drops what cannot be seen.
func generalPunctuation(s string, i int) (string, int) {
	r, n := utf8.DecodeRuneInString(s[i:])
	left, right := at(s, i-1), at(s, i+n)
	switch {
	case unicode.Is(unicode.Cf, r):
		return "", n
	case r == 0x2010, r == 0x2011:
		if is(left, clAlnum) && is(right, clAlnum) {
			return "-", n
		}
	case r >= 0x2012 && r <= 0x2015, r == 0x2212:
		if is(left, clDigit) && is(right, clDigit) || (hasFold(s, i-3, "cve") || hasFold(s, i-5, "jvndb")) && is(right, clDigit) {
			return "-", n
		}
	case r == 0x2024: // one dot leader
		return ".", n
	}
	return "", 0
}

// stopIsDot says that the ideographic full stop at i was typed for a dot: no dot
// before it in its word, and a name of the top level, a number or another dot after.
func (f *folding) stopIsDot(s string, i, n int) bool {
	if !is(at(s, i-1), clAlnum) || f.inPath(s, i) {
		return false
	}
	for p := i - 1; p >= 0 && i-p < 64; p-- {
		if s[p] == '.' || s[p] == ']' {
			return false
		}
		if !is(s[p], clAlnum|clDash) {
			break
		}
	}
	p := i + n
	for p < len(s) && p-i < 64 && is(s[p], clAlnum|clDash) {
		p++
	}
	right := s[i+n : p]
	if right == "" {
		return false
	}
	if _, more := skipAny(s, p, 1, "。", "｡", "．"); more > 0 || all(right, clDigit) {
		return more > 0 || is(s[i-1], clDigit) // "AbcSvc。198.51.100.1" are two sentences
	}
	return right == strings.ToLower(right) && knownTLD("a."+right)
}

// fullBracket undoes a mark in full-width brackets.
func (f *folding) fullBracket(s string, i int) (string, int) {
	means, end := bracketMark(s, i)
	if len(means) != 1 || !strings.Contains(".@:", means) || f.inPath(s, i) || !hostByte(at(s, i-1)) || !hostByte(at(s, end)) {
		return "", 0
	}
	return means, end - i
}

// fullWidth folds U+FF01–FF5E where the character belongs to a value, and the
// half-width full stop.
func (f *folding) fullWidth(s string, i int) (string, int) {
	r, n := utf8.DecodeRuneInString(s[i:])
	switch {
	case r == 0xfeff:
		return "", n
	case r == '｡':
		if f.stopIsDot(s, i, n) {
			return ".", n
		}
	case r == '［' || r == '（' || r == '｛':
		return f.fullBracket(s, i)
	case r > 0xff00 && r < 0xff5f:
		if c := byte(r - 0xfee0); is(c, clToken) || strings.IndexByte(":/@%?=&+~#\\", c) >= 0 {
			return asciiString[c : c+1], n
		}
	}
	return "", 0
}
