package report

import (
	"fmt"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/phrase"
	"testing"
	"time"
)

func TestTry(t *testing.T) {
	z, _ := time.LoadLocation("Asia/Tokyo")
	m := func(s string) (m incident.Moment) { m.UnmarshalText([]byte(s)); return }
	r := Record{Zone: z, Now: time.Date(2026, 6, 8, 3, 0, 0, 0, time.UTC), Facts: []Fact{
		{Field: "organisation", Standing: Confirmed, Value: "株式会社ハレノヒ架空商店"}, {Field: "self", Standing: Confirmed, Value: "当店"},
		{Field: "attack_type", Standing: Confirmed, Value: "unauthorised-access"},
		{Field: "overview", Standing: Confirmed, Value: "当店が運営するオンラインショップの決済画面が第三者により改ざんされ、入力されたクレジットカード情報が外部に送信される状態になっていました。"},
		{Field: "noticed_at", Standing: Confirmed, Value: "2026-06-02T14:20:00+09:00"}, {Field: "how_noticed", Standing: Confirmed, Value: "クレジットカード会社からの連絡"},
		{Field: "began_at", Standing: Suspected, Value: "2026-04-19"}, {Field: "ended_at", Standing: Confirmed, Value: "2026-06-02"},
		{Field: "outage", Standing: Confirmed, Value: "オンラインショップのクレジットカード決済"},
		{Field: "leak", Standing: Suspected, Value: "お客様のクレジットカード情報"}, {Field: "data_items", Standing: Suspected, Value: "カード番号、有効期限、セキュリティコード"},
		{Field: "persons", Standing: Suspected, Value: "1874"}, {Field: "whose", Standing: Suspected, Value: "2026年4月19日から6月2日までにクレジットカードで決済されたお客様"},
		{Field: "not_leaked", Standing: Confirmed, Value: "ハレポイントの残高", Basis: "決済と会員のデータベースの記録"},
		{Field: "secondary_damage", Standing: Suspected, Value: "カードの不正利用"}, {Field: "entry", Standing: Investigating},
		{Field: "containment", Standing: Confirmed, Value: "クレジットカード決済を停止しました。"}, {Field: "outside_help", Standing: Confirmed, Value: "外部の調査会社"},
		{Field: "advice", Standing: Confirmed, Value: "カードのご利用明細に身に覚えのない請求がないか、ご確認ください。\n身に覚えのない請求があったときは、カード会社にご連絡ください。"},
		{Field: "contact_name", Standing: Confirmed, Value: "お客様専用窓口"}, {Field: "contact_phone", Standing: Confirmed, Value: "03-0000-0000"},
		{Field: "next_report", Standing: Confirmed, Value: "2026-06-15"},
	}, Deeds: []Deed{{Sort: Noticed, At: m("2026-06-02T14:20:00+09:00"), Receipt: "カード会社 受付 123"}, {Sort: PoliceTold, At: m("2026-06-04"), With: "諏訪署", Receipt: "担当 山田"}, {Sort: AuthorityTold, At: m("2026-06-05"), With: "個人情報保護委員会", Shown: "個人情報保護委員会", Kept: true}, {Sort: SpecialistAsked, At: m("2026-06-03")}}}
	for _, k := range Kinds() {
		d := Compose(r, Order{Kind: k, Course: true})
		fmt.Printf("=== %s\n%s\n宛先:%s 発:%s %s\n%s\n", k, d.Title, d.To, d.From, d.Date, d.Text())
		p, _ := Parse(d.Text(), d)
		if p.Text() != d.Text() {
			t.Error("round")
		}
	}
	d := Compose(r, Order{Kind: First, Language: phrase.English, Course: true})
	fmt.Println(d.Title, "\n", d.Text())
}

func TestTryCheck(t *testing.T) {
	r := Record{Facts: []Fact{{Field: "leak", Standing: Confirmed, Value: "x"}}}
	d := Compose(r, Order{Kind: First})
	d.Blocks = append(d.Blocks, Block{Sentences: []Sentence{
		{Text: "情報の漏えいは確認されておりません。", Written: true}, {Text: "二次被害は確認されていません。"}, {Text: "パスワード：hunter2x", Written: true},
		{Text: "通信先は 203.0.113.9 です。"}, {Text: "FortiGate のパッチが未適用でした。"}, {Text: "サイトは http://mizukixq4t7kfakeonionaddressforexample23abcdefghijklmnop.onion/ です"},
	}})
	for _, c := range Check(d, r, Order{Kind: First}, Guard{}) {
		fmt.Println(c.Blocks, phrase.Japanese.Text(c.Code, c.Args...), "|", c.Text)
	}
}
