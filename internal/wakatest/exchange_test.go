package wakatest_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/relay"
	"github.com/wakachi/wakachi/internal/store"
	"github.com/wakachi/wakachi/internal/tlp"
	"github.com/wakachi/wakachi/internal/wakatest"
)

// A victim shares, members read and answer, the sharer sees what came of it and takes it
// back; each step is where the one before left it.
func TestTheExchange(t *testing.T) {
	h := wakatest.New(t)
	what := h.ToCommunity()
	what.Letter = parcel.Letter{Ask: "見当たるか教えてください。", AskDue: wakatest.Morning.AddDate(0, 0, 7), PAP: tlp.PAPAmber}
	r := h.Share("ransomware", what)
	a, b := h.As("member-a-security"), h.As("member-b-security")
	shelf := a.Shelf("members")
	got := a.Walk(shelf.ID, 3)
	if len(got) < 10 || got[len(got)-1].Type != "wakachi-seal" {
		t.Fatalf("member-a walked over %d objects", len(got))
	}
	a.Answer(r.Parcel, parcel.Answer{Finding: parcel.Found, Count: 3, Logs: parcel.ProxyLog})
	b.Answer(r.Parcel, parcel.Answer{Finding: parcel.NotFound, Logs: parcel.DNSLog, From: wakatest.Morning.AddDate(0, -3, 0), To: wakatest.Morning, Coverage: 80, Covered: true})
	h.As("webserver-security").Answer(r.Parcel, parcel.Answer{Finding: parcel.NoLogs})
	e := h.As("ransomware-security").Effect(r.Parcel)
	if want := (parcel.Tally{Asked: 5, Found: 1, NotFound: 1, NoLogs: 1, Silent: 2}); e.Tally != want || e.Fetched() != 1 || len(e.Answers) != 3 {
		t.Errorf("the effect is %+v", e)
	}
	for _, x := range e.Answers {
		if x.Name != "" || x.ID != "" || x.At.Hour() != 0 {
			t.Errorf("an answer shows whose it is: %+v", x)
		}
	}
	sharer := h.As("ransomware-security")
	back := types(sharer.Walk(sharer.Shelf("returns").ID, 0))
	if back["wakachi-answer"] != 3 || back["sighting"] == 0 {
		t.Errorf("over TAXII the sharer gets %v", back)
	}
	for _, e := range sharer.Walk(sharer.Shelf("returns").ID, 0) {
		if strings.Contains(string(e.Raw), "member-") || strings.Contains(string(e.Raw), "org-") {
			t.Errorf("an answer shows whose it is: %s", e.Raw)
		}
	}
	if got := types(a.Walk(a.Shelf("returns").ID, 0)); len(got) != 0 {
		t.Errorf("a member reads what came back to another: %v", got)
	}
	h.Wait(8 * 24 * time.Hour)
	if e := h.As("ransomware-security").Effect(r.Parcel); !e.Overdue(h.Now()) {
		t.Error("silence past the day is not told")
	}

	h.As("ransomware-security").Recall(r.Parcel, relay.Order{Action: parcel.Retract, Reason: parcel.WrongValue})
	after := a.Walk(shelf.ID, 0)
	var told []parcel.Entry
	for _, x := range after {
		switch x.Type {
		case "wakachi-recall":
			told = append(told, x)
		case "marking-definition", "extension-definition", "identity":
		default:
			t.Errorf("%s is still on the shelf", x.Type)
		}
	}
	if len(told) != 1 {
		t.Fatalf("member-a was told %d times", len(told))
	}
	ctx := t.Context()
	_, _, err := h.Relay.Open(ctx, a.Actor, r.Parcel)
	h.Refused("opening what was recalled", err, fault.NotFound, "")
	if err := h.Relay.Acknowledge(ctx, a.Actor, r.Parcel, true, ""); err != nil {
		t.Error(err)
	}
	if err := h.Relay.Acknowledge(ctx, b.Actor, r.Parcel, false, parcel.KeptByLaw); err != nil {
		t.Error(err)
	}
	e = h.As("ransomware-security").Effect(r.Parcel)
	done, cannot := 0, 0
	for _, x := range e.Receivers {
		switch {
		case x.Acknowledged.IsZero():
		case x.Done:
			done++
		default:
			cannot++
		}
	}
	if done != 1 || cannot != 1 || e.State != "retracted" {
		t.Errorf("after the recall: %+v", e)
	}
	h.Store.Close()
	if found, err := store.Check(t.Context(), h.Dir, nil); err != nil || len(found.Faults) > 0 {
		t.Errorf("check: %v %q", err, found.Faults)
	}
}

