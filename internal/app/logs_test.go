package app

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/wakachi/wakachi/internal/sweep"
)

// Logs are found below what was named, packed ones too, whatever is not there is a trouble,
// and the data directory is none of them, by whatever way one comes to it.
func TestLogsOf(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	io.WriteString(z, "packed\n")
	z.Close()
	for name, body := range map[string][]byte{"logs/a.log": []byte("plain\n"), "logs/b.log.gz": packed.Bytes(), "data/wakachi.db": []byte("203.0.113.77"), "data-not/c.log": []byte("c\n")} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(data, filepath.Join(dir, "logs", "way-in")); err != nil {
		t.Skip("no links here")
	}
	t.Chdir(dir)
	var names, codes []string
	for l, err := range logsOf([]string{".", "gone"}, "data")(t.Context()) {
		if err != nil {
			f, ok := errors.AsType[*sweep.Flaw](err)
			if !ok {
				t.Fatalf("%T", err)
			}
			codes = append(codes, f.Code)
			continue
		}
		names = append(names, filepath.Base(l.Label))
		in, err := l.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(in)
		in.Close()
		if err != nil || filepath.Ext(l.Label) == ".gz" && string(body) != "packed\n" {
			t.Errorf("%s: %q %v", l.Label, body, err)
		}
		if l.Stamp == "" || l.Length < 1 {
			t.Errorf("%s: %q %d", l.Label, l.Stamp, l.Length)
		}
	}
	slices.Sort(names)
	if !slices.Equal(names, []string{"a.log", "b.log.gz", "c.log"}) {
		t.Errorf("logs: %q", names)
	}
	if !slices.Contains(codes, "logfile.absent") {
		t.Errorf("troubles: %q", codes)
	}
	if logsOf(nil, "data") != nil {
		t.Error("no paths give logs")
	}
}

// A log that is cut short is read as far as it goes, and its trouble has a code.
func TestCutShort(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	io.WriteString(z, "a line\n")
	z.Close()
	name := filepath.Join(t.TempDir(), "a.gz")
	if err := os.WriteFile(name, packed.Bytes()[:packed.Len()-6], 0o600); err != nil {
		t.Fatal(err)
	}
	n := 0
	for l, err := range logsOf([]string{name}, t.TempDir())(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		in, err := l.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(in)
		in.Close()
		if f, ok := errors.AsType[*sweep.Flaw](err); !ok || f.Code != "logfile.truncated" || string(body) != "a line\n" {
			t.Errorf("%q, %v", body, err)
		}
	}
	if n != 1 {
		t.Errorf("%d logs", n)
	}
}
