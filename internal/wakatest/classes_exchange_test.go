package wakatest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/api"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/phrase"
	"github.com/wakachi/wakachi/internal/portal"
	"github.com/wakachi/wakachi/internal/relay"
	"github.com/wakachi/wakachi/internal/stix"
	"github.com/wakachi/wakachi/internal/tlp"
	"github.com/wakachi/wakachi/internal/wakatest"
)

// reach gives every byte a person can get of the exchange: all collections in pages with and
// without bytes, the portal, the API, and what refusals say.
func reach(t *testing.T, h *wakatest.House, p *wakatest.Person, parcels ...parcel.ID) map[string]string {
	t.Helper()
	ctx := t.Context()
	out := map[string]string{}
	put := func(what string, v any, err error) { out[what] = fmt.Sprintf("%+v %v", v, err) }
	all, err := h.Relay.Collections(ctx, p.Actor)
	put("collections", all, err)
	for _, c := range all {
		for _, q := range []parcel.Query{{}, {Bare: true}, {Versions: parcel.Versions{All: true}}, {Versions: parcel.Versions{First: true}, Limit: 3}, {Types: []string{"wakachi-recall"}}, {IDs: []string{"indicator--none"}}} {
			page, err := h.Relay.Page(ctx, p.Actor, c.ID, q)
			text := fmt.Sprint(err, page.More, page.Known, len(page.Entries))
			for _, e := range page.Entries {
				text += fmt.Sprintln(e.ID, e.Version, string(e.Raw))
			}
			out[fmt.Sprint(c.Title, q)] = text
		}
	}
	circle, err := h.Relay.Circle(ctx, p.Actor, h.Community)
	body, _ := json.Marshal(circle.As)
	put("circle", string(body), err)
	token := key(t, h, p.Actor)
	pages := members(t, h, p.Actor)
	paths := []string{"/shared", "/communities", "/communities/" + string(h.Community) + "/circle", "/communities/" + string(h.Community) + "/held"}
	for _, id := range parcels {
		for _, after := range []string{"/shared/%s", "/shared/%s/tally", "/parcels/%s/effect"} {
			paths = append(paths, fmt.Sprintf(after, id))
		}
		for _, form := range []string{"stix", "csv", "list", "sheet"} {
			out["portal "+string(id)+form] = ask(pages, "/shared/"+string(id)+"/file/"+form)
		}
		out["portal "+string(id)] = ask(pages, "/shared/"+string(id))
		out["portal en "+string(id)] = ask(pages, "/shared/"+string(id)+"?lang=en")
	}
	out["portal"] = ask(pages, "/shared")
	for _, path := range paths {
		r := httptest.NewRequest(http.MethodGet, api.Prefix+path, nil)
		r.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		h.API.ServeHTTP(w, r)
		out["api "+path] = answerOf(w)
	}
	return out
}

