package indicator

import (
	"strings"
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
	for i, lo := range f.lo {
		back[i] = int(lo)
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
	lo, hi  []int32 // source of each byte of text: s[lo:hi]

	// How far the source has been read for URL paths, and what was seen of the
	// token that i stands in. Inside a path only the plainest marks are undone,
	// because brackets, "(at)" and the like can be part of it.
	read         int
	scheme, path bool
}

var foldTrigger = func() (t [256]bool) {
	for _, b := range []byte("[({<] \\\xc2\xe2\xe3\xef") {
		t[b] = true
	}
	return t
}()

// afterSpace are the bytes with which a mark goes on that begins with a space.
var afterSpace = func() (t [256]bool) {
	for _, b := range []byte("[({<dDaA") {
		t[b] = true
	}
	return t
}()

func (f *folding) run(s string) string {
	f.changed, f.src, f.text, f.lo, f.hi = false, s, f.text[:0], f.lo[:0], f.hi[:0]
	f.read, f.scheme, f.path = 0, false, false
	last := 0
	for i := 0; i < len(s); {
		if !foldTrigger[s[i]] || s[i] == ' ' && !afterSpace[at(s, i+1)] {
			i++
			continue
		}
		repl, n := f.mark(s, i)
		if n == 0 {
			i++
			continue
		}
		f.changed = true
		f.copy(s, last, i)
		for k := 0; k < len(repl); k++ {
			f.text = append(f.text, repl[k])
			f.lo = append(f.lo, int32(i))
			f.hi = append(f.hi, int32(i+n))
		}
		i += n
		last = i
	}
	if !f.changed {
		return s
	}
	f.copy(s, last, len(s))
	return string(f.text)
}

func (f *folding) copy(s string, from, to int) {
	f.text = append(f.text, s[from:to]...)
	for k := from; k < to; k++ {
		f.lo = append(f.lo, int32(k))
		f.hi = append(f.hi, int32(k+1))
	}
}

// source gives the span of the original that text[a:b] came from; a < b.
func (f *folding) source(a, b int) (int, int) {
	if !f.changed {
		return a, b
	}
	return int(f.lo[a]), int(f.hi[b-1])
}

// wide says that the byte of the clear text was no ASCII before.
func (f *folding) wide(i int) bool { return f.changed && f.src[f.lo[i]] >= utf8.RuneSelf }

// mark gives the replacement of what stands at i and its length; 0 for nothing.
func (f *folding) mark(s string, i int) (string, int) {
	switch s[i] {
	case ' ':
		return spacedMark(s, i)
	case '[', '(', '{', '<':
		return f.bracket(s, i)
	case ']':
		if i > 1 && s[i-1] == '.' && hostByte(s[i-2]) && is(at(s, i+1), clAlnum) && openBefore(s, i-2) {
			return "", 1 // evil.]com
		}
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
	left, right := at(s, i-1), at(s, end)
	if f.inPath(s, i) && (s[i] != '[' || end-i > len(means)+2 || means == "s" || strings.HasPrefix(means, "http")) {
		return "", 0
	}
	ok := false
	switch means {
	case ".", "@":
		ok = (hostByte(left) || left == ']' || left == ')' || left == '*') && (hostByte(right) || isOpen(right))
	case ":":
		ok = is(left, clAlnum|clWide) || left == ':' || left == ']' || i == 0
		ok = ok && (right == '/' || right == '\\' || right == ':' || is(right, clAlnum) || isOpen(right))
	case "/", "//":
		ok = (hostByte(left) || left == ':' || left == ']' || left == '/') && right > ' '
	case "://":
		ok = is(left, clAlnum) && right > ' '
	case "s": // http[s]://
		ok = hasFold(s, i-4, "http") && right == ':' || hasFold(s, i-4, "hxxp") && right == ':'
	default: // [http]://
		ok = right == ':' || isOpen(right)
	}
	if !ok {
		return "", 0
	}
	return means, end - i
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

// spacedMark undoes "evil [.] com" and "evil dot com".
func spacedMark(s string, i int) (string, int) {
	next := at(s, i+1)
	if i == 0 || !hostByte(s[i-1]) && s[i-1] != ']' {
		return "", 0
	}
	if isOpen(next) && next != '\\' {
		means, end := bracketMark(s, i+1)
		if means != "." && means != "@" && means != ":" || s[i+2] == ' ' {
			return "", 0
		}
		if at(s, end) == ' ' {
			end++
		}
		if is(at(s, end), clAlnum) {
			return means, end - i
		}
		return "", 0
	}
	switch {
	case hasFold(s, i, " dot ") && spokenHost(s, i+5):
		return ".", 5
	case hasFold(s, i, " at ") && spokenAfterAt(s, i+4):
		return "@", 4
	}
	return "", 0
}

// spokenHost says that a label stands at i, and that it, or one that follows after
// "dot", is a name that people spell out.
func spokenHost(s string, i int) bool {
	for range 6 {
		end := labelEnd(s, i)
		if end == i {
			return false
		}
		if spokenTLD(s[i:end]) {
			return true
		}
		if !hasFold(s, end, " dot ") {
			return false
		}
		i = end + 5
	}
	return false
}

// spokenAfterAt says that the host at i is spelled out or bracketed.
func spokenAfterAt(s string, i int) bool {
	end := labelEnd(s, i)
	if end == i {
		return false
	}
	if hasFold(s, end, " dot ") {
		return spokenHost(s, end+5)
	}
	means, _ := bracketMark(s, end)
	return means == "."
}

// labelEnd gives the end of the label at i, i itself if there is none.
func labelEnd(s string, i int) int {
	end := i
	for end < len(s) && end-i < 63 && is(s[end], clAlnum|clDash) {
		end++
	}
	return end
}

// spokenTLD says that a name at the top is no English word, so that "dot" before
// it is not prose.
func spokenTLD(s string) bool {
	switch strings.ToLower(s) {
	case "com", "net", "org", "info", "biz", "jp", "ru", "cn", "xyz", "io", "uk", "de", "kr", "tw", "hk", "eu", "onion", "example":
		return true
	}
	return false
}

// backslash undoes evil\.com, \[.\], and the escapes of JSON that hide a slash or dot.
func (f *folding) backslash(s string, i int) (string, int) {
	next := at(s, i+1)
	switch {
	case next == '/':
		return "/", 2
	case next == 'u' && i+6 <= len(s) && s[i+2:i+4] == "00":
		if c := unhex(s[i+4])<<4 | unhex(s[i+5]); c > ' ' && c < 0x7f && c != '\\' && c != '"' {
			return asciiString[c : c+1], 6
		}
	case next == '[' || next == '(':
		if means, end := bracketMark(s, i); (means == "." || means == "@" || means == ":") && !f.inPath(s, i) {
			return means, end - i
		}
	case next == '.' && is(at(s, i-1), clAlnum) && is(at(s, i+2), clAlnum):
		return escapedDot(s, i)
	}
	return "", 0
}

// escapedDot undoes evil\.com, unless the backslash parts the names of a path.
func escapedDot(s string, i int) (string, int) {
	p := i
	for p > 0 && i-p < 64 && is(s[p-1], clToken) {
		p--
	}
	if c := at(s, p-1); c == '\\' && at(s, p) != '.' || c == ':' || c == '%' || c == '/' && at(s, p-2) != '/' {
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
	case r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2060 && r <= 0x2064, r >= 0x2066 && r <= 0x2069:
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
		if s[p] == '.' {
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
	if all(right, clDigit) || strings.HasPrefix(s[p:], "。") || strings.HasPrefix(s[p:], "｡") || strings.HasPrefix(s[p:], "．") {
		return true
	}
	return right == strings.ToLower(right) && knownTLD("a."+right)
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
		if means, end := bracketMark(s, i); (means == "." || means == "@" || means == ":") && !f.inPath(s, i) {
			if hostByte(at(s, i-1)) && hostByte(at(s, end)) {
				return means, end - i
			}
		}
	case r > 0xff00 && r < 0xff5f:
		c := byte(r - 0xfee0)
		if is(c, clToken) || strings.IndexByte(":/@%?=&+~#\\", c) >= 0 {
			return asciiString[c : c+1], n
		}
	}
	return "", 0
}
