package ruleset_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/ruleset"
	"github.com/wakachi/wakachi/internal/tlp"
)

func key(t testing.TB, out ruleset.Output) ruleset.Key {
	t.Helper()
	k, err := ruleset.ReadKey(strings.NewReader(file(t, out, ".key.ndjson")))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// sidOf finds the number of the rule whose text has all the words.
func sidOf(t testing.TB, out ruleset.Output, words ...string) (sid string, rule string) {
	t.Helper()
rules:
	for _, rule := range bodies(file(t, out, ".rules"), "#") {
		for _, w := range words {
			if !strings.Contains(rule, w) {
				continue rules
			}
		}
		_, sid, _ := strings.Cut(rule, "sid:")
		sid, _, _ = strings.Cut(sid, ";")
		return sid, rule
	}
	t.Fatalf("no rule has %q", words)
	return "", ""
}

// alert is a line as Suricata 7 writes it, with a victim on one side.
func alert(sid, signature, more string) string {
	return `{"timestamp":"2026-11-20T08:09:10.123456+0900","flow_id":1,"event_type":"alert","src_ip":"10.20.30.40","src_port":51234,"dest_ip":"203.0.113.77","dest_port":53,` +
		`"alert":{"action":"allowed","gid":1,"signature_id":` + sid + `,"rev":1,"signature":"` + signature + `"}` + more + `}`
}

func readEVE(t testing.TB, k ruleset.Key, lines ...string) (acc ruleset.Account, seen []ruleset.Seen) {
	t.Helper()
	acc, err := ruleset.ReadEVE(strings.NewReader(strings.Join(lines, "\n")), k, func(s ruleset.Seen) error {
		seen = append(seen, s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if acc.Lines != acc.Hits+acc.Others+acc.Unknown+acc.Bad+acc.TooLong || acc.Seen != len(seen) {
		t.Errorf("the account does not add up: %+v", acc)
	}
	return acc, seen
}

func TestReadEVE(t *testing.T) {
	out := write(t, ruleset.Suricata, ruleset.Options{Name: "mixed"}, mixed(t)...)
	k := key(t, out)
	sid, _ := sidOf(t, out, "dns.query", ".evil.example")
	hash, _ := sidOf(t, out, "alert http", "filesha256")
	acc, seen := readEVE(t, k,
		alert(sid, "wakachi mixed domain-name evil[.]example", `,"dns":{"query":[{"rrname":"victim-pc.evil.example"}]}`),
		alert(hash, "wakachi mixed file digest in a list", `,"fileinfo":{"filename":"/secret","sha256":"E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B8AA"}`),
		alert(hash, "wakachi mixed file digest in a list", `,"fileinfo":{"sha256":"00b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8aa"}`),
		alert("2100498", "GPL ATTACK_RESPONSE id check returned root", ""),
		alert(sid, "wakachi other domain-name evil[.]example", ""),
		alert("1", "wakachi mixed of an older file", ""),
		`{"timestamp":"2026-11-19T00:00:00.000000+0000","event_type":"dns"}`,
		`{"timestamp":"2026-11-21T00:00:00.000000+0000","event_type":"al`,
		``, `not json`, `[1,2]`, `{"event_type":7}`,
		`{"x":"`+strings.Repeat("x", ruleset.MaxLine)+`"}`,
	)
	want := ruleset.Account{Lines: 13, Hits: 2, Seen: 2, Others: 3, Unknown: 2, Bad: 5, TooLong: 1,
		From: time.Date(2026, 11, 19, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 11, 19, 23, 9, 10, 123456000, time.UTC)}
	if acc != want {
		t.Errorf("got  %+v\nwant %+v", acc, want)
	}
	if s := seen[0]; s.Value.Value != "evil.example" || s.Line != 1 || s.Engine != ruleset.Suricata || fmt.Sprint(s.SID) != sid || !s.Time.Equal(want.To) {
		t.Errorf("%+v", s)
	}
	for _, s := range seen {
		if text := fmt.Sprintf("%+v", s); strings.Contains(text, "10.20.30.40") || strings.Contains(text, "51234") || strings.Contains(text, "victim") || strings.Contains(text, "secret") {
			t.Errorf("a local host is in %s", text)
		}
	}
}

// TestReadList: a number that stands for many values is explained by the line, and only by
// what is in the list.
func TestReadList(t *testing.T) {
	items := []ruleset.Item{item(t, indicator.Domain, "evil.example"), item(t, indicator.Domain, "bad.example"), item(t, indicator.Domain, "deep.in.evil.example"),
		item(t, indicator.IPv4, "203.0.113.77"), item(t, indicator.IPv4, "203.0.113.78"), item(t, indicator.IPv6, "2001:db8::1"), item(t, indicator.CIDR4, "198.51.100.0/24"),
		item(t, indicator.Domain, "*.wild.example")}
	out := write(t, ruleset.Suricata, ruleset.Options{Lists: 2}, items...)
	k := key(t, out)
	two, rule := sidOf(t, out, "alert dns", "{1}[^.]+)$")
	if !strings.Contains(rule, `dns.query; to_lowercase; pcrexform:"((?:[^.]+[.]){1}[^.]+)$"; dataset:isset,wakachi-domains,type string,load wakachi.amber.domains.lst,`) {
		t.Error(rule)
	}
	if got := file(t, out, "domains.lst"); got != "YmFkLmV4YW1wbGU=\nZGVlcC5pbi5ldmlsLmV4YW1wbGU=\nZXZpbC5leGFtcGxl\n" {
		t.Errorf("%q", got)
	}
	sidOf(t, out, "alert dns", "{3}[^.]+)$")
	sidOf(t, out, `content:".wild.example"`)
	sidOf(t, out, "198.51.100.0/24")
	dst, _ := sidOf(t, out, "ip.dst; dataset:isset,wakachi-addresses,type ip,load wakachi.amber.addresses.lst")
	say := "wakachi wakachi x"
	for more, want := range map[string]string{
		`,"dns":{"query":[{"rrname":"WWW.Evil.Example."}]}`:                          "evil.example",
		`,"dns":{"queries":[{"rrname":"a.bad.example"},{"rrname":"b.bad.example"}]}`: "bad.example",
		`,"dns":{"rrname":"notevil.example"}`:                                        "",
		`,"dns":{"rrname":"evil.example.jp"}`:                                        "",
		`,"dns":7,"tls":{"sni":"x.bad.example"}`:                                     "bad.example",
		`,"http":{"hostname":"bad.example"}`:                                         "bad.example",
		`,"dns":{"rrname":"deep.in.evil.example"}`:                                   "evil.example", // the rule of two labels has that one
		``: "",
	} {
		_, seen := readEVE(t, k, alert(two, say, more))
		if got := texts(seen); got != want {
			t.Errorf("%s: %q, want %q", more, got, want)
		}
	}
	_, seen := readEVE(t, k, alert(dst, say, ""))
	if got := texts(seen); got != "203.0.113.77" {
		t.Error(got)
	}
	_, seen = readEVE(t, k, strings.ReplaceAll(alert(dst, say, ""), "203.0.113.77", "2001:0db8:0000::0001"))
	if got := texts(seen); got != "2001:db8::1" {
		t.Error(got)
	}
}

func texts(seen []ruleset.Seen) string {
	var out []string
	for _, s := range seen {
		out = append(out, s.Value.Value)
	}
	return strings.Join(out, " ")
}

// TestReadEVEWithoutKey: a rule for one value carries it in its metadata.
func TestReadEVEWithoutKey(t *testing.T) {
	out := write(t, ruleset.Suricata, ruleset.Options{}, item(t, indicator.URL, "http://evil.example/a;b|c?d="))
	_, rule := sidOf(t, out, "http.uri")
	_, value, _ := strings.Cut(rule, "wakachi_value ")
	value = value[:strings.IndexAny(value, ",;")]
	meta := func(typ, v string) string {
		return strings.Replace(alert("5", "wakachi wakachi x", ""), `"rev":1`, `"metadata":{"wakachi_type":["`+typ+`"],"wakachi_value":["`+v+`"]}`, 1)
	}
	acc, seen := readEVE(t, ruleset.Key{}, meta("url", value), meta("domain-name", value), meta("url", "!!"), meta("x", value), alert("5", "wakachi wakachi x", ""))
	if acc.Hits != 1 || acc.Unknown != 4 || texts(seen) != "http://evil.example/a;b|c?d=" {
		t.Errorf("%+v %v", acc, seen)
	}
}

const intelHead = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tintel\n" +
	"#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tseen.indicator\tseen.indicator_type\tseen.where\tseen.node\tmatched\tsources\n" +
	"#types\ttime\tstring\taddr\tport\taddr\tport\tstring\tenum\tenum\tstring\tset[enum]\tset[string]\n"

func intel(text, kind, matched, sources string) string {
	return strings.Join([]string{"1795316645.123456", "CHhAvVGS1DHFjwGM9", "10.20.30.40", "51234", "192.0.2.5", "53", text, kind, "DNS::IN_REQUEST", "zeek", matched, sources}, "\t") + "\n"
}

func readIntel(t testing.TB, k ruleset.Key, log string) (acc ruleset.Account, seen []ruleset.Seen) {
	t.Helper()
	acc, err := ruleset.ReadIntel(strings.NewReader(log), k, func(s ruleset.Seen) error {
		seen = append(seen, s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if acc.Lines != acc.Hits+acc.Others+acc.Unknown+acc.Bad+acc.TooLong || acc.Seen != len(seen) {
		t.Errorf("the account does not add up: %+v", acc)
	}
	return acc, seen
}

func TestReadIntel(t *testing.T) {
	k := key(t, write(t, ruleset.Zeek, ruleset.Options{Name: "mixed"}, mixed(t)...))
	ours := "wakachi/mixed"
	for row, want := range map[string]string{
		intel("evil.example", "Intel::DOMAIN", "Intel::DOMAIN", ours):                                              "evil.example",
		intel("EVIL.example", "Intel::DOMAIN", "Intel::DOMAIN", "other,"+ours):                                     "evil.example",
		intel("203.0.113.77", "Intel::ADDR", "Intel::ADDR", ours):                                                  "203.0.113.77",
		intel("192.0.2.200", "Intel::ADDR", "Intel::SUBNET", ours):                                                 "192.0.2.128/25",
		intel("2001:db8:5::9", "Intel::ADDR", "Intel::SUBNET", ours):                                               "2001:db8:5::/48",
		intel("evil.example/a.php", "Intel::URL", "Intel::URL", ours):                                              "http://evil.example/a.php",
		intel("evil.example:443/gate?id=1&x=%22%27", "Intel::URL", "Intel::URL", ours):                             "https://evil.example/gate?id=1&x=%22%27",
		intel("D41D8CD98F00B204E9800998ECF8427F", "Intel::FILE_HASH", "Intel::FILE_HASH", ours):                    "d41d8cd98f00b204e9800998ecf8427f",
		intel(`Mozilla/5.0 (compatible; "x" \x5c ; | * ? % $ ' evil)`, "Intel::SOFTWARE", "Intel::SOFTWARE", ours): `Mozilla/5.0 (compatible; "x" \ ; | * ? % $ ' evil)`,
		intel("\\xe8\\xab\\x8b求書.docm", "Intel::FILE_NAME", "Intel::FILE_NAME", ours):                              "請求書.docm",
		`{"ts":1795316645.5,"id.orig_h":"10.20.30.40","seen.indicator":"evil.example","seen.indicator_type":"Intel::DOMAIN","matched":["Intel::DOMAIN"],"sources":["wakachi/mixed"]}` + "\n": "evil.example",
		`{"ts":"2026-11-22T01:02:03.5Z","seen.indicator":"evil.example","seen.indicator_type":"Intel::DOMAIN","sources":["wakachi/mixed"]}` + "\n":                                           "evil.example",
	} {
		acc, seen := readIntel(t, k, intelHead+row)
		if acc.Hits != 1 || texts(seen) != want || seen[0].Time.Year() != 2026 || seen[0].Line != 8 || seen[0].Text != "" {
			t.Errorf("%s%+v %+v", row, acc, seen)
		}
		if text := fmt.Sprintf("%+v", seen); strings.Contains(text, "10.20.30.40") || strings.Contains(text, "192.0.2.200") {
			t.Errorf("an address of the log is in %s", text)
		}
	}
	acc, _ := readIntel(t, k, intelHead+intel("evil.example", "Intel::DOMAIN", "Intel::DOMAIN", "abuse.ch")+intel("evil.example", "Intel::DOMAIN", "Intel::DOMAIN", "wakachi/mixed2")+
		intel("gone.example", "Intel::DOMAIN", "Intel::DOMAIN", ours)+"short\trow\n"+"{\"ts\":\n"+intel("x", "y", "z", "w")[1:]+"x\ty\tz\ta\tb\tc\td\te\tf\tg\th\ti\n"+strings.Repeat("x", ruleset.MaxLine+1)+"\n#close\t2026")
	if acc.Others != 11 || acc.Unknown != 1 || acc.Bad != 3 || acc.TooLong != 1 {
		t.Errorf("%+v", acc)
	}
	if acc, _ := readIntel(t, k, intel("evil.example", "Intel::DOMAIN", "Intel::DOMAIN", ours)); acc.Bad != 1 {
		t.Errorf("a row without a head: %+v", acc)
	}
}

// TestReadIntelWithoutKey keeps the log's text, and never an address that a network brought.
func TestReadIntelWithoutKey(t *testing.T) {
	acc, seen := readIntel(t, ruleset.Key{}, intelHead+
		intel("evil.example", "Intel::DOMAIN", "Intel::DOMAIN", "wakachi/a")+
		intel("evil.example/a", "Intel::URL", "Intel::URL", "wakachi/a")+
		intel("192.0.2.200", "Intel::ADDR", "Intel::SUBNET", "wakachi/a")+
		intel("evil.example", "Intel::DOMAIN", "Intel::DOMAIN", "abuse.ch"))
	if acc.Hits != 2 || acc.Unknown != 1 || acc.Others != 8 || texts(seen) != "evil.example " || seen[1].Text != "evil.example/a" || seen[1].Kind != "Intel::URL" {
		t.Errorf("%+v %+v", acc, seen)
	}
}

// TestReadErrors: what the reader or the caller fails with comes back, with the account so
// far; a line that was cut short is bad, not lost.
func TestReadErrors(t *testing.T) {
	broken := io.MultiReader(strings.NewReader("{}\n{\"event_ty"), iotest.ErrReader(io.ErrUnexpectedEOF))
	acc, err := ruleset.ReadEVE(broken, ruleset.Key{}, nil)
	if !errors.Is(err, io.ErrUnexpectedEOF) || acc.Lines != 2 || acc.Bad != 1 || acc.Others != 1 {
		t.Errorf("%+v %v", acc, err)
	}
	stop := errors.New("stop")
	log := intelHead + strings.Repeat(intel("evil.example", "Intel::DOMAIN", "Intel::DOMAIN", "wakachi/a"), 3)
	acc, err = ruleset.ReadIntel(strings.NewReader(log), ruleset.Key{}, func(ruleset.Seen) error { return stop })
	if !errors.Is(err, stop) || acc.Lines != 8 {
		t.Errorf("%+v %v", acc, err)
	}
	_, err = ruleset.ReadIntel(iotest.ErrReader(io.ErrClosedPipe), ruleset.Key{}, nil)
	if !errors.Is(err, io.ErrClosedPipe) {
		t.Error(err)
	}
}

func TestReadKey(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "not JSON": "x", "no set": `{"sid":1}`, "bad set": `{"set":"A B"}`, "no value": `{"set":"a"}` + "\n{}", "blank line": `{"set":"a"}` + "\n\n",
		"not normal": `{"set":"a"}` + "\n" + `{"type":"domain-name","value":"EVIL.example"}`,
		"too wide":   `{"set":"a"}` + "\n" + `{"type":"ipv4-cidr","value":"0.0.0.0/0"}`,
		"wrong hash": `{"set":"a"}` + "\n" + `{"type":"file","hash":"MD5","value":"da39a3ee5e6b4b0d3255bfef95601890afd80700"}`,
		"long line":  `{"set":"a"}` + "\n" + strings.Repeat(" ", ruleset.MaxLine+1),
		"big number": `{"set":"a"}` + "\n" + `{"sid":4294967296,"type":"domain-name","value":"evil.example"}`,
	} {
		if _, err := ruleset.ReadKey(strings.NewReader(text)); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ruleset.ReadKey(iotest.ErrReader(io.ErrClosedPipe)); !errors.Is(err, io.ErrClosedPipe) {
		t.Error(err)
	}
}

func fuzzKey(f *testing.F, target ruleset.Target) ruleset.Key {
	var items []ruleset.Item
	for _, v := range []indicator.Value{value(f, indicator.Domain, "evil.example"), value(f, indicator.IPv4, "203.0.113.77"), value(f, indicator.CIDR4, "198.51.100.0/24"), value(f, indicator.Domain, "bad.example")} {
		items = append(items, ruleset.Item{Value: v, TLP: tlp.Clear})
	}
	return key(f, write(f, target, ruleset.Options{Lists: 1}, items...))
}

func FuzzReadEVE(f *testing.F) {
	k := fuzzKey(f, ruleset.Suricata)
	f.Add([]byte(alert("1500000", "wakachi wakachi x", `,"dns":{"query":[{"rrname":"a.evil.example"}]}`)))
	f.Add([]byte("{}\n\n{\"event_type\":\"alert\",\"alert\":{\"signature\":\"wakachi wakachi\",\"metadata\":{\"wakachi_type\":[\"url\"],\"wakachi_value\":[\"aHR0cDovL2E\"]}}}"))
	f.Fuzz(func(t *testing.T, log []byte) {
		for _, k := range []ruleset.Key{k, {}} {
			seen := 0
			acc, err := ruleset.ReadEVE(strings.NewReader(string(log)), k, func(s ruleset.Seen) error {
				if _, err := indicator.Parse(s.Value.Type, s.Value.Value); err != nil || s.Text != "" || s.Line < 1 {
					t.Errorf("%+v", s)
				}
				seen++
				return nil
			})
			check(t, log, acc, seen, err)
		}
	})
}

func FuzzReadIntel(f *testing.F) {
	k := fuzzKey(f, ruleset.Zeek)
	f.Add([]byte(intelHead + intel("198.51.100.7", "Intel::ADDR", "Intel::SUBNET", "wakachi/wakachi")))
	f.Add([]byte(`{"ts":1.5,"seen.indicator":"evil.example","seen.indicator_type":"Intel::DOMAIN","sources":["wakachi/wakachi"]}`))
	f.Add([]byte("#separator \\x2c\n#fields,ts,sources\n#set_separator,\n1e400,a\n1,wakachi/\n"))
	f.Fuzz(func(t *testing.T, log []byte) {
		for _, k := range []ruleset.Key{k, {}} {
			seen := 0
			acc, err := ruleset.ReadIntel(strings.NewReader(string(log)), k, func(s ruleset.Seen) error {
				if s.Value.IsZero() && s.Text == "" || s.Line < 1 {
					t.Errorf("%+v", s)
				}
				seen++
				return nil
			})
			check(t, log, acc, seen, err)
		}
	})
}

func check(t *testing.T, log []byte, acc ruleset.Account, seen int, err error) {
	if err != nil || acc.Lines != acc.Hits+acc.Others+acc.Unknown+acc.Bad+acc.TooLong || acc.Seen != seen || acc.Lines > strings.Count(string(log), "\n")+1 {
		t.Errorf("%+v, %d, %v", acc, seen, err)
	}
}

func FuzzReadKey(f *testing.F) {
	f.Add([]byte(`{"set":"a"}` + "\n" + `{"sid":5,"type":"domain-name","value":"evil.example"}` + "\n" + `{"sid":5,"type":"ipv6-cidr","value":"2001:db8::/32"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		k, err := ruleset.ReadKey(strings.NewReader(string(text)))
		if err != nil && fault.KindOf(err) != fault.Invalid {
			t.Error(err)
		}
		if _, err := ruleset.ReadEVE(strings.NewReader(alert("5", "wakachi a x", "")), k, func(ruleset.Seen) error { return nil }); err != nil {
			t.Error(err)
		}
	})
}
