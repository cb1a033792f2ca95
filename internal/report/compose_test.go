package report

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/phrase"
)

func TestAFirstReportTellsWhatIsKnownAsSurelyAsItIsKnown(t *testing.T) {
	d := Compose(shop(t), Order{Kind: First, Course: true})
	for _, want := range []string{
		"不正アクセスによる情報漏えいの可能性に関するお知らせ（第1報）",
		"本件は、2026年6月2日14時20分、クレジットカード会社からの連絡により発覚しました。",
		"お客様のクレジットカード情報が外部に漏えいした可能性があります。",
		"対象となる可能性のある方は、1,874名です。",
		"侵入経路（調査中です）", "原因（未確認です）",
		"外部の専門組織に支援を依頼", "警察に相談",
		"次のお知らせは、2026年6月15日を予定しています。",
	} {
		if !slices.Contains(lines(d), want) {
			t.Errorf("it does not say %q:\n%s", want, d.Text())
		}
	}
	for _, secret := range []string{"ミナモ", "所轄", "M-77", "山田", "直通"} {
		if strings.Contains(d.Text(), secret) {
			t.Errorf("a name for inside is in it: %q", secret)
		}
	}
	if d.Label == "" || d.From != "株式会社ハレノヒ架空商店" || d.Date != "2026年6月8日" {
		t.Errorf("head: %q %q %q", d.Label, d.From, d.Date)
	}
}

// Where nobody looked nothing is denied, and the title claims nothing.
func TestNobodyLookedIsNoDenial(t *testing.T) {
	r := recordOn(t, "2026-06-08", is("overview", "障害が発生しました。"))
	for _, k := range Kinds() {
		for _, l := range []phrase.Language{phrase.Japanese, phrase.English} {
			d := Compose(r, Order{Kind: k, Language: l, Course: true})
			for _, s := range lines(d) {
				for _, x := range lints() {
					if x.denial && x.words.MatchString(s) {
						t.Errorf("%s: %q denies what nobody looked into", k, s)
					}
				}
			}
		}
	}
}

func TestWordingFollowsStanding(t *testing.T) {
	for _, c := range []struct {
		fact Fact
		want string // empty: nothing is said
	}{
		{is("leak", "氏名"), "氏名が外部に漏えいしたことを確認しました。"},
		{maybe("leak", "氏名"), "氏名が外部に漏えいした可能性があります。"},
		{lookingInto("leak"), "情報の漏えいの有無を調査しています。"},
		{notFound("leak", "外部との通信記録"), "外部との通信記録を調べた結果、情報の漏えいは確認されませんでした。"},
		{notFound("leak", ""), ""},
		{Fact{Field: "leak", Value: "氏名"}, ""},
		{is("leak", ""), ""},
		{is("leak", "氏名").held("捜査に支障"), ""},
		{is("not_leaked", "パスワード"), ""}, // without saying what was looked at
		{is("controls_missing", "多要素認証"), ""},
		{is("persons_max", "2000"), "対象となる可能性のある方は、最大で2,000名です。"},
		{is("no-such-field", "x"), ""},
	} {
		teller := teller{Record: recordOn(t, "2026-06-08", c.fact)}
		field := c.fact.Field
		if field == "persons_max" {
			field = "persons"
		}
		if s, _ := teller.tell(field); s.Text != c.want {
			t.Errorf("%v: %q, want %q", c.fact, s.Text, c.want)
		}
	}
}

// A date known to the day is not given an hour, and an instant is told in the record's zone.
func TestTimesAreToldAsWellAsTheyAreKnown(t *testing.T) {
	for value, want := range map[string]string{
		"2026-06-02": "2026年6月2日", "2026-06-02T09:05:00": "2026年6月2日9時05分", "2026-06-01T20:00:00Z": "2026年6月2日5時00分",
	} {
		r := recordOn(t, "2026-06-08")
		if got := r.Words(is("noticed_at", value), phrase.Japanese); got != want {
			t.Errorf("%s: %s, want %s", value, got, want)
		}
	}
}

