package logline

import "bytes"

// readPairs reads the time of a line of name=value. The names are asked in the order of how
// surely they mean the event; where none holds, the line may begin with the stamp of syslog.
func (f Format) readPairs(line []byte) (reading, bool) {
	for _, name := range pairNames(f.Kind) {
		if v, ok := pair1(line, name); ok {
			if r, ok := whole(v, f.order); ok {
				return r, true
			}
		}
	}
	if f.Kind == KeyValue {
		if r, ok := f.readDatePair(line); ok {
			return r, true
		}
	}
	return f.readSyslog(line)
}

// pairNames are the names that hold a whole stamp or count.
func pairNames(k Kind) []string {
	switch k {
	case CEF:
		return []string{"rt", "start", "end"}
	case LEEF:
		return []string{"devTime"}
	}
	return []string{"eventtime", "timestamp", "ts", "time", "datetime", "start_time", "t"}
}

// readDatePair reads date=2026-11-23 time=12:34:56 tz="+0900".
func (f Format) readDatePair(line []byte) (reading, bool) {
	date, ok := pair1(line, "date")
	if !ok {
		return reading{}, false
	}
	clock, ok := pair1(line, "time")
	if !ok {
		return reading{}, false
	}
	r, ok := joined(date, clock, f.order)
	if !ok || r.zoned {
		return r, ok
	}
	if tz, there := pair1(line, "tz"); there && len(tz) > 0 {
		i, known := r.zone(tz, 0)
		return r, known && i == len(tz)
	}
	return r, true
}

// pair1 gives the value of a name that stands at the beginning of a line or after a mark that
// parts pairs. Without quotes the value goes to the next pair's name, since CEF writes "rt=Nov 23
// 2026 12:34:56 src=...".
func pair1(line []byte, name string) ([]byte, bool) {
	for i := 0; i < len(line); {
		j := bytes.Index(line[i:], []byte(name))
		if j < 0 {
			return nil, false
		}
		i += j
		end := i + len(name)
		if end < len(line) && line[end] == '=' && (i == 0 || parts(line[i-1])) {
			return pairValue(line[end+1:]), true
		}
		i = end
	}
	return nil, false
}

func parts(c byte) bool {
	return c == ' ' || c == '\t' || c == ',' || c == ';' || c == '|' || c == '>' || c == '^'
}

func pairValue(v []byte) []byte {
	if len(v) > 0 && v[0] == '"' {
		v = v[1:]
		if i := bytes.IndexByte(v, '"'); i >= 0 {
			return v[:i]
		}
		return nil
	}
	v = v[:min(len(v), 64)]
	if i := bytes.IndexAny(v, "\t|^,;\r\n"); i >= 0 {
		v = v[:i]
	}
	if i := bytes.IndexByte(v, '='); i >= 0 {
		v = v[:max(bytes.LastIndexByte(v[:i], ' '), 0)]
	}
	return bytes.TrimRight(v, " ")
}
