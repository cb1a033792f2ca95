package stix

import (
	"crypto/ed25519"
	"encoding/base64"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/tlp"
)

// DecodeSeal reads a seal and verifies that it was signed with the key it names. Whether
// that key is the sender's is the caller's to know. A wrong signature is fault.Forbidden
// "stix.signature", a missing one or a missing key "stix.unsigned"; an unknown property, or
// one that is not as EncodeSeal writes it, is fault.Invalid.
//
// SPEC: RFC 8032; RFC 8785.
func DecodeSeal(raw []byte) (parcel.Waybill, error) {
	f, err := open(raw, sealType)
	if err != nil {
		return parcel.Waybill{}, err
	}
	w := parcel.Waybill{
		Paper: f.paper(), Parcel: parcel.ID(f.text("parcel", maxName, true)), To: f.addressed(),
		Until: f.time("until"), AskDue: f.time("ask_due"), Manifest: f.manifest(true),
	}
	f.hold(f.label("label", true) == w.Label, "label")
	if err := f.close(); err != nil {
		return parcel.Waybill{}, err
	}
	return w, nil
}

// DecodeRecall reads a recall as DecodeSeal reads a seal.
func DecodeRecall(raw []byte) (parcel.Recall, error) {
	f, err := open(raw, recallType)
	if err != nil {
		return parcel.Recall{}, err
	}
	r := parcel.Recall{
		Paper: f.paper(), Parcel: parcel.ID(f.text("parcel", maxName, true)),
		Action:   parcel.Action(f.token("recall_action", recallActions, true)),
		Reason:   parcel.Reason(f.token("reason", recallReasons, true)),
		Manifest: f.manifest(false), Stricter: f.label("label", false),
		ReplacedBy: parcel.ID(f.text("replaced_by", maxName, false)), Due: f.time("due"),
	}
	f.hold((r.Action == parcel.Tighten) == (r.Stricter != tlp.Unknown), "label")
	f.hold((r.Action == parcel.Correct) == (r.ReplacedBy != ""), "replaced_by")
	f.hold(r.ReplacedBy == "" || r.ReplacedBy != r.Parcel, "replaced_by")
	if err := f.close(); err != nil {
		return parcel.Recall{}, err
	}
	return r, nil
}

// DecodeAnswer reads an answer as DecodeSeal reads a seal.
func DecodeAnswer(raw []byte) (parcel.Answer, error) {
	f, err := open(raw, answerType)
	if err != nil {
		return parcel.Answer{}, err
	}
	a := parcel.Answer{
		Paper: f.paper(), Parcel: parcel.ID(f.text("parcel", maxName, true)),
		Finding: parcel.Finding(f.token("answer", findings, true)), About: f.refs("about_refs"),
		Logs: parcel.LogKind(f.token("log_kind", logKinds, false)),
		From: f.time("from"), To: f.time("until"), Tool: f.text("tool", maxName, false),
		FirstSeen: f.time("first_seen"), LastSeen: f.time("last_seen"), Remarks: f.remarks(),
	}
	a.Coverage, a.Covered = f.number("coverage", 0, 100)
	counted := false
	a.Count, counted = f.number("count", 1, maxCount)
	found := a.Finding == parcel.Found
	f.hold(counted == found, "count")
	f.hold(found || a.FirstSeen.IsZero(), "first_seen")
	f.hold(found || a.LastSeen.IsZero(), "last_seen")
	f.hold(a.LastSeen.IsZero() || !a.LastSeen.Before(a.FirstSeen), "last_seen")
	f.hold(a.To.IsZero() || !a.To.Before(a.From), "until")
	if err := f.close(); err != nil {
		return parcel.Answer{}, err
	}
	return a, nil
}

// DecodeAcknowledgement reads an acknowledgement as DecodeSeal reads a seal.
func DecodeAcknowledgement(raw []byte) (parcel.Acknowledgement, error) {
	f, err := open(raw, acknowledgementType)
	if err != nil {
		return parcel.Acknowledgement{}, err
	}
	a := parcel.Acknowledgement{
		Paper: f.paper(), Recall: f.text("recall_ref", maxName, true), Done: f.truth("done"),
		Reason: parcel.Reason(f.token("reason", undoneReasons, false)),
	}
	f.hold(validID(a.Recall) && typeOf(a.Recall) == recallType, "recall_ref")
	f.hold(a.Done == (a.Reason == ""), "reason")
	if err := f.close(); err != nil {
		return parcel.Acknowledgement{}, err
	}
	return a, nil
}

// The words the papers may use, in the order of their declarations.
var (
	recallActions = []string{string(parcel.Retract), string(parcel.Narrow), string(parcel.Tighten), string(parcel.Correct)}
	recallReasons = []string{string(parcel.FalsePositive), string(parcel.WrongValue), string(parcel.WrongAudience),
		string(parcel.Harm), string(parcel.OwnerRequest), string(parcel.Other)}
	undoneReasons = []string{string(parcel.NotHeld), string(parcel.PassedOn), string(parcel.KeptByLaw), string(parcel.NotPossible), string(parcel.Other)}
	findings      = []string{string(parcel.Found), string(parcel.NotFound), string(parcel.NoLogs), string(parcel.CannotSearch)}
	logKinds      = []string{string(parcel.ProxyLog), string(parcel.DNSLog), string(parcel.FirewallLog), string(parcel.EndpointLog),
		string(parcel.MailLog), string(parcel.CloudLog), string(parcel.OtherLog)}
	remarkKinds = []string{string(parcel.FurtherIndicators), string(parcel.IsFalsePositive), string(parcel.Mitigation), string(parcel.Correction)}
	reaches     = []string{party.Coordinator.String(), party.Hub.String(), party.Community.String()}
)

// Limits of what a paper holds.
const (
	maxName     = 300         // characters of an id, a group, a tool
	maxText     = 4000        // characters of a remark
	maxManifest = 10_000      // pieces
	maxList     = 1000        // refs, remarks, names
	maxCount    = 999_999_999 // SPEC: STIX 2.1 §5.2
)

// open reads a paper of one type and verifies its signature.
func open(raw []byte, kind string) (*form, error) {
	t, err := scan(raw, maxDepth)
	if err != nil {
		return nil, err
	}
	if _, err := t.object(); err != nil {
		return nil, err
	}
	root := t.root()
	if root.say("type") != kind {
		return nil, invalid("stix.type", "type")
	}
	f := &form{node: root}
	if f.key, err = verify(root); err != nil {
		return nil, err
	}
	return f, nil
}

// verify checks a paper's signature against the key it names, and gives the key.
func verify(root node) (parcel.Key, error) {
	key, signature := root.say("key_bin"), root.say("signature_bin")
	if key == "" || signature == "" {
		return parcel.Key{}, fault.New(fault.Forbidden, "stix.unsigned")
	}
	k, errK := base64.StdEncoding.Strict().DecodeString(key)
	s, errS := base64.StdEncoding.Strict().DecodeString(signature)
	if errK != nil || errS != nil || len(k) != ed25519.PublicKeySize || len(s) != ed25519.SignatureSize || parcel.Key(k) == (parcel.Key{}) {
		return parcel.Key{}, fault.New(fault.Forbidden, "stix.signature")
	}
	text := root.canonical(nil, func(m node) bool { return string(m.name()) == "signature_bin" })
	if !ed25519.Verify(k, text, s) {
		return parcel.Key{}, fault.New(fault.Forbidden, "stix.signature")
	}
	return parcel.Key(k), nil
}
