package indicator

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// told gives matches as "type value", with ":port" where there is one.
func told(ms []Match) []string {
	out := []string{}
	for _, m := range ms {
		s := string(m.Type) + " " + m.Value.Value
		if m.Hash != NoHash {
			s = string(m.Hash) + " " + m.Value.Value
		}
		if m.Port != 0 {
			s += fmt.Sprintf(" :%d", m.Port)
		}
		out = append(out, s)
	}
	return out
}

const (
	hex32 = "3b7a1f0c9d2e4a58b6c7d8e9f0a1b2c3"
	hex40 = "0f5e9d3c7b1a82644ddc0a1b2c3d4e5f60718293"
	hex64 = "6f1c7e0c1b3a8f5f8f0b9f4b1d2a3c4e5f60718293a4b5c6d7e8f90112233445"
	hex62 = "27d40d40d00040d00042d43d000000d2e61cae37a985f75ecafb81b33ca523"
)

func TestFind(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		// hosts and addresses, and what stands next to them
		{"evil.com,evil2.com;evil3.net|evil4.org", []string{"domain-name evil.com", "domain-name evil2.com", "domain-name evil3.net", "domain-name evil4.org"}},
		{"通信先はevil.comです。evil.com.The end", []string{"domain-name evil.com", "domain-name evil.com"}},
		// what a machine's lists and logs call by a name
		{"and a user unit on Linux, npmrc-sync.service.", []string{"service npmrc-sync.service"}},
		{"It wrote a file called .npmrc-sync into the home directory, a file called by cron", []string{"file .npmrc-sync"}},
		{"systemd の kx-keeper.service として登録。sshd.service は止めた", []string{"service kx-keeper.service"}},
		{"unit https://a.example/x.service x@y.service 7.service", []string{"url https://a.example/x.service"}},
		{"装置に libspool.so.7 と libc.so.6 が増えた", []string{"file libspool.so.7"}},
		{"構成プロファイル `a_b.mobileconfig` を配る", []string{"file a_b.mobileconfig"}},
		{"落としたのは「redis-krn」sha256 " + hex64, []string{"file redis-krn", "SHA-256 " + hex64}},
		{"「redis-krn」が動いていた", []string{}},
		{"スケジュールタスク   PixelForge Telemetry Uploader", []string{"scheduled-task PixelForge Telemetry Uploader"}},
		{"サービス   停止した", []string{}},
		{"the service   stopped at noon", []string{}},
		{"サービス名 KstTunnelSvc。203.0.113.61:8443 へ接続", []string{"service KstTunnelSvc", "ipv4-addr 203.0.113.61 :8443"}},
		{"2026-03-12 22:54:18 10.61.4.17 POST /upload.axd type=rau 443 - 203.0.113.58 Mozilla/5.0+(compatible;+Nimbo/2.1) 200", []string{"ipv4-addr 10.61.4.17", "ipv4-addr 203.0.113.58", "user-agent Mozilla/5.0 (compatible; Nimbo/2.1)"}},
		{`10.55.2.71 POST https://panel.example/hb 200 "hub-agent/0.7"`, []string{"ipv4-addr 10.55.2.71", "url https://panel.example/hb", "user-agent hub-agent/0.7"}},
		{`the answer 200 "nothing/here"`, []string{}},
		{"203.0.113.77:443 へ 10 分間隔", []string{"ipv4-addr 203.0.113.77 :443"}},
		{"203.0.113.0/24 2001:db8::/32 [2001:db8::1]:443", []string{"ipv4-cidr 203.0.113.0/24", "ipv6-cidr 2001:db8::/32", "ipv6-addr 2001:db8::1 :443"}},
		{"203.0.113.9-203.0.113.12 203.0.113.5/tcp", []string{"ipv4-addr 203.0.113.9", "ipv4-addr 203.0.113.12", "ipv4-addr 203.0.113.5"}},
		{"IP 10.0.0.1.443 > 203.0.113.5.51234: Flags", []string{"ipv4-addr 10.0.0.1", "ipv4-addr 203.0.113.5"}},
		{"bücher.example президент.рф", []string{"domain-name xn--bcher-kva.example", "domain-name xn--d1abbgf6aiiy.xn--p1ai"}},
		{"*.evil.com _dmarc.evil.com a_b.evil.com", []string{"domain-name evil.com", "domain-name _dmarc.evil.com", "domain-name a_b.evil.com"}},
		{"C2: evil.zip、evil[.]sh、evil.py:8080", []string{"domain-name evil.zip", "domain-name evil.sh", "domain-name evil.py :8080"}},
		{"FW で 203.0.113.5 を遮断", []string{"ipv4-addr 203.0.113.5"}},
		// what is none of them
		{"FortiOS 7.0.1.4 バージョン 1.2.3.4 FW 7.0.1.4 v1.2.3.4 10.0.0.1以前 1.2.3.4.5 010.1.1.1 256.1.1.1", []string{}},
		{"aa:bb:cc:dd:ee:ff 12:34:56 std::vector a::b dead::beef 00:11:22:33:44:55:66:77", []string{}},
		{"document.cookie window.location.href console.info java.lang.String System.IO.File socket.io this.name done.In", []string{}},
		{"Win32/Spy.RTM.A Trojan.Win32.Agent.ai HEUR:Trojan.Script.Agent.gen MSIL/Agent.CC co.jp .com foo_bar.com", []string{}},
		{"T1000 T1799 T2000 T1059-X 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", []string{}},
		{"skm-group\\adm_takanashi 2026/05/11 08:52 約 2.1GB 4.2.1", []string{}},
		// URLs
		{"http://user:pw@evil.com:8080/a?b=c#d, <http://evil.com/b> (see http://evil.com/c_(d)) [x](http://evil.com/e)", []string{"url http://user:pw@evil.com:8080/a?b=c#d", "url http://evil.com/b", "url http://evil.com/c_(d)", "url http://evil.com/e"}},
		{"http://evil.com/a.phpへ接続、https://日本語.jp/ から", []string{"url http://evil.com/a.php", "url https://xn--wgv71a119e.jp/"}},
		{"smb://203.0.113.5/x tcp://evil.com:443 fxp://203.0.113.5/a hxxps[:]//evil[.]com[/]a http[s]://evil.com/b", []string{"url smb://203.0.113.5/x", "url tcp://evil.com:443", "url ftp://203.0.113.5/a", "url https://evil.com/a", "url https://evil.com/b"}},
		{`{"u":"http:\/\/evil.com\/a.php","v":"http://evil.com/x\u0026y=1\n"}`, []string{"url http://evil.com/a.php", "url http://evil.com/x&y=1"}},
		{"++https://evil[.]com/a++ `http://evil.com/b,c` http://evil.com/b,c", []string{"url https://evil.com/a", "url http://evil.com/b,c", "url http://evil.com/b"}},
		// mail
		{"foo+bar@evil.com <mailto:a.b@evil.com> 「x@evil.jp」から", []string{"email-addr foo+bar@evil.com", "email-addr a.b@evil.com", "email-addr x@evil.jp"}},
		{"件名「【至急】請求書のご確認」のメール", []string{"email-subject 【至急】請求書のご確認"}},
		{"Subject: Invoice 4432 overdue", []string{"email-subject Invoice 4432 overdue"}},
		{"Subject: C = GB, O = Evil, CN = Evil", []string{}},
		// digests and what their labels make of them
		{"MD5: " + hex32 + " SHA1 " + hex40 + " " + hex64, []string{"MD5 " + hex32, "SHA-1 " + hex40, "SHA-256 " + hex64}},
		{"imphash: " + hex32 + " JA3=" + hex32 + " md5=" + hex32 + " JARM " + hex62, []string{"imphash " + hex32, "ja3 " + hex32, "MD5 " + hex32, "jarm " + hex62}},
		{"証明書フィンガープリント AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD thumbprint " + hex40, []string{"SHA-1 aabbccddeeff00112233445566778899aabbccdd", "SHA-1 " + hex40}},
		{"ssdeep 3:AXGBicFlgVNhBGcL6wCrFQEv:AXGHsNhxLsr2C", []string{"ssdeep 3:AXGBicFlgVNhBGcL6wCrFQEv:AXGHsNhxLsr2C"}},
		{"http://evil.com/x/" + hex32 + ".exe", []string{"url http://evil.com/x/" + hex32 + ".exe", "MD5 " + hex32}},
		{hex40 + ".exe", []string{"file " + hex40 + ".exe", "SHA-1 " + hex40}},
		// files and paths
		{"添付の見積依頼書_0511.zip を開いた。ファイルigfxsvc.exeを実行、お知らせ.docx、請求書20260511.pdf", []string{"file 見積依頼書_0511.zip", "file igfxsvc.exe", "file お知らせ.docx", "file 請求書20260511.pdf"}},
		{"「見積依頼書_0511.zip」の「請求書 5月.docx」とウェブシェル .img.php", []string{"file 見積依頼書_0511.zip", "file 請求書 5月.docx", "file .img.php"}},
		{`C:\Users\m\AppData\Roaming\Intel\igfxsvc.exe が "C:\Program Files\Foo Bar\evil app.exe"`, []string{`directory C:\Users\m\AppData\Roaming\Intel\igfxsvc.exe`, "file igfxsvc.exe", `directory C:\Program Files\Foo Bar\evil app.exe`, "file evil app.exe"}},
		{`{"p":"C:\\Users\\Public\\a.exe"} C:\Users\山田\デスクトップ\見積.exeを実行`, []string{`directory C:\Users\Public\a.exe`, "file a.exe", `directory C:\Users\山田\デスクトップ\見積.exe`, "file 見積.exe"}},
		{`\\203.0.113.5\share\tool.exe \\SUWA-FS01\data`, []string{`directory \\203.0.113.5\share\tool.exe`, "ipv4-addr 203.0.113.5", "file tool.exe", `directory \\SUWA-FS01\data`}},
		{`%APPDATA%\Intel\x.exe $env:TEMP\a.ps1 ~/.ssh/authorized_keys /tmp/.a/b.sh`, []string{`directory %APPDATA%\Intel\x.exe`, "file x.exe", `directory $env:TEMP\a.ps1`, "file a.ps1", "directory ~/.ssh/authorized_keys", "directory /tmp/.a/b.sh", "file b.sh"}},
		{`HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Run に登録。HKCU:\Software\Foo`, []string{`windows-registry-key HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Run`, `windows-registry-key HKEY_CURRENT_USER\Software\Foo`}},
		// names that only their label makes values
		{`ミューテックス: Global\KRG-77aa-2026`, []string{`mutex Global\KRG-77aa-2026`}},
		{`ミューテックス「ABC 1」、サービス名 EvilSvc を登録、スケジュールタスク名 MzUpdateCheck`, []string{"mutex ABC 1", "service EvilSvc", "scheduled-task MzUpdateCheck"}},
		{`schtasks /create /tn "Evil Task" /sc daily; sc create EvilSvc binPath= x`, []string{"scheduled-task Evil Task", "service EvilSvc"}},
		{"サービスを停止した。タスクは完了。mutex is a lock. The service was installed by the vendor.", []string{}},
		{`User-Agent は "Mozilla/5.0 (Windows NT 10.0; Win64; x64) KRG/1.2"。`, []string{"user-agent Mozilla/5.0 (Windows NT 10.0; Win64; x64) KRG/1.2"}},
		{`{"user_agent":"KRG/1.2","image":"x"}`, []string{"user-agent KRG/1.2"}},
		// identifiers and coins
		{"ＪＶＮ＃12345678 JVNDB-2024-000001 JVNVU#91234567 Exploit.CVE-2017-11882.H T1059.001、T1566", []string{"vulnerability JVN#12345678", "vulnerability JVNDB-2024-000001", "vulnerability JVNVU#91234567", "vulnerability CVE-2017-11882", "attack-pattern T1059.001", "attack-pattern T1566"}},
		{"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", []string{"cryptocurrency 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "cryptocurrency bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"}},
		// logs
		{`203.0.113.201 - - [19/Apr/2026:03:12:51 +0900] "GET /wp-content/.img.php?c=id HTTP/1.1" 200 54 "-" "python-requests/2.31.0"`, []string{"ipv4-addr 203.0.113.201", "file .img.php", "user-agent python-requests/2.31.0"}},
		{"1778457912.114 10.20.14.52 TCP_TUNNEL/200 4512 CONNECT api.kx7q.net:443 m.s HIER_DIRECT/203.0.113.77", []string{"ipv4-addr 10.20.14.52", "domain-name api.kx7q.net :443", "ipv4-addr 203.0.113.77"}},
		// headings, tables, records
		{"## Mutex names\n\n- `qDJsxrGpPacRndLdsdIoqesGBv`\n- Foo Bar\n## C2\n- evil.py\n", []string{"mutex qDJsxrGpPacRndLdsdIoqesGBv", "mutex Foo Bar", "domain-name evil.py"}},
		{"- ミューテックス:\n    - KRG_77\n- 次の話です", []string{"mutex KRG_77"}},
		{"| imphash | SHA-256 |\n|---|---|\n| " + hex32 + " | " + hex64 + " |", []string{"imphash " + hex32, "SHA-256 " + hex64}},
		{"種別 | 値\nミューテックス | EvilOne\nサービス名 | EvilSvc", []string{"mutex EvilOne", "service EvilSvc"}},
		{"md5,imphash,note\n" + hex32 + "," + hex32 + ",x", []string{"MD5 " + hex32, "imphash " + hex32}},
		{"#fields\tts\tja3\n1.1\t" + hex32, []string{"ja3 " + hex32}},
	} {
		got := Find(c.text)
		checkMatches(t, c.text, got)
		if g := told(got); !slices.Equal(g, c.want) {
			t.Errorf("%s\n got %q\nwant %q", c.text, g, c.want)
		}
	}
}

func TestConfidenceSaysHowSureTheReadingIs(t *testing.T) {
	for _, c := range []struct {
		text     string
		from, to int
	}{
		{"evil[.]com", 90, 100}, {"C2 evil.com", 85, 100}, {"evil.it", 50, 79}, {"main.py", 0, 49},
		{"d41d8cd98f00b204e9800998ecf8427e", 0, 49}, {"MD5 " + hex32, 90, 100}, {"commit " + hex40, 0, 49},
		{"http://intranet/x", 0, 49}, {"hxxp://evil[.]com/", 90, 100}, {"0.0.0.0", 0, 49},
		{`"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"`, 0, 49},
	} {
		got := Find(c.text)
		if len(got) != 1 || got[0].Confidence < c.from || got[0].Confidence > c.to {
			t.Errorf("%q gives %+v; want one of %d–%d", c.text, got, c.from, c.to)
		}
	}
}

func TestFinderForgetsOnReset(t *testing.T) {
	var f Finder
	f.Line(nil, "Mutexes:")
	if got := f.Line(nil, "- EvilOne"); len(got) != 1 || got[0].Type != Mutex {
		t.Errorf("under the heading: %+v", got)
	}
	f.Reset()
	if got := f.Line(nil, "- EvilOne"); len(got) != 0 {
		t.Errorf("after Reset: %+v", got)
	}
}

func BenchmarkFind(b *testing.B) {
	for name, line := range map[string]string{
		"log":      `203.0.113.201 - - [19/Apr/2026:03:12:51 +0900] "GET /wp-content/uploads/2026/04/.img.php?c=id HTTP/1.1" 200 54 "-" "python-requests/2.31.0"` + "\n",
		"prose":    "The operators used a custom loader that was dropped next to a legitimate program and started with the first logon of the day, as earlier reports had it.\n",
		"japanese": "ドメイン管理者の資格情報が窃取された形跡があり、調査ベンダへフォレンジックを依頼した。通信先は api.kx7q-telemetry[.]net であった。\n",
	} {
		text := strings.Repeat(line, 1000)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				Find(text)
			}
		})
	}
}
