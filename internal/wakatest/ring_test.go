package wakatest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/relay"
	"github.com/wakachi/wakachi/internal/store"
	"github.com/wakachi/wakachi/internal/wakatest"
)

// two gives a hub's House and a House whose "ransomware" and "member-a" take part there.
func two(t *testing.T) (hub, far *wakatest.House, line *wakatest.Line) {
	t.Helper()
	hub, far = wakatest.New(t), wakatest.New(t)
	line = &wakatest.Line{Hubs: map[string]*wakatest.House{"https://hub.example/": hub}, Page: 7}
	for _, org := range []string{"ransomware", "member-a"} {
		far.Link(org, line, "https://hub.example/", hub, hub.Invite("far-"+org))
	}
	return hub, far, line
}

// away is a proposal to the hub's community.
func away(hub *wakatest.House) (what func() parcel.Audience) {
	return func() parcel.Audience { return parcel.Audience{Community: hub.Community, Reach: party.Community} }
}

// A victim with a wakachi of its own shares through a hub elsewhere: sealed by its key, passed
// on under the hub's, read by members here and there, answered, and taken back everywhere.
func TestShareThroughAHubElsewhere(t *testing.T) {
	hub, far, line := two(t)
	what := far.ToCommunity()
	what.To = away(hub)()
	r := far.Share("ransomware", what)
	if did := far.Sync("ransomware", line); did.Sent != 1 {
		t.Fatalf("sync: %+v", did)
	}
	near := hub.As("member-b-security")
	if !near.Reads(r.Parcel) {
		t.Fatal("a member at the hub does not read it")
	}
	_, sheet, err := hub.Relay.Open(t.Context(), near.Actor, r.Parcel)
	if err != nil || len(sheet.Lines) < 5 {
		t.Fatalf("it opens with %d lines: %v", len(sheet.Lines), err)
	}
	if did := far.Sync("member-a", line); did.Received != 1 || did.Refused != 0 {
		t.Fatalf("the far member: %+v", did)
	}
	member := far.As("member-a-security")
	shared, err := far.Relay.Shared(t.Context(), member.Actor)
	if err != nil || len(shared) != 1 || !shared[0].Reading || shared[0].Facts != len(sheet.Lines) {
		t.Fatalf("the far member has %+v: %v", shared, err)
	}
	member.Answer(r.Parcel, parcel.Answer{Finding: parcel.NoLogs})
	far.Sync("member-a", line)
	if e := hub.As("hub-security").Effect(r.Parcel); e.Tally.NoLogs != 1 {
		t.Errorf("the hub has %+v", e.Tally)
	}
	far.Sync("ransomware", line)
	if e := far.As("ransomware-security").Effect(r.Parcel); e.Tally.NoLogs != 1 || len(e.Answers) != 1 || e.State != "standing" {
		t.Errorf("the far sharer hears %+v", e)
	}
	far.As("ransomware-security").Recall(r.Parcel, relay.Order{Action: parcel.Retract, Reason: parcel.Harm})
	far.Sync("ransomware", line)
	if near.Reads(r.Parcel) {
		t.Error("it is still read at the hub")
	}
	if did := far.Sync("member-a", line); did.Recalled != 1 {
		t.Errorf("the far member was not told: %+v", did)
	}
	far.Sync("member-a", line) // brings the acknowledgement
	if shared, _ := far.Relay.Shared(t.Context(), member.Actor); len(shared) != 1 || shared[0].Reading || shared[0].Recall == nil {
		t.Errorf("the far member has %+v", shared)
	}
	e := hub.As("hub-security").Effect(r.Parcel)
	done := 0
	for _, x := range e.Receivers {
		if x.Done {
			done++
		}
	}
	if done != 1 {
		t.Errorf("%d acknowledged: %+v", done, e.Receivers)
	}
	for _, h := range []*wakatest.House{hub, far} {
		h.Store.Close()
		if found, err := store.Check(t.Context(), h.Dir, nil); err != nil || len(found.Faults) > 0 {
			t.Errorf("check: %v %q", err, found.Faults)
		}
	}
}

// Nothing of who shared it is in what a hub elsewhere passes on: every name, host and account
// of the victim is looked for in every byte.
func TestClass05_23_NothingOfTheSenderPassesOn(t *testing.T) {
	hub, far, line := two(t)
	what := far.ToCommunity()
	what.To = away(hub)()
	far.Share("ransomware", what)
	far.Sync("ransomware", line)
	near := hub.As("member-b-security")
	var out strings.Builder
	for _, e := range near.Walk(near.Shelf("members").ID, 0) {
		out.Write(e.Raw)
	}
	for _, canary := range []string{"青葉", "akgh", "AKGH", "far-ransomware", string(far.Org("ransomware")), "ransomware-security", string(far.Community)} {
		if canary != "" && strings.Contains(out.String(), canary) {
			t.Errorf("%q is in what was passed on", canary)
		}
	}
}

