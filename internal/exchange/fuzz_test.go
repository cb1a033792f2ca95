package exchange_test

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/disguise"
	"github.com/wakachi/wakachi/internal/exchange"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/party"
)

type encoder struct {
	name   string
	encode func(string) string
}

func encoders() []encoder {
	perRune := func(format string) func(string) string {
		return func(s string) string {
			var b strings.Builder
			for _, r := range s {
				fmt.Fprintf(&b, format, r)
			}
			return b.String()
		}
	}
	return []encoder{
		{"nothing", func(s string) string { return s }},
		{"percent", func(s string) string {
			var b strings.Builder
			for i := range len(s) {
				fmt.Fprintf(&b, "%%%02x", s[i])
			}
			return b.String()
		}},
		{"query", url.QueryEscape},
		{"base64", func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }},
		{"base64 at 1", func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte("=" + s + ";;;")) }},
		{"base64 at 2", func(s string) string { return base64.RawStdEncoding.EncodeToString([]byte("n=" + s + ";")) }},
		{"hex", func(s string) string { return hex.EncodeToString([]byte(s)) }},
		{"UTF-16 in base64", func(s string) string { return base64.StdEncoding.EncodeToString(wide(s)) }},
		{"UTF-16 in hex", func(s string) string { return hex.EncodeToString(wide(s)) }},
		{`\u`, perRune(`\u%04x`)},
		{"entities", perRune("&#%d;")},
	}
}

func wide(s string) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}

// dresses are what a person's hand or a form does to a spelling.
func dresses() []func(string) string {
	return []func(string) string{
		func(s string) string { return s },
		strings.ToUpper,
		func(s string) string { // full width
			return strings.Map(func(r rune) rune {
				if '!' <= r && r <= '~' {
					return r - '!' + '！'
				}
				return r
			}, s)
		},
		func(s string) string { return strings.ReplaceAll(s, " ", "-") },
		func(s string) string { return strings.ReplaceAll(s, " ", "") },
		func(s string) string { // a zero-width space in the middle
			_, n := utf8.DecodeRuneInString(s)
			return s[:n] + "\u200b" + s[n:]
		},
	}
}

// contexts are the places of a note from which a value may leave.
var contexts = []string{
	"C2 hxxps://kx7q.example.net/jp/%s/a.dat",
	"C2 https://kx7q.example.net/in.php?id=%s&v=1",
	"C2 https://%s.kx7q.example.net/a.dat へ通信",
	"C2 ホスト %s.kx7q-telemetry.net へビーコン",
	`ミューテックス: Global\KRG-%s-2026`,
	"不審なファイル %s_tool.exe を確認。マルウェア",
	`User-Agent は "Mozilla/5.0 (Windows NT 10.0) %s/1.2"`,
	"スケジュールタスク名 Update%sCheck を攻撃者が登録",
	`レジストリ HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Run\%s に攻撃者が登録`,
	`PDB パスが残っていた: D:\work\%s\Release\kurage_ldr.pdb`,
	"攻撃メールの件名：「%s 見積の件」",
	"攻撃者のメール support.%s@onionmail.example.net",
	`不審なファイル C:\Users\%s\AppData\Roaming\%[1]s\igfx.exe が作成された`,
	"不審なサービス名 %sSvc を確認",
	"- SHA256: 6f1c7e0c1b3a8f5f8f0b9f4b1d2a3c4e5f60718293a4b5c6d7e8f90112233445 %s",
	"203.0.113.201 - - [19/Apr/2026:03:12:44 +0900] \"GET /%s/x.php?c=%[1]s HTTP/1.1\" 200 31 \"http://evil.example.net/%[1]s\" \"%[1]s\"",
	"```\nC2 ftp://user:%s@198.51.100.23/%[1]s.rar#%[1]s\n```",
	"IPFS http://%s.onion/chat/%[1]s 交渉サイト",
}

// secret terms are long enough that chance does not spell them.
func secretProfile() incident.Profile {
	return incident.Profile{
		Organisation: incident.Identity{
			Names:        []string{"株式会社黒羽架空製作所", "黒羽架空", "Kurobane Kaku Works"},
			Kana:         []string{"クロバネカクウセイサクショ"},
			Domains:      []string{"kurobane-kaku.example"},
			HostPrefixes: []string{"KRBN-"},
			People:       []string{"鷺沼 涼太郎", "saginuma.ryotaro"},
			Terms:        []string{"ツバキ丘工場", "HydroMeister"},
		},
		ThirdParties: []incident.Identity{{Names: []string{"まほろば架空商会"}, Domains: []string{"mahoroba-kaku.example"}}},
	}
}

