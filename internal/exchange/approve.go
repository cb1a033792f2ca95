package exchange

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/stix"
	"github.com/wakachi/wakachi/internal/store"
)

// Releases lists an incident's releases, the newest first.
func (o *Office) Releases(ctx context.Context, a party.Actor, id incident.ID) ([]Release, error) {
	if err := allow(a, party.Read); err != nil {
		return nil, err
	}
	if _, err := o.store.Incident(ctx, a.Org, id); err != nil {
		return nil, err
	}
	all, err := o.store.Objects(ctx, a.Org, sortRelease, string(id))
	if err != nil {
		return nil, err
	}
	out := make([]Release, len(all))
	for k, x := range all {
		if out[k], err = releaseOf(x); err != nil {
			return nil, err
		}
	}
	slices.Reverse(out)
	return out, nil
}

// Release gives one release of the actor's organisation, or of one that named the actor its
// deputy: then without what is for inside.
func (o *Office) Release(ctx context.Context, a party.Actor, id ReleaseID) (Release, error) {
	if err := allow(a, party.Read); err != nil {
		return Release{}, err
	}
	org, err := o.reached(ctx, a, id)
	if err != nil {
		return Release{}, err
	}
	return o.release(ctx, org, id)
}

func (o *Office) release(ctx context.Context, org party.OrgID, id ReleaseID) (Release, error) {
	x, err := o.store.Object(ctx, org, sortRelease, string(id))
	if err != nil {
		return Release{}, err
	}
	return releaseOf(x)
}

func releaseOf(x store.Object) (Release, error) {
	var r Release
	if err := x.Value(&r); err != nil {
		return r, err
	}
	r.ID, r.Version = ReleaseID(x.ID), x.Version
	return r, nil
}

// Rendered gives the bytes of one rendering, and refuses bytes that are not those that were
// hashed: fault.Damaged.
func (o *Office) Rendered(ctx context.Context, a party.Actor, id ReleaseID, name string) (Rendering, []byte, error) {
	if err := allow(a, party.Read); err != nil {
		return Rendering{}, nil, err
	}
	org, err := o.reached(ctx, a, id)
	if err != nil {
		return Rendering{}, nil, err
	}
	r, err := o.release(ctx, org, id)
	if err != nil {
		return Rendering{}, nil, err
	}
	return o.rendered(ctx, org, r, name)
}

func (o *Office) rendered(ctx context.Context, org party.OrgID, r Release, name string) (Rendering, []byte, error) {
	at := slices.IndexFunc(r.Renderings, func(x Rendering) bool { return x.Name == name })
	if at < 0 {
		return Rendering{}, nil, fault.New(fault.NotFound, "store.not-found")
	}
	x, err := o.store.Object(ctx, org, store.Original, string(r.ID)+"."+name)
	if err != nil {
		return Rendering{}, nil, err
	}
	if sum := sha256.Sum256(x.Body); hex.EncodeToString(sum[:]) != r.Renderings[at].Sum {
		return Rendering{}, nil, fault.New(fault.Damaged, "store.damaged")
	}
	return r.Renderings[at], x.Body, nil
}

// Sheet gives the form people read.
func (o *Office) Sheet(ctx context.Context, a party.Actor, id ReleaseID) (parcel.Sheet, error) {
	var s parcel.Sheet
	_, body, err := o.Rendered(ctx, a, id, "sheet")
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal(body, &s); err != nil {
		return s, fault.Wrap(err, fault.Damaged, "store.damaged")
	}
	return s, nil
}

// Stays gives what a release does not contain, and why. It is for inside: a deputy sees what
// leaves and not what stays.
func (o *Office) Stays(ctx context.Context, a party.Actor, id ReleaseID) ([]Withheld, error) {
	if err := allow(a, party.Read); err != nil {
		return nil, err
	}
	if _, err := o.release(ctx, a.Org, id); err != nil {
		return nil, err
	}
	x, err := o.store.Object(ctx, a.Org, store.Original, string(id)+"."+WithheldName)
	if err != nil {
		return nil, err
	}
	var out []Withheld
	if err := json.Unmarshal(x.Body, &out); err != nil {
		return nil, fault.Wrap(err, fault.Damaged, "store.damaged")
	}
	return out, nil
}

// changedSince is why what was looked at may not leave any more.
const changedSince = "exchange.changed-since"

// Approve is the second person's yes to exactly the bytes that were rendered. The release
// leaves when the undo window closes. version is the one that was looked at.
//
// Errors: fault.Forbidden for the person who composed it, by whatever key; fault.Conflict
// if an item, the profile or the audience has changed since.
func (o *Office) Approve(ctx context.Context, a party.Actor, id ReleaseID, version int64) (Release, error) {
	return o.judge(ctx, a, id, version, "approved", func(org party.OrgID, r *Release, now time.Time) error {
		if err := o.unchanged(ctx, org, *r); err != nil {
			return err
		}
		r.State, r.LeavesAt = Approved, now.Add(UndoWindow)
		return nil
	})
}

