package typeset

import (
	"bytes"
	"context"
	"encoding/binary"
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

	"github.com/wakachi/wakachi/internal/document"
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
			if !strings.Contains(page, bare(line)) {
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
	d := report.Document{Title: "₹ と 𝄞 と ₹", Blocks: []report.Block{{Sentences: say("\u202eabc\x00\u200b")}}}
	_, missing := set(t, d)
	if before, err := Lacking(d); err != nil || !slices.Equal(before, missing) {
		t.Errorf("before it is written %q, %v", before, err)
	}
	if !slices.Equal(missing, []rune{'₹', '𝄞'}) {
		t.Errorf("%q", missing)
	}
}

// No line begins or ends with what must not, none is too wide, and together they are the text.
func TestLinesAreBrokenByTheRules(t *testing.T) {
	f := needsFont(t)
	rnd := rand.New(rand.NewPCG(7, 8))
	pieces := []string{"｡", "ｶﾞ", "｢", "か\u3099", "葛\U000E0100", "\u00a0", "ㇰ", "\"", "情報", "、", "。", "「", "」", "（", "）", "ー", "っ", "2026年", "6月", "word", "1,874名", " ", "https://x.example/a-b_c?d=1", "…", "…", "――", "々", "・", "𠮟", "é"}
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
		"ｶﾞｰﾄﾞ｡｣":                 "ｶﾞｰ|ﾄﾞ｡｣",
		"10\u00a0kg":              "10\u00a0kg",
		"か\u3099葛\U000E0100":      "か\u3099|葛\U000E0100",
		"say \"yes\" now":         "say |\"yes\" |now",
	} {
		if got := strings.Join(units(text), "|"); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// Lines are filled between characters, not in words, and only where it does not show.
func TestWhatALineLacksIsShared(t *testing.T) {
	for _, c := range []struct {
		line  string
		lacks int
		want  []int
	}{
		{"情報の漏", 10, []int{4, 3, 3, 0}},
		{"abc情", 30, []int{0, 0, 30, 0}},
		{"a bc", 7, []int{0, 7, 0, 0}},
		{"葛\U000E0100城市", 20, []int{10, 10, 0}},
		{"abc", 10, nil},
		{"情報", 500, nil},
		{"情報", 0, nil},
		{"情報", -5, nil},
	} {
		if got := gaps(c.line, c.lacks); !slices.Equal(got, c.want) {
			t.Errorf("%s lacking %d is given %v, want %v", c.line, c.lacks, got, c.want)
		}
	}
}

func TestLongTitlesAreBalanced(t *testing.T) {
	s := newSetter(needsFont(t))
	text := "その他サイバー攻撃等事案の報告・相談（共通様式3の項目）　第一報（速報）"
	wide := s.thousandths(measure, looks("title"))
	lines := s.balanced(text, s.face.fold(text, wide), wide)
	if !slices.Equal(lines, []string{"その他サイバー攻撃等事案の報告・相談", "（共通様式3の項目）　第一報（速報）"}) {
		t.Errorf("%q", lines)
	}
	text = strings.Repeat("情報漏えい", 16)
	if lines = s.balanced(text, s.face.fold(text, wide), wide); len(lines) != 3 || s.face.width(lines[2])*3 < s.face.width(lines[0])*2 || strings.Join(lines, "") != text {
		t.Errorf("%q", lines)
	}
	long := strings.Repeat("x", 20)
	wide = s.face.width(long)
	if lines := s.balanced(long+"情報", s.face.fold(long+"情報", wide), wide); !slices.Equal(lines, []string{long, "情報"}) {
		t.Errorf("a word was cut: %q", lines)
	}
}

// A reader and PDFium, which most browsers have, get the same characters, and none between them.
func TestTheTextIsTheDocumentsForEveryReader(t *testing.T) {
	sentences := []string{
		"𠮟られた髙橋と﨑山は、é と ｶﾞｰﾄﾞ と ‑ を「見た」。",
		"葛\U000E0100城市の辻\U000E0100さん。",
		strings.Repeat("攻撃は2026年4月19日3:12からWebサーバに対して行われていました。", 12) + "以上",
	}
	d := report.Document{Title: "題", Date: "今日"}
	for _, s := range sentences {
		d.Blocks = append(d.Blocks, report.Block{Sentences: say(s)})
	}
	file, missing := set(t, d)
	if len(missing) > 0 {
		t.Errorf("the font lacks %q", missing)
	}
	read, err := document.Read("it.pdf", bytes.NewReader(file), document.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var pdfium strings.Builder
	for _, n := range read.Notes {
		for _, l := range n.Lines {
			pdfium.WriteString(l.Text)
		}
	}
	poppler := strings.ReplaceAll(run(t, file, "pdftotext", "-raw", "FILE", "-"), "\n", "")
	for _, want := range sentences {
		for who, got := range map[string]string{"PDFium": pdfium.String(), "Poppler": poppler} {
			if !strings.Contains(got, want) {
				t.Errorf("%s does not read\n%+q in\n%+q", who, want, got)
			}
		}
	}
}

// The font knows both ways in which a variant is listed; one that it lacks is drawn as usual, and said.
func TestVariants(t *testing.T) {
	f := needsFont(t)
	for _, c := range []struct {
		text    string
		same    bool // as the character without a selector
		lacking rune
	}{
		{"葛\U000E0100", false, 0}, {"一\U000E01EF", true, '一'}, {"☎\uFE0F", true, 0}, {"か\u200d", true, 0}, {"か\u3099", false, 0}, {"か\uFE00\u3099", true, 'か'},
		{"𝄞\U000E0100", false, '𝄞'}, {"\u2003", false, 0}, {"\U000E0100", false, 0},
	} {
		first, _ := next(c.text)
		g, _, lacking := f.shape(first)
		usual := f.index([]rune(c.text)[0])
		if (g == usual) != c.same || lacking != c.lacking {
			t.Errorf("%+q is glyph %d, %d without a selector, and lacks %q", c.text, g, usual, lacking)
		}
	}
	if g, _, _ := f.shape("か\u3099"); g != f.index('が') {
		t.Error("か with its mark is not が")
	}
	if g := f.index(0x2011); g == 0 || g != f.index(0x2010) {
		t.Error("a hyphen that does not break is no hyphen")
	}
}

// A font is checked before it is used: nothing that is cut off or wrong makes it panic.
func FuzzFont(f *testing.F) {
	f.Add([]byte{}, "葛\U000E0100")
	f.Add([]byte{0, 14, 0, 0, 0, 40, 0, 0, 0, 1, 0x0E, 1, 0, 0, 0, 0, 21, 0, 0, 0, 29, 0, 0, 0, 1, 0, 0x4E, 0, 0, 0, 0, 0, 1, 0, 0x84, 0x5B, 0, 7}, "葛\U000E0100")
	f.Fuzz(func(t *testing.T, table []byte, text string) {
		cmap := binary.BigEndian.AppendUint16(nil, 0)
		cmap = append(cmap, 0, 1, 0, 0, 0, 5, 0, 0, 0, 12)
		face := &typeface{tables: map[string][]byte{"cmap": append(cmap, table...)}}
		for _, r := range text {
			face.variant(r, 0xE0100)
		}
		all := ""
		for rest := text; rest != ""; {
			var c string
			if c, rest = next(rest); c == "" {
				t.Fatal("nothing is cut off")
			}
			all += c
		}
		if all != text {
			t.Fatalf("%q became %q", text, all)
		}
	})
}

// What does not fit where it belongs is set all the same.
func TestNothingRunsOffThePage(t *testing.T) {
	long := strings.Repeat("長い文。", 2000) + "了"
	for what, d := range map[string]report.Document{
		"a long label":       {Label: strings.Repeat("社外秘。", 200) + "了"},
		"a long head":        {Blocks: []report.Block{{Sort: report.Grid, Table: report.Table{Head: []string{long}, Rows: [][]report.Cell{{{Text: "行"}}}}}}},
		"a long title":       {Title: long},
		"a long heading":     {Blocks: []report.Block{{Sort: report.Heading, Sentences: say(long)}}},
		"a long entry":       {Blocks: []report.Block{{Sort: report.List, Sentences: say(long)}}},
		"a hundred columns":  {Blocks: []report.Block{{Sort: report.Grid, Table: report.Table{Head: slices.Repeat([]string{"頭"}, 99), Rows: [][]report.Cell{append(slices.Repeat([]report.Cell{{Text: "行"}}, 99), report.Cell{Text: "了"})}}}}},
		"a row of more":      {Blocks: []report.Block{{Sort: report.Grid, Table: report.Table{Head: []string{"頭"}, Rows: [][]report.Cell{{{Text: "行"}, {Text: "了"}}}}}}},
		"a character of 200": {Blocks: []report.Block{{Sentences: say("葛" + strings.Repeat("\U000E0100", 200) + "了")}}},
	} {
		file, _ := set(t, d)
		sound(t, file)
		boxes := run(t, file, "pdftotext", "-bbox", "FILE", "-")
		if !strings.Contains(boxes, "了") {
			t.Errorf("%s: the end is missing", what)
		}
		if what == "a long head" && !strings.Contains(boxes, "行") {
			t.Errorf("%s: the row is missing", what)
		}
		for _, box := range regexp.MustCompile(`xMin="([-.\d]+)" yMin="([-.\d]+)" xMax="([-.\d]+)" yMax="([-.\d]+)"`).FindAllStringSubmatch(boxes, -1) {
			var at [4]float64
			for i := range at {
				at[i], _ = strconv.ParseFloat(box[i+1], 64)
			}
			if at[0] < marginSide-1 || at[1] < 25 || at[2] > pageWidth-marginSide+1 || at[3] > pageHeight-25 {
				t.Errorf("%s: %v is off the page", what, at)
				break
			}
		}
	}
}

func TestManyCharacters(t *testing.T) {
	f := needsFont(t)
	for r := rune(0x10000); r < 0x10000+mostCodes+500; r++ {
		f.code(string(r))
	}
	if f.code("\U0002F800") != f.code(string(geta)) || !slices.Contains(f.missing, 0x2F800) {
		t.Error("a character beyond what a font can hold is neither a geta nor said")
	}
	if len(f.texts) > mostCodes+1 {
		t.Errorf("%d codes", len(f.texts))
	}
}

func TestBookmarksHangTogether(t *testing.T) {
	d := report.Document{}
	for _, level := range []int{2, 1, 2, 2, 1, 0, 7} {
		d.Blocks = append(d.Blocks, report.Block{Sort: report.Heading, Level: level, Sentences: say(fmt.Sprint("見出し", level))})
	}
	file, _ := set(t, d)
	shape := regexp.MustCompile(`/Type/Outlines/First (\d+) 0 R/Last (\d+) 0 R/Count 7`).FindSubmatch(file)
	if shape == nil {
		t.Fatal("no bookmarks")
	}
	var walk func(id string) string
	walk = func(id string) string {
		if id == "" {
			return ""
		}
		body := regexp.MustCompile(`\n` + id + ` 0 obj\n(.*)\n`).FindSubmatch(file)[1]
		link := func(name string) string {
			if m := regexp.MustCompile(name + ` (\d+) 0 R`).FindSubmatch(body); m != nil {
				return string(m[1])
			}
			return ""
		}
		out := "x"
		if below := walk(link("/First")); below != "" {
			out += "(" + below + ")"
		}
		return out + walk(link("/Next"))
	}
	if got := walk(string(shape[1])); got != "xx(xx)xx(x)" {
		t.Errorf("the bookmarks are %s", got)
	}
	run(t, file, "qpdf", "--check", "FILE")
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
