package classify_test

import (
	"strings"
	"testing"
)

// A column that tells what was decided about each row counts, whatever it is called and however the decision is worded.
func TestAColumnOfDecisions(t *testing.T) {
	const ja = "| 値 | 何か | どこで | 会議での結論 |\n|---|---|---|---|\n"
	const en = "| value | what | OK to share? |\n|---|---|---|\n"
	hold(t, false,
		ja+"| X | 送信元 | 当社 Web ログ | 可 |", ja+"| X | 送信元 | 別の客先のもの | 書面をもらった。よって可 |",
		en+"| X | scanner | yes |", en+"| X | scanner | ok, they mailed |")
	hold(t, true,
		ja+"| X | 送信元 | FW | 不可。当社の対処のみ |", ja+"| X | 送信元 | FW | 先方の了解が取れるまで不可 |", ja+"| X | 送信元 | FW | 保留 |",
		ja+"| X | 送信元 | FW | 可。ただし 12 月までは不可 |", ja+"| X | 送信元 | 同業から TLP:RED で受領 | 可 |", ja+"| X | 送信元 | 口外しない約束で受領 | 可 |",
		en+"| X | scanner | no, NDA |", en+"| X | scanner | not yet |", en+"| X | scanner, from a peer in confidence | ok |")
}

// A promise holds for the list below it, not for the table of another section.
func TestAPromiseEndsWithItsSection(t *testing.T) {
	const promise = "開発元には連絡済み。TLP:RED で受領した話なので外へ出さないこと。\n"
	const table = "| 値 | 何か |\n|---|---|\n| X | 送信元 |\n"
	hold(t, false, "2．侵入口\n"+promise+"3．技術情報の一覧\n"+table, "2. 侵入口\n"+promise+"3. 技術情報の一覧\n"+table)
	hold(t, true,
		"6．預かった情報\n"+promise+table,
		"9/14 の夕方、連絡会の幹事会社から電話で教えてもらいました。TLP:RED、当社の調査だけに使う約束です。\n・通信先 X\n",
		"(1) カード会社からの電話で、別の加盟店で見えているという X と\n  ドメイン stay-hub.example を教わりました。「貴社限り、他社には渡さない\n  でほしい」という条件です。")
}

// Where a thing was seen is not whose it is.
func TestRecordsAreNotTheThing(t *testing.T) {
	hold(t, false,
		"| value | remark |\n|---|---|\n| X | exfil over sftp, firewall log |", "| value | remark |\n|---|---|\n| X | spraying. ours, from gateway log |",
		"そこに載っている X がうちの FW ログにも 4/11 にあった。",
		"一般公開の注意喚起（メーカーのサイト、3 月）に出ている X へ、感染後に通信していた。")
	hold(t, true, "| value | remark |\n|---|---|\n| X | our log server |", "X はうちのログ収集サーバ。", "X is our firewall.", "X（メーカーのサイト）")
}

func TestWhoMayBeTold(t *testing.T) {
	hold(t, false,
		"| value | remark |\n|---|---|\n| X | cleared by our CISO for circulation in the group |",
		"10:01 sato: C2 は X です\n10:02 ito: うちの検体の解析だから結果はうちのもの、どこに渡すかも自由にどうぞ、と契約書にあります")
	hold(t, true,
		"| value | remark |\n|---|---|\n| X | cleared, it is the scanner of the auditors |",
		"Another customer had it too and there it used\nX. Block it, but keep it to yourselves please.",
		"| value | remark |\n|---|---|\n| X | Ostrava's gateway. They asked for time, nothing about them to leave before they say so |")
}

// Chats take back by half a name: the last number of an address, 「今のハッシュ」.
func TestTakenBackByHalfAName(t *testing.T) {
	const chat = "00:52 sato: X から入られています\n00:58 ito: 数字をひっくり返した。61じゃなくて 203.0.113.114 が正しい。61のほうは忘れて\n"
	hold(t, true, chat)
	if right := about(t, propose(t, "n.md", strings.ReplaceAll(chat, "X", address)), "203.0.113.114"); !leaves(right) {
		t.Errorf("the right one is held: %s", right.Reason.Code)
	}
	const wrong, digest = "eb9f42d328ac101bbf60ab3532abcf1d93a5b5ea0d7f3c2c1ab1b150c27de0da", "dc2ac1ca1878262a636cb36685b23d2f428a1cf14fb1f7dfa33f05511d7dd434"
	items := propose(t, "n.md", "sha256 "+wrong+"\n↑すみません今のハッシュ、壊れたコピーから取ってました。使わないで。取り直したのがこっち\n"+digest+"\n")
	if leaves(about(t, items, wrong)) || !leaves(about(t, items, digest)) {
		t.Error("the digest that was taken back leaves, or the right one does not")
	}
}

// What hangs under the last column of a listing goes on in it.
func TestAColumnGoesOnBelow(t *testing.T) {
	hold(t, false, "WHERE IT TALKS TO\n   X              second one, hard coded in the dll, port 8080, we\n"+strings.Repeat(" ", len("   ")+len(address)+len("              "))+"saw two connections at 01:10\n")
}

func TestWhatPosesAsSomethingIsNotIt(t *testing.T) {
	const digest = "35b231e4efed7ad432d753d45d612f90a7a6724026618cf8ff50823b2c553e88"
	const head = "| 種類 | 内容 | メモ |\n|---|---|---|\n| 展開物 | nvtraysvc.exe　SHA256 `" + digest + "` | "
	for remark, left := range map[string]bool{"NVIDIA を名乗るが無関係 |": true, "NVIDIA の正規品。無関係 |": false} {
		if got := about(t, propose(t, "n.md", head+remark), digest); leaves(got) != left {
			t.Errorf("%s leaves: %v (%s)", remark, leaves(got), got.Reason.Code)
		}
	}
}