// SendBack is the second person's no, with the reason.
func (o *Office) SendBack(ctx context.Context, a party.Actor, id ReleaseID, version int64, why string) (Release, error) {
	if strings.TrimSpace(why) == "" || len(why) > maxSentence {
		return Release{}, fault.New(fault.Invalid, "exchange.why")
	}
	return o.judge(ctx, a, id, version, "sent-back", func(_ party.OrgID, r *Release, _ time.Time) error {
		r.State, r.Why = SentBack, why
		return nil
	})
}

func (o *Office) judge(ctx context.Context, a party.Actor, id ReleaseID, version int64, verb string, do func(party.OrgID, *Release, time.Time) error) (Release, error) {
	if err := allow(a, party.Approve); err != nil {
		return Release{}, err
	}
	org, err := o.reached(ctx, a, id)
	if err != nil {
		return Release{}, err
	}
	r, err := o.release(ctx, org, id)
	if err != nil {
		return Release{}, err
	}
	switch {
	case r.ComposedBy == a.Account:
		return Release{}, fault.New(fault.Forbidden, "exchange.two-people")
	case r.State != Composed || r.Version != version:
		return Release{}, fault.New(fault.Conflict, "exchange.moved", string(r.State))
	}
	now := o.now().UTC().Truncate(time.Second)
	if err := do(org, &r, now); err != nil {
		return Release{}, err
	}
	r.JudgedBy, r.JudgedAt = a.Account, now
	return o.keep(ctx, org, a.Account, r, verb)
}

// unchanged says whether everything the release was made of is as it was.
func (o *Office) unchanged(ctx context.Context, org party.OrgID, r Release) error {
	stale := fault.New(fault.Conflict, changedSince)
	_, version, err := o.guard(ctx, org, r.Incident)
	if err != nil {
		return err
	}
	if version != r.Profile {
		return stale
	}
	now := map[incident.ItemID]int64{}
	items, err := o.store.Items(ctx, org, r.Incident)
	if err != nil {
		return err
	}
	for _, i := range items {
		now[i.ID] = i.Version
	}
	for _, b := range r.Basis {
		if now[b.Item] != b.Version {
			return stale
		}
	}
	c, err := o.community(ctx, org, r.To.Community)
	if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			return stale // the hub has let the sender go
		}
		return err
	}
	to := c.Recipients(r.To, org)
	if sumOf(to) != r.Audience || !slices.Equal(c.Shown(to, org), r.Recipients) || !c.Handles(r.Label) {
		return stale
	}
	if until := r.Letter.Until; !until.IsZero() && !until.After(o.now()) {
		return stale
	}
	return nil
}

// Withdraw takes a release back before it has left: the composer's, and anybody's who may
// compose or approve.
func (o *Office) Withdraw(ctx context.Context, a party.Actor, id ReleaseID, why string) (Release, error) {
	if !a.May(party.Approve) {
		if err := allow(a, party.Compose); err != nil {
			return Release{}, err
		}
	}
	r, err := o.release(ctx, a.Org, id)
	if err != nil {
		return Release{}, err
	}
	if r.State != Composed && r.State != Approved || len(why) > maxSentence {
		return Release{}, fault.New(fault.Conflict, "exchange.moved", string(r.State))
	}
	r.State, r.Why, r.LeavesAt = Withdrawn, why, time.Time{}
	return o.keep(ctx, a.Org, a.Account, r, "withdrawn")
}

func (o *Office) keep(ctx context.Context, org party.OrgID, by party.AccountID, r Release, verb string) (Release, error) {
	x := store.Object{Sort: sortRelease, ID: string(r.ID), Parent: string(r.Incident), Lookup: string(r.ID), Version: r.Version}
	if err := o.store.Act(ctx, org, string(by), func(w *store.Writing) error { return w.PutValue(verb, &x, r) }); err != nil {
		return Release{}, err
	}
	r.Version = x.Version
	o.remember(org, r)
	return r, nil
}

// remember notes that a release is under way, and when it is to leave.
func (o *Office) remember(org party.OrgID, r Release) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.open == nil {
		o.open = map[pending]time.Time{}
	}
	if r.State == Composed || r.State == Approved {
		o.open[pending{org, r.ID}] = r.LeavesAt
	} else {
		delete(o.open, pending{org, r.ID})
	}
}

// Resume finds the releases of all organisations that are under way. It is called once,
// before the Office is used.
func (o *Office) Resume(ctx context.Context) error {
	orgs, err := o.store.Organisations(ctx)
	if err != nil {
		return err
	}
	for _, org := range orgs {
		all, err := o.store.AllObjects(ctx, org, sortRelease)
		if err != nil {
			return err
		}
		for _, x := range all {
			r, err := releaseOf(x)
			if err != nil {
				return err
			}
			o.remember(org, r)
		}
	}
	return nil
}

