package wakatest

import (
	"slices"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/exchange"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/relay"
)

// Share carries a sample of the victim's to a sealed release: pasted, confirmed, composed as
// the proposal says, approved, and past the undo window.
func (h *House) Share(victim string, what exchange.Proposal) exchange.Release {
	h.t.Helper()
	security := h.As(victim + "-security")
	id := security.PasteSample(victim)
	security.ConfirmAll(id)
	r := h.As(victim + "-approver").Approve(security.Compose(id, what))
	h.Wait(exchange.UndoWindow + time.Second)
	if r = security.See(r); r.State != exchange.Sealed {
		h.t.Fatalf("the release of %s is %s", victim, r.State)
	}
	return r
}

// Shelf gives a collection of a community by the end of its title: "members", "inbox".
func (p *Person) Shelf(ending string) parcel.Collection {
	p.h.t.Helper()
	all, err := p.h.Relay.Collections(p.h.t.Context(), p.Actor)
	for _, c := range must(p.h, "collections", all, err) {
		if strings.HasSuffix(c.Title, ending) {
			return c
		}
	}
	p.h.t.Fatalf("%s sees no collection %s", p.Login, ending)
	return parcel.Collection{}
}

// Walk reads a whole collection in pages of so many, as a client does.
func (p *Person) Walk(id parcel.CollectionID, limit int) []parcel.Entry {
	p.h.t.Helper()
	var out []parcel.Entry
	q := parcel.Query{Limit: limit, Via: "taxii"}
	for {
		page, err := p.h.Relay.Page(p.h.t.Context(), p.Actor, id, q)
		page = must(p.h, "page", page, err)
		out = append(out, page.Entries...)
		if !page.More {
			return out
		}
		q.After = page.Next
	}
}

// Reads says whether a person gets anything of a parcel: by any collection it sees, or by the
// portal.
func (p *Person) Reads(id parcel.ID) bool {
	p.h.t.Helper()
	ctx := p.h.t.Context()
	all, err := p.h.Relay.Collections(ctx, p.Actor)
	for _, c := range must(p.h, "collections", all, err) {
		if !c.CanRead || strings.HasSuffix(c.Title, "inbox") {
			continue
		}
		for _, e := range p.Walk(c.ID, 0) {
			if e.Type == "wakachi-seal" && strings.Contains(string(e.Raw), string(id)) {
				return true
			}
		}
	}
	shared, err := p.h.Relay.Shared(ctx, p.Actor)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(shared, func(s parcel.Shared) bool { return s.Parcel == id && s.Reading })
}

// Answer tells what was found.
func (p *Person) Answer(id parcel.ID, a parcel.Answer) {
	p.h.t.Helper()
	if err := p.h.Relay.Answer(p.h.t.Context(), p.Actor, id, parcel.Reply{Answer: a}); err != nil {
		p.h.t.Fatalf("answer: %v", err)
	}
}

// Effect gives what became of a parcel.
func (p *Person) Effect(id parcel.ID) parcel.Effect {
	p.h.t.Helper()
	e, err := p.h.Relay.Effect(p.h.t.Context(), p.Actor, id)
	return must(p.h, "effect", e, err)
}

// Recall takes something back.
func (p *Person) Recall(id parcel.ID, o relay.Order) {
	p.h.t.Helper()
	if err := p.h.Relay.Recall(p.h.t.Context(), p.Actor, id, o); err != nil {
		p.h.t.Fatalf("recall: %v", err)
	}
}

// SetCommunity changes the circle as its hub does.
func (h *House) SetCommunity(change func(*parcel.Community)) {
	h.t.Helper()
	hub := h.As("hub-security").Actor
	c, err := h.Office.Kept(h.t.Context(), hub.Org, h.Community)
	c = must(h, "community", c, err)
	change(&c)
	c, err = h.Office.SetCommunity(h.t.Context(), hub, c)
	must(h, "set community", c, err)
}

// Org gives an organisation's id.
func (h *House) Org(name string) party.OrgID { return h.As(name + "-security").Actor.Org }
