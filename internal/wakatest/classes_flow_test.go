package wakatest_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/account"
	"github.com/wakachi/wakachi/internal/casework"
	"github.com/wakachi/wakachi/internal/exchange"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/store"
	"github.com/wakachi/wakachi/internal/tlp"
	"github.com/wakachi/wakachi/internal/wakatest"
)

// sound checks the store of a House that has told its story.
func sound(t *testing.T, h *wakatest.House) {
	t.Helper()
	h.Store.Close()
	if found, err := store.Check(t.Context(), h.Dir, nil); err != nil || len(found.Faults) > 0 {
		t.Errorf("check: %v %q", err, found.Faults)
	}
}

// After a purge the value is in no file of the data directory: store.TestPurge has the file;
// here no page, list, search or history of the desk has it either.
func TestClass16_PurgedIsGoneFromTheDesk(t *testing.T) {
	h := wakatest.New(t)
	p, a := h.As("webserver-security"), as(t, h, "webserver-security")
	id := p.Open()
	i := add(t, p, h, id, casework.Edit{Kind: incident.Damage, Text: "canary-text"})
	if err := h.Store.Purge(t.Context(), p.Actor.Org, string(p.Actor.Account), i.Version); err != nil {
		t.Fatal(err)
	}
	pages := a.everything(p)
	pages["item"] = a.get("/incidents/" + string(id) + "/items/" + string(i.ID)).Body.String()
	for path, body := range pages {
		if strings.Contains(strings.ReplaceAll(body, "q=canary", ""), "canary-text") {
			t.Errorf("%s shows it", path)
		}
	}
	sound(t, h)
}

// Of two that say the same with labels of different strength, the strictest stays, in whatever
// order they come together.
func TestClass18_TwoMarkingsTheStrictestWins(t *testing.T) {
	h := wakatest.New(t)
	p := h.As("webserver-security")
	labels := []tlp.Label{tlp.Clear, tlp.Green, tlp.Amber, tlp.AmberStrict, tlp.Red}
	for n, x := range labels {
		for m, y := range labels {
			id := p.Open()
			e := func(l tlp.Label) casework.Edit {
				return casework.Edit{Kind: incident.Destination, Status: incident.Received, Label: l.String(), Type: "domain-name", Value: "same.example"}
			}
			i, j := add(t, p, h, id, e(x)), add(t, p, h, id, e(y))
			if _, err := h.Casework.Merge(t.Context(), p.Actor, id, seen(i), seen(j)); err != nil {
				t.Fatal(err)
			}
			if got := p.Items(id)[0].Conditions.Label; got != labels[max(n, m)] {
				t.Errorf("%s and %s become %s", x, y, got)
			}
		}
	}
}

// A clock that stands still, jumps and goes backwards: no edit is lost, versions only grow, what
// is approved leaves once and not before its window, and the ledger is whole.
func TestClass20_21_ClocksThatLie(t *testing.T) {
	h := wakatest.New(t)
	ctx := t.Context()
	p := h.As("webserver-security")
	id := p.Open()
	i := add(t, p, h, id, casework.Edit{Kind: incident.Damage, Text: "text"})
	r := rand.New(rand.NewPCG(3, 4))
	last := i.Version
	for n := range 40 {
		h.Wait([]time.Duration{0, -time.Hour, time.Minute, -48 * time.Hour, 24 * time.Hour}[r.IntN(5)])
		old := seen(i)
		var err error
		if i, err = h.Casework.Correct(ctx, p.Actor, id, old, casework.Edit{Kind: incident.Damage, Text: fmt.Sprint("text ", n)}); err != nil {
			t.Fatal(err)
		}
		if i.Version <= last || p.Items(id)[0].Text != fmt.Sprint("text ", n) {
			t.Fatalf("version %d after %d: %q", i.Version, last, p.Items(id)[0].Text)
		}
		last = i.Version
		_, err = h.Casework.Correct(ctx, p.Actor, id, old, casework.Edit{Kind: incident.Damage, Text: "older"})
		h.Refused("an older edit", err, fault.Conflict, "store.conflict")
	}
	add(t, p, h, id, domain("c2-one.example"))
	rel := h.As("webserver-approver").Approve(p.Compose(id, h.ToCommunity()))
	h.Wait(-30 * 24 * time.Hour)
	h.Wait(exchange.UndoWindow)
	if got := p.See(rel); got.State != exchange.Approved {
		t.Errorf("before its time it is %s", got.State)
	}
	h.Wait(31 * 24 * time.Hour)
	h.Wait(31 * 24 * time.Hour)
	if all, err := h.Store.Parcels(ctx, p.Actor.Org, id); err != nil || len(all) != 1 {
		t.Errorf("%d parcels, %v", len(all), err)
	}
	sound(t, h)
}

