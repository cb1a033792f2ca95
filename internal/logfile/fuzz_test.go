package logfile

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// FuzzOpen: whatever a file holds, finding and reading it ends, within the limit that was given,
// with all of it or a trouble.
func FuzzOpen(f *testing.F) {
	f.Add([]byte(sample))
	f.Add(gz(f, sample, sample))
	f.Add(zst(f, sample, sample))
	f.Add(gz(f, string(zst(f, sample))))
	f.Add(fixture(f, "two.bz2"))
	f.Add(fixture(f, "two.xz"))
	f.Add(fixture(f, "encrypted.zip"))
	f.Add(zipOf(f, "a.log", sample, "b.gz", string(gz(f, sample))))
	f.Add(utf16Of(f, sample, false, true))
	f.Add(utf16Of(f, sample, true, false))
	f.Add([]byte("ElfFile\x00a\x00b\x00c\x00\x01\x02"))
	f.Add([]byte(trail))
	f.Add(tarOf(f, "a.log", sample, "b.gz", string(gz(f, sample))))
	f.Add([]byte("7z\xBC\xAF\x27\x1C"))
	f.Fuzz(func(t *testing.T, data []byte) {
		const most = 8 << 20
		p := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(p, data, 0o644); err != nil {
			t.Fatal(err)
		}
		for s, tr := range Find(context.Background(), []string{p}, Options{Expanded: most}) {
			if tr != nil {
				continue
			}
			st, err := s.Open(context.Background())
			if err != nil {
				mustTrouble(t, err)
				continue
			}
			n, err := io.Copy(io.Discard, st)
			if err != nil {
				tr := mustTrouble(t, err)
				if tr.Code == Unreadable || tr.Offset != n {
					t.Fatalf("after %d: %v, %v", n, tr, errors.Unwrap(tr))
				}
			}
			if s.Plain && n != int64(len(data)) || n > 2*most {
				t.Fatalf("%d bytes of %d", n, len(data))
			}
			if err := st.Close(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// FuzzNarrow: UTF-16 is read as the standard library reads it.
func FuzzNarrow(f *testing.F) {
	f.Add(utf16Of(f, sample, false, false), true, uint8(7))
	f.Add(utf16Of(f, "a😀b😀c", true, false), true, uint8(1))
	f.Add([]byte("\x3D\xD8a\x00\x00\xDCb"), false, uint8(3))
	f.Fuzz(func(t *testing.T, data []byte, big bool, size uint8) {
		r := newNarrow(bytes.NewReader(data), big, "f")
		var got []byte
		var err error
		for buf := make([]byte, int(size)+1); err == nil; {
			var n int
			n, err = r.Read(buf)
			got = append(got, buf[:n]...)
		}
		if want := decodeWide(data, big); !bytes.Equal(got, want) {
			t.Fatalf("%q, want %q", got, want)
		}
		if odd := len(data)%2 == 1; odd != (err != io.EOF) {
			t.Fatalf("%d bytes end with %v", len(data), err)
		}
	})
}
