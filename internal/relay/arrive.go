package relay

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/stix"
	"github.com/wakachi/wakachi/internal/store"
	"github.com/wakachi/wakachi/internal/tlp"
)

// An arrival is a parcel of a member's own wakachi, known by its seal, until all of it is there.
type arrival struct {
	From  party.OrgID       `json:"from"`
	Paper json.RawMessage   `json:"paper"`
	Held  []parcel.HeldBack `json:"held,omitempty"`
}

const (
	sortArrival store.Sort = "arrival"
	sortNotice  store.Sort = "notice"
)

// maxWaiting is how many seals of one member may wait for what they cover.
const maxWaiting = 100

// arrive notes a seal. A later seal on a parcel that was passed on narrows it.
func (b *brought) arrive(ctx context.Context, o parcel.Object) error {
	w, err := stix.DecodeSeal(o.Raw)
	if err != nil {
		return err
	}
	if d, err := b.delivery(ctx, b.Hub, w.Parcel); err == nil {
		return b.reseal(ctx, d, w)
	} else if fault.KindOf(err) != fault.NotFound {
		return err
	}
	on := store.Object{Sort: sortArrival, ID: string(w.Parcel), Parent: parcel.Waiting + "." + string(b.a.Org)}
	waiting, err := b.store.Objects(ctx, b.Hub, sortArrival, on.Parent)
	if err != nil {
		return err
	}
	if len(waiting) >= maxWaiting {
		return fault.New(fault.TooLarge, "relay.too-many-wait")
	}
	err = b.store.Act(ctx, b.Hub, string(b.a.Account), func(x *store.Writing) error {
		return x.PutValue("sealed", &on, arrival{From: b.a.Org, Paper: o.Raw})
	})
	if fault.KindOf(err) == fault.Conflict { // it was announced before
		return b.announceAgain(ctx, o, w)
	}
	return err
}

// announceAgain lets a later seal take the place of the one that waits. Of a parcel that
// another announced, or that was recalled while it waited, nothing more is taken.
func (b *brought) announceAgain(ctx context.Context, o parcel.Object, w parcel.Waybill) error {
	x, v, err := b.waits(ctx, w.Parcel)
	if err != nil {
		return err
	}
	if v.From != b.a.Org || x.Parent == refused {
		return notFound()
	}
	old, err := stix.DecodeSeal(v.Paper)
	if err != nil || !w.Modified.After(old.Modified) || x.Parent == parcel.Delivered {
		return err
	}
	v.Paper = o.Raw
	return b.store.Act(ctx, b.Hub, string(b.a.Account), func(w *store.Writing) error { return w.PutValue("sealed", &x, v) })
}

func (b *brought) reseal(ctx context.Context, d Delivery, w parcel.Waybill) error {
	if d.Sender != b.a.Org || d.Community != b.Community {
		return notFound()
	}
	to, err := b.audience(w)
	if err != nil {
		return err
	}
	var more []party.OrgID
	for _, org := range to.Except {
		if !slices.Contains(d.To.Except, org) {
			more = append(more, org)
		}
	}
	if len(more) == 0 || to.Reach != d.To.Reach || to.Group != d.To.Group {
		return nil // as it stands, or wider: nothing is taken away
	}
	return b.apply(ctx, b.Hub, w.Parcel, Order{Action: parcel.Narrow, Reason: parcel.OwnerRequest, Except: more, Due: b.today().Add(recallDue)})
}

// audience reads whom a member means. A name the hub does not know is nobody's: the parcel
// is refused, since leaving it out would widen the audience.
func (b *brought) audience(w parcel.Waybill) (parcel.Audience, error) {
	to := parcel.Audience{Community: b.Community, Reach: w.To.Reach, Group: w.To.Group}
	for _, name := range w.To.Except {
		if !b.c.Visible && b.a.Org != b.Hub && party.OrgID(name) != b.a.Org && party.OrgID(name) != b.Hub {
			return to, fault.New(fault.Invalid, "exchange.except-hidden") // the answer would tell who is a member
		}
		if !b.c.Has(party.OrgID(name)) {
			return to, fault.New(fault.Invalid, "relay.unknown-member")
		}
		to.Except = append(to.Except, party.OrgID(name))
	}
	if len(b.c.Recipients(to, b.a.Org)) == 0 {
		return to, fault.New(fault.Invalid, "exchange.nobody")
	}
	if !b.c.Handles(w.Label) {
		return to, fault.New(fault.Invalid, "exchange.ceiling", w.Label.String(), b.c.Ceiling.String())
	}
	return to, nil
}