func TestTheCourseHoldsWhatIsProven(t *testing.T) {
	r := shop(t)
	r.Deeds = append(r.Deeds,
		Deed{Sort: Contained, At: at(t, "2026-06-02")},                                  // nothing proves it
		Deed{Sort: AuthorityTold, At: at(t, "2026-06-05"), Kept: true, Hold: "捜査に支障"},   // held
		Deed{Sort: Resumed, At: at(t, "2026-06-20"), Receipt: "R"},                      // has not happened
		Deed{Sort: KnownOutside, At: at(t, "2026-06-03"), Receipt: "https://x.example"}, // not ours to tell
		Deed{Sort: OtherDeed, At: at(t, "2026-06-03"), Receipt: "R", Note: "秘"},
	)
	d := Compose(r, Order{Kind: Final})
	var course []string
	for _, b := range d.Blocks {
		if b.Sort == Grid && len(b.Table.Head) == 2 {
			for _, row := range b.Table.Rows {
				course = append(course, row[0].Text+" "+row[1].Text)
			}
		}
	}
	want := []string{"2026年6月2日 本件が発覚", "2026年6月3日 外部の専門組織に支援を依頼", "2026年6月4日 警察に相談"}
	if !slices.Equal(course, want) {
		t.Errorf("%q", course)
	}
	if strings.Contains(Compose(r, Order{Kind: First}).Text(), "警察に相談") {
		t.Error("a minimal first report tells the course")
	}
}

func TestAFollowUpListsWhatChanged(t *testing.T) {
	first := shop(t)
	told := Told(Compose(first, Order{Kind: First}), first)
	later := first.with(is("leak", "お客様のクレジットカード情報"), maybe("persons", "2010").because("決済の再試行を数え直したため"),
		notFound("entry", "サーバの記録"))
	d := Compose(later, Order{Kind: FollowUp, Number: 2, Told: told, ToldOn: "2026年6月8日"})
	text := d.Text()
	for _, want := range []string{
		"2026年6月8日にお知らせした内容について",
		"| 漏えいした（おそれのある）情報 | お客様のクレジットカード情報（可能性あり） | お客様のクレジットカード情報 | 確認できたため |",
		"| 対象となる（可能性のある）方の人数 | 1,874名（未確定） | 2,010名（未確定） | 決済の再試行を数え直したため |",
		"| 侵入経路 | 調査中 | 調べた範囲では確認されませんでした | 調査の結果 |",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not say %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "発覚した日時 |") {
		t.Error("what did not change is in the table")
	}
	if d := Compose(first, Order{Kind: FollowUp, Told: told}); !strings.Contains(d.Text(), "変わった点はありません") {
		t.Error("no change is not said")
	}
}

func TestTurns(t *testing.T) {
	for _, c := range []struct {
		before, now Fact
		want        Turn
	}{
		{Fact{}, is("leak", "x"), Added}, {lookingInto("leak"), maybe("leak", "x"), Added}, {lookingInto("leak"), notFound("leak", "y"), Added},
		{maybe("leak", "x"), is("leak", "x"), Firmer}, {maybe("leak", "x"), is("leak", "z"), Revised}, {is("leak", "x"), maybe("leak", "x"), Weaker},
		{is("leak", "x"), notFound("leak", "y"), Withdrawn}, {is("leak", "x"), Fact{Field: "leak"}, Withdrawn}, {is("leak", "x"), lookingInto("leak"), Withdrawn},
		{notFound("leak", "y"), is("leak", "x"), Withdrawn}, {notFound("leak", "y"), lookingInto("leak"), Withdrawn},
		{is("leak", "x"), is("leak", "x"), ""}, {Fact{}, lookingInto("leak"), ""}, {Fact{}, Fact{}, ""}, {lookingInto("leak"), Fact{Field: "leak"}, ""},
		{notFound("leak", "y"), notFound("leak", "z"), ""},
	} {
		changes := Changes([]Fact{c.before}, []Fact{c.now})
		var got Turn
		if len(changes) > 0 {
			got = changes[0].Turn
		}
		if got != c.want {
			t.Errorf("%s %q → %s %q: %q, want %q", c.before.Standing, c.before.Value, c.now.Standing, c.now.Value, got, c.want)
		}
	}
}

// anyRecord is a record of random facts, each value a canary that names its field.
func anyRecord(t testing.TB, rnd *rand.Rand) Record {
	r := recordOn(t, "2026-06-08")
	for _, q := range Questions() {
		f := Fact{Field: q.Field, Standing: Standings()[rnd.IntN(5)], Value: "値〈" + string(q.Field) + "〉", English: "value <" + string(q.Field) + ">", Basis: "範囲〈" + string(q.Field) + "〉"}
		switch q.Sort {
		case Time:
			f.Value = "2026-05-01"
		case Number:
			f.Value = "12345"
		case Choice:
			f.Value = q.Choices[rnd.IntN(len(q.Choices))]
		case YesNo:
			f.Value = "yes"
		}
		if rnd.IntN(5) == 0 {
			f.Hold = "捜査に支障"
		}
		r.Facts = append(r.Facts, f)
	}
	for _, s := range DeedSorts() {
		r.Deeds = append(r.Deeds, Deed{Sort: s, At: at(t, "2026-05-02"), With: "canary-with", Note: "canary-note", Channel: "canary-channel", Receipt: "canary-receipt"})
	}
	r.Items = []incident.Item{{Stand: incident.Confirmed, Text: "canary-item", Held: []string{"canary-held"}}}
	return r
}

