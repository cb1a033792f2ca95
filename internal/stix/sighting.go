package stix

import (
	"encoding/json"

	"github.com/wakachi/wakachi/internal/parcel"
)

// Sightings says the part of an answer that STIX has words for, so that those who do not
// know our answers understand it too: for each domain object the answer is about, how often
// it was seen and when; seen not once between the beginning and the end of the search, if
// it was not found. There are none for the other findings, nor for Cyber-observables, which
// cannot be sighted; an answer about a whole parcel, which names no objects, has none. mint
// makes the ids, as Meta.Mint does.
//
// SPEC: STIX 2.1 §5.2.
func Sightings(a parcel.Answer, mint func(objectType string) string) ([]json.RawMessage, error) {
	first, last, count := a.FirstSeen, a.LastSeen, a.Count
	switch a.Finding {
	case parcel.Found:
	case parcel.NotFound:
		first, last, count = a.From, a.To, 0
	default:
		return nil, nil
	}
	var out []json.RawMessage
	for _, ref := range a.About {
		if s, known := shapes()[typeOf(ref)]; known && s.observable {
			continue
		}
		o := object{
			"type": "sighting", "spec_version": "2.1", "id": mint("sighting"), "created_by_ref": string(a.By),
			"created": milliseconds(a.Created), "modified": milliseconds(a.Modified),
			"sighting_of_ref": ref, "count": count, "object_marking_refs": []string{markings[a.Label].id},
		}
		setTime(o, "first_seen", first)
		setTime(o, "last_seen", last)
		raw, err := canonical(nil, o)
		if err == nil {
			_, err = Object(raw)
		}
		if err != nil {
			return nil, err
		}
		out = append(out, raw)
	}
	return out, nil
}
