package render

import (
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// edits makes edits of "C12=text".
func edits(t testing.TB, texts ...string) (out []edit) {
	t.Helper()
	for _, s := range texts {
		cell, text, _ := strings.Cut(s, "=")
		column, row, err := excelize.CellNameToCoordinates(cell)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, edit{row, column, cell, text})
	}
	return out
}

func TestCellsAreWrittenWhereTheyStand(t *testing.T) {
	const x, y = `t="inlineStr"><is><t xml:space="preserve">x</t></is></c>`, `t="inlineStr"><is><t xml:space="preserve">y</t></is></c>`
	for _, c := range []struct {
		what, sheet string
		cells       []string
		want        string // of the sheetData, if it does not begin with <worksheet
	}{
		{"an empty sheet", `<sheetData/>`, []string{"B2=x"}, `<sheetData><row r="2"><c r="B2" ` + x + `</row></sheetData>`},
		{"an empty sheet with two tags", `<sheetData></sheetData>`, []string{"B2=x", "D2=y"}, `<sheetData><row r="2"><c r="B2" ` + x + `<c r="D2" ` + y + `</row></sheetData>`},
		{"a cell that is there", `<sheetData><row r="2"><c r="B2" s="7" t="s"><v>4</v></c><c r="C2"/></row></sheetData>`, []string{"B2=x"}, `<sheetData><row r="2"><c r="B2" s="7" ` + x + `<c r="C2"/></row></sheetData>`},
		{"a cell that is there, empty", `<sheetData><row r="2"><c r="B2" s="7"/></row></sheetData>`, []string{"B2=x"}, `<sheetData><row r="2"><c r="B2" s="7" ` + x + `</row></sheetData>`},
		{"an answer that is not there", `<sheetData><row r="2"><c r="B2" s="7" t="s"><v>4</v></c></row></sheetData>`, []string{"B2="}, `<sheetData><row r="2"><c r="B2" s="7"/></row></sheetData>`},
		{"before, between and behind", `<sheetData><row r="2"><c r="B2"/><c r="D2"/></row></sheetData>`, []string{"A2=x", "C2=y", "E2=x"}, `<sheetData><row r="2"><c r="A2" ` + x + `<c r="B2"/><c r="C2" ` + y + `<c r="D2"/><c r="E2" ` + x + `</row></sheetData>`},
		{"rows around", `<sheetData><row r="2"/><row r="5" ht="20"></row></sheetData>`, []string{"A1=x", "A3=y", "A5=x", "A9=y"}, `<sheetData><row r="1"><c r="A1" ` + x + `</row><row r="2"/><row r="3"><c r="A3" ` + y + `</row><row r="5" ht="20"><c r="A5" ` + x + `</row><row r="9"><c r="A9" ` + y + `</row></sheetData>`},
		{"an empty row", `<sheetData><row r="2" s="3" customFormat="1" spans="1:4"/></sheetData>`, []string{"C2=x"}, `<sheetData><row r="2" s="3" customFormat="1"><c r="C2" s="3" ` + x + `</row></sheetData>`},
		{"without numbers", `<sheetData><row><c/></row><row><c/><c><v>1</v></c><c/></row></sheetData>`, []string{"B2=x"}, `<sheetData><row><c/></row><row><c/><c r="B2" ` + x + `<c/></row></sheetData>`},
		{"the style of the column", `<cols><col min="1" max="2" style="4"/></cols><sheetData/>`, []string{"B2=x", "C2=y"}, `<cols><col min="1" max="2" style="4"/></cols><sheetData><row r="2"><c r="B2" s="4" ` + x + `<c r="C2" ` + y + `</row></sheetData>`},
		{"a formula elsewhere", `<sheetData><row r="2"><c r="A2"><f>B2</f><v>0</v></c></row></sheetData>`, []string{"B2=x"}, `<sheetData><row r="2"><c r="A2"><f>B2</f><v>0</v></c><c r="B2" ` + x + `</row></sheetData>`},
		{"a merged cell", `<sheetData/><mergeCells><mergeCell ref="F14:C12"/></mergeCells>`, []string{"C12=x"}, `<sheetData><row r="12"><c r="C12" ` + x + `</row></sheetData><mergeCells><mergeCell ref="F14:C12"/></mergeCells>`},
		{"markup and what looks like an escape", `<sheetData/>`, []string{"A1=<b>&_x000D_x0041__x00"}, `<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t xml:space="preserve">&lt;b&gt;&amp;_x005F_x000D_x005F_x0041__x00</t></is></c></row></sheetData>`},
	} {
		got, err := writeCells("t", []byte(`<?xml version="1.0"?><worksheet xmlns="m"><dimension ref="A1"/>`+c.sheet+`<pageSetup/></worksheet>`), edits(t, c.cells...))
		if want := `<?xml version="1.0"?><worksheet xmlns="m"><dimension ref="A1"/>` + c.want + `<pageSetup/></worksheet>`; err != nil || string(got) != want {
			t.Errorf("%s: %v\n%s, want\n%s", c.what, err, got, want)
		}
	}
	got, err := writeCells("t", []byte("\ufeff"+`<x:worksheet xmlns:x="m"><x:sheetData><x:row r="2" x:y="1"/></x:sheetData></x:worksheet>`), edits(t, "B2=x"))
	if want := "\ufeff" + `<x:worksheet xmlns:x="m"><x:sheetData><x:row r="2" x:y="1"><x:c r="B2" t="inlineStr"><x:is><x:t xml:space="preserve">x</x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>`; err != nil || string(got) != want {
		t.Errorf("with a prefix: %v\n%s", err, got)
	}
}

