package document

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
)

var kindSign = map[incident.LineKind]string{
	incident.Prose: "prose", incident.Heading: "heading", incident.Row: "row",
	incident.Code: "code", incident.Header: "header", incident.Hidden: "hidden",
}

// show writes notes as a person compares them: "file:line kind text".
func show(res Result) string {
	var b strings.Builder
	for _, n := range res.Notes {
		for _, l := range n.Lines {
			fmt.Fprintf(&b, "%s:%d %s %s\n", n.File, l.Number, kindSign[l.Kind], l.Text)
		}
	}
	for _, s := range res.Skipped {
		fmt.Fprintf(&b, "skipped %s %s\n", s.File, s.Err.Code)
	}
	for _, s := range res.Doubts {
		fmt.Fprintf(&b, "doubt %s %s\n", s.File, s.Err.Code)
	}
	return b.String()
}

func mustRead(t testing.TB, name string, data []byte) Result {
	t.Helper()
	res, err := Read(name, bytes.NewReader(data), Limits{})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return res
}

func compare(t *testing.T, name string, data []byte, want string) {
	t.Helper()
	if got := show(mustRead(t, name, data)); got != want {
		t.Errorf("%s\n--- got\n%s--- want\n%s", name, got, want)
	}
}

// An entry of a zip made by a test.
type entry struct {
	name, body string
	raw        bool // name as it is, no UTF-8 flag
}

