package logline

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // as in the program: a system without zones has these
)

// TestStamps: what is written means this moment, and it ends where it ends.
func TestStamps(t *testing.T) {
	const noon = "2026-11-23T12:34:56Z"
	for _, tc := range []struct{ text, want string }{
		{"2026-11-23T12:34:56Z", noon},
		{"2026-11-23t12:34:56z", noon},
		{"2026-11-23 12:34:56", noon},
		{"2026-11-23 12:34:56,789", "2026-11-23T12:34:56.789Z"},
		{"2026-11-23 12:34:56,78 is no fraction", noon},
		{"2026-11-23T12:34:56.123456789Z", "2026-11-23T12:34:56.123456789Z"},
		{"2026-11-23T12:34:56.1234567891Z", "2026-11-23T12:34:56.123456789Z"},
		{"2026-11-23T21:34:56+09:00", noon},
		{"2026-11-23T21:34:56+0900", noon},
		{"2026-11-23T21:34:56+09", noon},
		{"2026-11-23T08:04:56-04:30", noon},
		{"2026-11-23 21:34:56 +0900", noon},
		{"2026-11-23 21:34:56 JST", noon},
		{"2026-11-23 12:34:56 UTC", noon},
		{"2026-11-23 12:34:56 GET", noon},
		{"2026-11-23 07:34:56 EST", noon},
		{"2026-11-23 12:34:56 CST", ""}, // Chicago's or China's
		{"2026/11/23 12:34:56", noon},
		{"2026/1/5 9:05:07", "2026-01-05T09:05:07Z"},
		{"2026.11.23 12:34:56", noon},
		{"2026-11-23 12:34", "2026-11-23T12:34:00Z"},
		{"2026-11-23-12:34:56", noon},
		{"20261123T123456Z", noon},
		{"20261123 123456", noon},
		{"23/Nov/2026:21:34:56 +0900", noon},
		{"23-Nov-2026 12:34:56.789", "2026-11-23T12:34:56.789Z"},
		{"23 Nov 2026 12:34:56", noon},
		{"Mon, 23 Nov 2026 21:34:56 +0900", noon},
		{"Monday, 23 Nov 2026 12:34:56", noon},
		{"Mon Nov 23 12:34:56 2026", noon},
		{"Mon Nov 23 12:34:56.5 2026", "2026-11-23T12:34:56.5Z"},
		{"Nov 23 12:34:56", noon},
		{"Nov  5 12:34:56", "2026-11-05T12:34:56Z"},
		{"Nov 23 2026 12:34:56", noon},
		{"Nov 23, 2026 12:34:56 PM", noon},
		{"Nov 23, 2026 12:34:56 AM", "2026-11-23T00:34:56Z"},
		{"1795437296", noon},
		{"1795437296.5", "2026-11-23T12:34:56.5Z"},
		{"1795437296789", "2026-11-23T12:34:56.789Z"},
		{"1795437296789.25", "2026-11-23T12:34:56.789Z"},
		{"1795437296789012", "2026-11-23T12:34:56.789012Z"},
		{"1795437296789012345", "2026-11-23T12:34:56.789012345Z"},
		{"2026年11月23日 12時34分56秒", noon},
		{"2026年11月23日12時34分56秒", noon},
		{"2026年11月23日（月曜日） 12:34:56", noon},
		{"２０２６年１１月２３日　１２時３４分５６秒", noon},
		{"令和8年11月23日 12時34分56秒", noon},
		{"令和元年5月1日 0時00分", "2019-05-01T00:00:00Z"},
		{"平成31年4月30日 23:59", "2019-04-30T23:59:00Z"},
		{"2026年1月2日 午後3時04分", "2026-01-02T15:04:00Z"},
		{"2026年11月23日 12時34分", "2026-11-23T12:34:00Z"},
		{"Nov 23 12:34:56 2048", noon}, // a host of that name
		{"2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"},
		{"2024-02-29 00:00:00", "2024-02-29T00:00:00Z"},

		{"2026-02-29 00:00:00", ""},
		{"2026-11-31 00:00:00", ""},
		{"2026-13-01 00:00:00", ""},
		{"2026-00-01 00:00:00", ""},
		{"2026-11-00 00:00:00", ""},
		{"2026-11-23 24:00:00", ""},
		{"2026-11-23 12:60:00", ""},
		{"2026-11-23 12:34:61", ""},
		{"2026-11-23 12:34:567", ""},
		{"2026-11-23", ""},
		{"2026-11-23T", ""},
		{"2026-11-23T1", ""},
		{"2026-11/23 12:34:56", ""},
		{"2026-1-2 12:34:56", ""},
		{"1969-11-23 12:34:56", ""},
		{"0000-00-00 00:00:00", ""},
		{"11/10/2026 12:34:56", ""}, // nobody said which is the month
		{"12:34:56", ""},
		{"23/Nov/2026", ""},
		{"23/Foo/2026:12:34:56 +0900", ""},
		{"Nov 23", ""},
		{"Nov 32 12:34:56", ""},
		{"Foo 23 12:34:56", ""},
		{"Mon Foo 23 12:34:56 2026", ""},
		{"123456789", ""},
		{"17954372960", ""},
		{"0795437296", ""},
		{"1795437296x", ""},
		{"17954372967890123456789", ""},
		{"令和8年13月1日 0時0分", ""},
		{"令和2026年11月23日 12時34分", ""},
		{"26年11月23日 12時34分", ""},
		{"2026年11月23日", ""},
		{"2026年11月23日 午後13時04分", ""},
		{"2026年11月23日 午前12時04分", ""},
		{"November", ""},
		{"", ""},
	} {
		c := Clock{Near: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)}
		got := ""
		if r, n, ok := stamp([]byte(tc.text), unknownOrder); ok {
			if at, ok := c.at(r); ok {
				got = at.Format(time.RFC3339Nano)
			}
			if n > len(tc.text) {
				t.Errorf("%q: took %d bytes", tc.text, n)
			}
		}
		if got != tc.want {
			t.Errorf("%q: %q, want %q", tc.text, got, tc.want)
		}
	}
}

