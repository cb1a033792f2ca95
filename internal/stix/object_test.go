package stix_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/phrase"
	"github.com/wakachi/wakachi/internal/stix"
)

const (
	uuid      = "8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"
	otherUUID = "f88d31f6-486f-44da-b317-01333bde0b81"
)

// sdo writes an indicator with some members changed: "name=value" in JSON, "name=" for
// none.
func sdo(changes ...string) string {
	return change(`{"type":"indicator","spec_version":"2.1","id":"indicator--`+uuid+`","created":"2026-05-20T03:04:05.000Z",
		"modified":"2026-05-20T03:04:05.000Z","pattern":"[url:value = 'https://evil.example/']","pattern_type":"stix","valid_from":"2026-05-20T00:00:00Z"}`, changes...)
}

// domain writes an object of another type with the members all domain objects have.
func domain(kind string, changes ...string) string {
	return change(`{"type":"`+kind+`","spec_version":"2.1","id":"`+kind+`--`+uuid+`","created":"2026-05-20T03:04:05.000Z","modified":"2026-05-20T03:04:05.000Z"}`, changes...)
}

func sco(kind string, changes ...string) string {
	return change(`{"type":"`+kind+`","id":"`+kind+`--`+uuid+`"}`, changes...)
}

func change(base string, changes ...string) string {
	members := map[string]json.RawMessage{}
	if err := json.Unmarshal([]byte(base), &members); err != nil {
		panic(err)
	}
	for _, c := range changes {
		name, value, _ := strings.Cut(c, "=")
		if value == "" {
			delete(members, name)
			continue
		}
		members[name] = json.RawMessage(value)
	}
	raw, err := json.Marshal(members)
	if err != nil {
		panic(fmt.Sprint(changes, err))
	}
	return string(raw)
}

// verdicts holds objects to be taken, or refused with a code and an argument.
func verdicts(t *testing.T, cases map[string]string) {
	t.Helper()
	for raw, want := range cases {
		o, err := stix.Object([]byte(raw))
		got := ""
		if err != nil {
			got = err.Error()
			e, ok := errors.AsType[*fault.Error](err)
			if !ok || e.Kind != fault.Invalid {
				t.Errorf("%s: %v is no fault.Invalid", raw, err)
			} else if text, ok := phrase.English.Lookup(e.Code, e.Args...); !ok || strings.Contains(text, "{") {
				t.Errorf("%s has no words", e)
			}
		}
		if got != want {
			t.Errorf("%.400s\n  %q, want %q", raw, got, want)
		}
		if err == nil && !bytes.Equal(o.Raw, []byte(raw)) {
			t.Errorf("raw was changed: %s", o.Raw)
		}
	}
}

func TestJ1ReadTimestamps(t *testing.T) {
	for text, want := range map[string]string{
		"2026-05-20T03:04:05.000Z": "2026-05-20T03:04:05", "2026-05-20T03:04:05.100Z": "2026-05-20T03:04:05.1",
		"2016-12-31T23:59:60.000Z":                "2016-12-31T23:59:60",
		"2024-02-29T00:00:00.123456789012345000Z": "2024-02-29T00:00:00.123456789012345",
	} {
		o, err := stix.Object([]byte(sdo(`created="2016-01-01T00:00:00.000Z"`, `modified=`+strconv.Quote(text))))
		if err != nil || o.Version != text || o.Instant != want {
			t.Errorf("%s: version %s, instant %s, %v", text, o.Version, o.Instant, err)
		}
	}
	cases := map[string]string{}
	for _, bad := range []string{
		"2026-05-20T03:04:05.000+00:00", "2026-05-20t03:04:05.000Z", "2026-05-20T03:04:05.000z", "2026-05-20T24:00:00.000Z", "2026-05-20 03:04:05.000Z",
		"2026-02-29T00:00:00.000Z", "2026-13-01T00:00:00.000Z", "2026-05-20T03:04:61.000Z", "2026-05-20T03:04:05.Z", "2026-05-20", "", "2026-05-20T03:60:05.000Z",
	} {
		cases[sdo(`valid_from=`+strconv.Quote(bad))] = "stix.timestamp: valid_from"
	}
	cases[sdo(`valid_from=1`)] = "stix.timestamp: valid_from"
	cases[sdo(`created="2026-05-20T03:04:05Z"`)] = "stix.rule: created"
	cases[sdo(`modified="2026-05-20T03:04:05.00Z"`)] = "stix.rule: modified"
	cases[sdo(`valid_from="2026-05-20T03:04:05.123456Z"`)] = ""
	verdicts(t, cases)
}

