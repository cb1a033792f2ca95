package logline

import (
	"testing"
	"time"
)

var tokyo = time.FixedZone("JST", 9*3600)

// TestKinds: a line of each kind is recognised, and its time is read.
func TestKinds(t *testing.T) {
	near := Clock{Near: time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)}
	for _, tc := range []struct {
		name, log string
		kind      Kind
		want      string // of the last line; "" is none
		clock     Clock
	}{
		{"squid", "1795398896.789    123 10.0.0.1 TCP_MISS/200 4512 GET http://a.example/ - HIER_DIRECT/192.0.2.1 text/html\n", Squid, "2026-11-23T01:54:56.789Z", Clock{}},
		{"clf", "10.0.0.1 - - [23/Nov/2026:10:54:56 +0900] \"GET / HTTP/1.1\" 200 12\n", CLF, "2026-11-23T01:54:56Z", Clock{}},
		{"combined", "::1 - u [23/Nov/2026:10:54:56 +0900] \"GET / HTTP/1.1\" 200 12 \"-\" \"curl/8\"\n", Combined, "2026-11-23T01:54:56Z", Clock{}},
		{"zeek", "#separator \\x09\n#set_separator\t,\n#path\tdns\n#fields\tuid\tts\tquery\n#types\tstring\ttime\tstring\nC1\t1795398896.789012\ta.example\n", ZeekTSV, "2026-11-23T01:54:56.789012Z", Clock{}},
		{"zeek without header", "1795398896.789012\tCx8Y\t10.0.0.1\t3333\t10.0.0.53\t53\n", ZeekTSV, "2026-11-23T01:54:56.789012Z", Clock{}},
		{"zeek json", `{"ts":1795398896.789012,"uid":"C1","id.orig_h":"10.0.0.1"}`, ZeekJSON, "2026-11-23T01:54:56.789012Z", Clock{}},
		{"eve", `{"timestamp":"2026-11-23T10:54:56.123456+0900","flow_id":1,"event_type":"dns","src_ip":"10.0.0.1"}`, EVE, "2026-11-23T01:54:56.123456Z", Clock{}},
		{"winlogbeat", `{"@timestamp":"2026-11-23T01:54:56.123Z","winlog":{"event_data":{"UtcTime":"2026-01-01 00:00:00.000"}}}`, EventJSON, "2026-11-23T01:54:56.123Z", Clock{}},
		{"windows event as an object", `{"Event":{"System":{"EventID":4624,"TimeCreated":{"#attributes":{"SystemTime":"2026-11-23T01:54:56.1234567Z"}}}}}`, EventJSON, "2026-11-23T01:54:56.1234567Z", Clock{}},
		{"powershell", `{"Id":4624,"TimeCreated":"\/Date(1795398896789)\/","EventID":1}`, EventJSON, "2026-11-23T01:54:56.789Z", Clock{}},
		{"sysmon", `{"UtcTime":"2026-11-23 01:54:56.789","ProcessGuid":"{1}","Image":"C:\\a.exe"}`, EDR, "2026-11-23T01:54:56.789Z", Clock{}},
		{"cloudtrail", `{"eventVersion":"1.08","userIdentity":{"sessionContext":{"attributes":{"creationDate":"2026-11-20T00:00:00Z"}}},"eventTime":"2026-11-23T01:54:56Z"}`, JSON, "2026-11-23T01:54:56Z", Clock{}},
		{"a list of records, one a line", "{\"Records\":\n{\"eventTime\":\"2026-11-23T01:54:55Z\"}\n {\"eventTime\":\"2026-11-23T01:54:56Z\"}]}", JSON, "2026-11-23T01:54:56Z", Clock{}},
		{"m365", `{"CreationTime":"2026-11-23T01:54:56","Id":"x","RecordType":15,"Workload":"AzureActiveDirectory"}`, JSON, "2026-11-23T01:54:56Z", Clock{}},
		{"gcp", `{"insertId":"x","jsonPayload":{"time":"2020-01-01T00:00:00Z"},"receiveTimestamp":"2026-11-23T01:55:00Z","timestamp":"2026-11-23T01:54:56.5Z"}`, JSON, "2026-11-23T01:54:56.5Z", Clock{}},
		{"iis", "#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n#Date: 2026-11-23 00:00:00\n#Fields: date time s-ip cs-method\n2026-11-23 01:54:56 10.0.0.1 GET\n", W3C, "2026-11-23T01:54:56Z", Clock{Zone: tokyo}},
		{"windows firewall", "#Version: 1.5\r\n#Software: Microsoft Windows Firewall\r\n#Time Format: Local\r\n#Fields: date time action protocol\r\n\r\n2026-11-23 10:54:56 ALLOW TCP\r\n", W3C, "2026-11-23T01:54:56Z", Clock{Zone: tokyo}},
		{"exchange", "#Software: Microsoft Exchange Server\n#Fields: date-time,client-ip,event-id\n2026-11-23T01:54:56.789Z,10.0.0.1,RECEIVE\n", W3C, "2026-11-23T01:54:56.789Z", Clock{}},
		{"syslog", "Nov 23 01:54:56 host sshd[1]: x\n", Syslog3164, "2026-11-23T01:54:56Z", near},
		{"syslog without a year to guess from", "Nov 23 01:54:56 host sshd[1]: x\n", Syslog3164, "", Clock{}},
		{"syslog 5424", "<34>1 2026-11-23T10:54:56.003+09:00 host app - - - x\n", Syslog5424, "2026-11-23T01:54:56.003Z", Clock{}},
		{"cisco", "<189>*Nov 23 2026 10:54:56.789 JST: %SEC-6-IPACCESSLOGP: x\n", Syslog3164, "2026-11-23T01:54:56.789Z", Clock{}},
		{"cef", "<14>Nov 23 10:54:56 host CEF:0|V|P|1|100|n|5|rt=1795398896789 src=10.0.0.1\n", CEF, "2026-11-23T01:54:56.789Z", Clock{}},
		{"cef with words", "CEF:0|V|P|1|100|n|5|src=10.0.0.1 rt=Nov 23 2026 01:54:56 dst=10.0.0.2\n", CEF, "2026-11-23T01:54:56Z", Clock{}},
		{"leef", "LEEF:1.0|V|P|1|100|src=10.0.0.1\tdevTime=1795398896789\tdst=10.0.0.2\n", LEEF, "2026-11-23T01:54:56.789Z", Clock{}},
		{"windows xml", "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><TimeCreated SystemTime='2026-11-23T01:54:56.1234567Z'/></System></Event>\n", EventXML, "2026-11-23T01:54:56.1234567Z", Clock{}},
		{"bind", "23-Nov-2026 10:54:56.789 queries: info: client @0x7f 10.0.0.1#5353 (a.example): query: a.example IN A +E(0)K (10.0.0.53)\n", BIND, "2026-11-23T01:54:56.789Z", Clock{Zone: tokyo}},
		{"dnsmasq", "Nov 23 01:54:56 dnsmasq[123]: query[A] a.example from 10.0.0.1\n", Dnsmasq, "2026-11-23T01:54:56Z", near},
		{"unbound", "[1795398896] unbound[12:0] info: 10.0.0.1 a.example. A IN\n", Unbound, "2026-11-23T01:54:56Z", Clock{}},
		{"fortigate", `<189>date=2026-11-23 time=10:54:56 devname="FG" eventtime=1795398896789000000 tz="+0900" logid="1" type="traffic"`, KeyValue, "2026-11-23T01:54:56.789Z", Clock{}},
		{"fortigate, older", `date=2026-11-23 time=10:54:56 devname="FG" logid="1" type="traffic" tz="+0900"`, KeyValue, "2026-11-23T01:54:56Z", Clock{}},
		{"paloalto", "<14>Nov 23 10:54:56 fw 1,2026/11/23 10:54:57,0123,TRAFFIC,end,1,2026/11/23 10:54:56,10.0.0.1\n", PaloAlto, "2026-11-23T01:54:56Z", Clock{Zone: tokyo}},
		{"csv", "id,日時,送信元\n1,2026/11/23 9:05:07,10.0.0.1\n2,2026/11/23 10:54:56,10.0.0.2\n", CSV, "2026-11-23T01:54:56Z", Clock{Zone: tokyo}},
		{"csv with date and time apart", "no,date,time,src\n1,2026-11-23,10:54:55,10.0.0.1\n2,2026-11-23,10:54:56,10.0.0.2\n", CSV, "2026-11-23T01:54:56Z", Clock{Zone: tokyo}},
		{"csv of the event viewer", "Level,Date and Time,Source\nInformation,11/23/2026 1:54:55 AM,x\nError,11/23/2026 1:54:56 AM,\"y, z\"\n", CSV, "2026-11-23T01:54:56Z", Clock{}},
		{"csv in UTC", "\"TimeGenerated [UTC]\",\"User\",\"IP\"\n\"2026-11-23 01:54:56\",u,10.0.0.1\n", CSV, "2026-11-23T01:54:56Z", Clock{Zone: tokyo}},
		{"java", "2026-11-23 10:54:56,789 ERROR x\n\tat y\n\tat z\n2026-11-23 10:54:56,789 ERROR x\n", Text, "2026-11-23T01:54:56.789Z", Clock{Zone: tokyo}},
		{"apache errors", "[Mon Nov 23 01:54:56.789012 2026] [core:error] x\n", Text, "2026-11-23T01:54:56.789012Z", Clock{}},
		{"a word before", "INFO [2026-11-23T10:54:56+09:00] x\n", Text, "2026-11-23T01:54:56Z", Clock{}},
		{"japanese", "2026年11月23日 10時54分56秒 不審な通信\n", Text, "2026-11-23T01:54:56Z", Clock{Zone: tokyo}},
		{"imperial year", "令和８年１１月２３日（月） 午前10時54分 不審な通信\n", Text, "2026-11-23T01:54:00Z", Clock{Zone: tokyo}},
		{"prose", "the server was rebuilt\nby somebody on 2026-11-23 10:54:56\n", Text, "", Clock{}},
		{"nothing", "", Text, "", Clock{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := Recognise([]byte(tc.log))
			if f.Kind != tc.kind {
				t.Fatalf("kind %q, want %q", f.Kind, tc.kind)
			}
			checkTime(t, f, lastLine(tc.log), tc.clock, tc.want)
		})
	}
}

func lastLine(log string) string {
	last := ""
	for line := range splitLines(log) {
		last = line
	}
	return last
}

func splitLines(log string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for len(log) > 0 {
			i := 0
			for i < len(log) && log[i] != '\n' {
				i++
			}
			if !yield(log[:min(i+1, len(log))]) {
				return
			}
			log = log[min(i+1, len(log)):]
		}
	}
}

func checkTime(t *testing.T, f Format, line string, c Clock, want string) {
	t.Helper()
	got, ok := f.Time([]byte(line), c)
	switch {
	case want == "" && ok:
		t.Errorf("%q: a time %v where there is none", line, got)
	case want != "" && !ok:
		t.Errorf("%q: no time, want %s (%+v)", line, want, f)
	case want != "" && got.Format(time.RFC3339Nano) != want:
		t.Errorf("%q: %s, want %s", line, got.Format(time.RFC3339Nano), want)
	}
}
