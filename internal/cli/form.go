package cli

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/phrase"
	"github.com/wakachi/wakachi/internal/render"
	"github.com/wakachi/wakachi/internal/report"
)

// A formOrder is how form was put.
type formOrder struct {
	incident, form, stage, to, out, lang string
	template, cells                      string
}

// formCommand fills a form of an office from an incident's record, in a layout of ours or in the office's own
// sheet. It sends nothing.
func formCommand(env *Env, v voice) *cobra.Command {
	r := &remote{env: env}
	var o formOrder
	c := &cobra.Command{
		Use: "form INCIDENT FORM", Short: v.lang.Text("cli.form"), Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			o.incident, o.form = args[0], args[1]
			if err := o.check(); err != nil {
				return err
			}
			return r.within(c.Context(), func() error { return o.run(c.Context(), r, v) })
		},
	}
	r.flags(c, v)
	f := c.Flags()
	f.StringVar(&o.stage, "stage", "first", v.lang.Text("cli.form.stage"))
	f.StringVar(&o.to, "to", "xlsx", v.lang.Text("cli.form.to"))
	f.StringVarP(&o.out, "out", "o", "", v.lang.Text("cli.draft.out"))
	f.StringVar(&o.lang, "lang", "ja", v.lang.Text("cli.draft.lang"))
	f.StringVar(&o.template, "template", "", v.lang.Text("cli.form.template"))
	f.StringVar(&o.cells, "map", "", v.lang.Text("cli.form.map"))
	return c
}

func (o formOrder) check() error {
	if _, ok := report.FormOf(report.FormID(o.form)); !ok {
		var names string
		for i, f := range report.Forms() {
			if i > 0 {
				names += ", "
			}
			names += string(f.ID)
		}
		return fault.New(fault.Usage, "cli.form.none", names)
	}
	switch {
	case !slices.Contains(report.Stages(), o.stage):
		return fault.New(fault.Usage, "report.filing-stage")
	case !slices.Contains([]string{"xlsx", "docx", "pdf", "json"}, o.to):
		return fault.New(fault.Usage, "cli.form.format")
	case (o.template == "") != (o.cells == "") || o.template != "" && o.to != "xlsx":
		return fault.New(fault.Usage, "cli.form.both")
	}
	return nil
}

func (o formOrder) run(ctx context.Context, r *remote, v voice) error {
	lang, q := phrase.ParseLanguage(o.lang), url.Values{"stage": {o.stage}, "lang": {"ja"}}
	if lang == phrase.English {
		q.Set("lang", "en")
	}
	got, raw, err := fetch[struct {
		Stage, From, Date string
		Answers           []report.Answer
		Concerns          []struct {
			Code   string
			Args   []string
			Blocks bool
		}
	}](ctx, r, http.MethodGet, "/incidents"+piece(o.incident)+"/forms"+piece(o.form)+"?"+q.Encode(), nil)
	if err != nil {
		return err
	}
	for _, c := range got.Concerns {
		v.say(c.Code, c.Args...)
	}
	form, _ := report.FormOf(report.FormID(o.form))
	filled := report.Filling{Form: form, Stage: got.Stage, From: got.From, Date: got.Date, Answers: got.Answers}
	file, err := o.write(v, filled, lang, raw)
	if err != nil {
		return err
	}
	if o.out == "" || o.out == "-" {
		if _, err := r.env.Out.Write(file); err != nil {
			return fault.Wrap(err, fault.Unavailable, "cli.output")
		}
		return nil
	}
	return writeFile(o.out, file)
}

// write makes the file that was asked for.
func (o formOrder) write(v voice, f report.Filling, lang phrase.Language, raw []byte) ([]byte, error) {
	var out bytes.Buffer
	var err error
	switch {
	case o.to == "json":
		return append(bytes.TrimSpace(raw), '\n'), nil
	case o.template != "":
		return o.fill(f)
	case o.to == "docx":
		err = render.Word(&out, f.Document(lang))
	case o.to == "pdf":
		err = pdf(v, &out, f.Document(lang))
	default:
		err = render.Workbook(&out, f, lang)
	}
	return out.Bytes(), err
}

// fill writes the answers into the office's own sheet.
func (o formOrder) fill(f report.Filling) ([]byte, error) {
	opened, err := os.Open(o.cells)
	if err != nil {
		return nil, fault.Wrap(err, fault.NotFound, "cli.open", o.cells)
	}
	defer opened.Close()
	cells, err := render.ReadCellMap(o.cells, opened)
	if err != nil {
		return nil, err
	}
	template, err := os.ReadFile(o.template)
	if err != nil {
		return nil, fault.Wrap(err, fault.NotFound, "cli.open", o.template)
	}
	return render.Fill(o.template, template, cells, f)
}
