package wakatest_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/deadline"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/report"
	"github.com/wakachi/wakachi/internal/reporting"
	"github.com/wakachi/wakachi/internal/wakatest"
)

func moment(t testing.TB, s string) incident.Moment {
	t.Helper()
	var m incident.Moment
	if err := m.UnmarshalText([]byte(s)); err != nil || m.IsZero() {
		t.Fatalf("%q is no time", s)
	}
	return m
}

func so(f report.Field, value string) report.Fact {
	return report.Fact{Field: f, Standing: report.Confirmed, Value: value}
}

func perhaps(f report.Field, value string) report.Fact {
	return report.Fact{Field: f, Standing: report.Suspected, Value: value}
}

// told is what a shop whose payment page was tampered with knows on the first day.
func told() []report.Fact {
	return []report.Fact{
		so("organisation", "株式会社ハレノヒ架空商店"), so("self", "当店"), so("attack_type", "unauthorised-access"), so("overview", "決済画面が改ざんされていました。"),
		so("noticed_at", "2026-09-01 09:00"), perhaps("leak", "お客様のクレジットカード情報"), perhaps("persons", "１，８７４名"), so("contact_phone", "03-0000-0000"),
		so("next_report", "2026-09-08"), so("advice", "明細をご確認ください。"),
	}
}

// From the first fact to the follow-up: nothing is public that nobody approved, and what is taken back is
// explained.
func TestAReportOnItsWay(t *testing.T) {
	h := wakatest.New(t)
	security, legal, boss := h.As("webserver-security"), h.As("webserver-legal"), h.As("webserver-approver")
	if err := h.Reporting.SetSigning(t.Context(), security.Actor, []party.Hat{party.Legal, party.Management}); err != nil {
		t.Fatal(err)
	}
	id := security.PasteSample("webserver")
	security.Say(id, told()...)
	security.Enter(id, report.Deed{Sort: report.PoliceTold, At: moment(t, "2026-09-01T09:20:00+09:00"), With: "所轄警察署", Receipt: "担当 山田"})
	first := security.Draft(id, report.First)
	if !strings.Contains(first.Text, "対象となる可能性のある方は、1,874名です。") || strings.Contains(first.Text, "所轄") {
		t.Fatal(first.Text)
	}
	h.Refused("approval by the author", security.Signs(first), fault.Forbidden, "")
	h.Refused("approval before legal", boss.Signs(first), fault.Forbidden, "report.not-your-turn")
	if err := legal.Signs(first); err != nil {
		t.Fatal(err)
	}
	publish := func(p report.Publication, at time.Time) error {
		return h.Reporting.MarkPublished(t.Context(), security.Actor, p.ID, security.ReadsDraft(p).Version, at, "https://shop.example/news/1")
	}
	h.Refused("published without management", publish(first, h.Now()), fault.Withheld, "report.not-approved")
	if err := boss.Signs(first); err != nil {
		t.Fatal(err)
	}
	h.Wait(time.Hour)
	if err := publish(first, h.Now()); err != nil {
		t.Fatal(err)
	}

	// What was told turns out to be otherwise.
	security.Say(id, report.Fact{Field: "leak", Standing: report.FoundNone, Basis: "決済代行会社との通信記録"})
	next := security.Draft(id, report.FollowUp)
	if !strings.Contains(next.Title, "（第2報）") || !strings.Contains(next.Text, "2026年9月1日にお知らせした内容") {
		t.Errorf("%s\n%s", next.Title, next.Text)
	}
	h.Refused("a statement withdrawn in silence", legal.Signs(next), fault.Withheld, "reporting.blocked")
	security.Say(id, report.Fact{Field: "leak", Standing: report.FoundNone, Basis: "決済代行会社との通信記録", Changed: "通信記録を精査したため"})
	now := security.ReadsDraft(next)
	if err := h.Reporting.Edit(t.Context(), security.Actor, next.ID, now.Version, reporting.Edit{Again: true}); err != nil {
		t.Fatal(err)
	}
	if now = security.ReadsDraft(next); !strings.Contains(now.Text, "通信記録を精査したため") {
		t.Error(now.Text)
	}
	if err := legal.Signs(next); err != nil {
		t.Error(err)
	}
	course := security.Draft(id, report.Final).Text
	if !strings.Contains(course, "警察に相談") || !strings.Contains(course, "| 2026年9月1日 | 公表 |") {
		t.Errorf("the course lacks what the record shows:\n%s", course)
	}
}

