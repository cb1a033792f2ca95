// Package parcel is what has been cleared to travel, or has been received, its labels and its audience.
//
// A Cleared holds facts: typed values and tokens, never a piece of somebody's text. Only
// package gate makes one that is not empty; its fields cannot be filled from outside, and
// the zero Cleared holds nothing and is refused by every encoder. What an encoder makes of
// it is sealed by package exchange into a Parcel, which is bytes and their hash.
package parcel

import (
	"crypto/sha256"
	"slices"
	"time"

	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/tlp"
)

// A Fact is one thing that may leave. Which fields are set depends on Sort.
type Fact struct {
	Sort  Sort            // zero for no fact; an encoder leaves it out
	Value indicator.Value // of an Indicator, Vulnerability or Technique

	// Like holds the fixed pieces of a generalised value, in order; between two pieces
	// anything may stand. Nil if the value travels as it is. Value.Value is then empty. Of
	// a Vulnerability without an id it holds the names it is known by.
	Like []string

	Port      uint16 // of a destination; 0: not known
	Role      Role   // empty: not said
	Family    string // of a Malware: a token such as "ransomware", never a free name
	Suspected bool   // the sender is not sure
	First     string // date, "2026-05-11"; empty if not known
	Last      string // likewise, of the last time it was seen

	// Group joins facts that describe one file; 0 stands alone.
	Group int
}

// A Sort says what a Fact is.
type Sort uint8

// Sorts follow the objects of STIX that facts become; there is none for the zero Sort.
const (
	Indicator     Sort = iota + 1 // a value or pattern to look for
	Vulnerability                 // an id, or names of one without an id
	Technique                     // an id of ATT&CK
	Malware                       // a family without a value
)

// A Role is a destination's part in the attack, as a token of package incident's roles:
// "c2", "delivery", "exfiltration", "origin", "resolved", "negotiation" or empty.
type Role string

// Cleared is what the gate let through for one audience under one label.
type Cleared struct {
	facts []Fact
	label tlp.Label
	reach party.Reach
}

// Clear makes a Cleared. Package gate alone may call it; a test of the house holds it so.
func Clear(facts []Fact, label tlp.Label, reach party.Reach) Cleared {
	return Cleared{slices.Clone(facts), label, reach}
}

// Facts gives a copy of the facts in their order.
func (c Cleared) Facts() []Fact { return slices.Clone(c.facts) }

// Label gives the label under which the facts travel.
func (c Cleared) Label() tlp.Label { return c.label }

// Reach gives how far they may go.
func (c Cleared) Reach() party.Reach { return c.reach }

// Empty says that nothing may leave: no facts, no label or no audience.
func (c Cleared) Empty() bool {
	return len(c.facts) == 0 || c.label == tlp.Unknown || c.reach == party.Nobody
}

// An ID names a parcel to one audience. It is random.
type ID string

// A Parcel is bytes that may be handed out. It knows no incident. The zero Parcel is
// empty and is never handed out.
type Parcel struct {
	id     ID
	media  string
	body   []byte
	sum    [sha256.Size]byte
	label  tlp.Label
	reach  party.Reach
	sender party.Pseudonym
	sealed time.Time
}

// Seal makes a parcel of encoded bytes. Packages exchange, when it releases, and store,
// when it reads back, alone may call it.
func Seal(id ID, media string, body []byte, label tlp.Label, reach party.Reach, sender party.Pseudonym, at time.Time) Parcel {
	b := slices.Clone(body)
	return Parcel{id, media, b, sha256.Sum256(b), label, reach, sender, at.UTC().Truncate(time.Second)}
}

// ID gives the parcel's name.
func (p Parcel) ID() ID { return p.id }

// Media gives the media type of the body.
func (p Parcel) Media() string { return p.media }

// Body gives a copy of the bytes.
func (p Parcel) Body() []byte { return slices.Clone(p.body) }

// Sum gives the SHA-256 of the body.
func (p Parcel) Sum() [sha256.Size]byte { return p.sum }

// Label gives the TLP label.
func (p Parcel) Label() tlp.Label { return p.label }

// Reach gives how far the parcel may go.
func (p Parcel) Reach() party.Reach { return p.reach }

// Sender gives the pseudonym the parcel was made under.
func (p Parcel) Sender() party.Pseudonym { return p.sender }

// Sealed gives the time of release, UTC, to the second.
func (p Parcel) Sealed() time.Time { return p.sealed }
