package stix

import (
	"slices"
	"strings"

	"github.com/wakachi/wakachi/internal/pattern"
)

// agree gives the property whose value does not go with the others of its object, empty if
// all do. Types the standard does not know have only the rules of all.
//
// SPEC: STIX 2.1 §3.2, §4, §5, §6, §7: the sentences with MUST.
func agree(kind string, root node) string {
	if property := ordered(root); property != "" {
		return property
	}
	if m, ok := root.member("confidence"); ok && !within(m, 0, 100) {
		return "confidence"
	}
	if rule, ok := rules[kind]; ok {
		return rule(root)
	}
	return ""
}

// intervals are pairs of times of which the second is not before the first; strict ones
// differ.
var intervals = []struct {
	from, to string
	strict   bool
}{
	{"created", "modified", false},
	{"valid_from", "valid_until", true},
	{"start_time", "stop_time", true},
	{"first_seen", "last_seen", false},
	{"first_observed", "last_observed", false},
	{"analysis_started", "analysis_ended", false},
	{"start", "end", false},
}

func ordered(root node) string {
	for _, p := range intervals {
		to := root.say(p.to)
		if to == "" {
			continue
		}
		b, ok := instant(to)
		a, also := instant(root.say(p.from))
		if ok && also && (b < a || p.strict && b == a) {
			return p.to
		}
	}
	for _, name := range []string{"created", "modified"} {
		if s := root.say(name); s != "" && !fine(s) {
			return name
		}
	}
	return ""
}

// within says whether a value is an integer in a range.
func within(n node, least, most int64) bool {
	v, ok := n.integer()
	return ok && least <= v && v <= most
}

func has(root node, names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { _, ok := root.member(name); return ok })
}

// truth says whether a member is true.
func truth(root node, name string) bool {
	m, ok := root.member(name)
	return ok && m.kind() == 't'
}

// unless gives the name of a property that breaks a rule, empty if the rule holds.
func unless(ok bool, property string) string {
	if ok {
		return ""
	}
	return property
}

var rules = map[string]func(node) string{
	"indicator": indicatorRule,
	"malware":   func(o node) string { return unless(!truth(o, "is_family") || has(o, "name"), "name") },
	"malware-analysis": func(o node) string {
		return unless(has(o, "result", "analysis_sco_refs"), "result")
	},
	"observed-data": func(o node) string {
		n, _ := o.member("number_observed")
		if has(o, "objects") == has(o, "object_refs") {
			return "object_refs"
		}
		return unless(within(n, 1, maxCount), "number_observed")
	},
	"location": locationRule,
	"opinion": func(o node) string {
		return unless(slices.Contains([]string{"strongly-disagree", "disagree", "neutral", "agree", "strongly-agree"}, o.say("opinion")), "opinion")
	},
	"sighting":     sightingRule,
	"relationship": func(o node) string { return unless(relationshipType(o.say("relationship_type")), "relationship_type") },
	"email-message": func(o node) string {
		if truth(o, "is_multipart") {
			return unless(!has(o, "body"), "body")
		}
		return unless(!has(o, "body_multipart"), "body_multipart")
	},
	"network-traffic": trafficRule,
	"file":            func(o node) string { return unless(has(o, "hashes", "name"), "hashes") },
	"artifact":        artifactRule,
	"x509-certificate": func(o node) string {
		return unless(ownProperty("x509-certificate", o), "hashes")
	},
	"process":              func(o node) string { return unless(has(o, "extensions") || ownProperty("process", o), "pid") },
	"user-account":         func(o node) string { return unless(has(o, "extensions") || ownProperty("user-account", o), "user_id") },
	"windows-registry-key": registryRule,
	"extension-definition": extensionRule,
	"marking-definition":   markingRule,
}

// indicatorRule: what calls itself a pattern of STIX is one.
//
// SPEC: STIX 2.1 §4.7, §9.
func indicatorRule(o node) string {
	if o.say("pattern_type") == "stix" {
		if _, err := pattern.Parse(o.say("pattern")); err != nil {
			return "pattern"
		}
	}
	return ""
}

