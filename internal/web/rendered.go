package web

import (
	"bytes"

	"github.com/wakachi/wakachi/internal/report"
)

// formats are how a document can be taken out.
func formats() []string { return []string{"md"} }

// rendered answers with a document, or a filled form, in the format of the address.
func (a *asking) rendered(name string, d report.Document, filled *report.Filling) error {
	var out bytes.Buffer
	switch a.r.PathValue("format") {
	case "md":
		out.WriteString("# " + d.Title + "\n\n" + d.Text())
		a.attach(name+".md", "text/markdown; charset=utf-8", out.Bytes())
	default:
		return notFound()
	}
	return nil
}

// publicationFile gives a publication as a file. Until it is approved every page says so.
func (a *asking) publicationFile() error {
	p, _, err := a.Reporting.Publication(a.ctx(), a.actor, a.r.PathValue("publication"))
	if err != nil {
		return err
	}
	order, err := a.Reporting.Signing(a.ctx(), a.actor)
	if err != nil {
		return err
	}
	return a.rendered("wakachi-"+string(p.Kind), p.Document(order), nil)
}

// Formats are how a document can be taken out.
func (v view) Formats() []string { return formats() }

// FormFormats are how a filled form can be taken out.
func (v view) FormFormats() []string { return append(formats(), "json") }

// Stages are those of reports to offices.
func (v view) Stages() []string { return report.Stages() }
