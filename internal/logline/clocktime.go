package logline

// clockAndZone reads 12:34:56.789 +0900 from i on, as far as it is there. Hour and minute must be.
func (r reading) clockAndZone(b []byte, i int) (reading, int, bool) {
	i, ok := r.clock(b, i)
	if !ok {
		return r, 0, false
	}
	return r.rest(b, i)
}

// clock reads hour, minute and second.
func (r *reading) clock(b []byte, i int) (int, bool) {
	if i+5 > len(b) || !isDigit(b[i]) {
		return 0, false
	}
	if i+8 <= len(b) && fullClock(b[i:]) {
		r.hour, r.minute, r.sec = two(b[i:]), two(b[i+3:]), two(b[i+6:])
		return i + 8, true
	}
	var ok bool
	if r.hour, i, ok = upToTwo(b, i); !ok || i+2 >= len(b) || b[i] != ':' || !isDigit(b[i+1]) || !isDigit(b[i+2]) {
		return 0, false
	}
	r.minute = two(b[i+1:])
	if i += 3; i+2 < len(b) && b[i] == ':' && isDigit(b[i+1]) && isDigit(b[i+2]) {
		r.sec = two(b[i+1:])
		i += 3
	}
	return i, true
}

// fullClock says whether b begins with 12:34:56, of which the first digit is known.
func fullClock(b []byte) bool {
	return b[2] == ':' && b[5] == ':' && isDigit(b[1]) && isDigit(b[3]) && isDigit(b[4]) && isDigit(b[6]) && isDigit(b[7])
}

// rest reads what may follow a time of day: a fraction, a half of the day, a zone.
func (r reading) rest(b []byte, i int) (reading, int, bool) {
	if i+1 < len(b) && isDigit(b[i+1]) {
		switch n := 0; b[i] {
		case '.':
			r.nano, i = fraction(b, i+1)
		case ',':
			// A comma may also begin the next column: only three, six or nine digits are a fraction.
			if n = digits(b[i+1:]); n == 3 || n == 6 || n == 9 {
				r.nano, i = fraction(b, i+1)
			}
		}
	}
	i, ok := r.halfDay(b, i)
	if !ok {
		return r, 0, false
	}
	if i, ok = r.zone(b, i); !ok {
		return r, 0, false
	}
	return r, i, ended(b, i)
}

// halfDay reads AM and PM.
func (r *reading) halfDay(b []byte, i int) (int, bool) {
	j := i
	if j < len(b) && b[j] == ' ' {
		j++
	}
	if j+2 > len(b) || b[j+1]|0x20 != 'm' || b[j]|0x20 != 'a' && b[j]|0x20 != 'p' || !ended(b, j+2) {
		return i, true
	}
	if r.hour < 1 || r.hour > 12 {
		return 0, false
	}
	r.hour %= 12
	if b[j]|0x20 == 'p' {
		r.hour += 12
	}
	return j + 2, true
}

// zone reads Z, +09:00, +0900, +09 or a name, at once or after a blank. It gives false for a name
// that means different zones to different people.
func (r *reading) zone(b []byte, i int) (int, bool) {
	j := i
	if j < len(b) && b[j] == ' ' {
		j++
	}
	if j >= len(b) {
		return i, true
	}
	switch c := b[j]; {
	case c == 'Z' || c == 'z':
		if ended(b, j+1) && (c == 'Z' || j == i) {
			r.zoned = true
			return j + 1, true
		}
	case c == '+' || c == '-':
		if n := r.offset(b[j:]); n > 0 {
			return j + n, true
		}
	case c >= 'A' && c <= 'Z':
		return r.zoneName(b, i, j)
	}
	return i, true
}

// offset reads +09:00, +0900 and +09, and says how long it was; 0 is none.
func (r *reading) offset(b []byte) int {
	n := digits(b[1:min(len(b), 6)])
	hours, minutes, length := 0, 0, 0
	switch {
	case n == 4:
		hours, minutes, length = two(b[1:]), two(b[3:]), 5
	case n == 2 && len(b) >= 6 && b[3] == ':' && isDigit(b[4]) && isDigit(b[5]):
		hours, minutes, length = two(b[1:]), two(b[4:]), 6
	case n == 2:
		hours, length = two(b[1:]), 3
	default:
		return 0
	}
	if hours > 14 || minutes%15 != 0 || minutes > 45 || !ended(b, length) {
		return 0
	}
	r.east, r.zoned = hours*3600+minutes*60, true
	if b[0] == '-' {
		r.east = -r.east
	}
	return length
}

// fraction reads the digits after a point, as billionths. What is finer is left away.
func fraction(b []byte, i int) (nano, n int) {
	scale := 100_000_000
	for i < len(b) && isDigit(b[i]) {
		nano += int(b[i]-'0') * scale
		scale /= 10
		i++
	}
	return nano, i
}

func isDigit(c byte) bool  { return c-'0' < 10 }
func isLetter(c byte) bool { return c|0x20-'a' < 26 }

// ended says whether a stamp ends at i: no letter or digit goes on.
func ended(b []byte, i int) bool {
	return i >= len(b) || !isDigit(b[i]) && !isLetter(b[i]) && b[i] != '_'
}

func digits(b []byte) int {
	n := 0
	for n < len(b) && isDigit(b[n]) {
		n++
	}
	return n
}

// two reads two digits that are known to be there.
func two(b []byte) int { return int(b[0]-'0')*10 + int(b[1]-'0') }

func upToTwo(b []byte, i int) (v, n int, ok bool) {
	if i >= len(b) || !isDigit(b[i]) {
		return 0, 0, false
	}
	v = int(b[i] - '0')
	if i++; i < len(b) && isDigit(b[i]) {
		v = v*10 + int(b[i]-'0')
		i++
	}
	return v, i, i >= len(b) || !isDigit(b[i])
}

// number reads up to nine digits that are known to be there.
func number(b []byte) int {
	v := 0
	for _, c := range b {
		v = v*10 + int(c-'0')
	}
	return v
}
