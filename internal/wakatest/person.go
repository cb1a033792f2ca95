package wakatest

import (
	"strings"

	"github.com/wakachi/wakachi/internal/exchange"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/sample"
	"github.com/wakachi/wakachi/internal/tlp"
)

// must fails the test of h for an error.
func must[V any](h *House, what string, v V, err error) V {
	h.t.Helper()
	if err != nil {
		h.t.Fatalf("%s: %v (%v)", what, err, fault.KindOf(err))
	}
	return v
}

// Refused says that a step must fail in this way.
func (h *House) Refused(what string, err error, kind fault.Kind, code string) {
	h.t.Helper()
	if err == nil {
		h.t.Errorf("%s was allowed", what)
		return
	}
	got, _, _ := strings.Cut(err.Error(), ":") // what stands behind it are its arguments
	if fault.KindOf(err) != kind || code != "" && got != code {
		h.t.Errorf("%s: %v (%v), want %v %s", what, err, fault.KindOf(err), kind, code)
	}
}

// Open begins an incident.
func (p *Person) Open() incident.ID {
	p.h.t.Helper()
	i, err := p.h.Casework.Open(p.h.t.Context(), p.Actor, incident.Case{})
	return must(p.h, "open", i, err).ID
}

// Paste takes a text in and gives the proposed items.
func (p *Person) Paste(id incident.ID, text string) []incident.Item {
	p.h.t.Helper()
	in, err := p.h.Casework.TakeIn(p.h.t.Context(), p.Actor, id, "notes.md", []byte(text))
	return must(p.h, "paste", in, err).Proposed
}

// PasteSample opens an incident with the notes of one of the samples.
func (p *Person) PasteSample(name string) incident.ID {
	p.h.t.Helper()
	all, err := sample.Incidents()
	for _, s := range must(p.h, "sample", all, err) {
		if s.Name == name {
			id := p.Open()
			p.Paste(id, string(s.Notes))
			return id
		}
	}
	p.h.t.Fatalf("there is no sample %s", name)
	return ""
}

// Items lists an incident's items.
func (p *Person) Items(id incident.ID) []incident.Item {
	p.h.t.Helper()
	items, err := p.h.Casework.Items(p.h.t.Context(), p.Actor, id)
	return must(p.h, "items", items, err)
}

// ConfirmAll confirms everything that waits.
func (p *Person) ConfirmAll(id incident.ID) {
	p.h.t.Helper()
	var newest int64
	for _, i := range p.Items(id) {
		newest = max(newest, i.Version)
	}
	items, err := p.h.Casework.ConfirmAll(p.h.t.Context(), p.Actor, id, newest)
	must(p.h, "confirm", items, err)
}

// ToCommunity is a proposal to everybody under TLP:AMBER.
func (h *House) ToCommunity() exchange.Proposal {
	return exchange.Proposal{To: parcel.Audience{Community: h.Community, Reach: party.Community}, Label: tlp.Amber}
}

// Compose prepares a release.
func (p *Person) Compose(id incident.ID, what exchange.Proposal) exchange.Release {
	p.h.t.Helper()
	r, err := p.h.Office.Compose(p.h.t.Context(), p.Actor, id, what)
	return must(p.h, "compose", r, err)
}

// Approve approves a release as it was looked at.
func (p *Person) Approve(r exchange.Release) exchange.Release {
	p.h.t.Helper()
	out, err := p.h.Office.Approve(p.h.t.Context(), p.Actor, r.ID, r.Version)
	return must(p.h, "approve", out, err)
}

// See gives a release as it stands.
func (p *Person) See(r exchange.Release) exchange.Release {
	p.h.t.Helper()
	out, err := p.h.Office.Release(p.h.t.Context(), p.Actor, r.ID)
	return must(p.h, "release", out, err)
}
