package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/wakachi/wakachi/internal/fault"
)

// The desk's acts as thin clients of the API. Results go to standard output as short tables,
// or with --json as the server wrote them.

// An act is what a command asks for: its arguments are those behind its own name.
type act func(ctx context.Context, r *remote, args []string) error

func group(env *Env, v voice, name string, acts ...func(*remote, voice) *cobra.Command) *cobra.Command {
	r := &remote{env: env}
	c := &cobra.Command{Use: name, Short: v.lang.Text("cli." + name), Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	r.flags(c, v)
	for _, a := range acts {
		c.AddCommand(a(r, v))
	}
	return c
}

func leaf(r *remote, v voice, use, token string, args cobra.PositionalArgs, do act) *cobra.Command {
	return &cobra.Command{Use: use, Short: v.lang.Text(token), Args: args, RunE: func(c *cobra.Command, args []string) error {
		return r.within(c.Context(), func() error { return do(c.Context(), r, args) })
	}}
}

// show writes the server's own bytes, or a table.
func (r *remote) show(raw []byte, table func(io.Writer)) error {
	var err error
	if r.asJSON {
		_, err = fmt.Fprintln(r.env.Out, strings.TrimSpace(string(raw)))
	} else {
		w := tabwriter.NewWriter(r.env.Out, 0, 4, 2, ' ', 0)
		table(w)
		err = w.Flush()
	}
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "cli.output")
	}
	return nil
}

func piece(s string) string { return "/" + url.PathEscape(s) }

type incidentLine struct {
	ID, Codename, Sort, Stage string
	Counts                    struct{ Items, Waiting int }
}

func (l incidentLine) row(w io.Writer) {
	fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%d\t%s\n", l.ID, l.Codename, l.Stage, l.Counts.Items, l.Counts.Waiting, l.Sort)
}

func incidentCommand(env *Env, v voice) *cobra.Command {
	return group(env, v, "incident",
		func(r *remote, v voice) *cobra.Command {
			return leaf(r, v, "list", "cli.incident.list", cobra.NoArgs, func(ctx context.Context, r *remote, _ []string) error {
				got, raw, err := fetch[struct{ Items []incidentLine }](ctx, r, http.MethodGet, "/incidents?limit=500", nil)
				if err != nil {
					return err
				}
				return r.show(raw, func(w io.Writer) {
					for _, l := range got.Items {
						l.row(w)
					}
				})
			})
		},
		func(r *remote, v voice) *cobra.Command {
			var sort, detected string
			c := leaf(r, v, "open", "cli.incident.open", cobra.NoArgs, func(ctx context.Context, r *remote, _ []string) error {
				got, raw, err := fetch[incidentLine](ctx, r, http.MethodPost, "/incidents", map[string]any{"sort": sort, "detected": detected})
				if err != nil {
					return err
				}
				return r.show(raw, got.row)
			})
			c.Flags().StringVar(&sort, "sort", "", v.lang.Text("cli.incident.sort"))
			c.Flags().StringVar(&detected, "detected", "", v.lang.Text("cli.incident.detected"))
			return c
		},
		func(r *remote, v voice) *cobra.Command {
			return leaf(r, v, "show INCIDENT", "cli.incident.show", cobra.ExactArgs(1), func(ctx context.Context, r *remote, args []string) error {
				got, raw, err := fetch[incidentLine](ctx, r, http.MethodGet, "/incidents"+piece(args[0]), nil)
				if err != nil {
					return err
				}
				return r.show(raw, got.row)
			})
		},
		func(r *remote, v voice) *cobra.Command {
			return leaf(r, v, "import INCIDENT FILE...", "cli.incident.import", cobra.MinimumNArgs(2), takeIn)
		},
		func(r *remote, v voice) *cobra.Command {
			return leaf(r, v, "history INCIDENT", "cli.incident.history", cobra.ExactArgs(1), func(ctx context.Context, r *remote, args []string) error {
				got, raw, err := fetch[[]struct {
					Seq                     int64
					At, Actor, Act, Subject string
				}](ctx, r, http.MethodGet, "/incidents"+piece(args[0])+"/history?limit=500", nil)
				if err != nil {
					return err
				}
				return r.show(raw, func(w io.Writer) {
					for _, x := range got {
						fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\n", x.Seq, x.At, x.Act, x.Subject, x.Actor)
					}
				})
			})
		})
}

