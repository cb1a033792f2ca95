package relay

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/store"
)

// Shared lists what others shared with the actor's organisation, the newest first: what
// stands, and what was recalled and is still to be acknowledged or was.
func (r *Relay) Shared(ctx context.Context, a party.Actor) ([]parcel.Shared, error) {
	if err := allow(a, party.Read); err != nil {
		return nil, err
	}
	circles, err := r.circles.TakingPart(ctx, a.Org)
	if err != nil {
		return nil, err
	}
	var out []parcel.Shared
	for _, c := range circles {
		if c.Away {
			got, err := r.sharedElsewhere(ctx, a.Org, c)
			if err != nil {
				return nil, err
			}
			out = append(out, got...)
			continue
		}
		at := circle{c.Hub.Org, c.ID}
		all, err := r.known(ctx, at)
		if err != nil {
			return nil, err
		}
		kept, err := r.store.Objects(ctx, at.hub, sortDelivery, string(at.id))
		if err != nil {
			return nil, err
		}
		for _, x := range kept {
			d, err := deliveryOf(x, at.hub)
			if err != nil {
				return nil, err
			}
			s, ok, err := r.shown(ctx, a, c, all, d)
			if err != nil {
				return nil, err
			}
			if ok {
				out = append(out, s)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b parcel.Shared) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.Parcel, b.Parcel)) })
	return out, nil
}

// shown gives a delivery as a receiver may see it; ok is false for one that is not for it.
// Of one that was recalled only that is left: who it was from, when, and what to do.
func (r *Relay) shown(ctx context.Context, a party.Actor, c parcel.Community, all []audience, d Delivery) (s parcel.Shared, ok bool, err error) {
	if c.Retired || !c.Has(a.Org) || d.Sender == a.Org {
		return s, false, nil
	}
	s = parcel.Shared{Parcel: d.Parcel, Community: c.ID, Name: c.Name, Hub: c.Hub.Name, At: d.At, Label: d.Label}
	told := d.told(a.Org)
	reading := d.State != Retracted && d.State != Expired && reads(c, all, withAudience(all, d.Audience), a.Org)
	if told == nil && !reading {
		return s, false, nil
	}
	if s.Reading = reading; reading {
		s.Letter, s.Facts, s.Forms = d.Letter, d.Facts, d.Forms
	}
	if told != nil {
		s.Recall = told.notice()
		k, err := r.acknowledged(ctx, d.Hub, told.Recall, a.Org)
		if err != nil {
			return s, false, err
		}
		if k != nil {
			s.Recall.Acknowledged, s.Recall.Done = k.At, k.Done
		}
	}
	answers, err := r.answers(ctx, d)
	if err != nil {
		return s, false, err
	}
	for _, x := range answers {
		if x.Org == a.Org {
			s.Answered = x.At
		}
	}
	return s, true, nil
}

func withAudience(all []audience, id parcel.AudienceID) audience {
	return (&laying{all: all}).audience(id)
}

// find gives a delivery that is for the actor, whichever hub it came through. What is not for
// it is looked for in the same places as what never was.
func (r *Relay) find(ctx context.Context, a party.Actor, id parcel.ID) (Delivery, parcel.Shared, error) {
	circles, err := r.circles.TakingPart(ctx, a.Org)
	if err != nil {
		return Delivery{}, parcel.Shared{}, err
	}
	asked := map[party.OrgID]bool{}
	for _, c := range circles {
		if c.Away || asked[c.Hub.Org] {
			continue
		}
		asked[c.Hub.Org] = true
		d, err := r.delivery(ctx, c.Hub.Org, id)
		if fault.KindOf(err) == fault.NotFound {
			continue
		}
		if err != nil {
			return d, parcel.Shared{}, err
		}
		at := slices.IndexFunc(circles, func(x parcel.Community) bool { return x.ID == d.Community && x.Hub.Org == d.Hub })
		if at < 0 {
			break
		}
		all, err := r.known(ctx, circle{d.Hub, d.Community})
		if err != nil {
			return d, parcel.Shared{}, err
		}
		s, ok, err := r.shown(ctx, a, circles[at], all, d)
		if err == nil && !ok {
			break
		}
		return d, s, err
	}
	v, s, err := r.findElsewhere(ctx, a, circles, id)
	return Delivery{received: &v}, s, err
}

