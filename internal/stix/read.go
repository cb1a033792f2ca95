package stix

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
)

// Received is what came in, in the form people read, and everything that form does not
// say. Each object that was read is counted once: it was Told in a line or in the letter,
// it Framed others without a word of its own, or it was Lost and stands in Losses without a
// property. Told + Framed + Lost is the number of objects.
type Received struct {
	Sheet   parcel.Sheet // what the lines say; the strictest label; Unknown if nothing was labelled
	Marked  Marked       // what all markings say together
	Origins []string     // ids of the objects that said each of Sheet.Lines first
	Losses  []Loss       // in the order of the objects

	Told, Framed, Lost int
}

// A Loss says what of an object did not become a line, or not all of it.
type Loss struct {
	Object   string // id; empty for what has none that is sound
	Property string // empty: the object as a whole
	Why      Why
}

// A Why is why something was lost, with its words in package phrase under "stix.loss." and the token.
type Why string

// Why objects, and properties, are lost.
const (
	Unsound    Why = "unsound"    // it breaks the rules of STIX
	Repeated   Why = "repeated"   // it came twice, or its lines were said by others
	Older      Why = "older"      // a newer version of it is here
	Revoked    Why = "revoked"    // its creator took it back
	Expired    Why = "expired"    // it was valid until a time that is over
	Benign     Why = "benign"     // its creator says that it is harmless
	Foreign    Why = "foreign"    // a pattern in a language that is not read
	Compound   Why = "compound"   // a pattern that is more than a list of values
	NoValue    Why = "no-value"   // there is no value in it that one could look for
	OwnSide    Why = "own-side"   // what was attacked or written to, not what attacked
	NotRead    Why = "not-read"   // a type of object that a sheet has no line for
	Unverified Why = "unverified" // signed, and the signature does not hold
	NoPlace    Why = "no-place"   // a property that a line has no place for
	Text       Why = "text"       // a sentence; it stands in the object
	Narrowed   Why = "narrowed"   // only a part of it is in the line
	Guessed    Why = "guessed"    // the line says more than the object does
	Link       Why = "link"       // how two objects belong together
)

// maxRead bounds how many objects one sheet is made of.
const maxRead = 100_000

// Read puts objects that came in into the form people read, as of a time: what had expired
// by then gives no line. It never fails for a single object, which is listed as lost
// instead; it does for no objects at all and for too many.
//
// Values come out as package indicator reads them, so that what is no value does not become
// one. Only patterns that are satisfied by any one of their values are taken apart.
//
// SPEC: STIX 2.1 §4, §5, §6, §7, §9.
func Read(objects []json.RawMessage, at time.Time) (Received, error) {
	switch {
	case len(objects) == 0:
		return Received{}, fault.New(fault.Invalid, "stix.envelope")
	case len(objects) > maxRead:
		return Received{}, fault.New(fault.TooLarge, "stix.too-many", strconv.Itoa(maxRead))
	}
	r := newReader(at)
	for _, raw := range objects {
		r.load(raw)
	}
	r.settle()
	r.connect()
	for _, it := range r.items {
		if it.fate == waiting {
			r.fact(it)
		}
	}
	for _, it := range r.items {
		if it.fate == waiting {
			r.observation(it)
		}
	}
	for _, it := range r.items {
		if it.fate == waiting {
			r.remainder(it)
		}
	}
	return r.report(), nil
}

// A fate is what becomes of an object.
type fate uint8

const (
	waiting fate = iota
	told
	framed
	lost
)

// An item is one object on its way into a sheet.
type item struct {
	parcel.Object
	root   node
	fate   fate
	said   map[string]bool // properties the lines say, beside those of its type
	losses []Loss
}

func (it *item) lose(why Why) {
	it.fate = lost
	it.losses = []Loss{{it.ID, "", why}}
}

// miss notes a property that did not become part of a line. A property is missed once.
func (it *item) miss(property string, why Why) {
	if !it.said[property] {
		it.say(property)
		it.losses = append(it.losses, Loss{it.ID, property, why})
	}
}

func (it *item) say(property string) {
	if it.said == nil {
		it.said = map[string]bool{}
	}
	it.said[property] = true
}

