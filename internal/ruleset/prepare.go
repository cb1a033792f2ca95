package ruleset

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/net/publicsuffix"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/tlp"
)

// An entry is a value that is written, with what the items said of it. Its fields have been
// checked: engines' writers still quote them, and need not doubt them.
type entry struct {
	value        indicator.Value
	since, until time.Time
	label        tlp.Label
	note         string
	ports        []uint16 // sorted, each once
	refs         []string // likewise

	name  string       // of a domain: without "*."
	below bool         // of a domain: given as "*.name", which is not the name itself
	net   netip.Prefix // of an address or a network
	url   locator      // of a URL
}

// A set is what a writer works on. It is used once.
type set struct {
	target  Target
	o       Options
	entries []entry   // sorted by type and value
	label   tlp.Label // the strictest
	until   time.Time // when the last of them is stale; zero if one never is
	files   []File
	unsaid  map[Unsaid]int // keyed without Count
}

// maxName is the longest name of a set: it becomes part of identifiers and file names.
const maxName = 40

// live says that an engine looks at what happens from now on, and cannot look back.
func (t Target) live() bool { return t == Suricata || t == Zeek || t == RPZ }

// prepare checks options and items, brings items of one value together and sorts them.
func prepare(target Target, items []Item, o Options) (*set, error) {
	s := &set{target: target, o: o, unsaid: map[Unsaid]int{}}
	if err := s.settle(); err != nil {
		return nil, err
	}
	byValue := make(map[indicator.Value]int, len(items))
	refused := map[indicator.Value]bool{}
	for _, it := range items {
		if i, ok := byValue[it.Value]; ok {
			s.entries[i].join(it)
			continue
		}
		if refused[it.Value] {
			continue
		}
		e, reason := newEntry(it)
		if reason != "" {
			refused[it.Value] = true
			s.miss(typeOf(it.Value), reason)
			continue
		}
		byValue[it.Value] = len(s.entries)
		s.entries = append(s.entries, e)
	}
	s.entries = slices.DeleteFunc(s.entries, s.drop)
	slices.SortFunc(s.entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.value.Type, b.value.Type), cmp.Compare(a.value.Hash, b.value.Hash), cmp.Compare(a.value.Value, b.value.Value))
	})
	for i := range s.entries {
		s.weigh(&s.entries[i])
	}
	return s, nil
}

// settle puts defaults in place and refuses options that could not be quoted.
func (s *set) settle() error {
	o := &s.o
	o.Name = cmp.Or(o.Name, DefaultName)
	if !plainName(o.Name) {
		return fault.New(fault.Invalid, "ruleset.name")
	}
	o.BaseSID = cmp.Or(o.BaseSID, DefaultBaseSID)
	o.SIDs = cmp.Or(o.SIDs, DefaultSIDs)
	o.Lists = cmp.Or(o.Lists, DefaultLists)
	if uint64(o.BaseSID)+uint64(o.SIDs) > 1<<32 {
		return fault.New(fault.Invalid, "ruleset.sids")
	}
	o.At = o.At.UTC()
	o.Zone = strings.ToLower(cmp.Or(strings.TrimSuffix(o.Zone, "."), o.Name+".rpz.invalid"))
	if v, err := indicator.Parse(indicator.Domain, o.Zone); err != nil || v.Value != o.Zone || len(o.Zone) > maxZone {
		return fault.New(fault.Invalid, "ruleset.zone")
	}
	if o.Places == nil {
		o.Places = DefaultPlaces(s.target)
	}
	return s.settlePlaces()
}

// plainName says that a name stands for itself in each language and file system.
func plainName(name string) bool {
	for i := range len(name) {
		if c := name[i]; !(c >= 'a' && c <= 'z') && (i == 0 || !(c >= '0' && c <= '9') && c != '-' && c != '_') {
			return false
		}
	}
	return name != "" && len(name) <= maxName
}

// typeOf gives the type of a value for a count; a type that is none of ours is not repeated.
func typeOf(v indicator.Value) indicator.Type {
	if slices.Contains(indicator.Types(), v.Type) || v.Type == indicator.JA3S || v.Type == indicator.PDB { // not offered in forms
		return v.Type
	}
	return ""
}

// newEntry checks an item and takes its value apart. Values were normalised when they were
// found; one that is not what [indicator.Parse] makes of it was made by somebody else.
func newEntry(it Item) (entry, Reason) {
	e := entry{value: it.Value, since: it.Since, until: it.Until, label: it.TLP, note: cleanNote(it.Note)}
	v := it.Value
	if !normal(v) {
		return e, NotAValue
	}
	e.addPort(it.Port)
	e.addRef(it.Ref)
	switch v.Type {
	case indicator.Domain:
		e.name, e.below = strings.CutPrefix(v.Value, "*.")
		if suffix, icann := publicsuffix.PublicSuffix(e.name); icann && suffix == e.name {
			return e, TooWide
		}
	case indicator.IPv4, indicator.IPv6:
		a, err := netip.ParseAddr(v.Value)
		if err != nil {
			return e, NotAValue
		}
		e.net = netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen())
		return e, wideness(e.net)
	case indicator.CIDR4, indicator.CIDR6:
		p, err := netip.ParsePrefix(v.Value)
		if err != nil {
			return e, NotAValue
		}
		e.net = unmapPrefix(p)
		return e, wideness(e.net)
	case indicator.URL:
		var ok bool
		if e.url, ok = locate(v.Value); !ok {
			return e, NotAValue
		}
	}
	return e, ""
}

