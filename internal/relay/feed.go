package relay

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/stix"
	"github.com/wakachi/wakachi/internal/store"
)

// A Follower reaches TAXII servers that need not be wakachi. Package app makes one of TAXII.
type Follower interface {
	// Offers lists the collections that may be read.
	Offers(ctx context.Context, f parcel.Feed, secret string) ([]parcel.Collection, error)

	// Follow reads on from f.Cursor. took is called with each page and the cursor behind it; if it fails, so
	// does Follow.
	Follow(ctx context.Context, f parcel.Feed, secret string, took func([]json.RawMessage, json.RawMessage) error) error
}

const (
	sortFeed     store.Sort = "feed"
	sortFeedPage store.Sort = "feed-page"
)

// Bounds of what an organisation follows.
const (
	maxFeeds    = 50
	maxArrivals = 2000 // of one feed; then somebody has to look
	maxRecent   = 2000
	maxFeedName = 300 // characters
)

// Offers lists what a server lets the organisation read, before it is followed.
func (r *Relay) Offers(ctx context.Context, a party.Actor, via Follower, f parcel.Feed, secret string) ([]parcel.Collection, error) {
	if err := allow(a, party.Administer); err != nil {
		return nil, err
	}
	all, err := via.Offers(ctx, f, secret)
	return slices.DeleteFunc(all, func(c parcel.Collection) bool { return !c.CanRead }), err
}

// Subscribe follows a collection from its beginning. The secret is kept and never shown.
//
// Errors: those of the way to the server, with nothing kept; fault.NotFound for a collection it does not offer.
func (r *Relay) Subscribe(ctx context.Context, a party.Actor, via Follower, f parcel.Feed, secret string) (parcel.Feed, error) {
	offered, err := r.Offers(ctx, a, via, f, secret)
	if err != nil {
		return f, err
	}
	if !slices.ContainsFunc(offered, func(c parcel.Collection) bool { return c.ID == f.Collection }) {
		return f, fault.New(fault.NotFound, "relay.feed-collection")
	}
	if f.Name = strings.TrimSpace(f.Name); f.Name == "" || utf8.RuneCountInString(f.Name) > maxFeedName {
		return f, fault.New(fault.Invalid, "relay.feed-name")
	}
	had, err := r.store.AllObjects(ctx, a.Org, sortFeed)
	if err != nil {
		return f, err
	}
	if len(had) >= maxFeeds {
		return f, fault.New(fault.TooLarge, "relay.feeds")
	}
	f = parcel.Feed{Name: f.Name, URL: f.URL, User: f.User, Collection: f.Collection}
	x := store.Object{Sort: sortFeed}
	err = r.store.Act(ctx, a.Org, string(a.Account), func(w *store.Writing) error {
		if err := w.PutValue("followed", &x, f); err != nil {
			return err
		}
		return w.PutValue("made", &store.Object{Sort: store.Credential, ID: "feed." + x.ID}, secret)
	})
	f.ID, f.Version, f.At = x.ID, x.Version, x.At
	return f, err
}

// Feeds lists what an organisation follows, and followed.
func (r *Relay) Feeds(ctx context.Context, a party.Actor) ([]parcel.Feed, error) {
	if err := allow(a, party.Read); err != nil {
		return nil, err
	}
	return r.feeds(ctx, a.Org)
}

func (r *Relay) feeds(ctx context.Context, org party.OrgID) ([]parcel.Feed, error) {
	all, err := r.store.AllObjects(ctx, org, sortFeed)
	out := make([]parcel.Feed, len(all))
	for k, x := range all {
		if err := x.Value(&out[k]); err != nil {
			return nil, err
		}
		out[k].ID, out[k].Version, out[k].At = x.ID, x.Version, x.At
	}
	return out, err
}

// Unsubscribe ends following. What came stays.
func (r *Relay) Unsubscribe(ctx context.Context, a party.Actor, id string) error {
	if err := allow(a, party.Administer); err != nil {
		return err
	}
	x, err := r.store.Object(ctx, a.Org, sortFeed, id)
	if err != nil {
		return err
	}
	var f parcel.Feed
	if err := x.Value(&f); err != nil {
		return err
	}
	f.Ended, f.Trouble = true, ""
	return r.store.Act(ctx, a.Org, string(a.Account), func(w *store.Writing) error { return w.PutValue("ended", &x, f) })
}

// FollowAll reads on what an organisation follows. A server that cannot be reached does not keep the others; its
// feed says so until it is. With nothing new, nothing is written.
func (r *Relay) FollowAll(ctx context.Context, org party.OrgID, via Follower) error {
	all, err := r.feeds(ctx, org)
	if err != nil {
		return err
	}
	var first error
	for _, f := range all {
		if f.Ended {
			continue
		}
		err := r.follow(ctx, org, via, f)
		if err != nil && first == nil {
			first = err
		}
	}
	return first
}

