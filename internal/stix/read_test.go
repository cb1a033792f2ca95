package stix_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/phrase"
	"github.com/wakachi/wakachi/internal/stix"
	"github.com/wakachi/wakachi/internal/tlp"
)

var readAt = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

// split gives the objects of a bundle or of a JSON list.
func split(t *testing.T, body string) []json.RawMessage {
	t.Helper()
	if body[0] == '[' {
		body = `{"objects":` + body + `}`
	}
	objects, err := stix.Split([]byte(body), 1000)
	if err != nil {
		t.Fatal(err)
	}
	return objects
}

func read(t *testing.T, body string) stix.Received {
	t.Helper()
	objects := split(t, body)
	got, err := stix.Read(objects, readAt)
	if err != nil {
		t.Fatal(err)
	}
	counted(t, got, len(objects))
	return got
}

// counted holds the count of a reading: nothing vanishes.
func counted(t *testing.T, got stix.Received, objects int) {
	t.Helper()
	whole := 0
	for _, l := range got.Losses {
		if l.Property == "" {
			whole++
		}
	}
	if got.Told+got.Framed+got.Lost != objects || whole != got.Lost || len(got.Origins) != len(got.Sheet.Lines) {
		t.Errorf("%d objects, %d told, %d framed, %d lost, %d losses of a whole object, %d lines, %d origins",
			objects, got.Told, got.Framed, got.Lost, whole, len(got.Sheet.Lines), len(got.Origins))
	}
}

func TestWhatWeWriteWeReadBack(t *testing.T) {
	facts := everything()
	real := map[indicator.Type]string{ // everything holds some that are no values outside of an encoder
		indicator.SSDEEP: "3:AXGBicFlgVNhBGcL6wCrFQEv:AXGHsNhxLsr2C", indicator.Coin: "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
		indicator.URL: "https://evil.example/a?b=1&c=2",
	}
	for i := range facts {
		if v, ok := real[facts[i].Value.Type]; ok && facts[i].Like == nil {
			facts[i].Value.Value = v
		}
		if facts[i].Value.Type == "mutex" {
			facts[i].Suspected, facts[i].Role = true, ""
		}
		if facts[i].Value.Hash == "SHA-256" || facts[i].Value.Hash == "MD5" {
			facts[i].Group = 1
		}
	}
	letter := parcel.Letter{Ask: "6/1 以降の通信", AskDue: readAt.AddDate(0, 1, 0), Conditions: "自動転送しない / 社内のみ", Until: readAt.AddDate(1, 0, 0), PAP: tlp.PAPGreen}
	n := byte(0)
	mint := func(kind string) string { n++; return stix.ID(kind, [16]byte{15: n}) }
	c := parcel.Clear(facts, tlp.AmberStrict, party.Community)
	raw, err := stix.Encode(c, stix.Meta{Sender: party.Pseudonym(mint("identity")), At: readAt, Mint: mint, Letter: letter})
	if err != nil {
		t.Fatal(err)
	}
	got := read(t, string(raw))
	want := parcel.Lay(c, letter)
	if got.Sheet.Label != want.Label || got.Sheet.Letter != want.Letter {
		t.Errorf("label %v, letter %+v\nwant %+v", got.Sheet.Label, got.Sheet.Letter, want.Letter)
	}
	plain := func(l parcel.Line) string { l.Name = ""; b, _ := json.Marshal(l); return string(b) }
	var have []string
	for _, l := range got.Sheet.Lines {
		have = append(have, plain(l))
	}
	for _, l := range want.Lines {
		if !slices.Contains(have, plain(l)) {
			t.Errorf("not read back: %s", plain(l))
		}
	}
	if len(have) != len(want.Lines) {
		t.Errorf("%d lines of %d: %s", len(have), len(want.Lines), have)
	}
	for _, l := range got.Losses {
		if l.Why != stix.Link && l.Why != stix.Narrowed && l.Property != "valid_until" {
			t.Errorf("lost: %+v", l)
		}
	}
}

// losses writes what was lost as "type property why".
func losses(r stix.Received) []string {
	var out []string
	for _, l := range r.Losses {
		kind, _, _ := strings.Cut(l.Object, "--")
		out = append(out, strings.Join(strings.Fields(kind+" "+l.Property+" "+string(l.Why)), " "))
	}
	return out
}

