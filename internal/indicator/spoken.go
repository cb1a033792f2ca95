package indicator

import "strings"

// spacedMark undoes "evil [.] com" and "evil dot com" at the space before the mark.
func spacedMark(s string, i int) (string, int) {
	if i == 0 || !hostByte(s[i-1]) && s[i-1] != ']' {
		return "", 0
	}
	if next := at(s, i+1); isOpen(next) && next != '\\' {
		return spacedBracket(s, i)
	}
	switch {
	case hasFold(s, i, " . ") && spacedQuad(s, i):
		return ".", 3
	case hasFold(s, i, " dot ") && spokenHost(s, i+5):
		return ".", 5
	case hasFold(s, i, " at ") && spokenAfterAt(s, i+4):
		return "@", 4
	}
	return "", 0
}

// spacedQuad says that the " . " at i is one of three in an address that somebody typed with blanks, so that no program
// makes a link of it: "203 . 0 . 113 . 9".
func spacedQuad(s string, i int) bool {
	digits := func(from, step int) (to int) {
		for to = from; to >= 0 && to < len(s) && s[to] >= '0' && s[to] <= '9'; to += step {
		}
		return to
	}
	numbers := 0
	for at := i; ; numbers++ { // back to the first
		start := digits(at-1, -1) + 1
		if n := at - start; n == 0 || n > 3 {
			return false
		}
		if start < 3 || s[start-3:start] != " . " {
			break
		}
		at = start - 3
	}
	for at := i; hasFold(s, at, " . "); numbers++ {
		end := digits(at+3, 1)
		if n := end - at - 3; n == 0 || n > 3 {
			return false
		}
		at = end
	}
	return numbers == 3
}

// spacedBracket undoes " [.] ", " (at) " and " [:] " with a word behind; the space
// behind the mark may be missing.
func spacedBracket(s string, i int) (string, int) {
	means, end := bracketMark(s, i+1)
	if means != "." && means != "@" && means != ":" || s[i+2] == ' ' {
		return "", 0
	}
	if at(s, end) == ' ' {
		end++
	}
	if !is(at(s, end), clAlnum) {
		return "", 0
	}
	return means, end - i
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

// spokenAfterAt says that the host at i is spelled out, or bracketed behind what can only be a mailbox: "a page at
// evil[.]com" is none.
func spokenAfterAt(s string, i int) bool {
	end := labelEnd(s, i)
	if end == i {
		return false
	}
	if hasFold(s, end, " dot ") {
		return spokenHost(s, end+5)
	}
	means, _ := bracketMark(s, end)
	return means == "." && mailbox(s[:i-len(" at ")])
}

// mailbox says that a text ends in a word that is used before "@" and not in a sentence.
func mailbox(s string) bool {
	word := s[strings.LastIndexAny(s, " \t<(\"'")+1:]
	if strings.ContainsAny(word, "._-0123456789") {
		return true
	}
	switch strings.ToLower(word) {
	case "abuse", "account", "accounts", "admin", "alert", "alerts", "billing", "contact", "hello", "help", "helpdesk", "hr", "info", "invoice", "invoices",
		"jobs", "mailer", "news", "newsletter", "noreply", "notice", "notify", "office", "order", "orders", "payment", "payments", "payroll", "postmaster",
		"press", "sales", "secretary", "security", "service", "support", "team", "webmaster":
		return true
	}
	return false
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
