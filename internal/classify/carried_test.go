package classify_test

import (
	"strings"
	"testing"
)

func TestWhatIsToldInConfidenceHoldsForAllASentenceNames(t *testing.T) {
	const other = "203.0.113.62"
	for _, text := range []string{
		"A lab sent us, not to be passed on, one more address: X and one more relay: Y.",
		"The hosts X and, later, Y came to us in confidence.",
		"X と Y は、口外しない約束で聞いた。",
	} {
		items := propose(t, "n.md", strings.NewReplacer("X", address, "Y", other).Replace(text))
		for _, v := range []string{address, other} {
			if got := about(t, items, v); leaves(got) {
				t.Errorf("%s\n %s leaves (%s)", text, v, got.Reason.Code)
			}
		}
	}
	hold(t, true, "One more, X, came from their own report and falls under the same agreement.", "見えた行き先 X も、こちらでは使わないでと言われています。")
	hold(t, false, "We told nobody of the loader. It calls X.")
}

func TestANameThatWasHitTooSpeaksOfTheHostBeforeIt(t *testing.T) {
	hold(t, true,
		"書き換えられたのは www.shiosai.example、X にある。汐崎さんはやられた側で、まだ知らない。",
		"X に置かれていた。汐崎工務店さんは気づいていない。")
	hold(t, false,
		"飛び先は X にある。当社さんはやられた側だ。", "飛び先は X にある。うちはやられた側だ。")
}

func TestAListKeepsTheLabelOfItsFirstLine(t *testing.T) {
	hold(t, true, "    reflectors, innocent:  203.0.113.70\n                           X\n")
	hold(t, true, "    reflectors, innocent:  203.0.113.70\n                           203.0.113.71\n                           X\n")
	hold(t, false,
		"    reflectors, innocent:  203.0.113.70\n    flooders, rented:      X\n",
		"    reflectors, innocent:  203.0.113.70\n\n                           X\n",
		"    flooders, rented:      203.0.113.70\n                           X\n")
}

func TestANumberedTitleHoldsToTheNext(t *testing.T) {
	hold(t, true, "1. 経緯\n朝に止まった。\n2. 当社側の情報（社外には出さない）\n中継箱は X。\n")
	hold(t, false,
		"1. 当社側の情報（社外には出さない）\n中継箱は 203.0.113.70。\n2. 攻撃者の道具と通信先\n指令は X から来た。\n",
		"1. 経緯\n朝に止まった。\n2. 当社側の情報\n3. X から侵入された。\n")
}

func TestAParagraphSpeaksForTheTableBelowIt(t *testing.T) {
	const table = "\n\n| 名前 | 値 |\n|---|---|\n| 一 | X |\n"
	hold(t, true, "見本が 2 点。いずれも当社のもので本物。"+table)
	hold(t, false, "見本が 2 点。いずれも攻撃者のもの。"+table, "見本が 2 点。当社が見つけた。"+table)
}

func TestADigestOfTheGenuineThingIsNotAnIndicator(t *testing.T) {
	const digest = "06d9de7131e2ab83be9fa522b1209b996595ca615b29b71cb216141908d1e57c"
	for text, want := range map[string]bool{
		"魚群ナビの本物の指紋は X だから止めないこと。":                  true,
		"魚群ナビの本物の指紋は X だ。":                          true,
		"The genuine installer's fingerprint is X.": true,
		"偽の魚群ナビの指紋は X だ。":                           false,
		"The fake installer's SHA-256 is X.":        false,
	} {
		if got := about(t, propose(t, "n.md", strings.ReplaceAll(text, "X", digest)), digest); leaves(got) == want {
			t.Errorf("%s\n leaves: %v (%s)", text, leaves(got), got.Reason.Code)
		}
	}
}

func TestARemarkInPassingSaysWhoseAnAddressIs(t *testing.T) {
	hold(t, true,
		"ついでに X もログにあるが、配信を頼んでいる会社なので気にしない。",
		"X も一覧に見えますが、こちらは総務が使っている出張用ルータでした。")
	hold(t, false, "X も一覧に見えますが、こちらは攻撃者の中継でした。", "採掘先は X ← 相手専用のプロキシ")
}
