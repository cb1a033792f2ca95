package report

import (
	"slices"
	"strings"
	"testing"

	"github.com/wakachi/wakachi/internal/phrase"
)

func told(t *testing.T, f Field, l phrase.Language, facts ...Fact) Sentence {
	t.Helper()
	s, _ := teller{Record: recordOn(t, "2026-06-08", facts...), lang: l}.tell(f)
	return s
}

// What was looked at, and why it is told otherwise now, have an English of their own.
func TestEnglishHasItsOwnBasisAndReason(t *testing.T) {
	now := Fact{Field: "leak", Standing: FoundNone, Basis: "通信記録", Changed: "精査したため", BasisEnglish: "the traffic records", ChangedEnglish: "after a closer look"}
	for l, want := range map[phrase.Language][]string{
		phrase.Japanese: {"通信記録を調べた", "精査したため"},
		phrase.English:  {"the traffic records", "after a closer look"},
	} {
		d := Compose(recordOn(t, "2026-06-08", now), Order{Kind: FollowUp, Language: l, Number: 2, Told: []Fact{maybe("leak", "氏名")}, ToldOn: "6/1"})
		for _, part := range want {
			if !strings.Contains(d.Text(), part) {
				t.Errorf("it does not say %q:\n%s", part, d.Text())
			}
		}
		if l == phrase.English && (strings.Contains(d.Text(), "通信") || strings.Contains(d.Text(), "精査")) {
			t.Errorf("Japanese stays:\n%s", d.Text())
		}
	}
}

// A sentence of two facts is no surer than either of them, and says nothing of one that nobody asserts.
func TestTwoFactsAreToldAsSurelyAsTheLesser(t *testing.T) {
	investigated := Fact{Field: "outage_began", Standing: Investigating, Value: "2026-06-01"}
	for _, c := range []struct {
		facts  []Fact
		want   string
		fields []Field
	}{
		{[]Fact{is("began_at", "2026-05-01"), maybe("ended_at", "2026-05-03")}, "攻撃は、2026年5月1日に始まり、2026年5月3日まで続いた可能性があります。", []Field{"began_at", "ended_at"}},
		{[]Fact{is("began_at", "2026-05-01"), is("ended_at", "2026-05-03")}, "攻撃は、2026年5月1日から2026年5月3日までの間に行われていました。", []Field{"began_at", "ended_at"}},
		{[]Fact{is("outage", "予約"), maybe("outage_began", "2026-06-01")}, "2026年6月1日頃から、予約に支障が生じています。", []Field{"outage", "outage_began"}},
		{[]Fact{is("outage", "予約"), maybe("outage_began", "2026-06-01"), is("restored", "予約")}, "2026年6月1日頃から、予約に支障が生じました。", []Field{"outage", "outage_began"}},
		{[]Fact{is("outage", "予約"), investigated}, "現在、予約に支障が生じています。", []Field{"outage"}},
		{[]Fact{is("restored", "予約"), maybe("restored_at", "2026-06-02")}, "予約は、2026年6月2日頃に復旧しました。", []Field{"restored", "restored_at"}},
		{[]Fact{is("noticed_at", "2026-06-02"), maybe("how_noticed", "社員からの連絡")}, "本件は、2026年6月2日に発覚しました。", []Field{"noticed_at"}},
		{[]Fact{is("persons", "10"), maybe("persons_max", "20")}, "対象となる方は、10名です（最大で20名となる可能性があります）。", []Field{"persons", "persons_max"}},
		{[]Fact{maybe("outage", "予約"), is("outage_began", "2026-06-01")}, "予約に支障が生じる可能性があります。", []Field{"outage"}},
	} {
		if s := told(t, c.facts[0].Field, phrase.Japanese, c.facts...); s.Text != c.want || !slices.Equal(s.Facts, c.fields) {
			t.Errorf("%q of %v, want %q of %v", s.Text, s.Facts, c.want, c.fields)
		}
	}
}

// However well those concerned were counted, they only may be concerned while the leak only may have happened.
func TestNobodyIsConcernedForSureByALeakThatIsNot(t *testing.T) {
	for _, c := range []struct {
		leak, fact Fact
		want       string
	}{
		{maybe("leak", "氏名"), is("persons", "1874"), "対象となる可能性のある方は、1,874名です。"},
		{lookingInto("leak"), is("data_items", "氏名"), "対象となる可能性のある個人データの項目は、氏名です。"},
		{maybe("leak", "氏名"), is("whose", "会員の方"), "対象となる可能性があるのは、会員の方です。"},
		{is("leak", "氏名"), is("persons", "1874"), "対象となる方は、1,874名です。"},
	} {
		if s := told(t, c.fact.Field, phrase.Japanese, c.leak, c.fact); s.Text != c.want {
			t.Errorf("%q, want %q", s.Text, c.want)
		}
	}
}

