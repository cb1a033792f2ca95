package parcel

import (
	"time"

	"github.com/wakachi/wakachi/internal/tlp"
)

// An Effect is what became of a parcel, for who shared it: who could act on it, how early,
// and what came back.
type Effect struct {
	Parcel    ID
	Community CommunityID
	Label     tlp.Label // as it is now
	At        time.Time // when the hub passed it on
	First     string    // earliest date of its facts: "2026-05-11"; empty if none has one
	Due       time.Time // by when answers were asked for; zero if they were not
	Elsewhere bool      // the hub is another wakachi's: who fetched it is not known here
	State     string    // "waiting", "standing", "narrowed", "retracted", "expired"
	Receivers []Receiver
	Tally     Tally
	Answers   []Returned // the oldest first
	Recall    *Notice    // the last that was done; nil if nothing was
}

// A Receiver is one who could read a parcel.
type Receiver struct {
	Name    string    // empty where the community does not show its members
	Days    int       // how long it keeps its logs
	Fetched time.Time // when it first got something of the parcel; zero: it has not
	Via     string    // through which door that was: "taxii", "portal"
	Times   int       // how often it fetched

	Told         time.Time // that something was taken back; zero: it was not
	Acknowledged time.Time // zero: it has not yet
	Done         bool      // what it acknowledged: deleted, or that it cannot be
	Why          Reason    // why it cannot
}

// A Tally counts answerers by their last answer. Silence is told as silence.
type Tally struct {
	Asked        int `json:"asked"`
	Found        int `json:"found"`
	NotFound     int `json:"not_found"`
	NoLogs       int `json:"no_logs"`
	CannotSearch int `json:"cannot_search"`
	Silent       int `json:"silent"`
}

// Count adds one answerer's finding.
func (t *Tally) Count(f Finding) {
	switch f {
	case Found:
		t.Found++
	case NotFound:
		t.NotFound++
	case NoLogs:
		t.NoLogs++
	case CannotSearch:
		t.CannotSearch++
	}
}

// A Returned is an answer as it is shown to who shared, or to the hub.
type Returned struct {
	Answer
	ID     string    // for the hub; empty for who shared
	Name   string    // of who answered, if it wanted to be named, or for the hub
	At     time.Time // to the day, for who shared
	Unread bool      // its sentences wait for the hub to read them
}

// Overdue says whether answers were asked for by a day that is over.
func (e Effect) Overdue(now time.Time) bool {
	return !e.Due.IsZero() && !now.Before(e.Due.AddDate(0, 0, 1)) && e.Tally.Silent > 0
}

// Fetched counts the receivers who got something of it.
func (e Effect) Fetched() int {
	n := 0
	for _, r := range e.Receivers {
		if !r.Fetched.IsZero() {
			n++
		}
	}
	return n
}
