package relay

import (
	"context"

	"github.com/wakachi/wakachi/internal/party"
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
	return r.onShelf(ctx, c, nobody, d.Collection, d.Parcel, func(l *laying) error {
		others, copies, err := l.around(ctx, d)
		if err != nil {
			return err
		}
		rows, err := l.w.OfParcel(l.on, l.of)
		if err != nil {
			return err
		}
		if _, err := l.takeAway(rows, others); err != nil {
			return err
		}
		if err := copies.clear(l.w, d.Parcel); err != nil {
			return err
		}
		d.State = Expired
		return d.keep(l.w, "expired")
	})
}
