package render

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/wakachi/wakachi/internal/phrase"
	"github.com/wakachi/wakachi/internal/report"
)

// A readPage is a page as a browser takes it.
type readPage struct {
	source   string
	text     string // of its body
	elements map[string]int
	styles   string
}

// pageOf writes a document as HTML and reads it back. What a browser would have to mend is an error.
func pageOf(t testing.TB, d report.Document) readPage {
	t.Helper()
	var out bytes.Buffer
	if err := HTML(&out, d); err != nil {
		t.Fatal(err)
	}
	tree, err := html.Parse(bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	p := readPage{source: out.String(), elements: map[string]int{}}
	var walk func(n *html.Node, inMain bool)
	walk = func(n *html.Node, inMain bool) {
		if n.Type == html.ElementNode {
			p.elements[n.Data]++
			inMain = inMain || n.Data == "main"
		}
		if n.Type == html.TextNode && n.Parent.Data == "style" {
			p.styles += n.Data
		} else if n.Type == html.TextNode && inMain {
			p.text += n.Data
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, inMain)
		}
	}
	walk(tree, false)
	tags := regexp.MustCompile(`<(/?)([a-z][a-z0-9]*)[^>]*>`)
	open := map[string]int{}
	for _, m := range tags.FindAllStringSubmatch(p.source[strings.Index(p.source, "<body>"):], -1) {
		if open[m[2]]++; m[1] != "" {
			open[m[2]] -= 2
		}
	}
	for name, n := range open {
		if n != 0 && name != "br" && name != "col" && name != "html" {
			t.Fatalf("<%s> is opened %d times more than closed:\n%s", name, n, p.source)
		}
	}
	return p
}

func TestAPageNeedsNothingElse(t *testing.T) {
	p := pageOf(t, notice())
	for _, want := range []string{`<html lang="ja">`, "<h1>不正アクセス", `<th scope="col">日付</th>`, `<th scope="row">電話</th>`, "発覚<br>停止", "&lt;b&gt;太字&lt;/b&gt; &amp;", "𠮟られた髙橋と﨑山", `<meta charset="utf-8">`, `<meta name="viewport"`, "<title>不正アクセス", "color-scheme: light dark", "@media print"} {
		if !strings.Contains(p.source, want) {
			t.Errorf("it lacks %q:\n%s", want, p.source)
		}
	}
	if m := regexp.MustCompile(`(?i)<script|<img|<link|<iframe|<object|<base|href=|src=|srcset|url\(|image-set|@import|@font-face`).FindString(p.source); m != "" {
		t.Errorf("it asks for something: %q", m)
	}
	if !strings.Contains(p.source, `content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;"`) && !strings.Contains(p.source, `content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"`) {
		t.Error("its policy allows more than inline style")
	}
	if got, want := bare(p.text), bare(notice().Label+strings.Join(texts(notice()), "")); got != want {
		t.Errorf("%q\nwant %q", got, want)
	}
	d := notice()
	d.Language = phrase.English
	if !strings.Contains(pageOf(t, d).source, `<html lang="en">`) {
		t.Error("an English page is not said to be English")
	}
}

// A text stays a text also in the style of the printed page, where the label stands.
func TestALabelIsNoStyle(t *testing.T) {
	for _, label := range []string{`"; } body { background: url(http://evil.example/) } x { content: "`, "</style><script>alert(1)</script>", "\\\"}", "*/ @import 'x'; /*", "<!--", "一\n二"} {
		d := notice()
		d.Label = label
		p := pageOf(t, d)
		if p.elements["style"] != 1 || p.elements["script"] != 0 {
			t.Errorf("%q became %v", label, p.elements)
		}
		styles := regexp.MustCompile(`"[^"\n]*"`).ReplaceAllString(p.styles, "")
		if strings.Count(styles, "{") != strings.Count(pageOf(t, notice()).styles, "{") || regexp.MustCompile(`(?i)url\(|@import|["*]`).MatchString(styles) {
			t.Errorf("%q became style:\n%s", label, p.styles)
		}
		if !strings.Contains(bare(p.text), bare(label)) {
			t.Errorf("%q is not on the page", label)
		}
	}
	d := notice()
	d.Label = ""
	if p := pageOf(t, d); strings.Contains(p.styles, "@top-right") || strings.Contains(p.source, `class="label"`) {
		t.Error("an approved document has a label")
	}
}

// What is empty is not there, and what is there is not lost.
func TestOddBlocksOnAPage(t *testing.T) {
	cells := func(texts ...string) (out []report.Cell) {
		for _, s := range texts {
			out = append(out, report.Cell{Text: s})
		}
		return out
	}
	d := report.Document{Title: "題", Blocks: []report.Block{
		{}, {Sort: report.List}, {Sort: report.Heading}, {Sort: report.Grid}, {Sentences: []report.Sentence{{Text: " \u200b"}}},
		{Sort: report.Grid, Table: report.Table{Head: []string{"頭だけ", "の表"}}},
		{Sort: report.Grid, Table: report.Table{Head: []string{"短い頭"}, Rows: [][]report.Cell{cells("一", "二", "三"), cells("四")}}},
		{Sort: report.Heading, Level: 9, Sentences: []report.Sentence{{Text: "深い"}}},
	}}
	p := pageOf(t, d)
	for name, want := range map[string]int{"p": 0, "ul": 0, "h1": 1, "h2": 0, "h3": 1, "table": 2, "th": 3, "td": 8} {
		if p.elements[name] != want {
			t.Errorf("%d of <%s>, want %d:\n%s", p.elements[name], name, want, p.source)
		}
	}
	if got := bare(p.text); got != "題頭だけの表短い頭一二三四深い" {
		t.Errorf("the page says %q", got)
	}
}
