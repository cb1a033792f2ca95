package relay

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/stix"
	"github.com/wakachi/wakachi/internal/store"
)

// What came from hubs elsewhere is seen, answered and acknowledged as what came through a hub
// in the same store; what one says goes on its way with the next Sync.

// unsealed puts what a seal covers into the form people read; nil while some of it is missing.
func (r *Relay) unsealed(ctx context.Context, org party.OrgID, shelf parcel.CollectionID, w parcel.Waybill) (*parcel.Sheet, []json.RawMessage, error) {
	objects, err := r.objects(ctx, org, shelf, w)
	if err != nil || objects == nil {
		return nil, nil, err
	}
	in, err := stix.Read(objects, r.today())
	if err != nil {
		return nil, nil, err
	}
	s := in.Sheet
	s.Label, s.Until, s.AskDue = w.Label, w.Until, w.AskDue
	return &s, objects, nil
}

func (t *trip) sheetOf(ctx context.Context, shelf parcel.CollectionID, w parcel.Waybill) (*parcel.Sheet, error) {
	s, _, err := t.unsealed(ctx, t.org, shelf, w)
	return s, err
}

// sharedElsewhere lists what came from a hub elsewhere.
func (r *Relay) sharedElsewhere(ctx context.Context, org party.OrgID, c parcel.Community) ([]parcel.Shared, error) {
	all, err := r.received(ctx, org, c.ID)
	if err != nil {
		return nil, err
	}
	var out []parcel.Shared
	for _, v := range all {
		s, ok, err := r.shownElsewhere(ctx, org, c, v)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, s)
		}
	}
	return out, nil
}

func (r *Relay) shownElsewhere(ctx context.Context, org party.OrgID, c parcel.Community, v received) (s parcel.Shared, ok bool, err error) {
	s = parcel.Shared{Parcel: v.Parcel, Community: c.ID, Name: c.Name, Hub: c.Hub.Name, At: v.At}
	if v.Seal == nil { // a recall of what never came
		return s, false, nil
	}
	w, err := stix.DecodeSeal(v.Seal)
	if err != nil {
		return s, false, err
	}
	if s.Label, s.Reading = w.Label, v.State == Standing; s.Reading {
		s.Facts, s.Letter.Until, s.Letter.AskDue, s.Letter.Ask = v.Facts, w.Until, w.AskDue, v.Ask
		s.Forms = []parcel.Form{{Name: "sheet"}, {Name: "stix"}, {Name: "csv"}, {Name: "list"}}
	}
	if v.Recall != nil {
		n, err := stix.DecodeRecall(v.Recall)
		if err != nil {
			return s, false, err
		}
		s.Recall = &parcel.Notice{ID: n.ID, Action: n.Action, Reason: n.Reason, At: n.Created, Due: n.Due, ReplacedBy: n.ReplacedBy}
		if x, err := r.store.Object(ctx, org, sortPost, n.ID+".acknowledged"); err == nil {
			s.Recall.Acknowledged, s.Recall.Done = x.At, true
		}
	}
	if x, err := r.store.Object(ctx, org, sortPost, string(v.Parcel)+".answer"); err == nil {
		s.Answered = x.At
	}
	return s, v.State == Standing || v.Recall != nil, nil
}

// findElsewhere gives a parcel that came from a hub elsewhere.
func (r *Relay) findElsewhere(ctx context.Context, a party.Actor, circles []parcel.Community, id parcel.ID) (received, parcel.Shared, error) {
	x, err := r.store.Object(ctx, a.Org, sortReceived, string(id))
	if err != nil {
		return received{}, parcel.Shared{}, err
	}
	v, err := receivedOf(x)
	if err != nil {
		return v, parcel.Shared{}, err
	}
	at := slices.IndexFunc(circles, func(c parcel.Community) bool { return c.Away && c.ID == v.Community })
	if at < 0 {
		return v, parcel.Shared{}, notFound()
	}
	s, ok, err := r.shownElsewhere(ctx, a.Org, circles[at], v)
	if err == nil && !ok {
		err = notFound()
	}
	return v, s, err
}

