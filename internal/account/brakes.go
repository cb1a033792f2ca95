package account

import (
	"sync"
	"time"
)

// Brakes slow down whoever guesses. After some failures a key, which is a login, an account
// or an address, has to wait, twice as long after each further one. They are forgotten when
// the program ends.
type brakes struct {
	mu  sync.Mutex
	by  map[string]*tries
	max int // keys kept; more are let go, the oldest waits last
}

type tries struct {
	failed int
	until  time.Time
	last   time.Time
}

// How failures become waiting.
const (
	freeTries   = 5  // of a login from one network, or an account's own secrets
	manyTries   = 50 // of a login from everywhere, or of a network with any login
	firstWait   = 30 * time.Second
	longestWait = 15 * time.Minute
	forgetAfter = time.Hour
)

func newBrakes() *brakes { return &brakes{by: map[string]*tries{}, max: 50000} }

// allow says whether a key may try now.
func (b *brakes) allow(key string, now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.by[key]
	return t == nil || !now.Before(t.until)
}

// failed notes a failure of a key that has so many tries free.
func (b *brakes) failed(key string, free int, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.by[key]
	if t == nil || now.Sub(t.last) > forgetAfter {
		if len(b.by) >= b.max {
			b.prune(now)
		}
		t = &tries{}
		b.by[key] = t
	}
	t.failed++
	t.last = now
	if n := t.failed - free; n >= 0 {
		t.until = now.Add(min(firstWait<<min(n, 10), longestWait))
	}
}

// passed forgets a key's failures.
func (b *brakes) passed(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.by, key)
}

// prune lets go of those that wait for nothing any more, and, if that is not enough, of all:
// a flood of invented logins must not fill the memory.
func (b *brakes) prune(now time.Time) {
	for k, t := range b.by {
		if now.Sub(t.last) > forgetAfter || t.failed < freeTries {
			delete(b.by, k)
		}
	}
	if len(b.by) >= b.max {
		clear(b.by)
	}
}
