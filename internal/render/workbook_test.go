package render

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"github.com/wakachi/wakachi/internal/phrase"
	"github.com/wakachi/wakachi/internal/report"
)

func workbook(t testing.TB, f report.Filling, l phrase.Language) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Workbook(&out, f, l); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// rowsOf reads a workbook back.
func rowsOf(t testing.TB, file []byte) (*excelize.File, [][]string) {
	t.Helper()
	x, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	rows, err := x.GetRows("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	return x, rows
}

// A workbook says what the form's document says, in the same words, and it is a draft on every page.
func TestAWorkbookSaysWhatTheFormSays(t *testing.T) {
	for _, l := range []phrase.Language{phrase.Japanese, phrase.English} {
		f := filled()
		f.Answers[2].Value = "短い"
		d := f.Document(l)
		x, rows := rowsOf(t, workbook(t, f, l))
		var got, want []string
		for _, row := range rows {
			got = append(got, row...)
		}
		want = append(want, d.Title, d.Label, d.To, d.From+" "+d.Date)
		for _, b := range d.Blocks {
			if b.Sort != report.Grid {
				want = append(want, b.Plain()...)
				continue
			}
			want = append(want, b.Table.Head...)
			for _, row := range b.Table.Rows {
				for _, c := range row {
					want = append(want, c.Text)
				}
			}
		}
		empty := func(s string) bool { return s == "" }
		if got, want = slices.DeleteFunc(got, empty), slices.DeleteFunc(want, empty); !slices.Equal(got, want) {
			t.Errorf("%q\nwant %q", got, want)
		}
		if page, err := x.GetHeaderFooter("Sheet1"); err != nil || page.OddHeader != "&R"+d.Label || page.OddFooter != "&C&P / &N" {
			t.Errorf("pages have %+v, %v", page, err)
		}
		if p, _ := x.GetDocProps(); strings.TrimSpace(p.Creator+p.LastModifiedBy) != "" || p.Created != "1980-01-01T00:00:00Z" || p.Title != d.Title || p.Language != wordLanguage(l) {
			t.Errorf("%+v", p)
		}
		names := x.GetDefinedName()
		if len(names) != 1 || !strings.HasPrefix(names[0].RefersTo, "Sheet1!$") {
			t.Errorf("the head is not repeated: %+v", names)
		}
	}
}

// Whatever an answer begins with, it is a text.
func TestAWorkbookHoldsText(t *testing.T) {
	f := filled()
	values := []string{"=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "=HYPERLINK(\"http://evil.example\")", "cmd|'/C calc'!A0", "1.0", "2026-06-08", "TRUE", "_x0041_", "_x0041_x0042_ _x005F_ _x000d_ _x00", " 前後 ", "一\n二", "\x00\x1b[0m\u202e", "'", "#REF!", "</t><x>&amp;"}
	for i, v := range values {
		f.Answers[i].Value, f.Answers[i].Missing = v, false
	}
	x, rows := rowsOf(t, workbook(t, f, phrase.Japanese))
	begin := slices.IndexFunc(rows, func(r []string) bool { return len(r) > 0 && r[0] == "番号" }) + 1
	for i, v := range values {
		cell := fmt.Sprintf("C%d", begin+1+i)
		got, err := x.GetCellValue("Sheet1", cell)
		kind, _ := x.GetCellType("Sheet1", cell)
		formula, _ := x.GetCellFormula("Sheet1", cell)
		if err != nil || got != printable(v) || formula != "" || got != "" && kind != excelize.CellTypeSharedString {
			t.Errorf("%s: %q, want %q; formula %q, type %v", cell, got, printable(v), formula, kind)
		}
		id, _ := x.GetCellStyle("Sheet1", cell)
		if style, err := x.GetStyle(id); err != nil || style.NumFmt != 49 {
			t.Errorf("%s: typing into it makes a formula", cell)
		}
	}
}

func TestTextIsCutToTheRoomOfACell(t *testing.T) {
	for _, c := range []struct {
		text string
		most int
		want string
	}{
		{"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"𠮟𠮟", 4, "𠮟𠮟"}, {"𠮟𠮟a", 4, "𠮟…"}, {"𠮟𠮟", 3, "𠮟…"}, {"a𠮟𠮟", 4, "a𠮟…"}, {"", 3, ""},
	} {
		if got := cut(c.text, c.most); got != c.want {
			t.Errorf("%q in %d: %q, want %q", c.text, c.most, got, c.want)
		}
	}
	f := filled()
	for i, r := range []string{"a", "𠮟", "漢", "\n", "&"} {
		f.Answers[i].Value, f.Answers[i].Missing = "x"+strings.Repeat(r, 40_000), false
	}
	_, rows := rowsOf(t, workbook(t, f, phrase.Japanese))
	long := 0
	for _, row := range rows {
		for _, cell := range row {
			if n := len(utf16.Encode([]rune(cell))); n > maxCell {
				t.Errorf("a cell of %d characters", n)
			} else if n > maxCell-3 { // half a pair of them is not written
				long++
				if !strings.HasSuffix(cell, "…") {
					t.Error("what is missing is not marked")
				}
			}
		}
	}
	if long != 5 {
		t.Errorf("%d long cells", long)
	}
}

func TestTheSameFormIsTheSameWorkbook(t *testing.T) {
	first := workbook(t, filled(), phrase.Japanese)
	for range 30 {
		if !bytes.Equal(first, workbook(t, filled(), phrase.Japanese)) {
			t.Fatal("twice the same form is not twice the same file")
		}
	}
}

// filled is a form with an answer that looks like a formula, and one that is too long for a cell.
func filled() report.Filling {
	form, _ := report.FormOf("ppc")
	f := report.Filling{Form: form, Stage: "first", From: "株式会社ハレノヒ架空商店", Date: "2026年6月8日"}
	for _, c := range form.Cells {
		f.Answers = append(f.Answers, report.Answer{Key: c.Key, Number: c.Number, Label: c.Label.JA, Value: "答え " + c.Key, Stand: report.Confirmed})
	}
	f.Answers[1].Value = "=HYPERLINK(\"http://evil.example\")"
	f.Answers[2].Value = strings.Repeat("𠮟", 40_000)
	f.Answers[3].Value, f.Answers[3].Missing = "", true
	return f
}
