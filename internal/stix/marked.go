package stix

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/wakachi/wakachi/internal/tlp"
)

// Marked is what the markings of an object, or of many, say together.
type Marked struct {
	// Label is the strictest of all labels, of the object as a whole and of its parts. It is
	// Unknown if there is no label at all, and Red, which means "no further", as soon as
	// there is a marking nobody here understands.
	Label tlp.Label
	// Unread tells why Label is Red beyond what was written: ids of markings that are not at
	// hand or not understood, in the order in which they were met, each once.
	Unread []string
	// Conditions are the texts of statements, each once. They are the marker's words.
	Conditions []string
	// PAP is the most careful that was stated in our own form, if Stated.
	PAP    tlp.PAP
	Stated bool
	// Bare counts objects without any label, such as identities.
	Bare int
}

// Markings looks up marking definitions. The zero Markings knows the labels of TLP 1.0 and
// 2.0 by their ids, and nothing else.
type Markings struct {
	said map[string]definition
}

// A definition is a marking that was understood.
type definition struct{ statement string }

// The TLP 1.0 definitions, which are read and never written.
//
// SPEC: STIX 2.1 §7.2.1.4.
var olderMarkings = map[string]tlp.Label{
	"marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": tlp.Clear,
	"marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": tlp.Green,
	"marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": tlp.Amber,
	"marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": tlp.Red,
}

// labelOf gives the label a marking definition stands for, Unknown for all others. Only the
// id counts: a definition that merely says so is another's.
func labelOf(id string) tlp.Label {
	if l, ok := olderMarkings[id]; ok {
		return l
	}
	for l, m := range markings {
		if m.id == id {
			return l
		}
	}
	return tlp.Unknown
}

// lookAlike says whether a marking definition claims to be a label of TLP without being the
// one that is.
//
// SPEC: STIX 2.1 §7.2.1.4: other instances must not be used or created.
func lookAlike(root node) bool {
	if root.say("type") != "marking-definition" {
		return false
	}
	id := root.say("id")
	_, older := olderMarkings[id]
	claims := root.say("definition_type") == "tlp" && !older
	if ext, ok := root.member("extensions"); ok {
		for m := range ext.each {
			_, token := m.member("tlp_2_0")
			if token || string(m.name()) == tlpExtension {
				claims = claims || older || labelOf(id) == tlp.Unknown || m.say("tlp_2_0") != markings[labelOf(id)].token
			}
		}
	}
	return claims
}

// ReadMarkings gathers the marking definitions among objects. What is no sound object or no
// marking definition is passed over; a definition that claims to be a label of TLP under
// another id is not taken, so that what refers to it goes no further.
func ReadMarkings(objects []json.RawMessage) Markings {
	m := Markings{said: map[string]definition{}}
	for _, raw := range objects {
		if t, err := scan(raw, maxDepth); err == nil {
			m.add(t.root())
		}
	}
	return m
}

func (m Markings) add(root node) {
	if root.kind() != '{' || root.say("type") != "marking-definition" || judge(root) != nil {
		return
	}
	if d, ok := root.member("definition"); ok && root.say("definition_type") == "statement" {
		if s := d.say("statement"); s != "" {
			m.said[root.say("id")] = definition{s}
		}
	}
}

// Of gives what the markings of one object say. The object must have passed Object.
func (m Markings) Of(object json.RawMessage) (Marked, error) {
	t, err := scan(object, maxDepth)
	if err != nil {
		return Marked{}, err
	}
	return m.of(t.root()), nil
}

// All gives what the markings of many objects say together: the strictest of everything.
// Objects without a label do not count, unless none has one.
func (m Markings) All(objects []json.RawMessage) (Marked, error) {
	var all Marked
	for _, raw := range objects {
		one, err := m.Of(raw)
		if err != nil {
			return Marked{}, err
		}
		all.join(one)
	}
	return all, nil
}

func (m Markings) of(root node) Marked {
	var out Marked
	if refs, ok := root.member("object_marking_refs"); ok {
		for r := range refs.each {
			m.note(&out, r.text())
		}
	}
	if parts, ok := root.member("granular_markings"); ok {
		for p := range parts.each {
			if r, ok := p.member("marking_ref"); ok {
				m.note(&out, r.text())
			}
		}
	}
	if out.Label == tlp.Unknown {
		out.Bare = 1
	}
	return out
}

// note adds what one marking says.
func (m Markings) note(out *Marked, id string) {
	if l := labelOf(id); l != tlp.Unknown {
		out.Label = max(out.Label, l)
		return
	}
	d, ok := m.said[id]
	if !ok {
		out.Label = tlp.Red
		out.Unread = addOnce(out.Unread, printableID(id))
		return
	}
	text := d.statement
	if pap, rest, ok := cutPAP(text); ok {
		out.state(pap)
		text = rest
	}
	if text != "" {
		out.Conditions = addOnce(out.Conditions, text)
	}
}

// state joins a PAP: the most careful one counts.
func (a *Marked) state(p tlp.PAP) {
	if !a.Stated || p < a.PAP {
		a.PAP = p
	}
	a.Stated = true
}

func (a *Marked) join(b Marked) {
	a.Label = max(a.Label, b.Label)
	a.Bare += b.Bare
	for _, id := range b.Unread {
		a.Unread = addOnce(a.Unread, id)
	}
	for _, c := range b.Conditions {
		a.Conditions = addOnce(a.Conditions, c)
	}
	if b.Stated {
		a.state(b.PAP)
	}
}

// cutPAP takes the PAP off a statement in the form in which statement writes it.
func cutPAP(text string) (p tlp.PAP, rest string, ok bool) {
	word, rest, _ := strings.Cut(text, " / ")
	if !strings.HasPrefix(word, "PAP:") {
		return 0, text, false
	}
	p, err := tlp.ParsePAP(word)
	return p, rest, err == nil
}

// addOnce appends what is not there yet. Lists here are short: more than a hundred different
// conditions are no conditions anybody reads.
func addOnce(list []string, s string) []string {
	const most = 100
	if len(list) >= most || slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// printableID gives an id that is one.
func printableID(id string) string {
	if validID(id) {
		return id
	}
	return "?"
}
