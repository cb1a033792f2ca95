package document

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

const sampleSheet = `<worksheet xmlns:r="r"><cols><col min="4" max="5" hidden="1"/></cols><sheetData>
<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>内容</t></is></c></row>
<row r="3"><c r="A3" s="1"><v>46153.2368287037</v></c><c r="B3" t="s"><v>1</v></c><c r="D3" t="s"><v>2</v></c></row>
<row r="4" hidden="1"><c r="A4" s="1"><v>46153</v></c><c r="C4" t="str"><f>HYPERLINK("http://evil.example/x","y")</f><v>y</v></c></row>
<row r="5"><c r="A5"><f>SUM(A1:A2)</f><v>12.5</v></c><c r="B5"><f>A1+1</f></c><c r="C5" t="b"><v>1</v></c><c r="D5" t="e"><v>#N/A</v></c></row>
</sheetData><hyperlinks><hyperlink ref="B3" r:id="rId1" tooltip="tip"/></hyperlinks><headerFooter><oddHeader>&amp;C社外秘</oddHeader></headerFooter></worksheet>`

// xlsx makes a workbook of a sheet and further parts.
func xlsx(t testing.TB, sheet string, more ...entry) []byte {
	rels := func(rows ...string) string {
		return "<Relationships>" + strings.Join(rows, "") + "</Relationships>"
	}
	parts := append([]entry{
		{name: "[Content_Types].xml", body: "<Types/>"},
		{name: "xl/workbook.xml", body: `<workbook xmlns:r="r"><workbookPr/><sheets><sheet name="時系列" r:id="rId1"/><sheet name="裏" state="veryHidden" r:id="rId2"/></sheets><definedNames><definedName name="担当">裏!$A$1</definedName></definedNames></workbook>`},
		{name: "xl/_rels/workbook.xml.rels", body: rels(
			`<Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/>`,
			`<Relationship Id="rId2" Type="x/worksheet" Target="/xl/worksheets/sheet2.xml"/>`,
			`<Relationship Id="rId3" Type="x/sharedStrings" Target="sharedStrings.xml"/>`)},
		{name: "xl/styles.xml", body: `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs></styleSheet>`},
		{name: "xl/sharedStrings.xml", body: `<sst><si><t>日時</t></si><si><r><t>送信元は </t></r><r><t>203.0.113.9</t></r></si><si><t>高梨</t><rPh sb="0" eb="2"><t>タカナシ</t></rPh></si></sst>`},
		{name: "xl/worksheets/sheet1.xml", body: sheet},
		{name: "xl/worksheets/_rels/sheet1.xml.rels", body: rels(
			`<Relationship Id="rId1" Type="x/hyperlink" TargetMode="External" Target="http://link.example/"/>`,
			`<Relationship Id="rId2" Type="x/comments" Target="../comments1.xml"/>`)},
		{name: "xl/comments1.xml", body: `<comments><authors><author>三枝</author></authors><commentList><comment ref="B3" authorId="0"><text><r><t>要</t></r><r><t>確認</t></r></text></comment></commentList></comments>`},
		{name: "xl/worksheets/sheet2.xml", body: `<worksheet><sheetData><row><c><v>1</v></c><c t="s"><v>9</v></c></row></sheetData></worksheet>`},
	}, more...)
	return zipOf(t, parts...)
}

