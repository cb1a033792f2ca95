package relay_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/wakatest"
)

// Bad objects among good ones are refused one by one, each with words and without repeating
// what it held, and keep nothing else.
func TestBadObjectsAmongGoodOnes(t *testing.T) {
	h := wakatest.New(t)
	a := h.As("member-a-security").Hand()
	good := wakatest.Indicator(a.As, "c2.example", h.Now())
	edit := func(old, with string) json.RawMessage {
		return json.RawMessage(strings.Replace(string(wakatest.Indicator(a.As, "c2.example", h.Now())), old, with, 1))
	}
	bad := map[string]json.RawMessage{
		"nothing": nil, "no JSON": raw("{canary"), "a list": raw(`["canary"]`), "a bundle": raw(`{"type":"bundle","id":"bundle--` + uuidA + `","objects":[]}`),
		"no id":                           edit(`"id":"indicator--`, `"x_id":"indicator--`),
		"another type":                    edit(`"type":"indicator"`, `"type":"malware"`),
		"a key twice":                     edit(`"pattern_type"`, `"pattern":"[a:b = 'canary']","pattern_type"`),
		"a key in capitals":               edit(`"pattern_type"`, `"Created_By_Ref":"canary","pattern_type"`),
		"another version of the standard": edit(`"spec_version":"2.1"`, `"spec_version":"9.9"`),
		"a time that is none":             edit(`"valid_from":"2026`, `"valid_from":"26`),
		"too deep":                        raw(`{"type":"x-a","id":"x-a--` + uuidA + `","x":` + strings.Repeat(`[`, 10_000) + strings.Repeat(`]`, 10_000) + `}`),
		"half a letter":                   edit("c2.example", "c2\xff.example"),
		"a paper of no kind":              raw(`{"type":"wakachi-canary","spec_version":"2.1","id":"wakachi-canary--` + uuidA + `","created":"2026-09-01T00:00:00.000Z","modified":"2026-09-01T00:00:00.000Z"}`),
		"an unsigned paper":               raw(`{"type":"wakachi-answer","spec_version":"2.1","id":"wakachi-answer--` + uuidA + `","created":"2026-09-01T00:00:00.000Z","modified":"2026-09-01T00:00:00.000Z"}`),
	}
	for what, o := range bad {
		s := a.Bring(good, o, good)
		if s.Results[0].Failure != "" || s.Results[2].Failure != "" || s.Results[1].Failure == "" {
			t.Errorf("%s: %+v", what, s.Results)
		}
		if f := s.Results[1].Failure; strings.Contains(f, "canary") && what != "a paper of no kind" || strings.HasPrefix(f, "stix.") || strings.HasPrefix(f, "relay.") {
			t.Errorf("%s: the answer is %q", what, f)
		}
	}
	other := json.RawMessage(strings.Replace(string(good), "c2.example", "c3.example", 1))
	if s := a.Bring(other); len(wakatest.Failures(s)) != 1 {
		t.Error("the same version with other contents was taken")
	}
	hub := h.As("hub-security")
	n := 0
	for _, e := range hub.Walk(hub.Shelf("inbox").ID, 0) {
		if n++; !bytes.Equal(e.Raw, good) {
			t.Errorf("the inbox has %s", e.Raw)
		}
	}
	if n != 1 {
		t.Errorf("the inbox has %d objects", n)
	}
}

// A status is told to the account that brought the objects, and to nobody else.
func TestAStatusIsItsBringersOwn(t *testing.T) {
	h := wakatest.New(t)
	a := h.As("member-a-security").Hand()
	s := a.Bring(wakatest.Indicator(a.As, "c2.example", h.Now()))
	if got, err := h.Relay.Status(t.Context(), a.Actor, s.ID); err != nil || len(got.Results) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	for _, login := range []string{"member-a-legal", "member-a-auditor", "member-b-security", "hub-security"} {
		_, err := h.Relay.Status(t.Context(), h.As(login).Actor, s.ID)
		h.Refused(login, err, fault.NotFound, "store.not-found")
	}
	_, err := h.Relay.Status(t.Context(), a.Actor, "none")
	h.Refused("what never was", err, fault.NotFound, "store.not-found")
}

