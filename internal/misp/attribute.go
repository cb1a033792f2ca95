package misp

import (
	"slices"
	"strings"

	"github.com/wakachi/wakachi/internal/tlp"
)

// attribute reads one attribute and hands it over.
func (r *reader) attribute(n node, s *scope) error {
	if err := r.count(); err != nil {
		return err
	}
	r.report.Attributes++
	a := Attribute{Object: s.object, Event: s.event}
	m := membersOf(n, &a)
	if m.event != nil && a.Event == (Event{}) {
		var p parts
		p.take(m.event)
		a.Event = eventOf(&p)
	}
	a.Tags = s.tags
	if m.tags != nil {
		a.Tags = tagsOf(m.tags, s.tags)
	}
	a.label()
	switch {
	case m.struck || s.struck:
		a.Why = Deleted
	case !m.sound || a.Type == "" || a.Raw == "":
		a.Why = Unsound
	default:
		a.Values, a.Why = Values(a.Type, a.Raw)
	}
	for i := range a.Values {
		if v := &a.Values[i]; v.Port == 0 && reachable[v.Type] {
			v.Port = s.port
		}
	}
	r.tally(&a, m.struck)
	return r.each(a)
}

// tally counts an attribute in the report.
func (r *reader) tally(a *Attribute, struck bool) {
	switch a.Why {
	case Deleted:
		if struck {
			r.report.Deleted++
		}
	case Unsound:
		r.report.Unsound++
	case NotAValue:
		r.report.NotAValue++
	case Unsupported:
		t := a.Type
		if _, known := r.unsupported[t]; !known && len(r.unsupported) >= maxTypes {
			t = otherType
		}
		r.unsupported[t]++
	}
}

// looseMembers are the members of an attribute that are not yet part of it.
type looseMembers struct {
	tags, event   node
	struck, sound bool
}

// membersOf takes the members of an attribute.
func membersOf(n node, a *Attribute) looseMembers {
	m := looseMembers{sound: n.kind() == '{'}
	for name, v := range n.members {
		switch string(name) {
		case "uuid":
			a.UUID = uuidOf(v)
		case "type":
			a.Type, m.sound = textOr(v, m.sound)
		case "value":
			a.Raw, m.sound = textOr(v, m.sound)
		case "to_ids":
			a.ToIDs = v.truth()
		case "deleted":
			m.struck = v.truth()
		case "comment":
			a.Comment = v.loose()
		case "timestamp":
			a.At = v.moment()
		case "first_seen":
			a.FirstSeen = v.moment()
		case "last_seen":
			a.LastSeen = v.moment()
		case "Tag":
			m.tags = v
		case "Event":
			m.event = v
		}
	}
	return m
}

// textOr gives a text, and whether all was sound so far and still is.
func textOr(v node, sound bool) (string, bool) {
	s, ok := v.text()
	return s, sound && ok
}

// maxTags bounds the tags of one attribute; no one has a use for more.
const maxTags = 200

// tagsOf gives the names of tags, and after them those that are there already.
func tagsOf(n node, already []string) []string {
	var out []string
	for t := range n.elements {
		for name, v := range t.members {
			if s, ok := v.text(); ok && string(name) == "name" && len(out) < maxTags && !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	for _, t := range already {
		if !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out
}

// label reads the labels among the tags: "tlp:amber+strict", "PAP:GREEN".
//
// SPEC: FIRST TLP 2.0; MISP taxonomies tlp and PAP.
func (a *Attribute) label() {
	labelled := false
	for _, t := range a.Tags {
		switch lower := strings.ToLower(t); {
		case strings.HasPrefix(lower, "tlp:"):
			l, err := tlp.Parse(t)
			if err != nil {
				l = tlp.Unknown // tlp:ex:chr and the like: stricter than all
			}
			if !labelled {
				a.TLP, labelled = l, true
			}
			a.TLP = tlp.Strictest(a.TLP, l)
		case strings.HasPrefix(lower, "pap:"):
			p, err := tlp.ParsePAP(t)
			if err != nil {
				p = tlp.PAPRed
			}
			if !a.Cautious || p < a.PAP {
				a.PAP, a.Cautious = p, true
			}
		}
	}
}

// uuidOf gives a UUID in lower case, empty for what is none.
func uuidOf(n node) string {
	s, ok := n.text()
	if !ok || len(s) != 36 {
		return ""
	}
	for i := range len(s) {
		c := s[i]
		hex := c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
		if hyphen := i == 8 || i == 13 || i == 18 || i == 23; hyphen != (c == '-') || !hyphen && !hex {
			return ""
		}
	}
	return strings.ToLower(s)
}
