package classify_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/wakachi/wakachi/internal/classify"
	"github.com/wakachi/wakachi/internal/disguise"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/tlp"
)

var us = incident.Profile{
	Organisation: incident.Identity{
		Names: []string{"霧島架空物流株式会社"}, Domains: []string{"kirishima-kaku.example"}, Networks: []string{"192.0.2.0/24"},
	},
	ThirdParties: []incident.Identity{{Names: []string{"まほろば架空商会"}, Domains: []string{"mahoroba-kaku.example"}}},
}

// propose reads a text as a note, "#" lines as headings and "|" lines as rows.
func propose(t *testing.T, file, text string) []incident.Item {
	t.Helper()
	return proposeAll(t, note(file, text))
}

func proposeAll(t *testing.T, notes ...incident.Note) []incident.Item {
	t.Helper()
	finder, err := disguise.Compile(us.Terms())
	if err != nil {
		t.Fatal(err)
	}
	return classify.Propose(notes, finder)
}

func note(file, text string) incident.Note {
	n := incident.Note{File: file}
	for i, l := range strings.Split(strings.Trim(text, "\n"), "\n") {
		kind := incident.Prose
		switch {
		case strings.HasPrefix(l, "#"):
			kind = incident.Heading
		case strings.HasPrefix(l, "|"):
			kind = incident.Row
		case strings.HasPrefix(l, "Subject:"), strings.HasPrefix(l, "From:"), strings.HasPrefix(l, "To:"):
			kind = incident.Header
		case strings.Contains(l, "\t"):
			kind = incident.Code
		}
		n.Lines = append(n.Lines, incident.Line{Number: i + 1, Text: l, Kind: kind})
	}
	return n
}

