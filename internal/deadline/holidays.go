package deadline

import (
	"math"
	"strconv"
	"strings"
	"sync"
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
	return named("jp", d) || substitute(d) || named("jp", d-1) && named("jp", d+1)
}

// substitute says whether a day stands in for a holiday on a Sunday: the first day after it
// that is no holiday itself. SPEC: 国民の祝日に関する法律 art. 3(2)
func substitute(d day) bool {
	if named("jp", d) {
		return false
	}
	for d--; named("jp", d); d-- {
		if d.weekday() == time.Sunday {
			return true
		}
	}
	return false
}

// closedInUnitedStates says whether federal offices are closed on a weekday: a holiday on a
// Saturday is observed the day before, one on a Sunday the day after. SPEC: 5 U.S.C. 6103
func closedInUnitedStates(d day) bool {
	switch d.weekday() {
	case time.Monday:
		return named("us", d) || named("us", d-1)
	case time.Friday:
		return named("us", d) || named("us", d+1)
	}
	return named("us", d)
}

// A holiday is one line of the table, for its month.
type holiday struct {
	dom     int // of a holiday with a date, else 0
	weekday time.Weekday
	nth     int     // of its weekday in the month; 5: the last
	equinox float64 // base of the approximation, else 0
}

// named says whether a day has a name of its own in a country.
func named(calendar string, d day) bool {
	year, month, dom := d.date()
	for _, h := range holidays()[calendar][month] {
		switch {
		case h.dom > 0:
			if dom == h.dom {
				return true
			}
		case h.equinox > 0:
			if dom == equinox(h.equinox, year) {
				return true
			}
		case d.weekday() == h.weekday && h.fits(d):
			return true
		}
	}
	return false
}

// fits says whether a day is the right one of its weekday.
func (h holiday) fits(d day) bool {
	_, month, dom := d.date()
	if h.nth < 5 {
		return (dom+6)/7 == h.nth
	}
	_, after, _ := (d + 7).date()
	return after != month
}

// Bases of the usual approximation of the equinoxes, good from 1980 to 2099. The day itself
// is announced in February of the year before.
const (
	vernal   = 20.8431
	autumnal = 23.2488
)

// equinox gives the day of the month.
func equinox(base float64, year int) int {
	y := float64(year - 1980)
	return int(base + 0.242194*y - math.Floor(y/4))
}

var holidays = sync.OnceValue(func() map[string]map[time.Month][]holiday {
	out := map[string]map[time.Month][]holiday{}
	for _, r := range rows("holidays", 4) {
		month, _ := strconv.Atoi(r[1])
		if out[r[0]] == nil {
			out[r[0]] = map[time.Month][]holiday{}
		}
		out[r[0]][time.Month(month)] = append(out[r[0]][time.Month(month)], holidayOf(r[2]))
	}
	return out
})

func holidayOf(which string) holiday {
	switch which {
	case "vernal":
		return holiday{equinox: vernal}
	case "autumnal":
		return holiday{equinox: autumnal}
	}
	if dom, err := strconv.Atoi(which); err == nil {
		return holiday{dom: dom}
	}
	nth, weekday, _ := strings.Cut(which, " ")
	h := holiday{nth: 5, weekday: time.Monday}
	if weekday == "thursday" {
		h.weekday = time.Thursday
	}
	if nth != "last" {
		h.nth = int(nth[0] - '0')
	}
	return h
}
