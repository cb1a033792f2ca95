package stix_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/wakachi/wakachi/internal/stix"
)

// The schemas others read name the properties we write, no fewer and no more.
func TestSchemasNameWhatIsWritten(t *testing.T) {
	key, sign := hand(1)
	text, err := os.ReadFile("../../docs/extensions.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range forms() {
		file, err := os.ReadFile("../../docs/schemas/wakachi-" + f.name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var schema struct {
			Required   []string
			Properties map[string]any
		}
		if err := json.Unmarshal(file, &schema); err != nil {
			t.Fatal(f.name, err)
		}
		raw, err := f.encode(key, sign)
		if err != nil {
			t.Fatal(err)
		}
		var o map[string]any
		if err := json.Unmarshal(raw, &o); err != nil {
			t.Fatal(err)
		}
		for name := range o {
			if schema.Properties[name] == nil {
				t.Errorf("%s: the schema has no %s", f.name, name)
			}
		}
		for name := range schema.Properties {
			changed := resign(t, raw, name+"=")
			_, err := f.decode(changed)
			needed := slices.Contains(schema.Required, name)
			if name == "signature_bin" || name == "modified" { // resign puts the one back; without the other a version is missing
				continue
			}
			if needed && err == nil {
				t.Errorf("%s: %s is required and may be left out", f.name, name)
			}
		}
	}
	for _, raw := range stix.Extensions() {
		o, err := stix.Object(raw)
		if err != nil {
			t.Fatal(err)
		}
		if o.Type == "extension-definition" && !strings.Contains(string(text), o.ID) {
			t.Errorf("docs/extensions.md does not name %s", o.ID)
		}
	}
}
