package web

import (
	"net/http"
	"strconv"

	"github.com/wakachi/wakachi/internal/casework"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/report"
	"github.com/wakachi/wakachi/internal/reporting"
)

type courseBody struct {
	casework.Record
	Deeds        []report.Deed
	Sorts        []report.DeedSort
	Stakeholders []reporting.Stakeholder
	Names        map[string]string
	Typed        report.Deed // what somebody typed and could not be kept
	TypedAt      string
	Failed       *fault.Error
}

// course is what was done in response, and who must hear.
func (a *asking) course() error { return a.showCourse(http.StatusOK, courseBody{}) }

func (a *asking) showCourse(status int, b courseBody) error {
	b.Sorts = report.DeedSorts()
	var err error
	if b.Record, err = a.Casework.Record(a.ctx(), a.actor, a.incidentID()); err != nil {
		return err
	}
	if b.Deeds, err = a.Reporting.Deeds(a.ctx(), a.actor, b.ID); err != nil {
		return err
	}
	if b.Stakeholders, err = a.Reporting.Stakeholders(a.ctx(), a.actor, b.ID); err != nil {
		return err
	}
	if b.Names, err = a.names(); err != nil {
		return err
	}
	a.show(status, "course", "web.course", b)
	return nil
}

func (a *asking) enterDeed() error {
	if err := a.r.ParseForm(); err != nil {
		return formFault(err)
	}
	version, _ := strconv.ParseInt(a.form("version"), 10, 64) // absent for a new one
	d := report.Deed{
		ID: a.form("id"), Version: version, Sort: report.DeedSort(a.form("sort")), With: a.form("with"), Shown: a.form("shown"),
		Channel: a.form("channel"), Receipt: a.form("receipt"), Note: a.form("note"), Hold: a.form("hold"),
	}
	if a.form("do") == "take-back" {
		d.Sort = ""
	}
	at, ok := reporting.Moment(a.form("at"), a.Zone)
	err := error(fault.New(fault.Invalid, "reporting.when"))
	if d.At = at; ok || d.Sort == "" {
		_, err = a.Reporting.Enter(a.ctx(), a.actor, a.incidentID(), d)
	}
	if err == nil {
		return a.didIt("/incidents/"+string(a.incidentID())+"/course", "deed", 1)
	}
	if f := asFault(err); f.Kind == fault.Invalid || f.Kind == fault.Conflict || f.Kind == fault.TooLarge {
		return a.showCourse(f.Kind.Status(), courseBody{Typed: d, TypedAt: a.form("at"), Failed: f})
	}
	return err
}

func (a *asking) setStakeholder() error {
	if err := a.r.ParseForm(); err != nil {
		return formFault(err)
	}
	version, _ := strconv.ParseInt(a.form("version"), 10, 64)
	s := reporting.Stakeholder{
		ID: a.form("id"), Version: version, Name: a.form("name"), Channel: a.form("channel"), Place: a.number("place"), Before: a.form("before") != "",
		Note: a.form("note"), Gone: a.form("do") == "take-off",
	}
	err := error(nil)
	if text := a.form("done"); text != "" {
		var ok bool
		if s.Done, ok = reporting.Moment(text, a.Zone); !ok {
			err = fault.New(fault.Invalid, "reporting.stakeholder")
		}
	}
	if a.form("do") == "done" && s.Done.IsZero() {
		s.Done = incident.Moment{At: a.Now().In(a.Zone), Exact: true, Zoned: true}
	}
	if err == nil {
		err = a.Reporting.SetStakeholder(a.ctx(), a.actor, a.incidentID(), s)
	}
	if err == nil {
		return a.didIt("/incidents/"+string(a.incidentID())+"/course", "stakeholder", 1)
	}
	if f := asFault(err); f.Kind == fault.Invalid || f.Kind == fault.Conflict || f.Kind == fault.TooLarge {
		return a.showCourse(f.Kind.Status(), courseBody{Failed: f})
	}
	return err
}

// DeedName is what a sort of deed is called.
func (v view) DeedName(s report.DeedSort) string { return s.Words(v.lang) }
