package document

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Every code that this package can give has a sentence and a hint in both languages.
func TestEveryErrorHasItsWords(t *testing.T) {
	words := map[string]bool{}
	tsv, err := os.ReadFile("../phrase/text/document.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for row := range strings.Lines(string(tsv)) {
		if f := strings.Split(strings.TrimSpace(row), "\t"); len(f) == 3 {
			words[f[0]] = true
		}
	}
	codes := map[string]bool{}
	files, _ := filepath.Glob("*.go")
	quoted := regexp.MustCompile(`"document\.([a-z-]+)"`)
	for _, name := range files {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range quoted.FindAllStringSubmatch(string(src), -1) {
			codes[m[1]] = true
		}
	}
	for _, m := range magics() {
		codes[m.code] = true
	}
	for c := range codes {
		if !words["document."+c] || !words["document."+c+".hint"] {
			t.Errorf("document.%s has no words, or no hint", c)
		}
	}
	if len(codes) < 30 {
		t.Errorf("only %d codes found", len(codes))
	}
}

func TestSignaturesAreAllReadFromTheirTable(t *testing.T) {
	rows := 0
	for row := range strings.Lines(magicTable) {
		if !strings.HasPrefix(row, "#") {
			rows++
		}
	}
	for _, m := range magics() {
		if len(m.bytes) < 2 {
			t.Errorf("%s: signature %x", m.name, m.bytes)
		}
	}
	if len(magics()) != rows {
		t.Errorf("%d of %d rows", len(magics()), rows)
	}
}
