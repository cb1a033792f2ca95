// Package logline knows the kinds of logs and reads the time of a line.
//
// Recognise looks at the beginning of a log and says which kind it is and where the time of a
// line stands: that is a Format. Format.Time reads it. Both are functions of bytes: nothing is
// opened and no clock is asked. What a stamp does not say itself, its zone or its year, is in the
// Clock that the caller gives; and where that does not settle it either there is no time. A wrong
// time is worse than none, because somebody will look for an intruder on the wrong day.
//
// A Format is a value. It holds what a header taught: the columns of Zeek, W3C and CSV. Where a
// new header may stand in the middle of a file, as in logs that were joined, the caller who reads
// all lines hands each that begins with "#" to Learn. Who does not loses nothing but times: a
// column that holds no time gives none.
package logline

import "time"

// A Kind is how a log is written. The tokens are used in JSON and never renamed.
type Kind string

// The kinds. The empty Kind is that of the zero Format, which reads no time.
const (
	Text       Kind = "text"         // lines of any other form; a stamp is read where most lines have it
	Squid      Kind = "squid"        // Squid's own access.log
	CLF        Kind = "clf"          // the common log format of web servers
	Combined   Kind = "combined"     // the same with referrer and user agent
	ZeekTSV    Kind = "zeek-tsv"     // Zeek's own tables
	ZeekJSON   Kind = "zeek-json"    // Zeek, one object a line
	EVE        Kind = "suricata-eve" // Suricata, one object a line
	EDR        Kind = "edr-json"     // Sysmon and other endpoint sensors, one object a line
	JSON       Kind = "json"         // any other objects, one a line; also of cloud services
	CSV        Kind = "csv"          // a table with commas, semicolons or tabs
	W3C        Kind = "w3c"          // W3C extended: IIS, Windows Firewall, Exchange, Blue Coat
	Syslog3164 Kind = "syslog-3164"  // "Nov 23 12:34:56 host ..."
	Syslog5424 Kind = "syslog-5424"  // "<34>1 2026-11-23T12:34:56Z host ..."
	CEF        Kind = "cef"          // ArcSight's Common Event Format
	LEEF       Kind = "leef"         // QRadar's Log Event Extended Format
	EventXML   Kind = "windows-xml"  // exported Windows events
	EventJSON  Kind = "windows-json" // Windows events as objects, as shippers write them
	BIND       Kind = "bind-query"   // BIND's query log
	Dnsmasq    Kind = "dnsmasq"
	Unbound    Kind = "unbound"
	KeyValue   Kind = "key-value" // FortiGate and others: date=... time=...
	PaloAlto   Kind = "paloalto"  // the CSV of PAN-OS
)

// A Format says how a log is written and where the time of a line stands. It comes from
// Recognise, may be copied and compared, and is safe for concurrent use.
type Format struct {
	Kind Kind

	separator byte   // of columns
	column    int    // of the date; of Text: words before the stamp
	second    int    // column of the time of day, 0 if it stands with the date
	key       string // of the objects: in lower case
	depth     int    // at which the key stands
	order     order  // of dates written with numbers and the year last
	utc       bool   // the log says that its times are UTC
}

// A Clock is what is known of the clock of those who wrote a log. The zero Clock is UTC, runs
// true and knows no year.
type Clock struct {
	Zone   *time.Location // of stamps that name no zone; nil is UTC
	Offset time.Duration  // added to every time: what the clock was slow by
	Near   time.Time      // a day on which the log was surely written already, such as when its file was last changed; the zero Time gives stamps without year no time
}

// window is how much of a line is looked at for its time. Objects and XML are looked at further,
// since their keys may stand in any order.
const (
	window     = 4 << 10
	wideWindow = 32 << 10
)

// Time gives the time of a line, in UTC, to the nanosecond if it is written so precisely. It
// gives false where there is no stamp in the place that Recognise found, or one that cannot be,
// such as 31 November; it never guesses. A stamp without zone is read with c.Zone (where a change
// of clocks made an hour happen twice, either may be meant), and one without year is put into the
// latest year that does not lie more than a day after c.Near. A minute without second is its
// beginning.
//
// The line is without or with its end. However long it is, only its beginning is looked at: 4
// KiB, 32 KiB of objects and XML.
func (f Format) Time(line []byte, c Clock) (time.Time, bool) {
	r, ok := f.read(line)
	if !ok {
		return time.Time{}, false
	}
	return c.at(r)
}

// read finds the stamp of a line.
func (f Format) read(line []byte) (reading, bool) {
	switch f.Kind {
	case ZeekJSON, EVE, EDR, JSON, EventJSON:
		return f.readObject(clip(line, wideWindow))
	case EventXML:
		return readXML(clip(line, wideWindow))
	}
	if f.column < 0 {
		return reading{}, false // a header without a column of times
	}
	line = clip(line, window)
	switch f.Kind {
	case Squid:
		return readEpochWord(line)
	case CLF, Combined:
		return readBracket(line)
	case ZeekTSV:
		return f.readZeek(line)
	case W3C, CSV, PaloAlto:
		return f.readColumns(line)
	case Syslog3164, Syslog5424, Dnsmasq, Unbound, BIND:
		return f.readSyslog(line)
	case CEF, LEEF, KeyValue:
		return f.readPairs(line)
	case Text:
		return f.readWords(line)
	}
	return reading{}, false
}

func clip(b []byte, n int) []byte { return b[:min(len(b), n)] }
