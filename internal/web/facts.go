package web

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/wakachi/wakachi/internal/casework"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/report"
	"github.com/wakachi/wakachi/internal/reporting"
)

type factsBody struct {
	casework.Record
	Sections  []factSection
	Standings []report.Standing
	Failed    *fault.Error
}

// A factSection is the questions of one part of the page.
type factSection struct {
	Name  string
	Rows  []factRow
	Said  int  // how many have an answer
	Shown bool // open when the page is opened
}

// A factRow is one question and what was said to it.
type factRow struct {
	report.Question
	Fact report.Fact
	Seen int64
}

func (a *asking) facts() error { return a.showFacts(http.StatusOK, nil, nil) }

// showFacts shows what was said, or what somebody typed and could not be kept.
func (a *asking) showFacts(status int, typed []reporting.Said, failed *fault.Error) error {
	b := factsBody{Standings: report.Standings(), Failed: failed}
	var err error
	if b.Record, err = a.Casework.Record(a.ctx(), a.actor, a.incidentID()); err != nil {
		return err
	}
	said, err := a.Reporting.Facts(a.ctx(), a.actor, b.ID)
	if err != nil {
		return err
	}
	had := report.Record{Facts: said}
	for _, q := range report.Questions() {
		row := factRow{Question: q, Fact: had.Fact(q.Field)}
		row.Seen = row.Fact.Version
		if at := slices.IndexFunc(typed, func(s reporting.Said) bool { return s.Field == q.Field }); at >= 0 {
			row.Fact, row.Seen = typed[at].Fact, typed[at].Seen
		}
		last := len(b.Sections) - 1
		if last < 0 || b.Sections[last].Name != q.Section {
			b.Sections = append(b.Sections, factSection{Name: q.Section, Shown: slices.Contains([]string{"speaker", "event", "effect", "data"}, q.Section)})
			last++
		}
		s := &b.Sections[last]
		s.Rows = append(s.Rows, row)
		if row.Fact.Standing != report.NotLooked {
			s.Said++
		}
		s.Shown = s.Shown || failed != nil
	}
	a.show(status, "facts", "web.facts.title", b)
	return nil
}

func (a *asking) sayFacts() error {
	if err := a.r.ParseForm(); err != nil {
		return formFault(err)
	}
	var said []reporting.Said
	for _, q := range report.Questions() {
		key := string(q.Field)
		if !a.r.PostForm.Has(key + ".standing") {
			continue
		}
		seen, err := strconv.ParseInt(a.form(key+".seen"), 10, 64)
		if err != nil {
			return fault.New(fault.Usage, "web.form")
		}
		f := report.Fact{
			Field: q.Field, Standing: report.Standing(a.form(key + ".standing")), Value: a.form(key + ".value"),
			Basis: a.form(key + ".basis"), Changed: a.form(key + ".changed"), Hold: a.form(key + ".hold"),
			English: a.form(key + ".english"), BasisEnglish: a.form(key + ".basis.english"), ChangedEnglish: a.form(key + ".changed.english"),
		}
		if f.Value != "" && f.Standing == report.NotLooked && q.Section == "speaker" {
			f.Standing = report.Confirmed // nobody doubts a telephone number
		}
		said = append(said, reporting.Said{Fact: f, Seen: seen})
	}
	err := a.Reporting.Say(a.ctx(), a.actor, a.incidentID(), said)
	if err == nil {
		return a.didIt("/incidents/"+string(a.incidentID())+"/facts", "facts", 1)
	}
	if f := asFault(err); f.Kind == fault.Invalid || f.Kind == fault.Conflict || f.Kind == fault.TooLarge {
		return a.showFacts(f.Kind.Status(), said, a.labelled(f))
	}
	return err
}

// labelled puts the label of a field in the place of its token.
func (a *asking) labelled(f *fault.Error) *fault.Error {
	if len(f.Args) == 0 {
		return f
	}
	q, ok := report.QuestionOf(report.Field(f.Args[0]))
	if !ok {
		return f
	}
	out := *f
	out.Args = slices.Clone(f.Args)
	out.Args[0] = q.Label.In(a.lang)
	return &out
}

// TimeField is a time as a field of a form takes it back; what is none stays as it was typed.
func (v view) TimeField(value string) string {
	m, ok := reporting.Moment(value, v.Zone)
	switch {
	case !ok:
		return value
	case !m.Exact:
		return m.At.Format(time.DateOnly)
	}
	return m.At.In(v.Zone).Format("2006-01-02 15:04")
}

// Standing is the name of a standing, as a page and a form have it.
func (v view) Standing(s report.Standing) string {
	if s == report.NotLooked {
		s = "not-looked"
	}
	return v.lang.Text("report.standing." + string(s))
}
