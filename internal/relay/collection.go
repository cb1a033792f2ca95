package relay

import (
	"cmp"
	"context"
	"crypto/sha256"
	"slices"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/store"
)

// A place is where a collection stands, and for whom: one for each audience a community
// has, and one in which members lay what they bring.
type place struct {
	ID        parcel.CollectionID `json:"-"`
	Hub       party.OrgID         `json:"-"`
	Community parcel.CommunityID  `json:"community"`
	For       shelfFor            `json:"for"`
	Group     string              `json:"group,omitempty"`
}

type shelfFor string

const (
	forMembers     shelfFor = "members"
	forGroup       shelfFor = "group"
	forHub         shelfFor = "hub"
	forCoordinator shelfFor = "coordinator"
	forReturns     shelfFor = "returns" // answers, each for who shared what they answer
	forInbox       shelfFor = "inbox"
)

const sortCollection store.Sort = "collection"

func (p place) circle() circle { return circle{p.Hub, p.Community} }

// shelfOf says on which shelf a parcel for an audience stands.
func shelfOf(to parcel.Audience) (shelfFor, string) {
	switch {
	case to.Reach == party.Community && to.Group != "":
		return forGroup, to.Group
	case to.Reach == party.Community:
		return forMembers, ""
	case to.Reach == party.Coordinator:
		return forCoordinator, ""
	}
	return forHub, ""
}

// places lists a circle's collections.
func (r *Relay) placesOf(ctx context.Context, at circle) ([]place, error) {
	kept, err := r.store.Objects(ctx, at.hub, sortCollection, string(at.id))
	if err != nil {
		return nil, err
	}
	out := make([]place, len(kept))
	for k, x := range kept {
		if err := x.Value(&out[k]); err != nil {
			return nil, err
		}
		out[k].ID, out[k].Hub = parcel.CollectionID(x.Lookup), at.hub
	}
	return out, nil
}

// furnish makes the collections a community is to have and does not have yet: all its
// circles of readers, so that a member can subscribe before anything is there.
func (r *Relay) furnish(ctx context.Context, c parcel.Community) ([]place, error) {
	at := circle{c.Hub.Org, c.ID}
	have, err := r.placesOf(ctx, at)
	if err != nil {
		return nil, err
	}
	want := []place{{For: forMembers}, {For: forHub}, {For: forCoordinator}, {For: forReturns}, {For: forInbox}}
	for _, g := range c.Groups {
		want = append(want, place{For: forGroup, Group: g.ID})
	}
	for _, p := range want {
		if slices.ContainsFunc(have, func(h place) bool { return h.For == p.For && h.Group == p.Group }) {
			continue
		}
		id, err := r.uuid()
		if err != nil {
			return nil, err
		}
		p.Community = c.ID
		// Its name is derived, so that two who ask at once make one; its id, the lookup, is random.
		x := store.Object{Sort: sortCollection, ID: "collection." + string(c.ID) + "." + string(p.For) + p.Group, Parent: string(c.ID), Lookup: id}
		if err := r.store.Act(ctx, at.hub, nobody, func(w *store.Writing) error { return w.PutValue("made", &x, p) }); err != nil {
			if fault.KindOf(err) == fault.Conflict {
				return r.placesOf(ctx, at)
			}
			return nil, err
		}
		p.ID, p.Hub = parcel.CollectionID(id), at.hub
		have = append(have, p)
	}
	return have, nil
}

// place finds a collection by its id, whoever's it is.
func (r *Relay) place(ctx context.Context, id parcel.CollectionID) (place, error) {
	r.mu.Lock()
	p, ok := r.places[id]
	r.mu.Unlock()
	if ok {
		return p, nil
	}
	org, name, err := r.store.Find(ctx, sortCollection, string(id))
	if err != nil {
		return place{}, err
	}
	x, err := r.store.Object(ctx, org, sortCollection, name)
	if err != nil {
		return place{}, err
	}
	if err := x.Value(&p); err != nil {
		return place{}, err
	}
	p.ID, p.Hub = id, org
	r.mu.Lock()
	defer r.mu.Unlock()
	r.places[id] = p
	return p, nil
}

