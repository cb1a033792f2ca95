package wakatest_test

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
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

// The whole way: notes, items, a release, a second person, and after the undo window exactly
// those bytes and no others.
func TestRansomwareMorning(t *testing.T) {
	h := wakatest.New(t)
	security, approver := h.As("ransomware-security"), h.As("ransomware-approver")
	id := security.PasteSample("ransomware")
	security.ConfirmAll(id)
	what := h.ToCommunity()
	what.Letter = parcel.Letter{Ask: "8 月 28 日以降の通信が見当たるか教えてください。", Conditions: "自動転送しない", PAP: tlp.PAPAmber}
	r := security.Compose(id, what)
	if r.State != exchange.Composed || len(r.Recipients) != 5 {
		t.Fatalf("composed: %+v", r)
	}
	_, preview, err := h.Office.Rendered(t.Context(), approver.Actor, r.ID, "stix")
	if err != nil {
		t.Fatal(err)
	}
	r = approver.Approve(r)
	h.Wait(exchange.UndoWindow - time.Second)
	if got := security.See(r); got.State != exchange.Approved {
		t.Errorf("it left early: %s", got.State)
	}
	h.Wait(2 * time.Second)
	r = security.See(r)
	if r.State != exchange.Sealed {
		t.Fatalf("it is %s", r.State)
	}
	p, err := h.Store.ReadParcel(t.Context(), security.Actor.Org, r.Parcel)
	if err != nil || string(p.Body()) != string(preview) || p.Sender() != r.Sender || p.Label() != tlp.Amber {
		t.Errorf("the parcel is not what was looked at: %v", err)
	}
	wantSilent(t, h, approver, r, "../../testdata/incidents/ransomware/expect.json")
	h.Store.Close()
	if found, err := store.Check(t.Context(), h.Dir, nil); err != nil || len(found.Faults) > 0 {
		t.Errorf("check: %v %q", err, found.Faults)
	}
}

// wantSilent looks for everything that must not leave in every rendering.
func wantSilent(t *testing.T, h *wakatest.House, p *wakatest.Person, r exchange.Release, expect string) {
	t.Helper()
	data, err := os.ReadFile(expect)
	if err != nil {
		t.Fatal(err)
	}
	var want struct {
		MustNotAppear []string `json:"must_not_appear"`
		Held          []string `json:"held_for_coordination"`
		Damage        []string `json:"damage_facts"`
		Third         []string `json:"third_party_victims"`
	}
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	for _, x := range r.Renderings {
		_, body, err := h.Office.Rendered(t.Context(), p.Actor, r.ID, x.Name)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range slices.Concat(want.MustNotAppear, want.Held, want.Damage, want.Third) {
			if strings.Contains(strings.ToLower(string(body)), strings.ToLower(secret)) {
				t.Errorf("%s shows %q", x.Name, secret)
			}
		}
	}
}

func TestAllSamplesLeaveSilently(t *testing.T) {
	h := wakatest.New(t)
	for _, name := range []string{"targeted", "webserver"} {
		security := h.As(name + "-security")
		id := security.PasteSample(name)
		security.ConfirmAll(id)
		wantSilent(t, h, security, security.Compose(id, h.ToCommunity()), "../../testdata/incidents/"+name+"/expect.json")
	}
}

