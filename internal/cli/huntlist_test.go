package cli

import (
	"encoding/json"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/hunt"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/wanted"
)

// A sheetVector is testdata/vectors/hunt/sheet.json, to which package watch is held too.
type sheetVector struct {
	Sheet    parcel.Sheet
	Wanted   []string
	Patterns int
	From, To string
}

// A parcel asks for the same, whether a person looks for it or the server does.
func TestASheetAsksForTheSameEverywhere(t *testing.T) {
	raw, err := os.ReadFile("../../testdata/vectors/hunt/sheet.json")
	if err != nil {
		t.Fatal(err)
	}
	var v sheetVector
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	l := &huntList{last: map[time.Time]int{}}
	var b hunt.Builder
	if err := l.sheet(&b, v.Sheet, "parcel", wanted.Options{At: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)}); err != nil {
		t.Fatal(err)
	}
	pack, _ := b.Pack()
	if got := wantedOf(pack, v.Sheet); !slices.Equal(got, v.Wanted) || pack.Len() != len(v.Wanted) {
		t.Errorf("%d are looked for: %q, want %q", pack.Len(), got, v.Wanted)
	}
	if from, to := l.from.Format(time.DateOnly), l.to.Format(time.DateOnly); from != v.From || to != v.To {
		t.Errorf("in use from %s to %s, want %s to %s", from, to, v.From, v.To)
	}
	i := slices.IndexFunc(l.report.Passed, func(p passedLine) bool { return p.Reason == string(wanted.Compound) })
	if i < 0 || l.report.Passed[i].Count != v.Patterns || l.report.Passed[i].First != "line 3" {
		t.Errorf("patterns that are not looked for: %+v, want %d", l.report.Passed, v.Patterns)
	}
	sum := l.report.Given
	for _, p := range l.report.Passed {
		sum += p.Count
	}
	if sum != l.report.Read {
		t.Errorf("%d read, %d accounted for: %+v", l.report.Read, sum, l.report)
	}
	// The value of which June is all that is known may have been in use until its end.
	if n := l.olderThan(time.Date(2026, 6, 30, 0, 0, 0, 0, time.UTC)); n != 1 {
		t.Errorf("%d values were in use before the end of June and not on it, want the one of May", n)
	}
}

// wantedOf gives what of a sheet a pack finds, with the ports.
func wantedOf(p *hunt.Pack, s parcel.Sheet) (out []string) {
	for _, line := range s.Lines {
		h := hunt.New(p, hunt.Rules{})
		h.Start(0, -1)
		text := "at " + line.Value + strings.Join(line.Like, "x") + " it is\n"
		for done := false; !done; {
			n := copy(h.Room(), text)
			text = text[n:]
			done = h.Take(n, text == "", func(x hunt.Hit) {
				w, _ := p.Wanted(x.ID)
				found := w.Value.Value
				if w.Port != 0 {
					found += " " + strconv.Itoa(int(w.Port))
				}
				out = append(out, found)
			}).Done
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Of a list that knows days only, a value was in use until the end of its last day.
func TestTheLastDayIsAWholeDay(t *testing.T) {
	day := time.Date(2026, 5, 13, 0, 0, 0, 0, time.UTC)
	for last, want := range map[time.Time]time.Time{
		day: day.AddDate(0, 0, 1), day.Add(time.Hour): day.Add(time.Hour), {}: {},
	} {
		if got := endOf(last); !got.Equal(want) {
			t.Errorf("%v: until %v, want %v", last, got, want)
		}
	}
}
