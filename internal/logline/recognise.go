package logline

import "bytes"

// A log is recognised by at most so many of its first bytes and lines.
const (
	headBytes = 64 << 10
	headLines = 256
)

// Recognise says how a log is written from its beginning, of which it looks at 64 KiB at most. It
// decides by the greater part of the lines, so that a first line of another form, such as one
// that was cut by rotation, does not mislead it; lines that are indented go with the line before
// them and are not counted. A header counts if the lines below it fit. What cannot be told is
// Text.
func Recognise(head []byte) Format {
	var f Format
	lines := sampled(clip(head, headBytes), &f)
	kind := vote(lines)
	switch {
	case f.Kind == ZeekTSV || f.Kind == W3C:
		if f.fits(lines) {
			if f.Kind == W3C {
				f.order = learnOrder(lines)
			}
			return f
		}
		f = Format{}
	case kind == "" && len(lines) == 0:
		return Format{Kind: Text}
	}
	f.Kind = kind
	switch kind {
	case ZeekTSV:
		f.separator = '\t'
	case ZeekJSON, EVE, EDR, EventJSON, JSON:
		f.learnKey(lines)
	case PaloAlto:
		f.separator, f.column = ',', 6
	case "":
		f = recogniseTable(lines)
	}
	return f
}

// Learn gives the Format of the lines that follow a header in the middle of a log. Any other line
// leaves it as it was.
func (f Format) Learn(line []byte) Format {
	if len(line) == 0 || line[0] != '#' {
		return f
	}
	line = bytes.TrimRight(clip(line, wideWindow), "\r\n")
	switch {
	case bytes.HasPrefix(line, []byte("#separator ")):
		if s, ok := zeekSeparator(line[len("#separator "):]); ok {
			return Format{Kind: ZeekTSV, separator: s}
		}
	case bytes.HasPrefix(line, []byte("#fields")) && len(line) > len("#fields"):
		f.Kind, f.separator = ZeekTSV, line[len("#fields")]
		f.column, f.second = indexOf(line[len("#fields")+1:], f.separator, "ts"), 0
	case bytes.HasPrefix(line, []byte("#Fields:")):
		return f.learnW3C(bytes.TrimSpace(line[len("#Fields:"):]))
	case bytes.EqualFold(line, []byte("#Time Format: Local")):
		f.utc, f.Kind, f.second = false, W3C, localClock
	case bytes.HasPrefix(line, []byte("#Software:")) && f.Kind != W3C:
		f = Format{Kind: W3C}
	}
	return f
}

// localClock stands in Format.second between the line that says so and the names of the columns.
const localClock = -1

// learnW3C reads the names of the columns. Times are in UTC unless the log says otherwise.
//
// SPEC: W3C extended log file format.
func (f Format) learnW3C(names []byte) Format {
	out := Format{Kind: W3C, separator: ' ', utc: f.second != localClock}
	for _, s := range []byte{'\t', ','} {
		if bytes.IndexByte(names, s) >= 0 {
			out.separator = s
		}
	}
	date, clock := indexOf(names, out.separator, "date"), indexOf(names, out.separator, "time")
	switch {
	case date >= 0 && clock >= 0 && clock != 0:
		out.column, out.second = date, clock
	default:
		// Exchange has one column.
		for _, name := range []string{"date-time", "datetime", "timestamp", "x-timestamp", "gmttime"} {
			if i := indexOf(names, out.separator, name); i >= 0 {
				out.column = i
				return out
			}
		}
		out.column = -1
	}
	return out
}

// zeekSeparator reads \x09.
func zeekSeparator(b []byte) (byte, bool) {
	if len(b) == 1 {
		return b[0], true
	}
	if len(b) != 4 || b[0] != '\\' || b[1] != 'x' {
		return 0, false
	}
	v := 0
	for _, c := range b[2:] {
		switch {
		case isDigit(c):
			v = v<<4 + int(c-'0')
		case c|0x20-'a' < 6:
			v = v<<4 + int(c|0x20-'a') + 10
		default:
			return 0, false
		}
	}
	return byte(v), true
}

