package indicator

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxPath is the longest path looked for, in bytes; Windows allows 260 characters
// to most programs.
const maxPath = 1024

// hives are the roots of the registry and their full names.
//
// SPEC: STIX 2.1 §6.16: the hive is written in full.
var hives = []struct{ short, full string }{
	{"hklm", "HKEY_LOCAL_MACHINE"}, {"hkcu", "HKEY_CURRENT_USER"}, {"hkcr", "HKEY_CLASSES_ROOT"},
	{"hkcc", "HKEY_CURRENT_CONFIG"}, {"hku", "HKEY_USERS"},
}

// hiveAt gives the full name of the hive written at i and its end.
func hiveAt(s string, i int) (string, int, bool) {
	for _, h := range hives {
		if hasFold(s, i, strings.ToLower(h.full)) {
			return h.full, i + len(h.full), true
		}
		if hasFold(s, i, h.short) && !is(at(s, i+len(h.short)), clAlnum|clUnder) {
			return h.full, i + len(h.short), true
		}
	}
	return "", i, false
}

// registry reports the key at i, "HKLM\…", "HKCU:\…" and the like. It returns where
// to go on, i if there is none.
func (sc *scanner) registry(i int) int {
	s := sc.s
	if is(at(s, i-1), clAlnum|clUnder) {
		return i
	}
	hive, p, ok := hiveAt(s, i)
	if !ok {
		return i
	}
	if at(s, p) == ':' {
		p++
	}
	if at(s, p) != '\\' {
		return i
	}
	end := sc.windowsEnd(i, p)
	rest := strings.TrimRight(single(s[p:end]), `\`)
	if len(rest) < 2 {
		return i
	}
	if name, to := valueName(rest, s, end); name != "" {
		rest, end = rest+`\`+name, to
	}
	sc.emit(Value{Type: Registry, Value: hive + rest}, i, end, 0, high)
	return end
}

// single makes every run of backslashes one, as it was before a JSON or C string
// doubled it. A pair in front, of a UNC path, stays.
func single(s string) string {
	if !strings.Contains(s, `\\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i > 0 && s[i-1] == '\\' {
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// windowsPath reports a path with backslashes whose first one stands at slash, and
// which begins at i. It returns where to go on.
func (sc *scanner) windowsPath(i, slash int) int {
	end := sc.windowsEnd(i, slash)
	text := single(sc.s[i:end])
	if trimmed := strings.TrimRight(text, `\`); !strings.HasSuffix(trimmed, ":") {
		text = trimmed
	}
	if len(text) < 4 {
		return max(end, slash+1)
	}
	sc.emit(Value{Type: Path, Value: text}, i, end, 0, plain)
	sc.lastElement(i, end, '\\')
	return end
}

// lastElement reports the file name at the end of the path from i to end.
func (sc *scanner) lastElement(i, end int, sep byte) {
	a := i + strings.LastIndexByte(sc.s[i:end], sep) + 1
	if name := sc.s[a:end]; fileLike(name) {
		sc.within(Value{Type: File, Value: name}, a, end, plain)
	}
}

// windowsEnd gives the end of a path or key that begins at i, from its first
// backslash on. In quotes it ends with them. Otherwise a space belongs to it only
// if another backslash follows in the same words.
func (sc *scanner) windowsEnd(i, slash int) int {
	s := sc.s
	limit := min(len(s), i+maxPath)
	quote := closing(at(s, i-1))
	if quote != 0 && quote != '>' {
		if close := strings.IndexByte(s[slash:limit], quote); close >= 0 && cleanPath(s[slash:slash+close]) {
			return slash + close
		}
	}
	end := slash
	for end < limit {
		c := s[end]
		switch {
		case c == '\\' && jsonEnd(s, end), pathStop(c):
			return trimWindows(s, i, slash, end)
		case c == ' ':
			if !sc.spaceInPath(slash, end, limit) {
				return trimWindows(s, i, slash, end)
			}
			end++
		case c >= utf8.RuneSelf:
			n := sc.wideInPath(slash, end, limit)
			if n == 0 {
				return trimWindows(s, i, slash, end)
			}
			end += n
		default:
			end++
		}
	}
	return trimWindows(s, i, slash, end)
}

// cleanPath says that what stands between quotes is one path, not a command line.
func cleanPath(s string) bool {
	return !strings.ContainsAny(s, "\"<>|\t") && !strings.Contains(s, " -") && !strings.Contains(s, " /") && strings.Count(s, ":") == 0
}

func pathStop(c byte) bool { return c < ' ' || strings.IndexByte("\"'<>|`,;=", c) >= 0 }

// jsonEnd says that the backslash at i escapes a quote or a line break.
func jsonEnd(s string, i int) bool {
	c := at(s, i+1)
	return c == '"' || (c == 'n' || c == 'r' || c == 't') && (i+2 == len(s) || s[i+2] == '\\' || s[i+2] == '"')
}

// spaceInPath looks from the space at i for the next backslash: it must come within
// three words, none of which begins another path.
func (sc *scanner) spaceInPath(slash, i, limit int) bool {
	s := sc.s
	name := s[slash+strings.LastIndexByte(s[slash:i], '\\')+1 : i]
	if name == "" || fileLike(name) {
		return false
	}
	words := 0
	for p := i + 1; p < limit && p-i < 48; p++ {
		switch c := s[p]; {
		case c == '\\':
			return s[p-1] != ' ' && at(s, p+1) != '\\'
		case c == ' ':
			if words++; words > 3 || s[p-1] == ' ' {
				return false
			}
		case pathStop(c) || c == ':' || c == '/' || c == '%' || c >= utf8.RuneSelf:
			return false
		}
	}
	return false
}

// wideInPath gives the length of the letter at i if it belongs to the path: if a
// backslash or an extension comes before the next space, and no file name has
// ended already.
func (sc *scanner) wideInPath(slash, i, limit int) int {
	s := sc.s
	r, n := utf8.DecodeRuneInString(s[i:limit])
	if !wideName(r) {
		return 0
	}
	name := s[slash+strings.LastIndexByte(s[slash:i], '\\')+1 : i]
	if fileLike(name) {
		return 0
	}
	for p := i + n; p < limit && p-i < wideWord; {
		r, m := utf8.DecodeRuneInString(s[p:limit])
		switch {
		case r == '\\':
			return n
		case r == '.':
			if extensionAt(s, p) > 0 {
				return n
			}
		case r < utf8.RuneSelf && !is(byte(r), clToken), r >= utf8.RuneSelf && !wideName(r):
			return 0
		}
		p += m
	}
	return 0
}

// wideName says that a character outside ASCII is usual in file names.
func wideName(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || r == 'ー' || r == '【' || r == '】' || r == '々'
}

// trimWindows leaves out what ends the sentence or closes the markup around a path.
func trimWindows(s string, i, slash, end int) int {
	for before := at(s, i-1); end > slash+1 && before == '+' && s[end-1] == '+'; {
		end--
	}
	for end > slash+1 && strings.IndexByte(".,;:)]}!? *", s[end-1]) >= 0 {
		if s[end-1] == ')' && strings.Contains(s[slash:end], "(") || s[end-1] == '}' && strings.Contains(s[slash:end], "{") {
			break
		}
		if s[end-1] == '*' && (at(s, end-2) == '\\' || at(s, end-2) == '.') {
			break
		}
		end--
	}
	return end
}

// unc reports the share at i, where two backslashes stand, and its host. It returns
// where to go on.
func (sc *scanner) unc(i int) int {
	s := sc.s
	p := i + 2
	if strings.HasPrefix(s[p:], `\\`) { // doubled by JSON
		p += 2
	}
	host := p
	for p < len(s) && p-host <= maxHost && is(s[p], clToken) {
		p++
	}
	if p == host || is(at(s, i-1), clAlnum) || at(s, p) != '\\' || !is(at(s, p+1), clAlnum|clWide|clUnder) && at(s, p+1) != '\\' || s[p-1] == '.' {
		return i + 2
	}
	end := sc.windowsEnd(i, p)
	text := strings.TrimRight(`\\`+strings.TrimLeft(single(s[host:end]), `\`), `\`)
	sc.emit(Value{Type: Path, Value: text}, i, end, 0, plain)
	if last, _, ok := parseIPv4(s, host); ok && last == p {
		sc.within(Value{Type: IPv4, Value: s[host:p]}, host, p, high)
	} else if name, ok := normalHost(s[host:p]); ok && knownTLD(name) {
		sc.within(Value{Type: Domain, Value: name}, host, p, high)
	}
	sc.lastElement(i, end, '\\')
	return end
}

// environment reports the path that begins with a variable at i: %APPDATA%\x.exe,
// $env:TEMP\x.ps1. It returns where to go on, i if there is none.
func (sc *scanner) environment(i int) int {
	s := sc.s
	p := i + 1
	if s[i] == '$' {
		if !hasFold(s, p, "env:") {
			return i
		}
		p += 4
	}
	start := p
	for p < len(s) && p-start < 40 && (is(s[p], clAlnum|clUnder) || s[p] == '(' || s[p] == ')') {
		p++
	}
	if p == start {
		return i
	}
	if s[i] == '%' {
		if at(s, p) != '%' {
			return i
		}
		p++
	}
	if at(s, p) != '\\' || is(at(s, i-1), clAlnum) {
		return i
	}
	return sc.windowsPath(i, p)
}

// roots are the directories at which a POSIX path is believed to begin.
var roots = []string{
	"etc", "var", "tmp", "usr", "opt", "home", "root", "bin", "sbin", "dev", "proc", "lib", "lib64", "mnt", "media",
	"srv", "run", "boot", "Users", "Library", "Applications", "System", "private", "Volumes", "data", "sdcard", "www", "web",
}

// posixPath reports the path at the slash or tilde at i. It returns where to go on,
// i if there is none.
func (sc *scanner) posixPath(i int) int {
	s := sc.s
	if c := at(s, i-1); is(c, clAlnum|clUnder|clDash|clDot) || c == '/' {
		return i
	}
	end := i
	switch {
	case s[i] != '~':
		if rootAt(s, i) {
			end = posixEnd(s, i, i)
		}
	case at(s, i+1) == '/' && is(at(s, i+2), clAlnum|clDot):
		end = posixEnd(s, i, i+1)
	}
	if end-i < 6 || strings.Count(s[i:end], "/") < 2 && s[i] != '~' {
		return i
	}
	sc.emit(Value{Type: Path, Value: s[i:end]}, i, end, 0, plain)
	sc.lastElement(i, end, '/')
	return end
}

// rootAt says that a known directory at the root, with more below it, begins at i.
func rootAt(s string, i int) bool {
	end := i + 1
	for end < len(s) && is(s[end], clAlnum) {
		end++
	}
	return at(s, end) == '/' && isRoot(s[i+1:end])
}

func isRoot(s string) bool {
	for _, r := range roots {
		if s == r {
			return true
		}
	}
	return false
}

func posixEnd(s string, i, p int) int {
	end := p
	for end < len(s) && end-i < maxPath {
		c := s[end]
		if c <= ' ' || c >= utf8.RuneSelf || strings.IndexByte("\"'<>|`,;()[]{}?&=:!\\", c) >= 0 {
			break
		}
		end++
	}
	before := at(s, i-1)
	for end > p+1 && (strings.IndexByte(".*/", s[end-1]) >= 0 || s[end-1] == before) {
		end--
	}
	return end
}