// Settle seals the releases whose undo window has closed, and gives how many. One that
// cannot be sealed does not keep the others; the first error is given.
func (o *Office) Settle(ctx context.Context) (sealed int, first error) {
	now := o.now()
	o.mu.Lock()
	var ready []pending
	for d, at := range o.open {
		if !at.IsZero() && !at.After(now) {
			ready = append(ready, d)
		}
	}
	o.mu.Unlock()
	for _, d := range ready {
		left, err := o.seal(ctx, d)
		if first == nil {
			first = err
		}
		if left {
			sealed++
		}
	}
	return sealed, first
}

// seal makes the parcel and says that it has left, in one act. Its body is the bytes that
// were approved. If what they were made of has changed in the undo window it is taken back:
// a name that was added to the profile, an item that was dropped, a member who was let go.
func (o *Office) seal(ctx context.Context, d pending) (left bool, err error) {
	r, err := o.release(ctx, d.org, d.id)
	if err != nil {
		return false, err
	}
	if r.State != Approved {
		o.remember(d.org, r)
		return false, nil
	}
	if err := o.unchanged(ctx, d.org, r); err != nil {
		if fault.KindOf(err) != fault.Conflict {
			return false, err
		}
		r.State, r.Why, r.LeavesAt = Withdrawn, changedSince, time.Time{}
		_, err = o.keep(ctx, d.org, nobody, r, "withdrawn")
		return false, err
	}
	_, body, err := o.rendered(ctx, d.org, r, "stix")
	if err != nil {
		return false, err
	}
	name, err := o.drawn("parcel")
	if err != nil {
		return false, err
	}
	id, now := parcel.ID(name), o.now().UTC().Truncate(time.Second)
	r.State, r.LeftAt, r.Parcel = Sealed, now, id
	dispatch, err := o.dispatch(ctx, d.org, r)
	if err != nil {
		return false, err
	}
	x := store.Object{Sort: sortRelease, ID: string(r.ID), Parent: string(r.Incident), Lookup: string(r.ID), Version: r.Version}
	err = o.store.Act(ctx, d.org, string(r.JudgedBy), func(w *store.Writing) error {
		p := parcel.Seal(id, stix.MediaType, body, r.Label, r.To.Reach, r.Sender, now)
		if err := w.SealParcel(r.Incident, p); err != nil {
			return err
		}
		on := store.Object{Sort: parcel.DispatchSort, ID: string(id), Parent: parcel.Waiting}
		if err := w.PutValue("sent", &on, dispatch); err != nil {
			return err
		}
		return w.PutValue("sealed", &x, r)
	})
	if err == nil {
		o.remember(d.org, r)
	}
	return err == nil, err
}

// dispatch tells the hub what to pass on, and to whom.
func (o *Office) dispatch(ctx context.Context, org party.OrgID, r Release) (parcel.Dispatch, error) {
	c, err := o.community(ctx, org, r.To.Community)
	if err != nil {
		return parcel.Dispatch{}, err
	}
	d := parcel.Dispatch{
		Parcel: r.Parcel, Community: c.ID, Hub: c.Hub.Org, To: r.To, Label: r.Label, Letter: r.Letter, Sender: r.Sender,
		Facts: r.Facts, Sealed: r.LeftAt,
	}
	for _, f := range r.Renderings {
		d.Forms = append(d.Forms, parcel.Form{Name: f.Name, Media: f.Media, Kept: string(r.ID) + "." + f.Name, Sum: f.Sum})
	}
	_, body, err := o.rendered(ctx, org, r, "sheet")
	if err != nil {
		return d, err
	}
	var s parcel.Sheet
	if err := json.Unmarshal(body, &s); err != nil {
		return d, fault.Wrap(err, fault.Damaged, "store.damaged")
	}
	d.First = s.Earliest()
	return d, nil
}

// nobody is who acts when no person does.
const nobody party.AccountID = "local"

// drawn makes a random name.
func (o *Office) drawn(word string) (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(o.random, b[:]); err != nil {
		return "", fault.Wrap(err, fault.Internal, "exchange.encode")
	}
	return word + "-" + hex.EncodeToString(b[:]), nil
}

// Waiting lists what waits for somebody's approval: of all the organisation's incidents, and
// of organisations that named the actor their deputy; the oldest first.
func (o *Office) Waiting(ctx context.Context, a party.Actor) ([]Release, error) {
	if err := allow(a, party.Read); err != nil {
		return nil, err
	}
	o.mu.Lock()
	all := slices.Collect(maps.Keys(o.open))
	o.mu.Unlock()
	var out []Release
	deputy := map[party.OrgID]bool{a.Org: true}
	for _, p := range all {
		if _, asked := deputy[p.org]; !asked {
			deputy[p.org] = o.isDeputy(ctx, p.org, a)
		}
		if !deputy[p.org] {
			continue
		}
		r, err := o.release(ctx, p.org, p.id)
		if err != nil {
			return nil, err
		}
		if r.State == Composed || r.State == Approved {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b Release) int { return a.ComposedAt.Compare(b.ComposedAt) })
	return out, nil
}
