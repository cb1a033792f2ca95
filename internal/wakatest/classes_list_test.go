package wakatest_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Every class has a row, every test the rows name exists, and every numbered test has its row.
func TestFailureClassesAreListed(t *testing.T) {
	text, err := os.ReadFile("../../docs/failure-classes.md")
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]bool{}
	name := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	err = filepath.WalkDir("..", func(file string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(file, "_test.go") {
			return err
		}
		code, err := os.ReadFile(file)
		for _, m := range name.FindAllStringSubmatch(string(code), -1) {
			tests[m[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	next := 1
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		n, err := strconv.Atoi(strings.TrimSpace(cells[0]))
		if err != nil {
			continue
		}
		if n != next || len(cells) != 4 {
			t.Errorf("row %d has %d cells, after row %d", n, len(cells), next-1)
		}
		next = n + 1
		named := regexp.MustCompile("`(Test\\w+)`").FindAllStringSubmatch(cells[3], -1)
		if len(named) == 0 && !strings.Contains(cells[2], "Not yet") && n != 44 {
			t.Errorf("class %d has neither a test nor a reason", n)
		}
		for _, m := range named {
			if !tests[m[1]] {
				t.Errorf("class %d names %s, which is not there", n, m[1])
			}
		}
	}
	if next != 64 {
		t.Errorf("%d classes", next-1)
	}
	for test := range tests {
		if strings.HasPrefix(test, "TestClass") && !strings.Contains(string(text), "`"+test+"`") {
			t.Errorf("%s is in no row", test)
		}
	}
}