// normal says that a value is what its own text is read as. [indicator.Parse] has no reader
// for paths of debug files, which have the shape of any other path.
func normal(v indicator.Value) bool {
	typ := v.Type
	if typ == indicator.PDB {
		if !strings.HasSuffix(strings.ToLower(v.Value), ".pdb") {
			return false
		}
		typ = indicator.Path
	}
	read, err := indicator.Parse(typ, v.Value)
	return err == nil && read == indicator.Value{Type: typ, Hash: v.Hash, Value: v.Value}
}

// The widest networks that are looked for: wider ones are typing errors, and would find
// most of what happens.
const (
	widest4 = 8
	widest6 = 19 // the largest blocks that registries hand on
)

func wideness(p netip.Prefix) Reason {
	a := p.Addr()
	switch {
	case a.Is4() && p.Bits() < widest4, a.Is6() && p.Bits() < widest6:
		return TooWide
	case a.IsUnspecified(), a.IsLoopback(), a.IsPrivate(), a.IsLinkLocalUnicast(), a.IsMulticast(), a == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return NotRouted
	}
	return ""
}

// unmapPrefix gives ::ffff:192.0.2.0/120 as 192.0.2.0/24.
func unmapPrefix(p netip.Prefix) netip.Prefix {
	if p.Addr().Is4In6() && p.Bits() >= 96 {
		return netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p
}

// join adds what another item says of the same value. The order of joining leaves no trace.
func (e *entry) join(it Item) {
	e.label = tlp.Strictest(e.label, it.TLP)
	if e.since.IsZero() || !it.Since.IsZero() && it.Since.Before(e.since) {
		e.since = it.Since
	}
	if it.Until.IsZero() || !e.until.IsZero() && it.Until.After(e.until) {
		e.until = it.Until
	}
	if note := cleanNote(it.Note); e.note == "" || note != "" && note < e.note {
		e.note = note
	}
	e.addPort(it.Port)
	e.addRef(it.Ref)
}

// Bounds of what a list with one value a million times can make.
const (
	maxPorts = 16
	maxRefs  = 16
	maxRef   = 200 // characters
)

func (e *entry) addPort(p uint16) {
	i, ok := slices.BinarySearch(e.ports, p)
	if ok || p == 0 {
		return
	}
	e.ports = slices.Insert(e.ports, i, p)
	e.ports = e.ports[:min(len(e.ports), maxPorts)]
}

func (e *entry) addRef(ref string) {
	ref = oneLine(ref, maxRef)
	i, ok := slices.BinarySearch(e.refs, ref)
	if ok || ref == "" {
		return
	}
	e.refs = slices.Insert(e.refs, i, ref)
	e.refs = e.refs[:min(len(e.refs), maxRefs)]
}

// maxNote is the longest note, in characters.
const maxNote = 200

func cleanNote(s string) string { return oneLine(s, maxNote) }

// oneLine gives the beginning of a text, on one line, without what cannot be seen.
func oneLine(s string, limit int) string {
	if len(s) > 8*limit {
		s = s[:8*limit]
	}
	var b strings.Builder
	n := 0
	for _, r := range s {
		switch {
		case r == '\t' || r == '\n' || r == '\r' || unicode.Is(unicode.Zs, r) || r == '\u2028' || r == '\u2029':
			r = ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar:
			continue
		}
		if n++; n > limit {
			break
		}
		b.WriteRune(r)
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// drop says that an entry is not written, and counts it.
func (s *set) drop(e entry) bool {
	switch {
	case e.label == tlp.Unknown:
		s.miss(e.value.Type, NoLabel)
	case s.target.live() && !s.o.At.IsZero() && !e.until.IsZero() && !e.until.After(s.o.At):
		s.miss(e.value.Type, Expired)
	default:
		return false
	}
	return true
}

// weigh takes label and end of an entry into those of the set.
func (s *set) weigh(e *entry) {
	if s.label == tlp.Unknown { // the first
		s.label, s.until = e.label, e.until
		return
	}
	s.label = tlp.Strictest(s.label, e.label)
	if e.until.IsZero() || !s.until.IsZero() && e.until.After(s.until) {
		s.until = e.until
	}
}

// miss counts a value that is not written.
func (s *set) miss(t indicator.Type, r Reason) { s.unsaid[Unsaid{Type: t, Reason: r}]++ }

// half counts a value that is written and finds less than it means.
func (s *set) half(t indicator.Type, r Reason) {
	s.unsaid[Unsaid{Type: t, Reason: r, Partly: true}]++
}

func (s *set) add(name string, b []byte) { s.files = append(s.files, File{name, b}) }

func (s *set) output() Output {
	var out Output
	out.Files = s.files
	slices.SortFunc(out.Files, func(a, b File) int { return cmp.Compare(a.Name, b.Name) })
	for u, n := range s.unsaid {
		u.Count = n
		out.Unsaid = append(out.Unsaid, u)
	}
	slices.SortFunc(out.Unsaid, func(a, b Unsaid) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Count, b.Count))
	})
	return out
}
