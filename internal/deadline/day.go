package deadline

import "time"

// A day is one day of the calendar, counted from 1970-01-01, in no zone.
type day int

func dayOf(year int, month time.Month, d int) day {
	return day(time.Date(year, month, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// dayIn gives the day an instant falls on in a zone.
func dayIn(t time.Time, zone *time.Location) day { return dayOf(t.In(zone).Date()) }

func (d day) date() (int, time.Month, int) { return d.utc().Date() }

func (d day) utc() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

func (d day) weekday() time.Weekday { return d.utc().Weekday() }

func (d day) weekend() bool { return d.weekday() == time.Saturday || d.weekday() == time.Sunday }

// start gives the first instant of the day in a zone. Where clocks are put forward at
// midnight that is later than 0:00.
func (d day) start(zone *time.Location) time.Time {
	y, m, n := d.date()
	t := time.Date(y, m, n, 0, 0, 0, 0, zone)
	if dayIn(t, zone) < d {
		t = t.Add(time.Hour)
	}
	return t
}

// end gives the first instant after the day.
func (d day) end(zone *time.Location) time.Time { return (d + 1).start(zone) }

// at gives a time of the day, such as noon.
func (d day) at(hour, minute int, zone *time.Location) time.Time {
	y, m, n := d.date()
	return time.Date(y, m, n, hour, minute, 0, 0, zone)
}

// months goes to the same day of another month, or to its last day if it has no such day;
// whole says whether it has.
func (d day) months(n int) (to day, whole bool) {
	y, m, dom := d.date()
	last := dayOf(y, m+time.Month(n)+1, 0)
	to = dayOf(y, m+time.Month(n), 1) + day(dom-1)
	if to > last {
		return last, false
	}
	return to, true
}

// quarterEnd gives the last day of the calendar quarter a day is in.
func (d day) quarterEnd() day {
	y, m, _ := d.date()
	return dayOf(y, (m-1)/3*3+4, 0)
}
