package classify_test

import (
	"slices"
	"testing"

	"github.com/wakachi/wakachi/internal/incident"
)

// TestAVulnerabilityWithoutAFixIsHeldInWhateverWords: the product and the program in it wait for the coordinator.
// Guidance Q23.
func TestAVulnerabilityWithoutAFixIsHeldInWhateverWords(t *testing.T) {
	const log = "\nC2 は 198.51.100.7。\n198.51.100.7 - - \"GET /cgi-bin/ntpset.cgi?srv=1 HTTP/1.1\" 200"
	held := func(text string) (words []string) {
		for _, i := range propose(t, "n.md", text+log) {
			if i.Kind == incident.Vulnerability {
				words = append(words, i.Held...)
			}
		}
		return words
	}
	for _, text := range []string{
		"入口は FieldGate 300 の ntpset.cgi の穴で、メーカーもまだ知らなかった。",
		"FieldGate 300 の ntpset.cgi に欠陥。修正は来月の見込み。",
		"FieldGate 300 の脆弱性（ntpset.cgi）を突かれた。番号は採番待ち。",
		"FieldGate 300 の ntpset.cgi に命令を入れられる。直したものは 3 月下旬に出るとのこと。",
		"FieldGate 300 の脆弱性。メーカーは調査中で、修正の時期は言えないとのこと。ntpset.cgi が口。",
		"ntpset.cgi（FieldGate 300）の不具合は IPA に届け出た。公表前。",
		"FieldGate 300 の ntpset.cgi の脆弱性は JPCERT/CC が調整中。公表日まで製品名も出さない。",
		"攻撃に使われた FieldGate 300 の脆弱性は世の中に知られていないもの。ntpset.cgi。",
		"FieldGate 300 は今も直っていない。ntpset.cgi の穴から入られた。",
		"The way in is a flaw in FieldGate 300 (ntpset.cgi). The maker has it confirmed, fix due in October.",
		"FieldGate 300 evaluates what is posted to ntpset.cgi. Vendor says a patch is weeks away.",
		"They used an undisclosed bug in FieldGate 300, ntpset.cgi. CERT coordinates.",
		"FieldGate 300: command injection in ntpset.cgi, reported to the vendor on Monday, no answer yet.",
		"ntpset.cgi on the FieldGate 300 lets anybody run commands; nobody has assigned a CVE.",
		"vulnerability in FieldGate 300 (ntpset.cgi), embargoed until the advisory is out",
		"FieldGate 300 has a hole in ntpset.cgi that is under coordinated disclosure",
		"the vendor only learned of the ntpset.cgi hole in FieldGate 300 from us",
		"FieldGate 300's ntpset.cgi is exploitable in the newest firmware too",
		"最新のファームでも FieldGate 300 の ntpset.cgi は突ける。",
		"修正版を当てても FieldGate 300 の ntpset.cgi は突けた。メーカーに連絡済み。",
	} {
		if words := held(text); !slices.Contains(words, "ntpset.cgi") || !slices.ContainsFunc(words, func(w string) bool { return len(w) >= 9 && w[:9] == "FieldGate" }) {
			t.Errorf("%s\n holds %q", text, words)
		}
	}
	for _, text := range []string{
		"CVE-2024-1111 は修正済みの版がある。当社は未適用だった。",
		"入口は VPN の既知の脆弱性 CVE-2023-4966。",
		"Patched months ago; we had not applied it (CVE-2023-4966).",
		"JPCERT/CC に報告した。警察にも届けた。", "ベンダに連絡して調査を依頼した。", "公表前なので社内限り。", "vendor is looking at the logs",
	} {
		if words := held(text); len(words) > 0 {
			t.Errorf("%s\n holds %q", text, words)
		}
	}
}
