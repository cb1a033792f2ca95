package app_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wakachi/wakachi/internal/app"
)

// TestIncidentsInOfficeFormats shares sample incidents whose notes are a PDF, an Outlook
// message and a workbook: nothing leaks that the text of the notes does not, and as much
// is shared.
func TestIncidentsInOfficeFormats(t *testing.T) {
	files, err := filepath.Glob("testdata/office/*.*")
	if err != nil {
		t.Fatal(err)
	}
	read3 := 0
	for _, file := range files {
		name, ext, _ := strings.Cut(filepath.Base(file), ".")
		if ext == "md" {
			continue
		}
		read3++
		t.Run(name+" in "+ext, func(t *testing.T) {
			dir := filepath.Join("../../testdata/incidents", name)
			var want expectation
			decode(t, read(t, filepath.Join(dir, "expect.json")), &want)
			out := filepath.Join(t.TempDir(), "out.json")
			var said bytes.Buffer
			code := app.Main([]string{"wakachi", "share", file, "--profile", filepath.Join(dir, "profile.yaml"),
				"--tlp", "amber", "--auto", "-o", out}, strings.NewReader(""), &bytes.Buffer{}, &said)
			if code != 0 {
				t.Fatalf("exit %d: %s", code, &said)
			}
			var bundle struct{ Objects []map[string]any }
			body := read(t, out)
			decode(t, body, &bundle)
			if sum := want.hold(t, body, bundle.Objects); sum.shared < sum.wanted {
				t.Errorf("%d of %d were shared", sum.shared, sum.wanted)
			}
		})
	}
	if read3 != 9 {
		t.Errorf("%d files", read3)
	}
}

// TestAScanIsRefusedWithAdvice: a person who gives a scan learns what to do.
func TestAScanIsRefusedWithAdvice(t *testing.T) {
	t.Setenv("WAKACHI_LANG", "ja")
	scan := filepath.Join(t.TempDir(), "scan.pdf")
	page := "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" +
		"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"
	if err := os.WriteFile(scan, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	if code := app.Main([]string{"wakachi", "extract", scan}, strings.NewReader(""), &bytes.Buffer{}, &said); code != 1 || !strings.Contains(said.String(), "OCR") {
		t.Errorf("exit %d: %s", code, &said)
	}
}
