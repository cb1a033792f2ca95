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
		{"word/styles.xml", inWords(wordStyles, d.Language)},
		{"word/numbering.xml", wordNumbering},
		{"word/settings.xml", inWords(wordSettings, d.Language)},
		{"word/fontTable.xml", wordFonts},
		{"word/header1.xml", wordHeader(d.Label)},
		{"word/footer1.xml", wordFooter},
		{"word/_rels/document.xml.rels", documentRelations},
		{"docProps/core.xml", fmt.Sprintf(coreProperties, escape(strings.ReplaceAll(d.Title, "\n", " ")), wordLanguage(d.Language))},
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

// wordLanguage names the language of a whole document.
func wordLanguage(l phrase.Language) string {
	if l == phrase.English {
		return "en-GB"
	}
	return "ja-JP"
}

// inWords fills in what differs between the languages. The language of Latin letters is never Japanese: Word
// keeps one for each script, and would check English words as Japanese.
//
// SPEC: ECMA-376 Part 1 §17.3.2.20 (lang), §17.15.1.88 (themeFontLang)
func inWords(part string, l phrase.Language) string {
	latin, font, sides := "en-US", japaneseFont, "both"
	if l == phrase.English {
		latin, font, sides = "en-GB", latinFont, "left" // without hyphens, even margins tear holes into English
	}
	return strings.NewReplacer("{latin}", latin, "{latin-font}", font, "{font}", japaneseFont, "{sides}", sides).Replace(part)
}

// escape makes text of a string: what XML cannot hold is left out.
func escape(s string) string {
	var out bytes.Buffer
	xml.EscapeText(&out, []byte(printable(s))) //nolint:errcheck // a bytes.Buffer takes everything
	return out.String()
}

// A wordWriter gathers the body of a document.
type wordWriter struct {
	strings.Builder
	begin string // of each run
}

func wordBody(d report.Document) string {
	w := &wordWriter{begin: `<w:r>`}
	if d.Language != phrase.English {
		// “ ” … ※ and the like are in the fonts of both scripts: in Japanese they are set and broken as Japanese.
		w.begin = `<w:r><w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr>`
	}
	w.WriteString(xml.Header + `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><w:body>`)
	w.line("Date", d.Date)
	w.line("Addressee", d.To)
	w.line("Sender", d.From)
	w.line("Title", titleLines(d.Title))
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

// titleLines breaks a Japanese title that is longer than a line where a reader would: before what is added in
// brackets, or at the space. Word would break it anywhere.
func titleLines(title string) string {
	const line = 60 // half-width characters of 14 points, and a little for the space beside digits
	if strings.Contains(title, "\n") || wide(title) <= line {
		return title
	}
	for _, at := range []string{"\u3000", "（"} {
		if head, tail, ok := cutLast(title, at); ok && strings.TrimSpace(head) != "" && wide(tail) <= line {
			return strings.TrimRight(head, "\u3000") + "\n" + tail
		}
	}
	return title
}

// cutLast cuts before the last sep; a space goes, anything else stays with the tail.
func cutLast(s, sep string) (head, tail string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], strings.TrimLeft(s[i:], "\u3000"), true
}

// wide measures a text in half-width characters.
func wide(s string) int {
	n := 0
	for _, r := range s {
		if n++; r > 0x2E7F {
			n++
		}
	}
	return n
}

func (w *wordWriter) paragraph(style, text string) { w.kept(style, text, false) }

// kept writes a paragraph; with keep, it stays on the page of the next one.
func (w *wordWriter) kept(style, text string, keep bool) {
	w.WriteString(`<w:p><w:pPr><w:pStyle w:val="` + style + `"/>`)
	if keep {
		w.WriteString(`<w:keepNext/>`)
	}
	w.WriteString(`</w:pPr>`)
	w.run(text)
	w.WriteString(`</w:p>`)
}

// run writes text; line feeds become breaks.
func (w *wordWriter) run(text string) {
	w.WriteString(w.begin)
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
