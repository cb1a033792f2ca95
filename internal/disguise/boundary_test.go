package disguise

import (
	"slices"
	"strings"
	"testing"
)

func TestShortNamesNeedBoundaries(t *testing.T) {
	f, _ := Compile([]Term{
		{"SKM", Organisation, ""}, {"高梨亮介", Person, ""}, {"三枝みどり", Person, ""}, {"ueda", Person, ""}, {"honda", Person, ""},
		{"hinata", Person, ""}, {"ミナモ", Organisation, ""},
	})
	for text, want := range map[string]bool{
		"SKM": true, "skm-group": true, "_skm_": true, "SKM01": true, "ask me": false, "skmer": false, "S.K.M": false, "S\u200bKM": true,
		"高梨": true, "高梨さん": true, "元高梨課長": true, "担当高梨": true, "十三枝葉": false, "高梨子町": false, "三 枝": true, "高 梨": true,
		"ueda": true, "uedaya": false, "m.ueda": true, "honda-x": true, "rhonda": true, "rhondas": false,
		"hinata": true, "xhinatax": true, "China tax": false, "chi nata": false, "hi-na-ta": true,
		"みなもと": true, "み、なも": true, "はみ、なもの": false,
	} {
		if got := len(f.Find(text)) > 0; got != want {
			t.Errorf("%q found %v, want %v", text, got, want)
		}
	}
}

func TestTermsThatAreRefused(t *testing.T) {
	for term, code := range map[Term]string{
		{"", Organisation, ""}: "too-short", {"A", Name, ""}: "too-short", {"ab", Organisation, ""}: "too-short", {"東", Person, ""}: "too-short",
		{"ミナ", Name, ""}: "too-short", {"---", Domain, ""}: "too-short", {"日本", Organisation, ""}: "too-common", {"admin", Account, ""}: "too-common",
		{"10.0.0", Network, ""}: "not-a-network", {"0.0.0.0/0", Network, ""}: "not-a-network", {"many", Number, ""}: "not-a-number", {"7", Number, ""}: "too-short",
	} {
		f, advice := Compile([]Term{term})
		if len(advice) != 1 || advice[0].Code != "disguise."+code || advice[0].Term != term {
			t.Errorf("%s %q: advice %v, want %s", term.Class, term.Text, advice, code)
		}
		if f.Contains(strings.Repeat("東A日本 admin 7 10.0.0.1 ", 3)) {
			t.Errorf("%s %q was refused and is found", term.Class, term.Text)
		}
	}
	if _, advice := Compile([]Term{{"東雲架空", Name, "x"}, {"東雲架空", Name, "x"}}); len(advice) != 1 || advice[0].Code != "disguise.duplicate" {
		t.Errorf("duplicate: %v", advice)
	}
}

func TestNoTermsFindNothing(t *testing.T) {
	var zero Finder
	empty, _ := Compile(nil)
	for _, f := range []*Finder{nil, &zero, empty} {
		if f.Contains("東雲 10.20.14.52") || len(f.Find("U0tN 東雲")) > 0 {
			t.Error("found something")
		}
		if _, ok := f.LookAlike("shinonome.example"); ok {
			t.Error("resembles something")
		}
	}
}

func TestHitsPointAtWhatWasFound(t *testing.T) {
	f := finder(t, manufacturer())
	for text, want := range map[string]Hit{
		"見学 東雲・架空製作所 まで":            {Start: 7, End: 31, Spelling: "東雲・架空製作所", Derived: "exact"},
		"id=%E6%9D%B1%E9%9B%B2 end": {Start: 3, End: 21, Spelling: "東雲", Derived: "head", Layers: []string{"percent"}},
		"x U2hpbm9ub21l y":          {Start: 2, End: 14, Spelling: "Shinonome", Derived: "head", Layers: []string{"base64"}},
		"from 10.20.14.52 to":       {Start: 5, End: 16, Spelling: "10.20.14.52", Derived: "address"},
		"user emononihs":            {Start: 5, End: 14, Spelling: "emononihs", Derived: "head", Layers: []string{"reversed"}},
		"約１，２５０名":                   {Start: 3, End: 18, Spelling: "１，２５０", Derived: "number"},
	} {
		hits := f.Find(text)
		if len(hits) == 0 {
			t.Errorf("nothing in %q", text)
			continue
		}
		h := hits[0]
		if h.Start != want.Start || h.End != want.End || h.Spelling != want.Spelling || h.Derived != want.Derived || !slices.Equal(h.Layers, want.Layers) {
			t.Errorf("%q: %+v", text, h)
		}
	}
}

func TestLongTextIsReadAcrossChunks(t *testing.T) {
	f := finder(t, manufacturer())
	for _, filler := range []string{"あ", "a", "。", " ", "漢"} {
		for shift := -40; shift < 40; shift += 3 {
			text := strings.Repeat(filler, (chunkSize+shift)/len(filler)) + "株式会社東雲架空製作所"
			if !f.Contains(text + strings.Repeat(filler, 100)) {
				t.Fatalf("lost between chunks behind %d of %q", len(text), filler)
			}
		}
	}
}
