package indicator

import (
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
)

// goldEnv names a directory with docs/*.txt and gold/*.tsv (type<TAB>value): texts and
// the indicators that somebody else found in them. They are not ours to keep here.
const goldEnv = "WAKACHI_GOLD"

// goldKind is the word of the gold lists for a value; empty where they have none.
func goldKind(v Value) string {
	switch v.Type {
	case IPv4, IPv6:
		return "ip"
	case Domain:
		return "domain"
	case URL:
		return "url"
	case Email:
		return "email"
	case File, Cert:
		return map[Hash]string{MD5: "md5", SHA1: "sha1", SHA256: "sha256"}[v.Hash]
	case CVE:
		return "cve"
	}
	return ""
}

// goldDocs reads the texts and lists, skipping where there are none.
func goldDocs(tb testing.TB) (texts []string, wants []map[string]bool, names []string) {
	dir := os.Getenv(goldEnv)
	if dir == "" {
		tb.Skipf("%s is not set: no gold to measure against", goldEnv)
	}
	files, err := filepath.Glob(filepath.Join(dir, "gold", "*.tsv"))
	if err != nil || len(files) == 0 {
		tb.Fatalf("no gold/*.tsv below %s", dir)
	}
	sort.Strings(files)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".tsv")
		text, err := os.ReadFile(filepath.Join(dir, "docs", name+".txt"))
		if err != nil {
			tb.Fatal(err)
		}
		list, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		want := map[string]bool{}
		for line := range strings.Lines(string(list)) {
			if line = strings.TrimSpace(line); line != "" {
				want[line] = true
			}
		}
		texts, wants, names = append(texts, string(text)), append(wants, want), append(names, name)
	}
	return texts, wants, names
}

// A tally counts values of one kind, each once a document.
type tally struct{ found, missed, extra int }

// excused says that a value which no list has is not wrong: the host of a listed URL,
// an address that stands in a listed URL, or a link to a report.
func excused(kind, value string, want map[string]bool, text string) bool {
	if kind == "url" && !strings.Contains(text, "xx") {
		return true
	}
	for line := range want {
		if strings.Contains(line, value) {
			return true
		}
	}
	return false
}

// BenchmarkGold measures recall and precision for each kind, and speed.
// WAKACHI_GOLD_SHOW=missed or =extra lists what was missed or too much.
func BenchmarkGold(b *testing.B) {
	texts, wants, names := goldDocs(b)
	show := os.Getenv(goldEnv + "_SHOW")
	size := 0
	for _, t := range texts {
		size += len(t)
	}
	counts := map[string]*tally{}
	total := tally{}
	for i, text := range texts {
		got := map[string]bool{}
		for _, m := range Find(text) {
			kind := goldKind(m.Value)
			value := m.Value.Value
			if kind == "" || m.Confidence < 50 {
				continue
			}
			got[kind+"\t"+strings.TrimSuffix(lowerHostPart(kind, value), "/")] = true
		}
		for line := range wants[i] {
			kind, value, _ := strings.Cut(line, "\t")
			c := countFor(counts, kind)
			if got[kind+"\t"+strings.TrimSuffix(lowerHostPart(kind, value), "/")] {
				c.found++
				continue
			}
			c.missed++
			if show == "missed" {
				b.Logf("missed %s: %s", names[i], line)
			}
		}
		for line := range got {
			kind, value, _ := strings.Cut(line, "\t")
			if !wants[i][line] && !wants[i][line+"/"] && !excused(kind, value, wants[i], text) {
				countFor(counts, kind).extra++
				if show == "extra" {
					b.Logf("extra %s: %s", names[i], line)
				}
			}
		}
	}
	b.SetBytes(int64(size))
	for b.Loop() {
		for _, text := range texts {
			Find(text)
		}
	}
	for kind, c := range counts {
		total.found, total.missed, total.extra = total.found+c.found, total.missed+c.missed, total.extra+c.extra
		b.ReportMetric(ratio(c.found, c.missed), kind+"-recall")
		b.ReportMetric(ratio(c.found, c.extra), kind+"-precision")
	}
	b.ReportMetric(ratio(total.found, total.missed), "recall")
	b.ReportMetric(ratio(total.found, total.extra), "precision")
}

func lowerHostPart(kind, value string) string {
	if kind == "url" {
		return value
	}
	return strings.ToLower(value)
}

func countFor(m map[string]*tally, kind string) *tally {
	if m[kind] == nil {
		m[kind] = &tally{}
	}
	return m[kind]
}

func ratio(good, bad int) float64 {
	if good+bad == 0 {
		return 1
	}
	return float64(good) / float64(good+bad)
}
