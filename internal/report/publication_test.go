package report

import (
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/party"
)

var legalThenPR = []party.Hat{party.Legal, party.PR, party.Management}

// draft is a first report that taro wrote.
func draft(t testing.TB) Publication {
	d := Compose(shop(t), Order{Kind: First})
	return Publication{Kind: First, Title: d.Title, Text: d.Text(), Composed: d, Author: "taro", Changed: day(t, "2026-06-08T12:00:00+09:00")}
}

func kind(err error) fault.Kind {
	if err == nil {
		return fault.Kind(255)
	}
	return fault.KindOf(err)
}

func TestApprovalsComeInTheirOrderFromOthers(t *testing.T) {
	p := draft(t)
	now := day(t, "2026-06-08T13:00:00+09:00")
	yes := func(who party.Actor) error { return p.Approve(legalThenPR, who, p.Digest(), "", now) }

	if err := yes(clerk("pr", party.PR)); kind(err) != fault.Forbidden {
		t.Errorf("PR before legal: %v", err)
	}
	if err := yes(clerk("taro", party.Legal)); kind(err) != fault.Forbidden {
		t.Errorf("the author approves: %v", err)
	}
	if err := p.Approve(legalThenPR, clerk("legal", party.Legal), "another digest", "", now); kind(err) != fault.Conflict {
		t.Errorf("another text: %v", err)
	}
	for _, who := range []party.Actor{clerk("legal", party.Legal), clerk("pr", party.PR)} {
		if err := yes(who); err != nil {
			t.Fatal(err)
		}
	}
	if got := p.Progress(legalThenPR); got != Approving {
		t.Errorf("after two of three: %s", got)
	}
	if err := p.Clear(legalThenPR, now); kind(err) != fault.Withheld {
		t.Errorf("out without management: %v", err)
	}
	if err := yes(clerk("boss", party.Management)); err != nil {
		t.Fatal(err)
	}
	if p.Progress(legalThenPR) != Ready || p.Document(legalThenPR).Label != "" {
		t.Error("all approved, and it is not ready")
	}
	p.Text += "\nもう一文。\n"
	if p.Progress(legalThenPR) != Drafted || p.Document(legalThenPR).Label == "" {
		t.Error("an edit keeps the approvals of another text")
	}
}

func TestNobodyInOrderIsNobodysYes(t *testing.T) {
	p := draft(t)
	if p.Progress(nil) == Ready || p.Clear(nil, day(t, "2026-06-09")) == nil {
		t.Error("with nobody to approve everything may go out")
	}
}

func TestTheTimeAndTheHoldAreKept(t *testing.T) {
	order := []party.Hat{party.Legal}
	p := draft(t)
	p.Embargo = day(t, "2026-06-10T15:00:00+09:00")
	before, after := p.Embargo.Add(-time.Second), p.Embargo
	if err := p.Approve(order, clerk("legal", party.Legal), p.Digest(), "", day(t, "2026-06-09T09:00:00+09:00")); err != nil {
		t.Fatal(err)
	}
	if err := p.Clear(order, before); kind(err) != fault.Withheld {
		t.Errorf("a second too early: %v", err)
	}
	if err := p.MarkPublished(order, after, "https://shop.example/news", before); kind(err) != fault.Withheld {
		t.Errorf("marked before its time: %v", err)
	}
	p.Holds = []Hold{{Why: "捜査に支障", For: "所轄警察署", By: "legal", At: before}}
	if err := p.Clear(order, after); kind(err) != fault.Withheld {
		t.Errorf("out in spite of the police: %v", err)
	}
	if err := p.Release(0, "", "解除の連絡", after); kind(err) != fault.Invalid {
		t.Errorf("released by nobody: %v", err)
	}
	if err := p.Release(0, "佐藤", " ", after); kind(err) != fault.Invalid {
		t.Errorf("released for no reason: %v", err)
	}
	if err := p.Release(1, "佐藤", "解除の連絡", after); kind(err) != fault.NotFound {
		t.Errorf("another hold: %v", err)
	}
	if err := p.Release(0, "佐藤", "解除の連絡", after); err != nil {
		t.Fatal(err)
	}
	if err := p.MarkPublished(order, before, "x", after); kind(err) != fault.Invalid {
		t.Errorf("published before its time: %v", err)
	}
	if err := p.MarkPublished(order, after, " ", after); kind(err) != fault.Invalid {
		t.Errorf("published nowhere: %v", err)
	}
	if err := p.MarkPublished(order, after, "https://shop.example/news", after); err != nil {
		t.Fatal(err)
	}
	if err := p.Approve(order, clerk("legal", party.Legal), p.Digest(), "", after); kind(err) != fault.Conflict {
		t.Errorf("approved once it was out: %v", err)
	}
	if p.Progress(order) != Out {
		t.Error("it is not out")
	}
}

