package wanted

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/wakachi/wakachi/internal/indicator"
)

// agree fails if the quick way says yes to what the full reading reads otherwise.
func agree(t *testing.T, q *quick, s string) {
	t.Helper()
	v, ok := q.value(s)
	if !ok {
		return
	}
	if slow, err := indicator.Parse(v.Type, s); err != nil || slow != v {
		t.Errorf("%q: quick %v, Parse %v %v", s, v, slow, err)
	}
	if slow, port, ok := guess(s); !ok || slow != v || port != 0 {
		t.Errorf("%q: quick %v, guess %v port %d %v", s, v, slow, port, ok)
	}
}

func TestTheQuickWayAgrees(t *testing.T) {
	hosts := []string{
		"evil.example", "a.b.c.evil.co.jp", "xn--eckwd4c7c.xn--zckzah", "a_b.evil.com", "-a.com", "a-.com", "a..com", ".com", "com.", "a.c", "a.zip", "a.sh", "a.exe",
		"a.b.md", "setup.pl", "index.pl", "t1059.001", "1.2.3.4", "1.2.3.04", "1.2.3.256", "1.2.3", "1.2.3.4.5", "1a.com", "a.1com", "a.c0m", "a.xn--", "a.xn--a",
		strings.Repeat("a", 63) + ".com", strings.Repeat("a", 64) + ".com", strings.Repeat("a.", 70) + "com", "system.net", "kernel32.dll", "a.py", "a.rs", "a.com_",
		"node.js", "readme.md", "a.onion", "a.local", "a.nosuchtop", "win.trojan.mz", "evil.dot.com", "evil-dot-com.com", "0x1.com", "a.app", "libmz.so", "mz.so.1",
	}
	var q quick
	for _, h := range hosts {
		agree(t, &q, h)
		for _, path := range []string{"", "/", "/a.php?b=c&d=e", "/%2e%2e", "/a[.]b", "/a b", "?a=b", ":80/", "/a,b", "/a;b", "/-dot-", "/~x_y+z", "/a@b.example", "//x", "/\u3000", `/\`} {
			agree(t, &q, "http://"+h+path)
			agree(t, &q, "https://"+h+path)
		}
	}
	for n := 30; n < 130; n++ {
		agree(t, &q, strings.Repeat("a", n))
		agree(t, &q, strings.Repeat("0", n))
	}
}

// TestPlainLinesAreQuick: the mixture that lists are made of takes the quick way, and next to
// no memory for a line.
func TestPlainLinesAreQuick(t *testing.T) {
	var b bytes.Buffer
	const lines = 20_000
	for i := range lines / 5 {
		fmt.Fprintf(&b, "c2-%d.evil.example\nhttp://c2-%d.evil.co.jp/a/%d.php\n11.%d.%d.7\n%064x\n%032x\n", i, i, i, i>>8&255, i&255, i+1<<20, i+1<<20)
	}
	var q quick
	for line := range strings.Lines(b.String()) {
		if _, ok := q.value(strings.TrimSuffix(line, "\n")); !ok {
			t.Fatalf("%q is not quick", line)
		}
	}
	allocs := testing.AllocsPerRun(3, func() {
		a, err := Read(bytes.NewReader(b.Bytes()), "list", Options{}, func(Entry) error { return nil })
		if err != nil || a.Given != lines {
			t.Fatalf("%+v, %v", a, err)
		}
	})
	// Two lines of five have a host, for which package publicsuffix makes an error and drops it.
	if allocs > lines/4 {
		t.Errorf("%v allocations for %d lines", allocs, lines)
	}
}

func FuzzQuick(f *testing.F) {
	for _, s := range []string{"evil.example", "http://evil.example/a?b=c", "203.0.113.7", "44d88612fea8a8f36de82e1278abb02f", "https://a_b.c-d.com/x.exe", "setup.zip", "a.dot.com"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var q quick
		agree(t, &q, s)
	})
}
