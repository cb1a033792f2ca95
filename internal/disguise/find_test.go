package disguise

import "testing"

func TestWhatTheSamplesMustNotShow(t *testing.T) {
	for _, c := range []struct {
		name  string
		terms []Term
		found []string
	}{
		{"manufacturer", manufacturer(), []string{
			"東雲", "Shinonome", "SKM-", "skm-group", "SUWA-", "諏訪", "高梨", "takanashi", "三枝", "saegusa",
			"10.20.14.52", "AxisMate", "まほろば", "mahoroba", "1,250",
			"SKM-PC0412", "SKM_PC", "SKMPC0412", "skm-group\\adm_takanashi", "SUWA-FS01", "C:\\Users\\m.saegusa\\AppData",
			"msaegusa", "rtakanashi", "proxy01.shinonome-kaku.example", "shinonome-kaku[.]example", "example.shinonome-kaku",
			"東雲製作所", "諏訪市", "高梨さん", "三枝宛", "髙梨", "㈱東雲架空製作所", "東雲架空製作所（株）", "しののめかくう", "ｼﾉﾉﾒ",
			"Sinonome Kaku Seisakusyo", "shinonomekakuuseisakusho", "亮介 高梨", "takanashi_r", "ryosuket", "Global\\SKM-mutex",
			"東\u200b雲", "東 雲 架 空", "東\n雲架空製作所", "SKM\u2011PC01", "ＳＫＭ－ＰＣ０１", "axis-mate", "AXIS MATE", "タカナシ", "サエグサ",
			"скм-group.example SHINОNOME", "emononihs", "fuvababzr", "従業員1250名", "１，２５０名", "千二百五十名",
			"ip-10-20-14-52", "10[.]20[.]14[.]52", "１０．２０．１４．５２", "0x0A140E34", "169086516", "52.14.20.10.in-addr.arpa",
			"::ffff:10.20.14.52", "2001:db8:51:1::14", "2001-db8-51-1--14.ipv6-literal.net", "010.020.014.052", "10.20.x.x", "0a140e34",
			"xn--7rv807h.example", "10 [.] 20 [.] 14 [.] 52", "10(dot)20(dot)14(dot)52", "東云架空", "東雲<b>架空</b>",
		}},
		{"hospital", hospital(), []string{
			"青葉架空", "Aoba Kaku", "AKGH", "aoba-kaku", "emr-db01", "真壁", "makabe", "ユリノキ架空", "ひなた", "hinata",
			"172.16.90.14", "412", "8 万人", "８万人", "80,000 人", "八万人", "chat/AKGH-7781", "hinata-srv1", "アオバ", "aoba", "病床数412", "マカベ",
			"医療法人架空会", "真壁俊", "http://mizuki.onion/chat/AKGH-7781", "emr01", "EMR_DB",
		}},
		{"retailer", retailer(), []string{
			"ハレノヒ", "harenohi", "hrnh-", "小田切", "odagiri", "192.0.2.31", "ハレポイント", "ミナモ", "minamo", "1,874",
			"hrnh-web02", "はれのひ", "ﾊﾚﾉﾋ", "1874名", "harepointo", "オダギリ", "https://shop.harenohi-kaku.example/cart",
		}},
	} {
		f := finder(t, c.terms)
		for _, text := range c.found {
			for _, around := range []string{text, "記録: " + text + "、確認", "(" + text + ")", "/p/" + text + "?x=1"} {
				if len(f.Find(around)) == 0 {
					t.Errorf("%s: not found in %q", c.name, around)
				}
			}
		}
	}
}
