package ruleset

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/wakachi/wakachi/internal/indicator"
)

// A rule of Suricata before it has its number.
type sigRule struct {
	key    string // what its number comes from
	header string // "dns any any -> any any"
	match  string // options that match, each with its semicolon
	about  string // for the message
	value  []indicator.Value
	note   *entry // of a rule for one value
}

// maxRule is the longest line Suricata reads, with room for number and message.
//
// Source: Suricata 7.0.17, src/detect.h, DETECT_MAX_RULE_SIZE 8192.
const maxRule = 8000

// writeSuricata makes a rules file, the lists it names, and the key that says which values a
// number stands for.
func writeSuricata(s *set) error {
	w := &sigWriter{set: s, digests: map[string][]indicator.Value{}}
	w.lists()
	for i := range s.entries {
		w.entry(&s.entries[i])
	}
	w.fileLists()
	keys := make([]string, len(w.rules))
	for i, r := range w.rules {
		keys[i] = r.key
	}
	ids, err := numbers(keys, s.o.BaseSID, s.o.SIDs)
	if err != nil {
		return err
	}
	out := s.head("#")
	out = append(out, lines("#",
		"Data sets and digest lists lie beside this file. Rules on files need file-store or force-hash, rules on ja3 need",
		"app-layer.protocols.tls.ja3-fingerprints. Numbers: see the .key.ndjson file, which ReadEVE takes.")...)
	key := keyWriter{set: s}
	for _, r := range w.rules {
		out = append(out, w.line(r, ids[r.key])...)
		key.add(ids[r.key], r.value...)
	}
	s.add(s.fileName("rules"), out)
	s.add(s.fileName("suricata", "key", "ndjson"), key.bytes())
	return nil
}

type sigWriter struct {
	*set
	rules   []sigRule
	digests map[string][]indicator.Value // by keyword: filesha256
	listed  map[string]bool              // what a data set holds: domains, addresses
}

func (w *sigWriter) rule(e *entry, role, header, match string) bool {
	r := sigRule{
		key:    role + "\x00" + string(e.value.Type) + "\x00" + string(e.value.Hash) + "\x00" + e.value.Value,
		header: header, match: match, about: string(e.value.Type) + " " + indicator.Defang(e.value), value: []indicator.Value{e.value}, note: e,
	}
	if len(w.line(r, w.o.BaseSID)) > maxRule {
		w.miss(e.value.Type, TooLong)
		return false
	}
	w.rules = append(w.rules, r)
	return true
}

// entry makes the rules for one value.
func (w *sigWriter) entry(e *entry) {
	word, ok := w.say(e.value)
	if !ok || w.inList(e) {
		return
	}
	switch e.value.Type {
	case indicator.Domain:
		w.domain(e)
	case indicator.IPv4, indicator.IPv6, indicator.CIDR4, indicator.CIDR6:
		w.rule(e, "ip", "ip any any <> "+addressText(e)+" any", "threshold:type limit, track by_both, seconds 3600, count 1; ")
	case indicator.URL:
		w.url(e)
	case indicator.File:
		if e.value.Hash != indicator.NoHash {
			w.digests[word] = append(w.digests[word], e.value)
			return
		}
		w.fileName(e)
	case indicator.Cert:
		w.rule(e, "cert", "tls any any -> any any", word+"; "+content(colons(e.value.Value))+" ")
	case indicator.UserAgent:
		w.rule(e, "agent", "http any any -> any any", word+"; "+whole(e.value.Value))
	default: // ja3, ja3s: a sticky buffer that holds the value and nothing else
		w.rule(e, "tls", "tls any any -> any any", word+"; "+whole(e.value.Value))
	}
}

// domain looks in the three places where a name is seen on its way. The name itself is
// found because dotprefix puts a dot before what was asked for.
func (w *sigWriter) domain(e *entry) {
	prefix := "dotprefix; "
	if e.below {
		prefix = "" // without it, only names below have the dot
	}
	end := content("." + e.name)
	if !w.rule(e, "dns", "dns any any -> any any", "dns.query; "+prefix+end+" nocase; endswith; ") {
		return
	}
	w.rule(e, "sni", "tls any any -> any any", "tls.sni; "+prefix+end+" nocase; endswith; ")
	w.rule(e, "host", "http any any -> any any", "http.host; "+prefix+end+" endswith; ") // the buffer is in lower case, nocase is refused
}