// A spelling counts when it could not stand somewhere by chance.
func telling(s string) bool {
	n := utf8.RuneCountInString(plain(s))
	ascii := len(plain(s)) == n
	return ascii && n >= 9 || !ascii && n >= 4
}

// tellingSpellings lists the terms of a profile and what is derived from them.
func tellingSpellings(t testing.TB, p incident.Profile) []string {
	t.Helper()
	finder, _ := disguise.Compile(p.Terms())
	var out []string
	for _, term := range p.Terms() {
		for _, s := range append([]string{term.Text}, finder.Spellings(term)...) {
			if telling(s) {
				out = append(out, s)
			}
		}
	}
	if len(out) < 20 {
		t.Fatalf("only %d spellings", len(out))
	}
	return out
}

// TestPlantedTermsStay walks through spellings, dresses, encodings of encodings and contexts in
// a fixed, mixed order, so that each run of the tests meets each context in many guises.
func TestPlantedTermsStay(t *testing.T) {
	p := secretProfile()
	spellings, all := tellingSpellings(t, p), encoders()
	r := rand.New(rand.NewPCG(11, 13))
	made := 0
	for n := range 16 * len(contexts) {
		word := spellings[r.IntN(len(spellings))]
		worn := dresses()[r.IntN(len(dresses()))](word)
		hidden := all[r.IntN(len(all))].encode(all[r.IntN(len(all))].encode(worn))
		line := fmt.Sprintf(contexts[n%len(contexts)], hidden)
		o := order(p, note("n.md", "- C2 203.0.113.4:443 へビーコン", line))
		o.Reach = party.Reach(1 + n%3)
		if stays(t, o, word, line) {
			made++
		}
	}
	if made < 8*len(contexts) {
		t.Errorf("only %d drafts were made", made)
	}
}

// stays draws and fails if the draft shows the word. made says whether there is a draft.
func stays(t *testing.T, o exchange.Order, word, line string) (made bool) {
	t.Helper()
	d, err := exchange.Draw(o)
	if err != nil {
		e, ok := errors.AsType[*fault.Error](err)
		if !ok || d.Body != nil || e.Code != "exchange.inspected" && e.Code != "gate.too-tangled" {
			t.Fatalf("%v", err)
		}
		return false
	}
	if d.Body == nil {
		return false
	}
	for _, s := range stringsOf(t, d.Body) {
		if secret, reading := leaks(s, []string{word}); secret != "" {
			t.Fatalf("LEAK of %q, planted in %q:\n%s\nread as %q", word, line, s, reading)
		}
	}
	return true
}

// FuzzDraw plants a term of the profile, in a spelling and a chain of encodings, where a value
// may leave. Whatever the notes say besides, the draft never shows it.
func FuzzDraw(f *testing.F) {
	p := secretProfile()
	spellings := tellingSpellings(f, p)
	for i := range contexts {
		f.Add("- 2026-05-11 C2 203.0.113.77:443 へビーコン", uint16(i*7), uint8(0), uint8(i%11), uint8(0), uint8(i), uint8(2))
		f.Add("### C2\n| a | b |\n", uint16(i*3), uint8(i), uint8(i), uint8(3), uint8(i), uint8(i))
		f.Add("", uint16(i*5), uint8(4), uint8(1), uint8(6), uint8(i), uint8(1))
	}
	f.Fuzz(func(t *testing.T, text string, spelling uint16, dress, first, second, context, reach uint8) {
		if len(text) > 2000 {
			return
		}
		word := spellings[int(spelling)%len(spellings)]
		worn := dresses()[int(dress)%len(dresses())](word)
		all := encoders()
		hidden := all[int(second)%len(all)].encode(all[int(first)%len(all)].encode(worn))
		line := fmt.Sprintf(contexts[int(context)%len(contexts)], hidden)
		o := order(p, note("n.md", strings.Split(text+"\n"+line, "\n")...))
		o.Reach = party.Reach(1 + reach%3)
		stays(t, o, word, line)
	})
}

// TestNamesGluedToWords: a name that runs into a word, as programs are named, in each way of
// writing capitals. FuzzDraw's tests met the capitals first.
func TestNamesGluedToWords(t *testing.T) {
	for _, name := range []string{"saginuma", "Saginuma", "SAGINUMA", "SAGINUMAR", "KUROBANEKAKU", "KurobaneKaku", "HYDROMEISTER"} {
		for _, line := range []string{"- 不審なサービス名 %sSvc を攻撃者が登録", `- ミューテックス: Global\%sMtx-2026`, "- スケジュールタスク名 Update%sCheck を攻撃者が登録"} {
			line = fmt.Sprintf(line, name)
			t.Run(line, func(t *testing.T) { stays(t, order(secretProfile(), note("n.md", line)), name, line) })
		}
	}
}
