package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/wakachi/wakachi/internal/deadline"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/phrase"
	"github.com/wakachi/wakachi/internal/report"
	"github.com/wakachi/wakachi/internal/reporting"
)

// FactForm is what is said to one question.
type FactForm struct {
	Field    string    `json:"field" doc:"such as persons; list-questions has them all"`
	Standing string    `json:"standing" enum:",investigating,suspected,confirmed,found-none" doc:"empty: nobody has looked"`
	Value    string    `json:"value,omitempty"`
	Basis    string    `json:"basis,omitempty" doc:"of found-none: what was looked at"`
	Changed  string    `json:"changed,omitempty" doc:"why it is not what was told before"`
	Hold     string    `json:"hold,omitempty" doc:"why it must not be public yet"`
	Version  int64     `json:"version,omitempty" doc:"as seen; 0 for what nobody had said"`
	By       string    `json:"by,omitempty" readOnly:"true"`
	At       time.Time `json:"at,omitzero" readOnly:"true"`

	English        string `json:"english,omitempty" doc:"the value for readers of English"`
	BasisEnglish   string `json:"basis_english,omitempty"`
	ChangedEnglish string `json:"changed_english,omitempty"`
}

// DeedForm is one thing that was done in response.
type DeedForm struct {
	ID      string `json:"id,omitempty"`
	Sort    string `json:"sort" doc:"such as police-told; empty takes the deed back"`
	At      string `json:"at" doc:"RFC 3339 or a date"`
	With    string `json:"with,omitempty"`
	Shown   string `json:"shown,omitempty"`
	Channel string `json:"channel,omitempty"`
	Receipt string `json:"receipt,omitempty"`
	Note    string `json:"note,omitempty"`
	Hold    string `json:"hold,omitempty"`
	Kept    bool   `json:"kept,omitempty" readOnly:"true" doc:"the record itself shows it"`
	Version int64  `json:"version,omitempty"`
}

// FilingForm is a report made to an office.
type FilingForm struct {
	ID      string   `json:"id,omitempty" readOnly:"true"`
	Form    string   `json:"form"`
	Stage   string   `json:"stage" enum:"first,follow-up,final"`
	Rules   []string `json:"rules,omitempty" maxItems:"20" doc:"the clocks it answers"`
	Office  string   `json:"office"`
	Basis   string   `json:"basis" doc:"the law, or consent"`
	Consent bool     `json:"consent,omitempty"`
	At      string   `json:"at"`
	Channel string   `json:"channel"`
	Number  string   `json:"number,omitempty"`
	Person  string   `json:"person,omitempty"`
	Late    string   `json:"late,omitempty" doc:"why it came after its deadline"`
}

// PublicationForm is a text on its way out.
type PublicationForm struct {
	ID        string    `json:"id"`
	Incident  string    `json:"incident"`
	Kind      string    `json:"kind"`
	Language  string    `json:"language" enum:"ja,en"`
	Progress  string    `json:"progress"`
	Next      string    `json:"next,omitempty" doc:"the hat whose approval comes next"`
	Title     string    `json:"title"`
	Text      string    `json:"text"`
	Digest    string    `json:"digest" doc:"names the text exactly; an approval says which it saw"`
	Through   string    `json:"through,omitempty"`
	Embargo   time.Time `json:"embargo,omitzero"`
	Held      bool      `json:"held"`
	Published time.Time `json:"published,omitzero"`
	Place     string    `json:"place,omitempty"`
	Version   int64     `json:"version"`
}

// Anchor is when an event happened.
type Anchor struct {
	At  string `json:"at" doc:"RFC 3339, a date, or empty for a time nobody knows"`
	Why string `json:"why,omitempty" doc:"needed for another time than was said"`
}

// ConcernForm is something a person should look at.
type ConcernForm struct {
	Code   string   `json:"code"`
	Args   []string `json:"args,omitempty"`
	Text   string   `json:"text,omitempty"`
	Blocks bool     `json:"blocks"`
}

// InPublication is a publication's id in an address.
type InPublication struct {
	Publication string `path:"publication" maxLength:"128"`
}

// InDraft says which document is meant.
type InDraft struct {
	Under
	Kind     string `path:"kind" enum:"first,follow-up,final,holding,subjects,partners,internal,questions"`
	Language string `query:"lang" enum:"ja,en" default:"ja"`
	Course   bool   `query:"course" doc:"with the course of the response"`
}

