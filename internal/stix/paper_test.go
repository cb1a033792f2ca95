package stix_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/stix"
	"github.com/wakachi/wakachi/internal/tlp"
)

// A hand is somebody who signs. Its key is made of a number, so that tests repeat.
func hand(n byte) (parcel.Key, func([]byte) []byte) {
	private := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{n}, ed25519.SeedSize))
	return parcel.Key(private.Public().(ed25519.PublicKey)), func(text []byte) []byte { return ed25519.Sign(private, text) }
}

var paperAt = time.Date(2026, 11, 23, 1, 2, 3, 45_000_000, time.UTC)

func paperOf(kind string, key parcel.Key) parcel.Paper {
	return parcel.Paper{
		ID: kind + "--" + uuid, By: "identity--" + otherUUID, Created: paperAt, Modified: paperAt.Add(time.Millisecond), Label: tlp.Amber, Key: key,
	}
}

func pieces() []parcel.Piece {
	return []parcel.Piece{
		{Ref: "indicator--" + uuid, Version: "2026-11-23T00:00:00.000Z", Sum: [32]byte{1, 2, 255}},
		{Ref: "indicator--" + uuid, Version: "2026-11-24T00:00:00.000Z", Sum: [32]byte{3}},
		{Ref: "ipv4-addr--" + otherUUID, Sum: [32]byte{4}},
	}
}

func waybill(key parcel.Key) parcel.Waybill {
	return parcel.Waybill{
		Paper: paperOf("wakachi-seal", key), Parcel: "bundle--1", To: parcel.Addressed{Reach: party.Community, Group: "金融", Except: []string{"B社"}},
		Until: paperAt.AddDate(1, 0, 0), AskDue: paperAt.AddDate(0, 0, 7), Manifest: pieces(),
	}
}

func recall(key parcel.Key) parcel.Recall {
	return parcel.Recall{
		Paper: paperOf("wakachi-recall", key), Action: parcel.Tighten, Parcel: "bundle--1", Manifest: pieces(), Stricter: tlp.Red,
		Reason: parcel.OwnerRequest, Due: paperAt.AddDate(0, 0, 1),
	}
}

func answer(key parcel.Key) parcel.Answer {
	return parcel.Answer{
		Paper: paperOf("wakachi-answer", key), Parcel: "bundle--1", Finding: parcel.Found, About: []string{"indicator--" + uuid, "ipv4-addr--" + otherUUID},
		Logs: parcel.DNSLog, From: paperAt.AddDate(0, -3, 0), To: paperAt, Coverage: 0, Covered: true, Tool: "grep", Count: 3,
		FirstSeen: paperAt.AddDate(0, -1, 0), LastSeen: paperAt.AddDate(0, 0, -1),
		Remarks: []parcel.Remark{{Kind: parcel.Mitigation, Text: "遮断した"}, {Kind: parcel.FurtherIndicators, Refs: []string{"url--" + uuid}}},
	}
}

func acknowledgement(key parcel.Key) parcel.Acknowledgement {
	return parcel.Acknowledgement{Paper: paperOf("wakachi-acknowledgement", key), Recall: "wakachi-recall--" + uuid, Reason: parcel.PassedOn}
}

// A form is one type of paper, written and read.
type form struct {
	name   string
	encode func(parcel.Key, func([]byte) []byte) (json.RawMessage, error)
	decode func([]byte) (any, error)
	want   func(parcel.Key) any
}

func forms() []form {
	return []form{
		{"seal", func(k parcel.Key, s func([]byte) []byte) (json.RawMessage, error) {
			return stix.EncodeSeal(waybill(k), s)
		},
			func(b []byte) (any, error) { return stix.DecodeSeal(b) }, func(k parcel.Key) any { return waybill(k) }},
		{"recall", func(k parcel.Key, s func([]byte) []byte) (json.RawMessage, error) {
			return stix.EncodeRecall(recall(k), s)
		},
			func(b []byte) (any, error) { return stix.DecodeRecall(b) }, func(k parcel.Key) any { return recall(k) }},
		{"answer", func(k parcel.Key, s func([]byte) []byte) (json.RawMessage, error) {
			return stix.EncodeAnswer(answer(k), s)
		},
			func(b []byte) (any, error) { return stix.DecodeAnswer(b) }, func(k parcel.Key) any { return answer(k) }},
		{"acknowledgement", func(k parcel.Key, s func([]byte) []byte) (json.RawMessage, error) {
			return stix.EncodeAcknowledgement(acknowledgement(k), s)
		}, func(b []byte) (any, error) { return stix.DecodeAcknowledgement(b) }, func(k parcel.Key) any { return acknowledgement(k) }},
	}
}

