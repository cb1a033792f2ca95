package report

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/phrase"
	"github.com/wakachi/wakachi/internal/tlp"
)

// shown gives what a derived cell says of a record, and what is doubtful in it.
func shown(t testing.TB, derived string, r Record) (string, []Concern) {
	t.Helper()
	f := Fill(Form{ID: "test", Cells: []FormCell{{Key: "k", Derived: derived}}}, "first", r, phrase.Japanese)
	return f.Answers[0].Value, f.Concerns
}

// value parses an indicator of a test.
func value(t testing.TB, typ indicator.Type, s string) indicator.Value {
	t.Helper()
	v, err := indicator.Parse(typ, s)
	if err != nil {
		t.Fatalf("%s %s: %v", typ, s, err)
	}
	return v
}

func TestTheCourseForOffices(t *testing.T) {
	r := recordOn(t, "2026-06-08")
	r.Deeds = []Deed{
		{Sort: Resumed, At: at(t, "2026-06-20"), Receipt: "計画書"},
		{Sort: PoliceTold, At: at(t, "2026-06-04"), With: "所轄警察署", Channel: "来署"},
		{Sort: OtherDeed, Note: "canary", Receipt: "控え"},
		{Sort: AuthorityTold, At: at(t, "2026-06-04T01:00:00Z"), With: "個人情報保護委員会", Receipt: "架-1", Hold: "捜査に支障"},
		{Sort: Noticed, At: at(t, "2026-06-02T14:20:00+09:00")},
		{Sort: Contained, At: at(t, "2026-06-02"), Receipt: "作業記録"},
		{Sort: Stopped, At: at(t, "2026-06-02T05:05:00Z"), Kept: true},
		{Sort: SharedOut, At: at(t, "2026-06-04T09:30:00"), With: "情報共有活動", Kept: true},
	}
	want := strings.Join([]string{
		"2026年6月2日　封じ込め（記録：作業記録）",
		"2026年6月2日14時05分　サービス停止",
		"2026年6月2日14時20分　発覚（裏付け資料の記載なし）",
		"2026年6月4日9時30分　攻撃技術情報の共有：情報共有活動",
		"2026年6月4日　警察への通報・相談：所轄警察署（来署、受付記録なし）",
		"2026年6月4日10時00分　行政機関への報告：個人情報保護委員会（受付：架-1）",
		"2026年6月20日　復旧（記録：計画書、予定）",
		"日時未記入　その他（記録：控え）",
	}, "\n")
	got, concerns := shown(t, "course", r)
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, code := range []string{"held-told", "future"} {
		if there, _ := concerned(concerns, code); !there {
			t.Errorf("no concern %s: %v", code, concerns)
		}
	}
	if got, _ := shown(t, "contacts", r); strings.Count(got, "\n") != 2 || strings.Contains(got, "封じ込め") {
		t.Errorf("contacts:\n%s", got)
	}
}

// The order of deeds does not depend on that in which they were entered, and holds by the clock.
func TestCourseIsInTheOrderOfTime(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 8))
	times := []string{"2026-06-02", "2026-06-02T14:20:00+09:00", "2026-06-02T23:00:00Z", "2026-06-03", "2026-06-03T09:00:00", "2026-06-01"}
	for range 200 {
		r := recordOn(t, "2026-06-08")
		for n := range 12 {
			d := Deed{Sort: DeedSorts()[n], At: at(t, times[rnd.IntN(len(times))])}
			r.Deeds = append(r.Deeds, d)
		}
		f := &filler{Record: r}
		ordered := f.ordered(DeedSorts())
		if len(ordered) != len(r.Deeds) {
			t.Fatalf("%d of %d deeds", len(ordered), len(r.Deeds))
		}
		for n := 1; n < len(ordered); n++ {
			a, b := ordered[n-1].At, ordered[n].At
			if f.begins(a).After(f.ends(b)) || a.Exact && b.Exact && f.begins(a).After(f.begins(b)) {
				t.Fatalf("%s stands before %s", a, b)
			}
		}
		r.Deeds = slices.Clone(r.Deeds)
		rnd.Shuffle(len(r.Deeds), func(i, j int) { r.Deeds[i], r.Deeds[j] = r.Deeds[j], r.Deeds[i] })
		again := (&filler{Record: r}).ordered(DeedSorts())
		if !slices.EqualFunc(ordered, again, func(a, b *Deed) bool { return a.Sort == b.Sort }) {
			t.Fatal("another order of entering is another course")
		}
	}
}

