package watch

import (
	"context"
	"log/slog"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/report"
)

// Deadlines knows what is to be said to an organisation now.
type Deadlines interface {
	Reminders(ctx context.Context, org party.OrgID) ([]report.Reminder, report.Reminding, error)
	Reminded(ctx context.Context, org party.OrgID, said report.Reminder) error
}

// A Carrier brings a reminder to whom an organisation named.
type Carrier interface {
	Carry(ctx context.Context, to report.Reminding, r report.Reminder) error
}

// A Reminder reminds all organisations of what is due. What could not be carried is tried again the next time.
type Reminder struct {
	Deadlines Deadlines
	Carrier   Carrier
	Orgs      func(context.Context) ([]party.OrgID, error)
	Log       *slog.Logger  // gets codes and counts
	Interval  time.Duration // between two looks; 0 is five minutes
}

// Run reminds until ctx ends.
func (r Reminder) Run(ctx context.Context) {
	if r.Interval <= 0 {
		r.Interval = 5 * time.Minute
	}
	tick := time.NewTicker(r.Interval)
	defer tick.Stop()
	for {
		r.Once(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Once says what is to be said now. It is kept as said only once it was carried, so that a reminder may come
// twice and never not at all.
func (r Reminder) Once(ctx context.Context) {
	orgs, err := r.Orgs(ctx)
	if err != nil {
		r.trouble(ctx, err)
		return
	}
	for _, org := range orgs {
		all, to, err := r.Deadlines.Reminders(ctx, org)
		if err != nil {
			r.trouble(ctx, err)
			continue
		}
		for _, x := range all {
			if err = r.Carrier.Carry(ctx, to, x); err == nil {
				err = r.Deadlines.Reminded(ctx, org, x)
			}
			if err != nil {
				r.trouble(ctx, err)
			}
		}
	}
}

func (r Reminder) trouble(ctx context.Context, err error) {
	if ctx.Err() == nil {
		r.Log.Error("reminder", "code", fault.KindOf(err).String(), "error", err.Error())
	}
}
