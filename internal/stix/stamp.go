package stix

import "strings"

// instant gives a timestamp of STIX in a form that sorts as the times do: UTC, without the
// Z and without zeros at the end of the fraction. ok is false for what is no timestamp. Any
// number of digits is kept, and second 60.
//
// SPEC: STIX 2.1 §2.16; RFC 3339 §5.6.
func instant(s string) (sorts string, ok bool) {
	const form = "0000-00-00T00:00:00"
	if len(s) <= len(form) || s[len(s)-1] != 'Z' {
		return "", false
	}
	for i := range len(form) {
		if form[i] == '0' && !digit(s[i]) || form[i] != '0' && form[i] != s[i] {
			return "", false
		}
	}
	if !realDate(s) {
		return "", false
	}
	fraction := s[len(form) : len(s)-1]
	if fraction == "" {
		return s[:len(form)], true
	}
	if fraction[0] != '.' || len(fraction) == 1 || strings.Trim(fraction[1:], "0123456789") != "" {
		return "", false
	}
	if fraction = strings.TrimRight(fraction, "0"); fraction == "." {
		fraction = ""
	}
	return s[:len(form)] + fraction, true
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

// realDate says whether the digits of a timestamp are a day and a time of day.
func realDate(s string) bool {
	two := func(at int) int { return int(s[at]-'0')*10 + int(s[at+1]-'0') }
	year, month, day := two(0)*100+two(2), two(5), two(8)
	if month < 1 || month > 12 || day < 1 || day > daysOf(year, month) {
		return false
	}
	return two(11) <= 23 && two(14) <= 59 && two(17) <= 60
}

func daysOf(year, month int) int {
	switch {
	case month == 2 && year%4 == 0 && (year%100 != 0 || year%400 == 0):
		return 29
	case month == 2:
		return 28
	case month == 4, month == 6, month == 9, month == 11:
		return 30
	}
	return 31
}

// fine says whether a timestamp has at least milliseconds, as created and modified must.
//
// SPEC: STIX 2.1 §3.2.
func fine(s string) bool {
	_, fraction, _ := strings.Cut(s, ".")
	return len(fraction) >= len("000Z")
}
