package app_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wakachi/wakachi/internal/app"
)

// An expectation is what a case of testdata/incidents says about its outcome.
type expectation struct {
	MustShare []struct {
		Type, Hash, Name, Value string
	} `json:"must_share"`
	MustNotAppear  []string `json:"must_not_appear"`
	Held           []string `json:"held_for_coordination"`
	DamageFacts    []string `json:"damage_facts"`
	ThirdParties   []string `json:"third_party_victims"`
	NotIndicators  []string `json:"must_not_be_indicator"`
	NothingToShare bool     `json:"nothing_to_share"`
}

// TestIncidents shares every sample incident with the community, as a new user would, and
// holds the result against what its expectation says. The last line sums up leaks, recall
// and what was shared without being asked for.
func TestIncidents(t *testing.T) {
	cases, err := filepath.Glob("../../testdata/incidents/*/expect.json")
	if err != nil || len(cases) == 0 {
		t.Fatalf("no incidents: %v", err)
	}
	var total tally
	for _, c := range cases {
		dir := filepath.Dir(c)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			total.add(judge(t, dir))
		})
	}
	t.Logf("%d incidents: %d leaks, %d of %d to be shared were (recall %.4f), %d values shared beyond those",
		len(cases), total.leaks, total.shared, total.wanted, float64(total.shared)/float64(max(total.wanted, 1)), total.extra)
	if float64(total.shared) < 0.98*float64(total.wanted) {
		t.Errorf("recall is under 0.98")
	}
}

type tally struct{ leaks, shared, wanted, extra int }

func (t *tally) add(o tally) {
	t.leaks, t.shared, t.wanted, t.extra = t.leaks+o.leaks, t.shared+o.shared, t.wanted+o.wanted, t.extra+o.extra
}

func judge(t *testing.T, dir string) tally {
	t.Helper()
	var want expectation
	decode(t, read(t, filepath.Join(dir, "expect.json")), &want)
	out := filepath.Join(t.TempDir(), "out.json")
	args := append([]string{"wakachi", "share"}, notes(t, dir)...)
	args = append(args, "--profile", filepath.Join(dir, "profile.yaml"), "--tlp", "amber", "--auto", "-o", out)
	var said bytes.Buffer
	code := app.Main(args, strings.NewReader(""), &bytes.Buffer{}, &said)
	if want.NothingToShare {
		if _, err := os.Stat(out); code != 3 || err == nil {
			t.Errorf("exit %d, want 3 and no file: %s", code, &said)
		}
		return tally{}
	}
	if code != 0 {
		t.Fatalf("exit %d: %s", code, &said)
	}
	var bundle struct{ Objects []map[string]any }
	body := read(t, out)
	decode(t, body, &bundle)
	return want.hold(t, body, bundle.Objects)
}

// hold compares a bundle with the expectation.
func (want expectation) hold(t *testing.T, body []byte, objects []map[string]any) tally {
	t.Helper()
	var sum tally
	texts := strings.ToLower(strings.Join(allStrings(objects), "\n"))
	for _, secret := range slices.Concat(want.MustNotAppear, want.Held, want.DamageFacts, want.ThirdParties) {
		if strings.Contains(texts, strings.ToLower(secret)) {
			t.Errorf("LEAK: %q is in what was shared", secret)
			sum.leaks++
		}
	}
	shared := sharedValues(objects)
	for _, no := range want.NotIndicators {
		for v := range shared {
			if strings.EqualFold(v, no) {
				t.Errorf("%q was shared as an indicator", no)
			}
		}
	}
	for _, m := range want.MustShare {
		sum.wanted++
		value := m.Value
		if value == "" {
			value = m.Name
		}
		if shared.has(value) || strings.Contains(string(body), jsonText(strings.ReplaceAll(value, `\`, `\\`))) ||
			strings.Contains(string(body), ": "+jsonText(value)+`"`) {
			sum.shared++
		} else {
			t.Logf("not shared: %s %q", m.Type, value)
		}
		delete(shared, value)
	}
	sum.extra = len(shared)
	return sum
}

type values map[string]bool

func (v values) has(s string) bool { return v[s] || v[strings.ToLower(s)] }

// sharedValues gathers the values of observables, the names of vulnerabilities and the
// ids of techniques.
func sharedValues(objects []map[string]any) values {
	out := values{}
	for _, o := range objects {
		switch o["type"] {
		case "identity", "marking-definition", "indicator", "grouping", "relationship", "infrastructure", "malware", "attack-pattern", "network-traffic":
			continue
		}
		for _, key := range []string{"value", "name", "subject", "key", "path"} {
			if s, ok := o[key].(string); ok {
				out[s] = true
			}
		}
		hashes, _ := o["hashes"].(map[string]any)
		for _, h := range hashes {
			out[h.(string)] = true
		}
	}
	return out
}

func allStrings(v any) []string {
	switch v := v.(type) {
	case string:
		if isID(v) {
			return nil // a random or hashed id may hold any three digits
		}
		return []string{v}
	case []any:
		var out []string
		for _, e := range v {
			out = append(out, allStrings(e)...)
		}
		return out
	case []map[string]any:
		var out []string
		for _, e := range v {
			out = append(out, allStrings(e)...)
		}
		return out
	case map[string]any:
		var out []string
		for k, e := range v {
			out = append(append(out, k), allStrings(e)...)
		}
		return out
	}
	return nil
}

func isID(s string) bool {
	kind, uuid, ok := strings.Cut(s, "--")
	return ok && len(uuid) == 36 && !strings.ContainsAny(kind, " /")
}

func notes(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		switch e.Name() {
		case "profile.yaml", "expect.json", "README.md":
		default:
			out = append(out, filepath.Join(dir, e.Name()))
		}
	}
	return out
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func decode(t *testing.T, data []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}

func jsonText(s string) string {
	b, _ := json.Marshal(s)
	return strings.Trim(string(b), `"`)
}
