package stix

import (
	"encoding/json"
	"time"
)

// The types of our own, as they stand in a bundle.
const (
	sealType            = "wakachi-seal"
	recallType          = "wakachi-recall"
	answerType          = "wakachi-answer"
	acknowledgementType = "wakachi-acknowledgement"
)

// ours holds the extension that defines each of our types. The UUIDs are fixed for ever: a
// change that a reader of today would misunderstand takes a new one.
//
// SPEC: STIX 2.1 §7.3.
var ours = map[string]struct{ id, name, text string }{
	sealType: {"extension-definition--50561559-dcfd-402c-982d-6331f7d0da1b", "wakachi seal",
		"What a parcel of shared information holds, for whom, under which label, signed by who vouches for it."},
	recallType: {"extension-definition--c5f7eb18-a687-4fe0-a3d3-b823efa6f27d", "wakachi recall",
		"Retracts, narrows, tightens or corrects what was shared earlier, signed by who shared it."},
	answerType: {"extension-definition--67a325fe-a4bb-4892-97b5-79e74ea5709d", "wakachi answer",
		"Found, searched and not found, no logs of that time, or unable to search: a receiver's answer, signed."},
	acknowledgementType: {"extension-definition--4900e03d-d658-4029-82c9-f560374bcc28", "wakachi acknowledgement",
		"Says that a recall was carried out, or why not, signed."},
}

const (
	definer       = "identity--8567fbd3-b037-40f1-9462-9f4737f415ce"
	definedAt     = "2026-11-23T00:00:00.000Z"
	extensionFrom = "1.0.0"
)

// Extensions gives the definitions of our object types and the identity that made them, so
// that a bundle which holds such objects can explain itself. They are always the same bytes.
func Extensions() []json.RawMessage {
	out := []json.RawMessage{must(object{
		"type": "identity", "spec_version": "2.1", "id": definer, "created": definedAt, "modified": definedAt,
		"name": "wakachi", "identity_class": "system",
	})}
	for _, kind := range []string{sealType, recallType, answerType, acknowledgementType} {
		out = append(out, must(object{
			"type": "extension-definition", "spec_version": "2.1", "id": ours[kind].id, "created": definedAt, "modified": definedAt,
			"created_by_ref": definer, "name": ours[kind].name, "description": ours[kind].text,
			"schema":  "https://github.com/wakachi/wakachi/blob/main/docs/schemas/" + kind + ".json",
			"version": extensionFrom, "extension_types": []string{"new-sdo"},
		}))
	}
	return out
}

// must writes an object of constants, which cannot fail.
func must(o object) json.RawMessage {
	raw, _ := canonical(nil, o)
	return raw
}

// milliseconds writes a time with three digits, as created and modified need it.
func milliseconds(t time.Time) string {
	return t.UTC().Truncate(time.Millisecond).Format("2006-01-02T15:04:05.000Z")
}