// tongue is the language of a document, of which Japanese goes without saying.
func tongue(s string) phrase.Language { return phrase.ParseLanguage(s) }

func (h *handler) reporting(api huma.API) {
	h.facts(api)
	h.deadlines(api)
	h.filings(api)
	h.forms(api)
	h.publications(api)
}

func (h *handler) facts(api huma.API) {
	operation(api, http.MethodGet, "/incidents/{incident}/facts", "list-facts", "What was said of an incident, as forms and publications take it",
		func(ctx context.Context, a party.Actor, in *Under) (*Answer[List[FactForm]], error) {
			return h.factList(ctx, a, in.id())
		})
	operation(api, http.MethodPut, "/incidents/{incident}/facts", "say-facts", "Say facts, all of them or none",
		func(ctx context.Context, a party.Actor, in *struct {
			Under
			Body struct {
				Facts []FactForm `json:"facts" maxItems:"200"`
			}
		}) (*Answer[List[FactForm]], error) {
			var said []reporting.Said
			for _, f := range in.Body.Facts {
				said = append(said, reporting.Said{Seen: f.Version, Fact: report.Fact{
					Field: report.Field(f.Field), Standing: report.Standing(f.Standing), Value: f.Value, Basis: f.Basis, Changed: f.Changed, Hold: f.Hold,
					English: f.English, BasisEnglish: f.BasisEnglish, ChangedEnglish: f.ChangedEnglish,
				}})
			}
			if err := h.Reporting.Say(ctx, a, in.id(), said); err != nil {
				return nil, err
			}
			return h.factList(ctx, a, in.id())
		})
	operation(api, http.MethodGet, "/incidents/{incident}/course", "list-course", "What was done in response, the oldest first",
		func(ctx context.Context, a party.Actor, in *Under) (*Answer[List[DeedForm]], error) {
			deeds, err := h.Reporting.Deeds(ctx, a, in.id())
			out := List[DeedForm]{Items: []DeedForm{}, All: len(deeds)}
			for _, d := range deeds {
				out.Items = append(out.Items, deedForm(d))
			}
			return answer(out, err)
		})
	operation(api, http.MethodPost, "/incidents/{incident}/course", "enter-deed", "Enter what was done, or amend it",
		func(ctx context.Context, a party.Actor, in *struct {
			Under
			Body DeedForm
		}) (*Answer[DeedForm], error) {
			f := in.Body
			d := report.Deed{ID: f.ID, Sort: report.DeedSort(f.Sort), With: f.With, Shown: f.Shown, Channel: f.Channel, Receipt: f.Receipt, Note: f.Note, Hold: f.Hold, Version: f.Version}
			if err := timeOf(f.At, &d.At); err != nil && d.Sort != "" {
				return nil, err
			}
			d, err := h.Reporting.Enter(ctx, a, in.id(), d)
			return answer(deedForm(d), err)
		})
}

func timeOf(text string, into *incident.Moment) error {
	m, ok := reporting.Moment(text, time.UTC)
	if !ok {
		return fault.New(fault.Invalid, "reporting.when")
	}
	*into = m
	return nil
}

func deedForm(d report.Deed) DeedForm {
	return DeedForm{ID: d.ID, Sort: string(d.Sort), At: d.At.String(), With: d.With, Shown: d.Shown, Channel: d.Channel, Receipt: d.Receipt, Note: d.Note, Hold: d.Hold, Kept: d.Kept, Version: d.Version}
}

func (h *handler) factList(ctx context.Context, a party.Actor, id incident.ID) (*Answer[List[FactForm]], error) {
	facts, err := h.Reporting.Facts(ctx, a, id)
	out := List[FactForm]{Items: []FactForm{}, All: len(facts)}
	for _, f := range facts {
		out.Items = append(out.Items, FactForm{
			string(f.Field), string(f.Standing), f.Value, f.Basis, f.Changed, f.Hold, f.Version, f.By, f.At, f.English, f.BasisEnglish, f.ChangedEnglish,
		})
	}
	return answer(out, err)
}

