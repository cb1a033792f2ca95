// Package party names organisations, the roles they play and the audiences they form.
package party

import (
	"errors"
	"strings"
)

// An OrgID names an organisation inside one wakachi. It is random and says nothing of the
// organisation, so that it may stand in logs; it does not travel.
type OrgID string

// A Pseudonym is who a sender is to one community: a STIX identity id made at random for
// the pair of organisation and community, such as
// "identity--6f1a1c4e-0d0b-4f0e-9b52-1f3f3c1f9d10". It never derives from a name.
type Pseudonym string

// Reach is how far a release goes. The zero Reach is Nobody.
type Reach uint8

// Reaches from the narrowest to the widest, so that < means "goes less far".
const (
	Nobody      Reach = iota // nothing may leave
	Coordinator              // one specialist organisation that coordinates: 専門組織
	Hub                      // the hub of a sharing activity, before its members
	Community                // the members of a sharing activity
)

var reachNames = [...]string{"nobody", "coordinator", "hub", "community"}

// String gives the word of the command line: "community", "hub", "coordinator", "nobody".
func (r Reach) String() string {
	if int(r) < len(reachNames) {
		return reachNames[r]
	}
	return reachNames[Nobody]
}

// ErrReach is returned for a word that names no audience. An unknown audience is nobody.
var ErrReach = errors.New("party: not an audience")

// ParseReach reads the words String gives, in any case, except "nobody".
func ParseReach(s string) (Reach, error) {
	for r := Coordinator; r <= Community; r++ {
		if strings.EqualFold(s, r.String()) {
			return r, nil
		}
	}
	return Nobody, ErrReach
}
