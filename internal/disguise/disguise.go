// Package disguise finds a term in every spelling and encoding it can hide in.
//
// A term is something that would tell who the victim is: a name, its kana reading, a
// person, an account, a host, a network, a domain, a place, a product, a number. Compile
// derives from each term the spellings in which it may stand (spellings.go and the
// derive_ files), folds them to one form (fold.go) and builds an index over them
// (trie.go). Find folds the text in the same way, looks up, and asks boundary.go whether
// what stands there is the name or a piece of another word. It then does the same with
// everything that the text, or a piece of it, decodes to, three encodings deep (layers.go).
// Three shortcuts spare it most of that and change no answer: a look at which decoders have
// anything to read, and at which guesses lead anywhere (survey.go), and a memory of pieces
// that came to nothing (memo.go).
//
// The package prefers a false alarm to a leak, and keeps false alarms rare by rules that
// boundary.go lists. It knows nothing of who may see what: an Owner is a token that
// comes back with the hit.
//
// Everything here is a pure function of its arguments. Work is bounded for hostile text;
// where a bound cut something off, FindAll says so and the caller must refuse the text.
package disguise

import (
	"strings"
	"unicode/utf8"
)

// A Class says what kind of thing a term names, and so how spellings are derived from it.
type Class string

const (
	Organisation Class = "organisation" // a name or alias: legal forms and generic words are optional
	Kana         Class = "kana"         // the reading of an organisation's name
	Person       Class = "person"       // in ideographs, kana or romaji; a space divides the names
	Domain       Class = "domain"       // a domain name, sub-domains included
	HostPrefix   Class = "host-prefix"  // what the names of own hosts begin with, such as "SKM-"
	Account      Class = "account"      // a login, such as "m.saegusa"
	Network      Class = "network"      // an address or CIDR block; any address inside it is a hit
	Name         Class = "term"         // a place, product or any other name
	Number       Class = "number"       // a figure that identifies, such as "1,874" or "8万"
)

// An Owner is whose term it is. The package carries it from Term to Hit and does not read it.
type Owner string

// A Term is one thing that must not be found. The zero Term is refused with advice.
type Term struct {
	Text  string
	Class Class
	Owner Owner
}

// An Advice tells the keeper of a profile what Compile did not take as it was given.
type Advice struct {
	Term Term
	// Code is the key of a sentence in package phrase: "disguise.too-short" and
	// "disguise.too-common" (refused: would be found everywhere), "disguise.duplicate"
	// (merged), "disguise.not-a-network", "disguise.not-a-number" (refused),
	// "disguise.unknown-class" (taken as Name).
	Code string
}

// A Hit is one place where a term was found.
type Hit struct {
	Term       Term
	Start, End int      // byte span in the text; of the encoded form when Layers is not empty
	Spelling   string   // what was matched, after decoding
	Layers     []string // encodings from the outside in, such as ["percent","base64"]
	Derived    string   // rule that made the spelling: exact, legal, head, initials, kana, romaji, …
}

// A Finder holds compiled terms. It answers the same whenever it is asked, and may be used
// concurrently. It keeps pieces of the texts it was asked about, for speed. The zero Finder
// finds nothing.
type Finder struct {
	terms    []Term
	idx      *index
	networks networkIndex
	numbers  map[uint64]int32
	brands   []brand
	domains  map[string]int32 // in small letters; the first term of each
	memos    *[pieceKinds]memo
}

// Compile makes a Finder of terms. Terms that cannot be looked for, or only at the price of
// hits everywhere, are left out and named in the advice. Where two terms share a spelling
// the one that is spelled so wins, then the earlier.
func Compile(terms []Term) (*Finder, []Advice) {
	c := compiler{found: newNeedleSet(len(terms)), seen: make(map[Term]bool, len(terms)), f: &Finder{numbers: map[uint64]int32{}, domains: map[string]int32{}}}
	for _, t := range terms {
		c.add(t)
	}
	c.readKana()
	c.f.idx = buildIndex(c.found.sorted())
	c.f.brands = brandsOf(c.labels)
	c.f.memos = newMemos()
	return c.f, c.advice
}

type compiler struct {
	speller
	f      *Finder
	found  needleSet
	seen   map[Term]bool
	labels []brandLabel
	advice []Advice
}

func (c *compiler) advise(t Term, code string) {
	c.advice = append(c.advice, Advice{t, "disguise." + code})
}

func (c *compiler) add(t Term) {
	if c.seen[t] {
		c.advise(t, "duplicate")
		return
	}
	c.seen[t] = true
	id := int32(len(c.f.terms))
	switch t.Class {
	case Network:
		n, ok := parseNetwork(t.Text)
		if !ok {
			c.advise(t, "not-a-network")
			return
		}
		n.term = id
		c.f.networks.add(n)
	case Number:
		v, ok := numberOf(t.Text)
		if !ok {
			c.advise(t, "not-a-number")
			return
		}
		if v < 10 {
			c.advise(t, "too-short")
			return
		}
		if _, taken := c.f.numbers[v]; !taken {
			c.f.numbers[v] = id
		}
	default:
		if code := refuse(t); code != "" {
			c.advise(t, code)
			return
		}
		if !t.Class.known() {
			c.advise(t, "unknown-class")
		}
		forms := c.formsOf(t)
		for i, n := range c.needlesOf(id, forms) {
			c.found.add(n, c.hashes[i])
		}
		if t.Class == Domain {
			c.domain(t.Text, id)
		}
		c.labels = appendLabels(c.labels, t, id, forms)
	}
	c.f.terms = append(c.f.terms, t)
}

func (c *compiler) domain(text string, id int32) {
	name := strings.ToLower(text)
	if _, taken := c.f.domains[name]; !taken {
		c.f.domains[name] = id
	}
}

func (k Class) known() bool {
	switch k {
	case Organisation, Kana, Person, Domain, HostPrefix, Account, Network, Name, Number:
		return true
	}
	return false
}

// refuse says why a term is too short or too common to be looked for, or "".
func refuse(t Term) string {
	key := foldString(t.Text)
	size := utf8.RuneCountInString(key)
	switch {
	case t.Class == HostPrefix && isASCII(key) && size == 2:
		return "" // "px": found where digits or a hyphen follow, see prefixStands
	case size < 2, isASCII(key) && size < 3, allKana(key) && size < 3:
		return "too-short"
	case words().alone[key] && t.Class != HostPrefix, t.Class == Account && words().accounts[key]:
		return "too-common"
	}
	return ""
}

// Spellings lists, folded, the spellings that Find looks for on behalf of t, without those
// that folding makes equal. Networks and numbers have none: they are compared by value.
func (f *Finder) Spellings(t Term) []string {
	if t.Class == Network || t.Class == Number || refuse(t) != "" {
		return nil
	}
	var out []string
	seen := map[string]bool{}
	var d speller
	for _, n := range d.needlesOf(0, d.formsOf(t)) {
		if s := unfold(n.key); n.layer == "" && !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}
