package exchange_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/document"
	"github.com/wakachi/wakachi/internal/exchange"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/profile"
	"github.com/wakachi/wakachi/internal/tlp"
)

var now = time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)

func random(seed byte) *rand.ChaCha8 { return rand.NewChaCha8([32]byte{seed}) }

// note makes a note of lines.
func note(file string, lines ...string) incident.Note {
	n := incident.Note{File: file}
	for i, l := range lines {
		n.Lines = append(n.Lines, incident.Line{Number: i + 1, Text: l})
	}
	return n
}

// order shares notes of the profile with the community under AMBER.
func order(p incident.Profile, notes ...incident.Note) exchange.Order {
	return exchange.Order{Notes: notes, Profile: p, Reach: party.Community, Label: tlp.Amber, At: now, Random: random(1)}
}

func hospital() incident.Profile {
	return incident.Profile{Organisation: incident.Identity{
		Names: []string{"青葉架空病院", "Aoba Kaku Hospital"}, Domains: []string{"aoba-kaku-hp.example"},
		Networks: []string{"192.0.2.0/24"},
	}}
}

func draw(t testing.TB, o exchange.Order) exchange.Draft {
	t.Helper()
	d, err := exchange.Draw(o)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// samples reads the incidents of testdata.
func samples(t testing.TB) map[string]exchange.Order {
	t.Helper()
	dirs, err := filepath.Glob("../../testdata/incidents/*/notes.md")
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no incidents: %v", err)
	}
	out := map[string]exchange.Order{}
	for _, name := range dirs {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		got, err := document.Read("notes.md", bytes.NewReader(data), document.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(filepath.Join(filepath.Dir(name), "profile.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		p, err := profile.Read("profile.yaml", f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(filepath.Dir(name))] = order(p, got.Notes...)
	}
	return out
}

// TestNothingOfTheProfileIsInADraft plants a canary in every string of the profile, and each
// of them in the notes beside indicators that leave.
func TestNothingOfTheProfileIsInADraft(t *testing.T) {
	var p incident.Profile
	p.ThirdParties = make([]incident.Identity, 1)
	bird := cage()
	var canaries []string
	fillStrings(reflect.ValueOf(&p).Elem(), "", func(path string) string {
		word := bird()
		canaries = append(canaries, word)
		switch {
		case strings.HasSuffix(path, "Networks"):
			canaries[len(canaries)-1] = "203.0.113.200"
			return "203.0.113.200/32"
		case strings.HasSuffix(path, "Domains"):
			return word + ".example"
		case strings.HasSuffix(path, "Sector"), strings.HasSuffix(path, "Size"):
			canaries[len(canaries)-1] = "7,431"
			return "職員 7,431名"
		}
		return word
	})
	if len(canaries) < 18 {
		t.Fatalf("only %d fields were filled: %q", len(canaries), canaries)
	}
	var lines []string
	for i, c := range canaries {
		lines = append(lines,
			fmt.Sprintf("- 2026-05-11 09:%02d C2 198.51.100.%d:443 へビーコン。担当 %s", i, i+1, c),
			fmt.Sprintf("- C2 hxxps://c2-%d.example.net/in/%s/a.dat?id=%s", i, c, c),
			fmt.Sprintf(`- 不審なファイル C:\Users\%s\AppData\%s\svc%d.exe が作成された`, c, c, i),
			fmt.Sprintf("- 検体 %s_%d.exe を %s-web.example.net からダウンロード", c, i, c),
			fmt.Sprintf(`- ミューテックス: Global\MTX-%s-%d`, c, i))
	}
	d := draw(t, order(p, note("notes-"+canaries[0]+".md", lines...)))
	for i := range canaries {
		if want := fmt.Sprintf("198.51.100.%d'", i+1); !strings.Contains(string(d.Body), want) {
			t.Errorf("%s was not shared: the test shows nothing about %q", want, canaries[i])
		}
	}
	for _, s := range stringsOf(t, d.Body) {
		if secret, reading := leaks(s, canaries); secret != "" {
			t.Errorf("LEAK: %q in %q, read as %q", secret, s, reading)
		}
	}
}

// TestNothingOfTheProseIsInADraft writes words that no profile knows around the values that
// leave. Compose, don't redact: they stay all the same.
func TestNothingOfTheProseIsInADraft(t *testing.T) {
	bird := cage()
	var canaries []string
	c := func() string {
		w := bird()
		canaries = append(canaries, w)
		return w
	}
	n := note("caseof-"+c()+".md",
		"# "+c()+" の対応記録（"+c()+"部 "+c()+"）",
		"- 2026-05-11 09:05 "+c()+" が 203.0.113.77:443 へのビーコンを確認。"+c()+"に報告",
		"- SHA256: 6f1c7e0c1b3a8f5f8f0b9f4b1d2a3c4e5f60718293a4b5c6d7e8f90112233445（"+c()+"の端末）",
		"- "+c()+"の脆弱性 CVE-2024-21762 が悪用された。"+c()+"が未適用",
		"- PowerShell で "+c()+" を実行し、"+c()+" へ横展開。スケジュールタスク名 MzUpdateCheck（"+c()+"）",
		"- 被害: "+c()+"の顧客 1,874 名分",
		"- 攻撃者は "+c()+" と名乗る。ランサムウェア "+c()+"。",
		"```", "2026-05-11 C2 198.51.100.7 "+c(), "```",
		"| 日時 | 内容 |", "|---|---|", "| 2026-05-12 | 198.51.100.8 へ送信。"+c()+" |",
		"The operator "+c()+" saw beacons to C2 198.51.100.9; told "+c()+" of it.",
	)
	d := draw(t, order(hospital(), n))
	for _, want := range []string{"203.0.113.77", "6f1c7e0c", "CVE-2024-21762", "MzUpdateCheck", "198.51.100.9"} {
		if !strings.Contains(string(d.Body), want) {
			t.Errorf("%s was not shared", want)
		}
	}
	for _, s := range stringsOf(t, d.Body) {
		if secret, reading := leaks(s, canaries); secret != "" {
			t.Errorf("LEAK: %q in %q, read as %q", secret, s, reading)
		}
	}
}

// cage gives a new word at each call: letters that stand in no text of ours, no generic word,
// no hexadecimal digits.
func cage() func() string {
	r := rand.New(rand.NewPCG(7, 7))
	return func() string {
		w := ""
		for range 5 {
			w += string("kgtmnrwzhp"[r.IntN(10)]) + string("uoi"[r.IntN(3)])
		}
		return w
	}
}

// fillStrings sets every string below v to what fill says, with the path of field names.
func fillStrings(v reflect.Value, path string, fill func(path string) string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(fill(path))
	case reflect.Struct:
		for i := range v.NumField() {
			fillStrings(v.Field(i), path+"."+v.Type().Field(i).Name, fill)
		}
	case reflect.Slice:
		if v.Len() == 0 {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		}
		for i := range v.Len() {
			fillStrings(v.Index(i), path, fill)
		}
	}
}

func TestSameOrderSameBytes(t *testing.T) {
	for name, o := range samples(t) {
		var first []byte
		for range 8 {
			o.Random = random(3)
			d := draw(t, o)
			if first == nil {
				first = d.Body
			}
			if !bytes.Equal(first, d.Body) {
				t.Fatalf("%s: the same order gave other bytes", name)
			}
		}
		o.Random = random(4)
		if d := draw(t, o); first != nil && bytes.Equal(first, d.Body) {
			t.Errorf("%s: other random bytes gave the same ids", name)
		}
	}
}

var randomID = regexp.MustCompile(`--([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12})`)

// TestIDsAvoidTheProfile: in random ids not even chance spells a name that can be written in
// hexadecimal digits.
func TestIDsAvoidTheProfile(t *testing.T) {
	for _, c := range []struct {
		name    string
		p       incident.Identity
		avoided []string
	}{
		{"names", incident.Identity{Names: []string{"青葉架空病院", "abc", "Beef Kaku"}}, []string{"abc", "beef"}},
		{"terms and numbers", incident.Identity{Names: []string{"青葉架空病院"}, Size: "病床 412", Terms: []string{"dead", "CAFE"}}, []string{"412", "dead", "cafe"}},
		{"a number with a comma", incident.Identity{Names: []string{"青葉架空病院"}, Size: "従業員 1,250名"}, []string{"1250"}},
		{"hosts", incident.Identity{Names: []string{"青葉架空病院"}, HostPrefixes: []string{"ABE-"}, Domains: []string{"fab.example"}}, []string{"abe", "fab"}},
		{"written wide", incident.Identity{Names: []string{"青葉架空病院", "ＡＢＣ"}, Size: "病床 ４１２"}, []string{"abc", "412"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for seed := range 60 {
				o := order(incident.Profile{Organisation: c.p}, note("n.md", "C2 203.0.113.77:443 へビーコン、C2 203.0.113.78 も。検体 mzlock.exe を 198.51.100.9 からダウンロード。漏えいした可能性 8,431 名分"))
				o.Random = random(byte(seed))
				ids := randomID.FindAllStringSubmatch(string(draw(t, o).Body), -1)
				if len(ids) < 5 {
					t.Fatalf("only %d random ids", len(ids))
				}
				for _, id := range ids {
					joined := strings.ReplaceAll(id[1], "-", "")
					for _, a := range append(slices.Clone(c.avoided), "8431") {
						if strings.Contains(joined, a) || strings.Contains(id[1], a) {
							t.Fatalf("seed %d: id %s shows %q", seed, id[1], a)
						}
					}
				}
			}
		})
	}
}

// facts gives what a bundle says, as a set of sentences.
func facts(t testing.TB, body []byte) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	if body == nil {
		return out
	}
	var b struct{ Objects []map[string]any }
	if err := json.Unmarshal(body, &b); err != nil {
		t.Fatal(err)
	}
	for _, o := range b.Objects {
		switch o["type"] {
		case "indicator":
			out[fmt.Sprint("indicator ", o["pattern"])] = true
		case "vulnerability", "attack-pattern":
			out[fmt.Sprint(o["type"], o["name"], o["external_references"])] = true
		case "malware":
			out[fmt.Sprint("malware ", o["malware_types"])] = true
		default:
			if id := fmt.Sprint(o["id"]); !randomID.MatchString(id) && o["type"] != "marking-definition" {
				out[id] = true // an observable: its id is made of what it says
			}
		}
	}
	return out
}

// TestWiderAudiencesSeeLess: what the community may see the hub may, and what the hub may see
// the coordinator may. Shuffled and mixed notes, so that the order of mention plays no part.
func TestWiderAudiencesSeeLess(t *testing.T) {
	var lines []string
	var p incident.Profile
	for _, o := range samples(t) {
		for _, n := range o.Notes {
			for _, l := range n.Lines {
				lines = append(lines, l.Text)
			}
		}
		p.Organisation.Names = append(p.Organisation.Names, o.Profile.Organisation.Names...)
		p.Organisation.Domains = append(p.Organisation.Domains, o.Profile.Organisation.Domains...)
		p.ThirdParties = append(p.ThirdParties, o.Profile.ThirdParties...)
	}
	slices.Sort(lines)
	lines = append(lines,
		"- フィッシングサイト hxxps://shlnonome-kaku[.]top/login.php",
		"- C2 198.51.100.61 は別の会社の正規サーバが侵害され踏み台にされたもの",
		"- 攻撃者は中国語話者とみられる。攻撃グループは Mizuki")
	r := rand.New(rand.NewPCG(1, 2))
	narrowed := 0
	for range 40 {
		r.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
		o := order(p, note("n.md", lines[:1+r.IntN(len(lines))]...))
		o.Label = tlp.Label(1 + r.IntN(5))
		var sets []map[string]bool
		for _, reach := range []party.Reach{party.Community, party.Hub, party.Coordinator} {
			o.Reach, o.Random = reach, random(9)
			sets = append(sets, facts(t, draw(t, o).Body))
		}
		for i := range 2 {
			for f := range sets[i] {
				if !sets[i+1][f] && !strings.HasPrefix(f, "malware ") && !strings.HasPrefix(f, "network-traffic") {
					t.Errorf("audience %d sees %q, audience %d does not", i, f, i+1)
				}
			}
			narrowed += len(sets[i+1]) - len(sets[i])
		}
	}
	if narrowed == 0 {
		t.Error("no audience saw less than another: the property was never put to the test")
	}
}

// TestLabelIsNeverWeaker: the bundle says the label that was ordered, on every object, and
// what came in under a stricter one is not in it.
func TestLabelIsNeverWeaker(t *testing.T) {
	n := note("n.md",
		"- C2 203.0.113.77:443 へビーコンを確認",
		"- 他の組織から TLP:RED で 203.0.113.90 が C2 だと情報提供を受けた",
		"- 他の組織から TLP:AMBER で 203.0.113.91 が C2 だと情報提供を受けた",
		"- 他の組織から TLP:GREEN で 203.0.113.92 が C2 だと情報提供を受けた",
		"- 他の組織から、区分なしで 203.0.113.93 が C2 だと情報提供を受けた")
	received := map[string]tlp.Label{
		"203.0.113.90": tlp.Red, "203.0.113.91": tlp.Amber, "203.0.113.92": tlp.Green, "203.0.113.93": tlp.Red + 1,
	}
	for label := tlp.Clear; label <= tlp.Red; label++ {
		o := order(hospital(), n)
		o.Label = label
		d := draw(t, o)
		var b struct{ Objects []map[string]any }
		if err := json.Unmarshal(d.Body, &b); err != nil {
			t.Fatal(err)
		}
		marking := ""
		for _, obj := range b.Objects {
			if obj["type"] == "marking-definition" {
				marking = obj["id"].(string)
				want := fmt.Sprintf("map[extension_type:property-extension tlp_2_0:%s]", strings.ToLower(strings.TrimPrefix(label.String(), "TLP:")))
				if got := fmt.Sprint(obj["extensions"]); !strings.Contains(got, want) {
					t.Errorf("%s: marked %s", label, got)
				}
			}
		}
		for _, obj := range b.Objects {
			if refs := fmt.Sprint(obj["object_marking_refs"]); obj["type"] != "marking-definition" && obj["type"] != "identity" && refs != "["+marking+"]" {
				t.Errorf("%s: %v has markings %s", label, obj["id"], refs)
			}
		}
		for value, under := range received {
			if label < under && strings.Contains(string(d.Body), value) {
				t.Errorf("%s, received under %s, leaves under %s", value, under, label)
			}
		}
	}
	for _, o := range []exchange.Order{{Label: tlp.Unknown, Reach: party.Community}, {Label: tlp.Amber, Reach: party.Nobody}} {
		o.Notes, o.Profile, o.Random, o.At = []incident.Note{n}, hospital(), random(1), now
		if d, err := exchange.Draw(o); err == nil || d.Body != nil {
			t.Errorf("drawn without a label or an audience")
		}
	}
	if _, err := exchange.Draw(order(incident.Profile{}, n)); err == nil {
		t.Error("drawn without a profile")
	}
}

// TestWordsOfOurs: where the organisation's name is a word every bundle says, the bundle is
// made without it or not at all.
func TestWordsOfOurs(t *testing.T) {
	n := note("n.md", "- 2026-05-11 C2 203.0.113.77:443 へビーコン。検体 mzlock.exe を 198.51.100.9 からダウンロード")
	made := 0
	for _, word := range []string{
		"anonymous", "共有", "匿名", "sharing parcel", "攻撃に使われた", "malicious-activity", "amber", "indicator",
		"infrastructure", "property-extension", "identity", "mzlock", "ipv4-addr", "unknown", "stix",
	} {
		p := incident.Profile{Organisation: incident.Identity{Names: []string{"青葉架空病院"}, Terms: []string{word}}}
		d, err := exchange.Draw(order(p, n))
		if err != nil {
			e, ok := errors.AsType[*fault.Error](err)
			if !ok || d.Body != nil || e.Code != "exchange.inspected" && e.Code != "gate.bad-term" {
				t.Errorf("%s: %v", word, err)
			}
			if ok && strings.Contains(e.Error(), word) {
				t.Errorf("%s: the error says it: %v", word, err)
			}
			continue
		}
		made++
		for _, s := range stringsOf(t, d.Body) {
			if strings.Contains(plain(s), plain(word)) {
				t.Errorf("%s is in %q", word, s)
			}
		}
	}
	if made == 0 {
		t.Error("no bundle was made without the word")
	}
}

func TestDrawWithoutRandomness(t *testing.T) {
	o := order(hospital(), note("n.md", "C2 203.0.113.77"))
	o.Random = strings.NewReader("too few")
	d, err := exchange.Draw(o)
	if fault.KindOf(err) != fault.Internal || err == nil || d.Body != nil {
		t.Errorf("got %v and %d bytes", err, len(d.Body))
	}
}
