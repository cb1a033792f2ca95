package relay

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"strings"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/phrase"
	"github.com/wakachi/wakachi/internal/stix"
	"github.com/wakachi/wakachi/internal/store"
	"github.com/wakachi/wakachi/internal/tlp"
)

// Add takes what a member brings into the inbox. Each object is judged alone; those that are
// sound are kept, in the bytes in which they came, for the hub's eyes. Nothing goes on from
// there but what a seal of the member's registered key covers. The status says what became
// of each, and is kept.
//
// Errors: fault.NotFound and fault.Forbidden as of a collection; otherwise there is a status.
func (r *Relay) Add(ctx context.Context, a party.Actor, id parcel.CollectionID, objects []json.RawMessage) (parcel.Status, error) {
	p, c, err := r.enter(ctx, a, id)
	if err != nil {
		return parcel.Status{}, err
	}
	if _, _, write := p.may(c, a); !write {
		return parcel.Status{}, fault.New(fault.Forbidden, "relay.may-not-write")
	}
	s := parcel.Status{At: r.today(), Results: make([]parcel.Result, len(objects))}
	if s.ID, err = r.uuid(); err != nil {
		return s, err
	}
	b := &brought{Relay: r, place: p, c: c, a: a}
	if b.holders, err = r.holders(ctx, p.circle()); err != nil {
		return s, err
	}
	if b.hub, err = r.signer(ctx, p.Hub, p.Community); err != nil {
		return s, err
	}
	var sound []parcel.Object
	var at []int
	for k, raw := range objects {
		o, err := b.judge(raw)
		s.Results[k] = parcel.Result{ID: cmp.Or(o.ID, calledID(raw)), Version: o.Version, Failure: failure(err)}
		if err == nil {
			sound, at = append(sound, o), append(at, k)
		}
	}
	if err := b.shelve(ctx, sound, func(k int, o store.Outcome) {
		if r := &s.Results[at[k]]; r.Version == "" && !o.Added.IsZero() { // its version is when it came
			r.Version = o.Added.UTC().Format("2006-01-02T15:04:05.000000Z")
		}
		if o.Conflict {
			s.Results[at[k]].Failure = failure(fault.New(fault.Conflict, "relay.other-content"))
		}
	}); err != nil {
		return s, err
	}
	for k, err := range b.act(ctx) { // what could be kept and not carried out is said, and stays
		for n := range s.Results {
			if s.Results[n].ID == k && err != nil {
				s.Results[n].Failure = failure(err)
			}
		}
	}
	body, err := json.Marshal(keptStatus{s, a.Account})
	if err != nil {
		return s, fault.Wrap(err, fault.Internal, "store.internal")
	}
	on := store.Object{Sort: store.Original, ID: statusName(s.ID), Parent: string(p.ID), Lookup: statusName(s.ID), Body: body}
	return s, r.store.Act(ctx, p.Hub, string(a.Account), func(w *store.Writing) error { return w.Put(&on, "answered") })
}

// calledID gives what an object that was refused calls itself, so that who brought it knows
// which one it was.
func calledID(raw json.RawMessage) string {
	const most = 200
	var o struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(raw, &o) != nil || len(o.ID) > most {
		return ""
	}
	return o.ID
}

type keptStatus struct {
	parcel.Status
	Account party.AccountID
}

func statusName(id string) string { return "status-" + id }

// Status gives a status back to the account that brought the objects; to nobody else is it
// there.
func (r *Relay) Status(ctx context.Context, a party.Actor, id string) (parcel.Status, error) {
	org, name, err := r.store.Find(ctx, store.Original, statusName(id))
	if err != nil {
		return parcel.Status{}, err
	}
	x, err := r.store.Object(ctx, org, store.Original, name)
	if err != nil {
		return parcel.Status{}, err
	}
	var s keptStatus
	if err := x.Value(&s); err != nil {
		return parcel.Status{}, err
	}
	if s.Account != a.Account || !a.May(party.Write) {
		return parcel.Status{}, notFound()
	}
	return s.Status, nil
}

// Remove is asked for by TAXII's DELETE. Nobody takes anything off a shelf that way: what
// was shared is recalled, so that those who have it are told.
func (r *Relay) Remove(ctx context.Context, a party.Actor, id parcel.CollectionID, _ string, _ parcel.Versions) error {
	if _, _, err := r.enter(ctx, a, id); err != nil {
		return err
	}
	return fault.New(fault.Forbidden, "relay.no-delete")
}

