package app_test

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/text/encoding/japanese"

	"github.com/wakachi/wakachi/internal/app"
)

// TestMain lets scripts run wakachi as a user does, as a process, beside two helpers:
// frugal, which fails a command that takes too much memory, and flood, which never breaks a line.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"wakachi": func() { os.Exit(app.Main(os.Args, os.Stdin, os.Stdout, os.Stderr)) },
		"frugal":  func() { os.Exit(frugal(os.Args[1:])) },
		"flood":   func() { flood(os.Args[1]) },
	})
}

// TestScript runs the manual: testdata/script/*.txtar, each a page about one thing.
//
// Besides the commands of testscript, a script may say
//
//	exits N COMMAND...        the command ends with exit code N
//	incident NAME             copies notes.md, profile.yaml and expect.json of a sample incident here
//	item REPORT VALUE K=V...  the report has an item of that value with those properties
//	objects BUNDLE TYPE N     the bundle has N objects of that type (N+: at least)
//	within A B                every fact of bundle A is in bundle B
//	mode FILE 0600            the file's permissions
//	make KIND FILE            a file no script can hold: zip-bomb, docx-doctype, docx-links, mixed, line
func TestScript(t *testing.T) {
	incidents, err := filepath.Abs("../../testdata/incidents")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("INCIDENTS", incidents)
			e.Setenv("WAKACHI_LANG", "en")
			return nil
		},
		Condition: func(cond string) (bool, error) {
			if cond == "root" {
				return os.Geteuid() == 0, nil
			}
			return false, fmt.Errorf("unknown condition %q", cond)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "incident": copyIncident, "item": item, "objects": countObjects,
			"within": within, "mode": mode, "make": makeFile,
		},
	})
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits N command...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func copyIncident(ts *testscript.TestScript, _ bool, args []string) {
	dir := filepath.Join(ts.Getenv("INCIDENTS"), args[0])
	for _, name := range []string{"notes.md", "profile.yaml", "expect.json"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		ts.Check(err)
		ts.Check(os.WriteFile(ts.MkAbs(name), data, 0o666))
	}
}

func item(ts *testscript.TestScript, neg bool, args []string) {
	var report struct{ Items, Withheld []map[string]any }
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &report))
	found := false
	for _, i := range report.Items {
		if i["value"] != args[1] {
			continue
		}
		found = true
		for _, pair := range args[2:] {
			key, want, _ := strings.Cut(pair, "=")
			if got := fmt.Sprint(i[key]); got != want {
				ts.Fatalf("%s: %s is %q, want %q", args[1], key, got, want)
			}
		}
	}
	if found == neg {
		ts.Fatalf("item %q in %s: %v", args[1], args[0], found)
	}
}

type bundle struct{ Objects []map[string]any }

func readBundle(ts *testscript.TestScript, name string) bundle {
	var b bundle
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(name)), &b))
	return b
}

func countObjects(ts *testscript.TestScript, _ bool, args []string) {
	n := 0
	for _, o := range readBundle(ts, args[0]).Objects {
		if o["type"] == args[1] {
			n++
		}
	}
	text, least := strings.CutSuffix(args[2], "+")
	want, err := strconv.Atoi(text)
	ts.Check(err)
	if n < want || n > want && !least {
		ts.Fatalf("%d objects of type %s, want %s", n, args[1], args[2])
	}
}

// within compares what bundles say: patterns, names of techniques and vulnerabilities.
func within(ts *testscript.TestScript, neg bool, args []string) {
	in := map[string]bool{}
	for _, s := range sayings(readBundle(ts, args[1])) {
		in[s] = true
	}
	var missing []string
	for _, s := range sayings(readBundle(ts, args[0])) {
		if !in[s] {
			missing = append(missing, s)
		}
	}
	if (len(missing) == 0) == neg {
		ts.Fatalf("in %s and not in %s: %q", args[0], args[1], missing)
	}
}

func sayings(b bundle) []string {
	var out []string
	for _, o := range b.Objects {
		switch o["type"] {
		case "indicator":
			out = append(out, fmt.Sprint(o["pattern"]))
		case "attack-pattern", "vulnerability":
			out = append(out, fmt.Sprint(o["type"], " ", o["name"], o["external_references"]))
		}
	}
	return out
}