// "Other" is a choice of the form, and names no attack in a sentence.
func TestAnotherAttackIsNotCalledOther(t *testing.T) {
	for _, l := range []phrase.Language{phrase.Japanese, phrase.English} {
		for _, f := range []Fact{is("attack_type", "other"), maybe("attack_type", "other")} {
			if s := told(t, "attack_type", l, f).Text; s == "" || strings.Contains(s, "その他") || strings.Contains(s, "other") {
				t.Errorf("%q", s)
			}
		}
	}
	if s := told(t, "attack_type", phrase.English, is("attack_type", "ddos")).Text; s != "A security incident (DDoS attack) occurred at our organisation." {
		t.Error(s)
	}
}

// A title does not name an attack that nobody has established, nor says its kind twice.
func TestTitles(t *testing.T) {
	for _, c := range []struct {
		l     phrase.Language
		facts []Fact
		want  string
	}{
		{phrase.Japanese, []Fact{maybe("attack_type", "ransomware"), maybe("leak", "氏名")}, "情報漏えいの可能性に関するお知らせ（第1報）"},
		{phrase.Japanese, []Fact{is("attack_type", "insider"), is("leak", "氏名")}, "内部不正による情報漏えいに関するお知らせ（第1報）"},
		{phrase.Japanese, []Fact{is("outage", "予約")}, "システム障害に関するお知らせ（第1報）"},
		{phrase.Japanese, nil, "セキュリティインシデントに関するお知らせ（第1報）"},
		{phrase.English, nil, "Notice of a security incident, report no. 1"},
		{phrase.English, []Fact{is("attack_type", "ddos")}, "Notice of a security incident (DDoS attack), report no. 1"},
	} {
		if d := Compose(recordOn(t, "2026-06-08", c.facts...), Order{Kind: First, Language: c.l}); d.Title != c.want {
			t.Errorf("%q, want %q", d.Title, c.want)
		}
	}
}

// Who helps is told as helping no longer once the investigation has ended, and a text says once that it goes on.
func TestAnInvestigationThatEndedIsOver(t *testing.T) {
	going := recordOn(t, "2026-06-08", is("outside_help", "調査会社"), lookingInto("investigation"))
	if text := Compose(going, Order{Kind: First}).Text(); !strings.Contains(text, "支援を受けて調査を進めています。") || strings.Contains(text, "調査を続けています") {
		t.Error(text)
	}
	ended := going.with(is("investigation", "調査を終えました。"), is("finished", "yes"))
	for _, k := range []Kind{First, FollowUp, Final, Partners} {
		if text := Compose(ended, Order{Kind: k}).Text(); !strings.Contains(text, "支援を受けて調査しました。") || strings.Contains(text, "調査を進めています") {
			t.Errorf("%s:\n%s", k, text)
		}
	}
}

// Nobody is asked not to look at what was looked for and not found.
func TestWhatIsNotPostedIsNotWarnedOf(t *testing.T) {
	const request = "掲載されたとされる情報"
	for fact, want := range map[*Fact]bool{
		{Field: "posted_outside", Standing: Suspected, Value: "当社の名称"}: true,
		{Field: "posted_outside", Standing: Confirmed, Value: "当社の名称"}: true,
		{Field: "posted_outside", Standing: FoundNone, Basis: "監視の記録"}: false,
	} {
		if text := Compose(recordOn(t, "2026-06-08", *fact), Order{Kind: First}).Text(); strings.Contains(text, request) != want {
			t.Errorf("%s:\n%s", fact.Standing, text)
		}
	}
}

// Readers abroad are told in which zone a time is, and those who check a draft see the day of the record.
func TestZonesOfTimes(t *testing.T) {
	r := recordOn(t, "2026-06-08")
	for _, value := range []string{"2026-06-01T20:00:00Z", "2026-06-02T05:00:00"} {
		if got := r.Words(is("noticed_at", value), phrase.English); got != "2 June 2026, 05:00 JST" {
			t.Errorf("%s: %s", value, got)
		}
	}
	r.Deeds = []Deed{{Sort: Contained, At: at(t, "2026-06-02T07:30:00+09:00")}, {Sort: Noticed, At: at(t, "2026-06-02"), Receipt: "R"}}
	o := Order{Kind: First, Course: true}
	for _, c := range Check(Compose(r, o), r, o, Guard{}) {
		if c.Code == "report.concern.unproven" {
			if c.Args[0] != "2026年6月2日" {
				t.Errorf("the deed of 2 June is said to be of %s", c.Args[0])
			}
			return
		}
	}
	t.Error("nothing is said of the deed without proof")
}

