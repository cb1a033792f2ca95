package relay

import (
	"context"
	"slices"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/store"
)

// floor is the fewest answerers about whom numbers are told to other members.
//
// Guidance Q13.
const floor = 3

// Effect gives who shared a parcel, and its hub, what became of it: who could read it, who
// has it since when, what came back, and what of it was taken back.
//
// Errors: fault.NotFound for a parcel of somebody else; fault.Conflict while it is on its way.
func (r *Relay) Effect(ctx context.Context, a party.Actor, id parcel.ID) (parcel.Effect, error) {
	if err := allow(a, party.Read); err != nil {
		return parcel.Effect{}, err
	}
	hub := a.Org
	x, err := r.store.Object(ctx, a.Org, parcel.DispatchSort, string(id))
	if err == nil {
		var sent parcel.Dispatch
		if err := x.Value(&sent); err != nil {
			return parcel.Effect{}, err
		}
		if r.away(ctx, a.Org, sent.Community) {
			return r.effectElsewhere(ctx, a.Org, sent)
		}
		hub = sent.Hub
	} else if fault.KindOf(err) != fault.NotFound {
		return parcel.Effect{}, err
	}
	d, err := r.delivery(ctx, hub, id)
	if fault.KindOf(err) == fault.NotFound && hub != a.Org {
		return parcel.Effect{}, fault.New(fault.Conflict, "relay.under-way")
	}
	if err != nil {
		return parcel.Effect{}, err
	}
	c, err := r.circles.Kept(ctx, hub, d.Community)
	if err != nil {
		return parcel.Effect{}, err
	}
	all, err := r.known(ctx, circle{hub, d.Community})
	if err != nil {
		return parcel.Effect{}, err
	}
	e := parcel.Effect{Parcel: id, Community: d.Community, Label: d.Label, At: d.At, Due: d.Letter.AskDue, State: string(d.State), First: d.First}
	if err := r.receivers(ctx, a, c, all, d, &e); err != nil {
		return e, err
	}
	return e, r.returns(ctx, a, c, d, &e)
}

