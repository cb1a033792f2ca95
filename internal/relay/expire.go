package relay

import (
	"context"

	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/store"
)

// expire takes off the shelf what may no longer be used. Receivers know the date from the
// seal and need not be told.
func (r *Relay) expire(ctx context.Context, hub party.OrgID) (int, error) {
	all, err := r.store.AllObjects(ctx, hub, sortDelivery)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, x := range all {
		d, err := deliveryOf(x, hub)
		if err != nil {
			return n, err
		}
		until := d.Letter.Until
		if until.IsZero() || until.AddDate(0, 0, 1).After(r.now()) || d.State == Retracted || d.State == Expired {
			continue
		}
		if err := r.lapse(ctx, hub, d); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func (r *Relay) lapse(ctx context.Context, hub party.OrgID, d Delivery) error {
	c, err := r.circles.Kept(ctx, hub, d.Community)
	if err != nil {
		return err
	}
	at := circle{hub, d.Community}
	r.laying.Lock()
	defer r.laying.Unlock()
	all, err := r.known(ctx, at)
	if err != nil {
		return err
	}
	others, err := r.besides(ctx, at, d)
	if err != nil {
		return err
	}
	copies, err := r.copies(ctx, d)
	if err != nil {
		return err
	}
	err = r.store.Act(ctx, hub, nobody, func(w *store.Writing) error {
		l := laying{Relay: r, w: w, c: c, at: at, on: d.Collection, of: d.Parcel, all: all}
		rows, err := w.OfParcel(l.on, l.of)
		if err != nil {
			return err
		}
		if _, err := l.takeAway(rows, others); err != nil {
			return err
		}
		if err := copies.clear(w, d.Parcel); err != nil {
			return err
		}
		d.State = Expired
		return d.keep(w, "expired")
	})
	r.forget(at)
	return err
}
