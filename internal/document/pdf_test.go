package document

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
)

// pdfOf writes a PDF of its objects, numbered from 1; the first is the catalog. extra goes
// into the trailer.
func pdfOf(extra string, objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	at := make([]int, len(objects))
	for i, o := range objects {
		at[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, n := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, extra, xref)
	return b.Bytes()
}

func stream(dict, body string) string {
	return fmt.Sprintf("<<%s/Length %d>>\nstream\n%s\nendstream", dict, len(body), body)
}

// hexUTF16 writes a text string of a PDF.
func hexUTF16(s string) string {
	return fmt.Sprintf("<FEFF%X>", wide(s, true))
}

// samplePDF has two pages: text with characters beyond 16 bits, a link, a note, a field and
// a paper clip on the first; nothing but a picture on the second. It has properties, an
// outline, a script and an attachment.
func samplePDF() []byte {
	cmap := "/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange " +
		"3 beginbfchar <0001> <D842DFB7> <0002> <9AD8> <0003> <20B9> endbfchar endcmap end"
	return pdfOf("/Info 18 0 R",
		"<</Type/Catalog/Pages 2 0 R/Outlines 14 0 R/Names<</EmbeddedFiles<</Names[(memo) 12 0 R]>>/JavaScript<</Names[(a) 16 0 R]>>>>/AcroForm<</Fields[17 0 R]/DA(/F1 12 Tf)>>>>",
		"<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 5 0 R/F2 6 0 R>>>>/Contents 8 0 R/Annots[9 0 R 10 0 R 11 0 R 19 0 R]>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</XObject<</I 20 0 R>>>>/Contents 21 0 R>>",
		"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
		"<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/DescendantFonts[7 0 R]/ToUnicode 22 0 R>>",
		"<</Type/Font/Subtype/CIDFontType2/BaseFont/X/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/DW 1000/FontDescriptor 23 0 R>>",
		stream("", "BT /F1 12 Tf 50 800 Td (Beacon to 203.0.113.9 seen) Tj 0 -40 Td (second line, a link) Tj 0 -40 Td /F2 12 Tf <000100020003> Tj ET"),
		"<</Type/Annot/Subtype/Link/Rect[50 755 200 775]/A<</S/URI/URI(http://evil.example/a?b=c)>>>>",
		"<</Type/Annot/Subtype/Text/Rect[300 795 320 815]/Contents "+hexUTF16("社内メモ: 要確認")+"/T "+hexUTF16("高梨")+">>",
		"<</Type/Annot/Subtype/Widget/FT/Tx/Parent 17 0 R/T(host)/Rect[50 700 200 715]/V(hinata-srv1)/P 3 0 R>>",
		"<</Type/Filespec/F(memo.txt)/UF "+hexUTF16("メモ.txt")+"/EF<</F 13 0 R>>/Desc(desc)>>",
		stream("/Type/EmbeddedFile", "inner 198.51.100.7\n"),
		"<</Type/Outlines/First 15 0 R/Last 15 0 R/Count 1>>",
		"<</Title "+hexUTF16("第1章 経緯")+"/Parent 14 0 R/Dest[3 0 R/Fit]>>",
		"<</S/JavaScript/JS(app.launchURL\\('http://js.evil.example/'\\);)>>",
		"<</FT/Tx/T(form)/Kids[11 0 R]>>",
		"<</Title "+hexUTF16("報告書")+"/Author(Takanashi)>>",
		"<</Type/Annot/Subtype/FileAttachment/Rect[50 600 60 610]/FS<</Type/Filespec/F(clip.txt)/EF<</F 24 0 R>>>>>>",
		stream("/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8", "x"),
		stream("", "q 500 0 0 500 0 0 cm /I Do Q"),
		stream("", cmap),
		"<</Type/FontDescriptor/FontName/X/Flags 4/FontBBox[0 0 1000 1000]/ItalicAngle 0/Ascent 800/Descent -200/CapHeight 700/StemV 80>>",
		stream("/Type/EmbeddedFile", "clip 198.51.100.8\n"),
	)
}

func TestPDFIsReadWithPageAndLineAndWhatDoesNotShow(t *testing.T) {
	compare(t, "a.pdf", samplePDF(), `a.pdf:1 hidden title: 報告書
a.pdf:2 hidden author: Takanashi
a.pdf:3 hidden bookmark: 第1章 経緯
a.pdf:4 hidden script: app.launchURL('http://js.evil.example/');
a.pdf:5 hidden attachment: メモ.txt
a.pdf:6 hidden description: desc
a.pdf/p1:1 prose Beacon to 203.0.113.9 seen
a.pdf/p1:2 prose second line, a link
a.pdf/p1:3 prose 𠮷高₹
a.pdf/p1:2 hidden link: http://evil.example/a?b=c
a.pdf/p1:1 hidden note: 社内メモ: 要確認
a.pdf/p1:1 hidden author: 高梨
a.pdf/p1:3 hidden field: form.host: hinata-srv1
a.pdf/p1:3 hidden attachment: clip.txt
a.pdf/clip.txt:1 prose clip 198.51.100.8
a.pdf/メモ.txt:1 prose inner 198.51.100.7
skipped a.pdf document.pdf-no-text
`)
}

func TestBytesThatAreNoTextAreShown(t *testing.T) {
	data := bytes.Replace(samplePDF(), []byte("http://evil.example"), []byte("http://evil.\xe5xample"), 1)
	if got := show(mustRead(t, "a.pdf", data)); !strings.Contains(got, `link: http://evil.\xE5xample/a?b=c`) {
		t.Errorf("%s", got)
	}
}

func TestPDFMadeByAnOfficeProgram(t *testing.T) {
	data, err := os.ReadFile("testdata/memo.pdf")
	if err != nil {
		t.Fatal(err)
	}
	got := show(mustRead(t, "memo.pdf", data))
	for _, want := range []string{
		"memo.pdf/p1:1 prose 架空の事案メモ", "𠮷田", "髙橋", "http://mizuki.example/chat/",
		"a94f0c3de1b2c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d", "memo.pdf/p2:1 prose 二ページ目 203.0.113.77",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
}

func TestPDFThatCannotBeReadSaysWhy(t *testing.T) {
	locked, err := os.ReadFile("testdata/locked.pdf")
	if err != nil {
		t.Fatal(err)
	}
	page := "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Resources<</XObject<</I 4 0 R>>>>/Contents 5 0 R>>"
	scan := pdfOf("", "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", page,
		stream("/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8", "x"), stream("", "/I Do"))
	for name, row := range map[string]struct {
		data []byte
		lim  Limits
		code string
	}{
		"locked.pdf":  {locked, Limits{}, "document.encrypted"},
		"scan.pdf":    {scan, Limits{}, "document.pdf-no-text"},
		"rubbish.pdf": {[]byte("%PDF-1.7\nrubbish"), Limits{}, "document.damaged"},
		"pages.pdf":   {samplePDF(), Limits{Pages: 1}, "document.too-many-pages"},
		"parts.pdf":   {samplePDF(), Limits{Parts: 1}, "document.too-many-parts"},
		"lines.pdf":   {samplePDF(), Limits{Lines: 2}, "document.too-many-lines"},
		"expand.pdf":  {samplePDF(), Limits{Expanded: 10}, "document.expanded-too-large"},
	} {
		_, err := Read(name, bytes.NewReader(row.data), row.lim)
		if codeOf(err) != row.code {
			t.Errorf("%s: %v, want %s", name, err, row.code)
		}
	}
}

// pdfBomb expands to n bytes of page content.
func pdfBomb(n int, unit string) []byte {
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	for range n / len(unit) {
		_, _ = w.Write([]byte(unit))
	}
	_ = w.Close()
	return pdfOf("", "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
		stream("/Filter/FlateDecode", z.String()), "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>")
}

// Whatever a hostile file asks for, there is an answer, and the next file is read.
func TestHostilePDFEndsAndTheNextIsRead(t *testing.T) {
	ring := pdfOf("", "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[2 0 R 2 0 R]/Parent 2 0 R/Count 2>>")
	count := pdfOf("", "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[]/Count 999999999>>")
	deep := pdfOf("", "<</Type/Catalog/Pages 2 0 R/X "+strings.Repeat("[", 100_000)+">>", "<</Type/Pages/Kids[]/Count 0>>")
	outline := pdfOf("", "<</Type/Catalog/Pages 2 0 R/Outlines 3 0 R>>", "<</Type/Pages/Kids[]/Count 0>>",
		"<</First 4 0 R>>", "<</Title(x)/Next 4 0 R/First 4 0 R>>")
	for name, data := range map[string][]byte{
		"ring.pdf": ring, "count.pdf": count, "deep.pdf": deep, "outline.pdf": outline,
		"bomb.pdf": pdfBomb(64<<20, zeros(1<<16)),
		"slow.pdf": pdfBomb(8<<20, "BT /F 1 Tf (aaaaaaaaaaaaaaaa) Tj ET\n"),
	} {
		res, err := Read(name, bytes.NewReader(data), Limits{Time: 500 * time.Millisecond, Tags: 1000})
		sound(t, res, err)
		if len(res.Notes) > 0 && len(show(res)) == 0 {
			t.Errorf("%s: nothing was read, and nothing is said of it", name)
		}
		if k := fault.KindOf(err); err != nil && k != fault.TooLarge && k != fault.Invalid && k != fault.Unsupported {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := show(mustRead(t, "a.pdf", samplePDF())); !strings.Contains(got, "203.0.113.9") {
		t.Errorf("after hostile files: %s", got)
	}
}

func TestTruncatedPDFGivesWhatThereIsOrAnError(t *testing.T) {
	data := samplePDF()
	for n := len(data) / 12; n < len(data)-40; n += len(data) / 12 {
		res, err := Read("cut.pdf", bytes.NewReader(data[:n]), Limits{})
		sound(t, res, err)
		if err == nil && len(res.Doubts) == 0 {
			t.Errorf("cut off at %d: nothing is said of it", n)
		}
	}
}

func TestPDFTimeIsOfTheWholeReading(t *testing.T) {
	data := zipOf(t, entry{name: "a.pdf", body: string(samplePDF())}, entry{name: "b.pdf", body: string(samplePDF())})
	_, err := Read("z.zip", bytes.NewReader(data), Limits{Time: time.Nanosecond})
	if codeOf(err) != "document.pdf-time" || fault.KindOf(err) != fault.TooLarge {
		t.Errorf("%v", err)
	}
}

func TestPDFsAreReadByManyAtOnce(t *testing.T) {
	var all sync.WaitGroup
	want := show(mustRead(t, "a.pdf", samplePDF()))
	for range 6 {
		all.Go(func() {
			res, err := Read("a.pdf", bytes.NewReader(samplePDF()), Limits{})
			if got := show(res); err != nil || got != want {
				t.Errorf("%v\n%s", err, got)
			}
		})
	}
	all.Wait()
}

func TestTheEngineStartsAgainAfterItWasGivenUp(t *testing.T) {
	want := show(mustRead(t, "a.pdf", samplePDF()))
	sharedPDFEngine.close()
	if sharedPDFEngine.quick != nil || sharedPDFEngine.full != nil || sharedPDFEngine.cache != nil {
		t.Error("something of the engine is left")
	}
	if got := show(mustRead(t, "a.pdf", samplePDF())); got != want {
		t.Errorf("%s", got)
	}
}

func TestValuesThatTheMarginBrokeArePutTogether(t *testing.T) {
	full, short := 500.0, 200.0
	for _, row := range []struct {
		in   []pdfLine
		want string
		n    int
	}{
		{[]pdfLine{{"FW が古く CVE-2024-", 20, full, 10, false}, {"21762 が未修正", 20, short, 10, false}, {"本文", 20, full, 10, false}, {"本文", 20, full - 9, 10, false}},
			"FW が古く CVE-2024-21762|が未修正|本文|本文", 1},
		{[]pdfLine{{"http://evil.example/abc", 20, full, 10, false}, {"def/ghi?x=", 20, full, 10, false}, {"1 seen", 20, short, 10, false}, {"x", 20, full, 10, false}},
			"http://evil.example/abcdef/ghi?x=||1 seen|x", 1},
		{[]pdfLine{{"VPN は CVE-2024-", 20, 670, 10, false}, {"21762 が", 20, short, 10, false}}, "VPN は CVE-2024-21762|が", 1},
		{[]pdfLine{{"http://longest.example/abc", 20, full, 10, false}, {"evil.example", 20, short, 10, false}, {"bad.example", 20, short, 10, false}},
			"http://longest.example/abc|evil.example|bad.example", 0},
		{[]pdfLine{{"http://a.example/", 20, full, 10, false}, {"http://b.example/", 20, full, 10, false}, {"http://c.example/", 20, full, 10, false}},
			"http://a.example/|http://b.example/|http://c.example/", 0},
		{[]pdfLine{{"the forensic", 20, full, 10, false}, {"analysis of it", 20, full, 10, false}, {"went on", 20, full, 10, false}},
			"the forensic|analysis of it|went on", 0},
		{[]pdfLine{{"a94f0c3de1b2c4d5e6f708192a3b4c5d", 20, full, 10, false}, {"6e7f8091a2b3c4d5e6f708192a3b4c5d", 20, full, 10, false}, {"x", 20, full, 10, false}},
			"a94f0c3de1b2c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d||x", 1},
	} {
		n := joinBroken(row.in, 700)
		var got []string
		for _, l := range row.in {
			got = append(got, l.text)
		}
		if s := strings.Join(got, "|"); s != row.want || n != row.n {
			t.Errorf("%d %s, want %d %s", n, s, row.n, row.want)
		}
	}
}

func TestPageNumbersAreListedInRuns(t *testing.T) {
	if got := pageList([]int{1, 3, 4, 5, 9}); got != "1, 3-5, 9" {
		t.Error(got)
	}
}

// Two pages, an attachment and a clip.
func BenchmarkPDF(b *testing.B) {
	data := samplePDF()
	for sharedPDFEngine.full == nil { // as it is once the engine is warm
		_, _ = Read("a.pdf", bytes.NewReader(data), Limits{})
	}
	for b.Loop() {
		if _, err := Read("a.pdf", bytes.NewReader(data), Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzPDF(f *testing.F) {
	f.Add(samplePDF())
	f.Add(pdfBomb(1<<16, "BT /F 1 Tf (a) Tj ET\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		res, err := Read("a.pdf", bytes.NewReader(data), Limits{Time: 2 * time.Second, Lines: 20000, Parts: 200, Tags: 20000})
		sound(t, res, err)
	})
}