// Whoever composed a release cannot approve it: not with another hat, not with a token.
func TestTwoPeople(t *testing.T) {
	h := wakatest.New(t)
	ctx := t.Context()
	security, approver := h.As("ransomware-security"), h.As("ransomware-approver")
	id := security.PasteSample("ransomware")
	security.ConfirmAll(id)
	r := security.Compose(id, h.ToCommunity())

	_, err := h.Office.Approve(ctx, security.Actor, r.ID, r.Version)
	h.Refused("approval without the right", err, fault.Forbidden, "")
	all, err := h.Accounts.List(ctx, security.Actor)
	if err != nil {
		t.Fatal(err)
	}
	self := all[slices.IndexFunc(all, func(a account.Account) bool { return a.ID == security.Actor.Account })]
	self.Hats = append(self.Hats, party.Approver)
	if _, err := h.Accounts.Change(ctx, security.Actor, self); err != nil {
		t.Fatal(err)
	}
	both := security.Actor
	both.Hats = self.Hats
	_, err = h.Office.Approve(ctx, both, r.ID, r.Version)
	h.Refused("approval of one's own release", err, fault.Forbidden, "exchange.two-people")
	secret, _, err := h.Accounts.MakeToken(ctx, both, account.Token{Name: "second key", Scope: party.Rights(), Until: h.Now().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	key, err := h.Accounts.ByToken(ctx, secret)
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.Office.Approve(ctx, key, r.ID, r.Version)
	h.Refused("approval with a second key", err, fault.Forbidden, "exchange.two-people")
	_, err = h.Office.SendBack(ctx, both, r.ID, r.Version, "no")
	h.Refused("judging one's own release", err, fault.Forbidden, "exchange.two-people")

	approver.Approve(r)
	_, err = h.Office.Approve(ctx, approver.Actor, r.ID, r.Version)
	h.Refused("approving twice", err, fault.Conflict, "")
}

// A victim of one person gets the second approval from a named person of its hub, who sees
// what leaves and nothing else, and only while named.
func TestDeputy(t *testing.T) {
	h := wakatest.New(t)
	ctx := t.Context()
	victim, deputy := h.As("ransomware-security"), h.As("hub-approver")
	id := victim.PasteSample("ransomware")
	victim.ConfirmAll(id)
	r := victim.Compose(id, h.ToCommunity())
	_, err := h.Office.Approve(ctx, deputy.Actor, r.ID, r.Version)
	h.Refused("a stranger's approval", err, fault.NotFound, "store.not-found")
	h.Refused("a deputy who is no hub's", h.Office.NameDeputy(ctx, victim.Actor, h.As("member-a-approver").Actor.Account, h.As("member-a-approver").Actor.Org), fault.Invalid, "exchange.deputy")
	h.Refused("a deputy named by who may not", h.Office.NameDeputy(ctx, h.As("ransomware-legal").Actor, deputy.Actor.Account, deputy.Actor.Org), fault.Forbidden, "")
	if err := h.Office.NameDeputy(ctx, victim.Actor, deputy.Actor.Account, deputy.Actor.Org); err != nil {
		t.Fatal(err)
	}
	if waiting, err := h.Office.Waiting(ctx, deputy.Actor); err != nil || len(waiting) != 1 {
		t.Errorf("waiting: %+v, %v", waiting, err)
	}
	_, err = h.Office.Stays(ctx, deputy.Actor, r.ID)
	h.Refused("what stays, to a deputy", err, fault.NotFound, "")
	_, err = h.Casework.Record(ctx, deputy.Actor, id)
	h.Refused("the incident, to a deputy", err, fault.NotFound, "")
	_, err = h.Office.Approve(ctx, h.As("hub-legal").Actor, r.ID, r.Version)
	h.Refused("approval by the deputy's colleague", err, fault.Forbidden, "")
	if got := deputy.Approve(r); got.JudgedBy != deputy.Actor.Account {
		t.Errorf("judged by %s", got.JudgedBy)
	}
	h.Wait(exchange.UndoWindow)
	if got := victim.See(r); got.State != exchange.Sealed {
		t.Errorf("it is %s", got.State)
	}
	if err := h.Office.EndDeputy(ctx, victim.Actor, deputy.Actor.Account); err != nil {
		t.Fatal(err)
	}
	again := victim.Compose(id, h.ToCommunity())
	_, err = h.Office.Approve(ctx, deputy.Actor, again.ID, again.Version)
	h.Refused("a deputy of yesterday", err, fault.NotFound, "")
}

// What was looked at is what is approved: any change between makes the approval stale.
func TestApprovalOfWhatHasChanged(t *testing.T) {
	for what, change := range map[string]func(t *testing.T, h *wakatest.House, id incident.ID) error{
		"an item": func(t *testing.T, h *wakatest.House, id incident.ID) error {
			p := h.As("ransomware-legal")
			i := p.Items(id)[3]
			_, err := h.Casework.Judge(t.Context(), p.Actor, id, incident.Dropped, casework.Seen{Item: i.ID, Version: i.Version})
			return err
		},
		"the profile": func(t *testing.T, h *wakatest.House, _ incident.ID) error {
			p := h.As("ransomware-security")
			old, err := h.Casework.Profile(t.Context(), p.Actor)
			if err != nil {
				return err
			}
			return h.Casework.SetProfile(t.Context(), p.Actor, old.Version, old.Text+"\n# one more look\n")
		},
		"who is involved": func(t *testing.T, h *wakatest.House, id incident.ID) error {
			return h.Casework.Describe(t.Context(), h.As("ransomware-legal").Actor, id, mustRecord(t, h, id).Version,
				incident.Case{Involved: []incident.Involved{{Name: "さくら架空クリニック", Part: incident.Customer}}})
		},
		"the audience": func(t *testing.T, h *wakatest.House, _ incident.ID) error {
			hub := h.As("hub-security").Actor
			c, err := h.Office.Community(t.Context(), hub, h.Community)
			if err != nil {
				return err
			}
			c.Members = c.Members[:2]
			_, err = h.Office.SetCommunity(t.Context(), hub, c)
			return err
		},
	} {
		t.Run(what, func(t *testing.T) {
			h := wakatest.New(t)
			id := h.As("ransomware-security").PasteSample("ransomware")
			h.As("ransomware-security").ConfirmAll(id)
			r := h.As("ransomware-security").Compose(id, h.ToCommunity())
			if err := change(t, h, id); err != nil {
				t.Fatal(err)
			}
			_, err := h.Office.Approve(t.Context(), h.As("ransomware-approver").Actor, r.ID, r.Version)
			h.Refused("approval", err, fault.Conflict, "exchange.changed-since")
		})
	}
}

func mustRecord(t *testing.T, h *wakatest.House, id incident.ID) casework.Record {
	t.Helper()
	r, err := h.Casework.Record(t.Context(), h.As("ransomware-legal").Actor, id)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Within the undo window an approval is taken back, and nothing leaves.
func TestUndoWindow(t *testing.T) {
	h := wakatest.New(t)
	security, approver := h.As("webserver-security"), h.As("webserver-approver")
	id := security.PasteSample("webserver")
	security.ConfirmAll(id)
	r := approver.Approve(security.Compose(id, h.ToCommunity()))
	h.Wait(exchange.UndoWindow / 2)
	if _, err := h.Office.Withdraw(t.Context(), security.Actor, r.ID, "slip"); err != nil {
		t.Fatal(err)
	}
	h.Wait(time.Hour)
	if got := security.See(r); got.State != exchange.Withdrawn || got.Parcel != "" {
		t.Errorf("it is %+v", got)
	}
	if all, err := h.Store.Parcels(t.Context(), security.Actor.Org, id); err != nil || len(all) != 0 {
		t.Errorf("%d parcels, %v", len(all), err)
	}
	_, err := h.Office.Withdraw(t.Context(), security.Actor, r.ID, "again")
	h.Refused("taking back twice", err, fault.Conflict, "")
}

// A process that ends between approval and departure loses nothing and sends nothing twice.
func TestRestartBeforeItLeaves(t *testing.T) {
	h := wakatest.New(t)
	security := h.As("webserver-security")
	id := security.PasteSample("webserver")
	security.ConfirmAll(id)
	r := h.As("webserver-approver").Approve(security.Compose(id, h.ToCommunity()))
	again := exchange.NewOffice(h.Store, func() time.Time { return h.Now().Add(exchange.UndoWindow) }, zeroes{}, h.Guard)
	if err := again.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	for want := 1; want >= 0; want-- {
		if n, err := again.Settle(t.Context()); n != want || err != nil {
			t.Errorf("%d left, %v; want %d", n, err, want)
		}
	}
	if got := security.See(r); got.State != exchange.Sealed {
		t.Errorf("it is %s", got.State)
	}
	h.Wait(time.Hour) // the first process wakes up as well
	if all, err := h.Store.Parcels(t.Context(), security.Actor.Org, id); err != nil || len(all) != 1 {
		t.Errorf("%d parcels, %v", len(all), err)
	}
}

type zeroes struct{}

func (zeroes) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 7
	}
	return len(b), nil
}

// No audience, an unknown one, an emptied one: nobody.
func TestNobody(t *testing.T) {
	h := wakatest.New(t)
	ctx := t.Context()
	security, hub := h.As("webserver-security"), h.As("hub-security").Actor
	id := security.PasteSample("webserver")
	security.ConfirmAll(id)
	whole, err := h.Office.Community(ctx, hub, h.Community)
	if err != nil {
		t.Fatal(err)
	}
	everyone := []party.OrgID{whole.Hub.Org}
	for _, m := range whole.Members {
		everyone = append(everyone, m.Org)
	}
	for what, change := range map[string]func(*exchange.Proposal){
		"no community":       func(p *exchange.Proposal) { p.To.Community = "" },
		"an unknown one":     func(p *exchange.Proposal) { p.To.Community = "community-none" },
		"no reach":           func(p *exchange.Proposal) { p.To.Reach = party.Nobody },
		"a reach that none":  func(p *exchange.Proposal) { p.To.Reach = 99 },
		"an unknown group":   func(p *exchange.Proposal) { p.To.Group = "friends" },
		"all left out":       func(p *exchange.Proposal) { p.To.Except = everyone },
		"no label":           func(p *exchange.Proposal) { p.Label = tlp.Unknown },
		"a label too strict": func(p *exchange.Proposal) { p.Label = tlp.Red },
		"a day gone by":      func(p *exchange.Proposal) { p.Letter.Until = h.Now().Add(-time.Hour) },
	} {
		p := h.ToCommunity()
		change(&p)
		if _, err := h.Office.Compose(ctx, security.Actor, id, p); err == nil {
			t.Errorf("%s: somebody would get it", what)
		}
	}
	whole.Retired = true
	if _, err := h.Office.SetCommunity(ctx, hub, whole); err != nil {
		t.Fatal(err)
	}
	_, err = h.Office.Compose(ctx, security.Actor, id, h.ToCommunity())
	h.Refused("a retired community", err, fault.Invalid, "exchange.nobody")
	_, err = h.Office.SetCommunity(ctx, security.Actor, parcel.Community{ID: h.Community, Name: "mine", Version: whole.Version + 1, Ceiling: tlp.Red})
	h.Refused("another's community", err, fault.Conflict, "")
}

// Nothing leaves for an organisation that has not said what would identify it.
func TestNoProfile(t *testing.T) {
	h := wakatest.New(t)
	p := h.As("member-a-security")
	id := p.PasteSample("webserver")
	p.ConfirmAll(id)
	_, err := h.Office.Compose(t.Context(), p.Actor, id, h.ToCommunity())
	h.Refused("a release without a profile", err, fault.Invalid, "gate.no-profile")
}

// A sentence a person wrote goes through the gate like everything else.
func TestSentences(t *testing.T) {
	h := wakatest.New(t)
	p := h.As("ransomware-security")
	id := p.PasteSample("ransomware")
	p.ConfirmAll(id)
	for _, text := range []string{
		"青葉架空総合病院からのお願いです", "ｱｵﾊﾞｶｸｳ の件", "see aoba-kaku-hp[.]example", "YWtnaA== AKGH", "給食のひなた架空給食サービスにも聞いてください", "http://x.example/?v=%E9%9D%92%E8%91%89%E6%9E%B6%E7%A9%BA%E7%97%85%E9%99%A2",
	} {
		for _, l := range []parcel.Letter{{Ask: text}, {Conditions: text}} {
			what := h.ToCommunity()
			what.Letter = l
			_, err := h.Office.Compose(t.Context(), p.Actor, id, what)
			h.Refused(text, err, fault.Withheld, "")
		}
	}
	if all, err := h.Office.Releases(t.Context(), p.Actor, id); err != nil || len(all) != 0 {
		t.Errorf("%d releases were kept, %v", len(all), err)
	}
}

// Two people at one item: the second is told, and nothing of the first is lost.
func TestTwoAtOneItem(t *testing.T) {
	h := wakatest.New(t)
	ctx := t.Context()
	a, b := h.As("targeted-security"), h.As("targeted-legal")
	id := a.PasteSample("targeted")
	i := a.Items(id)[0]
	seen := casework.Seen{Item: i.ID, Version: i.Version}
	if _, err := h.Casework.Correct(ctx, a.Actor, id, seen, casework.Edit{Kind: incident.Damage, Text: "first"}); err != nil {
		t.Fatal(err)
	}
	_, err := h.Casework.Correct(ctx, b.Actor, id, seen, casework.Edit{Kind: incident.Damage, Text: "second"})
	h.Refused("a stale correction", err, fault.Conflict, "store.conflict")
	_, err = h.Casework.Judge(ctx, b.Actor, id, incident.Dropped, seen)
	h.Refused("a stale verdict", err, fault.Conflict, "store.conflict")
	if got := a.Items(id)[0]; got.Text != "first" || got.Stand != incident.Confirmed {
		t.Errorf("it is %+v", got)
	}
}

func TestUndo(t *testing.T) {
	h := wakatest.New(t)
	ctx := t.Context()
	a, b := h.As("targeted-security"), h.As("targeted-legal")
	id := a.PasteSample("targeted")
	before := a.Items(id)
	h.Wait(time.Minute)
	a.ConfirmAll(id)
	seen, act, err := h.Casework.LastChange(ctx, a.Actor, id)
	if err != nil || len(seen) != len(before) {
		t.Fatalf("%d to undo, %v", len(seen), err)
	}
	if seen, _, _ := h.Casework.LastChange(ctx, b.Actor, id); len(seen) != 0 {
		t.Error("one may undo what another did")
	}
	h.Wait(time.Minute)
	if _, err := h.Casework.Undo(ctx, a.Actor, id, act); err != nil {
		t.Fatal(err)
	}
	for k, i := range a.Items(id) {
		if i.Stand != incident.Proposed || i.Value != before[k].Value || i.Reason != before[k].Reason {
			t.Errorf("item %d is %+v", k, i)
		}
	}
	_, err = h.Casework.Undo(ctx, a.Actor, id, act)
	h.Refused("an undo that is past", err, fault.Conflict, "")
}

// What is taken in and undone at once is dropped, not lost.
func TestUndoOfAPaste(t *testing.T) {
	h := wakatest.New(t)
	a := h.As("targeted-security")
	id := a.PasteSample("targeted")
	_, act, err := h.Casework.LastChange(t.Context(), a.Actor, id)
	if err != nil || act == 0 {
		t.Fatalf("nothing to undo: %v", err)
	}
	if _, err := h.Casework.Undo(t.Context(), a.Actor, id, act); err != nil {
		t.Fatal(err)
	}
	for _, i := range a.Items(id) {
		if i.Stand != incident.Dropped {
			t.Errorf("%s is %q", i.ID, i.Stand)
		}
	}
}

// Of two that say the same, the strictest conditions and all marks remain.
func TestMerge(t *testing.T) {
	h := wakatest.New(t)
	ctx := t.Context()
	p := h.As("targeted-security")
	id := p.Open()
	add := func(e casework.Edit) casework.Seen {
		e.Kind, e.Type, e.Value, e.Status = incident.Destination, "domain-name", "evil.example", incident.Received
		i, err := h.Casework.Add(ctx, p.Actor, id, e)
		if err != nil {
			t.Fatal(err)
		}
		return casework.Seen{Item: i.ID, Version: i.Version}
	}
	into := add(casework.Edit{Label: "TLP:GREEN", First: "2026-08-30", Last: "2026-08-30"})
	from := add(casework.Edit{Label: "TLP:RED", NotPassOn: true, Marks: []string{"one-off"}, First: "2026-08-28", Last: "2026-08-29"})
	if _, err := h.Casework.Merge(ctx, p.Actor, id, into, from); err != nil {
		t.Fatal(err)
	}
	items := p.Items(id)
	if i := items[0]; i.Conditions.Label != tlp.Red || !i.Conditions.Promise || !i.Marks.Has(incident.OneOff) || i.FirstSeen.Day() != "2026-08-28" || i.LastSeen.Day() != "2026-08-30" {
		t.Errorf("what remains: %+v", i)
	}
	if i := items[1]; i.Stand != incident.Merged || i.Into != items[0].ID {
		t.Errorf("what went into it: %+v", i)
	}
}

func TestSplit(t *testing.T) {
	h := wakatest.New(t)
	ctx := t.Context()
	p := h.As("targeted-security")
	id := p.Open()
	i, err := h.Casework.Add(ctx, p.Actor, id, casework.Edit{Kind: incident.Damage, Text: "顧客名簿が漏えい\n受注が停止"})
	if err != nil {
		t.Fatal(err)
	}
	seen := casework.Seen{Item: i.ID, Version: i.Version}
	if _, err := h.Casework.Split(ctx, p.Actor, id, seen, []string{"one alone"}); err == nil {
		t.Error("one part is no split")
	}
	if _, err := h.Casework.Split(ctx, p.Actor, id, seen, strings.Split(i.Text, "\n")); err != nil {
		t.Fatal(err)
	}
	items := p.Items(id)
	if len(items) != 3 || items[0].Stand != incident.Dropped || items[1].Text != "顧客名簿が漏えい" || items[2].Stand != incident.Proposed {
		t.Errorf("items: %+v", items)
	}
}

// An answer counts until something it rests on changes.
func TestAnAnswerIsOpenedByAChangedFact(t *testing.T) {
	h := wakatest.New(t)
	ctx := t.Context()
	p := h.As("ransomware-legal")
	id := h.As("ransomware-security").PasteSample("ransomware")
	i := p.Items(id)[2]
	if err := h.Casework.Give(ctx, p.Actor, id, "sharing", incident.Answer{Question: "unknown", Answer: "yes", Why: "new", Rests: []incident.ItemID{i.ID}}); err != nil {
		t.Fatal(err)
	}
	open := func() bool {
		all, err := h.Casework.Answers(ctx, p.Actor, id, "sharing")
		if err != nil || len(all) != 1 || all[0].By != string(p.Actor.Account) || all[0].Why != "new" {
			t.Fatalf("answers: %+v, %v", all, err)
		}
		return all[0].Open
	}
	if open() {
		t.Error("it is open at once")
	}
	if _, err := h.Casework.Judge(ctx, p.Actor, id, incident.Dropped, casework.Seen{Item: i.ID, Version: i.Version}); err != nil {
		t.Fatal(err)
	}
	if !open() {
		t.Error("the fact has changed and the answer stands")
	}
	if all, err := h.Casework.Answers(ctx, p.Actor, id, "publication"); err != nil || len(all) != 0 {
		t.Errorf("another flow's answers: %+v, %v", all, err)
	}
	err := h.Casework.Choose(ctx, p.Actor, id, incident.Choice{Flow: "sharing"})
	h.Refused("a decision not to share, without a reason", err, fault.Invalid, "casework.why-not")
}

// Whom a release is shown to go to is whom it may go to, over random communities.
func TestRecipientsAreWhoTheyAreSaidToBe(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		c := parcel.Community{ID: "c", Ceiling: tlp.Amber, Hub: parcel.Member{Org: org(r.IntN(9))}, Retired: r.IntN(9) == 0, Visible: r.IntN(2) == 0}
		if r.IntN(9) == 0 {
			c.Ceiling = tlp.Unknown
		}
		for range r.IntN(7) {
			c.Members = append(c.Members, parcel.Member{Org: org(r.IntN(9)), Name: "name"})
		}
		c.Groups = []parcel.Group{{ID: "g", Members: []party.OrgID{org(r.IntN(9)), org(r.IntN(9))}}}
		to := parcel.Audience{Community: "c", Reach: party.Reach(r.IntN(5)), Group: []string{"", "g", "none"}[r.IntN(3)]}
		for range r.IntN(4) {
			to.Except = append(to.Except, org(r.IntN(9)))
		}
		sender := org(r.IntN(9))
		shown := map[party.OrgID]bool{}
		for _, m := range c.Recipients(to, sender) {
			shown[m.Org] = true
		}
		for n := range 10 {
			o := org(n)
			member := slices.ContainsFunc(c.Members, func(m parcel.Member) bool { return m.Org == o })
			may := o != sender && !slices.Contains(to.Except, o) && !c.Retired && c.Ceiling != tlp.Unknown && to.Reach >= party.Coordinator && to.Reach <= party.Community
			inGroup := to.Group == "" || to.Group == "g" && slices.Contains(c.Groups[0].Members, o)
			may = may && (to.Group != "none" || to.Reach != party.Community) &&
				(o == c.Hub.Org || to.Reach == party.Community && member && inGroup)
			if shown[o] != may {
				t.Fatalf("%+v %+v from %s: %s is shown %v, may %v", c, to, sender, o, shown[o], may)
			}
		}
		for _, m := range c.Shown(c.Recipients(to, sender), sender) {
			if !c.Visible && c.Hub.Org != sender && m.Name != "" && m.Org != c.Hub.Org && m.Org != sender {
				t.Fatalf("a hidden member's name is shown")
			}
		}
	}
}

