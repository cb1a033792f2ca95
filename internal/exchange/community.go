package exchange

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/store"
	"github.com/wakachi/wakachi/internal/tlp"
)

// A CommunityID names a sharing activity, 情報共有活動. It is random.
type CommunityID string

// A Community is a sharing activity: a hub and its members, who agreed on rules. The hub
// keeps it; members see what Visible lets them.
type Community struct {
	ID      CommunityID `json:"-"`
	Name    string      `json:"name"`
	Hub     Member      `json:"hub"`
	Ceiling tlp.Label   `json:"ceiling"` // the strictest label it handles; Unknown: none, nobody gets anything
	Visible bool        `json:"visible"` // members may see who the others are
	LogDays int         `json:"log_days"`
	Members []Member    `json:"members"` // without the hub
	Groups  []Group     `json:"groups,omitempty"`
	Retired bool        `json:"retired,omitempty"` // nobody gets anything through it any more

	Version int64 `json:"-"`
}

// A Member is an organisation in a community, under the name the hub knows it by.
type Member struct {
	Org    party.OrgID `json:"org"`
	Name   string      `json:"name"`
	People int         `json:"people,omitempty"` // how many read for it, as it said
}

// A Group is a part of a community that is addressed by itself.
type Group struct {
	ID      string        `json:"id"`
	Name    string        `json:"name"`
	Members []party.OrgID `json:"members"`
}

// An Audience says whom something is for. The zero Audience is nobody.
type Audience struct {
	Community CommunityID   `json:"community"`
	Reach     party.Reach   `json:"reach"`            // Community, or the Hub or Coordinator alone
	Group     string        `json:"group,omitempty"`  // of the community; empty: all members
	Except    []party.OrgID `json:"except,omitempty"` // who does not get it
}

// Recipients gives who would receive what sender sends: a pure function, so that what is
// shown before a release is what is allowed after it. An unknown, empty or retired
// community, an unknown group and the zero Audience are nobody.
func (c Community) Recipients(to Audience, sender party.OrgID) []Member {
	if c.ID == "" || c.ID != to.Community || c.Retired || c.Ceiling == tlp.Unknown {
		return nil
	}
	barred := func(m Member) bool { return m.Org == "" || m.Org == sender || slices.Contains(to.Except, m.Org) }
	var out []Member
	if !barred(c.Hub) {
		out = append(out, c.Hub)
	}
	switch to.Reach {
	case party.Hub, party.Coordinator:
		return out
	case party.Community:
	default:
		return nil
	}
	in := func(party.OrgID) bool { return true }
	if to.Group != "" {
		at := slices.IndexFunc(c.Groups, func(g Group) bool { return g.ID == to.Group })
		if at < 0 {
			return nil
		}
		in = func(o party.OrgID) bool { return slices.Contains(c.Groups[at].Members, o) }
	}
	for _, m := range c.Members {
		if !barred(m) && in(m.Org) {
			out = append(out, m)
		}
	}
	return out
}

// Communities lists those the actor's organisation is the hub or a member of. Of one whose
// members are not visible a member gets their number, and the hub's and its own name.
func (o *Office) Communities(ctx context.Context, a party.Actor) ([]Community, error) {
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

func (o *Office) communities(ctx context.Context, org party.OrgID) ([]Community, error) {
	own, err := o.store.AllObjects(ctx, org, sortCommunity)
	if err != nil {
		return nil, err
	}
	var out []Community
	for _, x := range own {
		var c Community
		if err := x.Value(&c); err != nil {
			return nil, err
		}
		c.ID, c.Version = CommunityID(x.ID), x.Version
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
	slices.SortStableFunc(out, func(a, b Community) int { return cmp.Compare(a.Name, b.Name) })
	return out, nil
}

// membership is the member's own half of being in a community.
type membership struct {
	Hub party.OrgID `json:"hub"`
}

// joined reads a community for one of its members from its hub's record. It is the one place
// where an organisation's row is read for another, and the hub's list decides.
func (o *Office) joined(ctx context.Context, org party.OrgID, x store.Object) (Community, error) {
	var m membership
	if err := x.Value(&m); err != nil {
		return Community{}, err
	}
	kept, err := o.store.Object(ctx, m.Hub, sortCommunity, x.ID)
	if err != nil {
		return Community{}, err
	}
	var c Community
	if err := kept.Value(&c); err != nil {
		return Community{}, err
	}
	c.ID = CommunityID(x.ID)
	if c.Hub.Org != m.Hub || !slices.ContainsFunc(c.Members, func(m Member) bool { return m.Org == org }) {
		return Community{}, fault.New(fault.NotFound, "store.not-found")
	}
	return c, nil
}

// Community gives one the actor's organisation takes part in. A member of one whose members
// are not visible gets it with their number and without their names.
func (o *Office) Community(ctx context.Context, a party.Actor, id CommunityID) (Community, error) {
	all, err := o.Communities(ctx, a)
	return pick(all, id, err)
}

// community gives one as it is, for deciding and not for showing.
func (o *Office) community(ctx context.Context, org party.OrgID, id CommunityID) (Community, error) {
	all, err := o.communities(ctx, org)
	return pick(all, id, err)
}

func pick(all []Community, id CommunityID, err error) (Community, error) {
	if err != nil {
		return Community{}, err
	}
	for _, c := range all {
		if c.ID == id {
			return c, nil
		}
	}
	return Community{}, fault.New(fault.NotFound, "store.not-found")
}

// Shown gives the recipients as the viewer may see them: of a community whose members are
// not visible only the hub and oneself keep their names.
func (c Community) Shown(to []Member, viewer party.OrgID) []Member {
	out := slices.Clone(to)
	if c.Visible || c.Hub.Org == viewer {
		return out
	}
	for i, m := range out {
		if m.Org != c.Hub.Org && m.Org != viewer {
			out[i] = Member{People: m.People}
		}
	}
	return out
}

// SetCommunity makes or changes a community of which the actor's organisation is the hub.
// Members join by having their organisation's id in it; package app makes their half.
func (o *Office) SetCommunity(ctx context.Context, a party.Actor, c Community) (Community, error) {
	if err := allow(a, party.Administer); err != nil {
		return Community{}, err
	}
	if c.Hub.Org = a.Org; strings.TrimSpace(c.Name) == "" || c.LogDays < 0 || len(c.Members) > 10000 {
		return Community{}, fault.New(fault.Invalid, "exchange.community")
	}
	if c.ID != "" && c.Version == 0 { // ids are random, and nobody brings one
		return Community{}, fault.New(fault.Conflict, "store.conflict")
	}
	x := store.Object{Sort: sortCommunity, ID: string(c.ID), Version: c.Version}
	if err := o.store.Act(ctx, a.Org, string(a.Account), func(w *store.Writing) error { return w.PutValue("changed", &x, c) }); err != nil {
		return Community{}, err
	}
	c.ID, c.Version = CommunityID(x.ID), x.Version
	return c, nil
}

// Join records in the actor's organisation that it takes part in a hub's community. It gives
// nothing by itself: the hub's list decides.
func (o *Office) Join(ctx context.Context, a party.Actor, hub party.OrgID, id CommunityID) error {
	if err := allow(a, party.Administer); err != nil {
		return err
	}
	x := store.Object{Sort: sortMembership, ID: string(id)}
	return o.store.Act(ctx, a.Org, string(a.Account), func(w *store.Writing) error { return w.PutValue("joined", &x, membership{hub}) })
}
