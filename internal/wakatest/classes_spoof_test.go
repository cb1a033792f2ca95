package wakatest_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/stix"
	"github.com/wakachi/wakachi/internal/tlp"
	"github.com/wakachi/wakachi/internal/wakatest"
)

// makers gives who made what on a shelf, without the hub's papers.
func makers(t *testing.T, all []parcel.Entry) map[party.Pseudonym][]parcel.Entry {
	t.Helper()
	out := map[party.Pseudonym][]parcel.Entry{}
	for _, e := range all {
		var by struct {
			Maker party.Pseudonym `json:"created_by_ref"`
		}
		if err := json.Unmarshal(e.Raw, &by); err != nil {
			t.Fatal(err)
		}
		if by.Maker != "" && !strings.HasPrefix(e.Type, "wakachi-") {
			out[by.Maker] = append(out[by.Maker], e)
		}
	}
	return out
}

// A member writes in the name of another, of one without a wakachi of its own, and of the hub:
// as the maker of an object, as the identity itself, and by registering the name.
func TestClass23_NobodyWritesInAnothersName(t *testing.T) {
	h := wakatest.New(t)
	h.Share("ransomware", h.ToCommunity())
	a, reader := h.As("member-a-security").Hand(), h.As("member-b-security")
	before := reader.Walk(reader.Shelf("members").ID, 0)
	var victims []party.Pseudonym
	for by, made := range makers(t, before) {
		if slices.ContainsFunc(made, func(e parcel.Entry) bool { return e.Type == "indicator" }) {
			victims = append(victims, by)
		}
	}
	circle, err := h.Relay.Circle(t.Context(), a.Actor, h.Community)
	if err != nil || len(victims) != 1 {
		t.Fatalf("%d made what is there: %v", len(victims), err)
	}
	other := h.As("webserver-security").Hand()
	victims = append(victims, circle.Identity, other.As)
	for _, victim := range victims {
		at := stix.Timestamp(h.Now())
		forged := []json.RawMessage{
			wakatest.Indicator(victim, "forged.example", h.Now()),
			fmt.Appendf(nil, `{"type":"identity","spec_version":"2.1","id":%q,"created":%q,"modified":%q,"name":"forged","identity_class":"organization"}`, victim, at, at),
			fmt.Appendf(nil, `{"type":"identity","spec_version":"2.1","id":%q,"created_by_ref":%q,"created":%q,"modified":%q,"name":"forged","identity_class":"organization"}`, victim, a.As, at, at),
		}
		for k, o := range forged {
			if s := a.Bring(o, a.Seal(wakatest.ParcelID(), []json.RawMessage{o}, nil)); len(wakatest.Failures(s)) == 0 {
				t.Errorf("%s: forgery %d was taken", victim, k)
			}
		}
		h.Refused("registering "+string(victim), a.Register(victim), fault.Conflict, "relay.key-taken")
	}
	for _, e := range reader.Walk(reader.Shelf("members").ID, 0) {
		if strings.Contains(string(e.Raw), "forged") {
			t.Errorf("%s went on", e.ID)
		}
	}
}

// A member brings a later version of what another made, of the year 2099, revoked or with
// another value. Whoever reads goes on reading what the other made.
func TestClass21_StolenTime(t *testing.T) {
	h := wakatest.New(t)
	r := h.Share("ransomware", h.ToCommunity())
	a, reader := h.As("member-a-security").Hand(), h.As("member-b-security")
	shelf := reader.Shelf("members").ID
	before := map[string]string{}
	for _, e := range reader.Walk(shelf, 0) {
		before[e.ID] = string(e.Raw)
	}
	future := time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)
	for id, raw := range before {
		var o map[string]any
		if err := json.Unmarshal([]byte(raw), &o); err != nil {
			t.Fatal(err)
		}
		if o["type"] != "indicator" && o["type"] != "relationship" && o["type"] != "malware" {
			continue
		}
		for _, by := range []any{string(a.As), nil} {
			o["modified"], o["revoked"] = stix.Timestamp(future), true
			if by == nil {
				delete(o, "created_by_ref")
			} else {
				o["created_by_ref"] = by
			}
			stolen, err := json.Marshal(o)
			if err != nil {
				t.Fatal(err)
			}
			if s := a.Bring(stolen, a.Seal(wakatest.ParcelID(), []json.RawMessage{stolen}, nil)); len(wakatest.Failures(s)) == 0 {
				t.Errorf("a later version of %s by %v was taken", id, by)
			}
		}
	}
	for _, e := range reader.Walk(shelf, 0) {
		if was, ok := before[e.ID]; ok && was != string(e.Raw) || strings.Contains(string(e.Raw), `"2099-01-01T`) {
			t.Errorf("%s is another now", e.ID)
		}
	}
	if _, sheet, err := h.Relay.Open(t.Context(), reader.Actor, r.Parcel); err != nil || len(sheet.Lines) != r.Facts {
		t.Errorf("it opens with %d of %d lines: %v", len(sheet.Lines), r.Facts, err)
	}
}