func org(n int) party.OrgID { return party.OrgID("org-" + string(rune('a'+n))) }

func TestIncidentsAreFound(t *testing.T) {
	h := wakatest.New(t)
	p := h.As("ransomware-legal")
	id := p.Open()
	if err := h.Casework.Describe(t.Context(), p.Actor, id, 0, incident.Case{Sort: "侵入型ランサムウェア", Involved: []incident.Involved{{Name: "さくら架空クリニック", Part: incident.Customer}}}); err == nil {
		t.Fatal("a version that is past was accepted") // Open has described it already
	}
	if err := h.Casework.Describe(t.Context(), p.Actor, id, mustRecord(t, h, id).Version, incident.Case{Sort: "侵入型ランサムウェア", Involved: []incident.Involved{{Name: "さくら架空クリニック", Part: incident.Customer}}}); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]int{"ﾗﾝｻﾑ": 1, "さくら": 1, string([]rune(mustRecord(t, h, id).Codename)[:2]): 1, "無い言葉": 0, "侵": 0, "": 0} {
		if got, err := h.Casework.FindIncidents(t.Context(), p.Actor, text, 10); err != nil || len(got) != want {
			t.Errorf("%q finds %d, %v; want %d", text, len(got), err, want)
		}
		if got, err := h.Casework.FindIncidents(t.Context(), h.As("targeted-legal").Actor, text, 10); err != nil || len(got) != 0 {
			t.Errorf("%q finds %d for another organisation, %v", text, len(got), err)
		}
	}
}

