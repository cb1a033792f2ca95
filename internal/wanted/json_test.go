package wanted_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/wanted"
)

// uuid numbers the objects of a test.
func uuid(n int) string { return fmt.Sprintf("11111111-1111-4111-8111-%012d", n) }

// An asked is an indicator in a test; more are its further properties.
func asked(n int, pattern, more string) string {
	return fmt.Sprintf(`{"type":"indicator","spec_version":"2.1","id":"indicator--%s","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z",`+
		`"pattern":%q,"pattern_type":"stix","valid_from":"2026-01-01T00:00:00Z"%s}`, uuid(n), pattern, more)
}

func observed(kind string, n int, property, value string) string {
	return fmt.Sprintf(`{"type":%q,"spec_version":"2.1","id":"%s--%s",%q:%q}`, kind, kind, uuid(n), property, value)
}

func related(n int, source, kind, target string) string {
	return fmt.Sprintf(`{"type":"relationship","spec_version":"2.1","id":"relationship--%s","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z",`+
		`"relationship_type":%q,"source_ref":%q,"target_ref":%q}`, uuid(n), kind, source, target)
}

func bundle(objects ...string) string {
	return `{"type":"bundle","id":"bundle--` + uuid(0) + `","objects":[` + strings.Join(objects, ",") + `]}`
}

func TestBundles(t *testing.T) {
	const evil = "[domain-name:value = 'evil.example']"
	for _, c := range []struct{ name, list, want string }{
		{"a list of values in one pattern", bundle(asked(1, "[ipv4-addr:value = '203.0.113.7' OR domain-name:value = 'EVIL.example'] OR [url:value = 'http://evil.example/a']", "")),
			lines("ipv4-addr 203.0.113.7", "domain-name evil.example", "url http://evil.example/a")},
		{"an envelope", `{"more":false,"objects":[` + asked(1, evil, "") + `]}`, lines("domain-name evil.example")},
		{"a bare list", `[` + asked(1, evil, "") + `]`, lines("domain-name evil.example")},
		{"one object", asked(1, evil, ""), lines("domain-name evil.example")},
		{"over", bundle(asked(1, evil, `,"valid_until":"2026-02-01T00:00:00Z"`)), lines("- expired: evil.example")},
		{"to come", bundle(strings.Replace(asked(1, evil, ""), `"valid_from":"2026-01`, `"valid_from":"2027-01`, 1)), lines("- not-yet-valid: evil.example")},
		{"taken back", bundle(asked(1, evil, `,"revoked":true`)), lines("- revoked: " + evil)},
		{"taken back in another version", bundle(asked(1, evil, ""), strings.Replace(asked(1, evil, `,"revoked":true`), `"modified":"2026-01`, `"modified":"2026-02`, 1)), lines("- revoked: "+evil, "- revoked: "+evil)},
		{"an older version", bundle(asked(1, evil, ""), strings.Replace(asked(1, "[domain-name:value = 'new.example']", ""), `"modified":"2026-01`, `"modified":"2026-02`, 1)),
			lines("domain-name new.example", "- superseded: "+evil)},
		{"little trust", bundle(asked(1, evil, `,"confidence":15`), asked(2, "[domain-name:value = 'b.example']", `,"confidence":85`)), lines("domain-name b.example", "- low-confidence: evil.example")},
		{"more than values", bundle(asked(1, "[domain-name:value = 'a.example' AND domain-name:value = 'b.example']", `,"name":"both"`)), lines("- compound: both")},
		{"a likeness", bundle(asked(1, "[url:value LIKE 'http://evil.example/%']", `,"name":"like"`)), lines("- compound: like")},
		{"a rule in another language", bundle(strings.Replace(asked(1, "rule x {}", `,"name":"mz"`), `"pattern_type":"stix"`, `"pattern_type":"yara"`, 1)), lines("- foreign-pattern yara: mz")},
		{"said to be harmless", bundle(asked(1, evil, `,"indicator_types":["benign"]`)), lines("- said-benign: " + evil)},
		{"no pattern", bundle(asked(1, "[domain-name", "")), lines("- unsound: [domain-name")},
		{"a time that is none", bundle(asked(1, evil, `,"valid_until":"soon"`)), lines("- unsound: " + evil)},
		{"a confidence that is none", bundle(asked(1, evil, `,"confidence":"high"`)), lines("- unsound: " + evil)},
		{"observables alone", bundle(observed("ipv4-addr", 1, "value", "203.0.113.7"), observed("mutex", 2, "name", "KRG-77aa")), lines("ipv4-addr 203.0.113.7", "mutex KRG-77aa")},
		{"an observable that is no value", bundle(observed("ipv4-addr", 1, "value", "nowhere")), lines("- not-a-value: nowhere")},
		{"an observable behind an indicator", bundle(observed("domain-name", 2, "value", "evil.example"), asked(1, evil, ""), related(3, "indicator--"+uuid(1), "based-on", "domain-name--"+uuid(2))),
			lines("domain-name evil.example")},
		{"an indicator that is over speaks for its observable", bundle(observed("domain-name", 2, "value", "evil.example"), asked(1, evil, `,"valid_until":"2026-02-01T00:00:00Z"`)), lines("- expired: evil.example")},
		{"one that was taken back, too", bundle(observed("domain-name", 2, "value", "evil.example"), asked(1, evil, `,"revoked":true`), related(3, "indicator--"+uuid(1), "based-on", "domain-name--"+uuid(2))),
			lines("- revoked: " + evil)},
		{"traffic says who was attacked, and the port", bundle(asked(1, "[ipv4-addr:value = '203.0.113.7']", ""), observed("ipv4-addr", 2, "value", "203.0.113.7"), observed("ipv4-addr", 3, "value", "198.51.100.1"),
			fmt.Sprintf(`{"type":"network-traffic","spec_version":"2.1","id":"network-traffic--%s","src_ref":"ipv4-addr--%s","dst_ref":"ipv4-addr--%s","dst_port":8443,"protocols":["tcp"]}`, uuid(4), uuid(3), uuid(2))),
			lines("ipv4-addr 203.0.113.7 port 8443", "- own-side: 198.51.100.1")},
		{"merely seen", bundle(observed("domain-name", 2, "value", "seen.example"), fmt.Sprintf(`{"type":"observed-data","spec_version":"2.1","id":"observed-data--%s","created":"2026-01-01T00:00:00.000Z",`+
			`"modified":"2026-01-01T00:00:00.000Z","first_observed":"2026-01-01T00:00:00Z","last_observed":"2026-01-01T00:00:00Z","number_observed":1,"object_refs":["domain-name--%s"]}`, uuid(3), uuid(2))),
			lines("- observed-only: seen.example")},
		{"the same in two indicators", bundle(asked(1, evil, ""), asked(2, evil, "")), lines("domain-name evil.example", "- duplicate: evil.example")},
		{"no objects", bundle(), "error stix.envelope\n"},
		{"cut off", bundle(asked(1, evil, ""))[:300], "error stix.json\n"},
		{"another sort of JSON", `{"hello":"world"}`, "error wanted.shape: list.txt\n"},
		{"a name twice", `{"type":"bundle","id":"bundle--1","id":"bundle--2","objects":[]}`, "error stix.json\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := read(t, c.list, wanted.Options{At: now, MinConfidence: 40})
			if got != c.want {
				t.Errorf("got\n%swant\n%s", got, c.want)
			}
		})
	}
}

