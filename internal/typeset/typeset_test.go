package typeset

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/wakachi/wakachi/internal/phrase"
	"github.com/wakachi/wakachi/internal/report"
)

// needsFont stops a test where the font was not fetched; where CI is set that is a failure.
func needsFont(t testing.TB) *typeface {
	t.Helper()
	data, err := fonts.ReadFile("fonts/gothic.ttf")
	if errors.Is(err, fs.ErrNotExist) && os.Getenv("CI") == "" {
		t.Skip("make fonts fetches the font")
	}
	if err != nil {
		t.Fatalf("%v (make fonts fetches it)", err)
	}
	f, err := readFont(data)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// needs finds a program that reads PDF, likewise.
func needs(t testing.TB, tool string) {
	t.Helper()
	if _, err := exec.LookPath(tool); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%v (make test installs it)", err)
		}
		t.Skipf("%v (make test installs it)", err)
	}
}

func say(texts ...string) (out []report.Sentence) {
	for _, t := range texts {
		out = append(out, report.Sentence{Text: t})
	}
	return out
}

func notice() report.Document {
	return report.Document{
		Title: "不正アクセスによる情報漏えいの可能性に関するお知らせ（第1報）", From: "株式会社ハレノヒ架空商店", Date: "2026年6月8日", To: "お客様各位", Label: "承認前・社外秘",
		Blocks: []report.Block{
			{Sentences: say("𠮟られた髙橋と﨑山、é と「引用」。", "本件は、2026年6月2日14:20、クレジットカード会社からの連絡により発覚しました。", "https://shop.harenohi-kaku.example/news/2026/06/important-notice.html をご覧ください。")},
			{Sort: report.Heading, Level: 1, Sentences: say("発生した事象")},
			{Sort: report.List, Sentences: say("一つ目", "二つ目のとても長い項目です。二つ目のとても長い項目です。二つ目のとても長い項目です。二つ目のとても長い項目です。")},
			{Sort: report.Grid, Table: report.Table{Head: []string{"日付", "対応"}, Rows: [][]report.Cell{{{Text: "2026年6月2日"}, {Text: "発覚\n停止"}}, {{Text: "6月4日"}, {Text: "警察に相談"}}}}},
			{Sort: report.Heading, Level: 2, Sentences: say("窓口")},
			{Sort: report.Grid, Table: report.Table{Rows: [][]report.Cell{{{Text: "電話"}, {Text: "03-0000-0000"}}}}},
		},
	}
}

func texts(d report.Document) []string {
	out := []string{d.Date, d.To, d.From, d.Title, d.Label}
	for _, b := range d.Blocks {
		out = append(out, b.Table.Head...)
		for _, row := range b.Table.Rows {
			for _, c := range row {
				out = append(out, c.Text)
			}
		}
		for _, s := range b.Sentences {
			out = append(out, s.Text)
		}
	}
	return out
}

func set(t testing.TB, d report.Document) (file []byte, missing []rune) {
	t.Helper()
	needsFont(t)
	var out bytes.Buffer
	missing, err := PDF(&out, d)
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), missing
}

// bare takes away what setting adds: line ends and spaces.
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, clean(s))
}

// run runs a program on a file and gives what it prints.
func run(t testing.TB, file []byte, name string, args ...string) string {
	t.Helper()
	needs(t, name)
	path := filepath.Join(t.TempDir(), "it.pdf")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for i, a := range args {
		if a == "FILE" {
			args[i] = path
		}
	}
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", name, err, out)
	}
	return string(out)
}

func TestThePagesSayWhatTheDocumentSays(t *testing.T) {
	d := notice()
	file, missing := set(t, d)
	if len(missing) > 0 {
		t.Errorf("the font lacks %q", missing)
	}
	page := bare(run(t, file, "pdftotext", "-layout", "FILE", "-"))
	for _, text := range texts(d) {
		for line := range strings.SplitSeq(text, "\n") {
			if !strings.Contains(page, bare(line)) && line != d.Blocks[3].Sentences[0].Text {
				t.Errorf("the page does not say %q:\n%s", line, page)
			}
		}
	}
	// In the order of the structure, whatever the layout.
	raw := bare(run(t, file, "pdftotext", "-raw", "FILE", "-"))
	at := 0
	for _, text := range []string{d.Date, d.To, d.From, d.Title, d.Blocks[0].Sentences[0].Text, "発生した事象", "二つ目", "警察に相談", "03-0000-0000"} {
		i := strings.Index(raw[at:], bare(text))
		if i < 0 {
			t.Fatalf("%q is not where it should be in %s", text, raw)
		}
		at += i
	}
}

