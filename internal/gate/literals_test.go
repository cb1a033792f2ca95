package gate

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"
)

// FuzzLiterals compares the strings that are looked into with those a JSON decoder gives.
func FuzzLiterals(f *testing.F) {
	for _, s := range []string{`{"a":"b","c":["d\"e","\\",""]}`, `"\u6771\u96f2"`, `[1,null,"x"]`, "\"\xff\"", `{"a"}`, ""} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if !json.Valid(body) {
			return
		}
		var got, want []string
		for literal := range literals(body) {
			got = append(got, textOfLiteral(literal))
		}
		dec := json.NewDecoder(bytes.NewReader(body))
		for {
			token, err := dec.Token()
			if err != nil {
				break
			}
			if s, ok := token.(string); ok {
				want = append(want, s)
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%q: %q, decoded %q", body, got, want)
		}
	})
}
