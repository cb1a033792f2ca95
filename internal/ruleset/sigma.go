package ruleset

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"sync"
	"unicode"

	"github.com/wakachi/wakachi/internal/indicator"
)

// sigmaValues is how many values one rule holds: what it is converted to has limits of its
// own, and most stand for more than one comparison.
const sigmaValues = 1000

// A sigmaField says where a type of value shows in a sort of log, and how it is compared.
type sigmaField struct {
	sort   string // of log: becomes part of the file's name
	source string // "category=dns_query product=windows"
	event  string // "EventID=7045", or empty
	kind   string // type, or type/algorithm
	field  string
	how    string // see sigmaTests
}

var sigmaFields = sync.OnceValue(func() []sigmaField {
	var out []sigmaField
	for _, f := range rows("sigma.tsv", 6) {
		out = append(out, sigmaField{f[0], f[1], strings.Trim(f[2], "-"), f[3], f[4], f[5]})
	}
	return out
})

// A sigmaTest is one list in a selection: a field with a modifier, and values.
type sigmaTest struct {
	field  string // with its modifier: "query|endswith"
	values []string
}

// writeSigma makes rules for each sort of log, one file a rule.
func writeSigma(s *set) error {
	said := map[int]bool{}
	done := map[string]bool{}
	for _, f := range sigmaFields() {
		if done[f.sort] {
			continue
		}
		done[f.sort] = true
		s.sigmaSort(f, said)
	}
	for i := range s.entries {
		if e := &s.entries[i]; !said[i] {
			reason := NoField
			if e.value.Type == indicator.File || e.value.Type == indicator.Cert {
				reason = Algorithm
			}
			s.miss(e.value.Type, reason)
		} else if e.value.Type == indicator.URL && e.url.scheme == "https" {
			s.half(e.value.Type, Encrypted)
		}
	}
	return nil
}

// sigmaSort makes the rules for one sort of log.
func (s *set) sigmaSort(first sigmaField, said map[int]bool) {
	number, held := 1, 0
	var tests []sigmaTest
	flush := func() {
		if len(tests) > 0 {
			s.sigmaRule(first, number, tests)
		}
		number, held, tests = number+1, 0, nil
	}
	for _, f := range sigmaFields() {
		if f.sort != first.sort {
			continue
		}
		for i := range s.entries {
			e := &s.entries[i]
			if kindOf(e.value) != f.kind {
				continue
			}
			said[i] = true
			if held == sigmaValues {
				flush()
			}
			held++
			for _, t := range sigmaTests(f, e) {
				tests = addTest(tests, t)
			}
		}
	}
	flush()
}

func kindOf(v indicator.Value) string {
	if v.Hash != indicator.NoHash {
		return string(v.Type) + "/" + string(v.Hash)
	}
	return string(v.Type)
}

func addTest(tests []sigmaTest, t sigmaTest) []sigmaTest {
	for i := range tests {
		if tests[i].field == t.field {
			tests[i].values = append(tests[i].values, t.values...)
			return tests
		}
	}
	return append(tests, t)
}

