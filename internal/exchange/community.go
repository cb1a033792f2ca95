package exchange

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/store"
)

// Communities lists those the actor's organisation is the hub or a member of. Of one whose
// members are not visible a member gets their number, and the hub's and its own name.
func (o *Office) Communities(ctx context.Context, a party.Actor) ([]parcel.Community, error) {
	if !a.May(party.Administer) {
		if err := allow(a, party.Read); err != nil {
			return nil, err
		}
	}
	all, err := o.communities(ctx, a.Org)
	for k, c := range all {
		if !c.Visible && c.Hub.Org != a.Org {
			all[k].Members, all[k].Groups = c.Shown(c.Members, a.Org), nil
		}
	}
	return all, err
}

// TakingPart lists the communities of which an organisation is the hub or a member, as they
// are: for deciding, and not for showing.
func (o *Office) TakingPart(ctx context.Context, org party.OrgID) ([]parcel.Community, error) {
	return o.communities(ctx, org)
}

// Kept gives a community as its hub keeps it, likewise.
func (o *Office) Kept(ctx context.Context, hub party.OrgID, id parcel.CommunityID) (parcel.Community, error) {
	x, err := o.store.Object(ctx, hub, sortCommunity, string(id))
	if err != nil {
		return parcel.Community{}, err
	}
	return communityOf(x)
}

func communityOf(x store.Object) (parcel.Community, error) {
	var c parcel.Community
	if err := x.Value(&c); err != nil {
		return c, err
	}
	c.ID, c.Version = parcel.CommunityID(x.ID), x.Version
	return c, nil
}

func (o *Office) communities(ctx context.Context, org party.OrgID) ([]parcel.Community, error) {
	own, err := o.store.AllObjects(ctx, org, sortCommunity)
	if err != nil {
		return nil, err
	}
	var out []parcel.Community
	for _, x := range own {
		c, err := communityOf(x)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	joined, err := o.store.AllObjects(ctx, org, sortMembership)
	if err != nil {
		return nil, err
	}
	for _, x := range joined {
		c, err := o.joined(ctx, org, x)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return nil, err
		}
		if err == nil {
			out = append(out, c)
		}
	}
	away, err := o.store.AllObjects(ctx, org, parcel.LinkSort)
	if err != nil {
		return nil, err
	}
	for _, x := range away {
		var l parcel.Link
		if err := x.Value(&l); err != nil {
			return nil, err
		}
		out = append(out, l.Own(org))
	}
	slices.SortStableFunc(out, func(a, b parcel.Community) int { return cmp.Compare(a.Name, b.Name) })
	return out, nil
}

// membership is the member's own half of being in a community.
type membership struct {
	Hub party.OrgID `json:"hub"`
}

// joined reads a community for one of its members from its hub's record. It is the one place
// where an organisation's row is read for another, and the hub's list decides.
func (o *Office) joined(ctx context.Context, org party.OrgID, x store.Object) (parcel.Community, error) {
	var m membership
	if err := x.Value(&m); err != nil {
		return parcel.Community{}, err
	}
	c, err := o.Kept(ctx, m.Hub, parcel.CommunityID(x.ID))
	if err != nil {
		return parcel.Community{}, err
	}
	if c.Hub.Org != m.Hub || !slices.ContainsFunc(c.Members, func(m parcel.Member) bool { return m.Org == org }) {
		return parcel.Community{}, fault.New(fault.NotFound, "store.not-found")
	}
	return c, nil
}

// Community gives one the actor's organisation takes part in. A member of one whose members
// are not visible gets it with their number and without their names.
func (o *Office) Community(ctx context.Context, a party.Actor, id parcel.CommunityID) (parcel.Community, error) {
	all, err := o.Communities(ctx, a)
	return pick(all, id, err)
}

// community gives one as it is, for deciding and not for showing.
func (o *Office) community(ctx context.Context, org party.OrgID, id parcel.CommunityID) (parcel.Community, error) {
	all, err := o.communities(ctx, org)
	return pick(all, id, err)
}

func pick(all []parcel.Community, id parcel.CommunityID, err error) (parcel.Community, error) {
	if err != nil {
		return parcel.Community{}, err
	}
	for _, c := range all {
		if c.ID == id {
			return c, nil
		}
	}
	return parcel.Community{}, fault.New(fault.NotFound, "store.not-found")
}

// SetCommunity makes or changes a community of which the actor's organisation is the hub.
// Members join by having their organisation's id in it; package app makes their half.
func (o *Office) SetCommunity(ctx context.Context, a party.Actor, c parcel.Community) (parcel.Community, error) {
	if err := allow(a, party.Administer); err != nil {
		return parcel.Community{}, err
	}
	if c.Hub.Org = a.Org; strings.TrimSpace(c.Name) == "" || c.LogDays < 0 || len(c.Members) > 10000 {
		return parcel.Community{}, fault.New(fault.Invalid, "exchange.community")
	}
	if c.ID != "" && c.Version == 0 { // ids are random, and nobody brings one
		return parcel.Community{}, fault.New(fault.Conflict, "store.conflict")
	}
	x := store.Object{Sort: sortCommunity, ID: string(c.ID), Version: c.Version}
	if err := o.store.Act(ctx, a.Org, string(a.Account), func(w *store.Writing) error { return w.PutValue("changed", &x, c) }); err != nil {
		return parcel.Community{}, err
	}
	c.ID, c.Version = parcel.CommunityID(x.ID), x.Version
	return c, nil
}

// Join records in the actor's organisation that it takes part in a hub's community. It gives
// nothing by itself: the hub's list decides.
func (o *Office) Join(ctx context.Context, a party.Actor, hub party.OrgID, id parcel.CommunityID) error {
	if err := allow(a, party.Administer); err != nil {
		return err
	}
	x := store.Object{Sort: sortMembership, ID: string(id)}
	return o.store.Act(ctx, a.Org, string(a.Account), func(w *store.Writing) error { return w.PutValue("joined", &x, membership{hub}) })
}
