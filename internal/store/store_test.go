package store_test

import (
	"crypto/rand"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/store"
	"github.com/wakachi/wakachi/internal/tlp"
)

var day = time.Date(2026, 5, 18, 10, 15, 0, 0, time.UTC)

func options() store.Options {
	return store.Options{Now: func() time.Time { return day }, Random: rand.Reader}
}

func open(t testing.TB, dir string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), dir, options())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func item(value string) incident.Item {
	return incident.Item{
		Kind: incident.Destination, Status: incident.Observed, Role: incident.C2,
		Value: indicator.Value{Type: indicator.Domain, Value: value}, Text: "通信先 " + value,
	}
}

func sealed(id, body string) parcel.Parcel {
	return parcel.Seal(parcel.ID(id), "application/stix+json;version=2.1", []byte(body), tlp.Amber, party.Community,
		"identity--6f1a1c4e-0d0b-4f0e-9b52-1f3f3c1f9d10", day)
}

// A tenant is an organisation with one of everything.
type tenant struct {
	org      party.OrgID
	incident incident.Incident
	items    []incident.Item
	decision store.Decision
	parcel   parcel.Parcel
	object   store.Object
	secret   store.Object
}

func settle(t testing.TB, s *store.Store, name string) tenant {
	t.Helper()
	ctx := t.Context()
	x := tenant{org: must(s.CreateOrganisation(ctx, "local", name))(t).ID}
	x.incident = must(s.OpenIncident(ctx, x.org, "local", name+"-kestrel"))(t)
	x.items = must(s.PutItems(ctx, x.org, "local", x.incident.ID, []incident.Item{item(name + ".evil.example"), item(name + ".worse.example")}))(t)
	x.decision = must(s.RecordDecision(ctx, x.org, "local", store.Decision{
		Incident: x.incident.ID, Item: x.items[0].ID, Outcome: "share", Reason: incident.Reason{Code: "gate.share", Point: "Q26"},
	}))(t)
	x.object = store.Object{Sort: "answer", Parent: string(x.incident.ID), Lookup: "answer of " + name, Body: []byte(`{"why": "` + name + `"}`)}
	x.secret = store.Object{Sort: store.Original, Parent: string(x.incident.ID), Body: []byte("notes of " + name)}
	if err := s.Act(ctx, x.org, "local", func(w *store.Writing) error {
		return errors.Join(w.Put(&x.object, "given"), w.Put(&x.secret, "kept"), w.Note("signed-in", "local"))
	}); err != nil {
		t.Fatal(err)
	}
	x.parcel = sealed("parcel-"+name, `{"of":"`+name+`"}`)
	if err := s.SealParcel(ctx, x.org, "local", x.incident.ID, x.parcel); err != nil {
		t.Fatal(err)
	}
	return x
}

func wantKind(t testing.TB, what string, err error, kind fault.Kind) {
	t.Helper()
	if err == nil || fault.KindOf(err) != kind {
		t.Errorf("%s: %v (%v), want %v", what, err, fault.KindOf(err), kind)
	}
}

func check(t testing.TB, dir string) store.Report {
	t.Helper()
	return must(store.Check(t.Context(), dir, nil))(t)
}

func wantSound(t testing.TB, dir string) store.Report {
	t.Helper()
	r := check(t, dir)
	if len(r.Faults) > 0 {
		t.Fatalf("check found %q", r.Faults)
	}
	return r
}

// copyOf copies a data directory whose store is closed or was killed.
func copyOf(t testing.TB, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return to
}

// tamper opens the file behind the store's back.
func tamper(t testing.TB, dir string, statements ...string) {
	t.Helper()
	db := must(sql.Open("sqlite", filepath.Join(dir, "wakachi.db")))(t)
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// What was kept is there after the directory was closed and opened again.
func TestKeeps(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "data? 100%")
	s := open(t, dir)
	x := settle(t, s, "akamatsu")
	s.Close()
	s = open(t, dir)
	ctx := t.Context()
	if o := must(s.Organisation(ctx, x.org))(t); o.Name != "akamatsu" || !o.Created.Equal(day) {
		t.Errorf("organisation: %+v", o)
	}
	if got := must(s.Incidents(ctx, x.org))(t); !reflect.DeepEqual(got, []incident.Incident{x.incident}) {
		t.Errorf("incidents: %+v", got)
	}
	if got := must(s.Items(ctx, x.org, x.incident.ID))(t); !reflect.DeepEqual(got, x.items) {
		t.Errorf("items: %+v, want %+v", got, x.items)
	}
	if got := must(s.Decisions(ctx, x.org, x.incident.ID))(t); !reflect.DeepEqual(got, []store.Decision{x.decision}) {
		t.Errorf("decisions: %+v", got)
	}
	if got := must(s.ReadParcel(ctx, x.org, x.parcel.ID()))(t); !reflect.DeepEqual(got, x.parcel) {
		t.Errorf("parcel: %+v", got)
	}
	if got := must(s.Parcels(ctx, x.org, x.incident.ID))(t); len(got) != 1 {
		t.Errorf("parcels: %+v", got)
	}
	var acts []string
	for _, a := range must(s.History(ctx, x.org))(t) {
		acts = append(acts, string(a.Act))
	}
	if want := strings.Fields("organisation.created incident.opened item.changed item.changed decision.made answer.given original.kept note.signed-in parcel.sealed"); !slices.Equal(acts, want) {
		t.Errorf("history: %q", acts)
	}
	if r := wantSound(t, dir); r.Entries != 9 || r.Rows["items"] != 2 || r.Root == "" {
		t.Errorf("report: %+v", r)
	}
}