// A key is one organisation's, in its form, registered by whoever administers it.
func TestRegister(t *testing.T) {
	h := wakatest.New(t)
	ctx := t.Context()
	a, b := h.As("member-a-security").Hand(), h.As("member-b-security").Hand()
	hub := h.Org("hub")
	const key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE="
	const name = party.Pseudonym("identity--" + uuidA)
	for what, c := range map[string]struct {
		who  party.Actor
		key  string
		as   party.Pseudonym
		kind fault.Kind
	}{
		"no key": {a.Actor, "", name, fault.Invalid}, "half a key": {a.Actor, key[:20], name, fault.Invalid}, "no base64": {a.Actor, strings.Repeat("*", 44), name, fault.Invalid},
		"no name": {a.Actor, key, "", fault.Invalid}, "a name in capitals": {a.Actor, key, "identity--" + "AAAAAAAA-1111-4111-8111-111111111111", fault.Invalid},
		"a name of another type": {a.Actor, key, "malware---" + uuidA, fault.Invalid}, "another's name": {a.Actor, key, b.As, fault.Conflict},
		"without the right": {h.As("member-a-legal").Actor, key, name, fault.Forbidden},
		"from elsewhere":    {party.Actor{Account: "account-x", Org: "org-x", Hats: party.Hats()}, key, name, fault.NotFound},
	} {
		h.Refused(what, h.Relay.Register(ctx, c.who, hub, h.Community, c.key, c.as), c.kind, "")
	}
	h.Refused("a community that never was", h.Relay.Register(ctx, a.Actor, hub, "community-none", key, name), fault.NotFound, "")
	if err := h.Relay.Register(ctx, a.Actor, hub, h.Community, key, a.As); err != nil {
		t.Errorf("a new key of one's own: %v", err)
	}
	in := []json.RawMessage{wakatest.Indicator(a.As, "c2.example", h.Now())}
	if s := a.Bring(append(in, a.Seal(wakatest.ParcelID(), in, nil))...); len(wakatest.Failures(s)) != 1 {
		t.Error("the old key still seals")
	}
}

