package deadline

import (
	"slices"
	"time"
)

// A reading is one way to understand a deadline. Facts and laws often allow several.
type reading struct {
	when When
	end  time.Time // the first instant that is too late
	ifs  []string  // what must be so: "unlawful_purpose", "not unlawful_purpose"
	open bool      // no date: what would start it has not happened
}

// A counter counts one rule's periods under given facts.
type counter struct {
	rule    Rule
	written *time.Location   // the zone of dates in the facts
	zones   []*time.Location // where the authority may be; the likeliest first
	cal     calendar
}

func (f Facts) counter(r Rule) (c counter, placeUnknown bool) {
	c = counter{rule: r, written: f.zone(), cal: f.calendar(r.Calendar)}
	name := r.Zone
	if given := f.Zones[r.Regime]; given != "" {
		name = given
	} else if r.placeOpen {
		if inEurope(f.Zone) {
			name = f.Zone
		} else {
			// The EU's clocks lie between these.
			c.zones = []*time.Location{zoneOf(name), zoneOf("Europe/Helsinki"), zoneOf("Atlantic/Azores")}
			return c, true
		}
	}
	c.zones = []*time.Location{zoneOf(name)}
	return c, false
}

func inEurope(zone string) bool {
	return len(zone) > 7 && (zone[:7] == "Europe/" || zone == "Atlantic/Azores" || zone == "Atlantic/Canary" || zone == "Atlantic/Madeira")
}

func (c counter) home() *time.Location { return c.zones[0] }

// span gives the first and last instant of an event, wherever its day may have been counted.
func (c counter) span(w When) (from, to time.Time) {
	return w.span(append([]*time.Location{c.written}, c.zones...)...)
}

// readings counts a period from an event; limit is the event of the rule's cap, or none.
func (c counter) readings(from When, within Period, roll Roll, limit When) []reading {
	var out []reading
	for _, zone := range c.zones {
		if within.Unit == Hours {
			for _, moment := range c.hours(from, within.N, limit) {
				out = append(out, c.rolled(moment, roll, zone))
			}
			continue
		}
		for _, d := range from.days(zone, c.written) {
			for _, last := range c.lastDays(d, within) {
				out = append(out, c.lastDay(last, roll, zone))
			}
		}
	}
	return out
}

// A moment is the end of a period in hours; exclusive says that it is itself too late.
type moment struct {
	at        time.Time
	exclusive bool
}

// hours counts from both ends of what is known of an event. SPEC: Regulation 1182/71, art. 3:
// the hour of the event is not counted; it is here in the earlier reading.
func (c counter) hours(from When, n int, limit When) []moment {
	first, last := c.span(from)
	period := time.Duration(n) * time.Hour
	starts := []time.Time{first}
	if !last.Equal(first) {
		starts = append(starts, last)
	}
	var out []moment
	for _, start := range starts {
		plain := start.Add(period)
		if c.rule.Cap == nil || limit.IsZero() {
			out = append(out, moment{at: plain})
			if c.rule.First == Either {
				out = append(out, moment{start.Truncate(time.Hour).Add(time.Hour + period), true})
			}
			continue
		}
		out = append(out, c.capped(start, period, limit)...)
	}
	if c.rule.Cap != nil && !limit.IsZero() && len(starts) > 1 {
		out = append(out, moment{at: last.Add(period)}) // the latest it can be, whatever the cap
	}
	return out
}

// capped takes the earlier of two limits, unless the event came after the cap: then only its
// own counts. SPEC: Delegated Regulation (EU) 2025/301, art. 5
func (c counter) capped(start time.Time, period time.Duration, limit When) []moment {
	first, last := c.span(limit)
	cap := time.Duration(c.rule.Cap.Within.N) * time.Hour
	var out []moment
	for _, since := range []time.Time{first, last} {
		end, hour := start.Add(period), start.Truncate(time.Hour).Add(time.Hour+period)
		if most := since.Add(cap); !start.After(most) && most.Before(end) {
			end, hour = most, since.Truncate(time.Hour).Add(time.Hour+cap)
		}
		out = append(out, moment{at: end})
		if c.rule.First == Either {
			out = append(out, moment{hour, true})
		}
		if last.Equal(first) {
			break
		}
	}
	if !last.Equal(first) {
		out = append(out, moment{at: start.Add(period)})
	}
	return out
}

// rolled moves an instant off a closed day.
func (c counter) rolled(m moment, roll Roll, zone *time.Location) reading {
	d := dayIn(m.at, zone)
	if roll != Stays && roll != "" && !c.cal.isOpen(d) {
		return c.lastDay(d, roll, zone)
	}
	end := m.at
	if !m.exclusive {
		end = end.Add(time.Nanosecond)
	}
	return reading{when: instant(m.at), end: end}
}

// lastDays gives the last day of a period by each convention that may hold.
func (c counter) lastDays(d day, within Period) []day {
	if c.rule.After != "" {
		d = d.quarterEnd()
	}
	var shifts []day // of the day that counting begins with
	if c.rule.First != Excluded {
		shifts = append(shifts, 0)
	}
	if c.rule.First != Counted {
		shifts = append(shifts, 1)
	}
	out := make([]day, 0, 2)
	for _, shift := range shifts {
		switch within.Unit {
		case Days:
			out = append(out, d+shift+day(within.N)-1)
		case BusinessDays:
			out = append(out, c.cal.forward(d, within.N))
		case Months:
			out = append(out, c.monthsFrom(d, shift, within.N))
		}
	}
	return slices.Compact(out)
}

// monthsFrom counts months. SPEC: Civil Code of Japan, art. 143: to the day before the one
// that corresponds to the first day counted. SPEC: Regulation 1182/71, art. 3: to the same
// date as the day of the event. Both: to the month's last day if there is no such date.
func (c counter) monthsFrom(d, shift day, n int) day {
	if c.rule.Calendar != "jp" {
		last, _ := d.months(n)
		return last
	}
	last, whole := (d + shift).months(n)
	if whole {
		last--
	}
	return last
}

// lastDay turns the last day of a period into a deadline.
func (c counter) lastDay(d day, roll Roll, zone *time.Location) reading {
	closed := !c.cal.isOpen(d)
	switch {
	case closed && roll == Noon:
		noon := c.cal.next(d).at(12, 0, zone)
		return reading{when: instant(noon), end: noon.Add(time.Nanosecond)}
	case closed && roll == OpenDay:
		d = c.cal.next(d)
	}
	end := d.end(zone)
	if c.rule.Closes != "" {
		t, _ := time.Parse("15:04", c.rule.Closes)
		end = d.at(t.Hour(), t.Minute(), zone).Add(time.Nanosecond)
	}
	return reading{when: onDay(d), end: end}
}
