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
)

// answered is a reply as the hub keeps it. Whose it is stays with the hub, unless the
// answerer wants to be named.
type answered struct {
	Org     party.OrgID   `json:"org"`
	Parcel  parcel.ID     `json:"-"`
	Answer  parcel.Answer `json:"answer"`
	Named   bool          `json:"named,omitempty"`
	Unread  bool          `json:"unread,omitempty"` // its sentences wait for the hub to read them
	At      time.Time     `json:"-"`
	id      string
	version int64
}

const (
	sortAnswer       store.Sort = "reply"
	sortAcknowledged store.Sort = "acknowledgement"
)

// Limits of an answer.
const (
	maxRemarks = 20
	maxRemark  = 4000 // bytes
	maxAbout   = 1000
	maxAnswers = 100 // of one receiver to one parcel
)

// Answer keeps what a receiver tells of a parcel, and brings it to who shared it, without
// the receiver's name unless it wants to be named. Sentences go through the receiver's own
// gate; of a receiver without a profile they wait until a person of the hub has read them.
//
// Errors: fault.NotFound for a parcel that is not for the actor; fault.Withheld for a
// sentence that would show whose it is; fault.Invalid for an answer that contradicts itself.
func (r *Relay) Answer(ctx context.Context, a party.Actor, id parcel.ID, p parcel.Reply) error {
	return r.reply(ctx, a, id, p, "")
}

// reply is Answer. name is the id of the paper that brought the answer, empty for none: a
// paper that comes again says nothing new.
func (r *Relay) reply(ctx context.Context, a party.Actor, id parcel.ID, p parcel.Reply, name string) error {
	if err := allow(a, party.Write); err != nil {
		return err
	}
	d, s, err := r.find(ctx, a, id)
	if err != nil {
		return err
	}
	if d.received != nil {
		return r.answerElsewhere(ctx, a, *d.received, p)
	}
	if !s.Reading {
		return fault.New(fault.Conflict, "relay.answer.recalled")
	}
	if err := sound(p.Answer); err != nil {
		return err
	}
	if len(p.About) > 0 {
		held, err := r.contentsOf(ctx, d, func(parcel.Object) bool { return true })
		if err != nil {
			return err
		}
		if slices.ContainsFunc(p.About, func(ref string) bool { return !slices.Contains(held, ref) }) {
			return fault.New(fault.Invalid, "relay.answer.about")
		}
	}
	given, err := r.answers(ctx, d)
	if err != nil {
		return err
	}
	if len(slices.DeleteFunc(given, func(x answered) bool { return x.Org != a.Org })) >= maxAnswers {
		return fault.New(fault.TooLarge, "relay.answer.many")
	}
	x := answered{Org: a.Org, Answer: p.Answer, Named: p.Named}
	x.Answer.Parcel, x.Answer.Paper = id, parcel.Paper{}
	if texts := sentences(p.Answer); len(texts) > 0 {
		if x.Unread, err = r.circles.Said(ctx, a.Org, texts); err != nil {
			return err
		}
	}
	err = r.keepAnswer(ctx, a, d, store.Object{Sort: sortAnswer, ID: name, Parent: string(id)}, "given", x)
	if name != "" && fault.KindOf(err) == fault.Conflict {
		return nil
	}
	return err
}

// keepAnswer keeps an answer, and lays it where who shared reads what comes back.
func (r *Relay) keepAnswer(ctx context.Context, a party.Actor, d Delivery, on store.Object, verb string, x answered) error {
	objects, err := r.returned(ctx, d, x)
	if err != nil {
		return err
	}
	c, err := r.circles.Kept(ctx, d.Hub, d.Community)
	if err != nil {
		return err
	}
	places, err := r.furnish(ctx, c)
	if err != nil {
		return err
	}
	k := slices.IndexFunc(places, func(p place) bool { return p.For == forReturns })
	return r.onShelf(ctx, c, string(a.Account), places[k].ID, "", func(l *laying) error {
		if err := l.w.PutValue(verb, &on, x); err != nil {
			return err
		}
		to, err := l.number(audience{Public: true, Only: []party.OrgID{d.Sender}})
		if err != nil {
			return err
		}
		return l.lay(objects, to)
	})
}

