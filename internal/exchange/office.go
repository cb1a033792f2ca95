package exchange

import (
	"context"
	"io"
	"sync"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/store"
)

// An Office releases what was composed and approved. It may be used by several goroutines.
type Office struct {
	store  *store.Store
	now    func() time.Time
	random io.Reader
	guard  Guard

	mu   sync.Mutex
	open map[pending]time.Time // releases under way, and when the approved ones leave
	seen map[pending]outlooks
}

type pending struct {
	org party.OrgID
	id  ReleaseID
}

// A Guard gives the profile under which an incident's items leave; version changes when the
// profile does.
type Guard func(ctx context.Context, org party.OrgID, id incident.ID) (p incident.Profile, version string, err error)

// NewOffice makes an Office. random gives ids; crypto/rand outside tests.
func NewOffice(s *store.Store, now func() time.Time, random io.Reader, g Guard) *Office {
	return &Office{store: s, now: now, random: random, guard: g}
}

// Sorts of the objects kept here.
const (
	sortCommunity  store.Sort = "community"
	sortMembership store.Sort = "membership"
	sortRelease    store.Sort = "release"
	sortPseudonym  store.Sort = "pseudonym"
)

func allow(a party.Actor, r party.Right) error {
	if !a.May(r) {
		return fault.New(fault.Forbidden, "casework.right", string(r))
	}
	return nil
}