// Whoever is shown before a release can read after it, and nobody else: over random
// communities, groups, exclusions and reaches, for every account of every organisation.
func TestPreviewIsTruth(t *testing.T) {
	rounds := 12
	if testing.Short() {
		rounds = 3
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 1))
	h := wakatest.New(t)
	all := wakatest.Houses()
	for round := range rounds {
		h.SetCommunity(func(c *parcel.Community) {
			c.Members, c.Groups = nil, nil
			for _, org := range all[1:] {
				if org == "ransomware" || rng.IntN(4) > 0 {
					c.Members = append(c.Members, parcel.Member{Org: h.Org(org), Name: org})
				}
			}
			g := parcel.Group{ID: "group-1", Name: "sector"}
			for _, m := range c.Members {
				if rng.IntN(2) == 0 {
					g.Members = append(g.Members, m.Org)
				}
			}
			c.Groups = []parcel.Group{g}
		})
		what := h.ToCommunity()
		what.To.Reach = []party.Reach{party.Community, party.Community, party.Hub, party.Coordinator}[rng.IntN(4)]
		if rng.IntN(3) == 0 {
			what.To.Group = "group-1"
		}
		for _, org := range all[1:] {
			if rng.IntN(4) == 0 {
				what.To.Except = append(what.To.Except, h.Org(org))
			}
		}
		security := h.As("ransomware-security")
		id := security.PasteSample("ransomware")
		security.ConfirmAll(id)
		r, err := h.Office.Compose(t.Context(), security.Actor, id, what)
		if err != nil {
			if k := fault.KindOf(err); k == fault.Invalid || k == fault.Withheld {
				continue // nobody to send it to, or nothing for them: shown as such
			}
			t.Fatal(err)
		}
		h.As("ransomware-approver").Approve(r)
		h.Wait(11 * time.Minute)
		r = security.See(r)
		for _, org := range all {
			shown := slices.ContainsFunc(r.Recipients, func(m parcel.Member) bool { return m.Org == h.Org(org) })
			for _, role := range wakatest.Roles() {
				p := h.As(org + "-" + role)
				if got := p.Reads(r.Parcel); got != (shown && p.Actor.May(party.Read)) {
					t.Errorf("round %d: shown %v, %s reads %v (%+v)", round, shown, p.Login, got, r.To)
				}
			}
		}
	}
}

// Each reader meets each object once, however parcels for others come in between, and in
// pages of any size.
func TestEachObjectOnce(t *testing.T) {
	h := wakatest.New(t)
	narrow := h.ToCommunity()
	narrow.To.Except = []party.OrgID{h.Org("member-b")}
	h.Share("ransomware", narrow)
	h.Share("ransomware", h.ToCommunity())
	h.Share("webserver", h.ToCommunity())
	h.Share("ransomware", narrow)
	for _, login := range []string{"member-a-security", "member-b-security", "hub-security", "webserver-legal"} {
		p := h.As(login)
		shelf := p.Shelf("members")
		whole := p.Walk(shelf.ID, 0)
		seen := map[string]bool{}
		for _, e := range whole {
			key := fmt.Sprintf("%s %s %x", e.ID, e.Version, e.Sum)
			if seen[key] {
				t.Errorf("%s meets %s twice", login, e.ID)
			}
			seen[key] = true
		}
		for _, limit := range []int{1, 7, 100} {
			if got := p.Walk(shelf.ID, limit); len(got) != len(whole) {
				t.Errorf("%s: %d objects in pages of %d, %d at once", login, len(got), limit, len(whole))
			}
		}
		for _, ref := range references(t, whole) {
			if !seen[ref] && !slices.ContainsFunc(whole, func(e parcel.Entry) bool { return e.ID == ref }) {
				t.Errorf("%s cannot resolve %s", login, ref)
			}
		}
	}
}

// references lists what the objects refer to.
func references(t *testing.T, all []parcel.Entry) []string {
	t.Helper()
	var out []string
	for _, e := range all {
		for _, part := range strings.Split(string(e.Raw), `"`) {
			if i := strings.Index(part, "--"); i > 0 && len(part) == i+38 && part != e.ID && !strings.HasPrefix(part, "extension-definition--") && e.Type != "wakachi-seal" {
				out = append(out, part)
			}
		}
	}
	return out
}

