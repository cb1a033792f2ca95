package app

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/wakachi/wakachi/internal/deadline"
	"github.com/wakachi/wakachi/internal/report"
)

// Packages report and deadline are of one floor and cannot look each other up: every clock a form
// names is one that runs.
func TestFormsNameClocksThatExist(t *testing.T) {
	var rules []string
	for _, r := range deadline.Rules() {
		rules = append(rules, string(r.ID))
	}
	named := 0
	for _, form := range report.Forms() {
		for _, id := range form.Rules {
			named++
			if !slices.Contains(rules, id) {
				t.Errorf("%s names %s, which is no rule", form.ID, id)
			}
		}
	}
	if named < 20 {
		t.Errorf("only %d rules named", named)
	}
	for _, b := range deadline.Regimes() {
		if forms := report.Suited(report.Record{}, []string{string(b.Regime)}); strings.HasPrefix(string(b.Regime), "jp.") && len(forms) < 4 {
			t.Errorf("%s: %v", b.Regime, forms)
		}
	}
}

// Packages report and stix hold the same names of techniques.
func TestTechniqueNamesAreTheSame(t *testing.T) {
	rows := func(name string) []string {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return slices.DeleteFunc(strings.Split(string(data), "\n"), func(l string) bool { return l == "" || l[0] == '#' })
	}
	if a, b := rows("../report/data/attack.tsv"), rows("../stix/data/attack.tsv"); len(a) < 50 || !slices.Equal(a, b) {
		t.Errorf("%d names in report, %d in stix, or others", len(a), len(b))
	}
}
