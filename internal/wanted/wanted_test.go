package wanted_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/wanted"
)

var now = time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)

// read reads a list and writes what came of it, a line an entry: what was given first, then
// what was passed.
func read(t *testing.T, text string, o wanted.Options) string {
	t.Helper()
	var out strings.Builder
	a, err := wanted.Read(strings.NewReader(text), "list.txt", o, func(e wanted.Entry) error {
		fmt.Fprintf(&out, "%s %s", e.Value.Type, e.Value.Value)
		if e.Port != 0 {
			fmt.Fprintf(&out, " port %d", e.Port)
		}
		out.WriteByte('\n')
		return nil
	})
	if err != nil {
		fmt.Fprintf(&out, "error %v\n", err)
	}
	passed := 0
	for _, p := range a.Passed {
		passed += p.Count
		for _, e := range p.Examples {
			fmt.Fprintf(&out, "- %s%s: %s\n", p.Reason, strings.TrimRight(" "+p.Type, " "), e.Text)
		}
	}
	if a.Read != a.Given+passed {
		t.Errorf("read %d, given %d and passed %d", a.Read, a.Given, passed)
	}
	return out.String()
}

func lines(s ...string) string { return strings.Join(s, "\n") + "\n" }

const (
	md5    = "44d88612fea8a8f36de82e1278abb02f"
	sha1   = "3395856ce81f2b7382dee72602f798b642f14140"
	sha256 = "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f"
)

func TestAListOfLines(t *testing.T) {
	for _, c := range []struct{ name, list, want string }{
		{"values as they travel", lines("evil.example", "203.0.113.7", "http://evil.example/a.php", md5, sha1, sha256),
			lines("domain-name evil.example", "ipv4-addr 203.0.113.7", "url http://evil.example/a.php", "file "+md5, "file "+sha1, "file "+sha256)},
		{"defanged", lines("evil[.]example", "hxxps://evil[.]example/a", "203[.]0[.]113[.]7:8443", "ＥＶＩＬ２。ＥＸＡＭＰＬＥ", "2001:DB8::1"),
			lines("domain-name evil.example", "url https://evil.example/a", "ipv4-addr 203.0.113.7 port 8443", "domain-name evil2.example", "ipv6-addr 2001:db8::1")},
		{"comments and blanks", "# TLP:GREEN\r\n\r\n; by hand\r\n  evil.example  \r\n203.0.113.7 # C2\r\nbad.example",
			lines("domain-name evil.example", "ipv4-addr 203.0.113.7", "domain-name bad.example")},
		{"type and value", lines("domain\tevil.example", "ipv4\t203.0.113.7", "mutex\tGlobal\\KRG-77aa", "md5\t"+sha1, "cve\tCVE-2024-21762"),
			lines("domain-name evil.example", "ipv4-addr 203.0.113.7", "mutex Global\\KRG-77aa", "- not-a-value: md5 "+sha1, "- unsupported-type cve: cve CVE-2024-21762")},
		{"value and note", lines("evil.example\tC2, since May", "203.0.113.7\t"), lines("domain-name evil.example", "ipv4-addr 203.0.113.7")},
		{"a file for hosts, and rules of a blocker", lines("0.0.0.0 evil.example", "||bad.example^", "- worse.example"),
			lines("domain-name evil.example", "domain-name bad.example", "domain-name worse.example")},
		{"without a scheme", lines("evil.example/gate.php", "evil.example:8080/gate.php", "evil.example:8080"),
			lines("url http://evil.example/gate.php", "url http://evil.example:8080/gate.php", "domain-name evil.example port 8080")},
		{"files, not hosts", lines("setup.zip", "mzlock.dll", "evil.zip.example"), lines("file setup.zip", "file mzlock.dll", "domain-name evil.zip.example")},
		{"a sentence among values", lines("evil.example", "203.0.113.7", "the dropper bad[.]example and 203[.]0[.]113[.]8"),
			lines("domain-name evil.example", "ipv4-addr 203.0.113.7", "domain-name bad.example", "ipv4-addr 203.0.113.8")},
		{"nothing that can be read", lines("evil.example", "203.0.113.7", "???", "\x01\u202egnp"), lines("domain-name evil.example", "ipv4-addr 203.0.113.7", "- not-a-value: ???", "- not-a-value: gnp")},
		{"prose", lines("10月3日、次の通信先への通信を確認しました。", "・evil[.]example（203.0.113.7）", "以上です。"), lines("domain-name evil.example", "ipv4-addr 203.0.113.7")},
		{"twice", lines("evil.example", "EVIL.example", "evil.example:443"), lines("domain-name evil.example", "domain-name evil.example port 443", "- duplicate: EVIL.example")},
		{"texts in JSON", `["evil.example","203[.]0[.]113[.]7",17]`, lines("domain-name evil.example", "ipv4-addr 203.0.113.7", "- unsound: 17")},
		{"an address in brackets is no JSON", lines("[2001:db8::1]", "[2001:db8::2]"), lines("ipv6-addr 2001:db8::1", "ipv6-addr 2001:db8::2")},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := read(t, c.list, wanted.Options{At: now})
			if got != c.want {
				t.Errorf("got\n%swant\n%s", got, c.want)
			}
		})
	}
}

