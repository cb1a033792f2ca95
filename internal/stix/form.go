package stix

import (
	"encoding/hex"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/tlp"
)

// A form reads the properties of one object of ours by name. The first thing wrong is kept,
// and so is which properties were asked for: what nobody asked for has no place there,
// because a signer meant something by it that we would not do.
type form struct {
	node
	key   parcel.Key
	asked []string
	err   error
}

// hold notes that a property is not as it must be, unless it is.
func (f *form) hold(ok bool, property string) {
	if !ok && f.err == nil {
		f.err = invalid("stix.property", property)
	}
}

// take finds a property. A property that is needed and absent is an error.
func (f *form) take(name string, need bool) (node, bool) {
	f.asked = append(f.asked, name)
	m, ok := f.member(name)
	if !ok && need && f.err == nil {
		f.err = invalid("stix.required", name)
	}
	return m, ok
}

// close gives the first thing that was wrong, unknown properties included.
func (f *form) close() error {
	for m := range f.each {
		if f.err == nil && !slices.Contains(f.asked, string(m.name())) {
			f.err = invalid("stix.unknown", printable(m.name()))
		}
	}
	return f.err
}

func (f *form) text(name string, most int, need bool) string {
	m, ok := f.take(name, need)
	if !ok {
		return ""
	}
	s := m.text()
	f.hold(s != "" && utf8.RuneCountInString(s) <= most, name)
	return s
}

func (f *form) token(name string, words []string, need bool) string {
	s := f.text(name, maxName, need)
	f.hold(s == "" || slices.Contains(words, s), name)
	return s
}

func (f *form) truth(name string) bool {
	m, ok := f.take(name, true)
	f.hold(!ok || m.kind() == 't' || m.kind() == 'f', name)
	return ok && m.kind() == 't'
}

// number reads an integer in a range; said is false if the property is absent.
func (f *form) number(name string, least, most int64) (v int, said bool) {
	m, ok := f.take(name, false)
	if !ok {
		return 0, false
	}
	n, whole := m.integer()
	f.hold(whole && least <= n && n <= most, name)
	return int(n), true
}

// time reads a timestamp with milliseconds, the form in which all of ours are.
func (f *form) time(name string) time.Time {
	m, ok := f.take(name, false)
	if !ok {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339Nano, m.text())
	f.hold(err == nil && milliseconds(t) == m.text() && !t.IsZero(), name)
	return t.UTC()
}

func (f *form) label(name string, need bool) tlp.Label {
	s := f.text(name, maxName, need)
	l, err := tlp.Parse(s)
	f.hold(s == "" || err == nil && l.String() == s, name)
	return l
}

// texts reads a list of strings; empty lists are refused by the rules of STIX.
func (f *form) texts(name string) []string {
	m, ok := f.take(name, false)
	if !ok {
		return nil
	}
	var out []string
	f.hold(m.kind() == '[' && m.count() <= maxList, name)
	for e := range m.each {
		s := e.text()
		f.hold(s != "" && len(s) <= maxText, name)
		out = append(out, s)
	}
	return out
}

func (f *form) refs(name string) []string {
	out := f.texts(name)
	for _, r := range out {
		f.hold(validID(r), name)
	}
	return out
}

// sub reads an object inside the form; errors name the property of the whole.
func (f *form) sub(m node, name string, read func(*form)) {
	if m.kind() != '{' {
		f.hold(false, name)
		return
	}
	inner := &form{node: m}
	read(inner)
	f.hold(inner.close() == nil, name)
}

// list reads a list of objects.
func (f *form) list(name string, most int, need bool, read func(*form)) {
	m, ok := f.take(name, need)
	if !ok {
		return
	}
	f.hold(m.kind() == '[' && m.count() <= most, name)
	if f.err != nil {
		return
	}
	for e := range m.each {
		f.sub(e, name, read)
	}
}

// paper reads what all papers share.
func (f *form) paper() parcel.Paper {
	p := parcel.Paper{
		ID: f.text("id", maxName, true), By: party.Pseudonym(f.text("created_by_ref", maxName, true)),
		Created: f.time("created"), Modified: f.time("modified"), Key: f.key,
	}
	f.hold(typeOf(string(p.By)) == "identity", "created_by_ref")
	refs := f.refs("object_marking_refs")
	f.hold(len(refs) == 1, "object_marking_refs")
	for l, m := range markings {
		if len(refs) == 1 && m.id == refs[0] {
			p.Label = l
		}
	}
	f.hold(p.Label != tlp.Unknown, "object_marking_refs")
	kind := f.text("type", maxName, true)
	f.hold(f.text("spec_version", maxName, true) == "2.1", "spec_version")
	if ext, ok := f.take("extensions", true); ok {
		want := must(object{ours[kind].id: object{"extension_type": "new-sdo"}})
		f.hold(string(ext.canonical(nil, nil)) == string(want), "extensions")
	}
	f.asked = append(f.asked, "key_bin", "signature_bin")
	return p
}

// manifest reads the pieces of a seal or a recall. No piece stands there twice.
func (f *form) manifest(need bool) []parcel.Piece {
	var out []parcel.Piece
	type version struct{ ref, at string }
	seen := map[version]bool{}
	f.list("manifest", maxManifest, need, func(e *form) {
		p := parcel.Piece{Ref: e.text("object_ref", maxName, true), Version: e.text("version", maxName, false)}
		e.hold(validID(p.Ref), "object_ref")
		if p.Version != "" {
			_, ok := instant(p.Version)
			e.hold(ok, "version")
		}
		sum := e.text("sum_hex", 2*len(p.Sum), true)
		n, err := hex.Decode(p.Sum[:], []byte(sum[:min(len(sum), 2*len(p.Sum))]))
		e.hold(err == nil && n == len(p.Sum) && hex.EncodeToString(p.Sum[:]) == sum, "sum_hex")
		v := version{p.Ref, p.Version}
		e.hold(!seen[v], "object_ref")
		seen[v] = true
		out = append(out, p)
	})
	return out
}

func (f *form) addressed() parcel.Addressed {
	var to parcel.Addressed
	m, ok := f.take("audience", false)
	if !ok {
		return to
	}
	f.sub(m, "audience", func(e *form) {
		to.Reach, _ = party.ParseReach(e.token("reach", reaches, true))
		to.Group, to.Except = e.text("group", maxName, false), e.texts("except")
	})
	return to
}

func (f *form) remarks() []parcel.Remark {
	var out []parcel.Remark
	f.list("remarks", maxList, false, func(e *form) {
		r := parcel.Remark{
			Kind: parcel.RemarkKind(e.token("kind", remarkKinds, true)),
			Text: e.text("text", maxText, false), Refs: e.refs("object_refs"),
		}
		e.hold(r.Text != "" || len(r.Refs) > 0, "text")
		out = append(out, r)
	})
	return out
}
