package report

import (
	"slices"
	"strings"
	"testing"

	"github.com/wakachi/wakachi/internal/disguise"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/phrase"
)

// concerned says whether Check has a concern, and whether that blocks.
func concerned(concerns []Concern, code string) (there, blocks bool) {
	for _, c := range concerns {
		if c.Code == "report.concern."+code {
			return true, c.Blocks
		}
	}
	return false, false
}

// written is a document with one more sentence of somebody's own.
func written(d Document, sentence string) Document {
	d, _ = Parse(d.Text()+"\n"+sentence+"\n", d)
	return d
}

func TestASoundFirstReportHasNothingThatBlocks(t *testing.T) {
	o := Order{Kind: First, Course: true}
	for _, c := range Check(Compose(shop(t), o), shop(t), o, Guard{}) {
		if c.Blocks {
			t.Errorf("%s %q %q", c.Code, c.Args, c.Text)
		}
	}
}

func TestWhatShouldNotBePublished(t *testing.T) {
	others, _ := disguise.Compile([]disguise.Term{{Text: "ひなた架空給食サービス", Class: disguise.Organisation, Owner: incident.OfThirdParty}})
	negotiation, _ := indicator.Parse(indicator.URL, "http://mizukixq4t7kfakeonionaddressforexample23abcdefghijklmnop.onion/chat/7781")
	r := shop(t)
	r.Items = []incident.Item{
		{Stand: incident.Confirmed, Marks: incident.Unpatched, Held: []string{"yume-cart", "upload.php"}},
		{Stand: incident.Confirmed, Role: incident.Negotiation, Value: negotiation},
	}
	for _, c := range []struct {
		says, concern string
		blocks        bool // on a public document
	}{
		{"情報の漏えいは確認されておりません。", "denial", true},
		{"現時点で情報漏洩の事実は確認できておりません。", "denial", true},
		{"お客様の情報の流出の事実はありませんが、漏れはないと考えております。", "denial", true},
		{"二次被害は確認されていません。", "denial", true},
		{"業務への影響はありません。", "denial", true},
		{"There is no evidence that data was exfiltrated.", "denial", true},
		{"管理者のパスワード：Winter2026 が使われました。", "credential", true},
		{"公開されている攻撃コードで再現できます。", "exploit", true},
		{"多要素認証を導入していませんでした。", "missing-controls", true},
		{"攻撃者と交渉しています。", "negotiation", true},
		{"掲載先は mizukixq4t7kfakeonionaddressforexample23abcdefghijklmnop.onion です。", "leak-site", true},
		{"リークサイトの URL は次のとおりです。", "leak-site", true},
		{"警察の捜査により被疑者が特定されつつあります。", "tip-off", true},
		{"ファイアウォールの設定は次のとおりです。", "configuration", true},
		{"ひなた架空給食ｻｰﾋﾞｽの端末から侵入されました。", "third-party", true},
		{"Yume-Cart というプラグインが悪用されました。", "unpatched", true},
		{"通信先は 203.0.113.9 でした。", "indicator", false},
		{"対応に努めます。", "written", false},
	} {
		o := Order{Kind: First}
		concerns := Check(written(Compose(r, o), c.says), r, o, Guard{Others: others})
		there, blocks := concerned(concerns, c.concern)
		if !there || blocks != c.blocks {
			t.Errorf("%s: there %v, blocks %v, want %s to block %v; all: %v", c.says, there, blocks, c.concern, c.blocks, concerns)
		}
	}
	for _, fine := range []string{"お客様にはご迷惑をおかけしております。", "調査の結果がまとまり次第、お知らせします。", "漏えいした可能性のある項目を確認しています。"} {
		o := Order{Kind: First}
		for _, c := range Check(written(Compose(r, o), fine), r, o, Guard{Others: others}) {
			if c.Blocks {
				t.Errorf("%s: %s %q", fine, c.Code, c.Text)
			}
		}
	}
}

