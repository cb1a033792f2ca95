package relay

import (
	"cmp"
	"context"
	"encoding/base64"
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

// A Courier reaches the hub of a link. Package app makes one of TAXII and the hub's API.
type Courier interface {
	// Circle asks the hub who takes part and where to read and write.
	Circle(ctx context.Context, l parcel.Link, token string) (parcel.Circle, error)

	// Register tells the hub under which key and pseudonym the member seals.
	Register(ctx context.Context, l parcel.Link, token, key string, as party.Pseudonym) error

	// Carry brings objects to the hub's inbox, and gives what became of each.
	Carry(ctx context.Context, l parcel.Link, token string, objects []json.RawMessage) (parcel.Status, error)

	// Fetch reads a shelf from where it was left. took is called with each page and the
	// time up to which it reaches; if it fails, so does Fetch.
	Fetch(ctx context.Context, l parcel.Link, token string, shelf parcel.CollectionID, after time.Time, took func([]json.RawMessage, time.Time) error) error
}

const (
	sortLinkToken store.Sort = store.Credential
	sortReceived  store.Sort = "received"
	sortPost      store.Sort = "post" // papers on their way to a hub elsewhere
)

// received is a parcel that came from a hub elsewhere, known by the hub's seal.
type received struct {
	Parcel    parcel.ID          `json:"-"`
	Community parcel.CommunityID `json:"-"`

	Seal   json.RawMessage     `json:"seal,omitempty"` // none of one that was recalled before it came
	Shelf  parcel.CollectionID `json:"shelf"`
	At     time.Time           `json:"at"`
	State  State               `json:"state"`
	Recall json.RawMessage     `json:"recall,omitempty"` // the hub's, as it came
	Facts  int                 `json:"facts,omitempty"`
	Ask    string              `json:"ask,omitempty"`

	version int64
}

// Link connects the actor's organisation to a community whose hub is another wakachi: it
// asks the hub who takes part, and registers the key under which parcels will be sealed. The
// token is one that the hub made for this organisation; it is kept and never shown.
//
// Errors: those of the way to the hub, with nothing kept.
func (r *Relay) Link(ctx context.Context, a party.Actor, c Courier, url, token string, id parcel.CommunityID) (parcel.Link, error) {
	if err := allow(a, party.Administer); err != nil {
		return parcel.Link{}, err
	}
	l := parcel.Link{URL: url, Circle: parcel.Circle{Community: id}}
	var err error
	if l.Circle, err = c.Circle(ctx, l, token); err != nil {
		return l, err
	}
	if l.Circle.Community != id || !l.Circle.As.Has(l.Circle.You) || l.Circle.As.Hub.Org == l.Circle.You {
		return l, fault.New(fault.Invalid, "relay.circle")
	}
	if _, err := keyOf(l.Circle.Key); err != nil {
		return l, err
	}
	s, err := r.signer(ctx, a.Org, id)
	if err != nil {
		return l, err
	}
	if err := c.Register(ctx, l, token, s.public(), s.Identity); err != nil {
		return l, err
	}
	x := store.Object{Sort: parcel.LinkSort, ID: string(id)}
	secret := store.Object{Sort: sortLinkToken, ID: "link." + string(id)}
	return l, r.store.Act(ctx, a.Org, string(a.Account), func(w *store.Writing) error {
		if err := w.PutValue("made", &secret, token); err != nil {
			return err
		}
		return w.PutValue("made", &x, l)
	})
}

func keyOf(text string) (parcel.Key, error) {
	var k parcel.Key
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(raw) != len(k) {
		return k, fault.New(fault.Invalid, "relay.key")
	}
	copy(k[:], raw)
	return k, nil
}

// Circle gives what a member's own wakachi must know of a community, as the actor may see it.
func (r *Relay) Circle(ctx context.Context, a party.Actor, id parcel.CommunityID) (parcel.Circle, error) {
	all, err := r.circles.TakingPart(ctx, a.Org)
	if err != nil {
		return parcel.Circle{}, err
	}
	at := slices.IndexFunc(all, func(c parcel.Community) bool { return c.ID == id && !c.Away })
	if at < 0 {
		return parcel.Circle{}, notFound()
	}
	c := all[at]
	s, err := r.signer(ctx, c.Hub.Org, id)
	if err != nil {
		return parcel.Circle{}, err
	}
	places, err := r.furnish(ctx, c)
	if err != nil {
		return parcel.Circle{}, err
	}
	out := parcel.Circle{Community: id, As: c, You: a.Org, Key: s.public(), Identity: s.Identity}
	if !c.Visible && c.Hub.Org != a.Org {
		out.As.Members, out.As.Groups = c.Shown(c.Members, a.Org), nil
	}
	for _, p := range places {
		_, read, write := p.may(c, a)
		if write {
			out.Inbox = p.ID
		}
		if !read || p.For == forInbox {
			continue
		}
		highest, err := r.store.Highest(ctx, p.Hub, p.ID)
		if err != nil {
			return out, err
		}
		out.Shelves = append(out.Shelves, parcel.ShelfMark{ID: p.ID, Highest: highest})
	}
	return out, nil
}

// A Sync is what one exchange with a hub elsewhere did.
type Sync struct{ Sent, Received, Recalled, Refused int }

// Sync brings to each of an organisation's hubs elsewhere what waits for it, and fetches what
// is new there. A hub that cannot be reached does not keep the others; the first error is
// given, and everything that was not done waits for the next time. With nothing new, nothing
// is written.
func (r *Relay) Sync(ctx context.Context, org party.OrgID, c Courier) (Sync, error) {
	var did Sync
	links, err := r.store.AllObjects(ctx, org, parcel.LinkSort)
	if err != nil {
		return did, err
	}
	var first error
	for _, x := range links {
		t := &trip{Relay: r, org: org, courier: c, x: x, did: &did}
		if err := t.visit(ctx); err != nil && first == nil {
			first = err
		}
	}
	return did, first
}

// A trip is one going to one hub.
type trip struct {
	*Relay
	org     party.OrgID
	courier Courier
	x       store.Object
	link    parcel.Link
	token   string
	self    signer
	did     *Sync
}

func (t *trip) visit(ctx context.Context) error {
	if err := t.x.Value(&t.link); err != nil || t.link.Paused {
		return err
	}
	secret, err := t.store.Object(ctx, t.org, sortLinkToken, "link."+t.x.ID)
	if err != nil {
		return err
	}
	if err := secret.Value(&t.token); err != nil {
		return err
	}
	if t.self, err = t.signer(ctx, t.org, parcel.CommunityID(t.x.ID)); err != nil {
		return err
	}
	if err := t.meet(ctx); err != nil {
		return err
	}
	var first error
	note := func(err error) bool {
		if first == nil {
			first = err
		}
		return fault.KindOf(err) == fault.Withheld || err == nil // what the hub refuses keeps nothing else
	}
	for _, step := range []func(context.Context) error{t.sendParcels, t.sendOrders, t.sendPapers} {
		if !note(step(ctx)) {
			return first
		}
	}
	for _, s := range t.link.Circle.Shelves {
		if !note(t.fetch(ctx, s.ID)) {
			return first
		}
	}
	return first
}

// meet asks who takes part now. A hub whose key changed is somebody else until a person says
// otherwise. One whose shelves end before what was read was set back: then everything is read
// anew, and what the hub may have lost is sent again; it does nothing twice.
func (t *trip) meet(ctx context.Context) error {
	now, err := t.courier.Circle(ctx, t.link, t.token)
	if err != nil {
		return err
	}
	was := t.link.Circle
	if now.Key != was.Key || now.Identity != was.Identity || now.Community != was.Community || now.You != was.You || now.As.Hub.Org != was.As.Hub.Org {
		return fault.New(fault.Forbidden, "relay.other-hub")
	}
	back := false
	for _, s := range now.Shelves {
		if read := t.link.Read[s.ID]; read.After(s.Highest) {
			back = true
		}
	}
	next := t.link
	next.Circle = now
	for k := range next.Circle.Shelves { // how far it has come is no change of the circle
		next.Circle.Shelves[k].Highest = time.Time{}
	}
	if back {
		next.Read = nil
		if err := t.sendAgain(ctx); err != nil {
			return err
		}
	}
	return t.keep(ctx, next)
}

// keep writes the link if it has changed.
func (t *trip) keep(ctx context.Context, next parcel.Link) error {
	was, err := json.Marshal(t.link)
	if err != nil {
		return err
	}
	is, err := json.Marshal(next)
	if err != nil {
		return err
	}
	if t.link = next; string(was) == string(is) {
		return nil
	}
	return t.store.Act(ctx, t.org, nobody, func(w *store.Writing) error { return w.PutValue("read", &t.x, next) })
}

// sendAgain puts everything that was sent to a hub that was set back on its way once more:
// parcels, orders, papers, and the recalls that the hub itself had told of.
func (t *trip) sendAgain(ctx context.Context) error {
	for _, sort := range []store.Sort{parcel.DispatchSort, sortOrder, sortPost} {
		done, err := t.store.Objects(ctx, t.org, sort, parcel.Delivered)
		if err != nil {
			return err
		}
		for _, x := range done {
			var at struct {
				Community parcel.CommunityID `json:"community"`
			}
			if err := x.Value(&at); err != nil || string(at.Community) != t.x.ID {
				continue
			}
			x.Parent = parcel.Waiting
			if err := t.store.Act(ctx, t.org, nobody, func(w *store.Writing) error { return w.Put(&x, "sent-again") }); err != nil {
				return err
			}
		}
	}
	all, err := t.received(ctx)
	if err != nil {
		return err
	}
	for _, v := range all {
		if v.Recall != nil {
			if err := t.post(ctx, string(v.Parcel)+".recall", v.Recall); err != nil && fault.KindOf(err) != fault.Conflict {
				return err
			}
		}
	}
	return nil
}

// posted is papers on their way.
type posted struct {
	Community parcel.CommunityID `json:"community"`
	Papers    []json.RawMessage  `json:"papers"`
}

// post puts papers on their way. name makes it happen once.
func (t *trip) post(ctx context.Context, name string, papers ...json.RawMessage) error {
	return t.Relay.post(ctx, t.org, parcel.CommunityID(t.x.ID), name, papers...)
}

func (r *Relay) post(ctx context.Context, org party.OrgID, id parcel.CommunityID, name string, papers ...json.RawMessage) error {
	x := store.Object{Sort: sortPost, ID: name, Parent: parcel.Waiting}
	return r.store.Act(ctx, org, nobody, func(w *store.Writing) error { return w.PutValue("written", &x, posted{id, papers}) })
}

// each does something with every object of a sort that waits for this hub, and marks it done.
func (t *trip) each(ctx context.Context, sort store.Sort, do func(x store.Object) ([]json.RawMessage, error)) error {
	waiting, err := t.store.Objects(ctx, t.org, sort, parcel.Waiting)
	if err != nil {
		return err
	}
	var first error
	for _, x := range waiting {
		var at struct {
			Community parcel.CommunityID `json:"community"`
		}
		if err := x.Value(&at); err != nil {
			return err
		}
		if string(at.Community) != t.x.ID {
			continue
		}
		papers, err := do(x)
		if err != nil {
			return err
		}
		err = t.carry(ctx, papers)
		if x.Parent = parcel.Delivered; sort == sortPost && fault.KindOf(err) == fault.Withheld {
			x.Parent, err = refused, nil // one word the hub has no use for does not keep the others
		}
		if fault.KindOf(err) == fault.Withheld { // it waits, and keeps nothing else waiting
			first = cmp.Or(first, err)
			continue
		}
		if err != nil {
			return err
		}
		if err := t.arrivedAt(&x); err != nil {
			return err
		}
		if err := t.store.Act(ctx, t.org, nobody, func(w *store.Writing) error { return w.Put(&x, "delivered") }); err != nil {
			return err
		}
		t.did.Sent++
	}
	return first
}

// arrivedAt notes in a dispatch when the hub had it.
func (t *trip) arrivedAt(x *store.Object) error {
	if x.Sort != parcel.DispatchSort {
		return nil
	}
	var d parcel.Dispatch
	if err := x.Value(&d); err != nil {
		return err
	}
	d.Delivered = t.today()
	body, err := json.Marshal(d)
	x.Body = body
	return err
}

// refused is where a paper stands that the hub did not take.
const refused = "refused"

// carry brings objects to the hub; one that is refused keeps all of them waiting.
func (t *trip) carry(ctx context.Context, objects []json.RawMessage) error {
	s, err := t.courier.Carry(ctx, t.link, t.token, objects)
	if err != nil {
		return err
	}
	for _, x := range s.Results {
		if x.Failure != "" {
			return fault.New(fault.Withheld, "relay.refused", x.ID, x.Failure)
		}
	}
	return nil
}

func (t *trip) sendParcels(ctx context.Context) error {
	return t.each(ctx, parcel.DispatchSort, func(x store.Object) ([]json.RawMessage, error) {
		var d parcel.Dispatch
		if err := x.Value(&d); err != nil {
			return nil, err
		}
		raw, err := t.contents(ctx, d)
		if err != nil {
			return nil, err
		}
		objects, err := parse(raw)
		if err != nil {
			return nil, err
		}
		seal, err := t.waybill(d, objects, d.Sealed, d.To)
		return append(append(raw, stix.Extensions()...), seal), err
	})
}

// contents gives the objects of a parcel that was approved here.
func (t *trip) contents(ctx context.Context, d parcel.Dispatch) ([]json.RawMessage, error) {
	at := slices.IndexFunc(d.Forms, func(f parcel.Form) bool { return f.Name == "stix" })
	if at < 0 {
		return nil, fault.New(fault.Damaged, "store.damaged")
	}
	x, err := t.store.Object(ctx, t.org, store.Original, d.Forms[at].Kept)
	if err != nil {
		return nil, err
	}
	return stix.Split(x.Body, mostObjects)
}

// waybill seals a parcel towards the hub: the member's key, and whom it is for. Its id comes
// from the parcel's, so that sending it again is sending the same.
func (t *trip) waybill(d parcel.Dispatch, objects []parcel.Object, modified time.Time, to parcel.Audience) (json.RawMessage, error) {
	w := parcel.Waybill{
		Paper:  t.self.paper("wakachi-seal--"+uuidOf(d.Parcel), d.Sealed, d.Label),
		Parcel: d.Parcel, Until: d.Letter.Until, AskDue: d.Letter.AskDue, Manifest: manifest(objects),
		To: parcel.Addressed{Reach: to.Reach, Group: to.Group},
	}
	w.Modified = modified
	for _, org := range to.Except {
		w.To.Except = append(w.To.Except, string(org))
	}
	return stix.EncodeSeal(w, t.self.sign)
}

// uuidOf reads a parcel's random id, "parcel-" and 32 hexadecimal digits, as a UUIDv4.
func uuidOf(id parcel.ID) string {
	h := []byte(strings.TrimPrefix(string(id), "parcel-"))
	if len(h) != 32 {
		return ""
	}
	h[12], h[16] = '4', "89ab"[h[16]&3]
	s := string(h)
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}

func (t *trip) sendOrders(ctx context.Context) error {
	return t.each(ctx, sortOrder, func(x store.Object) ([]json.RawMessage, error) {
		var o ordered
		if err := x.Value(&o); err != nil {
			return nil, err
		}
		on, err := t.store.Object(ctx, t.org, parcel.DispatchSort, string(o.Parcel))
		if err != nil {
			return nil, err
		}
		var d parcel.Dispatch
		if err := on.Value(&d); err != nil {
			return nil, err
		}
		raw, err := t.contents(ctx, d)
		if err != nil {
			return nil, err
		}
		objects, err := parse(raw)
		if err != nil {
			return nil, err
		}
		if o.Action == parcel.Narrow {
			to := d.To
			to.Except = append(slices.Clone(to.Except), o.Except...)
			seal, err := t.waybill(d, objects, x.At, to)
			return []json.RawMessage{seal}, err
		}
		id := "wakachi-recall--" + uuidOf(parcel.ID("parcel-"+sumHex(x.ID)[:32]))
		note := parcel.Recall{
			Paper:  t.self.paper(id, x.At, d.Label),
			Action: o.Action, Parcel: o.Parcel, Manifest: manifest(objects), Stricter: o.Stricter, ReplacedBy: o.ReplacedBy, Reason: o.Reason, Due: o.Due,
		}
		paper, err := stix.EncodeRecall(note, t.self.sign)
		return []json.RawMessage{paper}, err
	})
}

func (t *trip) sendPapers(ctx context.Context) error {
	return t.each(ctx, sortPost, func(x store.Object) ([]json.RawMessage, error) {
		var p posted
		err := x.Value(&p)
		return p.Papers, err
	})
}
