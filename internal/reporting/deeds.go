package reporting

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/report"
	"github.com/wakachi/wakachi/internal/store"
)

// Deeds lists the course of the response, the oldest first: what people entered, and what the record
// itself shows: filings, sharings, publications.
func (r *Reporting) Deeds(ctx context.Context, a party.Actor, id incident.ID) ([]report.Deed, error) {
	if err := r.allow(ctx, a, party.Read, id); err != nil {
		return nil, err
	}
	all, err := r.store.Objects(ctx, a.Org, sortDeed, string(id))
	if err != nil {
		return nil, err
	}
	out := make([]report.Deed, len(all))
	for k, o := range all {
		if err := o.Value(&out[k]); err != nil {
			return nil, err
		}
		out[k].ID, out[k].By, out[k].Written, out[k].Version = o.ID, o.By, o.At, o.Version
	}
	out = slices.DeleteFunc(out, func(d report.Deed) bool { return d.Sort == "" }) // taken back
	kept, err := r.shown(ctx, a, id)
	if err != nil {
		return nil, err
	}
	out = append(out, kept...)
	slices.SortStableFunc(out, func(a, b report.Deed) int { return a.At.At.Compare(b.At.At) })
	return out, nil
}

// shown makes deeds of what the record shows by itself.
func (r *Reporting) shown(ctx context.Context, a party.Actor, id incident.ID) ([]report.Deed, error) {
	filings, err := r.filings(ctx, a, id)
	if err != nil {
		return nil, err
	}
	var out []report.Deed
	for _, f := range filings {
		out = append(out, f.Deed())
	}
	parcels, err := r.store.Parcels(ctx, a.Org, id)
	if err != nil {
		return nil, err
	}
	for _, p := range parcels {
		out = append(out, report.Deed{ID: string(p.ID()), Sort: report.SharedOut, At: r.instant(p.Sealed()), Receipt: string(p.ID()), Kept: true, Written: p.Sealed()})
	}
	publications, err := r.publications(ctx, a, id)
	if err != nil {
		return nil, err
	}
	for _, p := range publications {
		if p.Published.IsZero() {
			continue
		}
		d := report.Deed{ID: p.ID, At: r.instant(p.Published), Receipt: p.Place, Kept: true, Written: p.Published}
		switch p.Kind {
		case report.First, report.FollowUp, report.Final:
			d.Sort = report.MadePublic
		case report.Subjects:
			d.Sort = report.PersonsTold
		case report.Partners:
			d.Sort = report.CustomersTold
		default:
			continue
		}
		out = append(out, d)
	}
	return out, nil
}

func (r *Reporting) instant(t time.Time) incident.Moment {
	return incident.Moment{At: t.In(r.zone), Exact: true, Zoned: true}
}

// Enter keeps a deed: a new one if it has no id, else the successor of its Version. A deed without
// a sort takes an earlier one back; the ledger keeps both. It gives the deed as kept.
func (r *Reporting) Enter(ctx context.Context, a party.Actor, id incident.ID, d report.Deed) (report.Deed, error) {
	if err := r.allow(ctx, a, party.Write, id); err != nil {
		return d, err
	}
	if d.Sort != "" && !slices.Contains(report.DeedSorts(), d.Sort) || d.Sort == "" && d.ID == "" {
		return d, fault.New(fault.Invalid, "reporting.deed")
	}
	if d.Sort != "" && (d.At.IsZero() || d.At.At.After(r.now())) {
		return d, fault.New(fault.Invalid, "reporting.when")
	}
	for _, s := range []*string{&d.With, &d.Shown, &d.Channel, &d.Receipt, &d.Note, &d.Hold} {
		if *s = strings.TrimSpace(*s); utf8.RuneCountInString(*s) > maxLine*4 || !utf8.ValidString(*s) {
			return d, fault.New(fault.TooLarge, "reporting.long-line")
		}
	}
	o := store.Object{Sort: sortDeed, ID: d.ID, Parent: string(id), Version: d.Version}
	verb := "entered"
	if d.ID != "" {
		old, err := r.store.Object(ctx, a.Org, sortDeed, d.ID)
		if err != nil {
			return d, err
		}
		if old.Parent != string(id) {
			return d, fault.New(fault.NotFound, "store.not-found")
		}
		verb = "amended"
	} else if n, err := r.store.Objects(ctx, a.Org, sortDeed, string(id)); err != nil || len(n) >= maxList {
		return d, many(err)
	}
	err := r.keep(ctx, a, verb, &o, d)
	d.ID, d.Version, d.By, d.Written = o.ID, o.Version, o.By, o.At
	return d, err
}

func many(err error) error {
	if err != nil {
		return err
	}
	return fault.New(fault.TooLarge, "reporting.many", "1000")
}

// Record gathers everything documents and forms of an incident are made from, as of now.
func (r *Reporting) Record(ctx context.Context, a party.Actor, id incident.ID) (report.Record, error) {
	facts, err := r.Facts(ctx, a, id)
	if err != nil {
		return report.Record{}, err
	}
	deeds, err := r.Deeds(ctx, a, id)
	if err != nil {
		return report.Record{}, err
	}
	items, err := r.store.Items(ctx, a.Org, id)
	return report.Record{Facts: facts, Deeds: deeds, Items: items, Now: r.now(), Zone: r.zone}, err
}
