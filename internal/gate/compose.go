package gate

import (
	"strings"

	"github.com/wakachi/wakachi/internal/disguise"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/parcel"
)

// how tells in what way facts came to be, or why there are none.
type how struct {
	generalised bool
	code, point string
	hits        []disguise.Hit
}

// compose makes the facts of an item that no rule withheld. Which fields of the item it
// may read is the whole of what can leave: value, port, role, technique, dates, status.
// It never reads Text.
func (c *clearing) compose(i incident.Item) ([]parcel.Fact, how) {
	base := parcel.Fact{
		Sort: parcel.Indicator, Value: i.Value, Port: i.Port, Role: roleOf(i.Role),
		Suspected: i.Status != incident.Observed, First: c.date(i.FirstSeen), Last: c.date(i.LastSeen),
		Group: c.group(i),
	}
	switch i.Kind {
	case incident.Method:
		if i.Value.IsZero() {
			return technique(i, base)
		}
		return c.composeValue(i, base)
	case incident.Vulnerability:
		if i.Value.IsZero() && i.Marks.Has(incident.Unpatched) && len(i.Held) > 0 {
			// Without an id the coordinator needs the names by which we know it; the rule
			// that held the item lets nobody else have them.
			base.Sort, base.Group, base.Like = parcel.Vulnerability, 0, i.Held
			return []parcel.Fact{base}, how{}
		}
		if i.Value.Type != indicator.CVE {
			return nil, how{code: "gate.no-value", point: "ours"}
		}
		base.Sort, base.Group = parcel.Vulnerability, 0
		return []parcel.Fact{base}, how{}
	case incident.Malware:
		if i.Value.IsZero() {
			return family(i, base)
		}
		return c.composeValue(i, base)
	case incident.Destination:
		return c.composeValue(i, base)
	case incident.AttackTimeline:
		return nil, how{code: "gate.timeline", point: "1-3"}
	}
	return nil, how{code: "gate.no-value", point: "ours"}
}

func technique(i incident.Item, f parcel.Fact) ([]parcel.Fact, how) {
	if i.Technique == "" {
		return nil, how{code: "gate.prose", point: "ours"}
	}
	f.Sort, f.Value, f.Role = parcel.Technique, indicator.Value{Type: indicator.Technique, Value: i.Technique}, ""
	return []parcel.Fact{f}, how{}
}

// family makes a fact of a sort of malware: a token of a closed list, never a free name.
func family(i incident.Item, f parcel.Fact) ([]parcel.Fact, how) {
	if i.Family == "" {
		return nil, how{code: "gate.prose", point: "ours"}
	}
	f.Sort, f.Family, f.Role, f.Group = parcel.Malware, i.Family, "", 0
	return []parcel.Fact{f}, how{}
}

// composeValue makes the facts of a value, generalising what could tell more than the
// attack.
func (c *clearing) composeValue(i incident.Item, f parcel.Fact) ([]parcel.Fact, how) {
	switch i.Value.Type {
	case indicator.URL:
		return c.composeURL(i, f)
	case indicator.Domain:
		return c.composeDomain(f)
	case indicator.Path:
		return c.composePath(f)
	case indicator.PDB:
		return c.composeWords(f)
	case indicator.Technique:
		f.Sort, f.Role = parcel.Technique, ""
		return []parcel.Fact{f}, how{}
	case indicator.CVE:
		f.Sort, f.Role, f.Group = parcel.Vulnerability, "", 0
		return []parcel.Fact{f}, how{}
	case indicator.Mutex, indicator.Service, indicator.Task, indicator.UserAgent, indicator.Subject, indicator.Registry:
		return c.composeWords(f)
	case indicator.IPv4, indicator.IPv6, indicator.CIDR4, indicator.CIDR6, indicator.Email, indicator.File,
		indicator.Coin, indicator.SSDEEP, indicator.Imphash, indicator.JA3, indicator.JA3S, indicator.JARM, indicator.Cert:
		return []parcel.Fact{f}, how{}
	}
	return nil, how{code: "gate.no-value", point: "ours"}
}

// composeWords keeps the fixed words of a name and leaves holes where a token is opaque
// or would betray somebody. Holes alone are nothing to look for.
func (c *clearing) composeWords(f parcel.Fact) ([]parcel.Fact, how) {
	pieces, h := c.pieces(f.Value.Value, wordBreaks)
	if !h.generalised {
		return []parcel.Fact{f}, how{}
	}
	if len(h.hits) > 0 && f.Value.Type == indicator.Registry {
		h.code = "gate.names-victim" // the rest of a key of ours is ours too
		return nil, h
	}
	if longest(specific(pieces)) < 4 {
		h.code = "gate.opaque"
		if len(h.hits) > 0 {
			h.code = "gate.names-victim"
		}
		return nil, h
	}
	f.Like, f.Value.Value = pieces, ""
	return []parcel.Fact{f}, h
}

// specific leaves out of the pieces what many names begin with.
func specific(pieces []string) []string {
	out := make([]string, len(pieces))
	for i, p := range pieces {
		for _, common := range []string{`Global\`, `Local\`, `Session\`, "Mozilla/5.0", "Mozilla/4.0"} {
			p = strings.TrimPrefix(p, common)
		}
		out[i] = p
	}
	return out
}

// roleOf carries a role across; those about our side or somebody else's do not exist there.
func roleOf(r incident.Role) parcel.Role {
	switch r {
	case incident.C2, incident.Delivery, incident.Exfil, incident.Origin, incident.Resolved, incident.Negotiation:
		return parcel.Role(r)
	}
	return ""
}

// date coarsens a moment to the day, or to the first of its month.
func (c *clearing) date(m incident.Moment) string {
	day := m.Day()
	if c.request.Outage && day != "" {
		return day[:len("2006-01")] + "-01"
	}
	return day
}

// group numbers the file an item tells of, so that its digests and its name stay together.
func (c *clearing) group(i incident.Item) int {
	if i.Subject == "" {
		return 0
	}
	switch i.Value.Type {
	case indicator.File, indicator.SSDEEP:
		if c.groups[i.Subject] == 0 {
			c.groups[i.Subject] = len(c.groups) + 1
		}
		return c.groups[i.Subject]
	}
	return 0
}

// textOf gives everything of a fact that will be readable outside.
func textOf(f parcel.Fact) string {
	if f.Like != nil {
		return strings.Join(f.Like, " … ")
	}
	return f.Value.Value
}

func earliest(a, b string) string {
	if a == "" || b != "" && b < a {
		return b
	}
	return a
}