// A day that is said is the day that leaves, whatever the hour and the zone.
func TestClass22_DaysAreNotShifted(t *testing.T) {
	h := wakatest.New(t)
	p, a := h.As("webserver-security"), as(t, h, "webserver-security")
	id := p.Open()
	add(t, p, h, id, domain("c2-one.example"))
	for _, day := range []string{"2026-09-30", "2028-02-29", "2026-12-31"} {
		w := a.post("/incidents/"+string(id)+"/share", url.Values{
			"community": {string(h.Community)}, "reach": {"community"}, "label": {"TLP:AMBER"}, "pap": {"PAP:AMBER"}, "ask": {"見ましたか"}, "ask-due": {day}, "until": {day},
		})
		if w.Code != http.StatusSeeOther {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		all, err := h.Office.Releases(t.Context(), p.Actor, id)
		if err != nil {
			t.Fatal(err)
		}
		for form, text := range forms(t, h, p, all[0]) {
			if form == "sheet" && strings.Count(text, day) < 2 {
				t.Errorf("%s: %s is not in %s", day, form, text)
			}
		}
	}
	for _, bad := range []string{"2026-02-29", "2026-13-01", "09/30/2026", "2026-09-30T00:00"} {
		if w := a.post("/incidents/"+string(id)+"/share", url.Values{"community": {string(h.Community)}, "reach": {"community"}, "label": {"TLP:AMBER"}, "pap": {"PAP:AMBER"}, "until": {bad}}); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", bad, w.Code)
		}
	}
}

// Each label of TLP 2.0 and each PAP is in every form as it was chosen; another is refused.
func TestClass25_LabelsSurvive(t *testing.T) {
	h := wakatest.New(t)
	change(t, h, func(c *parcel.Community) { c.Ceiling = tlp.Red })
	p, a := h.As("webserver-security"), as(t, h, "webserver-security")
	id := p.Open()
	add(t, p, h, id, domain("c2-one.example"))
	for _, l := range []tlp.Label{tlp.Clear, tlp.Green, tlp.Amber, tlp.AmberStrict, tlp.Red} {
		what := h.ToCommunity()
		what.Label = l
		r := p.Compose(id, what)
		all := forms(t, h, p, r)
		for _, form := range []string{"stix", "sheet", "csv"} {
			if !strings.Contains(strings.ToUpper(all[form]), strings.ToUpper(l.String())) {
				t.Errorf("%s is not in %s: %s", l, form, all[form])
			}
		}
		r = h.As("webserver-approver").Approve(r)
		h.Wait(exchange.UndoWindow)
		got, err := h.Store.ReadParcel(t.Context(), p.Actor.Org, p.See(r).Parcel)
		if err != nil || got.Label() != l {
			t.Errorf("the parcel of %s: %s, %v", l, got.Label(), err)
		}
	}
	for _, bad := range []string{"TLP:WHITE2", "TLP:ORANGE", "", "restricted", "TLP:AMBER+STRICT+MORE"} {
		if w := a.api("POST", "/incidents/"+string(id)+"/releases", map[string]any{"community": string(h.Community), "reach": "community", "tlp": bad}); w.Code < 400 || w.Code >= 500 {
			t.Errorf("%q: %d", bad, w.Code)
		}
	}
}

// Every form of a release holds the same values: none more, none less.
func TestClass26_EveryFormHoldsTheSame(t *testing.T) {
	h := wakatest.New(t)
	for _, name := range []string{"ransomware", "targeted", "webserver"} {
		p := h.As(name + "-security")
		id := p.PasteSample(name)
		p.ConfirmAll(id)
		r := p.Compose(id, h.ToCommunity())
		all := forms(t, h, p, r)
		var sheet parcel.Sheet
		if err := json.Unmarshal([]byte(all["sheet"]), &sheet); err != nil {
			t.Fatal(err)
		}
		if len(sheet.Lines) != r.Facts || strings.Count(all["csv"], "\r\n") != r.Facts+1 {
			t.Errorf("%s: %d facts, %d lines, %d rows", name, r.Facts, len(sheet.Lines), strings.Count(all["csv"], "\r\n")-1)
		}
		listed := strings.Split(all["list"], "\n")
		for _, l := range sheet.Lines {
			quoted, err := json.Marshal(l.Value)
			if err != nil {
				t.Fatal(err)
			}
			value := strings.Trim(string(quoted), `"`)
			if l.Value != "" && !strings.Contains(all["stix"], value) && !strings.Contains(all["stix"], strings.ReplaceAll(value, `\\`, `\\\\`)) && !strings.Contains(all["stix"], lastPiece(l.Value)) {
				t.Errorf("%s: %q is not in the STIX", name, l.Value)
			}
			if in := slices.Contains(listed, l.Value); l.Value != "" && in != (l.Sort == "indicator" && l.Like == nil) {
				t.Errorf("%s: %q in the list: %v", name, l.Value, in)
			}
		}
		for _, v := range regexp.MustCompile(`\b(\d{1,3}\.){3}\d{1,3}\b|\b[0-9a-f]{64}\b`).FindAllString(all["stix"], -1) {
			if !strings.Contains(all["csv"], v) {
				t.Errorf("%s: %s is in the STIX and not on the sheet", name, v)
			}
		}
	}
}

