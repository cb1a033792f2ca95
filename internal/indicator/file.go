package indicator

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxFileName is the longest name of a file, in bytes.
const maxFileName = 255

// extensionAt gives the length of a known extension, with its dot, at i; 0 for none.
func extensionAt(s string, i int) int {
	end := i + 1
	for end < len(s) && end-i < 13 && is(s[end], clAlnum) {
		end++
	}
	if end-i < 2 || lookup(extensions(), s[i+1:end]) == "" || is(at(s, end), clUnder|clDash) {
		return 0
	}
	return end - i
}

// fileLike says that a name ends in a known extension and could be a file's.
func fileLike(name string) bool {
	dot := strings.LastIndexByte(name, '.')
	if dot < 0 || dot == len(name)-1 || len(name) > maxFileName {
		return false
	}
	return lookup(extensions(), name[dot+1:]) != "" && validFileName(name)
}

// validFileName says that a name could be one on Windows: no separators, wildcards
// or control characters, and no space at its ends.
func validFileName(name string) bool {
	if name == "" || len(name) > maxFileName || !utf8.ValidString(name) || strings.TrimSpace(name) != name || strings.Trim(name, ".") == "" {
		return false
	}
	for i := 0; i < len(name); i++ {
		if name[i] >= utf8.RuneSelf {
			return !strings.ContainsFunc(name[i:], func(r rune) bool {
				return r < utf8.RuneSelf && notInName[r] || unicode.Is(unicode.Cf, r) || r == utf8.RuneError
			})
		}
		if notInName[name[i]] {
			return false
		}
	}
	return true
}

// notInName are the ASCII characters that no file on Windows may have in its name.
var notInName = func() (t [utf8.RuneSelf]bool) {
	for c := range ' ' {
		t[c] = true
	}
	for _, c := range `\/:*?"<>|` + "\x7f" {
		t[c] = true
	}
	return t
}()

// fileName reports the file whose token began at i and is trimmed to a and b. In
// Japanese text the name may begin before the token.
func (sc *scanner) fileName(i, a, b int) bool {
	s := sc.s
	start := i
	for start < a && (s[start] == '-' || s[start] == '.' && at(s, start+1) == '.') {
		start++
	}
	stem := s[start : a+strings.LastIndexByte(s[a:b], '.')]
	switch {
	case i > 0 && s[i-1] >= utf8.RuneSelf:
		start = sc.wideFileStart(i, stem)
	case at(s, i-1) == ' ':
		start = sc.quotedStart(start, b)
	}
	name := s[start:b]
	if !fileLike(name) || numberOnly(stem) || codeStem(stem, at(s, b)) {
		return false
	}
	sc.emit(Value{Type: File, Value: name}, start, b, 0, fileConfidence(stem, name, at(s, start-1)))
	if start == a && hashOf(len(stem)) != NoHash && all(stem, clHex) {
		sc.within(Value{Type: File, Hash: hashOf(len(stem)), Value: strings.ToLower(stem)}, start, a+len(stem), fair)
	}
	return true
}

// wideStem reports the file whose extension begins with the dot at i, and whose stem
// is not ASCII at its end: お知らせ.docx.
func (sc *scanner) wideStem(i, b int) bool {
	start := sc.wideFileStart(i, "")
	if at(sc.s, start-1) == ' ' {
		start = sc.quotedStart(start, b)
	}
	if start == i || strings.IndexByte(sc.s[i+1:b], '.') >= 0 || !fileLike(sc.s[start:b]) {
		return false
	}
	sc.emit(Value{Type: File, Value: sc.s[start:b]}, start, b, 0, plain)
	return true
}

// fileConfidence weighs a file name by its stem, its extension and what is before it.
func fileConfidence(stem, name string, before byte) int {
	switch {
	case before == '/' || before == '=' || before == '?' || before == '&': // in a request or a relative path
		return doubtful
	case lookup(stems(), stem) == stemFile:
		return doubtful
	case lookup(extensions(), name[strings.LastIndexByte(name, '.')+1:]) != extFile:
		return fair
	}
	return plain
}