func TestPublicationAndReportsFromDeeds(t *testing.T) {
	r := recordOn(t, "2026-06-08", is("publication_plan", "続報を7月に公表"))
	r.Deeds = []Deed{
		{Sort: MadePublic, At: at(t, "2026-06-07"), Kept: true},
		{Sort: PoliceTold, At: at(t, "2026-06-05"), Receipt: "受付番号1"},
	}
	form, _ := FormOf("ppc")
	answer := func(key string) string {
		for _, a := range Fill(form, "first", r, phrase.Japanese).Answers {
			if a.Key == key {
				return a.Value
			}
		}
		return "no such cell"
	}
	if got := answer("publication"); got != "予定：続報を7月に公表\n2026年6月7日　公表" {
		t.Errorf("publication: %q", got)
	}
	if got := answer("other_reports"); got != "2026年6月5日　警察への通報・相談（受付：受付番号1）" {
		t.Errorf("from the deeds: %q", got)
	}
	r.Facts = append(r.Facts, is("other_reports", "警察に相談済み"))
	if got := answer("other_reports"); got != "警察に相談済み" {
		t.Errorf("somebody said it, and the deeds are told: %q", got)
	}
}

func TestIndicatorsForOffices(t *testing.T) {
	dest := func(typ indicator.Type, s string, role incident.Role) incident.Item {
		return incident.Item{Kind: incident.Destination, Stand: incident.Confirmed, Status: incident.Observed, Value: value(t, typ, s), Role: role}
	}
	c2 := dest(indicator.IPv4, "203.0.113.77", incident.C2)
	c2.Port, c2.FirstSeen, c2.LastSeen = 443, at(t, "2026-05-11"), at(t, "2026-05-18T10:00:00+09:00")
	proposed := dest(indicator.IPv4, "203.0.113.1", incident.C2)
	proposed.Stand = incident.Proposed
	likely := dest(indicator.Domain, "evil.example", incident.Delivery)
	likely.Status = incident.Suspected
	others := dest(indicator.Domain, "partner.example", incident.Origin)
	others.Marks = incident.ThirdParty
	given := func(s string, label tlp.Label, promise bool) incident.Item {
		i := dest(indicator.IPv4, s, incident.C2)
		i.Status, i.Conditions = incident.Received, incident.Conditions{Label: label, Promise: promise}
		return i
	}
	open := dest(indicator.URL, "https://shop.example/Yume-Cart/up.php", incident.Origin)
	weakness := incident.Item{Kind: incident.Vulnerability, Stand: incident.Confirmed, Marks: incident.Unpatched, Held: []string{"yume-cart", " "}}
	hash := incident.Item{Kind: incident.Malware, Stand: incident.Confirmed, Value: value(t, indicator.File, strings.Repeat("ab", 32))}
	r := recordOn(t, "2026-06-08")
	r.Items = []incident.Item{
		hash, c2, c2, proposed, likely, others, open, weakness,
		given("203.0.113.2", tlp.Green, false), given("203.0.113.3", tlp.Green, true), given("203.0.113.4", tlp.Amber, false), given("203.0.113.5", tlp.Unknown, false),
		dest(indicator.IPv4, "192.0.2.9", incident.Own), dest(indicator.Domain, "good.example", incident.Benign),
		dest(indicator.URL, "http://mizuki.example/chat/VICTIM-1?id=VICTIM", incident.Negotiation),
		dest(indicator.IPv4, "203.0.113.9", incident.Stepping),
	}
	want := strings.Join([]string{
		"IPv4 アドレス：203[.]0[.]113[.]2（C2サーバ、他の組織からの情報）",
		"IPv4 アドレス：203[.]0[.]113[.]77:443（C2サーバ、2026年5月11日～2026年5月18日10時00分）",
		"IPv4 アドレス：203[.]0[.]113[.]9（踏み台とみられる第三者の機器）",
		"ドメイン名：evil[.]example（配布元、可能性あり）",
		"URL：hxxp://mizuki[.]example/（交渉・暴露に使用）",
		"SHA-256：" + strings.Repeat("ab", 32),
	}, "\n")
	got, concerns := shown(t, "indicators", r)
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for code, n := range map[string]string{"report.concern.received": "4", "report.concern.unpatched-left-out": "1"} {
		if !slices.ContainsFunc(concerns, func(c Concern) bool { return c.Code == code && c.Args[0] == n }) {
			t.Errorf("%s is not %s: %v", code, n, concerns)
		}
	}
}

