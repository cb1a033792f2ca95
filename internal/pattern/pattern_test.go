package pattern_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/wakachi/wakachi/internal/pattern"
)

// The tests carry the ids of the requirement checklist for STIX 2.1, G for patterns.

// show writes a tree with every part in parentheses, so that precedence can be seen.
func show(o pattern.Observation) string {
	out := "[" + test(o.Test) + "]"
	if o.Joint != pattern.Single {
		var parts []string
		for _, p := range o.Parts {
			parts = append(parts, show(p))
		}
		out = "(" + strings.Join(parts, map[pattern.Joint]string{pattern.And: " & ", pattern.Or: " | ", pattern.FollowedBy: " > "}[o.Joint]) + ")"
	}
	for _, q := range o.Qualifiers {
		switch q.Kind {
		case pattern.Within:
			out += fmt.Sprintf("w%g", q.Number)
		case pattern.Repeats:
			out += fmt.Sprintf("r%g", q.Number)
		case pattern.StartStop:
			out += "s" + q.From + "-" + q.To
		}
	}
	return out
}

func test(c pattern.Comparison) string {
	if c.Joint != pattern.Single {
		var parts []string
		for _, p := range c.Parts {
			parts = append(parts, test(p))
		}
		return "(" + strings.Join(parts, map[pattern.Joint]string{pattern.And: " & ", pattern.Or: " | "}[c.Joint]) + ")"
	}
	ops := []string{"", "=", "!=", "<", "<=", ">", ">=", "in", "like", "matches", "subset", "superset", "exists"}
	out := c.Path.String() + " " + ops[c.Operator]
	if c.Not {
		out = "!" + out
	}
	for _, v := range c.Values {
		out += fmt.Sprintf(" %d:%s", v.Kind, v.Text)
	}
	return out
}

func reads(t *testing.T, cases map[string]string) {
	t.Helper()
	for text, want := range cases {
		p, err := pattern.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if got := show(p.Root); got != want {
			t.Errorf("%s\n  is %s\nwant %s", text, got, want)
		}
	}
}

func refuses(t *testing.T, code pattern.Code, texts ...string) {
	t.Helper()
	for _, text := range texts {
		p, err := pattern.Parse(text)
		e, ok := errors.AsType[*pattern.Error](err)
		if !ok || e.Code != code || e.Offset < 0 || e.Offset > len(text) {
			t.Errorf("%.200s: %v, want %s; %+v", text, err, code, p.Root)
		}
	}
}

func TestG1_Precedence(t *testing.T) {
	reads(t, map[string]string{
		"[a1:b=1] OR [a1:b=2] AND [a1:b=3] FOLLOWEDBY [a1:b=4] OR [a1:b=5]": "(([a1:b = 2:1] | ([a1:b = 2:2] & [a1:b = 2:3])) > ([a1:b = 2:4] | [a1:b = 2:5]))",
		"([a1:b=1] OR [a1:b=2]) AND [a1:b=3]":                               "(([a1:b = 2:1] | [a1:b = 2:2]) & [a1:b = 2:3])",
		"[a1:b=1 OR a1:b=2 AND a1:b=3]":                                     "[(a1:b = 2:1 | (a1:b = 2:2 & a1:b = 2:3))]",
		"[(a1:b=1 OR a1:b=2) AND a1:b=3]":                                   "[((a1:b = 2:1 | a1:b = 2:2) & a1:b = 2:3)]",
		"[a1:b=1] AND [a1:b=2] WITHIN 5 SECONDS REPEATS 2 TIMES":            "([a1:b = 2:1] & [a1:b = 2:2]w5r2)",
		"([a1:b=1] AND [a1:b=2]) WITHIN 5.5 SECONDS":                        "([a1:b = 2:1] & [a1:b = 2:2])w5.5",
		"([a1:b=1] REPEATS 2 TIMES) REPEATS 3 TIMES":                        "[a1:b = 2:1]r2r3",
		"([a1:b=1])": "[a1:b = 2:1]", "(([a1:b=1]) OR ([a1:b=2]))": "([a1:b = 2:1] | [a1:b = 2:2])",
	})
	refuses(t, pattern.TwiceQualified, "[a1:b=1] WITHIN 5 SECONDS WITHIN 6 SECONDS", "[a1:b=1] REPEATS 5 TIMES WITHIN 1 SECONDS REPEATS 5 TIMES")
}

