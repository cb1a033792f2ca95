package stix

import (
	"strings"

	"github.com/wakachi/wakachi/internal/parcel"
)

// administrative are the properties every object has for its keeping, of which a line has
// no need.
var administrative = map[string]bool{
	"type": true, "spec_version": true, "id": true, "created": true, "modified": true, "created_by_ref": true,
	"object_marking_refs": true, "revoked": true, "defanged": true,
}

// sentences are the properties people write prose into.
var sentences = map[string]bool{"name": true, "description": true, "abstract": true, "content": true, "explanation": true, "aliases": true}

// carried are properties that the line of an object says, or that only hold others together.
var carried = func() map[string]bool {
	out := map[string]bool{}
	for _, entry := range []string{
		"indicator: pattern pattern_type pattern_version valid_from valid_until indicator_types confidence",
		"attack-pattern: external_references", "vulnerability: name external_references", "malware: is_family malware_types sample_refs",
		"infrastructure: infrastructure_types", "relationship: relationship_type source_ref target_ref",
		"grouping: object_refs context", "report: object_refs report_types published", "note: object_refs",
		"identity: name identity_class", "marking-definition: definition definition_type name extensions",
		"extension-definition: name description schema version extension_types extension_properties",
		"ipv4-addr: value", "ipv6-addr: value", "domain-name: value", "url: value", "email-addr: value", "mutex: name",
		"windows-registry-key: key", "directory: path", "network-traffic: dst_ref dst_port protocols",
		"email-message: is_multipart", "wakachi-seal: extensions label parcel audience until ask_due manifest key_bin signature_bin",
	} {
		kind, properties, _ := strings.Cut(entry, ": ")
		for p := range strings.FieldsSeq(properties) {
			out[kind+"."+p] = true
		}
	}
	return out
}()

// connect notes what objects say of each other before any of them becomes a line.
func (r *reader) connect() {
	infrastructure := map[string]parcel.Role{}
	for _, it := range r.items {
		if it.fate == waiting && it.Type == "infrastructure" {
			infrastructure[it.ID] = roleOf(it.root)
		}
	}
	for _, it := range r.items {
		if it.fate != waiting {
			continue
		}
		switch it.Type {
		case "relationship":
			r.relation(it, infrastructure)
		case "network-traffic":
			r.traffic(it)
		case "email-message":
			for _, side := range []string{"to_refs", "cc_refs", "bcc_refs"} {
				r.mark(r.victims, it.root, side)
			}
		case "malware":
			r.mark(r.backed, it.root, "sample_refs")
		}
	}
}

// mark notes all ids of a list.
func (r *reader) mark(set map[string]bool, root node, list string) {
	if m, ok := root.member(list); ok {
		for e := range m.each {
			set[e.text()] = true
		}
	}
}

// traffic notes which object is reached at which port, and who reached out.
func (r *reader) traffic(it *item) {
	r.victims[it.root.say("src_ref")] = true
	to := it.root.say("dst_ref")
	if m, ok := it.root.member("dst_port"); ok && to != "" {
		if n, whole := m.integer(); whole && 0 < n && n < 1<<16 {
			r.ports[to] = uint16(n)
		}
	}
}

// relation notes what a relationship says of a role, or that an observable is meant.
func (r *reader) relation(it *item, infrastructure map[string]parcel.Role) {
	source, target := it.root.say("source_ref"), it.root.say("target_ref")
	role, here := infrastructure[target]
	switch it.root.say("relationship_type") {
	case "indicates":
		if here {
			r.roles[source] = role
			it.fate = framed
		}
	case "consists-of":
		if role, ok := infrastructure[source]; ok {
			r.roles[target], r.backed[target] = role, true
			it.fate = framed
		}
	case "based-on":
		r.backed[target] = true
		it.fate = framed
	}
}

// roleOf reads the role of an infrastructure: by its own type, and for roles STIX has no
// word for by the name we give it.
func roleOf(root node) parcel.Role {
	for role, name := range roleNames {
		if root.say("name") == name {
			return role
		}
	}
	if types, ok := root.member("infrastructure_types"); ok {
		for t := range types.each {
			for role, word := range infrastructureTypes {
				if t.text() == word {
					return role
				}
			}
		}
	}
	return ""
}

// remainder decides on what gave no line and is no observation.
func (r *reader) remainder(it *item) {
	switch it.Type {
	case "identity", "extension-definition", "grouping", "report":
		it.fate = framed
	case "marking-definition":
		it.fate = framed
		if r.markings.said[it.ID] != (definition{}) {
			it.fate = told
		}
	case "infrastructure":
		r.infrastructure(it)
	case "relationship":
		it.lose(Link)
	case "note":
		r.note(it)
	case sealType:
		r.seal(it)
	default:
		it.lose(NotRead)
	}
	if name := it.root.say("name"); it.fate == framed && it.Type == "grouping" && (name == "-" || name == groupingName) {
		it.say("name")
	}
}

// infrastructure frames the lines that have its role.
func (r *reader) infrastructure(it *item) {
	role := roleOf(it.root)
	if role == "" {
		it.lose(NotRead)
		return
	}
	it.fate = framed
	if name := it.root.say("name"); name == "-" || name == roleNames[role] {
		it.say("name")
	}
	if types, ok := it.root.member("infrastructure_types"); ok && types.count() > 1 {
		it.miss("infrastructure_types", Narrowed)
	}
}

// seal takes the letter of a seal that holds.
func (r *reader) seal(it *item) {
	w, err := DecodeSeal(it.Raw)
	if err != nil {
		it.lose(Unverified)
		return
	}
	it.fate = told
	r.until(w.Until)
	r.due(w.AskDue)
}
