package report

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/incident"
)

// maxDerived is how long a derived answer may become, in characters: a cell of a spreadsheet takes
// 32,767, and nobody reads as much in one. Ours.
const maxDerived = 30_000

// derive gives what the record shows by itself, and how sure that is: NotLooked for what is no finding. told
// says that facts have answered the cell already.
func (f *filler) derive(what string, told bool) (string, Standing) {
	switch what {
	case "stage":
		return f.stageWords(), NotLooked
	case "timezone":
		zone := f.zone()
		return f.say("report.form.beside", zone.String(), f.Now.In(zone).Format("UTC-07:00")), NotLooked
	case "course":
		return f.deeds(DeedSorts())
	case "contacts":
		return f.deeds([]DeedSort{SpecialistAsked, SpecialistStarted, SpecialistReported, SharedOut, PoliceTold, AuthorityTold})
	case "publication":
		return f.deeds([]DeedSort{MadePublic})
	case "notices":
		return f.deeds([]DeedSort{PersonsTold})
	case "other_reports":
		if !told {
			return f.deeds([]DeedSort{PoliceTold, AuthorityTold})
		}
	case "indicators":
		return f.limited(f.indicators()), Confirmed
	case "techniques":
		return f.limited(f.techniques()), Confirmed
	case "vulnerabilities":
		return f.limited(f.vulnerabilities()), Confirmed
	case "duration":
		return f.lasted("began_at", "ended_at")
	case "outage_duration":
		return f.lasted("outage_began", "restored_at")
	}
	return "", NotLooked
}

// stageWords names the stage as the form's office does: 速報, 確報.
func (f *filler) stageWords() string {
	if w, ok := f.lang.Lookup("report.stage." + string(f.form.ID) + "." + f.stage); ok {
		return w
	}
	return f.lang.Text("report.stage." + f.stage)
}

// deeds lists deeds of some sorts in the order of time, a line each. An office sees all of them: what has
// no receipt says so, and what has not happened yet is marked as planned. Notes are for inside.
func (f *filler) deeds(sorts []DeedSort) (string, Standing) {
	stand := NotLooked
	var lines []string
	for _, d := range f.ordered(sorts) {
		lines = append(lines, f.deedLine(d))
		if d.Hold != "" && f.form.ID != "police" {
			f.doubt("held-told", d.Sort.Words(f.lang), oneLine(d.Hold))
		}
		if f.future(d.At) {
			f.doubt("future", d.Sort.Words(f.lang))
		}
		if d.Proven() {
			stand = lesser(stand, Confirmed)
		} else {
			stand = lesser(stand, Suspected)
		}
	}
	return f.limited(lines), stand
}

// deedLine tells one deed: when, what, with whom, and what proves it.
func (f *filler) deedLine(d *Deed) string {
	when := f.say("report.form.no-time")
	if !d.At.IsZero() {
		when = f.moment(d.At, f.lang)
	}
	what := d.Sort.Words(f.lang)
	if with := oneLine(d.With); with != "" {
		what = f.say("report.form.with", what, with)
	}
	told := d.Sort.toOthers()
	var beside []string
	if c := oneLine(d.Channel); c != "" {
		beside = append(beside, c)
	}
	switch receipt := oneLine(d.Receipt); {
	case receipt != "" && told:
		beside = append(beside, f.say("report.form.receipt", receipt))
	case receipt != "":
		beside = append(beside, f.say("report.form.proof", receipt))
	case d.Kept:
	case told:
		beside = append(beside, f.say("report.form.no-receipt"))
	default:
		beside = append(beside, f.say("report.form.no-proof"))
	}
	if f.future(d.At) {
		beside = append(beside, f.say("report.form.planned"))
	}
	if len(beside) > 0 {
		what = f.say("report.form.beside", what, strings.Join(beside, f.say("report.form.comma")))
	}
	return f.say("report.form.dated", when, what)
}

// toOthers says whether a deed was done towards somebody who can give a receipt.
func (s DeedSort) toOthers() bool {
	return slices.Contains([]DeedSort{SpecialistAsked, SharedOut, PoliceTold, AuthorityTold}, s)
}

