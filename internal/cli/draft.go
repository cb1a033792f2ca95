package cli

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"

	"github.com/spf13/cobra"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/phrase"
	"github.com/wakachi/wakachi/internal/render"
	"github.com/wakachi/wakachi/internal/report"
	"github.com/wakachi/wakachi/internal/typeset"
)

// draftCommand composes a document of an incident's record and writes it as a file. Nothing is kept or
// published by that: what is to be approved is drafted at the desk.
func draftCommand(env *Env, v voice) *cobra.Command {
	r := &remote{env: env}
	var to, out, lang string
	var course bool
	c := &cobra.Command{
		Use: "draft INCIDENT first|follow-up|final|holding|subjects|partners|internal|questions", Short: v.lang.Text("cli.draft"), Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			if !slices.Contains(report.Kinds(), report.Kind(args[1])) {
				return fault.New(fault.Usage, "cli.draft.kind")
			}
			if !slices.Contains([]string{"docx", "pdf", "html", "md"}, to) {
				return fault.New(fault.Usage, "cli.draft.format")
			}
			return r.within(c.Context(), func() error { return draft(c.Context(), r, v, args[0], args[1], to, out, lang, course) })
		},
	}
	r.flags(c, v)
	f := c.Flags()
	f.StringVar(&to, "to", "docx", v.lang.Text("cli.draft.to"))
	f.StringVarP(&out, "out", "o", "", v.lang.Text("cli.draft.out"))
	f.StringVar(&lang, "lang", "ja", v.lang.Text("cli.draft.lang"))
	f.BoolVar(&course, "course", false, v.lang.Text("cli.draft.course"))
	return c
}

func draft(ctx context.Context, r *remote, v voice, incident, kind, to, out, lang string, course bool) error {
	q := url.Values{"lang": {"ja"}}
	if phrase.ParseLanguage(lang) == phrase.English {
		q.Set("lang", "en")
	}
	if course {
		q.Set("course", "true")
	}
	d, _, err := fetch[report.Document](ctx, r, http.MethodGet, "/incidents"+piece(incident)+"/draft"+piece(kind)+"?"+q.Encode(), nil)
	if err != nil {
		return err
	}
	var file bytes.Buffer
	switch to {
	case "docx":
		err = render.Word(&file, d)
	case "html":
		err = render.HTML(&file, d)
	case "md":
		err = render.Markdown(&file, d)
	default:
		err = pdf(v, &file, d)
	}
	if err != nil {
		return err
	}
	if out == "" || out == "-" {
		if _, err := r.env.Out.Write(file.Bytes()); err != nil {
			return fault.Wrap(err, fault.Unavailable, "cli.output")
		}
		return nil
	}
	return writeFile(out, file.Bytes())
}

// pdf writes a document as PDF, and says which characters the font lacks.
func pdf(v voice, w io.Writer, d report.Document) error {
	missing, err := typeset.PDF(w, d)
	if len(missing) > 0 {
		v.say("typeset.lacking", string(missing))
	}
	return err
}
