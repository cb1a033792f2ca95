package reporting

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/disguise"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/ledger"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/phrase"
	"github.com/wakachi/wakachi/internal/report"
	"github.com/wakachi/wakachi/internal/store"
)

// Publications lists what was drafted or published of an incident, the oldest first.
func (r *Reporting) Publications(ctx context.Context, a party.Actor, id incident.ID) ([]report.Publication, error) {
	if err := r.allow(ctx, a, party.Read, id); err != nil {
		return nil, err
	}
	return r.publications(ctx, a, id)
}

func (r *Reporting) publications(ctx context.Context, a party.Actor, id incident.ID) ([]report.Publication, error) {
	all, err := r.store.Objects(ctx, a.Org, sortPublication, string(id))
	if err != nil {
		return nil, err
	}
	out := make([]report.Publication, len(all))
	for k, o := range all {
		if err := o.Value(&out[k]); err != nil {
			return nil, err
		}
		out[k].ID, out[k].Version = o.ID, o.Version
	}
	return out, nil
}

// Publication gives one, and the incident it is of.
func (r *Reporting) Publication(ctx context.Context, a party.Actor, pub string) (report.Publication, incident.ID, error) {
	if !a.May(party.Read) {
		return report.Publication{}, "", fault.New(fault.Forbidden, "casework.right", string(party.Read))
	}
	o, err := r.store.Object(ctx, a.Org, sortPublication, pub)
	if err != nil {
		return report.Publication{}, "", err
	}
	var p report.Publication
	err = o.Value(&p)
	p.ID, p.Version = o.ID, o.Version
	return p, incident.ID(o.Parent), err
}

// An Earlier is what a publication was after one act on it.
type Earlier struct {
	Seq int64
	At  time.Time
	By  string
	Act ledger.Act // "publication.edited"
	report.Publication
}

// Earlier lists what a publication was, the newest first, without what was purged.
func (r *Reporting) Earlier(ctx context.Context, a party.Actor, pub string) ([]Earlier, error) {
	if _, _, err := r.Publication(ctx, a, pub); err != nil {
		return nil, err
	}
	all, err := r.store.Versions(ctx, a.Org, pub)
	if err != nil {
		return nil, err
	}
	var out []Earlier
	for _, v := range all {
		var p report.Publication
		if v.Body == nil || json.Unmarshal(v.Body, &p) != nil {
			continue
		}
		out = append(out, Earlier{v.Seq, v.At, v.By, v.Act, p})
	}
	return out, nil
}

// Compose makes a document of the record as it stands, and keeps nothing.
func (r *Reporting) Compose(ctx context.Context, a party.Actor, id incident.ID, kind report.Kind, lang phrase.Language, course bool) (report.Document, report.Record, report.Order, error) {
	o := report.Order{Kind: kind, Language: lang, Course: course}
	if !slices.Contains(report.Kinds(), kind) {
		return report.Document{}, report.Record{}, o, fault.New(fault.Invalid, "reporting.kind")
	}
	record, err := r.Record(ctx, a, id)
	if err != nil {
		return report.Document{}, record, o, err
	}
	if o, err = r.order(ctx, a, id, o); err != nil {
		return report.Document{}, record, o, err
	}
	return report.Compose(record, o), record, o, nil
}

// order fills in what an order knows of the reports before it.
func (r *Reporting) order(ctx context.Context, a party.Actor, id incident.ID, o report.Order) (report.Order, error) {
	earlier, err := r.publications(ctx, a, id)
	if err != nil {
		return o, err
	}
	told, at, number := report.LastReport(earlier)
	o.Told, o.Number = told, number+1
	if !at.IsZero() {
		o.ToldOn = report.Day(at.In(r.zone), o.Language)
	}
	return o, nil
}

// Draft composes a document and keeps it as a publication to be edited and approved. act is the act of
// the publication flow it carries out; empty for none.
func (r *Reporting) Draft(ctx context.Context, a party.Actor, id incident.ID, kind report.Kind, lang phrase.Language, course bool, act string) (report.Publication, error) {
	if err := r.allow(ctx, a, party.Write, id); err != nil {
		return report.Publication{}, err
	}
	had, err := r.publications(ctx, a, id)
	if err != nil || len(had) >= maxList {
		return report.Publication{}, many(err)
	}
	d, record, o, err := r.Compose(ctx, a, id, kind, lang, course)
	if err != nil {
		return report.Publication{}, err
	}
	p := report.Publication{
		Kind: kind, Language: lang, Number: o.Number, Course: course, Act: act, Title: d.Title, Text: d.Text(), Composed: d,
		Told: report.Told(d, record), Author: a.Account, Changed: r.now().UTC().Truncate(time.Second),
	}
	return p, r.keepPublication(ctx, a, id, "drafted", &p)
}

