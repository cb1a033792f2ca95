package deadline

import (
	"cmp"
	"slices"
	"time"
)

// A Phrase is a token of package phrase with its arguments. Arguments may be names of events
// and traits (see Words), dates and numbers.
type Phrase struct {
	Token string
	Args  []string
}

// A Conditional is a date that holds only if something is so that nobody declared.
type Conditional struct {
	If  []string // traits, "not " before one that must not be so, and regimes; all must hold
	Due When     // zero: a task, or what would start the clock has not happened
}

// A Clock is a rule as it stands under given facts at a given moment.
type Clock struct {
	Rule       Rule
	State      State
	Declared   bool // somebody said something of the rule's regime
	Due        When // the earliest reading; zero for tasks and without a start
	Latest     When // the latest reading; zero if there is one only
	Conditions []Conditional
	Anchor     Event         // that started it, or would
	Started    When          // zero before
	Missing    []Event       // whose time is needed
	Elapsed    time.Duration // since it started; zero when filed or not applicable
	Filed      When          // zero also if its time is unknown; see State
	Late       bool          // certainly; never for what is soft
	Warnings   []Phrase

	zone *time.Location
}

// Clocks says of every rule, bundled and own, how it stands: what is to be done first comes
// first.
func Clocks(f Facts, now time.Time) []Clock {
	var out []Clock
	for _, r := range f.every() {
		out = append(out, clockOf(f, r.clone(), now))
	}
	slices.SortStableFunc(out, func(a, b Clock) int {
		return cmp.Or(cmp.Compare(a.rank(), b.rank()), a.urgent().Compare(b.urgent()))
	})
	return out
}

// rank orders what is open before what waits, and that before what is done.
func (c Clock) rank() int {
	switch c.State {
	case Overdue, Due, Running:
		return 0
	case ScopeNotDeclared:
		return 1
	case AnchorMissing:
		return 2
	case NotStarted:
		return 3
	case Filed:
		return 4
	}
	return 5
}

// urgent gives the instant a clock is sorted by: a task was due when its event came.
func (c Clock) urgent() time.Time {
	first := c.Due
	if c.Rule.Task {
		first = c.Started
	}
	if first.IsZero() {
		for _, x := range c.Conditions {
			if t := x.Due.Time(c.zone); !x.Due.IsZero() && (first.IsZero() || t.Before(first.Time(c.zone))) {
				first = x.Due
			}
		}
	}
	if first.IsDate() {
		return first.day.end(c.zone)
	}
	return first.Time(c.zone)
}

func (c *Clock) warn(token string, args ...string) {
	c.Warnings = append(c.Warnings, Phrase{token, args})
}

// A worker fills one clock.
type worker struct {
	Clock
	facts   Facts
	now     time.Time
	counter counter
	scope   Answer
	unsure  []string // traits on which it hangs whether the rule applies at all
	wait    bool     // an event happened at an unknown time
	doubt   bool     // whether the rule was in force is not certain
}

func clockOf(f Facts, r Rule, now time.Time) Clock {
	w := worker{Clock: Clock{Rule: r, State: NotApplicable}, facts: f, now: now, scope: f.scope(r)}
	_, named := f.Regimes[r.Regime]
	w.Declared = named || w.scope != ""
	placeUnknown := false
	w.counter, placeUnknown = f.counter(r)
	w.zone = w.counter.home()
	w.Anchor = r.Anchor.Events[0]
	if r.Proposed {
		w.warn("deadline.warn.proposed")
		return w.Clock
	}
	if w.scope == No || !w.applies() {
		return w.Clock
	}
	readings := w.paths()
	w.order()
	if !w.inForce(readings) {
		w.State, w.Due, w.Latest, w.Missing = NotApplicable, When{}, When{}, nil
		return w.Clock
	}
	w.judge(readings)
	w.file(readings)
	w.explain(placeUnknown)
	return w.Clock
}

// answer gives what was said of a trait.
func (w *worker) answer(t Trait) Answer { return w.facts.Traits[t] }

// applies holds the rule against the traits; what is open stands in unsure.
func (w *worker) applies() bool {
	for _, t := range w.Rule.Unless {
		switch w.answer(t) {
		case Yes:
			return false
		case CannotTell:
			w.unsure = append(w.unsure, "not "+string(t))
		}
	}
	for _, t := range w.Rule.Applies {
		switch w.answer(t) {
		case No:
			return false
		case Yes:
		default:
			w.unsure = append(w.unsure, string(t))
		}
	}
	if len(w.Rule.Triggers) == 0 {
		return true
	}
	var asked []string
	no := 0
	for _, t := range w.Rule.Triggers {
		switch w.answer(t) {
		case Yes:
			return true
		case No:
			no++
		case CannotTell:
			asked = append(asked, string(t))
		}
	}
	w.unsure = append(w.unsure, asked...)
	return no < len(w.Rule.Triggers)
}

