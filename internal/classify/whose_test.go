package classify_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/classify"
	"github.com/wakachi/wakachi/internal/disguise"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/tlp"
)

// leaves says whether nothing about an item keeps it from everybody.
func leaves(i incident.Item) bool {
	if i.Status == incident.Received && (i.Conditions.Promise || i.Conditions.Label >= tlp.AmberStrict) {
		return false
	}
	switch i.Role {
	case incident.Own, incident.Benign, incident.Reference, incident.Stepping, incident.Doubtful:
		return false
	}
	return !i.Marks.Has(incident.SomeonesOwn) && !i.Marks.Has(incident.ThirdParty) && !i.Marks.Has(incident.Stolen)
}

const address = "203.0.113.61"

// hold checks that the address in each text is held back, or leaves.
func hold(t *testing.T, want bool, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if got := about(t, propose(t, "n.md", strings.ReplaceAll(text, "X", address)), address); leaves(got) == want {
			t.Errorf("%s\n leaves: %v (%s, %v)", text, leaves(got), got.Reason.Code, got.Marks.Names())
		}
	}
}

func TestAnAppositionSaysWhoseAnAddressIs(t *testing.T) {
	hold(t, true,
		"Our label printer server, X, stood in the capture.", "our fax gateway (X) is fine", "X, our time clock, answers on 443.",
		"X (ours, please leave it)", "X = our spare line", "当社の検温端末 X も同じ時刻に出ている。", "弊社の帳票サーバ（X）", "X（うちの複合機）",
		"うちの予備回線が X です", "当社の受付端末（表側のアドレスは X）が止まった", "X 〈当社〉", "出口は X")
	hold(t, false,
		"Our printer server logged X at night.", "our print server was reached from X", "X, posing as our courier, sent the mail",
		"当社の検温端末に X から入られた。", "当社端末は X からファイルを受け取った。", "弊社の帳票サーバが X と通信した。", "X（当社の 4 台が接続していた）")
}

func TestAPredicateSaysWhoseAnAddressIs(t *testing.T) {
	hold(t, true,
		"X is only the reception's proxy", "X turned out to be our own archive", "X in that capture is our scanner, ignore",
		"X belongs to us", "X is one of ours", "X was never touched", "X は弊社の入退室管理です。", "X は潮位データの提供元であり、以前から接続している。",
		"X も出るが、これは当社の時計合わせ。", "X については、当初攻撃者のものと考えたが、当社の別棟のものであった。")
	hold(t, false, "X is not ours", "X does not belong to us", "X は当社のものではない。", "X は当社を装ったサイト", "X is where it phones home")
}

func TestAHackedBystanderIsNotPublished(t *testing.T) {
	hold(t, true,
		"X is a small theatre's ticket server that has no idea", "mails were relayed through X, some church", "X belongs to a cinema in Oulu",
		"経由したのは隣県の図書館の機器（X）であった。", "X は別の工務店のルータで、踏まれているだけ。", "X はどこかの旅館のサーバ（先方は気づいていない）")
	hold(t, false, "送信に使った業者のサーバ X", "X is a rented VPS they pay for", "攻撃者のサーバは X")
}

func TestAColumnForOwnersDecidesItsRow(t *testing.T) {
	for cell, held := range map[string]bool{"自社": true, "顧客": true, "別の劇場の機器": true, "敵": false, "攻撃者（推定）": false, "当社（予備系）": true, "正常": true} {
		text := "| アドレス | 誰のものか | 備考 |\n|---|---|---|\n| X | " + cell + " | 443 |"
		hold(t, held, text)
	}
	hold(t, true, "| value | ours? | attacker |\n|---|---|---|\n| X | yes | |", "| 攻撃側 | 当社側 |\n|---|---|\n| 198.51.100.9 | X |", "value\tside\tnote\nX\tours\tbadge readers")
	hold(t, false, "| value | ours? | attacker |\n|---|---|---|\n| X | no | yes |", "| 攻撃側 | 当社側 |\n|---|---|\n| X | 198.51.100.9 |")
}

