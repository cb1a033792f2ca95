package cli

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/spf13/cobra"
)

type sharedLine struct {
	Parcel, Name, At, Label string
	Facts                   int
	AskDue                  string `json:"ask_due"`
	Answered                *string
	Recall                  *struct{ Action, Due string }
}

func (l sharedLine) row(w io.Writer) {
	state := "asked " + l.AskDue
	switch {
	case l.Recall != nil:
		state = "recalled " + l.Recall.Action
	case l.Answered != nil:
		state = "answered"
	case l.AskDue == "":
		state = "shared"
	}
	fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\t%s\n", l.Parcel, l.At, l.Label, l.Facts, state, l.Name)
}

type effectLine struct {
	Parcel, State string
	Tally         struct {
		Asked, Found, Silent int
		NotFound             int `json:"not_found"`
		NoLogs               int `json:"no_logs"`
		CannotSearch         int `json:"cannot_search"`
	}
	Receivers []struct {
		Fetched, Told, Acknowledged *string
	}
}

func (l effectLine) row(w io.Writer) {
	fetched, acknowledged, told := 0, 0, 0
	for _, r := range l.Receivers {
		if r.Fetched != nil {
			fetched++
		}
		if r.Told != nil {
			told++
		}
		if r.Acknowledged != nil {
			acknowledged++
		}
	}
	t := l.Tally
	fmt.Fprintf(w, "%s\t%s\tasked %d\tfound %d\tnot-found %d\tno-logs %d\tcannot-search %d\tsilent %d\tfetched %d/%d\tacknowledged %d/%d\n",
		l.Parcel, l.State, t.Asked, t.Found, t.NotFound, t.NoLogs, t.CannotSearch, t.Silent, fetched, len(l.Receivers), acknowledged, told)
}

// feedbackCommand is what a receiver tells, and what a sharer hears.
func feedbackCommand(env *Env, v voice) *cobra.Command {
	return group(env, v, "feedback",
		func(r *remote, v voice) *cobra.Command {
			return leaf(r, v, "list", "cli.feedback.list", cobra.NoArgs, func(ctx context.Context, r *remote, _ []string) error {
				got, raw, err := fetch[[]sharedLine](ctx, r, http.MethodGet, "/shared", nil)
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
		func(r *remote, v voice) *cobra.Command {
			return leaf(r, v, "show PARCEL", "cli.feedback.show", cobra.ExactArgs(1), func(ctx context.Context, r *remote, args []string) error {
				got, raw, err := fetch[struct {
					sharedLine
					Sheet struct {
						Lines []struct{ Sort, Type, Hash, Value, Role, First, Last string }
					}
				}](ctx, r, http.MethodGet, "/shared"+piece(args[0]), nil)
				if err != nil {
					return err
				}
				return r.show(raw, func(w io.Writer) {
					for _, l := range got.Sheet.Lines {
						fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", l.Sort, l.Type+l.Hash, l.Value, l.Role, l.First)
					}
				})
			})
		},
		feedbackAnswer,
		func(r *remote, v voice) *cobra.Command {
			return leaf(r, v, "effect PARCEL", "cli.feedback.effect", cobra.ExactArgs(1), func(ctx context.Context, r *remote, args []string) error {
				got, raw, err := fetch[effectLine](ctx, r, http.MethodGet, "/parcels"+piece(args[0])+"/effect", nil)
				if err != nil {
					return err
				}
				return r.show(raw, got.row)
			})
		})
}

func feedbackAnswer(r *remote, v voice) *cobra.Command {
	text := map[string]*string{}
	var count, coverage int
	var named bool
	c := leaf(r, v, "answer PARCEL found|not-found|no-logs|cannot-search", "cli.feedback.answer", cobra.ExactArgs(2), func(ctx context.Context, r *remote, args []string) error {
		body := map[string]any{"finding": args[1], "named": named}
		for name, field := range map[string]string{"logs": "logs", "from": "from", "to": "to", "tool": "tool", "first-seen": "first_seen", "last-seen": "last_seen"} {
			if *text[name] != "" {
				body[field] = *text[name]
			}
		}
		if count != 0 {
			body["count"] = count
		}
		if coverage >= 0 {
			body["coverage"] = coverage
		}
		if *text["remark"] != "" {
			body["remarks"] = []map[string]any{{"kind": *text["kind"], "text": *text["remark"]}}
		}
		got, raw, err := fetch[sharedLine](ctx, r, http.MethodPost, "/shared"+piece(args[0])+"/answers", body)
		if err != nil {
			return err
		}
		return r.show(raw, got.row)
	})
	for _, name := range []string{"logs", "from", "to", "tool", "first-seen", "last-seen", "remark"} {
		text[name] = c.Flags().String(name, "", v.lang.Text("cli.feedback."+name))
	}
	text["kind"] = c.Flags().String("kind", "mitigation", v.lang.Text("cli.feedback.kind"))
	c.Flags().IntVar(&count, "count", 0, v.lang.Text("cli.feedback.count"))
	c.Flags().IntVar(&coverage, "coverage", -1, v.lang.Text("cli.feedback.coverage"))
	c.Flags().BoolVar(&named, "named", false, v.lang.Text("cli.feedback.named"))
	return c
}

// recallCommand takes back what was shared, and acknowledges what others took back.
func recallCommand(env *Env, v voice) *cobra.Command {
	return group(env, v, "recall", recallOrder, recallAcknowledge)
}

func recallOrder(r *remote, v voice) *cobra.Command {
	var reason, label, by, due string
	var except []string
	c := leaf(r, v, "order PARCEL retract|narrow|tighten|correct", "cli.recall.order", cobra.ExactArgs(2), func(ctx context.Context, r *remote, args []string) error {
		body := map[string]any{"action": args[1], "reason": reason}
		for field, value := range map[string]string{"label": label, "replaced_by": by, "due": due} {
			if value != "" {
				body[field] = value
			}
		}
		if len(except) > 0 {
			body["except"] = except
		}
		got, raw, err := fetch[effectLine](ctx, r, http.MethodPost, "/parcels"+piece(args[0])+"/recall", body)
		if err != nil {
			return err
		}
		return r.show(raw, got.row)
	})
	f := c.Flags()
	f.StringVar(&reason, "reason", "other", v.lang.Text("cli.recall.reason"))
	f.StringVar(&label, "tlp", "", v.lang.Text("cli.recall.tlp"))
	f.StringVar(&by, "replaced-by", "", v.lang.Text("cli.recall.replaced-by"))
	f.StringVar(&due, "due", "", v.lang.Text("cli.recall.due"))
	f.StringSliceVar(&except, "except", nil, v.lang.Text("cli.recall.except"))
	return c
}

func recallAcknowledge(r *remote, v voice) *cobra.Command {
	var cannot string
	c := leaf(r, v, "acknowledge PARCEL", "cli.recall.acknowledge", cobra.ExactArgs(1), func(ctx context.Context, r *remote, args []string) error {
		body := map[string]any{"done": cannot == ""}
		if cannot != "" {
			body["reason"] = cannot
		}
		got, raw, err := fetch[sharedLine](ctx, r, http.MethodPost, "/shared"+piece(args[0])+"/acknowledgement", body)
		if err != nil {
			return err
		}
		return r.show(raw, got.row)
	})
	c.Flags().StringVar(&cannot, "cannot", "", v.lang.Text("cli.recall.cannot"))
	return c
}