func refused(t *testing.T, what string, err error, kind fault.Kind, text string) {
	t.Helper()
	if err == nil || fault.KindOf(err) != kind || err.Error() != text {
		t.Errorf("%s: %v, want %v %s", what, err, kind, text)
	}
}

func TestPapersComeBackAsTheyWere(t *testing.T) {
	key, sign := hand(1)
	for _, f := range forms() {
		raw, err := f.encode(key, sign)
		if err != nil {
			t.Fatal(f.name, err)
		}
		got, err := f.decode(raw)
		if err != nil || !reflect.DeepEqual(got, f.want(key)) {
			t.Errorf("%s: %v\n%+v\n%+v", f.name, err, got, f.want(key))
		}
		if _, err := stix.Object(raw); err != nil {
			t.Errorf("%s is no sound object: %v", f.name, err)
		}
		spaced := bytes.ReplaceAll(raw, []byte(`,"`), []byte(" ,\n \""))
		if got, err := f.decode(spaced); err != nil || !reflect.DeepEqual(got, f.want(key)) {
			t.Errorf("%s: the same in other white space: %v", f.name, err)
		}
	}
}

func TestNoByteOfAPaperCanBeChanged(t *testing.T) {
	key, sign := hand(1)
	for _, f := range forms() {
		raw, err := f.encode(key, sign)
		if err != nil {
			t.Fatal(err)
		}
		for i := range raw {
			for _, bit := range []byte{1, 2, 0x20, 0x80} {
				bad := bytes.Clone(raw)
				bad[i] ^= bit
				if _, err := f.decode(bad); err == nil {
					t.Fatalf("%s: byte %d %q for %q", f.name, i, bad[i], raw[i])
				}
			}
			if _, err := f.decode(raw[:i]); err == nil {
				t.Fatalf("%s: cut at %d", f.name, i)
			}
		}
	}
}

func TestAPaperSignedWithAnotherKeyIsRefused(t *testing.T) {
	key, _ := hand(1)
	other, otherSign := hand(2)
	_, sign := hand(1)
	for _, f := range forms() {
		_, err := f.encode(key, otherSign)
		refused(t, f.name, err, fault.Forbidden, "stix.signature")
		_, err = f.encode(key, func([]byte) []byte { return nil })
		refused(t, f.name, err, fault.Forbidden, "stix.unsigned")
		_, err = f.encode(parcel.Key{}, sign)
		refused(t, f.name+" of nobody's key", err, fault.Forbidden, "stix.signature")
		raw, err := f.encode(key, sign)
		if err != nil {
			t.Fatal(err)
		}
		swapped := bytes.Replace(raw, []byte(base64.StdEncoding.EncodeToString(key[:])), []byte(base64.StdEncoding.EncodeToString(other[:])), 1)
		_, err = f.decode(swapped)
		refused(t, f.name+" under a swapped key", err, fault.Forbidden, "stix.signature")
	}
}

func TestAPaperIsNotAnother(t *testing.T) {
	key, sign := hand(1)
	for i, f := range forms() {
		raw, err := f.encode(key, sign)
		if err != nil {
			t.Fatal(err)
		}
		for j, g := range forms() {
			if i != j {
				_, err := g.decode(raw)
				refused(t, f.name+" as "+g.name, err, fault.Invalid, "stix.type: type")
			}
		}
	}
}

func TestASignatureHoldsForOneVersion(t *testing.T) {
	key, sign := hand(1)
	for _, f := range forms() {
		raw, err := f.encode(key, sign)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct{ from, to string }{
			{`"modified":"2026-11-23T01:02:03.046Z"`, `"modified":"2026-11-23T01:02:03.047Z"`},      // replayed as a newer version
			{`"id":"wakachi-` + f.name + `--` + uuid, `"id":"wakachi-` + f.name + `--` + otherUUID}, // as another object
			{`"created":`, `"revoked":false,"created":`},                                            // a default put in
		} {
			bad := bytes.Replace(raw, []byte(c.from), []byte(c.to), 1)
			if bytes.Equal(bad, raw) {
				t.Fatalf("%s has no %s: %s", f.name, c.from, raw)
			}
			_, err := f.decode(bad)
			refused(t, f.name+" "+c.to, err, fault.Forbidden, "stix.signature")
		}
	}
}

// resign changes a paper's JSON and signs it again: what only its own sender could do.
func resign(t *testing.T, raw []byte, changes ...string) []byte {
	t.Helper()
	_, sign := hand(1)
	bare := change(string(raw), append(changes, "signature_bin=")...)
	text, err := stix.Canonical([]byte(bare))
	if err != nil {
		t.Fatal(err)
	}
	return []byte(change(bare, `signature_bin="`+base64.StdEncoding.EncodeToString(sign(text))+`"`))
}

