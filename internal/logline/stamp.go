package logline

// An order says how a date of three numbers is written whose last is the year.
type order uint8

// Without knowing the order, 03/04/2026 is no date.
const (
	unknownOrder order = iota
	dayFirst
	monthFirst
)

// stamp reads a date and time of day, or a count of seconds, from the beginning of b, and says
// how many bytes it took.
func stamp(b []byte, o order) (r reading, n int, ok bool) {
	if len(b) < 8 {
		return r, 0, false
	}
	switch {
	case isDigit(b[0]):
		return numberStamp(b, o)
	case isLetter(b[0]):
		return namedStamp(b)
	case b[0] >= 0xE3:
		return japaneseStamp(b)
	}
	return r, 0, false
}

// numberStamp reads a stamp that begins with a digit. The number of digits says which it is.
func numberStamp(b []byte, o order) (reading, int, bool) {
	n := digits(b)
	switch {
	case n >= 10:
		return epoch(b)
	case n == len(b):
		return reading{}, 0, false
	case n == 4 && b[4] >= 0x80, n == 8 && b[8] >= 0x80:
		return japaneseStamp(b)
	case n == 4:
		return isoStamp(b)
	case n == 8:
		return compactStamp(b)
	case n <= 2 && (b[n] == '/' || b[n] == '-' || b[n] == ' ' || b[n] == '.'):
		return dayStamp(b, n, o)
	}
	return reading{}, 0, false
}

// epoch reads a count since 1970: ten digits are seconds, 13, 16 and 19 their thousandth,
// millionth and billionth parts. Ten digits reach from 2001 to 2286.
func epoch(b []byte) (r reading, n int, ok bool) {
	var v int64
	for n < len(b) && isDigit(b[n]) && n < 19 {
		v = v*10 + int64(b[n]-'0')
		n++
	}
	switch n {
	case 10:
		r.unix = v
		if n+1 < len(b) && b[n] == '.' && isDigit(b[n+1]) {
			r.nano, n = fraction(b, n+1)
		}
	case 13:
		r.unix, r.nano = v/1e3, int(v%1e3)*1e6
		if n+1 < len(b) && b[n] == '.' && isDigit(b[n+1]) {
			_, n = fraction(b, n+1)
		}
	case 16:
		r.unix, r.nano = v/1e6, int(v%1e6)*1e3
	case 19:
		r.unix, r.nano = v/1e9, int(v%1e9)
	default:
		return r, 0, false
	}
	r.counted = true
	return r, n, r.unix >= 1e9 && ended(b, n)
}

// isoStamp reads 2026-11-23T12:34:56.789Z and its relatives: with a blank, a comma or a colon
// before the time, with slashes or dots in the date, with a comma before the fraction, with or
// without zone. With slashes the numbers may have one digit, as Windows writes them in Japan.
//
// SPEC: RFC 3339 §5.6.
func isoStamp(b []byte) (r reading, n int, ok bool) {
	if len(b) < 10 {
		return r, 0, false
	}
	r.year = number(b[:4])
	mark := b[4]
	if mark != '-' && mark != '/' && mark != '.' {
		return r, 0, false
	}
	if b[7] == mark && isDigit(b[5]) && isDigit(b[6]) && isDigit(b[8]) && isDigit(b[9]) {
		r.month, r.day, n = two(b[5:]), two(b[8:]), 10
	} else if mark == '-' {
		return r, 0, false
	} else if r.month, r.day, n, ok = pair(b, 5, mark); !ok {
		return r, 0, false
	}
	if n+4 >= len(b) {
		return r, 0, false
	}
	switch b[n] {
	case 'T', 't', ' ', ',', ':', '_', '-':
		return r.clockAndZone(b, n+1)
	}
	return r, 0, false
}

// pair reads two numbers of one or two digits with a mark between.
func pair(b []byte, i int, mark byte) (first, second, n int, ok bool) {
	if first, i, ok = upToTwo(b, i); !ok || i >= len(b) || b[i] != mark {
		return 0, 0, 0, false
	}
	second, i, ok = upToTwo(b, i+1)
	return first, second, i, ok
}

