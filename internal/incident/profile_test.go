package incident

import (
	"slices"
	"testing"

	"github.com/wakachi/wakachi/internal/disguise"
)

// told gives terms as "owner class text".
func told(terms []disguise.Term) []string {
	var out []string
	for _, t := range terms {
		out = append(out, string(t.Owner)+" "+string(t.Class)+" "+t.Text)
	}
	return out
}

func TestEveryLineOfAProfileBecomesATerm(t *testing.T) {
	p := Profile{
		Organisation: Identity{
			Names: []string{"諏訪湖医療センター", " SKM "}, Kana: []string{"スワコ"}, Sector: "病院", Size: "病床 412 床、職員 1,030 名",
			Domains: []string{"suwako.example"}, Networks: []string{"10.20.0.0/16"}, HostPrefixes: []string{"SKM-"},
			People: []string{"高梨"}, Terms: []string{"霧ヶ峰", "", "　"},
		},
		ThirdParties: []Identity{{Names: []string{"木曽電算"}, Size: "３２０名"}},
	}
	class := func(c disguise.Class, text string) string { return "victim " + string(c) + " " + text }
	want := []string{
		class(disguise.Organisation, "諏訪湖医療センター"), class(disguise.Organisation, "SKM"), class(disguise.Kana, "スワコ"),
		class(disguise.Domain, "suwako.example"), class(disguise.Network, "10.20.0.0/16"), class(disguise.HostPrefix, "SKM-"),
		class(disguise.Person, "高梨"), class(disguise.Name, "霧ヶ峰"), class(disguise.Number, "412"), class(disguise.Number, "1,030"),
		"third-party " + string(disguise.Organisation) + " 木曽電算", "third-party " + string(disguise.Number) + " ３２０",
	}
	if got := told(p.Terms()); !slices.Equal(got, want) {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
}

func TestAProfileThatIdentifiesNobodyIsZero(t *testing.T) {
	for _, c := range []struct {
		name string
		p    Profile
		want bool
	}{
		{"the zero profile", Profile{}, true},
		{"empty names", Profile{Organisation: Identity{Names: []string{"", " \t"}}}, true},
		{"a sector in words", Profile{Organisation: Identity{Sector: "病院"}}, true},
		{"a partner without a name", Profile{ThirdParties: []Identity{{}}}, true},
		{"a name", Profile{Organisation: Identity{Names: []string{"SKM"}}}, false},
		{"a number of beds", Profile{Organisation: Identity{Size: "412 床"}}, false},
		{"a partner's name", Profile{ThirdParties: []Identity{{Names: []string{"木曽電算"}}}}, false},
	} {
		if got := c.p.IsZero(); got != c.want {
			t.Errorf("%s: zero is %v", c.name, got)
		}
	}
}

func TestNumbersIdentifyFromThreeDigitsOn(t *testing.T) {
	for text, want := range map[string][]string{
		"":                   nil,
		"病院":                 nil,
		"約 50 名、3 拠点":        nil,
		"病床 412 床":           {"412"},
		"職員 1,030 名, 売上 25億": {"1,030"},
		"１，０３０名":             {"１，０３０"},
		"a,,1,,":             nil,
		"2026年, 100":         {"2026", "100"},
	} {
		if got := numbers(text); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestPrefixesAreTheNetworksThatParse(t *testing.T) {
	o := Identity{Networks: []string{"10.20.0.0/16", "203.0.113.9", "2001:db8::/32", "2001:db8::5", "社内 LAN", "10.0.0.0/33", ""}}
	var got []string
	for _, p := range o.Prefixes() {
		got = append(got, p.String())
	}
	if want := []string{"10.20.0.0/16", "203.0.113.9/32", "2001:db8::/32", "2001:db8::5/128"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestAProjectIsKnownWithoutTheWord(t *testing.T) {
	p := Profile{Organisation: Identity{Terms: []string{"Project Fallow", "PROJECT  Heron", "プロジェクト白鷺", "project x", "Projector", "霧ヶ峰"}}}
	got := map[string]bool{}
	for _, term := range p.Terms() {
		got[term.Text] = true
	}
	for text, want := range map[string]bool{"Fallow": true, "Heron": true, "白鷺": true, "x": false, "or": false, "Project Fallow": true, "霧ヶ峰": true} {
		if got[text] != want {
			t.Errorf("%q: %v, want %v", text, got[text], want)
		}
	}
}
