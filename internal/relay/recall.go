package relay

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/stix"
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
	at := circle{hub, d.Community}
	s, err := r.signer(ctx, hub, d.Community)
	if err != nil {
		return err
	}
	r.laying.Lock()
	defer r.laying.Unlock()
	all, err := r.known(ctx, at)
	if err != nil {
		return err
	}
	rest, err := r.besides(ctx, at, d)
	if err != nil {
		return err
	}
	sheet, err := r.sheet(ctx, d)
	if err != nil {
		return err
	}
	copies, err := r.copies(ctx, d)
	if err != nil {
		return err
	}
	err = r.store.Act(ctx, hub, nobody, func(w *store.Writing) error {
		l := laying{Relay: r, w: w, c: c, at: at, on: d.Collection, of: d.Parcel, all: all}
		if o.Action == parcel.Retract || o.Action == parcel.Correct {
			if err := copies.clear(w, d.Parcel); err != nil {
				return err
			}
		}
		return l.recall(&d, s, o, rest, sheet)
	})
	r.forget(at)
	return err
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

// audience finds one that was kept.
func (l *laying) audience(id parcel.AudienceID) audience {
	at := slices.IndexFunc(l.all, func(a audience) bool { return a.ID == id })
	if at < 0 {
		return audience{}
	}
	return l.all[at]
}

// recall takes a parcel's objects from those who are to have them no longer, and tells them.
func (l *laying) recall(d *Delivery, s signer, o Order, others map[parcel.ID]Delivery, sheet parcel.Sheet) error {
	was := l.audience(d.Audience)
	before := readers(l.c, l.all, was)
	rows, err := l.w.OfParcel(l.on, l.of)
	if err != nil {
		return err
	}
	at := after(l.today(), d, rows)
	now := was
	switch o.Action {
	case parcel.Retract, parcel.Correct:
		now = audience{}
		d.State = Retracted
	case parcel.Narrow:
		now.To.Except = append(slices.Clone(was.To.Except), o.Except...)
		d.To.Except = append(d.To.Except, o.Except...)
		d.State = Narrowed
	case parcel.Tighten:
		d.Label, d.State = o.Stricter, Narrowed
	}
	objects, err := l.takeAway(rows, others)
	if err != nil {
		return err
	}
	if o.Action == parcel.Tighten {
		if objects, err = relabelled(objects, o.Stricter, at); err != nil {
			return err
		}
		sheet.Label = o.Stricter
		if err := l.render(d, sheet, objects); err != nil {
			return err
		}
	}
	losers := before
	if o.Action == parcel.Narrow || o.Action == parcel.Tighten {
		if now, err = l.number(now); err != nil {
			return err
		}
		if d.Audience = now.ID; o.Action == parcel.Narrow {
			after := readers(l.c, l.all, now)
			losers = slices.DeleteFunc(slices.Clone(before), func(org party.OrgID) bool { return slices.Contains(after, org) })
		}
		if err := l.again(d, s, objects, now, at); err != nil {
			return err
		}
	}
	d.Added = append(d.Added, l.added...) // the receipts of what was taken away stay its own
	if d.Recalled != nil {
		d.Earlier = append(d.Earlier, *d.Recalled)
	}
	d.Recalled = &Recalled{Order: o, At: at, Losers: losers}
	if len(losers) > 0 {
		if err := l.tell(d, s, rows); err != nil {
			return err
		}
	}
	return d.keep(l.w, string(o.Action))
}

// takeAway takes the parcel's objects off the shelf and puts back, for the readers of the
// other parcels they came with as well, what those still give. It returns the objects.
func (l *laying) takeAway(rows []store.Shelved, others map[parcel.ID]Delivery) ([]parcel.Object, error) {
	var added []time.Time
	var out []parcel.Object
	back := map[parcel.ID][]parcel.Object{}
	for _, row := range rows {
		if !strings.HasPrefix(row.Type, "wakachi-") && !slices.ContainsFunc(out, func(o parcel.Object) bool { return o.ID == row.ID && o.Sum == row.Sum }) {
			out = append(out, row.Object)
		}
		if l.stays(row, others) {
			continue
		}
		added = append(added, row.Added)
		for _, p := range row.Parcels {
			if _, stands := others[p]; stands {
				back[p] = append(back[p], row.Object)
			}
		}
	}
	if err := l.w.Take(l.on, l.of, added); err != nil {
		return nil, err
	}
	for p, objects := range back {
		other := *l
		other.of = p
		err := other.lay(objects, l.audience(others[p].Audience))
		if l.all = other.all; err != nil {
			return nil, err
		}
	}
	return out, nil
}