func TestWhatGivesNoLineIsListed(t *testing.T) {
	for name, c := range map[string]struct {
		objects, loss string
		lines         int
	}{
		"both of two":         {sdo(`pattern="[url:value = 'https://a.example/'] AND [url:value = 'https://b.example/']"`), "indicator compound", 0},
		"not this":            {sdo(`pattern="[url:value != 'https://a.example/']"`), "indicator compound", 0},
		"another language":    {sdo(`pattern="title: x"`, `pattern_type="sigma"`), "indicator foreign", 0},
		"a rule of theirs":    {sdo(`pattern="alert tls any any -> any any (ja3.hash; content:\"`+strings.Repeat("a", 32)+`\"; sid:1;)"`, `pattern_type="suricata"`), "indicator foreign", 0},
		"no value":            {sdo(`pattern="[url:value = 'not a url']"`), "indicator no-value", 0},
		"no place":            {sdo(`pattern="[file:size = 5]"`), "indicator no-value", 0},
		"one of two":          {sdo(`pattern="[url:value = 'https://a.example/' OR file:size = 5]"`), "indicator pattern narrowed", 1},
		"revoked":             {sdo(`revoked=true`), "indicator revoked", 0},
		"expired":             {sdo(`valid_until="2026-06-01T00:00:00.000Z"`), "indicator expired", 0},
		"not yet expired":     {sdo(`valid_until="2026-06-01T00:00:00.0000001Z"`), "indicator valid_until no-place", 1},
		"harmless":            {sdo(`indicator_types=["benign"]`), "indicator benign", 0},
		"unsound":             {sdo(`valid_from="x"`), "indicator unsound", 0},
		"twice":               {sdo() + "," + sdo(), "indicator repeated", 1},
		"an older one":        {sdo(`modified="2026-05-21T00:00:00.000Z"`) + "," + sdo(`name="old"`), "indicator older", 1},
		"revoked, then newer": {sdo(`revoked=true`) + "," + sdo(`modified="2026-05-21T00:00:00.000Z"`), "indicator older,indicator revoked", 0},
		"newer, then revoked": {sdo(`modified="2026-05-21T00:00:00.000Z"`) + "," + sdo(`revoked=true`), "indicator revoked,indicator older", 0},
		"a sentence":          {sdo(`description="what we saw"`), "indicator description text", 1},
		"a phase":             {sdo(`kill_chain_phases=[{"kill_chain_name":"k","phase_name":"p"}]`), "indicator kill_chain_phases no-place", 1},
		"how sure":            {sdo(`confidence=70`), "indicator confidence narrowed", 1},
		"since when":          {sdo(), "indicator valid_from guessed", 1},
		"merely seen":         {sco("url", `value="https://a.example/"`), "url type guessed", 1},
		"no such value":       {sco("url", `value="x y"`), "url no-value", 0},
		"who was written to": {sco("email-addr", `value="victim@a.example"`) + "," + sco("email-message", `is_multipart=false`, `subject="invoice"`, `to_refs=["email-addr--`+uuid+`"]`),
			"email-addr own-side,email-message type guessed,email-message to_refs no-place", 1},
		"a name":          {domain("vulnerability", `name="Heartbleed"`), "vulnerability no-value", 0},
		"an actor":        {domain("threat-actor", `name="n"`), "threat-actor not-read", 0},
		"a custom object": {domain("x-own-thing", `name="n"`), "x-own-thing not-read", 0},
		"a link":          {domain("relationship", `relationship_type="uses"`, `source_ref="malware--`+uuid+`"`, `target_ref="tool--`+uuid+`"`), "relationship link", 0},
		"a note":          {domain("note", `content="c"`, `object_refs=["indicator--`+uuid+`"]`), "note text", 0},
		"a false seal":    {domain("wakachi-seal", `parcel="p"`), "wakachi-seal unverified", 0},
		"a family":        {domain("malware", `is_family=true`, `name="Emo\u202etet"`, `malware_types=["bot","own-word"]`), "malware malware_types narrowed", 1},
	} {
		got := read(t, "["+c.objects+"]")
		if len(got.Sheet.Lines) != c.lines || !containsAll(losses(got), strings.Split(c.loss, ",")) {
			t.Errorf("%s: %d lines, lost %q, want %d and %q", name, len(got.Sheet.Lines), losses(got), c.lines, c.loss)
		}
	}
}

func containsAll(have, want []string) bool {
	return !slices.ContainsFunc(want, func(w string) bool { return !slices.Contains(have, w) })
}

