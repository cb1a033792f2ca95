package wakatest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/relay"
	"github.com/wakachi/wakachi/internal/store"
	"github.com/wakachi/wakachi/internal/tlp"
	"github.com/wakachi/wakachi/internal/wakatest"
)

// holds says whether any object of a shelf has a text in it.
func holds(p *wakatest.Person, shelf parcel.CollectionID, text string) bool {
	return slices.ContainsFunc(p.Walk(shelf, 0), func(e parcel.Entry) bool { return strings.Contains(string(e.Raw), text) })
}

// Two parcels of different senders give the same observable. Taking one back leaves what the
// other gives, for those who have it from the other and for nobody else.
func TestClass15_TakingOneBackLeavesTheOther(t *testing.T) {
	h := wakatest.New(t)
	a, b := h.As("member-a-security").Hand(), h.As("webserver-security").Hand()
	shared := wakatest.Domain("both.example", wakatest.UUID())
	one, two := wakatest.ParcelID(), wakatest.ParcelID()
	ofA := []json.RawMessage{wakatest.Indicator(a.As, "only-a.example", h.Now()), shared}
	ofB := []json.RawMessage{wakatest.Indicator(b.As, "only-b.example", h.Now()), shared}
	a.Bring(append(ofA, a.Seal(one, ofA, nil))...)
	notMemberB := func(w *parcel.Waybill) { w.To.Except = []string{string(h.Org("member-b"))} }
	if s := b.Bring(append(ofB, b.Seal(two, ofB, notMemberB))...); len(wakatest.Failures(s)) > 0 {
		t.Fatal(wakatest.Failures(s))
	}
	reader, without := h.As("targeted-security"), h.As("member-b-security")
	shelf := reader.Shelf("members").ID
	if !holds(reader, shelf, "both.example") || !holds(without, shelf, "both.example") || holds(without, shelf, "only-b.example") {
		t.Fatal("it is not laid as it should be")
	}
	if s := a.Bring(a.TakeBack(one, nil)); len(wakatest.Failures(s)) > 0 {
		t.Fatal(wakatest.Failures(s))
	}
	if !holds(reader, shelf, "both.example") || !holds(reader, shelf, "only-b.example") || holds(reader, shelf, "only-a.example") || !reader.Reads(two) {
		t.Error("what the other parcel gives is not as it was")
	}
	if holds(without, shelf, "both.example") || holds(without, shelf, "only-a.example") {
		t.Error("who had it of the first alone still has it")
	}
	if s := b.Bring(b.TakeBack(two, nil)); len(wakatest.Failures(s)) > 0 { // its objects lie there for two audiences
		t.Fatal(wakatest.Failures(s))
	}
	if holds(reader, shelf, "both.example") {
		t.Error("it is there after both were taken back")
	}
	sound(t, h)
}

// What lies on a shelf for several audiences, since it came with several parcels of one
// sender, can be taken back: each of them, in any order.
func TestClass15_OverlappingParcelsOfOneSender(t *testing.T) {
	h := wakatest.New(t)
	a := h.As("member-a-security").Hand()
	shared := wakatest.Domain("both.example", wakatest.UUID())
	var ids []parcel.ID
	for _, except := range []string{"member-b", "webserver", "targeted"} {
		id := wakatest.ParcelID()
		in := []json.RawMessage{shared, wakatest.Indicator(a.As, "of-"+except+".example", h.Now())}
		if s := a.Bring(append(in, a.Seal(id, in, func(w *parcel.Waybill) { w.To.Except = []string{string(h.Org(except))} }))...); len(wakatest.Failures(s)) > 0 {
			t.Fatal(wakatest.Failures(s))
		}
		ids = append(ids, id)
	}
	shelf := a.Shelf("members").ID
	reads := func() (out string) {
		for _, org := range []string{"member-b", "webserver", "targeted", "ransomware"} {
			n := 0
			for _, e := range h.As(org+"-security").Walk(shelf, 0) {
				if strings.Contains(string(e.Raw), "both.example") {
					n++
				}
			}
			out += fmt.Sprint(n)
		}
		return out
	}
	for k, want := range []string{"1111", "1101", "0000"} {
		if k > 0 {
			if s := a.Bring(a.TakeBack(ids[[]int{0, 1, 0}[k]], nil)); len(wakatest.Failures(s)) > 0 {
				t.Fatal(wakatest.Failures(s))
			}
		}
		if k == 2 {
			if s := a.Bring(a.TakeBack(ids[2], nil), a.TakeBack(ids[0], nil)); len(wakatest.Failures(s)) > 0 {
				t.Fatal(wakatest.Failures(s))
			}
		}
		if got := reads(); k != 1 && got != want {
			t.Errorf("after %d: each has it %s times, want %s", k, got, want)
		}
	}
	sound(t, h)
}