// types gives what a walk met, without what every shelf has.
func types(all []parcel.Entry) map[string]int {
	out := map[string]int{}
	for _, e := range all {
		switch e.Type {
		case "marking-definition", "extension-definition", "identity":
		default:
			out[e.Type]++
		}
	}
	return out
}

// Narrowing tells those who lose it and nobody else; the others read on as before.
func TestNarrowing(t *testing.T) {
	h := wakatest.New(t)
	r := h.Share("ransomware", h.ToCommunity())
	a, b := h.As("member-a-security"), h.As("member-b-security")
	shelf := a.Shelf("members").ID
	before := types(a.Walk(shelf, 0))
	b.Walk(shelf, 0)
	h.As("ransomware-security").Recall(r.Parcel, relay.Order{Action: parcel.Narrow, Reason: parcel.WrongAudience, Except: []party.OrgID{h.Org("member-b")}})
	if got := types(a.Walk(shelf, 0)); fmt.Sprint(got) != fmt.Sprint(before) {
		t.Errorf("member-a reads %v, before %v", got, before)
	}
	if got := types(b.Walk(shelf, 0)); fmt.Sprint(got) != "map[wakachi-recall:1]" {
		t.Errorf("member-b reads %v", got)
	}
	if a.Reads(r.Parcel) != true || b.Reads(r.Parcel) {
		t.Error("who reads it is not who should")
	}
	e := h.As("ransomware-security").Effect(r.Parcel)
	told := 0
	for _, x := range e.Receivers {
		if !x.Told.IsZero() {
			told++
		}
	}
	if told != 1 || e.State != "narrowed" {
		t.Errorf("%d were told: %+v", told, e)
	}
}

// Under a stricter label everything is a new version, and no form keeps the old one.
func TestTightening(t *testing.T) {
	h := wakatest.New(t)
	r := h.Share("ransomware", h.ToCommunity())
	a := h.As("member-a-security")
	shelf := a.Shelf("members").ID
	before := types(a.Walk(shelf, 0))
	h.Wait(time.Hour)
	security := h.As("ransomware-security")
	err := h.Relay.Recall(t.Context(), security.Actor, r.Parcel, relay.Order{Action: parcel.Tighten, Reason: parcel.Harm, Stricter: tlp.Green})
	h.Refused("a wider label", err, fault.Invalid, "relay.recall.stricter")
	security.Recall(r.Parcel, relay.Order{Action: parcel.Tighten, Reason: parcel.Harm, Stricter: tlp.AmberStrict})
	all := a.Walk(shelf, 0)
	before["wakachi-recall"] = 1
	if got := types(all); fmt.Sprint(got) != fmt.Sprint(before) {
		t.Errorf("member-a reads %v, want %v", got, before)
	}
	const amber = "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"
	for _, e := range all {
		if strings.Contains(string(e.Raw), amber) && e.ID != amber {
			t.Errorf("%s is still under TLP:AMBER", e.ID)
		}
	}
	s, sheet, err := h.Relay.Open(t.Context(), a.Actor, r.Parcel)
	if err != nil || s.Label != tlp.AmberStrict || sheet.Label != tlp.AmberStrict {
		t.Errorf("it opens under %v, %v: %v", s.Label, sheet.Label, err)
	}
	_, csv, err := h.Relay.Form(t.Context(), a.Actor, r.Parcel, "csv")
	if err != nil || strings.Contains(string(csv), "TLP:AMBER\r") || !strings.Contains(string(csv), "TLP:AMBER+STRICT") {
		t.Errorf("the table has the old label: %v", err)
	}
}

// Who joins later reads what stands and never what was taken back, nor that it was.
func TestLateJoiner(t *testing.T) {
	h := wakatest.New(t)
	h.SetCommunity(func(c *parcel.Community) {
		c.Members = slices.DeleteFunc(c.Members, func(m parcel.Member) bool { return m.Name == "member-b" })
	})
	gone := h.Share("ransomware", h.ToCommunity())
	stays := h.Share("webserver", h.ToCommunity())
	h.As("member-a-security").Walk(h.As("member-a-security").Shelf("members").ID, 0)
	h.As("ransomware-security").Recall(gone.Parcel, relay.Order{Action: parcel.Retract, Reason: parcel.FalsePositive})
	h.SetCommunity(func(c *parcel.Community) {
		c.Members = append(c.Members, parcel.Member{Org: h.Org("member-b"), Name: "member-b"})
	})
	b := h.As("member-b-security")
	all := b.Walk(b.Shelf("members").ID, 0)
	if types(all)["wakachi-recall"] != 0 || b.Reads(gone.Parcel) || !b.Reads(stays.Parcel) {
		t.Errorf("the late joiner reads %v", types(all))
	}
}