func (w *sigWriter) url(e *entry) {
	l := e.url
	switch l.scheme {
	case "http":
	case "https":
		w.half(e.value.Type, Encrypted)
	default:
		w.miss(e.value.Type, Scheme)
		return
	}
	buffer := "http.uri"
	if !plainPath(l.path) {
		buffer = "http.uri.raw" // what is escaped must stay so
	}
	match := "flow:established,to_server; http.host; " + content(l.host) + " startswith; endswith; " + buffer + "; " + content(l.path) + " startswith; "
	if l.cut() {
		match += `pcre:"/^(?:[\/?&\x3b\x23]|$)/R"; `
	}
	w.rule(e, "url", "http any any -> any any", match)
}

// plainPath says that a path is the same before and after the engine normalises it.
func plainPath(p string) bool {
	for i := range len(p) {
		if c := p[i]; !isAlnum(c) && strings.IndexByte("/?&=-_.~,", c) < 0 {
			return false
		}
	}
	return !strings.Contains(p, "//") && !strings.Contains(p, "/.")
}

func (w *sigWriter) fileName(e *entry) {
	for _, proto := range []string{"http", "smtp", "ftp-data"} {
		w.rule(e, "name-"+proto, proto+" any any -> any any", "file.name; "+content(e.value.Value)+" nocase; startswith; endswith; ")
	}
}

// line writes a rule. What people read in the message is reduced to what needs no quoting.
func (w *sigWriter) line(r sigRule, sid uint32) string {
	var b strings.Builder
	fmt.Fprintf(&b, `alert %s (msg:"%s"; %s`, r.header, speech("wakachi "+w.o.Name+" "+r.about, 150), r.match)
	fmt.Fprintf(&b, "classtype:bad-unknown; metadata:wakachi_set %s, tlp %s", w.o.Name, labelMark(w.label))
	if r.note != nil {
		if v := base64.RawURLEncoding.EncodeToString([]byte(r.note.value.Value)); len(v) <= 400 {
			fmt.Fprintf(&b, ", wakachi_type %s, wakachi_value %s", r.note.value.Type, v)
		}
		if !r.note.since.IsZero() {
			fmt.Fprintf(&b, ", first_seen %s", r.note.since.UTC().Format("2006_01_02"))
		}
	}
	fmt.Fprintf(&b, "; sid:%d; rev:1;)\n", sid)
	return b.String()
}

func addressText(e *entry) string {
	if e.net.IsSingleIP() {
		return e.net.Addr().String()
	}
	return e.net.String()
}

func isAlnum(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// content writes bytes to look for. All but the plainest are written as hex, so that
// nothing in a value can end the string.
func content(text string) string {
	var b strings.Builder
	b.WriteString(`content:"`)
	in := false
	for i := range len(text) {
		c := text[i]
		plain := isAlnum(c) || strings.IndexByte("._-/=", c) >= 0
		if plain == in { // a change of mode
			b.WriteByte('|')
			in = !in
		} else if in {
			b.WriteByte(' ')
		}
		if plain {
			b.WriteByte(c)
		} else {
			b.WriteString(hex.EncodeToString([]byte{c}))
		}
	}
	if in {
		b.WriteByte('|')
	}
	b.WriteString(`";`)
	return b.String()
}

// whole looks for a buffer that is the text.
func whole(text string) string { return content(text) + " startswith; endswith; " }

// speech keeps what a message can hold in every tool that cuts rules up.
func speech(s string, limit int) string {
	out := []byte(s[:min(len(s), limit)])
	for i, c := range out {
		if !isAlnum(c) && strings.IndexByte(" ._-/[]", c) < 0 {
			out[i] = '_'
		}
	}
	return string(out)
}

// colons writes a digest as certificates' fingerprints are written.
func colons(digest string) string {
	var b strings.Builder
	for i := 0; i < len(digest); i += 2 {
		if i > 0 {
			b.WriteByte(':')
		}
		b.WriteString(digest[i:min(i+2, len(digest))])
	}
	return b.String()
}