func TestStrictDecodersRefuseWhatTheyWouldNotWrite(t *testing.T) {
	key, sign := hand(1)
	written := map[string][]byte{}
	read := map[string]func([]byte) (any, error){}
	for _, f := range forms() {
		raw, err := f.encode(key, sign)
		if err != nil {
			t.Fatal(err)
		}
		written[f.name], read[f.name] = raw, f.decode
		if _, err := f.decode(resign(t, raw)); err != nil {
			t.Fatalf("%s signed again: %v", f.name, err)
		}
	}
	for _, c := range []struct{ name, change, want string }{
		{"seal", `parcel=`, "stix.required: parcel"}, {"seal", `parcel=""`, "stix.property: parcel"}, {"seal", `manifest=`, "stix.required: manifest"},
		{"seal", `label="TLP:GREEN"`, "stix.property: label"}, {"seal", `label="amber"`, "stix.property: label"}, {"seal", `label=`, "stix.required: label"},
		{"seal", `audience={"reach":"nobody"}`, "stix.property: audience"}, {"seal", `audience={"reach":"hub","more":1}`, "stix.property: audience"},
		{"seal", `until="2027-01-01T00:00:00Z"`, "stix.property: until"}, {"seal", `x_more=1`, "stix.unknown: x_more"}, {"seal", `until=7`, "stix.property: until"},
		{"seal", `object_marking_refs=["marking-definition--` + uuid + `"]`, "stix.property: object_marking_refs"},
		{"seal", `object_marking_refs=`, "stix.property: object_marking_refs"}, {"seal", `extensions=`, "stix.required: extensions"},
		{"seal", `manifest=[{"object_ref":"indicator--` + uuid + `","sum_hex":"` + strings.Repeat("A", 64) + `"}]`, "stix.property: manifest"},
		{"seal", `manifest=[{"object_ref":"indicator--` + uuid + `","sum_hex":"` + strings.Repeat("a", 62) + `"}]`, "stix.property: manifest"},
		{"seal", `manifest=[{"object_ref":"x","sum_hex":"` + strings.Repeat("a", 64) + `"}]`, "stix.property: manifest"}, {"seal", `manifest=["a"]`, "stix.property: manifest"},
		{"seal", `manifest=[` + strings.Repeat(`{"object_ref":"indicator--`+uuid+`","sum_hex":"`+strings.Repeat("a", 64)+`"},`, 1) +
			`{"object_ref":"indicator--` + uuid + `","sum_hex":"` + strings.Repeat("b", 64) + `"}]`, "stix.property: manifest"},
		{"seal", `created_by_ref="malware--` + uuid + `"`, "stix.property: created_by_ref"},
		{"recall", `recall_action="forget"`, "stix.property: recall_action"}, {"recall", `recall_action="retract"`, "stix.property: label"},
		{"recall", `recall_action="correct"`, "stix.property: label"}, {"recall", `label=`, "stix.property: label"}, {"recall", `replaced_by="bundle--2"`, "stix.property: replaced_by"},
		{"recall", `reason="not-held"`, "stix.property: reason"}, {"recall", `reason=`, "stix.required: reason"},
		{"answer", `answer="maybe"`, "stix.property: answer"}, {"answer", `answer="not-found"`, "stix.property: count"}, {"answer", `count=0`, "stix.property: count"},
		{"answer", `count=`, "stix.property: count"}, {"answer", `coverage=101`, "stix.property: coverage"}, {"answer", `coverage=1.5`, "stix.property: coverage"},
		{"answer", `log_kind="paper"`, "stix.property: log_kind"}, {"answer", `remarks=[{"kind":"mitigation"}]`, "stix.property: remarks"},
		{"answer", `remarks=[{"kind":"praise","text":"t"}]`, "stix.property: remarks"}, {"answer", `about_refs=["x"]`, "stix.property: about_refs"},
		{"answer", `until="2020-01-01T00:00:00.000Z"`, "stix.property: until"},
		{"acknowledgement", `done=true`, "stix.property: reason"}, {"acknowledgement", `reason=`, "stix.property: reason"},
		{"acknowledgement", `recall_ref="indicator--` + uuid + `"`, "stix.property: recall_ref"}, {"acknowledgement", `done="false"`, "stix.property: done"},
		{"acknowledgement", `reason="harm"`, "stix.property: reason"},
	} {
		_, err := read[c.name](resign(t, written[c.name], c.change))
		refused(t, c.name+" "+c.change, err, fault.Invalid, c.want)
	}
	for name, raw := range written {
		_, err := read[name]([]byte(change(string(raw), "signature_bin=")))
		refused(t, name, err, fault.Forbidden, "stix.unsigned")
		_, err = read[name]([]byte(change(string(raw), "key_bin=")))
		refused(t, name, err, fault.Forbidden, "stix.unsigned")
	}
}