// Papers that are replayed, of another's key, on another's parcel, or older than what holds do
// nothing.
func TestClass23_PapersHoldOnceAndForTheirSigner(t *testing.T) {
	h := wakatest.New(t)
	theirs := h.Share("ransomware", h.ToCommunity())
	a, b, reader := h.As("member-a-security").Hand(), h.As("webserver-security").Hand(), h.As("member-b-security")
	id := wakatest.ParcelID()
	objects := []json.RawMessage{wakatest.Indicator(a.As, "c2-one.example", h.Now())}
	seal := a.Seal(id, objects, nil)
	if s := a.Bring(append(objects, seal)...); len(wakatest.Failures(s)) > 0 {
		t.Fatal(wakatest.Failures(s))
	}
	if !reader.Reads(id) {
		t.Fatal("it did not go on")
	}
	refused := func(what string, x *wakatest.Hand, raw json.RawMessage) {
		t.Helper()
		if s := x.Bring(raw); len(wakatest.Failures(s)) != 1 {
			t.Errorf("%s was taken", what)
		}
	}
	refused("another's seal", b, seal)
	refused("a recall of another's parcel", b, b.TakeBack(id, nil))
	refused("a recall of a parcel of the desk's", b, b.TakeBack(theirs.Parcel, nil))
	refused("a recall that another signed", b, a.TakeBack(id, nil))
	refused("a seal on another's parcel", b, b.Seal(id, objects, nil))
	refused("a weaker label", a, a.TakeBack(id, func(r *parcel.Recall) { r.Action, r.Stricter = parcel.Tighten, tlp.Clear }))
	refused("the same label", a, a.TakeBack(id, func(r *parcel.Recall) { r.Action, r.Stricter = parcel.Tighten, tlp.Amber }))
	refused("somebody else's as its replacement", a, a.TakeBack(id, func(r *parcel.Recall) { r.Action, r.ReplacedBy = parcel.Correct, theirs.Parcel }))
	if !reader.Reads(id) || !reader.Reads(theirs.Parcel) {
		t.Fatal("something was taken away")
	}

	narrower := a.Seal(id, objects, func(w *parcel.Waybill) { w.To.Except = []string{string(h.Org("member-b"))} })
	h.Wait(time.Hour)
	if s := a.Bring(narrower); len(wakatest.Failures(s)) > 0 || reader.Reads(id) {
		t.Errorf("narrowing: %v, member-b reads %v", wakatest.Failures(s), reader.Reads(id))
	}
	a.Bring(seal)
	if reader.Reads(id) {
		t.Error("the old seal widened it again")
	}
	if s := a.Bring(a.TakeBack(id, nil)); len(wakatest.Failures(s)) > 0 {
		t.Errorf("recall: %v", wakatest.Failures(s))
	}
	a.Bring(append(objects, seal)...)
	a.Bring(a.Seal(id, objects, nil))
	for _, login := range []string{"member-b-security", "targeted-security", "hub-security"} {
		if h.As(login).Reads(id) {
			t.Errorf("%s reads it again", login)
		}
	}
}