// After a recall, and after a purge, the value is in no file of the data directory.
func TestClass16_RecalledIsGoneFromTheShelf(t *testing.T) {
	h := wakatest.New(t)
	a := h.As("member-a-security").Hand()
	id := wakatest.ParcelID()
	in := []json.RawMessage{wakatest.Indicator(a.As, "canary-recalled.example", h.Now())}
	a.Bring(append(in, a.Seal(id, in, nil))...)
	reader := h.As("member-b-security")
	if !holds(reader, reader.Shelf("members").ID, "canary-recalled") {
		t.Fatal("it was not there")
	}
	if _, _, err := h.Relay.Open(t.Context(), reader.Actor, id); err != nil {
		t.Fatal(err)
	}
	a.Bring(a.TakeBack(id, nil))
	for _, login := range []string{"member-b-security", "hub-security", "member-a-security"} {
		p := h.As(login)
		all, err := h.Relay.Collections(t.Context(), p.Actor)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range all {
			if c.CanRead && holds(p, c.ID, "canary-recalled") {
				t.Errorf("%s reads it in %s", login, c.Title)
			}
		}
		for _, name := range []string{"stix", "csv", "list", "sheet"} {
			_, body, err := h.Relay.Form(t.Context(), p.Actor, id, name)
			if err == nil {
				t.Errorf("%s gets the %s: %s", login, name, body)
			}
		}
	}
	h.Store.Close()
	for name, data := range files(t, h.Dir) {
		if bytes.Contains(data, []byte("canary-recalled")) {
			t.Errorf("%s holds it", name)
		}
	}
}

