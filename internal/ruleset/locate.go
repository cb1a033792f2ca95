package ruleset

import "strings"

// A locator is a URL as engines see it: what was asked of which host. User and fragment are
// not sent, and the port stands in the header of the packet.
type locator struct {
	scheme string
	host   string // lower case; an IPv6 address in brackets
	port   string // digits; empty for the usual one
	path   string // with the query; "/" at least
}

// usual gives the port that a scheme has when none is named.
var usual = map[string]string{"http": "80", "https": "443", "ftp": "21"}

// locate takes a normal URL apart.
func locate(url string) (locator, bool) {
	scheme, rest, ok := strings.Cut(url, "://")
	if !ok || rest == "" {
		return locator{}, false
	}
	rest, _, _ = strings.Cut(rest, "#")
	l := locator{scheme: scheme, path: "/"}
	end := len(rest)
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		end = i
		if l.path = rest[i:]; rest[i] == '?' {
			l.path = "/" + l.path
		}
	}
	l.host = rest[strings.LastIndexByte(rest[:end], '@')+1 : end]
	if i := strings.LastIndexByte(l.host, ':'); i > strings.IndexByte(l.host, ']') {
		l.host, l.port = l.host[:i], l.host[i+1:]
	}
	if l.port == usual[scheme] {
		l.port = ""
	}
	l.host = strings.ToLower(l.host)
	return l, l.host != ""
}

// cut says that a path ends in the middle of a part, so that what follows must be looked
// at: "/a" is not found in "/abc". After a mark, anything may follow.
func (l locator) cut() bool {
	c := l.path[len(l.path)-1]
	return strings.IndexByte(boundary, c) < 0 && c != '='
}

// boundary has the characters that end a part of a path or query.
const boundary = "/?&;#"
