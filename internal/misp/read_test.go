package misp_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/misp"
)

// read writes the attributes of a body, a line each.
func read(t *testing.T, body string) (string, misp.Report) {
	t.Helper()
	var out strings.Builder
	report, err := misp.Read([]byte(body), func(a misp.Attribute) error {
		out.WriteString(a.Type + ":")
		for _, v := range a.Values {
			fmt.Fprintf(&out, " %s %s", v.Type, v.Value.Value)
			if v.Port != 0 {
				fmt.Fprintf(&out, " port %d", v.Port)
			}
		}
		if a.Why != "" {
			fmt.Fprintf(&out, " %s", a.Why)
		}
		out.WriteByte('\n')
		return nil
	})
	if err != nil {
		fmt.Fprintf(&out, "error %v\n", err)
	}
	return out.String(), report
}

const (
	digest = "44d88612fea8a8f36de82e1278abb02f"
	long   = "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f"
)

func TestValuesOfTypes(t *testing.T) {
	for _, c := range []struct{ kind, value, want string }{
		{"domain", "evil[.]example", "domain-name evil.example"},
		{"hostname", "C2.EVIL.example", "domain-name c2.evil.example"},
		{"ip-dst", "203.0.113.7", "ipv4-addr 203.0.113.7"},
		{"ip-src", "2001:DB8::1", "ipv6-addr 2001:db8::1"},
		{"ip-dst", "203.0.113.0/24", "ipv4-cidr 203.0.113.0/24"},
		{"domain|ip", "evil.example|203.0.113.7", "domain-name evil.example ipv4-addr 203.0.113.7"},
		{"domain|ip", "evil.example|nowhere", "domain-name evil.example partly"},
		{"ip-dst|port", "203.0.113.7|443", "ipv4-addr 203.0.113.7 port 443"},
		{"ip-dst|port", "203.0.113.7:443", "ipv4-addr 203.0.113.7 port 443"},
		{"ip-dst|port", "203.0.113.7|70000", "ipv4-addr 203.0.113.7 partly"},
		{"ip-dst|port", "2001:db8::1|443", "ipv6-addr 2001:db8::1 port 443"},
		{"hostname|port", "evil.example|8443", "domain-name evil.example port 8443"},
		{"filename", "mzlock.dll", "file mzlock.dll"},
		{"filename", `C:\ProgramData\mz\mzlock.dll`, `directory C:\ProgramData\mz\mzlock.dll`},
		{"filename|sha256", "a|b.dll|" + long, "file " + long + " partly"},
		{"filename|md5", "mzlock.dll|" + digest, "file mzlock.dll file " + digest},
		{"filename|imphash", "mzlock.dll|" + digest, "file mzlock.dll imphash " + digest},
		{"filename|tlsh", "mzlock.dll|T1ABC", "file mzlock.dll"},
		{"malware-sample", "mzlock.dll|" + digest, "file mzlock.dll file " + digest},
		{"md5", long, "not-a-value"},
		{"sha256", strings.ToUpper(long), "file " + long},
		{"regkey|value", `HKLM\SOFTWARE\Mz\Run|C:\a|b.exe`, `windows-registry-key HKEY_LOCAL_MACHINE\SOFTWARE\Mz\Run`},
		{"pdb", `D:\work\mz\Release\mz.pdb`, `pdb-path D:\work\mz\Release\mz.pdb`},
		{"x509-fingerprint-sha1", "3395856ce81f2b7382dee72602f798b642f14140", "x509-certificate 3395856ce81f2b7382dee72602f798b642f14140"},
		{"target-org", "Example Hospital", "unsupported"},
		{"comment", "evil.example", "unsupported"},
		{"yara", "rule x {}", "unsupported"},
		{"domain", "not a domain", "not-a-value"},
		{"domain|ip", "", "unsound"},
		{"", "evil.example", "unsound"},
	} {
		got, _ := read(t, fmt.Sprintf(`{"type":%q,"value":%q}`, c.kind, c.value))
		if want := c.kind + ": " + c.want + "\n"; got != want {
			t.Errorf("%s %q: got %q, want %q", c.kind, c.value, got, want)
		}
	}
}