// An edit by hand is somebody's own words, voids what was approved, and is compared with what the record says.
func TestAnEditTakesANewApproval(t *testing.T) {
	h := wakatest.New(t)
	security, legal := h.As("webserver-security"), h.As("webserver-legal")
	id := security.Open()
	security.Say(id, told()...)
	p := security.Draft(id, report.First)
	if err := legal.Signs(p); err != nil {
		t.Fatal(err)
	}
	edit := func(who *wakatest.Person, text string) error {
		now := who.ReadsDraft(p)
		return h.Reporting.Edit(t.Context(), who.Actor, p.ID, now.Version, reporting.Edit{Title: now.Title, Text: text})
	}
	if err := edit(legal, p.Text+"\n情報の漏えいは確認されておりません。\n"); err != nil {
		t.Fatal(err)
	}
	order := []party.Hat{party.Legal, party.PR, party.Management}
	if now := security.ReadsDraft(p); now.Progress(order) != report.Drafted || now.Author != legal.Actor.Account {
		t.Errorf("%s by %s", now.Progress(order), now.Author)
	}
	h.Refused("a denial nobody looked for", h.As("webserver-legal").Signs(p), fault.Withheld, "reporting.blocked")
	h.Refused("an edit of what somebody else changed", h.Reporting.Edit(t.Context(), security.Actor, p.ID, p.Version, reporting.Edit{Title: "x", Text: "y"}), fault.Conflict, "reporting.text-changed")
	h.Refused("an edit by an auditor", edit(h.As("webserver-auditor"), "x"), fault.Forbidden, "")
}

// The police ask, and nothing leaves until a named person says that it may.
func TestAHoldKeepsItBack(t *testing.T) {
	h := wakatest.New(t)
	security, legal := h.As("webserver-security"), h.As("webserver-legal")
	if err := h.Reporting.SetSigning(t.Context(), security.Actor, []party.Hat{party.Legal}); err != nil {
		t.Fatal(err)
	}
	id := security.Open()
	security.Say(id, told()...)
	p := security.Draft(id, report.First)
	if err := h.Reporting.Hold(t.Context(), legal.Actor, p.ID, p.Version, "所轄警察署", "捜査に支障"); err != nil {
		t.Fatal(err)
	}
	if err := legal.Signs(p); err != nil {
		t.Fatal(err)
	}
	h.Wait(time.Minute)
	publish := func() error {
		return h.Reporting.MarkPublished(t.Context(), security.Actor, p.ID, security.ReadsDraft(p).Version, h.Now(), "x")
	}
	h.Refused("published in spite of the police", publish(), fault.Withheld, "report.held")
	if err := h.Reporting.Release(t.Context(), legal.Actor, p.ID, legal.ReadsDraft(p).Version, 0, "電話で解除の連絡"); err != nil {
		t.Fatal(err)
	}
	if err := publish(); err != nil {
		t.Fatal(err)
	}
	if held := security.ReadsDraft(p).Holds[0]; held.Releaser != legal.Actor.Name {
		t.Errorf("%+v", held)
	}
}

