package parcel

import (
	"time"

	"github.com/wakachi/wakachi/internal/tlp"
)

// A Shared is a parcel as one of its receivers may know it. It does not say who sent it.
type Shared struct {
	Parcel    ID
	Community CommunityID
	Name      string // of the community
	Hub       string
	At        time.Time // when the hub passed it on
	Label     tlp.Label
	Letter    Letter // the zero Letter of one that is not Reading
	Facts     int
	Forms     []Form
	Reading   bool      // it may be opened
	Answered  time.Time // when the receiver answered last; zero if it did not
	Recall    *Notice   // nil if nothing was taken back
}

// A Notice tells a receiver that something was taken back.
type Notice struct {
	ID           string
	Action       Action
	Reason       Reason
	At           time.Time
	Due          time.Time // acknowledge by
	ReplacedBy   ID        // of Correct
	Acknowledged time.Time // zero if it was not yet
	Done         bool      // what was acknowledged: deleted, or that it cannot be
}

// Asked says whether a receiver is still to answer.
func (s Shared) Asked() bool {
	return s.Reading && s.Answered.IsZero() && (s.Letter.Ask != "" || !s.Letter.AskDue.IsZero())
}

// Reply is an answer as a receiver gives it: what it found, and whether its name may be
// told to who asked.
type Reply struct {
	Answer
	Named bool
}

// A Brought is a parcel that came to a hub and did not go on whole.
type Brought struct {
	Parcel  ID
	From    string // the member's name
	At      time.Time
	Waiting bool // not all of what its seal covers has come
	Held    []HeldBack
}

// A HeldBack is an object a hub keeps back from members: what is delicate goes through a
// coordinator.
//
// Guidance Q22, Q23, Q24.
type HeldBack struct {
	Ref    string `json:"ref"`    // id of the object
	Reason string `json:"reason"` // token: "relay.held.victim", …
}

// A Passed is a parcel a hub has passed on, for the hub's eyes.
type Passed struct {
	Parcel ID
	From   string
	At     time.Time
	Label  tlp.Label
	Facts  int
	State  string
}
