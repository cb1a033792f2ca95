package app

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/account"
	"github.com/wakachi/wakachi/internal/api"
	"github.com/wakachi/wakachi/internal/casework"
	"github.com/wakachi/wakachi/internal/cli"
	"github.com/wakachi/wakachi/internal/deadline"
	"github.com/wakachi/wakachi/internal/exchange"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/portal"
	"github.com/wakachi/wakachi/internal/post"
	"github.com/wakachi/wakachi/internal/relay"
	"github.com/wakachi/wakachi/internal/reporting"
	"github.com/wakachi/wakachi/internal/store"
	"github.com/wakachi/wakachi/internal/taxii"
	"github.com/wakachi/wakachi/internal/watch"
	"github.com/wakachi/wakachi/internal/web"
)

// A desk is the services of one store and what answers for them.
type desk struct {
	accounts  *account.Accounts
	casework  *casework.Casework
	reporting *reporting.Reporting
	office    *exchange.Office
	relay     *relay.Relay
	watch     *watch.Watch
	remind    watch.Reminder
	courier   *courier
	earlier   *exchange.Office // whose clock is behind by an undo window: for the demonstration
	log       *slog.Logger
	setup     string // the word for the first run
	handler   http.Handler
}

func newDesk(ctx context.Context, s *store.Store, o cli.ServeOptions) (*desk, error) {
	word, err := setupWord()
	if err != nil {
		return nil, err
	}
	guard := func(ctx context.Context, org party.OrgID, id incident.ID) (incident.Profile, string, error) {
		return casework.Guarded(ctx, s, org, id)
	}
	d := &desk{
		accounts:  account.New(s, time.Now, rand.Reader, account.Cost{}),
		casework:  casework.New(s, time.Now, rand.Reader),
		reporting: reporting.New(s, time.Now, home()),
		office:    exchange.NewOffice(s, time.Now, rand.Reader, guard),
		log:       slog.New(slog.NewTextHandler(os.Stderr, nil)),
		setup:     word,
	}
	d.earlier = exchange.NewOffice(s, func() time.Time { return time.Now().Add(-exchange.UndoWindow - time.Minute) }, rand.Reader, guard)
	if d.courier, err = newCourier(os.Getenv); err != nil {
		return nil, err
	}
	d.relay = relay.New(s, d.office, time.Now, rand.Reader)
	if err := d.office.Resume(ctx); err != nil {
		return nil, err
	}
	d.watch = watch.New(watch.Config{Store: s, Parcels: d.relay, Org: operator(s), Logs: logsOf(o.Logs, o.Data), Now: time.Now, Log: d.log})
	carry, err := newCarrier(os.Getenv, d.courier.allow)
	if err != nil {
		return nil, err
	}
	d.remind = watch.Reminder{Deadlines: d.reporting, Carrier: carry, Orgs: s.Organisations, Log: d.log}
	pages, err := web.New(web.Config{
		Accounts: d.accounts, Casework: d.casework, Reporting: d.reporting, Calendar: post.Calendar, Office: d.office, Relay: d.relay, Searches: d.watch, Courier: d.courier, Follower: d.courier, Now: time.Now, Log: d.log, Setup: word, Secure: o.Secure,
	})
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "web.internal")
	}
	members, err := portal.New(portal.Config{
		Shares: d.relay, Replies: d.relay, Searches: d.watch, Who: pages.Who, Language: web.Language, Style: pages.Style(), Icon: pages.Icon(), Now: time.Now, Log: d.log, Secure: o.Secure,
	})
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "web.internal")
	}
	key, err := s.Derive("taxii cursors")
	if err != nil {
		return nil, err
	}
	// Programs that walk shelves ask faster than people, and say who they are each time.
	walk := newPace(nil, walkBurst, walkSteady, time.Now, o.Secure)
	exchanges, err := taxii.New(taxii.Config{
		Shelves: d.relay, Intake: d.relay, Admit: walk.admits, Authenticate: d.bearer, CursorKey: key, Log: d.log,
	})
	if err != nil {
		return nil, err
	}
	programs := api.New(api.Config{Accounts: d.accounts, Casework: d.casework, Reporting: d.reporting, Office: d.office, Relay: d.relay, Watch: d.watch})
	paced := newPace(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch path := r.URL.Path; {
		case strings.HasPrefix(path, "/api/"):
			programs.ServeHTTP(w, r)
		case path == portal.Prefix || strings.HasPrefix(path, portal.Prefix+"/"):
			members.ServeHTTP(w, r)
		default:
			pages.ServeHTTP(w, r)
		}
	}), paceBurst, paceSteady, time.Now, o.Secure)
	d.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if path := r.URL.Path; path+"/" == taxii.Prefix || strings.HasPrefix(path, taxii.Prefix) {
			exchanges.ServeHTTP(w, r)
			return
		}
		paced.ServeHTTP(w, r)
	})
	return d, nil
}

