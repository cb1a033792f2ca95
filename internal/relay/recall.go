package relay

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/store"
	"github.com/wakachi/wakachi/internal/tlp"
)

// An Order is what somebody takes back of a parcel of theirs. It only ever takes away: what
// replaces something is a release of its own, with a second person.
type Order struct {
	Action     parcel.Action `json:"action"`
	Reason     parcel.Reason `json:"reason"`
	Except     []party.OrgID `json:"except,omitempty"`      // of Narrow: who is to have it no longer
	Stricter   tlp.Label     `json:"stricter,omitempty"`    // of Tighten
	ReplacedBy parcel.ID     `json:"replaced_by,omitempty"` // of Correct
	Due        time.Time     `json:"due,omitzero"`          // when acknowledgements are expected; zero: a week
}

// Recalled is what an Order did.
type Recalled struct {
	Order
	Recall string        `json:"recall,omitempty"` // id of the object that tells of it; empty if there was nobody to tell
	At     time.Time     `json:"at"`
	Losers []party.OrgID `json:"losers,omitempty"` // who was told
}

func (x Recalled) notice() *parcel.Notice {
	return &parcel.Notice{ID: x.Recall, Action: x.Action, Reason: x.Reason, At: x.At, Due: x.Due, ReplacedBy: x.ReplacedBy}
}

// ordered is an order on its way to the hub.
type ordered struct {
	Order
	Parcel    parcel.ID          `json:"parcel"`
	Hub       party.OrgID        `json:"hub"`
	Community parcel.CommunityID `json:"community"`
}

const sortOrder store.Sort = "recall"

// recallDue is how long receivers have to acknowledge if the order does not say.
const recallDue = 7 * 24 * time.Hour

// Recall takes back what the actor's organisation shared. The order is kept at once and
// carried out at the hub when it is reached.
//
// Errors: fault.NotFound for a parcel of somebody else; fault.Invalid for an order that
// takes nothing away.
func (r *Relay) Recall(ctx context.Context, a party.Actor, id parcel.ID, o Order) error {
	if err := allow(a, party.Compose); err != nil {
		return err
	}
	x, err := r.store.Object(ctx, a.Org, parcel.DispatchSort, string(id))
	if err != nil {
		return err
	}
	var d parcel.Dispatch
	if err := x.Value(&d); err != nil {
		return err
	}
	if now, err := r.delivery(ctx, d.Hub, id); err == nil {
		d.Label = now.Label // it may be under a stricter one by now
	}
	if err := o.sound(d, r.today()); err != nil {
		return err
	}
	if o.Action == parcel.Correct {
		if _, err := r.store.Object(ctx, a.Org, parcel.DispatchSort, string(o.ReplacedBy)); err != nil {
			return fault.New(fault.Invalid, "relay.recall.replaced-by")
		}
	}
	if o.Due.IsZero() {
		o.Due = r.today().Add(recallDue)
	}
	on := store.Object{Sort: sortOrder, Parent: parcel.Waiting}
	err = r.store.Act(ctx, a.Org, string(a.Account), func(w *store.Writing) error {
		return w.PutValue("ordered", &on, ordered{o, id, d.Hub, d.Community})
	})
	if err != nil {
		return err
	}
	if _, err := r.forwardParcels(ctx, a.Org); err != nil {
		return err
	}
	_, err = r.forwardRecalls(ctx, a.Org)
	return err
}

func (o Order) sound(d parcel.Dispatch, now time.Time) error {
	bad := func(code string) error { return fault.New(fault.Invalid, "relay.recall."+code) }
	reasons := []parcel.Reason{parcel.FalsePositive, parcel.WrongValue, parcel.WrongAudience, parcel.Harm, parcel.OwnerRequest, parcel.Other}
	switch {
	case !slices.Contains(reasons, o.Reason):
		return bad("reason")
	case !o.Due.IsZero() && o.Due.Before(now):
		return bad("due")
	}
	switch o.Action {
	case parcel.Retract:
		return nil
	case parcel.Correct:
		if o.ReplacedBy == "" || o.ReplacedBy == d.Parcel {
			return bad("replaced-by")
		}
		return nil
	case parcel.Narrow:
		if len(o.Except) == 0 {
			return bad("except")
		}
		return nil
	case parcel.Tighten:
		if o.Stricter == tlp.Unknown || o.Stricter == d.Label || tlp.Strictest(o.Stricter, d.Label) != o.Stricter {
			return bad("stricter")
		}
		return nil
	}
	return bad("action")
}