func TestG2_KeywordsAndOperators(t *testing.T) {
	reads(t, map[string]string{
		"[a1:b=1]": "[a1:b = 2:1]", "[a1:b==1]": "[a1:b = 2:1]", "[a1:b!=1]": "[a1:b != 2:1]", "[a1:b<>1]": "[a1:b != 2:1]", "[a1:b<1]": "[a1:b < 2:1]",
		"[a1:b<=1]": "[a1:b <= 2:1]", "[a1:b>1]": "[a1:b > 2:1]", "[a1:b>=1]": "[a1:b >= 2:1]", "[a1:b NOT = 1]": "[!a1:b = 2:1]", "[a1:b IN (1,'x',true)]": "[a1:b in 2:1 1:x 4:true]",
		"[a1:b NOT IN (1)]": "[!a1:b in 2:1]", "[a1:b LIKE 'x%']": "[a1:b like 1:x%]", "[a1:b NOT MATCHES '.*']": "[!a1:b matches 1:.*]",
		"[a1:b ISSUBSET '10.0.0.0/8']": "[a1:b subset 1:10.0.0.0/8]", "[a1:b ISSUPERSET '10.0.0.0/8']": "[a1:b superset 1:10.0.0.0/8]",
		"[EXISTS a1:b]": "[a1:b exists]", "[NOT EXISTS a1:b]": "[!a1:b exists]", "[a1:b = true]": "[a1:b = 4:true]",
	})
	refuses(t, pattern.Unexpected, "[a1:b=1] and [a1:b=1]", "[a1:b in (1)]", "[a1:b = TRUE]", "[a1:b = x]", "[NOT a1:b = 1]", "[a1:b NOT NOT = 1]", "[a1:b > true]",
		"[a1:b LIKE 1]", "[a1:b MATCHES t'2020-01-01T00:00:00Z']", "[a1:b]", "[a1:b = ]", "[a1:b EXISTS]", "[a1:b = 1 = 1]", "[AND:b = 1]", "[a1:b IN (1,)]", "[a1:b IN 1]", "[a1:b = LAST]")
}

