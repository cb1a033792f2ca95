package relay

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/stix"
	"github.com/wakachi/wakachi/internal/store"
	"github.com/wakachi/wakachi/internal/tlp"
)

// A Delivery is a parcel a hub has passed on, as the hub keeps it.
type Delivery struct {
	Parcel     parcel.ID           `json:"-"`
	Community  parcel.CommunityID  `json:"-"`
	Hub        party.OrgID         `json:"-"`
	Sender     party.OrgID         `json:"sender"` // never shown to a member
	To         parcel.Audience     `json:"to"`
	Collection parcel.CollectionID `json:"collection"`
	Audience   parcel.AudienceID   `json:"audience"`
	Label      tlp.Label           `json:"label"`
	Letter     parcel.Letter       `json:"letter"`
	Facts      int                 `json:"facts"`
	First      string              `json:"first,omitempty"`
	Forms      []parcel.Form       `json:"forms"`
	At         time.Time           `json:"at"`
	Readers    []party.OrgID       `json:"readers"` // who could read it when it was passed on
	Added      []time.Time         `json:"added"`   // the entries that are its
	Held       []parcel.HeldBack   `json:"held,omitempty"`
	State      State               `json:"state"`
	Recalled   *Recalled           `json:"recalled,omitempty"` // the last that was done to it
	Earlier    []Recalled          `json:"earlier,omitempty"`  // what was done before that, the oldest first

	version  int64
	received *received // it came from a hub elsewhere, and the rest is not set
}

// A State is what has become of a delivered parcel.
type State string

// The states of a delivery. Nothing leads on from Retracted and Expired.
const (
	Standing  State = "standing"
	Narrowed  State = "narrowed"  // fewer may read it, or under a stricter label
	Retracted State = "retracted" // nobody reads it any more
	Expired   State = "expired"   // its date of use has passed
)

const sortDelivery store.Sort = "delivery"

// Forward passes on what waits, of all organisations, and gives how many parcels and recalls
// it passed on. What cannot be passed on waits and does not keep the others; the first error
// is given. Called again after a crash it finishes what was begun and does nothing twice.
func (r *Relay) Forward(ctx context.Context) (passed int, first error) {
	orgs, err := r.store.Organisations(ctx)
	if err != nil {
		return 0, err
	}
	steps := []func(context.Context, party.OrgID) (int, error){r.forwardParcels, r.forwardRecalls}
	if r.sweeps() {
		steps = append(steps, r.expire, r.expireReceived, r.store.SealReceipts)
	}
	for _, org := range orgs {
		for _, step := range steps {
			n, err := step(ctx, org)
			passed += n
			if first == nil {
				first = err
			}
		}
	}
	return passed, first
}

// sweep is how often what has a date is looked through.
const sweep = time.Minute

// sweeps says whether it is time again.
func (r *Relay) sweeps() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now := r.now(); now.Sub(r.swept) >= sweep || now.Before(r.swept) {
		r.swept = now
		return true
	}
	return false
}

func (r *Relay) forwardParcels(ctx context.Context, org party.OrgID) (passed int, first error) {
	waiting, err := r.store.Objects(ctx, org, parcel.DispatchSort, parcel.Waiting)
	if err != nil {
		return 0, err
	}
	for _, x := range waiting {
		var d parcel.Dispatch
		err := x.Value(&d)
		if err == nil && r.away(ctx, org, d.Community) {
			continue // it goes with the next Sync
		}
		if err == nil {
			err = r.deliver(ctx, org, d)
		}
		if err == nil {
			d.Delivered = r.today()
			x.Parent = parcel.Delivered
			err = r.store.Act(ctx, org, nobody, func(w *store.Writing) error { return w.PutValue("delivered", &x, d) })
		}
		if err == nil {
			passed++
		} else if first == nil {
			first = err
		}
	}
	return passed, first
}

// away says whether an organisation reaches a community's hub over a link.
func (r *Relay) away(ctx context.Context, org party.OrgID, id parcel.CommunityID) bool {
	_, err := r.store.Object(ctx, org, parcel.LinkSort, string(id))
	return err == nil
}

