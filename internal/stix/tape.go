package stix

import (
	"bytes"
	"errors"
	"io"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/wakachi/wakachi/internal/fault"
)

// Limits of what is read. They are far beyond what people share and far below what would
// hurt.
const (
	maxObject = 4 << 20   // bytes of one object
	maxDepth  = 32        // objects and lists inside each other, in one object
	maxBody   = 128 << 20 // bytes of an envelope or bundle

	// maxMembers bounds the properties of one object, which are gone through once for each
	// rule there is.
	maxMembers = 1000
)

// maxSafe is the greatest integer every reader of JSON understands alike.
//
// SPEC: RFC 7493 §2.2; STIX 2.1 §2.8.
const maxSafe = 1<<53 - 1

// A tape holds one JSON text as its values in the order in which they stand, each with the
// place where it ends: one pass, one allocation, and no map whose order or precision is not
// that of the text.
type tape struct {
	raw   []byte
	cells []cell
}

// A cell is one value. Of the member of an object it has the name too.
type cell struct {
	kind             jsontext.Kind // '{', '[', '"', '0', 't', 'f' or 'n'
	nameFrom, nameTo int32         // in raw, with the quotes; both 0 if there is no name
	from, to         int32         // in raw
	next             int32         // index of the first cell after this value and all in it
}

// scan reads one JSON text strictly: UTF-8 without lone surrogates, no name twice in an
// object, integers every reader understands, nothing behind the value.
//
// SPEC: RFC 7493.
func scan(raw []byte, depth int) (*tape, error) {
	if len(raw) > maxObject {
		return nil, fault.New(fault.TooLarge, "stix.too-large", strconv.Itoa(maxObject>>20))
	}
	s := scanner{
		tape:  tape{raw: raw, cells: make([]cell, 0, 8+len(raw)/16)},
		dec:   jsontext.NewDecoder(bytes.NewBuffer(raw)),
		depth: depth,
	}
	for done := false; !done; {
		var err error
		if done, err = s.step(); err != nil {
			return nil, err
		}
	}
	if _, err := s.dec.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, notJSON(err)
	}
	return &s.tape, nil
}

// notJSON keeps what the parser said for the log of errors: it may quote a name.
func notJSON(err error) error { return fault.Wrap(err, fault.Invalid, "stix.json") }

// A scanner fills a tape.
type scanner struct {
	tape
	dec   *jsontext.Decoder
	depth int
	open  []int32 // cells of the objects and lists we are in
	name  [2]int32
	named bool // name is that of the value to come
}

// step reads one token; done says that the outermost value is complete.
func (s *scanner) step() (done bool, err error) {
	switch kind := s.dec.PeekKind(); kind {
	case '{', '[':
		if len(s.open) >= s.depth {
			return false, fault.New(fault.TooLarge, "stix.too-deep", strconv.Itoa(s.depth))
		}
		if _, err := s.dec.ReadToken(); err != nil {
			return false, notJSON(err)
		}
		at := int32(s.dec.InputOffset())
		s.open = append(s.open, int32(len(s.cells)))
		s.put(kind, at-1, at)
	case '}', ']':
		if _, err := s.dec.ReadToken(); err != nil {
			return false, notJSON(err)
		}
		last := len(s.open) - 1
		c := &s.cells[s.open[last]]
		c.to, c.next = int32(s.dec.InputOffset()), int32(len(s.cells))
		s.open = s.open[:last]
	default:
		if err := s.scalar(kind); err != nil {
			return false, err
		}
	}
	return len(s.open) == 0, nil
}

// scalar reads a string, a number or a word, or the name of a member.
func (s *scanner) scalar(kind jsontext.Kind) error {
	v, err := s.dec.ReadValue()
	if err != nil {
		return notJSON(err)
	}
	to := int32(s.dec.InputOffset())
	from := to - int32(len(v))
	if kind == '"' && !s.named && len(s.open) > 0 && s.cells[s.open[len(s.open)-1]].kind == '{' {
		s.name, s.named = [2]int32{from, to}, true
		return nil
	}
	if kind == '0' && !safeNumber(v) {
		return fault.New(fault.Invalid, "stix.number")
	}
	s.put(kind, from, to)
	return nil
}

func (s *scanner) put(kind jsontext.Kind, from, to int32) {
	c := cell{kind: kind, from: from, to: to, next: int32(len(s.cells)) + 1}
	if s.named {
		c.nameFrom, c.nameTo = s.name[0], s.name[1]
		s.named = false
	}
	s.cells = append(s.cells, c)
}

// safeNumber says whether a number means the same to every reader.
func safeNumber(text []byte) bool {
	if bytes.ContainsAny(text, ".eE") {
		_, err := strconv.ParseFloat(string(text), 64)
		return err == nil
	}
	n, err := strconv.ParseInt(string(text), 10, 64)
	return err == nil && -maxSafe <= n && n <= maxSafe
}

// A node is one value of a tape. Only nodes of the same tape may be compared.
type node struct {
	tape *tape
	at   int32
}

func (t *tape) root() node { return node{t, 0} }

func (n node) cell() *cell { return &n.tape.cells[n.at] }

func (n node) kind() jsontext.Kind { return n.cell().kind }

// raw gives the value's own bytes.
func (n node) raw() []byte { c := n.cell(); return n.tape.raw[c.from:c.to] }

// name gives the name of a member, without its escapes; nil for what has none.
func (n node) name() []byte {
	c := n.cell()
	return unquote(n.tape.raw[c.nameFrom:c.nameTo])
}

// chars gives the characters of a string, nil for any other value.
func (n node) chars() []byte {
	if n.kind() != '"' {
		return nil
	}
	return unquote(n.raw())
}

// text gives the characters of a string, empty for any other value.
func (n node) text() string { return string(n.chars()) }

// unquote gives what a JSON string means. Without escapes that is a part of the text
// itself and costs nothing.
func unquote(quoted []byte) []byte {
	if len(quoted) < 2 {
		return nil
	}
	if inner := quoted[1 : len(quoted)-1]; bytes.IndexByte(inner, '\\') < 0 {
		return inner
	}
	out, err := jsontext.AppendUnquote(nil, quoted)
	if err != nil {
		return nil
	}
	return out
}

// each goes through the members of an object or the elements of a list.
func (n node) each(yield func(node) bool) {
	c := n.cell()
	if c.kind != '{' && c.kind != '[' {
		return
	}
	for i := n.at + 1; i < c.next; i = n.tape.cells[i].next {
		if !yield(node{n.tape, i}) {
			return
		}
	}
}

// empty says that an object or list holds nothing.
func (n node) empty() bool { return n.cell().next == n.at+1 }

// count gives the number of members or elements.
func (n node) count() int {
	k := 0
	for range n.each {
		k++
	}
	return k
}

// member finds a member of an object by name.
func (n node) member(name string) (node, bool) {
	if n.kind() == '{' {
		for m := range n.each {
			if string(m.name()) == name {
				return m, true
			}
		}
	}
	return node{}, false
}

// say gives the text of a member, empty if there is none or it is no string.
func (n node) say(name string) string {
	m, _ := n.member(name)
	if m.tape == nil {
		return ""
	}
	return m.text()
}

// integer gives a number written without fraction and exponent.
func (n node) integer() (int64, bool) {
	if n.kind() != '0' {
		return 0, false
	}
	v, err := strconv.ParseInt(string(n.raw()), 10, 64)
	return v, err == nil
}
