package ruleset_test

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/ruleset"
	"github.com/wakachi/wakachi/internal/tlp"
)

var update = flag.Bool("update", false, "write the files under testdata/golden anew")

var at = time.Date(2026, 11, 22, 3, 4, 5, 0, time.UTC)

func value(t testing.TB, typ indicator.Type, text string) indicator.Value {
	t.Helper()
	if typ == indicator.PDB {
		return indicator.Value{Type: typ, Value: text}
	}
	v, err := indicator.Parse(typ, text)
	if err != nil {
		t.Fatalf("%s %q: %v", typ, text, err)
	}
	return v
}

func item(t testing.TB, typ indicator.Type, text string) ruleset.Item {
	t.Helper()
	return ruleset.Item{Value: value(t, typ, text), TLP: tlp.Amber}
}

// mixed is a set with a value of every type, some of them hostile.
func mixed(t testing.TB) []ruleset.Item {
	t.Helper()
	var out []ruleset.Item
	for _, line := range strings.Split(strings.TrimSpace(read(t, "mixed.tsv")), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		it := item(t, indicator.Type(f[0]), f[1])
		it.Ref, it.Since = "indicator--"+f[0], at.AddDate(0, 0, -20)
		if len(f) > 2 {
			it.Note = f[2]
		}
		out = append(out, it)
	}
	out[0].Port, out[0].TLP = 8443, tlp.Green
	out[1].Until = at.AddDate(0, 1, 0)
	return out
}

