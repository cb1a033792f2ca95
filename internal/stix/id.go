package stix

import (
	"crypto/sha1"
	"encoding/hex"
)

// namespace is the UUID under which STIX makes the ids of Cyber-observables:
// 00abedb4-aa42-466c-9c01-fed23315a9b7. Nothing else may use it.
//
// SPEC: STIX 2.1 §2.9.
var namespace = [16]byte{0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c, 0x9c, 0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7}

// observableID gives the deterministic id of a Cyber-observable: UUIDv5 over the
// canonical JSON object of its ID contributing properties. Contributing must not be
// empty; an object without any takes a random id instead.
//
// SPEC: STIX 2.1 §2.9 with errata 01. Many ids printed in the 2021 text are wrong.
func observableID(objectType string, contributing object) (string, error) {
	name, err := canonical(nil, contributing)
	if err != nil {
		return "", err
	}
	h := sha1.New()
	h.Write(namespace[:])
	h.Write(name)
	var u [16]byte
	copy(u[:], h.Sum(nil))
	return objectType + "--" + formatUUID(u, 5), nil
}

// ID makes "type--UUIDv4" of sixteen random bytes.
func ID(objectType string, random [16]byte) string {
	return objectType + "--" + formatUUID(random, 4)
}

// formatUUID sets version and the RFC 4122 variant and writes the lower-case form.
func formatUUID(u [16]byte, version byte) string {
	u[6] = u[6]&0x0f | version<<4
	u[8] = u[8]&0x3f | 0x80
	b := make([]byte, 0, 36)
	for i, part := range [][]byte{u[:4], u[4:6], u[6:8], u[8:10], u[10:]} {
		if i > 0 {
			b = append(b, '-')
		}
		b = hex.AppendEncode(b, part)
	}
	return string(b)
}

const uuidForm = "00000000-0000-0000-0000-000000000000"

// validID says whether s is "type--UUID" in lower case.
//
// SPEC: STIX 2.1 §2.9; RFC 4122 §3. Ids are compared byte by byte, so that another case
// would be another object.
func validID(s string) bool {
	at := len(s) - len(uuidForm)
	if at < 3 || s[at-2:at] != "--" {
		return false
	}
	for i, c := range []byte(s[at:]) {
		if uuidForm[i] == '-' && c != '-' || uuidForm[i] == '0' && !digit(c) && (c < 'a' || c > 'f') {
			return false
		}
	}
	return validType(s[:at-2])
}

// validType says whether s can name a type of objects. Hyphens stand alone between letters
// and digits.
//
// SPEC: STIX 2.1 §3.1.
func validType(s string) bool {
	if len(s) < 3 || len(s) > 250 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if !digit(c) && c != '-' && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}

// typeOf gives the type an id names, empty for what is no id.
func typeOf(id string) string {
	if !validID(id) {
		return ""
	}
	return id[:len(id)-len(uuidForm)-2]
}