// A dated is a deed with what orders it.
type dated struct {
	*Deed
	begins int64 // Unix seconds; see Record.begins
	rank   int   // of its sort
}

// ordered gives the deeds of some sorts by their time. What is known to the day only stands among those
// of its day where its sort usually comes, and what has no time stands last.
func (f *filler) ordered(sorts []DeedSort) []*Deed {
	ranks := map[DeedSort]int{}
	for i, s := range DeedSorts() {
		ranks[s] = i
	}
	var exact, daily []dated
	for i := range f.Deeds {
		d := dated{&f.Deeds[i], math.MaxInt64, ranks[f.Deeds[i].Sort]}
		switch {
		case !slices.Contains(sorts, d.Sort):
		case d.At.IsZero():
			daily = append(daily, d)
		case d.At.Exact:
			d.begins = f.begins(d.At).Unix()
			exact = append(exact, d)
		default:
			d.begins = f.begins(d.At).Unix()
			daily = append(daily, d)
		}
	}
	byTime := func(a, b dated) int { return cmp.Or(cmp.Compare(a.begins, b.begins), cmp.Compare(a.rank, b.rank)) }
	slices.SortStableFunc(exact, byTime)
	slices.SortStableFunc(daily, byTime)
	out := make([]*Deed, 0, len(exact)+len(daily))
	for _, d := range daily {
		for len(exact) > 0 && f.precedes(exact[0], d) {
			out, exact = append(out, exact[0].Deed), exact[1:]
		}
		out = append(out, d.Deed)
	}
	for _, d := range exact {
		out = append(out, d.Deed)
	}
	return out
}

// precedes says whether a deed known to the minute stands before one known to the day, or not at all.
func (f *filler) precedes(exact, daily dated) bool {
	if daily.At.IsZero() || exact.begins < daily.begins {
		return true
	}
	return exact.begins <= f.ends(daily.At).Unix() && exact.rank <= daily.rank
}

// begins gives the first instant a moment can mean: what names no zone is of the record's.
func (r Record) begins(m incident.Moment) time.Time {
	if m.Exact && m.Zoned {
		return m.At
	}
	t := m.At
	if !m.Exact {
		return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, r.zone())
	}
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, r.zone())
}

// ends gives the last second a moment can mean.
func (r Record) ends(m incident.Moment) time.Time {
	t := r.begins(m)
	if m.Exact {
		return t
	}
	return t.AddDate(0, 0, 1).Add(-time.Second)
}

// future says that a moment has certainly not come. Without Now nothing is in the future.
func (r Record) future(m incident.Moment) bool {
	return !m.IsZero() && !r.Now.IsZero() && r.begins(m).After(r.Now)
}

// lasted gives the time between two facts as well as it is known: to the minute or to the day.
func (f *filler) lasted(from, to Field) (string, Standing) {
	a, b := f.moments(from), f.moments(to)
	began, known := f.time(from)
	ended, over := f.time(to)
	if !known || !over || ended.Before(began) {
		return "", NotLooked
	}
	stand := lesser(f.Fact(from).Standing, f.Fact(to).Standing)
	text := ""
	if a.Exact && b.Exact {
		minutes := int(ended.Sub(began).Minutes())
		text = f.say("report.form.hours", strconv.Itoa(minutes/60), strconv.Itoa(minutes%60))
	} else {
		days := int(ended.Sub(began).Hours()/24 + 0.5)
		text = f.say("report.form.days", strconv.Itoa(days))
	}
	if stand == Suspected {
		text = f.say("report.form.estimated", text)
	}
	return text, stand
}

// limited joins lines until a cell is full, and says how many are left.
func (f *filler) limited(lines []string) string {
	bytes := 0
	for _, l := range lines {
		bytes += len(l) + 1
	}
	if bytes <= maxDerived {
		return strings.Join(lines, "\n")
	}
	length := 0
	for i, l := range lines {
		length += utf8.RuneCountInString(l) + 1
		if length > maxDerived {
			left := strconv.Itoa(len(lines) - i)
			f.concern(Concern{Code: "report.concern.cut", Args: []string{left}})
			return strings.Join(append(slices.Clone(lines[:i]), f.say("report.form.more", left)), "\n")
		}
	}
	return strings.Join(lines, "\n")
}
