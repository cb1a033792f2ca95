// Package hunt looks for indicators in logs and reports sightings.
//
// A Builder makes a Pack of the values that are wanted, once; a Hunt takes the text of one log
// through it, in pieces of any size, and calls back for each hit. What a hit is follows the meaning
// of the value, not its letters: notevil.example is not evil.example, 11.2.3.40 holds no 1.2.3.4, and
// EVIL%2EEXAMPLE is evil.example all the same. docs/hunting.md says the rules, testdata/vectors/hunt
// shows them by example.
//
// The package reads bytes and knows no file, no clock and no network. A Pack may be used by any
// number of goroutines at once, a Hunt by one.
package hunt

import "github.com/wakachi/wakachi/internal/indicator"

// Wanted is one value to look for.
type Wanted struct {
	indicator.Value
	Port uint16 // of an address or a name, if it was given with one: with another the hit is FormPort; 0 means any
	Ref  string // what the list calls it, such as a STIX id; at most 64 KiB
	Line int    // where it stands in a list of lines, from 1; 0 if it stands in none
}

// A Form says in what way the text agrees with the value that was wanted.
type Form uint8

// The forms, the closest first.
const (
	FormExact   Form = iota // the value itself, in any spelling that means the same
	FormBelow               // a name below a wanted domain, or a URL that goes on where a wanted one ends
	FormWithin              // an address in a wanted network
	FormPort                // a wanted address or name with another port than the wanted one
	FormHost                // a URL at the host of a wanted one; only by URLHost
	FormDecoded             // FormExact, to be read only after undoing an escape or a defanging
)

// String is the form's token.
func (f Form) String() string {
	names := [...]string{"exact", "below", "within", "other-port", "host", "decoded"}
	if int(f) < len(names) {
		return names[f]
	}
	return ""
}

// URLRule says how much of a URL must agree.
type URLRule uint8

// The rules for URLs.
const (
	URLPrefix URLRule = iota // it begins with a wanted one, which ends at a delimiter: /, ?, =, & or #
	URLExact                 // it is a wanted one
	URLHost                  // its host is that of a wanted one
)

// Rules says how strictly values are compared. The zero Rules are the ones for hunting.
type Rules struct {
	Exact bool // a domain is only itself, a URL only itself
	URL   URLRule
	deep  int // how many escapes were undone already
}
