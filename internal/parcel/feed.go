package parcel

import (
	"encoding/json"
	"time"

	"github.com/wakachi/wakachi/internal/tlp"
)

// A Feed is a collection of somebody's TAXII server that an organisation follows. Its server need not be a
// wakachi: nobody seals what comes from it, and nothing of it goes on to others by itself.
type Feed struct {
	ID         string          `json:"-"`
	Name       string          `json:"name"` // as the organisation calls it
	URL        string          `json:"url"`  // of the discovery
	User       string          `json:"user,omitempty"`
	Collection CollectionID    `json:"collection"`
	Cursor     json.RawMessage `json:"cursor,omitempty"` // how far it was read; the client's own
	Recent     []string        `json:"recent,omitempty"` // of what came last, so that it does not come twice
	Arrived    int             `json:"arrived"`          // deliveries that are kept
	Trouble    string          `json:"trouble,omitempty"`
	Ended      bool            `json:"ended,omitempty"`

	At      time.Time `json:"-"` // of its last change
	Version int64     `json:"-"`
}

// An Arrival is what one reading of a Feed brought.
type Arrival struct {
	ID      string    `json:"-"`
	Feed    string    `json:"feed"`
	Name    string    `json:"name"` // of the feed when it came
	Objects int       `json:"objects"`
	Lines   int       `json:"lines"` // that can become items
	Label   tlp.Label `json:"label"` // the strictest; Unknown: unmarked, or marked as nobody can read
	At      time.Time `json:"-"`
}
