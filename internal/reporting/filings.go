package reporting

import (
	"context"
	"slices"
	"strings"

	"github.com/wakachi/wakachi/internal/deadline"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/report"
	"github.com/wakachi/wakachi/internal/store"
)

// Filings lists the reports made to offices, the oldest first.
func (r *Reporting) Filings(ctx context.Context, a party.Actor, id incident.ID) ([]report.Filing, error) {
	if err := r.allow(ctx, a, party.Read, id); err != nil {
		return nil, err
	}
	return r.filings(ctx, a, id)
}

func (r *Reporting) filings(ctx context.Context, a party.Actor, id incident.ID) ([]report.Filing, error) {
	all, err := r.store.Objects(ctx, a.Org, sortFiling, string(id))
	if err != nil {
		return nil, err
	}
	out := make([]report.Filing, len(all))
	for k, o := range all {
		if err := o.Value(&out[k]); err != nil {
			return nil, err
		}
		out[k].ID, out[k].By, out[k].Written, out[k].Version = o.ID, o.By, o.At, o.Version
	}
	return out, nil
}

// File records that a report was made to an office, with its receipt. It stops the clocks named in
// Rules. A filing is never changed; a slip is mended by another one.
//
// Errors: fault.Invalid if it lacks what a filing must have, names a clock there is none of, or comes
// after a deadline without a reason.
func (r *Reporting) File(ctx context.Context, a party.Actor, id incident.ID, f report.Filing) (report.Filing, error) {
	if err := r.allow(ctx, a, party.Write, id); err != nil {
		return f, err
	}
	for _, s := range []*string{&f.Office, &f.Basis, &f.Channel, &f.Number, &f.Person, &f.Late} {
		if *s = strings.TrimSpace(*s); len(*s) > maxLine*4 {
			return f, fault.New(fault.TooLarge, "reporting.long-line")
		}
	}
	if err := f.Check(r.now()); err != nil {
		return f, err
	}
	had, err := r.filings(ctx, a, id)
	if err != nil || len(had) >= maxList {
		return f, many(err)
	}
	late, err := r.late(ctx, a, id, f)
	if err != nil {
		return f, err
	}
	if late && f.Late == "" {
		return f, fault.New(fault.Invalid, "reporting.late")
	}
	o := store.Object{Sort: sortFiling, Parent: string(id)}
	err = r.keep(ctx, a, "made", &o, f)
	f.ID, f.Version, f.By, f.Written = o.ID, o.Version, o.By, o.At
	return f, err
}

// late says whether a filing is certainly late for one of its clocks.
func (r *Reporting) late(ctx context.Context, a party.Actor, id incident.ID, f report.Filing) (bool, error) {
	rules := deadline.Rules()
	facts, err := r.deadlineFacts(ctx, a, id)
	if err != nil {
		return false, err
	}
	rules = append(rules, facts.Own...)
	for _, name := range f.Rules {
		if !slices.ContainsFunc(rules, func(x deadline.Rule) bool { return string(x.ID) == name }) {
			return false, fault.New(fault.Invalid, "reporting.no-rule", name)
		}
		when, _ := deadline.Parse(f.At.String(), r.zone)
		facts.Events[deadline.Event("submitted."+name+"_at")] = when
	}
	return slices.ContainsFunc(deadline.Clocks(facts, r.now()), func(c deadline.Clock) bool {
		return c.Late && slices.Contains(f.Rules, string(c.Rule.ID))
	}), nil
}