func (h *handler) deadlines(api huma.API) {
	type declared struct {
		Version int64             `json:"version" doc:"as seen"`
		Regimes map[string]string `json:"regimes,omitempty" doc:"regime: yes, no, cannot_tell"`
		Traits  map[string]string `json:"traits,omitempty"`
		Events  map[string]Anchor `json:"events,omitempty"`
	}
	operation(api, http.MethodGet, "/incidents/{incident}/deadlines", "list-deadlines", "How every clock of an incident stands",
		func(ctx context.Context, a party.Actor, in *struct {
			Under
			Language string `query:"lang" enum:"ja,en" default:"ja"`
		}) (*Answer[struct {
			Version int64            `json:"version"`
			Clocks  []deadline.Shown `json:"clocks"`
		}], error) {
			out := struct {
				Version int64            `json:"version"`
				Clocks  []deadline.Shown `json:"clocks"`
			}{}
			d, err := h.Reporting.Declared(ctx, a, in.id())
			if err != nil {
				return nil, err
			}
			clocks, err := h.Reporting.Clocks(ctx, a, in.id())
			out.Version, out.Clocks = d.Version, deadline.Show(clocks, tongue(in.Language))
			return answer(out, err)
		})
	operation(api, http.MethodPut, "/incidents/{incident}/deadlines", "declare", "Say which rules apply and when things happened",
		func(ctx context.Context, a party.Actor, in *struct {
			Under
			Body declared
		}) (*struct{}, error) {
			return nil, h.declare(ctx, a, in.id(), in.Body.Version, in.Body.Regimes, in.Body.Traits, in.Body.Events)
		})
}

func (h *handler) declare(ctx context.Context, a party.Actor, id incident.ID, version int64, regimes, traits map[string]string, events map[string]Anchor) error {
	r, t := map[deadline.Regime]deadline.Answer{}, map[deadline.Trait]deadline.Answer{}
	for k, x := range regimes {
		r[deadline.Regime(k)] = deadline.Answer(x)
	}
	for k, x := range traits {
		t[deadline.Trait(k)] = deadline.Answer(x)
	}
	if len(r)+len(t) > 0 {
		if err := h.Reporting.Declare(ctx, a, id, version, r, t); err != nil {
			return err
		}
		d, err := h.Reporting.Declared(ctx, a, id)
		if err != nil {
			return err
		}
		version = d.Version
	}
	for e, x := range events {
		var at incident.Moment
		if x.At != "" {
			if err := timeOf(x.At, &at); err != nil {
				return err
			}
		}
		if err := h.Reporting.Anchor(ctx, a, id, version, deadline.Event(e), at, x.Why); err != nil {
			return err
		}
		d, err := h.Reporting.Declared(ctx, a, id)
		if err != nil {
			return err
		}
		version = d.Version
	}
	return nil
}

func (h *handler) filings(api huma.API) {
	operation(api, http.MethodGet, "/incidents/{incident}/filings", "list-filings", "Reports made to offices, the oldest first",
		func(ctx context.Context, a party.Actor, in *Under) (*Answer[List[FilingForm]], error) {
			all, err := h.Reporting.Filings(ctx, a, in.id())
			out := List[FilingForm]{Items: []FilingForm{}, All: len(all)}
			for _, f := range all {
				out.Items = append(out.Items, filingForm(f))
			}
			return answer(out, err)
		})
	operation(api, http.MethodPost, "/incidents/{incident}/filings", "record-filing", "Record a report that was made to an office, with its receipt",
		func(ctx context.Context, a party.Actor, in *struct {
			Under
			Body FilingForm
		}) (*Answer[FilingForm], error) {
			f := in.Body
			x := report.Filing{
				Form: report.FormID(f.Form), Stage: f.Stage, Rules: f.Rules, Office: f.Office, Basis: f.Basis, Consent: f.Consent, Channel: f.Channel,
				Number: f.Number, Person: f.Person, Late: f.Late,
			}
			if err := timeOf(f.At, &x.At); err != nil {
				return nil, err
			}
			x, err := h.Reporting.File(ctx, a, in.id(), x)
			return answer(filingForm(x), err)
		})
}

