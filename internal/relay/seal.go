package relay

import (
	"crypto/ed25519"
	"encoding/json"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/stix"
	"github.com/wakachi/wakachi/internal/tlp"
)

func (s signer) sign(text []byte) []byte { return ed25519.Sign(s.key(), text) }

// paper begins a paper of the signer's.
func (s signer) paper(id string, at time.Time, l tlp.Label) parcel.Paper {
	p := parcel.Paper{ID: id, By: s.Identity, Created: at, Modified: at, Label: l}
	copy(p.Key[:], s.key().Public().(ed25519.PublicKey))
	return p
}

// seal gives the hub's seal on a parcel it passes on, with the definitions that explain it.
// It names no member: whom the parcel is for, a reader knows by being able to read it.
func (r *Relay) seal(s signer, d Delivery, objects []parcel.Object, at time.Time) ([]parcel.Object, error) {
	id, err := r.uuid()
	if err != nil {
		return nil, err
	}
	w := parcel.Waybill{
		Paper:  s.paper("wakachi-seal--"+id, at, d.Label),
		Parcel: d.Parcel, Until: d.Letter.Until, AskDue: d.Letter.AskDue, Manifest: manifest(objects),
	}
	raw, err := stix.EncodeSeal(w, s.sign)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "exchange.encode")
	}
	return parse(append(append(stix.Extensions(), stix.Definition(d.Label)), raw))
}

func manifest(objects []parcel.Object) []parcel.Piece {
	out := make([]parcel.Piece, len(objects))
	for k, o := range objects {
		out[k] = parcel.Piece{Ref: o.ID, Version: o.Version, Sum: o.Sum}
	}
	return out
}

// bundle writes objects as one bundle, each in the bytes in which it came.
func (r *Relay) bundle(objects []json.RawMessage) ([]byte, error) {
	id, err := r.uuid()
	if err != nil {
		return nil, err
	}
	out := []byte(`{"type":"bundle","id":"bundle--` + id + `","objects":[`)
	for k, o := range objects {
		if k > 0 {
			out = append(out, ',')
		}
		out = append(out, o...)
	}
	return append(out, "]}"...), nil
}