func TestG3_Literals(t *testing.T) {
	reads(t, map[string]string{
		`[a1:b='it\'s \\ x']`: `[a1:b = 1:it's \ x]`, "[a1:b='']": "[a1:b = 1:]", "[a1:b=+5]": "[a1:b = 2:5]", "[a1:b=-0]": "[a1:b = 2:-0]", "[a1:b=.5]": "[a1:b = 3:.5]", "[a1:b=-1.50]": "[a1:b = 3:-1.50]",
		"[a1:b=b'YQ==']": "[a1:b = 6:a]", "[a1:b=h'6162']": "[a1:b = 7:ab]", "[a1:b=h'']": "[a1:b = 7:]",
		"[a1:b=t'2016-12-31T23:59:60.5Z']": "[a1:b = 5:2016-12-31T23:59:60.5Z]", "[a1:b IN ()]": "[a1:b in]", "[a1:b='日本\u2028\n']": "[a1:b = 1:日本\u2028\n]",
	})
	refuses(t, pattern.BadLiteral, `[a1:b='\n']`, `[a1:b='x]`, `[a1:b='x\`, `[a1:b=b'']`, `[a1:b=b'YQ=']`, `[a1:b=b'Y Q=']`, "[a1:b=b'YQ=\n=']", `[a1:b=h'abc']`, `[a1:b=h'xy']`,
		`[a1:b=t'2016-13-01T00:00:00Z']`, `[a1:b=t'2016-01-01T24:00:00Z']`, `[a1:b=t'2016-01-01T00:00:61Z']`, `[a1:b=t'2016-01-01T00:00:00']`, `[a1:b=t'']`, `[a1:b=t'2016-01-01T00:00:00.Z']`, `[a1:b=t'`)
	refuses(t, pattern.Unexpected, "[a1:b=007]", "[a1:b=1.]", "[a1:b=1e5]", "[a1:b='a' 'b']")
	refuses(t, pattern.BadCharacter, "[a1:b=- 5]", "[a1:b='a' ; 'b']", "[a1:b=\"x\"]", "[a1:b='x\xff']")
}

func TestG4_Paths(t *testing.T) {
	reads(t, map[string]string{
		"[x-own-type:b='1']": "[x-own-type:b = 1:1]", "[file:hashes.'SHA-1'!='" + strings.Repeat("a", 40) + "']": "[file:hashes.'SHA-1' != 1:" + strings.Repeat("a", 40) + "]",
		"[a1:'b'.c[*].d[12]=1]": "[a1:b.c[*].d[12] = 2:1]", "[a1:b_ref.'x y'=1]": "[a1:b_ref.'x y' = 2:1]", `[a1:'it\'s'.'AND'=1]`: `[a1:'it\'s'.'AND' = 2:1]`,
	})
	refuses(t, pattern.Unexpected, "[file:hashes.SHA-1='x']", "[a1.b=1]", "[a1:b[c]=1]", "[a1:b[]=1]", "[a1:[0]=1]", "[a1:b..c=1]", "[a1:=1]", "['a1':b=1]", "[a1:''=1]", "[a1:b-c=1]")
	refuses(t, pattern.BadIndex, "[a1:b[-1]=1]", "[a1:b[99999999999999999999]=1]")
	refuses(t, pattern.BadHash, "[file:hashes.'SHA-256' = 'f00']", "[file:hashes.MD5 IN ('x')]", "[x509-certificate:hashes.'SHA-1' != '"+strings.Repeat("g", 40)+"']")
}

func TestG5_WhiteSpaceCommentsAndDepth(t *testing.T) {
	reads(t, map[string]string{
		"\u00a0[\u3000a1:b\u2028=\u0085 1\u205f]\u1680": "[a1:b = 2:1]", "/* a */[a1:b/**/=1]// end": "[a1:b = 2:1]", "[a1:b=1]//x\nOR//y\r[a1:b=2]": "([a1:b = 2:1] | [a1:b = 2:2])",
		"[a1:b='/* no comment */']": "[a1:b = 1:/* no comment */]",
	})
	refuses(t, pattern.BadCharacter, "[a1:b=1] /* open", "[a1:b=1]\u200b", "[a1:b=1];", "[a1:b / 1]", "\ufeff[a1:b=1]")
	refuses(t, pattern.Unexpected, "", "   ", "[]", "()", "a1:b=1", "[a1:b=1", "[a1:b=1]]", "[a1:b=1] OR", "[a1:b=1] [a1:b=1]", "([a1:b=1]", "[(a1:b=1]", "[a1:b=1] AND OR [a1:b=1]")
	refuses(t, pattern.TooDeep, strings.Repeat("(", 100_000), "["+strings.Repeat("(", 100_000), strings.Repeat("(", 64)+"[a1:b=1]"+strings.Repeat(")", 64))
	refuses(t, pattern.TooLong, strings.Repeat(" ", pattern.MaxLength+1))
	reads(t, map[string]string{strings.Repeat("(", 63) + "[a1:b=1]" + strings.Repeat(")", 63): "[a1:b = 2:1]"})

	// Long chains cost what they are long: this one has no end in some parsers.
	long := "[a1:b=1" + strings.Repeat(" AND a1:b=1 OR a1:b=1", 20_000) + "]" + strings.Repeat(" AND [a1:b=1] OR [a1:b=1]", 10_000)
	if p, err := pattern.Parse(long); err != nil || len(p.Root.Parts) != 10_001 || len(p.Root.Parts[0].Parts[0].Test.Parts) != 20_001 {
		t.Errorf("a long chain: %v", err)
	}
}

func TestG6_Qualifiers(t *testing.T) {
	reads(t, map[string]string{
		"[a1:b=1] START t'2016-01-01T00:00:00Z' STOP t'2016-01-01T00:00:00.1Z'": "[a1:b = 2:1]s2016-01-01T00:00:00Z-2016-01-01T00:00:00.1Z",
	})
	refuses(t, pattern.Unexpected, "[a1:b=1] START '2016-01-01T00:00:00Z' STOP '2017-01-01T00:00:00Z'", "[a1:b=1] WITHIN -5 SECONDS", "[a1:b=1] WITHIN 5 HOURS", "[a1:b=1] REPEATS 1.5 TIMES",
		"[a1:b=1] REPEATS -1 TIMES", "[a1:b=1] WITHIN SECONDS", "[a1:b=1] START t'2016-01-01T00:00:00Z'", "WITHIN 5 SECONDS")
	refuses(t, pattern.BadInterval, "[a1:b=1] START t'2017-01-01T00:00:00Z' STOP t'2016-01-01T00:00:00Z'", "[a1:b=1] START t'2016-01-01T00:00:00.0Z' STOP t'2016-01-01T00:00:00Z'")
	refuses(t, pattern.BadNumber, "[a1:b=1] REPEATS 1"+strings.Repeat("0", 400)+" TIMES")
	warns(t, pattern.NotPositive, "[a1:b=1] REPEATS 0 TIMES", "[a1:b=1] WITHIN 0 SECONDS", "[a1:b=1] WITHIN 0.0 SECONDS")
	warns(t, pattern.Requalified, "([a1:b=1]) WITHIN 5 SECONDS WITHIN 6 SECONDS")
	warns(t, "", "[a1:b=1] REPEATS 1 TIMES", "([a1:b=1] WITHIN 5 SECONDS) WITHIN 6 SECONDS")
}

// warns holds patterns to one warning, or to none.
func warns(t *testing.T, code pattern.WarningCode, texts ...string) {
	t.Helper()
	for _, text := range texts {
		p, err := pattern.Parse(text)
		got := pattern.WarningCode("")
		if len(p.Warnings) > 0 {
			got = p.Warnings[0].Code
		}
		if err != nil || got != code || len(p.Warnings) > 1 {
			t.Errorf("%s: %v, warnings %v, want %q", text, err, p.Warnings, code)
		}
	}
}

func TestG7_OneTypeMustSatisfyAnAnd(t *testing.T) {
	warns(t, pattern.Unsatisfiable, "[file:name='a' AND ipv4-addr:value='b']", "[(file:name='a' OR url:value='b') AND ipv4-addr:value='c']")
	warns(t, "", "[file:name='a' AND file:size=1]", "[file:name='a' OR ipv4-addr:value='b']", "[(file:name='a' OR url:value='b') AND file:size=1]", "[file:name='a'] AND [ipv4-addr:value='b']")
}

func TestG8_LiteralsAreKeptExactly(t *testing.T) {
	reads(t, map[string]string{
		"[a1:b=1.0]": "[a1:b = 3:1.0]", "[a1:b=123456789012345678901234567890]": "[a1:b = 2:123456789012345678901234567890]",
		"[a1:b='é']": "[a1:b = 1:é]", "[a1:b='e\u0301']": "[a1:b = 1:e\u0301]", `[a1:b MATCHES '(?=x)\\1']`: `[a1:b matches 1:(?=x)\1]`,
	})
}

func TestG9_SequencesKeepTheirOrder(t *testing.T) {
	reads(t, map[string]string{
		"[a1:b=1] FOLLOWEDBY [a1:b=2] FOLLOWEDBY ([a1:b=3] FOLLOWEDBY [a1:b=4])": "([a1:b = 2:1] > [a1:b = 2:2] > ([a1:b = 2:3] > [a1:b = 2:4]))",
	})
}

func TestG10_ValuesOnlyOfAnyOf(t *testing.T) {
	for text, want := range map[string]string{
		"[url:value='a']": "url:value=a", "[url:value='a' OR url:value='b'] OR [domain-name:value='c']": "url:value=a url:value=b domain-name:value=c",
		"[ipv4-addr:value IN ('a','b')]": "ipv4-addr:value=a ipv4-addr:value=b", "([(url:value=='a')] OR ([url:value='b']))": "url:value=a url:value=b",
	} {
		p, err := pattern.Parse(text)
		terms, ok := p.Values()
		var got []string
		for _, v := range terms {
			got = append(got, v.Path.String()+"="+v.Value.Text)
		}
		if err != nil || !ok || strings.Join(got, " ") != want {
			t.Errorf("%s: %v, %v, %v", text, got, ok, err)
		}
	}
	for _, text := range []string{
		"[url:value='a'] AND [url:value='b']", "[url:value='a'] FOLLOWEDBY [url:value='b']", "[url:value='a' AND url:value='b']", "[url:value NOT = 'a']", "[url:value != 'a']",
		"[url:value NOT IN ('a')]", "[url:value LIKE 'a']", "[url:value MATCHES 'a']", "[ipv4-addr:value ISSUBSET 'a']", "[EXISTS url:value]", "[file:size > 5]", "[url:value IN ()]",
		"[url:value='a'] REPEATS 5 TIMES", "[url:value='a'] OR [url:value='b'] WITHIN 5 SECONDS", "([url:value='a'] OR [url:value='b']) REPEATS 2 TIMES",
		"[url:value='a' OR (url:value='b' AND url:value='c')]", "[url:value='a'] START t'2016-01-01T00:00:00Z' STOP t'2017-01-01T00:00:00Z'", "[url:value NOT != 'a']",
	} {
		p, err := pattern.Parse(text)
		if terms, ok := p.Values(); err != nil || ok || terms != nil {
			t.Errorf("%s gives %v, %v", text, terms, err)
		}
	}
	if _, ok := (pattern.Pattern{}).Values(); ok {
		t.Error("the zero pattern asks for something")
	}
}

func TestG11_OtherLanguagesAreNoPatterns(t *testing.T) {
	for _, text := range []string{"rule a { condition: true }", "alert tcp any any -> any any (sid:1;)", "title: sigma\ndetection:\n  x: 1", "index=main sourcetype=x"} {
		if _, err := pattern.Parse(text); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
}

func TestErrorsDoNotRepeatTheText(t *testing.T) {
	for _, text := range []string{"himitsu", "[himitsu:x = himitsu]", "['himitsu", "[file:hashes.MD5 = 'himitsu']"} {
		if _, err := pattern.Parse(text); err == nil || strings.Contains(err.Error(), "himitsu") {
			t.Errorf("%v", err)
		}
	}
}

// write makes pattern text of a random tree whose plain form is known from its making.
func write(r *rand.Rand, depth int) (text, plain string) {
	if depth == 0 || r.IntN(3) == 0 {
		v := r.IntN(100)
		return fmt.Sprintf("[ a1:b = %d ]", v), fmt.Sprintf("[a1:b = 2:%d]", v)
	}
	words, marks := []string{" AND ", " OR ", " FOLLOWEDBY "}, []string{" & ", " | ", " > "}
	at := r.IntN(3)
	var texts, plains []string
	for range 2 + r.IntN(3) {
		a, b := write(r, depth-1)
		if strings.HasPrefix(b, "(") || r.IntN(2) == 0 {
			a = "(" + a + ")"
		}
		texts, plains = append(texts, a), append(plains, b)
	}
	return strings.Join(texts, words[at]), "(" + strings.Join(plains, marks[at]) + ")"
}

func TestATreeThatIsWrittenIsRead(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		text, want := write(r, 4)
		reads(t, map[string]string{text: want})
	}
}

func BenchmarkParse(b *testing.B) {
	const text = `[file:hashes.'SHA-256' = 'aec070645fe53ee3b3763059376134f058cc337247c978add178b6ccdfb0019f' OR url:value = 'https://evil.example/']`
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := pattern.Parse(text); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`[url:value = 'a' OR file:hashes.'SHA-1' IN ()]`, `([a1:b[*].'c' NOT LIKE 'x\'y'] AND [EXISTS a:b]) WITHIN .5 SECONDS`,
		`[a:b=t'2016-01-01T00:00:00Z'] START t'2016-01-01T00:00:00Z' STOP t'2017-01-01T00:00:00Z' REPEATS 5 TIMES`, `[a:b=b'YQ==' /*c*/ AND a:b>=h'00']//d`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := pattern.Parse(text)
		if err != nil {
			if e, ok := errors.AsType[*pattern.Error](err); !ok || e.Offset < 0 || e.Offset > len(text) {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		terms, ok := p.Values()
		if ok == (len(terms) == 0) {
			t.Fatalf("%q: %v, %v", text, terms, ok)
		}
		// A comment at the end, and parentheses around, change nothing.
		again, err := pattern.Parse("(" + text + "\n)/* */")
		if err != nil {
			if e, _ := errors.AsType[*pattern.Error](err); e.Code == pattern.TooDeep || e.Code == pattern.TooLong {
				return
			}
			t.Fatalf("%q in parentheses: %v", text, err)
		}
		if show(again.Root) != show(p.Root) {
			t.Fatalf("%q is %s, in parentheses %s", text, show(p.Root), show(again.Root))
		}
	})
}