// What blocks in public is a warning to a partner; what shows an open vulnerability always blocks.
func TestClosedReadersAreWarnedOnly(t *testing.T) {
	r := shop(t)
	o := Order{Kind: Partners}
	d := written(Compose(r, o), "多要素認証を導入していませんでした。")
	if there, blocks := concerned(Check(d, r, o, Guard{}), "missing-controls"); !there || blocks {
		t.Errorf("there %v, blocks %v", there, blocks)
	}
}

// Somebody who looked, and says where, may say that nothing was found.
func TestADenialTakesALook(t *testing.T) {
	o := Order{Kind: First}
	looked := shop(t).with(notFound("leak", "外部との通信記録"))
	d := written(Compose(looked, o), "繰り返しますが、情報の漏えいは確認されておりません。")
	if there, _ := concerned(Check(d, looked, o, Guard{}), "denial"); there {
		t.Error("a look is not taken for one")
	}
	vague := shop(t).with(notFound("leak", " "))
	if there, blocks := concerned(Check(Compose(vague, o), vague, o, Guard{}), "no-basis"); !there || !blocks {
		t.Error("nobody says what was looked at, and it may go out")
	}
}

func TestALaterReportExplainsWhatItTakesBack(t *testing.T) {
	first := shop(t)
	told := Told(Compose(first, Order{Kind: First}), first)
	o := Order{Kind: FollowUp, Number: 2, Told: told, ToldOn: "2026年6月8日"}
	for _, c := range []struct {
		now     Fact
		concern string
	}{
		{notFound("leak", "通信記録"), "withdrawn"}, {maybe("persons", "12"), "revised"}, {maybe("noticed_at", "2026-06-02T14:20:00+09:00"), "weaker"},
	} {
		silent := first.with(c.now)
		if there, blocks := concerned(Check(Compose(silent, o), silent, o, Guard{}), c.concern); !there || !blocks {
			t.Errorf("%s %s is not explained, and may go out", c.now.Field, c.concern)
		}
		explained := first.with(c.now.because("再調査の結果"))
		d := Compose(explained, o)
		if there, _ := concerned(Check(d, explained, o, Guard{}), c.concern); there {
			t.Errorf("%s was explained", c.now.Field)
		}
		without, _ := Parse("短くしました。", d)
		if there, blocks := concerned(Check(without, explained, o, Guard{}), "change-left-out"); !there || !blocks {
			t.Errorf("%s was cut out, and nobody is told", c.now.Field)
		}
	}
}

func TestReadersAreToldWhatIsLeftOut(t *testing.T) {
	r := shop(t).with(maybe("whose", "会員").held("捜査に支障"))
	r.Deeds = append(r.Deeds, Deed{Sort: Contained, At: at(t, "2026-06-02")}, Deed{Sort: AuthorityTold, At: at(t, "2026-06-05"), Kept: true, Hold: "捜査に支障"})
	o := Order{Kind: First, Course: true}
	concerns := Check(Compose(r, o), r, o, Guard{})
	if there, _ := concerned(concerns, "unproven"); !there {
		t.Error("a deed without a receipt is left out in silence")
	}
	held := 0
	for _, c := range concerns {
		if c.Code == "report.concern.held" {
			held++
		}
	}
	if held != 2 {
		t.Errorf("%d held things named, want 2", held)
	}
}