// Bad papers: a clear error, and nothing kept.
func TestBadPapers(t *testing.T) {
	h := wakatest.New(t)
	p := h.As("targeted-security")
	id := p.Open()
	for name, data := range map[string]string{
		"x.bin": "\x00\x01\x02\x03\x7fELF", "bomb.zip": "PK\x03\x04 not really", "empty.docx": "PK\x05\x06" + strings.Repeat("\x00", 18),
	} {
		if _, err := h.Casework.TakeIn(t.Context(), p.Actor, id, name, []byte(data)); err == nil {
			t.Errorf("%s was taken in", name)
		}
	}
	_, err := h.Casework.TakeIn(t.Context(), p.Actor, id, "big.log", make([]byte, casework.MaxPaper+1))
	h.Refused("a paper too large", err, fault.TooLarge, "")
	if papers, err := h.Casework.Papers(t.Context(), p.Actor, id); err != nil || len(papers) != 0 {
		t.Errorf("papers: %+v, %v", papers, err)
	}
	p.Paste(id, "通信先 203.0.113.77")
	_, err = h.Casework.TakeIn(t.Context(), p.Actor, id, "again.md", []byte("通信先 203.0.113.77"))
	h.Refused("the same paper twice", err, fault.Conflict, "")
	hostile := "../../\u202eevil 😀<script>.md"
	in, err := h.Casework.TakeIn(t.Context(), p.Actor, id, hostile, []byte("C2 は 203.0.113.78"))
	if err != nil || len(in.Proposed) == 0 {
		t.Errorf("%q: %v", hostile, err)
	}
}
