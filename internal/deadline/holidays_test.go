package deadline

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// The holidays of Japan as the calendars of these years have them, by hand: month/day, those
// on weekends too, with substitutes and the citizens' holiday of 2026.
var knownJapan = map[int]string{
	2024: "1/1 1/8 2/11 2/12 2/23 3/20 4/29 5/3 5/4 5/5 5/6 7/15 8/11 8/12 9/16 9/22 9/23 10/14 11/3 11/4 11/23",
	2025: "1/1 1/13 2/11 2/23 2/24 3/20 4/29 5/3 5/4 5/5 5/6 7/21 8/11 9/15 9/23 10/13 11/3 11/23 11/24",
	2026: "1/1 1/12 2/11 2/23 3/20 4/29 5/3 5/4 5/5 5/6 7/20 8/11 9/21 9/22 9/23 10/12 11/3 11/23",
	2027: "1/1 1/11 2/11 2/23 3/21 3/22 4/29 5/3 5/4 5/5 7/19 8/11 9/20 9/23 10/11 11/3 11/23",
}

// The federal holidays as they were observed, weekdays only.
var knownFederal = map[int]string{
	2024: "1/1 1/15 2/19 5/27 6/19 7/4 9/2 10/14 11/11 11/28 12/25",
	2025: "1/1 1/20 2/17 5/26 6/19 7/4 9/1 10/13 11/11 11/27 12/25",
	2026: "1/1 1/19 2/16 5/25 6/19 7/3 9/7 10/12 11/11 11/26 12/25",
	2027: "1/1 1/18 2/15 5/31 6/18 7/5 9/6 10/11 11/11 11/25 12/24 12/31",
}

func TestHolidaysOfJapanAreThoseOfTheCalendars(t *testing.T) {
	for year, list := range knownJapan {
		known := map[string]bool{}
		for _, d := range strings.Fields(list) {
			known[d] = true
		}
		for d := dayOf(year, time.January, 1); d < dayOf(year+1, time.January, 1); d++ {
			_, m, dom := d.date()
			name := fmt.Sprintf("%d/%d", m, dom)
			want := known[name] || m == time.December && dom >= 29 || m == time.January && dom <= 3
			if closedInJapan(d) != want {
				t.Errorf("%d/%s: closed %v, want %v", year, name, !want, want)
			}
		}
	}
}

func TestFederalHolidaysAreThoseObserved(t *testing.T) {
	for year, list := range knownFederal {
		known := map[string]bool{}
		for _, d := range strings.Fields(list) {
			known[d] = true
		}
		for d := dayOf(year, time.January, 1); d < dayOf(year+1, time.January, 1); d++ {
			_, m, dom := d.date()
			name := fmt.Sprintf("%d/%d", m, dom)
			if !d.weekend() && closedInUnitedStates(d) != known[name] {
				t.Errorf("%d/%s: closed %v, want %v", year, name, !known[name], known[name])
			}
		}
	}
}

func TestEquinoxesAreThoseAnnounced(t *testing.T) {
	for year, want := range map[int][2]int{
		2022: {21, 23}, 2023: {21, 23}, 2024: {20, 22}, 2025: {20, 23}, 2026: {20, 23}, 2027: {21, 23}, 2028: {20, 22}, 2030: {20, 23},
	} {
		if got := [2]int{equinox(vernal, year), equinox(autumnal, year)}; got != want {
			t.Errorf("%d: %v, want %v", year, got, want)
		}
	}
}

func TestFactsOverruleTheCalendar(t *testing.T) {
	base := "{regimes: [jp.appi], traits: [unlawful_purpose], events: {known_at: 2026-03-05}"
	for extra, want := range map[string]string{
		"":                                           "2026-05-07",
		", closed: [2026-05-07]":                     "2026-05-08",
		", closed: {jp: [令和8年5月7日]}":                 "2026-05-08",
		", closed: {eu: [2026-05-07]}":               "2026-05-07",
		", open: [2026-05-06]":                       "2026-05-06",
		", open: {jp: [2026/5/3]}":                   "2026-05-03",
		", open: [2026-05-06], closed: [2026-05-06]": "2026-05-07",
	} {
		if got := clock(t, "jp.appi.final", facts(t, base+extra+"}"), "2026-03-10").Due.String(); got != want {
			t.Errorf("%s: due %s, want %s", extra, got, want)
		}
	}
}
