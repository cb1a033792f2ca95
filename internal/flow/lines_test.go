package flow

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/phrase"
)

func TestTextIsBrokenWhereAReaderWould(t *testing.T) {
	for _, c := range []struct {
		text string
		ems  int
		want []string
	}{
		{"", 10, []string{""}},
		{"短い", 10, []string{"短い"}},
		{"調査のために不足している情報入手のための情報共有", 18, []string{"調査のために不足している", "情報入手のための情報共有"}},
		{"対外説明／広報戦略としての公表", 10, []string{"対外説明／", "広報戦略としての公表"}},
		// No line begins with a closing mark or ends with an opening one.
		{"ああああ。いいい", 4, []string{"あああ", "あ。", "いいい"}},
		{"ああああ「い」うう", 5, []string{"ああああ", "「い」うう"}},
		{"マルウェアファイル", 4, []string{"マルウェ", "アファ", "イル"}},
		{"Share, to obtain what the investigation lacks", 14, []string{"Share, to obtain what", "the investigation lacks"}},
	} {
		if got := wrap(c.text, c.ems*em); !slices.Equal(got, c.want) {
			t.Errorf("%q in %d: %q, want %q", c.text, c.ems, got, c.want)
		}
	}
}

// Every text of both flows fits its box in both languages.
func TestEveryTextFitsItsBox(t *testing.T) {
	for _, name := range Names() {
		f, _ := Of(name)
		for _, lang := range []phrase.Language{phrase.Japanese, phrase.English} {
			p := Draw(f, nil, lang)
			for _, n := range p.Nodes {
				inner := map[Role]int{QuestionNode: n.W - 2*boxPad, OutcomeNode: n.W - 2*boxPad - em, NoteNode: n.W}[n.Role]
				lines := wrap(lang.Text(n.Token), inner)
				for _, l := range lines {
					if widthOf(l) > inner {
						t.Errorf("%q is %d wide in %d", l, widthOf(l), inner)
					}
				}
				if len(lines)*lineHigh > n.H {
					t.Errorf("%s has %d lines in %d", n.Token, len(lines), n.H)
				}
			}
			for _, c := range p.Choices {
				if widthOf(lang.Text(c.Token)) > c.W {
					t.Errorf("%s does not fit", c.Token)
				}
			}
			for _, e := range p.Edges {
				if e.Label != "" && e.LabelAt.X+widthOf(lang.Text(e.Label)) > e.Points[len(e.Points)-1].X {
					t.Errorf("%s runs into its box", e.Label)
				}
			}
		}
	}
}

// Whatever the text and width: nothing but spaces is lost, and no line is wider than it may
// be unless it is a single character.
func FuzzWrap(f *testing.F) {
	f.Add("調査のために不足している情報入手のための情報共有", 100)
	f.Add("a verylongwordthatfitsnoline ((( 「「「「。。。。", 30)
	f.Add(strings.Repeat("あ、", 500), 70)
	f.Fuzz(func(t *testing.T, s string, max int) {
		if max < em || max > 2000 || len(s) > 4000 || !utf8.ValidString(s) {
			return
		}
		lines := wrap(s, max)
		if got, want := strings.Join(strings.Fields(strings.Join(lines, "")), ""), strings.Join(strings.Fields(s), ""); got != want {
			t.Errorf("%q became %q", s, lines)
		}
		for _, l := range lines {
			if widthOf(l) > max && utf8.RuneCountInString(l) > 1 {
				t.Errorf("%q is %d wide in %d", l, widthOf(l), max)
			}
		}
	})
}
