package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/ruleset"
	"github.com/wakachi/wakachi/internal/tlp"
	"github.com/wakachi/wakachi/internal/wanted"
)

// A rulesOrder is the command line of rules.
type rulesOrder struct {
	lists     []string
	target    string
	out, name string
	label     string
	table     string
	wanted    wantedFlags
}

// rulesCommand writes what is wanted as rules and queries for engines people already run.
func rulesCommand(env *Env, v voice) *cobra.Command {
	var o rulesOrder
	var targets []string
	for _, t := range ruleset.Targets() {
		targets = append(targets, string(t))
	}
	c := &cobra.Command{
		Use: "rules --for ENGINE --indicators FILE -o DIR", Short: v.lang.Text("cli.rules"),
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return o.run(env, v) },
	}
	f := c.Flags()
	f.StringArrayVarP(&o.lists, "indicators", "i", nil, v.lang.Text("cli.rules.indicators"))
	f.StringVar(&o.target, "for", "", v.lang.Text("cli.rules.for", strings.Join(targets, ", ")))
	f.StringVarP(&o.out, "out", "o", "", v.lang.Text("cli.rules.out"))
	f.StringVar(&o.name, "name", "wakachi", v.lang.Text("cli.rules.name"))
	f.StringVar(&o.label, "tlp", "", v.lang.Text("cli.rules.tlp"))
	f.StringVar(&o.table, "table", "", v.lang.Text("cli.rules.table"))
	o.wanted.flags(f, v)
	return c
}

func (o *rulesOrder) run(env *Env, v voice) error {
	if len(o.lists) == 0 || o.target == "" || o.out == "" {
		return fault.New(fault.Usage, "cli.rules.incomplete")
	}
	if !slices.Contains(ruleset.Targets(), ruleset.Target(o.target)) {
		return fault.New(fault.Usage, "ruleset.target")
	}
	items, err := o.items(env, v)
	if err != nil {
		return err
	}
	written, err := ruleset.Write(ruleset.Target(o.target), items, ruleset.Options{Name: o.name, At: env.Now(), Table: o.table})
	if err != nil {
		return err
	}
	left := len(items)
	for _, u := range written.Unsaid {
		v.say("cli.rules.unsaid", strconv.Itoa(u.Count), string(u.Type), v.lang.Text(string(u.Reason)))
		if !u.Partly {
			left -= u.Count
		}
	}
	if left <= 0 {
		return fault.New(fault.Withheld, "cli.rules.nothing")
	}
	if err := os.MkdirAll(o.out, 0o700); err != nil {
		return fault.Wrap(err, fault.Unavailable, "cli.write", o.out)
	}
	for _, f := range written.Files {
		if err := writeFile(filepath.Join(o.out, filepath.Base(f.Name)), f.Bytes); err != nil {
			return err
		}
		v.say("cli.rules.written", filepath.Join(o.out, filepath.Base(f.Name)))
	}
	return nil
}

// items reads the lists. A value without a label of its own gets that of the command line.
func (o *rulesOrder) items(env *Env, v voice) ([]ruleset.Item, error) {
	options, err := o.wanted.options(env.Now())
	if err != nil {
		return nil, err
	}
	label := tlp.Unknown
	if o.label != "" {
		if label, err = tlp.Parse(o.label); err != nil {
			return nil, err
		}
	}
	var items []ruleset.Item
	var list huntList
	list.last = map[time.Time]int{}
	for _, name := range o.lists {
		err := list.open(env.In, name, options, func(e wanted.Entry) {
			item := ruleset.Item{Value: e.Value, Port: e.Port, Ref: e.Ref, Since: e.Since, Until: e.Until, TLP: e.TLP}
			if item.TLP == tlp.Unknown {
				item.TLP = label
			}
			items = append(items, item)
		})
		if err != nil {
			return nil, err
		}
	}
	list.tell(v)
	return items, nil
}
