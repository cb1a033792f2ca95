package deadline

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"
)

// A When is a date or an instant. The zero When is neither: there is none.
type When struct {
	at   time.Time // the instant; for a date unused
	till time.Time // the second instant of a local time that clocks put back give twice; else zero
	day  day
	kind uint8
}

const (
	noWhen uint8 = iota
	aDay
	anInstant
)

func onDay(d day) When { return When{day: d, kind: aDay} }

func instant(t time.Time) When { return When{at: t, kind: anInstant} }

// DateOf makes the date of a time, in the time's own zone.
func DateOf(t time.Time) When { return onDay(dayOf(t.Date())) }

// Parse reads a time as a facts file may hold it: RFC 3339, a date, or a local time of the
// zone, in Japanese too. A nil zone is that of HomeZone.
func Parse(text string, zone *time.Location) (w When, ok bool) {
	if zone == nil {
		zone = zoneOf(HomeZone)
	}
	w, slipped := readWhen(text, zone)
	return w, slipped == fine
}

// IsZero says that there is none.
func (w When) IsZero() bool { return w.kind == noWhen }

// IsDate says that a day is known and no time of it.
func (w When) IsDate() bool { return w.kind == aDay }

// Time gives the instant; for a date the first instant of it in the zone, for none the zero
// time. A nil zone is UTC.
func (w When) Time(zone *time.Location) time.Time {
	if zone == nil {
		zone = time.UTC
	}
	switch w.kind {
	case aDay:
		return w.day.start(zone)
	case anInstant:
		return w.at
	}
	return time.Time{}
}

// String gives a date as "2026-03-05" and an instant in RFC 3339; none is empty.
func (w When) String() string {
	switch w.kind {
	case aDay:
		return w.day.utc().Format(time.DateOnly)
	case anInstant:
		return w.at.Format(time.RFC3339)
	}
	return ""
}

// MarshalJSON writes what String gives, and null for none.
func (w When) MarshalJSON() ([]byte, error) {
	if w.IsZero() {
		return []byte("null"), nil
	}
	return json.Marshal(w.String())
}

// span gives the first and the last instant a When can mean, if its day may be that of any
// of the zones.
func (w When) span(zones ...*time.Location) (from, to time.Time) {
	if w.kind == anInstant {
		if w.till.IsZero() {
			return w.at, w.at
		}
		return w.at, w.till
	}
	for i, z := range zones {
		start, end := w.day.start(z), w.day.end(z).Add(-time.Nanosecond)
		if i == 0 || start.Before(from) {
			from = start
		}
		if i == 0 || end.After(to) {
			to = end
		}
	}
	return from, to
}

// days gives the days a When can fall on in a zone. A date is taken as it was written; where
// it was written in another zone it may be a day later here too, and never counts as earlier.
func (w When) days(zone, written *time.Location) []day {
	first := w.day
	from, to := w.span(written)
	if w.kind == anInstant {
		first = dayIn(from, zone)
	}
	out := []day{first}
	if last := dayIn(to, zone); last > first {
		out = append(out, last)
	}
	return out
}

// The years an event may lie in: those for which the holidays are known, and some before.
const (
	firstYear = 2000
	lastYear  = 2098
)

// A slip says why a time could not be read.
type slip uint8

const (
	fine slip = iota
	notATime
	noSuchDay   // 2026-02-29, 24:30
	noSuchTime  // clocks were put forward over it
	outOfBounds // another century
)

// readWhen reads RFC 3339, or a date with or without a local time, as people in Japan write
// them: 2026-03-05, 2026/3/5 10:20, 2026年3月5日（木）午後3時5分, 令和8年3月5日, full width too.
func readWhen(text string, zone *time.Location) (When, slip) {
	if len(text) > 100 {
		return When{}, notATime
	}
	s := strings.TrimSpace(norm.NFKC.String(text))
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00"} {
		if t, err := time.Parse(layout, strings.ToUpper(strings.Replace(s, " ", "T", 1))); err == nil {
			_, offset := t.Zone()
			if offset != 0 { // not the machine's own zone, whatever it is
				t = t.In(time.FixedZone("", offset))
			}
			return inBounds(instant(t), t.Year())
		}
	}
	date, rest, ok := readDate(s)
	if !ok {
		return When{}, notATime
	}
	y, m, d := date[0], date[1], date[2]
	if y < firstYear || y > lastYear {
		return When{}, outOfBounds
	}
	on := dayOf(y, time.Month(m), d)
	if _, month, dom := on.date(); int(month) != m || dom != d {
		return When{}, noSuchDay
	}
	rest = strings.TrimSpace(strings.TrimPrefix(withoutWeekday(rest), "T"))
	if rest == "" {
		return onDay(on), fine
	}
	clock, slipped := readClock(rest)
	if slipped != fine {
		return When{}, slipped
	}
	return local(on, clock, zone)
}

