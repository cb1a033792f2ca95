package relay

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/stix"
	"github.com/wakachi/wakachi/internal/store"
)

// mostObjects is how many objects a parcel may have.
const mostObjects = 100_000

// mine is the audience of what an organisation fetched for itself: shelves of its own store
// are read by nobody else.
const mine parcel.AudienceID = 1

func sumHex(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// fetch reads a shelf from where it was left. A page and how far it reaches are kept before
// the next is asked for.
func (t *trip) fetch(ctx context.Context, shelf parcel.CollectionID) error {
	return t.courier.Fetch(ctx, t.link, t.token, shelf, t.link.Read[shelf], func(page []json.RawMessage, upto time.Time) error {
		if err := t.take(ctx, shelf, page); err != nil {
			return err
		}
		if !upto.After(t.link.Read[shelf]) {
			return nil
		}
		next := t.link
		next.Read = map[parcel.CollectionID]time.Time{}
		for k, v := range t.link.Read {
			next.Read[k] = v
		}
		next.Read[shelf] = upto.UTC()
		return t.keep(ctx, next)
	})
}

// take keeps a page as it came. What is no STIX is refused and counted, and does not keep the
// rest; what no seal of the hub covers is kept and never shown as shared.
func (t *trip) take(ctx context.Context, shelf parcel.CollectionID, page []json.RawMessage) error {
	var objects, papers []parcel.Object
	for _, raw := range page {
		o, err := stix.Object(raw)
		if err != nil {
			t.did.Refused++
			continue
		}
		if strings.HasPrefix(o.Type, "wakachi-") {
			papers = append(papers, o)
		}
		objects = append(objects, o)
	}
	if fresh, err := t.fresh(ctx, shelf, objects); err != nil || len(fresh) == 0 && len(papers) == 0 {
		return err
	} else if len(fresh) > 0 {
		err := t.store.Act(ctx, t.org, nobody, func(w *store.Writing) error {
			_, err := w.Shelve(shelf, "", fresh)
			return err
		})
		if err != nil {
			return err
		}
	}
	for _, o := range papers {
		if err := t.read(ctx, shelf, o); err != nil {
			return err
		}
	}
	return nil
}

// fresh gives what is not there yet, so that a page that is read again writes nothing.
func (t *trip) fresh(ctx context.Context, shelf parcel.CollectionID, objects []parcel.Object) ([]store.Addressed, error) {
	ids := make([]string, len(objects))
	for k, o := range objects {
		ids[k] = o.ID
	}
	have := map[parcel.Piece]bool{}
	err := t.entries(ctx, shelf, ids, func(e parcel.Entry) { have[parcel.Piece{Ref: e.ID, Version: e.Version, Sum: e.Sum}] = true })
	if err != nil {
		return nil, err
	}
	var out []store.Addressed
	for _, o := range objects {
		if !have[parcel.Piece{Ref: o.ID, Version: o.Version, Sum: o.Sum}] {
			out = append(out, store.Addressed{Object: o, Audience: mine})
		}
	}
	return out, nil
}

// entries gives what is there of some ids, in every version.
func (t *trip) entries(ctx context.Context, shelf parcel.CollectionID, ids []string, each func(parcel.Entry)) error {
	return t.among(ctx, t.org, shelf, []parcel.AudienceID{mine}, ids, each)
}

// among gives what a shelf has for some audiences of some ids, in every version.
func (r *Relay) among(ctx context.Context, org party.OrgID, shelf parcel.CollectionID, to []parcel.AudienceID, ids []string, each func(parcel.Entry)) error {
	const atOnce = 500
	for part := range slices.Chunk(ids, atOnce) {
		q := parcel.Query{IDs: part, Versions: parcel.Versions{All: true}}
		for {
			page, err := r.store.Entries(ctx, org, shelf, to, q)
			if err != nil {
				return err
			}
			for _, e := range page.Entries {
				each(e)
			}
			if !page.More {
				break
			}
			q.After = page.Next
		}
	}
	return nil
}

// read does what a paper of the hub's says. One that the hub did not sign does nothing.
func (t *trip) read(ctx context.Context, shelf parcel.CollectionID, o parcel.Object) error {
	key, err := signedBy(o)
	if err != nil {
		t.did.Refused++
		return nil
	}
	if hub, err := keyOf(t.link.Circle.Key); err != nil || hub != key {
		t.did.Refused++
		return nil
	}
	switch o.Type {
	case "wakachi-seal":
		return t.arrived(ctx, shelf, o)
	case "wakachi-recall":
		return t.recalled(ctx, shelf, o)
	}
	return nil // answers are read from the shelf
}

// arrived notes a parcel by the hub's seal on it. A later seal takes the place of an earlier
// one; an earlier one that comes later does not.
func (t *trip) arrived(ctx context.Context, shelf parcel.CollectionID, o parcel.Object) error {
	w, err := stix.DecodeSeal(o.Raw)
	if err != nil {
		return err
	}
	v := received{Seal: o.Raw, Shelf: shelf, At: t.today(), State: Standing}
	x, err := t.store.Object(ctx, t.org, sortReceived, string(w.Parcel))
	switch {
	case fault.KindOf(err) == fault.NotFound:
		x = store.Object{Sort: sortReceived, ID: string(w.Parcel), Parent: t.x.ID}
	case err != nil:
		return err
	default:
		was, err := receivedOf(x)
		if err != nil {
			return err
		}
		if x.Parent != t.x.ID { // another hub's
			t.did.Refused++
			return nil
		}
		if v.Recall = was.Recall; was.Seal == nil && was.State != Retracted { // it was tightened before it came
			break
		}
		if was.State == Retracted {
			return nil
		}
		old, err := stix.DecodeSeal(was.Seal)
		if err != nil {
			return err
		}
		if !w.Modified.After(old.Modified) {
			return nil
		}
		v.At = was.At
	}
	if in, err := t.sheetOf(ctx, v.Shelf, w); err == nil && in != nil {
		v.Facts, v.Ask = len(in.Lines), in.Ask
	}
	t.did.Received++
	return t.store.Act(ctx, t.org, nobody, func(on *store.Writing) error { return on.PutValue("arrived", &x, v) })
}

// recalled does what the hub takes back: the objects go, their hashes stay, the parcel is
// marked, and the hub is told. What other parcels still give stays.
func (t *trip) recalled(ctx context.Context, shelf parcel.CollectionID, o parcel.Object) error {
	n, err := stix.DecodeRecall(o.Raw)
	if err != nil {
		return err
	}
	x, err := t.store.Object(ctx, t.org, sortReceived, string(n.Parcel))
	v := received{Shelf: shelf, At: t.today()}
	switch {
	case fault.KindOf(err) == fault.NotFound: // it never came: remembered all the same
		x = store.Object{Sort: sortReceived, ID: string(n.Parcel), Parent: t.x.ID}
	case err != nil:
		return err
	default:
		if err := x.Value(&v); err != nil {
			return err
		}
		if x.Parent != t.x.ID { // another hub's
			t.did.Refused++
			return nil
		}
		if done, err := v.settled(n); err != nil || done {
			return err
		}
	}
	v.Recall = o.Raw
	if n.Action != parcel.Tighten {
		v.State = Retracted
	}
	if err := t.drop(ctx, n.Parcel, v.Shelf, n.Manifest); err != nil {
		return err
	}
	if err := t.store.Act(ctx, t.org, nobody, func(w *store.Writing) error { return w.PutValue("recalled", &x, v) }); err != nil {
		return err
	}
	t.did.Recalled++
	ack := parcel.Acknowledgement{
		Paper:  t.self.paper("wakachi-acknowledgement--"+uuidOf(parcel.ID("parcel-"+sumHex(n.ID + string(t.self.Identity))[:32])), t.today(), n.Label),
		Recall: n.ID, Done: true,
	}
	raw, err := stix.EncodeAcknowledgement(ack, t.self.sign)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "exchange.encode")
	}
	if err := t.post(ctx, n.ID+".acknowledged", raw); err != nil && fault.KindOf(err) != fault.Conflict {
		return err
	}
	return nil
}

