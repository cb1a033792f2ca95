package classify

import (
	"strconv"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/incident"
)

// moment finds the first time written in a line: ISO and Japanese dates, with or without
// a clock, Apache's and syslog's forms, and epoch seconds at the start of a log line.
// The zero Moment says that there is none; the day is never guessed.
func moment(line string) incident.Moment {
	for i := 0; i < len(line) && i < 4096; i++ {
		if line[i] < '0' || line[i] > '9' || i > 0 && isDigit(line[i-1]) {
			continue
		}
		if m, ok := dateAt(line[i:]); ok {
			return m
		}
		if m, ok := apacheAt(line[i:]); ok {
			return m
		}
		if m, ok := epochAt(line, i); ok {
			return m
		}
	}
	return incident.Moment{}
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// dateAt reads "2026-05-11 08:52", "2026/06/02", "2026年5月11日 8時52分", "2026-05-11T08:52:00+09:00".
func dateAt(s string) (incident.Moment, bool) {
	year, s, ok := number(s, 4, 4)
	if !ok {
		return incident.Moment{}, false
	}
	s, sep := cutAny(s, "-", "/", "年", ".")
	month, s, ok := number(s, 1, 2)
	if !ok || sep == "" {
		return incident.Moment{}, false
	}
	s, sep = cutAny(s, "-", "/", "月", ".")
	day, s, ok := number(s, 1, 2)
	if !ok || sep == "" || year < 1990 || year > 2100 {
		return incident.Moment{}, false
	}
	date := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if int(date.Month()) != month || date.Day() != day {
		return incident.Moment{}, false
	}
	return withClock(date, strings.TrimPrefix(s, "日")), true
}

// withClock adds the time of day and the zone, where they follow the date.
func withClock(date time.Time, s string) incident.Moment {
	m := incident.Moment{At: date}
	s = strings.TrimLeft(strings.TrimPrefix(s, "T"), " 　")
	hour, s, ok := number(s, 1, 2)
	s, sep := cutAny(s, ":", "時", "：")
	if !ok || sep == "" || hour > 24 {
		return m
	}
	minute, s, ok := number(s, 1, 2)
	if !ok && sep != "時" || minute > 59 {
		return m
	}
	second := 0
	if rest, sep := cutAny(s, ":", "分"); sep == ":" {
		second, s, _ = number(rest, 2, 2)
		if dot, ok := strings.CutPrefix(s, "."); ok {
			s = strings.TrimLeft(dot, "0123456789")
		}
	}
	m.Exact = true
	zone, zoned := zoneAt(strings.TrimLeft(strings.TrimPrefix(s, "分"), " "))
	m.Zoned = zoned
	m.At = time.Date(date.Year(), date.Month(), date.Day(), hour, minute, min(second, 59), 0, zone)
	return m
}

func zoneAt(s string) (*time.Location, bool) {
	switch {
	case strings.HasPrefix(s, "Z"), strings.HasPrefix(s, "UTC"), strings.HasPrefix(s, "GMT"):
		return time.UTC, true
	case strings.HasPrefix(s, "JST"), strings.HasPrefix(s, "(JST"), strings.HasPrefix(s, "日本時間"):
		return time.FixedZone("", 9*3600), true
	case len(s) >= 5 && (s[0] == '+' || s[0] == '-'):
		h, rest, ok := number(s[1:], 2, 2)
		m, _, ok2 := number(strings.TrimPrefix(rest, ":"), 2, 2)
		if !ok || !ok2 || h > 14 || m > 59 {
			return time.UTC, false
		}
		offset := h*3600 + m*60
		if s[0] == '-' {
			offset = -offset
		}
		return time.FixedZone("", offset), true
	}
	return time.UTC, false
}

// apacheAt reads "19/Apr/2026:03:12:44 +0900".
func apacheAt(s string) (incident.Moment, bool) {
	const form = "02/Jan/2006:15:04:05 -0700"
	if len(s) < len(form) || s[2] != '/' {
		return incident.Moment{}, false
	}
	t, err := time.Parse(form, s[:len(form)])
	return incident.Moment{At: t, Exact: true, Zoned: true}, err == nil
}

// epochAt reads seconds since 1970 with a fraction at the start of a line, as squid
// writes them.
func epochAt(line string, i int) (incident.Moment, bool) {
	if strings.TrimSpace(line[:i]) != "" || len(line) < i+14 || line[i+10] != '.' {
		return incident.Moment{}, false
	}
	n, err := strconv.ParseInt(line[i:i+10], 10, 64)
	if err != nil || n < 631152000 {
		return incident.Moment{}, false
	}
	return incident.Moment{At: time.Unix(n, 0).UTC(), Exact: true, Zoned: true}, true
}

// number reads between min and max digits.
func number(s string, least, most int) (n int, rest string, ok bool) {
	i := 0
	for i < len(s) && i < most && isDigit(s[i]) {
		n = n*10 + int(s[i]-'0')
		i++
	}
	if i < least || i < len(s) && i == most && isDigit(s[i]) {
		return 0, s, false
	}
	return n, s[i:], true
}

func cutAny(s string, seps ...string) (rest, sep string) {
	for _, p := range seps {
		if r, ok := strings.CutPrefix(s, p); ok {
			return r, p
		}
	}
	return s, ""
}
