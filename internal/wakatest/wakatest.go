// Package wakatest is a whole wakachi with a clock that the test moves.
//
// A House is a store in a directory of its own and the services over it, put together as
// package app does, but for the clock. People speak in turn: h.As("legal").Approve(...). A
// step that must succeed fails the test where it is written; one that must not is asked for
// with Refused.
package wakatest

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"github.com/wakachi/wakachi/internal/account"
	"github.com/wakachi/wakachi/internal/api"
	"github.com/wakachi/wakachi/internal/casework"
	"github.com/wakachi/wakachi/internal/exchange"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/post"
	"github.com/wakachi/wakachi/internal/relay"
	"github.com/wakachi/wakachi/internal/reporting"
	"github.com/wakachi/wakachi/internal/sample"
	"github.com/wakachi/wakachi/internal/store"
	"github.com/wakachi/wakachi/internal/tlp"
	"github.com/wakachi/wakachi/internal/watch"
	"github.com/wakachi/wakachi/internal/web"
)

// T is what a House asks of a *testing.T, *testing.B or *testing.F.
type T interface {
	Helper()
	TempDir() string
	Cleanup(func())
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
	Context() context.Context
}

// A House is one wakachi. Its organisations are a hub, the victims "targeted", "webserver"
// and "ransomware", and the members "member-a" and "member-b", each with the people
// "security" (who is also the administrator), "legal", "approver" and "auditor".
type House struct {
	t         T
	Dir       string
	Store     *store.Store
	Accounts  *account.Accounts
	Casework  *casework.Casework
	Reporting *reporting.Reporting
	Office    *exchange.Office
	Relay     *relay.Relay
	Watch     *watch.Watch
	Web       http.Handler
	API       http.Handler
	people    map[string]*Person
	logs      watch.Logs

	mu    sync.Mutex
	clock time.Time

	Community parcel.CommunityID
}

// A Person acts in a House.
type Person struct {
	h        *House
	Actor    party.Actor
	Login    string
	Password string
}

// Morning is when a House opens.
var Morning = time.Date(2026, 9, 1, 0, 30, 0, 0, time.UTC)

// Password is everybody's.
const Password = "correct horse battery"

// New builds a House with all its people, and profiles for the victims.
func New(t T) *House {
	t.Helper()
	h := &House{t: t, Dir: filepath.Join(t.TempDir(), "data"), clock: Morning, people: map[string]*Person{}}
	register()
	h.open()
	t.Cleanup(func() { h.Store.Close() })
	h.found()
	return h
}

// open opens the store and puts the services over it.
func (h *House) open() {
	h.t.Helper()
	var err error
	if h.Store, err = store.Open(h.t.Context(), h.Dir, store.Options{Now: h.Now, Random: rand.Reader, Driver: countingDriver}); err != nil {
		h.t.Fatalf("open: %v", err)
	}
	h.assemble()
}

// assemble puts the services over the store.
func (h *House) assemble() {
	h.t.Helper()
	var err error
	h.Accounts = account.New(h.Store, h.Now, rand.Reader, account.Cost{Memory: 64, Passes: 1})
	h.Casework = casework.New(h.Store, h.Now, rand.Reader)
	h.Reporting = reporting.New(h.Store, h.Now, time.FixedZone("JST", 9*60*60))
	h.Office = exchange.NewOffice(h.Store, h.Now, rand.Reader, h.Guard)
	h.Relay = relay.New(h.Store, h.Office, h.Now, rand.Reader)
	h.Watch = watch.New(watch.Config{Store: h.Store, Parcels: h.Relay, Org: h.operator, Logs: h.logs, Now: h.Now, Log: slog.New(slog.DiscardHandler)})
	h.Web, err = web.New(web.Config{
		Accounts: h.Accounts, Casework: h.Casework, Reporting: h.Reporting, Calendar: post.Calendar, Office: h.Office, Relay: h.Relay, Searches: h.Watch, Now: h.Now,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Setup: "word",
	})
	if err != nil {
		h.t.Fatalf("web: %v", err)
	}
	h.API = api.New(api.Config{Accounts: h.Accounts, Casework: h.Casework, Reporting: h.Reporting, Office: h.Office, Relay: h.Relay, Watch: h.Watch})
}