// codeStem says that what looks like a file is a name in code ("System.Data.dll" is
// a file, "request.data(" is not) or a detection name.
func codeStem(stem string, after byte) bool {
	if lookup(stems(), stem) == stemCode {
		return after == '('
	}
	dot := strings.IndexByte(stem, '.')
	if dot <= 0 {
		return false
	}
	return lookup(stems(), stem[:dot]) == stemVirus && stem[0] < 'a'
}

// numberOnly says that a stem is a number, as in "2.1.dat" cut from a sentence.
func numberOnly(stem string) bool { return len(stem) < 2 && all(stem, clDigit) }

// wideFileStart goes back over the Japanese part of a file name before i. Where a
// bracket or quote begins the name, all of it belongs to it. In running text it
// stops at the particle that ends the words before, and does not join a Japanese
// word to a name that is complete without it.
func (sc *scanner) wideFileStart(i int, stem string) int {
	s := sc.s
	floor := max(sc.last, i-wideWord*2)
	complete := stem != "" && is(stem[0], clHexLetter|clLetter)
	p, begin, quoted := i, i, false
	for p > floor {
		r, n := utf8.DecodeLastRuneInString(s[floor:p])
		if strings.ContainsRune("「『“‘\"'`", r) {
			quoted = true
			break
		}
		if !nameRune(r) {
			break
		}
		p -= n
	}
	if quoted || p == i {
		return p
	}
	if complete {
		return i
	}
	begin = afterParticle(s, p, i)
	if begin < i {
		if r := firstRune(s[begin:]); r < utf8.RuneSelf && !is(byte(r), clAlnum) {
			_, n := utf8.DecodeRuneInString(s[begin:])
			begin += n
		}
	}
	return begin
}

// nameRune says that a character may stand in a name without quotes.
func nameRune(r rune) bool {
	return r < utf8.RuneSelf && is(byte(r), clToken) || r >= utf8.RuneSelf && wideName(r)
}

// afterParticle gives the place after the last run of hiragana in s[p:i] that has
// something other than hiragana behind it: 添付の見積書 gives 見積書. A single お or ご
// in front belongs to the word.
func afterParticle(s string, p, i int) int {
	begin, inKana, runStart := p, false, p
	for k := p; k < i; {
		r, n := utf8.DecodeRuneInString(s[k:i])
		kana := r >= 0x3041 && r <= 0x309f
		switch {
		case kana && !inKana:
			runStart = k
		case !kana && inKana && r == '_': // よみかた_README.txt
		case !kana && inKana:
			begin = k
			if last := s[k-3 : k]; last == "お" || last == "ご" {
				begin = k - 3
			}
			if run := s[runStart:k]; run == "お" || run == "ご" {
				begin = runStart
			}
		}
		inKana = kana
		k += n
	}
	return begin
}

// quotedStart moves the beginning of a name that ends at end back to the quote that opened it, if
// the quote closes right behind the name: "Adobe Update.exe", 「請求書 5月.docx」.
func (sc *scanner) quotedStart(start, end int) int {
	s := sc.s
	floor := max(sc.last, start-wideWord)
	for p := start; p > floor; {
		r, n := utf8.DecodeLastRuneInString(s[floor:p])
		close := closingQuote(r)
		switch {
		case close != "":
			if strings.HasPrefix(s[end:], close) && !strings.Contains(s[p:end], " -") && strings.Trim(s[p:p+1], " ") != "" {
				return p
			}
			return start
		case r < ' ' || r == utf8.RuneError || strings.ContainsRune(`\/:*?<>|,;=、。」』”`, r):
			return start
		}
		p -= n
	}
	return start
}

// closingQuote gives what ends the quotation that r begins, nothing if it begins none.
func closingQuote(r rune) string {
	switch r {
	case '"', '`':
		return string(r)
	case '「':
		return "」"
	case '『':
		return "』"
	case '“':
		return "”"
	}
	return ""
}
