package web

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/wakachi/wakachi/internal/casework"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/flow"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/phrase"
	"github.com/wakachi/wakachi/internal/report"
	"github.com/wakachi/wakachi/internal/reporting"
)

type publicationsBody struct {
	casework.Record
	Publications []report.Publication
	Prompts      []report.Prompt
	Measures     report.Measures
	Acts         []flow.Outcome // that the publication flow reached
	Kinds        []report.Kind
	Order        []party.Hat
}

// publications lists the drafts and publications of an incident, and says what asks for one.
func (a *asking) publications() error {
	b := publicationsBody{Kinds: report.Kinds()}
	var err error
	if b.Record, err = a.Casework.Record(a.ctx(), a.actor, a.incidentID()); err != nil {
		return err
	}
	if b.Publications, err = a.Reporting.Publications(a.ctx(), a.actor, b.ID); err != nil {
		return err
	}
	slices.Reverse(b.Publications)
	if b.Order, err = a.Reporting.Signing(a.ctx(), a.actor); err != nil {
		return err
	}
	f, _ := flow.Of("publication")
	given, _, err := a.given(b.ID, f.Name())
	if err != nil {
		return err
	}
	if len(given) > 0 {
		for _, x := range flow.Walk(f, given).Reached {
			b.Acts = append(b.Acts, x.Outcome)
		}
	}
	voluntary := given["required_by_law"] == flow.Answer("no")
	if b.Prompts, b.Measures, err = a.Reporting.Prompts(a.ctx(), a.actor, b.ID, voluntary); err != nil {
		return err
	}
	a.show(http.StatusOK, "publications", "web.publications", b)
	return nil
}

func (a *asking) draft() error {
	if err := a.r.ParseForm(); err != nil {
		return formFault(err)
	}
	lang := phrase.Japanese
	if a.form("language") == "en" {
		lang = phrase.English
	}
	p, err := a.Reporting.Draft(a.ctx(), a.actor, a.incidentID(), report.Kind(a.form("kind")), lang, a.form("course") != "", a.form("act"))
	if err != nil {
		return err
	}
	return a.didIt("/publications/"+p.ID, "drafted", 1)
}

type publicationBody struct {
	casework.Record
	Publication report.Publication
	Document    report.Document
	Progress    report.Progress
	Next        party.Hat
	Order       []party.Hat
	Concerns    []report.Concern
	Blocked     bool
	Facts       []report.Fact
	Changes     []Line // from what it is compared with to the text
	Earlier     []reporting.Earlier
	Against     int64 // the act it is compared with; 0: what the record says now
	Names       map[string]string
	Clear       *fault.Error // why it may not leave now; nil if it may
	Mine        bool         // the reader wrote it
	MyTurn      bool
	Failed      *fault.Error
}

func (a *asking) publication() error { return a.showPublication(http.StatusOK, nil, nil) }

// showPublication shows one text beside the facts it rests on, or what somebody typed and could not be
// kept.
func (a *asking) showPublication(status int, typed *reporting.Edit, failed *fault.Error) error {
	p, id, err := a.Reporting.Publication(a.ctx(), a.actor, a.r.PathValue("publication"))
	if err != nil {
		return err
	}
	b := publicationBody{Failed: failed, Mine: p.Author == a.actor.Account}
	if b.Record, err = a.Casework.Record(a.ctx(), a.actor, id); err != nil {
		return err
	}
	if b.Order, err = a.Reporting.Signing(a.ctx(), a.actor); err != nil {
		return err
	}
	if b.Concerns, err = a.Reporting.Check(a.ctx(), a.actor, p.ID, a.lang); err != nil {
		return err
	}
	b.Blocked = slices.ContainsFunc(b.Concerns, func(c report.Concern) bool { return c.Blocks })
	if b.Facts, err = a.Reporting.Facts(a.ctx(), a.actor, id); err != nil {
		return err
	}
	if b.Names, err = a.names(); err != nil {
		return err
	}
	fresh, _, _, err := a.Reporting.Compose(a.ctx(), a.actor, id, p.Kind, p.Language, p.Course)
	if err != nil {
		return err
	}
	if typed != nil {
		p.Title, p.Text, p.Through, p.Embargo = typed.Title, typed.Text, typed.Through, typed.Embargo
	}
	b.Publication, b.Document, b.Progress = p, p.Document(b.Order), p.Progress(b.Order)
	if b.Earlier, err = a.Reporting.Earlier(a.ctx(), a.actor, p.ID); err != nil {
		return err
	}
	before := fresh.Text()
	for _, e := range b.Earlier {
		if strconv.FormatInt(e.Seq, 10) == a.r.URL.Query().Get("against") {
			before, b.Against = e.Text, e.Seq
		}
	}
	b.Changes = Compare(before, p.Text)
	var open bool
	b.Next, open = p.Next(b.Order)
	b.MyTurn = open && !b.Mine && slices.Contains(a.actor.Hats, b.Next)
	if err := p.Clear(b.Order, a.Now()); err != nil {
		b.Clear = a.hatted(asFault(err))
	}
	a.show(status, "publication", "web.publication", b)
	return nil
}

