package relay

import (
	"context"
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

// around gives what taking a parcel away must look at: the other parcels that stand, and the
// hub's own copies of this one.
func (l *laying) around(ctx context.Context, d Delivery) (map[parcel.ID]Delivery, copies, error) {
	others, err := l.besides(ctx, l.at, d)
	if err != nil {
		return nil, copies{}, err
	}
	c, err := l.copies(ctx, d)
	return others, c, err
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