// settled says whether a recall changes nothing any more: it was carried out, or an earlier
// one came later. What ends a parcel counts whatever the hub's clock said.
func (v received) settled(n parcel.Recall) (bool, error) {
	if v.Recall == nil {
		return false, nil
	}
	was, err := stix.DecodeRecall(v.Recall)
	return was.ID == n.ID || v.State == Retracted || n.Action == parcel.Tighten && !n.Modified.After(was.Modified), err
}

// drop takes objects of a parcel off the organisation's own shelf, but for those that another
// parcel that stands holds too.
func (t *trip) drop(ctx context.Context, of parcel.ID, shelf parcel.CollectionID, pieces []parcel.Piece) error {
	keep := map[parcel.Piece]bool{}
	all, err := t.received(ctx)
	if err != nil {
		return err
	}
	for _, v := range all {
		if v.Parcel == of || v.State != Standing {
			continue
		}
		w, err := stix.DecodeSeal(v.Seal)
		if err != nil {
			return err
		}
		for _, m := range w.Manifest {
			keep[m] = true
		}
	}
	gone := map[parcel.Piece]bool{}
	var ids []string
	for _, m := range pieces {
		if !keep[m] {
			gone[m] = true
			ids = append(ids, m.Ref)
		}
	}
	var added []time.Time
	err = t.entries(ctx, shelf, ids, func(e parcel.Entry) {
		if gone[parcel.Piece{Ref: e.ID, Version: e.Version, Sum: e.Sum}] {
			added = append(added, e.Added)
		}
	})
	if err != nil || len(added) == 0 {
		return err
	}
	return t.store.Act(ctx, t.org, nobody, func(w *store.Writing) error { return w.Take(shelf, of, added) })
}