// home is the zone of the organisations here: times are written and days counted in it.
func home() *time.Location {
	zone, err := time.LoadLocation(deadline.HomeZone)
	if err != nil {
		return time.FixedZone("JST", 9*60*60)
	}
	return zone
}

// bearer finds who asks over TAXII: by a token, as Bearer or as the password of Basic.
func (d *desk) bearer(r *http.Request) (party.Actor, error) {
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	if _, password, basic := r.BasicAuth(); basic {
		token = password
	} else if !ok || !strings.EqualFold(scheme, "Bearer") {
		return party.Actor{}, fault.New(fault.Forbidden, "api.token")
	}
	return d.accounts.ByToken(r.Context(), strings.TrimSpace(token))
}

// local opens a data directory for one command and gives the API over it.
func local(ctx context.Context, data string) (http.Handler, func() error, error) {
	if _, err := os.Stat(data); err != nil {
		return nil, nil, fault.Wrap(err, fault.NotFound, "store.no-store", data)
	}
	s, err := store.Open(ctx, data, store.Options{Now: time.Now, Random: rand.Reader})
	if err != nil {
		return nil, nil, err
	}
	d, err := newDesk(ctx, s, cli.ServeOptions{Data: data})
	if err != nil {
		s.Close()
		return nil, nil, err
	}
	return d.handler, s.Close, nil
}

// setupWord makes the word that whoever makes the first account has to know: only who can
// see the server's own screen does.
func setupWord() (string, error) {
	var b [10]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", fault.Wrap(err, fault.Internal, "web.internal")
	}
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:])), nil
}

// firstRun gives the path of the first-run page, empty if there are accounts.
func (d *desk) firstRun(ctx context.Context) (string, error) {
	empty, err := d.accounts.Empty(ctx)
	if err != nil || !empty {
		return "", err
	}
	return "/setup?word=" + d.setup, nil
}

// syncEvery is how often hubs elsewhere are asked for what is new.
const syncEvery = time.Minute

// sync goes to the hubs elsewhere until the context ends. What cannot be brought waits.
func (d *desk) sync(ctx context.Context) {
	tick := time.NewTicker(syncEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			orgs, err := d.relay.Linked(ctx)
			for _, org := range orgs {
				if _, e := d.relay.Sync(ctx, org, d.courier); e != nil {
					err = e
				}
			}
			followers, e := d.relay.Following(ctx)
			for _, org := range followers {
				if e := d.relay.FollowAll(ctx, org, d.courier); e != nil {
					err = e
				}
			}
			if e != nil {
				err = e
			}
			if err != nil && ctx.Err() == nil {
				f, _ := errors.AsType[*fault.Error](err)
				code := "store.internal"
				if f != nil {
					code = f.Code
				}
				d.log.Error("a hub elsewhere could not be reached", "kind", fault.KindOf(err).String(), "code", code)
			}
		}
	}
}

// settleEvery is how soon after its undo window a release leaves.
const settleEvery = 2 * time.Second

// settle sends what is due until the context ends.
func (d *desk) settle(ctx context.Context) {
	tick := time.NewTicker(settleEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if _, err := d.office.Settle(ctx); err != nil && ctx.Err() == nil {
				d.log.Error("a release could not leave", "kind", fault.KindOf(err).String())
			}
			if _, err := d.relay.Forward(ctx); err != nil && ctx.Err() == nil {
				d.log.Error("a parcel could not be passed on", "kind", fault.KindOf(err).String())
			}
		}
	}
}
