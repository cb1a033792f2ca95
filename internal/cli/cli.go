// Package cli is the command line of those who hold an incident.
package cli

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/phrase"
)

// An Env is everything of the world a command may touch.
type Env struct {
	In       io.Reader           // what "-" names as an input
	Out, Err io.Writer           // results, and speech about them
	Getenv   func(string) string // language, WAKACHI_URL, WAKACHI_TOKEN, WAKACHI_LOGS
	Now      func() time.Time    // the time a draft bears
	Random   io.Reader           // ids and pseudonyms; must not repeat
	Version  string              // what --version says

	// Serve runs the server until the context ends. Package app supplies it, and Check,
	// since only it knows the store.
	Serve func(context.Context, ServeOptions) error

	// Check looks through a data directory without changing it. Its error says that it
	// could not look; what it saw amiss stands in the Checkup.
	Check func(context.Context, string) (Checkup, error)

	// Backup writes a data directory into one file, also while a server has it open.
	Backup func(context.Context, BackupOptions) (BackupDone, error)

	// Restore makes a data directory of a backup, where there is none.
	Restore func(ctx context.Context, file, data string) (BackupDone, error)

	// Local opens a data directory that no server has open and gives its API. done closes it.
	Local func(ctx context.Context, data string) (api http.Handler, done func() error, err error)
}

// ServeOptions say where a server keeps what it knows and who can reach it.
type ServeOptions struct {
	Data     string // directory; made if it is not there
	Database string // URL of a PostgreSQL server, refused in this version; empty: a file below Data
	Listen   string // "host:port"; port 0 takes a free one

	Demo   bool // fill an empty store with the demonstration
	Secure bool // browsers speak TLS to a proxy in front of it

	// Logs are folders and files in which the organisation that runs the installation has what
	// is shared with it searched for. Only who starts the server names them: whoever could,
	// could read the server's files.
	Logs []string

	// Started is called once, when connections are accepted, with the address that was taken
	// and the path of the first-run page, empty if somebody has an account already.
	Started func(address, setup string)
}

// A Checkup is what check found in a data directory.
type Checkup struct {
	Rows    map[string]int `json:"rows"`    // by table
	Entries int64          `json:"entries"` // in the ledger
	Root    string         `json:"root"`    // of the ledger's tree, base64; empty for an empty ledger
	Faults  []string       `json:"faults"`  // one line each, ids and numbers only; empty: sound
}

// Run runs one command line, without the program's name, and gives the exit code.
func Run(ctx context.Context, args []string, env Env) int {
	v := voice{env.Err, language(env.Getenv)}
	root := &cobra.Command{
		Use:           "wakachi",
		Short:         v.lang.Text("cli.short"),
		SilenceErrors: true, SilenceUsage: true,
		Version: env.Version,
	}
	root.SetContext(ctx)
	root.SetIn(env.In)
	root.SetOut(env.Out)
	root.SetErr(env.Err)
	root.SetArgs(args)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return fault.Wrap(err, fault.Usage, "cli.flag", c.CommandPath(), flagOf(err))
	})
	if v.lang == phrase.Japanese {
		root.SetUsageTemplate(strings.NewReplacer(
			"Usage:", "使い方:", "Available Commands:", "コマンド:", "Additional Commands:", "そのほか:", "Global Flags:", "共通のオプション:", "Flags:", "オプション:",
			`Use "{{.CommandPath}} [command] --help" for more information about a command.`, `「{{.CommandPath}} [command] --help」で詳しく示します。`,
		).Replace(root.UsageTemplate()))
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	for _, add := range []func(*Env, voice) *cobra.Command{extractCommand, shareCommand, flowCommand, profileCommand, checkCommand, backupCommand, restoreCommand, serveCommand, dueCommand, draftCommand, formCommand,
		huntCommand, rulesCommand, incidentCommand, itemCommand, releaseCommand, approveCommand, feedbackCommand, recallCommand,
	} {
		root.AddCommand(add(&env, v))
	}
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	if _, ours := errors.AsType[*fault.Error](err); !ours {
		// What cobra itself refuses is always the way the command was put.
		err = fault.Wrap(err, fault.Usage, "cli.usage", strings.Join(append([]string{"wakachi"}, commandOf(root, args)...), " "))
	}
	return v.fail(err)
}

// language: WAKACHI_LANG, else the locale; Japanese unless it says English.
func language(getenv func(string) string) phrase.Language {
	for _, name := range []string{"WAKACHI_LANG", "LC_ALL", "LC_MESSAGES", "LANG"} {
		if tag := getenv(name); tag != "" {
			return phrase.ParseLanguage(tag)
		}
	}
	return phrase.Japanese
}

// flagOf gives the name of the flag an error speaks of; values are not repeated.
func flagOf(err error) string {
	for word := range strings.FieldsSeq(err.Error()) {
		word = strings.Trim(word, `",:`)
		if strings.HasPrefix(word, "-") && len(word) < 30 {
			name, _, _ := strings.Cut(word, "=")
			return name
		}
	}
	return ""
}

// commandOf gives the known words args begin with.
func commandOf(root *cobra.Command, args []string) []string {
	var path []string
	for at := root; len(args) > 0; args = args[1:] {
		var next *cobra.Command
		for _, c := range at.Commands() {
			if c.Name() == args[0] {
				next = c
			}
		}
		if next == nil {
			break
		}
		path, at = append(path, args[0]), next
	}
	return path
}
