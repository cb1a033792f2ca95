package wakatest

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"time"

	"github.com/wakachi/wakachi/internal/account"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/relay"
)

// A Line is a courier between Houses: it speaks to a hub's services without a network. Cut it
// and nobody is reached.
type Line struct {
	Hubs map[string]*House // by the address under which a link knows them
	Cut  bool
	Page int // objects a page; 0: as many as the hub gives
}

func (l *Line) hub(ctx context.Context, at parcel.Link, token string) (*House, party.Actor, error) {
	h := l.Hubs[at.URL]
	if l.Cut || h == nil {
		return nil, party.Actor{}, fault.New(fault.Unavailable, "store.stopped")
	}
	a, err := h.Accounts.ByToken(ctx, token)
	return h, a, err
}

// Circle asks the hub.
func (l *Line) Circle(ctx context.Context, at parcel.Link, token string) (parcel.Circle, error) {
	var c parcel.Circle
	h, a, err := l.hub(ctx, at, token)
	if err != nil {
		return c, err
	}
	told, err := h.Relay.Circle(ctx, a, at.Circle.Community)
	if err != nil {
		return c, err
	}
	body, err := json.Marshal(told) // as it would be over a wire
	if err != nil {
		return c, err
	}
	return c, json.Unmarshal(body, &c)
}

// Register tells the hub.
func (l *Line) Register(ctx context.Context, at parcel.Link, token, key string, as party.Pseudonym) error {
	h, a, err := l.hub(ctx, at, token)
	if err != nil {
		return err
	}
	return h.Relay.Register(ctx, a, at.Circle.As.Hub.Org, at.Circle.Community, key, as)
}

// Carry brings objects to the hub's inbox.
func (l *Line) Carry(ctx context.Context, at parcel.Link, token string, objects []json.RawMessage) (parcel.Status, error) {
	h, a, err := l.hub(ctx, at, token)
	if err != nil {
		return parcel.Status{}, err
	}
	return h.Relay.Add(ctx, a, at.Circle.Inbox, objects)
}

// Fetch reads a shelf of the hub.
func (l *Line) Fetch(ctx context.Context, at parcel.Link, token string, shelf parcel.CollectionID, after time.Time, took func([]json.RawMessage, time.Time) error) error {
	h, a, err := l.hub(ctx, at, token)
	if err != nil {
		return err
	}
	q := parcel.Query{After: after, Limit: l.Page, Versions: parcel.Versions{All: true}, Via: "taxii"}
	for {
		page, err := h.Relay.Page(ctx, a, shelf, q)
		if err != nil {
			return err
		}
		var objects []json.RawMessage
		for _, e := range page.Entries {
			objects = append(objects, e.Raw)
		}
		if len(objects) > 0 {
			if err := took(objects, page.Next); err != nil {
				return err
			}
		}
		if !page.More {
			return nil
		}
		q.After = page.Next
	}
}

// Invite lets an organisation elsewhere take part in this House's circle, and gives the token
// its wakachi uses: an account of its own at the hub, that reads, writes and registers.
func (h *House) Invite(name string) (token string) {
	h.t.Helper()
	ctx := h.t.Context()
	a, err := h.Accounts.Found(ctx, name, account.Account{Login: name + "-node", Name: name, Hats: []party.Hat{party.Security, party.Administrator}}, Password)
	a = must(h, "found", a, err)
	h.SetCommunity(func(c *parcel.Community) {
		c.Members = append(c.Members, parcel.Member{Org: a.Org, Name: name})
	})
	if err := h.Office.Join(ctx, a, h.Org("hub"), h.Community); err != nil {
		h.t.Fatalf("join: %v", err)
	}
	token, _, err = h.Accounts.MakeToken(ctx, a, account.Token{
		Name: "node", Scope: []party.Right{party.Read, party.Write, party.Administer}, Until: h.Now().AddDate(0, 6, 0),
	})
	return must(h, "token", token, err)
}

// Link connects one of this House's organisations to a hub elsewhere.
func (h *House) Link(org string, l *Line, url string, hub *House, token string) {
	h.t.Helper()
	got, err := h.Relay.Link(h.t.Context(), h.As(org+"-security").Actor, l, url, token, hub.Community)
	must(h, "link", got, err)
}

// Sync goes to all hubs of an organisation.
func (h *House) Sync(org string, l *Line) relay.Sync {
	h.t.Helper()
	did, err := h.Relay.Sync(h.t.Context(), h.Org(org), l)
	return must(h, "sync", did, err)
}

// Backup copies the data as it is now, and gives where to.
func (h *House) Backup() string {
	h.t.Helper()
	h.Store.Close() // what a copy needs to be whole
	to := filepath.Join(h.t.TempDir(), "backup")
	if err := os.CopyFS(to, os.DirFS(h.Dir)); err != nil {
		h.t.Fatalf("backup: %v", err)
	}
	h.open()
	return to
}

// Restore goes back to a backup. Time goes on.
func (h *House) Restore(from string) {
	h.t.Helper()
	h.Store.Close()
	h.Dir = filepath.Join(h.t.TempDir(), "restored")
	if err := os.CopyFS(h.Dir, os.DirFS(from)); err != nil {
		h.t.Fatalf("restore: %v", err)
	}
	h.open()
	if err := h.Office.Resume(h.t.Context()); err != nil {
		h.t.Fatalf("resume: %v", err)
	}
}