func TestJ2Numbers(t *testing.T) {
	verdicts(t, map[string]string{
		sdo(`x_count=9007199254740991`): "", sdo(`x_count=-9007199254740991`): "",
		sdo(`x_count=9007199254740992`): "stix.number", sdo(`x_count=123456789012345678901234567890`): "stix.number",
		sdo(`x_count=1e400`): "stix.number", sdo(`x_count=1.5e300`): "", sdo(`confidence=1.0`): "stix.property: confidence",
	})
}

func TestJ3EmptyAndNull(t *testing.T) {
	verdicts(t, map[string]string{
		sdo(`labels=[]`): "stix.empty: labels", sdo(`name=null`): "stix.empty: name", sdo(`extensions={}`): "stix.empty: extensions",
		sdo(`x_custom={"a":{"b":[]}}`): "stix.empty: x_custom", sdo(`external_references=[{}]`): "stix.empty: external_references",
		sdo(`extensions={"extension-definition--` + uuid + `":{"extension_type":"property-extension","list":[],"none":null}}`): "",
	})
}

func TestJ4Names(t *testing.T) {
	verdicts(t, map[string]string{
		sdo(`ab=1`): "stix.name: ab", sdo(`X_upper=1`): "stix.name: ?", sdo(`x-hyphen=1`): "stix.name: ?", sdo(`秘密=1`): "stix.name: ?",
		sdo(`x_` + strings.Repeat("a", 249) + `=1`): "stix.name: ?", sdo(`x_` + strings.Repeat("a", 248) + `=1`): "",
		sco("file", `name="a"`, `magic_number_hex="CAFE"`): "stix.property: magic_number_hex", sco("file", `name="a"`, `magic_number_hex="caf"`): "stix.property: magic_number_hex",
		sco("artifact", `payload_bin="a"`): "stix.property: payload_bin", sco("artifact", `payload_bin="YQ=="`): "",
		domain("X-Upper"): "stix.type: type", domain("xy"): "stix.type: type", domain("x-new-thing"): "",
	})
}

func TestJ5ReservedNames(t *testing.T) {
	for _, name := range []string{"severity", "username", "phone_number", "action"} {
		verdicts(t, map[string]string{sdo(name + `="x"`): "stix.reserved: " + name})
	}
}

func TestJ6TextIsKept(t *testing.T) {
	raw := sdo(`name="<&> \u2028 😀 が"`)
	o, err := stix.Object([]byte(raw))
	if err != nil || string(o.Raw) != raw {
		t.Errorf("%s, %v", o.Raw, err)
	}
}

func TestJ7ReadHashes(t *testing.T) {
	hash := func(name, value string) string { return sco("file", `hashes={"`+name+`":"`+value+`"}`) }
	verdicts(t, map[string]string{
		hash("MD5", strings.Repeat("a", 32)): "", hash("SHA-256", strings.Repeat("A", 64)): "", hash("SHA3-512", strings.Repeat("0", 128)): "",
		hash("MD5", strings.Repeat("a", 31)): "stix.property: hashes", hash("SHA-256", strings.Repeat("g", 64)): "stix.property: hashes",
		hash("sha256", strings.Repeat("a", 64)): "stix.property: hashes", hash("SHA1", strings.Repeat("a", 40)): "stix.property: hashes",
		hash("SSDEEP", "3:AB:CD"): "", hash("SSDEEP", "AB"): "stix.property: hashes", hash("ssdeep", "3:AB:CD"): "stix.property: hashes",
		hash("TLSH", strings.Repeat("A", 70)): "", hash("WHIRLPOOL", "anything"): "", hash("a b", "c"): "stix.property: hashes",
	})
}

func TestJ8OpenVocabulariesAreOpen(t *testing.T) {
	verdicts(t, map[string]string{
		sdo(`indicator_types=["our-own-word"]`): "", domain("opinion", `opinion="meh"`, `object_refs=["indicator--`+uuid+`"]`): "stix.rule: opinion",
		domain("opinion", `opinion="agree"`, `object_refs=["indicator--`+uuid+`"]`): "",
	})
}