func (t *trip) received(ctx context.Context) ([]received, error) {
	return t.Relay.received(ctx, t.org, parcel.CommunityID(t.x.ID))
}

// received lists what an organisation got from a hub elsewhere, the oldest first.
func (r *Relay) received(ctx context.Context, org party.OrgID, id parcel.CommunityID) ([]received, error) {
	kept, err := r.store.Objects(ctx, org, sortReceived, string(id))
	if err != nil {
		return nil, err
	}
	out := make([]received, len(kept))
	for k, x := range kept {
		if out[k], err = receivedOf(x); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func receivedOf(x store.Object) (received, error) {
	var v received
	err := x.Value(&v)
	v.Parcel, v.Community, v.version = parcel.ID(x.ID), parcel.CommunityID(x.Parent), x.Version
	return v, err
}

// expireReceived drops what may no longer be used of what came from hubs elsewhere: a receiver
// keeps to the date by itself, also when the hub cannot be reached.
func (r *Relay) expireReceived(ctx context.Context, org party.OrgID) (int, error) {
	links, err := r.store.AllObjects(ctx, org, parcel.LinkSort)
	if err != nil {
		return 0, err
	}
	for _, x := range links {
		if err := r.lapseReceived(ctx, org, parcel.CommunityID(x.ID)); err != nil {
			return 0, err
		}
	}
	return 0, nil
}

func (r *Relay) lapseReceived(ctx context.Context, org party.OrgID, id parcel.CommunityID) error {
	all, err := r.received(ctx, org, id)
	if err != nil {
		return err
	}
	for _, v := range all {
		if v.State != Standing || v.Seal == nil {
			continue
		}
		w, err := stix.DecodeSeal(v.Seal)
		if err != nil {
			return err
		}
		if w.Until.IsZero() || w.Until.AddDate(0, 0, 1).After(r.now()) {
			continue
		}
		t := &trip{Relay: r, org: org, x: store.Object{ID: string(id)}}
		if err := t.drop(ctx, v.Parcel, v.Shelf, w.Manifest); err != nil {
			return err
		}
		v.State = Expired
		x := store.Object{Sort: sortReceived, ID: string(v.Parcel), Parent: string(id), Version: v.version}
		if err := r.store.Act(ctx, org, nobody, func(w *store.Writing) error { return w.PutValue("expired", &x, v) }); err != nil {
			return err
		}
	}
	return nil
}

// objects gives what a seal covers, as it was received; nil while some are missing.
func (r *Relay) objects(ctx context.Context, org party.OrgID, shelf parcel.CollectionID, w parcel.Waybill) ([]json.RawMessage, error) {
	t := &trip{Relay: r, org: org}
	ids := make([]string, len(w.Manifest))
	for k, m := range w.Manifest {
		ids[k] = m.Ref
	}
	found := map[parcel.Piece]json.RawMessage{}
	err := t.entries(ctx, shelf, ids, func(e parcel.Entry) { found[parcel.Piece{Ref: e.ID, Version: e.Version, Sum: e.Sum}] = e.Raw })
	if err != nil {
		return nil, err
	}
	var out []json.RawMessage
	for _, m := range w.Manifest {
		raw, ok := found[m]
		if !ok {
			return nil, nil
		}
		out = append(out, raw)
	}
	return out, nil
}