// paths works out every reading along the variants that may hold.
func (w *worker) paths() []reading {
	var out []reading
	var ifs []string
	r := w.Rule
	for _, v := range r.Variants {
		a := w.answer(v.If)
		if a == No || a == "" && v.Presumed {
			continue
		}
		from, within, roll := r.Anchor, r.Within, r.Roll
		if len(v.Anchor.Events) > 0 {
			from = v.Anchor
		}
		if v.Within.Unit != "" {
			within = v.Within
		}
		if v.Roll != "" {
			roll = v.Roll
		}
		if a == Yes {
			return append(out, w.along(ifs, from, within, roll)...)
		}
		out = append(out, w.along(append(slices.Clone(ifs), string(v.If)), from, within, roll)...)
		ifs = append(ifs, "not "+string(v.If))
	}
	return append(out, w.along(ifs, r.Anchor, r.Within, r.Roll)...)
}

// along gives the readings on one path; the last path walked is the one whose start is shown.
func (w *worker) along(ifs []string, a Anchor, within Period, roll Roll) []reading {
	from, event, known := w.resolve(a)
	if !known {
		if w.Started.IsZero() {
			w.Anchor = event
		}
		return []reading{{ifs: ifs, open: true}}
	}
	w.Anchor, w.Started = event, from
	if w.Rule.Task {
		return []reading{{ifs: ifs}}
	}
	out := w.counter.readings(from, within, roll, w.limit())
	for i := range out {
		out[i].ifs = ifs
	}
	return out
}

// limit finds the event of the rule's cap. Without it the date may be too late, never too
// early: what is past without the cap is past with it.
func (w *worker) limit() When {
	if w.Rule.Cap == nil {
		return When{}
	}
	wait, missing := w.wait, w.Missing
	from, _, known := w.resolve(Anchor{Events: []Event{w.Rule.Cap.Anchor}})
	if !known {
		w.wait, w.Missing = wait, missing
		w.warn("deadline.warn.cap", string(w.Rule.Cap.Anchor))
	}
	return from
}

// resolve finds the time an anchor stands for. Nothing in the future has happened.
func (w *worker) resolve(a Anchor) (from When, event Event, known bool) {
	event = a.Events[0]
	unknown := false
	for _, e := range a.Events {
		when, name, happened := w.facts.event(w.Rule.Regime, e)
		if !happened {
			continue
		}
		if when.IsZero() {
			unknown = true
			w.Missing = append(w.Missing, e)
			continue
		}
		first, _ := w.counter.span(when)
		if first.After(w.now) {
			w.warn("deadline.warn.future", string(name))
			continue
		}
		old, _ := w.counter.span(from)
		if !known || a.Mode == "latest" && first.After(old) || a.Mode != "latest" && first.Before(old) {
			from, event, known = when, name, true
		}
	}
	if unknown && (!known || !w.Rule.Task) {
		w.wait = true
		return When{}, event, false
	}
	if !known {
		w.Missing = append(w.Missing, a.Events...)
	}
	return from, event, known
}

// inForce holds the start, or before it the present, against the days the rule is in force.
func (w *worker) inForce(readings []reading) bool {
	first, last := dayIn(w.now, w.zone), dayIn(w.now, w.zone)
	if !w.Started.IsZero() && slices.ContainsFunc(readings, func(r reading) bool { return !r.open }) {
		days := w.Started.days(w.zone, w.counter.written)
		first, last = days[0], days[len(days)-1]
	}
	r := w.Rule
	if !r.From.IsZero() && last < r.From.day {
		w.warn("deadline.warn.not-yet", r.From.String())
		return false
	}
	if !r.Until.IsZero() && first > r.Until.day {
		w.warn("deadline.warn.no-longer", r.Until.String())
		return false
	}
	w.doubt = !r.From.IsZero() && first < r.From.day || !r.Until.IsZero() && last > r.Until.day
	return true
}

