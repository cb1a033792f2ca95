package classify_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/wakachi/wakachi/internal/incident"
)

func TestATitleDismissesWhatIsBelow(t *testing.T) {
	hold(t, true,
		"４．紛らわしいもの（攻撃ではない）\n　・X　県の水質テレメータ。10分おきに来る。",
		"NOT THEM\nX showed up at the same hour.", "## Red herrings\n- X seen once", "第4　本件と無関係であることを確認した通信\n　　X　　オンラインストレージ")
	hold(t, false, "４．攻撃に使われたもの\n　・X　10分おきに来る。", "THEM\nX showed up at the same hour.")
}

func TestATitlePermitsWhatIsBelow(t *testing.T) {
	hold(t, false, "PART 1 - ours, seen by us, fine to share\n  It connects to X every minute", "## 当社で見たもの（共有してよい）\n- X に 443 で接続")
	hold(t, true, "PART 1 - ours, not for sharing outside, cut it\n  X answers on 443")
}

func TestAChatWithoutColons(t *testing.T) {
	const before = "09:12 戎橋   おはよう\n09:13 なつめ 監視鳴ったん\n09:15 戎橋   見てる\n09:18 なつめ うわ\n"
	hold(t, true,
		before+"10:15 千林   X は何ですか? ずっと出てます\n10:16 戎橋   それは前から契約してる外形監視。ほっといてええ\n",
		"**13:01 Ines** hi\n**13:02 Dewitt** hello\n**13:03 Ines** look\n**13:05 Dewitt** yes\n**13:34 Ines** was X you?\n**13:35 Dewitt** yes, me tethering from the train. ignore\n")
	hold(t, false, before+"10:15 千林   X も？\n10:16 戎橋   それもC2。両方とも敵\n")
}

func TestAColumnThatAccusesOthersFreesTheRest(t *testing.T) {
	const head = "| address | whose | remark |\n|---|---|---|\n| 198.51.100.1 | them | exploit |\n"
	hold(t, true, head+"| X | test | scanner 1 |\n", head+"| X | vendor | licences |\n", head+"| X | other-victim | a dentist |\n")
	hold(t, false, head+"| X | them | beacon |\n", head+"| X | unknown | beacon |\n")
}

func TestWhatASentenceSaysOfAllBeforeIt(t *testing.T) {
	hold(t, true,
		"198.51.100.3、X への通信も記録されていますが、いずれもブラウザの通常動作であり無害です。",
		"X からの管理画面への接続は、運用委託先の定時作業。本件と関係なし。",
		"Their payload came from X. It's theirs, it's benign.",
		"| address | seen |\n|---|---|\n| X | 3 May |\n\nThey are ours.",
		"別に X への通信が 1 回ある。調べるとどこかの会社のルータで、踏み台にされているらしい。")
	hold(t, false, "X への通信が記録されており、いずれも攻撃者の指令でした。", "| address | seen |\n|---|---|\n| X | 3 May |\n\nThey are still inside.")
}

func TestRemarksInListings(t *testing.T) {
	const digest = "fb5d70655bf08e6f7df63c8899e29322da5f668c949d348ff574c327cd707e03"
	for text, want := range map[string]bool{
		"```\n/opt/gw/bin/d     sha256 " + digest + "     (our build)\n```\n":       false,
		"```\n/opt/gw/bin/d     sha256 " + digest + "     # vendor's, genuine\n```": false,
		"```\n/tmp/.x/d     sha256 " + digest + "     (the implant)\n```\n":         true,
	} {
		if got := about(t, propose(t, "n.md", text), digest); leaves(got) != want {
			t.Errorf("%s\n leaves: %v (%s)", text, leaves(got), got.Reason.Code)
		}
	}
}

