package document

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
)

const wordNames = ` xmlns:w="w" xmlns:r="r" xmlns:mc="mc" xmlns:wp="wp"`

const sampleDocument = `<?xml version="1.0" encoding="UTF-8"?><w:document` + wordNames + `><w:body>
<w:p><w:pPr><w:pStyle w:val="1"/><w:tabs><w:tab w:val="left"/></w:tabs></w:pPr><w:r><w:t>経緯</w:t></w:r></w:p>
<w:p><w:r><w:t xml:space="preserve">通信先は </w:t></w:r><w:r><w:t>203.0.</w:t></w:r><w:r><w:t>113.9</w:t><w:tab/><w:t>443</w:t><w:br/><w:t>次の行</w:t></w:r>
<w:del w:author="高梨"><w:r><w:delText>削除した社名</w:delText></w:r></w:del>
<w:r><w:rPr><w:vanish/></w:rPr><w:t>隠し文字</w:t></w:r>
<w:hyperlink r:id="rId1"><w:r><w:t>link</w:t></w:r></w:hyperlink>
<w:r><w:instrText>HYPERLINK "http://field.</w:instrText></w:r><w:r><w:instrText>example/"</w:instrText></w:r></w:p>
<w:tbl><w:tr><w:tc><w:p><w:r><w:t>日時</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>内容</w:t></w:r></w:p><w:p><w:r><w:t>二段</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
<w:p><w:r><mc:AlternateContent><mc:Choice><wp:docPr descr="社内図"/><w:txbxContent><w:p><w:r><w:t>箱</w:t></w:r></w:p></w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent><w:p><w:r><w:t>箱</w:t></w:r></w:p><w:p><w:r><w:t>別</w:t></w:r></w:p></w:txbxContent></mc:Fallback></mc:AlternateContent></w:r></w:p>
</w:body></w:document>`

// docx makes a Word file of its parts.
func docx(t testing.TB, parts ...entry) []byte {
	return zipOf(t, append([]entry{{name: "[Content_Types].xml", body: "<Types/>"}}, parts...)...)
}

func TestWordFileIsReadWithWhatDoesNotShow(t *testing.T) {
	data := docx(t,
		entry{name: "word/document.xml", body: sampleDocument},
		entry{name: "word/_rels/document.xml.rels", body: `<Relationships><Relationship Id="rId1" TargetMode="External" Target="http://link.example/"/><Relationship Id="rId9" TargetMode="External" Target="http://template.example/t.dotm"/></Relationships>`},
		entry{name: "word/styles.xml", body: `<w:styles xmlns:w="w"><w:style w:styleId="1"><w:name w:val="heading 1"/></w:style></w:styles>`},
		entry{name: "word/header1.xml", body: `<w:hdr xmlns:w="w"><w:p><w:r><w:t>社外秘</w:t></w:r></w:p></w:hdr>`},
		entry{name: "word/footnotes.xml", body: `<w:footnotes xmlns:w="w"><w:footnote><w:p><w:r><w:t>脚注</w:t></w:r></w:p></w:footnote></w:footnotes>`},
		entry{name: "word/comments.xml", body: `<w:comments xmlns:w="w"><w:comment w:author="三枝"><w:p><w:r><w:t>要確認</w:t></w:r></w:p></w:comment></w:comments>`},
		entry{name: "docProps/core.xml", body: `<cp:coreProperties xmlns:cp="cp" xmlns:dc="dc"><dc:creator>高梨亮介</dc:creator></cp:coreProperties>`},
		entry{name: "docProps/app.xml", body: `<Properties><Company>株式会社東雲架空製作所</Company></Properties>`},
		entry{name: "word/media/image1.png", body: "\x89PNG\r\n\x1a\n"},
		entry{name: "word/vbaProject.bin", body: "x"},
	)
	compare(t, "a.docx", data, `a.docx:1 heading 経緯
a.docx:2 prose 通信先は 203.0.113.9	443
a.docx:3 prose 次の行link
a.docx:2 hidden 削除した社名
a.docx:2 hidden 隠し文字
a.docx:2 hidden link: http://link.example/
a.docx:2 hidden HYPERLINK "http://field.example/"
a.docx:4 row 日時 | 内容 二段
a.docx:5 prose 箱
a.docx:6 prose 別
a.docx:7 prose 
a.docx:7 hidden alt: 社内図
a.docx:8 hidden link: http://template.example/t.dotm
a.docx/header1:1 prose 社外秘
a.docx/footnotes:1 prose 脚注
a.docx/comments:1 hidden 要確認
a.docx/docProps/core:1 hidden creator: 高梨亮介
a.docx/docProps/app:1 hidden Company: 株式会社東雲架空製作所
a.docx/authors:1 hidden author: 高梨
a.docx/authors:2 hidden author: 三枝
skipped a.docx/word/media/image1.png document.image
skipped a.docx/word/vbaProject.bin document.macro
`)
}

