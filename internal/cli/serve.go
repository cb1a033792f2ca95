package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/wakachi/wakachi/internal/fault"
)

// DefaultListen is this machine only: nobody else can reach a wakachi nobody has set up.
const DefaultListen = "127.0.0.1:8420"

// DefaultData is the data directory, below the directory one stands in.
const DefaultData = "wakachi-data"

func serveCommand(env *Env, v voice) *cobra.Command {
	var o ServeOptions
	c := &cobra.Command{
		Use: "serve", Short: v.lang.Text("cli.serve"), Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			o.Started = func(address, setup string) {
				v.say("cli.serve.started", "http://"+address)
				if setup != "" {
					v.say("cli.serve.setup", "http://"+address+setup)
				}
				if o.Demo {
					v.say("cli.serve.demo", filepath.Join(o.Data, "demo.json"))
				}
				for _, name := range o.Logs {
					if _, err := os.Stat(name); err != nil {
						v.say("cli.serve.logs-missing", name) // it may come later
					}
				}
			}
			if len(o.Logs) == 0 {
				o.Logs = filepath.SplitList(env.Getenv("WAKACHI_LOGS"))
			}
			return env.Serve(c.Context(), o)
		},
	}
	c.Flags().StringVar(&o.Data, "data", DefaultData, v.lang.Text("cli.data"))
	c.Flags().StringVar(&o.Database, "database", "", v.lang.Text("cli.database"))
	c.Flags().StringVar(&o.Listen, "listen", DefaultListen, v.lang.Text("cli.listen"))
	c.Flags().BoolVar(&o.Demo, "demo", false, v.lang.Text("cli.serve.demo-flag"))
	c.Flags().StringArrayVar(&o.Logs, "logs", nil, v.lang.Text("cli.serve.logs-flag"))
	c.Flags().BoolVar(&o.Secure, "behind-tls", false, v.lang.Text("cli.serve.tls-flag"))
	return c
}

func checkCommand(env *Env, v voice) *cobra.Command {
	var data string
	var asJSON bool
	c := &cobra.Command{
		Use: "check", Short: v.lang.Text("cli.check"), Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			found, err := env.Check(c.Context(), data)
			if err != nil {
				return err
			}
			return reportCheck(env, v, found, data, asJSON)
		},
	}
	c.Flags().StringVar(&data, "data", DefaultData, v.lang.Text("cli.data"))
	c.Flags().BoolVar(&asJSON, "json", false, v.lang.Text("cli.json"))
	return c
}

func reportCheck(env *Env, v voice, found Checkup, data string, asJSON bool) error {
	if asJSON {
		if err := json.NewEncoder(env.Out).Encode(found); err != nil {
			return fault.Wrap(err, fault.Unavailable, "cli.output")
		}
	} else {
		for _, f := range found.Faults {
			fmt.Fprintln(env.Out, f)
		}
	}
	if len(found.Faults) > 0 {
		return fault.New(fault.Damaged, "cli.check.damaged", data, strconv.Itoa(len(found.Faults)))
	}
	v.say("cli.check.sound", data, strconv.FormatInt(found.Entries, 10))
	return nil
}
