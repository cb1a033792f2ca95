package cli

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/spf13/cobra"

	"github.com/wakachi/wakachi/internal/fault"
)

type releaseLine struct {
	ID, Incident, State, TLP, Parcel string
	LeavesAt                         string `json:"leaves_at"`
	Version                          int64
	Facts, Withheld                  int
	Recipients                       []struct{ Name string }
}

func (l releaseLine) row(w io.Writer) {
	fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%d\t%d\t%d\t%s%s\n", l.ID, l.Version, l.State, l.TLP, l.Facts, l.Withheld, len(l.Recipients), l.LeavesAt, l.Parcel)
}

func releaseCommand(env *Env, v voice) *cobra.Command {
	one := func(name, token, method, end string, body func(why string) any) func(*remote, voice) *cobra.Command {
		return func(r *remote, v voice) *cobra.Command {
			var why string
			c := leaf(r, v, name+" RELEASE", token, cobra.ExactArgs(1), func(ctx context.Context, r *remote, args []string) error {
				var b any
				if body != nil {
					b = body(why)
				}
				got, raw, err := fetch[releaseLine](ctx, r, method, "/releases"+piece(args[0])+end, b)
				if err != nil {
					return err
				}
				return r.show(raw, got.row)
			})
			if body != nil {
				c.Flags().StringVar(&why, "why", "", v.lang.Text("cli.release.why"))
			}
			return c
		}
	}
	return group(env, v, "release",
		func(r *remote, v voice) *cobra.Command {
			return leaf(r, v, "list [INCIDENT]", "cli.release.list", cobra.MaximumNArgs(1), func(ctx context.Context, r *remote, args []string) error {
				path := "/releases"
				if len(args) == 1 {
					path = "/incidents" + piece(args[0]) + "/releases"
				}
				got, raw, err := fetch[[]releaseLine](ctx, r, http.MethodGet, path, nil)
				if err != nil {
					return err
				}
				return r.show(raw, func(w io.Writer) {
					for _, l := range got {
						l.row(w)
					}
				})
			})
		},
		releaseCompose,
		one("show", "cli.release.show", http.MethodGet, "", nil),
		one("withdraw", "cli.release.withdraw", http.MethodPost, "/withdraw", func(why string) any { return map[string]any{"why": why} }),
		releaseWithheld, releaseFetch)
}

func releaseCompose(r *remote, v voice) *cobra.Command {
	p := map[string]*string{}
	c := leaf(r, v, "compose INCIDENT", "cli.release.compose", cobra.ExactArgs(1), func(ctx context.Context, r *remote, args []string) error {
		body := map[string]any{}
		for name, s := range map[string]string{"community": "community", "to": "reach", "tlp": "tlp", "pap": "pap", "ask": "ask", "ask-due": "ask_due", "conditions": "conditions", "until": "until"} {
			if *p[name] != "" {
				body[s] = *p[name]
			}
		}
		if *p["community"] == "" {
			all, _, err := fetch[[]struct{ ID string }](ctx, r, http.MethodGet, "/communities", nil)
			if err != nil {
				return err
			}
			if len(all) != 1 {
				return fault.New(fault.Usage, "cli.release.which-community")
			}
			body["community"] = all[0].ID // there is no other
		}
		got, raw, err := fetch[releaseLine](ctx, r, http.MethodPost, "/incidents"+piece(args[0])+"/releases", body)
		if err != nil {
			return err
		}
		return r.show(raw, got.row)
	})
	for _, name := range []string{"community", "tlp", "pap", "ask", "ask-due", "conditions", "until"} {
		p[name] = c.Flags().String(name, "", v.lang.Text("cli.release."+name))
	}
	p["to"] = c.Flags().String("to", "community", v.lang.Text("cli.share.to"))
	return c
}

func releaseWithheld(r *remote, v voice) *cobra.Command {
	return leaf(r, v, "withheld RELEASE", "cli.release.withheld", cobra.ExactArgs(1), func(ctx context.Context, r *remote, args []string) error {
		got, raw, err := fetch[[]struct {
			Kind, Shown, Treatment string
			Reason                 struct{ Code string }
		}](ctx, r, http.MethodGet, "/releases"+piece(args[0])+"/withheld", nil)
		if err != nil {
			return err
		}
		return r.show(raw, func(w io.Writer) {
			for _, x := range got {
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", x.Treatment, x.Kind, v.lang.Text(x.Reason.Code), x.Shown)
			}
		})
	})
}

func releaseFetch(r *remote, v voice) *cobra.Command {
	var form, out string
	c := leaf(r, v, "fetch RELEASE", "cli.release.fetch", cobra.ExactArgs(1), func(ctx context.Context, r *remote, args []string) error {
		raw, err := r.ask(ctx, http.MethodGet, "/releases"+piece(args[0])+"/renderings"+piece(form), nil)
		if err != nil {
			return err
		}
		if out != "" {
			return writeFile(out, raw)
		}
		if _, err := r.env.Out.Write(raw); err != nil {
			return fault.Wrap(err, fault.Unavailable, "cli.output")
		}
		return nil
	})
	c.Flags().StringVar(&form, "form", "stix", v.lang.Text("cli.release.form"))
	c.Flags().StringVarP(&out, "output", "o", "", v.lang.Text("cli.share.output"))
	return c
}

// approveCommand is the second person's act: a command of its own, so that nobody slips into it.
func approveCommand(env *Env, v voice) *cobra.Command {
	r := &remote{env: env}
	var version int64
	var back string
	c := leaf(r, v, "approve RELEASE", "cli.approve", cobra.ExactArgs(1), func(ctx context.Context, r *remote, args []string) error {
		at := "/releases" + piece(args[0])
		if version == 0 {
			now, _, err := fetch[releaseLine](ctx, r, http.MethodGet, at, nil)
			if err != nil {
				return err
			}
			version = now.Version
		}
		end, body := "/approve", map[string]any{"version": version}
		if back != "" {
			end, body["why"] = "/send-back", back
		}
		got, raw, err := fetch[releaseLine](ctx, r, http.MethodPost, at+end, body)
		if err != nil {
			return err
		}
		return r.show(raw, got.row)
	})
	r.flags(c, v)
	c.Flags().Int64Var(&version, "version", 0, v.lang.Text("cli.approve.version"))
	c.Flags().StringVar(&back, "send-back", "", v.lang.Text("cli.approve.send-back"))
	return c
}
