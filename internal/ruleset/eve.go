package ruleset

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/netip"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/indicator"
)

// ReadEVE reads what Suricata wrote to eve.json and calls each for every indicator that one of
// our rules found. A rule that stands for a list names its value only together with what the
// line says was asked for or sent, and only if that is in the list: nothing else of the line
// is kept. Without a key, or for rules that are not in it, the rule's own metadata is read.
//
// A line that cannot be read is counted and passed over. The error is the one of r or of
// each; the Account covers the lines up to there.
func ReadEVE(r io.Reader, key Key, each func(Seen) error) (Account, error) {
	var acc Account
	in := newLineReader(r)
	for in.next() {
		if !acc.begin(in) {
			continue
		}
		var ev eveLine
		if len(in.line) == 0 || json.Unmarshal(in.line, &ev) != nil {
			acc.Bad++
			continue
		}
		at := eveTime(ev.Timestamp)
		acc.time(at)
		set, ours := strings.CutPrefix(ev.Alert.Signature, "wakachi ")
		set, _, _ = strings.Cut(set, " ")
		if ev.Type != "alert" || !ours || key.set != "" && set != key.set {
			acc.Others++
			continue
		}
		values := key.explain(&ev)
		if err := acc.tell(values, Seen{Time: at, Engine: Suricata, SID: ev.Alert.SID, Line: in.number}, each); err != nil {
			return acc, err
		}
	}
	return acc, in.err
}

// eveLine is what of a line is looked at. Addresses and names are compared with the key and
// dropped.
type eveLine struct {
	Timestamp string `json:"timestamp"`
	Type      string `json:"event_type"`
	Source    string `json:"src_ip"`
	Dest      string `json:"dest_ip"`
	Alert     struct {
		Signature string          `json:"signature"`
		SID       uint32          `json:"signature_id"`
		Metadata  json.RawMessage `json:"metadata"`
	} `json:"alert"`
	DNS   json.RawMessage `json:"dns"`
	TLS   eveName         `json:"tls"`
	HTTP  eveName         `json:"http"`
	File  eveFile         `json:"fileinfo"`
	Files json.RawMessage `json:"files"`
}

type eveName struct {
	SNI  string `json:"sni"`
	Host string `json:"hostname"`
}

type eveFile struct {
	MD5    string `json:"md5"`
	SHA1   string `json:"sha1"`
	SHA256 string `json:"sha256"`
}

// eveDNS is how versions 6 to 8 write what was asked.
type eveDNS struct {
	Name    string    `json:"rrname"`
	Query   []eveDNSQ `json:"query"`
	Queries []eveDNSQ `json:"queries"`
}

type eveDNSQ struct {
	Name string `json:"rrname"`
}

// eveTime reads 2026-11-22T10:11:12.123456+0900.
func eveTime(s string) time.Time {
	for _, layout := range []string{"2006-01-02T15:04:05Z0700", time.RFC3339} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// explain says which values an alert of ours was about; none if nobody can say.
func (k *Key) explain(ev *eveLine) []indicator.Value {
	values := k.bySID[ev.Alert.SID]
	switch len(values) {
	case 0:
		return fromMetadata(ev.Alert.Metadata)
	case 1:
		return values
	}
	list := k.lists[ev.Alert.SID]
	var out []indicator.Value
	for _, name := range ev.names() {
		for name = strings.ToLower(strings.TrimSuffix(name, ".")); name != ""; {
			if v := (indicator.Value{Type: indicator.Domain, Value: name}); list[v] {
				out = append(out, v)
			}
			_, name, _ = strings.Cut(name, ".")
		}
	}
	for _, text := range []string{ev.Source, ev.Dest} {
		if a, err := netip.ParseAddr(text); err == nil {
			for _, v := range k.holding(a) {
				if list[v] {
					out = append(out, v)
				}
			}
		}
	}
	for _, text := range ev.digests() {
		if v, err := indicator.Parse(indicator.File, text); err == nil && list[v] {
			out = append(out, v)
		}
	}
	return once(out)
}

func (ev *eveLine) names() []string {
	out := []string{ev.TLS.SNI, ev.HTTP.Host}
	var dns eveDNS
	if json.Unmarshal(ev.DNS, &dns) == nil {
		out = append(out, dns.Name)
		for _, q := range append(dns.Query, dns.Queries...) {
			out = append(out, q.Name)
		}
	}
	return out
}

func (ev *eveLine) digests() []string {
	files := []eveFile{ev.File}
	var more []eveFile
	if json.Unmarshal(ev.Files, &more) == nil {
		files = append(files, more...)
	}
	var out []string
	for _, f := range files {
		out = append(out, f.MD5, f.SHA1, f.SHA256)
	}
	return out
}

// fromMetadata reads the value that a rule carries itself. Keys have lists of values.
func fromMetadata(raw json.RawMessage) []indicator.Value {
	var m struct {
		Type  []string `json:"wakachi_type"`
		Value []string `json:"wakachi_value"`
	}
	if json.Unmarshal(raw, &m) != nil || len(m.Type) != 1 || len(m.Value) != 1 {
		return nil
	}
	text, err := base64.RawURLEncoding.DecodeString(m.Value[0])
	if err != nil {
		return nil
	}
	v := indicator.Value{Type: indicator.Type(m.Type[0]), Value: string(text)}
	if v.Type == indicator.PDB {
		return nil // no rule has one
	}
	read, err := indicator.Parse(v.Type, v.Value)
	if err != nil || read.Value != v.Value {
		return nil
	}
	return []indicator.Value{read}
}

// once leaves out what is in a short list before.
func once(values []indicator.Value) []indicator.Value {
	seen := map[indicator.Value]bool{}
	out := values[:0]
	for _, v := range values {
		if !seen[v] {
			seen[v] = true
			out = append(out, v)
		}
	}
	return out
}

// begin counts a line, and says whether it can be looked at.
func (a *Account) begin(in *lineReader) bool {
	a.Lines++
	if in.tooLong {
		a.TooLong++
	}
	return !in.tooLong
}

// time widens the span of the log.
func (a *Account) time(t time.Time) {
	if t.IsZero() {
		return
	}
	if a.From.IsZero() || t.Before(a.From) {
		a.From = t
	}
	if t.After(a.To) {
		a.To = t
	}
}

// tell calls each for the values of a line of ours.
func (a *Account) tell(values []indicator.Value, s Seen, each func(Seen) error) error {
	if len(values) == 0 {
		a.Unknown++
		return nil
	}
	a.Hits++
	for _, v := range values {
		s.Value = v
		a.Seen++
		if err := each(s); err != nil {
			return err
		}
	}
	return nil
}