func zipOf(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, e := range entries {
		w, err := z.CreateHeader(&zip.FileHeader{Name: e.name, Method: zip.Deflate, NonUTF8: e.raw})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, e.body); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestMarkdownKeepsItsTextAndKnowsItsLines(t *testing.T) {
	compare(t, "a.md", []byte(`# 時系列

| 日時 | 内容 |
|---|---|
| 05:41 | 連絡 |

- 203.0.113.77 へのビーコン。ログ:

      1778457912.114 10.20.14.52 TCP_TUNNEL/200

    - SHA256: 6f1c

技術情報
========
`+"```\n# not a heading\n```\n    mail: a@b.example\n\n    rclone.exe\n"),
		`a.md:1 heading # 時系列
a.md:2 prose 
a.md:3 row | 日時 | 内容 |
a.md:4 row |---|---|
a.md:5 row | 05:41 | 連絡 |
a.md:6 prose 
a.md:7 prose - 203.0.113.77 へのビーコン。ログ:
a.md:8 prose 
a.md:9 code       1778457912.114 10.20.14.52 TCP_TUNNEL/200
a.md:10 prose 
a.md:11 prose     - SHA256: 6f1c
a.md:12 prose 
a.md:13 heading 技術情報
a.md:14 prose ========
a.md:15 code `+"```"+`
a.md:16 code # not a heading
a.md:17 code `+"```"+`
a.md:18 prose     mail: a@b.example
a.md:19 prose 
a.md:20 code     rclone.exe
`)
}

func TestTableRecordsKeepTheirColumns(t *testing.T) {
	compare(t, "a.csv", []byte("url,seen,note\nhttp://e.example/a,2026-05-11,\"x, \"\"y\"\"\nz\"\nlast,1,2\n"),
		"a.csv:1 code url\tseen\tnote\na.csv:2 code http://e.example/a\t2026-05-11\t\"x, \"\"y\"\" z\"\na.csv:4 code last\t1\t2\n")
	compare(t, "open.csv", []byte("a,\"never closed\nb,c\nd,e\n"),
		"open.csv:1 code a\t\"never closed\nopen.csv:2 code b\tc\nopen.csv:3 code d\te\n")
	compare(t, "a.tsv", []byte("a\tb,c\n"), "a.tsv:1 code a\tb,c\n")
}

func TestJSONIsUnescapedWhereItStands(t *testing.T) {
	compare(t, "a.jsonl", []byte(`{"org":"\u6771\u96f2","path":"C:\\Users\\a"}`+"\n"+`{"url":"http:\/\/e.example\/a","q":"a\nb","e":"\ud83d\ude00\ud800"}`+"\ncut {\"a\n"),
		"a.jsonl:1 code {\"org\":\"東雲\",\"path\":\"C:\\Users\\a\"}\na.jsonl:2 code {\"url\":\"http://e.example/a\",\"q\":\"a b\",\"e\":\"😀\\ud800\"}\na.jsonl:3 code cut {\"a\n")
	long := `{"ips":["203.0.113.1","203.0.113.2"],"pad":"` + strings.Repeat("x", jsonLine) + `","dst_ip":"203.0.113.9"}`
	res := mustRead(t, "export.json", []byte(long))
	var texts []string
	for _, l := range res.Notes[0].Lines {
		texts = append(texts, l.Text[:min(len(l.Text), 40)])
	}
	got := strings.Join(texts, "\n")
	want := "{\"ips\":[\"203.0.113.1\",\n\"ips\": \"203.0.113.2\"],\n\"pad\":\"" + strings.Repeat("x", 33) + "\n\"dst_ip\":\"203.0.113.9\"}"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestHTMLShowsWhatIsSeenAndWhatIsNot(t *testing.T) {
	compare(t, "a.html", []byte(`<!DOCTYPE html>
<html><head><title>件名 &amp; 表</title>
<script>
var c2 = "evil.example";
</script></head>
<body><h1>Report</h1>
<!-- 内部メモ -->
<p>Visit <a href="http://evil.example/a?x=1&amp;y=2">this
page</a> now<br>second</p>
<table><tr><th>IP</th><th>Port</th></tr><tr><td>203.0.113.9</td><td>443</td></tr></table>
<div style="display:none">secret <b>text</b></div>
<pre>a
  b</pre>tail
</body></html>`), `a.html:2 heading 件名 & 表
a.html:4 code var c2 = "evil.example";
a.html:6 heading Report
a.html:7 hidden 内部メモ
a.html:8 hidden href: http://evil.example/a?x=1&y=2
a.html:8 prose Visit this page now
a.html:9 prose second
a.html:10 row IP | Port
a.html:10 row 203.0.113.9 | 443
a.html:11 hidden secret text
a.html:12 code a
a.html:13 code   b
a.html:13 prose tail
`)
}

func TestHTMLThatIsCutOffLosesNothing(t *testing.T) {
	compare(t, "a.html", []byte("<html>\n<p>seen</p>\n<a href=\"http://evil.example/a"),
		"a.html:2 prose seen\na.html:3 hidden <a href=\"http://evil.example/a\n")
}

func TestHTMLHonoursItsCharsetUnlessTheBytesSayOtherwise(t *testing.T) {
	page := `<html><head><meta charset="shift_jis"></head><body>架空</body></html>`
	compare(t, "s.html", sjis(t, page), "s.html:1 prose 架空\n")
	long := strings.Replace(page, "架空", "本当は別の文字コードで書かれている文書です。", 1)
	got := show(mustRead(t, "u.html", []byte(long)))
	if !strings.Contains(got, "本当は別の") || !strings.Contains(got, "document.encoding-declared") {
		t.Errorf("%s", got)
	}
}

func TestZipIsReadWholeAndNamesAreHarmless(t *testing.T) {
	inner := zipOf(t, entry{name: "c.txt", body: "inner 203.0.113.9\n"})
	cp := string(sjis(t, "報告書.txt"))
	data := zipOf(t,
		entry{name: "dir/"},
		entry{name: "dir/a.txt", body: "hello\n"},
		entry{name: cp, body: "legacy\n", raw: true},
		entry{name: "../../etc/passwd", body: "up\n"},
		entry{name: `C:\win\x.txt`, body: "drive\n"},
		entry{name: "evil.exe", body: "MZ\x90\x00\x00"},
		entry{name: "n.zip", body: string(inner)},
		entry{name: "dir/a.txt", body: "again\n"},
	)
	compare(t, "o.zip", data, `o.zip/dir/a.txt:1 prose hello
o.zip/報告書.txt:1 prose legacy
o.zip/etc/passwd:1 prose up
o.zip/C_/win/x.txt:1 prose drive
o.zip/n.zip/c.txt:1 prose inner 203.0.113.9
o.zip/dir/a.txt (2):1 prose again
skipped o.zip/evil.exe document.binary
doubt o.zip/etc/passwd document.unsafe-name
doubt o.zip/C_/win/x.txt document.unsafe-name
`)
}

func TestGzipIsReadUnderItsOwnName(t *testing.T) {
	var buf bytes.Buffer
	z := gzip.NewWriter(&buf)
	_, _ = z.Write([]byte("203.0.113.9 GET /\n"))
	_ = z.Close()
	compare(t, "access.log.gz", buf.Bytes(), "access.log.gz/access.log:1 code 203.0.113.9 GET /\n")
	_, err := Read("cut.gz", bytes.NewReader(buf.Bytes()[:buf.Len()-6]), Limits{})
	if codeOf(err) != "document.damaged" {
		t.Errorf("cut off: %v", err)
	}
}

func TestWhatIsNotReadSaysWhatToDo(t *testing.T) {
	ole := "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 64)
	for name, row := range map[string][2]string{
		"a.txt":      {"%PDF-1.4\n", "document.damaged"},
		"a.msg":      {ole + string(wide("__substg1.0_", false)), "document.damaged"},
		"a.pst":      {"!BDN\x00", "document.outlook"},
		"a.doc":      {ole + string(wide("WordDocument", false)), "document.old-word"},
		"a.docx":     {ole + string(wide("EncryptedPackage", false)), "document.encrypted"},
		"a.xls":      {ole + string(wide("Workbook", false)), "document.spreadsheet"},
		"a.xlsx":     {string(zipOf(t, entry{name: "[Content_Types].xml"}, entry{name: "xl/workbook.bin"})), "document.spreadsheet"},
		"a.pptx":     {string(zipOf(t, entry{name: "[Content_Types].xml"}, entry{name: "ppt/x.xml"})), "document.slides"},
		"a.odt":      {string(zipOf(t, entry{name: "mimetype", body: "application/vnd.oasis.opendocument.text"})), "document.old-word"},
		"a.rtf":      {`{\rtf1\ansi x}`, "document.old-word"},
		"a.png":      {"\x89PNG\r\n\x1a\n", "document.image"},
		"a.7z":       {"7z\xbc\xaf\x27\x1c", "document.archive-kind"},
		"a.evtx":     {"ElfFile\x00", "document.log-format"},
		"empty.zip":  {string(zipOf(t)), "document.empty"},
		"broken.zip": {"PK\x03\x04rubbish", "document.damaged"},
	} {
		_, err := Read(name, strings.NewReader(row[0]), Limits{})
		if codeOf(err) != row[1] {
			t.Errorf("%s: %v, want %s", name, err, row[1])
		}
	}
	if got := show(mustRead(t, "mz.txt", []byte("MZ lock と呼ぶ\n"))); got != "mz.txt:1 prose MZ lock と呼ぶ\n" {
		t.Errorf("text that begins like a program: %s", got)
	}
}

func TestEncryptedEntryIsNamed(t *testing.T) {
	data := zipOf(t, entry{name: "a.txt", body: "x"}, entry{name: "b.txt", body: "clear\n"})
	// The flag stands in the local header and in the directory.
	data[6] |= 1
	data[bytes.Index(data, []byte("PK\x01\x02"))+8] |= 1
	compare(t, "p.zip", data, "p.zip/b.txt:1 prose clear\nskipped p.zip/a.txt document.encrypted\n")
}

func zeros(n int) string { return strings.Repeat("a", n) }

func TestEveryLimitHasItsError(t *testing.T) {
	deep := []byte("text\n")
	for i := range 6 {
		deep = zipOf(t, entry{name: fmt.Sprint(i, ".zip"), body: string(deep)})
	}
	bomb := zipOf(t, entry{name: "a.txt", body: zeros(20 << 20)})
	quine := zipOf(t, entry{name: "a.txt", body: "abc"})
	copy(quine[bytes.Index(quine, []byte("PK\x01\x02"))+20:], "\xff\xff\x00\x00") // more than the file has
	many := make([]entry, 20)
	for i := range many {
		many[i] = entry{name: fmt.Sprint(i), body: "x"}
	}
	nested := strings.Repeat("<a>", 400) + strings.Repeat("</a>", 400)
	cells := "<table><tr>" + strings.Repeat("<td>x", 50)
	for name, row := range map[string]struct {
		data []byte
		lim  Limits
		code string
	}{
		"big.txt":   {[]byte(zeros(2000)), Limits{Bytes: 1000}, "document.too-large"},
		"long.txt":  {[]byte(zeros(2000)), Limits{Line: 1000}, "document.line-too-long"},
		"lines.txt": {[]byte(strings.Repeat("\n", 100)), Limits{Lines: 99}, "document.too-many-lines"},
		"deep.zip":  {deep, Limits{}, "document.too-deep"},
		"bomb.zip":  {bomb, Limits{}, "document.ratio"},
		"liar.zip":  {quine, Limits{}, "document.ratio"},
		"many.zip":  {zipOf(t, many...), Limits{Parts: 10}, "document.too-many-parts"},
		"exp.zip":   {zipOf(t, entry{name: "a", body: zeros(5000)}), Limits{Expanded: 4000}, "document.expanded-too-large"},
		"tags.html": {[]byte("<html>" + strings.Repeat("<b>", 100)), Limits{Tags: 50}, "document.too-many-tags"},
		"cell.html": {[]byte(cells), Limits{Cells: 40}, "document.too-many-cells"},
		"nest.docx": {docx(t, entry{name: "word/document.xml", body: nested}), Limits{}, "document.nesting"},
	} {
		_, err := Read(name, bytes.NewReader(row.data), row.lim)
		if codeOf(err) != row.code || fault.KindOf(err) != fault.TooLarge {
			t.Errorf("%s: %v, want %s", name, err, row.code)
		}
	}
}

// endless gives one line without end, and counts what was taken of it.
type endless struct{ taken int64 }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	e.taken += int64(len(p))
	return len(p), nil
}

func TestAnEndlessLineIsGivenUpEarly(t *testing.T) {
	e := &endless{}
	_, err := Read("x.log", e, Limits{Bytes: 1 << 40})
	if codeOf(err) != "document.line-too-long" || e.taken > 4*DefaultLine {
		t.Errorf("%v after %d bytes", err, e.taken)
	}
}

func TestAFailingReaderIsAnError(t *testing.T) {
	_, err := Read("x", io.MultiReader(strings.NewReader("abc"), failing{}), Limits{})
	if fault.KindOf(err) != fault.Unavailable {
		t.Errorf("%v", err)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, os.ErrClosed }

func TestAnEmptyInputIsANoteWithoutLines(t *testing.T) {
	res := mustRead(t, "e.txt", nil)
	if len(res.Notes) != 1 || len(res.Notes[0].Lines) != 0 {
		t.Errorf("%+v", res)
	}
}

// sound is what holds for every result.
func sound(t *testing.T, res Result, err error) {
	t.Helper()
	if err != nil && codeOf(err) == "" {
		t.Errorf("not a fault: %v", err)
	}
	names := map[string]bool{}
	for _, n := range res.Notes {
		if names[n.File] {
			t.Errorf("two notes are called %q", n.File)
		}
		names[n.File] = true
		for _, l := range n.Lines {
			if l.Number < 1 || !utf8.ValidString(l.Text) || strings.ContainsAny(l.Text, "\n\r\v\f\u0085\u2028\u2029") {
				t.Errorf("%s:%d %q", n.File, l.Number, l.Text)
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	for name, seed := range map[string][]byte{
		"a.md": []byte("# x\n|a|b|\n|--|--|\n    code\n"), "a.csv": []byte("a,\"b\nc\",d\n"), "a.json": []byte(`{"a":"\u6771"}`),
		"a.html": []byte("<table><tr><td>x<td>y</table><pre>z"), "a.zip": zipOf(f, entry{name: "a.txt", body: "x"}),
		"a.eml": []byte(sampleMail), "a.docx": docx(f, entry{name: "word/document.xml", body: sampleDocument}),
	} {
		f.Add(name, seed)
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		res, err := Read(name, bytes.NewReader(data), Limits{Expanded: 1 << 22, Lines: 20000, Parts: 200, Tags: 20000})
		sound(t, res, err)
	})
}

func TestATextThatLooksLikeCodeIsAText(t *testing.T) {
	const notes = "Ours, leave it:\n  198.51.100.7 is our proxy and it was always there\n\n## Theirs\n\n| a | b |\n|---|---|\n| x | the loader that they left |\n"
	kinds := func(name, body string) (out []incident.LineKind) {
		got, err := Read(name, strings.NewReader(body), Limits{})
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range got.Notes[0].Lines {
			if strings.TrimSpace(l.Text) != "" {
				out = append(out, l.Kind)
			}
		}
		return out
	}
	want := []incident.LineKind{incident.Prose, incident.Prose, incident.Heading, incident.Row, incident.Row, incident.Row}
	if got := kinds("a.html", "<pre>\n"+notes+"</pre>"); !slices.Equal(got, want) {
		t.Errorf("preformatted: %v", got)
	}
	const log = "2026-05-02 GET /a 200\n2026-05-02 GET /b 200\n"
	if got := kinds("a.html", "<pre>"+log+"</pre>"); !slices.Equal(got, []incident.LineKind{incident.Code, incident.Code}) {
		t.Errorf("a log: %v", got)
	}
	if got := kinds("a.md", "```\n"+log+"```\n\n```\nthat was me, it is our scanner\nand that is not theirs\n```\n"); !slices.Equal(got,
		[]incident.LineKind{incident.Code, incident.Code, incident.Code, incident.Code, incident.Code, incident.Prose, incident.Prose, incident.Code}) {
		t.Errorf("fences: %v", got)
	}
	if got := kinds("a.txt", "## One\nx\n\n## Two\ny\n"); got[0] != incident.Heading {
		t.Errorf("titles in a text: %v", got)
	}
	if got := kinds("a.txt", "x\n## off\ny\n## on\n"); slices.Contains(got, incident.Heading) {
		t.Errorf("comments in a text: %v", got)
	}
	if got := kinds("a.md", "> # Title\n> | a | b |\n> text\n"); !slices.Equal(got, []incident.LineKind{incident.Heading, incident.Row, incident.Prose}) {
		t.Errorf("quoted: %v", got)
	}
}

func TestHTMLKeepsTheMarginsThatAreSeen(t *testing.T) {
	const page = `<p>Ours:</p><ul><li>proxy <code>px1</code><ul><li>spare</li></ul></li><li>clock<br>of the hall</li></ul>` +
		`<blockquote>said <b>so</b></blockquote><p></p><p>&nbsp;</p><div>&nbsp;&nbsp;in</div>a<br><br><br>b<br>c<table><tr><td>x<br><br>y</td><td>z</td></tr></table>`
	want := []string{"Ours:", "- proxy `px1`", "  - spare", "- clock", "  of the hall", "> said so", "", "  in", "a", "", "b", "c", "x y | z"}
	got, err := Read("a.html", strings.NewReader(page), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, l := range got.Notes[0].Lines {
		lines = append(lines, l.Text)
	}
	if !slices.Equal(lines, want) {
		t.Errorf("%q\nwant\n%q", lines, want)
	}
}
