// Package relay passes on what was shared to those it is for, and brings back their answers.
//
// It is a hub's half of the exchange, and a member's. A parcel that package exchange sealed
// arrives as a parcel.Dispatch; the hub lays its objects on a shelf, the collection of the
// circle it is for, under a seal of its own. Members read shelves through package taxii or
// package portal; each page is noted, with its reader, before it leaves. What members bring
// lies in an inbox until its seal is verified, and what is delicate in it is held. Answers
// go back without their answerer's name. A recall takes objects off the shelf, leaves their
// hashes behind, and tells those who lose something, and nobody else.
//
// Whatever it passes on was cleared by somebody's gate; it opens no incident.
package relay

import (
	"context"
	"encoding/hex"
	"io"
	"sync"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/store"
)

// Circles gives communities as their hubs keep them.
type Circles interface {
	// Kept gives a community of a hub; fault.NotFound if the hub has none of that id.
	Kept(ctx context.Context, hub party.OrgID, id parcel.CommunityID) (parcel.Community, error)

	// TakingPart lists the communities of which an organisation is the hub or a member.
	TakingPart(ctx context.Context, org party.OrgID) ([]parcel.Community, error)

	// Pseudonym gives an organisation's name in a community, and since when it has it.
	Pseudonym(ctx context.Context, org party.OrgID, id parcel.CommunityID) (party.Pseudonym, time.Time, error)

	// Said looks sentences through that an organisation sends: fault.Withheld for one that
	// shows whose it is. unread says that it has no profile, and nobody could look.
	Said(ctx context.Context, org party.OrgID, texts []string) (unread bool, err error)
}

// A Relay may be used by several goroutines.
type Relay struct {
	store   *store.Store
	circles Circles
	now     func() time.Time
	random  io.Reader

	mu        sync.Mutex
	swept     time.Time // when what is due by the minute was done last
	places    map[parcel.CollectionID]place
	audiences map[circle][]audience
	forgotten int // how often audiences were forgotten

	laying sync.Mutex // held from reading the audiences to having laid something for them
}

// A circle is a community at its hub.
type circle struct {
	hub party.OrgID
	id  parcel.CommunityID
}

// New makes a Relay. random gives ids and keys; crypto/rand outside tests.
func New(s *store.Store, c Circles, now func() time.Time, random io.Reader) *Relay {
	return &Relay{store: s, circles: c, now: now, random: random, places: map[parcel.CollectionID]place{}, audiences: map[circle][]audience{}}
}

// nobody is who acts when no person does.
const nobody = "local"

func allow(a party.Actor, r party.Right) error {
	if !a.May(r) {
		return fault.New(fault.Forbidden, "casework.right", string(r))
	}
	return nil
}

func notFound() error { return fault.New(fault.NotFound, "store.not-found") }

// bytes gives sixteen random bytes.
func (r *Relay) bytes() ([16]byte, error) {
	var b [16]byte
	if _, err := io.ReadFull(r.random, b[:]); err != nil {
		return b, fault.Wrap(err, fault.Internal, "relay.random")
	}
	return b, nil
}

// uuid gives a random UUIDv4.
func (r *Relay) uuid() (string, error) {
	b, err := r.bytes()
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:], err
}

// today gives the time to the second.
func (r *Relay) today() time.Time { return r.now().UTC().Truncate(time.Second) }