func TestTheFileIsSound(t *testing.T) {
	file, _ := set(t, notice())
	if out := run(t, file, "qpdf", "--check", "FILE"); strings.Contains(out, "WARNING") || !strings.Contains(out, "No syntax or stream encoding errors") {
		t.Error(out)
	}
	if out := run(t, file, "pdffonts", "FILE"); !regexp.MustCompile(`CID TrueType\s+Identity-H\s+yes yes yes`).MatchString(out) {
		t.Errorf("embedded, cut and readable is:\n%s", out)
	}
	info := run(t, file, "pdfinfo", "FILE")
	for _, want := range []string{"Title:           不正アクセス", "Tagged:          yes", "A4"} {
		if !strings.Contains(info, want) {
			t.Errorf("no %q in\n%s", want, info)
		}
	}
	for _, never := range []string{"Author", "Creator", "Producer", "CreationDate", "JavaScript:      yes"} {
		if strings.Contains(info, never) {
			t.Errorf("%s is in\n%s", never, info)
		}
	}
	structure := run(t, file, "pdfinfo", "-struct-text", "FILE")
	for _, want := range []string{"Document", "H1", "H2", "LBody", "Table", "TH", `"警察に相談"`} {
		if !strings.Contains(structure, want) {
			t.Errorf("no %s in\n%s", want, structure)
		}
	}
	again, _ := set(t, notice())
	if !bytes.Equal(file, again) {
		t.Error("twice the same document is not twice the same file")
	}
}

func TestWhatTheFontLacksIsSaid(t *testing.T) {
	_, missing := set(t, report.Document{Title: "₹ と 𝄞 と ₹", Blocks: []report.Block{{Sentences: say("\u202eabc\x00\u200b")}}})
	if !slices.Equal(missing, []rune{'₹', '𝄞'}) {
		t.Errorf("%q", missing)
	}
}

// No line begins or ends with what must not, none is too wide, and together they are the text.
func TestLinesAreBrokenByTheRules(t *testing.T) {
	f := needsFont(t)
	rnd := rand.New(rand.NewPCG(7, 8))
	pieces := []string{"情報", "、", "。", "「", "」", "（", "）", "ー", "っ", "2026年", "6月", "word", "1,874名", " ", "https://x.example/a-b_c?d=1", "…", "…", "――", "々", "・", "𠮟", "é"}
	for range 2000 {
		var out strings.Builder
		for range 1 + rnd.IntN(60) {
			out.WriteString(pieces[rnd.IntN(len(pieces))])
		}
		text, measure := out.String(), 8000+rnd.IntN(40_000)
		lines := f.fold(text, measure)
		if bare(strings.Join(lines, "")) != bare(text) {
			t.Fatalf("%q became %q", text, lines)
		}
		tight := slices.ContainsFunc(units(text), func(u string) bool { return f.width(u) > measure })
		for i, line := range lines {
			if f.width(line) > measure {
				t.Fatalf("%q is wider than %d", line, measure)
			}
			if tight {
				continue // what cannot be broken anywhere is broken where it must be
			}
			first, last := []rune(line + " ")[0], []rune(" " + line)[len([]rune(line))]
			if i > 0 && strings.ContainsRune(neverFirst, first) {
				t.Fatalf("%q begins with %c in %q", line, first, lines)
			}
			if i < len(lines)-1 && strings.ContainsRune(neverLast, last) {
				t.Fatalf("%q ends with %c in %q", line, last, lines)
			}
		}
	}
}

