package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/profile"
)

func profileCommand(env *Env, v voice) *cobra.Command {
	c := &cobra.Command{
		Use: "profile", Short: v.lang.Text("cli.profile"), Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return fault.New(fault.Usage, "cli.profile.which") },
	}
	initialise := &cobra.Command{
		Use: "init P", Short: v.lang.Text("cli.profile.init"), Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return profileInit(v, args[0]) },
	}
	var asJSON bool
	check := &cobra.Command{
		Use: "check P", Short: v.lang.Text("cli.profile.check"), Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return profileCheck(env, v, args[0], asJSON) },
	}
	check.Flags().BoolVar(&asJSON, "json", false, v.lang.Text("cli.json"))
	c.AddCommand(initialise, check)
	return c
}

// profileInit writes the template. It never replaces a file: a profile is work.
func profileInit(v voice, name string) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fault.New(fault.Conflict, "cli.profile.exists", name)
	}
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "cli.write", name)
	}
	_, err = f.Write(profile.Template())
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "cli.write", name)
	}
	v.say("cli.profile.made", name)
	return nil
}

// profileCheck says what is missing or short. Exit 0 if the profile can be used, also with
// advice; 1 if a term cannot be protected.
func profileCheck(env *Env, v voice, name string, asJSON bool) error {
	f, err := os.Open(name)
	if err != nil {
		return fault.Wrap(err, fault.NotFound, "cli.open", name)
	}
	defer f.Close()
	p, problems, err := profile.Check(name, f)
	if err != nil {
		return err
	}
	if asJSON {
		out := struct {
			Terms    int               `json:"terms"`
			Problems []profile.Problem `json:"problems"`
		}{len(p.Terms()), append([]profile.Problem{}, problems...)}
		if err := json.NewEncoder(env.Out).Encode(out); err != nil {
			return fault.Wrap(err, fault.Unavailable, "cli.output")
		}
	}
	fatal := 0
	for _, pr := range problems {
		if pr.Fatal {
			fatal++
		}
		if !asJSON {
			fmt.Fprintf(env.Out, "%s\t%s\n", pr.Where, v.lang.Text(pr.Code))
		}
	}
	if fatal > 0 {
		return fault.New(fault.Invalid, "cli.profile.unfit", name, fmt.Sprint(fatal))
	}
	v.say("cli.profile.fit", name, fmt.Sprint(len(p.Terms())), fmt.Sprint(len(problems)))
	return nil
}
