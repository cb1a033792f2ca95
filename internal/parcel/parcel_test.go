package parcel

import (
	"bytes"
	"crypto/sha256"
	"reflect"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/tlp"
)

func facts() []Fact {
	return []Fact{
		{Sort: Indicator, Value: indicator.Value{Type: indicator.Domain, Value: "evil.example"}, Role: "c2", Port: 443},
		{Sort: Malware, Family: "ransomware"},
	}
}

func TestWhatWasClearedCannotBeChangedFromOutside(t *testing.T) {
	given := facts()
	c := Clear(given, tlp.Amber, party.Community)
	given[0].Value.Value = "changed after clearing"
	c.Facts()[1].Family = "changed after reading"
	if got := c.Facts(); !reflect.DeepEqual(got, facts()) {
		t.Errorf("it holds %+v", got)
	}
	if c.Label() != tlp.Amber || c.Reach() != party.Community {
		t.Errorf("label %v, reach %v", c.Label(), c.Reach())
	}
}

func TestClearedIsEmptyWithoutEachOfItsParts(t *testing.T) {
	for _, c := range []struct {
		name    string
		cleared Cleared
		want    bool
	}{
		{"whole", Clear(facts(), tlp.Clear, party.Coordinator), false},
		{"zero", Cleared{}, true},
		{"no facts", Clear(nil, tlp.Clear, party.Community), true},
		{"facts of length none", Clear([]Fact{}, tlp.Clear, party.Community), true},
		{"no label", Clear(facts(), tlp.Unknown, party.Community), true},
		{"no audience", Clear(facts(), tlp.Green, party.Nobody), true},
	} {
		if got := c.cleared.Empty(); got != c.want {
			t.Errorf("%s: empty is %v", c.name, got)
		}
	}
}

func TestTheZeroParcelPermitsNothing(t *testing.T) {
	var p Parcel
	if p.ID() != "" || p.Media() != "" || len(p.Body()) != 0 || p.Label() != tlp.Unknown || p.Reach() != party.Nobody || p.Sender() != "" || !p.Sealed().IsZero() {
		t.Errorf("%+v", p)
	}
	if p.Sum() == sha256.Sum256(nil) {
		t.Error("its sum is that of an empty body: it could pass for a sealed one")
	}
}

func TestSealKeepsACopyAndTheSecond(t *testing.T) {
	body := []byte(`{"type":"bundle"}`)
	at := time.Date(2026, 5, 20, 12, 4, 5, 987_654_321, time.FixedZone("JST", 9*3600))
	p := Seal("parcel-1", "application/stix+json", body, tlp.Green, party.Hub, "identity--1", at)
	body[0] = 'X'
	p.Body()[1] = 'X'
	if want := []byte(`{"type":"bundle"}`); !bytes.Equal(p.Body(), want) || p.Sum() != sha256.Sum256(want) {
		t.Errorf("body %q, sum %x", p.Body(), p.Sum())
	}
	if want := time.Date(2026, 5, 20, 3, 4, 5, 0, time.UTC); p.Sealed() != want {
		t.Errorf("sealed at %v, want %v", p.Sealed(), want)
	}
	if p.ID() != "parcel-1" || p.Media() != "application/stix+json" || p.Label() != tlp.Green || p.Reach() != party.Hub || p.Sender() != "identity--1" {
		t.Errorf("%+v", p)
	}
}
