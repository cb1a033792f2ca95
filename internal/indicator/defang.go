package indicator

import "strings"

// Defang gives a value in the form in which people send it to each other, so that
// no program makes a link of it: hxxps://evil[.]example/a.php, 203[.]0[.]113[.]77.
// [Parse] of the same type undoes it. Values that nothing would open stay as they are.
func Defang(v Value) string {
	switch v.Type {
	case IPv4, CIDR4, Domain:
		return strings.ReplaceAll(v.Value, ".", "[.]")
	case IPv6, CIDR6:
		return strings.ReplaceAll(v.Value, ":", "[:]")
	case Email:
		at := strings.LastIndexByte(v.Value, '@')
		if at < 0 {
			return v.Value
		}
		return v.Value[:at+1] + strings.ReplaceAll(v.Value[at+1:], ".", "[.]")
	case URL:
		return defangURL(v.Value)
	}
	return v.Value
}

// defangURL changes the scheme and the dots of the host; the path stays as it is.
func defangURL(s string) string {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		return s
	}
	mark := "[://]"
	switch scheme {
	case "http", "https":
		scheme, mark = "hxxp"+scheme[4:], "://"
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	host, user := rest[:end], ""
	if at := strings.LastIndexByte(host, '@'); at >= 0 {
		user, host = host[:at+1], host[at+1:]
	}
	return scheme + mark + user + strings.ReplaceAll(host, ".", "[.]") + rest[end:]
}