// TestWhatIsNotWorthLookingFor: each value with the reason for which it is passed, and "" for
// those beside it that are looked for.
func TestWhatIsNotWorthLookingFor(t *testing.T) {
	for _, c := range []struct {
		value string
		want  wanted.Reason
	}{
		{"0.0.0.0/0", wanted.TooWide}, {"::/0", wanted.TooWide}, {"11.0.0.0/7", wanted.TooWide}, {"2a00::/15", wanted.TooWide},
		{"11.0.0.0/8", ""}, {"2a00::/16", ""}, {"0.0.0.0", wanted.TooWide}, {"255.255.255.255", wanted.TooWide}, {"::", wanted.TooWide},
		{".", wanted.TooWide}, {"com", wanted.TooWide}, {"co.jp", wanted.TooWide}, {"CO.JP", wanted.TooWide}, {"*.co.jp", wanted.TooWide}, {"*", wanted.TooWide},
		{".jp", wanted.TooWide}, {"http://co.jp/", wanted.TooWide}, {"evil.co.jp", ""}, {"*.evil.co.jp", ""}, {"city.kawasaki.jp", ""},
		{"github.io", wanted.SharedHost}, {"evil.github.io", ""}, {"http://evil.github.io/a", ""}, {"blogspot.com", wanted.SharedHost},
		{"10.1.2.3", wanted.Private}, {"192.168.0.1", wanted.Private}, {"172.16.9.9", wanted.Private}, {"127.0.0.1", wanted.Private},
		{"169.254.1.1", wanted.Private}, {"100.64.0.1", wanted.Private}, {"224.0.0.251", wanted.Private}, {"fe80::1", wanted.Private},
		{"fd00::1", wanted.Private}, {"ff02::1", wanted.Private}, {"::ffff:10.0.0.1", wanted.Private}, {"10.0.0.0/8", wanted.Private},
		{"http://192.168.0.1/a", wanted.Private}, {"http://[fe80::1]/a", wanted.Private}, {"a@evil.example", ""},
		{"203.0.113.7", ""}, {"198.51.100.0/24", ""}, {"2001:db8::1", ""}, {"192.0.2.0/25", ""}, {"172.32.0.1", ""}, {"100.128.0.1", ""},
		{"8.8.8.8", wanted.Benign}, {"google.com", wanted.Benign}, {"https://www.google.com/", wanted.Benign}, {"https://www.google.com", wanted.Benign},
		{"https://docs.google.com/forms/d/e/x", ""}, {"evil.google.com", ""}, {"notgoogle.com", ""},
		{"d41d8cd98f00b204e9800998ecf8427e", wanted.Benign}, {strings.Repeat("0", 64), wanted.Benign}, {md5, ""},
		{"svchost.exe", wanted.BenignName}, {"CMD.EXE", wanted.BenignName}, {"svch0st.exe", ""}, {"a.js", wanted.TooShort}, {"ab.js", ""},
		{`C:\a`, wanted.TooShort}, {"CVE-2024-21762", wanted.Unsupported}, {"T1059.001", wanted.Unsupported},
	} {
		var given []string
		a, err := wanted.Read(strings.NewReader("first.example\n"+c.value+"\nlast.example\n"), "list", wanted.Options{}, func(e wanted.Entry) error {
			given = append(given, e.Value.Value)
			return nil
		})
		var got wanted.Reason
		if len(a.Passed) > 0 {
			got = a.Passed[0].Reason
		}
		if err != nil || got != c.want || len(a.Passed) > 1 || a.Read != 3 || len(given) != 2 && c.want != "" {
			t.Errorf("%s: passed %v, given %q, %v; want %q", c.value, a.Passed, given, err, c.want)
		}
	}
}

func TestAPersonMayLookAllTheSame(t *testing.T) {
	const list = "0.0.0.0/0\n10.1.2.3\ngoogle.com\ngithub.io\nsvchost.exe\n203.0.113.7\n203.0.113.7\n"
	for _, c := range []struct {
		name  string
		o     wanted.Options
		given int
	}{
		{"nothing", wanted.Options{}, 1},
		{"everything that can be waived", wanted.Options{All: true}, 5},
		{"one reason", wanted.Options{Keep: []wanted.Reason{wanted.Private}}, 2},
		{"what is never waived", wanted.Options{Keep: []wanted.Reason{wanted.TooWide, wanted.Duplicate}}, 1},
	} {
		a, err := wanted.Read(strings.NewReader(list), "list", c.o, func(wanted.Entry) error { return nil })
		if err != nil || a.Given != c.given || a.Read != 7 {
			t.Errorf("%s: %+v, %v; want %d", c.name, a, err, c.given)
		}
	}
}