// sigmaTests says a value in one field, by meaning. Sigma compares in any case, and whole
// fields unless a modifier says otherwise.
func sigmaTests(f sigmaField, e *entry) []sigmaTest {
	v := e.value.Value
	one := func(modifier string, values ...string) sigmaTest { return sigmaTest{f.field + modifier, values} }
	switch f.how {
	case "domain":
		below := one("|endswith", "."+e.name)
		if e.below {
			return []sigmaTest{below}
		}
		return []sigmaTest{one("", e.name), below}
	case "address":
		return []sigmaTest{one("", e.net.Addr().String())}
	case "cidr":
		return []sigmaTest{one("|cidr", e.net.String())}
	case "url":
		return sigmaURL(f, e)
	case "name": // at the end of a path, or alone
		return []sigmaTest{one("", v), one("|endswith", `\`+v, "/"+v)}
	case "key": // logs write hives in other ways
		_, key, _ := strings.Cut(v, `\`)
		return []sigmaTest{one("|endswith", `\`+key), one("|contains", `\`+key+`\`)}
	case "task":
		if strings.HasPrefix(v, `\`) {
			return []sigmaTest{one("", v)}
		}
		return []sigmaTest{one("", v), one("|endswith", `\`+v)}
	case "exact":
		return []sigmaTest{one("", v)}
	}
	return []sigmaTest{one("|contains", f.how+"="+v)} // SHA256=… among the digests of a process
}

func sigmaURL(f sigmaField, e *entry) []sigmaTest {
	port := ""
	if e.url.port != "" {
		port = ":" + e.url.port
	}
	url := e.url.scheme + "://" + e.url.host + port + e.url.path
	if !e.url.cut() {
		return []sigmaTest{{f.field + "|startswith", []string{url}}}
	}
	var more []string
	for i := range len(boundary) {
		more = append(more, url+boundary[i:i+1])
	}
	return []sigmaTest{{f.field, []string{url}}, {f.field + "|startswith", more}}
}

// sigmaRule writes one rule.
//
// Source: Sigma specification 2.0, rules.
func (s *set) sigmaRule(f sigmaField, number int, tests []sigmaTest) {
	var b strings.Builder
	b.Write(s.head("#"))
	title := fmt.Sprintf("Indicators of the set %s in %s logs, part %d", s.o.Name, f.sort, number)
	fmt.Fprintf(&b, "title: %s\nid: %s\nstatus: experimental\n", yamlString(title), ruleID(s.o.Name, f.sort, itoa(number)))
	fmt.Fprintf(&b, "description: %s\nauthor: wakachi\n", yamlString("Any of a list of shared indicators. Domains with the names below them, networks by their addresses."))
	if !s.o.At.IsZero() {
		fmt.Fprintf(&b, "date: %s\n", s.o.At.Format("2006-01-02"))
	}
	fmt.Fprintf(&b, "tags:\n  - tlp.%s\nlogsource:\n", labelMark(s.label))
	for _, pair := range strings.Fields(f.source) {
		k, v, _ := strings.Cut(pair, "=")
		fmt.Fprintf(&b, "  %s: %s\n", k, v)
	}
	b.WriteString("detection:\n")
	condition := "1 of selection_*"
	if k, v, ok := strings.Cut(f.event, "="); ok {
		fmt.Fprintf(&b, "  event:\n    %s: %s\n", k, v)
		condition = "event and " + condition
	}
	for i, t := range tests {
		fmt.Fprintf(&b, "  selection_%d:\n    %s:\n", i+1, t.field)
		for _, v := range t.values {
			fmt.Fprintf(&b, "      - %s\n", yamlString(sigmaEscape(t.field, v)))
		}
	}
	fmt.Fprintf(&b, "  condition: %s\nfalsepositives:\n  - Unknown\nlevel: high\n", condition)
	s.add(s.fileName("sigma", f.sort, itoa(number), "yml"), []byte(b.String()))
}

// sigmaEscape takes their meaning from wildcards. Networks are no patterns.
func sigmaEscape(field, v string) string {
	if strings.HasSuffix(field, "|cidr") {
		return v
	}
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`).Replace(v)
}

// yamlString quotes a scalar: in single quotes, where only they mean something, or in double
// ones if it has a character that YAML would take for the end of a line or refuse.
//
// SPEC: YAML 1.2.2 §5.1, §7.3.
func yamlString(s string) string {
	if !strings.ContainsFunc(s, yamlOdd) {
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case yamlOdd(r):
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

func yamlOdd(r rune) bool {
	return r != ' ' && !unicode.IsGraphic(r) || unicode.In(r, unicode.Zl, unicode.Zp)
}

// ruleID gives a UUID that is the same for the same words.
//
// SPEC: RFC 9562 §5.8.
func ruleID(words ...string) string {
	sum := sha256.Sum256([]byte("wakachi ruleset\x00" + strings.Join(words, "\x00")))
	sum[6] = sum[6]&0x0f | 0x80
	sum[8] = sum[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}