func locationRule(o node) string {
	switch {
	case has(o, "latitude") != has(o, "longitude"):
		return "longitude"
	case has(o, "precision") && !has(o, "latitude"):
		return "precision"
	}
	return unless(has(o, "region", "country", "latitude"), "country")
}

func sightingRule(o node) string {
	if n, ok := o.member("count"); ok && !within(n, 0, maxCount) {
		return "count"
	}
	s, known := shapes()[typeOf(o.say("sighting_of_ref"))]
	return unless(!known || !s.observable, "sighting_of_ref")
}

// relationshipType: a name in letters, digits and hyphens.
//
// SPEC: STIX 2.1 §5.1.
func relationshipType(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

func trafficRule(o node) string {
	for _, port := range []string{"src_port", "dst_port"} {
		if n, ok := o.member(port); ok && !within(n, 0, 65535) {
			return port
		}
	}
	for _, count := range []string{"src_byte_count", "dst_byte_count", "src_packets", "dst_packets"} {
		if n, ok := o.member(count); ok && !within(n, 0, maxSafe) {
			return count
		}
	}
	if truth(o, "is_active") && has(o, "end") {
		return "end"
	}
	return unless(has(o, "src_ref", "dst_ref"), "src_ref")
}

func artifactRule(o node) string {
	if e := o.say("encryption_algorithm"); e != "" && !slices.Contains([]string{"AES-256-GCM", "ChaCha20-Poly1305", "mime-type-indicated"}, e) {
		return "encryption_algorithm"
	}
	switch {
	case has(o, "payload_bin"):
		return unless(!has(o, "url"), "url")
	case has(o, "url"):
		return unless(has(o, "hashes"), "hashes")
	}
	return unless(has(o, "hashes"), "payload_bin")
}

var registryTypes = []string{
	"REG_NONE", "REG_SZ", "REG_EXPAND_SZ", "REG_BINARY", "REG_DWORD", "REG_DWORD_BIG_ENDIAN", "REG_DWORD_LITTLE_ENDIAN", "REG_LINK", "REG_MULTI_SZ",
	"REG_RESOURCE_LIST", "REG_FULL_RESOURCE_DESCRIPTION", "REG_RESOURCE_REQUIREMENTS_LIST", "REG_QWORD", "REG_INVALID_TYPE",
}

func registryRule(o node) string {
	values, ok := o.member("values")
	if !ok {
		return unless(has(o, "key", "modified_time", "creator_user_ref", "number_of_subkeys"), "key")
	}
	for v := range values.each {
		t := v.say("data_type")
		if t != "" && !slices.Contains(registryTypes, t) || !has(v, "name", "data", "data_type") {
			return "values"
		}
	}
	return ""
}

// ownProperty says whether an object has any property that not every observable has.
func ownProperty(kind string, o node) bool {
	common := shapes()["observable"].properties
	for m := range o.each {
		_, shared := common[string(m.name())]
		if _, own := shapes()[kind].properties[string(m.name())]; own && !shared {
			return true
		}
	}
	return false
}

// extensionRule: who made it is known, and it is one of the five kinds.
//
// SPEC: STIX 2.1 §7.3.
func extensionRule(o node) string {
	if !has(o, "created_by_ref") {
		return "created_by_ref"
	}
	types, _ := o.member("extension_types")
	for t := range types.each {
		if !slices.Contains([]string{"new-sdo", "new-sco", "new-sro", "property-extension", "toplevel-property-extension"}, t.text()) {
			return "extension_types"
		}
	}
	return ""
}

// markingRule: a marking says something, in the old way or by an extension.
//
// SPEC: STIX 2.1 §7.2.1.
func markingRule(o node) string {
	if has(o, "modified", "revoked") {
		return "modified"
	}
	if has(o, "definition") != has(o, "definition_type") {
		return "definition"
	}
	if o.say("definition_type") == "statement" {
		d, _ := o.member("definition")
		return unless(d.say("statement") != "", "definition")
	}
	return unless(has(o, "definition", "extensions"), "definition")
}