func TestWhenToSpeakAgain(t *testing.T) {
	first := shop(t)
	out := Publication{Kind: First, Published: day(t, "2026-06-08T10:00:00+09:00"), Told: Told(Compose(first, Order{Kind: First}), first)}
	codes := func(r Record, published ...Publication) string {
		s := ""
		for _, p := range Prompts(r, published) {
			s += p.Code[len("report.prompt."):] + " "
		}
		return s
	}
	on := func(date string, r Record) Record {
		r.Now = day(t, date+"T12:00:00+09:00")
		return r
	}
	posted := first
	posted.Deeds = append(posted.Deeds, Deed{Sort: KnownOutside, At: at(t, "2026-06-09")})
	for what, got := range map[string][2]string{
		"nothing new":                   {codes(on("2026-06-09", first), out), ""},
		"the leak became certain":       {codes(on("2026-06-09", first.with(is("leak", "お客様のクレジットカード情報"))), out), "leak "},
		"the count changed":             {codes(on("2026-06-09", first.with(maybe("persons", "2010"))), out), "persons "},
		"a service is back":             {codes(on("2026-06-09", first.with(is("restored", "決済"))), out), "restored "},
		"what was told was wrong":       {codes(on("2026-06-09", first.with(is("noticed_at", "2026-06-01"))), out), "corrected "},
		"known outside":                 {codes(on("2026-06-09", posted), out), "outside "},
		"on the promised day":           {codes(on("2026-06-15", first), out), ""},
		"the promised day is over":      {codes(on("2026-06-16", first), out), "promised "},
		"a fortnight of silence":        {codes(on("2026-06-17", first)), "late "},
		"thirteen days":                 {codes(on("2026-06-15", first)), ""},
		"silence about nothing harmful": {codes(on("2026-08-17", recordOn(t, "2026-06-08", is("noticed_at", "2026-06-01")))), ""},
	} {
		if got[0] != got[1] {
			t.Errorf("%s: %q, want %q", what, got[0], got[1])
		}
	}
}

func TestMeasures(t *testing.T) {
	r := shop(t)
	told := Told(Compose(r, Order{Kind: First}), r)
	m := Measure(r, []Publication{
		{Kind: FollowUp, Published: day(t, "2026-06-15T10:00:00+09:00"), Told: told}, {Kind: First, Published: day(t, "2026-06-08T14:20:00+09:00"), Told: told},
		{Kind: Partners, Published: day(t, "2026-06-03")}, {Kind: FollowUp, Told: told},
	}, true)
	if m.ToFirst != 6*24*time.Hour || !m.First || len(m.Intervals) != 1 || m.Told != 6 || m.Of != 11 || !m.Voluntary {
		t.Errorf("%+v", m)
	}
	if m := Measure(recordOn(t, "2026-06-08"), nil, false); m.ToFirst >= 0 || m.First {
		t.Errorf("of nothing: %+v", m)
	}
}

func TestFilings(t *testing.T) {
	now := day(t, "2026-06-08T12:00:00+09:00")
	fine := Filing{Form: "ppc", Stage: "first", Office: "個人情報保護委員会", Basis: "個人情報保護法26条", Channel: "ウェブ様式", At: at(t, "2026-06-05")}
	if err := fine.Check(now); err != nil {
		t.Error(err)
	}
	for what, wrong := range map[string]Filing{
		"no office":  func(f Filing) Filing { f.Office = " "; return f }(fine),
		"no basis":   func(f Filing) Filing { f.Basis = ""; return f }(fine),
		"no stage":   func(f Filing) Filing { f.Stage = "second"; return f }(fine),
		"no time":    func(f Filing) Filing { f.At.At = time.Time{}; return f }(fine),
		"the future": func(f Filing) Filing { f.At = at(t, "2026-06-09"); return f }(fine),
	} {
		if err := wrong.Check(now); kind(err) != fault.Invalid {
			t.Errorf("%s: %v", what, err)
		}
	}
	if d := fine.Deed(); d.Sort != AuthorityTold || !d.Proven() || d.With != fine.Office {
		t.Errorf("%+v", d)
	}
}