// about gives the one item with a value.
func about(t *testing.T, items []incident.Item, value string) incident.Item {
	t.Helper()
	var found []incident.Item
	for _, i := range items {
		if i.Value.Value == value {
			found = append(found, i)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d items have the value %q", len(found), value)
	}
	return found[0]
}

func TestRoleOfADestination(t *testing.T) {
	for _, c := range []struct {
		text, value string
		want        incident.Role
	}{
		{"203.0.113.77:443 へ 10 分間隔のビーコン", "203.0.113.77", incident.C2},
		{"PowerShell が hxxps://evil[.]top/a.dat をダウンロード", "https://evil.top/a.dat", incident.Delivery},
		{"rar で圧縮され、198.51.100.23 へ FTP で送信された", "198.51.100.23", incident.Exfil},
		{"攻撃者の踏み台 203.0.113.9（RDP のクリップボード経由でツール持込み）", "203.0.113.9", incident.Origin},
		{"brute force from 203.0.113.9 against the VPN", "203.0.113.9", incident.Origin},
		{"evil.top の名前解決先は 203.0.113.5", "203.0.113.5", incident.Resolved},
		{"脅迫文の連絡先 http://abcdefghijklmnop.onion/x", "http://abcdefghijklmnop.onion/x", incident.Negotiation},
		{"社内サーバ（192.0.2.31）", "192.0.2.31", incident.Own},
		{"当社のメールサーバ 203.0.113.25 は無事", "203.0.113.25", incident.Own},
		{"当社端末から 203.0.113.77 へ通信", "203.0.113.77", incident.C2},
		{"fileserver.corp.local に横展開", "fileserver.corp.local", incident.Own},
		{"8.8.8.8 への通信", "8.8.8.8", incident.Benign},
		{"203.0.113.5 は正規の通信", "203.0.113.5", incident.Benign},
		{"参考: https://blog.vendor.example/report", "https://blog.vendor.example/report", incident.Reference},
		{"取引先 yamada.example から電話があった", "yamada.example", incident.Own},
		{"# 参考リンク\nhttps://blog.vendor.example/report", "https://blog.vendor.example/report", incident.Reference},
		{"# C2\n- 203.0.113.77", "203.0.113.77", incident.C2},
		{"| 値 | 用途 |\n|---|---|\n| 203.0.113.77 | C2 |\n| 203.0.113.5 | 自社 |", "203.0.113.5", incident.Own},
		{"種別\t値\t用途\nIP\t203.0.113.5\t正規", "203.0.113.5", incident.Benign},
	} {
		if got := about(t, propose(t, "n.md", c.text), c.value); got.Role != c.want {
			t.Errorf("%s\n is %q (%s), want %q", c.text, got.Role, got.Reason.Code, c.want)
		}
	}
}

func TestWhoseServerItIs(t *testing.T) {
	for _, c := range []struct {
		text, value string
		want        incident.Marks
	}{
		{"改ざんされた正規サイト pan-kobo.example.net から https://evil.top/x へ転送", "pan-kobo.example.net", incident.SomeonesOwn},
		{"改ざんされた正規サイト pan-kobo.example.net から https://evil.top/x へ転送", "https://evil.top/x", 0},
		{"攻撃者は他社のサーバ lab.univ.example.jp を経由した", "lab.univ.example.jp", incident.SomeonesOwn},
		{"C2 は compromised legitimate site で、small-shop.example.net, other-shop.example.net", "other-shop.example.net", incident.SomeonesOwn},
		{"○○商事（maru.example）も同じ被害にあっている", "maru.example", incident.ThirdParty | incident.SomeonesOwn},
		{"C2 203.0.113.7 に他の被害組織（okina.example）のファイルがあった", "okina.example", incident.ThirdParty},
		{"C2 203.0.113.7 に他の被害組織（okina.example）のファイルがあった", "203.0.113.7", 0},
		{"# 他の被害組織\n- okina.example", "okina.example", incident.ThirdParty},
	} {
		if got := about(t, propose(t, "n.md", c.text), c.value); got.Marks&(incident.SomeonesOwn|incident.ThirdParty) != c.want {
			t.Errorf("%s\n%s has marks %v, want %v", c.text, c.value, got.Marks.Names(), c.want.Names())
		}
	}
}

func TestWhatAFileIs(t *testing.T) {
	for _, c := range []struct {
		text, value string
		kind        incident.Kind
		marks       incident.Marks
	}{
		{"C:\\ProgramData\\mz\\mzlock.exe が作成された", "mzlock.exe", incident.Malware, 0},
		{"画面に脅迫文 README_RESTORE.txt", "README_RESTORE.txt", incident.Malware, incident.Lure},
		{"rclone.exe で送信", "rclone.exe", incident.Method, incident.DualUse},
		{"顧客名簿.xlsx が持ち出された", "顧客名簿.xlsx", incident.Damage, incident.Stolen},
		{"添付の「見積書.zip」を開いた", "見積書.zip", incident.Malware, incident.Lure},
		{"詳細は調査報告書_v2.pdf のとおり", "調査報告書_v2.pdf", incident.ResponseTimeline, 0},
		{"index.php を改ざん", "index.php", incident.Method, 0},
	} {
		got := about(t, propose(t, "n.md", c.text), c.value)
		if got.Kind != c.kind || got.Marks != c.marks {
			t.Errorf("%s: %s %v, want %s %v", c.text, got.Kind, got.Marks.Names(), c.kind, c.marks.Names())
		}
	}
}

func TestADigestOfEvidenceIsNotMalware(t *testing.T) {
	items := propose(t, "n.md", "ディスクイメージを保全 SHA256 "+strings.Repeat("9", 64)+"\n検体 SHA256 "+strings.Repeat("a1", 32))
	if got := about(t, items, strings.Repeat("9", 64)); got.Kind == incident.Malware {
		t.Errorf("the digest of our disk is %s", got.Kind)
	}
	if got := about(t, items, strings.Repeat("a1", 32)); got.Kind != incident.Malware {
		t.Errorf("the digest of the sample is %s", got.Kind)
	}
}

func TestReceivedUnderConditions(t *testing.T) {
	const text = `
- ISAC から TLP:AMBER で受領: 203.0.113.1
- 自社ログで 203.0.113.2 への通信を確認
情報共有会から TLP:RED で受け取った情報:
- 203.0.113.3
- evil.top

本文に戻る 203.0.113.4
同業者から口外しないよう依頼を受けて 203.0.113.5 を教わった
{"dst": "203.0.113.6", "tlp": "RED"}
`
	items := propose(t, "n.md", text)
	for value, want := range map[string]incident.Conditions{
		"203.0.113.1": {Label: tlp.Amber}, "203.0.113.2": {}, "203.0.113.3": {Label: tlp.Red}, "evil.top": {Label: tlp.Red},
		"203.0.113.4": {}, "203.0.113.5": {Promise: true}, "203.0.113.6": {Label: tlp.Red},
	} {
		got := about(t, items, value)
		if got.Conditions != want || (got.Status == incident.Received) != (want != incident.Conditions{}) {
			t.Errorf("%s: %s %+v, want %+v", value, got.Status, got.Conditions, want)
		}
	}
}

func TestSeenByOurselvesIsNoLongerOnlyReceived(t *testing.T) {
	const told = "ISAC から TLP:AMBER で受領 203.0.113.1\n"
	if got := about(t, propose(t, "n.md", told+"プロキシログに 203.0.113.1 への通信を確認"), "203.0.113.1"); got.Status != incident.Observed {
		t.Errorf("what our log shows is %s", got.Status)
	}
	if got := about(t, propose(t, "n.md", told+"203.0.113.1 はログに該当なし"), "203.0.113.1"); got.Status != incident.Received {
		t.Errorf("what our log does not show is %s", got.Status)
	}
	promise := strings.Replace(told, "TLP:AMBER で受領", "口外無用で", 1)
	if got := about(t, propose(t, "n.md", promise+"プロキシログに 203.0.113.1 への通信を確認"), "203.0.113.1"); !got.Conditions.Promise {
		t.Error("a promise was forgotten")
	}
}

func TestALabelInTheSubjectCoversTheWholeMail(t *testing.T) {
	finder, _ := disguise.Compile(us.Terms())
	items := classify.Propose([]incident.Note{
		note("a.eml", "From: desk@isac.example\nTo: csirt@kirishima-kaku.example\nSubject: [TLP:AMBER] C2 の展開"),
		note("a.eml/body", "203.0.113.1 を確認しています"),
		note("other.md", "203.0.113.2 へビーコン"),
	}, finder)
	if got := about(t, items, "203.0.113.1"); got.Status != incident.Received || got.Conditions.Label != tlp.Amber {
		t.Errorf("%s %+v", got.Status, got.Conditions)
	}
	if got := about(t, items, "203.0.113.2"); got.Status != incident.Observed {
		t.Errorf("a note beside the mail is %s", got.Status)
	}
	if got := about(t, items, "desk@isac.example"); got.Role == incident.Delivery {
		t.Error("who warned us was taken for the attacker")
	}
}

func TestAnUnpatchedVulnerabilityHoldsItsNames(t *testing.T) {
	items := propose(t, "n.md", `
203.0.113.201 - - [19/Apr/2026:03:12:44 +0900] "POST /wp-content/plugins/yume-cart/upload.php HTTP/1.1" 200 31 "-" "-"
yume-cart プラグイン 4.2.1 の穴を突かれた。修正版が出ていない。CVE 番号もまだない。`)
	var held []string
	for _, i := range items {
		held = append(held, i.Held...)
	}
	for _, want := range []string{"yume-cart", "upload.php"} {
		if !slices.Contains(held, want) {
			t.Errorf("%q is not held: %v", want, held)
		}
	}
	if got := about(t, items, "203.0.113.201"); got.Marks.Has(incident.Unpatched) {
		t.Error("the attacker's address is not the vulnerability")
	}
}

func TestAKnownVulnerabilityMayBeShared(t *testing.T) {
	for _, text := range []string{"VPN 装置の CVE-2024-21762 が未修正だった", "既知脆弱性（CVE-2024-21762）が残っていた", "exploitation of CVE-2024-21762"} {
		if got := about(t, propose(t, "n.md", text), "CVE-2024-21762"); got.Marks.Has(incident.Unpatched) {
			t.Errorf("%s: taken for one without a fix", text)
		}
	}
	if got := about(t, propose(t, "n.md", "CVE-2026-99999 はゼロデイで、パッチはまだ出ていない"), "CVE-2026-99999"); !got.Marks.Has(incident.Unpatched) {
		t.Error("a zero-day was taken for a known one")
	}
}

func TestStatementsAndTheirKinds(t *testing.T) {
	for text, want := range map[string]incident.Kind{
		"患者 約8万人分の診療情報が流出した可能性":   incident.Damage,
		"2026-05-22 長野県警に相談":      incident.ResponseTimeline,
		"攻撃者はおそらく中国語話者":           incident.Actor,
		"多要素認証が導入されていない":          incident.Controls,
		"従業員 約1,250名の製造業":         incident.SectorSize,
		"VPN 装置から初期侵入":            incident.TargetSystem,
		"vssadmin delete shadows": incident.Method,
		"霧島架空物流の基幹システムが停止":        incident.Victim,
	} {
		items := propose(t, "n.md", text)
		if !slices.ContainsFunc(items, func(i incident.Item) bool { return i.Kind == want }) {
			t.Errorf("%s: nothing of kind %s among %d items", text, want, len(items))
		}
	}
}

func TestUnknownIsNotNo(t *testing.T) {
	for text, want := range map[string]incident.Status{
		"203.0.113.1 へ送信された可能性":       incident.Suspected,
		"203.0.113.1 との関係は不明":         incident.Unknown,
		"203.0.113.1 へのビーコンを確認":       incident.Observed,
		"203.0.113.1 possibly the C2": incident.Suspected,
	} {
		if got := about(t, propose(t, "n.md", text), "203.0.113.1"); got.Status != want {
			t.Errorf("%s is %s, want %s", text, got.Status, want)
		}
	}
}

func TestWhenItWasSeen(t *testing.T) {
	for text, want := range map[string]string{
		"2026-05-11 08:52 203.0.113.1":                       "2026-05-11T08:52:00",
		"2026/06/02 14:20 203.0.113.1":                       "2026-06-02T14:20:00",
		"2026年5月11日 8時52分 203.0.113.1":                       "2026-05-11T08:52:00",
		"2026-05-11T08:52:00+09:00 203.0.113.1":              "2026-05-11T08:52:00+09:00",
		"2026-05-11 203.0.113.1":                             "2026-05-11",
		"203.0.113.1 - - [19/Apr/2026:03:12:44 +0900] \"GET": "2026-04-19T03:12:44+09:00",
		"1778457912.114 203.0.113.1 TCP_TUNNEL/200":          "2026-05-11T00:05:12Z",
		"203.0.113.1 at 25:61, 2026-13-40":                   "",
		"10.0.19041.1 203.0.113.1":                           "",
	} {
		if got := about(t, propose(t, "n.md", text), "203.0.113.1").FirstSeen.String(); got != want {
			t.Errorf("%s\n was seen %q, want %q", text, got, want)
		}
	}
}

func TestFirstAndLastSeenSpanAllMentions(t *testing.T) {
	got := about(t, propose(t, "n.md", "2026-05-13 203.0.113.1\n2026-05-11 203.0.113.1\n2026-05-18 203.0.113.1"), "203.0.113.1")
	if got.FirstSeen.Day() != "2026-05-11" || got.LastSeen.Day() != "2026-05-18" || len(got.Sources) != 3 {
		t.Errorf("seen %s to %s at %v", got.FirstSeen, got.LastSeen, got.Sources)
	}
}

func TestDigestsAndNameOfOneFileStayTogether(t *testing.T) {
	items := propose(t, "n.md", "- igfxsvc.exe が作成された\n    - MD5: "+strings.Repeat("ab", 16)+"\n- 別の検体 SHA1 "+strings.Repeat("cd", 20))
	name, digest, other := about(t, items, "igfxsvc.exe"), about(t, items, strings.Repeat("ab", 16)), about(t, items, strings.Repeat("cd", 20))
	if name.Subject == "" || name.Subject != digest.Subject || other.Subject != "" {
		t.Errorf("subjects %q, %q, %q", name.Subject, digest.Subject, other.Subject)
	}
}

func TestNothingInNothingOut(t *testing.T) {
	if got := classify.Propose(nil, nil); len(got) != 0 {
		t.Errorf("%d items", len(got))
	}
	if got := propose(t, "n.md", "本日は晴天なり"); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

// TestDeepNotesAreReadWhole: what a line stands under is bounded, so that a hostile note
// costs no more than its length; nothing of it is lost for that.
func TestDeepNotesAreReadWhole(t *testing.T) {
	const lines = 5000
	var stairs strings.Builder
	for i := range lines {
		stairs.WriteString(strings.Repeat(" ", i%2000) + "- 203.0.113.1 へ通信:\n")
	}
	for _, text := range []string{stairs.String(), "下記:\n" + strings.Repeat("- 203.0.113.1\n", lines)} {
		if got := about(t, propose(t, "n.md", text), "203.0.113.1"); len(got.Sources) != lines {
			t.Errorf("%d of %d lines were read", len(got.Sources), lines)
		}
	}
}

func FuzzPropose(f *testing.F) {
	for _, seed := range []string{
		"- TLP:AMBER で受領: 203.0.113.1\n  - evil.top", "| a | b |\n|---|---|\n| 203.0.113.1 | 自社 |", "x\t203.0.113.1\ny\tz",
		"yume-cart の脆弱性。修正版が出ていない", "霧島架空物流（203.0.113.1）", "2026年5月 日 8時 203.0.113.1", "\xff\xfe",
	} {
		f.Add(seed)
	}
	finder, _ := disguise.Compile(us.Terms())
	f.Fuzz(func(t *testing.T, text string) {
		for _, i := range classify.Propose([]incident.Note{note("n.md", strings.ToValidUTF8(text, "?"))}, finder) {
			if !slices.Contains(incident.Kinds(), i.Kind) || i.Reason.Code == "" {
				t.Errorf("an item has kind %q and reason %q", i.Kind, i.Reason.Code)
			}
			for _, s := range i.Sources {
				if s.Line < 1 || s.Column < 1 {
					t.Errorf("an item stands at %v", s)
				}
			}
		}
	})
}

// TestAPieceOfANameDoesNotLeave: the gate sees values only; a name that runs across the end
// of one can be recognised in its line alone.
func TestAPieceOfANameDoesNotLeave(t *testing.T) {
	finder, _ := disguise.Compile([]disguise.Term{{Text: "Shinonome Kaku", Class: disguise.Organisation, Owner: incident.OfVictim}})
	for _, text := range []string{
		"C2 hxxps://cdn.kx7q[.]net/dl/shinonomе/a.dat", "マルウェア shinоnome.exe", "C2 hxxps://cdn.kx7q[.]net/dl/shinono\nme/a.dat",
	} {
		for _, i := range classify.Propose([]incident.Note{note("n.md", text)}, finder) {
			if strings.Contains(i.Value.Value, "nom") && i.Kind != incident.Victim || strings.HasSuffix(i.Value.Value, "shinono") && i.Kind != incident.Victim {
				t.Errorf("%q: %s is %s", text, i.Value.Value, i.Kind)
			}
		}
	}
}

// TestALineOfThousandsOfValues: words are weighed against the values near them only; every
// value is found all the same.
func TestALineOfThousandsOfValues(t *testing.T) {
	const values = 4000
	got := about(t, propose(t, "n.md", strings.Repeat("C2 203.0.113.7 ", values)), "203.0.113.7")
	if len(got.Sources) != values || got.Role != incident.C2 {
		t.Errorf("%d of %d values were found, as %q", len(got.Sources), values, got.Role)
	}
}