// Nothing but what is open and not held is in any document, in either language; and every sentence of a fact
// says which.
func TestOnlyWhatIsOpenIsInADocument(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		r := anyRecord(t, rnd)
		o := Order{Kind: Kinds()[rnd.IntN(len(Kinds()))], Language: phrase.Language(rnd.IntN(2)), Course: rnd.IntN(2) == 0, Told: anyRecord(t, rnd).Facts}
		d := Compose(r, o)
		all := strings.Join(lines(d), "\n") + d.From
		if strings.Contains(all, "canary") {
			t.Fatalf("%s: what is for inside is in it:\n%s", o.Kind, all)
		}
		for _, q := range Questions() {
			f := r.Fact(q.Field)
			named := strings.Contains(all, "〈"+string(q.Field)+"〉") || strings.Contains(all, "<"+string(q.Field)+">")
			if named && (!q.Open || f.Hold != "") && o.Kind != FollowUp && o.Kind != Final {
				t.Fatalf("%s: %s is not open:\n%s", o.Kind, q.Field, all)
			}
		}
		for _, b := range d.Blocks {
			for _, s := range b.Sentences {
				if strings.ContainsAny(s.Text, "〈<") && len(s.Facts) == 0 && !strings.Contains(s.Text, "self") {
					t.Fatalf("%s: %q does not say what it rests on", o.Kind, s.Text)
				}
				if strings.Contains(s.Text, "{") {
					t.Fatalf("%s: %q has a blank", o.Kind, s.Text)
				}
			}
		}
	}
}

func TestADocumentCanBeEditedAsText(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		r := anyRecord(t, rnd)
		d := Compose(r, Order{Kind: Kinds()[rnd.IntN(len(Kinds()))], Course: true})
		back, ok := Parse(d.Text(), d)
		if !ok || back.Text() != d.Text() {
			t.Fatalf("read back:\n%s\nwant\n%s", back.Text(), d.Text())
		}
		for _, b := range back.Blocks {
			for _, s := range b.Sentences {
				if s.Written {
					t.Fatalf("%q was composed, and is taken for somebody's words", s.Text)
				}
			}
		}
	}
	d := Compose(shop(t), Order{Kind: First})
	edited, _ := Parse(d.Text()+"\nわたしたちは反省しています。\n", d)
	last := edited.Blocks[len(edited.Blocks)-1]
	if !last.Sentences[0].Written || last.Sort != Paragraph {
		t.Errorf("%+v", last)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("# a\n\n- b\n- c\n\n| a | b |\n|---|---|\n| c\\|d | e\\nf |\n\n\\# x\n")
	f.Add("|\n||\n|---|\n|a\n\\\n\\\\\n#\n# \n##  x\n-\n- \n")
	f.Add(strings.Repeat("| a ", 5000))
	f.Fuzz(func(t *testing.T, text string) {
		d, _ := Parse(text, Document{})
		once := d.Text()
		again, _ := Parse(once, Document{})
		if len(once) < maxText && again.Text() != once {
			t.Fatalf("%q, then %q", once, again.Text())
		}
	})
}

func BenchmarkCompose(b *testing.B) {
	r := anyRecord(b, rand.New(rand.NewPCG(1, 2)))
	for b.Loop() {
		for _, k := range Kinds() {
			Compose(r, Order{Kind: k, Course: true})
		}
	}
}

// A promise that has passed is not made again, and a new one is asked for.
func TestAPastPromiseIsNotTold(t *testing.T) {
	r := shop(t)
	o := Order{Kind: First}
	if !strings.Contains(Compose(r, o).Text(), "2026年6月15日を予定しています") {
		t.Error("what is promised is not told")
	}
	r.Now = day(t, "2026-06-16T12:00:00+09:00")
	if strings.Contains(Compose(r, o).Text(), "予定しています") {
		t.Error("a past promise is made again")
	}
	for _, c := range Check(Compose(r, o), r, o, Guard{}) {
		if c.Code == "report.concern.needs" && strings.Contains(strings.Join(c.Args, ""), "次のお知らせ") {
			return
		}
	}
	t.Error("no new promise is asked for")
}