// Over random parcels of several senders to random audiences, some of which share objects,
// narrowed and taken back at random: each organisation reads the union of what is for it, and
// each object once.
func TestReadersAreTheUnionOfAudiences(t *testing.T) {
	rounds := 20
	if testing.Short() {
		rounds = 10
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 1))
	h := wakatest.New(t)
	var common []json.RawMessage
	for k := range 3 {
		common = append(common, wakatest.Domain(fmt.Sprintf("common-%d.example", k), wakatest.UUID()))
	}
	type sent struct {
		by      *wakatest.Hand
		id      parcel.ID
		objects []json.RawMessage
		except  []string
		gone    bool
	}
	var hands []*wakatest.Hand
	for _, org := range []string{"member-a", "webserver", "targeted"} {
		hands = append(hands, h.As(org+"-security").Hand())
	}
	var all []*sent
	shelf := hands[0].Shelf("members").ID
	seal := func(x *sent) json.RawMessage {
		return x.by.Seal(x.id, x.objects, func(w *parcel.Waybill) {
			for _, org := range x.except {
				w.To.Except = append(w.To.Except, string(h.Org(org)))
			}
		})
	}
	leave := func() string { return wakatest.Houses()[1+rng.IntN(5)] }
	for range rounds {
		h.Wait(time.Minute)
		var raws []json.RawMessage
		var x *sent
		switch n := rng.IntN(6); {
		case n == 0 && len(all) > 0:
			x = all[rng.IntN(len(all))]
			raws, x.gone = []json.RawMessage{x.by.TakeBack(x.id, nil)}, true
		case n == 1 && len(all) > 0:
			if x = all[rng.IntN(len(all))]; x.gone {
				continue
			}
			if org := leave(); !slices.Contains(x.except, org) && len(x.except) < 3 {
				x.except = append(x.except, org)
			}
			raws = []json.RawMessage{seal(x)}
		default:
			x = &sent{by: hands[rng.IntN(len(hands))], id: wakatest.ParcelID()}
			x.objects = []json.RawMessage{wakatest.Indicator(x.by.As, "own.example", h.Now()), common[rng.IntN(3)]}
			for range rng.IntN(3) {
				if org := leave(); !slices.Contains(x.except, org) {
					x.except = append(x.except, org)
				}
			}
			raws = append(slices.Clone(x.objects), seal(x))
			all = append(all, x)
		}
		if f := wakatest.Failures(x.by.Bring(raws...)); len(f) > 0 {
			t.Fatal(f)
		}
		for _, org := range wakatest.Houses() {
			p := h.As(org + "-security")
			want := map[string]bool{}
			for _, x := range all {
				if x.gone || x.by.Actor.Org == p.Actor.Org || slices.Contains(x.except, org) {
					continue
				}
				for _, o := range x.objects {
					want[string(o)] = true
				}
			}
			got := map[string]bool{}
			for _, e := range p.Walk(shelf, 1+rng.IntN(9)) {
				switch e.Type {
				case "indicator", "domain-name":
					if got[string(e.Raw)] {
						t.Errorf("%s meets %s twice", org, e.ID)
					}
					got[string(e.Raw)] = true
				}
			}
			for o := range want {
				if !got[o] {
					t.Errorf("%s does not read %s", org, o)
				}
			}
			for o := range got {
				if !want[o] {
					t.Errorf("%s reads %s", org, o)
				}
			}
			if t.Failed() {
				return
			}
		}
	}
}

// Whatever bytes come, each is answered, what is refused keeps no other, nothing goes on to
// members without a seal, and the hub goes on working.
func FuzzAdd(f *testing.F) {
	h := wakatest.New(f)
	a, reader := h.As("member-a-security").Hand(), h.As("member-b-security")
	sealed := wakatest.Indicator(a.As, "c2.example", h.Now())
	f.Add([]byte(sealed))
	f.Add([]byte(a.Seal(wakatest.ParcelID(), []json.RawMessage{wakatest.Indicator(a.As, "never-comes.example", h.Now())}, nil)))
	f.Add([]byte(a.TakeBack(wakatest.ParcelID(), nil)))
	f.Add([]byte(`{"type":"identity","spec_version":"2.1","id":"identity--` + uuidA + `","created":"2026-09-01T00:00:00.000Z","modified":"2026-09-01T00:00:00.000Z","name":"x"}`))
	f.Add([]byte(`{"type":"domain-name","id":"domain-name--` + uuidA + `","value":"x.example","spec_version":"2.1"}`))
	f.Add([]byte("{\x00}"))
	shelf := reader.Shelf("members").ID
	ctx := context.Background()
	f.Fuzz(func(t *testing.T, data []byte) {
		objects := []json.RawMessage{data}
		for part := range bytes.SplitSeq(data, []byte{0}) {
			objects = append(objects, part)
		}
		s, err := h.Relay.Add(ctx, a.Actor, a.Inbox, objects)
		if err != nil || len(s.Results) != len(objects) {
			t.Fatalf("%d answers to %d: %v", len(s.Results), len(objects), err)
		}
		for _, x := range s.Results {
			if strings.HasPrefix(x.Failure, "relay.") || strings.HasPrefix(x.Failure, "stix.") || strings.HasPrefix(x.Failure, "store.") {
				t.Errorf("a token is the answer: %s", x.Failure)
			}
		}
		page, err := h.Relay.Page(ctx, reader.Actor, shelf, parcel.Query{})
		if err != nil || len(page.Entries) > 0 {
			t.Fatalf("%d went on, %v", len(page.Entries), err)
		}
	})
}
