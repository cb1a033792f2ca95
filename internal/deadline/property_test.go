package deadline

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// dice throws facts in which a rule's clock runs.
type dice struct{ *rand.Rand }

func (d dice) pick(list ...string) string { return list[d.IntN(len(list))] }

// moment is a time from 2024 to 2027, to the day or to the second.
func (d dice) moment() When {
	t := time.Date(2024, 1, 1, 0, 0, d.IntN(4*365*86400), 0, time.UTC)
	if d.IntN(2) == 0 {
		return instant(t.In(zoneOf(d.pick("UTC", "Asia/Tokyo", "America/New_York", "Europe/Berlin"))))
	}
	return DateOf(t)
}

// facts gives every event a rule may start from the same or a near time.
func (d dice) facts(r Rule) Facts {
	f := Facts{
		Regimes: map[Regime]Answer{r.Regime: Yes}, Traits: map[Trait]Answer{}, Events: map[Event]When{}, Zone: d.pick("Asia/Tokyo", "Europe/Berlin", "America/New_York"),
	}
	start := d.moment()
	for _, e := range starts(r) {
		if stage, ok := e.submission(); ok {
			e = Event("submitted." + string(r.Regime) + "." + stage + "_at")
		}
		f.Events[e] = start
	}
	for _, t := range asked(r) {
		if a := Answer(d.pick("yes", "no", "cannot_tell", "")); a != "" {
			f.Traits[t] = a
		}
	}
	return f
}

func starts(r Rule) []Event {
	out := slices.Clone(r.Anchor.Events)
	for _, v := range r.Variants {
		out = append(out, v.Anchor.Events...)
	}
	if r.Cap != nil {
		out = append(out, r.Cap.Anchor)
	}
	return out
}

func asked(r Rule) []Trait {
	out := slices.Concat(r.Applies, r.Triggers, r.Unless)
	for _, v := range r.Variants {
		out = append(out, v.If)
	}
	return out
}

// dated runs a check on clocks of every rule with a date under random facts.
func dated(t *testing.T, check func(d dice, r Rule, f Facts, now time.Time, c Clock)) {
	d := dice{rand.New(rand.NewPCG(7, 11))}
	seen := 0
	for range 250 {
		for _, r := range Rules() {
			if r.Proposed {
				continue
			}
			f := d.facts(r)
			now := time.Date(2024, 1, 1, 0, 0, d.IntN(5*365*86400), 0, time.UTC)
			if d.IntN(2) == 0 {
				if first := f.Events[starts(r)[0]]; !first.IsZero() {
					now = first.Time(time.UTC).Add(time.Duration(d.IntN(100*86400)) * time.Second)
				}
			}
			c := clockOf(f, r, now)
			if c.State != NotApplicable {
				seen++
			}
			check(d, r, f, now, c)
		}
	}
	if seen < 1000 {
		t.Errorf("only %d clocks seen", seen)
	}
}

func TestADateIsNeverBeforeItsStartAndRollsToAnOpenDay(t *testing.T) {
	dated(t, func(_ dice, r Rule, f Facts, _ time.Time, c Clock) {
		if c.Due.IsZero() {
			return
		}
		count, _ := f.counter(r)
		first, _ := count.span(c.Started)
		if end := c.Due.Time(c.zone); c.Due.IsDate() && c.Due.day.end(c.zone).Before(first) || !c.Due.IsDate() && end.Before(first) {
			t.Errorf("%s began %s and was due %s", r.ID, c.Started, c.Due)
		}
		if r.Roll != Stays && len(r.Variants) == 0 && c.Due.IsDate() && !f.calendar(r.Calendar).isOpen(c.Due.day) {
			t.Errorf("%s is due on a closed day, %s", r.ID, c.Due)
		}
		if !c.Latest.IsZero() && c.Latest.Time(c.zone).Before(c.Due.Time(c.zone)) && c.Latest.IsDate() == c.Due.IsDate() {
			t.Errorf("%s: the latest is %s, before %s", r.ID, c.Latest, c.Due)
		}
	})
}

// Whatever turns out of what is still open, who was called overdue is overdue: no later
// knowledge takes it back.
func TestOverdueHoldsWhateverTurnsOut(t *testing.T) {
	overdue := 0
	dated(t, func(d dice, r Rule, f Facts, now time.Time, c Clock) {
		if c.State != Overdue {
			return
		}
		overdue++
		for range 8 {
			g := f
			g.Traits = map[Trait]Answer{}
			for _, trait := range asked(r) {
				g.Traits[trait] = f.Traits[trait]
				if f.Traits[trait] == CannotTell || f.Traits[trait] == "" && !presumed(r, trait) {
					g.Traits[trait] = Answer(d.pick("yes", "no"))
				}
			}
			g.Events = map[Event]When{}
			for e, w := range f.Events {
				if w.IsDate() {
					w = instant(w.day.start(zoneOf(f.Zone)).Add(time.Duration(d.IntN(86400)) * time.Second))
				}
				g.Events[e] = w
			}
			if late := clockOf(g, r, now); late.State != Overdue {
				t.Fatalf("%s was overdue at %s with %v %v, and is %s with %v %v", r.ID, now, f.Events, f.Traits, late.State, g.Events, g.Traits)
			}
		}
	})
	if overdue < 100 {
		t.Errorf("only %d were overdue", overdue)
	}
}

