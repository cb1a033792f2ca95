package ruleset_test

import (
	"bytes"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/goccy/go-yaml"

	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/ruleset"
	"github.com/wakachi/wakachi/internal/tlp"
)

// The oracle for quoting: for each target a small reader of its own, written from the
// engine's description and not from the writer. A value must come out of it as it went in,
// and nothing else may.

type oracle func(t testing.TB, it ruleset.Item, out ruleset.Output)

var oracles = map[ruleset.Target]oracle{
	ruleset.Suricata: suricataOracle, ruleset.Zeek: zeekOracle, ruleset.RPZ: rpzOracle, ruleset.Sigma: sigmaOracle, ruleset.YARA: yaraOracle,
	ruleset.DuckDB: duckOracle, ruleset.ClickHouse: houseOracle, ruleset.Splunk: splunkOracle, ruleset.Elastic: elasticOracle,
}

// checkQuoting writes one item for every target and reads it back.
func checkQuoting(t testing.TB, it ruleset.Item) {
	t.Helper()
	for _, target := range ruleset.Targets() {
		out, err := ruleset.Write(target, []ruleset.Item{it}, ruleset.Options{At: at})
		if err != nil {
			t.Fatalf("%s: %v", target, err)
		}
		for _, f := range out.Files {
			if !utf8.Valid(f.Bytes) || bytes.ContainsFunc(f.Bytes, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r == 0x7f }) {
				t.Errorf("%s: %s holds control characters:\n%q", target, f.Name, f.Bytes)
			}
		}
		oracles[target](t, it, out)
	}
}

// bodies gives the lines of a file that are no comments.
func bodies(text, comment string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSuffix(line, "\n"); line != "" && !strings.HasPrefix(line, comment) {
			out = append(out, line)
		}
	}
	return out
}

// suricataOracle cuts rules as SigParseOptions does: at each semicolon that no backslash
// precedes.
func suricataOracle(t testing.TB, it ruleset.Item, out ruleset.Output) {
	known := strings.Fields("msg dns.query tls.sni http.host http.uri http.uri.raw http.user_agent file.name ja3.hash ja3s.hash tls.cert_fingerprint dotprefix content nocase startswith endswith pcre flow threshold filemd5 filesha1 filesha256 classtype metadata sid rev")
	for _, rule := range bodies(file(t, out, ".rules"), "#") {
		_, options, ok := strings.Cut(rule, " (")
		options, closed := strings.CutSuffix(options, ";)")
		if !ok || !closed || !strings.HasPrefix(rule, "alert ") || strings.ContainsRune(options, '\\') && !strings.Contains(options, `pcre:"/^(?:[\/?&\x3b\x23]|$)/R"`) {
			t.Fatalf("not a rule: %s", rule)
		}
		var found []string
		for _, o := range strings.Split(options, "; ") {
			name, arg, _ := strings.Cut(o, ":")
			if !slices.Contains(known, name) || strings.Contains(o, ";") {
				t.Errorf("option %q in %s", o, rule)
			}
			if name == "content" {
				found = append(found, suricataContent(t, arg))
			}
			if strings.Count(arg, `"`)%2 != 0 || strings.Contains(strings.Trim(arg, `"`), `"`) {
				t.Errorf("quotes in %q", o)
			}
		}
		text := it.Value.Value
		switch it.Value.Type {
		case indicator.Domain:
			text = "." + strings.TrimPrefix(text, "*.")
		case indicator.UserAgent, indicator.JA3, indicator.JA3S:
		case indicator.File:
			if it.Value.Hash != "" {
				continue
			}
		default:
			continue
		}
		if !slices.Contains(found, text) {
			t.Errorf("%q is not in %q of %s", text, found, rule)
		}
	}
}

// suricataContent reads a content as DetectContentDataParse does.
func suricataContent(t testing.TB, arg string) string {
	text := strings.TrimSuffix(strings.TrimPrefix(arg, `"`), `"`)
	var out strings.Builder
	for i, part := range strings.Split(text, "|") {
		if i%2 == 0 {
			out.WriteString(part)
			continue
		}
		b, err := hex.DecodeString(strings.ReplaceAll(part, " ", ""))
		if err != nil {
			t.Errorf("content %q: %v", arg, err)
		}
		out.Write(b)
	}
	if strings.Count(text, "|")%2 != 0 {
		t.Errorf("content %q is left open", arg)
	}
	return out.String()
}

