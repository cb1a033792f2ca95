package watch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/store"
)

// sortSearch is under which sort a result is kept, with the parcel as its parent.
const sortSearch store.Sort = "search"

// A result is a Search as it is kept.
type result struct {
	parcel.Search
	Version string `json:"version"`          // of the parcel that was searched for
	Recall  string `json:"recall,omitempty"` // of the parcel, when it was searched for
	Again   bool   `json:"again,omitempty"`  // somebody asked for another search since

	object store.Object
}

// waits says whether a parcel is to be searched for, although there is a result.
func (r *result) waits(s parcel.Shared) bool { return r.Again || r.Version != versionOf(s) }

// versionOf tells the contents of a parcel from those it had before, without opening it.
func versionOf(s parcel.Shared) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s %d %s\n", s.At.UTC().Format(time.RFC3339), s.Facts, recallOf(s))
	for _, f := range s.Forms {
		fmt.Fprintf(h, "%s %s\n", f.Name, f.Sum)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func recallOf(s parcel.Shared) string {
	if s.Recall == nil {
		return ""
	}
	return s.Recall.ID
}

// results gives what is kept, by parcel.
func (w *Watch) results(ctx context.Context, org party.OrgID) (map[parcel.ID]*result, error) {
	all, err := w.Store.AllObjects(ctx, org, sortSearch)
	if err != nil {
		return nil, err
	}
	out := make(map[parcel.ID]*result, len(all))
	for _, x := range all {
		r := &result{object: x}
		if err := x.Value(r); err != nil {
			return nil, err
		}
		out[r.Parcel] = r
	}
	return out, nil
}

// keep puts a result in the place of the one before.
func (w *Watch) keep(ctx context.Context, org party.OrgID, r result) error {
	before, err := w.Store.Objects(ctx, org, sortSearch, string(r.Parcel))
	if err != nil {
		return err
	}
	on := store.Object{Sort: sortSearch, Parent: string(r.Parcel)}
	if len(before) > 0 {
		on = before[len(before)-1]
	}
	return w.Store.Act(ctx, org, string(machine(org).Account), func(wr *store.Writing) error { return wr.PutValue("ended", &on, r) })
}

// purge takes a result away for good, with all that stood in its place before.
func (w *Watch) purge(ctx context.Context, org party.OrgID, r *result) error {
	all, err := w.Store.Versions(ctx, org, r.object.ID)
	if err != nil {
		return err
	}
	for k := len(all) - 1; k >= 0; k-- { // the newest last: as long as it stands, the rest is found again
		if err := w.Store.Purge(ctx, org, string(machine(org).Account), all[k].Seq); err != nil {
			return err
		}
	}
	return nil
}

// Results gives what the searches for these parcels came to, for those of them that the
// actor's organisation has or will have one for: not for organisations whose logs these are
// not. The parcels must be as package relay gave them to the actor.
func (w *Watch) Results(ctx context.Context, a party.Actor, of ...parcel.Shared) (map[parcel.ID]parcel.Search, error) {
	org, err := w.whose(ctx)
	if err != nil || org == "" || a.Org != org || !a.May(party.Read) {
		return nil, err
	}
	kept, err := w.results(ctx, org)
	if err != nil {
		return nil, err
	}
	out := map[parcel.ID]parcel.Search{}
	for _, s := range of {
		r := kept[s.Parcel]
		none := r == nil || r.Recall != recallOf(s)
		switch {
		case !s.Reading || none && w.Logs == nil:
		case none:
			out[s.Parcel] = parcel.Search{Parcel: s.Parcel, State: w.state(s.Parcel, true)}
		default:
			found := r.Search
			found.State = w.state(s.Parcel, w.Logs != nil && r.waits(s))
			out[s.Parcel] = found
		}
	}
	return out, nil
}

// Unanswered lists the searches that found something of which nothing was told since.
func (w *Watch) Unanswered(ctx context.Context, a party.Actor) ([]parcel.Search, error) {
	org, err := w.whose(ctx)
	if err != nil || org == "" || a.Org != org || !a.May(party.Read) {
		return nil, err
	}
	shared, err := w.Parcels.Shared(ctx, a)
	if err != nil {
		return nil, err
	}
	found, err := w.Results(ctx, a, shared...)
	if err != nil {
		return nil, err
	}
	var out []parcel.Search
	for _, s := range shared {
		if f, ok := found[s.Parcel]; ok && f.Unanswered(s) {
			out = append(out, f)
		}
	}
	return out, nil
}

// Search lets a parcel be searched for again. The result there is stands until the new one.
// Asking twice is asking once.
//
// Errors: fault.Forbidden without the right to write, fault.NotFound for a parcel that is not
// for the actor and for an organisation whose logs these are not, fault.Conflict for one that
// was recalled and where there are no logs.
func (w *Watch) Search(ctx context.Context, a party.Actor, id parcel.ID) error {
	if !a.May(party.Write) {
		return fault.New(fault.Forbidden, "casework.right", string(party.Write))
	}
	s, err := w.Parcels.Look(ctx, a, id)
	if err != nil {
		return err
	}
	org, err := w.whose(ctx)
	switch {
	case err != nil:
		return err
	case org == "" || a.Org != org:
		return fault.New(fault.NotFound, "store.not-found")
	case !s.Reading:
		return fault.New(fault.Conflict, "relay.answer.recalled")
	case w.Logs == nil:
		return fault.New(fault.Conflict, "watch.off")
	}
	before, err := w.Store.Objects(ctx, org, sortSearch, string(id))
	if err != nil {
		return err
	}
	if len(before) > 0 {
		if err := w.again(ctx, a, before[len(before)-1]); err != nil {
			return err
		}
	}
	select {
	case w.wake <- struct{}{}:
	default: // it will look anyway
	}
	return nil
}

// again marks a result as one to be replaced.
func (w *Watch) again(ctx context.Context, a party.Actor, x store.Object) error {
	var r result
	if err := x.Value(&r); err != nil || r.Again {
		return err
	}
	r.Again = true
	err := w.Store.Act(ctx, a.Org, string(a.Account), func(wr *store.Writing) error { return wr.PutValue("asked", &x, r) })
	if fault.KindOf(err) == fault.Conflict {
		return nil // a search ended, or somebody asked, at this very moment
	}
	return err
}
