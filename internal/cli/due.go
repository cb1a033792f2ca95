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
		err = out.Encode(deadline.Show(clocks, v.lang))
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
			line("due.warning", w.In(lang))
		}
		return
	}
	line("due.to", r.To.In(lang))
	line("due.counting", r.CountingIn(lang))
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
		line("due.warning", w.In(lang))
	}
	line("due.source", r.SourcesIn(lang))
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
