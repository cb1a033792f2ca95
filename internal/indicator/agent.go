package indicator

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// agentWords begin the user agents of programs, in lower case.
var agentWords = []string{
	"mozilla/", "curl/", "wget/", "python-requests/", "python-urllib/", "python/", "go-http-client/", "java/", "libwww-perl/",
	"winhttp", "powershell/", "okhttp/", "nikto/", "sqlmap/", "masscan/", "zgrab/", "nmap", "axios/", "ruby", "php/", "dalvik/", "opera/", "microsoft ",
}

// agent reports the user agent in double quotes at i: in a combined log line the
// last quoted field, elsewhere only what begins as user agents do. It returns where
// to go on, i if there is none.
func (sc *scanner) agent(i int) int {
	s := sc.s
	close := strings.IndexByte(s[i+1:min(len(s), i+1+maxCapture)], '"')
	if close < 3 {
		return i
	}
	a, b := i+1, i+1+close
	text := s[a:b]
	if next := sc.calledThing(a, b); next > a {
		return b + 1
	}
	if sc.mailedSubject(i, b) {
		return b + 1
	}
	if !knownAgent(text) && !sc.lastOfCombined(i, b, text) && !sc.lastOfRequest(i, b) {
		return i
	}
	v, err := Parse(UserAgent, text)
	if err != nil {
		return i
	}
	confidence := fair
	if usualBrowser(text) {
		confidence = faint
	}
	sc.emit(v, a, b, 0, confidence)
	return b + 1
}

// lastOfCombined says that the quoted field from i to b is the third and last of a
// line in Apache's combined format: … "GET / HTTP/1.1" 200 31 "-" "agent".
func (sc *scanner) lastOfCombined(i, b int, text string) bool {
	s := sc.s
	if len(s)-b > 64 || !strings.HasSuffix(s[max(0, i-2):i], `" `) || strings.HasPrefix(text, "http") || !strings.ContainsAny(text, "/ -_") {
		return false
	}
	return strings.Contains(s[max(0, i-2048):i], ` HTTP/`)
}

func knownAgent(text string) bool {
	return slices.ContainsFunc(agentWords, func(w string) bool { return hasFold(text, 0, w) })
}

// lastOfRequest says that the quoted field from i to b ends a line that tells of a request and its status, as proxies
// write it: … POST https://a.example/in 200 "agent/1.0".
func (sc *scanner) lastOfRequest(i, b int) bool {
	s := sc.s
	if strings.Trim(s[b+1:], " |`") != "" || i < 6 || s[i-1] != ' ' || productEnd(s, i+1) == i+1 {
		return false
	}
	status := s[i-5 : i-1]
	if status[0] != ' ' || !all(status[1:], clDigit) {
		return false
	}
	for _, method := range []string{"GET ", "POST ", "PUT ", "HEAD ", "CONNECT "} {
		if strings.Contains(s[max(0, i-2048):i], method) {
			return true
		}
	}
	return false
}

// mailedSubject reports the quoted text from i to b as the subject of a mail if somebody got it from an address:
// got "Your parcel" from a@b.example.
func (sc *scanner) mailedSubject(i, b int) bool {
	s := sc.s
	rest, ok := strings.CutPrefix(s[b+1:], " from ")
	if !ok || !hasAnySuffix(strings.ToLower(s[max(0, i-12):i]), "got ", "received ", "was sent ", "opened ", "mail ", "email ", "message ") {
		return false
	}
	word, _, _ := strings.Cut(strings.TrimLeft(rest, "`<"), " ")
	if strings.IndexByte(word[:min(len(word), 80)], '@') <= 0 {
		return false
	}
	v, err := Parse(Subject, s[i+1:b])
	if err != nil {
		return false
	}
	sc.emit(v, i+1, b, 0, plain)
	return true
}

func hasAnySuffix(s string, all ...string) bool {
	return slices.ContainsFunc(all, func(w string) bool { return strings.HasSuffix(s, w) })
}

// loggedAgent reports the user agent at i that a web server of Microsoft wrote, with a plus sign for each space:
// Mozilla/5.0+(compatible;+Abc/2.1). It gives where it ends, i if there is none.
//
// SPEC: W3C Extended Log File Format, cs(User-Agent)
func (sc *scanner) loggedAgent(i int) int {
	s, b := sc.s, i
	for b < len(s) && b-i < maxCapture && s[b] > ' ' && s[b] < utf8.RuneSelf && strings.IndexByte("\"|`", s[b]) < 0 {
		b++
	}
	text := s[i:b]
	if at(s, i-1) != ' ' || at(s, b) != ' ' || !strings.Contains(text, "+(") || !knownAgent(text) {
		return i
	}
	text = strings.ReplaceAll(text, "+", " ")
	v, err := Parse(UserAgent, text)
	if err != nil {
		return i
	}
	confidence := fair
	if usualBrowser(text) {
		confidence = faint
	}
	sc.emit(v, i, b, 0, confidence)
	return b
}

// usualBrowser says that a user agent is one that thousands of people have.
func usualBrowser(s string) bool {
	return len(s) > 60 && strings.HasPrefix(s, "Mozilla/5.0 (") &&
		(strings.Contains(s, "Chrome/") || strings.Contains(s, "Firefox/") || strings.Contains(s, "Safari/") || strings.Contains(s, "Trident/"))
}
