package logline

import "time"

// A reading is a stamp taken apart, before it is known whose clock it was read from.
type reading struct {
	year, month, day  int
	hour, minute, sec int
	nano              int
	east              int   // seconds east of Greenwich, if zoned
	unix              int64 // seconds since 1970, if counted
	counted           bool  // unix and nano are all there is
	zoned             bool  // the stamp names its zone
	yearless          bool
}

// at says which moment a stamp means on this clock.
func (c Clock) at(r reading) (time.Time, bool) {
	if !r.counted {
		ok := false
		if r, ok = c.count(r); !ok {
			return time.Time{}, false
		}
	}
	return time.Unix(r.unix, int64(r.nano)).UTC().Add(c.Offset), true
}

// count turns date and time of day into seconds.
func (c Clock) count(r reading) (reading, bool) {
	switch {
	case r.yearless:
		return c.guessYear(r)
	case !r.valid():
		return r, false
	}
	r.unix = c.seconds(r)
	return r, true
}

// seconds counts a valid reading.
func (c Clock) seconds(r reading) int64 {
	if !r.zoned && c.Zone != nil && c.Zone != time.UTC {
		return time.Date(r.year, time.Month(r.month), r.day, r.hour, r.minute, r.sec, 0, c.Zone).Unix()
	}
	days := daysBefore(r.year) + monthDays(r.year, r.month) + int64(r.day-1)
	return days*86400 + int64(r.hour*3600+r.minute*60+r.sec-r.east)
}

// guessYear puts a stamp without year into the latest year that does not lie more than a day
// after Near. Eight years back there is a 29 February at the latest.
func (c Clock) guessYear(r reading) (reading, bool) {
	if c.Near.IsZero() {
		return r, false
	}
	latest := c.Near.Unix() + 86400
	year := c.Near.UTC().Year()
	for r.year = year + 1; r.year >= year-8; r.year-- {
		if !r.valid() {
			continue
		}
		if r.unix = c.seconds(r); r.unix <= latest {
			return r, true
		}
	}
	return r, false
}

// valid says whether there is such a moment. The second 60 of a leap second is the first of the
// next minute, as clocks of Unix have it.
func (r *reading) valid() bool {
	return r.year >= 1970 && r.year <= 9999 && r.month >= 1 && r.month <= 12 &&
		r.day >= 1 && (r.day <= 28 || r.day <= daysIn(r.year, r.month)) &&
		r.hour >= 0 && r.hour <= 23 && r.minute >= 0 && r.minute <= 59 && r.sec >= 0 && r.sec <= 60
}

func leap(year int) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }

func daysIn(year, month int) int {
	switch {
	case month == 2 && leap(year):
		return 29
	case month == 2:
		return 28
	}
	return 30 + (month+month>>3)&1
}

// daysBefore counts the days from 1970 to the first of January of a year from then on.
func daysBefore(year int) int64 {
	y := int64(year - 1)
	return y*365 + y/4 - y/100 + y/400 - 719162
}

// monthDays counts the days of a year before a month.
func monthDays(year, month int) int64 {
	days := int64((367*month - 362) / 12)
	switch {
	case month <= 2:
		return days
	case leap(year):
		return days - 1
	}
	return days - 2
}