func mode(ts *testscript.TestScript, _ bool, args []string) {
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	if got := fmt.Sprintf("%04o", info.Mode().Perm()); got != args[1] {
		ts.Fatalf("%s has mode %s, want %s", args[0], got, args[1])
	}
}

// makeFile makes what stands in no text file.
func makeFile(ts *testscript.TestScript, _ bool, args []string) {
	makers := map[string]func() ([]byte, error){
		"zip-bomb": func() ([]byte, error) {
			return zipOf(map[string]io.Reader{"notes.txt": io.LimitReader(same('0'), 1<<30)})
		},
		"docx-doctype": func() ([]byte, error) {
			return wordOf(`<!DOCTYPE lolz [<!ENTITY a "himitsu-text"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>`, `&b;`)
		},
		"docx-links": func() ([]byte, error) { return wordOf("", "通信先 203.0.113.77:443（C2）") },
		"mixed":      mixed,
		"line": func() ([]byte, error) {
			// A hole in the file: 1 GB of one line that takes no room on the disk.
			f, err := os.Create(ts.MkAbs(args[1]))
			if err != nil {
				return nil, err
			}
			defer f.Close()
			if _, err := f.WriteString("2026-05-11 09:05 "); err != nil {
				return nil, err
			}
			return nil, f.Truncate(1 << 30)
		},
	}
	maker, ok := makers[args[0]]
	if !ok {
		ts.Fatalf("unknown kind %q", args[0])
	}
	data, err := maker()
	ts.Check(err)
	if data != nil {
		ts.Check(os.WriteFile(ts.MkAbs(args[1]), data, 0o666))
	}
}

type same byte

func (s same) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(s)
	}
	return len(p), nil
}

func zipOf(parts map[string]io.Reader) ([]byte, error) {
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for _, name := range []string{"[Content_Types].xml", "word/document.xml", "word/_rels/document.xml.rels", "notes.txt"} {
		r, ok := parts[name]
		if !ok {
			continue
		}
		f, err := w.Create(name)
		if err != nil {
			return nil, err
		}
		if _, err := io.Copy(f, r); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return buf.Bytes(), err
}

// wordOf makes a Word file with a text, a template that is to be fetched, and a link.
func wordOf(doctype, text string) ([]byte, error) {
	return zipOf(map[string]io.Reader{
		"[Content_Types].xml": strings.NewReader(`<Types/>`),
		"word/document.xml": strings.NewReader(`<?xml version="1.0"?>` + doctype +
			`<w:document xmlns:w="w" xmlns:r="r"><w:body><w:p><w:r><w:t>` + text + `</w:t></w:r></w:p></w:body></w:document>`),
		"word/_rels/document.xml.rels": strings.NewReader(`<Relationships><Relationship Id="rId1" TargetMode="External" Target="http://127.0.0.1:9/template.dotm"/></Relationships>`),
	})
}

// mixed is a note that two people saved, each in an encoding of their own.
func mixed() ([]byte, error) {
	old, err := japanese.ShiftJIS.NewEncoder().String(strings.Repeat("青葉架空病院の担当が記録した行。通信先 198.51.100.23 への送信を確認しました。\n", 4))
	return []byte(strings.Repeat("指令サーバ 203.0.113.77:443 へのビーコンを確認した。\n", 4) + old), err
}

// frugal MEGABYTES COMMAND... fails with 99 if the command takes more memory than that.
func frugal(args []string) int {
	limit, err := strconv.ParseInt(args[0], 10, 64)
	if err != nil {
		panic(err)
	}
	c := exec.Command(args[1], args[2:]...)
	c.Stdin, c.Stdout, c.Stderr = os.Stdin, os.Stdout, os.Stderr
	err = c.Run()
	if peak := peakMemory(c.ProcessState) >> 20; peak > limit {
		fmt.Fprintf(os.Stderr, "frugal: %d MB, more than %d\n", peak, limit)
		return 99
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode()
	}
	return 0
}

// flood writes a number of bytes without a line break, and stops when nobody reads.
func flood(count string) {
	n, err := strconv.ParseInt(count, 10, 64)
	if err != nil {
		panic(err)
	}
	w := bufio.NewWriterSize(os.Stdout, 1<<16)
	_, _ = io.CopyN(w, same('a'), n)
	_ = w.Flush()
}
