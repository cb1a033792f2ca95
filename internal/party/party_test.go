package party

import (
	"errors"
	"testing"
)

func TestAudiencesAreReadAsTheyAreWritten(t *testing.T) {
	for _, c := range []struct {
		text string
		want Reach
	}{
		{"coordinator", Coordinator}, {"hub", Hub}, {"community", Community}, {"Community", Community}, {"HUB", Hub},
	} {
		got, err := ParseReach(c.text)
		if err != nil || got != c.want {
			t.Errorf("%q is %v, %v", c.text, got, err)
		}
		if back, err := ParseReach(got.String()); err != nil || back != c.want {
			t.Errorf("%q is written %q", c.text, got)
		}
	}
}

func TestWhoIsNoAudienceIsNobody(t *testing.T) {
	for _, text := range []string{"", "nobody", "Nobody", "everybody", "community ", "hub,community", "共有先", "1"} {
		if got, err := ParseReach(text); !errors.Is(err, ErrReach) || got != Nobody {
			t.Errorf("%q is %v, %v", text, got, err)
		}
	}
	for _, r := range []Reach{Nobody, Community + 1, 255} {
		if r.String() != "nobody" {
			t.Errorf("reach %d is %q", r, r)
		}
	}
}

func TestAudiencesWiden(t *testing.T) {
	if !(Nobody < Coordinator && Coordinator < Hub && Hub < Community) {
		t.Error("the order is not from the narrowest to the widest")
	}
}