func TestALegendExplainsItsMarks(t *testing.T) {
	const ja, en = "記号は、◆が攻撃側、◇が当社、▽が無関係の第三者のもの。\n", "Key: [T] threat actor, [H] ours, [B] somebody else\n"
	hold(t, true, ja+"◇ X", ja+"▽ X 印刷会社", en+"[H] X - badge reader", en+"[B] X", "(2) X\n(4) 198.51.100.7\n(2) と (4) は当社、(1) は攻撃者のもの", "（敵＝T、自分＝J）\nJ X", "*〔客〕 X")
	hold(t, false, ja+"◆ X", en+"[T] X", "（敵＝T、自分＝J）\nT X")
}

func TestALeadInHoldsForItsList(t *testing.T) {
	hold(t, true, "# Ours, do not block\n- X", "これに対し、当社側のものは次のとおりで、載せないこと。\n  ア　X", "うちの計測機\n  北棟  X", "BEFORE (ours)\n  ns  X", "■味方\nX", "These belong to us: 198.51.100.2, X")
	hold(t, false, "# 当社で観測した通信先\n- X", "よそ者\n  X  配り元", "DURING (theirs)\n  ns  X", "# Seen hitting our servers\n- X")
}

func TestAnAnswerSpeaksOfWhatWasAsked(t *testing.T) {
	hold(t, true,
		"[10:01] ann: and X?\n[10:01] bo: that's the night guard at home, leave it out", "10:01 <ao> X は？\n10:02 <ki> それはうちの検温の出口",
		"> And X?\n\nOurs. The tide gauge.", "Ann  9:01 AM\nX is new to me\n\nBo  9:02 AM\nour museum branch", "X? Ours.")
	hold(t, false, "[10:01] ann: X?\n[10:01] bo: that is what it beacons to", "10:01 <ao> X は？\n10:02 <ki> それ C2")
}

func TestTheFormerAndTheLatter(t *testing.T) {
	items := propose(t, "n.md", "203.0.113.5 と 203.0.113.6 が並ぶ。前者が攻撃者、後者は当社の温室の回線。")
	if !leaves(about(t, items, "203.0.113.5")) || leaves(about(t, items, "203.0.113.6")) {
		t.Error("the former and the latter were mixed up")
	}
}

func TestARecordSaysWhoseItIs(t *testing.T) {
	hold(t, true, "- value: X\n  owner: us\n- value: 198.51.100.3\n  owner: attacker", "所有者：当社\n値：X")
	hold(t, false, "- value: 198.51.100.3\n  owner: us\n- value: X\n  owner: attacker")
}

func TestAStrictLabelHoldsWhatStandsBesideOrBelowIt(t *testing.T) {
	const text = "one\ntwo\nthree\nfour\nthey gave one address under TLP:RED: X\n\nTLP:AMBER+STRICT\n同種の事案あり。\n  198.51.100.8\n-----\n198.51.100.9 は自分たちで見つけた"
	items := propose(t, "n.md", strings.ReplaceAll(text, "X", address))
	for value, received := range map[string]bool{address: true, "198.51.100.8": true, "198.51.100.9": false} {
		if got := about(t, items, value); (got.Status == incident.Received) != received {
			t.Errorf("%s is %s", value, got.Status)
		}
	}
}

func TestTheProductOfAThirdPartyIsTheirName(t *testing.T) {
	items := propose(t, "n.md", "まほろば架空商会の TideKeeper の更新で来た。\nC:\\ProgramData\\TideKeeper\\tkx.dll が作成された")
	for _, i := range items {
		if strings.Contains(i.Value.Value, "TideKeeper") && leaves(i) {
			t.Errorf("%s leaves", i.Value.Value)
		}
	}
}

// statements say that a value is not to leave, each in a sentence of its own.
var statements = []string{
	"%s は当社のものです。", "%s は弊社の予備系である。", "当社の監視サーバは %s です。", "%s（当社）", "%s is ours.", "Our spare proxy is %s.", "%s belongs to us.", "%s (ours)",
	"%s は載せないでください。", "%s is somebody else's server, they were hacked.",
}