func TestI1ReadIds(t *testing.T) {
	verdicts(t, map[string]string{
		sdo(`id="malware--` + uuid + `"`): "stix.id: id", sdo(`id="` + uuid + `"`): "stix.id: id", sdo(`id="not-an-id"`): "stix.id: id",
		sdo(`id="indicator--` + strings.ToUpper(uuid) + `"`): "stix.id: id", sdo(`id="indicator--` + uuid[1:] + `"`): "stix.id: id", sdo(`id=1`): "stix.id: id", sdo(`id=`): "stix.id: id",
		sdo(`created_by_ref="nobody"`): "stix.property: created_by_ref", sdo(`created_by_ref="identity--` + uuid + `"`): "",
		domain("report", `name="r"`, `published="2026-05-20T03:04:05Z"`, `object_refs=["bundle--`+uuid+`"]`): "stix.property: object_refs",
	})
}

func TestI7WrongDeterministicIdsAreTaken(t *testing.T) {
	verdicts(t, map[string]string{
		`{"type":"ipv4-addr","id":"ipv4-addr--ff26c055-6336-5bc5-b98d-13d6226742dd","value":"198.51.100.3"}`: "",
	})
}

func TestI8ABundleIsNoObject(t *testing.T) {
	verdicts(t, map[string]string{`{"type":"bundle","id":"bundle--` + uuid + `","objects":[` + sdo() + `]}`: "stix.type: type"})
}

func TestV1ReadCommonProperties(t *testing.T) {
	verdicts(t, map[string]string{
		sdo(): "", sdo(`spec_version=`): "stix.version: spec_version", sdo(`spec_version="2.0"`): "stix.version: spec_version", sdo(`created=`): "stix.required: created",
		sdo(`modified=`): "stix.required: modified", sdo(`type=`): "stix.type: type", sdo(`pattern=`): "stix.required: pattern", sdo(`valid_from=`): "stix.required: valid_from",
		sdo(`pattern_type=`): "stix.required: pattern_type", sdo(`indicator_types=`): "",
		sco("ipv4-addr", `value="198.51.100.3"`): "", sco("ipv4-addr", `value="198.51.100.3"`, `spec_version="2.1"`): "", sco("ipv4-addr"): "stix.required: value",
		sco("ipv4-addr", `value="198.51.100.3"`, `spec_version="2.0"`): "stix.version: spec_version",
		sco("ipv4-addr", `value="198.51.100.3"`, `labels=["a"]`):       "stix.unknown: labels", sco("ipv4-addr", `value="198.51.100.3"`, `x_own="a"`): "",
		domain("extension-definition", `name="n"`, `schema="s"`, `version="1.0.0"`, `extension_types=["new-sdo"]`): "stix.rule: created_by_ref",
		domain("marking-definition", `modified=`, `definition_type="statement"`, `definition={"statement":"s"}`):   "",
		domain("marking-definition", `definition_type="statement"`, `definition={"statement":"s"}`):                "stix.rule: modified",
		domain("language-content", `object_ref="indicator--`+uuid+`"`, `contents={"ja":{"name":"名"}}`):             "",
		sco("x-own-observable", `value="v"`): "", domain("x-own-object", `modified=`): "stix.required: modified",
	})
}

func TestV2VersionsAscend(t *testing.T) {
	verdicts(t, map[string]string{
		sdo(`modified="2026-05-20T03:04:04.999Z"`): "stix.rule: modified", sdo(`modified="2026-05-20T03:04:05.0000001Z"`): "",
	})
}

func TestV4EqualContentHasEqualSums(t *testing.T) {
	sum := func(raw string) [32]byte {
		t.Helper()
		o, err := stix.Object([]byte(raw))
		if err != nil {
			t.Fatal(raw, err)
		}
		return o.Sum
	}
	base := sum(sdo(`x_n=1.5`, `name="あ"`))
	for _, same := range []string{
		sdo(`x_n=15e-1`, `name="あ"`), sdo(`x_n=1.50`, `name="\u3042"`), sdo(`x_n=1.5`, `name="あ"`, `revoked=false`), " " + sdo(`x_n=1.5`, `name="あ"`) + "\n",
	} {
		if sum(same) != base {
			t.Errorf("%s is another", same)
		}
	}
	for _, other := range []string{sdo(`x_n=1.51`, `name="あ"`), sdo(`x_n=1.5`), sdo(`x_n=1.5`, `name="あ"`, `revoked=true`), sdo(`x_n=1.5`, `name="あ"`, `x_f=false`)} {
		if sum(other) == base {
			t.Errorf("%s is the same", other)
		}
	}
	if sum(sco("mutex", `name="m"`)) != sum(sco("mutex", `name="m"`, `defanged=false`)) {
		t.Error("defanged false is not its default")
	}
}

