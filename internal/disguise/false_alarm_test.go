package disguise

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// innocent is what attackers and logs are full of; none of it names a victim.
func innocent() []string {
	list := []string{
		`C:\Users\Public\AppData\Roaming\Intel\igfxsvc.exe`, `D:\work\kurage\Release\kurage_ldr.pdb`, `Global\KRG-77aa-2026`,
		`C:\ProgramData\mz\mzlock.exe`, `C:\Windows\System32\rundll32.exe shell32.dll,Control_RunDLL`,
		`HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Run\MzUpdateCheck`, `vssadmin delete shadows /all /quiet`,
		`powershell.exe -NoP -NonI -W Hidden -Exec Bypass`, `schtasks /create /tn MzUpdateCheck /sc minute /mo 10`,
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) KRG/1.2", "python-requests/2.31.0", "curl/8.4.0", "Go-http-client/2.0",
		"/wp-content/plugins/yume-cart/upload.php?d=../..", "/wp-content/uploads/2026/04/.img.php?c=id",
		"https://static-kx7q-update.top/jp/a.dat", "https://cdn-jq-stat.xyz/c/collect.php", "api.kx7q-telemetry.net:443",
		"mizukixq4t7kfakeonionaddressforexample23abcdefghijklmnop.onion", "mizuki.support@onionmail.example.net",
		"203.0.113.77", "198.51.100.23", "198.51.100.140", "203.0.113.201", "198.51.100.250", "203.0.113.9", "192.0.3.31", "10.21.0.1",
		"CVE-2024-21762", "CVE-2023-27997", "CVE-2021-44228", "T1059.001", "T1566.001",
		"6f1c7e0c1b3a8f5f8f0b9f4b1d2a3c4e5f60718293a4b5c6d7e8f90112233445", "3b7a1f0c9d2e4a58b6c7d8e9f0a1b2c3",
		"0f5e9d3c7b1a82644ddc0a1b2c3d4e5f60718293", "README_RESTORE.txt", "checkout.min.js", "見積依頼書_0511.zip",
		"Cobalt Strike Mimikatz PsExec rclone AnyDesk TeamViewer procdump LSASS BloodHound Impacket Rubeus SharpHound",
		"China Taxi memorial Rhonda minaret mahogany", "東京都内の製造業", "架空会社の請求書", "東北地方", "十三枝葉末節", "日本製作所一覧",
		"The China tax office of Sarah I. Nathan", "攻撃者は中国語話者との見方もある", "青い葉と青葉色以外",
		"2026-05-11T08:52:00+09:00", "1778457912.114", "TCP_TUNNEL/200 4512 CONNECT", "HTTP/1.1 200 31", "約2.1GB", "512 GB",
	}
	r := rand.New(rand.NewPCG(7, 8))
	words := []string{"update", "static", "cdn", "api", "login", "secure", "cloud", "mail", "telemetry", "img", "jp", "service", "portal", "office", "stat", "micro"}
	tlds := []string{"top", "xyz", "net", "com", "info", "site", "shop", "online", "ru", "cn", "jp", "co.jp", "dev", "click", "icu"}
	letters := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = "abcdefghijklmnopqrstuvwxyz0123456789"[r.IntN(36)]
		}
		return string(b)
	}
	bytes := func(n int) []byte {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		return b
	}
	for range 300 {
		list = append(list,
			fmt.Sprintf("%s-%s.%s", words[r.IntN(len(words))], letters(3+r.IntN(8)), tlds[r.IntN(len(tlds))]),
			fmt.Sprintf("https://%s.%s.%s/%s/%s.php?id=%s", letters(4), words[r.IntN(len(words))], tlds[r.IntN(len(tlds))], letters(5), words[r.IntN(len(words))], letters(16)),
			hex.EncodeToString(bytes(32)), hex.EncodeToString(bytes(16)), fmt.Sprintf("%X-%X-%X-%X-%X", bytes(4), bytes(2), bytes(2), bytes(2), bytes(6)),
			base64.StdEncoding.EncodeToString(bytes(48)), base64.RawURLEncoding.EncodeToString(bytes(300)),
			fmt.Sprintf("203.0.113.%d:%d", r.IntN(256), r.IntN(65536)), fmt.Sprintf("CVE-20%02d-%d", r.IntN(27), 1000+r.IntN(60000)))
	}
	return list
}

func TestOrdinaryValuesAreLeftAlone(t *testing.T) {
	values := innocent()
	for name, terms := range map[string][]Term{"manufacturer": manufacturer(), "hospital": hospital(), "retailer": retailer()} {
		f := finder(t, terms)
		for _, v := range values {
			for _, h := range f.Find(v) {
				t.Errorf("%s: %q of %q (%s %v) in %s", name, h.Spelling, h.Term.Text, h.Derived, h.Layers, v)
			}
			if h, ok := f.LookAlike(v); ok && len(v) < 64 && isASCII(v) && !strings.Contains(v, " ") {
				t.Errorf("%s: %s looks like %q (%s)", name, v, h.Term.Text, h.Derived)
			}
		}
	}
}