// A thousand rounds without news write nothing, in a ring of three.
func TestClass19_NoNewsWritesNothing(t *testing.T) {
	rounds := 1000
	if testing.Short() {
		rounds = 50
	}
	var ring []*wakatest.House
	line := &wakatest.Line{Hubs: map[string]*wakatest.House{}}
	for k := range 3 {
		h := wakatest.New(t)
		ring = append(ring, h)
		line.Hubs[fmt.Sprintf("https://node-%d.example/", k)] = h
	}
	for k, h := range ring {
		next := (k + 1) % 3
		h.Link("ransomware", line, fmt.Sprintf("https://node-%d.example/", next), ring[next], ring[next].Invite(fmt.Sprintf("node-%d", k)))
	}
	for k, h := range ring {
		what := h.ToCommunity()
		what.To = away(ring[(k+1)%3])()
		h.Share("ransomware", what)
		h.Share("webserver", h.ToCommunity()) // a parcel of its own circle, which the one before fetches
	}
	for range 4 { // until all have all
		for _, h := range ring {
			h.Sync("ransomware", line)
		}
	}
	size := func() (out []string) {
		for _, h := range ring {
			c, err := h.Store.Checkpoint(t.Context(), h.Org("ransomware"))
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, string(c))
		}
		return out
	}
	before := size()
	for range rounds {
		for _, h := range ring {
			if did := h.Sync("ransomware", line); did != (relay.Sync{}) {
				t.Fatalf("a round without news did %+v", did)
			}
		}
	}
	if after := size(); !slices.Equal(before, after) {
		t.Errorf("the ledgers grew from %q to %q", before, after)
	}
}

// One member is off line while something is recalled, another goes back to an older backup,
// and then the hub does: in the end nobody has it, and nobody who joins later meets it.
func TestClass14_RecallReachesWhoWasAway(t *testing.T) {
	hub, far, line := two(t)
	other := wakatest.New(t)
	other.Link("member-a", line, "https://hub.example/", hub, hub.Invite("other"))
	r := hub.Share("ransomware", hub.ToCommunity())
	stays := hub.Share("webserver", hub.ToCommunity())
	has := func(h *wakatest.House) bool {
		t.Helper()
		all, err := h.Relay.Shared(t.Context(), h.As("member-a-security").Actor)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(all, func(s parcel.Shared) bool { return s.Parcel == stays.Parcel && s.Reading }) {
			t.Error("what stands is not there")
		}
		return slices.ContainsFunc(all, func(s parcel.Shared) bool { return s.Parcel == r.Parcel && s.Reading })
	}
	far.Sync("member-a", line)
	other.Sync("member-a", line)
	if !has(far) || !has(other) {
		t.Fatal("they do not have it")
	}
	otherThen, hubThen := other.Backup(), hub.Backup()

	hub.Wait(time.Hour)
	hub.As("ransomware-security").Recall(r.Parcel, relay.Order{Action: parcel.Retract, Reason: parcel.Harm})
	line.Cut = true
	if _, err := far.Relay.Sync(t.Context(), far.Org("member-a"), line); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("off line: %v", err)
	}
	line.Cut = false
	other.Sync("member-a", line)
	if has(other) {
		t.Error("the other still has it")
	}
	other.Restore(otherThen)
	if !has(other) {
		t.Fatal("the backup is not an older one")
	}
	for range 2 {
		far.Sync("member-a", line)
		other.Sync("member-a", line)
	}
	if has(far) || has(other) {
		t.Error("it came back")
	}

	hub.Restore(hubThen) // the hub forgets that it was recalled; its members do not
	line.Hubs["https://hub.example/"] = hub
	for range 3 {
		far.Sync("member-a", line)
		other.Sync("member-a", line)
	}
	if has(far) || has(other) || hub.As("member-b-security").Reads(r.Parcel) {
		t.Error("after the hub was set back it came back")
	}
}

// Objects that no seal covers, or that somebody else sealed, go on to nobody.
func TestClass23_UnsealedAndWronglySealedGoNowhere(t *testing.T) {
	hub, far, line := two(t)
	what := far.ToCommunity()
	what.To = away(hub)()
	r := far.Share("ransomware", what)
	near := hub.As("member-b-security")
	_, bundle, err := far.Office.Rendered(t.Context(), far.As("ransomware-security").Actor, r.ID, "stix")
	if err != nil {
		t.Fatal(err)
	}
	objects := split(t, bundle)
	inbox := near.Shelf("inbox")
	s, err := hub.Relay.Add(t.Context(), near.Actor, inbox.ID, objects) // by another member, without a seal
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for _, x := range s.Results {
		if x.Failure != "" {
			refused++
		}
	}
	if refused == 0 {
		t.Error("objects of another's pseudonym were taken")
	}
	for _, e := range near.Walk(near.Shelf("members").ID, 0) {
		if e.Type == "indicator" {
			t.Errorf("%s went on without a seal", e.ID)
		}
	}
	far.Sync("ransomware", line)
	if !near.Reads(r.Parcel) {
		t.Error("the sealed parcel did not go on after that")
	}
}
