package indicator

import "strings"

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
	known := false
	for _, w := range agentWords {
		if hasFold(text, 0, w) {
			known = true
			break
		}
	}
	if !known && !sc.lastOfCombined(i, b, text) {
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

// usualBrowser says that a user agent is one that thousands of people have.
func usualBrowser(s string) bool {
	return len(s) > 60 && strings.HasPrefix(s, "Mozilla/5.0 (") &&
		(strings.Contains(s, "Chrome/") || strings.Contains(s, "Firefox/") || strings.Contains(s, "Safari/") || strings.Contains(s, "Trident/"))
}