func files(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		out[d.Name()] = data
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// What was narrowed twice, from one member after the other, tells each of them, and each can
// acknowledge, whoever was first.
func TestClass14_EachLoserIsTold(t *testing.T) {
	h := wakatest.New(t)
	r := h.Share("ransomware", h.ToCommunity())
	sharer := h.As("ransomware-security")
	for _, org := range []string{"member-a", "member-b"} {
		sharer.Recall(r.Parcel, relay.Order{Action: parcel.Narrow, Reason: parcel.WrongAudience, Except: []party.OrgID{h.Org(org)}})
		h.Wait(time.Hour)
	}
	sharer.Recall(r.Parcel, relay.Order{Action: parcel.Retract, Reason: parcel.Harm})
	for _, org := range []string{"member-a", "member-b", "webserver"} {
		p := h.As(org + "-security")
		all, err := h.Relay.Shared(t.Context(), p.Actor)
		if err != nil || len(all) != 1 || all[0].Recall == nil {
			t.Errorf("%s is not told any more: %+v, %v", org, all, err)
			continue
		}
		if err := h.Relay.Acknowledge(t.Context(), p.Actor, r.Parcel, true, ""); err != nil {
			t.Errorf("%s cannot acknowledge: %v", org, err)
		}
	}
	done := 0
	for _, x := range sharer.Effect(r.Parcel).Receivers {
		if x.Done {
			done++
		}
	}
	if done != 3 {
		t.Errorf("%d acknowledgements are shown", done)
	}
}

// A label is tightened, and then it is taken back, within one second, or with a hub's clock
// that was set back a year in between: receivers elsewhere end with the last that was done.
func TestClass20_RecallsWithinOneSecond(t *testing.T) {
	for _, jump := range []time.Duration{0, -365 * 24 * time.Hour, time.Hour} {
		hub, far, line := two(t)
		r, stays := hub.Share("ransomware", hub.ToCommunity()), hub.Share("webserver", hub.ToCommunity())
		far.Sync("member-a", line)
		hub.Wait(jump)
		for id, p := range map[parcel.ID]*wakatest.Person{r.Parcel: hub.As("ransomware-security"), stays.Parcel: hub.As("webserver-security")} {
			p.Recall(id, relay.Order{Action: parcel.Tighten, Reason: parcel.Harm, Stricter: tlp.AmberStrict})
		}
		far.Sync("member-a", line)
		hub.Wait(jump)
		hub.As("ransomware-security").Recall(r.Parcel, relay.Order{Action: parcel.Retract, Reason: parcel.Harm})
		far.Sync("member-a", line)
		all, err := far.Relay.Shared(t.Context(), far.As("member-a-security").Actor)
		if err != nil || len(all) != 2 {
			t.Fatalf("%d, %v", len(all), err)
		}
		for _, s := range all {
			if s.Reading != (s.Parcel == stays.Parcel) || s.Label != tlp.AmberStrict {
				t.Errorf("after %s: reading %v under %s", jump, s.Reading, s.Label)
			}
			if s.Reading {
				if _, sheet, err := far.Relay.Open(t.Context(), far.As("member-a-security").Actor, s.Parcel); err != nil || len(sheet.Lines) == 0 {
					t.Errorf("after %s it does not open: %v", jump, err)
				}
			}
		}
	}
}

// A hub cannot take back, replace or relabel what came from another hub, though it knows the
// parcel's id.
func TestClass23_AHubSpeaksForItsOwn(t *testing.T) {
	hub, far, line := two(t)
	evil := wakatest.New(t)
	line.Hubs["https://evil.example/"] = evil
	far.Link("member-a", line, "https://evil.example/", evil, evil.Invite("far-member-a"))
	r := hub.Share("ransomware", hub.ToCommunity())
	far.Sync("member-a", line)
	hand := evil.As("member-a-security").Hand()
	in := []json.RawMessage{wakatest.Indicator(hand.As, "evil.example", evil.Now())}
	evil.Wait(time.Hour)
	if s := hand.Bring(append(in, hand.Seal(r.Parcel, in, nil))...); len(wakatest.Failures(s)) > 0 {
		t.Fatal(wakatest.Failures(s))
	}
	member := far.As("member-a-security").Actor
	stands := func(what string) {
		t.Helper()
		if did := far.Sync("member-a", line); did.Refused == 0 {
			t.Errorf("%s was not refused: %+v", what, did)
		}
		_, sheet, err := far.Relay.Open(t.Context(), member, r.Parcel)
		if err != nil || len(sheet.Lines) != r.Facts {
			t.Errorf("after %s: %d lines, %v", what, len(sheet.Lines), err)
		}
	}
	stands("a seal")
	hand.Bring(hand.TakeBack(r.Parcel, nil))
	stands("a recall")
}

// A member was away when something was shared and taken back, and knows only of the recall.
// Then the hub is set back to before it. The member still takes part, and does not have it.
func TestClass14_RecallOfWhatNeverCame(t *testing.T) {
	hub, far, line := two(t)
	r := hub.Share("ransomware", hub.ToCommunity())
	then := hub.Backup()
	hub.Wait(time.Hour)
	hub.As("ransomware-security").Recall(r.Parcel, relay.Order{Action: parcel.Retract, Reason: parcel.Harm})
	hub.Share("webserver", hub.ToCommunity())
	far.Sync("member-a", line)
	hub.Restore(then)
	later := hub.Share("targeted", hub.ToCommunity())
	for range 3 {
		far.Sync("member-a", line)
	}
	all, err := far.Relay.Shared(t.Context(), far.As("member-a-security").Actor)
	if err != nil {
		t.Fatal(err)
	}
	got := false
	for _, s := range all {
		if s.Parcel == r.Parcel && s.Reading {
			t.Error("what was taken back is read")
		}
		got = got || s.Parcel == later.Parcel && s.Reading
	}
	if !got {
		t.Error("what came later did not come")
	}
}

// What a hub refuses waits and keeps nothing else: later parcels go, recalls come.
func TestClass59_OneRefusalStopsNothing(t *testing.T) {
	hub, far, line := two(t)
	stays := hub.Share("webserver", hub.ToCommunity())
	far.Sync("ransomware", line)
	what := far.ToCommunity()
	what.To = away(hub)()
	strict := far.Share("ransomware", what)
	hub.SetCommunity(func(c *parcel.Community) { c.Ceiling = tlp.Green })
	what.Label = tlp.Green
	green := far.Share("ransomware", what)
	hub.As("webserver-security").Recall(stays.Parcel, relay.Order{Action: parcel.Retract, Reason: parcel.Harm})
	_, err := far.Relay.Sync(t.Context(), far.Org("ransomware"), line)
	far.Refused("a label the hub no longer takes", err, fault.Withheld, "")
	reader := hub.As("member-b-security")
	if reader.Reads(strict.Parcel) || !reader.Reads(green.Parcel) {
		t.Error("the refused went on, or kept the other")
	}
	all, err := far.Relay.Shared(t.Context(), far.As("ransomware-security").Actor)
	if err != nil || len(all) != 1 || all[0].Reading {
		t.Errorf("the recall did not come: %+v, %v", all, err)
	}
	if _, err := far.Relay.Sync(t.Context(), far.Org("ransomware"), line); fault.KindOf(err) != fault.Withheld { // brings the acknowledgement
		t.Error(err)
	}
	if n, _, err := far.Relay.Waiting(t.Context(), far.As("ransomware-security").Actor); err != nil || n != 1 {
		t.Errorf("%d wait, %v", n, err)
	}
}

// A marking is made stricter and cannot be made weaker, by nobody and over no path; those
// elsewhere have the same in the end.
func TestClass17_MarkingsFollow(t *testing.T) {
	hub, far, line := two(t)
	what := hub.ToCommunity()
	what.Label = tlp.Green
	r := hub.Share("ransomware", what)
	far.Sync("member-a", line)
	sharer, member := hub.As("ransomware-security"), far.As("member-a-security")
	for _, l := range []tlp.Label{tlp.Amber, tlp.AmberStrict} {
		sharer.Recall(r.Parcel, relay.Order{Action: parcel.Tighten, Reason: parcel.Harm, Stricter: l})
		for weaker := tlp.Unknown; weaker <= l; weaker++ {
			err := hub.Relay.Recall(t.Context(), sharer.Actor, r.Parcel, relay.Order{Action: parcel.Tighten, Reason: parcel.Harm, Stricter: weaker})
			hub.Refused(fmt.Sprint("from ", l, " to ", weaker), err, fault.Invalid, "relay.recall.stricter")
		}
		far.Sync("member-a", line)
		near, _, err1 := hub.Relay.Open(t.Context(), hub.As("member-b-security").Actor, r.Parcel)
		there, sheet, err2 := far.Relay.Open(t.Context(), member.Actor, r.Parcel)
		if err1 != nil || err2 != nil || near.Label != l || there.Label != l || sheet.Label != l {
			t.Errorf("%s: here %s, there %s, on the sheet %s: %v %v", l, near.Label, there.Label, sheet.Label, err1, err2)
		}
		_, body, err := far.Relay.Form(t.Context(), member.Actor, r.Parcel, "stix")
		if err != nil || strings.Contains(string(body), "bab4a63c-aed9-4cf5-a766-dfca5abac2bb") {
			t.Errorf("the file still bears TLP:GREEN: %v", err)
		}
	}
	hub.Store.Close()
	if found, err := store.Check(t.Context(), hub.Dir, nil); err != nil || len(found.Faults) > 0 {
		t.Errorf("check: %v %q", err, found.Faults)
	}
}

// A member elsewhere was away when it lost a parcel, and then the others lost it, too. It is
// still told.
func TestClass14_TheFirstLoserIsStillTold(t *testing.T) {
	hub, far, line := two(t)
	r := hub.Share("ransomware", hub.ToCommunity())
	far.Sync("member-a", line)
	c, err := hub.Office.Kept(t.Context(), hub.Org("hub"), hub.Community)
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(c.Members, func(m parcel.Member) bool { return m.Name == "far-member-a" })
	sharer := hub.As("ransomware-security")
	sharer.Recall(r.Parcel, relay.Order{Action: parcel.Narrow, Reason: parcel.WrongAudience, Except: []party.OrgID{c.Members[at].Org}})
	sharer.Recall(r.Parcel, relay.Order{Action: parcel.Retract, Reason: parcel.Harm})
	far.Sync("member-a", line)
	all, err := far.Relay.Shared(t.Context(), far.As("member-a-security").Actor)
	if err != nil || len(all) != 1 || all[0].Reading || all[0].Recall == nil {
		t.Errorf("it has %+v, %v", all, err)
	}
	far.Sync("member-a", line)
	done := 0
	for _, x := range sharer.Effect(r.Parcel).Receivers {
		if x.Done {
			done++
		}
	}
	if done != 1 {
		t.Errorf("%d acknowledgements came", done)
	}
}
