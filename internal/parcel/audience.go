package parcel

import (
	"slices"

	"github.com/wakachi/wakachi/internal/party"
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
	Away    bool  `json:"-"` // its hub is another wakachi's, reached over a Link
}

// A Member is an organisation in a community, under the name the hub knows it by.
type Member struct {
	Org    party.OrgID `json:"org"`
	Name   string      `json:"name"`
	People int         `json:"people,omitempty"` // how many read for it, as it said

	LogDays int `json:"log_days,omitempty"` // how long it keeps its logs, as it said; 0: as the community
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

// Handles says whether a community takes what bears a label.
func (c Community) Handles(l tlp.Label) bool { return tlp.Strictest(l, c.Ceiling) == c.Ceiling }

// Has says whether an organisation takes part in a community, as hub or as member.
func (c Community) Has(org party.OrgID) bool {
	return org != "" && (c.Hub.Org == org || slices.ContainsFunc(c.Members, func(m Member) bool { return m.Org == org }))
}