// failure puts an error into words for the program that brought the object.
func failure(err error) string {
	if err == nil {
		return ""
	}
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		f = fault.New(fault.Internal, "store.internal")
	}
	return phrase.English.Text(f.Code, f.Args...)
}

// brought is objects on their way into an inbox.
type brought struct {
	*Relay
	place
	c       parcel.Community
	a       party.Actor
	holders []keptHolder
	hub     signer
	papers  []parcel.Object
}

// judge says whether an object may lie in the inbox: a sound object of STIX 2.1, made by the
// one who brings it or by an outsider, and if it is one of our papers, signed by them.
func (b *brought) judge(raw json.RawMessage) (parcel.Object, error) {
	o, err := stix.Object(raw)
	if err != nil {
		return o, err
	}
	var by struct {
		Maker party.Pseudonym `json:"created_by_ref"`
	}
	if err := json.Unmarshal(raw, &by); err != nil {
		return o, fault.Wrap(err, fault.Invalid, "stix.json")
	}
	if by.Maker != b.hub.Identity && b.anothers(by.Maker) {
		return o, fault.New(fault.Forbidden, "relay.not-yours")
	}
	if o.Type == "identity" && b.anothers(party.Pseudonym(o.ID)) {
		return o, fault.New(fault.Forbidden, "relay.not-yours")
	}
	own := by.Maker == b.hub.Identity
	if own && b.a.Org != b.Hub && o.Type != "wakachi-recall" {
		return o, fault.New(fault.Forbidden, "relay.not-yours")
	}
	if !strings.HasPrefix(o.Type, "wakachi-") {
		return o, nil
	}
	key, err := signedBy(o)
	if err != nil {
		return o, err
	}
	if own && string(key[:]) == string(b.hub.key().Public().(ed25519.PublicKey)) {
		b.papers = append(b.papers, o) // a recall of the hub's own comes home
		return o, nil
	}
	if h, ok := holderOf(b.c, b.holders, key[:]); !ok || h.Org != b.a.Org || h.Identity != by.Maker {
		return o, fault.New(fault.Forbidden, "relay.wrong-signer")
	}
	b.papers = append(b.papers, o)
	return o, nil
}

// signedBy verifies one of our papers and gives the key it was signed with.
func signedBy(o parcel.Object) (parcel.Key, error) {
	switch o.Type {
	case "wakachi-seal":
		w, err := stix.DecodeSeal(o.Raw)
		return w.Key, err
	case "wakachi-recall":
		x, err := stix.DecodeRecall(o.Raw)
		return x.Key, err
	case "wakachi-answer":
		x, err := stix.DecodeAnswer(o.Raw)
		return x.Key, err
	case "wakachi-acknowledgement":
		x, err := stix.DecodeAcknowledgement(o.Raw)
		return x.Key, err
	}
	return parcel.Key{}, fault.New(fault.Invalid, "relay.unknown-paper")
}

// shelve lays objects in the inbox, where only the hub reads, apart for each who brings.
func (b *brought) shelve(ctx context.Context, objects []parcel.Object, did func(k int, o store.Outcome)) error {
	if len(objects) == 0 {
		return nil
	}
	return b.onShelf(ctx, b.c, string(b.a.Account), b.ID, "", func(l *laying) error {
		a, err := l.number(of(b.a.Org))
		if err != nil {
			return err
		}
		in := make([]store.Addressed, len(objects))
		for k, o := range objects {
			in[k] = store.Addressed{Object: o, Audience: a.ID}
		}
		out, err := l.w.Shelve(b.ID, "", in)
		for k, o := range out {
			did(k, o)
		}
		return err
	})
}

// act does what the papers ask for, and gives for each why it could not be done.
func (b *brought) act(ctx context.Context) map[string]error {
	out := map[string]error{}
	for _, o := range b.papers {
		switch o.Type {
		case "wakachi-answer":
			out[o.ID] = b.answer(ctx, o)
		case "wakachi-acknowledgement":
			out[o.ID] = b.acknowledge(ctx, o)
		case "wakachi-recall":
			out[o.ID] = b.recall(ctx, o)
		case "wakachi-seal":
			out[o.ID] = b.arrive(ctx, o)
		}
	}
	for id, err := range b.complete(ctx) {
		out[id] = err
	}
	return out
}

