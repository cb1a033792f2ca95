// Package wanted reads lists of indicators to look for, and says which are not worth looking for.
//
// A list comes as it was sent: a bundle of STIX or an envelope of TAXII, an export of MISP,
// a table, or one value a line, defanged or not. [Read] recognises which it is by what is
// in it, hands over what can be searched one [Entry] at a time, and accounts for everything
// else: what has expired, what is everybody's address, what would match half the network.
// Nothing is left out without a [Reason] and a count.
//
// A list of lines or a table is read as a stream, and memory does not grow with it. JSON is
// read as a whole, up to [MaxJSON].
package wanted

import (
	"io"
	"slices"
	"time"

	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/tlp"
)

// Limits of a list.
const (
	MaxJSON = 128 << 20 // bytes of JSON that is read as a whole
	MaxLine = 64 << 10  // bytes of a line; a longer one is passed over
)

// NotSaid is the [Entry.Confidence] of an entry whose source gave none.
const NotSaid = -1

// An Entry is one value to look for. Its strings may be parts of a larger text: who keeps a
// few of many should clone them.
type Entry struct {
	Value indicator.Value
	Port  uint16 // the port that belongs to an address or host; 0: any
	Ref   string // what the list calls it: the id of a STIX object, the UUID of a MISP attribute, or "line 17"
	Line  int    // where it stands in a list or table, from 1; 0 in JSON

	// Since and Until bound when the value was the attacker's, as far as the list says: from
	// Since on, and before Until. The zero Time is "not said".
	Since, Until time.Time

	// LastSeen is when somebody saw it last, which is no end: zero if not said.
	LastSeen time.Time

	Confidence int       // 0–100, or NotSaid
	TLP        tlp.Label // Unknown: the list does not say
	Name       string    // what the list calls it, one line of at most 200 bytes; may be empty
	Comment    string    // what the list says of it, likewise
}

// Options say what is worth looking for. The zero Options knows no time, asks for no
// confidence and keeps nothing that has a Reason.
type Options struct {
	At            time.Time // the clock, against which Since and Until are held; zero: neither counts
	MinConfidence int       // an entry that says less is passed; one that says nothing is not
	All           bool      // look for everything whose Reason is Waivable
	Keep          []Reason  // look for what has one of these; those that are not Waivable stay passed
}

// keeps says whether a person wants to look for it all the same.
func (o Options) keeps(r Reason) bool {
	return waivable[r] && (o.All || slices.Contains(o.Keep, r))
}

// Read reads a list and calls each for every entry worth looking for, in the order of the
// list. name is what the list is called in errors. An error of each ends the reading and is
// returned as it is.
//
// A value of a list of lines or a table is passed as Duplicate if it repeats one of the first
// 65,536 given; beyond that a value may be given twice, and who builds an index of them drops
// it. JSON gives no value twice. Values with different ports are not the same.
//
// What is no list at all is a fault: "wanted.empty" for one without any entry,
// "wanted.binary" for what is no text, "wanted.shape" for JSON of something else, "wanted.too-large" for JSON beyond MaxJSON, "wanted.read" if r
// fails; broken JSON is "stix.json" or "misp.json". The Account is right up to there. A list in which nothing is worth looking for is no
// error.
func Read(r io.Reader, name string, o Options, each func(Entry) error) (Account, error) {
	rd := &reader{name: name, o: o, each: each, in: newInput(r)}
	err := rd.read()
	return rd.tally.account(), err
}
