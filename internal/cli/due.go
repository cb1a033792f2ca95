package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wakachi/wakachi/internal/deadline"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/phrase"
)

// A dueRequest is how due was put.
type dueRequest struct {
	facts, at   string
	asJSON, all bool
}

func dueCommand(env *Env, v voice) *cobra.Command {
	var r dueRequest
	c := &cobra.Command{
		Use: "due --facts FILE", Short: v.lang.Text("due.command"), Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return due(env, v, r) },
	}
	c.Flags().StringVar(&r.facts, "facts", "", v.lang.Text("due.command.facts"))
	c.Flags().StringVar(&r.at, "at", "", v.lang.Text("due.command.at"))
	c.Flags().BoolVar(&r.all, "all", false, v.lang.Text("due.command.all"))
	c.Flags().BoolVar(&r.asJSON, "json", false, v.lang.Text("cli.json"))
	return c
}

// due says how every clock stands. Exit 0 also when one is overdue: that was said, not done.
func due(env *Env, v voice, r dueRequest) error {
	if r.facts == "" {
		return fault.New(fault.Usage, "due.needs-facts")
	}
	in := env.In
	if r.facts != "-" {
		opened, err := os.Open(r.facts)
		if err != nil {
			return fault.Wrap(err, fault.NotFound, "cli.open", r.facts)
		}
		defer opened.Close()
		in = opened
	}
	facts, err := deadline.Read(r.facts, in)
	if err != nil {
		return err
	}
	now := env.Now()
	zone, _ := time.LoadLocation(facts.Zone)
	if r.at != "" {
		at, ok := deadline.Parse(r.at, zone)
		if !ok {
			return fault.New(fault.Usage, "due.at")
		}
		now = at.Time(zone)
	}
	clocks := []deadline.Clock{}
	for _, c := range deadline.Clocks(facts, now) {
		if r.all || c.Declared {
			clocks = append(clocks, c)
		}
	}
	if r.asJSON {
		out := json.NewEncoder(env.Out)
		out.SetEscapeHTML(false)
		err = out.Encode(dueJSON(clocks, v.lang))
	} else {
		_, err = io.WriteString(env.Out, dueText(clocks, v))
	}
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "cli.output")
	}
	if len(clocks) == 0 {
		v.say("due.none")
	}
	return nil
}

// clockJSON is one clock as JSON.
type clockJSON struct {
	Rule       deadline.RuleID  `json:"rule"`
	Regime     deadline.Regime  `json:"regime"`
	Stage      string           `json:"stage"`
	State      deadline.State   `json:"state"`
	Due        deadline.When    `json:"due"`
	Soft       bool             `json:"soft"`
	To         string           `json:"to"`
	Counting   string           `json:"counting"`
	Source     string           `json:"source"`
	Verify     bool             `json:"verify"`
	Title      string           `json:"title"`
	Task       bool             `json:"task"`
	Voluntary  bool             `json:"voluntary"`
	Proposed   bool             `json:"proposed_only"`
	Latest     deadline.When    `json:"latest"`
	Conditions []conditionJSON  `json:"conditions"`
	Anchor     deadline.Event   `json:"anchor"`
	Started    deadline.When    `json:"started"`
	Missing    []deadline.Event `json:"missing"`
	Elapsed    *int             `json:"elapsed_hours"` // whole hours; null before it began
	Filed      deadline.When    `json:"filed"`
	Late       bool             `json:"late"`
	Warnings   []string         `json:"warnings"`
	From       deadline.When    `json:"in_force_from"`
	Until      deadline.When    `json:"in_force_until"`
	Form       string           `json:"form"`
	Law        []string         `json:"law"`
	Confidence string           `json:"confidence"`
}

type conditionJSON struct {
	If  string        `json:"if"`
	Due deadline.When `json:"due"`
}

func dueJSON(clocks []deadline.Clock, lang phrase.Language) []clockJSON {
	out := []clockJSON{}
	for _, c := range clocks {
		r := c.Rule
		j := clockJSON{
			Rule: r.ID, Regime: r.Regime, Stage: r.Stage, State: c.State, Due: c.Due, Soft: r.Soft, To: r.To.In(lang),
			Counting: countingOf(r, lang), Source: sourcesOf(r, lang), Verify: r.Verify, Title: r.Title.In(lang), Task: r.Task,
			Voluntary: r.Voluntary, Proposed: r.Proposed, Latest: c.Latest, Conditions: []conditionJSON{}, Anchor: c.Anchor, Started: c.Started,
			Missing: append([]deadline.Event{}, c.Missing...), Filed: c.Filed, Late: c.Late, Warnings: []string{},
			From: r.From, Until: r.Until, Form: r.Form, Law: append([]string{}, r.Law...), Confidence: r.Confidence,
		}
		for _, x := range c.Conditions {
			j.Conditions = append(j.Conditions, conditionJSON{strings.Join(x.If, " and "), x.Due})
		}
		for _, w := range c.Warnings {
			j.Warnings = append(j.Warnings, sentence(w, lang))
		}
		if !c.Started.IsZero() && c.State != deadline.Filed && c.State != deadline.NotApplicable {
			hours := int(c.Elapsed / time.Hour)
			j.Elapsed = &hours
		}
		out = append(out, j)
	}
	return out
}

