package render

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/wakachi/wakachi/internal/phrase"
	"github.com/wakachi/wakachi/internal/report"
)

// notice is a document with everything a document can have, and characters that go wrong.
func notice() report.Document {
	say := func(texts ...string) (out []report.Sentence) {
		for _, t := range texts {
			out = append(out, report.Sentence{Text: t})
		}
		return out
	}
	return report.Document{
		Title: "不正アクセスによる情報漏えいの可能性に関するお知らせ（第1報）", From: "株式会社ハレノヒ架空商店", Date: "2026年6月8日", To: "お客様各位", Label: "承認前・社外秘",
		Blocks: []report.Block{
			{Sentences: say("𠮟られた髙橋と﨑山、₹ と é と <b>太字</b> & \"引用\"。", "二つ目の文です。")},
			{Sort: report.Heading, Level: 1, Sentences: say("発生した事象")},
			{Sentences: say("# 見出しではありません。", "| 表でもありません |")},
			{Sort: report.Heading, Level: 2, Sentences: say("小見出し")},
			{Sort: report.List, Sentences: say("一つ目", "- 二つ目", "1. 三つ目")},
			{Sort: report.Grid, Table: report.Table{Head: []string{"日付", "対応"}, Rows: [][]report.Cell{{{Text: "2026年6月2日"}, {Text: "発覚\n停止"}}, {{Text: "6月4日"}, {Text: "=1+1 | 警察に相談"}}}}},
			{Sort: report.Grid, Table: report.Table{Rows: [][]report.Cell{{{Text: "電話"}, {Text: "03-0000-0000"}}}}},
		},
	}
}

// texts lists everything a document says, in the order of a page.
func texts(d report.Document) []string {
	out := []string{d.Date, d.To, d.From, d.Title}
	for _, b := range d.Blocks {
		if b.Sort == report.Grid {
			out = append(out, b.Table.Head...)
			for _, row := range b.Table.Rows {
				for _, c := range row {
					out = append(out, c.Text)
				}
			}
			continue
		}
		for _, s := range b.Sentences {
			out = append(out, s.Text)
		}
	}
	return out
}

func bare(s string) string { return strings.Join(strings.Fields(printable(s)), "") }

// wordText reads a Word file back: its parts must be XML, and its text is given as it stands.
func wordText(t testing.TB, file []byte) (body string, parts map[string]string) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	parts = map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		var text strings.Builder
		d := xml.NewDecoder(bytes.NewReader(data))
		inText := false
		for {
			token, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
			switch x := token.(type) {
			case xml.StartElement:
				inText = x.Name.Local == "t" || x.Name.Local == "title"
			case xml.EndElement:
				inText = false
			case xml.CharData:
				if inText {
					text.Write(x)
				}
			}
		}
		parts[f.Name] = text.String()
	}
	return parts["word/document.xml"], parts
}

func word(t testing.TB, d report.Document) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Word(&out, d); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestAWordFileSaysWhatTheDocumentSays(t *testing.T) {
	d := notice()
	body, parts := wordText(t, word(t, d))
	if got, want := bare(body), bare(strings.Join(texts(d), "")); got != want {
		t.Errorf("%q\nwant %q", got, want)
	}
	if parts["word/header1.xml"] != d.Label {
		t.Errorf("the label on every page is %q", parts["word/header1.xml"])
	}
	d.Label = ""
	if _, parts := wordText(t, word(t, d)); parts["word/header1.xml"] != "" {
		t.Error("an approved document has a label")
	}
	for name := range parts {
		if strings.Contains(name, "comment") || strings.Contains(name, "custom") || strings.Contains(name, "app.xml") {
			t.Errorf("%s is in it", name)
		}
	}
}

// Whatever a document holds, Word's file is XML, says it whole, and is the same every time.
func TestAnyDocument(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	pieces := []string{"𠮟", "﨑", "\x00", "\u202e", "<w:t>", "]]>", "&amp;", "|", "\\", "=1+1", "\n", "長い文。", "word", " ", "\ufffe", "\u2028", "\x1b[0m"}
	text := func() string {
		var out strings.Builder
		for range rnd.IntN(12) {
			out.WriteString(pieces[rnd.IntN(len(pieces))])
		}
		return out.String()
	}
	for range 200 {
		d := report.Document{Title: text(), From: text(), To: text(), Date: text(), Label: text(), Language: phrase.Language(rnd.IntN(2))}
		for range rnd.IntN(6) {
			b := report.Block{Sort: report.BlockSort(rnd.IntN(4)), Level: rnd.IntN(4)}
			for range rnd.IntN(4) {
				b.Sentences = append(b.Sentences, report.Sentence{Text: text()})
			}
			if b.Sort == report.Grid {
				b.Sentences = nil
				for range rnd.IntN(3) {
					b.Table.Head = append(b.Table.Head, text())
				}
				for range rnd.IntN(4) {
					var row []report.Cell
					for range max(1, len(b.Table.Head)) {
						row = append(row, report.Cell{Text: text()})
					}
					b.Table.Rows = append(b.Table.Rows, row)
				}
			}
			d.Blocks = append(d.Blocks, b)
		}
		file := word(t, d)
		if !bytes.Equal(file, word(t, d)) {
			t.Fatal("twice the same document is not twice the same file")
		}
		body, _ := wordText(t, file)
		if bare(body) != bare(strings.Join(texts(d), "")) {
			t.Fatalf("%q of %q", body, texts(d))
		}
		if got := bare(pageOf(t, d).text); got != bare(d.Label+strings.Join(texts(d), "")) {
			t.Fatalf("the page says %q, the document %q", got, bare(d.Label+strings.Join(texts(d), "")))
		}
		if err := Markdown(io.Discard, d); err != nil {
			t.Fatal(err)
		}
	}
}

func TestALongTable(t *testing.T) {
	d := report.Document{Title: "長い表", Blocks: []report.Block{{Sort: report.Grid, Table: report.Table{Head: []string{"番号", "内容"}}}}}
	for i := range 3000 {
		d.Blocks[0].Table.Rows = append(d.Blocks[0].Table.Rows, []report.Cell{{Text: fmt.Sprint(i)}, {Text: strings.Repeat("内容", 20)}})
	}
	body, _ := wordText(t, word(t, d))
	if !strings.Contains(body, "2999") {
		t.Error("the end is missing")
	}
	empty, _ := wordText(t, word(t, report.Document{}))
	if empty != "" {
		t.Errorf("an empty document says %q", empty)
	}
}

func BenchmarkWord(b *testing.B) {
	d := notice()
	for range 40 {
		d.Blocks = append(d.Blocks, notice().Blocks...)
	}
	for b.Loop() {
		if err := Word(io.Discard, d); err != nil {
			b.Fatal(err)
		}
	}
}