func TestASentenceAboutAValueHoldsInAllNotes(t *testing.T) {
	finder, _ := disguise.Compile(us.Terms())
	for _, s := range statements {
		for _, attack := range []string{"プロキシのログに %s への通信が残っていた。", "traffic to %s was seen all night", "# 通信先\n- %s"} {
			notes := []incident.Note{note("a.txt", fmt.Sprintf(attack, address)), note("b.txt", fmt.Sprintf(s, address))}
			for range 2 {
				if got := about(t, classify.Propose(notes, finder), address); leaves(got) {
					t.Errorf("%q beside %q: leaves (%s)", s, attack, got.Reason.Code)
				}
				slices.Reverse(notes)
			}
		}
	}
}

func TestTheOrderOfNotesDoesNotMatter(t *testing.T) {
	finder, _ := disguise.Compile(us.Terms())
	texts := []string{"203.0.113.1 が C2。", "203.0.113.2 は当社の倉庫。", "# 攻撃者\n- 203.0.113.3\n- 203.0.113.2", "記号は ◎ が攻撃者、○ が当社。\n◎ 203.0.113.4\n○ 203.0.113.5", "○ 203.0.113.6", "203.0.113.1?\nOurs."}
	var notes []incident.Note
	for i, text := range texts {
		notes = append(notes, note(fmt.Sprintf("%d.txt", i), text))
	}
	verdicts := func() string {
		var out []string
		for _, i := range classify.Propose(notes, finder) {
			if !i.Value.IsZero() {
				out = append(out, fmt.Sprint(i.Value.Value, leaves(i)))
			}
		}
		slices.Sort(out)
		return strings.Join(out, "\n")
	}
	want := verdicts()
	random := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		random.Shuffle(len(notes), func(i, j int) { notes[i], notes[j] = notes[j], notes[i] })
		if got := verdicts(); got != want {
			t.Fatalf("order matters:\n%s\nbut\n%s", got, want)
		}
	}
}

// FuzzOwnership reads arbitrary notes: nothing may panic, every value keeps its place, and
// a plain statement of ours holds whatever stands around it.
func FuzzOwnership(f *testing.F) {
	for _, s := range statements {
		f.Add(fmt.Sprintf(s, address))
	}
	f.Add("記号は、◎が攻撃側、○が当社。\n○ 203.0.113.61（先方）\n[10:01] a: 203.0.113.61?\n[10:02] b: ours")
	f.Add("> 203.0.113.61?\nNo! İ K (ours、当社が契約し\xff")
	f.Add("> > 夜間の監視から連絡があり，**203.0.113.61** への接続が続いていることが\n> > 分かった．203.0.113.7！ これは\n  ours")
	f.Add("| a | whose |\n| 203.0.113.61 | ours |\n- value: 203.0.113.61\n  owner: us")
	finder, _ := disguise.Compile(us.Terms())
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4000 {
			return
		}
		n := note("f.txt", text)
		for _, i := range classify.Propose([]incident.Note{n}, finder) {
			for _, s := range i.Sources {
				if s.Line < 1 || s.Line > len(n.Lines) || s.Column < 1 || s.Column > utf8.RuneCountInString(n.Lines[s.Line-1].Text)+1 {
					t.Fatalf("%v is no place in the note", s)
				}
			}
		}
	})
}

func TestWhatIsTakenBackDoesNotLeave(t *testing.T) {
	hold(t, true,
		"First we had X on the list. She withdrew it on the call.", "Second outbound, X:8080. Confirmed by the NOC in the evening. Not an indicator.", "scrap X everywhere please",
		"X からも来ていた。これは取り消します。", "X にもつながっていた ← 訂正：保守だった。消してください", "X じゃなくて 203.0.113.144 でした。", "元からある X とは別物",
		"番号\t値\t備考\n6\tX\t取り消し。攻撃者のスキャンと書いたが、頼んだ診断の会社の機械だった")
	hold(t, false,
		"203.0.113.144 じゃなくて X でした。写しまちがい。", "203.0.113.144 was mistyped, should be X", "C2 は X。攻撃者はログを消していた。", "X から侵入。社名は外に出さないこと")
}

