package stix_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/stix"
	"github.com/wakachi/wakachi/internal/tlp"
)

// The tests carry the ids of the requirement checklist for STIX 2.1: J for JSON and types,
// I for identifiers, V for versions and common properties, M for markings, G for patterns.

type object = map[string]any

// encode writes facts under a label, with counted ids and a fixed time.
func encode(t *testing.T, label tlp.Label, facts ...parcel.Fact) (raw []byte, objects []object) {
	t.Helper()
	n := byte(0)
	mint := func(kind string) string { n++; return stix.ID(kind, [16]byte{15: n}) }
	raw, err := stix.Encode(parcel.Clear(facts, label, party.Community), stix.Meta{
		Sender: party.Pseudonym(mint("identity")), At: time.Date(2026, 5, 20, 3, 4, 5, 678_900_000, time.UTC), Mint: mint,
	})
	if err != nil {
		t.Fatal(err)
	}
	var bundle struct{ Objects []object }
	if err := json.Unmarshal(raw, &bundle); err != nil {
		t.Fatal(err)
	}
	return raw, bundle.Objects
}

func fact(kind indicator.Type, value string) parcel.Fact {
	return parcel.Fact{Sort: parcel.Indicator, Value: indicator.Value{Type: kind, Value: value}}
}

func digest(h indicator.Hash, value string) parcel.Fact {
	return parcel.Fact{Sort: parcel.Indicator, Value: indicator.Value{Type: indicator.File, Hash: h, Value: value}}
}

func of(objects []object, kind string) []object {
	return slices.DeleteFunc(slices.Clone(objects), func(o object) bool { return o["type"] != kind })
}

// everything is one fact of each sort.
func everything() []parcel.Fact {
	facts := []parcel.Fact{
		fact(indicator.IPv4, "203.0.113.77"), fact(indicator.IPv6, "2001:db8::1"), fact(indicator.CIDR4, "203.0.113.0/24"),
		fact(indicator.CIDR6, "2001:db8::/32"), fact(indicator.Domain, "evil.example"), fact(indicator.URL, "https://evil.example/a?b=1&c=<2>"),
		fact(indicator.Email, "a@evil.example"), digest(indicator.MD5, strings.Repeat("a", 32)), digest(indicator.SHA1, strings.Repeat("b", 40)),
		digest(indicator.SHA256, strings.Repeat("c", 64)), digest(indicator.SHA512, strings.Repeat("d", 128)), fact(indicator.File, "it's.exe"),
		fact(indicator.Path, `C:\ProgramData\x\y.exe`), fact(indicator.PDB, `D:\work\x.pdb`), fact(indicator.Registry, `HKEY_CURRENT_USER\Software\X`),
		fact(indicator.Mutex, `Global\KRG`), fact(indicator.Service, "UpdSvc"), fact(indicator.Task, "UpdTask"), fact(indicator.UserAgent, "KRG/1.2"),
		fact(indicator.Subject, "請求書 \u2028 送付"), fact(indicator.SSDEEP, "3:AB:CD"), fact(indicator.Imphash, strings.Repeat("e", 32)),
		fact(indicator.JA3, strings.Repeat("f", 32)), fact(indicator.JA3S, strings.Repeat("3", 32)), fact(indicator.JARM, strings.Repeat("1", 62)), fact(indicator.Coin, "bc1qexample"),
		{Sort: parcel.Indicator, Value: indicator.Value{Type: indicator.Cert, Hash: indicator.SHA1, Value: strings.Repeat("2", 40)}},
		{Sort: parcel.Vulnerability, Value: indicator.Value{Type: indicator.CVE, Value: "CVE-2024-21762"}},
		{Sort: parcel.Technique, Value: indicator.Value{Type: indicator.Technique, Value: "T1059.001"}},
		{Sort: parcel.Malware, Family: "ransomware"},
		{Sort: parcel.Indicator, Value: indicator.Value{Type: indicator.URL}, Like: []string{"https://evil.example/", "/x"}},
	}
	for i := range facts {
		if facts[i].Value.Type == indicator.IPv4 {
			facts[i].Role, facts[i].Port, facts[i].First, facts[i].Last = "c2", 443, "2026-05-11", "2026-05-18"
		}
	}
	return facts
}