func TestV10Rules(t *testing.T) {
	ref := `["indicator--` + uuid + `"]`
	verdicts(t, map[string]string{
		sdo(`valid_until="2026-05-20T00:00:00.000Z"`): "stix.rule: valid_until", sdo(`valid_until="2026-05-20T00:00:00.001Z"`): "",
		sdo(`confidence=101`): "stix.rule: confidence", sdo(`confidence=-1`): "stix.rule: confidence", sdo(`confidence=100`): "",
		domain("relationship", `relationship_type="uses"`, `source_ref="malware--`+uuid+`"`, `target_ref="tool--`+uuid+`"`, `start_time="2026-01-01T00:00:00Z"`, `stop_time="2026-01-01T00:00:00.0Z"`): "stix.rule: stop_time",
		domain("relationship", `relationship_type="Used By"`, `source_ref="malware--`+uuid+`"`, `target_ref="tool--`+uuid+`"`):                                                                         "stix.rule: relationship_type",
		domain("campaign", `name="n"`, `first_seen="2026-01-02T00:00:00Z"`, `last_seen="2026-01-01T00:00:00Z"`):                                                                                        "stix.rule: last_seen",
		domain("campaign", `name="n"`, `first_seen="2026-01-01T00:00:00Z"`, `last_seen="2026-01-01T00:00:00Z"`):                                                                                        "",
		domain("malware"): "stix.required: is_family", domain("malware", `is_family=true`): "stix.rule: name", domain("malware", `is_family=false`): "",
		domain("malware-analysis", `product="p"`): "stix.rule: result", domain("malware-analysis", `product="p"`, `result="benign"`): "",
		domain("observed-data", `first_observed="2026-01-01T00:00:00Z"`, `last_observed="2026-01-01T00:00:00Z"`, `number_observed=0`, `object_refs=`+ref):                    "stix.rule: number_observed",
		domain("observed-data", `first_observed="2026-01-01T00:00:00Z"`, `last_observed="2026-01-01T00:00:00Z"`, `number_observed=1000000000`, `object_refs=`+ref):           "stix.rule: number_observed",
		domain("observed-data", `first_observed="2026-01-01T00:00:00Z"`, `last_observed="2026-01-01T00:00:00Z"`, `number_observed=1`, `object_refs=`+ref, `objects={"0":1}`): "stix.rule: object_refs",
		domain("observed-data", `first_observed="2026-01-01T00:00:00Z"`, `last_observed="2026-01-01T00:00:00Z"`, `number_observed=1`):                                        "stix.rule: object_refs",
		domain("location", `name="n"`): "stix.rule: country", domain("location", `country="jp"`): "", domain("location", `latitude=1.5`): "stix.rule: longitude",
		domain("location", `latitude=1.5`, `longitude=2`): "", domain("grouping", `object_refs=`+ref): "stix.required: context",
		domain("sighting", `sighting_of_ref="ipv4-addr--`+uuid+`"`): "stix.rule: sighting_of_ref", domain("sighting", `sighting_of_ref="indicator--`+uuid+`"`, `count=0`): "",
		domain("sighting", `sighting_of_ref="indicator--`+uuid+`"`, `count=1000000000`): "stix.rule: count",
		sco("email-message", `is_multipart=true`, `body="b"`):                           "stix.rule: body", sco("email-message", `is_multipart=false`, `body_multipart=[{"body":"b"}]`): "stix.rule: body_multipart",
		sco("network-traffic", `protocols=["tcp"]`): "stix.rule: src_ref", sco("network-traffic", `protocols=["tcp"]`, `dst_ref="ipv4-addr--`+uuid+`"`, `dst_port=65536`): "stix.rule: dst_port",
		sco("file", `size=1`): "stix.rule: hashes", sco("x509-certificate"): "stix.rule: hashes", sco("x509-certificate", `serial_number="1"`): "",
		sco("artifact", `payload_bin="YQ=="`, `url="u"`): "stix.rule: url", sco("artifact", `url="u"`): "stix.rule: hashes", sco("artifact", `mime_type="m"`): "stix.rule: payload_bin",
		sco("windows-registry-key", `values=[{"name":"n","data_type":"REG_FOO"}]`): "stix.rule: values", sco("windows-registry-key", `values=[{"name":"n","data_type":"REG_SZ"}]`): "",
		sco("process"): "stix.rule: pid", sco("user-account", `account_type="unix"`): "", sco("user-account"): "stix.rule: user_id",
		sdo(`external_references=[{"source_name":"s"}]`): "stix.property: external_references", sdo(`external_references=[{"source_name":"s","external_id":"1"}]`): "",
		sdo(`external_references=[{"url":"u"}]`): "stix.property: external_references", sdo(`kill_chain_phases=[{"kill_chain_name":"k"}]`): "stix.property: kill_chain_phases",
	})
}

