package relay_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/wakachi/wakachi/internal/phrase"
	"github.com/wakachi/wakachi/internal/relay"
	"github.com/wakachi/wakachi/internal/wakatest"
)

const (
	uuidA = "11111111-1111-4111-8111-111111111111"
	uuidB = "22222222-2222-4222-8222-222222222222"
	uuidC = "33333333-3333-4333-8333-333333333333"
)

func raw(text string) json.RawMessage { return json.RawMessage(text) }

func TestWhatAHubKeepsBack(t *testing.T) {
	indicator := raw(`{"type":"indicator","id":"indicator--` + uuidA + `","pattern":"[domain-name:value = 'c2.example']"}`)
	maker := raw(`{"type":"identity","id":"identity--` + uuidB + `","name":"somebody"}`)
	for _, c := range []struct {
		what    string
		objects []json.RawMessage
		want    string // reason and type of what is held, in order
	}{
		{"an indicator and who made it", []json.RawMessage{maker, raw(`{"type":"indicator","id":"indicator--` + uuidA + `","created_by_ref":"identity--` + uuidB + `"}`)}, ""},
		{"an identity something points at", []json.RawMessage{maker, raw(`{"type":"relationship","id":"relationship--` + uuidC + `","source_ref":"indicator--` + uuidA + `","target_ref":"identity--` + uuidB + `"}`), indicator},
			"victim identity, refers relationship"},
		{"an identity that says it is a victim", []json.RawMessage{raw(`{"type":"identity","id":"identity--` + uuidB + `","roles":["victim"]}`)}, "victim identity"},
		{"an incident, a place, an account", []json.RawMessage{raw(`{"type":"incident","id":"incident--` + uuidA + `"}`), raw(`{"type":"location","id":"location--` + uuidB + `"}`), raw(`{"type":"user-account","id":"user-account--` + uuidC + `"}`)},
			"victim incident, victim location, victim user-account"},
		{"a vulnerability with its number", []json.RawMessage{raw(`{"type":"vulnerability","id":"vulnerability--` + uuidA + `","external_references":[{"source_name":"cve","external_id":"cve-2026-10001"}]}`)}, ""},
		{"a vulnerability under JVN", []json.RawMessage{raw(`{"type":"vulnerability","id":"vulnerability--` + uuidA + `","external_references":[{"external_id":"JVNDB-2026-001234"}]}`)}, ""},
		{"a vulnerability without a number", []json.RawMessage{raw(`{"type":"vulnerability","id":"vulnerability--` + uuidA + `","name":"a hole"}`)}, "vulnerability vulnerability"},
		{"a number that is none", []json.RawMessage{raw(`{"type":"vulnerability","id":"vulnerability--` + uuidA + `","external_references":[{"external_id":"CVE-2026-XXXX"}]}`)}, "vulnerability vulnerability"},
		{"a sample", []json.RawMessage{raw(`{"type":"artifact","id":"artifact--` + uuidA + `","payload_bin":"TVqQ"}`)}, "payload artifact"},
		{"where a sample can be had", []json.RawMessage{raw(`{"type":"artifact","id":"artifact--` + uuidA + `","url":"https://x.example/"}`)}, ""},
		{"somebody's server", []json.RawMessage{raw(`{"type":"infrastructure","id":"infrastructure--` + uuidA + `","labels":["Compromised-Server"]}`)}, "stepping-stone infrastructure"},
		{"words in a property of others", []json.RawMessage{raw(`{"type":"indicator","id":"indicator--` + uuidA + `","x_comment":{"deep":["この 踏み台 は"]}}`)}, "stepping-stone indicator"},
		{"words written with escapes", []json.RawMessage{raw(`{"type":"note","id":"note--` + uuidA + `","content":"\u88ab\u5bb3\u4f01\u696d"}`)}, "victim note"},
		{"words in capitals", []json.RawMessage{raw(`{"type":"note","id":"note--` + uuidA + `","content":"A ZERO-DAY"}`)}, "vulnerability note"},
		{"what refers to what refers to it", []json.RawMessage{
			raw(`{"type":"sighting","id":"sighting--` + uuidA + `","sighting_of_ref":"relationship--` + uuidB + `"}`),
			raw(`{"type":"relationship","id":"relationship--` + uuidB + `","source_ref":"indicator--` + uuidA + `","target_ref":"incident--` + uuidC + `"}`),
			raw(`{"type":"incident","id":"incident--` + uuidC + `"}`), indicator,
		}, "victim incident, refers relationship, refers sighting"},
		{"what is no object", []json.RawMessage{raw(`[]`), raw(`{`), raw(`"x"`), nil, indicator}, ""},
		{"nothing", nil, ""},
	} {
		var got []string
		for _, h := range relay.Hold(c.objects) {
			got = append(got, strings.TrimPrefix(h.Reason, "relay.held.")+" "+h.Ref[:strings.Index(h.Ref, "--")])
			if _, ok := phrase.Japanese.Lookup(h.Reason); !ok {
				t.Errorf("%s: no words for %s", c.what, h.Reason)
			}
		}
		wanted := strings.Split(c.want, ", ")
		if c.want == "" {
			wanted = nil
		}
		if slices.Sort(got); !slices.Equal(got, slices.Sorted(slices.Values(wanted))) {
			t.Errorf("%s: held %q, want %q", c.what, got, wanted)
		}
	}
}