func TestADigestFollowsItsName(t *testing.T) {
	const digest = "fb5d70655bf08e6f7df63c8899e29322da5f668c949d348ff574c327cd707e03"
	const listed = "- drops CAB_guest.exe in %TEMP%\n    sha256 " + digest + "\n\n"
	for text, left := range map[string]bool{
		"CAB_guest.exe is our own build, leave it.":          false,
		"Please do not pass on CAB_guest.exe.":               false,
		"CAB_guest.exe is the loader.":                       true,
		"Note: CAB_guest.exe was built for us, nobody else.": true, // to the hub only; the gate reads the mark
	} {
		got := about(t, propose(t, "n.md", listed+text), digest)
		if leaves(got) != left || got.Marks.Has(incident.OneOff) != strings.Contains(text, "built for us") {
			t.Errorf("%s\n leaves: %v (%s, %v)", text, leaves(got), got.Reason.Code, got.Marks.Names())
		}
	}
}

func TestATableWhoseCellsNameTypes(t *testing.T) {
	const head = "Thing\tWhat kind\tWhere\n"
	items := propose(t, "n.csv", head+"203.0.113.9\tIP\taccess.log\nkworkerds\tfile\t/usr/local/lib/.X\nNight Sync\tscheduled task\tweb1\nkuro-rig/6.21\tuser agent\tproxy\n")
	for _, value := range []string{"kworkerds", "Night Sync", "kuro-rig/6.21"} {
		about(t, items, value)
	}
	for _, i := range propose(t, "n.csv", head+"the blue door\topen\t3rd floor\nthe red door\tfile\tcellar\n") {
		if i.Value.Value == "the red door" {
			t.Error("one word in a column makes it no column of types")
		}
	}
}

func TestADigestBrokenWithinItsCell(t *testing.T) {
	const a, b = "f8438499490bf0ea1182dc9abbfcedd1", "2761cf340030fe4302cbcf6c008b172e"
	about(t, propose(t, "n.md", "| 3 | svchelper.dll SHA256: "+a+" "+b+"（続けて1つ） |"), a+b)
	about(t, propose(t, "n.md", "| 3 | a.dll, b.dll MD5: "+a+" "+b+" |"), b)
}

// The product and its program stand in a paragraph that only ends with there being no fix.
func TestAProgramInTheParagraphOfAnUnfixedHole(t *testing.T) {
	const text = "ここがややこしい。フォームの添付チェックを抜けられている（末尾に %00.pdf を付けて\n/irohaform/attach.cgi に送る）。作った会社は「知らなかった、直すのに\n2か月」と。\n直るまで製品名も手順も書かないこと。\n\n- p.cgi（バックドア）"
	var held []string
	for _, i := range propose(t, "n.md", text) {
		held = append(held, i.Held...)
	}
	if !slices.Contains(held, "attach.cgi") || slices.Contains(held, "p.cgi") {
		t.Errorf("held: %q", held)
	}
}

// What was told with a request for silence is received, to the end of what was told and no further.
func TestAPromiseHoldsForWhatWasTold(t *testing.T) {
	const value = "203.0.113.91"
	for text, received := range map[string]bool{
		"メモ\n\n\n同業の会合（TLP:RED、口頭のみ）で聞いたもの。うちのログには出てこない。出さないと約束している。\n  " + value + "\n":                              true,
		"情報セキュリティ室より（口頭の約束で教えていただいたもの。社外には出さないでください）\n\n先方でも似た接続があったとのこと。\n　" + value + "\n":                          true,
		"## B. ほかから聞いたこと（出してはいけない）\n\n- 同じ攻撃者の別の指令サーバ " + value + "\n":                                                true,
		"製造元から聞いたところ修正版は8月とのこと。調整が終わるまで外に出さないこと。\n\n3　攻撃者の接続元\n\n| 日時 | 接続元 |\n|---|---|\n| 6/11 | " + value + " |\n": false,
	} {
		got := about(t, propose(t, "n.md", text), value)
		if (got.Status == incident.Received) != received {
			t.Errorf("%s\n status %v, %s", text, got.Status, got.Reason.Code)
		}
	}
}