func TestShapesOfABody(t *testing.T) {
	const attribute = `{"type":"domain","value":"evil.example","to_ids":true}`
	const event = `{"info":"test","uuid":"0c1a8c3e-0000-4000-8000-000000000001","date":"2026-11-01","Attribute":[` + attribute + `]}`
	const want = "domain: domain-name evil.example\n"
	for _, c := range []struct{ name, body, want string }{
		{"one event", `{"Event":` + event + `}`, want},
		{"a bare event", event, want},
		{"a search for events", `{"response":[{"Event":` + event + `},{"Event":` + event + `}]}`, want + want},
		{"a search for attributes", `{"response":{"Attribute":[` + attribute + `]}}`, want},
		{"an attribute that holds its event", `{"response":{"Attribute":[{"type":"domain","value":"evil.example","Event":` + event + `}]}}`, want},
		{"a list of events", `[{"Event":` + event + `}]`, want},
		{"a list of attributes", `[` + attribute + `,` + attribute + `]`, want + want},
		{"an attribute in an object", `{"Event":{"info":"","Object":[{"name":"file","Attribute":[` + attribute + `]}]}}`, want},
		{"an event without attributes", `{"Event":{"info":"test","date":"2026-11-01","uuid":"0c1a8c3e-0000-4000-8000-000000000001"}}`, ""},
		{"related events are others'", `{"Event":{"info":"test","Attribute":[],"RelatedEvent":[{"Event":` + event + `}]}}`, ""},
		{"an empty search", `{"response":[]}`, ""},
		{"blanks and escapes", " { \"\\u0045vent\" : {\"info\":\"\\\"{\", \"Attribute\" : [ " + attribute + " , " + attribute + " ] } } ", want + want},
		{"another sort of JSON", `{"hello":"world"}`, "error misp.shape\n"},
		{"a text", `"Event"`, "error misp.shape\n"},
		{"wrapped beyond all reason", strings.Repeat("[", 50) + strings.Repeat("]", 50), "error misp.shape\n"},
		{"a name twice", `{"Event":` + event + `,"Event":` + event + `}`, "error misp.json: 160\n"},
		{"cut off", `{"Event":{"info":"te`, "error misp.json: 20\n"},
		{"something behind it", event + `x`, "error misp.json: 150\n"},
		{"no UTF-8", "{\"Event\":{\"info\":\"\xff\"}}", "error misp.json: 18\n"},
		{"nothing", "", "error misp.json: 0\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, _ := read(t, c.body); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestWhatIsNotRead(t *testing.T) {
	body := `{"Event":{"info":"test","Attribute":[
		{"type":"domain","value":"evil.example","deleted":true},
		{"type":"domain","value":"evil.example","deleted":"1"},
		{"type":"domain","value":17},
		{"type":["domain"],"value":"evil.example"},
		"evil.example",
		{"type":"text","value":"a"},{"type":"text","value":"b"},{"type":"AS","value":"64500"},
		{"type":"ip-dst","value":"evil.example"}],
	"Object":[{"name":"file","deleted":true,"Attribute":[{"type":"md5","value":"` + digest + `"}]}],
	"ShadowAttribute":[{"type":"domain","value":"proposed.example"}]}}`
	got, report := read(t, body)
	want := "domain: deleted\ndomain: deleted\ndomain: unsound\n: unsound\n: unsound\ntext: unsupported\ntext: unsupported\nAS: unsupported\nip-dst: not-a-value\nmd5: deleted\n"
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	wantReport := misp.Report{
		Events: 1, Attributes: 10, Objects: 1, Proposals: 1, Deleted: 3, Unsound: 3, NotAValue: 1,
		Unsupported: []misp.Count{{Type: "AS", N: 1}, {Type: "text", N: 2}},
	}
	if fmt.Sprint(report) != fmt.Sprint(wantReport) {
		t.Errorf("got %+v, want %+v", report, wantReport)
	}
}

func TestWhatIsSaidOfAnAttribute(t *testing.T) {
	body := `{"Event":{"uuid":"0C1A8C3E-0000-4000-8000-00000000000A","date":"2026-11-01","info":"調査 1","Object":[{"name":"domain-ip","Attribute":[
		{"uuid":"0c1a8c3e-0000-4000-8000-00000000000b","type":"ip-dst","value":"203.0.113.7","to_ids":"1","timestamp":"1762000000",
		 "first_seen":"2026-10-01T09:00:00.000000+09:00","last_seen":null,"comment":"C2","Tag":[{"name":"tlp:green"},{"name":"PAP:AMBER"},{"name":"tlp:green"}]},
		{"type":"port","object_relation":"dst-port","value":"8443"}]}],
	"Tag":[{"name":"tlp:amber+strict"},{"name":"PAP:GREEN"},{"name":"osint"}]}}`
	var got []misp.Attribute
	if _, err := misp.Read([]byte(body), func(a misp.Attribute) error { got = append(got, a); return nil }); err != nil {
		t.Fatal(err)
	}
	a := got[0]
	said := fmt.Sprint(a.UUID, a.ToIDs, a.Object, a.Event.UUID, a.Event.Info, a.Event.Date.Format(time.DateOnly), a.At.Unix(), a.FirstSeen.Format(time.RFC3339), a.LastSeen.IsZero(), a.Comment, a.TLP, a.PAP, a.Cautious, a.Tags, a.Values[0].Port)
	want := "0c1a8c3e-0000-4000-8000-00000000000btruedomain-ip0c1a8c3e-0000-4000-8000-00000000000a調査 12026-11-0117620000002026-10-01T00:00:00ZtrueC2TLP:AMBER+STRICT PAP:AMBER true [tlp:green PAP:AMBER tlp:amber+strict PAP:GREEN osint] 8443"
	if strings.ReplaceAll(said, " ", "") != strings.ReplaceAll(want, " ", "") {
		t.Errorf("got  %s\nwant %s", said, want)
	}
}

func TestAPortBelongsOnlyWhereItIsTheOnlyOne(t *testing.T) {
	object := func(ports ...string) string {
		out := `{"Object":[{"name":"ip-port","Attribute":[{"type":"ip-dst","value":"203.0.113.7"}`
		for _, p := range ports {
			out += `,{"type":"port","object_relation":"dst-port","value":"` + p + `"}`
		}
		return out + `]}]}`
	}
	for _, c := range []struct{ body, want string }{
		{object("443"), "ipv4-addr 203.0.113.7 port 443\n"},
		{object("443", "443"), "ipv4-addr 203.0.113.7 port 443\n"},
		{object("443", "80"), "ipv4-addr 203.0.113.7\n"},
		{object("many"), "ipv4-addr 203.0.113.7\n"},
		{object(), "ipv4-addr 203.0.113.7\n"},
	} {
		got, _ := read(t, c.body)
		if !strings.HasPrefix(got, "ip-dst: "+c.want) {
			t.Errorf("%s: got %q, want %q", c.body, got, c.want)
		}
	}
}

func TestTheReaderMayStop(t *testing.T) {
	enough := errors.New("enough")
	n := 0
	report, err := misp.Read([]byte(`[{"type":"domain","value":"a.example"},{"type":"domain","value":"b.example"}]`), func(misp.Attribute) error {
		n++
		return enough
	})
	if !errors.Is(err, enough) || n != 1 || report.Attributes != 1 {
		t.Errorf("got %v after %d of %d", err, n, report.Attributes)
	}
	if _, err := misp.Read(make([]byte, misp.MaxBody+1), nil); fault.KindOf(err) != fault.TooLarge {
		t.Errorf("too much: got %v", err)
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		`{"Event":{"info":"","uuid":"0c1a8c3e-0000-4000-8000-000000000001","Attribute":[{"type":"ip-dst|port","value":"203.0.113.7|443","to_ids":true,"Tag":[{"name":"tlp:red"}]}]}}`,
		`{"response":{"Attribute":[{"type":"filename|md5","value":"a|44d88612fea8a8f36de82e1278abb02f","deleted":"1","first_seen":"1762000000"}]}}`,
		`[{"Object":[{"Attribute":[{"type":"port","value":"1"},{"type":"regkey|value","value":"HKLM\\a|b"}]}]}]`,
		`{"\u0045vent":[[[]]],"Tag":{"name":1}}`, `[1,"a",null,{}]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		n := 0
		report, err := misp.Read(body, func(a misp.Attribute) error {
			n++
			if (len(a.Values) == 0) != (a.Why != "" && a.Why != misp.Partly) {
				t.Fatalf("%d values and %q", len(a.Values), a.Why)
			}
			for _, v := range a.Values {
				if v.IsZero() || v.Value.Value == "" {
					t.Fatalf("an empty value of %q", a.Type)
				}
			}
			return nil
		})
		if n != report.Attributes || report.Deleted > report.Attributes+report.Objects {
			t.Fatalf("%d given, %+v", n, report)
		}
		if err != nil && fault.KindOf(err) == fault.Internal {
			t.Fatal(err)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	var s strings.Builder
	s.WriteString(`{"Event":{"info":"test","uuid":"0c1a8c3e-0000-4000-8000-000000000001","Attribute":[`)
	for i := range 10_000 {
		if i > 0 {
			s.WriteByte(',')
		}
		fmt.Fprintf(&s, `{"id":"%d","type":"domain","category":"Network activity","to_ids":true,"uuid":"0c1a8c3e-0000-4000-8000-%012d","event_id":"1","distribution":"5","timestamp":"1762000000","comment":"","sharing_group_id":"0","deleted":false,"disable_correlation":false,"object_id":"0","object_relation":null,"first_seen":null,"last_seen":null,"value":"c2-%d.evil.example","Galaxy":[],"ShadowAttribute":[]}`, i, i, i)
	}
	s.WriteString(`]}}`)
	body := []byte(s.String())
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := misp.Read(body, func(misp.Attribute) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