func lastPiece(s string) string { return s[strings.LastIndexAny(s, `\/`)+1:] }

// To whom it goes is shown by name before it leaves; a slip is undone within the window, and a
// withdrawal and a departure at the same instant end as one of the two and never as both.
func TestClass53_WrongRecipientAndUndo(t *testing.T) {
	for range 4 {
		h := wakatest.New(t)
		p := h.As("webserver-security")
		_, r := composed(t, h)
		if body := as(t, h, "webserver-approver").get("/releases/" + string(r.ID)).Body.String(); !strings.Contains(body, "member-a") || !strings.Contains(body, "member-b") {
			t.Error("who would get it is not shown")
		}
		r = h.As("webserver-approver").Approve(r)
		late := exchange.NewOffice(h.Store, func() time.Time { return h.Now().Add(time.Hour) }, zeroes{}, h.Guard)
		if err := late.Resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		var both sync.WaitGroup
		var taken, settled error
		both.Go(func() { _, taken = h.Office.Withdraw(t.Context(), p.Actor, r.ID, "slip") })
		both.Go(func() { _, settled = late.Settle(t.Context()) })
		both.Wait()
		got := p.See(r)
		parcels, err := h.Store.Parcels(t.Context(), p.Actor.Org, r.Incident)
		if err != nil || got.State == exchange.Sealed != (len(parcels) == 1) || got.State == exchange.Withdrawn != (taken == nil) || got.State != exchange.Sealed && got.State != exchange.Withdrawn {
			t.Errorf("%s with %d parcels; withdrawn: %v, settled: %v, %v", got.State, len(parcels), taken, settled, err)
		}
		sound(t, h)
	}
}

// Whoever composed it does not approve it: over the desk, the API, with any hat, key or stale
// version; of two approvals at once one counts; a replayed one does nothing.
func TestClass54_NobodyApprovesTheirOwn(t *testing.T) {
	h := wakatest.New(t)
	ctx := t.Context()
	p := h.As("webserver-security")
	_, r := composed(t, h)
	self, err := h.Accounts.Own(ctx, p.Actor)
	if err != nil {
		t.Fatal(err)
	}
	self.Hats = party.Hats()
	if _, err := h.Accounts.Change(ctx, p.Actor, self); err != nil {
		t.Fatal(err)
	}
	a := as(t, h, "webserver-security") // with every hat
	version := fmt.Sprint(r.Version)
	if w := a.post("/releases/"+string(r.ID)+"/approve", url.Values{"version": {version}}); w.Code != http.StatusForbidden {
		t.Errorf("desk: %d", w.Code)
	}
	a.token = key(t, h, party.Actor{Account: p.Actor.Account, Org: p.Actor.Org, Hats: party.Hats()}, party.Approve)
	if w := a.api("POST", "/releases/"+string(r.ID)+"/approve", `{"version":`+version+`}`); w.Code != http.StatusForbidden {
		t.Errorf("a key for approving: %d", w.Code)
	}
	if body := a.get("/releases/" + string(r.ID)).Body.String(); strings.Contains(body, `/approve"`) {
		t.Error("the page offers it")
	}
	b := as(t, h, "webserver-approver")
	for _, stale := range []string{"0", "-1", "1", fmt.Sprint(r.Version - 1), fmt.Sprint(r.Version + 1), "", "x", "9999999999999999999"} {
		if w := b.post("/releases/"+string(r.ID)+"/approve", url.Values{"version": {stale}}); w.Code < 400 || w.Code >= 500 {
			t.Errorf("version %q: %d", stale, w.Code)
		}
	}
	c, err := h.Accounts.Create(ctx, p.Actor, account.Account{Login: "third", Name: "third", Hats: []party.Hat{party.Approver}}, wakatest.Password)
	if err != nil {
		t.Fatal(err)
	}
	third := party.Actor{Account: c.ID, Org: p.Actor.Org, Hats: c.Hats}
	var all sync.WaitGroup
	errs := make([]error, 8)
	for n := range errs {
		who := []party.Actor{h.As("webserver-approver").Actor, third}[n%2]
		all.Go(func() {
			if n < 6 {
				_, errs[n] = h.Office.Approve(ctx, who, r.ID, r.Version)
			} else {
				_, errs[n] = h.Office.SendBack(ctx, who, r.ID, r.Version, "no")
			}
		})
	}
	all.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else if fault.KindOf(err) != fault.Conflict {
			t.Errorf("%v", err)
		}
	}
	if won != 1 {
		t.Errorf("%d of them counted", won)
	}
	if w := b.post("/releases/"+string(r.ID)+"/approve", url.Values{"version": {version}}); w.Code != http.StatusConflict {
		t.Errorf("a replay: %d", w.Code)
	}
	sound(t, h)
}

