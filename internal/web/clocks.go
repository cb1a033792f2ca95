package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/casework"
	"github.com/wakachi/wakachi/internal/deadline"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/report"
	"github.com/wakachi/wakachi/internal/reporting"
)

// deadlines is the board of the clocks of all incidents.
func (a *asking) deadlines() error {
	all, err := a.Reporting.Board(a.ctx(), a.actor)
	if err != nil {
		return err
	}
	text, version, err := a.Reporting.Own(a.ctx(), a.actor)
	if err != nil {
		return err
	}
	return a.showDeadlines(http.StatusOK, deadlinesBody{Clocks: all, Own: text, Version: version})
}

type deadlinesBody struct {
	Clocks    []reporting.Dated
	Own       string // the organisation's own rules
	Version   int64
	Reminding report.Reminding
	Leads     string
	Failed    *fault.Error
}

func (a *asking) showDeadlines(status int, b deadlinesBody) error {
	set, err := a.Reporting.Reminding(a.ctx(), a.actor)
	if err != nil {
		return err
	}
	if b.Reminding = set; len(set.Leads) == 0 {
		set.Leads = report.DefaultLeads()
	}
	b.Leads = strings.Trim(strings.Join(strings.Fields(fmt.Sprint(set.Leads)), " "), "[]")
	a.show(status, "deadlines", "web.deadlines", b)
	return nil
}

func (a *asking) setOwnRules() error {
	version, err := strconv.ParseInt(a.form("version"), 10, 64)
	if err != nil {
		return fault.New(fault.Usage, "web.form")
	}
	text := strings.ReplaceAll(a.r.PostFormValue("rules"), "\r\n", "\n")
	err = a.Reporting.SetOwn(a.ctx(), a.actor, version, text)
	if err == nil {
		return a.didIt("/deadlines", "own-rules", 1)
	}
	if f := asFault(err); f.Kind == fault.Invalid || f.Kind == fault.TooLarge {
		all, err := a.Reporting.Board(a.ctx(), a.actor)
		if err != nil {
			return err
		}
		return a.showDeadlines(f.Kind.Status(), deadlinesBody{Clocks: all, Own: text, Version: version, Failed: f})
	}
	return err
}