func inBounds(w When, year int) (When, slip) {
	if year < firstYear || year > lastYear {
		return When{}, outOfBounds
	}
	return w, fine
}

// readDate reads year, month and day from the front of a text.
func readDate(s string) (date [3]int, rest string, ok bool) {
	era := 0
	for _, name := range []string{"令和", "R", "r", "Reiwa"} {
		if after, cut := strings.CutPrefix(s, name); cut {
			s, era = after, 2018
			if after, cut := strings.CutPrefix(s, "元"); cut {
				s = "1" + after
			}
			break
		}
	}
	for i, separators := range [][]string{{"年", "-", "/", "."}, {"月", "-", "/", "."}, {"日", ""}} {
		digits := 2
		if i == 0 && era == 0 {
			digits = 4
		}
		n, after, read := number(s, digits)
		if !read || i == 0 && era == 0 && n < 1000 {
			return date, "", false
		}
		date[i], read = n, false
		for _, sep := range separators {
			if s, read = strings.CutPrefix(after, sep); read {
				break
			}
		}
		if _, digit, _ := number(after, 1); !read || digit != after {
			return date, "", false // nothing between, or a digit too many
		}
		s = strings.TrimLeft(s, " ")
	}
	date[0] += era
	return date, s, true
}

// number reads up to so many digits.
func number(s string, digits int) (n int, rest string, ok bool) {
	i := 0
	for i < len(s) && i < digits && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	n, err := strconv.Atoi(s[:i])
	return n, s[i:], err == nil
}

// withoutWeekday drops （木） and "(Thu)" behind a date.
func withoutWeekday(s string) string {
	s = strings.TrimSpace(s)
	if inside, ok := strings.CutPrefix(s, "("); ok {
		if _, after, ok := strings.Cut(inside, ")"); ok && len(inside)-len(after) <= 12 {
			return after
		}
	}
	return s
}

// readClock reads 10:20, 10:20:30, 10時, 10時20分, 午後3時5分.
func readClock(s string) (clock [3]int, slipped slip) {
	half := 0
	for i, name := range []string{"午前", "午後"} {
		if after, cut := strings.CutPrefix(s, name); cut {
			s, half = strings.TrimSpace(after), i+1
		}
	}
	read := colonClock
	if strings.Contains(s, "時") {
		read = kanjiClock
	}
	clock, ok := read(s)
	if !ok {
		return clock, notATime
	}
	if half > 0 {
		if clock[0] > 12 {
			return clock, noSuchDay
		}
		clock[0] = clock[0]%12 + 12*(half-1)
	}
	if clock[0] > 23 || clock[1] > 59 || clock[2] > 59 {
		return clock, noSuchDay
	}
	return clock, fine
}

// kanjiClock reads 10時20分30秒, of which the last parts may be left out.
func kanjiClock(s string) (clock [3]int, ok bool) {
	for i, unit := range []string{"時", "分", "秒"} {
		n, after, read := number(s, 2)
		rest, cut := strings.CutPrefix(after, unit)
		if !read || !cut {
			return clock, false
		}
		if clock[i], s = n, rest; s == "" {
			return clock, true
		}
	}
	return clock, false
}

// colonClock reads 10:20 and 10:20:30.
func colonClock(s string) (clock [3]int, ok bool) {
	parts := strings.Split(s, ":")
	if len(parts) < 2 || len(parts) > 3 {
		return clock, false
	}
	for i, part := range parts {
		n, rest, read := number(part, 2)
		if !read || rest != "" || i > 0 && len(part) < 2 {
			return clock, false
		}
		clock[i] = n
	}
	return clock, true
}

// local finds the instant of a local time. A time that clocks skipped is none; of one that
// they showed twice both are kept.
func local(d day, clock [3]int, zone *time.Location) (When, slip) {
	y, m, dom := d.date()
	t := time.Date(y, m, dom, clock[0], clock[1], clock[2], 0, zone)
	if h, minute, s := t.Clock(); dayIn(t, zone) != d || h != clock[0] || minute != clock[1] || s != clock[2] {
		return When{}, noSuchTime
	}
	w := instant(t)
	for _, shift := range []time.Duration{time.Hour, 30 * time.Minute, 2 * time.Hour} {
		for _, other := range []time.Time{t.Add(shift), t.Add(-shift)} {
			if other.Format(time.DateTime) == t.Format(time.DateTime) {
				w.at, w.till = t, other
				if other.Before(t) {
					w.at, w.till = other, t
				}
			}
		}
	}
	return w, fine
}
