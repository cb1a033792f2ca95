package disguise

import "testing"

func organisation(owner Owner, class Class, texts ...string) []Term {
	var list []Term
	for _, s := range texts {
		list = append(list, Term{s, class, owner})
	}
	return list
}

func join(lists ...[]Term) []Term {
	var all []Term
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

// Three invented organisations with everything a profile may name.
func manufacturer() []Term {
	return join(
		organisation("victim", Organisation, "株式会社東雲架空製作所", "東雲架空製作所", "東雲架空", "Shinonome Kaku Manufacturing", "Shinonome Kaku", "SKM"),
		organisation("victim", Kana, "シノノメカクウセイサクショ", "シノノメカクウ"),
		organisation("victim", Domain, "shinonome-kaku.example", "skm-group.example"),
		organisation("victim", Network, "192.0.2.0/24", "10.20.0.0/16", "2001:db8:51:1::/64"),
		organisation("victim", HostPrefix, "SKM-", "SUWA-"),
		organisation("victim", Person, "高梨亮介", "髙梨 亮介", "Ryosuke Takanashi", "三枝みどり", "r.takanashi", "m.saegusa"),
		organisation("victim", Name, "諏訪工場", "AxisMate"),
		organisation("victim", Number, "1,250"),
		organisation("third-party", Organisation, "有限会社まほろば架空商会", "まほろば架空商会", "Mahoroba Kaku"),
		organisation("third-party", Domain, "mahoroba-kaku.example"),
	)
}

func hospital() []Term {
	return join(
		organisation("victim", Organisation, "医療法人架空会 青葉架空総合病院", "青葉架空総合病院", "青葉架空病院", "Aoba Kaku General Hospital", "AKGH"),
		organisation("victim", Kana, "アオバカクウソウゴウビョウイン"),
		organisation("victim", Domain, "aoba-kaku-hp.example"),
		organisation("victim", Network, "192.0.2.0/24", "172.16.0.0/16"),
		organisation("victim", HostPrefix, "AKGH-", "emr-"),
		organisation("victim", Person, "真壁 俊", "真壁俊", "makabe"),
		organisation("victim", Name, "ユリノキ架空カルテ"),
		organisation("victim", Number, "412", "8 万"),
		organisation("third-party", Organisation, "ひなた架空給食サービス株式会社", "ひなた架空給食"),
		organisation("third-party", Domain, "hinata-kaku-meal.example"),
	)
}

func retailer() []Term {
	return join(
		organisation("victim", Organisation, "株式会社ハレノヒ架空商店", "ハレノヒ架空商店", "ハレノヒ架空", "Harenohi Kaku Store", "Harenohi"),
		organisation("victim", Kana, "ハレノヒカクウショウテン"),
		organisation("victim", Domain, "harenohi-kaku.example", "shop.harenohi-kaku.example"),
		organisation("victim", Network, "192.0.2.0/24"),
		organisation("victim", HostPrefix, "hrnh-"),
		organisation("victim", Person, "小田切 さくら", "小田切さくら", "odagiri"),
		organisation("victim", Name, "ハレポイント"),
		organisation("victim", Number, "1,874"),
		organisation("third-party", Organisation, "ミナモ架空ホスティング株式会社", "ミナモ架空ホスティング"),
		organisation("third-party", Domain, "minamo-kaku.example"),
	)
}

func finder(t testing.TB, terms []Term) *Finder {
	t.Helper()
	f, advice := Compile(terms)
	for _, a := range advice {
		t.Fatalf("advice %s for %q", a.Code, a.Term.Text)
	}
	return f
}
