package ruleset

import (
	"sync"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/indicator"
)

// A Field is what a column holds.
type Field string

// The fields.
const (
	Names        Field = "name"        // host names: queries, Host headers, SNI
	Addresses    Field = "address"     // one IPv4 or IPv6 address
	URLs         Field = "url"         // with or without scheme; may begin with the host
	Digests      Field = "digest"      // hex, any case, any algorithm
	Agents       Field = "agent"       // whole User-Agent headers
	FileNames    Field = "file-name"   // names or whole paths, with / or \
	Mails        Field = "mail"        // one mail address
	Subjects     Field = "subject"     // of mail, decoded
	Fingerprints Field = "fingerprint" // ja3, ja3s, jarm, imphash, certificates
	Keys         Field = "registry"    // registry keys, the hive in full
	Services     Field = "service"     // names of services
	Tasks        Field = "task"        // names of scheduled tasks
)

// A Place is a column in which to look. In Splunk, Table is an index and Column a field; in
// Elasticsearch Table is a pattern of indices.
type Place struct {
	Field  Field
	Table  string
	Column string
	Time   string // column of the time; may be empty: nothing is said of when
}

// maxPlaces bounds what one file of queries can hold, maxIdentifier each name in it.
const (
	maxPlaces     = 200
	maxIdentifier = 128
)

// DefaultPlaces gives where the logs of an engine usually have things: tables named and
// shaped as Zeek's logs for the SQL engines, the Common Information Model's fields for
// Splunk, ECS for Elasticsearch; none for engines that know it themselves.
func DefaultPlaces(t Target) []Place { return append([]Place(nil), defaultPlaces()[t]...) }

var defaultPlaces = sync.OnceValue(func() map[Target][]Place {
	out := map[Target][]Place{}
	for _, f := range rows("place.tsv", 5) {
		out[Target(f[0])] = append(out[Target(f[0])], Place{Field(f[1]), f[2], f[3], f[4]})
	}
	return out
})

// fieldTypes says which types are looked for in a field: first the type it is made of, then
// those that stand in parts of it.
var fieldTypes = map[Field][]indicator.Type{
	Names:        {indicator.Domain, indicator.IPv4, indicator.IPv6, indicator.CIDR4, indicator.CIDR6},
	Addresses:    {indicator.IPv4, indicator.IPv6, indicator.CIDR4, indicator.CIDR6},
	URLs:         {indicator.URL, indicator.Domain, indicator.IPv4, indicator.IPv6, indicator.CIDR4, indicator.CIDR6},
	Digests:      {indicator.File},
	Agents:       {indicator.UserAgent},
	FileNames:    {indicator.File, indicator.Path},
	Mails:        {indicator.Email, indicator.Domain},
	Subjects:     {indicator.Subject},
	Fingerprints: {indicator.JA3, indicator.JA3S, indicator.JARM, indicator.Imphash, indicator.Cert},
	Keys:         {indicator.Registry},
	Services:     {indicator.Service},
	Tasks:        {indicator.Task},
}

// settlePlaces refuses places that could not be looked at.
func (s *set) settlePlaces() error {
	if len(s.o.Places) > maxPlaces {
		return fault.New(fault.TooLarge, "ruleset.places", itoa(maxPlaces))
	}
	names := []string{s.o.Table}
	for _, p := range s.o.Places {
		if fieldTypes[p.Field] == nil || p.Table == "" || p.Column == "" {
			return fault.New(fault.Invalid, "ruleset.place")
		}
		names = append(names, p.Table, p.Column, p.Time)
	}
	for _, n := range names {
		if len(n) > maxIdentifier || oneLine(n, maxIdentifier) != n {
			return fault.New(fault.Invalid, "ruleset.place")
		}
	}
	return nil
}

// placed says that there is a place in which a value can show; if not, it counts it.
func (s *set) placed(v indicator.Value) bool {
	for _, p := range s.o.Places {
		for _, t := range fieldTypes[p.Field] {
			if s.target == Elastic && (p.Field == URLs || p.Field == Names) && t != fieldTypes[p.Field][0] {
				continue // ECS has the host of a URL and an address in fields of their own
			}
			if t == v.Type && (t != indicator.File || (p.Field == Digests) == (v.Hash != indicator.NoHash)) {
				return true
			}
		}
	}
	s.miss(v.Type, NoPlace)
	return false
}