// members gives the portal as one person sees it.
func members(t *testing.T, h *wakatest.House, a party.Actor) http.Handler {
	t.Helper()
	p, err := portal.New(portal.Config{
		Shares: h.Relay, Replies: h.Relay, Searches: h.Watch, Who: func(*http.Request) (party.Actor, error) { return a, nil },
		Language: func(*http.Request) phrase.Language { return phrase.Japanese }, Style: "/style.css", Now: h.Now, Log: quiet(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func ask(h http.Handler, path string) string {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return answerOf(w)
}

// In a community that hides its members a parcel is shared, read, answered, narrowed and taken
// back. Who took which part is in no byte that another member can get.
func TestClass05_09_NoMemberIsNamedToAnother(t *testing.T) {
	h := wakatest.New(t)
	hide(t, h)
	r, other := h.Share("ransomware", h.ToCommunity()), h.Share("webserver", h.ToCommunity())
	hand := h.As("targeted-security").Hand()
	id := wakatest.ParcelID()
	in := []json.RawMessage{wakatest.Indicator(hand.As, "c2.example", h.Now())}
	hand.Bring(append(in, hand.Seal(id, in, nil))...)
	for _, org := range []string{"member-a", "webserver", "targeted"} {
		h.As(org+"-security").Answer(r.Parcel, parcel.Answer{Finding: parcel.NoLogs})
	}
	sharer := h.As("ransomware-security")
	sharer.Recall(r.Parcel, relay.Order{Action: parcel.Narrow, Reason: parcel.WrongAudience, Except: []party.OrgID{h.Org("member-a")}})
	h.As("webserver-security").Recall(other.Parcel, relay.Order{Action: parcel.Retract, Reason: parcel.Harm})
	for _, login := range []string{"ransomware-security", "member-a-security", "member-b-security", "webserver-security", "member-b-auditor"} {
		p := h.As(login)
		for what, text := range reach(t, h, p, r.Parcel, other.Parcel, id) {
			for _, org := range wakatest.Houses()[1:] {
				if strings.HasPrefix(login, org) {
					continue
				}
				name := org
				if org == "ransomware" { // a word of what was shared, too
					name = org + "-"
				}
				for _, secret := range []string{name, string(h.Org(org)), string(h.As(org + "-security").Actor.Account), "security of " + org} {
					if strings.Contains(text, secret) {
						t.Errorf("%s sees %s in %s", login, secret, what)
					}
				}
			}
		}
	}
}

// A parcel that is not for a member, and its recall, change no byte of what the member gets.
// How far a shelf has come does tell: docs/failure-classes.md says so.
func TestClass50_52_WhatIsNotForOneChangesNothing(t *testing.T) {
	h := wakatest.New(t)
	h.Share("webserver", h.ToCommunity())
	b := h.As("member-b-security")
	none := wakatest.ParcelID()
	moving := regexp.MustCompile(`"highest":"[^"]*"|Date:\[[^]]*\]`)
	settle := func(m map[string]string) map[string]string {
		for k, v := range m {
			m[k] = moving.ReplaceAllString(v, "")
		}
		return m
	}
	before := settle(reach(t, h, b, none))
	what := h.ToCommunity()
	what.To.Except = []party.OrgID{h.Org("member-b")}
	r := h.Share("ransomware", what)
	for range 2 {
		now := settle(reach(t, h, b, none))
		for k, v := range now {
			if v != before[k] {
				t.Errorf("%s has changed", k)
			}
		}
		if len(now) != len(before) {
			t.Errorf("%d answers, before %d", len(now), len(before))
		}
		theirs := settle(reach(t, h, b, r.Parcel))
		for k, v := range theirs {
			same := strings.ReplaceAll(k, string(r.Parcel), string(none))
			if strings.ReplaceAll(v, string(r.Parcel), string(none)) != now[same] {
				t.Errorf("%s tells that there is something", k)
			}
		}
		h.As("ransomware-security").Recall(r.Parcel, relay.Order{Action: parcel.Retract, Reason: parcel.Harm})
	}
}

// No audience, an unknown group, an unknown name, a retired community: nobody gets anything,
// over the desk and over the inbox.
func TestClass08_13_AnUnknownAudienceIsNobody(t *testing.T) {
	h := wakatest.New(t)
	a := h.As("member-a-security").Hand()
	for what, edit := range map[string]func(*parcel.Waybill){
		"no audience":    func(w *parcel.Waybill) { w.To = parcel.Addressed{} },
		"unknown group":  func(w *parcel.Waybill) { w.To.Group = "group-none" },
		"unknown name":   func(w *parcel.Waybill) { w.To.Except = []string{"nobody we know"} },
		"everybody out":  func(w *parcel.Waybill) { w.To.Except = orgs(h) },
		"above the roof": func(w *parcel.Waybill) { w.Label, w.Paper.Label = tlp.Red, tlp.Red },
	} {
		id := wakatest.ParcelID()
		in := []json.RawMessage{wakatest.Indicator(a.As, "c2.example", h.Now())}
		if s := a.Bring(append(in, a.Seal(id, in, edit))...); len(wakatest.Failures(s)) == 0 {
			t.Errorf("%s: it was taken", what)
		}
		for _, org := range wakatest.Houses() {
			if h.As(org + "-security").Reads(id) {
				t.Errorf("%s: %s reads it", what, org)
			}
		}
	}
	id := wakatest.ParcelID()
	in := []json.RawMessage{wakatest.Indicator(a.As, "c2.example", h.Now())}
	a.Bring(append(in, a.Seal(id, in, nil))...)
	h.SetCommunity(func(c *parcel.Community) { c.Retired = true })
	for _, org := range wakatest.Houses() {
		if h.As(org + "-security").Reads(id) {
			t.Errorf("%s reads in a community that is over", org)
		}
	}
	_, err := h.Relay.Add(t.Context(), a.Actor, a.Inbox, in)
	h.Refused("bringing to a community that is over", err, fault.NotFound, "")
}

func orgs(h *wakatest.House) (out []string) {
	for _, org := range wakatest.Houses() {
		out = append(out, string(h.Org(org)))
	}
	return out
}

// Whether an organisation is a member cannot be asked by leaving it out of a seal.
func TestClass09_LeavingOutTellsNothing(t *testing.T) {
	h := wakatest.New(t)
	hide(t, h)
	a := h.As("member-a-security").Hand()
	said := map[string]bool{}
	for _, name := range []string{string(h.Org("member-b")), "org-none", "member-b"} {
		in := []json.RawMessage{wakatest.Indicator(a.As, "c2.example", h.Now())}
		s := a.Bring(append(in, a.Seal(wakatest.ParcelID(), in, func(w *parcel.Waybill) { w.To.Except = []string{name} }))...)
		said[s.Results[1].Failure] = true
	}
	if len(said) != 1 || said[""] {
		t.Errorf("the answers differ: %v", said)
	}
}

// While parcels for some are passed on and taken back, who is left out reads without pause and
// never meets one; in the end each reader has met each object once.
func TestClass10_ReadingWhilePassingOn(t *testing.T) {
	h := wakatest.New(t)
	shared := wakatest.Domain("both.example", wakatest.UUID())
	out, shelf := h.As("member-b-security"), h.As("member-b-security").Shelf("members").ID
	var hands []*wakatest.Hand
	for _, org := range []string{"member-a", "webserver", "targeted"} {
		hands = append(hands, h.As(org+"-security").Hand())
	}
	var writers sync.WaitGroup
	for n, x := range hands {
		writers.Go(func() {
			for k := range 8 {
				in := []json.RawMessage{wakatest.Indicator(x.As, "canary.example", h.Now()), shared}
				s := x.Bring(append(in, x.Seal(wakatest.ParcelID(), in, func(w *parcel.Waybill) {
					w.To.Except = []string{string(h.Org("member-b"))}
					if k%2 == 1 && n == 0 {
						w.To.Except = append(w.To.Except, string(h.Org("ransomware")))
					}
				}))...)
				if f := wakatest.Failures(s); len(f) > 0 {
					t.Error(f)
				}
			}
		})
	}
	done := make(chan bool)
	go func() { writers.Wait(); close(done) }()
	for looked := 0; ; looked++ {
		for _, e := range out.Walk(shelf, 0) {
			if e.Type != "extension-definition" && e.Type != "marking-definition" {
				t.Fatalf("who is left out reads %s", e.ID)
			}
		}
		select {
		case <-done:
			t.Logf("looked %d times", looked)
		default:
			continue
		}
		break
	}
	for login, want := range map[string]int{"hub-security": 24, "ransomware-security": 20, "member-a-security": 16} {
		seen := map[string]int{}
		indicators := 0
		for _, e := range h.As(login).Walk(shelf, 5) {
			if seen[e.ID]++; seen[e.ID] > 1 {
				t.Errorf("%s meets %s again", login, e.ID)
			}
			if e.Type == "indicator" {
				indicators++
			}
		}
		if indicators != want {
			t.Errorf("%s reads %d indicators, want %d", login, indicators, want)
		}
	}
}

// What is composed, waits for approval, or lies in the undo window is on no shelf and in no
// portal; nor is what was brought without a seal.
func TestClass11_12_NothingGoesOnByItself(t *testing.T) {
	h := wakatest.New(t)
	_, r := composed(t, h)
	hand := h.As("member-a-security").Hand()
	unsealed := wakatest.Indicator(hand.As, "unsealed.example", h.Now())
	hand.Bring(unsealed)
	auditor := h.As("member-b-auditor")
	_, err := h.Relay.Add(t.Context(), auditor.Actor, hand.Inbox, []json.RawMessage{unsealed})
	h.Refused("bringing without the right to write", err, fault.Forbidden, "")
	look := func(when string) {
		t.Helper()
		h.Wait(0)
		for _, login := range []string{"member-b-security", "targeted-security", "hub-security"} {
			for what, text := range reach(t, h, h.As(login)) {
				if strings.Contains(text, "c2-one") || strings.Contains(text, "unsealed") && !strings.Contains(what, "inbox") {
					t.Errorf("%s, %s sees it in %s", when, login, what)
				}
			}
		}
	}
	look("composed")
	h.As("webserver-approver").Approve(r)
	look("approved")
	if _, err := h.Office.Withdraw(t.Context(), h.As("webserver-security").Actor, r.ID, "slip"); err != nil {
		t.Fatal(err)
	}
	h.Wait(24 * time.Hour)
	look("withdrawn")
}

// Each label of TLP 2.0 goes to a hub elsewhere and comes back to a member elsewhere as it was:
// in the seal, on the objects, on the sheet and in the table.
func TestClass25_LabelsSurviveTheRing(t *testing.T) {
	hub, far, line := two(t)
	hub.SetCommunity(func(c *parcel.Community) { c.Ceiling = tlp.Red })
	far.Sync("ransomware", line) // hears of it
	for l := tlp.Clear; l <= tlp.Red; l++ {
		what := far.ToCommunity()
		what.To, what.Label = away(hub)(), l
		r := far.Share("ransomware", what)
		far.Sync("ransomware", line)
		far.Sync("member-a", line)
		member := far.As("member-a-security").Actor
		s, sheet, err := far.Relay.Open(t.Context(), member, r.Parcel)
		if err != nil || s.Label != l || sheet.Label != l {
			t.Errorf("%s: %s, on the sheet %s, %v", l, s.Label, sheet.Label, err)
		}
		_, body, err := far.Relay.Form(t.Context(), member, r.Parcel, "stix")
		if err != nil {
			t.Fatal(err)
		}
		definition, err := stix.Object(stix.Definition(l))
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range split(t, body) {
			if strings.Contains(string(o), `"type":"indicator"`) && !strings.Contains(string(o), definition.ID) {
				t.Errorf("%s: %s", l, o)
			}
		}
		if _, body, err := far.Relay.Form(t.Context(), member, r.Parcel, "csv"); err != nil || !strings.Contains(string(body), l.String()) {
			t.Errorf("%s is not in the table: %v", l, err)
		}
	}
}

// As many facts come out of a ring as went in, and what a hub keeps back is listed.
func TestClass26_CountsThroughTheRing(t *testing.T) {
	hub, far, line := two(t)
	what := far.ToCommunity()
	what.To = away(hub)()
	r := far.Share("ransomware", what)
	far.Sync("ransomware", line)
	far.Sync("member-a", line)
	for _, x := range []struct {
		h *wakatest.House
		p *wakatest.Person
	}{{hub, hub.As("member-b-security")}, {far, far.As("member-a-security")}} {
		s, sheet, err := x.h.Relay.Open(t.Context(), x.p.Actor, r.Parcel)
		if err != nil || len(sheet.Lines) != r.Facts || s.Facts != r.Facts {
			t.Errorf("%d facts went in, %d lines, %d said: %v", r.Facts, len(sheet.Lines), s.Facts, err)
		}
	}
	hand := hub.As("targeted-security").Hand()
	in := []json.RawMessage{wakatest.Indicator(hand.As, "goes.example", hub.Now()),
		fmt.Appendf(nil, `{"type":"location","spec_version":"2.1","id":"location--%s","created":"2026-09-01T00:00:00.000Z","modified":"2026-09-01T00:00:00.000Z","country":"JP"}`, wakatest.UUID())}
	id := wakatest.ParcelID()
	if s := hand.Bring(append(in, hand.Seal(id, in, nil))...); len(wakatest.Failures(s)) > 0 {
		t.Fatal(wakatest.Failures(s))
	}
	kept, err := hub.Relay.Brought(t.Context(), hub.As("hub-security").Actor, hub.Community)
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(kept, func(b parcel.Brought) bool { return b.Parcel == id })
	if _, sheet, err := hub.Relay.Open(t.Context(), hub.As("member-b-security").Actor, id); err != nil || at < 0 || len(kept[at].Held)+len(sheet.Lines) != len(in) {
		t.Errorf("%d in, %d on, held: %+v, %v", len(in), len(sheet.Lines), kept, err)
	}
}

// A parcel without any value one could look for, of a vulnerability alone, goes on, is
// tightened and is taken back like others.
func TestClass26_AParcelWithoutValues(t *testing.T) {
	h := wakatest.New(t)
	a, reader := h.As("member-a-security").Hand(), h.As("member-b-security")
	id := wakatest.ParcelID()
	in := []json.RawMessage{fmt.Appendf(nil, `{"type":"vulnerability","spec_version":"2.1","id":"vulnerability--%s","created_by_ref":%q,"created":"2026-09-01T00:00:00.000Z","modified":"2026-09-01T00:00:00.000Z","object_marking_refs":["marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"],`+
		`"name":"CVE-2026-10001","external_references":[{"source_name":"cve","external_id":"CVE-2026-10001"}]}`, wakatest.UUID(), a.As)}
	if s := a.Bring(append(in, a.Seal(id, in, nil))...); len(wakatest.Failures(s)) > 0 || !reader.Reads(id) {
		t.Fatal(wakatest.Failures(s))
	}
	h.Wait(time.Minute)
	if s := a.Bring(a.TakeBack(id, func(r *parcel.Recall) { r.Action, r.Stricter = parcel.Tighten, tlp.AmberStrict })); len(wakatest.Failures(s)) > 0 {
		t.Error(wakatest.Failures(s))
	}
	if s, _, err := h.Relay.Open(t.Context(), reader.Actor, id); err != nil || s.Label != tlp.AmberStrict {
		t.Errorf("%s, %v", s.Label, err)
	}
	if s := a.Bring(a.TakeBack(id, nil)); len(wakatest.Failures(s)) > 0 || reader.Reads(id) {
		t.Error(wakatest.Failures(s))
	}
}

// Ten thousand objects in one envelope go on as one parcel; while they are read in pages, a
// thousand more come. Each is met once, going on by Next and by the last Added, and all of it
// can be taken back. A hundred who walk at once do not fill the memory.
func TestClass27_58_59_TenThousand(t *testing.T) {
	if testing.Short() {
		t.Skip("ten thousand objects")
	}
	h := wakatest.New(t)
	a, b := h.As("member-a-security").Hand(), h.As("webserver-security").Hand()
	bring := func(x *wakatest.Hand, n int) parcel.ID {
		t.Helper()
		in := make([]json.RawMessage, n)
		for k := range in {
			in[k] = wakatest.Indicator(x.As, fmt.Sprintf("host-%d.example", k), h.Now())
		}
		id := wakatest.ParcelID()
		if s := x.Bring(append(in, x.Seal(id, in, nil))...); len(wakatest.Failures(s)) > 0 {
			t.Fatal(wakatest.Failures(s)[0])
		}
		return id
	}
	begun := time.Now()
	id := bring(a, 10_000)
	t.Logf("10,000 objects in %s", time.Since(begun))
	reader := h.As("member-b-security")
	shelf := reader.Shelf("members").ID
	for _, byAdded := range []bool{false, true} {
		seen := map[string]int{}
		var q parcel.Query
		q.Limit = 700
		for pages := 0; ; pages++ {
			if pages == 5 {
				bring(b, 500)
			}
			page, err := h.Relay.Page(t.Context(), reader.Actor, shelf, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range page.Entries {
				if seen[e.ID]++; seen[e.ID] > 1 {
					t.Fatalf("%s twice", e.ID)
				}
			}
			if !page.More {
				break
			}
			if q.After = page.Next; byAdded {
				q.After = page.Entries[len(page.Entries)-1].Added
			}
		}
		n := 0
		for ref := range seen {
			if strings.HasPrefix(ref, "indicator--") {
				n++
			}
		}
		if want := map[bool]int{false: 10_500, true: 11_000}[byAdded]; n != want {
			t.Errorf("by added %v: %d of %d", byAdded, n, want)
		}
	}
	var before, high runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var walkers sync.WaitGroup
	for range 100 {
		walkers.Go(func() {
			var q parcel.Query
			q.Limit = 500
			for range 4 {
				page, err := h.Relay.Page(t.Context(), reader.Actor, shelf, q)
				if err != nil {
					t.Error(err)
					return
				}
				q.After = page.Next
			}
		})
	}
	walkers.Wait()
	runtime.GC()
	runtime.ReadMemStats(&high)
	t.Logf("heap %d KB before, %d KB after 100 walkers, %d MB asked of the system", before.HeapAlloc>>10, high.HeapAlloc>>10, high.Sys>>20)
	if high.HeapAlloc > before.HeapAlloc+32<<20 || high.Sys > 1<<30 {
		t.Errorf("the walkers leave %d KB, the system gave %d MB", (high.HeapAlloc-before.HeapAlloc)>>10, high.Sys>>20)
	}
	if s := a.Bring(a.TakeBack(id, nil)); len(wakatest.Failures(s)) > 0 || reader.Reads(id) {
		t.Errorf("taking it back: %v", wakatest.Failures(s))
	}
}

// What a member brings does not pile up without an end: neither answers nor seals that wait.
func TestClass59_AMemberCannotPileUp(t *testing.T) {
	h := wakatest.New(t)
	r := h.Share("ransomware", h.ToCommunity())
	a := h.As("member-a-security").Hand()
	ghost := []json.RawMessage{wakatest.Indicator(a.As, "never-comes.example", h.Now())}
	stopped := func(do func() bool) bool {
		for range 300 {
			if !do() {
				return true
			}
		}
		return false
	}
	if !stopped(func() bool { return len(wakatest.Failures(a.Bring(a.Seal(wakatest.ParcelID(), ghost, nil)))) == 0 }) {
		t.Error("three hundred seals wait")
	}
	if !stopped(func() bool {
		return h.Relay.Answer(t.Context(), a.Actor, r.Parcel, parcel.Reply{Answer: parcel.Answer{Finding: parcel.NoLogs}}) == nil
	}) {
		t.Error("three hundred answers of one member are kept")
	}
}

// That it was passed on is said when the hub has it, and that it was not, while it has not.
func TestClass63_PassedOnIsTheHubsWord(t *testing.T) {
	hub, far, line := two(t)
	what := far.ToCommunity()
	what.To = away(hub)()
	r := far.Share("ransomware", what)
	sharer := far.As("ransomware-security")
	page := func() string {
		return as(t, far, "ransomware-security").get("/parcels/" + string(r.Parcel)).Body.String()
	}
	if e := sharer.Effect(r.Parcel); e.State != parcel.Waiting || !e.At.IsZero() {
		t.Errorf("before the hub has it: %+v", e)
	}
	hub.SetCommunity(func(c *parcel.Community) { c.Ceiling = tlp.Green })
	_, err := far.Relay.Sync(t.Context(), far.Org("ransomware"), line)
	far.Refused("what the hub refused", err, fault.Withheld, "")
	if sent, err := far.Relay.Sent(t.Context(), sharer.Actor); err != nil || len(sent) != 1 || !sent[0].Delivered.IsZero() {
		t.Errorf("it is said to be there: %+v, %v", sent, err)
	}
	if n, _, err := far.Relay.Waiting(t.Context(), sharer.Actor); err != nil || n != 1 {
		t.Errorf("%d wait, %v", n, err)
	}
	if body := page(); !strings.Contains(body, phrase.Japanese.Text("web.effect.state.waiting")) {
		t.Error("the page does not say that it has not reached the hub")
	}
	hub.SetCommunity(func(c *parcel.Community) { c.Ceiling = tlp.Amber })
	if did := far.Sync("ransomware", line); did.Sent != 1 {
		t.Errorf("%+v", did)
	}
	if n, _, err := far.Relay.Waiting(t.Context(), sharer.Actor); err != nil || n != 0 {
		t.Errorf("%d wait, %v", n, err)
	}
}