// A narrower seal that comes before the objects are all there is the one that holds; a recall
// that does keeps them from going on at all.
func TestClass07_ChangesWhileItWaits(t *testing.T) {
	h := wakatest.New(t)
	a := h.As("member-a-security").Hand()
	id, gone := wakatest.ParcelID(), wakatest.ParcelID()
	objects := []json.RawMessage{wakatest.Indicator(a.As, "c2-one.example", h.Now())}
	others := []json.RawMessage{wakatest.Indicator(a.As, "c2-two.example", h.Now())}
	a.Bring(a.Seal(id, objects, nil), a.Seal(gone, others, nil))
	h.Wait(time.Minute)
	a.Bring(a.Seal(id, objects, func(w *parcel.Waybill) { w.To.Except = []string{string(h.Org("member-b"))} }))
	recalled := a.Bring(a.TakeBack(gone, nil))
	h.SetCommunity(func(c *parcel.Community) {
		c.Members = slices.DeleteFunc(c.Members, func(m parcel.Member) bool { return m.Org == h.Org("webserver") })
	})
	a.Bring(objects[0], others[0])
	for login, want := range map[string]bool{"member-b-security": false, "webserver-security": false, "targeted-security": true, "hub-security": true} {
		if got := h.As(login).Reads(id); got != want {
			t.Errorf("%s reads it: %v", login, got)
		}
		if len(wakatest.Failures(recalled)) == 0 && h.As(login).Reads(gone) {
			t.Errorf("%s reads what was said to be taken back", login)
		}
	}
	if a.Bring(a.TakeBack(gone, nil)); h.As("targeted-security").Reads(gone) {
		t.Error("it cannot be taken back")
	}
}

// Who has left while a parcel was on its way brings nothing more, and its key is nobody's.
func TestClass07_WhoLeftBringsNothing(t *testing.T) {
	h := wakatest.New(t)
	a := h.As("member-a-security").Hand()
	id := wakatest.ParcelID()
	objects := []json.RawMessage{wakatest.Indicator(a.As, "c2-one.example", h.Now())}
	a.Bring(a.Seal(id, objects, nil))
	h.SetCommunity(func(c *parcel.Community) {
		c.Members = slices.DeleteFunc(c.Members, func(m parcel.Member) bool { return m.Org == h.Org("member-a") })
	})
	_, err := h.Relay.Add(t.Context(), a.Actor, a.Inbox, objects)
	h.Refused("bringing after leaving", err, fault.NotFound, "store.not-found")
	b := h.As("webserver-security").Hand()
	b.Bring(objects...)
	b.Bring(a.Seal(id, objects, nil))
	if h.As("targeted-security").Reads(id) {
		t.Error("somebody else carried it on")
	}
}

// One who leaves the community between the release and the hub reads nothing; what it sent
// before stands.
func TestClass07_MembersChangeOnTheWay(t *testing.T) {
	hub, far, line := two(t)
	what := far.ToCommunity()
	what.To = away(hub)()
	r := far.Share("ransomware", what)
	hub.SetCommunity(func(c *parcel.Community) {
		c.Members = slices.DeleteFunc(c.Members, func(m parcel.Member) bool { return m.Org == hub.Org("member-b") })
	})
	far.Sync("ransomware", line)
	if hub.As("member-b-security").Reads(r.Parcel) || !hub.As("targeted-security").Reads(r.Parcel) {
		t.Error("who left reads it, or who stayed does not")
	}
}

// An answer that comes twice is one answer, and an old one does not take the place of a later.
func TestClass24_AnAnswerCountsOnce(t *testing.T) {
	h := wakatest.New(t)
	r := h.Share("ransomware", h.ToCommunity())
	a := h.As("member-a-security").Hand()
	say := func(f parcel.Finding) json.RawMessage {
		raw, err := stix.EncodeAnswer(parcel.Answer{Paper: a.Paper("wakachi-answer"), Parcel: r.Parcel, Finding: f}, a.Sign)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	old, now := say(parcel.CannotSearch), say(parcel.NoLogs)
	for _, x := range []json.RawMessage{old, now, old, old} {
		if s := a.Bring(x); len(wakatest.Failures(s)) > 0 {
			t.Error(wakatest.Failures(s))
		}
	}
	a.Bring(now, old, now)
	e := h.As("ransomware-security").Effect(r.Parcel)
	if len(e.Answers) != 2 || e.Tally.NoLogs != 1 || e.Tally.CannotSearch != 0 {
		t.Errorf("%d answers, %+v", len(e.Answers), e.Tally)
	}
}
