package render

import (
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/phrase"
	"github.com/wakachi/wakachi/internal/report"
)

// maxCell is how many characters a cell of a workbook holds.
//
// SPEC: ECMA-376 Part 1 §18.3.1.4
const maxCell = 32_767

// Workbook writes a filled form as .xlsx, in a layout of ours: number, question, answer, how sure it is. Every
// cell is text, also one that begins like a formula.
func Workbook(w io.Writer, f report.Filling, l phrase.Language) error {
	x := excelize.NewFile()
	defer x.Close()
	b := bookWriter{File: x, sheet: "Sheet1"}
	b.styles()
	b.put("A1", l.Text("render.form.title", f.Form.Title.In(l), l.Text("render.stage."+f.Stage)), b.title)
	b.put("A2", l.Text("render.form.to")+" "+f.Form.To.In(l), b.plain)
	b.put("A3", l.Text("render.form.basis")+" "+f.Form.Basis.In(l), b.plain)
	b.put("A4", strings.TrimSpace(f.From+" "+f.Date), b.plain)
	for i, token := range []string{"number", "question", "answer", "standing"} {
		b.put(cellAt(i+1, 6), l.Text("render.form."+token), b.head)
	}
	row := 7
	for _, a := range f.Answers {
		value, mark := a.Value, ""
		switch {
		case a.Missing:
			mark = l.Text("render.form.missing")
		case value != "" && a.Stand != report.NotLooked:
			mark = l.Text("report.standing." + string(a.Stand))
		}
		for i, text := range []string{a.Number, a.Label, value, mark} {
			b.put(cellAt(i+1, row), text, b.text)
		}
		b.try(b.SetRowHeight(b.sheet, row, height(a.Label, value)))
		row++
	}
	b.put(cellAt(1, row+1), l.Text("render.form.ours"), b.plain)
	b.layout()
	if b.err != nil {
		return fault.Wrap(b.err, fault.Internal, "render.write")
	}
	if err := x.Write(w); err != nil {
		return fault.Wrap(err, fault.Unavailable, "render.write")
	}
	return nil
}

// A bookWriter writes cells until something goes wrong.
type bookWriter struct {
	*excelize.File
	sheet                    string
	title, plain, head, text int
	err                      error
}

func cellAt(column, row int) string {
	name, _ := excelize.CoordinatesToCellName(column, row)
	return name
}

func (b *bookWriter) try(err error) {
	if b.err == nil {
		b.err = err
	}
}

func (b *bookWriter) style(s excelize.Style) int {
	id, err := b.NewStyle(&s)
	b.try(err)
	return id
}

func (b *bookWriter) styles() {
	const font = "BIZ UDPGothic"
	thin := []excelize.Border{{Type: "left", Color: "808080", Style: 1}, {Type: "right", Color: "808080", Style: 1}, {Type: "top", Color: "808080", Style: 1}, {Type: "bottom", Color: "808080", Style: 1}}
	wrap := &excelize.Alignment{Vertical: "top", WrapText: true}
	const asText = 49 // the number format "@"
	b.title = b.style(excelize.Style{Font: &excelize.Font{Bold: true, Size: 14, Family: font}, NumFmt: asText})
	b.plain = b.style(excelize.Style{Font: &excelize.Font{Size: 10, Family: font}, NumFmt: asText})
	b.head = b.style(excelize.Style{Font: &excelize.Font{Bold: true, Size: 10, Family: font}, Border: thin, Alignment: wrap, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"F2F2F2"}}, NumFmt: asText})
	b.text = b.style(excelize.Style{Font: &excelize.Font{Size: 10, Family: font}, Border: thin, Alignment: wrap, NumFmt: asText})
}

// Columns, in characters.
const (
	numberWidth   = 7
	questionWidth = 30
	answerWidth   = 60
	markWidth     = 20
)

// height gives a row room for its texts, in points: programs do not agree on doing that by themselves.
func height(question, answer string) float64 {
	const line, most = 14.5, 409 // what a row can have at most
	lines := max(folded(question, questionWidth), folded(answer, answerWidth))
	return min(float64(lines)*line+4, most)
}

// folded counts the lines a text takes in a column.
func folded(text string, width int) int {
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		n += 1 + wide(line)/(width-2)
	}
	return n
}

// put writes text. What a cell cannot hold is cut, with a mark.
func (b *bookWriter) put(cell, text string, style int) {
	text = cellText(text)
	b.try(b.SetCellStr(b.sheet, cell, text))
	b.try(b.SetCellStyle(b.sheet, cell, cell, style))
}

func cellText(s string) string {
	s = printable(s)
	// Excel counts in UTF-16.
	n := 0
	for i, r := range s {
		if n++; r > 0xFFFF {
			n++
		}
		if n > maxCell-1 {
			return s[:i] + "…"
		}
	}
	return s
}

// layout sets widths and the print: A4 upright, as wide as the page, the head on every page.
func (b *bookWriter) layout() {
	for column, width := range map[string]float64{"A": numberWidth, "B": questionWidth, "C": answerWidth, "D": markWidth} {
		b.try(b.SetColWidth(b.sheet, column, column, width))
	}
	portrait, a4, one, many := "portrait", 9, 1, 0
	b.try(b.SetPageLayout(b.sheet, &excelize.PageLayoutOptions{Orientation: &portrait, Size: &a4, FitToWidth: &one, FitToHeight: &many}))
	fit := true
	b.try(b.SetSheetProps(b.sheet, &excelize.SheetPropsOptions{FitToPage: &fit}))
	b.try(b.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: b.sheet + "!$6:$6", Scope: b.sheet}))
	b.try(b.SetPanes(b.sheet, &excelize.Panes{Freeze: true, YSplit: 6, TopLeftCell: "A7", ActivePane: "bottomLeft"}))
	// What the library writes by itself would say when and with what it was made.
	b.try(b.SetDocProps(&excelize.DocProperties{Created: "1980-01-01T00:00:00Z", Modified: "1980-01-01T00:00:00Z", Creator: " ", LastModifiedBy: " "}))
}
