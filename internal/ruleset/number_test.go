package ruleset

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/indicator"
)

func keysUpTo(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprint("key ", i)
	}
	return out
}

// TestNumbers: each key has one number of the range and no other has it, whatever the order;
// also where the range is full to the last.
func TestNumbers(t *testing.T) {
	for _, c := range []struct{ keys, span int }{{0, 1}, {1, 1}, {2, 2}, {7, 7}, {1000, 1000}, {1000, 1024}, {3000, 500_000}} {
		keys := keysUpTo(c.keys)
		first, err := numbers(keys, 100, uint32(c.span))
		if err != nil {
			t.Fatal(err)
		}
		used := map[uint32]bool{}
		for k, id := range first {
			if id < 100 || id >= 100+uint32(c.span) || used[id] {
				t.Errorf("%d in %d: %s has %d", c.keys, c.span, k, id)
			}
			used[id] = true
		}
		if len(first) != c.keys {
			t.Errorf("%d of %d keys have a number", len(first), c.keys)
		}
		rand.New(rand.NewPCG(1, 1)).Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
		again, _ := numbers(keys, 100, uint32(c.span))
		for k, id := range first {
			if again[k] != id {
				t.Errorf("%s had %d, then %d", k, id, again[k])
			}
		}
	}
	if _, err := numbers(keysUpTo(8), 1, 7); fault.KindOf(err) != fault.TooLarge {
		t.Error(err)
	}
	if ids, err := numbers(keysUpTo(50), 1<<32-50, 50); err != nil || len(ids) != 50 {
		t.Error(err)
	}
}

// TestNumbersStay: a list that grows a little moves few of the numbers that it had.
func TestNumbersStay(t *testing.T) {
	before, _ := numbers(keysUpTo(3000), DefaultBaseSID, DefaultSIDs)
	after, _ := numbers(keysUpTo(3300), DefaultBaseSID, DefaultSIDs)
	moved := 0
	for k, id := range before {
		if after[k] != id {
			moved++
		}
	}
	if moved > 10 {
		t.Errorf("%d of 3000 numbers moved", moved)
	}
}

func BenchmarkNumbers(b *testing.B) {
	keys := keysUpTo(60_000)
	for b.Loop() {
		if _, err := numbers(keys, DefaultBaseSID, 60_000); err != nil {
			b.Fatal(err)
		}
	}
}

func TestLocate(t *testing.T) {
	for url, want := range map[string]locator{
		"http://evil.example":                     {"http", "evil.example", "", "/"},
		"http://evil.example:80/a?b#c":            {"http", "evil.example", "", "/a?b"},
		"https://u:p@evil.example:8443?x=1":       {"https", "evil.example", "8443", "/?x=1"},
		"http://u:p@evil.example/#@fine.example/": {"http", "evil.example", "", "/"},
		"http://evil.example/@fine.example:9/?:8": {"http", "evil.example", "", "/@fine.example:9/?:8"},
		"http://[2001:db8::1]:8080/x":             {"http", "[2001:db8::1]", "8080", "/x"},
		"http://[2001:db8::1]/":                   {"http", "[2001:db8::1]", "", "/"},
		"ftp://evil.example:21/":                  {"ftp", "evil.example", "", "/"},
	} {
		if got, ok := locate(url); !ok || got != want {
			t.Errorf("%s: %+v", url, got)
		}
	}
	for _, url := range []string{"", "evil.example", "http://", "http:///x", "http://#x", "http://u@/"} {
		if got, ok := locate(url); ok {
			t.Errorf("%q: %+v", url, got)
		}
	}
}

// TestTables: every target has its engine, every reason in the data is one we have words for,
// every type an engine is said to know is a type.
func TestTables(t *testing.T) {
	reasons := map[Reason]bool{NoField: true, Algorithm: true, Version: true, Scheme: true}
	types := map[indicator.Type]bool{indicator.JA3S: true, indicator.PDB: true}
	for _, typ := range indicator.Types() {
		types[typ] = true
	}
	for _, target := range Targets() {
		if engines()[target].name == "" || writers()[target] == nil {
			t.Errorf("%s has no engine or no writer", target)
		}
		for kind, say := range sayings()[target] {
			if say.word == "" && !reasons[say.reason] {
				t.Errorf("%s: %s: reason %q", target, kind, say.reason)
			}
			if typ, _, _ := cutKind(kind); !types[typ] {
				t.Errorf("%s: %s is no type", target, kind)
			}
		}
		for _, p := range DefaultPlaces(target) {
			if fieldTypes[p.Field] == nil || p.Table == "" || p.Column == "" {
				t.Errorf("%s: %+v", target, p)
			}
		}
	}
	for _, f := range sigmaFields() {
		if typ, _, _ := cutKind(f.kind); !types[typ] {
			t.Errorf("sigma: %+v", f)
		}
	}
	for _, name := range []string{"engine.tsv", "saying.tsv", "place.tsv", "sigma.tsv", "label.tsv"} {
		columns := map[string]int{"engine.tsv": 5, "saying.tsv": 4, "place.tsv": 5, "sigma.tsv": 6, "label.tsv": 3}[name]
		b, _ := data.ReadFile("data/" + name)
		if lines := countLines(string(b)); len(rows(name, columns)) != lines {
			t.Errorf("%s: %d of %d lines have %d columns", name, len(rows(name, columns)), lines, columns)
		}
	}
	if len(labels()) != 5 {
		t.Errorf("%d labels", len(labels()))
	}
}

func cutKind(kind string) (indicator.Type, string, bool) {
	typ, hash, ok := strings.Cut(kind, "/")
	return indicator.Type(typ), hash, ok
}

// countLines counts those that are no comments.
func countLines(s string) int {
	n := 0
	for line := range strings.Lines(s) {
		if !strings.HasPrefix(line, "#") {
			n++
		}
	}
	return n
}
