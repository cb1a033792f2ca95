package deadline

import (
	"math"
	"time"
)

// A calendar says on which days an authority is closed. Its zero value closes on weekends.
type calendar struct {
	holiday      func(day) bool // nil: no holidays are known
	closed, open map[day]bool   // as the facts say; closed wins
}

// isOpen says whether a day is a working day of the authority.
func (c calendar) isOpen(d day) bool {
	switch {
	case c.closed[d]:
		return false
	case c.open[d]:
		return true
	}
	return !d.weekend() && (c.holiday == nil || !c.holiday(d))
}

// next gives the day itself if it is open, else the first open day after it. Days in a row
// can only be closed by weekends, holidays and a finite list.
func (c calendar) next(d day) day {
	for !c.isOpen(d) {
		d++
	}
	return d
}

// forward counts open days after a day.
func (c calendar) forward(d day, n int) day {
	for ; n > 0; n-- {
		d = c.next(d + 1)
	}
	return d
}

func holidaysOf(calendar string) func(day) bool {
	switch calendar {
	case "jp":
		return closedInJapan
	case "us":
		return closedInUnitedStates
	}
	return nil
}

// closedInJapan says whether national agencies are closed on a weekday, by the laws as they
// stand since 2022. SPEC: 行政機関の休日に関する法律 art. 1
func closedInJapan(d day) bool {
	_, month, dom := d.date()
	if month == time.December && dom >= 29 || month == time.January && dom <= 3 {
		return true
	}
	return nationalHoliday(d) || substitute(d) || nationalHoliday(d-1) && nationalHoliday(d+1)
}

// nationalHoliday says whether a day has a name of its own. SPEC: 国民の祝日に関する法律 art. 2
func nationalHoliday(d day) bool {
	year, month, dom := d.date()
	monday := d.weekday() == time.Monday
	switch month {
	case time.January:
		return dom == 1 || monday && nth(dom) == 2
	case time.February:
		return dom == 11 || dom == 23
	case time.March:
		return dom == equinox(20.8431, year)
	case time.April:
		return dom == 29
	case time.May:
		return dom >= 3 && dom <= 5
	case time.July:
		return monday && nth(dom) == 3
	case time.August:
		return dom == 11
	case time.September:
		return dom == equinox(23.2488, year) || monday && nth(dom) == 3
	case time.October:
		return monday && nth(dom) == 2
	case time.November:
		return dom == 3 || dom == 23
	}
	return false
}

// substitute says whether a day stands in for a holiday on a Sunday: the first day after it
// that is no holiday itself. SPEC: 国民の祝日に関する法律 art. 3(2)
func substitute(d day) bool {
	if nationalHoliday(d) {
		return false
	}
	for d--; nationalHoliday(d); d-- {
		if d.weekday() == time.Sunday {
			return true
		}
	}
	return false
}

// nth says the how manieth of its weekday in a month a day is.
func nth(dom int) int { return (dom + 6) / 7 }

// equinox gives the day of the month by the usual approximation, good from 1980 to 2099. The
// day itself is announced in February of the year before.
func equinox(base float64, year int) int {
	y := float64(year - 1980)
	return int(base + 0.242194*y - math.Floor(y/4))
}

// closedInUnitedStates says whether federal offices are closed on a weekday.
// SPEC: 5 U.S.C. 6103
func closedInUnitedStates(d day) bool {
	switch d.weekday() {
	case time.Monday:
		return federalHoliday(d) || federalHoliday(d-1)
	case time.Friday:
		return federalHoliday(d) || federalHoliday(d+1)
	}
	return federalHoliday(d)
}

func federalHoliday(d day) bool {
	_, month, dom := d.date()
	monday := d.weekday() == time.Monday
	switch month {
	case time.January:
		return dom == 1 || monday && nth(dom) == 3
	case time.February:
		return monday && nth(dom) == 3
	case time.May:
		return monday && dom > 24
	case time.June:
		return dom == 19
	case time.July:
		return dom == 4
	case time.September:
		return monday && nth(dom) == 1
	case time.October:
		return monday && nth(dom) == 2
	case time.November:
		return dom == 11 || d.weekday() == time.Thursday && nth(dom) == 4
	case time.December:
		return dom == 25
	}
	return false
}