// returned writes an answer as who shared may have it: by the hub, to the day, without the
// answerer, and without sentences nobody has looked through; and as sightings, for those who
// do not know our answers.
func (r *Relay) returned(ctx context.Context, d Delivery, x answered) ([]parcel.Object, error) {
	s, err := r.signer(ctx, d.Hub, d.Community)
	if err != nil {
		return nil, err
	}
	id, err := r.uuid()
	if err != nil {
		return nil, err
	}
	v := x.Answer
	v.Parcel, v.Paper = d.Parcel, s.paper("wakachi-answer--"+id, r.today().Truncate(24*time.Hour), d.Label)
	if x.Unread {
		v.Tool, v.Remarks = "", nil
	}
	raw, err := stix.EncodeAnswer(v, s.sign)
	if err != nil {
		return nil, err
	}
	if len(v.About) == 0 && v.Finding == parcel.NotFound { // the whole parcel was searched for
		if v.About, err = r.contentsOf(ctx, d, func(o parcel.Object) bool { return o.Type == "indicator" }); err != nil {
			return nil, err
		}
	}
	var failed error
	sightings, err := stix.Sightings(v, func(kind string) string {
		id, err := r.uuid()
		if err != nil {
			failed = err
		}
		return kind + "--" + id
	})
	if err == nil {
		err = failed
	}
	if err != nil {
		return nil, err
	}
	return parse(slices.Concat(stix.Extensions(), []json.RawMessage{stix.Definition(d.Label), raw}, sightings))
}

// contentsOf lists the ids of a delivery's objects that are wanted.
func (r *Relay) contentsOf(ctx context.Context, d Delivery, wanted func(parcel.Object) bool) ([]string, error) {
	at := slices.IndexFunc(d.Forms, func(f parcel.Form) bool { return f.Name == "stix" })
	if at < 0 {
		return nil, fault.New(fault.Damaged, "store.damaged")
	}
	x, err := r.store.Object(ctx, d.Hub, store.Original, d.Forms[at].Kept)
	if err != nil {
		return nil, err
	}
	objects, err := stix.Split(x.Body, mostObjects)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, raw := range objects {
		if o, err := stix.Object(raw); err == nil && wanted(o) {
			out = append(out, o.ID)
		}
	}
	return out, nil
}

// sound refuses an answer that says two things at once: invariant 5, unknown is not no.
func sound(a parcel.Answer) error {
	bad := func(what string) error { return fault.New(fault.Invalid, "relay.answer."+what) }
	findings := []parcel.Finding{parcel.Found, parcel.NotFound, parcel.NoLogs, parcel.CannotSearch}
	logs := []parcel.LogKind{"", parcel.ProxyLog, parcel.DNSLog, parcel.FirewallLog, parcel.EndpointLog, parcel.MailLog, parcel.CloudLog, parcel.OtherLog}
	kinds := []parcel.RemarkKind{parcel.FurtherIndicators, parcel.IsFalsePositive, parcel.Mitigation, parcel.Correction}
	switch {
	case !slices.Contains(findings, a.Finding):
		return bad("finding")
	case !slices.Contains(logs, a.Logs):
		return bad("logs")
	case a.Finding == parcel.Found && a.Count < 1 || a.Finding != parcel.Found && a.Count != 0 || a.Count > 999999999:
		return bad("count")
	case a.Finding != parcel.Found && (!a.FirstSeen.IsZero() || !a.LastSeen.IsZero()) || !a.LastSeen.IsZero() && a.LastSeen.Before(a.FirstSeen):
		return bad("seen")
	case a.Finding == parcel.NotFound && (a.From.IsZero() || a.To.IsZero()): // a search without a period says nothing
		return bad("period")
	case a.To.Before(a.From):
		return bad("period")
	case a.Coverage < 0 || a.Coverage > 100 || a.Coverage != 0 && !a.Covered:
		return bad("coverage")
	case len(a.Remarks) > maxRemarks || len(a.About) > maxAbout || len(a.Tool) > maxRemark:
		return fault.New(fault.TooLarge, "relay.answer.large")
	}
	for _, m := range a.Remarks {
		if !slices.Contains(kinds, m.Kind) || strings.TrimSpace(m.Text) == "" && len(m.Refs) == 0 {
			return bad("remark")
		}
		if len(m.Text) > maxRemark || len(m.Refs) > maxAbout {
			return fault.New(fault.TooLarge, "relay.answer.large")
		}
	}
	return nil
}