func TestJ1Timestamps(t *testing.T) {
	_, objects := encode(t, tlp.Amber, everything()...)
	form := regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`)
	for _, o := range objects {
		for _, key := range []string{"created", "modified", "valid_from"} {
			if s, ok := o[key].(string); ok && !form.MatchString(s) {
				t.Errorf("%s: %s is %q", o["id"], key, s)
			}
		}
	}
	if got := of(objects, "indicator")[0]["valid_from"]; got != "2026-05-11T00:00:00.000Z" {
		t.Errorf("valid_from is %v, want the first day it was seen", got)
	}
	if got := of(objects, "grouping")[0]["created"]; got != "2026-05-20T03:04:05.000Z" {
		t.Errorf("created is %v, want the second without a fraction of our machine", got)
	}
}

func TestJ3NoEmptyValues(t *testing.T) {
	raw, _ := encode(t, tlp.Amber, everything()...)
	for _, bad := range []string{"null", "[]", "{}", `""`} {
		if bytes.Contains(raw, []byte(":"+bad)) {
			t.Errorf("the bundle holds %s", bad)
		}
	}
}

func TestJ5ReservedNamesAreAbsent(t *testing.T) {
	raw, _ := encode(t, tlp.Amber, everything()...)
	for _, name := range []string{"severity", "username", "phone_number", "action"} {
		if bytes.Contains(raw, []byte(`"`+name+`":`)) {
			t.Errorf("property %s is reserved", name)
		}
	}
}

func TestJ6TextIsWrittenAsItIs(t *testing.T) {
	raw, _ := encode(t, tlp.Amber, everything()...)
	for _, want := range []string{"&c=<2>", "請求書 \u2028 送付"} {
		if !bytes.Contains(raw, []byte(want)) {
			t.Errorf("%q was escaped", want)
		}
	}
}

func TestJ7HashNames(t *testing.T) {
	_, objects := encode(t, tlp.Amber, everything()...)
	allowed := []string{"MD5", "SHA-1", "SHA-256", "SHA-512", "SSDEEP"}
	for _, o := range objects {
		hashes, _ := o["hashes"].(map[string]any)
		for name := range hashes {
			if !slices.Contains(allowed, name) {
				t.Errorf("%s has a hash %s", o["id"], name)
			}
		}
	}
}

func TestI1IdsNameTheirType(t *testing.T) {
	_, objects := encode(t, tlp.Amber, everything()...)
	form := regexp.MustCompile(`^[a-z0-9-]+--[0-9a-f]{8}-[0-9a-f]{4}-[45][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	seen := map[any]bool{}
	for _, o := range objects {
		id := o["id"].(string)
		if !form.MatchString(id) || !strings.HasPrefix(id, o["type"].(string)+"--") || seen[id] {
			t.Errorf("id %s of a %s", id, o["type"])
		}
		seen[id] = true
	}
}

// The three ids are those of the errata; the ids printed in the text of 2021 are wrong.
func TestI3IdsOfObservables(t *testing.T) {
	for _, c := range []struct {
		fact parcel.Fact
		kind string
		want string
	}{
		{fact(indicator.IPv4, "198.51.100.3"), "ipv4-addr", "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4"},
		{fact(indicator.Domain, "example.com"), "domain-name", "domain-name--bedb4899-d24b-5401-bc86-8f6b4cc18ec7"},
		{fact(indicator.File, "foo.dll"), "file", "file--41582d78-96c3-56dc-875e-e5227324267b"},
	} {
		_, objects := encode(t, tlp.Clear, c.fact)
		if got := of(objects, c.kind)[0]["id"]; got != c.want {
			t.Errorf("%s: %v, want %s", c.kind, got, c.want)
		}
	}
}

func TestI4OneDigestCountsForTheIdOfAFile(t *testing.T) {
	md5, sha := digest(indicator.MD5, strings.Repeat("a", 32)), digest(indicator.SHA256, strings.Repeat("c", 64))
	md5.Group, sha.Group = 1, 1
	_, both := encode(t, tlp.Clear, sha, md5)
	_, alone := encode(t, tlp.Clear, digest(indicator.MD5, strings.Repeat("a", 32)))
	if len(of(both, "file")) != 1 || of(both, "file")[0]["id"] != of(alone, "file")[0]["id"] {
		t.Errorf("a file with two digests has the id of its MD5: %v", of(both, "file"))
	}
}

func TestI5ValuesAreNotChangedForTheId(t *testing.T) {
	_, a := encode(t, tlp.Clear, fact(indicator.URL, "http://evil.example/A"))
	_, b := encode(t, tlp.Clear, fact(indicator.URL, "http://evil.example/a"))
	if of(a, "url")[0]["id"] == of(b, "url")[0]["id"] {
		t.Error("two URLs share an id")
	}
}

func TestI6BytesAreCanonical(t *testing.T) {
	raw, _ := encode(t, tlp.Amber, everything()...)
	again, _ := encode(t, tlp.Amber, everything()...)
	if !bytes.Equal(raw, again) {
		t.Error("the same facts gave other bytes")
	}
	checkSorted(t, json.NewDecoder(bytes.NewReader(raw)))
}

// checkSorted walks a JSON text and wants the keys of each object in UTF-16 order.
func checkSorted(t *testing.T, dec *json.Decoder) {
	t.Helper()
	token, err := dec.Token()
	if err != nil {
		t.Fatal(err)
	}
	switch token {
	case json.Delim('['):
		for dec.More() {
			checkSorted(t, dec)
		}
		_, _ = dec.Token()
	case json.Delim('{'):
		var last []uint16
		for dec.More() {
			key, _ := dec.Token()
			now := utf16.Encode([]rune(key.(string)))
			if last != nil && slices.Compare(last, now) >= 0 {
				t.Errorf("key %v is out of order", key)
			}
			last = now
			checkSorted(t, dec)
		}
		_, _ = dec.Token()
	}
}

func TestV1CommonProperties(t *testing.T) {
	_, objects := encode(t, tlp.Amber, everything()...)
	for _, o := range objects {
		if o["spec_version"] != "2.1" {
			t.Errorf("%s has no spec_version", o["id"])
		}
		observable := strings.Contains(o["id"].(string), "-5")
		switch o["type"] {
		case "marking-definition":
			if o["modified"] != nil {
				t.Error("a marking definition has no versions")
			}
		case "ipv4-addr", "ipv6-addr", "domain-name", "url", "email-addr", "file", "mutex", "windows-registry-key", "x509-certificate", "email-message", "network-traffic":
			if o["created"] != nil || o["modified"] != nil || o["created_by_ref"] != nil || !observable {
				t.Errorf("an observable has properties of a domain object: %v", o)
			}
		default:
			if o["created"] == nil || o["modified"] != o["created"] {
				t.Errorf("%s: created %v, modified %v", o["id"], o["created"], o["modified"])
			}
		}
	}
}

func TestV8EveryReferenceResolves(t *testing.T) {
	_, objects := encode(t, tlp.Amber, everything()...)
	ids := map[string]bool{}
	for _, o := range objects {
		ids[o["id"].(string)] = true
	}
	for _, o := range objects {
		for key, v := range o {
			for _, ref := range refs(key, v) {
				if !ids[ref] {
					t.Errorf("%s: %s names %s, which is not there", o["id"], key, ref)
				}
			}
		}
	}
}

func refs(key string, v any) []string {
	switch {
	case strings.HasSuffix(key, "_ref"):
		return []string{v.(string)}
	case strings.HasSuffix(key, "_refs"):
		var out []string
		for _, r := range v.([]any) {
			out = append(out, r.(string))
		}
		return out
	}
	return nil
}

func TestV9SenderIsThePseudonym(t *testing.T) {
	_, objects := encode(t, tlp.Amber, everything()...)
	sender := of(objects, "identity")
	if len(sender) != 1 || sender[0]["identity_class"] != "unknown" {
		t.Fatalf("identities: %v", sender)
	}
	for _, o := range objects {
		if by, ok := o["created_by_ref"]; ok && by != sender[0]["id"] {
			t.Errorf("%s is by %v", o["id"], by)
		}
	}
}

func TestM5TLP2(t *testing.T) {
	for label, id := range map[tlp.Label]string{
		tlp.Clear: "94868c89-83c2-464b-929b-a1a8aa3c8487", tlp.Green: "bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
		tlp.Amber: "55d920b0-5e8b-4f79-9ee9-91f868d9b421", tlp.AmberStrict: "939a9414-2ddd-4d32-a0cd-375ea402b003",
		tlp.Red: "e828b379-4e03-4974-9ac4-e53a884c97c1",
	} {
		_, objects := encode(t, label, everything()...)
		m := of(objects, "marking-definition")
		if len(m) != 1 || m[0]["id"] != "marking-definition--"+id || m[0]["name"] != label.String() ||
			m[0]["definition"] != nil || m[0]["created"] != "2022-10-01T00:00:00.000Z" {
			t.Errorf("%v: %v", label, m)
		}
		for _, o := range objects {
			// An identity is the same in every parcel, whatever label that bears.
			if o["type"] != "marking-definition" && o["type"] != "identity" && fmt.Sprint(o["object_marking_refs"]) != "[marking-definition--"+id+"]" {
				t.Errorf("%s is not marked %v", o["id"], label)
			}
		}
	}
}

func TestGPatterns(t *testing.T) {
	for _, c := range []struct {
		fact parcel.Fact
		want string
	}{
		{fact(indicator.IPv4, "203.0.113.77"), `[ipv4-addr:value = '203.0.113.77']`},
		{fact(indicator.CIDR4, "203.0.113.0/24"), `[ipv4-addr:value ISSUBSET '203.0.113.0/24']`},
		{fact(indicator.File, `it's\.exe`), `[file:name = 'it\'s\\.exe']`},
		{digest(indicator.SHA256, "cc"), `[file:hashes.'SHA-256' = 'cc']`},
		{digest(indicator.MD5, "aa"), `[file:hashes.MD5 = 'aa']`},
		{fact(indicator.Mutex, `Global\KRG`), `[mutex:name = 'Global\\KRG']`},
		{fact(indicator.UserAgent, "KRG/1.2"), `[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = 'KRG/1.2']`},
		{fact(indicator.Service, "UpdSvc"), `[process:extensions.'windows-service-ext'.service_name = 'UpdSvc']`},
		{fact(indicator.Path, `C:\a\b.exe`), `[file:name LIKE 'b.exe' AND file:parent_directory_ref.path LIKE 'C:\\a']`},
	} {
		_, objects := encode(t, tlp.Clear, c.fact)
		if got := of(objects, "indicator")[0]["pattern"]; got != c.want {
			t.Errorf("%v\n got %v\nwant %v", c.fact.Value, got, c.want)
		}
	}
}

func TestGGeneralisedValuesAreNotObserved(t *testing.T) {
	f := parcel.Fact{Sort: parcel.Indicator, Value: indicator.Value{Type: indicator.URL}, Like: []string{"https://evil.example/", "/x"}}
	_, objects := encode(t, tlp.Clear, f)
	if len(of(objects, "url")) != 0 {
		t.Error("a pattern with holes became an observation")
	}
	if got := of(objects, "indicator")[0]["pattern"]; got != `[url:value LIKE 'https://evil.example/%/x']` {
		t.Errorf("pattern %v", got)
	}
}

func TestNothingClearedIsNoBundle(t *testing.T) {
	for _, c := range []parcel.Cleared{
		{}, parcel.Clear(nil, tlp.Amber, party.Community),
		parcel.Clear(everything(), tlp.Unknown, party.Community), parcel.Clear(everything(), tlp.Amber, party.Nobody),
	} {
		if raw, err := stix.Encode(c, stix.Meta{Mint: func(string) string { return "" }}); err == nil || raw != nil {
			t.Errorf("got %d bytes, %v", len(raw), err)
		}
	}
}

func TestPlainHasNoWordsOfOurs(t *testing.T) {
	n := byte(0)
	mint := func(kind string) string { n++; return stix.ID(kind, [16]byte{15: n}) }
	raw, err := stix.Encode(parcel.Clear(everything(), tlp.Amber, party.Community), stix.Meta{
		Sender: party.Pseudonym(mint("identity")), Mint: mint, Plain: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"不正通信先", "共有", "anonymous", "command and control"} {
		if bytes.Contains(raw, []byte(word)) {
			t.Errorf("the plain bundle says %q", word)
		}
	}
}

// Each fingerprint has the buffer of its own side of the handshake: a rule on the other
// would never match.
func TestFingerprintsOfTLSBecomeRules(t *testing.T) {
	for kind, want := range map[indicator.Type][]string{
		indicator.JA3:  {`"JA3 `, `; ja3.hash; content:"`},
		indicator.JA3S: {`"JA3S `, `; ja3s.hash; content:"`},
	} {
		digest := strings.Repeat("7", 32)
		_, objects := encode(t, tlp.Clear, fact(kind, digest))
		o := of(objects, "indicator")[0]
		rule, _ := o["pattern"].(string)
		if o["pattern_type"] != "suricata" || strings.Count(rule, digest) != 2 {
			t.Errorf("%s: %v %q", kind, o["pattern_type"], rule)
		}
		for _, w := range want {
			if !strings.Contains(rule, w) {
				t.Errorf("%s: %q lacks %q", kind, rule, w)
			}
		}
	}
}

func TestTheSenderIsTheSameInEveryParcel(t *testing.T) {
	since := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var first string
	for n, label := range []tlp.Label{tlp.Green, tlp.Red} {
		mint := func(kind string) string { return stix.ID(kind, [16]byte{15: byte(n)}) }
		raw, err := stix.Encode(parcel.Clear(everything()[:1], label, party.Community), stix.Meta{
			Sender: "identity--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f", At: since.AddDate(0, n+1, 0), Since: since, Mint: mint,
			Letter: parcel.Letter{Conditions: fmt.Sprint(n)},
		})
		if err != nil {
			t.Fatal(err)
		}
		objects, err := stix.Split(raw, 100)
		if err != nil {
			t.Fatal(err)
		}
		if first == "" {
			first = string(objects[0])
		}
		if !strings.Contains(first, `"type":"identity"`) || string(objects[0]) != first {
			t.Errorf("%s\n%s", objects[0], first)
		}
	}
}