// judge says how the clock stands if nothing was filed.
func (w *worker) judge(readings []reading) {
	dated := slices.DeleteFunc(slices.Clone(readings), func(r reading) bool { return r.open })
	if w.Missing = slices.Compact(w.Missing); len(dated) > 0 {
		w.Missing = nil
	}
	if len(dated) > 0 || w.scope != Yes {
		w.conditions(readings)
	}
	if !w.Started.IsZero() {
		start, _ := w.counter.span(w.Started)
		w.Elapsed = max(0, w.now.Sub(start))
	}
	switch {
	case w.scope != Yes:
		w.State = ScopeNotDeclared
		return
	case len(dated) == 0 && w.wait:
		w.State = AnchorMissing
		return
	case len(dated) == 0:
		w.State = NotStarted
		return
	}
	if w.Rule.Task {
		w.State = Due
		if len(w.unsure) > 0 {
			w.State = ScopeNotDeclared
		}
		return
	}
	soonest, latest := extremes(dated)
	w.Due = soonest.when
	if latest.when.String() != soonest.when.String() && latest.end.After(soonest.end) {
		w.Latest = latest.when
	}
	w.State = w.running(readings)
}

// running tells apart the states of a clock with a date.
func (w *worker) running(readings []reading) State {
	sure := len(w.unsure) == 0 && !w.doubt
	past, some := sure, false
	for _, r := range readings {
		if r.open || w.now.Before(r.end) {
			past = false
		}
		// A condition's date has passed when every reading under the condition has.
		gone := !slices.ContainsFunc(readings, func(o reading) bool {
			return slices.Equal(o.ifs, r.ifs) && (o.open || w.now.Before(o.end))
		})
		some = some || gone
	}
	last := dayIn(w.now, w.zone) >= w.Due.day
	if !w.Due.IsDate() {
		last = !w.now.Add(24 * time.Hour).Before(w.Due.at)
	}
	switch {
	case past && !w.Rule.Soft:
		return Overdue
	case some && !w.Rule.Soft:
		return ScopeNotDeclared
	case last:
		return Due
	}
	return Running
}

func extremes(readings []reading) (soonest, latest reading) {
	soonest, latest = readings[0], readings[0]
	for _, r := range readings {
		if r.end.Before(soonest.end) {
			soonest = r
		}
		if !r.end.Before(latest.end) {
			latest = r
		}
	}
	return soonest, latest
}

// conditions lists what each date hangs on, the earliest reading of each.
func (w *worker) conditions(readings []reading) {
	var all []string
	if w.scope != Yes {
		all = append(all, string(w.Rule.Regime))
	}
	all = append(all, w.unsure...)
	at := map[string]int{}
	ends := map[string]time.Time{}
	for _, r := range readings {
		ifs := append(slices.Clone(all), r.ifs...)
		if len(ifs) == 0 {
			continue
		}
		key := ""
		for _, i := range ifs {
			key += i + "\x00"
		}
		n, seen := at[key]
		if !seen {
			n = len(w.Conditions)
			at[key] = n
			w.Conditions = append(w.Conditions, Conditional{If: ifs})
		}
		if !r.open && !r.when.IsZero() && (w.Conditions[n].Due.IsZero() || r.end.Before(ends[key])) {
			w.Conditions[n].Due, ends[key] = r.when, r.end
		}
	}
}

// file takes a report made into account.
func (w *worker) file(readings []reading) {
	made, ok := w.facts.filing(w.Rule.Regime, w.Rule.Stage)
	if !ok || made.general && w.scope == "" {
		return
	}
	first, last := w.counter.span(made.when)
	if !made.when.IsZero() && first.After(w.now) {
		w.warn("deadline.warn.future", string(made.event))
		return
	}
	w.State, w.Filed, w.Missing, w.Elapsed = Filed, made.when, nil, 0
	if made.general && w.sharedStage() {
		w.warn("deadline.warn.shared", string(made.event), "submitted."+string(w.Rule.ID)+"_at")
	}
	if made.when.IsZero() {
		return
	}
	if !w.Started.IsZero() {
		if start, _ := w.counter.span(w.Started); last.Before(start) {
			w.warn("deadline.warn.order", string(made.event), string(w.Anchor))
		}
	}
	if !w.Rule.Soft && !w.Due.IsZero() {
		w.late(readings, first, last)
	}
}

// late compares the time of a report with every reading.
func (w *worker) late(readings []reading, first, last time.Time) {
	inTime := slices.ContainsFunc(readings, func(r reading) bool { return r.open || first.Before(r.end) })
	beyond := slices.ContainsFunc(readings, func(r reading) bool { return !r.open && !last.Before(r.end) })
	switch {
	case !inTime && len(w.unsure) == 0 && !w.doubt:
		w.Late = true
	case beyond:
		w.warn("deadline.warn.maybe-late")
	}
}

// sharedStage says whether another regime in scope has a report of the same name.
func (w *worker) sharedStage() bool {
	return slices.ContainsFunc(w.facts.every(), func(r Rule) bool {
		return r.Stage == w.Rule.Stage && r.Regime != w.Rule.Regime && w.facts.scope(r) == Yes
	})
}