// formElsewhere renders a form of what came from a hub elsewhere: it is the reader's own, and
// leaves no receipt beyond the hub's.
func (r *Relay) formElsewhere(ctx context.Context, a party.Actor, v received, name string) (parcel.Form, []byte, error) {
	if v.State != Standing {
		return parcel.Form{}, nil, notFound()
	}
	w, err := stix.DecodeSeal(v.Seal)
	if err != nil {
		return parcel.Form{}, nil, err
	}
	s, objects, err := r.unsealed(ctx, a.Org, v.Shelf, w)
	if err != nil {
		return parcel.Form{}, nil, err
	}
	if s == nil {
		return parcel.Form{}, nil, fault.New(fault.Conflict, "relay.incomplete")
	}
	forms, bodies, err := r.forms(*s, objects)
	if err != nil {
		return parcel.Form{}, nil, err
	}
	at := slices.IndexFunc(forms, func(f parcel.Form) bool { return f.Name == name })
	if at < 0 {
		return parcel.Form{}, nil, notFound()
	}
	return forms[at], bodies[name], nil
}

// answerElsewhere puts an answer on its way. A later one takes the earlier one's place.
func (r *Relay) answerElsewhere(ctx context.Context, a party.Actor, v received, p parcel.Reply) error {
	if v.State != Standing {
		return fault.New(fault.Conflict, "relay.answer.recalled")
	}
	if err := sound(p.Answer); err != nil {
		return err
	}
	if texts := sentences(p.Answer); len(texts) > 0 {
		if unread, err := r.circles.Said(ctx, a.Org, texts); err != nil || unread {
			if err == nil {
				err = fault.New(fault.Withheld, "relay.answer.no-profile")
			}
			return err
		}
	}
	s, err := r.signer(ctx, a.Org, v.Community)
	if err != nil {
		return err
	}
	w, err := stix.DecodeSeal(v.Seal)
	if err != nil {
		return err
	}
	id, err := r.uuid()
	if err != nil {
		return err
	}
	x := p.Answer
	x.Parcel, x.Paper = v.Parcel, s.paper("wakachi-answer--"+id, r.today(), w.Label)
	raw, err := stix.EncodeAnswer(x, s.sign)
	if err != nil {
		return err
	}
	on := store.Object{Sort: sortPost, ID: string(v.Parcel) + ".answer", Parent: parcel.Waiting}
	if old, err := r.store.Object(ctx, a.Org, sortPost, on.ID); err == nil {
		on.Version = old.Version
	}
	return r.store.Act(ctx, a.Org, string(a.Account), func(w *store.Writing) error {
		return w.PutValue("answered", &on, posted{v.Community, []json.RawMessage{raw}})
	})
}

// acknowledgeElsewhere puts another word on a recall on its way than the one that was sent.
func (r *Relay) acknowledgeElsewhere(ctx context.Context, a party.Actor, v received, done bool, why parcel.Reason) error {
	if v.Recall == nil {
		return fault.New(fault.Conflict, "relay.acknowledge.nothing")
	}
	n, err := stix.DecodeRecall(v.Recall)
	if err != nil {
		return err
	}
	s, err := r.signer(ctx, a.Org, v.Community)
	if err != nil {
		return err
	}
	id, err := r.uuid()
	if err != nil {
		return err
	}
	k := parcel.Acknowledgement{Paper: s.paper("wakachi-acknowledgement--"+id, r.today(), n.Label), Recall: n.ID, Done: done, Reason: why}
	raw, err := stix.EncodeAcknowledgement(k, s.sign)
	if err != nil {
		return err
	}
	return r.post(ctx, a.Org, v.Community, n.ID+".acknowledged."+id, raw)
}