func TestWorkbookIsReadWithWhatDoesNotShow(t *testing.T) {
	compare(t, "a.xlsx", xlsx(t, sampleSheet,
		entry{name: "xl/drawings/drawing1.xml", body: `<d xmlns:a="a"><a:p><a:r><a:t>203.0.</a:t></a:r><a:r><a:t>113.7</a:t></a:r></a:p></d>`},
		entry{name: "docProps/core.xml", body: `<coreProperties><creator>高梨亮介</creator></coreProperties>`},
		entry{name: "xl/connections.xml", body: `<connections><connection name="db"><dbPr connection="Server=srv1.victim.example"/></connection></connections>`},
		entry{name: "xl/vbaProject.bin", body: "x"},
		entry{name: "xl/media/image1.png", body: "\x89PNG\r\n\x1a\n"},
	), `a.xlsx:1 hidden name: 担当 = 裏!$A$1
a.xlsx:2 hidden format: yyyy"年"m"月"d"日"
a.xlsx/時系列:1 row 日時 | 内容
a.xlsx/時系列:3 row 2026-05-11 05:41:02 | 送信元は 203.0.113.9
a.xlsx/時系列:3 hidden D3: reading: タカナシ
a.xlsx/時系列:3 hidden D3: 高梨
a.xlsx/時系列:4 hidden 2026-05-11 |  | y
a.xlsx/時系列:4 hidden C4: =HYPERLINK("http://evil.example/x","y")
a.xlsx/時系列:5 row 12.5 | =A1+1 | TRUE
a.xlsx/時系列:5 hidden D5: #N/A
a.xlsx/時系列:3 hidden B3: link: http://link.example/
a.xlsx/時系列:3 hidden B3: tooltip: tip
a.xlsx/時系列:5 hidden oddHeader: &C社外秘
a.xlsx/時系列:3 hidden B3: note: 要確認
a.xlsx/裏:1 hidden 1
a.xlsx/docProps/core:1 hidden creator: 高梨亮介
a.xlsx/connections:1 hidden name: db
a.xlsx/connections:2 hidden connection: Server=srv1.victim.example
a.xlsx/drawings/drawing1:1 prose 203.0.113.7
a.xlsx/authors:1 hidden author: 三枝
skipped a.xlsx/xl/media/image1.png document.image
skipped a.xlsx/xl/vbaProject.bin document.macro
doubt a.xlsx/裏 document.cells-missing
`)
}

