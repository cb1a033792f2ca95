package cli

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/wakachi/wakachi/internal/fault"
)

// desk is a directory with a.txt and, under other names, the same file.
func desk(t *testing.T) (at func(string) string) {
	t.Helper()
	dir := t.TempDir()
	at = func(name string) string { return filepath.Join(dir, name) }
	if err := os.WriteFile(at("a.txt"), []byte("before"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(at("sub"), 0o700); err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" {
		if err := os.Symlink(at("a.txt"), at("link.txt")); err != nil {
			t.Fatal(err)
		}
		if err := os.Link(at("a.txt"), at("hard.txt")); err != nil {
			t.Fatal(err)
		}
	}
	return at
}

func TestOneFileUnderTwoNamesIsTheSame(t *testing.T) {
	at := desk(t)
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{at("a.txt"), at("a.txt"), true},
		{at("a.txt"), at("sub/../a.txt"), true},
		{at("new.txt"), at("sub/../new.txt"), true}, // neither is there yet
		{at("a.txt"), at("new.txt"), false},
		{at("new.txt"), at("newer.txt"), false},
		{"-", "-", false}, // standard input is not standard output
		{"", "", false},
		{"", at("a.txt"), false},
	} {
		if same(c.a, c.b) != c.want || same(c.b, c.a) != c.want {
			t.Errorf("%q and %q: want same %v", c.a, c.b, c.want)
		}
	}
	if runtime.GOOS == "windows" {
		return
	}
	for _, link := range []string{"link.txt", "hard.txt"} {
		if !same(at("a.txt"), at(link)) {
			t.Errorf("%s is a.txt and passes for another file", link)
		}
	}
}

func TestNothingIsWrittenOverWhatWasReadOrIsWritten(t *testing.T) {
	at := desk(t)
	for _, c := range []struct {
		name        string
		out, report string
		inputs      []string
		code        string // empty: allowed
	}{
		{"three files", at("out.json"), at("report.json"), []string{at("a.txt")}, ""},
		{"no report", at("out.json"), "", []string{at("a.txt")}, ""},
		{"all by pipe", "-", "", []string{"-", at("a.txt")}, ""},
		{"draft and report in one", at("out.json"), at("sub/../out.json"), nil, "cli.share.same-file"},
		{"the draft over a note", at("a.txt"), "", []string{at("b.txt"), at("a.txt")}, "cli.share.over-input"},
		{"the report over a note", at("out.json"), at("a.txt"), []string{at("a.txt")}, "cli.share.over-input"},
	} {
		err := apart(c.out, c.report, c.inputs)
		if c.code == "" {
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		if fault.KindOf(err) != fault.Usage || !strings.HasPrefix(err.Error(), c.code+":") {
			t.Errorf("%s: %v, want %s", c.name, err, c.code)
		}
	}
}

func TestAFileIsWrittenWholeAndForItsOwnerOnly(t *testing.T) {
	at := desk(t)
	for _, name := range []string{"a.txt", "new.json"} {
		if err := writeFile(at(name), []byte("after")); err != nil {
			t.Fatal(err)
		}
		if got := read(t, at(name)); got != "after" {
			t.Errorf("%s holds %q", name, got)
		}
		if info, err := os.Stat(at(name)); runtime.GOOS != "windows" && (err != nil || info.Mode().Perm() != 0o600) {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
	noRemains(t, at(""))
}

func TestWhatWasThereStaysWhenWritingFails(t *testing.T) {
	if runtime.GOOS == "windows" || os.Getuid() == 0 {
		// Permissions do not stop these two; the cases without permissions still hold.
		t.Log("directories that cannot be written are left out")
	} else {
		at := desk(t)
		if err := os.Chmod(at(""), 0o500); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.Chmod(at(""), 0o700) })
		refuse(t, at("a.txt"), fault.Unavailable)
		if got := read(t, at("a.txt")); got != "before" {
			t.Errorf("a.txt holds %q", got)
		}
	}
	at := desk(t)
	refuse(t, at("sub"), fault.Invalid)               // a directory
	refuse(t, at("nowhere/a.txt"), fault.Unavailable) // in no directory
	refuse(t, at("a.txt/b"), fault.Unavailable)       // in a file
	if runtime.GOOS != "windows" {
		refuse(t, at("link.txt"), fault.Invalid) // would be replaced, not followed
		if target, err := os.Readlink(at("link.txt")); err != nil || target != at("a.txt") {
			t.Errorf("the link is %q, %v", target, err)
		}
	}
	if got := read(t, at("a.txt")); got != "before" {
		t.Errorf("a.txt holds %q", got)
	}
	noRemains(t, at(""))
}

func refuse(t *testing.T, name string, kind fault.Kind) {
	t.Helper()
	if err := writeFile(name, []byte("after")); err == nil || fault.KindOf(err) != kind {
		t.Errorf("%s: %v, want %v", name, err, kind)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// noRemains wants no half-written file beside the others.
func noRemains(t *testing.T, dir string) {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(dir, ".wakachi-*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %q, %v", left, err)
	}
}
