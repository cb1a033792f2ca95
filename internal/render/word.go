package render

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/phrase"
	"github.com/wakachi/wakachi/internal/report"
)

// Word writes a document as .docx, with real styles, so that people can go on in Word: a title, headings,
// body text, lists, tables whose head repeats, the label on every page and the page number below.
//
// It is written by hand because of the libraries that were tried none sets fonts for Japanese, repeats a
// header and gives the same bytes twice; see docs/dependencies.md.
//
// SPEC: ECMA-376 Part 1 (WordprocessingML), Part 2 (packages)
func Word(w io.Writer, d report.Document) error {
	body := wordBody(d)
	z := zip.NewWriter(w)
	for _, part := range []struct{ name, text string }{
		{"[Content_Types].xml", contentTypes},
		{"_rels/.rels", packageRelations},
		{"word/document.xml", body},
		{"word/styles.xml", strings.ReplaceAll(wordStyles, "{lang}", wordLanguage(d.Language))},
		{"word/numbering.xml", wordNumbering},
		{"word/settings.xml", strings.ReplaceAll(wordSettings, "{lang}", wordLanguage(d.Language))},
		{"word/header1.xml", wordHeader(d.Label)},
		{"word/footer1.xml", wordFooter},
		{"word/_rels/document.xml.rels", documentRelations},
		{"docProps/core.xml", fmt.Sprintf(coreProperties, escape(d.Title), wordLanguage(d.Language))},
	} {
		// A fixed time: when it was written is nobody's business but the reader's.
		f, err := z.CreateHeader(&zip.FileHeader{Name: part.name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
		if err == nil {
			_, err = io.WriteString(f, part.text)
		}
		if err != nil {
			return fault.Wrap(err, fault.Unavailable, "render.write")
		}
	}
	if err := z.Close(); err != nil {
		return fault.Wrap(err, fault.Unavailable, "render.write")
	}
	return nil
}

func wordLanguage(l phrase.Language) string {
	if l == phrase.English {
		return "en-GB"
	}
	return "ja-JP"
}

// escape makes text of a string: what XML cannot hold is left out.
func escape(s string) string {
	var out bytes.Buffer
	xml.EscapeText(&out, []byte(printable(s))) //nolint:errcheck // a bytes.Buffer takes everything
	return out.String()
}

// A wordWriter gathers the body of a document.
type wordWriter struct{ strings.Builder }

func wordBody(d report.Document) string {
	w := &wordWriter{}
	w.WriteString(xml.Header + `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><w:body>`)
	w.line("Date", d.Date)
	w.line("Addressee", d.To)
	w.line("Sender", d.From)
	w.line("Title", d.Title)
	for _, b := range d.Blocks {
		w.block(b, d.Language)
	}
	w.WriteString(`<w:sectPr><w:headerReference w:type="default" r:id="rId4"/><w:footerReference w:type="default" r:id="rId5"/>` +
		`<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1418" w:right="1418" w:bottom="1418" w:left="1418" w:header="709" w:footer="709" w:gutter="0"/></w:sectPr></w:body></w:document>`)
	return w.String()
}

// line writes one of the lines at the head, if there is something in it.
func (w *wordWriter) line(style, text string) {
	if strings.TrimSpace(text) != "" {
		w.paragraph(style, text)
	}
}

func (w *wordWriter) paragraph(style, text string) {
	w.WriteString(`<w:p><w:pPr><w:pStyle w:val="` + style + `"/></w:pPr>`)
	w.run(text)
	w.WriteString(`</w:p>`)
}

// run writes text; line feeds become breaks.
func (w *wordWriter) run(text string) {
	w.WriteString(`<w:r>`)
	for i, line := range strings.Split(printable(text), "\n") {
		if i > 0 {
			w.WriteString(`<w:br/>`)
		}
		w.WriteString(`<w:t xml:space="preserve">` + escape(line) + `</w:t>`)
	}
	w.WriteString(`</w:r>`)
}

func (w *wordWriter) block(b report.Block, l phrase.Language) {
	switch b.Sort {
	case report.Heading:
		w.paragraph("Heading"+strconv.Itoa(max(1, min(2, b.Level))), report.Joined(b.Sentences, l))
	case report.List:
		for _, s := range b.Sentences {
			w.paragraph("ListBullet", s.Text)
		}
	case report.Grid:
		w.table(b.Table)
	default:
		w.paragraph("BodyText", report.Joined(b.Sentences, l))
	}
}

// pageWidth is what the margins leave, in twentieths of a point.
const pageWidth = 11906 - 2*1418

func (w *wordWriter) table(t report.Table) {
	columns := widths(t)
	if len(columns) == 0 {
		return
	}
	w.WriteString(`<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="` + strconv.Itoa(pageWidth) + `" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>`)
	for _, c := range columns {
		w.WriteString(`<w:gridCol w:w="` + strconv.Itoa(c) + `"/>`)
	}
	w.WriteString(`</w:tblGrid>`)
	if len(t.Head) > 0 {
		w.WriteString(`<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>`)
		for i, c := range columns {
			w.cell(c, "TableHead", at(t.Head, i), true)
		}
		w.WriteString(`</w:tr>`)
	}
	for _, row := range t.Rows {
		w.WriteString(`<w:tr>`)
		for i, c := range columns {
			text := ""
			if i < len(row) {
				text = row[i].Text
			}
			head := len(t.Head) == 0 && i == 0
			style := "TableText"
			if head {
				style = "TableHead"
			}
			w.cell(c, style, text, head)
		}
		w.WriteString(`</w:tr>`)
	}
	w.WriteString(`</w:tbl>`)
	w.paragraph("AfterTable", "") // Word wants a paragraph behind a table
}

func at(s []string, i int) string {
	if i < len(s) {
		return s[i]
	}
	return ""
}

func (w *wordWriter) cell(width int, style, text string, head bool) {
	w.WriteString(`<w:tc><w:tcPr><w:tcW w:w="` + strconv.Itoa(width) + `" w:type="dxa"/>`)
	if head {
		w.WriteString(`<w:shd w:val="clear" w:color="auto" w:fill="F2F2F2"/>`)
	}
	w.WriteString(`</w:tcPr>`)
	w.paragraph(style, text)
	w.WriteString(`</w:tc>`)
}

// widths shares the page between the columns of a table.
func widths(t report.Table) []int {
	shares := t.Shares()
	out, left := make([]int, len(shares)), pageWidth
	for i, s := range shares {
		out[i] = int(s * pageWidth)
		left -= out[i]
	}
	if len(out) > 0 {
		out[len(out)-1] += left
	}
	return out
}

func wordHeader(label string) string {
	text := ""
	if label != "" {
		text = `<w:r><w:t xml:space="preserve">` + escape(label) + `</w:t></w:r>`
	}
	return xml.Header + `<w:hdr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:p><w:pPr><w:pStyle w:val="Header"/></w:pPr>` + text + `</w:p></w:hdr>`
}

const wordFooter = xml.Header + `<w:ftr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>` +
	`<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>` +
	`<w:r><w:t xml:space="preserve"> / </w:t></w:r>` +
	`<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> NUMPAGES </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p></w:ftr>`

const contentTypes = xml.Header + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
	`<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>` +
	`<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>` +
	`<Override PartName="/word/numbering.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml"/>` +
	`<Override PartName="/word/settings.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml"/>` +
	`<Override PartName="/word/header1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"/>` +
	`<Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/>` +
	`<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`

const packageRelations = xml.Header + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>` +
	`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`

const documentRelations = xml.Header + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
	`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>` +
	`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/numbering" Target="numbering.xml"/>` +
	`<Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/settings" Target="settings.xml"/>` +
	`<Relationship Id="rId4" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/header" Target="header1.xml"/>` +
	`<Relationship Id="rId5" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer" Target="footer1.xml"/></Relationships>`

const coreProperties = xml.Header + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>%s</dc:title><dc:language>%s</dc:language></cp:coreProperties>`