func read(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func write(t testing.TB, target ruleset.Target, o ruleset.Options, items ...ruleset.Item) ruleset.Output {
	t.Helper()
	out, err := ruleset.Write(target, items, o)
	if err != nil {
		t.Fatalf("%s: %v", target, err)
	}
	return out
}

// file gives the one file whose name ends in suffix.
func file(t testing.TB, out ruleset.Output, suffix string) string {
	t.Helper()
	for _, f := range out.Files {
		if strings.HasSuffix(f.Name, suffix) {
			return string(f.Bytes)
		}
	}
	t.Fatalf("no file ends in %s", suffix)
	return ""
}

// TestGolden holds the files of each target to those a real parser has read: see
// tools/judge-rules.
func TestGolden(t *testing.T) {
	for _, target := range ruleset.Targets() {
		golden(t, string(target), write(t, target, ruleset.Options{Name: "mixed", At: at}, mixed(t)...))
	}
	golden(t, "suricata-lists", write(t, ruleset.Suricata, ruleset.Options{Name: "mixed", At: at, Lists: 2}, mixed(t)...))
}

func golden(t *testing.T, name string, out ruleset.Output) {
	t.Helper()
	var unsaid bytes.Buffer
	for _, u := range out.Unsaid {
		fmt.Fprintf(&unsaid, "%s\t%s\t%d\t%v\n", u.Type, u.Reason, u.Count, u.Partly)
	}
	files := append(out.Files, ruleset.File{Name: "mixed.unsaid.tsv", Bytes: unsaid.Bytes()})
	dir := filepath.Join("testdata", "golden", name)
	if *update {
		_ = os.RemoveAll(dir)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
		path := filepath.Join(dir, f.Name)
		if *update {
			if err := os.WriteFile(path, f.Bytes, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(want, f.Bytes) {
			t.Errorf("%s is not as it was (%v); run with -update and look at the difference", path, err)
		}
	}
	kept, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, k := range kept {
		if !slices.Contains(names, filepath.Base(k)) {
			t.Errorf("%s is not written any more", k)
		}
	}
}

// TestSameBytes: order and repetition of the items leave no trace.
func TestSameBytes(t *testing.T) {
	items := mixed(t)
	rng := rand.New(rand.NewPCG(1, 2))
	for _, target := range ruleset.Targets() {
		first := write(t, target, ruleset.Options{At: at}, items...)
		again := append(slices.Clone(items), items[3], items[5])
		rng.Shuffle(len(again), func(i, j int) { again[i], again[j] = again[j], again[i] })
		second := write(t, target, ruleset.Options{At: at}, again...)
		for i, f := range first.Files {
			if !bytes.Equal(f.Bytes, second.Files[i].Bytes) {
				t.Errorf("%s: %s differs", target, f.Name)
			}
		}
		if !slices.Equal(first.Unsaid, second.Unsaid) {
			t.Errorf("%s: %v, then %v", target, first.Unsaid, second.Unsaid)
		}
	}
}

// TestLabel: every file says under which label it is, in its head or its name, the strictest
// wins, and what nobody labelled is nowhere.
func TestLabel(t *testing.T) {
	secret := item(t, indicator.Domain, "unlabelled.example")
	secret.TLP = tlp.Unknown
	strict := item(t, indicator.Domain, "strict.example")
	strict.TLP = tlp.AmberStrict
	for _, target := range ruleset.Targets() {
		out := write(t, target, ruleset.Options{}, append(mixed(t), secret, strict)...)
		for _, f := range out.Files {
			if !strings.Contains(f.Name, ".amber-strict.") {
				t.Errorf("%s: the name %s does not say the label", target, f.Name)
			}
			if bytes.Contains(f.Bytes, []byte("unlabelled")) {
				t.Errorf("%s: %s holds what has no label", target, f.Name)
			}
			comments := !strings.HasSuffix(f.Name, ".lst") && !strings.HasSuffix(f.Name, "json") && !strings.HasSuffix(f.Name, ".tsv") && !strings.Contains(f.Name, ".splunk.networks.") && !strings.Contains(f.Name, ".splunk.texts.")
			if head := string(f.Bytes[:min(500, len(f.Bytes))]); comments && (!strings.Contains(head, "TLP:AMBER+STRICT – 受") || !strings.Contains(head, "need to know")) {
				t.Errorf("%s: %s has no label at its head:\n%s", target, f.Name, head)
			}
		}
		if !slices.Contains(out.Unsaid, ruleset.Unsaid{Type: indicator.Domain, Reason: ruleset.NoLabel, Count: 1}) {
			t.Errorf("%s does not say that an item had no label: %v", target, out.Unsaid)
		}
	}
}

// TestGarbage: what is no indicator, or would find everything, is counted, and the rest is
// written.
func TestGarbage(t *testing.T) {
	raw := func(typ indicator.Type, text string) ruleset.Item {
		return ruleset.Item{Value: indicator.Value{Type: typ, Value: text}, TLP: tlp.Clear}
	}
	items := []ruleset.Item{
		raw(indicator.Domain, "."), raw(indicator.Domain, "com"), raw(indicator.Domain, "co.jp"), raw(indicator.Domain, "*.co.jp"),
		raw(indicator.Domain, "EVIL.example"), raw(indicator.Domain, "evil.example\";)"), raw(indicator.Domain, "a\n.example"),
		raw(indicator.CIDR4, "0.0.0.0/0"), raw(indicator.CIDR6, "::/0"), raw(indicator.CIDR6, "::ffff:0.0.0.0/96"),
		raw(indicator.IPv4, "127.0.0.1"), raw(indicator.IPv4, "10.1.2.3"), raw(indicator.IPv4, "0.0.0.0"), raw(indicator.IPv6, "::1"), raw(indicator.IPv4, "1.2.3"),
		raw(indicator.URL, "http://"), raw(indicator.URL, "http://a.example/\" or 1=1"), raw(indicator.Mutex, "a\x00b"), raw(indicator.Mutex, strings.Repeat("x", 5000)),
		raw("nonsense", "x"), raw("", ""), raw(indicator.File, "\xff\xfe"),
		item(t, indicator.Domain, "evil.example"),
	}
	for _, target := range ruleset.Targets() {
		out := write(t, target, ruleset.Options{}, items...)
		n := map[ruleset.Reason]int{}
		for _, u := range out.Unsaid {
			n[u.Reason] += u.Count
			if u.Type == "nonsense" {
				t.Errorf("%s repeats a type from outside", target)
			}
		}
		if n[ruleset.NotAValue] != 13 || n[ruleset.TooWide] != 5 || n[ruleset.NotRouted] != 4 {
			t.Errorf("%s: %v", target, n)
		}
		if target != ruleset.YARA && !strings.Contains(all(out), "evil.example") {
			t.Errorf("%s: the good one is not there", target)
		}
	}
}

func all(out ruleset.Output) string {
	var b strings.Builder
	for _, f := range out.Files {
		b.Write(f.Bytes)
	}
	return b.String()
}

// TestExpired: what looks ahead leaves out what is stale; what looks back does not, for it
// was alive when the logs were written.
func TestExpired(t *testing.T) {
	old := item(t, indicator.Domain, "stale.example")
	old.Until = at.Add(-time.Hour)
	for _, target := range ruleset.Targets() {
		got := all(write(t, target, ruleset.Options{At: at}, old))
		ahead := slices.Contains([]ruleset.Target{ruleset.Suricata, ruleset.Zeek, ruleset.RPZ}, target)
		if has := strings.Contains(got, "stale.example"); target != ruleset.YARA && has == ahead {
			t.Errorf("%s: holds the stale name: %v", target, has)
		}
	}
}

// TestOptions: what cannot be quoted everywhere is refused before anything is written.
func TestOptions(t *testing.T) {
	for name, o := range map[string]ruleset.Options{
		"ruleset.name":   {Name: "a b"},
		"ruleset.sids":   {BaseSID: 1<<32 - 5, SIDs: 6},
		"ruleset.zone":   {Zone: "a;b"},
		"ruleset.place":  {Places: []ruleset.Place{{Field: "x", Table: "t", Column: "c"}}},
		"ruleset.places": {Places: make([]ruleset.Place, 1000)},
	} {
		_, err := ruleset.Write(ruleset.DuckDB, nil, o)
		if e, ok := err.(*fault.Error); !ok || e.Code != name {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"A", "1a", "a.b", "../x", "a/b", "ä", strings.Repeat("a", 41), "a\n"} {
		if _, err := ruleset.Write(ruleset.Zeek, nil, ruleset.Options{Name: name}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", name, err)
		}
	}
	if _, err := ruleset.Write("snort", nil, ruleset.Options{}); fault.KindOf(err) != fault.Unsupported {
		t.Error(err)
	}
	if _, err := ruleset.Write(ruleset.Zeek, make([]ruleset.Item, ruleset.MaxItems+1), ruleset.Options{}); fault.KindOf(err) != fault.TooLarge {
		t.Error(err)
	}
	if _, err := ruleset.Write(ruleset.Suricata, mixed(t), ruleset.Options{SIDs: 3}); fault.KindOf(err) != fault.TooLarge {
		t.Error(err)
	}
}

// A list as a feed brings it.
func BenchmarkWrite(b *testing.B) {
	var items []ruleset.Item
	for i := range 10_000 {
		items = append(items, item(b, indicator.Domain, fmt.Sprintf("a%d.evil.example", i)), item(b, indicator.URL, fmt.Sprintf("http://a%d.evil.example/x%d", i, i)),
			item(b, indicator.File, fmt.Sprintf("%064x", i)), item(b, indicator.IPv4, fmt.Sprintf("203.0.%d.%d", i/256, i%256)))
	}
	for _, target := range ruleset.Targets() {
		b.Run(string(target), func(b *testing.B) {
			for b.Loop() {
				write(b, target, ruleset.Options{}, items...)
			}
		})
	}
}
