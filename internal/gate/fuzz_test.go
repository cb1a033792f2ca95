package gate_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/wakachi/wakachi/internal/gate"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/stix"
	"github.com/wakachi/wakachi/internal/tlp"
)

// guarded is a profile whose terms chance does not spell.
func guarded(t testing.TB) *gate.Gate {
	t.Helper()
	g, err := gate.New(incident.Profile{
		Organisation: incident.Identity{
			Names: []string{"黒羽架空製作所", "Kurobane Kaku Works"}, Kana: []string{"クロバネカクウセイサクショ"},
			Domains: []string{"kurobane-kaku.example"}, People: []string{"鷺沼 涼太郎", "saginuma.ryotaro"}, Networks: []string{"192.0.2.0/24"},
		},
		ThirdParties: []incident.Identity{{Names: []string{"まほろば架空商会"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

var planted = []string{"黒羽架空製作所", "kurobane-kaku", "KUROBANE KAKU WORKS", "クロバネカクウセイサクショ", "鷺沼涼太郎", "saginuma.ryotaro", "まほろば架空商会", "ｋｕｒｏｂａｎｅ＿ｋａｋｕ"}

var hiding = []func(string) string{
	func(s string) string { return s },
	url.QueryEscape,
	func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte("=" + s + ";;")) },
	func(s string) string { return hex.EncodeToString([]byte(s)) },
	func(s string) string {
		var b strings.Builder
		for _, r := range s {
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		return b.String()
	},
}

var (
	types = []indicator.Type{
		indicator.IPv4, indicator.IPv6, indicator.CIDR4, indicator.CIDR6, indicator.Domain, indicator.URL, indicator.Email,
		indicator.File, indicator.Path, indicator.PDB, indicator.Registry, indicator.Mutex, indicator.Service, indicator.Task,
		indicator.UserAgent, indicator.Subject, indicator.CVE, indicator.Technique, indicator.Coin, indicator.SSDEEP,
		indicator.Imphash, indicator.JA3, indicator.JA3S, indicator.JARM, indicator.Cert, "", "no-such-type",
	}
	roles = []incident.Role{
		incident.NoRole, incident.C2, incident.Delivery, incident.Exfil, incident.Origin, incident.Resolved,
		incident.Negotiation, incident.Own, incident.Stepping, incident.Benign, incident.Reference, incident.Doubtful, "no-such-role",
	}
	statuses = []incident.Status{incident.Observed, incident.Suspected, incident.Unknown, incident.Received, "no-such-status"}
)

// FuzzClear gives the gate items as no finder would make them, with a term of the profile
// anywhere, and looks for it in what comes out, as facts and as bytes.
func FuzzClear(f *testing.F) {
	g := guarded(f)
	kinds := append(incident.Kinds(), "no-such-kind")
	values := []string{
		"https://%s.kx7q.example.net/a", "https://kx7q.example.net/%s?q=%s", "%s.kx7q.example.net", "user.%s@mail.example.net",
		`Global\%s-7`, `C:\Users\%s\a.exe`, `D:\w\%s\x.pdb`, `HKLM\SOFTWARE\Run\%s`, "Mozilla/5.0 (%s) X/1.2", "%s", "%s.exe",
		"CVE-2024-%s", "T1059.%s", "203.0.113.7/%s", "http://user:%s@203.0.113.7:8080/#%s",
	}
	for i, v := range values {
		f.Add(v, "", "", uint8(i), uint8(i), uint8(i), uint8(1), uint8(0), uint8(i), uint8(i), uint16(0), uint16(443), uint8(2))
		f.Add("203.0.113.7", v, v, uint8(0), uint8(i), uint8(1), uint8(1), uint8(0), uint8(i), uint8(i), uint16(1<<i), uint16(0), uint8(i))
	}
	f.Fuzz(func(t *testing.T, value, technique, family string, kind, typ, hash, role, status, term, hide uint8, marks, port uint16, reach uint8) {
		if len(value)+len(technique)+len(family) > 3000 {
			return
		}
		secret := planted[int(term)%len(planted)]
		hidden := hiding[int(hide)%len(hiding)](secret)
		plant := func(s string) string { return strings.ReplaceAll(s, "%s", hidden) }
		item := incident.Item{
			ID: incident.ItemID(hidden), Kind: kinds[int(kind)%len(kinds)], Status: statuses[int(status)%len(statuses)],
			Value: indicator.Value{
				Type: types[int(typ)%len(types)], Value: plant(value),
				Hash: []indicator.Hash{"", indicator.MD5, indicator.SHA256, "no-such-hash"}[hash%4],
			},
			Role: roles[int(role)%len(roles)], Marks: incident.Marks(marks), Port: port,
			Technique: plant(technique), Family: plant(family),
			Text: hidden, Subject: hidden, Held: []string{hidden}, Reason: incident.Reason{Code: hidden, Point: hidden},
			Sources:   []incident.Source{{File: hidden, Line: 1, Column: 1}},
			FirstSeen: incident.Moment{At: time.Date(2026, 5, 11, 9, 0, 0, 0, time.UTC), Exact: true},
		}
		got, err := g.Clear(gate.Request{Items: []incident.Item{item}, Reach: party.Reach(1 + reach%3), Label: tlp.Amber})
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Decisions) != 1 || got.Decisions[0].Leaves == got.Cleared.Empty() {
			t.Fatalf("decisions %+v, empty %v", got.Decisions, got.Cleared.Empty())
		}
		for _, fact := range got.Cleared.Facts() {
			eachString(reflect.ValueOf(fact), func(s string) { hold(t, "fact", s, secret, item) })
		}
		if got.Cleared.Empty() {
			return
		}
		n := 0
		body, err := stix.Encode(got.Cleared, stix.Meta{Sender: "identity--0", At: time.Unix(0, 0), Mint: func(typ string) string {
			n++
			return fmt.Sprintf("%s--00000000-0000-4000-8000-%012d", typ, n)
		}})
		if err != nil {
			return // refused is safe
		}
		if !json.Valid(body) {
			t.Fatalf("not JSON: %s", body)
		}
		dec := json.NewDecoder(bytes.NewReader(body))
		for {
			token, err := dec.Token()
			if err != nil {
				return
			}
			if s, ok := token.(string); ok {
				hold(t, "bundle", s, secret, item)
			}
		}
	})
}

// hold fails if a text shows the secret, as it stands or decoded by other means than ours.
func hold(t *testing.T, where, text, secret string, item incident.Item) {
	t.Helper()
	for _, s := range append(decoded(text), text) {
		if strings.Contains(folded(s), folded(secret)) {
			t.Fatalf("LEAK of %q in a %s: %q\nitem %+v", secret, where, text, item)
		}
	}
}

func folded(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) || r == 'ー' {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKC.String(strings.ToValidUTF8(s, "")))
}

var (
	inBase64 = regexp.MustCompile(`[A-Za-z0-9+/_-]{8,}`)
	inHex    = regexp.MustCompile(`(?i)[0-9a-f]{8,}`)
	inEscape = regexp.MustCompile(`\\+u[0-9a-fA-F]{4}`)
)

func decoded(s string) []string {
	out := []string{html.UnescapeString(s)}
	if d, err := url.PathUnescape(s); err == nil {
		out = append(out, d)
	}
	out = append(out, inEscape.ReplaceAllStringFunc(s, func(m string) string {
		b, _ := hex.DecodeString(m[len(m)-4:])
		return string(rune(b[0])<<8 | rune(b[1]))
	}))
	for _, run := range inBase64.FindAllString(s, -1) {
		run = strings.NewReplacer("-", "+", "_", "/").Replace(run)
		for at := range 4 {
			if b, err := base64.RawStdEncoding.DecodeString(run[min(at, len(run)):]); err == nil {
				out = append(out, string(b))
			}
		}
	}
	for _, run := range inHex.FindAllString(s, -1) {
		for at := range 2 {
			b, _ := hex.DecodeString(run[at : len(run)-(len(run)-at)%2])
			out = append(out, string(b))
		}
	}
	return out
}

func eachString(v reflect.Value, f func(string)) {
	switch v.Kind() {
	case reflect.String:
		f(v.String())
	case reflect.Struct:
		for i := range v.NumField() {
			eachString(v.Field(i), f)
		}
	case reflect.Slice:
		for i := range v.Len() {
			eachString(v.Index(i), f)
		}
	}
}

// TestOnlyWhatIsComposedLeaves puts a word no profile knows in every string of an item that is
// not a value, a technique or a family, and looks for it in the facts: for each kind, role and
// status, none of it leaves.
func TestOnlyWhatIsComposedLeaves(t *testing.T) {
	g := guarded(t)
	const canary = "kzurogunimo"
	left := 0
	for _, kind := range incident.Kinds() {
		for _, role := range roles {
			for _, v := range []indicator.Value{
				{Type: indicator.IPv4, Value: "203.0.113.7"}, {Type: indicator.File, Value: "mzlock.exe"},
				{Type: indicator.URL, Value: "https://kx7q.example.net/a.dat"}, {Type: indicator.CVE, Value: "CVE-2024-21762"}, {},
			} {
				item := incident.Item{
					ID: canary, Kind: kind, Status: incident.Observed, Role: role, Value: v, Text: canary, Subject: canary,
					Held: []string{canary}, Reason: incident.Reason{Code: canary, Point: canary},
					Sources: []incident.Source{{File: canary, Line: 77777, Column: 77777}}, Technique: "T1059.001", Family: "ransomware",
				}
				got, err := g.Clear(gate.Request{Items: []incident.Item{item}, Reach: party.Coordinator, Label: tlp.Red})
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range got.Cleared.Facts() {
					left++
					if s := fmt.Sprintf("%+v", f); strings.Contains(s, canary) || strings.Contains(s, "77777") {
						t.Errorf("%s %s %v: %s", kind, role, v, s)
					}
				}
			}
		}
	}
	if left == 0 {
		t.Error("nothing left at all")
	}
}
