package report

import (
	"cmp"
	_ "embed"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/wakachi/wakachi/internal/guidance"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/phrase"
)

//go:embed data/deeds.tsv
var deedTable string

// A deedWords are the words of a sort of deed.
type deedWords struct {
	label, line, who guidance.Text // line "-": not published
}

var deedWording = sync.OnceValue(func() map[DeedSort]deedWords {
	out := map[DeedSort]deedWords{}
	for f := range records(deedTable, 7) {
		out[DeedSort(f[0])] = deedWords{
			label: guidance.Text{JA: f[1], EN: f[2]}, line: guidance.Text{JA: f[3], EN: f[4]}, who: guidance.Text{JA: f[5], EN: f[6]},
		}
	}
	return out
})

// Words gives what a sort is called.
func (s DeedSort) Words(l phrase.Language) string {
	if w, ok := deedWording()[s]; ok {
		return w.label.In(l)
	}
	return string(s)
}

// deedLine is how a chronology tells a deed to everybody; empty if it does not. With and Note are for
// inside and never in it.
func (t teller) deedLine(d Deed) string {
	w := deedWording()[d.Sort]
	line := w.line.In(t.lang)
	if line == "" || line == "-" {
		return ""
	}
	who := oneLine(d.Shown)
	if who == "" {
		who = w.who.In(t.lang)
	}
	return strings.ReplaceAll(line, "{who}", who)
}

// dayOf cuts a time to its day: in the zone if it names an instant, else as it was written.
func dayOf(m incident.Moment, zone *time.Location) incident.Moment {
	t := m.At
	if m.Exact && m.Zoned {
		t = t.In(zone)
	}
	return incident.Moment{At: time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)}
}

// SortDeeds puts deeds into the order in which they happened, days being those of the zone. One without a
// time of day stands at the end of its day, but for the first notice, which comes before all.
func SortDeeds(deeds []Deed, zone *time.Location) {
	slices.SortStableFunc(deeds, func(a, b Deed) int {
		return cmp.Or(a.place(zone).Compare(b.place(zone)), cmp.Compare(slices.Index(DeedSorts(), a.Sort), slices.Index(DeedSorts(), b.Sort)))
	})
}

func (d Deed) place(zone *time.Location) time.Time {
	day, at := dayOf(d.At, zone).At, d.At.At
	if d.At.Zoned {
		at = at.In(zone)
	}
	switch {
	case d.At.Exact:
		return day.Add(time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute)
	case d.Sort == Noticed:
		return day
	}
	return day.Add(24*time.Hour - 1)
}