// Clocks run from what was said and filed, and a time once said is locked.
func TestClocksOfAnIncident(t *testing.T) {
	h := wakatest.New(t)
	security, ctx := h.As("webserver-security"), t.Context()
	id := security.Open()
	if c := security.Clock(id, "jp.appi.final"); c.Declared || !c.Due.IsZero() {
		t.Errorf("nobody declared anything: %s %s", c.State, c.Due)
	}
	security.Declares(id, "jp.appi")
	if c := security.Clock(id, "jp.appi.final"); c.State != deadline.NotStarted {
		t.Errorf("nobody noticed anything: %s", c.State)
	}
	security.Say(id, so("noticed_at", "令和８年９月１日 ９：００"))
	if c := security.Clock(id, "jp.appi.final"); c.State != deadline.Running || c.Due.String() != "2026-09-30" {
		t.Errorf("%s %s", c.State, c.Due)
	}
	anchor := func(at, why string) error {
		d, err := h.Reporting.Declared(ctx, security.Actor, id)
		if err != nil {
			t.Fatal(err)
		}
		return h.Reporting.Anchor(ctx, security.Actor, id, d.Version, "known_at", moment(t, at), why)
	}
	if err := anchor("2026-08-31", ""); err != nil {
		t.Fatal(err)
	}
	h.Refused("another time without a reason", anchor("2026-08-30", " "), fault.Invalid, "reporting.locked")
	h.Refused("a time to come", anchor("2027-08-30", "誤記"), fault.Invalid, "reporting.when")
	if err := anchor("2026-08-30", "夜間の連絡記録が見つかったため"); err != nil {
		t.Fatal(err)
	}
	d, _ := h.Reporting.Declared(ctx, security.Actor, id)
	if prior := d.Events["known_at"].Prior; len(prior) != 1 || prior[0].At.String() != "2026-08-31" {
		t.Errorf("what was said before is gone: %+v", d.Events)
	}
	if c := security.Clock(id, "jp.appi.final"); c.Due.String() != "2026-09-28" {
		t.Errorf("due %s", c.Due)
	}
	h.Wait(40 * 24 * time.Hour)
	if c := security.Clock(id, "jp.appi.final"); c.State != deadline.ScopeNotDeclared {
		t.Errorf("with sixty days still possible it is %s", c.State)
	}
	d, _ = h.Reporting.Declared(ctx, security.Actor, id)
	if err := h.Reporting.Declare(ctx, security.Actor, id, d.Version, nil, map[deadline.Trait]deadline.Answer{"unlawful_purpose": deadline.No}); err != nil {
		t.Fatal(err)
	}
	if c := security.Clock(id, "jp.appi.final"); c.State != deadline.Overdue {
		t.Errorf("%s", c.State)
	}
	filing := report.Filing{Form: "ppc", Stage: "final", Rules: []string{"jp.appi.final"}, Office: "個人情報保護委員会", Basis: "個人情報保護法26条", Channel: "ウェブ様式", At: moment(t, "2026-10-01"), Number: "R8-1"}
	_, err := h.Reporting.File(ctx, security.Actor, id, filing)
	h.Refused("a late filing without a reason", err, fault.Invalid, "reporting.late")
	filing.Late = "調査会社の結果を待ったため"
	if _, err := h.Reporting.File(ctx, security.Actor, id, filing); err != nil {
		t.Fatal(err)
	}
	if c := security.Clock(id, "jp.appi.final"); c.State != deadline.Filed || !c.Late {
		t.Errorf("%s late %v", c.State, c.Late)
	}
	deeds, err := h.Reporting.Deeds(ctx, security.Actor, id)
	if err != nil || !slices.ContainsFunc(deeds, func(d report.Deed) bool { return d.Sort == report.AuthorityTold && d.Kept && d.Receipt == "R8-1" }) {
		t.Errorf("%v %v", deeds, err)
	}
}

