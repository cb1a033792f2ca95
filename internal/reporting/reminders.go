package reporting

import (
	"context"
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/deadline"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/report"
	"github.com/wakachi/wakachi/internal/store"
)

// Reminding gives how the organisation wants to be reminded.
func (r *Reporting) Reminding(ctx context.Context, a party.Actor) (report.Reminding, error) {
	if !a.May(party.Read) && !a.May(party.Administer) {
		return report.Reminding{}, fault.New(fault.Forbidden, "casework.right", string(party.Read))
	}
	set, _, err := r.reminding(ctx, a.Org)
	return set, err
}

func (r *Reporting) reminding(ctx context.Context, org party.OrgID) (set report.Reminding, version int64, err error) {
	o, err := r.store.Object(ctx, org, sortReminding, "own")
	if err != nil && fault.KindOf(err) == fault.NotFound {
		return set, 0, nil
	}
	if err != nil {
		return set, 0, err
	}
	return set, o.Version, o.Value(&set)
}

// SetReminding sets how the organisation is reminded. Nothing leaves by it but codenames and times.
func (r *Reporting) SetReminding(ctx context.Context, a party.Actor, set report.Reminding) error {
	if !a.May(party.Administer) {
		return fault.New(fault.Forbidden, "casework.right", string(party.Administer))
	}
	if len(set.Mail) > 20 || len(set.Leads) > 10 || len(set.Webhook) > maxLine {
		return fault.New(fault.Invalid, "reporting.reminding")
	}
	for _, m := range set.Mail {
		if x, err := mail.ParseAddress(m); err != nil || x.Address != m || strings.ContainsAny(m, "\r\n") {
			return fault.New(fault.Invalid, "reporting.reminding-mail", m)
		}
	}
	if u, err := url.Parse(set.Webhook); set.Webhook != "" && (err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil) {
		return fault.New(fault.Invalid, "reporting.reminding-webhook")
	}
	for _, h := range set.Leads {
		if h < 0 || h > 24*60 {
			return fault.New(fault.Invalid, "reporting.reminding")
		}
	}
	set.Leads = slices.Clone(set.Leads)
	slices.Sort(set.Leads)
	slices.Reverse(set.Leads)
	_, version, err := r.reminding(ctx, a.Org)
	if err != nil {
		return err
	}
	return r.keep(ctx, a, "set", &store.Object{Sort: sortReminding, ID: "own", Version: version}, set)
}

// house is who acts where no person does: the program itself.
func house(org party.OrgID) party.Actor { return party.Actor{Account: "wakachi", Org: org} }

// Reminders lists what is to be said now to an organisation, and how. What was said is not said again, and of
// several leads that have come only the nearest is.
func (r *Reporting) Reminders(ctx context.Context, org party.OrgID) ([]report.Reminder, report.Reminding, error) {
	set, _, err := r.reminding(ctx, org)
	if err != nil || !set.Wanted() {
		return nil, set, err
	}
	said, err := r.store.AllObjects(ctx, org, sortReminded)
	if err != nil {
		return nil, set, err
	}
	known := map[string]bool{}
	for _, o := range said {
		known[o.ID] = true
	}
	leads := set.Leads
	if len(leads) == 0 {
		leads = report.DefaultLeads()
	}
	var out []report.Reminder
	err = r.dated(ctx, org, func(i incident.Incident, what string, end time.Time) {
		left := end.Sub(r.now())
		for _, lead := range slices.Backward(leads) { // the nearest first
			if left > time.Duration(lead)*time.Hour {
				continue
			}
			key := reminderKey(i.ID, what, end, lead)
			if !known[key] {
				out = append(out, report.Reminder{Key: key, Incident: i.Codename, Due: end, Left: left})
			}
			break
		}
	})
	return out, set, err
}

// Reminded keeps that a reminder was sent.
func (r *Reporting) Reminded(ctx context.Context, org party.OrgID, said report.Reminder) error {
	return r.keep(ctx, house(org), "sent", &store.Object{Sort: sortReminded, ID: said.Key}, struct{}{})
}

func reminderKey(id incident.ID, what string, end time.Time, lead int) string {
	return strings.Join([]string{string(id), what, end.UTC().Format("20060102T1504"), time.Duration(lead * int(time.Hour)).String()}, ".")
}

// dated visits what is due in an organisation's incidents: clocks with a date that are not soft, and promised
// reports.
func (r *Reporting) dated(ctx context.Context, org party.OrgID, visit func(incident.Incident, string, time.Time)) error {
	incidents, err := r.store.Incidents(ctx, org)
	if err != nil {
		return err
	}
	for _, i := range incidents {
		facts, err := r.deadlineFacts(ctx, house(org), i.ID)
		if err != nil {
			return err
		}
		for _, c := range Wanting(deadline.Clocks(facts, r.now())) {
			if !c.Due.IsZero() && !c.Rule.Proposed {
				visit(i, string(c.Rule.ID), r.end(c.Due))
			}
		}
		said, err := r.facts(ctx, house(org), i.ID)
		if err != nil {
			return err
		}
		if at, ok := (report.Record{Facts: said, Zone: r.zone}).Promised(); ok {
			visit(i, "promised-report", at)
		}
	}
	return nil
}

// end is the instant a deadline ends: of a day its end.
func (r *Reporting) end(w deadline.When) time.Time {
	t := w.Time(r.zone)
	if w.IsDate() {
		t = t.AddDate(0, 0, 1)
	}
	return t
}

// Upcoming lists what is due, for a calendar: codenames and times.
func (r *Reporting) Upcoming(ctx context.Context, a party.Actor) ([]report.Reminder, error) {
	if !a.May(party.Read) {
		return nil, fault.New(fault.Forbidden, "casework.right", string(party.Read))
	}
	var out []report.Reminder
	err := r.dated(ctx, a.Org, func(i incident.Incident, what string, end time.Time) {
		out = append(out, report.Reminder{Key: reminderKey(i.ID, what, time.Time{}, 0), Incident: i.Codename, Due: end, Left: end.Sub(r.now())})
	})
	return out, err
}