func (r *Relay) follow(ctx context.Context, org party.OrgID, via Follower, f parcel.Feed) error {
	s, err := r.store.Object(ctx, org, store.Credential, "feed."+f.ID)
	if err != nil {
		return err
	}
	var secret string
	if err := s.Value(&secret); err != nil {
		return err
	}
	if f.Arrived >= maxArrivals {
		return r.troubled(ctx, org, &f, fault.New(fault.TooLarge, "relay.feed-full"))
	}
	err = via.Follow(ctx, f, secret, func(objects []json.RawMessage, cursor json.RawMessage) error {
		if f.Arrived >= maxArrivals {
			return fault.New(fault.TooLarge, "relay.feed-full")
		}
		return r.arrived(ctx, org, &f, objects, cursor)
	})
	return r.troubled(ctx, org, &f, err)
}

// troubled keeps what kept a feed from being read, and that nothing does any more.
func (r *Relay) troubled(ctx context.Context, org party.OrgID, f *parcel.Feed, err error) error {
	code := ""
	if err != nil {
		code, _, _ = strings.Cut(err.Error(), ":")
	}
	if ctx.Err() != nil || f.Trouble == code {
		return err
	}
	f.Trouble = code
	if kept := r.keepFeed(ctx, org, f, nil); kept != nil && err == nil {
		return kept
	}
	return err
}

// arrived keeps a page, and how far the feed was read with it.
func (r *Relay) arrived(ctx context.Context, org party.OrgID, f *parcel.Feed, objects []json.RawMessage, cursor json.RawMessage) error {
	var fresh []json.RawMessage
	var keys []string
	for _, raw := range objects {
		sum := sha256.Sum256(raw)
		key := hex.EncodeToString(sum[:8])
		if !slices.Contains(f.Recent, key) && !slices.Contains(keys, key) {
			fresh, keys = append(fresh, raw), append(keys, key)
		}
	}
	if len(fresh) == 0 && bytes.Equal(f.Cursor, cursor) {
		return nil // a reader goes back a little each time, lest something be missed
	}
	f.Cursor, f.Recent = cursor, append(f.Recent, keys...)
	f.Recent = f.Recent[max(0, len(f.Recent)-maxRecent):]
	if len(fresh) == 0 {
		return r.keepFeed(ctx, org, f, nil)
	}
	in, err := stix.Read(fresh, r.today())
	if err != nil {
		return err
	}
	body, err := json.Marshal(fresh)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "store.internal")
	}
	id, err := r.uuid()
	if err != nil {
		return err
	}
	f.Arrived++
	x := parcel.Arrival{Feed: f.ID, Name: f.Name, Objects: len(fresh), Lines: len(in.Sheet.Lines), Label: in.Sheet.Label}
	return r.keepFeed(ctx, org, f, func(w *store.Writing) error {
		if err := w.PutValue("came", &store.Object{Sort: sortFeedPage, ID: "arrival-" + id, Parent: f.ID}, x); err != nil {
			return err
		}
		return w.Put(&store.Object{Sort: store.Original, ID: "arrival-" + id, Parent: f.ID, Body: body}, "came")
	})
}

// keepFeed keeps a feed as it is now, with what else belongs to that.
func (r *Relay) keepFeed(ctx context.Context, org party.OrgID, f *parcel.Feed, also func(*store.Writing) error) error {
	on := store.Object{Sort: sortFeed, ID: f.ID, Version: f.Version}
	err := r.store.Act(ctx, org, nobody, func(w *store.Writing) error {
		if also != nil {
			if err := also(w); err != nil {
				return err
			}
		}
		return w.PutValue("read", &on, *f)
	})
	if err == nil {
		f.Version = on.Version
	}
	return err
}

// Arrivals lists what came from feeds, the newest first.
func (r *Relay) Arrivals(ctx context.Context, a party.Actor) ([]parcel.Arrival, error) {
	if err := allow(a, party.Read); err != nil {
		return nil, err
	}
	all, err := r.store.AllObjects(ctx, a.Org, sortFeedPage)
	if err != nil {
		return nil, err
	}
	out := make([]parcel.Arrival, len(all))
	for k, x := range all {
		at := &out[len(all)-1-k]
		if err := x.Value(at); err != nil {
			return nil, err
		}
		at.ID, at.At = x.ID, x.At
	}
	return out, nil
}

// Arrival puts what came into the form people read.
func (r *Relay) Arrival(ctx context.Context, a party.Actor, id string) (parcel.Sheet, error) {
	if err := allow(a, party.Read); err != nil {
		return parcel.Sheet{}, err
	}
	x, err := r.store.Object(ctx, a.Org, store.Original, id)
	if err != nil {
		return parcel.Sheet{}, err
	}
	if !strings.HasPrefix(id, "arrival-") {
		return parcel.Sheet{}, notFound()
	}
	var objects []json.RawMessage
	if err := json.Unmarshal(x.Body, &objects); err != nil {
		return parcel.Sheet{}, fault.Wrap(err, fault.Damaged, "store.damaged")
	}
	in, err := stix.Read(objects, r.today())
	return in.Sheet, err
}

// Following lists the organisations that follow somebody.
func (r *Relay) Following(ctx context.Context) ([]party.OrgID, error) {
	all, err := r.store.Organisations(ctx)
	if err != nil {
		return nil, err
	}
	var out []party.OrgID
	for _, org := range all {
		feeds, err := r.feeds(ctx, org)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(feeds, func(f parcel.Feed) bool { return !f.Ended }) {
			out = append(out, org)
		}
	}
	return out, nil
}