func (b *brought) answer(ctx context.Context, o parcel.Object) error {
	x, err := stix.DecodeAnswer(o.Raw)
	if err != nil {
		return err
	}
	return b.reply(ctx, b.a, x.Parcel, parcel.Reply{Answer: x}, x.ID)
}

func (b *brought) acknowledge(ctx context.Context, o parcel.Object) error {
	x, err := stix.DecodeAcknowledgement(o.Raw)
	if err != nil {
		return err
	}
	n, err := b.store.Object(ctx, b.Hub, sortNotice, x.Recall)
	if err != nil {
		return err
	}
	return b.Acknowledge(ctx, b.a, parcel.ID(n.Parent), x.Done, x.Reason)
}

// recall carries out what a member takes back of what it sent.
func (b *brought) recall(ctx context.Context, o parcel.Object) error {
	x, err := stix.DecodeRecall(o.Raw)
	if err != nil {
		return err
	}
	d, err := b.delivery(ctx, b.Hub, x.Parcel)
	if fault.KindOf(err) == fault.NotFound {
		return b.recallWaiting(ctx, x)
	}
	if err != nil {
		return err
	}
	if d.Community != b.Community || d.Sender != b.a.Org && x.By != b.hub.Identity {
		return notFound()
	}
	if x.By == b.hub.Identity {
		return b.comeHome(ctx, d, x)
	}
	if x.Action == parcel.Narrow { // who loses it stands in a new seal
		return fault.New(fault.Invalid, "relay.narrow-by-seal")
	}
	if x.Action == parcel.Tighten && (tlp.Strictest(x.Stricter, d.Label) != x.Stricter || x.Stricter == d.Label && d.Recalled == nil) {
		return fault.New(fault.Invalid, "relay.recall.stricter")
	}
	if x.Action == parcel.Correct {
		if by, err := b.delivery(ctx, b.Hub, x.ReplacedBy); err != nil || by.Sender != b.a.Org || by.Community != b.Community {
			return fault.New(fault.Invalid, "relay.recall.replaced-by")
		}
	}
	return b.apply(ctx, b.Hub, x.Parcel, Order{
		Action: x.Action, Reason: x.Reason, Stricter: x.Stricter, ReplacedBy: x.ReplacedBy, Due: x.Due,
	})
}

// recallWaiting takes back a parcel of which not everything has come: it never goes on.
func (b *brought) recallWaiting(ctx context.Context, x parcel.Recall) error {
	on, v, err := b.waits(ctx, x.Parcel)
	if err != nil {
		return err
	}
	if v.From != b.a.Org || x.Action != parcel.Retract && x.Action != parcel.Correct {
		return notFound()
	}
	on.Parent = refused
	return b.store.Act(ctx, b.Hub, string(b.a.Account), func(w *store.Writing) error { return w.PutValue("recalled", &on, v) })
}

// waits gives an arrival, whoever's it is.
func (b *brought) waits(ctx context.Context, id parcel.ID) (store.Object, arrival, error) {
	var v arrival
	x, err := b.store.Object(ctx, b.Hub, sortArrival, string(id))
	if err != nil {
		return x, v, err
	}
	return x, v, x.Value(&v)
}

// comeHome carries out a recall that the hub itself had told of and has forgotten, since it
// was set back to an older state: its members bring it back, under its own signature. Of one
// that narrowed, the member who brings it is who lost it.
func (b *brought) comeHome(ctx context.Context, d Delivery, x parcel.Recall) error {
	if _, err := b.store.Object(ctx, b.Hub, sortNotice, x.ID); err == nil {
		return nil // it was never forgotten
	}
	o := Order{Action: x.Action, Reason: x.Reason, Stricter: x.Stricter, ReplacedBy: x.ReplacedBy, Due: b.today().Add(recallDue)}
	if x.Action == parcel.Narrow {
		o.Except = []party.OrgID{b.a.Org}
	}
	if err := b.apply(ctx, b.Hub, d.Parcel, o); err != nil {
		return err
	}
	on := store.Object{Sort: sortNotice, ID: x.ID, Parent: string(d.Parcel)}
	return b.store.Act(ctx, b.Hub, string(b.a.Account), func(w *store.Writing) error { return w.PutValue("came-home", &on, x.Modified) })
}