// What changes in the undo window takes the release back: a name added to the profile, an item
// dropped or corrected, somebody named as involved.
func TestClass54_WhatChangesInTheWindow(t *testing.T) {
	for what, alter := range map[string]func(h *wakatest.House, p *wakatest.Person, id incident.ID) error{
		"an item": func(h *wakatest.House, p *wakatest.Person, id incident.ID) error {
			_, err := h.Casework.Judge(t.Context(), p.Actor, id, incident.Dropped, seen(p.Items(id)[0]))
			return err
		},
		"the profile": func(h *wakatest.House, p *wakatest.Person, _ incident.ID) error {
			old, err := h.Casework.Profile(t.Context(), p.Actor)
			if err != nil {
				return err
			}
			return h.Casework.SetProfile(t.Context(), p.Actor, old.Version, old.Text+"\n# c2-one is ours\n")
		},
		"who is involved": func(h *wakatest.House, p *wakatest.Person, id incident.ID) error {
			return h.Casework.Describe(t.Context(), p.Actor, id, mustRecordOf(t, h, p, id), incident.Case{Involved: []incident.Involved{{Name: "架空協力会社シーツー", Part: incident.Vendor}}})
		},
		"the day": func(h *wakatest.House, _ *wakatest.Person, _ incident.ID) error { return nil },
	} {
		h := wakatest.New(t)
		p := h.As("webserver-security")
		id := p.Open()
		add(t, p, h, id, domain("c2-one.example"))
		proposal := h.ToCommunity()
		if what == "the day" {
			proposal.Letter.Until = h.Now().Add(exchange.UndoWindow / 2)
		}
		r := h.As("webserver-approver").Approve(p.Compose(id, proposal))
		if err := alter(h, p, id); err != nil {
			t.Fatal(err)
		}
		h.Wait(exchange.UndoWindow)
		got := p.See(r)
		if got.State != exchange.Withdrawn || got.Parcel != "" || got.Why != "exchange.changed-since" {
			t.Errorf("%s: it is %s, %q", what, got.State, got.Why)
		}
		if body := as(t, h, "webserver-security").get("/releases/" + string(r.ID)).Body.String(); strings.Contains(body, got.Why) {
			t.Errorf("%s: the page shows a token", what)
		}
		sound(t, h)
	}
}

// The page says that it was sent when it has been sealed, and not before.
func TestClass63_SaidWhenDone(t *testing.T) {
	h := wakatest.New(t)
	_, r := composed(t, h)
	a := as(t, h, "webserver-approver")
	w := a.post("/releases/"+string(r.ID)+"/approve", url.Values{"version": {fmt.Sprint(r.Version)}})
	sealed := regexp.MustCompile(`parcel-[0-9a-f]{32}`)
	if body := a.get(w.Header().Get("Location")).Body.String(); sealed.MatchString(body) {
		t.Error("it says sealed while it waits")
	}
	h.Wait(exchange.UndoWindow)
	if got := h.As("webserver-security").See(r); got.State != exchange.Sealed {
		t.Fatalf("it is %s", got.State)
	}
	// A notice of the address alone is believed for nothing but its words.
	for _, done := range []string{"sent", "sealed", "../x", "approved"} {
		body := regexp.MustCompile(`href="[^"]*"`).ReplaceAllString(a.get("/?done="+done+"&n="+strings.Repeat("9", 40)).Body.String(), "")
		if strings.Contains(body, strings.Repeat("9", 40)) {
			t.Errorf("%s: the address speaks", done)
		}
	}
}
