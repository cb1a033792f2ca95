package app

import (
	"net/http"
	"sync"
	"time"

	"github.com/wakachi/wakachi/internal/account"
	"github.com/wakachi/wakachi/internal/web"
)

// How fast one network may ask: a page with its pictures at once, then a steady walk. A
// script that goes on faster is told to wait.
const (
	paceBurst  = 300
	paceSteady = 30 // a second
	walkBurst  = 20_000
	walkSteady = 2_000
	paceKept   = 20000
)

// A pace lets each network ask so often. It keeps few numbers for each and forgets those
// that have been quiet.
type pace struct {
	now    func() time.Time
	next   http.Handler
	burst  float64
	steady float64 // a second

	behindProxy bool

	mu sync.Mutex
	by map[string]*bucket
}

type bucket struct {
	left float64
	at   time.Time
}

func newPace(next http.Handler, burst, steady float64, now func() time.Time, behindProxy bool) *pace {
	return &pace{now: now, next: next, burst: burst, steady: steady, behindProxy: behindProxy, by: map[string]*bucket{}}
}

// ServeHTTP hands a request on, or answers 429.
func (p *pace) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !p.admits(r) {
		w.Header().Set("Retry-After", "5")
		answer(w, http.StatusTooManyRequests, "too many requests\n")
		return
	}
	p.next.ServeHTTP(w, r)
}

// admits says whether whoever asks may ask now.
func (p *pace) admits(r *http.Request) bool {
	return p.allow(account.Network(web.ClientAddr(r, p.behindProxy)))
}

func (p *pace) allow(network string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	b := p.by[network]
	if b == nil {
		if len(p.by) >= paceKept {
			p.forget(now)
		}
		b = &bucket{left: p.burst, at: now}
		p.by[network] = b
	}
	b.left = min(p.burst, b.left+now.Sub(b.at).Seconds()*p.steady)
	b.at = now
	if b.left < 1 {
		return false
	}
	b.left--
	return true
}

// forget lets go of networks that have their whole burst again, or of all.
func (p *pace) forget(now time.Time) {
	for k, b := range p.by {
		if now.Sub(b.at).Seconds()*p.steady >= p.burst {
			delete(p.by, k)
		}
	}
	if len(p.by) >= paceKept {
		clear(p.by)
	}
}
