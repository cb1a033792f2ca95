package render

import (
	"html/template"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/phrase"
	"github.com/wakachi/wakachi/internal/report"
)

// page is one file that needs nothing beside it: it may be laid on any server, and asks nothing of
// another.
var page = sync.OnceValues(func() (*template.Template, error) {
	return template.New("page").Funcs(template.FuncMap{
		"lines": func(s string) []string { return strings.Split(printable(s), "\n") },
		"clean": printable,
	}).Parse(`<!doctype html>
<html lang="{{.Tag}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<title>{{clean .Title}}</title>
<style>
:root { color-scheme: light dark; }
body { font-family: "BIZ UDPGothic", "Hiragino Sans", "Yu Gothic", "Noto Sans JP", Meiryo, sans-serif; line-height: 1.8; max-width: 46rem; margin: 2rem auto; padding: 0 1.2rem; line-break: strict; overflow-wrap: anywhere; }
h1 { font-size: 1.35rem; text-align: center; margin: 2rem 0; text-wrap: balance; word-break: auto-phrase; } h2 { font-size: 1.1rem; margin: 1.8rem 0 .5rem; } h3 { font-size: 1rem; }
.date, .sender { text-align: right; margin: 0; } .addressee { margin: 0; }
.label { border: 1px solid; padding: .1rem .6rem; width: max-content; max-width: 90%; margin: 0 0 1rem auto; font-weight: 700; font-size: .9rem; }
table { border-collapse: collapse; width: 100%; margin: .6rem 0 1rem; } th, td { border: 1px solid #888; padding: .35rem .6rem; text-align: left; vertical-align: top; font-weight: 400; } th { background: color-mix(in srgb, currentColor 8%, transparent); font-weight: 600; }
@page { size: A4; margin: 22mm 20mm; @bottom-center { content: counter(page) " / " counter(pages); } {{with clean .Label}}@top-right { content: "{{.}}"; font-weight: 700; }{{end}} }
@media print { :root { color-scheme: light; } body { max-width: none; margin: 0; font-size: 10.5pt; } thead { display: table-header-group; } tr { break-inside: avoid; } h2, h3 { break-after: avoid; } }
</style>
</head>
<body>
<main>
{{if .Label}}<p class="label">{{template "lines" .Label}}</p>
{{end}}{{if .Date}}<p class="date">{{template "lines" .Date}}</p>
{{end}}{{if .To}}<p class="addressee">{{template "lines" .To}}</p>
{{end}}{{if .From}}<p class="sender">{{template "lines" .From}}</p>
{{end}}<h1>{{template "lines" .Title}}</h1>
{{range .Parts}}{{if eq .Element "h2"}}<h2>{{template "lines" .Text}}</h2>
{{else if eq .Element "h3"}}<h3>{{template "lines" .Text}}</h3>
{{else if eq .Element "ul"}}<ul>
{{range .List}}<li>{{template "lines" .}}</li>
{{end}}</ul>
{{else if eq .Element "table"}}<table>
<colgroup>{{range .Shares}}<col style="width: {{.}}%">{{end}}</colgroup>
{{with .Head}}<thead><tr>{{range .}}{{if .}}<th scope="col">{{template "lines" .}}</th>{{else}}<td></td>{{end}}{{end}}</tr></thead>
{{end}}<tbody>
{{$side := not .Head}}{{range .Rows}}<tr>{{range $i, $c := .}}{{if and $side (eq $i 0)}}<th scope="row">{{template "lines" $c}}</th>{{else}}<td>{{template "lines" $c}}</td>{{end}}{{end}}</tr>
{{end}}</tbody></table>
{{else}}<p>{{template "lines" .Text}}</p>
{{end}}{{end}}</main>
</body>
</html>
{{define "lines"}}{{range $i, $l := lines .}}{{if $i}}<br>{{end}}{{$l}}{{end}}{{end}}`)
})

// A pagePart is a block as the template takes it.
type pagePart struct {
	Element string // h2, h3, p, ul or table
	Text    string
	List    []string
	Head    []string
	Rows    [][]string
	Shares  []int // of the columns, in hundredths of the width
}

// HTML writes a document as one static, accessible page. It can be laid anywhere as it is, also under a policy
// that allows nothing but inline style. In print the label and the number stand on every page, where the browser
// can do that; the label stands on the first one anyhow.
func HTML(w io.Writer, d report.Document) error {
	parts := make([]pagePart, 0, len(d.Blocks))
	for _, b := range d.Blocks {
		parts = append(parts, pageParts(b, d.Language)...)
	}
	t, err := page()
	if err != nil {
		return fault.Wrap(err, fault.Internal, "render.write")
	}
	err = t.Execute(w, struct {
		report.Document
		Tag   string
		Parts []pagePart
	}{d, tag(d.Language), parts})
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "render.write")
	}
	return nil
}

// pageParts gives a block, or nothing if there is nothing in it: empty elements are read out as such.
func pageParts(b report.Block, l phrase.Language) []pagePart {
	var p pagePart
	switch b.Sort {
	case report.List:
		p.Element = "ul"
		for _, s := range b.Sentences {
			p.List = append(p.List, s.Text)
		}
	case report.Grid:
		p.Element, p.Head = "table", b.Table.Head
		for _, w := range widths(b.Table) {
			p.Shares = append(p.Shares, w*100/pageWidth)
		}
		columns := len(p.Shares)
		if len(p.Head) > 0 {
			p.Head = append(slices.Clone(p.Head), make([]string, columns-len(p.Head))...)
		}
		for _, row := range b.Table.Rows {
			cells := make([]string, columns)
			for i, c := range row {
				cells[i] = c.Text
			}
			p.Rows = append(p.Rows, cells)
		}
	case report.Heading:
		p.Element, p.Text = "h"+strconv.Itoa(1+max(1, min(2, b.Level))), report.Joined(b.Sentences, l)
	default:
		p.Element, p.Text = "p", report.Joined(b.Sentences, l)
	}
	if strings.TrimSpace(printable(p.Text)) == "" && p.List == nil && p.Head == nil && p.Rows == nil {
		return nil
	}
	return []pagePart{p}
}