func TestTechniquesAndVulnerabilitiesForOffices(t *testing.T) {
	method := func(id string, s incident.Status) incident.Item {
		return incident.Item{Kind: incident.Method, Stand: incident.Confirmed, Status: s, Technique: id}
	}
	weak := func(id string, marks incident.Marks, held ...string) incident.Item {
		i := incident.Item{Kind: incident.Vulnerability, Stand: incident.Confirmed, Status: incident.Observed, Marks: marks, Held: held}
		if id != "" {
			i.Value = value(t, indicator.CVE, id)
		}
		return i
	}
	r := recordOn(t, "2026-06-08")
	r.Items = []incident.Item{
		method("T1566.001", incident.Observed), method("T1059.001", incident.Suspected), method("T1059.001", incident.Suspected),
		method("T1698", incident.Observed), method("秘密の手口", incident.Observed),
		weak("CVE-2024-21762", 0), weak("CVE-2024-21762", 0), weak("CVE-2026-1234", incident.Unpatched),
		weak("", incident.Unpatched, "yume-cart"), weak("", incident.Unpatched), weak("CVE-2026-9999", incident.Unpatched, "cve-2026-9999"), weak("", 0),
	}
	given, givenWeak := method("T1190", incident.Received), weak("CVE-2025-1111", 0)
	given.Conditions, givenWeak.Status = incident.Conditions{Label: tlp.Red}, incident.Received
	code := method("", incident.Observed)
	code.Value = value(t, indicator.Technique, "T1698")
	tool := incident.Item{Kind: incident.Malware, Stand: incident.Confirmed, Value: code.Value}
	r.Items = append(r.Items, given, givenWeak, code, tool)
	if got, _ := shown(t, "techniques", r); got != "T1059.001 PowerShell（可能性あり）\nT1566.001 Spearphishing Attachment\nT1698" {
		t.Errorf("techniques:\n%s", got)
	}
	if got, _ := shown(t, "vulnerabilities", r); got != "CVE-2024-21762\nCVE-2026-1234（修正版なし、調整中）\n未修正の脆弱性（調整中）" {
		t.Errorf("vulnerabilities:\n%s", got)
	}
}

func TestDurations(t *testing.T) {
	for _, c := range []struct {
		from, to Fact
		want     string
	}{
		{is("began_at", "2026-05-01T10:00:00+09:00"), is("ended_at", "2026-05-01T13:20:00+09:00"), "3時間20分"},
		{is("began_at", "2026-05-01"), maybe("ended_at", "2026-05-04T12:00:00+09:00"), "約4日（推定）"},
		{is("began_at", "2026-05-02"), is("ended_at", "2026-05-01"), ""},
		{lookingInto("began_at"), is("ended_at", "2026-05-01"), ""},
		{Fact{}, Fact{}, ""},
	} {
		if got, _ := shown(t, "duration", recordOn(t, "2026-06-08", c.from, c.to)); got != c.want {
			t.Errorf("%s to %s: %q, want %q", c.from.Value, c.to.Value, got, c.want)
		}
	}
}

// canaried is a record whose items hold, in each string that must not leave, a word that nothing else has.
func canaried(t testing.TB) Record {
	r := recordOn(t, "2026-06-08")
	for n, kind := range incident.Kinds() {
		for _, marks := range []incident.Marks{0, incident.Unpatched, incident.ThirdParty, incident.SomeonesOwn, incident.Lure} {
			i := incident.Item{
				ID: "canary-id", Into: "canary-into", Kind: kind, Stand: incident.Confirmed, Marks: marks, Text: "canary-text",
				Technique: "canary-technique", Family: "canary-family", Subject: "canary-subject", Held: []string{"canary-held"},
				Sources: []incident.Source{{File: "canary-file", Line: 1, Column: 1}},
				Reason:  incident.Reason{Code: "canary-reason", Point: "canary-point"},
			}
			i.Value = value(t, indicator.IPv4, "203.0.113."+strconv.Itoa(n+1))
			bare := i
			bare.Value = indicator.Value{}
			r.Items = append(r.Items, i, bare)
		}
	}
	for _, s := range DeedSorts() {
		r.Deeds = append(r.Deeds, Deed{ID: "canary-id", Sort: s, At: at(t, "2026-06-01"), Note: "canary-note", By: "canary-by", Hold: "held"})
	}
	for _, q := range Questions() {
		r.Facts = append(r.Facts, Fact{Field: q.Field, Standing: Investigating, Rests: []incident.ItemID{"canary-rests"}, Changed: "canary-changed", By: "canary-by"})
	}
	return r
}