// TestYearGuess: a stamp without year is put into the latest year that is not after the day the
// log was written.
func TestYearGuess(t *testing.T) {
	near := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	f := Format{Kind: Syslog3164}
	for _, tc := range []struct{ line, want string }{
		{"Jan  2 11:00:00 h x", "2026-01-02T11:00:00Z"},
		{"Jan  3 11:00:00 h x", "2026-01-03T11:00:00Z"}, // a clock that is fast
		{"Jan  3 13:00:00 h x", "2025-01-03T13:00:00Z"},
		{"Dec 31 23:00:00 h x", "2025-12-31T23:00:00Z"},
		{"Feb 29 23:00:00 h x", "2024-02-29T23:00:00Z"},
	} {
		checkTime(t, f, tc.line, Clock{Near: near}, tc.want)
	}
	// On New Year's Eve it is already the new year in Tokyo.
	near = time.Date(2025, 12, 31, 23, 0, 0, 0, time.UTC)
	checkTime(t, f, "Jan  1 08:00:00 h x", Clock{Near: near, Zone: tokyo}, "2025-12-31T23:00:00Z")
	checkTime(t, f, "Jan  3 08:00:00 h x", Clock{Near: near, Zone: tokyo}, "2025-01-02T23:00:00Z")
}

// TestClock: zone and error of the clock that wrote the log.
func TestClock(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	f := Recognise([]byte("2026-07-01 12:00:00 x\n"))
	checkTime(t, f, "2026-07-01 12:00:00 x", Clock{Zone: berlin}, "2026-07-01T10:00:00Z")
	checkTime(t, f, "2026-12-01 12:00:00 x", Clock{Zone: berlin}, "2026-12-01T11:00:00Z")
	checkTime(t, f, "2026-12-01 12:00:00 x", Clock{Offset: -90 * time.Second}, "2026-12-01T11:58:30Z")
	checkTime(t, f, "2026-12-01T12:00:00Z x", Clock{Zone: berlin, Offset: time.Hour}, "2026-12-01T13:00:00Z")
}

// TestAgainstTheLibrary: every stamp the standard library writes is read as the moment it was.
func TestAgainstTheLibrary(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	layouts := []string{
		time.RFC3339Nano, time.RFC3339, "02/Jan/2006:15:04:05 -0700", "2006-01-02 15:04:05.999999999 -0700",
		time.RFC1123Z, time.ANSIC, "2006/01/02 15:04:05", "2006-01-02 15:04:05,000", "Jan _2 2006 15:04:05",
		"02-Jan-2006 15:04:05.000", "20060102T150405Z0700", "2006年1月2日 15時04分05秒", "Jan 2, 2006 3:04:05 PM",
	}
	for range 20000 {
		zone := time.FixedZone("", (r.IntN(105)-48)*900)
		at := time.Unix(r.Int64N(8e9), r.Int64N(1e9)).In(zone)
		layout := layouts[r.IntN(len(layouts))]
		text := at.Format(layout)
		want, err := time.ParseInLocation(layout, text, zone)
		if err != nil {
			t.Fatal(err)
		}
		got, n, ok := stamp([]byte(text), unknownOrder)
		if !ok || n != len(text) {
			t.Fatalf("%q: took %d bytes, %v", text, n, ok)
		}
		if at, ok := (Clock{Zone: zone}).at(got); !ok || !at.Equal(want) {
			t.Fatalf("%q: %v, want %v", text, at, want)
		}
	}
}

