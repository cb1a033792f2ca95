package app

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/account"
	"github.com/wakachi/wakachi/internal/api"
	"github.com/wakachi/wakachi/internal/casework"
	"github.com/wakachi/wakachi/internal/cli"
	"github.com/wakachi/wakachi/internal/exchange"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/store"
	"github.com/wakachi/wakachi/internal/web"
)

// A desk is the services of one store and what answers for them.
type desk struct {
	accounts *account.Accounts
	casework *casework.Casework
	office   *exchange.Office
	log      *slog.Logger
	setup    string // the word for the first run
	handler  http.Handler
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
		accounts: account.New(s, time.Now, rand.Reader, account.Cost{}),
		casework: casework.New(s, time.Now, rand.Reader),
		office:   exchange.NewOffice(s, time.Now, rand.Reader, guard),
		log:      slog.New(slog.NewTextHandler(os.Stderr, nil)),
		setup:    word,
	}
	if err := d.office.Resume(ctx); err != nil {
		return nil, err
	}
	pages, err := web.New(web.Config{
		Accounts: d.accounts, Casework: d.casework, Office: d.office, Now: time.Now, Log: d.log, Setup: word, Secure: o.Secure,
	})
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "web.internal")
	}
	programs := api.New(api.Config{Accounts: d.accounts, Casework: d.casework, Office: d.office})
	d.handler = newPace(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/") {
			programs.ServeHTTP(w, r)
			return
		}
		pages.ServeHTTP(w, r)
	}), time.Now, o.Secure)
	return d, nil
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
		}
	}
}
