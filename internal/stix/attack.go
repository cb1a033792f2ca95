package stix

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed data/attack.tsv
var attackTable string

// attackNames holds the names ATT&CK gives its techniques, by id.
var attackNames = sync.OnceValue(func() map[string]string {
	names := map[string]string{}
	for line := range strings.Lines(attackTable) {
		if id, name, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok && !strings.HasPrefix(id, "#") {
			names[id] = name
		}
	}
	return names
})

// TechniqueName gives the name ATT&CK gives a technique, empty for one that is not in the
// table.
func TechniqueName(id string) string { return attackNames()[id] }

// attackPattern makes the domain object of a technique. A technique without a name in the
// table travels under its id.
func attackPattern(id string) object {
	name := attackNames()[id]
	if name == "" {
		name = id
	}
	return object{"name": name, "external_references": []object{{
		"source_name": "mitre-attack", "external_id": id,
		"url": "https://attack.mitre.org/techniques/" + strings.ReplaceAll(id, ".", "/"),
	}}}
}
