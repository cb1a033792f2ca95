package stix

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/tlp"
)

// EncodeSeal writes a waybill as the signed object that seals a parcel. sign is given the
// canonical JSON of the object without its signature and gives the Ed25519 signature of
// w.Key's other half; the result is what DecodeSeal accepts, or an error: fault.Invalid if
// the waybill lacks something, fault.Forbidden if the signature is not that of the key.
//
// SPEC: RFC 8032; RFC 8785.
func EncodeSeal(w parcel.Waybill, sign func([]byte) []byte) (json.RawMessage, error) {
	o := paper(sealType, w.Paper)
	o["label"] = w.Label.String()
	o["parcel"] = string(w.Parcel)
	if w.To.Reach != party.Nobody {
		audience := object{"reach": w.To.Reach.String()}
		setText(audience, "group", w.To.Group)
		setTexts(audience, "except", w.To.Except)
		o["audience"] = audience
	}
	setTime(o, "until", w.Until)
	setTime(o, "ask_due", w.AskDue)
	o["manifest"] = manifest(w.Manifest)
	return signed(o, sign, func(raw []byte) error { _, err := DecodeSeal(raw); return err })
}

// EncodeRecall writes a recall, signed as EncodeSeal does.
func EncodeRecall(r parcel.Recall, sign func([]byte) []byte) (json.RawMessage, error) {
	o := paper(recallType, r.Paper)
	o["recall_action"] = string(r.Action)
	o["parcel"] = string(r.Parcel)
	o["reason"] = string(r.Reason)
	if len(r.Manifest) > 0 {
		o["manifest"] = manifest(r.Manifest)
	}
	if r.Stricter != tlp.Unknown {
		o["label"] = r.Stricter.String()
	}
	setText(o, "replaced_by", string(r.ReplacedBy))
	setTime(o, "due", r.Due)
	return signed(o, sign, func(raw []byte) error { _, err := DecodeRecall(raw); return err })
}

// EncodeAnswer writes an answer, signed as EncodeSeal does. Sightings says part of it so
// that others understand it too.
func EncodeAnswer(a parcel.Answer, sign func([]byte) []byte) (json.RawMessage, error) {
	o := paper(answerType, a.Paper)
	o["parcel"] = string(a.Parcel)
	o["answer"] = string(a.Finding)
	setTexts(o, "about_refs", a.About)
	setText(o, "log_kind", string(a.Logs))
	setTime(o, "from", a.From)
	setTime(o, "until", a.To)
	if a.Covered {
		o["coverage"] = a.Coverage
	}
	setText(o, "tool", a.Tool)
	if a.Finding == parcel.Found {
		o["count"] = a.Count
	}
	setTime(o, "first_seen", a.FirstSeen)
	setTime(o, "last_seen", a.LastSeen)
	var remarks []object
	for _, r := range a.Remarks {
		remark := object{"kind": string(r.Kind)}
		setText(remark, "text", r.Text)
		setTexts(remark, "object_refs", r.Refs)
		remarks = append(remarks, remark)
	}
	if remarks != nil {
		o["remarks"] = remarks
	}
	return signed(o, sign, func(raw []byte) error { _, err := DecodeAnswer(raw); return err })
}

// EncodeAcknowledgement writes an acknowledgement, signed as EncodeSeal does.
func EncodeAcknowledgement(a parcel.Acknowledgement, sign func([]byte) []byte) (json.RawMessage, error) {
	o := paper(acknowledgementType, a.Paper)
	o["recall_ref"] = a.Recall
	o["done"] = a.Done
	setText(o, "reason", string(a.Reason))
	return signed(o, sign, func(raw []byte) error { _, err := DecodeAcknowledgement(raw); return err })
}

// paper makes the properties all papers share.
func paper(kind string, p parcel.Paper) object {
	return object{
		"type": kind, "spec_version": "2.1", "id": p.ID,
		"created": milliseconds(p.Created), "modified": milliseconds(p.Modified),
		"created_by_ref": string(p.By), "object_marking_refs": []string{markings[p.Label].id},
		"extensions": object{ours[kind].id: object{"extension_type": "new-sdo"}},
		"key_bin":    base64.StdEncoding.EncodeToString(p.Key[:]),
	}
}

func manifest(pieces []parcel.Piece) []object {
	list := make([]object, 0, len(pieces))
	for _, p := range pieces {
		o := object{"object_ref": p.Ref, "sum_hex": hex.EncodeToString(p.Sum[:])}
		setText(o, "version", p.Version)
		list = append(list, o)
	}
	return list
}

// setText sets a property that is absent rather than empty.
func setText(o object, name, value string) {
	if value != "" {
		o[name] = value
	}
}

func setTexts(o object, name string, values []string) {
	if len(values) > 0 {
		o[name] = values
	}
}

func setTime(o object, name string, t time.Time) {
	if !t.IsZero() {
		o[name] = milliseconds(t)
	}
}

// signed adds the signature and reads the whole back, so that nothing leaves that would be
// refused on the other side.
func signed(o object, sign func([]byte) []byte, read func([]byte) error) (json.RawMessage, error) {
	text, err := canonical(nil, o)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "stix.text")
	}
	o["signature_bin"] = base64.StdEncoding.EncodeToString(sign(text))
	raw, err := canonical(nil, o)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "stix.text")
	}
	if err := read(raw); err != nil {
		return nil, err
	}
	return raw, nil
}
