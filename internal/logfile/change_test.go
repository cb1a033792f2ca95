package logfile

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
)

// TestChangingFiles: what was there when a log was opened is read, and what happened to it
// meanwhile is said.
func TestChangingFiles(t *testing.T) {
	log := []byte(squid(3000))
	for _, tc := range []struct {
		name   string
		change func(path string) error
		code   Code
		all    bool
	}{
		{"grew", func(p string) error { return appendTo(p, "more\n") }, Grew, true},
		{"shrank", func(p string) error { return os.Truncate(p, 100_000) }, Shrank, false},
		{"emptied", func(p string) error { return os.Truncate(p, 0) }, Shrank, false},
		{"rotated", func(p string) error { return os.Rename(p, p+".1") }, "", true},
		{"removed", os.Remove, "", true},
		{"nothing", func(string) error { return nil }, "", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := one(t, Options{}, write(t, t.TempDir(), "a.log", log))
			st, err := s.Open(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			defer st.Close()
			f, err := s.OpenAt()
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if err := tc.change(s.Name); err != nil {
				t.Skip(err)
			}
			got, err := io.ReadAll(st)
			checkEnd(t, "stream", err, tc.code)
			if !bytes.HasPrefix(log, got) || tc.all && len(got) != len(log) {
				t.Errorf("stream: %d bytes of %d", len(got), len(log))
			}
			at, err := io.ReadAll(io.NewSectionReader(f, 0, f.Size()))
			if tc.code == Shrank {
				if tr := mustTrouble(t, err); tr.Offset != int64(len(at)) {
					t.Errorf("at: %d bytes, %v", len(at), tr)
				}
			} else if err != nil || len(at) != len(log) {
				t.Errorf("at: %d bytes, %v", len(at), err)
			}
			if tr := f.Settle(); tr != nil {
				checkEnd(t, "at", tr, tc.code)
			} else {
				checkEnd(t, "at", nil, tc.code)
			}
		})
	}
}

func appendTo(path, s string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.WriteString(s)
	return err
}

func checkEnd(t *testing.T, what string, err error, code Code) {
	t.Helper()
	var tr *Trouble
	switch {
	case code == "" && err != nil:
		t.Errorf("%s: ends with %v", what, err)
	case code != "" && (!errors.As(err, &tr) || tr.Code != code):
		t.Errorf("%s: ends with %v, want %s", what, err, code)
	}
}

// TestVanished: a log that is gone between finding and opening is said to be.
func TestVanished(t *testing.T) {
	s := one(t, Options{}, write(t, t.TempDir(), "a.log", []byte("x")))
	if err := os.Remove(s.Name); err != nil {
		t.Fatal(err)
	}
	_, err := s.Open(context.Background())
	checkEnd(t, "stream", err, Vanished)
	_, err = s.OpenAt()
	checkEnd(t, "at", err, Vanished)
}

// TestReadAt: a plain file is read at any offset, and nothing else is.
func TestReadAt(t *testing.T) {
	dir := t.TempDir()
	s := one(t, Options{}, write(t, dir, "a.log", []byte("0123456789")))
	f, err := s.OpenAt()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, tc := range []struct {
		off  int64
		size int
		want string
		err  error
	}{{0, 4, "0123", nil}, {6, 4, "6789", nil}, {8, 4, "89", io.EOF}, {10, 1, "", io.EOF}, {99, 1, "", io.EOF}, {-1, 1, "", io.EOF}} {
		p := make([]byte, tc.size)
		if n, err := f.ReadAt(p, tc.off); string(p[:n]) != tc.want || err != tc.err {
			t.Errorf("%d at %d: %q, %v", tc.size, tc.off, p[:n], err)
		}
	}
	_, err = one(t, Options{}, write(t, dir, "a.gz", gz(t, "x"))).OpenAt()
	checkEnd(t, "packed", err, Unsupported)
	_, err = Source{}.OpenAt()
	checkEnd(t, "no source", err, Unsupported)
	_, err = Source{}.Open(context.Background())
	checkEnd(t, "no source", err, Absent)
}

// TestStandardInput: it is unpacked as a file is, whatever the pieces it comes in.
func TestStandardInput(t *testing.T) {
	for _, data := range [][]byte{[]byte(sample), gz(t, sample), zst(t, sample), utf16Of(t, sample, false, true)} {
		s := one(t, Options{Stdin: iotest.OneByteReader(bytes.NewReader(data))}, "-")
		if got, tr := text(t, s); got != sample || tr != nil || s.Plain || s.Size != -1 {
			t.Errorf("%q, %v", got, tr)
		}
	}
	if got, tr := text(t, one(t, Options{}, "-")); got != "" || tr != nil {
		t.Errorf("none: %q, %v", got, tr)
	}
	s := one(t, Options{Stdin: iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader(sample)))}, "-")
	if got, tr := text(t, s); got != sample[:1] || tr == nil || tr.Code != Unreadable || tr.Offset != 1 {
		t.Errorf("broken: %q, %v", got, tr)
	}
}

// TestHead: the head is the beginning of the text, and is read again.
func TestHead(t *testing.T) {
	long := squid(3000)
	for _, log := range []string{"", "x\n", long} {
		s := one(t, Options{}, write(t, t.TempDir(), "a.gz", gz(t, log)))
		st, err := s.Open(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if want := log[:min(len(log), headBytes)]; string(st.Head()) != want {
			t.Errorf("head of %d bytes, want %d", len(st.Head()), len(want))
		}
		if got, err := io.ReadAll(iotest.HalfReader(st)); string(got) != log || err != nil {
			t.Errorf("%d bytes, %v", len(got), err)
		}
		st.Close()
	}
}

// TestTroubleSaysNothingOfContents: a trouble shows code, name and place, and is a fault.
func TestTroubleSaysNothingOfContents(t *testing.T) {
	dir := t.TempDir()
	s := one(t, Options{}, write(t, dir, "a.gz", append(gz(t, "secret\n"), "secret"...)))
	_, tr := text(t, s)
	want := "logfile: corrupt: " + filepath.Join(dir, "a.gz") + " at byte 7"
	if tr == nil || tr.Error() != want {
		t.Fatalf("%v, want %s", tr, want)
	}
	f := tr.Fault()
	if f.Code != "logfile.corrupt" || len(f.Args) != 3 || f.Args[0] != s.Name || f.Args[1] != "7" || strings.Contains(f.Error(), "secret") {
		t.Errorf("%+v", f)
	}
}