// deliver lays a member's parcel on the shelf of a hub that is in the same store.
func (r *Relay) deliver(ctx context.Context, org party.OrgID, d parcel.Dispatch) error {
	c, err := r.circles.Kept(ctx, d.Hub, d.Community)
	if err != nil {
		return err
	}
	if err := r.remember(ctx, circle{d.Hub, d.Community}, org, d.Sender); err != nil {
		return err
	}
	bodies := map[string][]byte{}
	for _, f := range d.Forms {
		x, err := r.store.Object(ctx, org, store.Original, f.Kept)
		if err != nil {
			return err
		}
		if sum := sha256.Sum256(x.Body); hex.EncodeToString(sum[:]) != f.Sum {
			return fault.New(fault.Damaged, "store.damaged")
		}
		bodies[f.Name] = x.Body
	}
	objects, err := stix.Split(bodies["stix"], mostObjects)
	if err != nil {
		return err
	}
	return r.pass(ctx, c, passing{
		Delivery: Delivery{
			Parcel: d.Parcel, Sender: org, To: d.To, Label: d.Label, Letter: d.Letter, Facts: d.Facts, First: d.First, At: r.today(),
		},
		objects: objects, forms: d.Forms, bodies: bodies,
	})
}

// A passing is a parcel a hub is about to pass on.
type passing struct {
	Delivery
	objects []json.RawMessage
	forms   []parcel.Form
	bodies  map[string][]byte
}

// pass lays a parcel's objects on the shelf of their audience, under the hub's seal, in one
// act. A parcel that was passed on before is left as it is.
func (r *Relay) pass(ctx context.Context, c parcel.Community, p passing) error {
	at := circle{c.Hub.Org, c.ID}
	p.Hub, p.Community, p.State = at.hub, at.id, Standing
	if _, err := r.delivery(ctx, at.hub, p.Parcel); fault.KindOf(err) != fault.NotFound {
		return err
	}
	places, err := r.furnish(ctx, c)
	if err != nil {
		return err
	}
	to, group := shelfOf(p.To)
	k := slices.IndexFunc(places, func(x place) bool { return x.For == to && x.Group == group })
	if k < 0 {
		return fault.New(fault.Conflict, "relay.no-audience")
	}
	p.Collection = places[k].ID
	s, err := r.signer(ctx, at.hub, at.id)
	if err != nil {
		return err
	}
	objects, err := parse(p.objects)
	if err != nil {
		return err
	}
	seal, err := r.seal(s, p.Delivery, objects, r.today())
	if err != nil {
		return err
	}
	return r.onShelf(ctx, c, nobody, p.Collection, p.Parcel, func(l *laying) error {
		base := audience{To: p.To}
		base.To.Except = append(slices.Clone(p.To.Except), p.Sender)
		a, err := l.number(base)
		if err != nil {
			return err
		}
		p.Audience, p.Readers = a.ID, readers(c, l.all, a)
		if err := l.lay(objects, a); err != nil {
			return err
		}
		if err := l.lay(seal, a); err != nil {
			return err
		}
		if err := l.keepForms(&p.Delivery, p.forms, p.bodies); err != nil {
			return err
		}
		p.Added = l.added
		x := store.Object{Sort: sortDelivery, ID: string(p.Parcel), Parent: string(at.id), Lookup: string(p.Parcel)}
		return l.w.PutValue("passed-on", &x, p.Delivery)
	})
}

// onShelf does something with one shelf of a community in one act of its hub. Nobody else
// lays anything meanwhile: two at once would number the same audience twice.
func (r *Relay) onShelf(ctx context.Context, c parcel.Community, by string, on parcel.CollectionID, of parcel.ID, do func(*laying) error) error {
	at := circle{c.Hub.Org, c.ID}
	r.laying.Lock()
	defer r.laying.Unlock()
	all, err := r.known(ctx, at)
	if err != nil {
		return err
	}
	defer r.forget(at)
	return r.store.Act(ctx, at.hub, by, func(w *store.Writing) error {
		return do(&laying{Relay: r, w: w, c: c, at: at, on: on, of: of, all: all})
	})
}

// keepForms keeps the renderings of a delivery, each under the hash of its bytes.
func (l *laying) keepForms(d *Delivery, forms []parcel.Form, bodies map[string][]byte) error {
	for _, f := range forms {
		x := store.Object{Sort: store.Original, ID: string(d.Parcel) + "." + f.Name + "." + strconv.FormatInt(d.version, 10), Parent: string(d.Parcel), Body: bodies[f.Name]}
		if err := l.w.Put(&x, "delivered"); err != nil {
			return err
		}
		f.Kept = x.ID
		d.Forms = append(d.Forms, f)
	}
	return nil
}

func parse(raw []json.RawMessage) ([]parcel.Object, error) {
	out := make([]parcel.Object, len(raw))
	for k, one := range raw {
		o, err := stix.Object(one)
		if err != nil {
			return nil, err
		}
		out[k] = o
	}
	return out, nil
}

// A laying puts objects on one shelf in one act.
type laying struct {
	*Relay
	w   *store.Writing
	c   parcel.Community
	at  circle
	on  parcel.CollectionID
	of  parcel.ID
	all []audience

	added []time.Time // the entries that were laid, or were there
}

