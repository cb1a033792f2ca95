package render

import (
	"io"
	"strconv"
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

// Workbook writes a filled form as .xlsx, in a layout of ours: what its Document says, with number, question, answer
// and how sure it is as columns. Every cell is text, also one that begins like a formula. The label stands on the
// sheet and on every page that is printed.
func Workbook(w io.Writer, f report.Filling, l phrase.Language) error {
	x := excelize.NewFile()
	defer x.Close()
	d := f.Document(l)
	b := bookWriter{File: x, sheet: "Sheet1"}
	b.styles()
	b.put("A1", d.Title, b.title)
	b.put("D1", d.Label, b.label)
	b.row = 2
	for _, text := range []string{d.To, strings.TrimSpace(d.From + " " + d.Date)} {
		b.across(text)
	}
	head := 0
	for _, block := range d.Blocks {
		if block.Sort == report.Grid {
			b.row++
			head = b.row
			b.grid(block.Table)
			b.row++
			continue
		}
		for _, s := range block.Sentences {
			b.across(s.Text)
		}
	}
	b.layout(head, d)
	if b.err != nil {
		return fault.Wrap(b.err, fault.Internal, "render.write")
	}
	if err := x.Write(w); err != nil {
		return fault.Wrap(err, fault.Unavailable, "render.write")
	}
	return nil
}

// across writes a text over all columns.
func (b *bookWriter) across(text string) {
	if text == "" {
		return
	}
	begin, end := cellAt(1, b.row), cellAt(4, b.row)
	b.put(begin, text, b.plain)
	b.try(b.MergeCell(b.sheet, begin, end))
	b.try(b.SetRowHeight(b.sheet, b.row, height(folded(text, numberWidth+questionWidth+answerWidth+markWidth))))
	b.row++
}

// grid writes a table, its head first.
func (b *bookWriter) grid(t report.Table) {
	for i, text := range t.Head {
		b.put(cellAt(i+1, b.row), text, b.head)
	}
	b.row++
	for _, row := range t.Rows {
		lines := 1
		for i, c := range row {
			b.put(cellAt(i+1, b.row), c.Text, b.text)
			if i < len(columnWidths) {
				lines = max(lines, folded(c.Text, columnWidths[i]))
			}
		}
		b.try(b.SetRowHeight(b.sheet, b.row, height(lines)))
		b.row++
	}
}

// A bookWriter writes cells until something goes wrong.
type bookWriter struct {
	*excelize.File
	sheet string
	row   int // where the next text goes
	err   error

	title, label, plain, head, text int // styles
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
	b.label = b.style(excelize.Style{Font: &excelize.Font{Bold: true, Size: 10, Family: font}, Alignment: &excelize.Alignment{Horizontal: "right"}, NumFmt: asText})
	b.plain = b.style(excelize.Style{Font: &excelize.Font{Size: 10, Family: font}, Alignment: wrap, NumFmt: asText})
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

var columnWidths = [...]int{numberWidth, questionWidth, answerWidth, markWidth}

// height gives a row room for its lines, in points: programs do not agree on doing that by themselves.
func height(lines int) float64 {
	const line, most = 13.5, 409 // what a row can have at most
	return min(float64(lines)*line+4, most)
}

// folded counts the lines a text takes in a column.
func folded(text string, width int) int {
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		n += 1 + max(0, wide(line)-1)/(width-2)
	}
	return n
}

// put writes text. What a cell cannot hold is cut, with a mark.
func (b *bookWriter) put(cell, text string, style int) {
	b.try(b.SetCellStr(b.sheet, cell, unescaped(cellText(text))))
	b.try(b.SetCellStyle(b.sheet, cell, cell, style))
}

func cellText(s string) string { return cut(printable(s), maxCell) }

// cut leaves so many characters of a text, counted in UTF-16 as Excel does, the last of which is a mark if there
// were more.
func cut(s string, most int) string {
	n, end := 0, 0 // where the mark would go
	for i, r := range s {
		if n < most {
			end = i
		}
		if n++; r > 0xFFFF {
			n++
		}
		if n > most {
			return s[:end] + "…"
		}
	}
	return s
}

// layout sets widths and the print: A4 upright, as wide as the page, the head of the table, the label and the number
// on every page.
func (b *bookWriter) layout(head int, d report.Document) {
	for i, width := range columnWidths {
		column := cellAt(i+1, 1)[:1]
		b.try(b.SetColWidth(b.sheet, column, column, float64(width)))
	}
	portrait, a4, one, many := "portrait", 9, 1, 0
	b.try(b.SetPageLayout(b.sheet, &excelize.PageLayoutOptions{Orientation: &portrait, Size: &a4, FitToWidth: &one, FitToHeight: &many}))
	fit := true
	b.try(b.SetSheetProps(b.sheet, &excelize.SheetPropsOptions{FitToPage: &fit}))
	label := strings.ReplaceAll(cut(printable(d.Label), 100), "&", "&&")
	b.try(b.SetHeaderFooter(b.sheet, &excelize.HeaderFooterOptions{OddHeader: "&R" + label, OddFooter: "&C&P / &N"}))
	if head > 0 {
		row := strconv.Itoa(head)
		b.try(b.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: b.sheet + "!$" + row + ":$" + row, Scope: b.sheet}))
		b.try(b.SetPanes(b.sheet, &excelize.Panes{Freeze: true, YSplit: head, TopLeftCell: cellAt(1, head+1), ActivePane: "bottomLeft"}))
	}
	// What the library writes by itself would say when and with what it was made.
	b.try(b.SetDocProps(&excelize.DocProperties{Created: "1980-01-01T00:00:00Z", Modified: "1980-01-01T00:00:00Z", Creator: " ", LastModifiedBy: " ", Title: cut(printable(d.Title), 200), Language: wordLanguage(d.Language)}))
}
