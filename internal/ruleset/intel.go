package ruleset

import (
	"encoding/json"
	"io"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/indicator"
)

// ReadIntel reads Zeek's intel.log, in its own form or as JSON lines, and calls each for every
// indicator of ours in it: those whose source is the key's set, or any set of ours without a
// key. With a key, the value is the one that was written, and an address in a listed network
// gives the network. Without one, the log's own text is kept, but for an address that only a
// network brought there, which may be anybody's.
//
// A line that cannot be read is counted and passed over. The error is the one of r or of
// each; the Account covers the lines up to there.
func ReadIntel(r io.Reader, key Key, each func(Seen) error) (Account, error) {
	var acc Account
	form := zeekForms{separator: "\t", sets: ",", unset: "-"}
	in := newLineReader(r)
	for in.next() {
		if !acc.begin(in) {
			continue
		}
		line := string(in.line)
		if strings.HasPrefix(line, "#") {
			form.header(line)
			acc.Others++
			continue
		}
		row, ok := form.row(line)
		if !ok {
			acc.Bad++
			continue
		}
		acc.time(row.time)
		if !row.ours(key.set) {
			acc.Others++
			continue
		}
		s := Seen{Time: row.time, Engine: Zeek, Line: in.number}
		values := key.resolve(row)
		if key.set == "" && len(values) > 0 {
			s.Text, s.Kind = oneLine(row.text, maxText), oneLine(row.kind, maxKind)
		}
		if err := acc.tell(values, s, each); err != nil {
			return acc, err
		}
	}
	return acc, in.err
}

// What is kept of a log's own words, in characters.
const (
	maxText = 4096
	maxKind = 64
)

// An intelRow is what of a line is looked at.
type intelRow struct {
	time    time.Time
	text    string
	kind    string
	matched []string
	sources []string
}

// ours says that a set of ours, or this set, brought the line about.
func (r intelRow) ours(set string) bool {
	return slices.ContainsFunc(r.sources, func(s string) bool {
		if set != "" {
			return s == source(set)
		}
		return strings.HasPrefix(s, source(""))
	})
}

// resolve says which values a row was about.
func (k *Key) resolve(r intelRow) []indicator.Value {
	if k.set == "" {
		return k.guess(r)
	}
	out := slices.Clone(k.forms[zeekKey(r.kind, r.text)])
	if a, err := netip.ParseAddr(r.text); err == nil && r.kind == "Intel::ADDR" {
		out = append(out, k.holding(a)...)
	}
	return once(out)
}

// guess reads the text of a row without a key. A URL has lost its scheme, and stays zero.
func (k *Key) guess(r intelRow) []indicator.Value {
	if r.text == "" || r.kind == "Intel::ADDR" && !slices.Contains(r.matched, r.kind) {
		return nil
	}
	for kind, say := range sayings()[Zeek] {
		typ, hash, _ := strings.Cut(kind, "/")
		if say.word != r.kind || say.word == "Intel::URL" {
			continue
		}
		v, err := indicator.Parse(indicator.Type(typ), r.text)
		if err == nil && v.Hash == indicator.Hash(hash) {
			return []indicator.Value{v}
		}
	}
	return []indicator.Value{{}}
}

// zeekForms is how the lines of a log are to be read, as its head says.
type zeekForms struct {
	separator, sets, unset string
	fields                 map[string]int // where each stands
	width                  int            // how many there are, one named twice counted twice
}

// header takes a line that begins with #. The separator comes first, and is escaped.
func (f *zeekForms) header(line string) {
	if name, ok := strings.CutPrefix(line, "#separator "); ok {
		if s := zeekUnescape(name); s != "" {
			f.separator = s
		}
		return
	}
	name, rest, ok := strings.Cut(line, f.separator)
	if !ok {
		return
	}
	switch name {
	case "#set_separator":
		f.sets = orElse(rest, ",")
	case "#unset_field":
		f.unset = rest
	case "#fields":
		names := strings.Split(rest, f.separator)
		f.fields, f.width = map[string]int{}, len(names)
		for i, field := range names {
			f.fields[field] = i
		}
	}
}

// row reads a line: an object of JSON, or fields as the head named them.
func (f *zeekForms) row(line string) (intelRow, bool) {
	if strings.HasPrefix(line, "{") {
		return jsonRow(line)
	}
	if f.fields == nil || line == "" {
		return intelRow{}, false
	}
	cells := strings.Split(line, f.separator)
	if len(cells) != f.width {
		return intelRow{}, false
	}
	cell := func(name string) string {
		i, ok := f.fields[name]
		if !ok || cells[i] == f.unset {
			return ""
		}
		return cells[i]
	}
	list := func(name string) []string {
		all := strings.Split(cell(name), f.sets)
		for i := range all {
			all[i] = zeekUnescape(all[i])
		}
		return all
	}
	seconds, err := strconv.ParseFloat(cell("ts"), 64)
	return intelRow{
		time: zeekTime(seconds), text: zeekUnescape(cell("seen.indicator")), kind: cell("seen.indicator_type"),
		matched: list("matched"), sources: list("sources"),
	}, err == nil
}

func jsonRow(line string) (intelRow, bool) {
	var l struct {
		TS      json.RawMessage `json:"ts"`
		Text    string          `json:"seen.indicator"`
		Kind    string          `json:"seen.indicator_type"`
		Matched []string        `json:"matched"`
		Sources []string        `json:"sources"`
	}
	if json.Unmarshal([]byte(line), &l) != nil {
		return intelRow{}, false
	}
	row := intelRow{text: l.Text, kind: l.Kind, matched: l.Matched, sources: l.Sources}
	var seconds float64
	var text string
	if json.Unmarshal(l.TS, &seconds) == nil {
		row.time = zeekTime(seconds)
	} else if json.Unmarshal(l.TS, &text) == nil {
		row.time = eveTime(text)
	}
	return row, true
}

// zeekTime reads seconds since 1970, with a fraction; what no clock shows is no time.
func zeekTime(seconds float64) time.Time {
	if math.IsNaN(seconds) || seconds <= 0 || seconds > math.MaxUint32 {
		return time.Time{}
	}
	whole, fraction := math.Modf(seconds)
	return time.Unix(int64(whole), int64(math.Round(fraction*1e6))*1000).UTC()
}

// zeekUnescape takes \xHH back to the byte it stands for.
func zeekUnescape(s string) string {
	if !strings.Contains(s, `\x`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+3 < len(s) && s[i+1] == 'x' {
			if n, err := strconv.ParseUint(s[i+2:i+4], 16, 8); err == nil {
				b.WriteByte(byte(n))
				i += 3
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
