package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/flow"
	"github.com/wakachi/wakachi/internal/guidance"
	"github.com/wakachi/wakachi/internal/phrase"
)

func flowCommand(env *Env, v voice) *cobra.Command {
	c := &cobra.Command{
		Use: "flow", Short: v.lang.Text("flow.command"), Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return fault.New(fault.Usage, "flow.which") },
	}
	for _, name := range flow.Names() {
		var file string
		var asJSON bool
		walk := &cobra.Command{
			Use: string(name) + " --answers FILE", Short: v.lang.Text(name.Token()), Args: cobra.NoArgs,
			RunE: func(*cobra.Command, []string) error { return walkFlow(env, v, name, file, asJSON) },
		}
		walk.Flags().StringVar(&file, "answers", "", v.lang.Text("flow.command.answers"))
		walk.Flags().BoolVar(&asJSON, "json", false, v.lang.Text("cli.json"))
		c.AddCommand(walk)
	}
	return c
}

// walkFlow says what the answers in a file lead to. Exit 0 also with questions left open:
// what is certain is said, and the rest is listed.
func walkFlow(env *Env, v voice, name flow.Name, file string, asJSON bool) error {
	if file == "" {
		return fault.New(fault.Usage, "flow.needs-answers", string(name))
	}
	f, _ := flow.Of(name)
	in := env.In
	if file != "-" {
		opened, err := os.Open(file)
		if err != nil {
			return fault.Wrap(err, fault.NotFound, "cli.open", file)
		}
		defer opened.Close()
		in = opened
	}
	answers, err := flow.Read(file, in, f)
	if err != nil {
		return err
	}
	r := flow.Walk(f, answers)
	if asJSON {
		err = json.NewEncoder(env.Out).Encode(walkedOf(f, r))
	} else {
		_, err = io.WriteString(env.Out, proseOf(f, r, v.lang))
	}
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "cli.output")
	}
	if !r.Complete() {
		v.say("flow.still-open", tokens(r.Open, v.lang))
	}
	if !r.Settled() {
		v.say("flow.may-add", tokens(r.Possible, v.lang))
	}
	return nil
}

// walked is what a result has as JSON behind the plain list of outcomes or acts.
type walked struct {
	Why      []flow.Reached  `json:"why"`
	Details  []flow.Act      `json:"details,omitempty"` // of each act
	Open     []flow.Question `json:"open"`
	Possible []flow.Outcome  `json:"possible"`
	Flow     flow.Name       `json:"flow"`
	Version  int             `json:"version"`
	Date     string          `json:"date"`
	Verify   bool            `json:"verify"`
}

func walkedOf(f flow.Flow, r flow.Result) any {
	w := walked{
		Why: r.Reached, Open: r.Open, Possible: r.Possible,
		Flow: r.Flow, Version: r.Version, Date: f.Date().Format("2006-01-02"), Verify: f.Verify(),
	}
	if r.Flow == flow.Sharing {
		return struct {
			Outcomes []flow.Outcome `json:"outcomes"` // also when empty
			walked
		}{r.Outcomes(), w}
	}
	for _, o := range r.Outcomes() {
		if a, ok := f.Act(o); ok {
			w.Details = append(w.Details, a)
		}
	}
	return struct {
		Acts []flow.Outcome `json:"acts"` // also when empty
		walked
	}{r.Outcomes(), w}
}

// proseOf writes a result for a reader: each outcome, and under it why and how.
func proseOf(f flow.Flow, r flow.Result, lang phrase.Language) string {
	var out strings.Builder
	if len(r.Reached) == 0 {
		fmt.Fprintln(&out, lang.Text("flow.none"))
	}
	for _, reached := range r.Reached {
		fmt.Fprintln(&out, lang.Text(reached.Outcome.Token()))
		for _, reason := range reached.Reasons {
			under(&out, lang, "flow.because", reasonOf(reason, lang))
		}
		if act, ok := f.Act(reached.Outcome); ok {
			under(&out, lang, "flow.purpose", lang.Text("flow.purpose."+act.Purpose))
			under(&out, lang, "flow.audience", lang.Text("flow.audience."+act.Audience))
			under(&out, lang, "flow.latest", lang.Text("flow.latest."+act.Latest))
			under(&out, lang, "flow.by", lang.Text("flow.by."+act.By))
			var contents []string
			for _, c := range act.Contents {
				contents = append(contents, lang.Text("flow.content."+c))
			}
			under(&out, lang, "flow.contents", strings.Join(contents, separator(lang)))
		}
		under(&out, lang, "flow.cited", strings.Join(citedOf(reached.Cited, lang), separator(lang)))
		if reached.Provisional {
			fmt.Fprintf(&out, "  %s\n", lang.Text("flow.provisional"))
		}
	}
	fmt.Fprintf(&out, "\n%s\n", lang.Text("flow.picture.reading"))
	return out.String()
}

func under(out *strings.Builder, lang phrase.Language, label, words string) {
	fmt.Fprintf(out, "  %s: %s\n", lang.Text(label), words)
}

func reasonOf(r flow.Reason, lang phrase.Language) string {
	var parts []string
	for _, a := range r.Answers {
		parts = append(parts, lang.Text(a.Question.Token())+" → "+lang.Text(a.Question.AnswerToken(a.Answer)))
	}
	return strings.Join(parts, lang.Text("flow.and")+" ")
}

func citedOf(refs []string, lang phrase.Language) []string {
	out := make([]string, len(refs))
	for i, ref := range refs {
		out[i] = ref
		if s, ok := guidance.Cite(ref); ok && strings.HasPrefix(ref, "Q") {
			out[i] += " " + s.In(lang)
		}
	}
	return out
}

func tokens[T interface{ Token() string }](list []T, lang phrase.Language) string {
	words := make([]string, len(list))
	for i, t := range list {
		words[i] = lang.Text(t.Token())
	}
	return strings.Join(words, separator(lang))
}

func separator(lang phrase.Language) string {
	if lang == phrase.English {
		return "; "
	}
	return "、"
}
