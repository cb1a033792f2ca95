package stix

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/parcel"
)

// fact makes the lines of the domain objects that say something by themselves.
func (r *reader) fact(it *item) {
	switch it.Type {
	case "indicator":
		r.indicator(it)
	case "vulnerability":
		r.vulnerability(it)
	case "attack-pattern":
		r.technique(it)
	case "malware":
		r.malware(it)
	}
}

// vulnerability takes an id out of the references or the name. One of ours that has no id
// yet keeps the names it is known by; a name of somebody else's is not enough to look for.
func (r *reader) vulnerability(it *item) {
	names := append([]string{it.root.say("name")}, externalIDs(it.root, "cve", "jvn")...)
	made := 0
	for _, n := range names {
		if v, err := indicator.Parse(indicator.CVE, n); err == nil {
			r.line(it, parcel.Line{Sort: "vulnerability", Type: string(v.Type), Value: v.Value})
			made++
		}
	}
	if made > 0 {
		return
	}
	if known, ok := strings.CutPrefix(it.root.say("name"), unassigned); ok {
		r.line(it, parcel.Line{Sort: "vulnerability", Like: strings.Split(known, ", ")})
		return
	}
	it.lose(NoValue)
}

// technique takes an id of ATT&CK. Its name is the one ATT&CK has.
func (r *reader) technique(it *item) {
	ids := externalIDs(it.root, "mitre-attack", "mitre-mobile-attack", "mitre-ics-attack")
	for _, id := range append(ids, it.root.say("name")) {
		v, err := indicator.Parse(indicator.Technique, id)
		if err != nil {
			continue
		}
		r.line(it, parcel.Line{Sort: "technique", Type: string(v.Type), Value: v.Value, Name: TechniqueName(v.Value)})
		if name := it.root.say("name"); name == TechniqueName(v.Value) || name == v.Value {
			it.say("name")
		}
		return
	}
	it.lose(NoValue)
}

// externalIDs gives what some sources call an object.
func externalIDs(root node, sources ...string) []string {
	var out []string
	refs, ok := root.member("external_references")
	if !ok {
		return nil
	}
	for e := range refs.each {
		if id := e.say("external_id"); id != "" && slices.Contains(sources, e.say("source_name")) {
			out = append(out, id)
		}
	}
	return out
}

// malware makes a line of each kind the vocabulary has, and of a family's name. An object
// that only holds the files of an incident together frames them.
func (r *reader) malware(it *item) {
	name := it.root.say("name")
	var kinds []string
	if types, ok := it.root.member("malware_types"); ok {
		for t := range types.each {
			if slices.Contains(malwareTypes, t.text()) {
				kinds = append(kinds, t.text())
			} else {
				it.miss("malware_types", Narrowed)
			}
		}
	}
	if name != "" && len(kinds) == 0 {
		kinds = []string{""}
	}
	for _, k := range kinds {
		r.line(it, parcel.Line{Sort: "malware", Family: k, Name: shown(name)})
		it.say("name")
	}
	if len(kinds) == 0 {
		it.fate = framed
	}
}

// shown gives a name as it may stand in a table: one line, of bounded length, without
// characters that change how others are read.
func shown(name string) string {
	const most = 100
	name = strings.Map(func(c rune) rune {
		if unicode.IsControl(c) || unicode.Is(unicode.Cf, c) || c == '\u2028' || c == '\u2029' {
			return -1
		}
		return c
	}, name)
	if utf8.RuneCountInString(name) > most {
		name = string([]rune(name)[:most]) + "…"
	}
	return strings.TrimSpace(name)
}

// observation makes lines of a Cyber-observable. What an indicator asks for already gains
// port and place in a file; what no indicator or infrastructure stands behind was merely
// seen, and is marked so; the attacked side gives none.
func (r *reader) observation(it *item) {
	switch lines, known := r.values(it); {
	case isObservable(it.root) && r.victims[it.ID] && !r.backed[it.ID]:
		it.lose(OwnSide)
	case it.Type == "network-traffic" && r.ports[it.root.say("dst_ref")] > 0 && r.latest[it.root.say("dst_ref")] != nil:
		it.fate = framed
	case known:
		r.observed(it, lines)
	}
}

// values gives the lines of an observable; known is false for a type without a line.
func (r *reader) values(it *item) (lines []parcel.Line, known bool) {
	switch it.Type {
	case "file":
		return r.file(it, indicator.File), true
	case "x509-certificate":
		return r.file(it, indicator.Cert), true
	}
	v, known := valued[it.Type]
	if !known {
		return nil, false
	}
	it.say(v.property)
	if l, ok := plainLine(v.kind, it.root.say(v.property)); ok {
		lines = append(lines, l)
	}
	return lines, true
}

// valued holds the observables that are one value, and the property it stands in.
var valued = map[string]struct {
	property string
	kind     indicator.Type
}{
	"ipv4-addr": {"value", indicator.IPv4}, "ipv6-addr": {"value", indicator.IPv6}, "domain-name": {"value", indicator.Domain},
	"url": {"value", indicator.URL}, "email-addr": {"value", indicator.Email}, "mutex": {"name", indicator.Mutex},
	"directory": {"path", indicator.Path}, "windows-registry-key": {"key", indicator.Registry}, "email-message": {"subject", indicator.Subject},
}

// observed adds the lines of one observable.
func (r *reader) observed(it *item, lines []parcel.Line) {
	if len(lines) == 0 {
		it.lose(NoValue)
		return
	}
	group := 0
	if len(lines) > 1 {
		r.group++
		group = r.group
	}
	for _, l := range lines {
		l.Sort, l.Role = "indicator", string(r.roles[it.ID])
		l.Port = r.ports[it.ID]
		before, asked := r.index[keyOf(l)]
		switch {
		case asked:
			l.Suspected = r.lines[before].Suspected
		case !r.backed[it.ID]:
			l.Suspected = true
			it.losses = append(it.losses, Loss{it.ID, "type", Guessed})
		}
		if at := r.line(it, l); group > 0 && r.lines[at].Group == 0 {
			r.lines[at].Group = group
		}
	}
}

// file makes a line of each digest and of the name of a file or certificate.
func (r *reader) file(it *item, kind indicator.Type) []parcel.Line {
	var lines []parcel.Line
	if hashes, ok := it.root.member("hashes"); ok {
		it.say("hashes")
		for h := range hashes.each {
			if l, ok := digestLine(kind, string(h.name()), h.text()); ok {
				lines = append(lines, l)
			} else {
				it.losses = append(it.losses, Loss{it.ID, "hashes", Narrowed})
			}
		}
	}
	if name := it.root.say("name"); name != "" && kind == indicator.File {
		if l, ok := plainLine(indicator.File, name); ok {
			lines = append(lines, l)
			it.say("name")
		}
	}
	return lines
}