func TestWorkbookMadeByAnOfficeProgram(t *testing.T) {
	data, err := os.ReadFile("testdata/memo.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	got := show(mustRead(t, "memo.xlsx", data))
	for _, want := range []string{"row 日時 | 内容 | 数", "row 2026-05-11 | 送信元 203.0.113.9 | 00123", "row 2026-05-12 | 東雲、𠮷田 | 0.1"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
}

func TestSerialNumbersBecomeDates(t *testing.T) {
	for _, row := range []struct {
		raw    string
		kind   dateKind
		from04 bool
		want   string
	}{
		{"46153", dateTime, false, "2026-05-11"},
		{"46153.5", dateTime, false, "2026-05-11 12:00:00"},
		{"0.25", dateTime, false, "06:00:00"},
		{"1", dateTime, false, "1900-01-01"},
		{"59", dateTime, false, "1900-02-28"},
		{"61", dateTime, false, "1900-03-01"},
		{"0", dateTime, true, "1904-01-01"},
		{"44691", dateTime, true, "2026-05-11"},
		{"1.5", elapsed, false, "36:00:00"},
		{"46153.00000578704", dateTime, false, "2026-05-11 00:00:00.500"},
		{"-1", dateTime, false, "-1"},
		{"1e300", dateTime, false, "1e300"},
		{"x", dateTime, false, "x"},
		{"46153", noDate, false, "46153"},
	} {
		if got := serialText(row.raw, row.kind, row.from04); got != row.want {
			t.Errorf("%+v: %s", row, got)
		}
	}
}

func TestFormatsOfDatesAreTold(t *testing.T) {
	for code, want := range map[string]dateKind{
		"yyyy/mm/dd": dateTime, `m"月"d"日"`: dateTime, "[$-411]ge.m.d": dateTime, "h:mm:ss.000": dateTime, "[h]:mm": elapsed,
		"General": noDate, "G/標準": noDate, "0.00E+00": noDate, `#,##0"days"`: noDate, "[Red]0": noDate, `"¥"#,##0`: noDate, "@": noDate, "": noDate, `\d0`: noDate,
	} {
		if got := formatKind(code); got != want {
			t.Errorf("%q: %d", code, got)
		}
	}
}

func TestHostileWorkbooks(t *testing.T) {
	row := func(body string) string {
		return "<worksheet><sheetData>" + body + "</sheetData></worksheet>"
	}
	big := strings.Repeat("x", 30_000)
	shared := entry{name: "xl/big.xml", body: "x"}
	for name, r := range map[string]struct {
		sheet string
		lim   Limits
		code  string
	}{
		"cells": {row(strings.Repeat(`<row><c><v>1</v></c></row>`, 200)), Limits{Cells: 100}, "document.too-many-cells"},
		"gaps":  {row(strings.Repeat(`<row><c r="BA1"><v>1</v></c></row>`, 200)), Limits{Cells: 1000}, "document.too-many-cells"},
		"lines": {row(strings.Repeat(`<row><c><v>1</v></c></row>`, 200)), Limits{Lines: 100}, "document.too-many-lines"},
		"tags":  {row(strings.Repeat(`<x/>`, 2000)), Limits{Tags: 1000}, "document.too-many-tags"},
		"text":  {row(strings.Repeat(`<row><c t="inlineStr"><is><t>`+big+`</t></is></c></row>`, 40)), Limits{Expanded: 2 << 20}, "document.expanded-too-large"},
		"parts": {row(""), Limits{Parts: 5}, "document.too-many-parts"},
	} {
		_, err := Read("a.xlsx", bytes.NewReader(xlsx(t, r.sheet, shared)), r.lim)
		if codeOf(err) != r.code {
			t.Errorf("%s: %v, want %s", name, err, r.code)
		}
	}
	for name, sheet := range map[string]string{
		"doctype": `<!DOCTYPE x [<!ENTITY a "b">]><worksheet>&a;</worksheet>`, "nesting": strings.Repeat("<a>", 300),
		"broken": row(`<row><c><v>kept</v></c></row><row><c>`)[:70], "far": row(`<row r="9999999999"><c r="ZZZZZ1" s="-1"><v>7</v></c></row>`),
	} {
		res, err := Read("a.xlsx", bytes.NewReader(xlsx(t, sheet)), Limits{})
		sound(t, res, err)
		got := show(res)
		if name != "far" && len(res.Skipped) == 0 || (name == "far" && !strings.Contains(got, "時系列:1 row 7")) || (name == "broken" && !strings.Contains(got, "kept")) {
			t.Errorf("%s: %v %s", name, err, got)
		}
	}
	if _, err := Read("a.xlsx", bytes.NewReader(zipOf(t, entry{name: "[Content_Types].xml"}, entry{name: "xl/workbook.xml", body: "<x"})), Limits{}); codeOf(err) != "document.damaged" {
		t.Errorf("no sheets: %v", err)
	}
}

func FuzzWorkbook(f *testing.F) {
	f.Add([]byte(sampleSheet), []byte(`<sst><si><t>x</t></si></sst>`), []byte(`<styleSheet><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>`))
	f.Add([]byte(`<worksheet><sheetData><row r="2"><c r="XFD1" s="0"><f>"a"</f><v>1e5</v></c></row></sheetData></worksheet>`), []byte(""), []byte(`<styleSheet><numFmts><numFmt numFmtId="14" formatCode="[h]"/></numFmts></styleSheet>`))
	f.Fuzz(func(t *testing.T, sheet, shared, styles []byte) {
		data := zipOf(t, entry{name: "[Content_Types].xml"},
			entry{name: "xl/workbook.xml", body: `<workbook><sheets><sheet name="a" id="1"/></sheets></workbook>`},
			entry{name: "xl/_rels/workbook.xml.rels", body: `<R><Relationship Id="1" Target="s.xml"/></R>`},
			entry{name: "xl/s.xml", body: string(sheet)}, entry{name: "xl/sharedStrings.xml", body: string(shared)}, entry{name: "xl/styles.xml", body: string(styles)})
		res, err := Read("a.xlsx", bytes.NewReader(data), Limits{Lines: 20000, Tags: 20000, Cells: 20000})
		sound(t, res, err)
	})
}
