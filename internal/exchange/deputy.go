package exchange

import (
	"context"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/store"
)

// A Deputy is a named person of another organisation, a hub or a vendor, who gives the
// second approval where an organisation has nobody else: a victim of one person never
// approves itself.
type Deputy struct {
	Account party.AccountID `json:"-"`
	Org     party.OrgID     `json:"org"`
	Ended   bool            `json:"ended,omitempty"`
	By      string          `json:"-"`
	At      time.Time       `json:"-"`
	Version int64           `json:"-"`
}

const sortDeputy store.Sort = "deputy"

// Deputies lists those the actor's organisation has named, also those who are no longer.
func (o *Office) Deputies(ctx context.Context, a party.Actor) ([]Deputy, error) {
	if !a.May(party.Administer) {
		if err := allow(a, party.Read); err != nil {
			return nil, err
		}
	}
	all, err := o.store.AllObjects(ctx, a.Org, sortDeputy)
	if err != nil {
		return nil, err
	}
	out := make([]Deputy, len(all))
	for k, x := range all {
		if err := x.Value(&out[k]); err != nil {
			return nil, err
		}
		out[k].Account, out[k].By, out[k].At, out[k].Version = party.AccountID(x.ID), x.By, x.At, x.Version
	}
	return out, nil
}

// NameDeputy lets a person of another organisation see and judge this one's releases: what
// leaves and to whom, and nothing of the incident. The person's hats still have to allow it.
// The person must be of the hub of a community both take part in.
func (o *Office) NameDeputy(ctx context.Context, a party.Actor, person party.AccountID, of party.OrgID) error {
	if err := allow(a, party.Administer); err != nil {
		return err
	}
	all, err := o.communities(ctx, a.Org)
	if err != nil {
		return err
	}
	hub := false
	for _, c := range all {
		hub = hub || c.Hub.Org == of && of != a.Org && !c.Retired
	}
	if !hub {
		return fault.New(fault.Invalid, "exchange.deputy")
	}
	return o.setDeputy(ctx, a, Deputy{Account: person, Org: of})
}

// EndDeputy takes it back.
func (o *Office) EndDeputy(ctx context.Context, a party.Actor, person party.AccountID) error {
	if err := allow(a, party.Administer); err != nil {
		return err
	}
	x, err := o.store.Object(ctx, a.Org, sortDeputy, string(person))
	if err != nil {
		return err
	}
	var d Deputy
	if err := x.Value(&d); err != nil {
		return err
	}
	d.Account, d.Ended = person, true
	return o.setDeputy(ctx, a, d)
}

func (o *Office) setDeputy(ctx context.Context, a party.Actor, d Deputy) error {
	old, err := o.store.Object(ctx, a.Org, sortDeputy, string(d.Account))
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	x := store.Object{Sort: sortDeputy, ID: string(d.Account), Version: old.Version}
	return o.store.Act(ctx, a.Org, string(a.Account), func(w *store.Writing) error { return w.PutValue("named", &x, d) })
}

// isDeputy says whether an organisation has named the actor.
func (o *Office) isDeputy(ctx context.Context, org party.OrgID, a party.Actor) bool {
	x, err := o.store.Object(ctx, org, sortDeputy, string(a.Account))
	if err != nil {
		return false
	}
	var d Deputy
	return x.Value(&d) == nil && !d.Ended && d.Org == a.Org
}

// reached gives the organisation whose release it is: the actor's own, or one that named the
// actor its deputy. Any other release is not there.
func (o *Office) reached(ctx context.Context, a party.Actor, id ReleaseID) (party.OrgID, error) {
	_, err := o.store.Object(ctx, a.Org, sortRelease, string(id))
	if err == nil {
		return a.Org, nil
	}
	if fault.KindOf(err) != fault.NotFound {
		return "", err
	}
	org, _, err := o.store.Find(ctx, sortRelease, string(id))
	if err != nil {
		return "", err
	}
	if !o.isDeputy(ctx, org, a) {
		return "", fault.New(fault.NotFound, "store.not-found")
	}
	return org, nil
}