// setReminding sets to whom, and how long before, reminders go.
func (a *asking) setReminding() error {
	set := report.Reminding{Mail: strings.FieldsFunc(a.form("mail"), func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\r' }), Webhook: a.form("webhook")}
	for f := range strings.FieldsSeq(strings.ReplaceAll(a.form("leads"), ",", " ")) {
		h, err := strconv.Atoi(f)
		if err != nil {
			return fault.New(fault.Invalid, "reporting.reminding")
		}
		set.Leads = append(set.Leads, h)
	}
	if err := a.Reporting.SetReminding(a.ctx(), a.actor, set); err != nil {
		return err
	}
	return a.didIt("/deadlines", "reminding", 1)
}

// calendar gives what is due as a file for calendars: codenames and times.
func (a *asking) calendar() error {
	all, err := a.Reporting.Upcoming(a.ctx(), a.actor)
	if err != nil {
		return err
	}
	a.attach("wakachi.ics", "text/calendar; charset=utf-8", a.Calendar(all, a.Now()))
	return nil
}

type clocksBody struct {
	casework.Record
	Declared reporting.Declaration
	Regimes  []declaredRegime
	Traits   []declaredTrait
	Events   []declaredEvent
	Clocks   []deadline.Clock
	Names    map[string]string
	Failed   *fault.Error
}

type declaredRegime struct {
	deadline.Body
	Answer deadline.Answer
	Place  string // the zone of its authority, if somebody said
}

// Near says whether a regime is shown at once: Japan's, and those somebody answered for.
func (r declaredRegime) Near() bool { return r.Jurisdiction == "JP" || r.Answer != "" }

type declaredTrait struct {
	Trait  deadline.Trait
	Answer deadline.Answer
}

type declaredEvent struct {
	Event deadline.Event
	reporting.Anchored
	Said bool
}

func (a *asking) clocks() error { return a.showClocks(http.StatusOK, nil) }

func (a *asking) showClocks(status int, failed *fault.Error) error {
	b := clocksBody{Failed: failed}
	var err error
	if b.Record, err = a.Casework.Record(a.ctx(), a.actor, a.incidentID()); err != nil {
		return err
	}
	if b.Declared, err = a.Reporting.Declared(a.ctx(), a.actor, b.ID); err != nil {
		return err
	}
	all, err := a.Reporting.Clocks(a.ctx(), a.actor, b.ID)
	if err != nil {
		return err
	}
	if b.Names, err = a.names(); err != nil {
		return err
	}
	for _, c := range all {
		if c.Declared && c.State != deadline.NotApplicable {
			b.Clocks = append(b.Clocks, c)
		}
	}
	for _, r := range deadline.Regimes() {
		b.Regimes = append(b.Regimes, declaredRegime{r, b.Declared.Regimes[r.Regime], b.Declared.Zones[r.Regime]})
	}
	b.Traits, b.Events = a.asked(b.Declared)
	a.show(status, "clocks", "web.clocks", b)
	return nil
}

// asked lists the traits and events that the rules of declared regimes depend on, and those something was
// said of.
func (a *asking) asked(d reporting.Declaration) (traits []declaredTrait, events []declaredEvent) {
	var t []deadline.Trait
	var e []deadline.Event
	for _, r := range deadline.Rules() {
		if x := d.Regimes[r.Regime]; x != deadline.Yes && x != deadline.CannotTell {
			continue
		}
		t = append(append(append(t, r.Triggers...), r.Applies...), r.Unless...)
		e = append(e, r.Anchor.Events...)
		for _, v := range r.Variants {
			t, e = append(t, v.If), append(e, v.Anchor.Events...)
		}
	}
	for _, name := range deadline.Traits() {
		if x, said := d.Traits[name]; said || slices.Contains(t, name) {
			traits = append(traits, declaredTrait{name, x})
		}
	}
	for _, name := range deadline.Events() {
		if x, said := d.Events[name]; said || slices.Contains(e, name) {
			events = append(events, declaredEvent{name, x, said})
		}
	}
	return traits, events
}

// declare says which regimes and traits hold, or when something happened.
func (a *asking) declare() error {
	if err := a.r.ParseForm(); err != nil {
		return formFault(err)
	}
	seen, err := strconv.ParseInt(a.form("version"), 10, 64)
	if err != nil {
		return fault.New(fault.Usage, "web.form")
	}
	id := a.incidentID()
	if place := a.form("place"); place != "" {
		err = a.Reporting.Place(a.ctx(), a.actor, id, seen, deadline.Regime(place), a.form("zone"))
	} else if e := a.form("event"); e != "" {
		at, ok := incident.Moment{}, a.form("unknown") != ""
		if !ok {
			at, ok = reporting.Moment(a.form("at"), a.Zone)
		}
		if err = fault.New(fault.Invalid, "reporting.value.time", deadline.Words(e).In(a.lang)); ok {
			err = a.Reporting.Anchor(a.ctx(), a.actor, id, seen, deadline.Event(e), at, a.form("why"))
		}
	} else {
		regimes, traits := map[deadline.Regime]deadline.Answer{}, map[deadline.Trait]deadline.Answer{}
		for key := range a.r.PostForm {
			if name, ok := strings.CutPrefix(key, "regime."); ok {
				regimes[deadline.Regime(name)] = deadline.Answer(a.form(key))
			}
			if name, ok := strings.CutPrefix(key, "trait."); ok {
				traits[deadline.Trait(name)] = deadline.Answer(a.form(key))
			}
		}
		err = a.Reporting.Declare(a.ctx(), a.actor, id, seen, regimes, traits)
	}
	if err == nil {
		return a.didIt("/incidents/"+string(id)+"/deadlines", "declared", 1)
	}
	if f := asFault(err); f.Kind == fault.Invalid || f.Kind == fault.Conflict {
		if f.Code == "reporting.locked" && len(f.Args) > 0 {
			f = fault.New(f.Kind, f.Code, deadline.Words(f.Args[0]).In(a.lang))
		}
		return a.showClocks(f.Kind.Status(), f)
	}
	return err
}

// DueWords is a deadline as a page shows it.
func (v view) DueWords(w deadline.When) string {
	switch {
	case w.IsZero():
		return ""
	case w.IsDate():
		return strings.ReplaceAll(w.String(), "-", "/")
	}
	return w.Time(v.Zone).In(v.Zone).Format("2006/01/02 15:04")
}

// Regime is the name of a regime.
func (v view) Regime(r deadline.Regime) string {
	if b, ok := deadline.RegimeOf(r); ok {
		return b.Title.In(v.lang)
	}
	return string(r)
}

// Meaning is what an event or a trait of the clocks means.
func (v view) Meaning(name any) string {
	switch n := name.(type) {
	case deadline.Event:
		return deadline.Words(string(n)).In(v.lang)
	case deadline.Trait:
		return deadline.Words(string(n)).In(v.lang)
	case string:
		return deadline.Words(n).In(v.lang)
	}
	return ""
}

// Counting says how the days of a rule are counted.
func (v view) Counting(r deadline.Rule) string {
	var parts []string
	for _, p := range r.Counting() {
		parts = append(parts, v.lang.Text(p.Token, v.meanings(p.Args)...))
	}
	return strings.Join(parts, v.T("web.comma"))
}

// meanings puts names of events and traits into words.
func (v view) meanings(args []string) []string {
	out := make([]string, len(args))
	for i, x := range args {
		out[i] = deadline.Words(x).In(v.lang)
	}
	return out
}

// Warnings are what makes a clock less certain than it looks.
func (v view) Warnings(c deadline.Clock) []string {
	var out []string
	for _, w := range c.Warnings {
		out = append(out, v.lang.Text(w.Token, v.meanings(w.Args)...))
	}
	return out
}

// If is what a date hangs on.
func (v view) If(c deadline.Conditional) string {
	var parts []string
	for _, x := range c.If {
		name, not := strings.CutPrefix(x, "not ")
		words := deadline.Words(name).In(v.lang)
		if b, ok := deadline.RegimeOf(deadline.Regime(name)); ok {
			words = b.Title.In(v.lang)
		}
		token := "due.if"
		if not {
			token = "due.if-not"
		}
		parts = append(parts, v.lang.Text(token, words))
	}
	return strings.Join(parts, v.T("web.comma"))
}

// RuleSources are where a rule is from.
func (v view) RuleSources(r deadline.Rule) string {
	parts := slices.Clone(r.Law)
	for _, key := range r.Sources {
		if s, ok := deadline.SourceOf(key); ok {
			parts = append(parts, s.Title.In(v.lang))
		}
	}
	return strings.Join(parts, v.T("web.comma"))
}

// Left says how long there is, or how long it has been: "あと3日", in whole days or hours.
func (v view) Left(c deadline.Clock) string {
	now := v.Now()
	if c.Due.IsZero() {
		if c.Started.IsZero() {
			return ""
		}
		return v.T("web.clocks.since", v.span(c.Elapsed))
	}
	end := c.Due.Time(v.Zone)
	if c.Due.IsDate() {
		end = end.AddDate(0, 0, 1)
	}
	if d := end.Sub(now); d >= 0 {
		return v.T("web.clocks.left", v.span(d))
	}
	if c.Rule.Soft {
		return v.T("web.clocks.beyond", v.span(now.Sub(end)))
	}
	return v.T("web.clocks.over", v.span(now.Sub(end)))
}

func (v view) span(d time.Duration) string {
	if d >= 48*time.Hour {
		return v.T("web.clocks.days", int(d/(24*time.Hour)))
	}
	return v.T("web.clocks.hours", int(d/time.Hour))
}

// clockTodo is the clock that is next, and what asks for a publication.
func (a *asking) clockTodo(id incident.ID, at string) ([]todo, error) {
	clocks, err := a.Reporting.Clocks(a.ctx(), a.actor, id)
	if err != nil {
		return nil, err
	}
	var out []todo
	v := view{asking: a}
	if next := reporting.Wanting(clocks); len(next) > 0 {
		c := next[0]
		out = append(out, todo{Token: "web.todo.clock", Args: []any{v.Regime(c.Rule.Regime) + " " + c.Rule.Title.In(a.lang), v.T(c.State.Token()), strings.TrimSpace(v.DueWords(c.Due) + " " + v.Left(c))}, Href: at + "/deadlines"})
	} else if declared, err := a.Reporting.Declared(a.ctx(), a.actor, id); err != nil {
		return nil, err
	} else if len(declared.Regimes) == 0 {
		out = append(out, todo{Token: "web.todo.declare", Href: at + "/deadlines"})
	}
	prompts, _, err := a.Reporting.Prompts(a.ctx(), a.actor, id, false)
	for _, p := range prompts {
		args := make([]any, len(p.Args))
		for i, x := range p.Args {
			args[i] = x
		}
		out = append(out, todo{Token: p.Code, Args: args, Href: at + "/publications", Why: "15"})
	}
	return out, err
}
