package deadline

import (
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/phrase"
)

// A Shown is a clock as programs read it: `wakachi due --json` and the API.
type Shown struct {
	Rule       RuleID    `json:"rule"`
	Regime     Regime    `json:"regime"`
	Stage      string    `json:"stage"`
	State      State     `json:"state"`
	Due        When      `json:"due"` // null without one
	Soft       bool      `json:"soft"`
	To         string    `json:"to"`
	Counting   string    `json:"counting"`
	Source     string    `json:"source"`
	Verify     bool      `json:"verify"`
	Title      string    `json:"title"`
	Task       bool      `json:"task"`
	Voluntary  bool      `json:"voluntary"`
	Proposed   bool      `json:"proposed_only"`
	Latest     When      `json:"latest"`
	Conditions []ShownIf `json:"conditions"`
	Anchor     Event     `json:"anchor"`
	Started    When      `json:"started"`
	Missing    []Event   `json:"missing"`
	Elapsed    *int      `json:"elapsed_hours"` // whole hours; null before it began
	Filed      When      `json:"filed"`
	Late       bool      `json:"late"`
	Warnings   []string  `json:"warnings"`
	From       When      `json:"in_force_from"`
	Until      When      `json:"in_force_until"`
	Form       string    `json:"form"`
	Law        []string  `json:"law"`
	Confidence string    `json:"confidence"`
}

// A ShownIf is a Conditional: "a and not b".
type ShownIf struct {
	If  string `json:"if"`
	Due When   `json:"due"`
}

// Show makes clocks readable in a language. Names of events and traits stay as facts files write them.
func Show(clocks []Clock, lang phrase.Language) []Shown {
	out := []Shown{}
	for _, c := range clocks {
		r := c.Rule
		j := Shown{
			Rule: r.ID, Regime: r.Regime, Stage: r.Stage, State: c.State, Due: c.Due, Soft: r.Soft, To: r.To.In(lang),
			Counting: r.CountingIn(lang), Source: r.SourcesIn(lang), Verify: r.Verify, Title: r.Title.In(lang), Task: r.Task,
			Voluntary: r.Voluntary, Proposed: r.Proposed, Latest: c.Latest, Conditions: []ShownIf{}, Anchor: c.Anchor, Started: c.Started,
			Missing: append([]Event{}, c.Missing...), Filed: c.Filed, Late: c.Late, Warnings: []string{},
			From: r.From, Until: r.Until, Form: r.Form, Law: append([]string{}, r.Law...), Confidence: r.Confidence,
		}
		for _, x := range c.Conditions {
			j.Conditions = append(j.Conditions, ShownIf{strings.Join(x.If, " and "), x.Due})
		}
		for _, w := range c.Warnings {
			j.Warnings = append(j.Warnings, w.In(lang))
		}
		if !c.Started.IsZero() && c.State != Filed && c.State != NotApplicable {
			hours := int(c.Elapsed / time.Hour)
			j.Elapsed = &hours
		}
		out = append(out, j)
	}
	return out
}

// In puts a phrase into words; names of events and traits stay as they are written in the facts.
func (p Phrase) In(lang phrase.Language) string { return lang.Text(p.Token, p.Args...) }

// CountingIn says in words how the rule's time is counted.
func (r Rule) CountingIn(lang phrase.Language) string {
	var parts []string
	for _, p := range r.Counting() {
		parts = append(parts, p.In(lang))
	}
	comma := "、"
	if lang == phrase.English {
		comma = "; "
	}
	return strings.Join(parts, comma)
}

// SourcesIn says where a rule is from: the law as cited, and what was read about it.
func (r Rule) SourcesIn(lang phrase.Language) string {
	parts := append([]string{}, r.Law...)
	for _, key := range r.Sources {
		s, ok := SourceOf(key)
		if !ok {
			parts = append(parts, key)
			continue
		}
		words := key + " " + s.Title.In(lang)
		if s.Address != "-" {
			words += " <" + s.Address + ">"
		}
		parts = append(parts, words)
	}
	return strings.Join(parts, "; ")
}
