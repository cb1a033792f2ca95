package ruleset

import (
	"bytes"
	"encoding/hex"
	"net/netip"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/indicator"
)

// columns are those of the table of indicators, in the SQL engines.
var columns = []string{"type", "algorithm", "value", "name", "below", "path", "cut", "lo", "hi", "port", "since", "until", "tlp", "ref", "note"}

// row gives an entry in columns. All are text; what an entry lacks is empty. name is the
// name, host or text to compare in lower case; path what follows a host; cut says that a
// path ends within a part; lo and hi are the ends of a network as [addressKey] writes them.
func (e *entry) row() []string {
	name, path, cut, lo, hi := e.compared(), "", "", "", ""
	switch e.value.Type {
	case indicator.URL:
		name, path, cut = e.url.host, e.url.path, yes(e.url.cut())
	case indicator.IPv4, indicator.IPv6, indicator.CIDR4, indicator.CIDR6:
		lo, hi = ends(e.net)
	}
	var ports []string
	for _, p := range e.ports {
		ports = append(ports, itoa(int(p)))
	}
	return []string{
		string(e.value.Type), string(e.value.Hash), e.value.Value, name, yes(e.below), path, cut, lo, hi,
		strings.Join(ports, " "), sqlTime(e.since), sqlTime(e.until), e.label.String(), strings.Join(e.refs, " "), e.note,
	}
}

// compared gives the text that is compared with a column in lower case, where case carries
// no meaning there: everything but user agents, subjects and tasks' and services' spelling,
// which Windows ignores too.
func (e *entry) compared() string {
	switch e.value.Type {
	case indicator.Domain:
		return e.name
	case indicator.UserAgent, indicator.Subject:
		return e.value.Value
	case indicator.URL:
		return e.url.host
	}
	return strings.ToLower(e.value.Value)
}

func yes(b bool) string {
	if b {
		return "1"
	}
	return "0"
}

func sqlTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05")
}

// addressKey writes an address so that the order of texts is the order of addresses: 32 hex
// digits, IPv4 as ::ffff:a.b.c.d.
func addressKey(a netip.Addr) string {
	b := a.As16()
	return hex.EncodeToString(b[:])
}

// ends gives the keys of the first and last address of a network.
func ends(p netip.Prefix) (lo, hi string) {
	p = p.Masked()
	b := p.Addr().As16()
	bits := p.Bits()
	if p.Addr().Is4() {
		bits += 96
	}
	for i := bits; i < 128; i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	return addressKey(p.Addr()), hex.EncodeToString(b[:])
}

// csv writes rows with every field in quotes, which leaves one character to be doubled.
//
// SPEC: RFC 4180 §2.
func csv(head []byte, columns []string, rows [][]string) []byte {
	out := bytes.NewBuffer(head)
	for i, row := range append([][]string{columns}, rows...) {
		for j, field := range row {
			if j > 0 {
				out.WriteByte(',')
			}
			if i == 0 {
				out.WriteString(field)
				continue
			}
			out.WriteByte('"')
			out.WriteString(strings.ReplaceAll(field, `"`, `""`))
			out.WriteByte('"')
		}
		out.WriteByte('\n')
	}
	return out.Bytes()
}