// stays says whether an entry is left on the shelf although its parcel is taken away: what
// explains labels and papers to everybody, the word to those who lost something before, and
// what another parcel gives the same readers. If it went and came back, those who never had
// the parcel would learn that there was one.
func (l *laying) stays(row store.Shelved, others map[parcel.ID]Delivery) bool {
	if row.Type == "wakachi-recall" || l.audience(row.Audience).Public {
		return true
	}
	return slices.ContainsFunc(row.Parcels, func(p parcel.ID) bool {
		other, stands := others[p]
		return stands && other.Audience == row.Audience
	})
}

// again lays what remains of a parcel under a new seal.
func (l *laying) again(d *Delivery, s signer, objects []parcel.Object, a audience, at time.Time) error {
	if err := l.lay(objects, a); err != nil {
		return err
	}
	seal, err := l.seal(s, *d, objects, at)
	if err != nil {
		return err
	}
	return l.lay(seal, a)
}

// after gives a time for what is done to a parcel that is later than all that was done to it,
// also if the clock has been set back or stands still.
func after(now time.Time, d *Delivery, rows []store.Shelved) time.Time {
	least := func(t time.Time) {
		if !now.After(t) {
			now = t.Truncate(time.Millisecond).Add(time.Millisecond)
		}
	}
	if d.Recalled != nil {
		least(d.Recalled.At)
	}
	for _, row := range rows {
		if row.Type == "wakachi-seal" {
			if t, err := time.Parse(time.RFC3339, row.Version); err == nil {
				least(t)
			}
		}
	}
	return now
}

// relabelled gives the objects under a stricter label, as their next versions.
func relabelled(objects []parcel.Object, to tlp.Label, at time.Time) ([]parcel.Object, error) {
	var out []parcel.Object
	for _, o := range objects {
		if stix.IsDefinition(o.ID) {
			continue // the seal brings that of the new label
		}
		if o.Type == "marking-definition" || o.Type == "extension-definition" || o.Type == "identity" {
			out = append(out, o)
			continue
		}
		stamp := at
		if was, err := time.Parse(time.RFC3339, o.Version); err == nil && !stamp.After(was) { // whose clock was ahead
			stamp = was.Truncate(time.Millisecond).Add(time.Millisecond)
		}
		raw, err := stix.Relabel(o.Raw, to, stamp)
		if err != nil {
			return nil, err
		}
		next, err := stix.Object(raw)
		if err != nil {
			return nil, err
		}
		out = append(out, next)
	}
	return out, nil
}

// render makes the forms of a delivery anew.
func (l *laying) render(d *Delivery, sheet parcel.Sheet, objects []parcel.Object) error {
	forms, bodies, err := l.forms(sheet, raws(objects))
	if err != nil {
		return err
	}
	d.Forms = nil
	return l.keepForms(d, forms, bodies)
}

// tell lays the word of a recall where those who lose something find it, and nobody else.
func (l *laying) tell(d *Delivery, s signer, rows []store.Shelved) error {
	id, err := l.uuid()
	if err != nil {
		return err
	}
	did := d.Recalled
	did.Recall = "wakachi-recall--" + id
	note := parcel.Recall{
		Paper:  s.paper(did.Recall, did.At, d.Label),
		Action: did.Action, Parcel: d.Parcel, Stricter: did.Stricter, ReplacedBy: did.ReplacedBy, Reason: did.Reason, Due: did.Due,
	}
	note.Manifest = withdrawn(rows)
	raw, err := stix.EncodeRecall(note, s.sign)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "exchange.encode")
	}
	object, err := stix.Object(raw)
	if err != nil {
		return err
	}
	a, err := l.number(audience{Public: true, Only: did.Losers})
	if err != nil {
		return err
	}
	on := store.Object{Sort: sortNotice, ID: did.Recall, Parent: string(d.Parcel)}
	if err := l.w.PutValue("told", &on, did.At); err != nil {
		return err
	}
	return l.lay([]parcel.Object{object}, a)
}

// withdrawn lists what a recall takes back, each version once, the seal at the end if there
// is room for it.
func withdrawn(rows []store.Shelved) []parcel.Piece {
	type version struct{ ref, at string }
	seen := map[version]bool{}
	var out, seals []parcel.Piece
	for _, row := range rows {
		p := parcel.Piece{Ref: row.ID, Version: row.Version, Sum: row.Sum}
		switch v := (version{p.Ref, p.Version}); {
		case row.Type == "marking-definition" || row.Type == "extension-definition" || row.Type == "identity" || row.Type == "wakachi-recall" || seen[v]:
		case row.Type == "wakachi-seal":
			seals = append(seals, p)
		default:
			seen[v] = true
			out = append(out, p)
		}
	}
	if len(out)+len(seals) <= mostPieces {
		out = append(out, seals...)
	}
	return out
}

// mostPieces is how many pieces a manifest may have.
const mostPieces = 10_000

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