// forms fills the forms of offices from the record.
func (h *handler) forms(api huma.API) {
	operation(api, http.MethodGet, "/incidents/{incident}/forms/{form}", "fill-form", "A form of an office, filled from the record",
		func(ctx context.Context, a party.Actor, in *struct {
			Under
			Form     string `path:"form" maxLength:"64"`
			Stage    string `query:"stage" enum:"first,follow-up,final" default:"first"`
			Language string `query:"lang" enum:"ja,en" default:"ja"`
		}) (*Answer[FormFilled], error) {
			record, err := h.Reporting.Record(ctx, a, in.id())
			if err != nil {
				return nil, err
			}
			form, ok := report.FormOf(report.FormID(in.Form))
			if !ok {
				return nil, fault.New(fault.NotFound, "store.not-found")
			}
			f := report.Fill(form, in.Stage, record, tongue(in.Language))
			out := FormFilled{Form: in.Form, Stage: f.Stage, From: f.From, Date: f.Date, Answers: f.Answers, Concerns: []ConcernForm{}}
			for _, c := range f.Concerns {
				out.Concerns = append(out.Concerns, ConcernForm{c.Code, c.Args, c.Text, c.Blocks})
			}
			return answer(out, nil)
		})
}

// FormFilled is a filled form. Answers are the form's questions in its order; their keys are stable.
type FormFilled struct {
	Form     string          `json:"form"`
	Stage    string          `json:"stage"`
	From     string          `json:"from"`
	Date     string          `json:"date"`
	Answers  []report.Answer `json:"answers"`
	Concerns []ConcernForm   `json:"concerns"`
}

func filingForm(f report.Filing) FilingForm {
	return FilingForm{f.ID, string(f.Form), f.Stage, f.Rules, f.Office, f.Basis, f.Consent, f.At.String(), f.Channel, f.Number, f.Person, f.Late}
}

func (h *handler) publications(api huma.API) {
	operation(api, http.MethodGet, "/incidents/{incident}/draft/{kind}", "compose-document", "A document composed from the record, kept nowhere",
		func(ctx context.Context, a party.Actor, in *InDraft) (*Answer[report.Document], error) {
			d, _, _, err := h.Reporting.Compose(ctx, a, in.id(), report.Kind(in.Kind), tongue(in.Language), in.Course)
			return answer(d, err)
		})
	operation(api, http.MethodGet, "/incidents/{incident}/publications", "list-publications", "Drafts and publications, the oldest first",
		func(ctx context.Context, a party.Actor, in *Under) (*Answer[List[PublicationForm]], error) {
			all, err := h.Reporting.Publications(ctx, a, in.id())
			out := List[PublicationForm]{Items: []PublicationForm{}, All: len(all)}
			for _, p := range all {
				f, err := h.publicationForm(ctx, a, p, in.id())
				if err != nil {
					return nil, err
				}
				out.Items = append(out.Items, f.Body)
			}
			return answer(out, err)
		})
	operation(api, http.MethodPost, "/incidents/{incident}/publications/{kind}", "draft-publication", "Draft a publication from the record",
		func(ctx context.Context, a party.Actor, in *struct {
			InDraft
			Act string `query:"act" doc:"the act of the publication flow it carries out"`
		}) (*Answer[PublicationForm], error) {
			p, err := h.Reporting.Draft(ctx, a, in.id(), report.Kind(in.Kind), tongue(in.Language), in.Course, in.Act)
			if err != nil {
				return nil, err
			}
			return h.publicationForm(ctx, a, p, in.id())
		})
	operation(api, http.MethodGet, "/publications/{publication}", "get-publication", "One publication",
		func(ctx context.Context, a party.Actor, in *InPublication) (*Answer[PublicationForm], error) {
			return h.publication(ctx, a, in.Publication)
		})
	operation(api, http.MethodGet, "/publications/{publication}/concerns", "check-publication", "What a person should look at before they approve",
		func(ctx context.Context, a party.Actor, in *struct {
			InPublication
			Language string `query:"lang" enum:"ja,en" default:"ja"`
		}) (*Answer[List[ConcernForm]], error) {
			all, err := h.Reporting.Check(ctx, a, in.Publication, tongue(in.Language))
			out := List[ConcernForm]{Items: []ConcernForm{}, All: len(all)}
			for _, c := range all {
				out.Items = append(out.Items, ConcernForm{c.Code, c.Args, c.Text, c.Blocks})
			}
			return answer(out, err)
		})
	h.publicationActs(api)
}

