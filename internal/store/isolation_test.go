package store_test

import (
	"context"
	"reflect"
	"testing"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/store"
)

// asks is every method that takes an organisation, asked by org for what owner has. A
// method without a line here fails TestIsolation.
func asks(ctx context.Context, s *store.Store, owner tenant) map[string]func(org party.OrgID) (any, error) {
	return map[string]func(party.OrgID) (any, error){
		"Incident": func(o party.OrgID) (any, error) { return s.Incident(ctx, o, owner.incident.ID) },
		"Items":    func(o party.OrgID) (any, error) { return s.Items(ctx, o, owner.incident.ID) },
		"Item":     func(o party.OrgID) (any, error) { return s.Item(ctx, o, owner.items[0].ID) },
		"PutItems": func(o party.OrgID) (any, error) {
			return s.PutItems(ctx, o, "local", owner.incident.ID, []incident.Item{item("new.example")})
		},
		"Decisions": func(o party.OrgID) (any, error) { return s.Decisions(ctx, o, owner.incident.ID) },
		"RecordDecision": func(o party.OrgID) (any, error) {
			return s.RecordDecision(ctx, o, "local", store.Decision{Incident: owner.incident.ID, Item: owner.items[0].ID, Outcome: "share"})
		},
		"ReadParcel": func(o party.OrgID) (any, error) { return s.ReadParcel(ctx, o, owner.parcel.ID()) },
		"Parcels":    func(o party.OrgID) (any, error) { return s.Parcels(ctx, o, owner.incident.ID) },
		"SealParcel": func(o party.OrgID) (any, error) {
			return nil, s.SealParcel(ctx, o, "local", owner.incident.ID, sealed("parcel-new-"+string(o), "x"))
		},
		"Purge": func(o party.OrgID) (any, error) { return nil, s.Purge(ctx, o, "local", 2) },
	}
}

// ownOnly are the methods that name nothing but the organisation itself.
func ownOnly(ctx context.Context, s *store.Store) map[string]func(org party.OrgID) (any, error) {
	return map[string]func(party.OrgID) (any, error){
		"Organisation": func(o party.OrgID) (any, error) { return s.Organisation(ctx, o) },
		"Incidents":    func(o party.OrgID) (any, error) { return s.Incidents(ctx, o) },
		"OpenIncident": func(o party.OrgID) (any, error) { return s.OpenIncident(ctx, o, "local", "kestrel") },
		"History":      func(o party.OrgID) (any, error) { return s.History(ctx, o) },
		"Checkpoint":   func(o party.OrgID) (any, error) { return s.Checkpoint(ctx, o) },
	}
}

// Whatever one organisation asks with another's ids, it is told that there is no such
// thing, as it is of ids that never were; and nothing changes.
func TestIsolation(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	ctx := t.Context()
	a, b := settle(t, s, "akamatsu"), settle(t, s, "birch")
	nobody := tenant{org: "org-nobody", incident: incident.Incident{ID: "inc-none"}, items: []incident.Item{{ID: "item-none"}}, parcel: sealed("parcel-none", "x")}
	before := wantSound(t, dir)
	refused := func(name string, answer any, err error) {
		t.Helper()
		wantKind(t, name, err, fault.NotFound)
		if err != nil && err.Error() != "store.not-found" {
			t.Errorf("%s: the answer %q tells more than that there is none", name, err)
		}
		if answer != nil && !reflect.ValueOf(answer).IsZero() {
			t.Errorf("%s: gave %+v", name, answer)
		}
	}
	for name, ask := range asks(ctx, s, a) {
		answer, err := ask(b.org)
		refused(name+" by another", answer, err)
		answer, err = ask("org-nobody")
		refused(name+" by nobody", answer, err)
	}
	for name, ask := range asks(ctx, s, nobody) {
		if name != "Purge" { // it names a number, which is a's own
			answer, err := ask(a.org)
			refused(name+" of nothing", answer, err)
		}
	}
	for name, ask := range ownOnly(ctx, s) {
		answer, err := ask("org-nobody")
		refused(name+" by nobody", answer, err)
	}
	if after := wantSound(t, dir); !reflect.DeepEqual(before, after) {
		t.Errorf("it changed from %+v to %+v", before, after)
	}

	of := reflect.TypeFor[*store.Store]()
	for m := range of.Methods() {
		switch m.Name {
		case "Close", "Ready", "CreateOrganisation": // show nobody's rows
			continue
		}
		if asks(ctx, s, a)[m.Name] == nil && ownOnly(ctx, s)[m.Name] == nil {
			t.Errorf("%s is not asked with another organisation's ids", m.Name)
		}
		if m.Type.NumIn() < 3 || m.Type.In(2) != reflect.TypeFor[party.OrgID]() {
			t.Errorf("%s does not take the organisation that asks", m.Name)
		}
	}
}

// Lists hold one's own only, and what one is called does not depend on the other.
func TestListsAreOnesOwn(t *testing.T) {
	s := open(t, t.TempDir())
	ctx := t.Context()
	a, b := settle(t, s, "akamatsu"), settle(t, s, "birch")
	for _, x := range []tenant{a, b} {
		for _, i := range must(s.Incidents(ctx, x.org))(t) {
			if i.Owner != x.org || i.ID != x.incident.ID {
				t.Errorf("%s sees %+v", x.org, i)
			}
		}
		for _, act := range must(s.History(ctx, x.org))(t) {
			if act.Org != x.org {
				t.Errorf("%s sees %+v", x.org, act)
			}
		}
	}
	// Both may have a parcel of one name, and each gets its own.
	twin := sealed(string(a.parcel.ID()), "birch's own bytes")
	if err := s.SealParcel(ctx, b.org, "local", b.incident.ID, twin); err != nil {
		t.Fatal(err)
	}
	for org, want := range map[party.OrgID]parcel.Parcel{a.org: a.parcel, b.org: twin} {
		if got := must(s.ReadParcel(ctx, org, twin.ID()))(t); string(got.Body()) != string(want.Body()) {
			t.Errorf("%s got another's parcel", org)
		}
	}
	// So may both have an item of one id.
	if _, err := s.PutItems(ctx, b.org, "local", b.incident.ID, a.items[:1]); err != nil {
		t.Fatal(err)
	}
	if got := must(s.Item(ctx, a.org, a.items[0].ID))(t); !reflect.DeepEqual(got, a.items[0]) {
		t.Errorf("the other changed it: %+v", got)
	}
}