func TestWhatMustNotGoOnStays(t *testing.T) {
	hold(t, true,
		"An officer gave us, under an undertaking not to pass on, one more address: X", "One more from the vendor: X. This must not be repeated to anybody.",
		"X は、隣の県の選果場の同じ型の通信機。乗っ取られているだけなので **話が通るまで表に出さない**こと", "もう 1 つは X（転記は不可）", "X を教わった。第三者に伝えないこと")
	hold(t, false, "C2 は X。被害の件数は外に出さないこと。", "The implant beacons to X. Do not forward the figures.")
}

func TestAMachineOfAThirdPartyIsHeld(t *testing.T) {
	finder, err := disguise.Compile([]disguise.Term{{Text: "Merrow Institute", Class: disguise.Name, Owner: incident.OfThirdParty}})
	if err != nil {
		t.Fatal(err)
	}
	for text, held := range map[string]bool{
		address + " is the login node of the Merrow Institute (other lab).": true,
		address + " is a mail relay belonging to the Merrow Institute":      true,
		address + " is the C2, says the analysis of the Merrow Institute":   false,
		"The Merrow Institute told us of it, " + address + " is the C2":     false,
		address + " -> a rented VPS; another lab is hit. They are looking.": false,
	} {
		if got := about(t, classify.Propose([]incident.Note{note("n.md", text)}, finder), address); leaves(got) == held {
			t.Errorf("%s\n leaves: %v (%s)", text, leaves(got), got.Reason.Code)
		}
	}
}

func TestAnExportedChatIsSpeech(t *testing.T) {
	chat := func(said ...string) string {
		var out []string
		for i, s := range said {
			out = append(out, fmt.Sprintf(`{"type": "message", "user": "U0%d", "user_profile": {"display_name": "p%d"}, "text": %q}`, i%2, i%2, s))
		}
		return strings.Join(out, "\n")
	}
	hold(t, true, chat("IPs?", "203.0.113.121 and X", "correction: only .121. I misread my own alias. scrap X everywhere please"), chat("whose is X?", "that one is ours, it's the badge reader"))
	hold(t, false, chat("203.0.113.121 and X", "is strace in there relevant? EDR flagged both", "no that's me debugging. legit"))
	spread := func(first, second string) string {
		return "[\n    {\n        \"user\": \"U1\",\n        \"text\": \"" + first + "\",\n        \"user_profile\": {\n            \"real_name\": \"Ines\"\n        }\n    },\n" +
			"    {\n        \"user\": \"U2\",\n        \"text\": \"" + second + "\"\n    }\n]\n"
	}
	hold(t, true, spread("whose is X?", "that one is ours, it's the badge reader"), spread("whose is X?", `that one is ours, it's the "badge reader"`))
	hold(t, false, spread("whose is X?", "the attacker's, it's where the beacon goes"))
}

// TestWaysOfSayingWhose reads testdata/whose.tsv.
func TestWaysOfSayingWhose(t *testing.T) {
	forms, err := os.ReadFile("testdata/whose.tsv")
	if err != nil {
		t.Fatal(err)
	}
	values := [][2]string{
		{"X", address}, {"{D}", "cdn-metrics.top"}, {"{F}", "svcmon.exe"}, {"{H}", "8f14e45fceea167a5a36dedd4bea2543b1d5a6a7c8d9e0f1a2b3c4d5e6f70819"},
		{"{E}", "desk.office@mailbox-eu.example.net"}, {"{U}", "https://cdn-metrics.top/a/b.js"},
	}
	for line := range strings.Lines(string(forms)) {
		want, text, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !ok {
			continue
		}
		value, last := "", -1
		for _, v := range values {
			if at := strings.LastIndex(text, v[0]); at > last {
				value, last = v[1], at
			}
		}
		for _, v := range values {
			text = strings.ReplaceAll(text, v[0], v[1])
		}
		got := about(t, propose(t, "n.md", strings.NewReplacer(`\n`, "\n", `\t`, "\t").Replace(text)), value)
		if leaves(got) == (want == "hold") {
			t.Errorf("%s\n leaves: %v (%s, %v)", text, leaves(got), got.Reason.Code, got.Marks.Names())
		}
	}
}