func (r *Reporting) keepPublication(ctx context.Context, a party.Actor, id incident.ID, verb string, p *report.Publication) error {
	o := store.Object{Sort: sortPublication, ID: p.ID, Parent: string(id), Version: p.Version}
	err := r.keep(ctx, a, verb, &o, p)
	p.ID, p.Version = o.ID, o.Version
	return err
}

// An Edit is a new text of a publication.
type Edit struct {
	Title, Text string
	Through     string
	Embargo     time.Time
	Again       bool // compose the text anew from the record; Title and Text are not used
}

// maxBody is how long an edited text may be, in bytes.
const maxBody = 200_000

// Edit changes the text of a publication, or when and through whom it goes out. What was approved before was
// another text.
func (r *Reporting) Edit(ctx context.Context, a party.Actor, pub string, seen int64, e Edit) error {
	return r.change(ctx, a, pub, seen, "edited", func(p *report.Publication, id incident.ID) error {
		if p.Withdrawn != "" || !p.Published.IsZero() {
			return fault.New(fault.Conflict, "report.over")
		}
		e.Title, e.Through = strings.TrimSpace(e.Title), strings.TrimSpace(e.Through)
		if len(e.Text) > maxBody || len(e.Title) > maxLine*4 || len(e.Through) > maxLine*4 || !utf8.ValidString(e.Text+e.Title+e.Through) {
			return fault.New(fault.TooLarge, "reporting.long-text")
		}
		d, record, o, err := r.Compose(ctx, a, id, p.Kind, p.Language, p.Course)
		if err != nil {
			return err
		}
		before := p.Digest()
		if e.Again {
			p.Title, p.Text = d.Title, d.Text()
		} else if e.Title == "" {
			return fault.New(fault.Invalid, "reporting.title")
		} else {
			p.Title, p.Text = e.Title, strings.ReplaceAll(e.Text, "\r\n", "\n")
		}
		p.Number, p.Composed, p.Through, p.Embargo = o.Number, d, e.Through, e.Embargo
		told, _ := report.Parse(p.Text, d)
		p.Told = report.Told(told, record)
		if p.Digest() != before {
			p.Author, p.Changed = a.Account, r.now().UTC().Truncate(time.Second)
		}
		return nil
	})
}

// change reads a publication, changes it and keeps it, if it is still the one that was seen.
func (r *Reporting) change(ctx context.Context, a party.Actor, pub string, seen int64, verb string, do func(*report.Publication, incident.ID) error) error {
	if !a.May(party.Write) && !(verb == "approved" && a.May(party.Approve)) {
		return fault.New(fault.Forbidden, "casework.right", string(party.Write))
	}
	p, id, err := r.Publication(ctx, a, pub)
	if err != nil {
		return err
	}
	if p.Version != seen {
		return fault.New(fault.Conflict, "reporting.text-changed")
	}
	if err := do(&p, id); err != nil {
		return err
	}
	return r.keepPublication(ctx, a, id, verb, &p)
}

// Approve says yes to a text as it was seen. What blocks, as Check says, cannot be approved.
func (r *Reporting) Approve(ctx context.Context, a party.Actor, pub string, seen int64, digest, note string) error {
	order, err := r.Signing(ctx, a)
	if err != nil {
		return err
	}
	return r.change(ctx, a, pub, seen, "approved", func(p *report.Publication, id incident.ID) error {
		concerns, err := r.check(ctx, a, *p, id, p.Language)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(concerns, func(c report.Concern) bool { return c.Blocks }) {
			return fault.New(fault.Withheld, "reporting.blocked")
		}
		return p.Approve(order, a, digest, strings.TrimSpace(note), r.now().UTC().Truncate(time.Second))
	})
}

// Check says what a person should look at before they approve.
func (r *Reporting) Check(ctx context.Context, a party.Actor, pub string, reader phrase.Language) ([]report.Concern, error) {
	p, id, err := r.Publication(ctx, a, pub)
	if err != nil {
		return nil, err
	}
	return r.check(ctx, a, p, id, reader)
}

func (r *Reporting) check(ctx context.Context, a party.Actor, p report.Publication, id incident.ID, reader phrase.Language) ([]report.Concern, error) {
	record, err := r.Record(ctx, a, id)
	if err != nil {
		return nil, err
	}
	o, err := r.order(ctx, a, id, p.Order())
	if err != nil {
		return nil, err
	}
	guard, err := r.guard(ctx, a, id)
	if err != nil {
		return nil, err
	}
	guard.Reader = reader
	order, err := r.Signing(ctx, a)
	if err != nil {
		return nil, err
	}
	out := report.Check(p.Document(order), record, o, guard)
	if p.Kind.Public() {
		names, err := r.unheard(ctx, a, id)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			out = append(out, report.Concern{Code: "reporting.concern.unheard", Args: []string{name}})
		}
	}
	return out, nil
}

