package report

import (
	"encoding/json"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/wakachi/wakachi/internal/phrase"
)

// asking is a form of one cell.
func asking(needed string, facts ...Field) Form {
	return Form{ID: "test", Cells: []FormCell{{Key: "k", Facts: facts, Needed: needed}}}
}

func TestAnswersFollowStanding(t *testing.T) {
	for _, c := range []struct {
		facts []Fact // the first is what is asked; the others are asked with it
		want  string
		stand Standing
	}{
		{[]Fact{is("leak", "氏名")}, "氏名", Confirmed},
		{[]Fact{maybe("leak", "氏名")}, "氏名（漏えいのおそれ）", Suspected},
		{[]Fact{lookingInto("leak")}, "調査中", Investigating},
		{[]Fact{{Field: "leak", Standing: Investigating, Value: "氏名"}}, "調査中（現時点で把握している内容：氏名）", Investigating},
		{[]Fact{notFound("leak", "外部との通信記録")}, "漏えいは確認されなかった（調べた範囲：外部との通信記録）", FoundNone},
		{[]Fact{notFound("leak", "")}, "", NotLooked},
		{[]Fact{notFound("leak", " \n ")}, "", NotLooked},
		{[]Fact{{Field: "leak", Value: "氏名", Basis: "記録"}}, "", NotLooked},
		{[]Fact{{Field: "leak", Standing: "sure", Value: "氏名"}}, "", NotLooked},
		{[]Fact{is("leak", " ")}, "", NotLooked},
		{[]Fact{is("persons", "1874")}, "1,874人", Confirmed},
		{[]Fact{is("persons", "1874"), is("persons_max", "2000")}, "1,874人（最大2,000人）", Confirmed},
		{[]Fact{maybe("persons", "1874"), maybe("persons_max", "2000")}, "1,874人（おそれを含む、最大2,000人の見込み）", Suspected},
		{[]Fact{lookingInto("persons"), maybe("persons_max", "2000")}, "調査中（最大2,000人の見込み）", Investigating},
		{[]Fact{{Field: "persons"}, is("persons_max", "2000")}, "最大2,000人", Confirmed},
		{[]Fact{is("persons", "千人ほど")}, "千人ほど", Confirmed},
		{[]Fact{notFound("persons", "会員の台帳")}, "該当する本人は確認されなかった（調べた範囲：会員の台帳）", FoundNone},
		{[]Fact{is("noticed_at", "2026-06-02T14:20:00+09:00"), is("how_noticed", "社員からの連絡")}, "2026年6月2日14時20分\n発覚の経緯：社員からの連絡", Confirmed},
		{[]Fact{maybe("began_at", "2026-04-19")}, "2026年4月19日頃（推定）", Suspected},
		{[]Fact{notFound("began_at", "残っていたログ")}, "特定に至らなかった（調べた範囲：残っていたログ）", FoundNone},
		{[]Fact{is("began_at", "先月")}, "", NotLooked},
		{[]Fact{is("attack_type", "ransomware")}, "ランサムウェア攻撃", Confirmed},
		{[]Fact{maybe("attack_type", "ddos")}, "DDoS攻撃（疑い）", Suspected},
		{[]Fact{is("attack_type", "no-such-choice")}, "", NotLooked},
		{[]Fact{is("consent_nco", "yes")}, "はい", Confirmed},
		{[]Fact{maybe("finished", "no")}, "いいえ（現時点の見立て）", Suspected},
		{[]Fact{is("finished", "maybe")}, "", NotLooked},
		{[]Fact{is("data_items", "氏名"), maybe("special_care", "no")}, "氏名\n要配慮個人情報を含むか：いいえ（現時点の見立て）", Suspected},
		{[]Fact{is("critical_operator", "yes"), is("service_level", "no")}, "重要インフラ事業者に当たるか：はい\nサービス維持レベルを下回ったか（重要インフラ事業者）：いいえ", Confirmed},
		{[]Fact{is("cause", "一行目。\r\n\n 二行目。")}, "一行目。\n二行目。", Confirmed},
		{[]Fact{{Field: "cause", Standing: Investigating, Value: "一行目。\n二行目。"}}, "調査中。現時点で把握している内容は次のとおり。\n一行目。\n二行目。", Investigating},
		{[]Fact{maybe("secondary_damage", "カードの不正利用")}, "カードの不正利用（おそれ）", Suspected},
		{[]Fact{is("not_leaked", "パスワード")}, "", NotLooked}, // without what was looked at
		{[]Fact{is("no-such-field", "x")}, "", NotLooked},
		{[]Fact{is("leak", "{basis}{0}{1}")}, "{basis}{0}{1}", Confirmed},
	} {
		var fields []Field
		for _, f := range c.facts {
			fields = append(fields, f.Field)
		}
		a := Fill(asking("", fields...), "first", recordOn(t, "2026-06-08", c.facts...), phrase.Japanese).Answers[0]
		if a.Value != c.want || a.Stand != c.stand {
			t.Errorf("%v: %q %q, want %q %q", c.facts, a.Value, a.Stand, c.want, c.stand)
		}
	}
}

