package ruleset

import (
	"fmt"
	"strings"

	"github.com/wakachi/wakachi/internal/indicator"
)

// writeZeek makes a file for the Intelligence Framework, a script that loads it and looks for
// the names above what was asked for, and the key for reading back.
func writeZeek(s *set) error {
	key := keyWriter{set: s}
	out := s.head("#")
	out = append(out, "#fields\tindicator\tindicator_type\tmeta.source\tmeta.desc\tmeta.url\n"...)
	for i := range s.entries {
		e := &s.entries[i]
		word, ok := s.say(e.value)
		if !ok {
			continue
		}
		text, ok := s.zeekText(e)
		if !ok {
			continue
		}
		row := []string{text, word, source(s.o.Name), e.about() + " " + e.label.String(), ""}
		for j, field := range row {
			row[j] = zeekField(field)
		}
		out = append(out, strings.Join(row, "\t")+"\n"...)
		key.add(0, e.value)
	}
	s.add(s.fileName("intel"), out)
	s.add(s.fileName("zeek", "key", "ndjson"), key.bytes())
	s.add(s.fileName("zeek"), s.zeekScript())
	return nil
}

// source is what a hit names as its source, so that those of other lists are told apart.
func source(set string) string { return "wakachi/" + set }

// zeekText gives a value as Zeek compares it, and counts what of it is lost. The script
// would find a name itself where only those below it are meant.
func (s *set) zeekText(e *entry) (string, bool) {
	switch {
	case e.below:
		s.miss(e.value.Type, Wildcard)
		return "", false
	case e.value.Type == indicator.URL && e.url.scheme != "http" && e.url.scheme != "https":
		s.miss(e.value.Type, Scheme)
		return "", false
	case e.value.Type == indicator.URL:
		s.half(e.value.Type, ExactOnly)
		if e.url.scheme == "https" {
			s.half(e.value.Type, Encrypted)
		}
	}
	return zeekForm(e), true
}

// zeekForm writes a URL without its scheme, with a port that is not 80.
func zeekForm(e *entry) string {
	switch e.value.Type {
	case indicator.Domain:
		return e.name
	case indicator.IPv4, indicator.IPv6, indicator.CIDR4, indicator.CIDR6:
		return addressText(e)
	case indicator.URL:
		host, port := e.url.host, e.url.port
		if port == "" {
			port = usual[e.url.scheme]
		}
		if port != "80" {
			host += ":" + port
		}
		return host + e.url.path
	}
	return e.value.Value
}

// zeekField writes a field as the ASCII reader takes it: its separator, the marks for "not
// set" and "empty", a comment at the beginning and its own escapes would be read otherwise.
//
// Source: Zeek 9.1-dev, src/threading/formatters/Ascii.cc, ParseValue; util::get_unescaped_string.
func zeekField(s string) string {
	if s == "" {
		return "-"
	}
	if s == "-" || s == "(empty)" || s[0] == '#' {
		return fmt.Sprintf(`\x%02x`, s[0]) + zeekEscape(s[1:])
	}
	return zeekEscape(s)
}

func zeekEscape(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == '\\' || r == 0x7f }) {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '\\' || c == 0x7f {
			fmt.Fprintf(&b, `\x%02x`, c)
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// zeekScript loads the file and repeats each look-up of a name for the names above it: the
// framework itself finds a name only as it stands. Nothing but the name of the set, which
// needs no quoting, goes into it.
func (s *set) zeekScript() []byte {
	out := s.head("##!")
	module := "Wakachi_" + strings.ReplaceAll(s.o.Name, "-", "_")
	return append(out, `
@load base/frameworks/intel
@load frameworks/intel/seen

module `+module+`;

redef Intel::read_files += { fmt("%s/`+s.fileName("intel")+`", @DIR) };

# A name is found if one above it is listed: a.b.example, then b.example.
hook Intel::seen_policy(s: Intel::Seen, found: bool)
	{
	if ( ! s?$indicator || ! s?$indicator_type || s$indicator_type != Intel::DOMAIN )
		return;
	local dot = strstr(s$indicator, ".");
	if ( dot == 0 || dot >= |s$indicator| )
		return;
	local above = s$indicator[dot:];
	if ( "." !in above )
		return;
	local up = Intel::Seen($indicator=above, $indicator_type=Intel::DOMAIN, $where=s$where);
	if ( s?$conn )
		up$conn = s$conn;
	if ( s?$uid )
		up$uid = s$uid;
	Intel::seen(up);
	}
`...)
}