// presumed: declaring a regime speaks for the traits of its threshold nobody mentions.
func presumed(r Rule, trait Trait) bool {
	return slices.Contains(r.Triggers, trait) && !slices.ContainsFunc(r.Variants, func(v Variant) bool { return v.If == trait }) ||
		slices.Contains(r.Unless, trait) || slices.ContainsFunc(r.Variants, func(v Variant) bool { return v.If == trait && v.Presumed })
}

func TestOverdueStaysOverdueAndNothingSoftIs(t *testing.T) {
	dated(t, func(d dice, r Rule, f Facts, now time.Time, c Clock) {
		later := clockOf(f, r, now.Add(time.Duration(d.IntN(5000))*time.Hour))
		if c.State == Overdue && (later.State != Overdue || r.Soft || r.Task) {
			t.Errorf("%s was overdue and is %s (soft %v)", r.ID, later.State, r.Soft)
		}
		if later.State == Overdue && c.State == NotApplicable && !c.Started.IsZero() {
			t.Errorf("%s did not apply and is overdue", r.ID)
		}
	})
}

func TestFilingEndsAClock(t *testing.T) {
	dated(t, func(_ dice, r Rule, f Facts, now time.Time, c Clock) {
		if c.State == NotApplicable {
			return
		}
		f.Events[Event("submitted."+string(r.ID)+"_at")] = instant(now)
		filed := clockOf(f, r, now)
		if filed.State != Filed || filed.Late && (c.State != Overdue || r.Soft) || !filed.Late && c.State == Overdue {
			t.Errorf("%s was %s, and is %s after filing, late %v", r.ID, c.State, filed.State, filed.Late)
		}
	})
}

// The same dates by another way: walking day by day with the lists of holidays by hand.
func TestDaysAreCountedAsOnAWallCalendar(t *testing.T) {
	closed := func(d time.Time) bool {
		if d.Weekday() == time.Saturday || d.Weekday() == time.Sunday {
			return true
		}
		md := fmt.Sprintf("%d/%d", d.Month(), d.Day())
		return slices.Contains(strings.Fields(knownJapan[d.Year()]), md) || slices.Contains([]string{"12/29", "12/30", "12/31", "1/1", "1/2", "1/3"}, md)
	}
	tokyo := zoneOf("Asia/Tokyo")
	for known := time.Date(2024, 1, 1, 0, 0, 0, 0, tokyo); known.Year() < 2027; known = known.AddDate(0, 0, 1) {
		for _, c := range []struct {
			rule   RuleID
			regime Regime
			event  Event
			unlaw  Answer
			days   int
			first  int
		}{
			{"jp.appi.final", "jp.appi", "known_at", No, 30, 1}, {"jp.appi.final", "jp.appi", "known_at", Yes, 60, 1},
			{"jp.telecom.secrecy.detail", "jp.telecom", "known_at", No, 30, 0},
		} {
			last := known
			for n := c.first; n < c.days; n++ {
				last = last.AddDate(0, 0, 1)
			}
			for closed(last) {
				last = last.AddDate(0, 0, 1)
			}
			f := Facts{
				Regimes: map[Regime]Answer{c.regime: Yes}, Traits: map[Trait]Answer{"unlawful_purpose": c.unlaw, "secrecy_leak": Yes},
				Events: map[Event]When{c.event: instant(known.Add(13 * time.Hour))},
			}
			for _, r := range tables().rules {
				if r.ID == c.rule {
					if got := clockOf(f, r, known.Add(20*time.Hour)).Due.String(); got != last.Format(time.DateOnly) {
						t.Errorf("%s, known %s: %s, want %s", c.rule, known.Format(time.DateOnly), got, last.Format(time.DateOnly))
					}
				}
			}
		}
	}
}

func TestBusinessDaysAreCountedAsOnAWallCalendar(t *testing.T) {
	york := zoneOf("America/New_York")
	sec := Rule{}
	for _, r := range Rules() {
		if r.ID == "us.sec.8k" {
			sec = r
		}
	}
	for from := time.Date(2024, 1, 1, 12, 0, 0, 0, york); from.Year() < 2027; from = from.AddDate(0, 0, 1) {
		last := from
		for n := 0; n < 4; {
			last = last.AddDate(0, 0, 1)
			md := fmt.Sprintf("%d/%d", last.Month(), last.Day())
			if last.Weekday() != time.Saturday && last.Weekday() != time.Sunday && !slices.Contains(strings.Fields(knownFederal[last.Year()]), md) {
				n++
			}
		}
		f := Facts{Regimes: map[Regime]Answer{"us.sec": Yes}, Events: map[Event]When{"determined_at": instant(from)}}
		if got := clockOf(f, sec, from).Due.String(); got != last.Format(time.DateOnly) {
			t.Errorf("determined %s: %s, want %s", from.Format(time.DateOnly), got, last.Format(time.DateOnly))
		}
	}
}

func BenchmarkClocks(b *testing.B) {
	f := Facts{Regimes: map[Regime]Answer{}, Events: map[Event]When{"known_at": onDay(dayOf(2026, 3, 5)), "aware_at": onDay(dayOf(2026, 3, 5))}}
	for _, r := range Regimes() {
		f.Regimes[r.Regime] = Yes
	}
	now := time.Date(2026, 3, 10, 0, 0, 0, 0, time.UTC)
	for b.Loop() {
		Clocks(f, now)
	}
}
