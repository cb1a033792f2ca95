package stix

import (
	"encoding/base64"
	"strings"
)

// fits says whether a value is of the kind the table of properties gives it.
//
// SPEC: STIX 2.1 §2.
func fits(n node, kind byte) bool {
	switch kind {
	case 's':
		return n.kind() == '"'
	case 'b':
		return n.kind() == 't' || n.kind() == 'f'
	case 'i':
		_, whole := n.integer()
		return whole
	case 'n':
		return n.kind() == '0'
	case 't':
		_, ok := instant(n.text())
		return ok
	case 'r':
		return reference(n)
	case 'd':
		return n.kind() == '{'
	case 'h':
		return hashes(n)
	case 'x':
		return hexadecimal(n.text())
	case 'B':
		_, err := base64.StdEncoding.Strict().DecodeString(n.text())
		return n.kind() == '"' && err == nil
	}
	return n.kind() == '[' && elements(n, kind)
}

// elements says whether all elements of a list are of the kind of list.
func elements(n node, kind byte) bool {
	ok := map[byte]func(node) bool{
		'S': func(e node) bool { return e.kind() == '"' },
		'R': reference,
		'D': func(e node) bool { return e.kind() == '{' },
		'X': externalReference, 'K': killChainPhase, 'G': granularMarking,
	}[kind]
	for e := range n.each {
		if !ok(e) {
			return false
		}
	}
	return true
}

// reference says whether a value is an id. Nothing refers to a bundle.
//
// SPEC: STIX 2.1 §2.9, §8.
func reference(n node) bool {
	t := typeOf(n.text())
	return t != "" && t != "bundle"
}

// externalReference: a source, and something to find there.
//
// SPEC: STIX 2.1 §2.5.
func externalReference(e node) bool {
	if e.kind() != '{' || e.say("source_name") == "" {
		return false
	}
	found := false
	for m := range e.each {
		switch string(m.name()) {
		case "description", "url", "external_id":
			if found = true; m.kind() != '"' {
				return false
			}
		case "hashes":
			if !hashes(m) {
				return false
			}
		}
	}
	return found
}

// killChainPhase: a chain and one of its phases.
//
// SPEC: STIX 2.1 §2.11.
func killChainPhase(e node) bool {
	return e.say("kill_chain_name") != "" && e.say("phase_name") != ""
}

// granularMarking: either a marking or a language, for parts that are named.
//
// SPEC: STIX 2.1 §7.2.3.
func granularMarking(e node) bool {
	ref, marked := e.member("marking_ref")
	lang, spoken := e.member("lang")
	if marked == spoken || marked && typeOf(ref.text()) != "marking-definition" || spoken && lang.text() == "" {
		return false
	}
	parts, ok := e.member("selectors")
	if !ok || parts.kind() != '[' || parts.empty() {
		return false
	}
	for p := range parts.each {
		if !selector(p.text()) {
			return false
		}
	}
	return true
}

// selector says whether a text can name a part of an object: names and places in lists,
// with dots between. A name may hold what a key of a dictionary may.
//
// SPEC: STIX 2.1 §7.2.3.1.
func selector(s string) bool {
	first := true
	for part := range strings.SplitSeq(s, ".") {
		place, open := strings.CutPrefix(part, "[")
		place, closed := strings.CutSuffix(place, "]")
		switch {
		case open != closed, first && open:
			return false
		case open && (place == "" || len(place) > 9 || strings.Trim(place, "0123456789") != ""):
			return false
		case !open && !dictionaryKey(part):
			return false
		}
		first = false
	}
	return true
}

// digests gives the length of a digest in hexadecimal digits.
//
// SPEC: STIX 2.1 §10.7 hash-algorithm-ov.
var digests = map[string]int{"MD5": 32, "SHA-1": 40, "SHA-256": 64, "SHA-512": 128, "SHA3-256": 64, "SHA3-512": 128}

// hashes says whether a dictionary holds digests under the names the vocabulary has. An
// algorithm it does not know may stand there; one it knows, in other letters, may not,
// because nobody would find it.
func hashes(n node) bool {
	if n.kind() != '{' || n.empty() {
		return false
	}
	for m := range n.each {
		name := string(m.name())
		if m.kind() != '"' || !dictionaryKey(name) || len(name) < 3 || !digest(name, m.text()) {
			return false
		}
	}
	return true
}

func digest(algorithm, text string) bool {
	if n, ok := digests[algorithm]; ok {
		return len(text) == n && hexDigits(text)
	}
	switch algorithm {
	case "SSDEEP":
		return strings.Count(text, ":") == 2
	case "TLSH":
		text = strings.TrimPrefix(text, "T1")
		return len(text) == 70 && hexDigits(text)
	}
	plain := strings.ReplaceAll(strings.ToUpper(algorithm), "-", "")
	for known := range digests {
		if plain == strings.ReplaceAll(known, "-", "") {
			return false
		}
	}
	return plain != "SSDEEP" && plain != "TLSH"
}

func hexDigits(s string) bool { return strings.Trim(s, "0123456789abcdefABCDEF") == "" }

// hexadecimal says whether a text is of the type hex.
//
// SPEC: STIX 2.1 §2.7.
func hexadecimal(s string) bool {
	return s != "" && len(s)%2 == 0 && strings.Trim(s, "0123456789abcdef") == ""
}
