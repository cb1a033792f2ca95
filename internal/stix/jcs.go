package stix

import (
	"bytes"
	"math"
	"slices"
	"strconv"
)

// Canonical gives the JSON Canonicalization Scheme form of any JSON text that is sound:
// the same for every way of writing the same value. It fails as Object does for what is no
// I-JSON, and keeps members that have their default.
//
// SPEC: RFC 8785.
func Canonical(raw []byte) ([]byte, error) {
	t, err := scan(raw, maxDepth)
	if err != nil {
		return nil, err
	}
	return t.root().canonical(make([]byte, 0, len(raw)), nil), nil
}

// canonical appends the canonical form of a value. Of the outermost object skip, if not
// nil, says which members to leave out.
func (n node) canonical(dst []byte, skip func(node) bool) []byte {
	switch n.kind() {
	case '{':
		return n.canonicalObject(dst, skip)
	case '[':
		dst = append(dst, '[')
		for e := range n.each {
			if e.at != n.at+1 {
				dst = append(dst, ',')
			}
			dst = e.canonical(dst, nil)
		}
		return append(dst, ']')
	case '"':
		return canonicalString(dst, n.raw())
	case '0':
		return canonicalNumber(dst, n.raw())
	}
	return append(dst, n.raw()...) // true, false, null
}

func (n node) canonicalObject(dst []byte, skip func(node) bool) []byte {
	type member struct {
		name []byte
		node node
	}
	var room [24]member
	members := room[:0]
	for m := range n.each {
		if skip == nil || !skip(m) {
			members = append(members, member{m.name(), m})
		}
	}
	slices.SortFunc(members, func(a, b member) int { return compareUTF16(a.name, b.name) })
	dst = append(dst, '{')
	for i, m := range members {
		if i > 0 {
			dst = append(dst, ',')
		}
		c := m.node.cell()
		dst = canonicalString(dst, n.tape.raw[c.nameFrom:c.nameTo])
		dst = m.node.canonical(append(dst, ':'), nil)
	}
	return append(dst, '}')
}

// canonicalString appends a JSON string, given with its quotes, with no escape that is not
// needed.
func canonicalString(dst, quoted []byte) []byte {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return append(dst, quoted...)
	}
	out, err := quote(dst, string(unquote(quoted)))
	if err != nil { // unreachable: scan lets no text through that is not UTF-8
		return append(dst, quoted...)
	}
	return out
}

// canonicalNumber appends a number as ECMAScript writes it.
//
// SPEC: RFC 8785 §3.2.2.3.
func canonicalNumber(dst, text []byte) []byte {
	if n, err := strconv.ParseInt(string(text), 10, 64); err == nil {
		return strconv.AppendInt(dst, n, 10)
	}
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil { // unreachable: scan lets no number through that is out of range
		return append(dst, text...)
	}
	return appendDouble(dst, f)
}

// appendDouble writes a finite number: in full between 1e-6 and 1e21, beyond with an
// exponent that has a sign and no leading zeros.
func appendDouble(dst []byte, f float64) []byte {
	if f == 0 {
		return append(dst, '0') // also -0
	}
	if a := math.Abs(f); a >= 1e-6 && a < 1e21 {
		return strconv.AppendFloat(dst, f, 'f', -1, 64)
	}
	text := strconv.FormatFloat(f, 'e', -1, 64)
	if n := len(text); text[n-2] == '0' && text[n-4] == 'e' { // e-07
		text = text[:n-2] + text[n-1:]
	}
	return append(dst, text...)
}
