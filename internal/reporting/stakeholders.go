package reporting

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/store"
)

// A Stakeholder is somebody who must hear of an incident, and when: 関係者への連絡.
type Stakeholder struct {
	ID      string          `json:"-"`
	Name    string          `json:"name"`
	Channel string          `json:"channel,omitempty"`
	Place   int             `json:"place,omitempty"`  // in the order of telling, from 1; 0: in no order
	Before  bool            `json:"before,omitempty"` // must hear before the public does
	Done    incident.Moment `json:"done"`             // when they were told; zero: not yet
	Note    string          `json:"note,omitempty"`
	Gone    bool            `json:"gone,omitempty"` // taken off the list

	By      string    `json:"-"`
	Written time.Time `json:"-"`
	Version int64     `json:"-"`
}

// Stakeholders lists who must hear of an incident, in the order of telling.
func (r *Reporting) Stakeholders(ctx context.Context, a party.Actor, id incident.ID) ([]Stakeholder, error) {
	if err := r.allow(ctx, a, party.Read, id); err != nil {
		return nil, err
	}
	all, err := r.store.Objects(ctx, a.Org, sortListener, string(id))
	if err != nil {
		return nil, err
	}
	var out []Stakeholder
	for _, o := range all {
		var s Stakeholder
		if err := o.Value(&s); err != nil {
			return nil, err
		}
		s.ID, s.By, s.Written, s.Version = o.ID, o.By, o.At, o.Version
		if !s.Gone {
			out = append(out, s)
		}
	}
	slices.SortStableFunc(out, func(a, b Stakeholder) int {
		last := func(s Stakeholder) int {
			if s.Place == 0 {
				return 1 << 30
			}
			return s.Place
		}
		return cmp.Compare(last(a), last(b))
	})
	return out, nil
}

// SetStakeholder keeps one: a new one if it has no id, else the successor of its Version.
func (r *Reporting) SetStakeholder(ctx context.Context, a party.Actor, id incident.ID, s Stakeholder) error {
	if err := r.allow(ctx, a, party.Write, id); err != nil {
		return err
	}
	for _, t := range []*string{&s.Name, &s.Channel, &s.Note} {
		if *t = strings.TrimSpace(*t); utf8.RuneCountInString(*t) > maxLine || !utf8.ValidString(*t) {
			return fault.New(fault.TooLarge, "reporting.long-line")
		}
	}
	if s.Name == "" || s.Place < 0 || s.Place > maxList || s.Done.At.After(r.now()) {
		return fault.New(fault.Invalid, "reporting.stakeholder")
	}
	o := store.Object{Sort: sortListener, ID: s.ID, Parent: string(id), Version: s.Version}
	if s.ID != "" {
		old, err := r.store.Object(ctx, a.Org, sortListener, s.ID)
		if err != nil {
			return err
		}
		if old.Parent != string(id) {
			return fault.New(fault.NotFound, "store.not-found")
		}
	} else if n, err := r.store.Objects(ctx, a.Org, sortListener, string(id)); err != nil || len(n) >= maxList {
		return many(err)
	}
	return r.keep(ctx, a, "set", &o, s)
}

// unheard lists those who must hear before the public and have not.
func (r *Reporting) unheard(ctx context.Context, a party.Actor, id incident.ID) ([]string, error) {
	all, err := r.Stakeholders(ctx, a, id)
	var out []string
	for _, s := range all {
		if s.Before && s.Done.IsZero() {
			out = append(out, s.Name)
		}
	}
	return out, err
}