// In a table of connections the machine of ours that connected says nothing of where it connected to.
func TestWhoConnectedIsNotWhereTo(t *testing.T) {
	const value = "cdn-metrics.top"
	got := about(t, propose(t, "n.csv", "日時\t送信元\t宛先\t所見\n3/4 01:12\t社内\t"+value+"\tマルウェアのビーコン先\n"), value)
	if !leaves(got) {
		t.Errorf("%s, %v", got.Reason.Code, got.Marks.Names())
	}
	got = about(t, propose(t, "n.csv", "日時\t送信元\t宛先\t持ち主\n3/4 01:12\tPC-7\t"+value+"\t当社\n"), value)
	if leaves(got) {
		t.Error("the column of owners no longer counts")
	}
}

// Silence that is asked for at the end of a paragraph may be asked for all of it, on one line or on several.
func TestAPromiseForAllThatWasTold(t *testing.T) {
	for _, text := range []string{
		"A 社から X を教わった。198.51.100.7 も同様。いずれも口外しない約束。",
		"ISAC から X を受領。さらに 198.51.100.7 も受領。TLP:RED。",
		"同業者から X を聞いた。198.51.100.7 も聞いた。どちらも外に出さない約束。",
		"同業者から 198.51.100.7 を聞いた。X も聞いた。どちらも外に出さない約束。",
		"会合で X が挙がった。198.51.100.7 も挙がった。TLP:RED で受領。",
		"次の 2 件を教わった（口外しない約束）。1 件目は X。2 件目は 198.51.100.7。",
		"銀行から TLP:RED で受領。C2 は X。配布元は 198.51.100.7。",
		"We heard of X from a peer. They also named 198.51.100.7. Both in confidence.",
		"A peer gave us X. They also gave us 198.51.100.7. Please do not pass on either.",
		"From the bank under TLP:RED: the C2 is X. The loader comes from 198.51.100.7.",
	} {
		hold(t, true, text)
		if japanese(text) {
			hold(t, true, wrapAt(strings.Repeat("夜間の当番からの引き継ぎの続き", 2)+"で、"+text, 56))
		}
	}
	hold(t, false, "C2 は X。同業者から教わった 198.51.100.7 は、こちらのログには無し。他言無用とのこと。",
		"TLP:RED で 198.51.100.7 を聞いた。X から侵入された。")
}

// The rules read ！ and ， as 。 and 、; what is shared and what is shown stays as somebody wrote it.
func TestWordsStayAsTheyWereWritten(t *testing.T) {
	for text, subject := range map[string]string{
		"Subject: 至急！ご確認，お願いします．":                     "至急！ご確認，お願いします．",
		"件名「至急！ご確認，お願い．」のメールが届いた！":                    "至急！ご確認，お願い．",
		`subject "Pay now! Today!" from a@b.example`:  "Pay now! Today!",
		"夜間の監視からの連絡によれば，当社の受付の端末に届いたのは\n件名「至急！」のメール！": "至急！",
	} {
		got := about(t, propose(t, "n.md", text), subject)
		if !strings.Contains(strings.ReplaceAll(text, "\n", ""), got.Text) && !strings.Contains(text, got.Text) {
			t.Errorf("%q is shown as %q", text, got.Text)
		}
	}
	for _, i := range propose(t, "n.md", "調べを続けたところ，顧客 300 件の情報が外に持ち出されて\nいたことが分かった！ すぐに公表の準備を始めた．") {
		if strings.ContainsAny(i.Text, "、。") {
			t.Errorf("the statement is shown as %q", i.Text)
		}
	}
}

func TestAPermitForADigestIsNoDenialOfOne(t *testing.T) {
	const digest = "fb5d70655bf08e6f7df63c8899e29322da5f668c949d348ff574c327cd707e03"
	const listed = "## The PDF?\n\"Revised_plan.pdf\", SHA-256\n" + digest + "\nNo exploit in it, just a picture.\n"
	for text, left := range map[string]bool{
		"The file name is generic but the hash is fine to give out.": true,
		"The hash is not fine to give out.":                          false,
		"ハッシュは共有してよいとは言えない。":                                         false,
	} {
		if got := about(t, propose(t, "n.md", listed+text), digest); leaves(got) != left {
			t.Errorf("%s\n leaves: %v (%s)", text, leaves(got), got.Reason.Code)
		}
	}
}
