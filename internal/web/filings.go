package web

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/wakachi/wakachi/internal/casework"
	"github.com/wakachi/wakachi/internal/deadline"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/phrase"
	"github.com/wakachi/wakachi/internal/report"
	"github.com/wakachi/wakachi/internal/reporting"
)

type filingsBody struct {
	casework.Record
	Forms   []offeredForm
	Filings []report.Filing
	Names   map[string]string
}

// An offeredForm is a form with how far the record fills it.
type offeredForm struct {
	report.Form
	Suited      bool
	Filled, All int
	Missing     int
	Next        deadline.Clock // the clock it answers that is next; zero if none runs
}

// filings lists the forms that suit an incident and the reports that were made.
func (a *asking) filings() error {
	var b filingsBody
	var err error
	id := a.incidentID()
	if b.Record, err = a.Casework.Record(a.ctx(), a.actor, id); err != nil {
		return err
	}
	if b.Filings, err = a.Reporting.Filings(a.ctx(), a.actor, id); err != nil {
		return err
	}
	if b.Names, err = a.names(); err != nil {
		return err
	}
	record, err := a.Reporting.Record(a.ctx(), a.actor, id)
	if err != nil {
		return err
	}
	declared, err := a.Reporting.Declared(a.ctx(), a.actor, id)
	if err != nil {
		return err
	}
	clocks, err := a.Reporting.Clocks(a.ctx(), a.actor, id)
	if err != nil {
		return err
	}
	var regimes []string
	for r, x := range declared.Regimes {
		if x != deadline.No {
			regimes = append(regimes, string(r))
		}
	}
	suited := report.Suited(record, regimes)
	for _, f := range report.Forms() {
		o := offeredForm{Form: f, Suited: slices.Contains(suited, f.ID)}
		for _, x := range report.Fill(f, "first", record, a.lang).Answers {
			o.All++
			if x.Value != "" {
				o.Filled++
			}
			if x.Missing {
				o.Missing++
			}
		}
		for _, c := range reporting.Wanting(clocks) {
			if slices.Contains(f.Rules, string(c.Rule.ID)) {
				o.Next = c
				break
			}
		}
		b.Forms = append(b.Forms, o)
	}
	slices.SortStableFunc(b.Forms, func(x, y offeredForm) int { return boolOrder(x.Suited, y.Suited) })
	a.show(http.StatusOK, "filings", "web.filings", b)
	return nil
}

type filingBody struct {
	casework.Record
	Filled   report.Filling
	Document report.Document
	Clocks   []deadline.Clock // that a submission may answer
	Typed    report.Filing
	TypedAt  string
	Failed   *fault.Error
}

// theForm gives the form and the stage of an address.
func (a *asking) theForm() (report.Form, string, error) {
	f, ok := report.FormOf(report.FormID(a.r.PathValue("form")))
	if !ok {
		return f, "", notFound()
	}
	stage := a.form("stage")
	if !slices.Contains(report.Stages(), stage) {
		stage = "first"
	}
	return f, stage, nil
}

func (a *asking) filing() error { return a.showFiling(http.StatusOK, filingBody{}) }

func (a *asking) showFiling(status int, b filingBody) error {
	f, stage, err := a.theForm()
	if err != nil {
		return err
	}
	id := a.incidentID()
	if b.Record, err = a.Casework.Record(a.ctx(), a.actor, id); err != nil {
		return err
	}
	record, err := a.Reporting.Record(a.ctx(), a.actor, id)
	if err != nil {
		return err
	}
	clocks, err := a.Reporting.Clocks(a.ctx(), a.actor, id)
	if err != nil {
		return err
	}
	for _, c := range clocks {
		if slices.Contains(f.Rules, string(c.Rule.ID)) && c.Declared && c.State != deadline.NotApplicable {
			b.Clocks = append(b.Clocks, c)
		}
	}
	b.Filled = report.Fill(f, stage, record, a.lang)
	b.Document = b.Filled.Document(a.lang)
	a.show(status, "filing", "web.filings", b)
	return nil
}

// file records that a report was made.
func (a *asking) file() error {
	if err := a.r.ParseForm(); err != nil {
		return formFault(err)
	}
	f, stage, err := a.theForm()
	if err != nil {
		return err
	}
	record, err := a.Reporting.Record(a.ctx(), a.actor, a.incidentID())
	if err != nil {
		return err
	}
	x := report.Filing{
		Form: f.ID, Stage: stage, Rules: a.r.PostForm["rule"], Office: a.form("office"), Basis: a.form("basis"), Consent: a.form("consent") != "",
		Channel: a.form("channel"), Number: a.form("number"), Person: a.form("person"), Late: a.form("late"),
		Answers: report.Fill(f, stage, record, phrase.Japanese).Answers,
	}
	at, ok := reporting.Moment(a.form("at"), a.Zone)
	err = error(fault.New(fault.Invalid, "report.filing-when"))
	if x.At = at; ok {
		_, err = a.Reporting.File(a.ctx(), a.actor, a.incidentID(), x)
	}
	if err == nil {
		return a.didIt("/incidents/"+string(a.incidentID())+"/filings", "filed", 1)
	}
	if x := asFault(err); x.Kind == fault.Invalid || x.Kind == fault.TooLarge {
		return a.showFiling(x.Kind.Status(), filingBody{TypedAt: a.form("at"), Failed: x, Typed: report.Filing{
			Office: a.form("office"), Channel: a.form("channel"), Number: a.form("number"), Person: a.form("person"), Late: a.form("late"), Rules: a.r.PostForm["rule"],
		}})
	}
	return err
}

// filingFile gives a filled form as a file.
func (a *asking) filingFile() error {
	f, stage, err := a.theForm()
	if err != nil {
		return err
	}
	record, err := a.Reporting.Record(a.ctx(), a.actor, a.incidentID())
	if err != nil {
		return err
	}
	filled := report.Fill(f, stage, record, a.lang)
	name := strings.ReplaceAll(string(f.ID), ".", "-") + "-" + stage
	if a.r.PathValue("format") == "json" {
		body, err := json.MarshalIndent(filled, "", "  ")
		if err != nil {
			return err
		}
		a.attach(name+".json", "application/json", body)
		return nil
	}
	return a.rendered(name, filled.Document(a.lang), &filled)
}

// attach answers with a file to be kept. Its name tells what sort of file it is, and nothing of the
// incident.
func (a *asking) attach(name, media string, body []byte) {
	a.w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	a.send(http.StatusOK, media, body)
}

// Ticked says whether a clock was ticked in what somebody typed, or would be at first.
func (b filingBody) Ticked(c deadline.Clock) bool {
	if b.Failed != nil {
		return slices.Contains(b.Typed.Rules, string(c.Rule.ID))
	}
	if strings.HasPrefix(string(b.Filled.Form.ID), "common.") {
		return false // one layout for several offices: which of them got it only a person knows
	}
	final := strings.Contains(string(c.Rule.ID), "final") || strings.Contains(string(c.Rule.ID), "report")
	return c.State != deadline.Filed && final == (b.Filled.Stage == "final")
}

// StageName is what a stage of a report to an office is called.
func (v view) StageName(stage string) string { return v.lang.Text("web.stage." + stage) }
