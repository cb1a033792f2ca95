package logfile

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// seen tells what Find yields, a line each, with names below dir.
func seen(t *testing.T, dir string, o Options, paths ...string) []string {
	t.Helper()
	for i, p := range paths {
		if p != "-" {
			paths[i] = filepath.Join(dir, filepath.FromSlash(p))
			if strings.HasSuffix(p, "/") {
				paths[i] += "/"
			}
		}
	}
	short := func(name string) string {
		return filepath.ToSlash(strings.TrimPrefix(strings.TrimPrefix(name, dir), string(filepath.Separator)))
	}
	var out []string
	for s, tr := range Find(context.Background(), paths, o) {
		switch {
		case tr == nil:
			out = append(out, short(s.Name))
		case tr.Other != "":
			out = append(out, string(tr.Code)+" "+short(tr.Source)+" = "+short(tr.Other))
		default:
			out = append(out, string(tr.Code)+" "+short(tr.Source))
		}
	}
	return out
}

func tree(t *testing.T, names ...string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		write(t, dir, n, []byte("log "+n+"\n"))
	}
	return dir
}

// TestFind: files, folders and patterns, in order.
func TestFind(t *testing.T) {
	dir := tree(t, "b.log", "a/x.log", "a/y.txt", "a/deep/er/z.log", "a/.hidden/h.log", "c/.dot.log", "[odd].log", "ログ/一.log")
	for _, tc := range []struct {
		name  string
		o     Options
		paths []string
		want  []string
	}{
		{"everything", Options{}, []string{""}, []string{"[odd].log", "a/.hidden/h.log", "a/deep/er/z.log", "a/x.log", "a/y.txt", "b.log", "c/.dot.log", "ログ/一.log"}},
		{"order of arguments", Options{}, []string{"b.log", "a/x.log"}, []string{"b.log", "a/x.log"}},
		{"nothing of that name", Options{}, []string{"none.log", "b.log"}, []string{"absent none.log", "b.log"}},
		{"a name that looks like a pattern", Options{}, []string{"[odd].log"}, []string{"[odd].log"}},
		{"a pattern", Options{}, []string{"a/*.log"}, []string{"a/x.log"}},
		{"a pattern of any depth", Options{}, []string{"a/**/*.log"}, []string{"a/.hidden/h.log", "a/deep/er/z.log", "a/x.log"}},
		{"a pattern of folders", Options{}, []string{"a/d*"}, []string{"a/deep/er/z.log"}},
		{"a pattern that fits nothing", Options{}, []string{"a/*.gz"}, []string{"absent a/*.gz"}},
		{"a pattern below nothing", Options{}, []string{"none/*.gz"}, []string{"absent none/*.gz"}},
		{"a pattern that is none", Options{}, []string{"a/[x"}, []string{"bad-pattern a/[x"}},
		{"the same twice", Options{}, []string{"a/x.log", "a/"}, []string{"a/x.log", "a/.hidden/h.log", "a/deep/er/z.log", "twice a/x.log = a/x.log", "a/y.txt"}},
		{"included", Options{Include: []string{"*.log"}}, []string{"a"}, []string{"a/.hidden/h.log", "a/deep/er/z.log", "a/x.log"}},
		{"included by path", Options{Include: []string{"deep/**"}}, []string{"a"}, []string{"a/deep/er/z.log"}},
		{"excluded folder", Options{Exclude: []string{"deep", ".hidden"}}, []string{"a"}, []string{"a/x.log", "a/y.txt"}},
		{"excluded by path", Options{Exclude: []string{"**/er"}}, []string{"a"}, []string{"a/.hidden/h.log", "a/x.log", "a/y.txt"}},
		{"what is named is taken", Options{Include: []string{"*.gz"}, Exclude: []string{"*"}, SkipHidden: true}, []string{"c/.dot.log"}, []string{"c/.dot.log"}},
		{"no hidden ones", Options{SkipHidden: true}, []string{"a", "c"}, []string{"a/deep/er/z.log", "a/x.log", "a/y.txt"}},
		{"a folder deep", Options{Depth: 1}, []string{"a"}, []string{"a/.hidden/h.log", "a/x.log", "a/y.txt"}},
		{"no folder deep", Options{Depth: -1}, []string{"a"}, []string{"a/x.log", "a/y.txt"}},
		{"a bad option", Options{Exclude: []string{"[x"}}, []string{"a"}, []string{"bad-pattern [x"}},
		{"standard input twice", Options{}, []string{"-", "-"}, []string{"-", "twice - = -"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := seen(t, dir, tc.o, slices.Clone(tc.paths)...); !slices.Equal(got, tc.want) {
				t.Errorf("\n got %q\nwant %q", got, tc.want)
			}
		})
	}
}

