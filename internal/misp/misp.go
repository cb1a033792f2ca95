// Package misp reads the MISP core format.
//
// [Read] takes what MISP servers answer and what its feeds hold: one event, the events or
// attributes of a search, a bare list of attributes. It goes through the attributes, those
// in objects too, and says of each which values one could look for: a type of two parts,
// such as "filename|sha256", gives both; the port of "ip-dst|port" stays beside its address.
// An attribute that gives none is handed over all the same, with a [Why].
//
// Numbers, truths and times come as strings from some versions and as themselves from
// others; both are read. What is no JSON, or has a name twice, is refused as a whole, with
// the place. What is wrong in one attribute is that attribute's loss.
//
// Writing is not here yet.
//
// SPEC: MISP core format.
package misp

import (
	"time"

	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/tlp"
)

// Limits of what is read. They are far beyond what people share.
const (
	MaxBody       = 128 << 20 // bytes
	MaxAttributes = 2_000_000 // in one body; objects count as one more
)

// An Attribute is one attribute, as far as it concerns whoever looks for it.
type Attribute struct {
	UUID   string   // its own, lower case; empty if it has none that is sound
	Type   string   // "ip-dst|port", as MISP names it
	Values []Value  // what one could look for; empty if Why says why
	Raw    string   // the value as it stands
	Why    Why      // why there are no Values; Partly beside some
	ToIDs  bool     // meant for detection, not for context
	Object string   // name of the object it is part of, "file"; empty if it is not
	Tags   []string // names, its own before those of its event, each once
	Event  Event    // the event it is part of; the zero Event if it came alone

	At                  time.Time // when it was last changed; zero if not said
	FirstSeen, LastSeen time.Time // likewise

	Comment string
	TLP     tlp.Label // the strictest among Tags; Unknown if there is none
	PAP     tlp.PAP   // the most careful among Tags, if Cautious
	// Cautious says that there is a label of PAP at all.
	Cautious bool
}

// An Event is what an attribute needs to know of its event.
type Event struct {
	UUID string    // lower case; empty if it has none that is sound
	Date time.Time // of the event, a day in UTC; zero if not said
	Info string    // its title, which may be anything
}

// A Value is one value of an attribute, and the port that belongs to it; 0: none.
type Value struct {
	indicator.Value
	Port uint16
}

// A Why is why an attribute has no values, or not all.
type Why string

// Why attributes have no values. The zero Why is that of one that has all of its.
const (
	Unsound     Why = "unsound"     // no type or value, or one that is no text
	Deleted     Why = "deleted"     // struck out, itself or with its object
	Unsupported Why = "unsupported" // a type that is nothing one could look for
	NotAValue   Why = "not-a-value" // no value of its type
	Partly      Why = "partly"      // a part of it is no value; the others are in Values
)

// A Report counts what was read.
type Report struct {
	Events     int
	Attributes int // all, with or without values
	Objects    int
	Proposals  int // changes somebody suggested, which are not read
	Deleted    int // attributes and objects
	Unsound    int // attributes
	NotAValue  int // attributes of a supported type without a value
	// Unsupported counts the attributes of types that are nothing to look for, by type in
	// ascending order; beyond a hundred types, together under "…".
	Unsupported []Count
}

// A Count is how many attributes had a type.
type Count struct {
	Type string
	N    int
}
