package document

import (
	"errors"
	"os"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"

	"github.com/wakachi/wakachi/internal/fault"
)

func encode(t testing.TB, enc encoding.Encoding, s string) []byte {
	t.Helper()
	b, err := enc.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return b
}

func sjis(t testing.TB, s string) []byte { return encode(t, japanese.ShiftJIS, s) }
func euc(t testing.TB, s string) []byte  { return encode(t, japanese.EUCJP, s) }

func wide(s string, big bool) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		if big {
			b = append(b, byte(u>>8), byte(u))
		} else {
			b = append(b, byte(u), byte(u>>8))
		}
	}
	return b
}

func readString(t testing.TB, name string, data []byte) string {
	t.Helper()
	res, err := Read(name, strings.NewReader(string(data)), Limits{})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	var b strings.Builder
	for _, n := range res.Notes {
		for _, l := range n.Lines {
			b.WriteString(l.Text + "\n")
		}
	}
	return b.String()
}

func codeOf(err error) string {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f.Code
	}
	return ""
}

const memo = "2026-05-11 営業企画課の三枝が添付ファイルを実行。\n通信先は 203.0.113.77:443（ビーコン）。\n東"

func TestEveryEncodingGivesTheSameText(t *testing.T) {
	for name, data := range map[string][]byte{
		"utf-8":         []byte(memo),
		"utf-8 bom":     []byte("\ufeff" + memo),
		"cp932":         sjis(t, memo),
		"euc-jp":        euc(t, memo),
		"iso-2022-jp":   encode(t, japanese.ISO2022JP, memo),
		"utf-16le bom":  wide("\ufeff"+memo, false),
		"utf-16be bom":  wide("\ufeff"+memo, true),
		"utf-16le bare": wide(memo, false),
		"utf-16be bare": wide(memo, true),
	} {
		if got := readString(t, "memo.txt", data); got != memo+"\n" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// The files under testdata were written by another program's tables than ours.
func TestFilesOfOtherPrograms(t *testing.T) {
	windows := "記録: 情報システム部 髙梨 ①\n・通信先 203.0.113.77:443 へ 10 分間隔（09:00～18:00）\n" + `\\SUWA-FS01\設計 ﾌｧｲﾙｻｰﾊﾞ ㈱架空` + "\n"
	unix := "記録: 情報システム部 高梨\n・通信先 203.0.113.77:443 へ 10 分間隔\n能登の十表\n"
	for name, want := range map[string]string{
		"memo.cp932.txt": windows, "memo.utf-16le.txt": windows, "memo.euc-jp.txt": unix, "memo.iso-2022-jp.txt": unix,
	} {
		data, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if got := readString(t, name, data); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestShortTextsAreReadOrRefusedNeverGarbled(t *testing.T) {
	type row struct {
		data []byte
		want string // empty: refused as unclear
	}
	for name, r := range map[string]row{
		"one kanji, CP932":             {sjis(t, "東"), "東"},
		"one kanji, UTF-8":             {[]byte("東"), "東"},
		"a kanji that EUC reads too":   {sjis(t, "社"), "社"},
		"one hiragana, CP932":          {sjis(t, "あ"), "あ"},
		"two hiragana, EUC":            {euc(t, "ある"), "ある"},
		"a word in CP932":              {sjis(t, "host 感染 pc01"), "host 感染 pc01"},
		"a word in EUC":                {euc(t, "host 感染しました"), "host 感染しました"},
		"half-width, CP932":            {sjis(t, "ｻｰﾊﾞｰ ﾀｲﾑｱｳﾄ ｴﾗｰ"), "ｻｰﾊﾞｰ ﾀｲﾑｱｳﾄ ｴﾗｰ"},
		"half-width, UTF-8":            {[]byte("ｻｰﾊﾞ ｴﾗｰ"), "ｻｰﾊﾞ ｴﾗｰ"},
		"a sign in English, UTF-8":     {[]byte("completion is today, £1.24m, can we"), "completion is today, £1.24m, can we"},
		"a degree in English, UTF-8":   {[]byte("the server room was at 41°C by then"), "the server room was at 41°C by then"},
		"accents, UTF-8":               {[]byte("the café résumé"), "the café résumé"},
		"half-width that UTF-8 reads":  {sjis(t, "ﾂｱ"), ""},
		"two kanji, EUC or half-width": {euc(t, "記録"), ""},
		"JIS with a broken escape":     {[]byte("\x1b$Qabc\x1b(B"), ""},
		"Latin-1":                      {[]byte("caf\xe9 closed"), ""},
	} {
		res, err := Read("x.txt", strings.NewReader(string(r.data)), Limits{})
		switch {
		case r.want == "" && codeOf(err) != "document.encoding-unclear":
			t.Errorf("%s: want a refusal, got %v %v", name, res.Notes, err)
		case r.want != "" && (err != nil || res.Notes[0].Lines[0].Text != r.want):
			t.Errorf("%s: got %v %v", name, res.Notes, err)
		}
	}
}

// Every kanji in daily use, and every kana, alone in a file: right or refused.
func TestSingleCharactersAreNeverGarbled(t *testing.T) {
	for name, enc := range map[string]encoding.Encoding{"cp932": japanese.ShiftJIS, "euc": japanese.EUCJP, "utf8": encoding.Nop} {
		wrong, refused, all := 0, 0, 0
		for r := rune(0x3041); r < 0xa000; r++ {
			if c := classOf(r); c != kana && c != kanji {
				continue
			}
			b, err := enc.NewEncoder().Bytes([]byte(string(r)))
			if err != nil {
				continue
			}
			all++
			text, err := (&reading{lim: Limits{}.filled()}).decode(part{file: "x", data: b})
			switch {
			case err != nil:
				refused++
			case text != string(r):
				wrong++
				t.Logf("%s %c is read as %q", name, r, text)
			}
		}
		t.Logf("%s: %d single characters, %d refused, %d wrong", name, all, refused, wrong)
		if wrong > 0 || name != "euc" && refused > all/50 {
			t.Errorf("%s: %d wrong, %d refused of %d", name, wrong, refused, all)
		}
	}
}

func TestLinesInTwoEncodingsAreReadAndMarked(t *testing.T) {
	data := []byte("開始 10.0.0.1\nERROR plain\n")
	data = append(data, sjis(t, "接続を拒否しました 203.0.113.9\n")...)
	data = append(data, "終了しました\n"...)
	res, err := Read("mixed.log", strings.NewReader(string(data)), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if got := res.Notes[0].Lines[2].Text; got != "接続を拒否しました 203.0.113.9" {
		t.Errorf("line 3: %q", got)
	}
	if len(res.Doubts) != 1 || res.Doubts[0].Err.Code != "document.encoding-mixed" || res.Doubts[0].Err.Args[2] != "3" {
		t.Errorf("doubts: %+v", res.Doubts)
	}
}

func TestCutCharactersAreShownByteByByte(t *testing.T) {
	var b strings.Builder
	for range 20 {
		b.WriteString("接続を拒否しました\n")
	}
	b.WriteString("user=\"東\xe4\xba\" src=203.0.113.9\n")
	res, err := Read("cut.log", strings.NewReader(b.String()), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if got := res.Notes[0].Lines[20].Text; got != `user="東\xE4\xBA" src=203.0.113.9` {
		t.Errorf("%q", got)
	}
	if len(res.Doubts) != 1 || res.Doubts[0].Err.Code != "document.encoding-bytes" {
		t.Errorf("doubts: %+v", res.Doubts)
	}
}

func TestGaijiIsNotInvented(t *testing.T) {
	data := append(sjis(t, strings.Repeat("担当は高橋です。\n", 10)), "担当: \xf0\x40\n"...)
	copy(data[len(data)-9:], sjis(t, "担当"))
	data = append(sjis(t, strings.Repeat("担当は高橋です。\n", 10)+"担当: "), "\xf0\x40 様\n"[:3]...)
	got := readString(t, "a.txt", data)
	if !strings.Contains(got, `担当: \xF0@`) {
		t.Errorf("%q", got)
	}
}

func TestBinaryIsNoText(t *testing.T) {
	noise := make([]byte, 4096)
	x := uint32(1)
	for i := range noise {
		x = x*1664525 + 1013904223
		noise[i] = byte(x >> 24)
	}
	for name, data := range map[string]string{
		"MZ":    "MZ\x90\x00\x03\x00\x00\x00",
		"ELF":   "\x7fELF\x02\x01\x01\x00",
		"noise": string(noise),
	} {
		_, err := Read("notes.txt", strings.NewReader(data), Limits{})
		if codeOf(err) != "document.binary" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNULsAndColoursKeepColumns(t *testing.T) {
	got := readString(t, "a.log", []byte("a\x00b \x1b[31m203.0.113.9\x1b[0m end\x07"))
	if want := "a␀b      203.0.113.9     end␇\n"; got != want {
		t.Errorf("%q", got)
	}
}

func TestLineBreaks(t *testing.T) {
	got := readString(t, "a.txt", []byte("一\r\n二\n三\r四\u0085五\n\n七"))
	if got != "一\n二\n三\n四\n五\n\n七\n" {
		t.Errorf("%q", got)
	}
}

func FuzzEncoding(f *testing.F) {
	f.Add([]byte(memo), "")
	f.Add(sjis(f, memo), "utf-8")
	f.Add(euc(f, memo), "shift_jis")
	f.Add(wide(memo, false), "windows-1252")
	f.Add(append(sjis(f, "日本\n"), "東京\n"...), "iso-2022-jp")
	f.Fuzz(func(t *testing.T, data []byte, declared string) {
		r := &reading{lim: Limits{}.filled()}
		text, err := r.decode(part{file: "x", data: data, charset: declared})
		if err == nil && !utf8.ValidString(text) {
			t.Errorf("not UTF-8: %q", text)
		}
		if utf8.Valid(data) && err == nil && declared == "" && !strings.ContainsAny(string(data), "\x00\x1b") &&
			text != strings.TrimPrefix(string(data), "\ufeff") && len(r.res.Doubts) == 0 && plainlyUTF8(data) {
			t.Errorf("changed: %q", text)
		}
	})
}

func BenchmarkDecodeCP932(b *testing.B) {
	data := sjis(b, strings.Repeat(memo+"\n", 2000))
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		r := &reading{lim: Limits{}.filled()}
		if _, err := r.decode(part{file: "x", data: data}); err != nil {
			b.Fatal(err)
		}
	}
}