func TestValuesOfOthersAreRead(t *testing.T) {
	for pattern, want := range map[string]string{
		"[ipv4-addr:value IN ('203.0.113.7','203.0.113.0/24')]":        "ipv4-addr 203.0.113.7|ipv4-cidr 203.0.113.0/24",
		"[domain-name:value = 'EVIL.example' ]":                        "domain-name evil.example",
		"[file:hashes.md5 = '" + strings.Repeat("a", 32) + "']":        "file " + strings.Repeat("a", 32),
		"[email-message:from_ref.value = 'a@evil.example']":            "email-addr a@evil.example",
		"[network-traffic:dst_ref.value = '2001:db8::1']":              "ipv6-addr 2001:db8::1",
		"[windows-registry-key:key = 'HKLM\\\\\\\\SOFTWARE\\\\\\\\X']": `windows-registry-key HKEY_LOCAL_MACHINE\SOFTWARE\X`,
	} {
		got := read(t, "["+sdo(`pattern="`+pattern+`"`)+"]")
		var have []string
		for _, l := range got.Sheet.Lines {
			have = append(have, l.Type+" "+l.Value)
		}
		if strings.Join(have, "|") != want {
			t.Errorf("%s gives %q, want %q; lost %v", pattern, have, want, losses(got))
		}
	}
}

func TestReadTakesTheStrictestLabel(t *testing.T) {
	for objects, want := range map[string]tlp.Label{
		sdo(): tlp.Unknown, sdo(`object_marking_refs=[` + green1 + `]`): tlp.Green, sdo(`object_marking_refs=[` + unknown + `]`): tlp.Red,
		sdo(`object_marking_refs=[`+green1+`]`) + "," + domain("tool", `name="t"`, `object_marking_refs=[`+amber2+`]`): tlp.Amber, // also of what is lost
	} {
		if got := read(t, "["+objects+"]"); got.Sheet.Label != want {
			t.Errorf("%s is %v, want %v", objects, got.Sheet.Label, want)
		}
	}
}

func TestReadRefusesNothingAndTooMuch(t *testing.T) {
	if _, err := stix.Read(nil, readAt); fault.KindOf(err) != fault.Invalid {
		t.Errorf("nothing: %v", err)
	}
	if _, err := stix.Read(make([]json.RawMessage, 100_001), readAt); fault.KindOf(err) != fault.TooLarge {
		t.Errorf("too much: %v", err)
	}
	got, err := stix.Read([]json.RawMessage{nil, json.RawMessage("{"), json.RawMessage("[]"), json.RawMessage(`{"id":"` + uuid + `"}`)}, readAt)
	if err != nil || got.Lost != 4 {
		t.Errorf("%+v, %v", got, err)
	}
	counted(t, got, 4)
}

// FuzzRead: whatever the objects are, each is counted once, and every value is one.
func FuzzRead(f *testing.F) {
	for _, s := range []string{
		sdo(`name="n"`, `revoked=false`), sdo(`pattern="[file:name LIKE 'a%b_' AND file:parent_directory_ref.path = 'C:\\\\x']"`), sco("file", `hashes={"MD5":"`+strings.Repeat("a", 32)+`"}`, `name="a.exe"`),
		domain("malware", `is_family=true`, `name="E"`) + "," + sco("network-traffic", `protocols=["tcp"]`, `dst_ref="ipv4-addr--`+uuid+`"`, `dst_port=443`) + "," + sco("ipv4-addr", `value="203.0.113.7"`),
		domain("note", `abstract="確認依頼 / request"`, `content="c（回答期限 / answer by: 2026-01-01）"`, `object_refs=["indicator--`+uuid+`"]`) + "," + string(statement(termsRef, "PAP:RED / 利用期限 / use until: x")),
	} {
		f.Add([]byte(`{"objects":[` + s + `]}`))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		objects, err := stix.Split(body, 50)
		if err != nil {
			return
		}
		got, err := stix.Read(objects, readAt)
		if err != nil {
			t.Fatal(err)
		}
		counted(t, got, len(objects))
		for _, l := range got.Sheet.Lines {
			if l.Value == "" || l.Type == string(indicator.PDB) {
				continue
			}
			if v, err := indicator.Parse(indicator.Type(l.Type), l.Value); err != nil || v.Value != l.Value {
				t.Fatalf("%+v is no value", l)
			}
		}
	})
}

func TestEveryWhyHasWords(t *testing.T) {
	for _, w := range []stix.Why{
		stix.Unsound, stix.Repeated, stix.Older, stix.Revoked, stix.Expired, stix.Benign, stix.Foreign, stix.Compound, stix.NoValue, stix.OwnSide,
		stix.NotRead, stix.Unverified, stix.NoPlace, stix.Text, stix.Narrowed, stix.Guessed, stix.Link,
	} {
		if _, ok := phrase.Japanese.Lookup("stix.loss." + string(w)); !ok {
			t.Errorf("%s has no words", w)
		}
	}
}