// indexOf gives the place of a name among names, -1 if it is not there.
func indexOf(names []byte, separator byte, name string) int {
	for i := 0; ; i++ {
		n, rest, more := bytes.Cut(names, []byte{separator})
		if string(bytes.TrimSpace(n)) == name {
			return i
		}
		if !more {
			return -1
		}
		names = rest
	}
}

// sampled gives the lines that count, and hands headers to f.
func sampled(head []byte, f *Format) [][]byte {
	head = bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF"))
	var out [][]byte
	for len(head) > 0 && len(out) < headLines {
		line, rest, whole := bytes.Cut(head, []byte{'\n'})
		head = rest
		line = bytes.TrimRight(line, "\r")
		switch {
		case len(line) == 0 || !whole && len(out) > 1:
			// Blank, or cut where the head ends.
		case line[0] == '#':
			*f = f.Learn(line)
		case line[0] != ' ' && line[0] != '\t':
			out = append(out, line)
		default:
			// Some programs fill a count of seconds up with blanks, and records of a list have one.
			if rest := bytes.TrimLeft(line, " "); len(rest) > 0 && (rest[0] == '1' || rest[0] == '{') {
				out = append(out, rest)
			}
		}
	}
	return out
}

// fits says whether the lines below a header are what it says: half of them have a time.
func (f Format) fits(lines [][]byte) bool {
	if f.column < 0 {
		return true
	}
	n := 0
	for _, l := range lines {
		if _, ok := f.read(l); ok {
			n++
		}
	}
	return 2*n >= len(lines)
}

// vote gives the kind of at least half of the lines, or none.
func vote(lines [][]byte) Kind {
	var (
		kinds []Kind
		votes []int
		best  int
	)
	for _, l := range lines {
		k := kindOf(clip(l, window))
		if k == "" {
			continue
		}
		i := 0
		for i < len(kinds) && kinds[i] != k {
			i++
		}
		if i == len(kinds) {
			kinds, votes = append(kinds, k), append(votes, 0)
		}
		if votes[i]++; votes[i] > votes[best] {
			best = i
		}
	}
	if len(kinds) == 0 || 2*votes[best] < len(lines) && 2*family(kinds, votes, kinds[best]) < len(lines) {
		return ""
	}
	return kinds[best]
}

// family counts the votes for kinds that are read in the same way: a file of objects may hold
// those of several programs.
func family(kinds []Kind, votes []int, k Kind) int {
	n := 0
	for i := range kinds {
		if kinds[i] == k || kinds[i].object() && k.object() || kinds[i].syslog() && k.syslog() || kinds[i].web() && k.web() {
			n += votes[i]
		}
	}
	return n
}

func (k Kind) object() bool {
	return k == ZeekJSON || k == EVE || k == EDR || k == JSON || k == EventJSON
}

func (k Kind) syslog() bool {
	return k == Syslog3164 || k == Syslog5424 || k == Dnsmasq || k == Unbound || k == BIND || k == CEF || k == LEEF || k == KeyValue
}

func (k Kind) web() bool { return k == CLF || k == Combined }

// learnKey finds the key under which most lines have their time.
func (f *Format) learnKey(lines [][]byte) {
	type place struct {
		key   string
		depth int
	}
	votes := map[place]int{}
	var best place
	for _, l := range lines {
		at, rank := place{}, 1<<30
		walkObject(clip(l, wideWindow), func(m member) bool {
			k, ok := keyOf(m.key)
			if !ok || k.clock || k.date || m.depth<<16+k.rank >= rank {
				return true
			}
			if _, ok := readValue(m.value, f.order); ok {
				at, rank = place{string(bytes.ToLower(m.key)), m.depth}, m.depth<<16+k.rank
			}
			return true
		})
		if rank == 1<<30 {
			continue
		}
		if votes[at]++; votes[at] > votes[best] {
			best = at
		}
	}
	f.key, f.depth = best.key, best.depth
}