// compactStamp reads 20261123T123456Z.
func compactStamp(b []byte) (r reading, n int, ok bool) {
	if len(b) < 15 || b[8] != 'T' && b[8] != ' ' && b[8] != '-' || digits(b[9:]) != 6 {
		return r, 0, false
	}
	r.year, r.month, r.day = number(b[:4]), two(b[4:]), two(b[6:])
	r.hour, r.minute, r.sec = two(b[9:]), two(b[11:]), two(b[13:])
	return r.rest(b, 15)
}

// dayStamp reads what begins with a day or month of n digits: 23/Nov/2026:12:34:56 +0900,
// 23-Nov-2026 12:34:56, 23 Nov 2026 12:34:56, and 11/23/2026 12:34:56 PM if its order is known.
func dayStamp(b []byte, n int, o order) (r reading, _ int, ok bool) {
	i, ok := r.dayAndMonth(b, n, o)
	if !ok {
		return r, 0, false
	}
	if i+5 >= len(b) || digits(b[i:i+5]) != 4 {
		return r, 0, false
	}
	r.year = number(b[i : i+4])
	i += 4
	if b[i] == ',' {
		i++
	}
	if i < len(b) && (b[i] == ' ' || b[i] == ':' || b[i] == 'T') {
		return r.clockAndZone(b, i+1)
	}
	return r, 0, false
}

// dayAndMonth reads 23/Nov/ or 23/11/, whose first number has n digits, and says where the year
// begins.
func (r *reading) dayAndMonth(b []byte, n int, o order) (i int, ok bool) {
	mark, i := b[n], n+1
	r.day = number(b[:n])
	if i+4 < len(b) && isLetter(b[i]) {
		r.month = month(b[i:])
		return i + 4, r.month > 0 && b[i+3] == mark && mark != '.'
	}
	if r.month, i, ok = upToTwo(b, i); !ok || i >= len(b) || b[i] != mark || mark == ' ' {
		return 0, false
	}
	if o == monthFirst {
		r.day, r.month = r.month, r.day
	}
	return i + 1, o != unknownOrder
}

// namedStamp reads what begins with the name of a month or of a day of the week: "Nov 23
// 12:34:56", "Nov 23 2026 12:34:56", "Mon Nov 23 12:34:56 2026", "Mon, 23 Nov 2026 12:34:56 +0900".
func namedStamp(b []byte) (r reading, n int, ok bool) {
	if r.month = month(b); r.month == 0 {
		return weekdayStamp(b)
	}
	i := 3
	for i < len(b) && i < 5 && b[i] == ' ' {
		i++
	}
	if i == 3 {
		return r, 0, false
	}
	if r.day, i, ok = upToTwo(b, i); !ok || i+5 >= len(b) {
		return r, 0, false
	}
	if b[i] == ',' {
		i++
	}
	if b[i] != ' ' {
		return r, 0, false
	}
	i++
	if i+5 < len(b) && digits(b[i:i+5]) == 4 && (b[i+4] == ' ' || b[i+4] == ',') {
		r.year, r.yearless = number(b[i:i+4]), false
		i += 5
		if b[i] == ' ' {
			i++
		}
		return r.clockAndZone(b, i)
	}
	r.yearless = true
	return r.clockAndZone(b, i)
}

// weekdayStamp leaves the name of the day away. Whether it is the right one is not asked.
func weekdayStamp(b []byte) (reading, int, bool) {
	i := weekday(b)
	if i == 0 || i+10 > len(b) {
		return reading{}, 0, false
	}
	if b[i] == ',' {
		i++
	}
	if b[i] != ' ' {
		return reading{}, 0, false
	}
	i++
	var (
		r  reading
		n  int
		ok bool
	)
	if d := digits(b[i:]); d == 1 || d == 2 {
		r, n, ok = dayStamp(b[i:], d, unknownOrder)
	} else if month(b[i:]) != 0 {
		if r, n, ok = namedStamp(b[i:]); ok && r.yearless {
			r, n = r.yearAtEnd(b[i:], n)
		}
	}
	return r, i + n, ok
}

// yearAtEnd takes the year that the C library writes last.
func (r reading) yearAtEnd(b []byte, n int) (reading, int) {
	if n+5 <= len(b) && b[n] == ' ' && digits(b[n+1:n+5]) == 4 && ended(b, n+5) {
		r.year, r.yearless = number(b[n+1:n+5]), false
		n += 5
	}
	return r, n
}
