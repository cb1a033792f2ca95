package phrase

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func TestLanguages(t *testing.T) {
	for tag, want := range map[string]Language{
		"en": English, "en_GB.UTF-8": English, "EN-us": English,
		"ja": Japanese, "ja_JP.UTF-8": Japanese, "": Japanese, "C": Japanese, "fr_FR": Japanese, "POSIX": Japanese,
	} {
		if got := ParseLanguage(tag); got != want {
			t.Errorf("%q is %v, want %v", tag, got, want)
		}
	}
}

func TestATokenIsPutIntoWords(t *testing.T) {
	for _, c := range []struct {
		lang  Language
		token string
		args  []string
		want  string
	}{
		{Japanese, "store.not-found", nil, "見つかりません"},
		{English, "store.not-found", nil, "there is no such thing"},
		{Japanese, "cli.open", []string{"memo.txt"}, "memo.txt を開けません"},
		{English, "profile.term", []string{"p.yaml", "names[0]", "too short"}, "p.yaml: names[0] cannot be protected (too short)"},
		// What is in an argument is not a blank.
		{English, "cli.open", []string{"{0}{1}"}, "cannot open {0}{1}"},
		{English, "profile.too-large", []string{"{1}", "{0}"}, "{1} is too large (limit {0} MB)"},
		// Too many arguments are not shown, too few leave the blank to be seen.
		{English, "cli.open", []string{"a", "b"}, "cannot open a"},
		{English, "cli.open", nil, "cannot open {0}"},
	} {
		if got := c.lang.Text(c.token, c.args...); got != c.want {
			t.Errorf("%s %q: %q, want %q", c.token, c.args, got, c.want)
		}
	}
}

func TestATokenWithoutWordsIsShownAsItIs(t *testing.T) {
	for _, lang := range []Language{Japanese, English, English + 1} {
		if got := lang.Text("no.such-token", "a", "b"); got != "no.such-token a b" {
			t.Errorf("language %d: %q", lang, got)
		}
		if text, ok := lang.Lookup("no.such-token"); ok || text != "" {
			t.Errorf("language %d: found %q", lang, text)
		}
	}
	if got := (English + 1).Text("store.not-found"); got != "store.not-found" {
		t.Errorf("a language nobody speaks gives %q", got)
	}
	if _, ok := Japanese.Lookup("# code"); ok {
		t.Error("a comment of a data file is a token")
	}
}

// Every sentence takes as many arguments as its highest blank says, and shows each of them.
func TestEveryBlankIsFilled(t *testing.T) {
	blank := regexp.MustCompile(`\{(\d)\}`)
	if len(catalog()) < 200 {
		t.Fatalf("only %d tokens", len(catalog()))
	}
	for token, words := range catalog() {
		for lang, sentence := range words {
			var args []string
			for _, m := range blank.FindAllStringSubmatch(sentence, -1) {
				for n, _ := strconv.Atoi(m[1]); len(args) <= n; {
					args = append(args, "‹"+strconv.Itoa(len(args))+"›")
				}
			}
			got := Language(lang).Text(token, args...)
			if blank.MatchString(got) || strings.Contains(got, "\t") {
				t.Errorf("%s: %q", token, got)
			}
			for _, a := range args {
				if !strings.Contains(got, a) {
					t.Errorf("%s, language %d: argument %s is not shown in %q", token, lang, a, got)
				}
			}
		}
	}
}
