package classify_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/wakachi/wakachi/internal/incident"
)

// A form is a way of saying whose a value is, or that it must not leave: a line of testdata/whose.tsv.
type form struct {
	text, value string
	hold        bool
}

// Two sets of values for the signs of testdata/whose.tsv.
var (
	signs     = []string{"X", "{D}", "{F}", "{H}", "{E}", "{U}"}
	oneSet    = []string{address, "cdn-metrics.top", "svcmon.exe", "8f14e45fceea167a5a36dedd4bea2543b1d5a6a7c8d9e0f1a2b3c4d5e6f70819", "desk.office@mailbox-eu.example.net", "https://cdn-metrics.top/a/b.js"}
	secondSet = []string{"203.0.113.177", "relay-status.xyz", "wnhelper.dll", "1b14e45fceea167a5a36dedd4bea2543b1d5a6a7c8d9e0f1a2b3c4d5e6f708aa", "kim.order@post-asia.example.org", "https://relay-status.xyz/c/d.js"}
)

// oneLiners gives the forms that stand on one line.
func oneLiners(t *testing.T, values []string) (out []form) {
	t.Helper()
	file, err := os.ReadFile("testdata/whose.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(file)) {
		want, text, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !ok || strings.ContainsAny(text, `\`) {
			continue
		}
		f, last := form{hold: want == "hold"}, -1
		for i, sign := range signs {
			if at := strings.LastIndex(text, sign); at > last {
				f.value, last = values[i], at
			}
			text = strings.ReplaceAll(text, sign, values[i])
		}
		f.text = text
		out = append(out, f)
	}
	return out
}

// A verdictCount counts the verdicts of a layout that are not those of the plain line.
type verdictCount struct {
	asked, changed, leaked int
	examples               []string
}

func (c *verdictCount) check(items []incident.Item, text string, f form) {
	c.asked++
	for _, i := range items {
		if i.Value.Value != f.value {
			continue
		}
		if leaves(i) == f.hold {
			c.changed++
			if f.hold {
				c.leaked++
			}
			c.examples = append(c.examples, fmt.Sprintf("%q (%s)", text, i.Reason.Code))
		}
		return
	}
	c.changed++
	c.examples = append(c.examples, fmt.Sprintf("%q (not found)", text))
}

func (c *verdictCount) hold(t *testing.T, most int) {
	t.Helper()
	t.Logf("%d of %d otherwise, %d of them would leave", c.changed, c.asked, c.leaked)
	if c.changed > most {
		t.Errorf("%d of %d are read otherwise, %d were:\n%s", c.changed, c.asked, most, strings.Join(c.examples, "\n"))
	}
}

func japanese(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r >= 0x3040 && r < 0xa000 })
}

// TestLayoutsChangeNoVerdict says each form where and as people write: in a list, a table, a chat, a wrapped mail. The
// numbers are how many are still read otherwise.
func TestLayoutsChangeNoVerdict(t *testing.T) {
	pick := func(s, ja, en string) string {
		if japanese(s) {
			return ja
		}
		return en
	}
	layouts := map[string]struct {
		most int
		lay  func(s, value string) string
	}{
		"bullet":      {0, func(s, _ string) string { return "- " + s }},
		"number":      {0, func(s, _ string) string { return "3) " + s }},
		"circled":     {0, func(s, _ string) string { return "① " + s }},
		"below title": {0, func(s, _ string) string { return pick(s, "# 経緯\n\n", "# Notes\n\n") + s }},
		"deep":        {0, func(s, _ string) string { return pick(s, "- 調査メモ\n  - ", "- Findings\n  - ") + s }},
		"chat":        {0, func(s, _ string) string { return "[10:02] kato: " + s }},
		"irc":         {0, func(s, _ string) string { return "10:02 <kato> " + s }},
		"phone":       {1, func(s, _ string) string { return "[04/03/2026, 10:02:11] Kato: " + s }},
		"columns":     {0, func(s, _ string) string { return "10:02\tkato\t" + s }},
		"minutes":     {0, func(s, _ string) string { return pick(s, "加藤：", "Kato: ") + s }},
		"time":        {2, func(s, _ string) string { return "2026-05-02 03:11 " + s }},
		"quoted":      {0, func(s, _ string) string { return "> " + s }},
		"code":        {0, func(s, v string) string { return strings.ReplaceAll(s, v, "`"+v+"`") }},
		"stressed":    {0, func(s, v string) string { return strings.ReplaceAll(s, v, "**"+v+"**") }},
		"academic":    {1, func(s, _ string) string { return strings.NewReplacer("、", "，", "。", "．").Replace(s) }},
		"excited":     {0, func(s, _ string) string { return strings.TrimRight(s, "。.") + pick(s, "！", "!") }},
		"small":       {0, func(s, v string) string { return strings.ReplaceAll(strings.ToLower(s), strings.ToLower(v), v) }},
		"after C2": {2, func(s, _ string) string {
			return pick(s, "198.51.100.77 は C2 と判断した。\n\n", "We take 198.51.100.77 for the C2.\n\n") + s
		}},
		"after ours": {0, func(s, _ string) string {
			return pick(s, "198.51.100.78 は当社のプロキシ。\n\n", "198.51.100.78 is our proxy.\n\n") + s
		}},
		"behind": {0, func(s, _ string) string {
			return pick(s, "経緯を整理した。", "Notes from the call this morning. ") + s
		}},
		"wrapped": {5, func(s, _ string) string {
			return wrapAt(pick(s, "夜間の当番から引き継ぎを受けた。", "Handed over from the night shift. ")+s, 60)
		}},
		"table": {1, func(s, _ string) string {
			return pick(s, "| 時刻 | 内容 |\n|---|---|\n| 03:11 | ", "| time | what |\n|---|---|\n| 03:11 | ") + strings.ReplaceAll(s, "|", "/") + " |"
		}},
	}
	forms := oneLiners(t, oneSet)
	for name, l := range layouts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var c verdictCount
			for _, f := range forms {
				text := l.lay(f.text, f.value)
				c.check(propose(t, "n.md", text), text, f)
			}
			c.hold(t, l.most)
		})
	}
}

// TestNeighboursChangeNoVerdict puts a form that holds beside one that lets leave: neither may rub off.
func TestNeighboursChangeNoVerdict(t *testing.T) {
	stop := func(s string) string {
		switch {
		case strings.HasSuffix(s, ".") || strings.HasSuffix(s, "。") || strings.HasSuffix(s, "?") || strings.HasSuffix(s, "？") || strings.HasSuffix(s, "」"):
			return s
		case japanese(s):
			return s + "。"
		}
		return s + "."
	}
	layouts := map[string]struct {
		most int
		lay  func(a, b string) string
	}{
		"bullets": {0, func(a, b string) string { return "- " + a + "\n- " + b }},
		"lines":   {7, func(a, b string) string { return stop(a) + "\n" + stop(b) }},
		"chat":    {0, func(a, b string) string { return "[10:02] kato: " + a + "\n[10:03] mori: " + b }},
		"rows":    {0, func(a, b string) string { return "| no | memo |\n|---|---|\n| 1 | " + a + " |\n| 2 | " + b + " |" }},
		"paragraph": {21, func(a, b string) string {
			if japanese(a) {
				return stop(a) + stop(b)
			}
			return stop(a) + " " + stop(b)
		}},
	}
	one, second := oneLiners(t, oneSet), oneLiners(t, secondSet)
	for name, l := range layouts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var c verdictCount
			random := rand.New(rand.NewPCG(3, 4))
			for _, a := range one {
				b := second[random.IntN(len(second))]
				for b.hold == a.hold || japanese(b.text) != japanese(a.text) {
					b = second[random.IntN(len(second))]
				}
				if strings.Contains(a.text+b.text, "|") || strings.Contains(a.text+b.text, "198.51.100.7") {
					continue
				}
				text := l.lay(a.text, b.text)
				items := propose(t, "n.md", text)
				c.check(items, text, a)
				c.check(items, text, b)
			}
			c.hold(t, l.most)
		})
	}
}

// wrapAt breaks a text at a column, as mail programs do.
func wrapAt(s string, column int) string {
	var b strings.Builder
	at, before := 0, ' '
	for _, r := range s {
		width := 1
		if r >= 0x1100 {
			width = 2
		}
		switch {
		case at+width <= column:
		case r == ' ':
			b.WriteByte('\n')
			at, before = 0, r
			continue
		case r >= 0x3040 && before >= 0x3040 && !strings.ContainsRune("、。」）ー", r):
			b.WriteByte('\n')
			at = 0
		}
		b.WriteRune(r)
		at, before = at+width, r
	}
	return b.String()
}

func TestAWrappedValueKeepsItsPlace(t *testing.T) {
	const text = "> 夜間の監視から連絡があり、当社の受付端末から見慣れない通信先である\n> 203.0.113.61 への接続が続いていることが分かったので、**198.51.100.7**\n> とあわせて調べた。"
	for value, want := range map[string]incident.Source{
		"203.0.113.61": {File: "n.txt", Line: 2, Column: 3}, "198.51.100.7": {File: "n.txt", Line: 2, Column: 38},
	} {
		got := about(t, propose(t, "n.txt", text), value)
		if got.Sources[0] != want {
			t.Errorf("%s stands at %+v, want %+v", value, got.Sources[0], want)
		}
		if line := strings.Split(text, "\n")[1]; got.Text != line {
			t.Errorf("the evidence of %s is %q", value, got.Text)
		}
	}
}

func TestLinesThatAreNoParagraph(t *testing.T) {
	for _, text := range []string{
		"当社の受付端末のアドレスの一覧を、夜間の当番が午前三時にまとめたもの\n・203.0.113.61 C2",
		"The list of the addresses of our front desk terminals as of this morning\nC2: 203.0.113.61",
		"Our proxy, our relay and our resolvers are listed in the appendix below us\n2026-05-02 03:11 beacon to 203.0.113.61",
		"198.51.100.7 is our proxy and has been for as long as anybody remembers it\n203.0.113.61 is the C2",
	} {
		if got := about(t, propose(t, "n.txt", text), address); !leaves(got) {
			t.Errorf("%s\n held: %s", text, got.Reason.Code)
		}
	}
}
