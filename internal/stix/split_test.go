package stix_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/stix"
)

func TestSplitGivesTheBytesOfEachObject(t *testing.T) {
	for _, body := range []string{
		`{"objects":[{"a":1}, {"b" : "x"} ]}`, `{"more":false,"next":"n","objects":[{"a":1},{"b" : "x"}]}`,
		` {"type":"bundle","id":"bundle--x","objects":[{"a":1},{"b" : "x"}]} `, `{"objects":[{"a":1},{"b" : "x"}],"type":"bundle","spec_version":"2.0"}`,
	} {
		got, err := stix.Split([]byte(body), 2)
		if err != nil || len(got) != 2 || string(got[0]) != `{"a":1}` || string(got[1]) != `{"b" : "x"}` {
			t.Errorf("%s: %s, %v", body, got, err)
		}
		if got != nil && !bytes.Contains([]byte(body), append(got[0], ',')) && cap(got[0]) != len(got[0]) {
			t.Error("an object could grow into the next")
		}
	}
}

func TestSplitTellsWhatIsWrong(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 33) + "1" + strings.Repeat("}", 33)
	for body, want := range map[string]string{
		"": "stix.json", "{": "stix.json", "x": "stix.json", `{"objects":[{"a":1}]`: "stix.json", `{"objects":[{"a":1}]}}`: "stix.json", `{"objects":[{"a":1}]} {}`: "stix.json",
		`{"objects":[{"a":1}],"objects":[{"b":1}]}`: "stix.json", `{"objects":[{"a":1,"a":2}]}`: "stix.json", `{"objects":[{"a":"` + "\xff" + `"}]}`: "stix.json", "[}": "stix.json",
		`{"objects":[{"a":"\ud800"}]}`: "stix.json", `{"objects":3,"objects":4}`: "stix.json", `{"objects":[{"a":1},]}`: "stix.json", `[1] 2`: "stix.json", "\ufeff{}": "stix.json",
		"[]": "stix.envelope", `[{"objects":[{}]}]`: "stix.envelope", "null": "stix.envelope", `"objects"`: "stix.envelope", "{}": "stix.envelope", `{"objects":[]}`: "stix.envelope",
		`{"objects":{}}`: "stix.envelope", `{"objects":null}`: "stix.envelope", `{"objects":[1]}`: "stix.envelope", `{"objects":[{"a":1},[]]}`: "stix.envelope",
		`{"type":"indicator","objects":[{"a":1}]}`: "stix.envelope", `{"type":"indicator","id":"x"}`: "stix.envelope",
		`{"objects":[{"a":1},{"a":1},{"a":1}]}`: "stix.too-many: 2", `{"objects":[` + deep + `]}`: "stix.too-deep: 32",
		strings.Repeat("[", 20_000): "stix.json", `{"objects":[` + strings.Repeat(`{"a":`, 20_000) + "1" + strings.Repeat("}", 20_000) + `]}`: "stix.json",
	} {
		got, err := stix.Split([]byte(body), 2)
		kind := fault.Invalid
		if strings.HasPrefix(want, "stix.too") {
			kind = fault.TooLarge
		}
		refused(t, body[:min(len(body), 80)], err, kind, want)
		if got != nil {
			t.Errorf("%.80s gives objects too", body)
		}
	}
	_, err := stix.Split([]byte(`{"objects":[{"a":1}]}`), 0)
	refused(t, "none may come", err, fault.TooLarge, "stix.too-many: 0")
	_, err = stix.Split(make([]byte, 128<<20+1), 2)
	refused(t, "a huge body", err, fault.TooLarge, "stix.too-large: 128")
}

func FuzzSplit(f *testing.F) {
	f.Add([]byte(`{"objects":[{"a":"\"[{"},{"b":[1,{"c":null}]}],"more":true}`))
	f.Add([]byte(`{"type":"bundle","objects":[]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		objects, err := stix.Split(body, 50)
		if err != nil {
			return
		}
		var want struct {
			Objects []json.RawMessage `json:"objects"`
		}
		if err := json.Unmarshal(body, &want); err != nil {
			t.Fatal(err)
		}
		// The standard library takes "Objects" for "objects": there it may see more.
		if bytes.Contains(bytes.ToLower(body), []byte(`"objects"`)) && bytes.Count(bytes.ToLower(body), []byte("bjects")) == 1 {
			if len(objects) != len(want.Objects) {
				t.Fatalf("%d objects, want %d", len(objects), len(want.Objects))
			}
			for i := range objects {
				if !bytes.Equal(objects[i], want.Objects[i]) {
					t.Fatalf("%s, want %s", objects[i], want.Objects[i])
				}
			}
		}
	})
}