func (r *Relay) forwardRecalls(ctx context.Context, org party.OrgID) (passed int, first error) {
	waiting, err := r.store.Objects(ctx, org, sortOrder, parcel.Waiting)
	if err != nil {
		return 0, err
	}
	for _, x := range waiting {
		var o ordered
		err := x.Value(&o)
		if err == nil && r.away(ctx, org, o.Community) {
			continue
		}
		if err == nil {
			err = r.apply(ctx, o.Hub, o.Parcel, o.Order)
		}
		if err == nil {
			x.Parent = parcel.Delivered
			err = r.store.Act(ctx, org, nobody, func(w *store.Writing) error { return w.PutValue("carried-out", &x, o) })
		}
		if err == nil {
			passed++
		} else if first == nil {
			first = err
		}
	}
	return passed, first
}

// apply carries out an order at the hub, in one act: the shelf, the record of the delivery,
// and the word to those who lose something. Carrying it out twice changes nothing.
func (r *Relay) apply(ctx context.Context, hub party.OrgID, id parcel.ID, o Order) error {
	d, err := r.delivery(ctx, hub, id)
	if err != nil {
		return err
	}
	if d.State == Retracted || d.State == Expired || d.ordered(o) {
		return nil
	}
	c, err := r.circles.Kept(ctx, hub, d.Community)
	if err != nil {
		return err
	}
	s, err := r.signer(ctx, hub, d.Community)
	if err != nil {
		return err
	}
	sheet, err := r.sheet(ctx, d)
	if err != nil {
		return err
	}
	return r.onShelf(ctx, c, nobody, d.Collection, d.Parcel, func(l *laying) error {
		rest, copies, err := l.around(ctx, d)
		if err != nil {
			return err
		}
		if o.Action == parcel.Retract || o.Action == parcel.Correct {
			if err := copies.clear(l.w, d.Parcel); err != nil {
				return err
			}
		}
		return l.recall(&d, s, o, rest, sheet)
	})
}

// ordered says whether an order changes nothing any more.
func (d Delivery) ordered(o Order) bool {
	if o.Action == parcel.Tighten && tlp.Strictest(o.Stricter, d.Label) == d.Label {
		return true
	}
	return d.Recalled != nil && same(d.Recalled.Order, o) || slices.ContainsFunc(d.Earlier, func(x Recalled) bool { return same(x.Order, o) })
}

func same(a, b Order) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// sheet gives a delivery in the form people read.
func (r *Relay) sheet(ctx context.Context, d Delivery) (parcel.Sheet, error) {
	var s parcel.Sheet
	at := slices.IndexFunc(d.Forms, func(f parcel.Form) bool { return f.Name == "sheet" })
	if at < 0 {
		return s, fault.New(fault.Damaged, "store.damaged")
	}
	x, err := r.store.Object(ctx, d.Hub, store.Original, d.Forms[at].Kept)
	if err != nil {
		return s, err
	}
	return s, x.Value(&s)
}

// besides gives the other parcels of a circle that stand, by their id.
func (r *Relay) besides(ctx context.Context, at circle, d Delivery) (map[parcel.ID]Delivery, error) {
	all, err := r.store.Objects(ctx, at.hub, sortDelivery, string(at.id))
	if err != nil {
		return nil, err
	}
	out := map[parcel.ID]Delivery{}
	for _, x := range all {
		other, err := deliveryOf(x, at.hub)
		if err != nil {
			return nil, err
		}
		if other.Parcel != d.Parcel && other.Collection == d.Collection && (other.State == Standing || other.State == Narrowed) {
			out[other.Parcel] = other
		}
	}
	return out, nil
}