// TestDaysAgainstTheLibrary: the count of days is that of the standard library for four hundred
// years.
func TestDaysAgainstTheLibrary(t *testing.T) {
	for d := time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC); d.Year() < 2400; d = d.AddDate(0, 0, 1) {
		r := reading{year: d.Year(), month: int(d.Month()), day: d.Day(), zoned: true}
		if got, ok := (Clock{}).at(r); !ok || !got.Equal(d) {
			t.Fatalf("%v: %v", d, got)
		}
		r.day = daysIn(r.year, r.month) + 1
		if _, ok := (Clock{}).at(r); ok {
			t.Fatalf("%d-%d has no day %d", r.year, r.month, r.day)
		}
	}
}

// TestMixedLogs: the greater part of the lines decides.
func TestMixedLogs(t *testing.T) {
	squid := "1795398896.789    123 10.0.0.1 TCP_MISS/200 4512 GET http://a.example/ - HIER_DIRECT/192.0.2.1 text/html\n"
	for _, tc := range []struct {
		name, log string
		kind      Kind
	}{
		{"a first line that was cut", "200 4512 GET http://a\n" + strings.Repeat(squid, 5), Squid},
		{"a comment first", "# made by somebody\n" + squid, Squid},
		{"a mark of byte order", "\xEF\xBB\xBF" + squid, Squid},
		{"blank lines", "\n\n\r\n" + squid, Squid},
		{"mostly prose", strings.Repeat("This is a text about logs, such as this one.\n", 5) + squid, Text},
		{"objects of several programs", `{"timestamp":"2026-11-23T12:00:00Z","event_type":"dns","flow_id":1}` + "\n" + `{"ts":1795398896.1,"uid":"C"}` + "\n" + `{"time":"2026-11-23T12:00:00Z"}` + "\n", EVE},
		{"a header without lines", "#separator \\x09\n#fields\tts\tuid\n", ZeekTSV},
		{"a header whose lines are something else", "#Fields: date time x\n" + strings.Repeat(squid, 4), Squid},
		{"zeros", strings.Repeat("\x00", 1000), Text},
		{"a table of names", "name,address,role\na,10.0.0.1,x\nb,10.0.0.2,y\n", CSV},
	} {
		if got := Recognise([]byte(tc.log)).Kind; got != tc.kind {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.kind)
		}
	}
}

// TestHeaderInTheMiddle: a header between the lines changes the columns of what follows it, and
// until it is learnt a column that holds no time gives none.
func TestHeaderInTheMiddle(t *testing.T) {
	f := Recognise([]byte("#separator \\x09\n#fields\tts\tuid\n1795398896.0\tC1\n"))
	line := "C1\t1795398896.0"
	checkTime(t, f, line, Clock{}, "")
	f = f.Learn([]byte("#fields\tuid\tts\n"))
	checkTime(t, f, line, Clock{}, "2026-11-23T01:54:56Z")

	w := Recognise([]byte("#Fields: date time c-ip\n2026-11-23 01:54:56 10.0.0.1\n"))
	w = w.Learn([]byte("#Fields: c-ip date time\r\n"))
	checkTime(t, w, "10.0.0.1 2026-11-23 01:54:56\r\n", Clock{}, "2026-11-23T01:54:56Z")
	checkTime(t, f.Learn([]byte("#fields\tuid\tquery\n")), "1795398896.0\tC1", Clock{}, "")
	if again := w.Learn([]byte("10.0.0.1 2026-11-23 01:54:56")); again != w {
		t.Errorf("a line taught %+v", again)
	}
}

// TestDayOrder: 03/04 is read only where other lines show which is the month.
func TestDayOrder(t *testing.T) {
	american := Recognise([]byte("id,time,x\n1,03/04/2026 12:00:00,a\n2,03/14/2026 12:00:00,a\n"))
	checkTime(t, american, "1,03/04/2026 12:00:00,a", Clock{}, "2026-03-04T12:00:00Z")
	british := Recognise([]byte("id,time,x\n1,03/04/2026 12:00:00,a\n2,14/03/2026 12:00:00,a\n"))
	checkTime(t, british, "1,03/04/2026 12:00:00,a", Clock{}, "2026-04-03T12:00:00Z")
	nobody := Recognise([]byte("id,time,x\n1,03/04/2026 12:00:00,a\n2,05/06/2026 12:00:00,a\n"))
	checkTime(t, nobody, "1,03/04/2026 12:00:00,a", Clock{}, "")
}