// takeIn sends files one after another; the first that is refused ends it, and what was
// taken in before stays.
func takeIn(ctx context.Context, r *remote, args []string) error {
	for _, name := range args[1:] {
		data, base := []byte(nil), filepath.Base(name)
		var err error
		if name == "-" {
			base = "notes.md"
			data, err = io.ReadAll(io.LimitReader(r.env.In, maxAnswer))
		} else {
			data, err = os.ReadFile(name)
		}
		if err != nil {
			return fault.Wrap(err, fault.Unavailable, "cli.open", name)
		}
		got, raw, err := fetch[struct {
			Name     string
			Proposed []itemLine
		}](ctx, r, http.MethodPost, "/incidents"+piece(args[0])+"/papers?name="+url.QueryEscape(base), data)
		if err != nil {
			return err
		}
		if err := r.show(raw, func(w io.Writer) {
			for _, i := range got.Proposed {
				i.row(w)
			}
		}); err != nil {
			return err
		}
	}
	return nil
}

type itemLine struct {
	ID, Kind, Stand, Status, Type, Value, Role, Technique, Text string
	Version                                                     int64
}

func (i itemLine) row(w io.Writer) {
	const most = 60
	text := []rune(strings.Join(strings.Fields(i.Text), " "))
	if len(text) > most {
		text = append(text[:most], '…')
	}
	fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\t%s\n", i.ID, i.Version, i.Stand, i.Kind, i.Role, cmp.Or(i.Value, i.Technique, string(text)))
}

func itemCommand(env *Env, v voice) *cobra.Command {
	verdict := func(name string) func(*remote, voice) *cobra.Command {
		return func(r *remote, v voice) *cobra.Command {
			return leaf(r, v, name+" INCIDENT ITEM...", "cli.item."+name, cobra.MinimumNArgs(2), func(ctx context.Context, r *remote, args []string) error {
				return judge(ctx, r, name, args[0], args[1:])
			})
		}
	}
	return group(env, v, "item",
		func(r *remote, v voice) *cobra.Command {
			var stand string
			c := leaf(r, v, "list INCIDENT", "cli.item.list", cobra.ExactArgs(1), func(ctx context.Context, r *remote, args []string) error {
				path := "/incidents" + piece(args[0]) + "/items"
				if stand != "" {
					path += "?stand=" + url.QueryEscape(stand)
				}
				got, raw, err := fetch[[]itemLine](ctx, r, http.MethodGet, path, nil)
				if err != nil {
					return err
				}
				return r.show(raw, func(w io.Writer) {
					for _, i := range got {
						i.row(w)
					}
				})
			})
			c.Flags().StringVar(&stand, "stand", "", v.lang.Text("cli.item.stand"))
			return c
		},
		itemAdd, verdict("confirm"), verdict("drop"))
}

func itemAdd(r *remote, v voice) *cobra.Command {
	e := map[string]*string{}
	c := leaf(r, v, "add INCIDENT", "cli.item.add", cobra.ExactArgs(1), func(ctx context.Context, r *remote, args []string) error {
		body := map[string]any{}
		for name, s := range e {
			if *s != "" {
				body[strings.ReplaceAll(name, "-", "_")] = *s
			}
		}
		got, raw, err := fetch[itemLine](ctx, r, http.MethodPost, "/incidents"+piece(args[0])+"/items", body)
		if err != nil {
			return err
		}
		return r.show(raw, got.row)
	})
	for _, name := range []string{"kind", "type", "value", "role", "status", "technique", "text", "first-seen", "last-seen"} {
		e[name] = c.Flags().String(name, "", v.lang.Text("cli.item.field", name))
	}
	return c
}

// judge confirms or drops items as they are now. Whoever wants to be sure that nobody was
// faster names the version: "item-…@17".
func judge(ctx context.Context, r *remote, do, id string, items []string) error {
	type seen struct {
		Item    string `json:"item"`
		Version int64  `json:"version"`
	}
	var all []seen
	for _, i := range items {
		name, version, given := strings.Cut(i, "@")
		n, err := strconv.ParseInt(version, 10, 64)
		if given && err != nil {
			return fault.New(fault.Usage, "cli.item.version")
		}
		if !given {
			now, _, err := fetch[itemLine](ctx, r, http.MethodGet, "/items"+piece(name), nil)
			if err != nil {
				return err
			}
			n = now.Version
		}
		all = append(all, seen{name, n})
	}
	got, raw, err := fetch[[]itemLine](ctx, r, http.MethodPost, "/incidents"+piece(id)+"/judge", map[string]any{"do": do, "items": all})
	if err != nil {
		return err
	}
	return r.show(raw, func(w io.Writer) {
		for _, i := range got {
			i.row(w)
		}
	})
}