// may says what an actor may do with a collection. Whoever takes no part in the community
// learns nothing of it, and a member nothing of a group it is not in.
func (p place) may(c parcel.Community, a party.Actor) (seen, read, write bool) {
	if c.Retired || !c.Has(a.Org) {
		return false, false, false
	}
	hub := a.Org == p.Hub
	switch p.For {
	case forInbox:
		return true, hub && a.May(party.Read), a.May(party.Write)
	case forMembers, forReturns:
		return true, a.May(party.Read), false
	case forGroup:
		in := hub || slices.ContainsFunc(c.Groups, func(g parcel.Group) bool { return g.ID == p.Group && slices.Contains(g.Members, a.Org) })
		return in, in && a.May(party.Read), false
	}
	return hub, hub && a.May(party.Read), false
}

// Collections lists what the actor may see, in a stable order. None is an empty list.
func (r *Relay) Collections(ctx context.Context, a party.Actor) ([]parcel.Collection, error) {
	all, err := r.circles.TakingPart(ctx, a.Org)
	if err != nil {
		return nil, err
	}
	var out []parcel.Collection
	for _, c := range all {
		if c.Away {
			continue
		}
		places, err := r.furnish(ctx, c)
		if err != nil {
			return nil, err
		}
		for _, p := range places {
			if seen, read, write := p.may(c, a); seen {
				out = append(out, parcel.Collection{ID: p.ID, Title: p.title(c), Description: p.description(), CanRead: read, CanWrite: write})
			}
		}
	}
	slices.SortFunc(out, func(a, b parcel.Collection) int { return cmp.Compare(a.Title+string(a.ID), b.Title+string(b.ID)) })
	return out, nil
}

func (p place) title(c parcel.Community) string {
	if p.For == forGroup {
		if at := slices.IndexFunc(c.Groups, func(g parcel.Group) bool { return g.ID == p.Group }); at >= 0 {
			return c.Name + " / " + c.Groups[at].Name
		}
	}
	return c.Name + " / " + string(p.For)
}

// description says what a collection is for, to programs' operators.
func (p place) description() string {
	switch p.For {
	case forInbox:
		return "受付: 共有・回答・受領確認をここに送る / what members bring: parcels, answers, acknowledgements"
	case forReturns:
		return "共有した情報への回答 / answers to what one has shared"
	case forHub:
		return "ハブ限り / for the hub alone"
	case forCoordinator:
		return "要調整 / for coordination"
	}
	return "共有された攻撃技術情報 / technical information shared with this circle"
}

// Page gives part of a collection, and notes who got it before it is handed over.
//
// Errors: fault.NotFound for a collection the actor may not know of, fault.Forbidden for one
// it may not read.
func (r *Relay) Page(ctx context.Context, a party.Actor, id parcel.CollectionID, q parcel.Query) (parcel.Page, error) {
	p, c, err := r.enter(ctx, a, id)
	if err != nil {
		return parcel.Page{}, err
	}
	if _, read, _ := p.may(c, a); !read {
		return parcel.Page{}, fault.New(fault.Forbidden, "relay.may-not-read")
	}
	all, err := r.known(ctx, p.circle())
	if err != nil {
		return parcel.Page{}, err
	}
	to := readable(c, all, a.Org)
	if p.For == forInbox {
		to = inboxes(all)
	}
	page, err := r.store.Entries(ctx, p.Hub, id, to, q)
	if err != nil || len(page.Entries) == 0 {
		return page, err
	}
	return page, r.store.Hand(ctx, p.Hub, receipt(a, id, q, page, r.now()))
}

func receipt(a party.Actor, id parcel.CollectionID, q parcel.Query, page parcel.Page, at time.Time) store.Receipt {
	out := store.Receipt{Collection: id, Reader: a.Org, Account: a.Account, Via: q.Via, At: at}
	h := sha256.New()
	for _, e := range page.Entries {
		out.Entries = append(out.Entries, e.Added)
		h.Write(e.Sum[:])
	}
	h.Sum(out.Sum[:0])
	return out
}

// enter gives a collection the actor may know of, and its community as it is now.
func (r *Relay) enter(ctx context.Context, a party.Actor, id parcel.CollectionID) (place, parcel.Community, error) {
	p, err := r.place(ctx, id)
	if err != nil {
		return p, parcel.Community{}, err
	}
	c, err := r.circles.Kept(ctx, p.Hub, p.Community)
	if err != nil {
		return p, c, err
	}
	if seen, _, _ := p.may(c, a); !seen {
		return p, c, notFound()
	}
	return p, c, nil
}
