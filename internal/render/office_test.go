package render

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/phrase"
)

// LibreOffice opens what is written, and its pages say what the document says. It is needed where CI is set.
func TestLibreOfficeOpensIt(t *testing.T) {
	if testing.Short() {
		t.Skip("starts LibreOffice")
	}
	for _, tool := range []string{"soffice", "pdftotext"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatalf("%v (make test installs it)", err)
			}
			t.Skipf("%v (make test installs it)", err)
		}
	}
	dir := t.TempDir()
	d := notice()
	var book bytes.Buffer
	if err := Workbook(&book, filled(), phrase.Japanese); err != nil {
		t.Fatal(err)
	}
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	answers := filled()
	answers.Answers[11].Value = "=HYPERLINK _x0041_\n二行目" // persons
	official, err := Fill("official.xlsx", sheet(t), mapOf(t, "form: ppc\nsheet: 様式\ncells: {persons: C12, cause: 別紙!B4}\n"), answers)
	if err != nil {
		t.Fatal(err)
	}
	paths := []string{write("notice.docx", word(t, d)), write("form.xlsx", book.Bytes()), write("official.xlsx", official)}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	args := append([]string{"-env:UserInstallation=file://" + filepath.Join(dir, "profile"), "--headless", "--convert-to", "pdf", "--outdir", dir}, paths...)
	if out, err := exec.CommandContext(ctx, "soffice", args...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	read := func(name string) string {
		out, err := exec.CommandContext(ctx, "pdftotext", "-layout", filepath.Join(dir, name), "-").Output()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return bare(string(out))
	}
	page := read("notice.pdf")
	for _, text := range append(texts(d), d.Label, "1/1") {
		for line := range strings.SplitSeq(text, "\n") {
			if !strings.Contains(page, bare(line)) {
				t.Errorf("the page does not say %q:\n%s", line, page)
			}
		}
	}
	if sheet := read("form.pdf"); !strings.Contains(sheet, bare("答え cause")) || !strings.Contains(sheet, "=HYPERLINK") {
		t.Errorf("the sheet: %s", sheet)
	}
	if sheet := read("official.pdf"); !strings.Contains(sheet, "=HYPERLINK_x0041_二行目") || !strings.Contains(sheet, bare("答え cause")) || !strings.Contains(sheet, "漏えい等報告書") {
		t.Errorf("the office's sheet: %s", sheet)
	}
}
