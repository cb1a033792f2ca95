package logfile

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/text/encoding/japanese"
)

// zipOf makes an archive of names and contents, one after the other.
func zipOf(t testing.TB, pairs ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		h := &zip.FileHeader{Name: pairs[i], Method: zip.Deflate}
		if strings.HasSuffix(pairs[i], "/") {
			h.SetMode(fs.ModeDir | 0o755)
		}
		if strings.HasPrefix(pairs[i], "link") {
			h.SetMode(fs.ModeSymlink | 0o777)
		}
		m, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Write([]byte(pairs[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestArchive: each member is a source of its own, packed or wide as it may be.
func TestArchive(t *testing.T) {
	wide := string(utf16Of(t, sample, false, true))
	sjis, err := japanese.ShiftJIS.NewEncoder().String("ログ/表.log")
	if err != nil {
		t.Fatal(err)
	}
	data := zipOf(t, "d/", "", "d/a.log", sample, "b.gz", string(gz(t, sample)), "w.txt", wide, sjis, sample,
		"bad\x1B[2Jname", sample, "link", "/etc/passwd", "in.zip", string(zipOf(t, "x", "y")), ".hid/den", sample)
	dir := tree(t)
	write(t, dir, "z.zip", data)
	got := seen(t, dir, Options{}, "z.zip")
	want := []string{"z.zip!/d/a.log", "z.zip!/b.gz", "z.zip!/w.txt", "z.zip!/ログ/表.log", "z.zip!/bad\uFFFD[2Jname", "special z.zip!/link", "z.zip!/in.zip", "z.zip!/.hid/den"}
	if !slices.Equal(got, want) {
		t.Fatalf("\n got %q\nwant %q", got, want)
	}
	sources, _ := found(t, Options{}, filepath.Join(dir, "z.zip"))
	for _, s := range sources {
		got, tr := text(t, s)
		if strings.HasSuffix(s.Name, "in.zip") {
			if tr == nil || tr.Code != Nested {
				t.Errorf("%s: %v", s.Name, tr)
			}
		} else if got != sample || tr != nil || s.Plain || s.Compression != Zip || s.Member == "" {
			t.Errorf("%+v: %q, %v", s, got, tr)
		}
	}
	got = seen(t, dir, Options{Include: []string{"*.log"}, Exclude: []string{"ログ/*"}, SkipHidden: true}, "z.zip")
	if want := []string{"z.zip!/d/a.log"}; !slices.Equal(got, want) {
		t.Errorf("chosen: %q", got)
	}
	got = seen(t, dir, Options{Include: []string{"*.zip", "*.log"}, SkipHidden: true}, "")
	if !slices.Contains(got, "z.zip!/d/a.log") {
		t.Errorf("in a folder: %q", got)
	}
}

// TestMembersTogether: members are read by several at once, and the file is closed behind them.
func TestMembersTogether(t *testing.T) {
	var pairs []string
	for i := range 20 {
		pairs = append(pairs, "m"+string(rune('a'+i)), squid(500+i))
	}
	sources, _ := found(t, Options{}, write(t, t.TempDir(), "z.zip", zipOf(t, pairs...)))
	var all sync.WaitGroup
	for i, s := range sources {
		all.Go(func() {
			for range 3 {
				st, err := s.Open(context.Background())
				if err != nil {
					t.Error(err)
					return
				}
				got, err := io.ReadAll(st)
				if err != nil || string(got) != pairs[2*i+1] {
					t.Errorf("%s: %d bytes, %v", s.Name, len(got), err)
				}
				st.Close()
				st.Close()
			}
		})
	}
	all.Wait()
	if b := sources[0].origin.(boxed).box; b.holders != 0 || b.f != nil {
		t.Errorf("%d still hold it", b.holders)
	}
}

// TestDamagedArchives: what is wrong with an archive or a member is said, and other members are
// read.
func TestDamagedArchives(t *testing.T) {
	dir := tree(t)
	good := zipOf(t, "a.log", squid(100), "b.log", squid(200))
	write(t, dir, "cut.zip", good[:len(good)-40])
	write(t, dir, "empty.zip", zipOf(t))
	write(t, dir, "encrypted.zip", fixture(t, "encrypted.zip"))
	odd := bytes.Clone(good)
	binary.LittleEndian.PutUint16(odd[bytes.Index(odd, []byte("PK\x01\x02"))+10:], 98)
	write(t, dir, "method.zip", odd)
	want := []string{"truncated cut.zip", "encrypted encrypted.zip!/enc.log", "unsupported method.zip!/a.log", "method.zip!/b.log"}
	if got := seen(t, dir, Options{}, ""); !slices.Equal(got, want) {
		t.Errorf("\n got %q\nwant %q", got, want)
	}

	broken := bytes.Clone(good)
	broken[200] ^= 0xFF
	sources, _ := found(t, Options{}, write(t, dir, "broken.zip", broken))
	if len(sources) != 2 {
		t.Fatal(len(sources))
	}
	if _, tr := text(t, sources[0]); tr == nil || tr.Code != Corrupt {
		t.Errorf("broken member: %v", tr)
	}
	if got, tr := text(t, sources[1]); got != squid(200) || tr != nil {
		t.Errorf("member after it: %v", tr)
	}

	// Another file of the same name took its place.
	if err := os.Remove(filepath.Join(dir, "broken.zip")); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "broken.zip", zipOf(t, "x", "y"))
	if _, tr := text(t, sources[1]); tr == nil || tr.Code != Vanished {
		t.Errorf("replaced: %v", tr)
	}
}

// TestBombs: what unpacks to much more than it is ends there.
func TestBombs(t *testing.T) {
	dir := t.TempDir()
	zeros := strings.Repeat("\x00", 20<<20)
	twice := string(gz(t, string(gz(t, zeros))))
	for name, data := range map[string][]byte{
		"gzip": gz(t, zeros), "zstd": zst(t, zeros), "in itself": []byte(twice), "zip": zipOf(t, "z", zeros), "gzip in zip": zipOf(t, "z", string(gz(t, zeros))),
		"event log": gz(t, "ElfFile\x00"+zeros),
	} {
		s := one(t, Options{Expanded: 4 << 20}, write(t, dir, name, data))
		if got, tr := text(t, s); tr == nil || tr.Code != TooLarge || len(got) > 5<<20 {
			t.Errorf("%s: %d bytes, %v", name, len(got), tr)
		}
		s = one(t, Options{}, write(t, dir, name, data))
		if _, tr := text(t, s); tr != nil {
			t.Errorf("%s: %v", name, tr)
		}
	}
	packed := "x"
	for range maxLayers {
		packed = string(gz(t, packed))
	}
	if _, tr := text(t, one(t, Options{}, write(t, dir, "layers", []byte(packed)))); tr == nil || tr.Code != TooLarge {
		t.Errorf("packed %d times: %v", maxLayers, tr)
	}
	if !(limits{ratio: 1100}).exceeded(2<<30, 1<<20) || (limits{ratio: 1100}).exceeded(2<<30, 1<<24) || (limits{ratio: 1100}).exceeded(1<<29, 10) || (limits{-1, -1}).exceeded(1<<50, 1) {
		t.Error("ratio")
	}
	// Members that share their bytes.
	z := zipOf(t, "a", zeros, "b", zeros)
	dirAt := bytes.Index(z, []byte("PK\x01\x02"))
	second := dirAt + 4 + bytes.Index(z[dirAt+4:], []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(z[second+20:], uint32(len(z)-10))
	if _, tr := found(t, Options{}, write(t, dir, "overlap", z)); len(tr) != 1 || tr[0].Code != TooLarge {
		t.Errorf("overlapping: %v", tr)
	}
}