// complete passes on the member's parcels that are all there, and gives for each seal why
// one could not be.
func (b *brought) complete(ctx context.Context) map[string]error {
	out := map[string]error{}
	waiting, err := b.store.Objects(ctx, b.Hub, sortArrival, parcel.Waiting+"."+string(b.a.Org))
	if err != nil {
		return out // they wait for the next time
	}
	for _, x := range waiting {
		var v arrival
		if x.Value(&v) != nil {
			continue
		}
		w, err := stix.DecodeSeal(v.Paper)
		if err != nil {
			continue
		}
		objects, err := b.covered(ctx, w)
		if err != nil || objects == nil {
			out[w.ID] = err
			continue
		}
		held, err := b.passOn(ctx, w, objects)
		out[w.ID] = err
		if err != nil {
			continue
		}
		v.Held, x.Parent = held, parcel.Delivered
		if err := b.store.Act(ctx, b.Hub, string(b.a.Account), func(on *store.Writing) error { return on.PutValue("passed-on", &x, v) }); err != nil {
			out[w.ID] = err
		}
	}
	return out
}

// covered gives the objects a seal covers; nil while some are missing.
func (b *brought) covered(ctx context.Context, w parcel.Waybill) ([]parcel.Object, error) {
	ids := make([]string, len(w.Manifest))
	for k, m := range w.Manifest {
		ids[k] = m.Ref
	}
	all, err := b.known(ctx, b.circle())
	if err != nil {
		return nil, err
	}
	own := slices.IndexFunc(all, func(a audience) bool {
		return slices.Contains(a.Only, b.a.Org) && slices.Contains(inboxes([]audience{a}), a.ID)
	})
	if own < 0 {
		return nil, nil
	}
	found := map[parcel.Piece]parcel.Object{}
	err = b.among(ctx, b.ID, []parcel.AudienceID{all[own].ID}, ids, func(e parcel.Entry) {
		found[parcel.Piece{Ref: e.ID, Version: e.Version, Sum: e.Sum}] = e.Object
	})
	if err != nil {
		return nil, err
	}
	var out []parcel.Object
	for _, m := range w.Manifest {
		o, ok := found[m]
		if !ok {
			return nil, nil
		}
		out = append(out, o)
	}
	return out, nil
}

// passOn passes a member's parcel on, without what is delicate in it.
func (b *brought) passOn(ctx context.Context, w parcel.Waybill, objects []parcel.Object) ([]parcel.HeldBack, error) {
	to, err := b.audience(w)
	if err != nil {
		return nil, err
	}
	var held []parcel.HeldBack
	raw := raws(objects)
	if to.Reach == party.Community {
		held = hold(raw)
		objects = slices.DeleteFunc(objects, func(o parcel.Object) bool {
			return slices.ContainsFunc(held, func(h parcel.HeldBack) bool { return h.Ref == o.ID })
		})
		if len(objects) == 0 {
			return held, nil
		}
		raw = raws(objects)
	}
	if err := b.original(ctx, objects); err != nil {
		return held, err
	}
	in, err := stix.Read(raw, b.today())
	if err != nil {
		return held, err
	}
	label := tlp.Strictest(w.Label, in.Sheet.Label)
	if !b.c.Handles(label) {
		return held, fault.New(fault.Invalid, "exchange.ceiling", label.String(), b.c.Ceiling.String())
	}
	in.Sheet.Label, in.Sheet.Until, in.Sheet.AskDue = label, w.Until, w.AskDue
	p := passing{
		Delivery: Delivery{
			Parcel: w.Parcel, Sender: b.a.Org, To: to, Label: label, Letter: in.Sheet.Letter, Facts: len(in.Sheet.Lines),
			First: in.Sheet.Earliest(), At: b.today(), Held: held,
		},
		objects: raw,
	}
	if p.forms, p.bodies, err = b.forms(in.Sheet, raw); err != nil {
		return held, err
	}
	return held, b.pass(ctx, b.c, p)
}

func raws(objects []parcel.Object) []json.RawMessage {
	out := make([]json.RawMessage, len(objects))
	for k, o := range objects {
		out[k] = o.Raw
	}
	return out
}

// Brought lists what lies with a hub and went on to nobody, or not whole: what is delicate,
// and what no seal covers.
func (r *Relay) Brought(ctx context.Context, a party.Actor, id parcel.CommunityID) ([]parcel.Brought, error) {
	if err := allow(a, party.Read); err != nil {
		return nil, err
	}
	c, err := r.circles.Kept(ctx, a.Org, id)
	if err != nil {
		return nil, err
	}
	var out []parcel.Brought
	for _, m := range c.Members {
		for _, where := range []string{parcel.Waiting + "." + string(m.Org), parcel.Delivered} {
			kept, err := r.store.Objects(ctx, a.Org, sortArrival, where)
			if err != nil {
				return nil, err
			}
			for _, x := range kept {
				var v arrival
				if err := x.Value(&v); err != nil {
					return nil, err
				}
				if v.From == m.Org && (len(v.Held) > 0 || where != parcel.Delivered) {
					out = append(out, brief(x.ID, m.Name, x.At, v, where != parcel.Delivered))
				}
			}
		}
	}
	return out, nil
}

func brief(id, from string, at time.Time, v arrival, waiting bool) parcel.Brought {
	return parcel.Brought{Parcel: parcel.ID(id), From: from, At: at, Waiting: waiting, Held: v.Held}
}
