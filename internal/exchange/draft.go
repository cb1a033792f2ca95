// Package exchange carries information out through the gate, and in from outside.
//
// It is the only importer of package gate: whatever leaves, leaves through here. A Draft is
// the way out without a desk: bytes on the owner's own disk, nobody told, nothing sealed.
package exchange

import (
	"io"
	"slices"
	"time"

	"github.com/wakachi/wakachi/internal/classify"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/gate"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/stix"
	"github.com/wakachi/wakachi/internal/tlp"
)

// An Order is what somebody wants to share, to whom, and under which label.
type Order struct {
	Notes   []incident.Note  // in the order in which they should be read
	Profile incident.Profile // the zero Profile is refused: it protects nobody
	Reach   party.Reach      // Nobody is refused
	Label   tlp.Label        // Unknown is refused
	At      time.Time        // the created and modified of every object, to the second
	Random  io.Reader        // of ids and the sender's pseudonym; crypto/rand outside tests
}

// A Verdict is what becomes of one item, for the organisation's own eyes.
type Verdict struct {
	incident.Item
	Treatment string          // "share", "generalise", "hub-only", "coordinator", "withhold"
	Decided   incident.Reason // why the gate treats it so
	Frees     string          // token for what would free it; empty if it leaves
	Leaves    bool            // whether it is in the draft
	Betrayed  []string        // spellings that would have shown whose it is
}

// A Draft is a bundle that may be handed over, and an account of what is in it and what
// is not. Body is nil when nothing may leave.
type Draft struct {
	Body     []byte      // canonical JSON of one STIX bundle
	Verdicts []Verdict   // one for each item proposed, whether or not it leaves
	Reach    party.Reach // as ordered
	Label    tlp.Label   // as ordered; every object of the bundle bears it
}

// Draw proposes items from notes, asks the gate with default treatments, and encodes what
// it cleared. Everything doubtful stays. The bytes are inspected once more before they are
// handed out; if a word of our own would betray the profile, they are made without words,
// and if that does not help, nothing leaves: fault.Internal.
func Draw(o Order) (Draft, error) {
	g, err := gate.New(o.Profile)
	if err != nil {
		return Draft{}, err
	}
	items := classify.Propose(o.Notes, g.Finder())
	result, err := g.Clear(gate.Request{Items: items, Reach: o.Reach, Label: o.Label, Outage: outage(items)})
	if err != nil {
		return Draft{}, err
	}
	d := Draft{Reach: o.Reach, Label: o.Label, Verdicts: verdicts(items, result.Decisions)}
	if result.Cleared.Empty() {
		return d, nil
	}
	if !valued(result.Cleared) {
		d.holdBack()
		return d, nil
	}
	m := newMint(o.Random, avoid(o.Profile, items))
	d.Body, err = encode(g, result.Cleared, stix.Meta{Sender: party.Pseudonym(m.id("identity")), At: o.At, Mint: m.id}, m)
	return d, err
}

// valued says whether anything was cleared that can be looked for. Techniques read out of
// prose, with nothing beside them, are a guess nobody confirmed.
func valued(c parcel.Cleared) bool {
	return slices.ContainsFunc(c.Facts(), func(f parcel.Fact) bool {
		return f.Sort == parcel.Indicator || f.Sort == parcel.Vulnerability
	})
}

// holdBack withholds what would otherwise have left.
func (d *Draft) holdBack() {
	for i := range d.Verdicts {
		if v := &d.Verdicts[i]; v.Leaves {
			v.Leaves, v.Treatment = false, string(gate.Withhold)
			v.Decided, v.Frees = incident.Reason{Code: "exchange.alone", Point: "ours"}, "exchange.alone.frees"
		}
	}
}

func encode(g *gate.Gate, c parcel.Cleared, meta stix.Meta, m *mint) ([]byte, error) {
	for _, plain := range []bool{false, true} {
		meta.Plain = plain
		body, err := stix.Encode(c, meta)
		if err == nil {
			err = m.err
		}
		if err != nil {
			return nil, fault.Wrap(err, fault.Internal, "exchange.encode")
		}
		hits, err := g.Inspect(body)
		if err != nil {
			return nil, err
		}
		if len(hits) == 0 {
			return body, nil
		}
	}
	return nil, fault.New(fault.Internal, "exchange.inspected")
}

// outage says whether people outside will have seen that something stopped.
func outage(items []incident.Item) bool {
	for _, i := range items {
		if i.Kind == incident.Damage && i.Reason.Code == "kind.damage.outage" && i.Status == incident.Observed {
			return true
		}
	}
	return false
}

func verdicts(items []incident.Item, decisions []gate.Decision) []Verdict {
	out := make([]Verdict, len(items))
	for k, d := range decisions {
		v := Verdict{
			Item: items[k], Treatment: string(d.Treatment), Decided: d.Reason, Frees: d.Frees, Leaves: d.Leaves,
		}
		for _, h := range d.Betrayed {
			v.Betrayed = append(v.Betrayed, h.Spelling)
		}
		out[k] = v
	}
	return out
}