// Open gives what was shared, in the form people read, and notes that it was read.
//
// Errors: fault.NotFound for what is not for the actor, or no longer; a recalled parcel is
// listed and cannot be opened.
func (r *Relay) Open(ctx context.Context, a party.Actor, id parcel.ID) (parcel.Shared, parcel.Sheet, error) {
	var sheet parcel.Sheet
	s, _, body, err := r.form(ctx, a, id, "sheet")
	if err != nil {
		return s, sheet, err
	}
	if err := json.Unmarshal(body, &sheet); err != nil {
		return s, sheet, fault.Wrap(err, fault.Damaged, "store.damaged")
	}
	return s, sheet, nil
}

// Look gives what is to be known of a parcel without its contents: of one that was recalled
// too. It notes nothing.
func (r *Relay) Look(ctx context.Context, a party.Actor, id parcel.ID) (parcel.Shared, error) {
	if err := allow(a, party.Read); err != nil {
		return parcel.Shared{}, err
	}
	_, s, err := r.find(ctx, a, id)
	return s, err
}

// Form gives the bytes of one form, "stix", "csv", "list" or "sheet", and notes who got them.
func (r *Relay) Form(ctx context.Context, a party.Actor, id parcel.ID, name string) (parcel.Form, []byte, error) {
	_, f, body, err := r.form(ctx, a, id, name)
	return f, body, err
}

// handed is the receipt of a form that left otherwise than by TAXII.
type handed struct {
	Reader party.OrgID `json:"reader"`
	Form   string      `json:"form"`
	Sum    string      `json:"sum"`
}

const sortHanded store.Sort = "handed"

func (r *Relay) form(ctx context.Context, a party.Actor, id parcel.ID, name string) (parcel.Shared, parcel.Form, []byte, error) {
	if err := allow(a, party.Read); err != nil {
		return parcel.Shared{}, parcel.Form{}, nil, err
	}
	d, s, err := r.find(ctx, a, id)
	if err != nil {
		return s, parcel.Form{}, nil, err
	}
	if d.received != nil {
		f, body, err := r.formElsewhere(ctx, a, *d.received, name)
		return s, f, body, err
	}
	at := slices.IndexFunc(s.Forms, func(f parcel.Form) bool { return f.Name == name })
	if at < 0 {
		return s, parcel.Form{}, nil, notFound()
	}
	f := s.Forms[at]
	x, err := r.store.Object(ctx, d.Hub, store.Original, f.Kept)
	if err != nil {
		return s, f, nil, err
	}
	if sum := sha256.Sum256(x.Body); hex.EncodeToString(sum[:]) != f.Sum {
		return s, f, nil, fault.New(fault.Damaged, "store.damaged")
	}
	on := store.Object{Sort: sortHanded, Parent: string(d.Parcel)}
	err = r.store.Act(ctx, d.Hub, string(a.Account), func(w *store.Writing) error {
		return w.PutValue("over", &on, handed{a.Org, f.Name, f.Sum})
	})
	return s, f, x.Body, err
}

// A got is that a reader got something of a parcel.
type got struct {
	Org party.OrgID
	At  time.Time
	Via string
}

// fetched lists who got something of a parcel, by whatever door, the earliest first.
func (r *Relay) fetched(ctx context.Context, d Delivery) ([]got, error) {
	over, err := r.store.Objects(ctx, d.Hub, sortHanded, string(d.Parcel))
	if err != nil {
		return nil, err
	}
	var out []got
	for _, x := range over {
		var h handed
		if err := x.Value(&h); err != nil {
			return nil, err
		}
		out = append(out, got{h.Reader, x.At, "portal"})
	}
	receipts, err := r.store.ReadersOf(ctx, d.Hub, d.Collection, d.Added)
	if err != nil {
		return nil, err
	}
	for _, x := range receipts {
		out = append(out, got{x.Reader, x.At, x.Via})
	}
	slices.SortStableFunc(out, func(a, b got) int { return a.At.Compare(b.At) })
	return out, nil
}
