package incident

import (
	"net/netip"
	"strings"

	"github.com/wakachi/wakachi/internal/disguise"
)

// A Profile is what would identify an organisation: 被害組織プロファイル. The zero Profile
// identifies nobody, and the gate lets nothing through for it.
type Profile struct {
	Organisation Identity   // the victim itself
	ThirdParties []Identity // victims or partners in the same incident
}

// An Identity is one organisation as others could recognise it.
type Identity struct {
	Names        []string // official, short and foreign names, abbreviations
	Kana         []string // readings
	Sector, Size string   // as one would say it; numbers in them are terms too
	Domains      []string // registered ones; every name below them counts
	Networks     []string // CIDR or addresses
	HostPrefixes []string // "SKM-"
	People       []string // names in any script, and accounts
	Terms        []string // places, products, projects, ticket prefixes
}

// Owners of disguise terms.
const (
	OfVictim     disguise.Owner = "victim"
	OfThirdParty disguise.Owner = "third-party"
)

// IsZero says that nothing in the profile could identify anybody.
func (p Profile) IsZero() bool { return len(p.Terms()) == 0 }

// Terms gives everything that must not be recognisable, the organisation's own first.
func (p Profile) Terms() []disguise.Term {
	terms := p.Organisation.terms(OfVictim)
	for _, t := range p.ThirdParties {
		terms = append(terms, t.terms(OfThirdParty)...)
	}
	return terms
}

func (o Identity) terms(owner disguise.Owner) []disguise.Term {
	var out []disguise.Term
	add := func(class disguise.Class, texts ...string) {
		for _, t := range texts {
			if t = strings.TrimSpace(t); t != "" {
				out = append(out, disguise.Term{Text: t, Class: class, Owner: owner})
			}
		}
	}
	add(disguise.Organisation, o.Names...)
	add(disguise.Kana, o.Kana...)
	add(disguise.Domain, o.Domains...)
	add(disguise.Network, o.Networks...)
	add(disguise.HostPrefix, o.HostPrefixes...)
	add(disguise.Person, o.People...)
	add(disguise.Name, o.Terms...)
	add(disguise.Name, bare(o.Terms)...)
	add(disguise.Number, numbers(o.Sector)...)
	add(disguise.Number, numbers(o.Size)...)
	return out
}

// bare gives what is left of terms such as "Project Fallow" without the word in front: people
// write "FALLOW instalment 2". What is too short to tell from other words is left alone.
func bare(terms []string) []string {
	const shortest = 5
	var out []string
	for _, t := range terms {
		for _, front := range []string{"project ", "operation ", "programme ", "プロジェクト"} {
			if len(t) > len(front) && strings.EqualFold(t[:len(front)], front) {
				if rest := strings.TrimSpace(t[len(front):]); len(rest) >= shortest {
					out = append(out, rest)
				}
			}
		}
	}
	return out
}

// numbers picks the runs of digits of three and more places out of a sentence, with
// their separators: a count of beds or staff identifies as well as a name.
func numbers(s string) []string {
	var out []string
	for _, run := range strings.FieldsFunc(s, func(r rune) bool {
		return !('0' <= r && r <= '9' || '０' <= r && r <= '９' || r == ',' || r == '，')
	}) {
		if run = strings.Trim(run, ",，"); len([]rune(run)) >= 3 {
			out = append(out, run)
		}
	}
	return out
}

// Prefixes gives the networks of the organisation that parse; the others are advice of
// the profile's check, not an error here.
func (o Identity) Prefixes() []netip.Prefix {
	var out []netip.Prefix
	for _, n := range o.Networks {
		if p, err := netip.ParsePrefix(n); err == nil {
			out = append(out, p)
		} else if a, err := netip.ParseAddr(n); err == nil {
			out = append(out, netip.PrefixFrom(a, a.BitLen()))
		}
	}
	return out
}
