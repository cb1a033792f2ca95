package profile_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/profile"
)

const good = `
organization:
  names: [株式会社東雲架空製作所, SKM]
  kana: [シノノメカクウ]
  size: 従業員 約1,250名
  domains: [shinonome-kaku.example]
  networks: [192.0.2.0/24, "2001:db8:51:1::/64", 198.51.100.7]
  host_prefixes: [SKM-]
  people: [高梨亮介]
third_parties:
  - names: [まほろば架空商会]
    domains: [mahoroba-kaku.example]
`

func TestReadGivesEveryTerm(t *testing.T) {
	p, err := profile.Read("p.yaml", strings.NewReader(good))
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, term := range p.Terms() {
		texts = append(texts, term.Text)
	}
	for _, want := range []string{"株式会社東雲架空製作所", "シノノメカクウ", "1,250", "shinonome-kaku.example", "192.0.2.0/24", "SKM-", "高梨亮介", "まほろば架空商会"} {
		if !slices.Contains(texts, want) {
			t.Errorf("%s is no term: %v", want, texts)
		}
	}
	if got := len(p.Organisation.Prefixes()); got != 3 {
		t.Errorf("%d networks, want 3", got)
	}
}

func TestTheBritishSpellingIsReadToo(t *testing.T) {
	p, err := profile.Read("p.yaml", strings.NewReader(strings.Replace(good, "organization", "organisation", 1)))
	if err != nil || len(p.Organisation.Names) != 2 {
		t.Errorf("%v, %v", p.Organisation.Names, err)
	}
}

func TestAProfileThatProtectsNothingIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ text, code string }{
		"empty":             {"", "profile.empty"},
		"only comments":     {"# nothing\n", "profile.empty"},
		"template":          {string(profile.Template()), "profile.empty"},
		"no name":           {"organization:\n  domains: [a-kaku.example]\n", "profile.no-name"},
		"misspelt key":      {"organization:\n  names: [東雲架空製作所]\n  domain: [a.example]\n", "profile.syntax"},
		"not a mapping":     {"- a\n- b\n", "profile.syntax"},
		"broken":            {"organization: [", "profile.syntax"},
		"network":           {"organization:\n  names: [東雲架空製作所]\n  networks: [10.0.0.0/99]\n", "profile.term"},
		"term of one":       {"organization:\n  names: [東雲架空製作所, 東]\n", "profile.term"},
		"not UTF-8":         {"organization:\n  names: [\x93\x8c\x89_]\n", "profile.encoding"},
		"too large":         {strings.Repeat("#", profile.MaxBytes+1), "profile.too-large"},
		"binary":            {"\x7fELF\x00\x00", "profile.syntax"},
		"deep":              {strings.Repeat("[", 5000), "profile.syntax"},
		"billion of laughs": {"a: &a [x,x]\nb: &b [*a,*a]\norganization: {names: *b}\n", "profile.syntax"},
	} {
		p, err := profile.Read("p.yaml", strings.NewReader(c.text))
		e, ok := errors.AsType[*fault.Error](err)
		if !ok || e.Code != c.code || !p.IsZero() {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
}

func TestErrorsNeverHoldContents(t *testing.T) {
	for _, text := range []string{
		"organization:\n  names: [東雲架空製作所]\n  himitsu: x\n", "organization:\n  names: [東雲架空製作所]\n  networks: [himitsu]\n",
		"organization:\n  names: [himitsu\n",
	} {
		_, err := profile.Read("p.yaml", strings.NewReader(text))
		if err == nil || strings.Contains(err.Error(), "himitsu") || strings.Contains(err.Error(), "東雲") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestCheckSaysWhatIsMissing(t *testing.T) {
	_, problems, err := profile.Check("p.yaml", strings.NewReader("organization:\n  names: [東雲架空製作所]\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, where := range []string{"organization.kana", "organization.domains", "organization.networks", "organization.host_prefixes", "organization.people"} {
		if !slices.Contains(problems, profile.Problem{Where: where, Code: "profile.missing"}) {
			t.Errorf("nothing is said of %s", where)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(good))
	f.Add(profile.Template())
	f.Add([]byte("organization: {names: [\"\\u6771\"]}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := profile.Read("p.yaml", bytes.NewReader(data))
		if err == nil && p.IsZero() {
			t.Error("a profile that identifies nobody was accepted")
		}
		if _, ok := errors.AsType[*fault.Error](err); err != nil && !ok {
			t.Errorf("%v is not a public error", err)
		}
	})
}