// sentences gives what a person wrote freely.
func sentences(a parcel.Answer) []string {
	var out []string
	if strings.TrimSpace(a.Tool) != "" {
		out = append(out, a.Tool)
	}
	for _, m := range a.Remarks {
		if strings.TrimSpace(m.Text) != "" {
			out = append(out, m.Text)
		}
	}
	return out
}

// Read lets a hub's person say that the sentences of an answer may go on to who shared.
func (r *Relay) Read(ctx context.Context, a party.Actor, id parcel.ID, answer string) error {
	if err := allow(a, party.Write); err != nil {
		return err
	}
	d, err := r.delivery(ctx, a.Org, id)
	if err != nil {
		return err
	}
	all, err := r.answers(ctx, d)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(all, func(x answered) bool { return x.id == answer })
	if at < 0 {
		return notFound()
	}
	x := all[at]
	x.Unread = false
	return r.keepAnswer(ctx, a, d, store.Object{Sort: sortAnswer, ID: x.id, Parent: string(id), Version: x.version}, "read", x)
}

// answers lists what came back to a parcel, the oldest first.
func (r *Relay) answers(ctx context.Context, d Delivery) ([]answered, error) {
	kept, err := r.store.Objects(ctx, d.Hub, sortAnswer, string(d.Parcel))
	if err != nil {
		return nil, err
	}
	out := make([]answered, len(kept))
	for k, x := range kept {
		if err := x.Value(&out[k]); err != nil {
			return nil, err
		}
		out[k].Parcel, out[k].At, out[k].id, out[k].version = d.Parcel, x.At, x.ID, x.Version
	}
	return out, nil
}

// last gives each answerer's last finding.
func last(all []answered) map[party.OrgID]parcel.Finding {
	out := map[party.OrgID]parcel.Finding{}
	for _, x := range all {
		if x.Answer.Finding != "" {
			out[x.Org] = x.Answer.Finding
		}
	}
	return out
}

// acknowledgement is what a receiver did about a recall.
type acknowledgement struct {
	Org    party.OrgID   `json:"org"`
	Done   bool          `json:"done"`
	Reason parcel.Reason `json:"reason,omitempty"`
	At     time.Time     `json:"-"`
}

// Acknowledge tells who recalled something that the actor's organisation has deleted it, or
// why it cannot. A later word replaces an earlier one.
func (r *Relay) Acknowledge(ctx context.Context, a party.Actor, id parcel.ID, done bool, why parcel.Reason) error {
	if err := allow(a, party.Write); err != nil {
		return err
	}
	d, s, err := r.find(ctx, a, id)
	if err != nil {
		return err
	}
	if s.Recall == nil {
		return fault.New(fault.Conflict, "relay.acknowledge.nothing")
	}
	whys := []parcel.Reason{parcel.NotHeld, parcel.PassedOn, parcel.KeptByLaw, parcel.NotPossible, parcel.Other}
	if done && why != "" || !done && !slices.Contains(whys, why) {
		return fault.New(fault.Invalid, "relay.acknowledge.reason")
	}
	if d.received != nil {
		return r.acknowledgeElsewhere(ctx, a, *d.received, done, why)
	}
	on := store.Object{Sort: sortAcknowledged, ID: d.told(a.Org).Recall + "." + string(a.Org), Parent: string(id)}
	old, err := r.store.Object(ctx, d.Hub, sortAcknowledged, on.ID)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	on.Version = old.Version
	return r.store.Act(ctx, d.Hub, string(a.Account), func(w *store.Writing) error {
		return w.PutValue("given", &on, acknowledgement{Org: a.Org, Done: done, Reason: why})
	})
}

// acknowledged gives a receiver's word on a recall; nil if there is none.
func (r *Relay) acknowledged(ctx context.Context, hub party.OrgID, recall string, org party.OrgID) (*acknowledgement, error) {
	x, err := r.store.Object(ctx, hub, sortAcknowledged, recall+"."+string(org))
	if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			return nil, nil
		}
		return nil, err
	}
	var k acknowledgement
	if err := x.Value(&k); err != nil {
		return nil, err
	}
	k.At = x.At
	return &k, nil
}
