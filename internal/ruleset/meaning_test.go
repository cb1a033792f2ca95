package ruleset_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/ruleset"
)

// What the rules find, as far as it can be reckoned without the engine: the operators used
// are few. tools/judge-rules asks the engines themselves.

// names are queries; those that are true must be found by a set of evil.example,
// *.wild.example and deep.under.fine.example.
var names = map[string]bool{
	"evil.example": true, "EVIL.Example": true, "a.evil.example": true, "a.b.evil.example": true,
	"notevil.example": false, "evil.example.jp": false, "evil.example.com.example": false, "evil-example": false, "example": false, "xevil.example": false,
	"x.wild.example": true, "x.y.wild.example": true, "wild.example": false, "xwild.example": false,
	"deep.under.fine.example": true, "x.deep.under.fine.example": true, "under.fine.example": false, "fine.example": false, "xdeep.under.fine.example": false,
}

func TestNamesFound(t *testing.T) {
	items := []ruleset.Item{item(t, indicator.Domain, "evil.example"), item(t, indicator.Domain, "*.wild.example"), item(t, indicator.Domain, "deep.under.fine.example")}
	finders := map[string]func(string) bool{
		"suricata": suricataNames(t, write(t, ruleset.Suricata, ruleset.Options{}, items...)),
		"sigma":    sigmaNames(t, write(t, ruleset.Sigma, ruleset.Options{}, items...)),
		"rpz":      rpzNames(t, write(t, ruleset.RPZ, ruleset.Options{}, items...)),
		"elastic":  elasticNames(t, write(t, ruleset.Elastic, ruleset.Options{}, items...)),
	}
	for engine, finds := range finders {
		for name, want := range names {
			if finds(name) != want {
				t.Errorf("%s: %s: found %v, want %v", engine, name, !want, want)
			}
		}
	}
}

func suricataNames(t *testing.T, out ruleset.Output) func(string) bool {
	type rule struct {
		dot  bool
		text string
	}
	var rules []rule
	for _, line := range bodies(file(t, out, ".rules"), "#") {
		if !strings.Contains(line, "dns.query;") {
			continue
		}
		_, arg, _ := strings.Cut(line, "content:")
		arg, rest, _ := strings.Cut(arg, ";")
		if !strings.HasPrefix(rest, " nocase; endswith;") {
			t.Errorf("not anchored: %s", line)
		}
		rules = append(rules, rule{strings.Contains(line, "dotprefix; content"), suricataContent(t, arg)})
	}
	return func(name string) bool {
		for _, r := range rules {
			buffer := strings.ToLower(name)
			if r.dot {
				buffer = "." + buffer
			}
			if strings.HasSuffix(buffer, r.text) {
				return true
			}
		}
		return false
	}
}

func sigmaNames(t *testing.T, out ruleset.Output) func(string) bool {
	var rule struct{ Detection map[string]any }
	if err := yaml.Unmarshal([]byte(file(t, out, ".dns.1.yml")), &rule); err != nil {
		t.Fatal(err)
	}
	return func(name string) bool {
		name = strings.ToLower(name)
		for _, sel := range rule.Detection {
			fields, _ := sel.(map[string]any)
			for field, values := range fields {
				for _, v := range values.([]any) {
					if v == name || field == "query|endswith" && strings.HasSuffix(name, v.(string)) {
						return true
					}
				}
			}
		}
		return false
	}
}

func rpzNames(t *testing.T, out ruleset.Output) func(string) bool {
	triggers := map[string]bool{}
	for _, line := range bodies(file(t, out, ".zone"), ";")[4:] {
		owner, _, _ := strings.Cut(line, " ")
		triggers[owner] = true
	}
	return func(name string) bool {
		name = strings.ToLower(name)
		if triggers[name] {
			return true
		}
		for {
			_, above, ok := strings.Cut(name, ".")
			if !ok {
				return false
			}
			if triggers["*."+above] {
				return true
			}
			name = above
		}
	}
}

