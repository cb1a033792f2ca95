package wanted

import (
	"strings"

	"github.com/wakachi/wakachi/internal/indicator"
)

// guess reads a text that should be one value and does not say of which type. It tries the
// types whose form leaves no doubt first; then what is a host or a file is decided as in
// prose.
func guess(s string) (v indicator.Value, port uint16, ok bool) {
	s = bare(s)
	if s == "" || len(s) > MaxLine {
		return v, 0, false
	}
	for _, t := range formal {
		if v, err := indicator.Parse(t, s); err == nil {
			return v, 0, true
		}
	}
	if v, ok = shaped(s); ok {
		return v, 0, true
	}
	if v, port, ok = whole(s); ok {
		return v, port, true
	}
	if v, ok = schemeless(s); ok {
		return v, 0, true
	}
	if v, err := indicator.Parse(indicator.Domain, s); err == nil {
		return v, 0, true
	}
	return v, 0, false
}

// formal are the types that nothing else looks like.
var formal = []indicator.Type{
	indicator.URL, indicator.IPv4, indicator.IPv6, indicator.CIDR4, indicator.CIDR6, indicator.JARM, indicator.Email,
	indicator.CVE, indicator.Technique, indicator.SSDEEP, indicator.Registry, indicator.Coin,
}

// shaped reads digests by their length, and paths by how they begin.
func shaped(s string) (indicator.Value, bool) {
	if v, err := indicator.Parse(indicator.File, s); err == nil && v.Hash != indicator.NoHash {
		return v, true
	}
	if len(s) > 3 && (s[1] == ':' && s[2] == '\\' || strings.HasPrefix(s, `\\`) || s[0] == '%' && strings.Contains(s, `%\`)) || strings.HasPrefix(s, "/") && strings.Count(s, "/") > 1 {
		v, err := indicator.Parse(indicator.Path, s)
		return v, err == nil
	}
	return indicator.Value{}, false
}

// whole takes the reading of prose if it is of the whole text but for a port.
func whole(s string) (v indicator.Value, port uint16, ok bool) {
	for _, m := range indicator.Find(s) {
		if m.Start != 0 {
			continue
		}
		rest := s[m.End:]
		if rest == "" || m.Port != 0 && strings.HasPrefix(rest, ":") && !strings.ContainsAny(rest, " \t/,;") {
			return m.Value, m.Port, true
		}
	}
	return v, 0, false
}

// schemeless reads a URL whose scheme was left out: a host, a slash and a path.
func schemeless(s string) (indicator.Value, bool) {
	slash := strings.IndexByte(s, '/')
	if slash <= 0 || strings.ContainsAny(s, " \t\u3000") || slash+1 == len(s) {
		return indicator.Value{}, false
	}
	host, _, _ := strings.Cut(s[:slash], ":")
	if _, _, ok := whole(host); !ok {
		return indicator.Value{}, false
	}
	v, err := indicator.Parse(indicator.URL, "http://"+s)
	return v, err == nil
}

// bare takes off what lists put around a value: quotes, a bullet, the marks of a blocker's
// rules.
func bare(s string) string {
	s = strings.TrimSpace(s)
	for _, bullet := range []string{"- ", "* ", "・", "•", "||"} {
		s = strings.TrimSpace(strings.TrimPrefix(s, bullet))
	}
	s = strings.TrimSuffix(s, "^")
	if n := len(s); n > 1 && (s[0] == '"' || s[0] == '\'' || s[0] == '`') && s[n-1] == s[0] {
		s = s[1 : n-1]
	}
	return strings.TrimSpace(strings.TrimSuffix(s, ","))
}
