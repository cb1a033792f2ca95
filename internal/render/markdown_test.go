package render

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/wakachi/wakachi/internal/report"
)

func TestMarkdownHoldsTextAsText(t *testing.T) {
	var out bytes.Buffer
	if err := Markdown(&out, notice()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"# 不正アクセスによる情報漏えいの可能性に関するお知らせ（第1報）\n", `\<b\>太字\</b\> \&`, "\n\\# 見出しではありません。\\| 表でもありません \\|\n",
		"\n- 一つ目\n- \\- 二つ目\n- 1\\. 三つ目\n", "| 日付 | 対応 |\n|---|---|\n| 2026年6月2日 | 発覚<br>停止 |\n| 6月4日 | \\=1+1 \\| 警察に相談 |\n", "|  |  |\n|---|---|\n| 電話 | 03-0000-0000 |\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it lacks %q:\n%s", want, out.String())
		}
	}
}

func TestNothingInATextIsMarkup(t *testing.T) {
	for text, want := range map[string]string{
		"# head":                `\# head`,
		"head #":                `head \#`,
		"  # head":              `\# head`,
		"\t- entry":             `\- entry`,
		"a\n\n    code":         "a\ncode",
		"a\n===":                "a\n\\===",
		"a\n---":                "a\n\\---",
		"a\n  12. entry":        "a\n12\\. entry",
		"2026.11.23":            `2026\.11.23`,
		"1) a 2) b":             `1\) a 2) b`,
		"v1.2 (a)":              "v1.2 (a)",
		"+ a":                   `\+ a`,
		": meaning":             `\: meaning`,
		"% title":               `\% title`,
		"> said":                `\> said`,
		"*a* _b_ `c` ~d~":       "\\*a\\* \\_b\\_ \\`c\\` \\~d\\~",
		"[x](http://e.example)": `\[x\](http\://e.example)`,
		"![x][y] [^1]":          `!\[x\]\[y\] \[\^1\]`,
		"<script>&lt;":          `\<script\>\&lt;`,
		"https://e.example www.e.example WWW.e.example a@e.example": `https\://e.example www\.e.example WWW\.e.example a\@e.example`,
		"a|b":       `a\|b`,
		`\|`:        `\\\|`,
		"$x$ {#id}": `\$x\$ \{\#id}`,
		"10:30 a:b": "10:30 a:b",
		"　字下げ":      "　字下げ",
		"":          "",
		" \n\t\n":   "",
	} {
		if got := marked(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// Without its escapes, every text is what was written, and nothing that could be markup stands without one.
func TestAnyTextComesBackFromMarkdown(t *testing.T) {
	rnd := rand.New(rand.NewPCG(8, 9))
	pieces := []string{"𠮟", "長い文。", "word", " ", "    ", "\t", "\n", "\n\n", "\\", "\\\\", "#", "- ", "+", "1.", "12)", "=", "---", "*", "_", "`", "~~", "[", "]", "(", ")", "<", ">", "|", "&amp;", "!", "^", "$", "{", "}", ":", "://", "www.", "@", "%", ".", "\"", "'"}
	for range 5000 {
		var in strings.Builder
		for range rnd.IntN(12) {
			in.WriteString(pieces[rnd.IntN(len(pieces))])
		}
		var want []string
		for line := range strings.SplitSeq(in.String(), "\n") {
			if line = strings.Trim(line, " \t"); line != "" {
				want = append(want, line)
			}
		}
		got, bare := unmarked(marked(in.String()))
		if got != strings.Join(want, "\n") {
			t.Fatalf("%q came back as %q", in.String(), got)
		}
		if strings.ContainsAny(bare, "`*_[]<>|&~^$#{@\\") || strings.Contains(bare, "://") || strings.Contains(bare, "www.") {
			t.Fatalf("%q leaves markup in %q", in.String(), marked(in.String()))
		}
		for line := range strings.SplitSeq(marked(in.String()), "\n") {
			if line != "" && strings.ContainsAny(line[:1], "+-=:% \t") {
				t.Fatalf("%q leaves markup at the begin of %q", in.String(), line)
			}
		}
		// With its line feeds as breaks, a paragraph is the same text.
		breaks := broken(marked(in.String()), "")
		if got, _ := unmarked(strings.ReplaceAll(strings.ReplaceAll(breaks, "  \n", "\n"), "\\\n", "\n")); got != strings.Join(want, "\n") && !strings.Contains(in.String(), "\\") {
			t.Fatalf("%q is broken as %q", in.String(), breaks)
		}
	}
}

// unmarked takes the escapes away, as CommonMark does; bare is what stood without one.
//
// SPEC: CommonMark 0.31 §2.4
func unmarked(s string) (text, bare string) {
	var out, rest strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && strings.IndexByte("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", s[i+1]) >= 0 {
			i++
			rest.WriteByte(' ')
		} else {
			rest.WriteByte(s[i])
		}
		out.WriteByte(s[i])
	}
	return out.String(), rest.String()
}

func TestLineFeedsStay(t *testing.T) {
	say := func(s string) []report.Sentence { return []report.Sentence{{Text: s}} }
	d := report.Document{Title: "二行の\n題", To: "甲\n乙", Label: "秘\n密", Blocks: []report.Block{
		{Sort: report.Heading, Level: 1, Sentences: say("見\n出し")}, {Sentences: say("一\\\n二\n\n三")}, {Sort: report.List, Sentences: say("四\n- 五")},
	}}
	var down, page bytes.Buffer
	if err := Markdown(&down, d); err != nil {
		t.Fatal(err)
	}
	if want := "**秘 密**\n\n甲\\\n乙\n\n# 二行の 題\n\n## 見 出し\n\n一\\\\  \n二\\\n三\n\n- 四\\\n  \\- 五\n"; down.String() != want {
		t.Errorf("%q, want %q", down.String(), want)
	}
	if err := HTML(&page, d); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"<h1>二行の<br>題</h1>", "甲<br>乙", "<h2>見<br>出し</h2>", `<p>一\<br>二<br><br>三</p>`, "<li>四<br>- 五</li>"} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("the page lacks %s:\n%s", want, page.String())
		}
	}
}

// Hostile lines take time in proportion to their length: run with a limit by go test, this would not end otherwise.
func TestLongLinesOfPunctuation(t *testing.T) {
	for _, s := range []string{strings.Repeat("1.", 2<<20), strings.Repeat("1", 4<<20), strings.Repeat(".", 4<<20), strings.Repeat("\n1.", 1<<20), strings.Repeat("www.", 1<<20)} {
		if got, _ := unmarked(marked(s)); got != strings.TrimSpace(s) {
			t.Errorf("%.20q did not come back", s)
		}
	}
}
