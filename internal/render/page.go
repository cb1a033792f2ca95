package render

import (
	"html/template"
	"io"
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
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{{clean .Title}}</title>
<style>
:root { color-scheme: light dark; }
body { font-family: "BIZ UDPGothic", "Hiragino Sans", "Yu Gothic", "Noto Sans JP", Meiryo, sans-serif; line-height: 1.8; max-width: 46rem; margin: 2rem auto; padding: 0 1.2rem; line-break: strict; overflow-wrap: anywhere; }
h1 { font-size: 1.35rem; text-align: center; margin: 2rem 0; } h2 { font-size: 1.1rem; margin: 1.8rem 0 .5rem; } h3 { font-size: 1rem; }
.date, .sender { text-align: right; margin: 0; } .addressee { margin: 0; }
.label { border: 1px solid; padding: .1rem .6rem; float: right; font-weight: 700; font-size: .9rem; }
table { border-collapse: collapse; width: 100%; margin: .6rem 0 1rem; } th, td { border: 1px solid #888; padding: .35rem .6rem; text-align: left; vertical-align: top; font-weight: 400; } th { background: color-mix(in srgb, currentColor 8%, transparent); font-weight: 600; }
@media print { body { max-width: none; margin: 0; font-size: 10.5pt; } thead { display: table-header-group; } tr { break-inside: avoid; } h2, h3 { break-after: avoid; } }
</style>
</head>
<body>
<main>
{{if .Label}}<p class="label">{{clean .Label}}</p>
{{end}}{{if .Date}}<p class="date">{{clean .Date}}</p>
{{end}}{{if .To}}<p class="addressee">{{clean .To}}</p>
{{end}}{{if .From}}<p class="sender">{{clean .From}}</p>
{{end}}<h1>{{clean .Title}}</h1>
{{range .Parts}}{{if .Heading}}{{if eq .Level 1}}<h2>{{.Text}}</h2>{{else}}<h3>{{.Text}}</h3>{{end}}
{{else if .List}}<ul>
{{range .List}}<li>{{.}}</li>
{{end}}</ul>
{{else if .Rows}}<table>
{{with .Head}}<thead><tr>{{range .}}<th scope="col">{{template "cell" .}}</th>{{end}}</tr></thead>
{{end}}<tbody>
{{$side := not .Head}}{{range .Rows}}<tr>{{range $i, $c := .}}{{if and $side (eq $i 0)}}<th scope="row">{{template "cell" $c}}</th>{{else}}<td>{{template "cell" $c}}</td>{{end}}{{end}}</tr>
{{end}}</tbody></table>
{{else}}<p>{{.Text}}</p>
{{end}}{{end}}</main>
</body>
</html>
{{define "cell"}}{{range $i, $l := lines .}}{{if $i}}<br>{{end}}{{$l}}{{end}}{{end}}`)
})

// A pagePart is a block as the template takes it.
type pagePart struct {
	Heading bool
	Level   int
	Text    string
	List    []string
	Head    []string
	Rows    [][]string
}

// HTML writes a document as one static, accessible page. It can be laid anywhere as it is, also under a policy
// that allows nothing but inline style.
func HTML(w io.Writer, d report.Document) error {
	parts := make([]pagePart, 0, len(d.Blocks))
	for _, b := range d.Blocks {
		p := pagePart{Heading: b.Sort == report.Heading, Level: max(1, min(2, b.Level)), Head: b.Table.Head}
		switch b.Sort {
		case report.List:
			for _, s := range b.Sentences {
				p.List = append(p.List, printable(s.Text))
			}
		case report.Grid:
			for _, row := range b.Table.Rows {
				cells := make([]string, len(row))
				for i, c := range row {
					cells[i] = c.Text
				}
				p.Rows = append(p.Rows, cells)
			}
		default:
			p.Text = printable(report.Joined(b.Sentences, d.Language))
		}
		parts = append(parts, p)
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

// Markdown writes a document as CommonMark with tables. Whatever would be markup in a text is escaped.
//
// SPEC: CommonMark 0.31
func Markdown(w io.Writer, d report.Document) error {
	var out strings.Builder
	line := func(text string) {
		if text != "" {
			out.WriteString(marked(text) + "\n\n")
		}
	}
	if d.Label != "" {
		out.WriteString("**" + marked(d.Label) + "**\n\n")
	}
	line(d.Date)
	line(d.To)
	line(d.From)
	out.WriteString("# " + marked(d.Title) + "\n\n")
	for _, b := range d.Blocks {
		markdownBlock(&out, b, d.Language)
	}
	if _, err := io.WriteString(w, strings.TrimRight(out.String(), "\n")+"\n"); err != nil {
		return fault.Wrap(err, fault.Unavailable, "render.write")
	}
	return nil
}

func markdownBlock(out *strings.Builder, b report.Block, l phrase.Language) {
	switch b.Sort {
	case report.Heading:
		out.WriteString(strings.Repeat("#", 1+max(1, min(2, b.Level))) + " " + marked(report.Joined(b.Sentences, l)) + "\n\n")
	case report.List:
		for _, s := range b.Sentences {
			out.WriteString("- " + marked(s.Text) + "\n")
		}
		out.WriteString("\n")
	case report.Grid:
		head, n := b.Table.Head, len(b.Table.Head)
		for _, row := range b.Table.Rows {
			n = max(n, len(row))
		}
		if n == 0 {
			return
		}
		writeMarked := func(cells func(int) string) {
			out.WriteString("|")
			for i := range n {
				out.WriteString(" " + strings.ReplaceAll(marked(cells(i)), "\n", "<br>") + " |")
			}
			out.WriteString("\n")
		}
		writeMarked(func(i int) string { return at(head, i) }) // CommonMark's tables have a head, be it empty
		out.WriteString(strings.Repeat("|---", n) + "|\n")
		for _, row := range b.Table.Rows {
			writeMarked(func(i int) string {
				if i < len(row) {
					return row[i].Text
				}
				return ""
			})
		}
		out.WriteString("\n")
	default:
		out.WriteString(marked(report.Joined(b.Sentences, l)) + "\n\n")
	}
}

// marked escapes what Markdown would take for markup. Any ASCII punctuation may be escaped.
func marked(s string) string {
	s = strings.TrimSpace(printable(s))
	var out strings.Builder
	for i, r := range s {
		begins := i == 0 || s[i-1] == '\n'
		switch {
		case strings.ContainsRune("\\`*_[]<>|&~^$", r), begins && strings.ContainsRune("#+-=:", r):
			out.WriteByte('\\')
		case (r == '.' || r == ')') && i > 0 && numbered(s[:i]):
			out.WriteByte('\\')
		}
		out.WriteRune(r)
	}
	return out.String()
}

// numbered says whether the line ends in what would number a list.
func numbered(s string) bool {
	line := s[strings.LastIndexByte(s, '\n')+1:]
	return line != "" && len(line) < 10 && strings.Trim(line, "0123456789") == ""
}
