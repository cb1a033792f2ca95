package render

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/wakachi/wakachi/internal/phrase"
	"github.com/wakachi/wakachi/internal/report"
)

// The order in which the schema has the children of an element; of long ones those that are near to what is
// written, in their order. Word takes a file that has them otherwise for a broken one.
//
// SPEC: ECMA-376 Part 1, Annex A.1 (Part 4 for what is transitional)
var schema = map[string]string{
	"document":      "background body",
	"sectPr":        "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders lnNumType pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid",
	"p":             "pPr r",
	"pPr":           "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment textboxTightWrap outlineLvl divId cnfStyle rPr sectPr",
	"rPr":           "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em lang eastAsianLayout specVanish oMath",
	"tbl":           "tblPr tblGrid tr",
	"tblPr":         "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription",
	"tr":            "tblPrEx trPr tc",
	"tc":            "tcPr p",
	"tcPr":          "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign hideMark",
	"tblBorders":    "top left bottom right insideH insideV",
	"tblCellMar":    "top left bottom right",
	"styles":        "docDefaults latentStyles style",
	"docDefaults":   "rPrDefault pPrDefault",
	"style":         "name aliases basedOn next link autoRedefine hidden uiPriority semiHidden unhideWhenUsed qFormat locked personal rsid pPr rPr tblPr trPr tcPr tblStylePr",
	"numbering":     "numPicBullet abstractNum num numIdMacAtCleanup",
	"abstractNum":   "nsid multiLevelType tmpl name styleLink numStyleLink lvl",
	"lvl":           "start numFmt lvlRestart pStyle isLgl suff lvlText lvlPicBulletId legacy lvlJc pPr rPr",
	"settings":      "writeProtection view zoom removePersonalInformation removeDateAndTime documentProtection defaultTabStop autoHyphenation evenAndOddHeaders drawingGridHorizontalSpacing noPunctuationKerning characterSpacingControl printTwoOnOne strictFirstAndLastChars noLineBreaksAfter noLineBreaksBefore updateFields hdrShapeDefaults footnotePr endnotePr compat docVars rsids attachedSchema themeFontLang clrSchemeMapping decimalSymbol listSeparator",
	"font":          "altName panose1 charset family notTrueType pitch sig embedRegular",
	"Relationships": "Relationship", "Types": "Default Override", "coreProperties": "title language", "fonts": "font",
	"hdr": "p", "ftr": "p", "rPrDefault": "rPr", "pPrDefault": "pPr", "tblGrid": "gridCol", "compat": "compatSetting", "num": "abstractNumId", "numPr": "numId",
}

// anyOrder are elements whose children the schema lets stand as they come.
var anyOrder = []string{"body", "r", "trPr"}

func TestElementsStandInTheOrderOfTheSchema(t *testing.T) {
	for _, l := range []phrase.Language{phrase.Japanese, phrase.English} {
		d := notice()
		d.Language = l
		for name, part := range wordParts(t, word(t, d)) {
			if err := inOrder(part); err != "" {
				t.Errorf("%s: %s", name, err)
			}
		}
	}
}

func inOrder(part string) string {
	type element struct {
		name string
		at   int
	}
	var open []element
	for d := xml.NewDecoder(strings.NewReader(part)); ; {
		token, err := d.Token()
		if err == io.EOF {
			return ""
		}
		if err != nil {
			return err.Error()
		}
		switch x := token.(type) {
		case xml.StartElement:
			if len(open) > 0 && !slices.Contains(anyOrder, open[len(open)-1].name) {
				parent := &open[len(open)-1]
				i := slices.Index(strings.Fields(schema[parent.name]), x.Name.Local)
				if i < parent.at {
					return x.Name.Local + " does not stand there in " + parent.name
				}
				parent.at = i
			}
			open = append(open, element{name: x.Name.Local})
		case xml.EndElement:
			open = open[:len(open)-1]
		}
	}
}

// wordParts gives the parts of a Word file as they are written.
func wordParts(t testing.TB, file []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		parts[f.Name] = string(data)
	}
	return parts
}

