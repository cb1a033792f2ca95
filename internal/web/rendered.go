package web

import (
	"bytes"

	"github.com/wakachi/wakachi/internal/render"
	"github.com/wakachi/wakachi/internal/report"
	"github.com/wakachi/wakachi/internal/typeset"
)

// rendered answers with a document, or a filled form, in the format of the address. The name of the file tells
// what sort of document it is, and nothing of the incident.
func (a *asking) rendered(name string, d report.Document, filled *report.Filling) error {
	var out bytes.Buffer
	var media string
	var err error
	switch format := a.r.PathValue("format"); format {
	case "docx":
		media = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
		err = render.Word(&out, d)
	case "pdf":
		media = "application/pdf"
		_, err = typeset.PDF(&out, d)
	case "html":
		media = "text/html; charset=utf-8"
		err = render.HTML(&out, d)
	case "md":
		media = "text/markdown; charset=utf-8"
		err = render.Markdown(&out, d)
	case "xlsx":
		if filled == nil {
			return notFound()
		}
		media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
		err = render.Workbook(&out, *filled, a.lang)
	default:
		return notFound()
	}
	if err != nil {
		return err
	}
	a.attach(name+"."+a.r.PathValue("format"), media, out.Bytes())
	return nil
}

// Lacking lists the characters that the PDF of a document cannot show; none if the program has no font, which the
// PDF itself says.
func (v view) Lacking(d report.Document) string {
	missing, err := typeset.Lacking(d)
	if err != nil {
		return ""
	}
	return string(missing)
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
func (v view) Formats() []string { return []string{"docx", "pdf", "html", "md"} }

// FormFormats are how a filled form can be taken out.
func (v view) FormFormats() []string { return []string{"xlsx", "docx", "pdf", "json"} }

// Stages are those of reports to offices.
func (v view) Stages() []string { return report.Stages() }
