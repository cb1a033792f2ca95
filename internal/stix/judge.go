package stix

import (
	"strings"

	"github.com/wakachi/wakachi/internal/fault"
)

func invalid(code, property string) error { return fault.New(fault.Invalid, code, property) }

// judge holds an object to the rules of STIX: names, kinds and presence of its properties,
// then what they must be to each other. Of what the standard does not know, it judges no
// more than what holds for everything.
func judge(root node) error {
	kind := root.say("type")
	if !validType(kind) || kind == "bundle" {
		return invalid("stix.type", "type")
	}
	if id := root.say("id"); typeOf(id) != kind {
		return invalid("stix.id", "id")
	}
	if err := versioned(root); err != nil {
		return err
	}
	s := shapeOf(kind, root)
	var present uint32
	for m := range root.each {
		p, known := s.properties[string(m.name())]
		if err := judgeMember(s, m, p, known); err != nil {
			return err
		}
		present |= p.bit
	}
	for i, name := range s.required {
		if present&(1<<i) == 0 {
			return invalid("stix.required", name)
		}
	}
	if lookAlike(root) {
		return invalid("stix.lookalike", "definition_type")
	}
	if property := agree(kind, root); property != "" {
		return invalid("stix.rule", property)
	}
	return nil
}

// versioned refuses what is no STIX 2.1. Cyber-observables may leave the version out;
// objects of STIX 2.0 have none and look much the same.
//
// SPEC: STIX 2.1 §3.2.
func versioned(root node) error {
	m, ok := root.member("spec_version")
	if ok && m.text() != "2.1" || !ok && !isObservable(root) {
		return invalid("stix.version", "spec_version")
	}
	return nil
}

// judgeMember holds one property to what its name promises.
func judgeMember(s *shape, m node, p property, known bool) error {
	name := m.name()
	switch {
	case !known && (!propertyName(name) || len(name) < 3):
		return invalid("stix.name", printable(name))
	case !known && reserved(name):
		return invalid("stix.reserved", string(name))
	case !known && s.observable && alien(name):
		return invalid("stix.unknown", string(name))
	case hollow(m, string(name) == "extensions"):
		return invalid("stix.empty", string(name))
	}
	if known && !fits(m, p.kind) {
		if p.kind == 't' {
			return invalid("stix.timestamp", string(name))
		}
		return invalid("stix.property", string(name))
	}
	return nil
}

// reserved says whether a name is kept for versions of the standard to come.
//
// SPEC: STIX 2.1 §3.7.
func reserved(name []byte) bool {
	switch string(name) {
	case "severity", "username", "phone_number", "action":
		return true
	}
	return false
}

// alien says whether a property belongs to domain objects and never to a Cyber-observable.
//
// SPEC: STIX 2.1 §3.2.
func alien(name []byte) bool {
	switch string(name) {
	case "created", "modified", "revoked", "created_by_ref", "labels", "confidence", "lang", "external_references":
		return true
	}
	return false
}

// hollow says whether a value is null or empty, or anything in it is. What extensions hold
// is their own business, but for the extension that is nothing.
//
// SPEC: STIX 2.1 §2.4, §2.10: what is not there is left out.
func hollow(n node, extensions bool) bool {
	switch n.kind() {
	case 'n':
		return true
	case '{', '[':
	default:
		return false
	}
	if n.empty() {
		return true
	}
	for m := range n.each {
		if extensions {
			if m.kind() != '{' || m.empty() {
				return true
			}
		} else if hollow(m, false) {
			return true
		}
	}
	return false
}

// printable gives the name of a property if it is one STIX allows, so that an error never
// repeats anything else.
func printable(name []byte) string {
	if !propertyName(name) {
		return "?"
	}
	return string(name)
}

// propertyName says whether a name is one a property may have.
//
// SPEC: STIX 2.1 §3.1.
func propertyName(name []byte) bool {
	if len(name) == 0 || len(name) > 250 {
		return false
	}
	for _, c := range name {
		if !digit(c) && c != '_' && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}

// dictionaryKey says whether a name is one a dictionary may have.
//
// SPEC: STIX 2.1 §2.3.
func dictionaryKey(name string) bool {
	return name != "" && len(name) <= 250 && strings.IndexFunc(name, func(c rune) bool {
		return c > 'z' || !letterOrDigit(byte(c)) && c != '_' && c != '-'
	}) < 0
}

func letterOrDigit(c byte) bool {
	return digit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