// Word has a language for Latin letters and one for East Asian text. Each must be of its script.
func TestEachScriptHasItsLanguage(t *testing.T) {
	for l, want := range map[phrase.Language]string{
		phrase.Japanese: `w:val="en-US" w:eastAsia="ja-JP"`,
		phrase.English:  `w:val="en-GB" w:eastAsia="ja-JP"`,
	} {
		d := notice()
		d.Language = l
		parts := wordParts(t, word(t, d))
		for part, element := range map[string]string{"word/styles.xml": "<w:lang ", "word/settings.xml": "<w:themeFontLang "} {
			if !strings.Contains(parts[part], element+want) {
				t.Errorf("%s of %s lacks %s", part, tag(l), element+want)
			}
		}
		if !strings.Contains(parts["docProps/core.xml"], "<dc:language>"+wordLanguage(l)+"<") {
			t.Errorf("the document is not in %s", tag(l))
		}
		hint := strings.Contains(parts["word/document.xml"], `w:hint="eastAsia"`)
		if hint != (l == phrase.Japanese) {
			t.Errorf("%s: the hint to East Asian fonts is %v", tag(l), hint)
		}
		for name, part := range parts {
			if strings.ContainsAny(part, "{}") {
				t.Errorf("%s has something not filled in", name)
			}
		}
	}
}

func TestALongTitleIsBrokenWhereAReaderWould(t *testing.T) {
	for title, want := range map[string]string{
		"不正アクセスに関するお知らせ（第1報）":                "不正アクセスに関するお知らせ（第1報）",
		"ランサムウェア攻撃による情報漏えいの可能性に関するお知らせ（第1報）": "ランサムウェア攻撃による情報漏えいの可能性に関するお知らせ\n（第1報）",
		"ランサムウェア事案の報告・相談（共通様式2の項目）　第1報（速報）":  "ランサムウェア事案の報告・相談（共通様式2の項目）\n第1報（速報）",
		"（" + strings.Repeat("長い", 40) + "）": "（" + strings.Repeat("長い", 40) + "）",
		strings.Repeat("長い", 40):    strings.Repeat("長い", 40),
		strings.Repeat("word ", 20): strings.Repeat("word ", 20),
		"ランサムウェア攻撃による情報漏えいの可能性に関するお知らせ\n（第1報）": "ランサムウェア攻撃による情報漏えいの可能性に関するお知らせ\n（第1報）",
	} {
		if got := titleLines(title); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// A small table stays on the page of its heading, rows are not torn, and heads are repeated.
func TestTablesOverPages(t *testing.T) {
	row := func(texts ...string) (out []report.Cell) {
		for _, s := range texts {
			out = append(out, report.Cell{Text: s})
		}
		return out
	}
	write := func(table report.Table) string {
		w := &wordWriter{}
		w.table(table)
		return w.String()
	}
	small := write(report.Table{Rows: [][]report.Cell{row("電話", "03-0000-0000"), row("受付時間", "毎日"), row("窓口", "総務")}})
	if got := strings.Count(small, "<w:keepNext/>"); got != 4 { // all but the last row, two cells each
		t.Errorf("%d cells of a small table stay with the next row", got)
	}
	long := report.Table{Head: []string{"日付", "内容"}}
	for range 40 {
		long.Rows = append(long.Rows, row("2026年6月2日", "調査"))
	}
	long.Rows = append(long.Rows, row("", strings.Repeat("長い記述。", 400)))
	if got := write(long); strings.Count(got, "<w:keepNext/>") != 2 || strings.Count(got, "<w:tblHeader/>") != 1 || strings.Count(got, "<w:cantSplit/>") != 41 {
		t.Errorf("of a long table %d cells stay with the next row, %d rows are repeated and %d are not torn", strings.Count(got, "<w:keepNext/>"), strings.Count(got, "<w:tblHeader/>"), strings.Count(got, "<w:cantSplit/>"))
	}
}

// No word and no date is torn while there is room in another column, and the columns fill the page.
func TestColumnsHaveRoomForTheirWords(t *testing.T) {
	answer := strings.Repeat("the servers of the electronic medical records ", 6)
	form := report.Table{Head: []string{"no.", "question", "answer", "how sure"}, Rows: [][]report.Cell{
		{{Text: "1"}, {Text: strings.Repeat("whether a question is long ", 3)}, {Text: answer}, {Text: "confirmed"}},
		{{Text: "2026年12月30日"}, {Text: "q"}, {Text: answer}, {Text: "partly uncertain"}},
	}}
	got, need := widths(form), needs(form, 4)
	sum := 0
	for i := range got {
		if sum += got[i]; got[i] < need[i] {
			t.Errorf("column %d is %d wide, its words %d", i, got[i], need[i])
		}
	}
	if sum != pageWidth || need[3] < 9*letterWidth {
		t.Errorf("the columns are %v wide, needed are %v", got, need)
	}
	crowded := report.Table{Head: slices.Repeat([]string{"unconditionally"}, 12)}
	sum = 0
	for _, w := range widths(crowded) {
		if sum += w; w <= 0 {
			t.Errorf("a column is %d wide", w)
		}
	}
	if sum != pageWidth {
		t.Errorf("the columns are %d wide together", sum)
	}
}
