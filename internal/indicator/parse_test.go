package indicator

import (
	"fmt"
	"strings"
	"testing"
)

// roundTripValues are texts that Parse accepts, with the form they get.
var roundTripValues = []struct {
	typ        Type
	text, want string
}{
	{IPv4, "203.0.113.77", "203.0.113.77"},
	{IPv4, "203[.]0[.]113[.]77", "203.0.113.77"},
	{IPv4, "２０３．０．１１３．７７", "203.0.113.77"},
	{IPv6, "2001:DB8:0:0::1", "2001:db8::1"},
	{IPv6, "2001[:]db8[:]:1", "2001:db8::1"},
	{IPv6, "[2001:db8::1]", "2001:db8::1"},
	{IPv6, "::ffff:203.0.113.1", "::ffff:203.0.113.1"},
	{CIDR4, "203.0.113.7/24", "203.0.113.0/24"},
	{CIDR6, "2001:db8::1/32", "2001:db8::/32"},
	{Domain, "Evil[.]Example.", "evil.example"},
	{Domain, "*.evil.example", "*.evil.example"},
	{Domain, "日本語.jp", "xn--wgv71a119e.jp"},
	{Domain, "XN--WGV71A119E.JP", "xn--wgv71a119e.jp"},
	{Domain, "_dmarc.evil.example", "_dmarc.evil.example"},
	{Domain, "bücher.example", "xn--bcher-kva.example"},
	{Domain, "2x6w4a4rpkc4im62qrsomw5cz7sh6xfwue6o2taasnzpj24emp2ytryd.onion", "2x6w4a4rpkc4im62qrsomw5cz7sh6xfwue6o2taasnzpj24emp2ytryd.onion"},
	{URL, "hXXps://Evil[.]Example:8443/A.php?x=1#Y", "https://evil.example:8443/A.php?x=1#Y"},
	{URL, "hxxp://[2001:DB8::1]/x", "http://[2001:db8::1]/x"},
	{URL, "http://user:pa@ss@evil.example/", "http://user:pa@ss@evil.example/"},
	{URL, "http://evil.example/foo(at)bar(dot)x", "http://evil.example/foo(at)bar(dot)x"},
	{URL, "http://evil.example/a[.]php", "http://evil.example/a.php"},
	{URL, "http://evil.example/a,b;c", "http://evil.example/a,b;c"},
	{URL, `hxxps:\\evil[.]example\a.php`, "https://evil.example/a.php"},
	{URL, "tcp://203.0.113.5:443", "tcp://203.0.113.5:443"},
	{URL, "http://日本語.jp:8080/%E3%81%82", "http://xn--wgv71a119e.jp:8080/%E3%81%82"},
	{Email, "A.b+c@Evil[.]Example", "A.b+c@evil.example"},
	{Email, "foo[at]evil[dot]com", "foo@evil.com"},
	{File, "D41D8CD98F00B204E9800998ECF8427E", "d41d8cd98f00b204e9800998ecf8427e"},
	{File, "見積依頼書 0511.zip", "見積依頼書 0511.zip"},
	{Path, `C:\ProgramData\mz\mzlock.exe`, `C:\ProgramData\mz\mzlock.exe`},
	{Registry, `hklm\SOFTWARE\\Foo Bar\`, `HKEY_LOCAL_MACHINE\SOFTWARE\Foo Bar`},
	{Mutex, ` Global\KRG-77aa-2026 `, `Global\KRG-77aa-2026`},
	{CVE, "cve－2021－44228", "CVE-2021-44228"},
	{CVE, "jvnvu#91234567", "JVNVU#91234567"},
	{Technique, "t1059.001", "T1059.001"},
	{Coin, "0xde0B295669a9FD93d5F28D9Ec85E40f4cb697BAe", "0xde0b295669a9fd93d5f28d9ec85e40f4cb697bae"},
	{Cert, "AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD", "aabbccddeeff00112233445566778899aabbccdd"},
	{SSDEEP, "3:AXGBicFlgVNhBGcL6wCrFQEv:AXGHsNhxLsr2C", "3:AXGBicFlgVNhBGcL6wCrFQEv:AXGHsNhxLsr2C"},
}

func TestParseGivesTheNormalForm(t *testing.T) {
	for _, c := range roundTripValues {
		v, err := Parse(c.typ, c.text)
		if err != nil || v.Value != c.want {
			t.Errorf("Parse(%s, %q) = %q, %v; want %q", c.typ, c.text, v.Value, err, c.want)
			continue
		}
		if back, err := Parse(c.typ, Defang(v)); err != nil || back != v {
			t.Errorf("%s %q defangs to %q, which parses as %q, %v", c.typ, c.want, Defang(v), back.Value, err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct {
		typ  Type
		text string
	}{
		{IPv4, ""}, {IPv4, "010.1.1.1"}, {IPv4, "256.1.1.1"}, {IPv4, "1.2.3"}, {IPv4, "1.2.3.4.5"}, {IPv4, "2001:db8::1"},
		{IPv6, "12:34:56"}, {IPv6, "fe80::1%eth0"}, {IPv6, "203.0.113.1"}, {IPv6, "00:11:22:33:44:55"},
		{CIDR4, "203.0.113.0/33"}, {CIDR4, "203.0.113.0"}, {CIDR6, "203.0.113.0/24"},
		{Domain, "localhost"}, {Domain, "-a.example"}, {Domain, "a..example"}, {Domain, "evil.example/x"}, {Domain, "1.2.3.4"}, {Domain, "a b.example"},
		{Domain, strings.Repeat("a", 64) + ".example"}, {Domain, "*.*.example"},
		{URL, "evil.example/x"}, {URL, "javascript:alert(1)"}, {URL, "http://"}, {URL, "http://evil.example/a b"}, {URL, "http://evil.example/\"x"}, {URL, "http:///x"},
		{Email, "a@b"}, {Email, "@evil.example"}, {Email, "a..b@evil.example"}, {Email, "a b@evil.example"},
		{File, "a/b.exe"}, {File, "a\x00.exe"}, {File, ".."}, {File, ""},
		{Path, "file.exe"}, {Registry, "HKEY_NOWHERE\\x"}, {Registry, "HKLM"}, {Mutex, ""}, {Mutex, "a\nb"},
		{CVE, "CVE-1821-44228"}, {CVE, "CVE-2021-1"}, {CVE, "JVN#123"}, {Technique, "T1000"}, {Technique, "T1799"}, {Technique, "T1059.1"},
		{Coin, "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb"}, {JARM, "00"}, {Imphash, "xyz"}, {SSDEEP, "12:34:56"}, {Cert, "aabb"},
		{Type("no-such"), "x"},
	} {
		if v, err := Parse(c.typ, c.text); err != ErrNotOne {
			t.Errorf("Parse(%s, %q) = %+v, %v; want a refusal", c.typ, c.text, v, err)
		}
	}
}

// TestRoundTripOfManyHosts makes hosts, ports, paths and addresses from parts and
// sends each through Defang and back, and through a sentence.
func TestRoundTripOfManyHosts(t *testing.T) {
	hosts := []string{"evil.example", "a-b.c--d.evil.co.jp", "xn--wgv71a119e.jp", "1.2.3.4.evil.com", "x_y.evil.net", "203.0.113.9", "[2001:db8::9]", "evil.zip", "evil.onion", "www.evil.xn--p1ai"}
	ports := []string{"", ":80", ":8443", ":65535"}
	rests := []string{"", "/", "/a.php", "/A/%2e%2E/b?c=d&e=[]=f#g", "/x(y)z", "?q=1", "/~u/a_b", "/a.b.c/", "/foo(at)bar(dot)baz", "/hxxp://evil[.]com", "/dot com"}
	n := 0
	for _, scheme := range []string{"http", "https", "ftp", "tcp", "wss", "smb"} {
		for _, h := range hosts {
			for _, p := range ports {
				for _, r := range rests {
					v, err := Parse(URL, scheme+"://"+h+p+r)
					if err != nil {
						if !strings.Contains(r, " ") {
							t.Fatalf("%s://%s%s%s: %v", scheme, h, p, r, err)
						}
						continue
					}
					n++
					if back, err := Parse(URL, Defang(v)); err != nil || back != v {
						t.Fatalf("%q defangs to %q, back %q, %v", v.Value, Defang(v), back.Value, err)
					}
				}
			}
		}
	}
	for i := range 65536 {
		if i%97 != 0 {
			continue
		}
		v, err := Parse(IPv4, fmt.Sprintf("%d.%d.%d.%d", i>>8, i&255, i%251, i%13))
		if err != nil {
			t.Fatal(err)
		}
		n++
		if got := Find("通信先は" + Defang(v) + "です"); len(got) != 1 || got[0].Value != v {
			t.Fatalf("%q gives %+v", Defang(v), got)
		}
	}
	if n < 2500 {
		t.Errorf("only %d values tried", n)
	}
}

func TestRefangMapsBack(t *testing.T) {
	s := "通信先 hxxp[:]//evil [.] com ＡＢ"
	text, back := Refang(s)
	if want := "通信先 hxxp://evil.com AB"; text != want {
		t.Fatalf("got %q, want %q", text, want)
	}
	if i := strings.Index(text, ".com"); s[back[i]:back[i+1]] != " [.] " {
		t.Errorf("the dot came from %q", s[back[i]:back[i+1]])
	}
	if text, back := Refang("nothing to do"); text != "nothing to do" || back != nil {
		t.Errorf("changed a plain text: %q %v", text, back)
	}
}