func TestWhatABundleSaysOfAnEntry(t *testing.T) {
	list := bundle(asked(1, "[domain-name:value = 'evil.example']", `,"name":"mz","description":"two\nlines","confidence":70,"valid_until":"2027-01-01T00:00:00Z",`+
		`"object_marking_refs":["marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"]`), asked(2, "[domain-name:value = 'b.example']", `,"object_marking_refs":["marking-definition--`+uuid(9)+`"]`))
	var got []string
	a, err := wanted.Read(strings.NewReader(list), "list", wanted.Options{At: now}, func(e wanted.Entry) error {
		got = append(got, fmt.Sprint(e.Ref, " ", e.Since.Format(time.DateOnly), " ", e.Until.Format(time.DateOnly), " ", e.Confidence, " ", e.TLP, " ", e.Name, ": ", e.Comment))
		return nil
	})
	want := "indicator--" + uuid(1) + " 2026-01-01 2027-01-01 70 TLP:GREEN mz: two lines|indicator--" + uuid(2) + " 2026-01-01 0001-01-01 -1 TLP:RED : "
	if err != nil || strings.Join(got, "|") != want || a.Form != wanted.STIX || a.Label.String() != "TLP:RED" {
		t.Errorf("got %q, %+v, %v", got, a, err)
	}
}

func TestMISP(t *testing.T) {
	attribute := func(kind, value, more string) string {
		return fmt.Sprintf(`{"type":%q,"value":%q%s}`, kind, value, more)
	}
	event := func(attributes ...string) string {
		return `{"Event":{"info":"調査","uuid":"` + uuid(1) + `","date":"2026-11-01","Attribute":[` + strings.Join(attributes, ",") + `],"Tag":[{"name":"tlp:green"}]}}`
	}
	const ids = `,"to_ids":true`
	for _, c := range []struct{ name, list, want string }{
		{"two parts", event(attribute("ip-dst|port", "203.0.113.7|443", ids), attribute("filename|md5", "mzlock.dll|"+md5, ids)),
			lines("ipv4-addr 203.0.113.7 port 443", "file mzlock.dll", "file "+md5)},
		{"context", event(attribute("domain", "context.example", ""), attribute("domain", "evil.example", ids)), lines("domain-name evil.example", "- to-ids-false: context.example")},
		{"struck out", event(attribute("domain", "evil.example", ids+`,"deleted":true`)), lines("- deleted: evil.example")},
		{"types nobody looks for", event(attribute("text", "a", ""), attribute("text", "b", ""), attribute("AS", "64500", "")), lines("- unsupported-type AS: 64500", "- unsupported-type text: a", "- unsupported-type text: b")},
		{"no value of its type", event(attribute("ip-dst", "evil.example", ids), attribute("domain", "com", ids)), lines("- not-a-value: evil.example", "- too-wide: com")},
		{"everybody's", event(attribute("ip-dst", "8.8.8.8", ids), attribute("filename", "svchost.exe", ids)), lines("- benign: 8.8.8.8", "- benign-name: svchost.exe")},
		{"a search", `{"response":{"Attribute":[` + attribute("domain", "evil.example", ids) + `]}}`, lines("domain-name evil.example")},
		{"a bare list", `[` + attribute("domain", "evil.example", ids) + `]`, lines("domain-name evil.example")},
		{"a search without results", `{"response":[]}`, ""},
		{"cut off", event()[:40], "error misp.json: 40\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := read(t, c.list, wanted.Options{At: now})
			if got != c.want {
				t.Errorf("got\n%swant\n%s", got, c.want)
			}
		})
	}
	a, err := wanted.Read(strings.NewReader(event(attribute("domain", "context.example", ""))), "list", wanted.Options{Keep: []wanted.Reason{wanted.ToIDsFalse}}, func(wanted.Entry) error { return nil })
	if err != nil || a.Given != 1 || a.Label.String() != "TLP:GREEN" {
		t.Errorf("context that is wanted: %+v, %v", a, err)
	}
}