// Persons and partners give no receipts: what proves that they were told is a record of one's own.
func TestPersonsGiveNoReceipt(t *testing.T) {
	f := &filler{Record: recordOn(t, "2026-06-08"), words: map[string]string{}}
	for _, s := range []DeedSort{PersonsTold, CustomersTold} {
		if line := f.deedLine(&Deed{Sort: s, At: at(t, "2026-06-03"), Receipt: "差出控え"}); !strings.Contains(line, "記録：差出控え") {
			t.Error(line)
		}
	}
}

// What nobody looked into is denied in many ways, and what was looked into in the words of the tables.
func TestDenialsInManyWords(t *testing.T) {
	for text, topic := range map[string]Field{
		"個人データは確認されませんでした。":     "data_items",
		"個人情報の漏えいは確認されておりません。":  "data_items",
		"お客様の個人情報は含まれていませんでした。": "data_items",
		"サービスへの影響は確認されませんでした。":  "outage",
		"業務への支障はありませんでした。":      "outage",
		"二次被害は確認されませんでした。":      "secondary_damage",
		"漏えいは確認されませんでした。":       "leak",
	} {
		d := Document{Blocks: []Block{{Sort: Paragraph, Sentences: []Sentence{{Text: text}}}}}
		for _, looked := range []bool{false, true} {
			r := recordOn(t, "2026-06-08")
			if looked {
				r = r.with(notFound("leak", "記録"), notFound(topic, "記録"))
			}
			blocked := slices.ContainsFunc(Check(d, r, Order{Kind: First}, Guard{}), func(c Concern) bool { return c.Code == "report.concern.denial" })
			if blocked == looked {
				t.Errorf("%q: looked %v, blocked %v", text, looked, blocked)
			}
		}
	}
}

// The sentences of the tables pass the check that guards them.
func TestWhatWasNotFoundMayBeSaid(t *testing.T) {
	for _, f := range []Field{"leak", "data_items", "outage", "secondary_damage", "posted_outside"} {
		r := recordOn(t, "2026-06-08", notFound(f, "外部との通信の記録"), maybe("trade_partners", "図面"))
		if f == "data_items" {
			r = r.with(maybe("leak", "設計データ"))
		}
		o := Order{Kind: FollowUp}
		for _, c := range Check(Compose(r, o), r, o, Guard{}) {
			if c.Code == "report.concern.denial" {
				t.Errorf("%s: %q", f, c.Text)
			}
		}
	}
}

// What was looked at and is not concerned may be said of personal data too; in somebody's own words it may not.
func TestWhatIsNotConcernedMayBePersonalData(t *testing.T) {
	r := recordOn(t, "2026-06-08", is("leak", "設計データ"), Fact{Field: "not_leaked", Standing: Confirmed, Value: "お客様の個人情報", Basis: "操作の記録"})
	o := Order{Kind: First}
	d := Compose(r, o)
	own, _ := Parse(d.Text()+"\nお客様の個人情報は対象に含まれていません。\n", d)
	for d, want := range map[*Document]bool{&d: false, &own: true} {
		if got := slices.ContainsFunc(Check(*d, r, o, Guard{}), func(c Concern) bool { return c.Code == "report.concern.denial" }); got != want {
			t.Errorf("denial %v, want %v:\n%s", got, want, d.Text())
		}
	}
}

// A final report that leaves something open is said to, since no later one will tell it.
func TestAFinalReportWithGaps(t *testing.T) {
	r := recordOn(t, "2026-06-08", maybe("leak", "氏名"), lookingInto("cause"))
	for k, want := range map[Kind]bool{Final: true, FollowUp: false} {
		o := Order{Kind: k}
		var found []string
		for _, c := range Check(Compose(r, o), r, o, Guard{}) {
			if c.Code == "report.concern.final-gap" {
				found = append(found, c.Args[0])
			}
		}
		if got := slices.Contains(found, "原因") && slices.Contains(found, "対象となる方の人数"); got != want {
			t.Errorf("%s: %q", k, found)
		}
	}
}
