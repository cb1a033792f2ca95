package relay

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/store"
)

// An audience is who may read an entry: a rule over a community as it is when it is asked
// for, so that who leaves the community reads nothing more. It never changes once kept.
type audience struct {
	ID parcel.AudienceID `json:"-"`

	To     parcel.Audience     `json:"to,omitzero"`
	Public bool                `json:"public,omitempty"` // everybody who reads the collection: TLP markings
	Only   []party.OrgID       `json:"only,omitempty"`   // no others, even if To has them
	Not    []parcel.AudienceID `json:"not,omitempty"`    // none who read it as part of these
}

const sortAudience store.Sort = "audience"

// readers lists who reads as one of an audience, of all who take part in a community.
func readers(c parcel.Community, all []audience, a audience) []party.OrgID {
	var out []party.OrgID
	for _, m := range append([]parcel.Member{c.Hub}, c.Members...) {
		if reads(c, all, a, m.Org) {
			out = append(out, m.Org)
		}
	}
	return out
}

// reads says whether an organisation is of an audience.
func reads(c parcel.Community, all []audience, a audience, org party.OrgID) bool {
	if c.Retired || !c.Has(org) || len(a.Only) > 0 && !slices.Contains(a.Only, org) {
		return false
	}
	if !a.Public && !slices.ContainsFunc(c.Recipients(a.To, ""), func(m parcel.Member) bool { return m.Org == org }) {
		return false
	}
	return !slices.ContainsFunc(a.Not, func(id parcel.AudienceID) bool {
		at := slices.IndexFunc(all, func(x audience) bool { return x.ID == id })
		return at >= 0 && all[at].ID < a.ID && reads(c, all, all[at], org) // earlier ones only: it ends
	})
}

// known lists a circle's audiences.
func (r *Relay) known(ctx context.Context, at circle) ([]audience, error) {
	r.mu.Lock()
	all, ok := r.audiences[at]
	forgotten := r.forgotten
	r.mu.Unlock()
	if ok {
		return all, nil
	}
	kept, err := r.store.Objects(ctx, at.hub, sortAudience, string(at.id))
	if err != nil {
		return nil, err
	}
	for _, x := range kept {
		var a audience
		if err := x.Value(&a); err != nil {
			return nil, err
		}
		a.ID = parcel.AudienceID(x.Version)
		all = append(all, a)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if forgotten == r.forgotten { // nothing was added while it was read
		r.audiences[at] = all
	}
	return all, nil
}

// number gives the id of an audience, keeping it if it is new, and all audiences with it.
// forget must be called if the act does not come to pass.
func (r *Relay) number(w *store.Writing, at circle, all []audience, a audience) (audience, []audience, error) {
	slices.Sort(a.To.Except)
	a.To.Except = slices.Compact(a.To.Except)
	slices.Sort(a.Only)
	slices.Sort(a.Not)
	want, err := json.Marshal(a)
	if err != nil {
		return a, all, err
	}
	for _, k := range all {
		if have, err := json.Marshal(k); err == nil && string(have) == string(want) {
			return k, all, nil
		}
	}
	x := store.Object{Sort: sortAudience, Parent: string(at.id)}
	if err := w.PutValue("made", &x, a); err != nil {
		return a, all, err
	}
	a.ID = parcel.AudienceID(x.Version)
	return a, append(slices.Clip(all), a), nil
}

// forget makes the next asker read a circle's audiences anew.
func (r *Relay) forget(at circle) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.audiences, at)
	r.forgotten++
}

// readable gives the audiences an organisation is of.
func readable(c parcel.Community, all []audience, org party.OrgID) []parcel.AudienceID {
	var out []parcel.AudienceID
	for _, a := range all {
		if reads(c, all, a, org) {
			out = append(out, a.ID)
		}
	}
	return out
}

// of gives the audience under which what an organisation brings lies in the inbox. Nobody is
// of it: the hub reads inboxes by being the hub.
func of(org party.OrgID) audience { return audience{Only: []party.OrgID{org}} }

// inboxes gives the audiences that of makes.
func inboxes(all []audience) []parcel.AudienceID {
	var out []parcel.AudienceID
	for _, a := range all {
		if !a.Public && a.To.Reach == party.Nobody {
			out = append(out, a.ID)
		}
	}
	return out
}
