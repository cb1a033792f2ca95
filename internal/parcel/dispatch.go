package parcel

import (
	"time"

	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/tlp"
)

// A Dispatch is a sealed parcel on its way to the hub of a community, with what the hub must
// know to pass it on and nothing of the incident. It is written in the act that seals.
type Dispatch struct {
	Parcel    ID              `json:"parcel"`
	Community CommunityID     `json:"community"`
	Hub       party.OrgID     `json:"hub"`
	To        Audience        `json:"to"`
	Label     tlp.Label       `json:"label"`
	Letter    Letter          `json:"letter"`
	Sender    party.Pseudonym `json:"sender"`
	Forms     []Form          `json:"forms"` // every form that was approved
	Facts     int             `json:"facts"`
	First     string          `json:"first,omitempty"` // earliest date of its facts: "2026-05-11"
	Sealed    time.Time       `json:"sealed"`
	Delivered time.Time       `json:"delivered,omitzero"` // when the hub had it
}

// A Form is one rendering of a parcel's facts, under the name of the object that keeps it.
type Form struct {
	Name  string `json:"name"` // "stix", "sheet", "csv", "list"
	Media string `json:"media"`
	Kept  string `json:"kept"`
	Sum   string `json:"sum"` // SHA-256 of the bytes, hexadecimal
}

// Where a Dispatch stands, as the parent under which it is kept.
const (
	Waiting   = "waiting"
	Delivered = "delivered"
)

// DispatchSort is under which sort a Dispatch is kept: what exchange writes, relay reads.
const DispatchSort = "dispatch"
