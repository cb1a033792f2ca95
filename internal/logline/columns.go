package logline

import "bytes"

// readEpochWord reads the count of seconds that a line begins with, as Squid writes it.
func readEpochWord(line []byte) (reading, bool) {
	if len(line) < 10 || !isDigit(line[0]) {
		return reading{}, false
	}
	r, n, ok := epoch(line)
	return r, ok && n < len(line) && line[n] == ' '
}

// readBracket reads [23/Nov/2026:12:34:56 +0900]. A bracket before it, as of an IPv6 address, is
// passed over.
func readBracket(line []byte) (reading, bool) {
	for i := 0; i < len(line); i++ {
		j := bytes.IndexByte(line[i:], '[')
		if j < 0 {
			break
		}
		i += j
		rest := line[i+1:]
		if r, ok := clfStamp(rest); ok {
			return r, true
		}
		if n := digits(rest); n > 0 && n <= 2 && len(rest) > n && rest[n] == '/' {
			break // it is the stamp, and it is wrong
		}
	}
	return reading{}, false
}

// clfStamp reads 23/Nov/2026:12:34:56 +0900] at fixed places.
func clfStamp(b []byte) (r reading, ok bool) {
	if len(b) < 27 || b[2] != '/' || b[6] != '/' || b[11] != ':' || b[14] != ':' || b[17] != ':' || b[20] != ' ' || b[26] != ']' {
		return r, false
	}
	for _, i := range [...]int{0, 1, 7, 8, 9, 10, 12, 13, 15, 16, 18, 19, 22, 23, 24, 25} {
		if !isDigit(b[i]) {
			return r, false
		}
	}
	r.day, r.month, r.year = two(b), month(b[3:]), number(b[7:11])
	r.hour, r.minute, r.sec = two(b[12:]), two(b[15:]), two(b[18:])
	return r, r.offset(b[21:]) == 5
}

// readZeek reads the column of a Zeek table: a count of seconds, or RFC 3339 if Zeek was told so.
func (f Format) readZeek(line []byte) (reading, bool) {
	if len(line) == 0 || line[0] == '#' {
		return reading{}, false
	}
	for range f.column {
		i := bytes.IndexByte(line, f.separator)
		if i < 0 {
			return reading{}, false
		}
		line = line[i+1:]
	}
	r, n, ok := stamp(line, unknownOrder)
	return r, ok && (n == len(line) || line[n] == f.separator || line[n] == '\n' || line[n] == '\r')
}

// readColumns reads the date's column and, if it stands apart, that of the time of day.
func (f Format) readColumns(line []byte) (reading, bool) {
	if len(line) == 0 || line[0] == '#' && f.Kind == W3C {
		return reading{}, false
	}
	date, _ := column(line, f.separator, f.column)
	if f.second == 0 || f.second == f.column {
		r, ok := whole(date, f.order)
		return f.zoned(r), ok
	}
	clock, _ := column(line, f.separator, f.second)
	r, ok := joined(date, clock, f.order)
	return f.zoned(r), ok
}

// zoned puts the zone of the log on a stamp that has none.
func (f Format) zoned(r reading) reading {
	if f.utc && !r.counted {
		r.zoned = true
	}
	return r
}

// joined reads a date and a time of day that stand apart.
func joined(date, clock []byte, o order) (reading, bool) {
	var both [64]byte
	if len(date) == 0 || len(clock) == 0 || len(date)+len(clock)+1 > len(both) {
		return reading{}, false
	}
	n := copy(both[:], date)
	both[n] = ' '
	n += 1 + copy(both[n+1:], clock)
	return whole(both[:n], o)
}

// whole reads a stamp that is all there is.
func whole(b []byte, o order) (reading, bool) {
	b = bytes.TrimSpace(b)
	r, n, ok := stamp(b, o)
	return r, ok && n == len(b)
}

// column gives a column of a line, without its quotes, and whether it is there. A quote that
// stands twice is left as it is: there is none in a time.
func column(line []byte, separator byte, n int) ([]byte, bool) {
	for i := 0; ; i++ {
		field, rest, more := cutColumn(line, separator)
		if i == n {
			return field, true
		}
		if !more {
			return nil, false
		}
		line = rest
	}
}

// cutColumn takes the first column off. A quote without end takes the rest.
func cutColumn(line []byte, separator byte) (field, rest []byte, more bool) {
	if len(line) == 0 || line[0] != '"' || separator == ' ' {
		field, rest, more = bytes.Cut(line, []byte{separator})
		return bytes.TrimRight(field, "\r\n"), rest, more
	}
	for i := 1; i < len(line); i++ {
		j := bytes.IndexByte(line[i:], '"')
		if j < 0 {
			break
		}
		if i += j; i+1 < len(line) && line[i+1] == '"' {
			i++
			continue
		}
		field, line = line[1:i], line[i+1:]
		_, rest, more = bytes.Cut(line, []byte{separator})
		return field, rest, more
	}
	return bytes.TrimRight(line[1:], "\r\n"), nil, false
}

// readWords reads the stamp that stands after so many words, as in "INFO [2026-11-23 12:34:56]".
func (f Format) readWords(line []byte) (reading, bool) {
	rest, ok := afterWords(line, f.column)
	if !ok {
		return reading{}, false
	}
	r, _, ok := stamp(rest, f.order)
	return r, ok
}

// afterWords passes over n words, and then over what may open a stamp.
func afterWords(line []byte, n int) ([]byte, bool) {
	line = afterPriority(line)
	for {
		line = bytes.TrimLeft(line, " \t")
		if n <= 0 || len(line) == 0 {
			break
		}
		n--
		if i := bytes.IndexAny(line, " \t"); i >= 0 {
			line = line[i:]
		} else {
			line = nil
		}
	}
	line = bytes.TrimLeft(line, `[("*<`)
	return line, len(line) > 0
}

// afterPriority passes over a byte order mark and the <34> of syslog.
func afterPriority(line []byte) []byte {
	line = bytes.TrimPrefix(line, []byte("\xEF\xBB\xBF"))
	if len(line) < 3 || line[0] != '<' {
		return line
	}
	n := digits(line[1:min(len(line), 5)])
	if n == 0 || n > 3 || 1+n >= len(line) || line[1+n] != '>' {
		return line
	}
	return line[n+2:]
}

// readSyslog reads the stamp of a line of syslog: after the priority, the version and what marks
// a clock that is not in step.
//
// SPEC: RFC 5424 §6, RFC 3164 §4.1.
func (f Format) readSyslog(line []byte) (reading, bool) {
	line = afterPriority(line)
	if f.Kind == Syslog5424 && len(line) > 2 && isDigit(line[0]) && line[1] == ' ' {
		line = line[2:]
	}
	for len(line) > 0 && (line[0] == ' ' || line[0] == '*' || line[0] == '.' || line[0] == '[') {
		line = line[1:]
	}
	r, _, ok := stamp(line, f.order)
	return r, ok
}