// A reader holds what objects say of each other.
type reader struct {
	at       string // as Object.Instant
	items    []*item
	latest   map[string]*item
	markings Markings

	lines   []parcel.Line
	origins []string
	index   map[lineKey]int // of lines
	group   int
	letter  parcel.Letter
	asks    []string

	roles   map[string]parcel.Role // of objects that belong to infrastructure
	ports   map[string]uint16      // of the objects traffic goes to
	backed  map[string]bool        // observables some object says are the attacker's
	victims map[string]bool        // observables on the side that was attacked
}

// A lineKey says when two lines are one.
type lineKey struct{ sort, kind, hash, value, like string }

func keyOf(l parcel.Line) lineKey {
	value := l.Value
	if l.Sort == "malware" {
		value = l.Family + "\x00" + l.Name
	}
	return lineKey{l.Sort, l.Type, l.Hash, value, strings.Join(l.Like, "\x00")}
}

func newReader(at time.Time) *reader {
	now, _ := instant(at.UTC().Format("2006-01-02T15:04:05.999999999Z"))
	return &reader{
		at: now, latest: map[string]*item{}, markings: Markings{said: map[string]definition{}}, index: map[lineKey]int{},
		roles: map[string]parcel.Role{}, ports: map[string]uint16{}, backed: map[string]bool{}, victims: map[string]bool{},
	}
}

func (r *reader) load(raw json.RawMessage) {
	it := &item{}
	r.items = append(r.items, it)
	t, err := scan(raw, maxDepth)
	if err == nil {
		it.Object, err = t.object()
	}
	if err != nil {
		if t != nil && validID(t.root().say("id")) {
			it.ID = t.root().say("id")
		}
		it.lose(Unsound)
		return
	}
	it.root = t.root()
	r.markings.add(it.root)
}

// settle decides which version of each object counts. One that was revoked stays so.
//
// SPEC: STIX 2.1 §3.6.
func (r *reader) settle() {
	revoked := map[string]bool{}
	for _, it := range r.items {
		if it.fate != waiting {
			continue
		}
		if m, ok := it.root.member("revoked"); ok && m.kind() == 't' {
			revoked[it.ID] = true
		}
		switch other := r.latest[it.ID]; {
		case other == nil || other.Instant < it.Instant:
			if other != nil {
				other.lose(Older)
			}
			r.latest[it.ID] = it
		case other.Instant == it.Instant:
			it.lose(Repeated)
		default:
			it.lose(Older)
		}
	}
	for _, it := range r.items {
		if it.fate == waiting && revoked[it.ID] {
			it.lose(Revoked)
		}
	}
}

// line adds a line, or what it says to the line that is there already, and gives its place.
func (r *reader) line(it *item, l parcel.Line) int {
	if it.fate == waiting {
		it.fate = told
	}
	k := keyOf(l)
	at, ok := r.index[k]
	if !ok {
		r.index[k] = len(r.lines)
		r.lines, r.origins = append(r.lines, l), append(r.origins, it.ID)
		return len(r.lines) - 1
	}
	old := &r.lines[at]
	old.Suspected = old.Suspected && l.Suspected
	if old.Role == "" {
		old.Role = l.Role
	}
	if old.Port == 0 {
		old.Port = l.Port
	}
	if old.First == "" || l.First != "" && l.First < old.First {
		old.First = l.First
	}
	old.Last = max(old.Last, l.Last)
	return at
}

// report counts and gives the whole.
func (r *reader) report() Received {
	out := Received{Origins: r.origins}
	for _, it := range r.items {
		switch it.fate {
		case told:
			out.Told++
		case lost:
			out.Lost++
		default:
			out.Framed++
		}
		if it.fate != lost {
			r.unsaid(it)
			out.Marked.join(r.markings.of(it.root))
		} else if it.root.tape != nil {
			out.Marked.join(r.markings.of(it.root))
		}
		out.Losses = append(out.Losses, it.losses...)
	}
	r.conditions(out.Marked)
	r.letter.Ask = strings.Join(r.asks, "\n")
	out.Sheet = parcel.Sheet{Label: out.Marked.Label, Letter: r.letter, Lines: r.lines}
	return out
}

// unsaid lists the properties of an object that nothing said.
func (r *reader) unsaid(it *item) {
	for m := range it.root.each {
		name := string(m.name())
		switch {
		case administrative[name], it.said[name], carried[it.Type+"."+name]:
		case name == "granular_markings":
			it.miss(name, Narrowed)
		case sentences[name]:
			it.miss(name, Text)
		default:
			it.miss(printable(m.name()), NoPlace)
		}
	}
}