// effectElsewhere gives what came back from a hub elsewhere. Who fetched it, only the hub
// knows; who could read it is told as the hub told it last.
func (r *Relay) effectElsewhere(ctx context.Context, org party.OrgID, d parcel.Dispatch) (parcel.Effect, error) {
	e := parcel.Effect{Parcel: d.Parcel, Community: d.Community, Label: d.Label, At: d.Delivered, First: d.First, Due: d.Letter.AskDue, State: string(Standing), Elsewhere: true}
	if d.Delivered.IsZero() {
		e.State = parcel.Waiting
	}
	x, err := r.store.Object(ctx, org, parcel.LinkSort, string(d.Community))
	if err != nil {
		return e, err
	}
	var l parcel.Link
	if err := x.Value(&l); err != nil {
		return e, err
	}
	c := l.Own(org)
	for _, m := range c.Shown(c.Recipients(d.To, org), org) {
		e.Receivers = append(e.Receivers, parcel.Receiver{Name: m.Name, Days: cmp.Or(m.LogDays, c.LogDays)})
	}
	e.Tally = parcel.Tally{Asked: len(e.Receivers)}
	for _, s := range l.Circle.Shelves {
		q := parcel.Query{Types: []string{"wakachi-answer"}}
		for {
			page, err := r.store.Entries(ctx, org, s.ID, []parcel.AudienceID{mine}, q)
			if err != nil {
				return e, err
			}
			for _, o := range page.Entries {
				if v, err := stix.DecodeAnswer(o.Raw); err == nil && v.Parcel == d.Parcel {
					e.Answers = append(e.Answers, parcel.Returned{Answer: v, At: v.Created})
					e.Tally.Count(v.Finding)
				}
			}
			if !page.More {
				break
			}
			q.After = page.Next
		}
	}
	e.Tally.Silent = max(0, len(e.Receivers)-len(e.Answers))
	for _, state := range []string{parcel.Waiting, parcel.Delivered} {
		orders, err := r.store.Objects(ctx, org, sortOrder, state)
		if err != nil {
			return e, err
		}
		for _, x := range orders {
			var o ordered
			if err := x.Value(&o); err != nil {
				return e, err
			}
			if o.Parcel != d.Parcel {
				continue
			}
			if e.Recall = (&parcel.Notice{Action: o.Action, Reason: o.Reason, At: x.At, Due: o.Due, ReplacedBy: o.ReplacedBy}); state == parcel.Delivered {
				e.State = string(Narrowed)
				if o.Action == parcel.Retract || o.Action == parcel.Correct {
					e.State = string(Retracted)
				}
			}
		}
	}
	return e, nil
}

// Links lists the hubs elsewhere an organisation is connected to, without their tokens.
func (r *Relay) Links(ctx context.Context, a party.Actor) ([]parcel.Link, error) {
	if err := allow(a, party.Read); err != nil {
		return nil, err
	}
	kept, err := r.store.AllObjects(ctx, a.Org, parcel.LinkSort)
	if err != nil {
		return nil, err
	}
	out := make([]parcel.Link, len(kept))
	for k, x := range kept {
		if err := x.Value(&out[k]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Linked lists the organisations that are connected to a hub elsewhere.
func (r *Relay) Linked(ctx context.Context) ([]party.OrgID, error) {
	all, err := r.store.Organisations(ctx)
	if err != nil {
		return nil, err
	}
	var out []party.OrgID
	for _, org := range all {
		links, err := r.store.AllObjects(ctx, org, parcel.LinkSort)
		if err != nil {
			return nil, err
		}
		if len(links) > 0 {
			out = append(out, org)
		}
	}
	return out, nil
}

// Waiting says how much is on its way to hubs elsewhere, and since when.
func (r *Relay) Waiting(ctx context.Context, a party.Actor) (n int, since time.Time, err error) {
	if err := allow(a, party.Read); err != nil {
		return 0, since, err
	}
	for _, sort := range []store.Sort{parcel.DispatchSort, sortOrder, sortPost} {
		kept, err := r.store.Objects(ctx, a.Org, sort, parcel.Waiting)
		if err != nil {
			return 0, since, err
		}
		for _, x := range kept {
			if n++; since.IsZero() || x.At.Before(since) {
				since = x.At
			}
		}
	}
	return n, since, nil
}
