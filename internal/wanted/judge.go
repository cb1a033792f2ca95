package wanted

import (
	"hash/maphash"
	"strings"

	"github.com/wakachi/wakachi/internal/indicator"
)

// judge gives an entry that is worth looking for, and passes any other. text is how it
// stood.
func (r *reader) judge(e *Entry, text string) error {
	why := r.timely(e)
	if why == "" {
		why = r.worth(e.Value)
	}
	if why == "" && !r.given.first(e) {
		why = Duplicate
	}
	if why != "" {
		kind := ""
		if why == Unsupported {
			kind = string(e.Value.Type)
		}
		r.tally.pass(why, kind, e.Ref, text)
		return nil
	}
	r.tally.sum.Read++
	r.tally.sum.Given++
	return r.each(*e)
}

// held says whether a reason that holds decides: not if a person wants to look all the same.
func (r *reader) held(why Reason) bool { return why != "" && !r.o.keeps(why) }

// timely gives the first reason that time or trust speak against an entry.
func (r *reader) timely(e *Entry) Reason {
	if at := r.o.At; !at.IsZero() {
		if !e.Until.IsZero() && !at.Before(e.Until) && r.held(Expired) {
			return Expired
		}
		if !e.Since.IsZero() && at.Before(e.Since) && r.held(NotYet) {
			return NotYet
		}
	}
	if e.Confidence != NotSaid && e.Confidence < r.o.MinConfidence && r.held(LowTrust) {
		return LowTrust
	}
	return ""
}

// worth gives the first reason for which a value is not worth looking for.
func (r *reader) worth(v indicator.Value) Reason {
	var why Reason
	switch v.Type {
	case indicator.IPv4, indicator.IPv6:
		why = addressWorth(v.Value)
	case indicator.CIDR4, indicator.CIDR6:
		why = networkWorth(v.Value)
	case indicator.Domain:
		why = domainWorth(v.Value)
	case indicator.URL:
		why = urlWorth(v.Value)
	case indicator.Email:
		why = mailWorth(v.Value)
	case indicator.File, indicator.Cert:
		why = fileWorth(v)
	case indicator.CVE, indicator.Technique, indicator.SSDEEP:
		return Unsupported
	default:
		if len(v.Value) < shortest {
			why = TooShort
		}
	}
	if why == TooWide || r.held(why) {
		return why
	}
	return ""
}

// shortest is the shortest free text and the shortest stem of a file name that is looked
// for, in bytes.
const shortest = 5

func fileWorth(v indicator.Value) Reason {
	if v.Hash != indicator.NoHash {
		if isBenign(v.Value) || strings.Count(v.Value, v.Value[:1]) == len(v.Value) {
			return Benign
		}
		return ""
	}
	name := strings.ToLower(v.Value)
	switch {
	case isBenign("file:" + name):
		return BenignName
	case len(name) < shortest || strings.LastIndexByte(name, '.') == 0 && len(name) <= shortest:
		return TooShort
	}
	return ""
}

// A given set remembers which values were handed over: the first so many, or, of a list
// that is held as a whole, all.
type given struct {
	whole bool
	seed  maphash.Seed
	slots []uint64
	used  int
}

const (
	givenSlots = 1 << 10 // at first
	givenMost  = 1 << 16
)

// first says whether an entry is not among those remembered, and remembers it while there
// is room.
func (g *given) first(e *Entry) bool {
	if g.slots == nil {
		g.seed, g.slots = maphash.MakeSeed(), make([]uint64, givenSlots)
	}
	sum := maphash.String(g.seed, e.Value.Value) ^ maphash.String(g.seed, string(e.Value.Type))<<1 ^ uint64(e.Port)
	sum = max(sum, 1)
	at, found := g.find(sum)
	if found {
		return false
	}
	if g.used < givenMost || g.whole {
		g.slots[at] = sum
		if g.used++; 2*g.used > len(g.slots) {
			g.grow()
		}
	}
	return true
}

// find gives the place of a digest, or where it would go.
func (g *given) find(sum uint64) (at int, found bool) {
	mask := len(g.slots) - 1
	for at = int(sum) & mask; g.slots[at] != 0; at = (at + 1) & mask {
		if g.slots[at] == sum {
			return at, true
		}
	}
	return at, false
}

func (g *given) grow() {
	old := g.slots
	g.slots = make([]uint64, 2*len(old))
	for _, sum := range old {
		if sum != 0 {
			at, _ := g.find(sum)
			g.slots[at] = sum
		}
	}
}
