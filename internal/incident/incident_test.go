package incident

import (
	"slices"
	"testing"
)

// The halves of the record, as the guidance's check sheet has them.
func TestEachKindHasItsClass(t *testing.T) {
	want := map[Kind]Class{
		Malware: Technical, Destination: Technical, Method: Technical, Actor: Technical,
		Vulnerability: Between, AttackTimeline: Between, TargetSystem: Between, Controls: Between,
		SectorSize: Response, Damage: Response, ResponseTimeline: Response, Victim: Response,
	}
	if kinds := Kinds(); len(kinds) != 12 || len(want) != 12 {
		t.Fatalf("%d kinds, want twelve", len(kinds))
	}
	for _, k := range Kinds() {
		if class, ok := want[k]; !ok || k.Class() != class || (Item{Kind: k}).Class() != class {
			t.Errorf("%s is %s, want %s", k, k.Class(), class)
		}
	}
}

func TestAnUnknownKindStays(t *testing.T) {
	for _, k := range []Kind{"", "MALWARE", "malware ", "indicator"} {
		if got := k.Class(); got != Response {
			t.Errorf("%q is %s", k, got)
		}
	}
}

func TestNobodyCanChangeTheListOfKinds(t *testing.T) {
	Kinds()[0] = "x"
	if Kinds()[0] != Malware {
		t.Error("the list is shared")
	}
}

func TestMarksHaveNames(t *testing.T) {
	for _, c := range []struct {
		marks Marks
		want  []string
	}{
		{0, nil},
		{OneOff, []string{"one-off"}},
		{SharedHost, []string{"shared-host"}},
		{Unfixed | OneOff | ThirdParty, []string{"one-off", "third-party", "unfixed"}},
		{OneOff | Unpatched | ThirdParty | SomeonesOwn | DualUse | Lure | Stolen | Unfixed | SharedHost, []string{
			"one-off", "unpatched", "third-party", "someones-own", "dual-use", "lure", "stolen", "unfixed", "shared-host"}},
		{1 << 15, nil}, // a bit without a meaning
	} {
		if got := c.marks.Names(); !slices.Equal(got, c.want) {
			t.Errorf("%b is %q, want %q", c.marks, got, c.want)
		}
	}
}

func TestHasWantsAllMarks(t *testing.T) {
	m := OneOff | Lure
	if !m.Has(OneOff) || !m.Has(OneOff|Lure) || m.Has(OneOff|Stolen) || m.Has(Stolen) || !m.Has(0) {
		t.Errorf("%q: Has is wrong", m.Names())
	}
}

func TestASourceSaysWhere(t *testing.T) {
	s := Source{File: "mail.zip/a.eml/body", Line: 12, Column: 3}
	if got, want := s.String(), "mail.zip/a.eml/body:12:3"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
