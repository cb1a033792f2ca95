package logfile

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/encoding/japanese"
)

const sample = "1795398896.789 123 10.0.0.1 TCP_MISS/200 1 GET http://a.example/\nsecond line 日本語\n"

// write makes a file and the folders it is in, and gives its name.
func write(t testing.TB, dir, name string, data []byte) string {
	t.Helper()
	p := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return p
}

func gz(t testing.TB, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, p := range parts {
		w := gzip.NewWriter(&b)
		if _, err := w.Write([]byte(p)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

func zst(t testing.TB, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, p := range parts {
		w, err := zstd.NewWriter(&b)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(p)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

// found gathers what Find yields.
func found(t testing.TB, o Options, paths ...string) (sources []Source, troubles []*Trouble) {
	t.Helper()
	for s, tr := range Find(context.Background(), paths, o) {
		if tr != nil {
			troubles = append(troubles, tr)
		} else {
			sources = append(sources, s)
		}
	}
	return sources, troubles
}

// one finds exactly one source and no trouble.
func one(t testing.TB, o Options, paths ...string) Source {
	t.Helper()
	s, tr := found(t, o, paths...)
	if len(s) != 1 || len(tr) != 0 {
		t.Fatalf("%v: %d sources, troubles %v", paths, len(s), tr)
	}
	return s[0]
}

// text reads a source to its end, and gives the trouble it ends with.
func text(t testing.TB, s Source) (string, *Trouble) {
	t.Helper()
	st, err := s.Open(context.Background())
	if err != nil {
		return "", mustTrouble(t, err)
	}
	defer st.Close()
	data, err := io.ReadAll(st)
	if err == nil {
		return string(data), nil
	}
	return string(data), mustTrouble(t, err)
}

func mustTrouble(t testing.TB, err error) *Trouble {
	t.Helper()
	var tr *Trouble
	if !errors.As(err, &tr) {
		t.Fatalf("%v is no Trouble", err)
	}
	return tr
}

// squid makes a log of so many lines, of which the files in testdata are packed: two.bz2 and
// two.xz with the programs of these names, the first 20,000 bytes and the rest each by itself and
// then put together; the second half of two.xz with --check=sha256.
func squid(lines int) string {
	var b strings.Builder
	for i := range lines {
		fmt.Fprintf(&b, "%d.%03d %6d 10.0.0.%d TCP_MISS/200 %d GET http://a.example/%x - HIER_DIRECT/192.0.2.%d text/html\n",
			1795398896+i, i*7919%1000, i*31%5000, i%255, i*i%9999, i*2654435761%(1<<32), i*7%255)
	}
	return b.String()
}

func utf16Of(t testing.TB, s string, big, mark bool) []byte {
	t.Helper()
	var out []byte
	if mark {
		s = "\uFEFF" + s
	}
	for _, u := range utf16.Encode([]rune(s)) {
		if big {
			out = binary.BigEndian.AppendUint16(out, u)
		} else {
			out = binary.LittleEndian.AppendUint16(out, u)
		}
	}
	return out
}

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestOtherPackers: what bzip2 and xz wrote, in two parts put together, is read as one.
func TestOtherPackers(t *testing.T) {
	dir := t.TempDir()
	for name, comp := range map[string]Compression{"two.bz2": Bzip2, "two.xz": XZ} {
		data := fixture(t, name)
		s := one(t, Options{}, write(t, dir, name, data))
		if got, tr := text(t, s); got != squid(400) || tr != nil || s.Compression != comp {
			t.Errorf("%s: %d bytes, %v, %q", name, len(got), tr, s.Compression)
		}
		s = one(t, Options{}, write(t, dir, "cut-"+name, data[:len(data)-900]))
		if got, tr := text(t, s); tr == nil || tr.Code != Truncated || tr.Offset != int64(len(got)) || !strings.HasPrefix(squid(400), got) || len(got) < 20000 {
			t.Errorf("%s, cut: %d bytes, %v", name, len(got), tr)
		}
	}
}

// TestWide: UTF-16 of either order, marked or not, is read as UTF-8.
func TestWide(t *testing.T) {
	dir := t.TempDir()
	for _, want := range []string{
		sample, squid(1000), "a", "日本語のログ 2026年11月23日 12時34分56秒 192.0.2.1\r\n二行目\r\n", "😀 pairs 𠮷野家 cross 😀\n" + strings.Repeat("x😀", 40000),
	} {
		for _, big := range []bool{false, true} {
			for _, mark := range []bool{true, false} {
				if !mark && len(want) < 8 {
					continue // too little to tell
				}
				s := one(t, Options{}, write(t, dir, "w", utf16Of(t, want, big, mark)))
				if got, tr := text(t, s); got != want || tr != nil || s.Plain {
					t.Errorf("big %v, marked %v: %.80q of %d, %v, plain %v; want %.80q of %d", big, mark, got, len(got), tr, s.Plain, want, len(want))
				}
			}
		}
	}
}

// TestWideEnds: what is broken in UTF-16 stays visible and costs nothing else.
func TestWideEnds(t *testing.T) {
	for _, tc := range []struct {
		in, want string
		code     Code
	}{
		{"\xFF\xFEa\x00b", "a", Truncated},
		{"\xFF\xFEa\x00\x3D\xD8", "a\uFFFD", ""},
		{"\xFF\xFE\x3D\xD8a\x00", "\uFFFDa", ""},
		{"\xFF\xFE\x00\xDCa\x00", "\uFFFDa", ""},
		{"\xFF\xFE", "", ""},
		{"\xFF\xFEa", "", Truncated},
	} {
		s := one(t, Options{}, write(t, t.TempDir(), "w", []byte(tc.in)))
		got, tr := text(t, s)
		if got != tc.want || tr == nil != (tc.code == "") || tr != nil && tr.Code != tc.code {
			t.Errorf("%q: %q, %v", tc.in, got, tr)
		}
	}
}

// TestWideInSmallPieces: whatever the size of the reader's buffer, and of the pieces the text
// comes in, it is the same text.
func TestWideInSmallPieces(t *testing.T) {
	want := "abcdefgh😀日本語abcdefghi\n"
	for _, big := range []bool{false, true} {
		in := utf16Of(t, want, big, true)
		for size := 1; size < 20; size++ {
			r := newNarrow(iotest.OneByteReader(bytes.NewReader(in)), big, "w")
			var got []byte
			for buf := make([]byte, size); ; {
				n, err := r.Read(buf)
				got = append(got, buf[:n]...)
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			if string(got) != want {
				t.Fatalf("big %v, %d at a time: %q", big, size, got)
			}
		}
	}
}

// TestEventLog: the words of a Windows event log are read, and it is said that only they are.
func TestEventLog(t *testing.T) {
	data := append([]byte("ElfFile\x00\x01\x02"), make([]byte, 100)...)
	data = append(append(data, utf16Of(t, "http://a.example/x", false, false)...), 0, 0, 7, 7, 7)
	data = append(append(data, utf16Of(t, "192.0.2.1", false, false)...), 0x55)
	s := one(t, Options{}, write(t, t.TempDir(), "Security.evtx", data))
	st, err := s.Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	got, err := io.ReadAll(st)
	if err != nil || !strings.Contains("\n"+string(got)+"\n", "\nhttp://a.example/x\n") || !strings.Contains("\n"+string(got)+"\n", "\n192.0.2.1\n") {
		t.Errorf("%q, %v", got, err)
	}
	if n := st.Notes(); s.Plain || len(n) != 1 || n[0].Code != EVTXPartly || !n[0].Code.Note() {
		t.Errorf("plain %v, notes %v", s.Plain, n)
	}
}

// TestNotText: binary is read as it is, and said to be so. Text in the encodings of Japan, and a
// log with a hole of zeros, is text.
func TestNotText(t *testing.T) {
	dir := t.TempDir()
	sjis, err := japanese.ShiftJIS.NewEncoder().String(strings.Repeat("不審な通信 192.0.2.1 を検知しました\n", 10))
	if err != nil {
		t.Fatal(err)
	}
	euc, err := japanese.EUCJP.NewEncoder().String(strings.Repeat("不審な通信 192.0.2.1 を検知しました\n", 10))
	if err != nil {
		t.Fatal(err)
	}
	jis, err := japanese.ISO2022JP.NewEncoder().String("不審な通信\n")
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{
		"sjis": sjis, "euc": euc, "jis": jis, "empty": "", "mark": "\xEF\xBB\xBFa\n",
		"hole": sample + strings.Repeat("\x00", 2000) + sample, "colours": "\x1B[31merror\x1B[0m\n",
	} {
		s := one(t, Options{}, write(t, dir, name, []byte(data)))
		if got, tr := text(t, s); !s.Plain || got != data || tr != nil {
			t.Errorf("%s: plain %v, %v", name, s.Plain, tr)
		}
	}
	for name, data := range map[string]string{"zeros": strings.Repeat("\x00", 100), "elf": "\x7FELF\x02\x01", "packets": "\xD4\xC3\xB2\xA1\x02\x00a.example"} {
		s := one(t, Options{}, write(t, dir, name, []byte(data)))
		st, err := s.Open(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(st)
		if n := st.Notes(); s.Plain || string(got) != data || err != nil || len(n) != 1 || n[0].Code != NotText {
			t.Errorf("%s: plain %v, %q, %v, notes %v", name, s.Plain, got, err, n)
		}
		st.Close()
	}
}

// TestDamaged: what can be read of a damaged file is, and then it is said what is wrong and where.
func TestDamaged(t *testing.T) {
	dir := t.TempDir()
	log := squid(20000)
	g, z := gz(t, log), zst(t, log)
	flip := func(b []byte, at int) []byte {
		b = bytes.Clone(b)
		b[at] ^= 0xFF
		return b
	}
	for _, tc := range []struct {
		name  string
		data  []byte
		code  Code
		least int // bytes that must come out before
	}{
		{"gzip cut", g[:len(g)/2], Truncated, len(log) / 4},
		{"gzip cut in its end", g[:len(g)-3], Truncated, len(log)},
		{"gzip cut in its head", g[:5], Truncated, 0},
		{"gzip with a wrong sum", flip(g, len(g)-6), Corrupt, len(log)},
		{"gzip broken", flip(flip(g, len(g)/2), len(g)/2+1), Corrupt, len(log) / 4},
		{"gzip with something behind", append(bytes.Clone(g), "trailing"...), Corrupt, len(log)},
		{"second member cut", append(bytes.Clone(g), g[:12]...), Truncated, len(log)},
		{"zstd cut", z[:len(z)/2], Truncated, len(log) / 10},
		{"zstd cut in its head", z[:5], Truncated, 0},
		{"zstd with something behind", append(bytes.Clone(z), "trailing"...), Corrupt, len(log)},
		{"xz cut in its head", fixture(t, "two.xz")[:9], Truncated, 0},
		{"bzip2 broken", flip(fixture(t, "two.bz2"), 3000), Corrupt, 0},
		{"xz broken", flip(fixture(t, "two.xz"), 3000), Corrupt, 0},
		{"7z", []byte("7z\xBC\xAF\x27\x1C\x00\x04"), Unsupported, 0},
		{"7z in gzip", gz(t, "7z\xBC\xAF\x27\x1C\x00\x04"), Unsupported, 0},
		{"zip in gzip", gz(t, "PK\x03\x04"), Nested, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, tr := found(t, Options{}, write(t, dir, tc.name, tc.data))
			if len(s) == 0 && len(tr) == 1 {
				if tr[0].Code != tc.code {
					t.Errorf("%v, want %s", tr[0], tc.code)
				}
				return
			}
			got, end := text(t, s[0])
			switch {
			case end == nil || end.Code != tc.code || end.Offset != int64(len(got)) && len(got) > 0:
				t.Errorf("after %d bytes: %v, want %s", len(got), end, tc.code)
			case len(got) < tc.least || tc.code == Truncated && !strings.HasPrefix(log, got):
				t.Errorf("%d bytes came before, want %d", len(got), tc.least)
			}
		})
	}
}

// TestPacked: whatever a log is packed in, the same text comes out.
func TestPacked(t *testing.T) {
	dir := t.TempDir()
	for _, tc := range []struct {
		name  string
		data  []byte
		plain bool
		comp  Compression
	}{
		{"plain", []byte(sample), true, None},
		{"gzip", gz(t, sample), false, Gzip},
		{"gzip of two members", gz(t, sample[:20], sample[20:]), false, Gzip},
		{"gzip filled up with zeros", append(gz(t, sample), make([]byte, 512)...), false, Gzip},
		{"zstd", zst(t, sample), false, Zstd},
		{"zstd of two frames", zst(t, sample[:20], sample[20:]), false, Zstd},
		{"gzip in zstd", zst(t, string(gz(t, sample))), false, Zstd},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := one(t, Options{}, write(t, dir, tc.name, tc.data))
			if s.Plain != tc.plain || s.Compression != tc.comp || s.Size != int64(len(tc.data)) {
				t.Errorf("found as %+v", s)
			}
			if got, tr := text(t, s); got != sample || tr != nil {
				t.Errorf("%q, %v", got, tr)
			}
		})
	}
}

// decodeWide is the slow and plain way of what narrow does.
func decodeWide(data []byte, big bool) []byte {
	var units []uint16
	for i := 0; i+1 < len(data); i += 2 {
		if big {
			units = append(units, binary.BigEndian.Uint16(data[i:]))
		} else {
			units = append(units, binary.LittleEndian.Uint16(data[i:]))
		}
	}
	if len(units) > 0 && units[0] == 0xFEFF {
		units = units[1:]
	}
	return []byte(string(utf16.Decode(units)))
}