func TestSheetsThatCannotBeWritten(t *testing.T) {
	merges := func(n int) string {
		return "<sheetData/><mergeCells>" + strings.Repeat(`<mergeCell ref="A1:XFD1048576"/>`, n) + "</mergeCells>"
	}
	for what, c := range map[string]struct{ sheet, code string }{
		"no sheet data":              {``, "render.template.broken"},
		"sheet data twice":           {`<sheetData/><sheetData/>`, "render.template.broken"},
		"rows out of order":          {`<sheetData><row r="3"/><row r="2"/></sheetData>`, "render.template.broken"},
		"a row twice":                {`<sheetData><row r="3"/><row r="3"/></sheetData>`, "render.template.broken"},
		"a row that cannot be":       {`<sheetData><row r="1048577"/></sheetData>`, "render.template.broken"},
		"no number":                  {`<sheetData><row r="x"/></sheetData>`, "render.template.broken"},
		"cells out of order":         {`<sheetData><row r="2"><c r="C2"/><c r="B2"/></row></sheetData>`, "render.template.broken"},
		"a cell of another row":      {`<sheetData><row r="2"><c r="C3"/></row></sheetData>`, "render.template.broken"},
		"tags that do not match":     {`<sheetData><row r="2"></sheetData></row>`, "render.template.broken"},
		"a tag that is open":         {`<sheetData>`, "render.template.broken"},
		"prefixes that differ":       {`<sheetData><x:row r="2"/></sheetData>`, "render.template.broken"},
		"a document type":            {`<!DOCTYPE a [<!ENTITY b "c">]><sheetData/>`, "render.template.broken"},
		"an unknown entity":          {`<sheetData/>&b;`, "render.template.broken"},
		"too deep":                   {strings.Repeat("<a>", 300) + strings.Repeat("</a>", 300) + `<sheetData/>`, "render.template.broken"},
		"a tag without end":          {`<sheetData/><a ` + strings.Repeat(`a="" `, 300_000) + `/>`, "render.template.broken"},
		"a formula":                  {`<sheetData><row r="2"><c r="B2"><f>1</f></c></row></sheetData>`, "render.map.formula"},
		"a formula that is shared":   {`<sheetData><row r="2"><c r="B2"><f t="shared" si="0"/><v>1</v></c></row></sheetData>`, "render.map.formula"},
		"a formula of several cells": {`<sheetData><row r="1"><c r="A1"><f t="array" ref="A1:C3">1</f></c></row></sheetData>`, "render.map.formula"},
		"behind a merged cell":       {`<sheetData/><mergeCells><mergeCell ref="A1:C3"/></mergeCells>`, "render.map.merged"},
		"merged without an end":      {`<sheetData/><mergeCells><mergeCell ref="A1:"/></mergeCells>`, "render.template.broken"},
		"everything merged":          {merges(1000), "render.map.merged"},
		"too much merged":            {merges(maxAreas + 1), "render.template.large"},
	} {
		if _, err := writeCells("t", []byte(`<worksheet>`+c.sheet+`</worksheet>`), edits(t, "B2=x")); code(err) != c.code {
			t.Errorf("%s: %v, want %s", what, err, c.code)
		}
	}
}

