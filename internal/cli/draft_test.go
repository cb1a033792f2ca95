package cli

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/wakachi/wakachi/internal/phrase"
	"github.com/wakachi/wakachi/internal/report"
)

func TestWhatThePDFCannotShowIsSaid(t *testing.T) {
	if _, err := os.Stat("../typeset/fonts/gothic.ttf"); err != nil && os.Getenv("CI") == "" {
		t.Skip("make fonts fetches the font")
	}
	var said, file bytes.Buffer
	v := voice{w: &said, lang: phrase.Japanese}
	if err := pdf(v, &file, report.Document{Title: "𠮟 と髙"}); err != nil || said.Len() > 0 {
		t.Errorf("%v: %s", err, &said)
	}
	if err := pdf(v, &file, report.Document{Title: "₹ と髙"}); err != nil || !strings.HasSuffix(strings.TrimSpace(said.String()), "：₹") {
		t.Errorf("%v: %q", err, &said)
	}
}
