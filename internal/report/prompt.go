package report

import (
	"slices"
	"strconv"
	"time"
)

// A Prompt is a reason to publish again, or to publish at last.
type Prompt struct {
	Code  string // token of package phrase: "report.prompt.restored"
	Args  []string
	Since time.Time // since when it stands; zero if that is not known
}

// Prompts says what readers would want to hear now: what changed since the last report, what became
// known outside, a promise that came due, and a first report that is late. published are the
// publications that went out, in any order.
//
// Guidance 2-2, Q15: when to publish, and when again.
func Prompts(r Record, published []Publication) []Prompt {
	var out []Prompt
	last, any := lastReport(published)
	if posted, at := r.outside(); posted && (!any || at.After(last.Published)) {
		out = append(out, Prompt{Code: "report.prompt.outside", Since: at})
	}
	if !any {
		return append(out, r.late()...)
	}
	for _, c := range Changes(last.Told, r.Facts) {
		code := ""
		switch c.Field {
		case "restored":
			code = "report.prompt.restored"
		case "leak":
			code = "report.prompt.leak"
		case "persons", "persons_max":
			code = "report.prompt.persons"
		default:
			if c.Turn == Withdrawn || c.Turn == Weaker || c.Turn == Revised {
				code = "report.prompt.corrected"
			}
		}
		p := Prompt{Code: code, Since: c.Now.At}
		if code != "" && !slices.ContainsFunc(out, func(o Prompt) bool { return o.Code == code }) {
			out = append(out, p)
		}
	}
	if next, ok := r.Promised(); ok && !next.After(r.Now) && last.Published.Before(next) {
		out = append(out, Prompt{Code: "report.prompt.promised", Since: next})
	}
	return out
}

// quiet is how long after the notice of damage silence begins to be asked about: "what did you do for a
// month?" is practice's word (F31); half of it leaves time to act. Ours.
const quiet = 14 * 24 * time.Hour

// late says that nothing was published for long although there is damage others may suffer from.
func (r Record) late() []Prompt {
	at, ok := r.time("noticed_at")
	harm := r.Fact("leak").Standing == Confirmed || r.Fact("leak").Standing == Suspected || r.Fact("outage").Standing == Confirmed ||
		r.Fact("secondary_damage").Standing == Suspected || r.Fact("secondary_damage").Standing == Confirmed
	if !ok || !harm || r.Now.Sub(at) < quiet {
		return nil
	}
	return []Prompt{{Code: "report.prompt.late", Args: []string{strconv.Itoa(int(r.Now.Sub(at).Hours() / 24))}, Since: at}}
}

// outside says whether people outside may know, and since when at the latest.
func (r Record) outside() (known bool, at time.Time) {
	for _, d := range r.Deeds {
		if d.Sort == KnownOutside && !d.At.At.After(r.Now) {
			known = true
			if d.At.At.After(at) {
				at = d.At.At
			}
		}
	}
	return known, at
}

// Promised gives when the next report was promised for: of a day its end.
func (r Record) Promised() (time.Time, bool) {
	at, ok := r.time("next_report")
	if m := r.moments("next_report"); ok && !m.Exact {
		at = time.Date(at.Year(), at.Month(), at.Day()+1, 0, 0, 0, 0, r.zone())
	}
	return at, ok
}

// stale says that a fact promises what has passed.
func (r Record) stale(f Field) bool {
	at, ok := r.Promised()
	return f == "next_report" && ok && !at.After(r.Now)
}

// lastReport gives the report to the public that went out last.
func lastReport(published []Publication) (last Publication, any bool) {
	for _, p := range published {
		report := p.Kind == First || p.Kind == FollowUp || p.Kind == Final
		if report && !p.Published.IsZero() && (!any || p.Published.After(last.Published)) {
			last, any = p, true
		}
	}
	return last, any
}

// LastReport gives the facts the public was told last, and when, as an Order wants them.
func LastReport(published []Publication) (told []Fact, at time.Time, number int) {
	for _, p := range published {
		if !p.Published.IsZero() && (p.Kind == First || p.Kind == FollowUp || p.Kind == Final) {
			number++
		}
	}
	last, _ := lastReport(published)
	return last.Told, last.Published, number
}

// Measures are what outsiders judge a publication by: how soon, how often, how fully, and whether of
// one's own accord. Source: F32, criteria of an award; shown to people, never a gate.
type Measures struct {
	ToFirst   time.Duration // from notice to the first report, or until now; negative: no notice time
	First     bool          // there was one
	Intervals []time.Duration
	Told, Of  int // of the facts that readers expect, those that were told
	Voluntary bool
}

// Measure takes the measures of what was published. voluntary says that no law asked for it.
func Measure(r Record, published []Publication, voluntary bool) Measures {
	var out []Publication
	for _, p := range published {
		if !p.Published.IsZero() && (p.Kind == First || p.Kind == FollowUp || p.Kind == Final) {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b Publication) int { return a.Published.Compare(b.Published) })
	m := Measures{ToFirst: -1, First: len(out) > 0, Voluntary: voluntary}
	if at, ok := r.time("noticed_at"); ok {
		end := r.Now
		if m.First {
			end = out[0].Published
		}
		m.ToFirst = max(0, end.Sub(at))
	}
	for i := 1; i < len(out); i++ {
		m.Intervals = append(m.Intervals, out[i].Published.Sub(out[i-1].Published))
	}
	expected := []Field{"overview", "noticed_at", "outage", "leak", "persons", "cause", "entry", "containment", "advice", "prevention", "next_report"}
	m.Of = len(expected)
	for _, f := range expected {
		if slices.ContainsFunc(out, func(p Publication) bool {
			return slices.ContainsFunc(p.Told, func(fact Fact) bool { return fact.Field == f && fact.Standing != Investigating })
		}) {
			m.Told++
		}
	}
	return m
}
