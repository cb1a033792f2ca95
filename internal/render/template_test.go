package render

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/wakachi/wakachi/internal/fault"
)

// sheet is an office's sheet as offices make them: merged cells, a check of entries, styles, a second sheet.
func sheet(t testing.TB) []byte {
	t.Helper()
	x := excelize.NewFile()
	defer x.Close()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(x.SetSheetName("Sheet1", "様式"))
	_, err := x.NewSheet("別紙")
	must(err)
	must(x.SetCellStr("様式", "A1", "漏えい等報告書"))
	must(x.MergeCell("様式", "C12", "F14"))
	style, err := x.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true, Color: "FF0000"}})
	must(err)
	must(x.SetCellStyle("様式", "C12", "C12", style))
	must(x.SetCellFormula("様式", "B2", "SUM(1,2)"))
	v := excelize.NewDataValidation(true)
	v.Sqref = "D3:D3"
	must(v.SetDropList([]string{"☑", "☐"}))
	must(x.AddDataValidation("様式", v))
	must(x.SetColWidth("様式", "C", "C", 33))
	var out bytes.Buffer
	must(x.Write(&out))
	return out.Bytes()
}

// with adds a part to a sheet, or replaces one.
func with(t testing.TB, template []byte, name, text string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(template), int64(len(template)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		if f.Name == name {
			continue
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		to, err := w.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(to, r); err != nil {
			t.Fatal(err)
		}
	}
	to, err := w.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(to, text)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func mapOf(t testing.TB, text string) CellMap {
	t.Helper()
	m, err := ReadCellMap("map.yaml", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestAnOfficesOwnSheetIsFilled(t *testing.T) {
	f := filled()
	m := mapOf(t, "form: ppc\nsheet: 様式\ncells:\n  persons: C12\n  cause: 別紙!B4\n  organisation: [{cell: D3, is: '"+f.Answers[1].Value+"', write: ☑}, {cell: D4, is: いいえ, write: ☑}]\n")
	out, err := Fill("official.xlsx", sheet(t), m, f)
	if err != nil {
		t.Fatal(err)
	}
	x, err := excelize.OpenReader(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	for cell, want := range map[string]string{"様式!C12": "答え persons", "別紙!B4": "答え cause", "様式!D3": "☑", "様式!D4": "", "様式!A1": "漏えい等報告書"} {
		on, at, _ := strings.Cut(cell, "!")
		if got, err := x.GetCellValue(on, at); err != nil || got != want {
			t.Errorf("%s: %q, want %q, %v", cell, got, want, err)
		}
	}
	if merged, _ := x.GetMergeCells("様式"); len(merged) != 1 {
		t.Error("the merged cell came apart")
	}
	if v, _ := x.GetDataValidations("様式"); len(v) != 1 {
		t.Error("the check of entries is gone")
	}
	if w, _ := x.GetColWidth("様式", "C"); w != 33 {
		t.Errorf("the column is %v wide", w)
	}
	id, _ := x.GetCellStyle("様式", "C12")
	if s, err := x.GetStyle(id); err != nil || s.Font == nil || !s.Font.Bold {
		t.Error("the style is gone")
	}
	if formula, _ := x.GetCellFormula("様式", "B2"); formula != "SUM(1,2)" {
		t.Errorf("the formula is %q", formula)
	}
}

func TestSheetsThatAreNotUsed(t *testing.T) {
	fine := sheet(t)
	external := `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://x/hyperlink" Target="http://evil.example/" TargetMode="External"/></Relationships>`
	ole := `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/oleObject" Target="x.bin"/></Relationships>`
	macro := `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>`
	m := mapOf(t, "form: ppc\nsheet: 様式\ncells: {persons: C12}\n")
	for what, c := range map[string]struct {
		template []byte
		code     string
	}{
		"nothing":                 {nil, "render.template.broken"},
		"a picture":               {[]byte("\x89PNG\r\n\x1a\n"), "render.template.broken"},
		"the old format":          {append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 600)...), "render.template.broken"},
		"a zip of something else": {with(t, with(t, fine, "xl/workbook.xml", "<x/>"), "x", "y"), "render.template.broken"},
		"macros":                  {with(t, fine, "xl/vbaProject.bin", "x"), "render.template.macros"},
		"declared macros":         {with(t, fine, "[Content_Types].xml", macro), "render.template.macros"},
		"ActiveX":                 {with(t, fine, "xl/activeX/activeX1.xml", "<x/>"), "render.template.macros"},
		"a linked workbook":       {with(t, fine, "xl/externalLinks/externalLink1.xml", "<x/>"), "render.template.links"},
		"a link to elsewhere":     {with(t, fine, "xl/worksheets/_rels/sheet1.xml.rels", external), "render.template.links"},
		"an embedded file":        {with(t, fine, "xl/embeddings/oleObject1.bin", "x"), "render.template.links"},
		"an embedded object":      {with(t, fine, "xl/worksheets/_rels/sheet2.xml.rels", ole), "render.template.links"},
		"a connection":            {with(t, fine, "xl/connections.xml", "<x/>"), "render.template.links"},
		"broken relations":        {with(t, fine, "xl/_rels/workbook.xml.rels", "<<<"), "render.template.broken"},
		"too much":                {make([]byte, maxTemplate+1), "render.template.large"},
		"a bomb":                  {with(t, fine, "xl/media/x.bin", strings.Repeat("\x00", maxUnpacked+1)), "render.template.large"},
	} {
		_, err := Fill("official.xlsx", c.template, m, filled())
		if code(err) != c.code {
			t.Errorf("%s: %v, want %s", what, err, c.code)
		}
	}
}

func code(err error) string {
	if err == nil {
		return ""
	}
	s, _, _ := strings.Cut(err.Error(), ":")
	return s
}

func TestCellsThatAreNotWritten(t *testing.T) {
	for text, want := range map[string]string{
		"form: ppc\nsheet: 様式\ncells: {persons: D13}":   "render.map.merged",
		"form: ppc\nsheet: 様式\ncells: {persons: B2}":    "render.map.formula",
		"form: ppc\nsheet: なし\ncells: {persons: B3}":    "render.map.sheet",
		"form: act42\nsheet: 様式\ncells: {overview: B3}": "render.map.form",
	} {
		_, err := Fill("official.xlsx", sheet(t), mapOf(t, text), filled())
		if code(err) != want {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
		if f, ok := err.(*fault.Error); !ok || f.Kind != fault.Invalid {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func FuzzFill(f *testing.F) {
	template := sheet(f)
	f.Add(template)
	f.Add(with(f, template, "xl/workbook.xml", "<workbook/>"))
	f.Add(template[:len(template)/2])
	m := mapOf(f, "form: ppc\nsheet: 様式\ncells: {persons: C12}\n")
	answers := filled()
	f.Fuzz(func(t *testing.T, data []byte) {
		out, err := Fill("t", data, m, answers)
		if err == nil && len(out) == 0 {
			t.Error("neither a sheet nor an error")
		}
	})
}
