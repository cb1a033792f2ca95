package sample

import (
	"bytes"
	"os"
	"testing"
)

func TestTheSamplesAreThoseOfTheTests(t *testing.T) {
	all, err := Incidents()
	if err != nil || len(all) != 3 {
		t.Fatalf("%d incidents, %v", len(all), err)
	}
	for _, i := range all {
		for name, have := range map[string][]byte{"notes.md": i.Notes, "profile.yaml": i.Profile} {
			want, err := os.ReadFile("../../testdata/incidents/" + i.Name + "/" + name)
			if err != nil || !bytes.Equal(have, want) {
				t.Errorf("%s/%s has drifted from testdata/incidents: %v", i.Name, name, err)
			}
		}
	}
}
