package indicator

import (
	"strings"
	"testing"
)

// hostile are texts made to hurt: each repeated until it fills the line.
var hostile = []struct{ name, piece string }{
	{"letters", "a"}, {"hex", "0f"}, {"dots", "."}, {"labels", "a."}, {"numbers", "1."}, {"ends", "a.com."}, {"brackets", "[.]"}, {"opened", "[("},
	{"halves", "a[."}, {"halves closed", ".]a"}, {"colons", ":"}, {"pairs", "aa:"}, {"groups", "a::"}, {"fuzzy", "3:"}, {"at", "a@"}, {"slashes", "/"},
	{"schemes", "http://"}, {"backslashes", `\`}, {"escapes", `\.a`}, {"json", `\u002e`}, {"drives", `C:\`}, {"hives", `HKLM\a `}, {"env", `%a%\`},
	{"spaces", `a\b c `}, {"quotes", `"`}, {"agents", `"curl/`}, {"labelled", "mutex: "}, {"labelled ja", "件名「"}, {"wide", "あ"}, {"wide dots", "日本語."},
	{"latin", "é"}, {"latin dots", "é."}, {"full width", "．"}, {"stops", "a。"}, {"stops 2", "1。a。"}, {"invisible", "\u200b"}, {"spoken", "a dot "}, {"spoken at", "a at "},
	{"cells", "|"}, {"commas", "a,"}, {"cve", "CVE-"}, {"coins", "bc1q"}, {"path", "/etc/"}, {"unc", `\\a\`}, {"url dots", "http://a."}, {"parens", "http://a.com/(("},
	{"files", "a.exe"}, {"wide files", "あ.exe"}, {"users", "http://a@"}, {"broken", "\xff\xfe"}, {"hyphens", "a\u2010"}, {"spaced", " [.] a"}, {"tn", "/tn "}, {"stars", "h**p"},
}

func TestHostileTextsAreHarmless(t *testing.T) {
	for _, h := range hostile {
		text := strings.Repeat(h.piece, 1+20000/len(h.piece))
		for _, around := range []string{"", "http://", "件名: ", "x[.]"} {
			checkMatches(t, around+text, Find(around+text))
		}
	}
}

// BenchmarkHostile reports the speed on lines of 64 KB and 1 MB; a mechanism that is
// not linear shows as a drop from the first to the second.
func BenchmarkHostile(b *testing.B) {
	for _, h := range hostile {
		for _, size := range []int{64 << 10, 1 << 20} {
			text := strings.Repeat(h.piece, size/len(h.piece))
			b.Run(h.name+"/"+map[bool]string{true: "1MB", false: "64KB"}[size == 1<<20], func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					Find(text)
				}
			})
		}
	}
}