// A date of use ends it at the hub, whoever asks.
func TestExpiry(t *testing.T) {
	h := wakatest.New(t)
	what := h.ToCommunity()
	what.Letter = parcel.Letter{Until: time.Date(2026, 9, 10, 0, 0, 0, 0, time.UTC), PAP: tlp.PAPAmber}
	r := h.Share("ransomware", what)
	a := h.As("member-a-security")
	h.Wait(9 * 24 * time.Hour)
	if !a.Reads(r.Parcel) {
		t.Fatal("it ended before its day was over")
	}
	h.Wait(24 * time.Hour)
	if a.Reads(r.Parcel) || len(types(a.Walk(a.Shelf("members").ID, 0))) != 0 {
		t.Error("it is read after its day")
	}
	_, _, err := h.Relay.Form(t.Context(), a.Actor, r.Parcel, "csv")
	h.Refused("a file of what has expired", err, fault.NotFound, "")
}

// Numbers are told once three have answered, and then in steps of three; and not at all where
// two parcels' numbers could be subtracted.
func TestNumbersTellNobodysAnswer(t *testing.T) {
	h := wakatest.New(t)
	r := h.Share("ransomware", h.ToCommunity())
	a := h.As("member-a-security")
	numbers := func() string {
		n, ok, err := h.Relay.Tally(t.Context(), a.Actor, r.Parcel)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(ok, n.Found, n.NoLogs)
	}
	h.As("member-a-security").Answer(r.Parcel, parcel.Answer{Finding: parcel.NoLogs})
	h.As("member-b-security").Answer(r.Parcel, parcel.Answer{Finding: parcel.NoLogs})
	if got := numbers(); got != "false 0 0" {
		t.Errorf("after two: %s", got)
	}
	h.As("webserver-security").Answer(r.Parcel, parcel.Answer{Finding: parcel.Found, Count: 1})
	if got := numbers(); got != "true 1 2" {
		t.Errorf("after three: %s", got)
	}
	h.As("targeted-security").Answer(r.Parcel, parcel.Answer{Finding: parcel.Found, Count: 1})
	h.As("member-a-security").Answer(r.Parcel, parcel.Answer{Finding: parcel.Found, Count: 2}) // a change of mind
	if got := numbers(); got != "true 1 2" {
		t.Errorf("one more answer shows: %s", got)
	}
	narrow := h.ToCommunity()
	narrow.To.Except = []party.OrgID{h.Org("member-b")}
	h.Share("ransomware", narrow)
	if got := numbers(); got != "false 0 0" {
		t.Errorf("with a twin the numbers are told: %s", got)
	}
}

// An answer's sentences go through the answerer's own gate; without a profile the hub reads
// them first.
func TestSentencesOfAnswers(t *testing.T) {
	h := wakatest.New(t)
	r := h.Share("webserver", h.ToCommunity())
	victim, member := h.As("ransomware-security"), h.As("member-a-security")
	ctx := t.Context()
	err := h.Relay.Answer(ctx, victim.Actor, r.Parcel, parcel.Reply{Answer: parcel.Answer{Finding: parcel.NoLogs, Remarks: []parcel.Remark{{Kind: parcel.Mitigation, Text: "青葉架空総合病院では遮断しました。"}}}})
	h.Refused("a sentence with the answerer's name", err, fault.Withheld, "")
	member.Answer(r.Parcel, parcel.Answer{Finding: parcel.NoLogs, Tool: "member-a's grep", Remarks: []parcel.Remark{{Kind: parcel.Mitigation, Text: "canary-remark"}}})
	seen := fmt.Sprintf("%+v", h.As("webserver-security").Effect(r.Parcel))
	if strings.Contains(seen, "canary-remark") || strings.Contains(seen, "grep") {
		t.Error("the sharer reads what nobody has looked through")
	}
	hub := h.As("hub-security")
	e := hub.Effect(r.Parcel)
	if len(e.Answers) != 1 || e.Answers[0].Name != "member-a" || !e.Answers[0].Unread {
		t.Fatalf("the hub sees %+v", e.Answers)
	}
	err = h.Relay.Read(ctx, h.As("webserver-security").Actor, r.Parcel, e.Answers[0].ID)
	h.Refused("letting it go on as the sharer", err, fault.NotFound, "")
	if err := h.Relay.Read(ctx, hub.Actor, r.Parcel, e.Answers[0].ID); err != nil {
		t.Fatal(err)
	}
	if seen := fmt.Sprintf("%+v", h.As("webserver-security").Effect(r.Parcel).Answers); !strings.Contains(seen, "canary-remark") || strings.Contains(seen, "Name:member-a") {
		t.Errorf("after the hub read it: %s", seen)
	}
}

