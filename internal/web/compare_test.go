package web

import (
	"strings"
	"testing"
)

func TestCompare(t *testing.T) {
	show := func(lines []Line) string {
		var out []string
		for _, l := range lines {
			out = append(out, l.Mark+l.Text)
		}
		return strings.Join(out, " ")
	}
	for _, c := range []struct{ from, to, want string }{
		{"a\nb\nc\n", "a\nb\nc", "a b c"},
		{"a\nb\nc", "a\nx\nc", "a -b +x c"},
		{"a\nc", "a\nb\nc", "a +b c"},
		{"a\nb\nc", "c\na\nb", "+c a b -c"},
		{"", "a", "- +a"},
		{"a\na\na", "a", "a -a -a"},
	} {
		if got := show(Compare(c.from, c.to)); got != c.want {
			t.Errorf("%q → %q: %s, want %s", c.from, c.to, got, c.want)
		}
	}
	// Whatever the texts, the lines without "+" are the first and those without "-" the second.
	long := strings.Repeat("x\ny\n", 3000)
	for _, pair := range [][2]string{{long, strings.ToUpper(long)}, {long, "q\n" + long}, {long, ""}} {
		var a, b []string
		for _, l := range Compare(pair[0], pair[1]) {
			if l.Mark != "+" {
				a = append(a, l.Text)
			}
			if l.Mark != "-" {
				b = append(b, l.Text)
			}
		}
		if strings.Join(a, "\n") != strings.TrimRight(pair[0], "\n") || strings.Join(b, "\n") != strings.TrimRight(pair[1], "\n") {
			t.Error("a text is not whole")
		}
	}
}