func TestWordFileWithADoctypeIsRefused(t *testing.T) {
	data := docx(t, entry{name: "word/document.xml", body: `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><w:document xmlns:w="w"><w:p><w:r><w:t>&a;</w:t></w:r></w:p></w:document>`})
	_, err := Read("a.docx", bytes.NewReader(data), Limits{})
	if codeOf(err) != "document.doctype" {
		t.Errorf("%v", err)
	}
}

func TestABrokenWordFileGivesWhatThereIsAndSaysSo(t *testing.T) {
	body, _, _ := strings.Cut(sampleDocument, "<w:tbl>")
	res := mustRead(t, "a.docx", docx(t, entry{name: "word/document.xml", body: body}))
	if len(res.Notes) == 0 || len(res.Notes[0].Lines) < 3 || len(res.Skipped) != 1 || res.Skipped[0].Err.Code != "document.damaged" {
		t.Errorf("%s", show(res))
	}
}

func TestAMillionTagsAreReadOrRefused(t *testing.T) {
	body := `<w:document xmlns:w="w"><w:body>` + strings.Repeat("<w:p/>", 1_000_001) + `</w:body></w:document>`
	_, err := Read("a.docx", bytes.NewReader(docx(t, entry{name: "word/document.xml", body: body})), Limits{Tags: 1_000_000})
	if codeOf(err) != "document.too-many-tags" {
		t.Errorf("%v", err)
	}
}

func FuzzDocx(f *testing.F) {
	f.Add([]byte(sampleDocument), []byte(`<Relationships><Relationship Id="rId1" TargetMode="External" Target="x"/></Relationships>`))
	f.Add([]byte(`<w:tr xmlns:w="w"><w:tc><w:p><w:t>x</w:t></w:p></w:tc></w:tr>`), []byte(""))
	f.Fuzz(func(t *testing.T, body, rels []byte) {
		data := docx(t, entry{name: "word/document.xml", body: string(body)}, entry{name: "word/_rels/document.xml.rels", body: string(rels)})
		res, err := Read("a.docx", bytes.NewReader(data), Limits{Lines: 20000, Tags: 20000})
		sound(t, res, err)
	})
}

func TestWordListsAndTitlesKeepTheirDepth(t *testing.T) {
	para := func(properties, text string) string {
		return `<w:p><w:pPr>` + properties + `</w:pPr><w:r><w:t>` + text + `</w:t></w:r></w:p>`
	}
	body := para(`<w:pStyle w:val="H2"/>`, "Ours") + para(`<w:outlineLvl w:val="2"/>`, "Servers") + para(`<w:outlineLvl w:val="9"/>`, "text") +
		para(`<w:numPr><w:ilvl w:val="0"/><w:numId w:val="3"/></w:numPr>`, "one") + para(`<w:numPr><w:ilvl w:val="1"/><w:numId w:val="3"/></w:numPr>`, "two</w:t><w:br/><w:t>lines") +
		para(`<w:numPr><w:numId w:val="0"/></w:numPr>`, "none") + para(`<w:numPr><w:ilvl w:val="-4"/></w:numPr>`, "odd") + para(`<w:numPr><w:ilvl w:val="99999999"/></w:numPr>`, "odder")
	got, err := Read("a.docx", bytes.NewReader(docx(t,
		entry{name: "word/document.xml", body: `<w:document xmlns:w="w"><w:body>` + body + `</w:body></w:document>`},
		entry{name: "word/styles.xml", body: `<w:styles xmlns:w="w"><w:style w:styleId="H2"><w:name w:val="heading 2"/></w:style></w:styles>`},
	)), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, l := range got.Notes[0].Lines {
		lines = append(lines, fmt.Sprintf("%d %s", l.Level, l.Text))
	}
	want := []string{"2 Ours", "3 Servers", "0 text", "0 - one", "0   - two", "0     lines", "0 none", "0 odd", "0 odder"}
	if !got.Notes[0].Whole || !slices.Equal(lines, want) {
		t.Errorf("whole: %v, %q\nwant %q", got.Notes[0].Whole, lines, want)
	}
}
