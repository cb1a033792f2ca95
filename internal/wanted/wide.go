package wanted

import (
	"net/netip"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// The widest networks that are looked for, in bits of their prefix.
const (
	widest4 = 8
	widest6 = 16
)

// documentation are the networks kept for examples. They are looked for like any others,
// since samples and exercises use them.
//
// SPEC: RFC 5737; RFC 3849; RFC 9637.
var documentation = []netip.Prefix{
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("3fff::/20"),
}

// inner are the networks that are no party's on the Internet, beyond what netip knows.
//
// SPEC: RFC 6890, RFC 6598, RFC 2544, RFC 1112 §4.
var inner = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"),
}

// addressWorth gives why an address is not worth looking for.
func addressWorth(s string) Reason {
	a, err := netip.ParseAddr(s)
	if err != nil {
		return NotAValue
	}
	switch a = a.Unmap(); {
	case a.IsUnspecified(), s == "255.255.255.255":
		return TooWide
	case isInner(a):
		return Private
	case isBenign(s):
		return Benign
	}
	return ""
}

func isInner(a netip.Addr) bool {
	if a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsMulticast() {
		return true
	}
	if !a.Is4() {
		return false
	}
	switch a.As4()[0] {
	case 0, 100, 198:
	default:
		if a.As4()[0] < 240 {
			return false
		}
	}
	for _, p := range inner {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// networkWorth gives why a network is not worth looking for.
func networkWorth(s string) Reason {
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return NotAValue
	}
	widest := widest4
	if p.Addr().Is6() {
		widest = widest6
	}
	for _, d := range documentation {
		if p.Bits() >= d.Bits() && d.Contains(p.Addr()) {
			return ""
		}
	}
	switch {
	case p.Bits() < widest:
		return TooWide
	case isInner(p.Addr()):
		return Private
	}
	return ""
}

// domainWorth gives why a host name is not worth looking for. What is under the name is
// found with it, so a public suffix would find everybody.
func domainWorth(name string) Reason {
	name = strings.TrimPrefix(name, "*.")
	if why := suffixWorth(name); why != "" {
		return why
	}
	if isBenign(name) {
		return Benign
	}
	return ""
}

// suffixWorth tells the names under which anybody can have one.
func suffixWorth(name string) Reason {
	if strings.IndexByte(name, '.') < 0 {
		return TooWide
	}
	suffix, icann := publicsuffix.PublicSuffix(name)
	switch {
	case suffix != name:
		return ""
	case icann:
		return TooWide
	}
	return SharedHost
}

// urlWorth gives why a URL is not worth looking for. A page of a benign host may be worth it;
// its front page is not.
func urlWorth(s string) Reason {
	host, front := hostOf(s)
	if host != "" && (host[0] <= '9' || strings.IndexByte(host, ':') >= 0) {
		if a, err := netip.ParseAddr(host); err == nil {
			why := addressWorth(host)
			if !front && !isInner(a) && why == Benign {
				why = ""
			}
			return why
		}
	}
	if !front {
		return ""
	}
	return domainWorth(host)
}

// hostOf gives the host of a URL, and whether nothing but its front page is asked for.
func hostOf(s string) (host string, front bool) {
	_, rest, _ := strings.Cut(s, "://")
	host = rest
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		host, front = rest[:end], rest[end:] == "/"
	} else {
		front = true
	}
	if at := strings.LastIndexByte(host, '@'); at >= 0 {
		host = host[at+1:]
	}
	if strings.HasPrefix(host, "[") {
		host, _, _ = strings.Cut(host[1:], "]")
	} else if colon := strings.IndexByte(host, ':'); colon >= 0 {
		host = host[:colon]
	}
	return host, front
}

// mailWorth gives why an address of mail is not worth looking for.
func mailWorth(s string) Reason {
	if isBenign(s) {
		return Benign
	}
	return ""
}

// noValue tells a text that would match everything from one that is no value at all.
func noValue(text string) Reason {
	rest := strings.Trim(text, "*.%/ ")
	if rest == "" {
		return TooWide
	}
	if len(rest) > 24 || strings.ContainsAny(rest, ". /:\\") {
		return NotAValue
	}
	if _, icann := publicsuffix.PublicSuffix(strings.ToLower(rest)); icann {
		return TooWide
	}
	return NotAValue
}
