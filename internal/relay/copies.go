package relay

import (
	"context"
	"slices"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/stix"
	"github.com/wakachi/wakachi/internal/store"
)

// copies is what a hub has of a parcel beside the shelf: its renderings, and what the member
// brought as it lies in the inbox.
type copies struct {
	forms []store.Object
	inbox parcel.CollectionID
	added []time.Time
}

// emptied stands where a rendering was.
var emptied = []byte("-")

// copies finds them. What the inbox has for another parcel that waits is left out.
func (r *Relay) copies(ctx context.Context, d Delivery) (copies, error) {
	var out copies
	kept, err := r.store.Objects(ctx, d.Hub, store.Original, string(d.Parcel))
	if err != nil {
		return out, err
	}
	out.forms = kept
	x, err := r.store.Object(ctx, d.Hub, sortArrival, string(d.Parcel))
	if err != nil {
		if fault.KindOf(err) == fault.NotFound { // it came from a desk in the same store
			err = nil
		}
		return out, err
	}
	mine, err := coveredBy(x)
	if err != nil {
		return out, err
	}
	waiting, err := r.store.Objects(ctx, d.Hub, sortArrival, parcel.Waiting+"."+string(d.Sender))
	if err != nil {
		return out, err
	}
	for _, other := range waiting {
		needed, err := coveredBy(other)
		if err != nil {
			return out, err
		}
		for p := range needed {
			delete(mine, p)
		}
	}
	return out, r.inboxed(ctx, d, mine, &out)
}

// coveredBy gives what the seal of an arrival covers.
func coveredBy(x store.Object) (map[parcel.Piece]bool, error) {
	var v arrival
	if err := x.Value(&v); err != nil {
		return nil, err
	}
	w, err := stix.DecodeSeal(v.Paper)
	if err != nil {
		return nil, err
	}
	out := make(map[parcel.Piece]bool, len(w.Manifest))
	for _, p := range w.Manifest {
		out[p] = true
	}
	return out, nil
}

// inboxed finds the entries of the inbox that a sender's pieces are.
func (r *Relay) inboxed(ctx context.Context, d Delivery, pieces map[parcel.Piece]bool, out *copies) error {
	at := circle{d.Hub, d.Community}
	places, err := r.placesOf(ctx, at)
	if err != nil {
		return err
	}
	k := slices.IndexFunc(places, func(p place) bool { return p.For == forInbox })
	if k < 0 {
		return nil
	}
	out.inbox = places[k].ID
	all, err := r.known(ctx, at)
	if err != nil {
		return err
	}
	var to []parcel.AudienceID
	for _, a := range all {
		if slices.Contains(a.Only, d.Sender) && slices.Contains(inboxes([]audience{a}), a.ID) {
			to = append(to, a.ID)
		}
	}
	ids := make([]string, 0, len(pieces))
	for p := range pieces {
		ids = append(ids, p.Ref)
	}
	return r.among(ctx, d.Hub, out.inbox, to, ids, func(e parcel.Entry) {
		if pieces[parcel.Piece{Ref: e.ID, Version: e.Version, Sum: e.Sum}] {
			out.added = append(out.added, e.Added)
		}
	})
}

// clear empties them: what was taken back is not kept anywhere at the hub.
func (x copies) clear(w *store.Writing, of parcel.ID) error {
	for _, f := range x.forms {
		f.Body = emptied
		if err := w.Put(&f, "emptied"); err != nil {
			return err
		}
	}
	if len(x.added) == 0 {
		return nil
	}
	return w.Take(x.inbox, of, x.added)
}
