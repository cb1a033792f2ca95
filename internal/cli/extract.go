package cli

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/wakachi/wakachi/internal/classify"
	"github.com/wakachi/wakachi/internal/document"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/indicator"
)

func extractCommand(env *Env, v voice) *cobra.Command {
	var asJSON, all bool
	c := &cobra.Command{
		Use: "extract FILE...", Short: v.lang.Text("cli.extract"),
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, files []string) error {
			notes, err := readAll(env, v, files)
			if err != nil {
				return err
			}
			return extract(env, notes, asJSON, all)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, v.lang.Text("cli.json"))
	c.Flags().BoolVar(&all, "all", false, v.lang.Text("cli.extract.all"))
	return c
}

// doubtful is the confidence below which a value is left out unless asked for.
const doubtful = 50

// A found is one line of extract --json. Type and hash are words of STIX.
type found struct {
	Type       indicator.Type `json:"type"`
	Hash       indicator.Hash `json:"hash,omitempty"`
	Value      string         `json:"value"`
	Raw        string         `json:"raw"`
	File       string         `json:"file"`
	Line       int            `json:"line"`
	Column     int            `json:"column"`
	Confidence int            `json:"confidence"`
}

func extract(env *Env, notes []incident.Note, asJSON, all bool) error {
	out := json.NewEncoder(env.Out)
	out.SetEscapeHTML(false)
	for _, n := range notes {
		for line, m := range classify.Matches(n) {
			if m.Confidence < doubtful && !all {
				continue
			}
			f := found{
				typeName(m.Type), m.Hash, m.Value.Value, m.Raw, n.File, line.Number,
				utf8.RuneCountInString(line.Text[:m.Start]) + 1, m.Confidence,
			}
			var err error
			if asJSON {
				err = out.Encode(f)
			} else {
				_, err = fmt.Fprintf(env.Out, "%s\t%s\t%s:%d:%d\n", f.name(), f.Value, f.File, f.Line, f.Column)
			}
			if err != nil {
				return fault.Wrap(err, fault.Unavailable, "cli.output")
			}
		}
	}
	return nil
}

// typeName gives STIX's name of a type: it has no other for a range than for an address.
func typeName(t indicator.Type) indicator.Type {
	switch t {
	case indicator.CIDR4:
		return indicator.IPv4
	case indicator.CIDR6:
		return indicator.IPv6
	}
	return t
}

// name is the type as a person reads it: a digest by its algorithm.
func (f found) name() string {
	if f.Hash != indicator.NoHash && f.Type == indicator.File {
		return string(f.Hash)
	}
	return string(f.Type)
}

// readAll reads documents. What could not be read beside what could is said on standard
// error, so that nobody believes it was looked through.
func readAll(env *Env, v voice, files []string) ([]incident.Note, error) {
	var notes []incident.Note
	for _, name := range files {
		in, err := input(env.In, name)
		if err != nil {
			return nil, err
		}
		defer in.Close()
		got, err := document.Read(name, in, document.Limits{})
		if err != nil {
			return nil, err
		}
		for _, s := range got.Skipped {
			v.say("cli.skipped", s.File, v.lang.Text(s.Err.Code, s.Err.Args...))
		}
		for _, d := range got.Doubts {
			v.say("cli.doubt", d.File, v.lang.Text(d.Err.Code, d.Err.Args...))
		}
		notes = append(notes, got.Notes...)
	}
	return notes, nil
}
