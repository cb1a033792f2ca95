package cli

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/wakachi/wakachi/internal/fault"
)

// BackupOptions say what is copied, and where to.
type BackupOptions struct {
	Data  string // data directory; only read
	File  string // the backup; outside Data
	Force bool   // whether a file that is there gives way
}

// A BackupDone tells of a backup that was made or restored.
type BackupDone struct {
	Made    time.Time `json:"made"`    // when the backup was made
	Program string    `json:"program"` // the version that made it
	Bytes   int64     `json:"bytes"`   // of the file
	Entries int64     `json:"entries"` // of the ledger; -1 if not checked
	Root    string    `json:"root"`    // of the ledger's tree, base64; empty for an empty ledger
	Checked bool      `json:"checked"` // false: an older version's, which only restore can check
}

func backupCommand(env *Env, v voice) *cobra.Command {
	var o BackupOptions
	var asJSON bool
	c := &cobra.Command{
		Use: "backup", Short: v.lang.Text("cli.backup"), Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if o.File == "" {
				return fault.New(fault.Usage, "cli.backup.needs")
			}
			made, err := env.Backup(c.Context(), o)
			if err != nil {
				return err
			}
			if made.Checked {
				v.say("cli.backup.made", o.File, strconv.FormatInt(made.Entries, 10), megabytes(made.Bytes))
			} else {
				v.say("cli.backup.unchecked", o.File, megabytes(made.Bytes))
			}
			v.say("cli.backup.secret", o.File)
			return reportBackup(env, made, asJSON)
		},
	}
	c.Flags().StringVar(&o.Data, "data", DefaultData, v.lang.Text("cli.data"))
	c.Flags().StringVarP(&o.File, "output", "o", "", v.lang.Text("cli.backup.output"))
	c.Flags().BoolVar(&o.Force, "force", false, v.lang.Text("cli.backup.force"))
	c.Flags().BoolVar(&asJSON, "json", false, v.lang.Text("cli.json"))
	return c
}

func restoreCommand(env *Env, v voice) *cobra.Command {
	var data string
	var asJSON bool
	c := &cobra.Command{
		Use: "restore FILE", Short: v.lang.Text("cli.restore"), Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			made, err := env.Restore(c.Context(), args[0], data)
			if err != nil {
				return err
			}
			v.say("cli.restore.done", data, strconv.FormatInt(made.Entries, 10), made.Made.Format(time.RFC3339))
			v.say("cli.restore.once")
			return reportBackup(env, made, asJSON)
		},
	}
	c.Flags().StringVar(&data, "data", DefaultData, v.lang.Text("cli.restore.data"))
	c.Flags().BoolVar(&asJSON, "json", false, v.lang.Text("cli.json"))
	return c
}

func reportBackup(env *Env, made BackupDone, asJSON bool) error {
	if !asJSON {
		return nil
	}
	if err := json.NewEncoder(env.Out).Encode(made); err != nil {
		return fault.Wrap(err, fault.Unavailable, "cli.output")
	}
	return nil
}

// megabytes rounds up: nothing that was written has 0 MB.
func megabytes(n int64) string { return strconv.FormatInt((n+1e6-1)/1e6, 10) }