func TestWhereALineMayEnd(t *testing.T) {
	for text, want := range map[string]string{
		"情報の漏えい。":                 "情|報|の|漏|え|い。",
		"「第1報」、":                  "「第|1|報」、",
		"2026年6月8日に":              "2026年|6月|8日|に",
		"1,874名です":                "1,874名|で|す",
		"see https://a.example/b": "see |https://a.example/b",
		"……と":                     "……|と",
		"サーバー":                    "サー|バー",
	} {
		if got := strings.Join(units(text), "|"); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestLongTablesGoOverPages(t *testing.T) {
	d := report.Document{Title: "表", Label: "承認前", Blocks: []report.Block{{Sort: report.Grid, Table: report.Table{Head: []string{"番号", "内容"}}}}}
	for i := range 3000 {
		d.Blocks[0].Table.Rows = append(d.Blocks[0].Table.Rows, []report.Cell{{Text: fmt.Sprintf("第%d項", i)}, {Text: strings.Repeat("内容です。", 12)}})
	}
	d.Blocks[0].Table.Rows[5][1].Text = strings.Repeat("とても長い項目。", 1200) + "終わり"
	file, _ := set(t, d)
	page := bare(run(t, file, "pdftotext", "-layout", "FILE", "-"))
	for _, want := range []string{"第0項", "第2999項", "終わり"} {
		if !strings.Contains(page, want) {
			t.Errorf("%s is missing", want)
		}
	}
	pages := regexp.MustCompile(`Pages:\s+(\d+)`).FindStringSubmatch(run(t, file, "pdfinfo", "FILE"))[1]
	if n := strings.Count(page, "承認前"); fmt.Sprint(n) != pages {
		t.Errorf("the label is on %d of %s pages", n, pages)
	}
	if heads := strings.Count(page, "番号"); fmt.Sprint(heads) != pages {
		t.Errorf("the head is on %d of %s pages", heads, pages)
	}
	run(t, file, "qpdf", "--check", "FILE")
}

func TestSmallDocuments(t *testing.T) {
	for what, d := range map[string]report.Document{
		"nothing": {}, "a title": {Title: "題"}, "an empty table": {Blocks: []report.Block{{Sort: report.Grid}}}, "an empty list": {Blocks: []report.Block{{Sort: report.List}}},
		"a word longer than the line": {Blocks: []report.Block{{Sentences: say(strings.Repeat("x", 5000))}}},
		"English":                     {Language: phrase.English, Title: "Notice", Blocks: []report.Block{{Sentences: say("One.", "Two.")}}},
		"many headings":               {Blocks: slices.Repeat([]report.Block{{Sort: report.Heading, Level: 1, Sentences: say("見出し")}}, 200)},
	} {
		file, _ := set(t, d)
		if out := run(t, file, "qpdf", "--check", "FILE"); strings.Contains(out, "WARNING") {
			t.Errorf("%s: %s", what, out)
		}
	}
}

func FuzzPDF(f *testing.F) {
	f.Add("題名", "本文。\n二行目", "セル|一つ", true)
	f.Add("\x00\u202e", strings.Repeat("（", 300), "", false)
	f.Add("a", strings.Repeat("word ", 3000), strings.Repeat("長", 4000), true)
	f.Fuzz(func(t *testing.T, title, body, cell string, head bool) {
		needsFont(t)
		table := report.Table{Rows: [][]report.Cell{{{Text: cell}, {Text: body}}}}
		if head {
			table.Head = []string{title}
		}
		var out bytes.Buffer
		if _, err := PDF(&out, report.Document{Title: title, Label: cell, Blocks: []report.Block{{Sentences: say(body, title)}, {Sort: report.Grid, Table: table}, {Sort: report.Heading, Sentences: say(cell)}}}); err != nil {
			t.Fatal(err)
		}
		sound(t, out.Bytes())
	})
}

// sound holds the table of objects against where the objects are.
func sound(t testing.TB, file []byte) {
	t.Helper()
	tail := regexp.MustCompile(`startxref\n(\d+)\n%%EOF\n$`).FindSubmatch(file)
	if tail == nil {
		t.Fatal("no end")
	}
	at := 0
	fmt.Sscan(string(tail[1]), &at)
	lines := bytes.Split(file[at:], []byte("\n"))
	n := 0
	fmt.Sscanf(string(lines[1]), "0 %d", &n)
	for i := 1; i < n; i++ {
		offset, err := strconv.Atoi(string(lines[2+i][:10]))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(file[offset:], fmt.Appendf(nil, "%d 0 obj\n", i)) {
			t.Fatalf("object %d of %d is not at %d", i, n, offset)
		}
	}
}

func BenchmarkPDF(b *testing.B) {
	needsFont(b)
	d := notice()
	for range 25 {
		d.Blocks = append(d.Blocks, notice().Blocks...)
	}
	var out bytes.Buffer
	for b.Loop() {
		out.Reset()
		if _, err := PDF(&out, d); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(out.Len()), "bytes")
}