// The tables hold what the code takes them to hold.
func TestTables(t *testing.T) {
	for name, table := range map[string]struct {
		text    string
		columns int
	}{
		"fields": {fieldTable, 9}, "sentences": {sentenceTable, 4}, "deeds": {deedTable, 7}, "outlines": {outlineTable, 3}, "lint": {lintTable, 4}, "needs": {needTable, 3},
	} {
		for line := range strings.Lines(table.text) {
			if line = strings.TrimSuffix(line, "\n"); line != "" && line[0] != '#' && strings.Count(line, "\t") != table.columns-1 {
				t.Errorf("%s: %q", name, line)
			}
		}
	}
	known := func(where string, f Field) {
		if _, ok := QuestionOf(f); !ok {
			t.Errorf("%s names %q", where, f)
		}
	}
	for key := range patterns() {
		fields, standing, _ := strings.Cut(key, "/")
		for f := range strings.SplitSeq(fields, "+") {
			if f = strings.TrimSuffix(f, "?"); f != "past" && f != "other" {
				known("sentences", Field(f))
			}
		}
		if standing != "noun" && standing != "label" && (standing == "" || !slices.Contains(Standings(), Standing(standing))) {
			t.Errorf("%s: no such standing", key)
		}
	}
	for kind, parts := range outlines() {
		if !slices.Contains(Kinds(), kind) {
			t.Errorf("outline of %q", kind)
		}
		for _, p := range parts {
			switch what := p.what; p.block {
			case "tell", "list":
				for _, f := range fieldsOf(strings.ReplaceAll(what, "|", ",")) {
					known("outlines", f)
				}
			case "ask":
				token, fields, some := strings.Cut(what, ",")
				if some {
					for _, f := range fieldsOf(strings.ReplaceAll(fields, "|", ",")) {
						known("outlines", f)
					}
				}
				worded(t, "report.ask."+token)
			case "head":
				worded(t, "report.head."+what)
			case "say":
				worded(t, "report.say."+what)
			}
		}
	}
	for _, k := range Kinds() {
		worded(t, "report.kind."+string(k))
		if len(outlines()[k]) == 0 {
			t.Errorf("%s has no outline", k)
		}
	}
	for _, n := range needs() {
		for _, f := range n.any {
			known("needs", f)
		}
	}
	for _, q := range Questions() {
		worded(t, "report.section."+q.Section)
		for _, c := range q.Choices {
			worded(t, "report.choice."+c)
		}
	}
	for _, s := range DeedSorts() {
		if _, ok := deedWording()[s]; !ok {
			t.Errorf("%s has no words", s)
		}
	}
	for _, x := range lints() {
		worded(t, "report.concern."+x.class)
		if x.topic != "-" {
			known("lint", x.topic)
		}
	}
}

func worded(t *testing.T, token string) {
	t.Helper()
	if _, ok := phrase.Japanese.Lookup(token); !ok {
		t.Errorf("%s has no words", token)
	}
}

// A text in English with Japanese in it is not approved.
func TestAnEnglishTextIsEnglish(t *testing.T) {
	o := Order{Kind: First, Language: phrase.English}
	r := shop(t)
	if there, blocks := concerned(Check(Compose(r, o), r, o, Guard{}), "untranslated"); !there || !blocks {
		t.Errorf("there %v, blocks %v", there, blocks)
	}
	for i := range r.Facts {
		if r.Facts[i].English = "in English"; r.Facts[i].Field == "organisation" {
			r.Facts[i].English = "Harenohi Kaku Store K.K."
		}
	}
	for _, c := range Check(Compose(r, o), r, o, Guard{}) {
		if c.Blocks {
			t.Errorf("%s %q %q", c.Code, c.Args, c.Text)
		}
	}
}

// Facts that cannot all be so are named before a text leaves; which is wrong a person knows, so nothing blocks.
func TestContradictionsAreNamed(t *testing.T) {
	for code, r := range map[string]Record{
		"over-max":       shop(t).with(is("persons_max", "12")),
		"ended-first":    shop(t).with(is("began_at", "2026-06-01"), is("ended_at", "2026-05-01")),
		"restored-first": shop(t).with(is("outage", "予約"), is("outage_began", "2026-06-03"), is("restored_at", "2026-06-01")),
		"future":         shop(t).with(is("noticed_at", "2027-06-01")),
	} {
		o := Order{Kind: First}
		if there, blocks := concerned(Check(Compose(r, o), r, o, Guard{}), code); !there || blocks {
			t.Errorf("%s: there %v, blocks %v", code, there, blocks)
		}
	}
}