func TestWhatIsSaidOfAnEntry(t *testing.T) {
	list := "# TLP:AMBER+STRICT\nuuid,type,value,first_seen,last_seen,valid_until,confidence,tlp,name,comment,port\n" +
		"x-1,ip,203.0.113.7,2026/10/1,2026-10-09T01:02:03+09:00,2027-01-01,85,TLP:GREEN,mz,\"says \"\"hello\"\"\",443\n,domain,evil.example,,,,,,,,443\n"
	var got []string
	a, err := wanted.Read(strings.NewReader(list), "list", wanted.Options{At: now}, func(e wanted.Entry) error {
		got = append(got, fmt.Sprintf("%s line %d %s port %d since %s seen %s until %s trust %d %s %s: %s", e.Ref, e.Line, e.Value.Value, e.Port,
			e.Since.Format(time.DateOnly), e.LastSeen.Format(time.RFC3339), e.Until.Format(time.DateOnly), e.Confidence, e.TLP, e.Name, e.Comment))
		return nil
	})
	want := []string{
		`x-1 line 3 203.0.113.7 port 443 since 2026-10-01 seen 2026-10-08T16:02:03Z until 2027-01-01 trust 85 TLP:GREEN mz: says "hello"`,
		`line 4 line 4 evil.example port 443 since 0001-01-01 seen 0001-01-01T00:00:00Z until 0001-01-01 trust -1 TLP:AMBER+STRICT : `,
	}
	if err != nil || !slices.Equal(got, want) || a.Label.String() != "TLP:AMBER+STRICT" || a.Form != wanted.Table {
		t.Errorf("got %q, %+v, %v", got, a, err)
	}
}

func TestTables(t *testing.T) {
	for _, c := range []struct{ name, list, want string }{
		{"type, value", lines("type,value", "domain,evil.example", "ip,203.0.113.7", "sha1,3395856ce81f2b7382dee72602f798b642f14140"),
			lines("domain-name evil.example", "ipv4-addr 203.0.113.7", "file 3395856ce81f2b7382dee72602f798b642f14140")},
		{"value before type", lines("value,entity_type", "evil.example,hostname", `"203[.]0[.]113[.]7","ipaddress"`),
			lines("domain-name evil.example", "ipv4-addr 203.0.113.7")},
		{"type, data, note", lines("indicator_type,data,note", "url,http://evil.example/a?b=1,first stage", "filepath,C:\\mz\\a,x"),
			lines("url http://evil.example/a?b=1", "directory C:\\mz\\a")},
		{"a list of phishing pages", lines("date,URL,description", "2026/10/01 10:00:00,https://evil.example/login,銀行", "2026/10/01 11:00:00,http://203.0.113.7/jp/,通販"),
			lines("url https://evil.example/login", "url http://203.0.113.7/jp/")},
		{"Japanese headings", lines("種別,値,備考", "IPアドレス,203.0.113.7,C2", "ドメイン,ｅｖｉｌ．ｅｘａｍｐｌｅ,"),
			lines("ipv4-addr 203.0.113.7", "domain-name evil.example")},
		{"several columns of values", lines("domain,ip,port,sha256", "evil.example,203.0.113.7,8443,", ",,,275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f"),
			lines("domain-name evil.example port 8443", "ipv4-addr 203.0.113.7 port 8443", "file 275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f")},
		{"types as MISP has them", lines("uuid;type;value;to_ids", "1;ip-dst|port;203.0.113.7|443;1", "2;domain;context.example;0"),
			lines("ipv4-addr 203.0.113.7 port 443", "- to-ids-false: context.example")},
		{"a heading in a comment", lines("# made on 2026-11-01", "# id,dateadded,url,threat", `"1","2026-11-01","http://evil.example/x","mz"`),
			lines("url http://evil.example/x")},
		{"no heading", lines("evil.example,C2", "203.0.113.7,C2", "bad.example,\"C2, second\""),
			lines("domain-name evil.example", "ipv4-addr 203.0.113.7", "domain-name bad.example")},
		{"one column with a heading", lines("ioc", "evil.example", "203.0.113.7"), lines("domain-name evil.example", "ipv4-addr 203.0.113.7")},
		{"separated by tabs", lines("indicator\tnote", "evil.example\tC2"), lines("domain-name evil.example")},
		{"a line without a value", lines("type,value", "domain,", "domain,evil.example", "domain,not one"),
			lines("domain-name evil.example", "- not-a-value: domain,", "- not-a-value: not one")},
		{"types nobody looks for", lines("type,value", "yara,rule x", "asn,64500", "domain,evil.example"),
			lines("domain-name evil.example", "- unsupported-type asn: 64500", "- unsupported-type yara: rule x")},
		{"said to be over, or not to be trusted", lines("domain,valid_until,confidence", "old.example,2026-11-19,90", "new.example,2026-12-01,high", "weak.example,,低"),
			lines("domain-name new.example", "- expired: old.example", "- low-confidence: weak.example")},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := read(t, c.list, wanted.Options{At: now, MinConfidence: 40})
			if got != c.want {
				t.Errorf("got\n%swant\n%s", got, c.want)
			}
		})
	}
}