// What is needed at the end may still lack at the beginning, and a gap that somebody looks into is no blank.
func TestMissing(t *testing.T) {
	for _, c := range []struct {
		needed, stage string
		fact          Fact
		missing       bool
	}{
		{"first", "first", Fact{}, true}, {"first", "follow-up", Fact{}, true}, {"first", "final", Fact{}, true},
		{"final", "first", Fact{}, false}, {"final", "follow-up", Fact{}, false}, {"final", "final", Fact{}, true},
		{"", "final", Fact{}, false},
		{"first", "first", lookingInto("cause"), false}, {"final", "final", lookingInto("cause"), false},
		{"first", "first", notFound("cause", ""), true}, {"first", "first", notFound("cause", "ログ"), false},
		{"first", "no-such-stage", Fact{}, true}, {"final", "no-such-stage", Fact{}, false},
	} {
		f := Fill(asking(c.needed, "cause"), c.stage, recordOn(t, "2026-06-08", c.fact), phrase.Japanese)
		said, _ := concerned(f.Concerns, "missing")
		if f.Answers[0].Missing != c.missing || said != c.missing {
			t.Errorf("%s at %s, %v: missing %v, said %v", c.needed, c.stage, c.fact, f.Answers[0].Missing, said)
		}
	}
}

// denials are words that deny: they are for what somebody looked into.
var denials = regexp.MustCompile(`(?i)なし|ない|確認されな|いいえ|至らなかった|\bnone\b|\bno\b|\bnot\b`)

// Of whatever record: the form's order is kept, what is missing is what was needed and is not known, nothing
// is denied where nobody looked, and no blank is left in a sentence.
func TestNoRecordBreaksAForm(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	for range 150 {
		r := anyRecord(t, rnd)
		for _, form := range Forms() {
			stage, l := Stages()[rnd.IntN(3)], phrase.Language(rnd.IntN(2))
			f := Fill(form, stage, r, l)
			if len(f.Answers) != len(form.Cells) {
				t.Fatalf("%s: %d answers to %d cells", form.ID, len(f.Answers), len(form.Cells))
			}
			for n, a := range f.Answers {
				checkAnswer(t, r, form.Cells[n], a, stage)
			}
			for _, c := range f.Concerns {
				if w, ok := l.Lookup(c.Code, c.Args...); !ok || strings.Contains(w, "{") {
					t.Fatalf("%s: %s has no words, or a blank: %q", form.ID, c.Code, w)
				}
			}
			if all := strings.Join(lines(f.Document(l)), "\n"); strings.Contains(all, "report.") {
				t.Fatalf("%s: a token without words:\n%s", form.ID, all)
			}
			if !slices.IsSortedFunc(f.Concerns, func(a, b Concern) int {
				return map[bool]int{true: 0, false: 1}[a.Blocks] - map[bool]int{true: 0, false: 1}[b.Blocks]
			}) {
				t.Errorf("%s: what blocks does not stand first", form.ID)
			}
		}
	}
}

func checkAnswer(t *testing.T, r Record, cell FormCell, a Answer, stage string) {
	t.Helper()
	needed := cell.Needed == "first" || cell.Needed == "final" && stage == "final"
	if a.Key != cell.Key || a.Missing != (needed && a.Value == "") {
		t.Fatalf("%s: %+v", cell.Key, a)
	}
	looked := cell.Derived != ""
	for _, f := range cell.Facts {
		s := r.Fact(f).Standing
		looked = looked || s != NotLooked
		if told := slices.Contains(a.Facts, f); told && s == NotLooked {
			t.Fatalf("%s tells %s, into which nobody looked", cell.Key, f)
		}
	}
	if !looked && (a.Value != "" || a.Stand != NotLooked) {
		t.Fatalf("%s: nobody looked, and it says %q", cell.Key, a.Value)
	}
	if looked && len(cell.Facts) > 0 && cell.Derived == "" && a.Value == "" {
		t.Fatalf("%s: somebody said something, and it says nothing", cell.Key)
	}
	if strings.Contains(a.Value, "{") || strings.Contains(a.Value, "report.") {
		t.Fatalf("%s: %q has a blank", cell.Key, a.Value)
	}
}