func TestM1M2Selectors(t *testing.T) {
	with := func(body string) string { return sdo(`granular_markings=[` + body + `]`) }
	ref := `"marking_ref":"marking-definition--` + uuid + `"`
	bad := "stix.property: granular_markings"
	cases := map[string]string{
		with(`{` + ref + `,"selectors":["description"]}`): "", with(`{"lang":"ja","selectors":["name"]}`): "",
		with(`{` + ref + `,"lang":"ja","selectors":["name"]}`): bad, with(`{"selectors":["name"]}`): bad, with(`{` + ref + `}`): bad,
		with(`{"marking_ref":"identity--` + uuid + `","selectors":["name"]}`): bad,
	}
	for selector, ok := range map[string]bool{
		"external_references.[0].source_name": true, "hashes.SHA-256": true, "labels.[12]": true, "": false, "a..b": false, "[0]": false, "a.[x]": false,
		"a.[-1]": false, "a[0]": false, "a.": false, "a b": false, "a.[0": false, "a.日本": false,
	} {
		want := ""
		if !ok {
			want = bad
		}
		cases[with(`{`+ref+`,"selectors":[`+strconv.Quote(selector)+`]}`)] = want
	}
	verdicts(t, cases)
}

func TestM4LookAlikesAreRefused(t *testing.T) {
	red := func(id string) string {
		return `{"type":"marking-definition","spec_version":"2.1","id":"marking-definition--` + id + `","created":"2017-01-20T00:00:00.000Z","definition_type":"tlp","definition":{"tlp":"white"}}`
	}
	newer := func(id, token string) string {
		return `{"type":"marking-definition","spec_version":"2.1","id":"marking-definition--` + id + `","created":"2022-10-01T00:00:00.000Z","name":"TLP:GREEN",
			"extensions":{"extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d":{"extension_type":"property-extension","tlp_2_0":"` + token + `"}}}`
	}
	verdicts(t, map[string]string{
		red("613f2e26-407d-48c7-9eca-b8e91df99dc9"): "", red(uuid): "stix.lookalike: definition_type",
		newer("bab4a63c-aed9-4cf5-a766-dfca5abac2bb", "green"): "", newer(uuid, "green"): "stix.lookalike: definition_type",
		newer("bab4a63c-aed9-4cf5-a766-dfca5abac2bb", "clear"): "stix.lookalike: definition_type",
	})
}

func TestX1X2X3ExtensionsAreKept(t *testing.T) {
	verdicts(t, map[string]string{
		sdo(`extensions={"extension-definition--`+uuid+`":{"extension_type":"toplevel-property-extension"}}`, `toplevel=1`): "",
		sdo(`x_mitre_version="1.0"`): "", domain("x-mitre-tactic", `name="t"`): "", sdo(`extensions={"ntfs-ext":{"sid":"1"}}`): "", sdo(`extensions={"a":1}`): "stix.empty: extensions",
	})
}

func TestG11OtherLanguagesAreNotParsed(t *testing.T) {
	verdicts(t, map[string]string{
		sdo(`pattern="rule a { condition: true }"`, `pattern_type="yara"`): "", sdo(`pattern="rule a { condition: true }"`): "stix.rule: pattern",
		sdo(`pattern="[file:name = 'a'"`): "stix.rule: pattern",
	})
}

func TestM7IJSON(t *testing.T) {
	long := strings.Repeat("[", 33) + strings.Repeat("]", 33)
	for raw, want := range map[string]string{
		"": "stix.json", "{": "stix.json", "null": "stix.not-object", "[]": "stix.not-object", sdo() + "x": "stix.json", sdo() + sdo(): "stix.json",
		`{"type":"a","type":"b"}`: "stix.json", `{"a":{"b":1,"\u0062":2}}`: "stix.json", "{\"a\":\"\xff\"}": "stix.json", `{"a":"\ud800"}`: "stix.json",
		`{"a":"\udc00\ud800"}`: "stix.json", "\ufeff" + sdo(): "stix.json", `{'a':1}`: "stix.json", `{"a":01}`: "stix.json", `{"a":NaN}`: "stix.json", `{"a":1,}`: "stix.json",
		sdo(`x_deep=` + long):                                                    "stix.too-deep: 32",
		`{"a":"` + strings.Repeat("a", 4<<20) + `"}`:                             "stix.too-large: 4",
		strings.Repeat(`{"a":`, 100_000):                                         "stix.too-deep: 32",
		sdo(`x_deep=` + strings.Repeat("[", 31) + "1" + strings.Repeat("]", 31)): "",
	} {
		_, err := stix.Object([]byte(raw))
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%.60s: %q, want %q", raw, got, want)
		}
	}
}