func zeekOracle(t testing.TB, it ruleset.Item, out ruleset.Output) {
	rows := bodies(file(t, out, ".intel"), "#")
	if len(rows) > 1 {
		t.Fatalf("%d rows from one item: %q", len(rows), rows)
	}
	for _, row := range rows {
		f := strings.Split(row, "\t")
		if len(f) != 5 || !strings.HasPrefix(f[1], "Intel::") || f[2] != "wakachi/wakachi" || f[0] == "-" || f[0] == "(empty)" {
			t.Errorf("not a row: %q", row)
			continue
		}
		text := unescapeZeek(f[0])
		if !strings.HasSuffix(it.Value.Value, text) && it.Value.Type != indicator.URL && it.Value.Type != indicator.IPv6 && it.Value.Type != indicator.CIDR6 {
			t.Errorf("%q became %q", it.Value.Value, text)
		}
	}
}

func unescapeZeek(s string) string {
	for {
		i := strings.Index(s, `\x`)
		if i < 0 {
			return s
		}
		n, err := strconv.ParseUint(s[i+2:i+4], 16, 8)
		if err != nil {
			return s
		}
		if n == '\\' { // once only
			return s[:i] + `\` + unescapeZeek(s[i+4:])
		}
		s = s[:i] + string(rune(n)) + s[i+4:]
	}
}

func rpzOracle(t testing.TB, _ ruleset.Item, out ruleset.Output) {
	for _, line := range bodies(file(t, out, ".zone"), ";")[4:] {
		owner, ok := strings.CutSuffix(line, " IN CNAME .")
		if !ok || strings.Trim(owner, "abcdefghijklmnopqrstuvwxyz0123456789-_.*") != "" || len(owner) > 253 {
			t.Errorf("not a trigger: %q", line)
		}
	}
}

func sigmaOracle(t testing.TB, it ruleset.Item, out ruleset.Output) {
	for _, f := range out.Files {
		var rule struct {
			Title     string
			ID        string `yaml:"id"`
			Logsource map[string]string
			Detection map[string]any
		}
		if err := yaml.Unmarshal(f.Bytes, &rule); err != nil || rule.Title == "" || len(rule.ID) != 36 || len(rule.Logsource) == 0 {
			t.Errorf("%s: %v\n%s", f.Name, err, f.Bytes)
			continue
		}
		for name, sel := range rule.Detection {
			fields, ok := sel.(map[string]any)
			if name == "condition" || name == "event" {
				continue
			}
			if !ok || len(fields) != 1 || !strings.HasPrefix(name, "selection_") {
				t.Errorf("%s: %s is %v", f.Name, name, sel)
				continue
			}
			for field, values := range fields {
				for _, v := range values.([]any) {
					sigmaValue(t, it, field, v.(string))
				}
			}
		}
	}
}

// sigmaValue reads a value as Sigma does: a backslash takes its meaning from a wildcard or a
// backslash after it. No wildcard may be left.
func sigmaValue(t testing.TB, it ruleset.Item, field, v string) {
	var out strings.Builder
	for i := 0; i < len(v); i++ {
		if v[i] == '\\' && i+1 < len(v) && strings.IndexByte(`\*?`, v[i+1]) >= 0 {
			i++
		} else if v[i] == '*' || v[i] == '?' {
			t.Errorf("%s: a wildcard in %q", field, v)
		}
		out.WriteByte(v[i])
	}
	want := strings.TrimPrefix(it.Value.Value, "*.")
	switch it.Value.Type {
	case indicator.URL, indicator.IPv6, indicator.CIDR6:
		return
	case indicator.Registry:
		_, want, _ = strings.Cut(want, `\`)
	}
	if !strings.Contains(out.String(), want) {
		t.Errorf("%s: %q is not in %q", field, want, out.String())
	}
}

// yaraOracle takes strings and comments out of the rules and looks at what is left.
func yaraOracle(t testing.TB, it ruleset.Item, out ruleset.Output) {
	text := file(t, out, ".yar")
	var left strings.Builder
	var found []string
	for i := 0; i < len(text); i++ {
		switch {
		case strings.HasPrefix(text[i:], "//"):
			i += strings.IndexByte(text[i:], '\n')
		case text[i] == '"':
			var s strings.Builder
			for i++; i < len(text) && text[i] != '"' && text[i] != '\n'; i++ {
				if text[i] == '\\' {
					i++
					if text[i] == 'x' {
						n, _ := strconv.ParseUint(text[i+1:i+3], 16, 8)
						s.WriteByte(byte(n))
						i += 2
						continue
					}
				}
				s.WriteByte(text[i])
			}
			if i == len(text) || text[i] != '"' {
				t.Fatalf("a string is left open in\n%s", text)
			}
			found = append(found, s.String())
			left.WriteString("S")
		default:
			left.WriteByte(text[i])
		}
	}
	rest := left.String()
	rules := strings.Count(rest, "rule ")
	if rules > 1 || strings.Count(rest, "condition:") != rules || strings.Contains(rest, "/*") || strings.Count(rest, "{") != strings.Count(rest, "}") {
		t.Fatalf("what is left is not one rule:\n%s", rest)
	}
	want := it.Value.Value
	if it.Value.Type == indicator.Registry {
		_, want, _ = strings.Cut(want, `\`)
	}
	if rules == 1 && !slices.Contains(found, want) {
		bytes16 := utf16.Encode([]rune(want))
		if first := hexWords(bytes16); !strings.Contains(rest, first) {
			t.Errorf("%q is neither among %q nor in hex", want, found)
		}
	}
}

func hexWords(u []uint16) string {
	var out []string
	for _, w := range u {
		out = append(out, hex.EncodeToString([]byte{byte(w), byte(w >> 8)}))
	}
	joined := strings.Join(out, "")
	var b strings.Builder
	for i := 0; i < len(joined); i += 2 {
		b.WriteString(" " + joined[i:i+2])
	}
	return b.String()
}

var emptySets sync.Map

// emptySet is what is written for no items.
func emptySet(t testing.TB, target ruleset.Target) ruleset.Output {
	if out, ok := emptySets.Load(target); ok {
		return out.(ruleset.Output)
	}
	out := write(t, target, ruleset.Options{At: at})
	emptySets.Store(target, out)
	return out
}

// sameQueries: values are in tables alone. The text of the queries is the same for any item.
func sameQueries(t testing.TB, target ruleset.Target, out ruleset.Output, suffix, comment string) {
	empty := emptySet(t, target)
	if a, b := bodies(file(t, out, suffix), comment), bodies(file(t, empty, suffix), comment); !slices.Equal(a, b) {
		t.Errorf("%s: %s depends on the items", target, suffix)
	}
}

func duckOracle(t testing.TB, it ruleset.Item, out ruleset.Output) {
	sameQueriesButFile(t, ruleset.DuckDB, out)
	r := csv.NewReader(strings.NewReader(file(t, out, ".csv")))
	r.Comment = '#'
	rows, err := r.ReadAll()
	if err != nil || len(rows) > 2 || len(rows[0]) != 15 {
		t.Fatalf("%v: %q", err, rows)
	}
	if len(rows) == 2 && (rows[1][0] != string(it.Value.Type) || rows[1][2] != it.Value.Value) {
		t.Errorf("%q came back as %q", it.Value.Value, rows[1])
	}
}

// sameQueriesButFile: the name of the table's file has the label.
func sameQueriesButFile(t testing.TB, target ruleset.Target, out ruleset.Output) {
	empty := emptySet(t, target)
	a := strings.ReplaceAll(strings.Join(bodies(file(t, out, ".sql"), "--"), "\n"), ".amber.", ".none.")
	if b := strings.Join(bodies(file(t, empty, ".sql"), "--"), "\n"); a != b {
		t.Errorf("%s: queries depend on the items", target)
	}
}

func houseOracle(t testing.TB, it ruleset.Item, out ruleset.Output) {
	sameQueries(t, ruleset.ClickHouse, out, ".queries.sql", "--")
	sameQueries(t, ruleset.ClickHouse, out, ".clickhouse.sql", "--")
	rows := strings.Split(strings.TrimSuffix(file(t, out, ".tsv"), "\n"), "\n")
	if len(rows) > 2 {
		t.Fatalf("%d rows", len(rows))
	}
	for _, row := range rows[1:] {
		cells := strings.Split(row, "\t")
		if len(cells) != 15 {
			t.Fatalf("%d cells in %q", len(cells), row)
		}
		if got := strings.NewReplacer(`\\`, `\`, `\t`, "\t", `\n`, "\n").Replace(cells[2]); got != it.Value.Value {
			t.Errorf("%q came back as %q", it.Value.Value, got)
		}
	}
}

func splunkOracle(t testing.TB, it ruleset.Item, out ruleset.Output) {
	sameQueries(t, ruleset.Splunk, out, "savedsearches.conf", "#")
	n := 0
	for _, name := range []string{"texts.csv", "networks.csv"} {
		rows, err := csv.NewReader(strings.NewReader(file(t, out, name))).ReadAll()
		if err != nil || len(rows[0]) != 10 {
			t.Fatalf("%s: %v", name, err)
		}
		for _, row := range rows[1:] {
			if n++; row[2] != it.Value.Value {
				t.Errorf("%q came back as %q", it.Value.Value, row)
			}
		}
	}
	if n > 1 {
		t.Errorf("%d rows from one item", n)
	}
}

func elasticOracle(t testing.TB, it ruleset.Item, out ruleset.Output) {
	for _, f := range out.Files {
		lines := bytes.Split(bytes.TrimSpace(f.Bytes), []byte("\n"))
		if len(lines) > 1 && (!strings.HasSuffix(f.Name, ".ndjson") || len(lines) != 2) {
			t.Errorf("%s has %d lines", f.Name, len(lines))
		}
		for i, line := range lines {
			var doc struct {
				Threat struct{ Indicator struct{ Name string } }
				Query  map[string]any
			}
			if len(line) > 0 && json.Unmarshal(line, &doc) != nil {
				t.Errorf("%s: %s", f.Name, line)
			}
			if i == 1 && doc.Threat.Indicator.Name != it.Value.Value {
				t.Errorf("%q came back as %q", it.Value.Value, doc.Threat.Indicator.Name)
			}
		}
	}
}

// hostile are texts that mean something to one language or another.
var hostile = []string{
	`"`, `'`, `\`, `;`, `"; drop table x; --`, `' or '1'='1`, `";) alert ip any any -> any any (msg:"x`, `|41|`, `|`, `*`, `?`, `%`, `$x`, `$(id)`, "`id`", `{x}`, `} rule y { condition: true }`,
	`/* x */`, `// x`, `# x`, `-- x`, `!tag`, `&a`, `: b`, `- c`, `[d]`, `%YAML`, `"""`, `'''`, `\x41`, `\u0041`, `\"`, `\'`, `x\`, `(empty)`, `-`, `=cmd|'/c calc'!A0`, `@x`, `[search index=*]`,
	`<script>`, "\u2028", "\u2029", "\u0085", "\ufeff", "\u202e", "a\nb", "a\rb", "a\tb", "a\x00b", "日本", "𠮷", "\ufffe", "e\u0301", "\U000e0001", "x y", " x", "x ", "a,b", "~", "null", "yes", "0x10", "1e3", "<<",
}

// TestQuoting tries each hostile text alone and around a value, in every type and in the note.
func TestQuoting(t *testing.T) {
	n := 0
	for _, typ := range indicator.Types() {
		for _, h := range hostile {
			for _, text := range []string{h, "abcdef" + h, h + "abcdef", "http://evil.example/" + h, "a" + h + "@evil.example", `C:\x\` + h + `.exe`, `HKLM\SOFTWARE\` + h, h + ".evil.example"} {
				v, err := indicator.Parse(typ, text)
				if err != nil {
					continue
				}
				n++
				checkQuoting(t, ruleset.Item{Value: v, TLP: tlp.Amber, Note: h + text, Ref: h})
			}
		}
	}
	if n < 1000 {
		t.Errorf("only %d values were tried", n)
	}
}

// TestHandmade: a value that nobody normalised is refused whatever its type claims.
func TestHandmade(t *testing.T) {
	for _, typ := range indicator.Types() {
		for _, h := range []string{"a\nb", "a\x00b", "a\rb", "\u202e", "\xff", ""} {
			it := ruleset.Item{Value: indicator.Value{Type: typ, Value: h}, TLP: tlp.Amber, Note: h}
			for _, target := range ruleset.Targets() {
				out := write(t, target, ruleset.Options{}, it)
				if len(out.Unsaid) != 1 || out.Unsaid[0].Reason != ruleset.NotAValue {
					t.Errorf("%s: %s %q: %v", target, typ, h, out.Unsaid)
				}
			}
		}
	}
}

func FuzzWrite(f *testing.F) {
	for i, h := range hostile {
		f.Add(uint8(i), h, h)
	}
	f.Add(uint8(4), "evil.example", "note")
	f.Add(uint8(5), "http://evil.example/a;b|c%22'$*?#x", "\"\\;")
	f.Fuzz(func(t *testing.T, kind uint8, text, note string) {
		types := indicator.Types()
		v, err := indicator.Parse(types[int(kind)%len(types)], text)
		if err != nil {
			return
		}
		checkQuoting(t, ruleset.Item{Value: v, TLP: tlp.Amber, Note: note, Ref: note, Port: 443})
	})
}
