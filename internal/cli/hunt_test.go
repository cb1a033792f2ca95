package cli

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/klauspost/compress/zstd"
)

// hunting runs hunt in English and gives what it said.
func hunting(t *testing.T, args ...string) (code int, out, speech string) {
	t.Helper()
	var o, e bytes.Buffer
	code = Run(t.Context(), append([]string{"hunt"}, args...), Env{
		In: strings.NewReader(""), Out: &o, Err: &e,
		Getenv: func(name string) string { return map[string]string{"WAKACHI_LANG": "en"}[name] },
		Now:    func() time.Time { return time.Date(2026, 1, 10, 0, 0, 0, 0, time.UTC) },
	})
	return code, o.String(), e.String()
}

// packed gives a text in every form a log may lie in.
func packed(t *testing.T, text string) map[string][]byte {
	t.Helper()
	var gz, zs, zi, wide bytes.Buffer
	w := gzip.NewWriter(&gz)
	io.WriteString(w, text)
	w.Close()
	z, err := zstd.NewWriter(&zs)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(z, text)
	z.Close()
	a := zip.NewWriter(&zi)
	m, err := a.Create("inside.log")
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(m, text)
	a.Close()
	wide.Write([]byte{0xff, 0xfe})
	for _, u := range utf16.Encode([]rune(text)) {
		wide.Write([]byte{byte(u), byte(u >> 8)})
	}
	return map[string][]byte{"plain.log": []byte(text), "log.gz": gz.Bytes(), "log.zst": zs.Bytes(), "log.zip": zi.Bytes(), "wide.log": wide.Bytes()}
}

func TestHuntReadsLogsHoweverTheyLie(t *testing.T) {
	dir := t.TempDir()
	list := filepath.Join(dir, "list.txt")
	os.WriteFile(list, []byte("evil.example\n"), 0o600)
	var text strings.Builder
	for i := range 20_000 {
		host := fmt.Sprintf("host%d.example", i)
		if i%100 == 0 {
			host = "EVIL.example"
		}
		fmt.Fprintf(&text, "2026-01-02T00:00:00Z GET http://%s/ 本社\n", host)
	}
	for name, body := range packed(t, text.String()) {
		log := filepath.Join(dir, name)
		os.WriteFile(log, body, 0o600)
		code, out, speech := hunting(t, "--every", "--indicators", list, log)
		if n := strings.Count(out, "\n"); code != 0 || n != 200 {
			t.Errorf("%s: code %d, %d hits\n%s", name, code, n, speech)
		}
		if name == "log.gz" || name == "log.zst" {
			os.WriteFile(log, body[:len(body)*3/4], 0o600)
			code, out, speech = hunting(t, "--every", "--indicators", list, log)
			if code != 0 || !strings.Contains(speech, "not looked through: "+log+": the packed data is cut") {
				t.Errorf("%s, cut: code %d, %s", name, code, speech)
			}
			if n := strings.Count(out, "\n"); n == 0 && name == "log.gz" {
				t.Error("nothing of what came before the cut was looked through")
			}
		}
	}
}

func TestHuntGoesOnFromItsState(t *testing.T) {
	dir := t.TempDir()
	list, log, state := filepath.Join(dir, "list.txt"), filepath.Join(dir, "a.log"), filepath.Join(dir, "state.json")
	os.WriteFile(list, []byte("evil.example\n"), 0o600)
	os.WriteFile(log, []byte(strings.Repeat("2026-01-02T00:00:00Z evil.example\n", 2_000_000)), 0o600) // 68 MB: five segments
	ctx, stop := context.WithCancel(t.Context())
	var out, speech bytes.Buffer
	env := Env{
		In: strings.NewReader(""), Out: &out, Err: &speech,
		Getenv: func(string) string { return "en" },
		Now:    func() time.Time { return time.Date(2026, 1, 10, 0, 0, 0, 0, time.UTC) },
	}
	env.Out = stopping{&out, stop}
	args := []string{"hunt", "--workers", "1", "--indicators", list, "--state", state, log}
	if code := Run(ctx, args, env); code != exitFailed || !strings.Contains(speech.String(), state) {
		t.Fatalf("code %d, %s", code, speech.String())
	}
	if info, err := os.Stat(state); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatal("the state is not kept, or others may read it")
	}
	env.Out = &out
	speech.Reset()
	if code := Run(t.Context(), args, env); code != exitDone || !strings.Contains(speech.String(), "2000000 lines") || !strings.Contains(speech.String(), ": 2000000 hits") {
		t.Errorf("code %d, %s", code, speech.String())
	}
	if n := strings.Count(out.String(), "\n"); n != 100 {
		t.Errorf("%d hits were printed in both runs together, want the first hundred once", n)
	}
	if _, err := os.Stat(state); err == nil {
		t.Error("the state is still there though nothing is left to do")
	}
}

// stopping ends a context when the last of the first hundred lines is written.
type stopping struct {
	io.Writer
	stop func()
}

func (s stopping) Write(p []byte) (int, error) {
	defer s.stop()
	return s.Writer.Write(p)
}