// Nothing of an item but its typed values is in any form, nor in what is said about it.
func TestNoWordOfAnItemIsInAForm(t *testing.T) {
	r := canaried(t)
	for _, form := range Forms() {
		for _, stage := range Stages() {
			for _, l := range []phrase.Language{phrase.Japanese, phrase.English} {
				f := Fill(form, stage, r, l)
				if all := read(f, l); strings.Contains(all, "canary") {
					t.Fatalf("%s: what is for inside is in it:\n%s", form.ID, all)
				}
			}
		}
	}
}

// A fact that would show an unpatched vulnerability may go to those who coordinate, and to nobody else.
func TestAnUnpatchedVulnerabilityIsForItsCoordinator(t *testing.T) {
	r := recordOn(t, "2026-06-08", is("overview", "YUME-cart の弱点を悪用されました。"))
	r.Items = []incident.Item{{Kind: incident.Vulnerability, Stand: incident.Confirmed, Marks: incident.Unpatched, Held: []string{"yume-cart"}}}
	for _, form := range Forms() {
		there, blocks := concerned(Fill(form, "first", r, phrase.Japanese).Concerns, "unpatched")
		if coordinator := form.ID == "jpcert" || form.ID == "ipa"; !there || blocks == coordinator {
			t.Errorf("%s: there %v, blocks %v", form.ID, there, blocks)
		}
	}
}

// A word that must not be told is found wherever the text in lower case holds it, and nowhere else.
func TestWithheldWords(t *testing.T) {
	rnd := rand.New(rand.NewPCG(11, 12))
	letters := []string{"k", "K", "\u212a", "i", "I", "\u0130", "a", "-", "脆", "弱", "Å"}
	word := func(n int) string {
		var out strings.Builder
		for range n {
			out.WriteString(letters[rnd.IntN(len(letters))])
		}
		return out.String()
	}
	found := 0
	for range 5000 {
		items := []incident.Item{{Marks: incident.Unpatched, Held: []string{word(2), word(3), " "}}, {Held: []string{"a"}}, {Marks: incident.Unpatched, Stand: incident.Dropped, Held: []string{"a"}}}
		text := word(12)
		want := false
		for _, w := range items[0].Held[:2] {
			want = want || strings.Contains(strings.ToLower(text), strings.ToLower(w))
		}
		if got := withheldOf(items).in(text) != ""; got != want {
			t.Fatalf("%q in %q: %v", items[0].Held, text, got)
		}
		if want {
			found++
		}
	}
	if found < 100 || withheldOf(nil).in("a") != "" {
		t.Errorf("%d found", found)
	}
}

// bigRecord is one of 200 deeds and 500 items.
func bigRecord(t testing.TB) Record {
	r := anyRecord(t, rand.New(rand.NewPCG(1, 2)))
	r.Deeds = nil
	for n := range 200 {
		m := at(t, "2026-05-"+strconv.Itoa(10+n%20)+"T10:00:00+09:00")
		m.Exact = n%3 > 0
		r.Deeds = append(r.Deeds, Deed{Sort: DeedSorts()[n%15], At: m, With: "相手", Channel: "電話", Receipt: "受付" + strconv.Itoa(n)})
	}
	r.Items = nil
	for n := range 500 {
		i := incident.Item{Kind: incident.Destination, Stand: incident.Confirmed, Role: incident.C2, Value: value(t, indicator.IPv4, "198.51."+strconv.Itoa(n/250)+"."+strconv.Itoa(n%250))}
		switch n % 10 {
		case 0:
			i = incident.Item{Kind: incident.Method, Stand: incident.Confirmed, Technique: "T10" + strconv.Itoa(50+n%40)}
		case 1:
			i = incident.Item{Kind: incident.Vulnerability, Stand: incident.Confirmed, Marks: incident.Unpatched, Held: []string{"product" + strconv.Itoa(n%100), "parameter" + strconv.Itoa(n%100)}}
		}
		r.Items = append(r.Items, i)
	}
	return r
}

// A cell holds what a spreadsheet's does, and says how much is left out.
func TestACellIsNotEndless(t *testing.T) {
	r := recordOn(t, "2026-06-08")
	for n := range 3000 {
		r.Deeds = append(r.Deeds, Deed{Sort: Noticed, At: at(t, "2026-06-01"), Receipt: "記録" + strconv.Itoa(n)})
	}
	got, concerns := shown(t, "course", r)
	if n := len([]rune(got)); n > 32_767 || n < 20_000 || !strings.Contains(got, "件（一覧を別に添付）") {
		t.Errorf("%d characters, the end %q", n, got[len(got)-60:])
	}
	if there, _ := concerned(concerns, "cut"); !there {
		t.Error("what was left out is not said")
	}
}
