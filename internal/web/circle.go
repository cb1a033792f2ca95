package web

import (
	"slices"
	"strconv"
	"strings"

	"github.com/wakachi/wakachi/internal/account"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
)

// How organisations come together. A hub writes an organisation's number into its list, and
// the organisation joins with the hub's invitation: both halves are needed, in any order.

// join takes part in a hub's community.
func (a *asking) join() error {
	hub, id, ok := strings.Cut(a.form("invitation"), "/")
	if !ok || hub == "" || id == "" {
		return fault.New(fault.Invalid, "web.invitation")
	}
	if err := a.Office.Join(a.ctx(), a.actor, party.OrgID(hub), parcel.CommunityID(id)); err != nil {
		return err
	}
	return a.didIt("/communities", "joined", 0)
}

// ownCommunity gives the community of the address, if the reader's organisation is its hub.
func (a *asking) ownCommunity() (parcel.Community, error) {
	if !a.actor.May(party.Administer) {
		return parcel.Community{}, fault.New(fault.Forbidden, "casework.right", string(party.Administer))
	}
	c, err := a.Office.Community(a.ctx(), a.actor, parcel.CommunityID(a.r.PathValue("community")))
	if err != nil {
		return c, err
	}
	if c.Hub.Org != a.actor.Org {
		return c, notFound()
	}
	return c, nil
}

// setMember adds an organisation to a community's list, changes its name there, or strikes it.
func (a *asking) setMember() error {
	c, err := a.ownCommunity()
	if err != nil {
		return err
	}
	m := parcel.Member{Org: party.OrgID(a.form("org")), Name: a.form("name"), People: a.number("people")}
	if m.Org == "" || m.Org == c.Hub.Org || m.Name == "" && a.form("strike") == "" {
		return fault.New(fault.Invalid, "web.member")
	}
	c.Members = slices.DeleteFunc(slices.Clone(c.Members), func(x parcel.Member) bool { return x.Org == m.Org })
	if a.form("strike") == "" {
		c.Members = append(c.Members, m)
	}
	return a.keepCommunity(c)
}

func (a *asking) keepCommunity(c parcel.Community) error {
	if v := a.form("version"); v != "" && v != strconv.FormatInt(c.Version, 10) {
		return fault.New(fault.Conflict, "store.conflict")
	}
	if _, err := a.Office.SetCommunity(a.ctx(), a.actor, c); err != nil {
		return err
	}
	return a.didIt("/communities", "community", 0)
}

// setGroup makes a group of a community or gives it other members; without any it goes.
func (a *asking) setGroup() error {
	if err := a.r.ParseForm(); err != nil {
		return asFault(err)
	}
	c, err := a.ownCommunity()
	if err != nil {
		return err
	}
	g := parcel.Group{ID: a.form("group"), Name: a.form("name")}
	if g.ID == "" {
		g.ID = "group-" + strconv.FormatInt(c.Version, 10) // one is made a version
	}
	for _, o := range a.r.PostForm["member"] {
		g.Members = append(g.Members, party.OrgID(o))
	}
	if g.Name == "" {
		return fault.New(fault.Invalid, "exchange.community")
	}
	c.Groups = slices.DeleteFunc(slices.Clone(c.Groups), func(x parcel.Group) bool { return x.ID == g.ID })
	if len(g.Members) > 0 {
		c.Groups = append(c.Groups, g)
	}
	return a.keepCommunity(c)
}

// foundTenant makes an organisation for a small victim or member that has no wakachi of its
// own, with its administrator, and lets it take part. The hub does not see into it.
func (a *asking) foundTenant() error {
	c, err := a.ownCommunity()
	if err != nil {
		return err
	}
	first := account.Account{Login: a.form("login"), Name: a.form("name"), Hats: []party.Hat{party.Administrator, party.Security}}
	tenant, err := a.Accounts.Found(a.ctx(), a.form("organisation"), first, a.r.FormValue("password"))
	if err != nil {
		return err
	}
	if err := a.Office.Join(a.ctx(), tenant, a.actor.Org, c.ID); err != nil {
		return err
	}
	c.Members = append(slices.Clone(c.Members), parcel.Member{Org: tenant.Org, Name: a.form("organisation"), People: 1})
	return a.keepCommunity(c)
}

// nameDeputy lets a person of a hub give the second approval.
func (a *asking) nameDeputy() error {
	of, person, ok := strings.Cut(a.form("code"), "/")
	if !ok {
		return fault.New(fault.Invalid, "exchange.deputy")
	}
	if err := a.Office.NameDeputy(a.ctx(), a.actor, party.AccountID(person), party.OrgID(of)); err != nil {
		return err
	}
	return a.didIt("/people", "deputy", 0)
}

func (a *asking) endDeputy() error {
	if err := a.Office.EndDeputy(a.ctx(), a.actor, party.AccountID(a.r.PathValue("account"))); err != nil {
		return err
	}
	return a.didIt("/people", "deputy", 0)
}
