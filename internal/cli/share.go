package cli

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/wakachi/wakachi/internal/exchange"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/profile"
	"github.com/wakachi/wakachi/internal/tlp"
)

type shareOptions struct {
	profile, label, reach, out, report, format string
	auto, asJSON                               bool
}

func shareCommand(env *Env, v voice) *cobra.Command {
	var o shareOptions
	c := &cobra.Command{
		Use: "share FILE... --profile P --tlp LABEL --auto -o OUT", Short: v.lang.Text("cli.share"),
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, files []string) error { return share(env, v, o, files) },
	}
	f := c.Flags()
	f.StringVar(&o.profile, "profile", "", v.lang.Text("cli.share.profile"))
	f.StringVar(&o.label, "tlp", "", v.lang.Text("cli.share.tlp"))
	f.StringVar(&o.reach, "to", "community", v.lang.Text("cli.share.to"))
	f.StringVarP(&o.out, "output", "o", "", v.lang.Text("cli.share.output"))
	f.StringVar(&o.report, "report", "", v.lang.Text("cli.share.report"))
	f.StringVar(&o.format, "format", "stix", v.lang.Text("cli.share.format"))
	f.BoolVar(&o.auto, "auto", false, v.lang.Text("cli.share.auto"))
	f.BoolVar(&o.asJSON, "json", false, v.lang.Text("cli.json"))
	return c
}

func share(env *Env, v voice, o shareOptions, files []string) error {
	order, err := o.order(env)
	if err != nil {
		return err
	}
	if err := apart(o.out, o.report, append(files, o.profile)); err != nil {
		return err
	}
	if order.Notes, err = readAll(env, v, files); err != nil {
		return err
	}
	draft, err := exchange.Draw(order)
	if err != nil {
		return err
	}
	summary := summarise(draft, v.lang)
	if o.report != "" {
		if err := writeFile(o.report, summary.json()); err != nil {
			return err
		}
	}
	if o.asJSON {
		if _, err := env.Out.Write(summary.json()); err != nil {
			return fault.Wrap(err, fault.Unavailable, "cli.output")
		}
	}
	if draft.Body == nil {
		return fault.New(fault.Withheld, "cli.share.nothing", strconv.Itoa(len(draft.Verdicts)))
	}
	if o.out == "-" {
		_, err = env.Out.Write(append(draft.Body, '\n'))
		if err != nil {
			return fault.Wrap(err, fault.Unavailable, "cli.output")
		}
	} else if err := writeFile(o.out, draft.Body); err != nil {
		return err
	}
	v.say("cli.share.done", o.out, order.Label.String(), strconv.Itoa(summary.Counts["shared"]), strconv.Itoa(len(summary.Withheld)))
	return nil
}

// order checks every flag before any file is read.
func (o shareOptions) order(env *Env) (exchange.Order, error) {
	var order exchange.Order
	for _, need := range []struct{ flag, value string }{{"--profile", o.profile}, {"--tlp", o.label}, {"-o", o.out}} {
		if need.value == "" {
			return order, fault.New(fault.Usage, "cli.share.needs", need.flag)
		}
	}
	if o.asJSON && o.out == "-" {
		return order, fault.New(fault.Usage, "cli.share.two-outputs")
	}
	if !o.auto {
		return order, fault.New(fault.Usage, "cli.share.not-auto")
	}
	if o.format != "stix" {
		return order, fault.New(fault.Usage, "cli.share.no-format", o.format)
	}
	var err error
	if order.Label, err = tlp.Parse(o.label); err != nil {
		return order, fault.New(fault.Usage, "cli.share.bad-label")
	}
	if order.Reach, err = party.ParseReach(o.reach); err != nil {
		return order, fault.New(fault.Usage, "cli.share.bad-reach")
	}
	if order.Profile, err = openProfile(o.profile); err != nil {
		return order, err
	}
	order.At, order.Random = env.Now(), env.Random
	return order, nil
}

func openProfile(name string) (incident.Profile, error) {
	f, err := os.Open(name)
	if err != nil {
		return incident.Profile{}, fault.Wrap(err, fault.NotFound, "cli.open", name)
	}
	defer f.Close()
	return profile.Read(name, f)
}

// apart refuses to write a draft or a report over the other, or over anything that was
// read: one of them holds what the other must not.
func apart(out, report string, inputs []string) error {
	if same(out, report) {
		return fault.New(fault.Usage, "cli.share.same-file", out)
	}
	for _, in := range inputs {
		for _, target := range []string{out, report} {
			if same(target, in) {
				return fault.New(fault.Usage, "cli.share.over-input", target)
			}
		}
	}
	return nil
}

func same(a, b string) bool {
	if a == "" || b == "" || a == "-" || b == "-" {
		return false
	}
	if x, err := os.Stat(a); err == nil {
		if y, err := os.Stat(b); err == nil {
			return os.SameFile(x, y)
		}
	}
	x, err1 := filepath.Abs(a)
	y, err2 := filepath.Abs(b)
	return err1 == nil && err2 == nil && x == y
}

// writeFile puts a file of these bytes in place.
func writeFile(name string, data []byte) error {
	return writeStream(name, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// writeStream puts a whole file in place or leaves what was there: it writes beside the
// name, flushes to disk, and renames. Only the owner may read it.
func writeStream(name string, write func(io.Writer) error) (err error) {
	fail := func(err error) error { return fault.Wrap(err, fault.Unavailable, "cli.write", name) }
	if there, err := os.Lstat(name); err == nil && !there.Mode().IsRegular() {
		return fault.New(fault.Invalid, "cli.write-special", name)
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".wakachi-*")
	if err != nil {
		return fail(err)
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return fail(err)
	}
	return nil
}

// A shareReport is what share --report writes: for the organisation's own eyes.
type shareReport struct {
	Items    []reported     `json:"items"`
	Withheld []reported     `json:"withheld"`
	Counts   map[string]int `json:"counts"`
	Label    string         `json:"tlp"`
	Reach    string         `json:"to"`
}

type reported struct {
	Kind       incident.Kind     `json:"kind"`
	Class      incident.Class    `json:"class"`
	Type       string            `json:"type,omitempty"`
	Value      string            `json:"value"`
	Status     incident.Status   `json:"status"`
	Role       incident.Role     `json:"role,omitempty"`
	Marks      []string          `json:"marks,omitempty"`
	FirstSeen  incident.Moment   `json:"first_seen,omitzero"`
	LastSeen   incident.Moment   `json:"last_seen,omitzero"`
	Conditions *conditions       `json:"conditions,omitempty"`
	Proposed   incident.Reason   `json:"proposed"`
	Reason     string            `json:"reason"`
	Point      string            `json:"point,omitempty"`
	Why        string            `json:"why"`
	Frees      string            `json:"frees,omitempty"`
	Treatment  string            `json:"treatment"`
	Shared     bool              `json:"shared"`
	Betrayed   []string          `json:"betrayed,omitempty"`
	Sources    []incident.Source `json:"sources,omitempty"`
}

type conditions struct {
	Label   string `json:"tlp,omitempty"`
	Promise bool   `json:"promise,omitempty"`
}

func (r shareReport) json() []byte {
	data, _ := json.MarshalIndent(r, "", "  ") // of strings and numbers only: cannot fail
	return append(data, '\n')
}