func TestWhatIsNotSoundIsNotSigned(t *testing.T) {
	key, sign := hand(1)
	w := waybill(key)
	w.Label = tlp.Unknown
	_, err := stix.EncodeSeal(w, sign)
	if fault.KindOf(err) != fault.Invalid {
		t.Errorf("a seal without a label: %v", err)
	}
	a := answer(key)
	a.Finding = parcel.NotFound
	if _, err := stix.EncodeAnswer(a, sign); fault.KindOf(err) != fault.Invalid {
		t.Errorf("not found, and seen: %v", err)
	}
	a = answer(key)
	a.Remarks[0].Text = "bad \xff"
	if _, err := stix.EncodeAnswer(a, sign); fault.KindOf(err) != fault.Invalid {
		t.Errorf("text that is not UTF-8: %v", err)
	}
	r := recall(key)
	r.Created = r.Modified.Add(time.Second)
	if _, err := stix.EncodeRecall(r, sign); fault.KindOf(err) != fault.Invalid {
		t.Errorf("modified before it was created: %v", err)
	}
}

func TestSightingsSayWhatOthersUnderstand(t *testing.T) {
	key, _ := hand(1)
	n := byte(0)
	mint := func(kind string) string { n++; return stix.ID(kind, [16]byte{15: n}) }
	a := answer(key)
	got, err := stix.Sightings(a, mint)
	if err != nil || len(got) != 1 || !bytes.Contains(got[0], []byte(`"count":3`)) || !bytes.Contains(got[0], []byte(`"sighting_of_ref":"indicator--`)) ||
		!bytes.Contains(got[0], []byte(`"first_seen":"2026-10-23T01:02:03.045Z"`)) {
		t.Errorf("%s, %v", got, err)
	}
	a.Finding, a.Count, a.FirstSeen, a.LastSeen = parcel.NotFound, 0, time.Time{}, time.Time{}
	got, err = stix.Sightings(a, mint)
	if err != nil || len(got) != 1 || !bytes.Contains(got[0], []byte(`"count":0`)) || !bytes.Contains(got[0], []byte(`"first_seen":"2026-08-23T01:02:03.045Z"`)) {
		t.Errorf("%s, %v", got, err)
	}
	for _, f := range []parcel.Finding{parcel.NoLogs, parcel.CannotSearch, ""} {
		a.Finding = f
		if got, err := stix.Sightings(a, mint); err != nil || got != nil {
			t.Errorf("%s: %s, %v", f, got, err)
		}
	}
}

func TestX4ExtensionsExplainThemselves(t *testing.T) {
	key, sign := hand(1)
	defined := map[string]bool{}
	for _, raw := range stix.Extensions() {
		o, err := stix.Object(raw)
		if err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		defined[o.ID] = true
	}
	for _, f := range forms() {
		raw, err := f.encode(key, sign)
		if err != nil {
			t.Fatal(err)
		}
		var o struct {
			Extensions map[string]struct {
				Kind string `json:"extension_type"`
			}
		}
		if err := json.Unmarshal(raw, &o); err != nil || len(o.Extensions) != 1 {
			t.Fatal(err, o)
		}
		for id, e := range o.Extensions {
			if !defined[id] || e.Kind != "new-sdo" {
				t.Errorf("%s: %s is not defined as %s", f.name, id, e.Kind)
			}
		}
	}
}

func FuzzPapers(f *testing.F) {
	key, sign := hand(1)
	for _, p := range forms() {
		raw, err := p.encode(key, sign)
		if err != nil {
			f.Fatal(err)
		}
		f.Add([]byte(raw))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		accepted := 0
		for _, p := range forms() {
			v, err := p.decode(raw)
			if err != nil {
				continue
			}
			accepted++
			if k := keyIn(v); k != key {
				continue // signed by a key of its own: the caller must know it
			}
			want := p.want(key)
			if !reflect.DeepEqual(v, want) {
				t.Fatalf("a %s nobody signed: %+v", p.name, v)
			}
		}
		if accepted > 1 {
			t.Fatal("one paper is two")
		}
	})
}

func keyIn(v any) parcel.Key {
	return reflect.ValueOf(v).FieldByName("Key").Interface().(parcel.Key)
}