// What others shared becomes items of one's own incident: received, under their label, in
// one's own time; by the parcel, or from the bundle as a file.
func TestTakingInWhatWasShared(t *testing.T) {
	h := wakatest.New(t)
	r := h.Share("ransomware", h.ToCommunity())
	a := h.As("member-a-security")
	_, sheet, err := h.Relay.Open(t.Context(), a.Actor, r.Parcel)
	if err != nil {
		t.Fatal(err)
	}
	_, bundle, err := h.Relay.Form(t.Context(), a.Actor, r.Parcel, "stix")
	if err != nil {
		t.Fatal(err)
	}
	first, second := a.Open(), a.Open()
	in, err := h.Casework.TakeShared(t.Context(), a.Actor, first, r.Parcel, sheet)
	if err != nil || in.Items != len(sheet.Lines) {
		t.Errorf("of %d lines %d were proposed: %v", len(sheet.Lines), in.Items, err)
	}
	_, err = h.Casework.TakeShared(t.Context(), a.Actor, first, r.Parcel, sheet)
	h.Refused("taking it in twice", err, fault.Conflict, "")
	file, err := h.Casework.TakeIn(t.Context(), a.Actor, second, "bundle.json", bundle)
	if err != nil || file.Items < len(sheet.Lines)-2 {
		t.Errorf("of the file %d were proposed: %v", file.Items, err)
	}
	for _, id := range []incident.ID{first, second} {
		for _, i := range a.Items(id) {
			if i.Status != incident.Received || i.Conditions.Label != tlp.Amber || i.Stand != incident.Proposed {
				t.Errorf("%s %q came in as %s under %s", i.Kind, i.Text, i.Status, i.Conditions.Label)
			}
		}
	}
	_, err = h.Casework.TakeIn(t.Context(), a.Actor, a.Open(), "bundle.json", bundle[:len(bundle)/2])
	h.Refused("half a bundle", err, fault.Invalid, "stix.json")
}

// A page of a thousand objects costs three questions to the store, whatever the shelf holds.
func TestQuestionsOfAPage(t *testing.T) {
	h := wakatest.New(t)
	r := h.Share("ransomware", h.ToCommunity())
	a := h.As("member-a-security")
	shelf := a.Shelf("members").ID
	a.Walk(shelf, 0) // so that nothing is looked up for the first time
	before := wakatest.Queries()
	page, err := h.Relay.Page(t.Context(), a.Actor, shelf, parcel.Query{Via: "taxii"})
	if err != nil || len(page.Entries) < 10 {
		t.Fatal(len(page.Entries), err)
	}
	if got := wakatest.Queries() - before; got > 3 {
		t.Errorf("a page of %s costs %d questions", r.Parcel, got)
	}
}

// Answers that come at once are each laid once, and what explains them stands once.
func TestAnswersAtOnce(t *testing.T) {
	h := wakatest.New(t)
	r := h.Share("ransomware", h.ToCommunity())
	who := []string{"member-a", "member-b", "webserver", "targeted", "hub"}
	done := make(chan error, len(who))
	for _, org := range who {
		a := h.As(org + "-security").Actor
		go func() {
			done <- h.Relay.Answer(t.Context(), a, r.Parcel, parcel.Reply{Answer: parcel.Answer{Finding: parcel.NoLogs}})
		}()
	}
	for range who {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	sharer := h.As("ransomware-security")
	answers, seen := 0, map[string]bool{}
	for _, e := range sharer.Walk(sharer.Shelf("returns").ID, 0) {
		if seen[e.ID] {
			t.Errorf("%s stands twice", e.ID)
		}
		if seen[e.ID] = true; e.Type == "wakachi-answer" {
			answers++
		}
	}
	if answers != len(who) {
		t.Errorf("%d answers of %d", answers, len(who))
	}
}
