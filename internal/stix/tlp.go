package stix

import (
	"encoding/json"

	"github.com/wakachi/wakachi/internal/tlp"
)

// Definition gives the marking-definition of a label of TLP 2.0; nil for Unknown.
func Definition(l tlp.Label) json.RawMessage {
	if _, ok := markings[l]; !ok {
		return nil
	}
	return must(marking(l))
}

// IsDefinition says whether an id is that of a label of TLP 2.0.
func IsDefinition(id string) bool {
	for _, m := range markings {
		if m.id == id {
			return true
		}
	}
	return false
}