// Cells far away take no room: what is not there is not made.
func TestFarCells(t *testing.T) {
	var sheet strings.Builder
	sheet.WriteString("<worksheet><sheetData>")
	for i := range 20_000 {
		fmt.Fprintf(&sheet, `<row r="%d"><c r="XFD%d"/></row>`, i*50+1, i*50+1)
	}
	sheet.WriteString("</sheetData></worksheet>")
	got, err := writeCells("t", []byte(sheet.String()), edits(t, "B2=x", "C1048576=y"))
	if err != nil || len(got) > sheet.Len()+300 {
		t.Errorf("%d bytes of %d: %v", len(got), sheet.Len(), err)
	}
}

func TestFormulasAreWorkedOutAnew(t *testing.T) {
	for workbook, want := range map[string]string{
		`<workbook><sheets><sheet/></sheets><calcPr calcId="1"/><oleSize/></workbook>`:            `<workbook><sheets><sheet/></sheets><calcPr calcId="1" fullCalcOnLoad="1"/><oleSize/></workbook>`,
		`<workbook><sheets/><calcPr fullCalcOnLoad="0"></calcPr></workbook>`:                      `<workbook><sheets/><calcPr fullCalcOnLoad="1"></calcPr></workbook>`,
		`<workbook><sheets/><definedNames><definedName/></definedNames><pivotCaches/></workbook>`: `<workbook><sheets/><definedNames><definedName/></definedNames><calcPr fullCalcOnLoad="1"/><pivotCaches/></workbook>`,
		`<x:workbook xmlns:x="m"><x:sheets><x:sheet/></x:sheets><x:oleSize/></x:workbook>`:        `<x:workbook xmlns:x="m"><x:sheets><x:sheet/></x:sheets><x:calcPr fullCalcOnLoad="1"/><x:oleSize/></x:workbook>`,
		`<x:workbook xmlns:x="m"><x:sheets/><x:calcPr/></x:workbook>`:                             `<x:workbook xmlns:x="m"><x:sheets/><x:calcPr fullCalcOnLoad="1"/></x:workbook>`,
	} {
		if got, err := workedOutAnew("t", []byte(workbook)); err != nil || string(got) != want {
			t.Errorf("%s: %v, want %s", got, err, want)
		}
	}
	if _, err := workedOutAnew("t", []byte("<workbook/>")); code(err) != "render.template.broken" {
		t.Errorf("%v", err)
	}
}

// Whatever the sheet, what comes out is its own markup with texts in it.
func FuzzWriteCells(f *testing.F) {
	f.Add(`<worksheet><cols><col min="1" max="2" style="4"/></cols><sheetData><row r="2"><c r="B2" s="7" t="s"><v>4</v></c></row><row/><row><c/></row></sheetData><mergeCells><mergeCell ref="D2:E3"/></mergeCells></worksheet>`)
	f.Add(`<x:worksheet xmlns:x="m"><x:sheetData/></x:worksheet>`)
	f.Add(`<worksheet><sheetData><row r="2" s="1" customFormat="1"/></sheetData></worksheet>`)
	cells := edits(f, "A1=x", "B2=<&", "D2=y", "C9=")
	f.Fuzz(func(t *testing.T, sheet string) {
		out, err := writeCells("t", []byte(sheet), cells)
		if err != nil {
			return
		}
		again, err := writeCells("t", out, cells)
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if string(again) != string(out) {
			t.Fatalf("twice is not once\n%s\n%s", out, again)
		}
	})
}