// sentence puts a phrase into words; names of events and traits stay as they are written in
// the facts.
func sentence(p deadline.Phrase, lang phrase.Language) string { return lang.Text(p.Token, p.Args...) }

func countingOf(r deadline.Rule, lang phrase.Language) string {
	var parts []string
	for _, p := range r.Counting() {
		parts = append(parts, sentence(p, lang))
	}
	return strings.Join(parts, separator(lang))
}

// sourcesOf says where a rule is from: the law as cited, and what was read about it.
func sourcesOf(r deadline.Rule, lang phrase.Language) string {
	parts := append([]string{}, r.Law...)
	for _, key := range r.Sources {
		s, ok := deadline.SourceOf(key)
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

// dueText writes clocks for a reader, the nearest first.
func dueText(clocks []deadline.Clock, v voice) string {
	var out strings.Builder
	for _, c := range clocks {
		dueClock(&out, c, v)
	}
	if len(clocks) > 0 {
		fmt.Fprintf(&out, "\n%s\n", v.lang.Text("due.verify"))
	}
	return out.String()
}

func dueClock(out *strings.Builder, c deadline.Clock, v voice) {
	lang, r := v.lang, c.Rule
	head := lang.Text(c.State.Token())
	if !c.Due.IsZero() {
		head = dueWords(c.Due) + "  " + head
	}
	regime := string(r.Regime)
	if b, ok := deadline.RegimeOf(r.Regime); ok {
		regime = b.Title.In(lang)
	}
	fmt.Fprintln(out, strings.Join(v.plain([]string{head, regime + separatorOf(lang) + r.Title.In(lang)}), "  "))
	line := func(label, words string) {
		if words != "" {
			under(out, lang, label, v.plain([]string{words})[0])
		}
	}
	if c.State == deadline.NotApplicable {
		for _, w := range c.Warnings {
			line("due.warning", sentence(w, lang))
		}
		return
	}
	line("due.to", r.To.In(lang))
	line("due.counting", countingOf(r, lang))
	if r.Voluntary {
		line("due.counting", lang.Text("due.voluntary"))
	}
	if !c.Latest.IsZero() {
		line("due.latest", dueWords(c.Latest))
	}
	for _, x := range c.Conditions {
		line("due.condition", conditionOf(x, lang))
	}
	for _, e := range c.Missing {
		words := string(e)
		if known := deadline.Words(words).In(lang); known != words {
			words = known + " (" + words + ")"
		}
		line("due.missing", words)
	}
	if !c.Started.IsZero() && c.State != deadline.Filed {
		line("due.elapsed", lang.Text("due.elapsed.hours", fmt.Sprint(int(c.Elapsed/time.Hour)), deadline.Words(string(c.Anchor)).In(lang)))
	}
	if c.State == deadline.Filed {
		line("due.filed", c.Filed.String())
		if c.Late {
			line("due.filed", lang.Text("due.late"))
		}
	}
	for _, w := range c.Warnings {
		line("due.warning", sentence(w, lang))
	}
	line("due.source", sourcesOf(r, lang))
}

func conditionOf(x deadline.Conditional, lang phrase.Language) string {
	var parts []string
	for _, i := range x.If {
		name, not := strings.CutPrefix(i, "not ")
		token := "due.if"
		if not {
			token = "due.if-not"
		}
		words := deadline.Words(name).In(lang)
		if b, ok := deadline.RegimeOf(deadline.Regime(name)); ok {
			words = b.Title.In(lang)
		}
		parts = append(parts, lang.Text(token, words+" ("+name+")"))
	}
	date := lang.Text("due.no-date")
	if !x.Due.IsZero() {
		date = dueWords(x.Due)
	}
	return strings.Join(parts, separator(lang)) + " → " + date
}

// dueWords writes a time for a reader.
func dueWords(w deadline.When) string {
	if w.IsDate() {
		return w.String()
	}
	return w.Time(nil).Format("2006-01-02 15:04 -07:00")
}

func separatorOf(lang phrase.Language) string {
	if lang == phrase.English {
		return ": "
	}
	return "："
}