// act does one of the things that are done with a publication.
func (a *asking) actOnPublication() error {
	if err := a.r.ParseForm(); err != nil {
		return formFault(err)
	}
	if _, _, err := a.Reporting.Publication(a.ctx(), a.actor, a.r.PathValue("publication")); err != nil {
		return err
	}
	if !a.actor.May(party.Write) && !a.actor.May(party.Approve) {
		return fault.New(fault.Forbidden, "casework.right", string(party.Write))
	}
	seen, err := strconv.ParseInt(a.form("version"), 10, 64)
	if err != nil {
		return fault.New(fault.Usage, "web.form")
	}
	pub, do := a.r.PathValue("publication"), a.form("do")
	var typed *reporting.Edit
	switch do {
	case "save", "again":
		e := reporting.Edit{Title: a.form("title"), Text: a.r.PostFormValue("text"), Through: a.form("through"), Again: do == "again"}
		typed = &e
		if e.Embargo, err = a.instant(a.form("embargo")); err == nil {
			err = a.Reporting.Edit(a.ctx(), a.actor, pub, seen, e)
		}
	case "approve":
		err = a.Reporting.Approve(a.ctx(), a.actor, pub, seen, a.form("digest"), a.form("note"))
	case "hold":
		err = a.Reporting.Hold(a.ctx(), a.actor, pub, seen, a.form("for"), a.form("why"))
	case "release":
		err = a.Reporting.Release(a.ctx(), a.actor, pub, seen, a.number("hold"), a.form("why"))
	case "withdraw":
		err = a.Reporting.Withdraw(a.ctx(), a.actor, pub, seen, a.form("why"))
	case "publish":
		var at time.Time
		if at, err = a.instant(a.form("at")); err == nil {
			err = a.Reporting.MarkPublished(a.ctx(), a.actor, pub, seen, at, a.form("place"))
		}
	default:
		return fault.New(fault.Usage, "web.form")
	}
	if err == nil {
		return a.didIt("/publications/"+pub, "publication."+do, 1)
	}
	switch f := asFault(err); f.Kind {
	case fault.Invalid, fault.Conflict, fault.TooLarge, fault.Withheld, fault.Forbidden:
		if f.Code == "casework.right" {
			return err
		}
		return a.showPublication(f.Kind.Status(), typed, a.hatted(f))
	}
	return err
}

// hatted puts the name of a hat in the place of its token.
func (a *asking) hatted(f *fault.Error) *fault.Error {
	if len(f.Args) == 1 && slices.Contains(party.Hats(), party.Hat(f.Args[0])) {
		out := *f
		out.Args = []string{view{asking: a}.HatName(party.Hat(f.Args[0]))}
		return &out
	}
	return f
}

// instant reads a time of the organisation's zone; a day is its beginning, nothing the zero time.
func (a *asking) instant(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	m, ok := reporting.Moment(text, a.Zone)
	if !ok {
		return time.Time{}, fault.New(fault.Invalid, "casework.moment")
	}
	if !m.Exact {
		return time.Date(m.At.Year(), m.At.Month(), m.At.Day(), 0, 0, 0, 0, a.Zone), nil
	}
	return m.At, nil
}

// Concern is what a person should look at, in words.
func (v view) Concern(c report.Concern) string { return v.lang.Text(c.Code, c.Args...) }

// FactWords is a fact's value as readers see it.
func (v view) FactWords(f report.Fact) string {
	return report.Record{Zone: v.Zone}.Words(f, v.lang)
}

// FieldName is the label of a fact.
func (v view) FieldName(f report.Field) string {
	if q, ok := report.QuestionOf(f); ok {
		return q.Label.In(v.lang)
	}
	return string(f)
}

// TS is T with arguments that are words already.
func (v view) TS(token string, args []string) string { return v.lang.Text(token, args...) }

// Lasted is a span of time in whole days or hours; a negative one is not known.
func (v view) Lasted(d time.Duration) string {
	if d < 0 {
		return "―"
	}
	return v.span(d)
}

// HatName is what a hat is called.
func (v view) HatName(h party.Hat) string { return v.lang.Text("party.hat." + string(h)) }

// Stamp is a time as a field of a form takes it back.
func (v view) Stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(v.Zone).Format("2006-01-02 15:04")
}

// Approved gives the approval of a hat that counts, if there is one.
func (v view) Approved(p report.Publication, h party.Hat) *report.Approval {
	digest := p.Digest()
	for _, a := range p.Approvals {
		if a.Hat == h && a.Digest == digest {
			return &a
		}
	}
	return nil
}

// setSigning sets whose approval publications take, in the order in which the hats were chosen.
func (a *asking) setSigning() error {
	if err := a.r.ParseForm(); err != nil {
		return formFault(err)
	}
	var order []party.Hat
	for _, h := range a.r.PostForm["hat"] {
		if h != "" {
			order = append(order, party.Hat(h))
		}
	}
	if err := a.Reporting.SetSigning(a.ctx(), a.actor, order); err != nil {
		return err
	}
	return a.didIt("/people", "signing", 1)
}
