package stix

import (
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/tlp"
)

// The TLP 2.0 marking definitions are fixed objects; their ids and time never change.
//
// SPEC: STIX 2.1 extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d (TLP 2.0).
const tlpExtension = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"

var markings = map[tlp.Label]struct{ id, token string }{
	tlp.Clear:       {"marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487", "clear"},
	tlp.Green:       {"marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb", "green"},
	tlp.Amber:       {"marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421", "amber"},
	tlp.AmberStrict: {"marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003", "amber+strict"},
	tlp.Red:         {"marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1", "red"},
}

func marking(l tlp.Label) object {
	m := markings[l]
	return object{
		"type": "marking-definition", "spec_version": "2.1", "id": m.id,
		"created": "2022-10-01T00:00:00.000Z", "name": l.String(),
		"extensions": object{tlpExtension: object{
			"extension_type": "property-extension", "tlp_2_0": m.token,
		}},
	}
}

// statement writes what a letter demands beyond the label as one text; empty for nothing.
// STIX has no marking of its own for PAP, so that it stands here too. A letter that says
// nothing at all has no PAP either.
//
// SPEC: STIX 2.1 §7.2.1.3 Statement Marking.
func statement(l parcel.Letter) string {
	if l == (parcel.Letter{}) {
		return ""
	}
	parts := []string{l.PAP.String()}
	if l.Conditions != "" {
		parts = append(parts, l.Conditions)
	}
	if !l.Until.IsZero() {
		parts = append(parts, useUntil+l.Until.Format(time.DateOnly))
	}
	return strings.Join(parts, " / ")
}
