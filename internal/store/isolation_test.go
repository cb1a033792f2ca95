package store_test

import (
	"context"
	"reflect"
	"testing"
	"time"

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
		"Incident":   func(o party.OrgID) (any, error) { return s.Incident(ctx, o, owner.incident.ID) },
		"IncidentOf": func(o party.OrgID) (any, error) { return s.IncidentOf(ctx, o, owner.items[0].ID) },
		"HistoryOf":  func(o party.OrgID) (any, error) { return s.HistoryOf(ctx, o, owner.incident.ID, 0, 10) },
		"Counts":     func(o party.OrgID) (any, error) { return s.Counts(ctx, o, owner.incident.ID) },
		"Items":      func(o party.OrgID) (any, error) { return s.Items(ctx, o, owner.incident.ID) },
		"Item":       func(o party.OrgID) (any, error) { return s.Item(ctx, o, owner.items[0].ID) },
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
		"Act": func(o party.OrgID) (any, error) {
			return nil, s.Act(ctx, o, "local", func(w *store.Writing) error {
				_, err := w.PutItems(owner.incident.ID, []incident.Item{item("new.example")})
				return err
			})
		},
		"Object": func(o party.OrgID) (any, error) { return s.Object(ctx, o, owner.object.Sort, owner.object.ID) },
		"Purge":  func(o party.OrgID) (any, error) { return nil, s.Purge(ctx, o, "local", 2) },
	}
}

// ownOnly are the methods that name nothing but the organisation itself.
func ownOnly(ctx context.Context, s *store.Store) map[string]func(org party.OrgID) (any, error) {
	return map[string]func(party.OrgID) (any, error){
		"Organisation": func(o party.OrgID) (any, error) { return s.Organisation(ctx, o) },
		"Incidents":    func(o party.OrgID) (any, error) { return s.Incidents(ctx, o) },
		"HistoryPage":  func(o party.OrgID) (any, error) { return s.HistoryPage(ctx, o, 0, 10) },
		"IncidentPage": func(o party.OrgID) (any, error) {
			page, all, err := s.IncidentPage(ctx, o, 0, 10)
			if all != 0 {
				t := all
				return t, err
			}
			return page, err
		},
		"OpenIncident": func(o party.OrgID) (any, error) { return s.OpenIncident(ctx, o, "local", "kestrel") },
		"History":      func(o party.OrgID) (any, error) { return s.History(ctx, o) },
		"Checkpoint":   func(o party.OrgID) (any, error) { return s.Checkpoint(ctx, o) },
		"AllObjects":   func(o party.OrgID) (any, error) { return s.AllObjects(ctx, o, "answer") },
		"Objects":      func(o party.OrgID) (any, error) { return s.Objects(ctx, o, "answer", "") },
		"Search":       func(o party.OrgID) (any, error) { return s.Search(ctx, o, "evil", 10) },
		"Entries": func(o party.OrgID) (any, error) {
			page, err := s.Entries(ctx, o, shelfID, []parcel.AudienceID{1, 2}, parcel.Query{})
			return nil, found(len(page.Entries) > 0 || page.More || page.Known, err)
		},
		"Highest": func(o party.OrgID) (any, error) {
			at, err := s.Highest(ctx, o, shelfID)
			return nil, found(!at.IsZero(), err)
		},
		"ReadersOf": func(o party.OrgID) (any, error) {
			got, err := s.ReadersOf(ctx, o, shelfID, []time.Time{time.UnixMicro(1), time.Now().AddDate(100, 0, 0)})
			return nil, found(len(got) > 0, err)
		},
		"Receipts": func(o party.OrgID) (any, error) {
			got, err := s.Receipts(ctx, o, shelfID)
			return nil, found(len(got) > 0, err)
		},
		"SealReceipts": func(o party.OrgID) (any, error) { return nil, second(s.SealReceipts(ctx, o)) },
		"Hand": func(o party.OrgID) (any, error) {
			return nil, s.Hand(ctx, o, store.Receipt{Collection: shelfID, Entries: []time.Time{day}, At: day})
		},
		"PutSession": func(o party.OrgID) (any, error) {
			return nil, s.PutSession(ctx, o, store.Session{Sum: "x", Account: "local", Until: day})
		},
	}
}