// The board has the clocks of all incidents, in the order in which somebody must act.
func TestTheBoardOfClocks(t *testing.T) {
	h := wakatest.New(t)
	security := h.As("webserver-security")
	var want []incident.ID
	for _, day := range []string{"2026-08-20", "2026-08-25", "2026-08-30"} {
		id := security.Open()
		security.Declares(id, "jp.appi")
		security.Say(id, so("noticed_at", day))
		want = append(want, id)
	}
	security.Open() // says nothing, and is not on it
	board, err := h.Reporting.Board(t.Context(), security.Actor)
	if err != nil {
		t.Fatal(err)
	}
	var got []incident.ID
	for _, c := range board {
		if c.Rule.ID == "jp.appi.final" {
			got = append(got, c.Incident.ID)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	theirs, err := h.Reporting.Board(t.Context(), h.As("ransomware-security").Actor)
	if err != nil || len(theirs) != 0 {
		t.Errorf("another organisation sees %d of them, %v", len(theirs), err)
	}
}

// An organisation's own rules run beside the bundled ones.
func TestRulesOfOnesOwn(t *testing.T) {
	h := wakatest.New(t)
	security := h.As("webserver-security")
	id := security.Open()
	security.Say(id, so("noticed_at", "2026-09-01"))
	set := func(text string) error { return h.Reporting.SetOwn(t.Context(), security.Actor, 0, text) }
	h.Refused("a rule nobody can read", set("rules: [{id: own.x.y}]"), fault.Invalid, "deadline.rule-lacks")
	h.Refused("facts among the rules", set("events: {known_at: 2026-09-01}"), fault.Invalid, "reporting.rules-only")
	if err := set("rules:\n  - {id: own.insurance.notice, title: 保険会社への通知, to: 保険会社, anchor: known_at, within: 5 business days}\n"); err != nil {
		t.Fatal(err)
	}
	if c := security.Clock(id, "own.insurance.notice"); c.State != deadline.Running || c.Due.String() != "2026-09-08" {
		t.Errorf("%s %s", c.State, c.Due)
	}
}

// What is not of its sort is refused with the field's name, and nothing of what came with it is kept.
func TestFactsThatAreNone(t *testing.T) {
	h := wakatest.New(t)
	security := h.As("webserver-security")
	id := security.Open()
	for what, c := range map[string]struct {
		fact report.Fact
		code string
	}{
		"a field nobody knows":    {so("colour", "red"), "reporting.no-field"},
		"a number in words":       {so("persons", "たくさん"), "reporting.value.number"},
		"a number below nothing":  {so("persons", "-3"), "reporting.value.number"},
		"a day that is none":      {so("noticed_at", "2026-02-30"), "reporting.value.time"},
		"a choice that is none":   {so("attack_type", "bad luck"), "reporting.value.choice"},
		"maybe":                   {so("special_care", "maybe"), "reporting.value.yes-no"},
		"two lines":               {so("leak", "a\nb"), "reporting.value.line"},
		"nothing, with certainty": {so("leak", " "), "reporting.empty"},
		"nothing found, nowhere":  {report.Fact{Field: "leak", Standing: report.FoundNone}, "reporting.basis"},
		"a sixth standing":        {report.Fact{Field: "leak", Standing: "certain"}, "reporting.standing"},
		"too much":                {so("overview", strings.Repeat("あ", 30000)), "reporting.long"},
	} {
		err := security.TrySay(id, so("outage", "予約"), c.fact)
		kind := fault.Invalid
		if c.code == "reporting.long" {
			kind = fault.TooLarge
		}
		h.Refused(what, err, kind, c.code)
	}
	facts, err := h.Reporting.Facts(t.Context(), security.Actor, id)
	if err != nil || len(facts) != 0 {
		t.Errorf("half of it was kept: %v %v", facts, err)
	}
}

// Two people who write at once: the second is told, and nothing of the first is lost.
func TestTwoPeopleSayDifferentThings(t *testing.T) {
	h := wakatest.New(t)
	security, legal := h.As("webserver-security"), h.As("webserver-legal")
	id := security.Open()
	security.Say(id, so("outage", "予約"))
	err := h.Reporting.Say(t.Context(), legal.Actor, id, []reporting.Said{{Fact: so("outage", "外来")}})
	h.Refused("over what somebody said meanwhile", err, fault.Conflict, "reporting.fact-changed")
	if err := h.Reporting.Say(t.Context(), legal.Actor, id, []reporting.Said{{Fact: so("outage", "予約")}}); err != nil {
		t.Errorf("the same again: %v", err)
	}
}

// Nobody reads or writes another organisation's reports, whatever they know of them.
func TestReportsAreOnesOwn(t *testing.T) {
	h := wakatest.New(t)
	ours, theirs := h.As("webserver-security"), h.As("ransomware-security")
	id := ours.Open()
	ours.Say(id, told()...)
	p := ours.Draft(id, report.First)
	ctx, a := t.Context(), theirs.Actor
	for what, do := range map[string]func() error{
		"facts": func() error { _, err := h.Reporting.Facts(ctx, a, id); return err },
		"say":   func() error { return theirs.TrySayBlind(id, so("outage", "x")) },
		"deeds": func() error { _, err := h.Reporting.Deeds(ctx, a, id); return err },
		"enter": func() error {
			_, err := h.Reporting.Enter(ctx, a, id, report.Deed{Sort: report.Noticed, At: moment(t, "2026-08-01")})
			return err
		},
		"clocks":       func() error { _, err := h.Reporting.Clocks(ctx, a, id); return err },
		"declare":      func() error { return h.Reporting.Declare(ctx, a, id, 0, nil, nil) },
		"filings":      func() error { _, err := h.Reporting.Filings(ctx, a, id); return err },
		"file":         func() error { _, err := h.Reporting.File(ctx, a, id, report.Filing{}); return err },
		"publications": func() error { _, err := h.Reporting.Publications(ctx, a, id); return err },
		"publication":  func() error { _, _, err := h.Reporting.Publication(ctx, a, p.ID); return err },
		"draft":        func() error { _, err := h.Reporting.Draft(ctx, a, id, report.First, 0, false, ""); return err },
		"edit":         func() error { return h.Reporting.Edit(ctx, a, p.ID, p.Version, reporting.Edit{Title: "x"}) },
		"approve":      func() error { return h.Reporting.Approve(ctx, a, p.ID, p.Version, p.Digest(), "") },
		"hold":         func() error { return h.Reporting.Hold(ctx, a, p.ID, p.Version, "x", "y") },
		"check":        func() error { _, err := h.Reporting.Check(ctx, a, p.ID, 0); return err },
		"stakeholders": func() error { _, err := h.Reporting.Stakeholders(ctx, a, id); return err },
		"stakeholder":  func() error { return h.Reporting.SetStakeholder(ctx, a, id, reporting.Stakeholder{Name: "x"}) },
	} {
		h.Refused(what, do(), fault.NotFound, "")
	}
	auditor := h.As("webserver-auditor").Actor
	for what, do := range map[string]func() error{
		"say":     func() error { return h.As("webserver-auditor").TrySayBlind(id, so("outage", "x")) },
		"draft":   func() error { _, err := h.Reporting.Draft(ctx, auditor, id, report.First, 0, false, ""); return err },
		"file":    func() error { _, err := h.Reporting.File(ctx, auditor, id, report.Filing{}); return err },
		"signing": func() error { return h.Reporting.SetSigning(ctx, auditor, []party.Hat{party.Legal}) },
		"nobody":  func() error { _, err := h.Reporting.Board(context.Background(), party.Actor{}); return err },
	} {
		h.Refused(what, do(), fault.Forbidden, "")
	}
	if got, _ := h.Reporting.Facts(ctx, ours.Actor, id); len(got) != len(told()) {
		t.Errorf("%d facts", len(got))
	}
}

// Who must hear before the public is asked for before it leaves.
func TestWhoMustHearFirst(t *testing.T) {
	h := wakatest.New(t)
	security := h.As("webserver-security")
	id := security.Open()
	security.Say(id, told()...)
	p := security.Draft(id, report.First)
	for k, name := range []string{"カード会社", "主要取引先", "社員"} {
		if err := h.Reporting.SetStakeholder(t.Context(), security.Actor, id, reporting.Stakeholder{Name: name, Place: 3 - k, Before: k < 2}); err != nil {
			t.Fatal(err)
		}
	}
	unheard := func() (names []string) {
		concerns, err := h.Reporting.Check(t.Context(), security.Actor, p.ID, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range concerns {
			if c.Code == "reporting.concern.unheard" {
				names = append(names, c.Args...)
			}
		}
		return names
	}
	if got := fmt.Sprint(unheard()); got != "[主要取引先 カード会社]" {
		t.Error(got)
	}
	all, _ := h.Reporting.Stakeholders(t.Context(), security.Actor, id)
	heard := all[slices.IndexFunc(all, func(s reporting.Stakeholder) bool { return s.Name == "カード会社" })]
	heard.Done = moment(t, "2026-09-01T09:10:00+09:00")
	if err := h.Reporting.SetStakeholder(t.Context(), security.Actor, id, heard); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(unheard()); got != "[主要取引先]" {
		t.Error(got)
	}
}

// A post on a leak site opens the question again whether it may become known; a yes stays a yes.
func TestWhatIsKnownOutsideOpensTheFlow(t *testing.T) {
	h := wakatest.New(t)
	security := h.As("webserver-security")
	id := security.Open()
	give := func(question, answer string) {
		if err := h.Casework.Give(t.Context(), security.Actor, id, "publication", incident.Answer{Question: question, Answer: answer}); err != nil {
			t.Fatal(err)
		}
	}
	open := func() (questions []string) {
		answers, err := h.Casework.Answers(t.Context(), security.Actor, id, "publication")
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range answers {
			if a.Open {
				questions = append(questions, a.Question)
			}
		}
		return questions
	}
	give("may_become_known", "no")
	give("outage", "no")
	h.Wait(time.Hour)
	if got := open(); got != nil {
		t.Errorf("nothing happened, and %v is open", got)
	}
	security.Enter(id, report.Deed{Sort: report.KnownOutside, At: moment(t, "2026-09-01T09:40:00+09:00"), Note: "リークサイト"})
	if got := fmt.Sprint(open()); got != "[may_become_known]" {
		t.Errorf("%v", got)
	}
	h.Wait(time.Minute)
	give("may_become_known", "yes")
	if got := open(); got != nil {
		t.Errorf("answered again, and %v is open", got)
	}
}

// Reminders come when their lead comes, once each, hold a codename and a time, and only the nearest of several.
func TestReminders(t *testing.T) {
	h := wakatest.New(t)
	security, ctx := h.As("webserver-security"), t.Context()
	org := security.Actor.Org
	id := security.Open()
	security.Declares(id, "jp.appi")
	security.Say(id, so("noticed_at", "2026-08-30T09:00:00+09:00"), so("overview", "canary"), so("next_report", "2026-09-03"))
	due := func() (keys []string) {
		all, to, err := h.Reporting.Reminders(ctx, org)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range all {
			if strings.Contains(fmt.Sprintf("%+v %+v", r, to), "canary") || r.Incident == "" || r.Due.IsZero() {
				t.Errorf("%+v", r)
			}
			keys = append(keys, r.Key)
			if err := h.Reporting.Reminded(ctx, org, r); err != nil {
				t.Fatal(err)
			}
		}
		return keys
	}
	h.Wait(0)
	if got := due(); got != nil {
		t.Errorf("nobody asked to be reminded: %v", got)
	}
	for what, set := range map[string]report.Reminding{
		"no address":    {Mail: []string{"nobody"}},
		"a name too":    {Mail: []string{"A <a@example.com>"}},
		"a header":      {Mail: []string{"a@example.com\r\nBcc: b@example.com"}},
		"plain http":    {Webhook: "http://example.com/"},
		"a password":    {Webhook: "https://u:p@example.com/"},
		"a negative":    {Mail: []string{"a@example.com"}, Leads: []int{-1}},
		"half a year":   {Mail: []string{"a@example.com"}, Leads: []int{24 * 180}},
		"a file":        {Webhook: "file:///etc/passwd"},
		"no host":       {Webhook: "https:///x"},
		"twenty-one of": {Mail: slices.Repeat([]string{"a@example.com"}, 21)},
	} {
		h.Refused(what, h.Reporting.SetReminding(ctx, security.Actor, set), fault.Invalid, "")
	}
	h.Refused("set by legal", h.Reporting.SetReminding(ctx, h.As("webserver-legal").Actor, report.Reminding{}), fault.Forbidden, "")
	if err := h.Reporting.SetReminding(ctx, security.Actor, report.Reminding{Mail: []string{"csirt@example.com"}, Leads: []int{3, 72, 24}}); err != nil {
		t.Fatal(err)
	}
	// It is the morning of 1 September: the preliminary report's guide figure ends with the 3rd, and so does the promise.
	if got := due(); len(got) != 2 {
		t.Errorf("within 72 hours: %v", got)
	}
	if got := due(); got != nil {
		t.Errorf("said twice: %v", got)
	}
	h.Wait(40 * time.Hour)
	if got := due(); len(got) != 2 || !strings.Contains(got[0], "24h") {
		t.Errorf("within 24 hours: %v", got)
	}
	if got := due(); got != nil {
		t.Errorf("said twice: %v", got)
	}
	upcoming, err := h.Reporting.Upcoming(ctx, security.Actor)
	if err != nil || len(upcoming) < 3 {
		t.Errorf("%d in the calendar, %v", len(upcoming), err)
	}
}

// Where the authority is decides which of the possible days is meant.
func TestWhereTheAuthorityIs(t *testing.T) {
	h := wakatest.New(t)
	security := h.As("webserver-security")
	id := security.Open()
	security.Declares(id, "eu.gdpr")
	place := func(regime deadline.Regime, zone string) error {
		d, err := h.Reporting.Declared(t.Context(), security.Actor, id)
		if err != nil {
			t.Fatal(err)
		}
		return h.Reporting.Place(t.Context(), security.Actor, id, d.Version, regime, zone)
	}
	h.Refused("no zone", place("eu.gdpr", "Europe/Atlantis"), fault.Invalid, "reporting.zone")
	h.Refused("a regime with one place", place("jp.appi", "Asia/Tokyo"), fault.Invalid, "reporting.regime")
	if err := place("eu.gdpr", "Europe/Helsinki"); err != nil {
		t.Fatal(err)
	}
	if d, _ := h.Reporting.Declared(t.Context(), security.Actor, id); d.Zones["eu.gdpr"] != "Europe/Helsinki" {
		t.Errorf("%v", d.Zones)
	}
	if err := place("eu.gdpr", ""); err != nil {
		t.Fatal(err)
	}
}
