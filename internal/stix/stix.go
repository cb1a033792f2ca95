// Package stix reads and writes STIX 2.1.
//
// Encode turns what the gate cleared into one bundle: an identity that is a pseudonym,
// the TLP 2.0 marking, Cyber-observables with their deterministic ids, an indicator for
// each value, attack patterns, vulnerabilities, malware and infrastructure, the
// relationships between them, and a grouping that holds all. The bytes are canonical
// JSON: the same facts, ids and time give the same bytes.
//
// Every word in a bundle comes from a fact's value, from the tables of this package, from
// ATT&CK, or from the Letter, which people wrote for the receivers.
package stix

import (
	"errors"
	"time"

	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
)

// MediaType goes with the bytes Encode gives, in TAXII and over HTTP.
const MediaType = "application/stix+json;version=2.1"

// Meta is what a bundle says about itself.
type Meta struct {
	Sender party.Pseudonym // the created_by_ref of every object that has one
	At     time.Time       // written in UTC, to the second

	// Since is when the sender's pseudonym was taken. The identity object is the same in
	// all bundles of one sender only if it is set; the zero Since is At.
	Since time.Time

	// Mint makes the random ids of domain objects and relationships, "indicator--…".
	// Each call must give another.
	Mint func(objectType string) string

	// Letter is what the sender says to the receivers. Its sentences were looked through
	// by the gate and confirmed by two people. The zero Letter says nothing.
	Letter parcel.Letter

	// Plain leaves out every sentence and name of our own. It is for the rare profile
	// whose terms are words of ours.
	Plain bool
}

// ErrEmpty is returned for a Cleared that holds nothing: there is no empty bundle.
var ErrEmpty = errors.New("stix: nothing was cleared")

// Encode writes the facts as one bundle.
func Encode(c parcel.Cleared, m Meta) ([]byte, error) {
	if c.Empty() {
		return nil, ErrEmpty
	}
	b := newBuilder(c.Label(), m)
	facts := c.Facts()
	if err := b.observe(facts); err != nil {
		return nil, err
	}
	b.describe(facts)
	b.relate()
	return canonical(nil, object{"type": "bundle", "id": m.Mint("bundle"), "objects": b.finish()})
}

// Timestamp writes a time as STIX wants it, with milliseconds.
//
// SPEC: STIX 2.1 §2.16, §3.2.
func Timestamp(t time.Time) string {
	return t.UTC().Truncate(time.Second).Format("2006-01-02T15:04:05.000Z")
}