// Guard gives the profile under which an incident's items leave.
func (h *House) Guard(ctx context.Context, org party.OrgID, id incident.ID) (incident.Profile, string, error) {
	return casework.Guarded(ctx, h.Store, org, id)
}

// Now is the time in the House.
func (h *House) Now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.clock
}

// Wait lets time pass, and what is due by then leave.
func (h *House) Wait(d time.Duration) {
	h.t.Helper()
	h.mu.Lock()
	h.clock = h.clock.Add(d)
	h.mu.Unlock()
	if _, err := h.Office.Settle(h.t.Context()); err != nil {
		h.t.Fatalf("settle: %v", err)
	}
	if _, err := h.Relay.Forward(h.t.Context()); err != nil {
		h.t.Fatalf("forward: %v", err)
	}
}

// Houses lists the organisations.
func Houses() []string {
	return []string{"hub", "targeted", "webserver", "ransomware", "member-a", "member-b"}
}

// Roles lists the people of each.
func Roles() []string { return []string{"security", "legal", "approver", "auditor"} }

func (h *House) found() {
	h.t.Helper()
	ctx := h.t.Context()
	hats := map[string][]party.Hat{
		"security": {party.Administrator, party.Security}, "legal": {party.Legal},
		"approver": {party.Approver, party.Management}, "auditor": {party.Auditor},
	}
	for _, org := range Houses() {
		var admin party.Actor
		for _, role := range Roles() {
			p := &Person{h: h, Login: org + "-" + role, Password: Password}
			a := account.Account{Login: p.Login, Name: role + " of " + org, Hats: hats[role]}
			var err error
			if admin.Account == "" {
				p.Actor, err = h.Accounts.Found(ctx, org, a, Password)
				admin = p.Actor
			} else {
				a, err = h.Accounts.Create(ctx, admin, a, Password)
				p.Actor = party.Actor{Account: a.ID, Org: admin.Org, Name: a.Name, Hats: a.Hats}
			}
			if err != nil {
				h.t.Fatalf("%s: %v", p.Login, err)
			}
			h.people[p.Login] = p
		}
	}
	h.gather()
	samples, err := sample.Incidents()
	if err != nil {
		h.t.Fatalf("samples: %v", err)
	}
	for _, s := range samples {
		if err := h.Casework.SetProfile(ctx, h.As(s.Name+"-security").Actor, 0, string(s.Profile)); err != nil {
			h.t.Fatalf("%s: %v", s.Name, err)
		}
	}
}

// gather makes the community of all under the hub.
func (h *House) gather() {
	h.t.Helper()
	hub := h.As("hub-security").Actor
	c := parcel.Community{Name: "circle", Ceiling: tlp.AmberStrict, Visible: true, Hub: parcel.Member{Name: "hub"}}
	for _, org := range Houses()[1:] {
		c.Members = append(c.Members, parcel.Member{Org: h.As(org + "-security").Actor.Org, Name: org})
	}
	made, err := h.Office.SetCommunity(h.t.Context(), hub, c)
	if err != nil {
		h.t.Fatalf("community: %v", err)
	}
	h.Community = made.ID
	for _, org := range Houses()[1:] {
		if err := h.Office.Join(h.t.Context(), h.As(org+"-security").Actor, hub.Org, made.ID); err != nil {
			h.t.Fatalf("join: %v", err)
		}
	}
}

// As gives one of the people, such as "ransomware-legal".
func (h *House) As(login string) *Person {
	h.t.Helper()
	p := h.people[login]
	if p == nil {
		h.t.Fatalf("there is no %s", login)
	}
	return p
}
