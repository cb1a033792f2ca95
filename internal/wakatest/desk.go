package wakatest

import (
	"github.com/wakachi/wakachi/internal/deadline"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/phrase"
	"github.com/wakachi/wakachi/internal/report"
	"github.com/wakachi/wakachi/internal/reporting"
)

// Say says facts of an incident over whatever was said before.
func (p *Person) Say(id incident.ID, facts ...report.Fact) {
	p.h.t.Helper()
	if err := p.TrySay(id, facts...); err != nil {
		p.h.t.Fatalf("say: %v", err)
	}
}

// TrySay is Say for facts that may be refused.
func (p *Person) TrySay(id incident.ID, facts ...report.Fact) error {
	p.h.t.Helper()
	had, err := p.h.Reporting.Facts(p.h.t.Context(), p.Actor, id)
	record := report.Record{Facts: must(p.h, "facts", had, err)}
	var said []reporting.Said
	for _, f := range facts {
		said = append(said, reporting.Said{Fact: f, Seen: record.Fact(f.Field).Version})
	}
	return p.h.Reporting.Say(p.h.t.Context(), p.Actor, id, said)
}

// Enter enters a deed.
func (p *Person) Enter(id incident.ID, d report.Deed) report.Deed {
	p.h.t.Helper()
	out, err := p.h.Reporting.Enter(p.h.t.Context(), p.Actor, id, d)
	return must(p.h, "enter", out, err)
}

// Draft drafts a document of an incident.
func (p *Person) Draft(id incident.ID, kind report.Kind) report.Publication {
	p.h.t.Helper()
	out, err := p.h.Reporting.Draft(p.h.t.Context(), p.Actor, id, kind, phrase.Japanese, true, "")
	return must(p.h, "draft", out, err)
}

// ReadsDraft gives a publication as it stands.
func (p *Person) ReadsDraft(pub report.Publication) report.Publication {
	p.h.t.Helper()
	out, _, err := p.h.Reporting.Publication(p.h.t.Context(), p.Actor, pub.ID)
	return must(p.h, "publication", out, err)
}

// Signs approves a publication as it stands.
func (p *Person) Signs(pub report.Publication) error {
	p.h.t.Helper()
	now := p.ReadsDraft(pub)
	return p.h.Reporting.Approve(p.h.t.Context(), p.Actor, pub.ID, now.Version, now.Digest(), "")
}

// Declares says that rules apply to an incident.
func (p *Person) Declares(id incident.ID, regimes ...deadline.Regime) {
	p.h.t.Helper()
	d, err := p.h.Reporting.Declared(p.h.t.Context(), p.Actor, id)
	answers := map[deadline.Regime]deadline.Answer{}
	for _, r := range regimes {
		answers[r] = deadline.Yes
	}
	if err = p.h.Reporting.Declare(p.h.t.Context(), p.Actor, id, must(p.h, "declared", d, err).Version, answers, nil); err != nil {
		p.h.t.Fatalf("declare: %v", err)
	}
}

// Clock gives how a clock of an incident stands.
func (p *Person) Clock(id incident.ID, rule deadline.RuleID) deadline.Clock {
	p.h.t.Helper()
	all, err := p.h.Reporting.Clocks(p.h.t.Context(), p.Actor, id)
	for _, c := range must(p.h, "clocks", all, err) {
		if c.Rule.ID == rule {
			return c
		}
	}
	p.h.t.Fatalf("there is no clock %s", rule)
	return deadline.Clock{}
}

// TrySayBlind says facts without looking at what was said before.
func (p *Person) TrySayBlind(id incident.ID, facts ...report.Fact) error {
	var said []reporting.Said
	for _, f := range facts {
		said = append(said, reporting.Said{Fact: f})
	}
	return p.h.Reporting.Say(p.h.t.Context(), p.Actor, id, said)
}