// TestNoTimeFromElsewhere: a time in a message, a string or a list is not that of the line.
func TestNoTimeFromElsewhere(t *testing.T) {
	objects := Recognise([]byte(`{"time":"2026-11-23T12:00:00Z","m":"x"}` + "\n"))
	for _, line := range []string{
		`{"m":"\"time\":\"2026-11-23T12:00:00Z\""}`,
		`{"list":[{"time":"2026-11-23T12:00:00Z"}]}`,
		`{"m":"2026-11-23T12:00:00Z"}`,
		`{"time":"2026-11-23T12:00:00Z and more"}`,
		`{"time":"2026-11-23T12:00:00Z`,
		`{"time":1795398896`,
		`{"time":12}`,
		`{"time":null}`,
		`["time","2026-11-23T12:00:00Z"]`,
		`{"time"`, `{"time":`, `{`, ``,
	} {
		checkTime(t, objects, line, Clock{}, "")
	}
	checkTime(t, objects, `{"a":{"time":"2020-01-01T00:00:00Z"},"time" : "2026-11-23T12:00:00Z"}`, Clock{}, "2026-11-23T12:00:00Z")

	web := Format{Kind: Combined}
	checkTime(t, web, `10.0.0.1 - - [31/Nov/2026:10:54:56 +0900] "GET /?[23/Nov/2026:10:54:56 +0900] HTTP/1.1" 200 1`, Clock{}, "")
	checkTime(t, web, `[::1] - - [23/Nov/2026:10:54:56 +0900] "GET / HTTP/1.1" 200 1`, Clock{}, "2026-11-23T01:54:56Z")
	text := Recognise([]byte("2026-11-23 12:00:00 a\n2026-11-23 12:00:01 b\n"))
	checkTime(t, text, "restarted at 2026-11-23 12:00:00", Clock{}, "")
}

// TestNoAllocation: reading a time takes no memory, of a line of megabytes neither.
func TestNoAllocation(t *testing.T) {
	long := bytes.Repeat([]byte(`{"a":"`), 1<<20)
	for _, k := range allKinds() {
		f := Format{Kind: k, column: 3, separator: '\t', key: "ts", depth: 1}
		if n := testing.AllocsPerRun(1, func() { f.Time(long, Clock{}) }); n != 0 {
			t.Errorf("%s: %v allocations", k, n)
		}
	}
}

func allKinds() []Kind {
	return []Kind{Text, Squid, CLF, Combined, ZeekTSV, ZeekJSON, EVE, EDR, JSON, CSV, W3C, Syslog3164, Syslog5424, CEF, LEEF, EventXML, EventJSON, BIND, Dnsmasq, Unbound, KeyValue, PaloAlto}
}

// TestTables: the tables say what they should: kinds that there are, keys that can be looked up,
// zones within a day of Greenwich.
func TestTables(t *testing.T) {
	for _, s := range objectSigns() {
		if !slices.Contains(allKinds(), s.kind) || !s.kind.object() || len(s.keys) == 0 {
			t.Errorf("objects: %q", s.kind)
		}
	}
	for name := range timeKeys() {
		if k, ok := keyOf([]byte(name)); !ok || k != timeKeys()[name] {
			t.Errorf("keys: %q cannot be looked up", name)
		}
	}
	for name, z := range zones() {
		if len(name) < 3 || len(name) > 5 || z.east%900 != 0 || z.east < -12*3600 || z.east > 14*3600 {
			t.Errorf("zones: %q %+v", name, z)
		}
	}
	if len(objectSigns()) < 10 || len(timeKeys()) < 40 || len(zones()) < 30 {
		t.Error("rows are missing")
	}
}