func (h *handler) publicationActs(api huma.API) {
	operation(api, http.MethodPut, "/publications/{publication}", "edit-publication", "Change the text, or when and through whom it goes out",
		func(ctx context.Context, a party.Actor, in *struct {
			InPublication
			Body struct {
				Version int64     `json:"version"`
				Title   string    `json:"title,omitempty"`
				Text    string    `json:"text,omitempty"`
				Through string    `json:"through,omitempty"`
				Embargo time.Time `json:"embargo,omitzero"`
				Again   bool      `json:"again,omitempty" doc:"compose anew from the record"`
			}
		}) (*Answer[PublicationForm], error) {
			b := in.Body
			e := reporting.Edit{Title: b.Title, Text: b.Text, Through: b.Through, Embargo: b.Embargo, Again: b.Again}
			if err := h.Reporting.Edit(ctx, a, in.Publication, b.Version, e); err != nil {
				return nil, err
			}
			return h.publication(ctx, a, in.Publication)
		})
	type act struct {
		InPublication
		Body struct {
			Version int64     `json:"version"`
			Digest  string    `json:"digest,omitempty" doc:"of an approval: the text that was read"`
			Note    string    `json:"note,omitempty"`
			For     string    `json:"for,omitempty" doc:"of a hold: who asked"`
			Hold    int       `json:"hold,omitempty" doc:"of a release: which, from 0"`
			Why     string    `json:"why,omitempty"`
			At      time.Time `json:"at,omitzero" doc:"of a publication: when"`
			Place   string    `json:"place,omitempty"`
		}
	}
	for name, x := range map[string]struct {
		summary string
		do      func(context.Context, party.Actor, *act) error
	}{
		"approve": {"Approve exactly this text", func(ctx context.Context, a party.Actor, in *act) error {
			return h.Reporting.Approve(ctx, a, in.Publication, in.Body.Version, in.Body.Digest, in.Body.Note)
		}},
		"hold": {"Hold it back, as the police may ask", func(ctx context.Context, a party.Actor, in *act) error {
			return h.Reporting.Hold(ctx, a, in.Publication, in.Body.Version, in.Body.For, in.Body.Why)
		}},
		"release": {"Release a hold, in one's own name", func(ctx context.Context, a party.Actor, in *act) error {
			return h.Reporting.Release(ctx, a, in.Publication, in.Body.Version, in.Body.Hold, in.Body.Why)
		}},
		"withdraw": {"Say that it will not be published", func(ctx context.Context, a party.Actor, in *act) error {
			return h.Reporting.Withdraw(ctx, a, in.Publication, in.Body.Version, in.Body.Why)
		}},
		"published": {"Record that people made it public", func(ctx context.Context, a party.Actor, in *act) error {
			return h.Reporting.MarkPublished(ctx, a, in.Publication, in.Body.Version, in.Body.At, in.Body.Place)
		}},
	} {
		operation(api, http.MethodPost, "/publications/{publication}/"+name, strings.TrimSuffix(name, "ed")+"-publication", x.summary,
			func(ctx context.Context, a party.Actor, in *act) (*Answer[PublicationForm], error) {
				if err := x.do(ctx, a, in); err != nil {
					return nil, err
				}
				return h.publication(ctx, a, in.Publication)
			})
	}
}

func (h *handler) publication(ctx context.Context, a party.Actor, id string) (*Answer[PublicationForm], error) {
	p, of, err := h.Reporting.Publication(ctx, a, id)
	if err != nil {
		return nil, err
	}
	return h.publicationForm(ctx, a, p, of)
}

func (h *handler) publicationForm(ctx context.Context, a party.Actor, p report.Publication, of incident.ID) (*Answer[PublicationForm], error) {
	order, err := h.Reporting.Signing(ctx, a)
	if err != nil {
		return nil, err
	}
	f := PublicationForm{
		ID: p.ID, Incident: string(of), Kind: string(p.Kind), Language: "ja", Progress: string(p.Progress(order)), Title: p.Title, Text: p.Text, Digest: p.Digest(),
		Through: p.Through, Embargo: p.Embargo, Held: p.Held(), Published: p.Published, Place: p.Place, Version: p.Version,
	}
	if p.Language == phrase.English {
		f.Language = "en"
	}
	next, _ := p.Next(order)
	f.Next = string(next)
	return answer(f, nil)
}