// Sent lists what the actor's organisation has shared, the oldest first.
func (r *Relay) Sent(ctx context.Context, a party.Actor) ([]parcel.Dispatch, error) {
	if err := allow(a, party.Read); err != nil {
		return nil, err
	}
	kept, err := r.store.AllObjects(ctx, a.Org, parcel.DispatchSort)
	if err != nil {
		return nil, err
	}
	out := make([]parcel.Dispatch, len(kept))
	for k, x := range kept {
		if err := x.Value(&out[k]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Passed lists what a hub has passed on in one of its communities, the newest first.
func (r *Relay) Passed(ctx context.Context, a party.Actor, id parcel.CommunityID) ([]parcel.Passed, error) {
	if err := allow(a, party.Read); err != nil {
		return nil, err
	}
	c, err := r.circles.Kept(ctx, a.Org, id)
	if err != nil {
		return nil, err
	}
	kept, err := r.store.Objects(ctx, a.Org, sortDelivery, string(id))
	if err != nil {
		return nil, err
	}
	var out []parcel.Passed
	for _, x := range slices.Backward(kept) {
		d, err := deliveryOf(x, a.Org)
		if err != nil {
			return nil, err
		}
		out = append(out, parcel.Passed{
			Parcel: d.Parcel, From: membersOf(c, []party.OrgID{d.Sender})[0].Name, At: d.At, Label: d.Label, Facts: d.Facts, State: string(d.State),
		})
	}
	return out, nil
}

// receivers tells who could read, who did, and what they did about a recall.
func (r *Relay) receivers(ctx context.Context, a party.Actor, c parcel.Community, all []audience, d Delivery, e *parcel.Effect) error {
	could := slices.Clone(d.Readers)
	for _, org := range readers(c, all, withAudience(all, d.Audience)) {
		if !slices.Contains(could, org) {
			could = append(could, org)
		}
	}
	could = slices.DeleteFunc(could, func(org party.OrgID) bool { return org == d.Sender })
	got, err := r.fetched(ctx, d)
	if err != nil {
		return err
	}
	for k, m := range c.Shown(membersOf(c, could), a.Org) {
		v := parcel.Receiver{Name: m.Name, Days: m.LogDays}
		if v.Days == 0 {
			v.Days = c.LogDays
		}
		for _, g := range got {
			if g.Org == could[k] {
				if v.Fetched.IsZero() {
					v.Fetched, v.Via = g.At, g.Via
				}
				v.Times++
			}
		}
		if told := d.told(could[k]); told != nil {
			v.Told = told.At
			k, err := r.acknowledged(ctx, d.Hub, told.Recall, could[k])
			if err != nil {
				return err
			}
			if k != nil {
				v.Acknowledged, v.Done, v.Why = k.At, k.Done, k.Reason
			}
		}
		e.Receivers = append(e.Receivers, v)
	}
	if d.Recalled != nil {
		e.Recall = d.Recalled.notice()
	}
	return nil
}

// membersOf gives organisations as members; of those who have left only that they were.
func membersOf(c parcel.Community, orgs []party.OrgID) []parcel.Member {
	all := append([]parcel.Member{c.Hub}, c.Members...)
	out := make([]parcel.Member, len(orgs))
	for k, org := range orgs {
		if at := slices.IndexFunc(all, func(m parcel.Member) bool { return m.Org == org }); at >= 0 {
			out[k] = all[at]
		}
	}
	return out
}

// returns tells what came back. Who shared sees answers without names and by the day; the
// hub sees whose they are.
func (r *Relay) returns(ctx context.Context, a party.Actor, c parcel.Community, d Delivery, e *parcel.Effect) error {
	all, err := r.answers(ctx, d)
	if err != nil {
		return err
	}
	for _, x := range all {
		v := parcel.Returned{Answer: x.Answer, At: x.At.Truncate(24 * time.Hour)}
		hub := a.Org == d.Hub
		if x.Named || hub {
			v.Name = membersOf(c, []party.OrgID{x.Org})[0].Name
		}
		if hub {
			v.At, v.ID, v.Unread = x.At, x.id, x.Unread
		} else if x.Unread {
			v.Unread, v.Answer.Tool = true, ""
			v.Answer.Remarks = nil
		}
		e.Answers = append(e.Answers, v)
	}
	e.Tally = tally(len(e.Receivers), last(all))
	return nil
}

func tally(asked int, answers map[party.OrgID]parcel.Finding) parcel.Tally {
	t := parcel.Tally{Asked: asked}
	for _, f := range answers {
		t.Count(f)
	}
	t.Silent = max(0, asked-len(answers))
	return t
}

// A snapshot is the numbers members were told last.
type snapshot struct {
	Tally     parcel.Tally `json:"tally"`
	Answerers int          `json:"answerers"`
}

const sortSnapshot store.Sort = "tally"

// Tally gives a receiver the numbers of a parcel's answers: not before three have answered,
// and new ones not before three more have, so that no two looks tell what one member said.
// Where another parcel of the same sender is out to almost the same members, there are no
// numbers: their difference would tell. ok is false if there are none.
func (r *Relay) Tally(ctx context.Context, a party.Actor, id parcel.ID) (t parcel.Tally, ok bool, err error) {
	if err := allow(a, party.Read); err != nil {
		return t, false, err
	}
	d, _, err := r.find(ctx, a, id)
	if err != nil {
		return t, false, err
	}
	if d.received != nil {
		return t, false, nil // the hub tells its own members
	}
	if twin, err := r.twin(ctx, d); err != nil || twin {
		return t, false, err
	}
	all, err := r.answers(ctx, d)
	if err != nil {
		return t, false, err
	}
	now := last(all)
	var s snapshot
	x, err := r.store.Object(ctx, d.Hub, sortSnapshot, string(id))
	if err == nil {
		err = x.Value(&s)
	} else if fault.KindOf(err) == fault.NotFound {
		x, err = store.Object{Sort: sortSnapshot, ID: string(id), Parent: string(id)}, nil
	}
	if err != nil {
		return t, false, err
	}
	if len(now) >= s.Answerers+floor {
		s = snapshot{tally(len(d.Readers), now), len(now)}
		err := r.store.Act(ctx, d.Hub, nobody, func(w *store.Writing) error { return w.PutValue("told", &x, s) })
		if err != nil && fault.KindOf(err) != fault.Conflict { // another asker was quicker, with the same
			return t, false, err
		}
	}
	return s.Tally, s.Answerers >= floor, nil
}

// twin says whether another parcel of the same sender went to all but one or two of the same
// members.
func (r *Relay) twin(ctx context.Context, d Delivery) (bool, error) {
	kept, err := r.store.Objects(ctx, d.Hub, sortDelivery, string(d.Community))
	if err != nil {
		return false, err
	}
	for _, x := range kept {
		o, err := deliveryOf(x, d.Hub)
		if err != nil {
			return false, err
		}
		if o.Parcel == d.Parcel || o.Sender != d.Sender {
			continue
		}
		differ := 0
		for _, org := range slices.Concat(d.Readers, o.Readers) {
			if slices.Contains(d.Readers, org) != slices.Contains(o.Readers, org) {
				differ++
			}
		}
		if differ > 0 && differ < floor {
			return true, nil
		}
	}
	return false, nil
}
