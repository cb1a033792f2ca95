// Package incident is the record of one incident and the items of information in it.
//
// An Item is one fact: an address, a malware file, a technique, a number of affected
// persons. It has one of the twelve kinds of the guidance, and through it a class, which
// says in which half of the record it stands. Items are proposed by package classify from
// Notes, confirmed by people, and judged by package gate before anything leaves.
//
// The types here are values. Nothing in this package keeps, sends or decides.
package incident

import (
	"slices"
	"time"

	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/tlp"
)

// An ID names an incident; an ItemID an item. Both are random and say nothing.
type (
	ID     string
	ItemID string
)

// An Incident is the head of a record. Codename is made by wakachi and for inside only.
type Incident struct {
	ID       ID          // made by the store; empty before it was kept
	Owner    party.OrgID // the organisation it happened to, and the only one that reads it
	Codename string      // such as "kawasemi-12"; says nothing of what happened
	Opened   time.Time   // when the record was begun, not the attack; UTC, to the second
}

// An Item is one fact of an incident.
type Item struct {
	ID     ItemID          // empty for an item that is only proposed
	Kind   Kind            // decides the class, and with it whether it may leave at all
	Stand  Stand           // what people made of the proposal
	Into   ItemID          // of a Merged item: the one that stands for it
	Status Status          // a Received item obeys Conditions
	Value  indicator.Value // zero for a fact in prose
	Port   uint16          // of a Destination; 0: not known
	Role   Role            // NoRole where nothing says what it did
	Marks  Marks           // each one narrows, none widens, where it may go

	// Text is the evidence as it stood. It is for the organisation's own eyes: no
	// function of wakachi puts it, or a part of it, into a parcel.
	Text string

	// Technique names the ATT&CK technique of a Method, such as "T1059.001".
	Technique string

	// Family is the sort of a Malware without a value: a word of STIX's malware-type-ov,
	// such as "ransomware". It is a token, never a name somebody gave.
	Family string

	// Subject joins items that tell of one file: equal and not empty for its name, its
	// digests and its path. It is for inside and does not travel.
	Subject string

	// Held are the words by which an unpatched vulnerability could be recognised: product,
	// file, parameter. Nothing that holds one of them passes anybody but a coordinator.
	Held []string

	FirstSeen, LastSeen Moment     // as far as known; equal for what was seen once
	Conditions          Conditions // of a Received item, zero for the others
	Reason              Reason     // why this kind was proposed
	Sources             []Source   // everywhere it was read, the first first
	Confidence          int        // 0–100

	// Version is the number of the act that changed the item last, 0 for one that is not
	// kept. Whoever changes an item says which version they saw.
	Version int64
}

// A Stand says what people made of a proposed item.
type Stand string

// A release takes Confirmed items and no others.
const (
	Proposed  Stand = ""          // nobody has looked yet: 確認待ち
	Confirmed Stand = "confirmed" // a person says that it is so: 確認済み
	Dropped   Stand = "dropped"   // a person says that it is not, or does not matter: 取り下げ
	Merged    Stand = "merged"    // said by another item as well
)

// Class gives the class of the item's kind.
func (i Item) Class() Class { return i.Kind.Class() }

// Conditions are what a sender asked when it gave a Received item. The zero value says
// that nothing was received.
type Conditions struct {
	Label   tlp.Label // as received; Unknown when no label was named
	Promise bool      // asked not to pass it on: 口外しないよう依頼
}

// Marks are circumstances that change how an item may leave.
type Marks uint16

// The marks, each a reason for the gate to ask more of an item. Their bits are kept in the
// store as the names below, so that a bit may move and a name may not.
const (
	OneOff      Marks = 1 << iota // made for this victim; its look-up would show whose it is
	Unpatched                     // tells of a vulnerability without a fix or an id
	ThirdParty                    // evidence of another organisation's damage
	SomeonesOwn                   // a real server of somebody else, abused by the attacker
	DualUse                       // a legitimate tool: not an indicator by itself
	Lure                          // sent to or shown to people: mail attachment, subject, ransom note
	Stolen                        // names what was taken
	Unfixed                       // a known vulnerability that stands open here still
	SharedHost                    // the host serves everybody: only the whole URL is the attacker's
)

// Has says whether all marks of m are set.
func (s Marks) Has(m Marks) bool { return s&m == m }

var markNames = [...]string{"one-off", "unpatched", "third-party", "someones-own", "dual-use", "lure", "stolen", "unfixed", "shared-host"}

// Names lists the marks as tokens, in a fixed order; nil for none.
func (s Marks) Names() []string {
	var out []string
	for i, n := range markNames {
		if s&(1<<i) != 0 {
			out = append(out, n)
		}
	}
	return out
}

// ParseMarks is the inverse of Names. ok is false for a name that is no mark's.
func ParseMarks(names []string) (m Marks, ok bool) {
	for _, want := range names {
		i := slices.Index(markNames[:], want)
		if i < 0 {
			return 0, false
		}
		m |= 1 << i
	}
	return m, true
}

// A Reason is a token for why something was proposed or decided, and the point of the
// guidance it rests on. Package phrase has the sentence.
type Reason struct {
	Code  string `json:"code"`            // such as "kind.hash" or "gate.unpatched"
	Point string `json:"point,omitempty"` // such as "Q26"; "ours" where the guidance is silent
}