// An empty record denies nothing, in any form, and neither does one in which everything is being looked into.
func TestNobodyLookedIsNoDenialInForms(t *testing.T) {
	looking := Record{Zone: tokyo}
	for _, q := range Questions() {
		looking.Facts = append(looking.Facts, lookingInto(q.Field))
	}
	for _, r := range []Record{{}, looking} {
		for _, form := range Forms() {
			for _, l := range []phrase.Language{phrase.Japanese, phrase.English} {
				for _, a := range Fill(form, "final", r, l).Answers {
					label := a.Label
					for _, q := range Questions() {
						a.Value = strings.ReplaceAll(a.Value, q.Label.In(l), "")
					}
					if hit := denials.FindString(a.Value); hit != "" {
						t.Errorf("%s %s: %q denies", form.ID, label, a.Value)
					}
				}
			}
		}
	}
}

func TestConcernsOfAFilling(t *testing.T) {
	common, _ := FormOf("common.ransomware")
	for _, c := range []struct {
		name   string
		facts  []Fact
		code   string
		blocks bool
	}{
		{"more persons than at most", []Fact{is("persons", "2001"), is("persons_max", "2000")}, "over-max", false},
		{"an end before the beginning", []Fact{is("began_at", "2026-05-02"), is("ended_at", "2026-05-01")}, "ended-first", false},
		{"restored before it stopped", []Fact{is("outage_began", "2026-05-02T10:00:00+09:00"), is("restored_at", "2026-05-02T00:59:59Z")}, "restored-first", false},
		{"noticed before it began", []Fact{is("began_at", "2026-05-02"), is("noticed_at", "2026-05-01T23:59:00+09:00")}, "noticed-first", false},
		{"a leak of nobody's data", []Fact{is("persons", "0"), is("leak", "氏名")}, "nobody", false},
		{"a plan left", []Fact{is("restored", "予約"), is("restored_at", "2026-05-01"), is("restore_plan", "5月")}, "plan-left", false},
		{"a time to come", []Fact{is("noticed_at", "2026-06-09")}, "future", false},
		{"no leak, and yet items", []Fact{notFound("leak", "ログ"), is("data_items", "氏名")}, "leak-denied", false},
		{"no leak, and yet persons", []Fact{notFound("leak", "ログ"), maybe("persons", "3")}, "leak-denied", false},
		{"no personal data, and yet items", []Fact{is("personal_data", "no"), is("data_items", "氏名")}, "not-personal", false},
		{"nothing found, and nobody says where", []Fact{notFound("leak", "")}, "no-basis", true},
		{"held back", []Fact{is("overview", "障害。").held("捜査に支障")}, "held-told", false},
		{"consent not asked for", nil, "consent", false},
		{"consent only likely", []Fact{maybe("consent_nco", "yes"), is("consent_police", "yes")}, "consent", false},
	} {
		f := Fill(common, "first", recordOn(t, "2026-06-08", c.facts...), phrase.Japanese)
		if _, ok := phrase.English.Lookup("report.concern." + c.code); !ok {
			t.Errorf("%s has no words", c.code)
		}
		if there, blocks := concerned(f.Concerns, c.code); !there || blocks != c.blocks {
			t.Errorf("%s: there %v, blocks %v: %v", c.name, there, blocks, f.Concerns)
		}
	}
	for _, c := range []struct {
		name  string
		facts []Fact
		codes string
	}{
		{"an even number", []Fact{is("persons", "2000"), is("persons_max", "2000")}, "over-max"},
		{"noticed on the day it began", []Fact{is("began_at", "2026-05-02T23:00:00+09:00"), is("noticed_at", "2026-05-02")}, "noticed-first"},
		{"trade secrets only", []Fact{is("persons", "0"), is("leak", "設計図"), is("personal_data", "no")}, "nobody"},
		{"today", []Fact{is("noticed_at", "2026-06-08")}, "future"},
		{"being looked into", []Fact{{Field: "persons", Standing: Investigating, Value: "9"}, is("persons_max", "2")}, "over-max"},
		{"consent given and refused", []Fact{is("consent_nco", "no"), is("consent_police", "yes")}, "consent"},
		{"held, and not asked", []Fact{is("compensation", "x").held("y")}, "held-told"},
	} {
		f := Fill(common, "first", recordOn(t, "2026-06-08", c.facts...), phrase.Japanese)
		if there, _ := concerned(f.Concerns, c.codes); there {
			t.Errorf("%s: %v", c.name, f.Concerns)
		}
	}
}