func TestAnObjectHasABoundedNumberOfProperties(t *testing.T) {
	var many []string
	for i := range 1001 {
		many = append(many, "x_"+strconv.Itoa(i)+"=1")
	}
	_, err := stix.Object([]byte(sdo(many...)))
	refused(t, "very many properties", err, fault.TooLarge, "stix.too-many: 1000")
	if _, err := stix.Object([]byte(sdo(many[:900]...))); err != nil {
		t.Error(err)
	}
}

func TestErrorsNeverRepeatAValue(t *testing.T) {
	const secret = "himitsu-kabushikigaisha"
	for _, raw := range []string{
		sdo(`id="` + secret + `"`), sdo(`type="` + secret + `!"`), sdo(`pattern="` + secret + `"`), sdo(`valid_from="` + secret + `"`), sdo(`Secret_` + secret + `=1`),
		`{"` + secret + `":1,"` + secret + `":2}`, `{"a":"` + secret, sdo(`labels="` + secret + `"`), sdo(`created_by_ref="` + secret + `"`),
	} {
		_, err := stix.Object([]byte(raw))
		if err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%.80s: %v", raw, err)
		}
	}
}

func TestI6CanonicalJSON(t *testing.T) {
	for raw, want := range map[string]string{
		`{"b":1,"a":[2.0,-0,1e21,1E-7,0.000001,1e100,333333333.33333329,4.50,2e-3]}`: `{"a":[2,0,1e+21,1e-7,0.000001,1e+100,333333333.3333333,4.5,0.002],"b":1}`,
		`{"\ue000":1,"😀":2,"a":3}`:                        `{"a":3,"😀":2,"` + "\ue000" + `":1}`, // UTF-16 order: D83D before E000
		`"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/"`: `"€$\u000f\nA'B\"\\\\\"/"`,
		` [ true , false , null ] `:                       `[true,false,null]`, `"\u2028<>&"`: "\"\u2028<>&\"", `{}`: `{}`, `[[],{}]`: `[[],{}]`,
	} {
		got, err := stix.Canonical([]byte(raw))
		if err != nil || string(got) != want {
			t.Errorf("%s is %s, %v, want %s", raw, got, err, want)
		}
	}
}

func BenchmarkObject(b *testing.B) {
	raw := []byte(sdo(`name="malicious site hosting downloader"`, `description="`+strings.Repeat("made up for the measurement ", 6)+`"`,
		`labels=["benign-test","load"]`, `confidence=85`, `created_by_ref="identity--`+otherUUID+`"`, `indicator_types=["malicious-activity"]`,
		`kill_chain_phases=[{"kill_chain_name":"mitre-attack","phase_name":"command-and-control"}]`,
		`object_marking_refs=["marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"]`))
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := stix.Object(raw); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(raw)), "B/object")
}

func FuzzObject(f *testing.F) {
	f.Add([]byte(sdo()))
	f.Add([]byte(sco("file", `hashes={"MD5":"`+strings.Repeat("a", 32)+`"}`)))
	f.Add([]byte(`{"type":"x-a","id":"x-a--` + uuid + `","n":[1e5,-0.0,"\u3042"]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		o, err := stix.Object(raw)
		if err != nil {
			return
		}
		again, err := stix.Canonical(raw)
		if err != nil {
			t.Fatal(err)
		}
		second, err := stix.Object(again)
		if err != nil || second.Sum != o.Sum || second.ID != o.ID || second.Instant != o.Instant {
			t.Fatalf("%q\n%q: %v", raw, again, err)
		}
		var v map[string]any
		if err := json.Unmarshal(raw, &v); err != nil || v["id"] != o.ID || v["type"] != o.Type {
			t.Fatalf("%q: the standard library reads %v, %v", raw, v["id"], err)
		}
	})
}