func elasticNames(t *testing.T, out ruleset.Output) func(string) bool {
	var q struct {
		Query struct {
			Bool struct {
				Filter []struct {
					Bool struct {
						Should []map[string]map[string]struct {
							Value string `json:"value"`
							Fold  bool   `json:"case_insensitive"`
						}
					}
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(file(t, out, ".1.dns.question.name.1.json")), &q); err != nil {
		t.Fatal(err)
	}
	return func(name string) bool {
		name = strings.ToLower(name)
		for _, clause := range q.Query.Bool.Filter[0].Bool.Should {
			for kind, fields := range clause {
				for _, test := range fields {
					if !test.Fold || kind == "term" && test.Value == name || kind == "wildcard" && strings.HasSuffix(name, strings.TrimPrefix(test.Value, "*")) {
						return true
					}
				}
			}
		}
		return false
	}
}

// TestBelowLimits: long lists are cut so that no query and no rule is longer than its engine
// takes.
func TestBelowLimits(t *testing.T) {
	var items []ruleset.Item
	for i := range 2500 {
		name := strings.Repeat(string(rune('a'+i%26)), 1+i/26%40) + string(rune('a'+i/1040)) + "x"
		items = append(items, item(t, indicator.Domain, name+".example"), item(t, indicator.Mutex, "mutex-"+name))
	}
	for _, f := range write(t, ruleset.Elastic, ruleset.Options{}, items...).Files {
		if n := strings.Count(string(f.Bytes), `{"term":`) + strings.Count(string(f.Bytes), `{"wildcard":`); n > 1000 {
			t.Errorf("%s has %d clauses", f.Name, n)
		}
	}
	for _, rule := range strings.Split(file(t, write(t, ruleset.YARA, ruleset.Options{}, items...), ".yar"), "\nrule ")[1:] {
		if n := strings.Count(rule, " ascii wide"); n > 1000 {
			t.Errorf("%d strings in a rule", n)
		}
	}
	n := 0
	for _, f := range write(t, ruleset.Sigma, ruleset.Options{}, items...).Files {
		if strings.Contains(f.Name, ".dns.") {
			n++
		}
		if m := strings.Count(string(f.Bytes), "      - '"); m > 2000 {
			t.Errorf("%s has %d values", f.Name, m)
		}
	}
	if n != 3 {
		t.Errorf("%d files of DNS rules", n)
	}
}

// TestTooLong: what is longer than an engine takes is counted there, and written elsewhere.
func TestTooLong(t *testing.T) {
	long := item(t, indicator.Domain, strings.TrimSuffix(strings.Repeat(strings.Repeat("a", 49)+".", 5), ".")[:245]+".example"[:8])
	url := item(t, indicator.URL, "http://evil.example/"+strings.Repeat("%41;", 1000))
	if out := write(t, ruleset.RPZ, ruleset.Options{}, long); len(out.Unsaid) != 1 || out.Unsaid[0].Reason != ruleset.TooLong {
		t.Errorf("%+v", out.Unsaid)
	}
	out := write(t, ruleset.Suricata, ruleset.Options{}, url)
	if len(out.Unsaid) != 1 || out.Unsaid[0].Reason != ruleset.TooLong || len(bodies(file(t, out, ".rules"), "#")) != 0 {
		t.Errorf("%+v", out.Unsaid)
	}
}

// TestIdentifiers: names of tables and columns come from outside too.
func TestIdentifiers(t *testing.T) {
	odd := ruleset.Options{Table: "x\"`\\ y", Places: []ruleset.Place{{Field: ruleset.Names, Table: "logs.t\"`\\'; --", Column: "a.b\"`\\'", Time: "t\"`\\"}}}
	it := item(t, indicator.Domain, "evil.example")
	duck := file(t, write(t, ruleset.DuckDB, odd, it), ".sql")
	for _, want := range []string{"\"x\"\"`\\ y\"", "FROM \"logs\".\"t\"\"`\\'; --\" ", "CAST(\"a.b\"\"`\\'\" AS VARCHAR)", "l.\"t\"\"`\\\""} {
		if !strings.Contains(duck, want) {
			t.Errorf("no %s in\n%s", want, duck)
		}
	}
	house := file(t, write(t, ruleset.ClickHouse, odd, it), ".clickhouse.sql")
	for _, want := range []string{"`x\"\\`\\\\ y`", "FROM `logs`.`t\"\\`\\\\'; --`", "toString(`a.b\"\\`\\\\'`)"} {
		if !strings.Contains(house, want) {
			t.Errorf("no %s in\n%s", want, house)
		}
	}
	for _, target := range []ruleset.Target{ruleset.Splunk, ruleset.Elastic} {
		if _, err := ruleset.Write(target, nil, odd); err == nil {
			t.Errorf("%s takes names that cannot be quoted", target)
		}
	}
	for _, bad := range []string{"a\nb", "a\x00", " a", "\u202e", strings.Repeat("x", 200)} {
		if _, err := ruleset.Write(ruleset.DuckDB, nil, ruleset.Options{Places: []ruleset.Place{{Field: ruleset.Names, Table: bad, Column: "c"}}}); err == nil {
			t.Errorf("the table %q is taken", bad)
		}
	}
}
