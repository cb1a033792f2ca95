package deadline

import (
	"slices"
)

// comesBefore lists events of which the first cannot come after the second.
func comesBefore() [][2]Event {
	return [][2]Event{
		{"occurred_at", "known_at"}, {"occurred_at", "recognised_at"}, {"occurred_at", "aware_at"},
		{"aware_at", "classified_at"}, {"aware_at", "determined_at"},
	}
}

// reportOrder lists stages of which the first is reported before the second.
func reportOrder() [][2]string {
	return [][2]string{
		{"preliminary", "final"}, {"prompt", "report"}, {"initial", "intermediate"}, {"initial", "final"}, {"intermediate", "final"},
		{"early-warning", "notification"}, {"early-warning", "final"}, {"notification", "final"}, {"notification", "progress"},
		{"notification", "final.incident"}, {"notification", "final.vulnerability"}, {"first", "detail"}, {"first", "status"}, {"first", "root-cause"},
		{"secrecy.first", "secrecy.detail"}, {"accident.first", "accident.detail"}, {"8k", "8k-amendment"},
	}
}

// order warns of facts that contradict each other, on the clocks that rest on them.
func (w *worker) order() {
	used := slices.Clone(w.Rule.Anchor.Events)
	if w.Rule.Cap != nil {
		used = append(used, w.Rule.Cap.Anchor)
	}
	for _, pair := range comesBefore() {
		if slices.Contains(used, pair[0]) || slices.Contains(used, pair[1]) {
			w.contradiction(pair[0], pair[1])
		}
	}
	made, ok := w.facts.filing(w.Rule.Regime, w.Rule.Stage)
	if !ok || w.scope != Yes {
		return
	}
	for _, pair := range reportOrder() {
		if pair[1] != w.Rule.Stage {
			continue
		}
		if before, ok := w.facts.filing(w.Rule.Regime, pair[0]); ok {
			w.contradiction(before.event, made.event)
		}
	}
}

// contradiction warns if the second event was certainly before the first.
func (w *worker) contradiction(first, second Event) {
	a, b := w.facts.Events[first], w.facts.Events[second]
	if a.IsZero() || b.IsZero() {
		return
	}
	begin, _ := w.counter.span(a)
	_, end := w.counter.span(b)
	if end.Before(begin) {
		w.warn("deadline.warn.order", string(second), string(first))
	}
}

// explain warns of what makes the dates less certain than they look.
func (w *worker) explain(placeUnknown bool) {
	r := w.Rule
	if w.Started.IsZero() {
		return
	}
	if !w.Started.till.IsZero() {
		w.warn("deadline.warn.twice", string(w.Anchor))
	}
	if w.Started.IsDate() && r.Within.Unit == Hours {
		w.warn("deadline.warn.day", string(w.Anchor))
	}
	counts := r.Roll != Stays || r.Within.Unit == BusinessDays || slices.ContainsFunc(r.Variants, func(v Variant) bool { return v.Roll != "" && w.answer(v.If) != No })
	if !counts {
		return
	}
	if holidaysOf(r.Calendar) == nil && len(w.facts.Closed[""])+len(w.facts.Closed[r.Calendar]) == 0 {
		w.warn("deadline.warn.closed")
	}
	if placeUnknown {
		w.warn("deadline.warn.place", string(r.Regime), r.Zone)
	}
}
