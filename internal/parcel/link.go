package parcel

import (
	"time"

	"github.com/wakachi/wakachi/internal/party"
)

// A Circle is a community as its hub tells a member's own wakachi of it: who takes part, as
// far as the member may see, under which key the hub seals, and where to read and write.
type Circle struct {
	Community CommunityID     `json:"community"`
	As        Community       `json:"as"`       // with the members' ids at the hub
	You       party.OrgID     `json:"you"`      // the asker's id there
	Key       string          `json:"key"`      // of the hub: Ed25519, base64
	Identity  party.Pseudonym `json:"identity"` // under which the hub seals
	Inbox     CollectionID    `json:"inbox"`
	Shelves   []ShelfMark     `json:"shelves"`
}

// A ShelfMark is a collection the member may read, and how far it has come: a member who has
// read farther knows that the hub was set back to an older state.
type ShelfMark struct {
	ID      CollectionID `json:"id"`
	Highest time.Time    `json:"highest,omitzero"`
}

// A Link is how an organisation's own wakachi reaches a hub elsewhere.
type Link struct {
	URL    string                     `json:"url"` // of the hub's wakachi: "https://hub.example/"
	Circle Circle                     `json:"circle"`
	Read   map[CollectionID]time.Time `json:"read,omitempty"` // how far each shelf was read
	Paused bool                       `json:"paused,omitempty"`
}

// LinkSort is under which sort a Link is kept, with the community's id as its own.
const LinkSort = "link"

// Own gives the community as the organisation's own wakachi decides with it: its own id for
// itself in place of the one it has at the hub.
func (l Link) Own(org party.OrgID) Community {
	c := l.Circle.As
	c.ID, c.Away = l.Circle.Community, true
	c.Members = append([]Member(nil), c.Members...)
	for k := range c.Members {
		if c.Members[k].Org == l.Circle.You {
			c.Members[k].Org = org
		}
	}
	c.Groups = append([]Group(nil), c.Groups...)
	for k, g := range c.Groups {
		c.Groups[k].Members = append([]party.OrgID(nil), g.Members...)
		for n, m := range g.Members {
			if m == l.Circle.You {
				c.Groups[k].Members[n] = org
			}
		}
	}
	return c
}