// Every field of an item survives, so that one added later cannot be forgotten here.
func TestEveryFieldOfAnItem(t *testing.T) {
	s := open(t, t.TempDir())
	x := settle(t, s, "akamatsu")
	var full incident.Item
	fill(t, reflect.ValueOf(&full).Elem(), "Item")
	full.ID, full.Marks = "", 1<<9-1
	put := must(s.PutItems(t.Context(), x.org, "local", x.incident.ID, []incident.Item{full}))(t)[0]
	if got := must(s.Item(t.Context(), x.org, put.ID))(t); !reflect.DeepEqual(got, put) {
		t.Errorf("got  %+v\nwant %+v", got, put)
	}
	wantSoundOpen(t, s)
}

func fill(t *testing.T, v reflect.Value, path string) {
	switch v.Interface().(type) {
	case incident.Moment:
		v.Set(reflect.ValueOf(incident.Moment{At: day, Exact: true, Zoned: true}))
		return
	case tlp.Label:
		v.Set(reflect.ValueOf(tlp.Green))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(path)
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Uint16:
		v.SetUint(8443)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			fill(t, v.Index(i), path)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i), v.Type().Field(i).Name)
		}
	default:
		t.Fatalf("%s: no value for a %s", path, v.Kind())
	}
}

func wantSoundOpen(t *testing.T, s *store.Store) {
	t.Helper()
	if err := s.Ready(t.Context()); err != nil {
		t.Error(err)
	}
}

// An item with an id replaces what was there; its place in the list stays.
func TestItemsChange(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	x := settle(t, s, "akamatsu")
	ctx := t.Context()
	changed := x.items[0]
	changed.Role = incident.Delivery
	must(s.PutItems(ctx, x.org, "local", x.incident.ID, []incident.Item{changed}))(t)
	if got := must(s.Items(ctx, x.org, x.incident.ID))(t); got[0].Role != incident.Delivery || got[1].ID != x.items[1].ID {
		t.Errorf("items: %+v", got)
	}
	other := must(s.OpenIncident(ctx, x.org, "local", "heron"))(t)
	_, err := s.PutItems(ctx, x.org, "local", other.ID, []incident.Item{item("new.example"), changed})
	wantKind(t, "an item of another incident", err, fault.Conflict)
	if got := must(s.Items(ctx, x.org, other.ID))(t); len(got) != 0 {
		t.Errorf("half of a refused act is there: %+v", got)
	}
	wantSound(t, dir)
}

func TestRefuses(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	x := settle(t, s, "akamatsu")
	ctx := t.Context()
	before := len(must(s.History(ctx, x.org))(t))
	noKind := item("x.example")
	noKind.Kind = ""
	badID := item("x.example")
	badID.ID = "山田\n"
	for _, i := range []incident.Item{noKind, badID} {
		_, err := s.PutItems(ctx, x.org, "local", x.incident.ID, []incident.Item{i})
		wantKind(t, "a bad item", err, fault.Invalid)
	}
	_, err := s.OpenIncident(ctx, x.org, "", "kestrel")
	wantKind(t, "nobody's act", err, fault.Invalid)
	_, err = s.OpenIncident(ctx, x.org, "a\nb", "kestrel")
	wantKind(t, "an actor of two lines", err, fault.Invalid)
	wantKind(t, "a parcel twice", s.SealParcel(ctx, x.org, "local", x.incident.ID, x.parcel), fault.Conflict)
	wantKind(t, "an empty parcel", s.SealParcel(ctx, x.org, "local", x.incident.ID, parcel.Parcel{}), fault.Invalid)
	unlabelled := parcel.Seal("p", "m", []byte("b"), tlp.Unknown, party.Hub, "s", day)
	wantKind(t, "a parcel without a label", s.SealParcel(ctx, x.org, "local", x.incident.ID, unlabelled), fault.Invalid)
	if after := len(must(s.History(ctx, x.org))(t)); after != before {
		t.Errorf("%d acts were recorded of what was refused", after-before)
	}
	wantSound(t, dir)
}

// Text from outside may hold anything; what was kept is sound all the same.
func TestOddText(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	ctx := t.Context()
	odd := "𠮷\x00\xff\u2028<&'\"; DROP TABLE items;--\n"
	o := must(s.CreateOrganisation(ctx, "local", odd))(t)
	i := must(s.OpenIncident(ctx, o.ID, "local", odd))(t)
	put := must(s.PutItems(ctx, o.ID, "local", i.ID, []incident.Item{item(odd)}))(t)
	must(s.RecordDecision(ctx, o.ID, "local", store.Decision{Incident: i.ID, Item: put[0].ID, Outcome: odd}))(t)
	if err := s.SealParcel(ctx, o.ID, "local", i.ID, sealed("parcel", odd)); err != nil {
		t.Fatal(err)
	}
	if got := must(s.Item(ctx, o.ID, put[0].ID))(t); got.Value.Value != strings.ToValidUTF8(odd, "\ufffd") {
		t.Errorf("got %q", got.Value.Value)
	}
	if got := must(s.ReadParcel(ctx, o.ID, "parcel"))(t); string(got.Body()) != odd {
		t.Errorf("got %q", got.Body())
	}
	wantSound(t, dir)
}