// TestLinks: links are followed, what is met again is said once, and circles end.
func TestLinks(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need a privilege there")
	}
	dir := tree(t, "logs/x.log", "logs/sub/y.log", "outside/z.log")
	for to, from := range map[string]string{
		"x.log": "logs/current.log", "..": "logs/sub/up", "../outside": "logs/out", "nowhere": "logs/broken",
		"self": "logs/self", "pong": "logs/ping", "ping": "logs/pong",
	} {
		if err := os.Symlink(to, filepath.Join(dir, filepath.FromSlash(from))); err != nil {
			t.Fatal(err)
		}
	}
	got := seen(t, dir, Options{}, "logs")
	want := []string{
		"vanished logs/broken", "logs/current.log", "logs/out/z.log", "loop logs/ping", "loop logs/pong", "loop logs/self",
		"loop logs/sub/up = logs", "logs/sub/y.log", "twice logs/x.log = logs/current.log",
	}
	if !slices.Equal(got, want) {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
}

// TestUnreadable: what may not be read is said, and the rest is read.
func TestUnreadable(t *testing.T) {
	dir := tree(t, "a.log", "b.log", "shut/c.log", "z.log")
	for _, n := range []string{"b.log", "shut"} {
		if err := os.Chmod(filepath.Join(dir, n), 0); err != nil {
			t.Fatal(err)
		}
		defer os.Chmod(filepath.Join(dir, n), 0o755)
	}
	want := []string{"a.log", "unreadable b.log", "unreadable shut", "z.log"}
	var got []string
	bound(t, func() { got = seen(t, dir, Options{}, "") })
	if !slices.Equal(got, want) {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
}

// TestDeepFolders: folders nested deeper than anybody does end somewhere.
func TestDeepFolders(t *testing.T) {
	dir := tree(t)
	deep := filepath.Join(append([]string{dir}, strings.Split(strings.Repeat("d/", deepest+2), "/")...)...)
	if err := os.MkdirAll(deep, 0o755); err != nil {
		t.Skip("no folders that deep here: ", err)
	}
	write(t, dir, "a.log", []byte("x"))
	got := seen(t, dir, Options{}, "")
	if len(got) != 2 || got[0] != "a.log" || !strings.HasPrefix(got[1], "too-deep d/d/") {
		t.Errorf("%d, %.100q", len(got), got)
	}
}

// TestStopping: who has enough, or whose time is up, gets no more.
func TestStopping(t *testing.T) {
	dir := tree(t, "a", "b", "c")
	n := 0
	for range Find(context.Background(), []string{dir, dir}, Options{}) {
		if n++; n == 2 {
			break
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	n = 0
	for range Find(ctx, []string{dir}, Options{}) {
		n++
		cancel()
	}
	if n != 1 {
		t.Errorf("%d after the end", n)
	}
	s := one(t, Options{}, filepath.Join(dir, "a"))
	if st, err := s.Open(ctx); err == nil {
		if _, err := st.Read(make([]byte, 9)); err == nil {
			t.Error("reads on after the end")
		}
		st.Close()
	}
}

// TestMatch: patterns of names, also hostile ones.
func TestMatch(t *testing.T) {
	for _, tc := range []struct {
		pattern, name string
		want          bool
	}{
		{"*.log", "a.log", true},
		{"*.log", "d/e/a.log", true},
		{"d/*.log", "d/a.log", true},
		{"d/*.log", "d/e/a.log", false},
		{"d/**/*.log", "d/a.log", true},
		{"d/**/*.log", "d/e/f/a.log", true},
		{"**/e/**", "d/e/f/a.log", true},
		{"**/e/**", "d/f/a.log", false},
		{"a?c", "abc", true},
		{"[a-c]x", "bx", true},
		{strings.Repeat("**/", 60) + "x", strings.Repeat("a/", 60) + "y", false},
	} {
		if got := matchAny([]string{tc.pattern}, tc.name); got != tc.want {
			t.Errorf("%q, %q: %v", tc.pattern, tc.name, got)
		}
	}
}

// TestManyFiles: the folders of a year are found in order, each once.
func TestManyFiles(t *testing.T) {
	dir := tree(t)
	var want []string
	for i := range 300 {
		n := fmt.Sprintf("d%02d/l%03d", i%12, i)
		write(t, dir, n, []byte("x"))
		want = append(want, n)
	}
	slices.Sort(want)
	if got := seen(t, dir, Options{}, ""); !slices.Equal(got, want) {
		t.Errorf("%d found, %d there", len(got), len(want))
	}
}
