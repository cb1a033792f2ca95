// Package watch runs hunts and reminds of deadlines when their time comes.
//
// A Watch looks now and then for parcels that were shared with the organisation whose logs it
// was given, takes the values of all that wait through the logs in one pass, and keeps for each
// parcel what was found and what was looked through. The result is a parcel.Search, an object of
// the organisation bound to its ledger; package portal lays it beside the form of an answer, and
// a person sends it. Nothing of a result leaves by itself, and no line of a log is ever in one.
//
// A search is kept when it is over and not before: one that was interrupted begins again. What
// was recalled before a search ended leaves no result, and what is recalled later takes its
// result with it. Searching logs asks nobody outside for anything, and is therefore allowed
// under every PAP label. That a parcel was read for it is noted as every reading is.
//
// A Reminder says to those an organisation named that something is due: an incident's codename and a time, and
// nothing else.
package watch

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"sync"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/store"
	"github.com/wakachi/wakachi/internal/sweep"
)

// Parcels gives what was shared with an actor's organisation. Open leaves a receipt.
type Parcels interface {
	Shared(ctx context.Context, a party.Actor) ([]parcel.Shared, error)
	Look(ctx context.Context, a party.Actor, id parcel.ID) (parcel.Shared, error)
	Open(ctx context.Context, a party.Actor, id parcel.ID) (parcel.Shared, parcel.Sheet, error)
}

// Logs gives the logs there are, each time anew. An error that comes with one, or in place of
// one, is a trouble of the search, and the rest goes on.
type Logs func(context.Context) iter.Seq2[sweep.Log, error]

// A Config is what a Watch is made of.
type Config struct {
	Store   *store.Store
	Parcels Parcels

	// Org gives the organisation whose logs these are, empty as long as there is none. It is
	// asked until it gives one.
	Org func(context.Context) (party.OrgID, error)

	// Logs are looked through. Nil: there are none, nothing is searched, and what was found
	// before can still be read.
	Logs Logs

	Now      func() time.Time
	Log      *slog.Logger   // gets ids, codes and counts, never contents
	Zone     *time.Location // of times in logs that name no zone. Nil is Japan's
	Workers  int            // how many parts of a log are looked through at once; 0 is 1, which leaves the other cores to the desk
	Interval time.Duration  // between two looks for what waits; 0 is a minute
}

// A Watch may be used by several goroutines.
type Watch struct {
	Config
	turn sync.Mutex    // held while something is searched for
	wake chan struct{} // somebody asked for a search

	mu      sync.Mutex
	org     party.OrgID // whose logs these are; empty if not known yet
	running map[parcel.ID]bool
}

// New makes a Watch. Run sets it going.
func New(c Config) *Watch {
	if c.Zone == nil {
		c.Zone = time.FixedZone("JST", 9*60*60)
	}
	if c.Interval == 0 {
		c.Interval = time.Minute
	}
	c.Workers = max(1, c.Workers)
	return &Watch{Config: c, wake: make(chan struct{}, 1), running: map[parcel.ID]bool{}}
}

// Run searches for what waits, now and at every interval, until the context ends. What cannot
// be done is tried again the next time.
func (w *Watch) Run(ctx context.Context) {
	if w.Logs == nil {
		return
	}
	tick := time.NewTicker(w.Interval)
	defer tick.Stop()
	for {
		if _, err := w.Step(ctx); err != nil && ctx.Err() == nil {
			w.Log.Error("a search failed", "kind", fault.KindOf(err).String(), "code", codeOf(err))
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-w.wake:
		}
	}
}

// codeOf gives an error's code, which may stand in the server's log.
func codeOf(err error) string {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f.Code
	}
	return "web.internal"
}

// Step forgets the results of what was recalled, searches for all parcels that wait, and gives
// how many results were kept. If the context ends before, nothing is.
func (w *Watch) Step(ctx context.Context) (kept int, err error) {
	if w.Logs == nil {
		return 0, nil
	}
	w.turn.Lock()
	defer w.turn.Unlock()
	org, err := w.whose(ctx)
	if err != nil || org == "" {
		return 0, err
	}
	a := machine(org)
	shared, err := w.Parcels.Shared(ctx, a)
	if err != nil {
		return 0, err
	}
	results, err := w.results(ctx, org)
	if err != nil {
		return 0, err
	}
	var due []parcel.Shared
	for _, s := range shared {
		r := results[s.Parcel]
		if r != nil && r.Recall != recallOf(s) {
			if err := w.purge(ctx, org, r); err != nil {
				return 0, err
			}
			r = nil
		}
		if s.Reading && (r == nil || r.waits(s)) {
			due = append(due, s)
		}
	}
	if len(due) == 0 {
		return 0, nil
	}
	defer w.setRunning(nil)
	w.setRunning(due)
	return w.search(ctx, a, due)
}

// machine is who acts when no person does: it reads, and does nothing else.
func machine(org party.OrgID) party.Actor {
	return party.Actor{Account: "local", Org: org, Hats: []party.Hat{party.Auditor}}
}

// whose gives whose logs these are.
func (w *Watch) whose(ctx context.Context) (party.OrgID, error) {
	w.mu.Lock()
	org := w.org
	w.mu.Unlock()
	if org != "" {
		return org, nil
	}
	org, err := w.Org(ctx)
	if err != nil {
		return "", err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.org = org
	return org, nil
}

func (w *Watch) setRunning(all []parcel.Shared) {
	w.mu.Lock()
	defer w.mu.Unlock()
	clear(w.running)
	for _, s := range all {
		w.running[s.Parcel] = true
	}
}

// state says how far the search for a parcel is.
func (w *Watch) state(id parcel.ID, waits bool) parcel.SearchState {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.running[id]:
		return parcel.SearchRunning
	case waits:
		return parcel.SearchWaiting
	}
	return parcel.SearchDone
}
