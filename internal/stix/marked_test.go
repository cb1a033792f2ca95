package stix_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/stix"
	"github.com/wakachi/wakachi/internal/tlp"
)

const (
	amber2   = `"marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"`
	strict2  = `"marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003"`
	green1   = `"marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"`
	white1   = `"marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"`
	red1     = `"marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"`
	unknown  = `"marking-definition--00000000-0000-4000-8000-000000000000"`
	termsRef = `"marking-definition--11111111-1111-4111-8111-111111111111"`
)

func statement(id, text string) json.RawMessage {
	return json.RawMessage(`{"type":"marking-definition","spec_version":"2.1","id":` + id + `,"created":"2026-05-20T00:00:00.000Z","definition_type":"statement","definition":{"statement":"` + text + `"}}`)
}

func marked(t *testing.T, refs string, definitions ...json.RawMessage) stix.Marked {
	t.Helper()
	m, err := stix.ReadMarkings(definitions).Of(json.RawMessage(sdo(`object_marking_refs=[` + refs + `]`)))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestM3TheStrictestCounts(t *testing.T) {
	for refs, want := range map[string]tlp.Label{
		amber2: tlp.Amber, green1: tlp.Green, white1: tlp.Clear, red1: tlp.Red, green1 + "," + amber2: tlp.Amber, strict2 + "," + green1: tlp.AmberStrict,
		unknown: tlp.Red, green1 + "," + unknown: tlp.Red,
	} {
		if got := marked(t, refs); got.Label != want {
			t.Errorf("%s is %v, want %v", refs, got.Label, want)
		}
	}
	if got := marked(t, green1+","+unknown+","+unknown); !slices.Equal(got.Unread, []string{unknown[1 : len(unknown)-1]}) {
		t.Errorf("what is not understood is not named: %v", got.Unread)
	}
	parts, err := stix.ReadMarkings(nil).Of(json.RawMessage(sdo(`object_marking_refs=[`+green1+`]`, `name="n"`,
		`granular_markings=[{"marking_ref":`+strict2+`,"selectors":["name"]},{"lang":"ja","selectors":["name"]}]`)))
	if err != nil || parts.Label != tlp.AmberStrict || len(parts.Unread) != 0 {
		t.Errorf("a part under a stricter label: %+v, %v", parts, err)
	}
}

func TestM4AReferenceToALookAlikeGoesNoFurther(t *testing.T) {
	fake := json.RawMessage(`{"type":"marking-definition","spec_version":"2.1","id":` + unknown + `,"created":"2022-10-01T00:00:00.000Z","name":"TLP:CLEAR",
		"extensions":{"extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d":{"extension_type":"property-extension","tlp_2_0":"clear"}}}`)
	older := json.RawMessage(`{"type":"marking-definition","spec_version":"2.1","id":` + unknown + `,"created":"2022-10-01T00:00:00.000Z","definition_type":"tlp","definition":{"tlp":"white"}}`)
	for _, d := range []json.RawMessage{fake, older} {
		if got := marked(t, unknown, d); got.Label != tlp.Red || len(got.Unread) != 1 {
			t.Errorf("%+v", got)
		}
	}
}

func TestStatementsAreConditions(t *testing.T) {
	got := marked(t, amber2+","+termsRef, statement(termsRef, "PAP:AMBER / 自動転送しない / 利用期限 / use until: 2027-01-01"))
	if got.Label != tlp.Amber || !got.Stated || got.PAP != tlp.PAPAmber || !slices.Equal(got.Conditions, []string{"自動転送しない / 利用期限 / use until: 2027-01-01"}) {
		t.Errorf("%+v", got)
	}
	got = marked(t, green1+","+termsRef, statement(termsRef, "Copyright 2026, Example"))
	if got.Stated || len(got.Unread) != 0 || !slices.Equal(got.Conditions, []string{"Copyright 2026, Example"}) {
		t.Errorf("%+v", got)
	}
}

func TestAllMarkingsTogether(t *testing.T) {
	m := stix.ReadMarkings([]json.RawMessage{statement(termsRef, "PAP:GREEN"), json.RawMessage("{")})
	all, err := m.All([]json.RawMessage{
		json.RawMessage(sdo()), json.RawMessage(sdo(`object_marking_refs=[` + green1 + `,` + termsRef + `]`)), json.RawMessage(sdo(`object_marking_refs=[` + amber2 + `]`)),
	})
	if err != nil || all.Label != tlp.Amber || all.Bare != 1 || !all.Stated || all.PAP != tlp.PAPGreen {
		t.Errorf("%+v, %v", all, err)
	}
	if none, _ := m.All([]json.RawMessage{json.RawMessage(sdo())}); none.Label != tlp.Unknown {
		t.Errorf("what nobody labelled is %v", none.Label)
	}
	if _, err := m.All([]json.RawMessage{json.RawMessage("{")}); err == nil {
		t.Error("what is no JSON is passed over")
	}
	if got := marked(t, amber2); got.Label != tlp.Amber {
		t.Error("TLP is not known without its definition")
	}
}

func TestM7ALabelOnlyTightens(t *testing.T) {
	later := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	raw := json.RawMessage(`{ "type":"indicator","spec_version":"2.1", "x_n":1.50,"id":"indicator--` + uuid + `","created":"2026-05-20T03:04:05.000Z","modified":"2026-05-20T03:04:05.000Z",
		"object_marking_refs":[` + green1 + `, ` + termsRef + `],"pattern":"[url:value = 'a']","pattern_type":"stix","valid_from":"2026-05-20T00:00:00Z"}`)
	got, err := stix.Relabel(raw, tlp.AmberStrict, later)
	want := `{ "type":"indicator","spec_version":"2.1", "x_n":1.50,"id":"indicator--` + uuid + `","created":"2026-05-20T03:04:05.000Z","modified":"2026-06-01T00:00:00.000Z",
		"object_marking_refs":[` + strict2 + `,` + termsRef + `],"pattern":"[url:value = 'a']","pattern_type":"stix","valid_from":"2026-05-20T00:00:00Z"}`
	if err != nil || string(got) != want {
		t.Errorf("%s, %v", got, err)
	}
	bare, err := stix.Relabel(json.RawMessage(sdo()), tlp.Amber, later)
	if err != nil {
		t.Fatal(err)
	}
	if m, err := stix.ReadMarkings(nil).Of(bare); err != nil || m.Label != tlp.Amber {
		t.Errorf("%s: %+v, %v", bare, m, err)
	}
	if got, err := stix.Relabel(json.RawMessage(sco("mutex", `name="m"`)), tlp.Red, later); err != nil {
		t.Errorf("%s, %v", got, err)
	}

	for _, c := range []struct {
		raw   string
		label tlp.Label
		at    time.Time
		kind  fault.Kind
		want  string
	}{
		{string(raw), tlp.Clear, later, fault.Invalid, "stix.rule: object_marking_refs"},
		{string(raw), tlp.Unknown, later, fault.Invalid, "stix.rule: object_marking_refs"},
		{sdo(`name="n"`, `granular_markings=[{"marking_ref":`+red1+`,"selectors":["name"]}]`), tlp.Amber, later, fault.Invalid, "stix.rule: object_marking_refs"},
		{string(raw), tlp.Amber, time.Date(2026, 5, 20, 3, 4, 5, 0, time.UTC), fault.Invalid, "stix.rule: modified"},
		{string(statement(termsRef, "s")), tlp.Amber, later, fault.Forbidden, "stix.relabel"},
		{"{", tlp.Amber, later, fault.Invalid, "stix.json"},
	} {
		_, err := stix.Relabel(json.RawMessage(c.raw), c.label, c.at)
		refused(t, c.raw, err, c.kind, c.want)
	}
	key, sign := hand(1)
	seal, err := stix.EncodeSeal(waybill(key), sign)
	if err != nil {
		t.Fatal(err)
	}
	_, err = stix.Relabel(seal, tlp.Red, paperAt.AddDate(0, 0, 1))
	refused(t, "a seal", err, fault.Forbidden, "stix.relabel")
}
