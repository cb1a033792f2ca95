package account

import (
	"sync"
	"time"
)

// Brakes slow down whoever guesses. After some failures a key, which is a login, an account
// or an address, has to wait, twice as long after each further one. They are forgotten when
// the program ends.
type brakes struct {
	mu    sync.Mutex
	by    map[string]*tries
	max   int              // keys kept; more are let go, the oldest waits last
	known map[string]bool  // logins and networks that have gone together
	steps map[string]int64 // the last step of each account's second factor; one an account
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

func newBrakes() *brakes {
	return &brakes{by: map[string]*tries{}, max: 50000, known: map[string]bool{}, steps: map[string]int64{}}
}

// A try is one key and how many failures it has free.
type try struct {
	key  string
	free int
}

// begin says whether all the keys may try now, and counts the try as failed at once: of many
// that come together, before the first has its answer, no more get through than one after
// another would.
func (b *brakes) begin(now time.Time, keys ...try) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, k := range keys {
		if t := b.by[k.key]; t != nil && now.Before(t.until) {
			return false
		}
	}
	for _, k := range keys {
		b.count(k, now)
	}
	return true
}

func (b *brakes) count(k try, now time.Time) {
	t := b.by[k.key]
	if t == nil || now.Sub(t.last) > forgetAfter {
		if len(b.by) >= b.max {
			b.prune(now)
		}
		t = &tries{}
		b.by[k.key] = t
	}
	t.failed++
	t.last = now
	if n := t.failed - k.free; n >= 0 {
		t.until = now.Add(min(firstWait<<min(n, 10), longestWait))
	}
}

// back takes one try of a key back, which did not fail.
func (b *brakes) back(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if t := b.by[key]; t != nil {
		t.failed, t.until = max(t.failed-1, 0), time.Time{}
	}
}

// passed forgets a key's failures.
func (b *brakes) passed(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.by, key)
}

// know remembers a key that has passed, and knows says whether it has.
func (b *brakes) know(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.known) >= b.max {
		clear(b.known)
	}
	b.known[key] = true
}

func (b *brakes) knows(key string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.known[key]
}

// once lets each step of an account's second factor pass one time.
func (b *brakes) once(account string, step int64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if step <= b.steps[account] {
		return false
	}
	b.steps[account] = step
	return true
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