func (l *laying) number(a audience) (audience, error) {
	out, all, err := l.Relay.number(l.w, l.at, l.all, a)
	l.all = all
	return out, err
}

// lay adds objects for an audience. One that is there already is not added again for those
// who can read it; others get it as an entry of their own, later on the shelf than what they
// have read, so that each reader meets it exactly once.
func (l *laying) lay(objects []parcel.Object, a audience) error {
	ids := make([]string, len(objects))
	for k, o := range objects {
		ids[k] = o.ID
	}
	held, err := l.w.Holding(l.on, ids)
	if err != nil {
		return err
	}
	public, err := l.number(audience{Public: true})
	if err != nil {
		return err
	}
	var in []store.Addressed
	for _, o := range objects {
		to := a
		if o.Type == "marking-definition" && stix.IsDefinition(o.ID) || o.Type == "extension-definition" {
			to = public
		}
		var there []parcel.AudienceID
		for _, h := range held {
			if h.ID == o.ID && h.Instant == o.Instant && h.Sum == o.Sum {
				there = append(there, h.Audience)
				in = append(in, store.Addressed{Object: o, Audience: h.Audience}) // one more parcel it came with
			}
		}
		if len(there) > 0 {
			rest := to
			rest.Not = slices.Concat(to.Not, there)
			if len(readers(l.c, append(slices.Clone(l.all), rest), withID(rest, l.all))) == 0 {
				continue
			}
			if to, err = l.number(rest); err != nil {
				return err
			}
		}
		in = append(in, store.Addressed{Object: o, Audience: to.ID})
	}
	done, err := l.w.Shelve(l.on, l.of, in)
	for _, o := range done {
		l.added = append(l.added, o.Added)
	}
	return err
}

// withID gives an audience a number above all there are, as it would have when kept.
func withID(a audience, all []audience) audience {
	a.ID = 1
	for _, k := range all {
		a.ID = max(a.ID, k.ID+1)
	}
	return a
}

// delivery gives a parcel a hub has passed on.
func (r *Relay) delivery(ctx context.Context, hub party.OrgID, id parcel.ID) (Delivery, error) {
	x, err := r.store.Object(ctx, hub, sortDelivery, string(id))
	if err != nil {
		return Delivery{}, err
	}
	return deliveryOf(x, hub)
}

// told gives the last recall an organisation was told of; nil if there is none.
func (d Delivery) told(org party.OrgID) *Recalled {
	if d.Recalled != nil && slices.Contains(d.Recalled.Losers, org) {
		return d.Recalled
	}
	for k := len(d.Earlier) - 1; k >= 0; k-- {
		if slices.Contains(d.Earlier[k].Losers, org) {
			return &d.Earlier[k]
		}
	}
	return nil
}

func deliveryOf(x store.Object, hub party.OrgID) (Delivery, error) {
	var d Delivery
	if err := x.Value(&d); err != nil {
		return d, err
	}
	d.Parcel, d.Community, d.Hub, d.version = parcel.ID(x.ID), parcel.CommunityID(x.Parent), hub, x.Version
	return d, nil
}

// keep writes what has become of a delivery.
func (d *Delivery) keep(w *store.Writing, verb string) error {
	x := store.Object{Sort: sortDelivery, ID: string(d.Parcel), Parent: string(d.Community), Lookup: string(d.Parcel), Version: d.version}
	if err := w.PutValue(verb, &x, d); err != nil {
		return err
	}
	d.version = x.Version
	return nil
}

// forms renders a parcel that came without renderings, and one whose label changed.
func (r *Relay) forms(s parcel.Sheet, objects []json.RawMessage) ([]parcel.Form, map[string][]byte, error) {
	bodies := map[string][]byte{"csv": s.CSV(), "list": s.List()}
	var err error
	if bodies["stix"], err = r.bundle(objects); err != nil {
		return nil, nil, err
	}
	if bodies["sheet"], err = json.Marshal(s); err != nil {
		return nil, nil, fault.Wrap(err, fault.Internal, "exchange.encode")
	}
	var out []parcel.Form
	for _, f := range []parcel.Form{
		{Name: "sheet", Media: "application/json"}, {Name: "stix", Media: stix.MediaType},
		{Name: "csv", Media: "text/csv; charset=utf-8"}, {Name: "list", Media: "text/plain; charset=utf-8"},
	} {
		if len(bodies[f.Name]) == 0 { // there is no value in it to look for
			continue
		}
		sum := sha256.Sum256(bodies[f.Name])
		f.Sum = hex.EncodeToString(sum[:])
		out = append(out, f)
	}
	return out, bodies, nil
}
