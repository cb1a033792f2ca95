package web

import (
	"net/http"
	"strconv"

	"github.com/wakachi/wakachi/internal/casework"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
)

type aboutBody struct {
	casework.Record
	Stages []incident.Stage
	Parts  []incident.Part
	Rows   []incident.Involved // with a few empty ones to fill in
	Failed *fault.Error
}

func (a *asking) about() error { return a.showAbout(http.StatusOK, nil, nil) }

func (a *asking) showAbout(status int, typed *incident.Case, failed *fault.Error) error {
	r, err := a.Casework.Record(a.ctx(), a.actor, a.incidentID())
	if err != nil {
		return err
	}
	if typed != nil {
		r.Case = *typed
	}
	b := aboutBody{r, incident.Stages(), incident.Parts(), append(r.Involved[:len(r.Involved):len(r.Involved)], make([]incident.Involved, 3)...), failed}
	a.show(status, "about", "web.about", b)
	return nil
}

func (a *asking) describe() error {
	if err := a.r.ParseForm(); err != nil {
		return formFault(err)
	}
	c := incident.Case{Stage: incident.Stage(a.form("stage")), Sort: a.form("sort"), CommonCause: a.form("common") != "", LogDays: a.number("log-days")}
	names, parts := a.r.PostForm["involved"], a.r.PostForm["part"]
	for k, n := range names {
		if n != "" && k < len(parts) {
			c.Involved = append(c.Involved, incident.Involved{Name: n, Part: incident.Part(parts[k])})
		}
	}
	version, err := strconv.ParseInt(a.form("version"), 10, 64)
	if err != nil {
		return fault.New(fault.Usage, "web.form")
	}
	err = nil
	if c.Detected.UnmarshalText([]byte(moment(a.form("detected")))) != nil || c.Began.UnmarshalText([]byte(moment(a.form("began")))) != nil {
		err = fault.New(fault.Invalid, "casework.moment")
	}
	if err == nil {
		err = a.Casework.Describe(a.ctx(), a.actor, a.incidentID(), version, c)
	}
	if err == nil {
		return a.didIt("/incidents/"+string(a.incidentID()), "described", 1)
	}
	if f := asFault(err); f.Kind == fault.Invalid {
		return a.showAbout(f.Kind.Status(), &c, f)
	}
	return err
}

// moment takes what a browser's field for a time gives: it leaves the seconds out.
func moment(s string) string {
	if len(s) == len("2026-08-30T05:41") {
		return s + ":00"
	}
	return s
}