// FuzzTime: no log and no line makes Recognise or Time panic, and what Time gives is in the years
// that stamps have.
func FuzzTime(f *testing.F) {
	for _, s := range []string{
		"1795398896.789    123 10.0.0.1 TCP_MISS/200 4512 GET http://a.example/ - HIER_DIRECT/192.0.2.1 text/html\n",
		"#separator \\x09\n#fields\tuid\tts\nC1\t1795398896.789\n", "#Fields: date time c-ip\n2026-11-23 01:54:56 10.0.0.1\n",
		"#Time Format: Local\n#Fields: date time c-ip\n", `{"Event":{"System":{"TimeCreated":{"SystemTime":"2026-11-23T01:54:56Z"}}}}`,
		"{\"ts\":1795398896.789,\"uid\":\"C\\\\\"}\n", "id,日時,x\n1,2026/11/23 1:54:56,a\n2,2026/1/3 1:54,\"b\"\"\n", "1,03/14/2026 1:00 PM,x\n2,03/04/2026 1:00 PM,x\n",
		"<34>1 2026-11-23T10:54:56.003+09:00 h a - - - x\n", "<189>*Nov 23 2026 10:54:56.789 JST: x\n", "CEF:0|a|b|c|d|e|f|rt=Nov 23 2026 01:54:56 dst=1\n",
		"date=2026-11-23 time=10:54:56 tz=\"+0900\" a=b c=d\n", "令和８年１１月２３日（月） 午前10時54分 x\n", "[Mon Nov 23 01:54:56.789012 2026] [x] y\n",
		"<Event><System><TimeCreated SystemTime='2026-11-23T01:54:56Z'/></System></Event>", "INFO (2026-11-23T10:54:56+09:00) x\n",
		"<14>Nov 23 10:54:56 fw 1,2026/11/23 10:54:57,0123,TRAFFIC,end,1,2026/11/23 10:54:56,10.0.0.1\n", "10.0.0.1 - - [23/Nov/2026:10:54:56 +0900] \"GET / HTTP/1.1\" 200 12\n",
	} {
		f.Add([]byte(s), []byte(s))
	}
	near := Clock{Near: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), Zone: tokyo}
	f.Fuzz(func(t *testing.T, head, line []byte) {
		form := Recognise(head)
		for _, form := range []Format{form, form.Learn(line)} {
			for _, l := range [][]byte{line, head} {
				if at, ok := form.Time(l, near); ok && (at.Year() < 1969 || at.Year() > 10000) {
					t.Fatalf("%q: %v", l, at)
				}
			}
		}
		for _, k := range allKinds() {
			other := form
			other.Kind = k
			other.Time(line, near)
		}
	})
}

func BenchmarkTime(b *testing.B) {
	for _, tc := range []struct{ name, line string }{
		{"squid", "1795398896.789    123 10.0.0.1 TCP_MISS/200 4512 GET http://a.example/index.html?q=1 - HIER_DIRECT/192.0.2.1 text/html\n"},
		{"zeek", "1795398896.789012\tCx8YabcdeFGHIJ\t10.0.0.1\t3333\t10.0.0.53\t53\tudp\t123\ta.example\tA\tNOERROR\t192.0.2.1\t60.0\n"},
		{"clf", "10.0.0.1 - - [23/Nov/2026:10:54:56 +0900] \"GET /index.html HTTP/1.1\" 200 12 \"-\" \"Mozilla/5.0\"\n"},
		{"rfc3339", "2026-11-23T10:54:56.123456+09:00 host app[1]: something happened\n"},
		{"zeekjson", `{"ts":1795398896.789012,"uid":"C1abcdefghijk","id.orig_h":"10.0.0.1","id.orig_p":1,"query":"a.example"}` + "\n"},
		{"eve", `{"timestamp":"2026-11-23T10:54:56.123456+0900","flow_id":1,"event_type":"dns","src_ip":"10.0.0.1"}` + "\n"},
		{"syslog", "Nov 23 10:54:56 host sshd[1]: Accepted publickey for root\n"},
		{"winlogbeat", `{"@timestamp":"2026-11-23T01:54:56.123Z","event":{"code":22},"winlog":{"channel":"Microsoft-Windows-Sysmon/Operational","event_data":{"QueryName":"a.example"}}}` + "\n"},
		{"fortigate", `date=2026-11-23 time=10:54:56 devname="FG" devid="FG100" eventtime=1795398896789000000 tz="+0900" logid="1" type="traffic" srcip=10.0.0.1` + "\n"},
		{"paloalto", "<14>Nov 23 10:54:56 fw 1,2026/11/23 10:54:57,0123,TRAFFIC,end,1,2026/11/23 10:54:56,10.0.0.1\n"},
	} {
		line := []byte(tc.line)
		f := Recognise(line)
		c := Clock{Near: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)}
		if _, ok := f.Time(line, c); !ok {
			b.Fatal(tc.name)
		}
		b.Run(tc.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				f.Time(line, c)
			}
		})
	}
}

func BenchmarkRecognise(b *testing.B) {
	head := bytes.Repeat([]byte("1795398896.789    123 10.0.0.1 TCP_MISS/200 4512 GET http://a.example/index.html?q=1 - HIER_DIRECT/192.0.2.1 text/html\n"), 600)
	for b.Loop() {
		Recognise(head)
	}
}
