package deadline

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/phrase"
)

func TestTablesAreSound(t *testing.T) {
	for _, err := range tables().faults {
		t.Error(err)
	}
	for name, columns := range map[string]int{"sources": 5, "regimes": 6, "names": 4, "holidays": 4} {
		data, _ := files.ReadFile("data/" + name + ".tsv")
		lines := 0
		for line := range strings.Lines(string(data)) {
			if !strings.HasPrefix(line, "#") {
				lines++
			}
		}
		if len(rows(name, columns)) != lines {
			t.Errorf("%s: a line has not %d columns", name, columns)
		}
	}
	for _, name := range ruleFiles {
		if data, _ := files.ReadFile("data/" + name + ".yaml"); !strings.HasPrefix(string(data), "# ") || !strings.Contains(string(data[:300]), "2026-11-22") {
			t.Errorf("%s does not begin with its source and date", name)
		}
	}
}

func TestEveryRegimeHasRulesAndEveryRuleItsParts(t *testing.T) {
	count := map[Regime]int{}
	seen := map[RuleID]bool{}
	for _, r := range Rules() {
		count[r.Regime]++
		if seen[r.ID] || string(r.ID) != string(r.Regime)+"."+r.Stage {
			t.Errorf("%s stands twice or has a wrong stage, %q", r.ID, r.Stage)
		}
		seen[r.ID] = true
		if _, err := time.LoadLocation(r.Zone); err != nil || r.Zone == "" || !slices.Contains(calendars(), r.Calendar) {
			t.Errorf("%s: zone %q, calendar %q", r.ID, r.Zone, r.Calendar)
		}
		for _, key := range r.Sources {
			if _, ok := SourceOf(key); !ok {
				t.Errorf("%s: no source %s", r.ID, key)
			}
		}
		if !r.Verify || len(r.Law) == 0 {
			t.Errorf("%s claims that somebody read the primary text, or cites none", r.ID)
		}
		if r.Confidence == "found" && slices.Equal(r.Sources, []string{"memory"}) {
			t.Errorf("%s is found nowhere", r.ID)
		}
		for _, e := range starts(r) {
			if _, report := e.submission(); !report && !slices.Contains(Events(), e) {
				t.Errorf("%s: no event %s", r.ID, e)
			}
		}
		for _, name := range asked(r) {
			if !slices.Contains(Traits(), name) {
				t.Errorf("%s: no trait %s", r.ID, name)
			}
		}
	}
	for _, b := range Regimes() {
		if count[b.Regime] == 0 {
			t.Errorf("%s has no rule", b.Regime)
		}
	}
}

func TestEverySourceAndNameIsUsed(t *testing.T) {
	var sources []string
	var names []string
	for _, r := range Rules() {
		sources = append(sources, r.Sources...)
		for _, e := range starts(r) {
			names = append(names, string(e))
		}
		for _, n := range asked(r) {
			names = append(names, string(n))
		}
	}
	for key := range tables().sources {
		if !slices.Contains(sources, key) && key != "own" {
			t.Errorf("no rule is from %s", key)
		}
	}
	for name := range tables().words {
		if !slices.Contains(names, name) {
			t.Errorf("no rule asks for %s", name)
		}
	}
}

// Everything a clock may say has words in both languages.
func TestEveryPhraseHasWords(t *testing.T) {
	var tokens []string
	for _, s := range []State{NotApplicable, NotStarted, AnchorMissing, ScopeNotDeclared, Running, Due, Overdue, Filed} {
		tokens = append(tokens, s.Token())
	}
	for _, r := range Rules() {
		for _, p := range r.Counting() {
			tokens = append(tokens, p.Token)
		}
	}
	for _, token := range tokens {
		for _, lang := range []phrase.Language{phrase.Japanese, phrase.English} {
			if _, ok := lang.Lookup(token); !ok {
				t.Errorf("%s has no words", token)
			}
		}
	}
}