// Whatever one organisation asks with another's ids, it is told that there is no such
// thing, as it is of ids that never were; and nothing changes.
func TestIsolation(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	ctx := t.Context()
	a, b := settle(t, s, "akamatsu"), settle(t, s, "birch")
	stock(t, s, a.org)
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
	for _, name := range []string{"Entries", "Highest", "ReadersOf", "Receipts"} { // they name a shelf, and each has its own
		answer, err := ownOnly(ctx, s)[name](b.org)
		refused(name+" by another", answer, err)
		if _, err := ownOnly(ctx, s)[name](a.org); err != nil && name != "ReadersOf" {
			t.Errorf("%s by its owner: %v", name, err)
		}
	}
	if after := wantSound(t, dir); !reflect.DeepEqual(before, after) {
		t.Errorf("it changed from %+v to %+v", before, after)
	}

	of := reflect.TypeFor[*store.Store]()
	for m := range of.Methods() {
		switch m.Name {
		case "Close", "Ready", "Derive", "CreateOrganisation", "Organisations", "ForgetSessions": // show nobody's rows
			continue
		case "Find", "FindSession": // tell whose a secret is, which only its holder knows
			continue
		case "Versions", "Sessions", "EndSession", "EndSessions": // find nothing rather than fail: TestOthersThingsAreNotThere
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

// What has no error for another's ids has nothing for them.
func TestOthersThingsAreNotThere(t *testing.T) {
	s := open(t, t.TempDir())
	ctx := t.Context()
	a, b := settle(t, s, "akamatsu"), settle(t, s, "birch")
	mine := store.Session{Sum: "sum-a", Org: a.org, Account: "account-a", Until: day, Body: []byte("{}")}
	if err := s.PutSession(ctx, a.org, mine); err != nil {
		t.Fatal(err)
	}
	if err := s.PutSession(ctx, b.org, mine); fault.KindOf(err) != fault.Conflict {
		t.Errorf("another's session was taken over: %v", err)
	}
	for _, err := range []error{s.EndSession(ctx, b.org, "sum-a"), s.EndSessions(ctx, b.org, "account-a", "")} {
		if err != nil {
			t.Error(err)
		}
	}
	if got := must(s.FindSession(ctx, "sum-a"))(t); !reflect.DeepEqual(got, mine) {
		t.Errorf("the session is %+v", got)
	}
	for what, n := range map[string]int{
		"sessions":       len(must(s.Sessions(ctx, b.org, "account-a"))(t)),
		"versions":       len(must(s.Versions(ctx, b.org, string(a.items[0].ID)))(t)),
		"words":          len(must(s.Search(ctx, b.org, "akamatsu", 10))(t)),
		"of an incident": len(must(s.Objects(ctx, b.org, "answer", string(a.incident.ID)))(t)),
	} {
		if n != 0 {
			t.Errorf("%s: another organisation has %d", what, n)
		}
	}
}

func TestObjects(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	ctx := t.Context()
	a, b := settle(t, s, "akamatsu"), settle(t, s, "birch")
	put := func(org party.OrgID, o store.Object) error {
		return s.Act(ctx, org, "someone", func(w *store.Writing) error { return w.Put(&o, "changed") })
	}
	stale := a.object
	next := a.object
	next.Body = []byte(`{"why":"because"}`)
	if err := put(a.org, next); err != nil {
		t.Fatal(err)
	}
	wantKind(t, "a stale version", put(a.org, stale), fault.Conflict)
	got := must(s.Object(ctx, a.org, "answer", a.object.ID))(t)
	if string(got.Body) != `{"why":"because"}` || got.By != "someone" || !got.At.Equal(day) {
		t.Errorf("it is %+v", got)
	}
	if v := must(s.Versions(ctx, a.org, a.object.ID))(t); len(v) != 2 || string(v[1].Body) != `{"why":"akamatsu"}` || v[0].Act != "answer.changed" {
		t.Errorf("versions: %+v", v)
	}
	if v := must(s.Versions(ctx, a.org, a.secret.ID))(t); len(v) != 1 || v[0].Body != nil {
		t.Errorf("the ledger repeats a file: %+v", v)
	}
	wantKind(t, "a lookup that is taken", put(b.org, store.Object{Sort: "answer", Lookup: a.object.Lookup, Body: []byte("{}")}), fault.Conflict)
	theft := b.object
	theft.Lookup = a.object.Lookup
	wantKind(t, "a lookup taken over", put(b.org, theft), fault.Conflict)
	wantKind(t, "no JSON", put(a.org, store.Object{Sort: "answer", Body: []byte("{")}), fault.Invalid)
	wantKind(t, "no body", put(a.org, store.Object{Sort: "answer"}), fault.Invalid)
	wantKind(t, "an item's sort", put(a.org, store.Object{Sort: "item", Body: []byte("{}")}), fault.Invalid)
	org, id, err := s.Find(ctx, "answer", a.object.Lookup)
	if err != nil || org != a.org || id != a.object.ID {
		t.Errorf("found %s %s, %v", org, id, err)
	}
	_, _, err = s.Find(ctx, "answer", "")
	wantKind(t, "an empty lookup", err, fault.NotFound)
	if err := s.Purge(ctx, a.org, "local", a.secret.Version); err != nil {
		t.Fatal(err)
	}
	_, err = s.Object(ctx, a.org, store.Original, a.secret.ID)
	wantKind(t, "a purged file", err, fault.NotFound)
	if holds(t, dir, "notes of akamatsu") {
		t.Error("the purged file is still there")
	}
	wantSound(t, dir)
}

func TestSearch(t *testing.T) {
	s := open(t, t.TempDir())
	ctx := t.Context()
	x := settle(t, s, "akamatsu")
	i := item("c2.evil.example")
	i.Text = "閉域ＶＰＮ経由で侵入、ﾗﾝｻﾑの脅迫文"
	kept := must(s.PutItems(ctx, x.org, "local", x.incident.ID, []incident.Item{i}))(t)[0]
	for text, want := range map[string]int{
		"侵入": 1, "閉域VPN": 1, "ランサム": 1, "EVIL": 2, "c2.evil": 1, "脅迫 侵入": 1, "侵入 なし": 0, "入": 0, "": 0, `" NOT *`: 0, "侵脅": 0,
	} {
		if got := must(s.Search(ctx, x.org, text, 10))(t); len(got) != want {
			t.Errorf("%q finds %d, want %d", text, len(got), want)
		}
	}
	kept.Text = "別の話"
	must(s.PutItems(ctx, x.org, "local", x.incident.ID, []incident.Item{kept}))(t)
	if got := must(s.Search(ctx, x.org, "侵入", 10))(t); len(got) != 0 {
		t.Errorf("what it said before is found: %+v", got)
	}
}

// found makes an error of nothing, as methods that list give nothing for what is not there.
func found(something bool, err error) error {
	if err == nil && !something {
		return fault.New(fault.NotFound, "store.not-found")
	}
	return err
}

func second(_ int, err error) error { return err }