// guard knows the other organisations of an incident.
func (r *Reporting) guard(ctx context.Context, a party.Actor, id incident.ID) (report.Guard, error) {
	o, err := r.store.Object(ctx, a.Org, incident.CaseSort, string(id))
	if err != nil && fault.KindOf(err) == fault.NotFound {
		return report.Guard{}, nil
	}
	var about incident.Case
	if err == nil {
		err = o.Value(&about)
	}
	if err != nil {
		return report.Guard{}, err
	}
	var terms []disguise.Term
	for _, i := range about.Involved {
		terms = append(terms, disguise.Term{Text: i.Name, Class: disguise.Organisation, Owner: incident.OfThirdParty})
	}
	finder, _ := disguise.Compile(terms)
	return report.Guard{Others: finder}, nil
}

// Hold keeps a publication back, as the police may ask, until somebody releases it.
func (r *Reporting) Hold(ctx context.Context, a party.Actor, pub string, seen int64, who, why string) error {
	who, why = strings.TrimSpace(who), strings.TrimSpace(why)
	if who == "" || why == "" || len(who)+len(why) > maxLine*4 {
		return fault.New(fault.Invalid, "report.why")
	}
	return r.change(ctx, a, pub, seen, "held", func(p *report.Publication, _ incident.ID) error {
		if !p.Published.IsZero() || len(p.Holds) >= 50 {
			return fault.New(fault.Conflict, "report.over")
		}
		p.Holds = append(p.Holds, report.Hold{Why: why, For: who, By: a.Name, At: r.now().UTC().Truncate(time.Second)})
		return nil
	})
}

// Release ends a hold, in the name of who does it.
func (r *Reporting) Release(ctx context.Context, a party.Actor, pub string, seen int64, hold int, why string) error {
	return r.change(ctx, a, pub, seen, "released", func(p *report.Publication, _ incident.ID) error {
		return p.Release(hold, a.Name, why, r.now().UTC().Truncate(time.Second))
	})
}

// Withdraw says that a draft will not be published, and why.
func (r *Reporting) Withdraw(ctx context.Context, a party.Actor, pub string, seen int64, why string) error {
	if why = strings.TrimSpace(why); why == "" || len(why) > maxLine*4 {
		return fault.New(fault.Invalid, "report.why")
	}
	return r.change(ctx, a, pub, seen, "withdrawn", func(p *report.Publication, _ incident.ID) error {
		if !p.Published.IsZero() || p.Withdrawn != "" {
			return fault.New(fault.Conflict, "report.over")
		}
		p.Withdrawn = why
		return nil
	})
}

// MarkPublished records when and where people made it public.
func (r *Reporting) MarkPublished(ctx context.Context, a party.Actor, pub string, seen int64, at time.Time, place string) error {
	order, err := r.Signing(ctx, a)
	if err != nil {
		return err
	}
	return r.change(ctx, a, pub, seen, "published", func(p *report.Publication, _ incident.ID) error {
		return p.MarkPublished(order, at, place, r.now())
	})
}

// Signing gives whose approval a publication takes, in their order.
func (r *Reporting) Signing(ctx context.Context, a party.Actor) ([]party.Hat, error) {
	if !a.May(party.Read) && !a.May(party.Administer) {
		return nil, fault.New(fault.Forbidden, "casework.right", string(party.Read))
	}
	o, err := r.store.Object(ctx, a.Org, sortSigning, "order")
	if err != nil && fault.KindOf(err) == fault.NotFound {
		return []party.Hat{party.Legal, party.PR, party.Management}, nil
	}
	if err != nil {
		return nil, err
	}
	var order []party.Hat
	return order, o.Value(&order)
}

// Signers lists the hats that can be asked to approve a publication.
func Signers() []party.Hat {
	return []party.Hat{party.Security, party.Legal, party.PR, party.Management, party.Approver}
}

// SetSigning sets whose approval it takes. At least one hat must be in it, each once.
func (r *Reporting) SetSigning(ctx context.Context, a party.Actor, order []party.Hat) error {
	if !a.May(party.Administer) {
		return fault.New(fault.Forbidden, "casework.right", string(party.Administer))
	}
	for k, h := range order {
		if !slices.Contains(Signers(), h) || slices.Contains(order[:k], h) {
			return fault.New(fault.Invalid, "reporting.signing")
		}
	}
	if len(order) == 0 {
		return fault.New(fault.Invalid, "reporting.signing")
	}
	old, err := r.store.Object(ctx, a.Org, sortSigning, "order")
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	return r.keep(ctx, a, "set", &store.Object{Sort: sortSigning, ID: "order", Version: old.Version}, order)
}

// Prompts says why it may be time to publish, or to publish again, and how the publications measure up.
// voluntary says that no law asks for them.
func (r *Reporting) Prompts(ctx context.Context, a party.Actor, id incident.ID, voluntary bool) ([]report.Prompt, report.Measures, error) {
	record, err := r.Record(ctx, a, id)
	if err != nil {
		return nil, report.Measures{}, err
	}
	out, err := r.publications(ctx, a, id)
	if err != nil {
		return nil, report.Measures{}, err
	}
	return report.Prompts(record, out), report.Measure(record, out, voluntary), nil
}