// What the gate let through goes on whole: nothing of the samples is kept back.
func TestNothingOfTheGateIsHeld(t *testing.T) {
	h := wakatest.New(t)
	for _, name := range []string{"ransomware", "targeted", "webserver"} {
		p := h.As(name + "-security")
		id := p.PasteSample(name)
		p.ConfirmAll(id)
		r := p.Compose(id, h.ToCommunity())
		_, body, err := h.Office.Rendered(t.Context(), p.Actor, r.ID, "stix")
		if err != nil {
			t.Fatal(err)
		}
		var b struct{ Objects []json.RawMessage }
		if err := json.Unmarshal(body, &b); err != nil || len(b.Objects) < 5 {
			t.Fatalf("%d objects, %v", len(b.Objects), err)
		}
		if held := relay.Hold(b.Objects); len(held) > 0 {
			t.Errorf("%s: %v", name, held)
		}
	}
}

// chain is n objects of which each refers to the next, and the last is delicate.
func chain(n int) []json.RawMessage {
	out := make([]json.RawMessage, 0, n)
	for k := range n - 1 {
		out = append(out, fmt.Appendf(nil, `{"type":"note","id":"note--%d","object_refs":["note--%d"]}`, k, k+1))
	}
	return append(out, fmt.Appendf(nil, `{"type":"note","id":"note--%d","content":"zero-day"}`, n-1))
}

// A long chain of references is followed to its end, at a cost that grows as the chain does:
// the benchmark beside it shows that.
func TestALongChainIsHeldWhole(t *testing.T) {
	if held := relay.Hold(chain(50_000)); len(held) != 50_000 {
		t.Errorf("%d held", len(held))
	}
}

func BenchmarkHold(b *testing.B) {
	for _, n := range []int{1000, 10_000} {
		objects := chain(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				relay.Hold(objects)
			}
		})
	}
}

// Whatever comes: nothing is held twice, and what refers to what is held is held.
func FuzzHold(f *testing.F) {
	f.Add(`{"type":"note","id":"note--1","object_refs":["incident--2"]}`, `{"type":"incident","id":"incident--2"}`)
	f.Add(`{"type":"identity","id":"identity--1"}`, `{"type":"sighting","id":"sighting--1","where_sighted_refs":["identity--1"]}`)
	f.Add(`{"type":"indicator","id":"a","x_ref":"a","y_refs":[1,"a"]}`, `{"id":null,"labels":"compromised"}`)
	f.Add(`{"type":"note","id":"n","content":"\ud800\u88ab"}`, `[[[[`)
	f.Fuzz(func(t *testing.T, a, b string) {
		objects := []json.RawMessage{raw(a), raw(b)}
		held := map[string]bool{}
		for _, h := range relay.Hold(objects) {
			if held[h.Ref] || h.Reason == "" {
				t.Errorf("%q twice or without a reason", h.Ref)
			}
			held[h.Ref] = true
		}
		for _, o := range objects {
			var g map[string]any
			if json.Unmarshal(o, &g) != nil {
				continue
			}
			id, _ := g["id"].(string)
			if ref, ok := g["target_ref"].(string); ok && held[ref] && id != "" && !held[id] {
				t.Errorf("%s refers to what is held", id)
			}
		}
	})
}