// What is held may be told to the police; others take a second look. A form is not asked about what it does not ask.
func TestConcernsKnowTheOffice(t *testing.T) {
	r := recordOn(t, "2026-06-08", is("overview", "障害。").held("捜査に支障"), is("persons", "2001"), is("persons_max", "2000"))
	police, _ := FormOf("police")
	if there, _ := concerned(Fill(police, "first", r, phrase.Japanese).Concerns, "held-told"); there {
		t.Error("the police are warned of their own hold")
	}
	jpcert, _ := FormOf("jpcert")
	if there, _ := concerned(Fill(jpcert, "first", r, phrase.Japanese).Concerns, "over-max"); there {
		t.Error("persons are none of JPCERT's questions")
	}
	r.Deeds = []Deed{{Sort: PoliceTold, At: at(t, "2026-06-05"), Receipt: "控え", Hold: "捜査に支障"}}
	r.Facts = nil
	ppc, _ := FormOf("ppc")
	if there, _ := concerned(Fill(ppc, "first", r, phrase.Japanese).Concerns, "held-told"); !there {
		t.Error("a held contact is told among the other reports, and nobody is warned")
	}
	final := Fill(asking("final", "cause"), "final", recordOn(t, "2026-06-08", lookingInto("cause")), phrase.Japanese)
	if there, _ := concerned(final.Concerns, "still-open"); !there {
		t.Error("the last report leaves the cause open, and nobody is told")
	}
	r.Facts = []Fact{is("overview", "障害。")}
	if there, _ := concerned(Fill(police, "first", r, phrase.English).Concerns, "no-english"); !there {
		t.Error("an English form in Japanese, and nobody is told")
	}
}

// Whatever stands in a record, an answer of one line is of one line, and all of it can be written as JSON.
func TestHostileRecords(t *testing.T) {
	hostile := []string{"\x00\xff\xfe", "a\nb\u2028c\rd", "{0}{1}{basis}{", strings.Repeat("長", 20_000), "2026-13-45", "-1", "99999999999999999999999", "<script>", "|---|", "report.concern.x"}
	rnd := rand.New(rand.NewPCG(9, 10))
	for range 6 {
		pick := func() string { return hostile[rnd.IntN(len(hostile))] }
		r := Record{}
		for _, q := range Questions() {
			r.Facts = append(r.Facts, Fact{Field: q.Field, Standing: Standings()[rnd.IntN(5)], Value: pick(), English: pick(), Basis: pick(), Hold: pick()})
		}
		for _, s := range append(DeedSorts(), "no-such-sort") {
			r.Deeds = append(r.Deeds, Deed{Sort: s, With: pick(), Channel: pick(), Receipt: pick(), Hold: pick()})
		}
		for _, form := range Forms() {
			f := Fill(form, "final", r, phrase.Language(rnd.IntN(2)))
			if data, err := json.Marshal(f); err != nil || !json.Valid(data) {
				t.Fatalf("%s: %v", form.ID, err)
			}
			for n, a := range f.Answers {
				cell := form.Cells[n]
				if one := len(cell.Facts) == 1 && cell.Derived == ""; !one || strings.IndexFunc(a.Value, isBreak) < 0 {
					continue
				}
				if q, _ := QuestionOf(cell.Facts[0]); q.Sort != Prose {
					t.Fatalf("%s %s: %q is of several lines", form.ID, a.Key, a.Value)
				}
			}
			f.Document(phrase.Japanese)
		}
	}
}

func TestFillingAsJSON(t *testing.T) {
	form, _ := FormOf("ppc")
	f := Fill(form, "first", recordOn(t, "2026-06-08", is("persons", "1874"), is("organisation", "架空商店")), phrase.Japanese)
	data, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	again, _ := json.Marshal(f)
	if string(again) != string(data) || strings.Contains(string(data), "oncern") {
		t.Error("not stable, or with concerns")
	}
	var back struct {
		Form, Stage, From, Date string
		Answers                 []Answer
	}
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	n := slices.IndexFunc(back.Answers, func(a Answer) bool { return a.Key == "persons" })
	if back.Form != "ppc" || back.Stage != "first" || back.From != "架空商店" || back.Date != "2026年6月8日" || n < 0 || back.Answers[n].Value != "1,874人" {
		t.Errorf("%s", data)
	}
	if empty, _ := json.Marshal(Filling{}); string(empty) != `{"form":"","stage":"","answers":[]}` {
		t.Errorf("an empty filling is %s", empty)
	}
}

func BenchmarkFillAllForms(b *testing.B) {
	r := bigRecord(b)
	forms := Forms()
	for b.Loop() {
		for _, f := range forms {
			Fill(f, "final", r, phrase.Japanese)
		}
	}
}
