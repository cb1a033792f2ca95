package disguise

import (
	"hash/maphash"
	"strings"
	"sync/atomic"
)

// A memo remembers pieces of text in which no decoder found a term, however deep, so that a digest or a
// word that comes again is not decoded again. It forgets what it has no room for, is safe for
// concurrent use, and changes no answer: what is remembered is compared in full, and what its
// decoding cost is charged again.
type memo struct {
	seed  maphash.Seed
	slots [1 << 12]atomic.Pointer[barren]
}

// barren is a piece that came to nothing, and what trying cost of the bound on work.
type barren struct {
	piece string
	cost  int
}

const maxPiece = 128 // bytes of a piece that is remembered

// Pieces that are decoded in different ways are remembered apart.
const (
	runPieces = iota
	tokenPieces
	labelPieces // of host names, see LookAlike
	pieceKinds
)

func newMemos() *[pieceKinds]memo {
	m := &[pieceKinds]memo{}
	for i := range m {
		m[i].seed = maphash.MakeSeed()
	}
	return m
}

func (m *memo) slot(piece string) *atomic.Pointer[barren] {
	return &m.slots[maphash.String(m.seed, piece)%uint64(len(m.slots))]
}

// A trial is the decoding of one piece, and of everything that it leads to.
type trial struct {
	slot     *atomic.Pointer[barren]
	piece    string
	cost     int
	layers   int
	fruitful bool // a term was found; or it cannot be said to have led to nothing by itself
}

// unlessBarren calls decode for a piece of a text unless it is known to come to nothing. What
// decode does must depend on the piece alone.
func (p *peeler) unlessBarren(kind int, l *layer, lo, hi int, decode func(p *peeler, l *layer, lo, hi int)) {
	if p.finder == nil || p.thorough || l.depth > 0 || hi-lo > maxPiece {
		decode(p, l, lo, hi)
		return
	}
	piece := l.text[lo:hi]
	slot := p.finder.memos[kind].slot(piece)
	if known := slot.Load(); known != nil && known.piece == piece {
		p.charge(known.cost)
		return
	}
	p.trial = &trial{slot: slot, piece: piece}
	decode(p, l, lo, hi)
	if p.trial.layers > 0 {
		p.trials = append(p.trials, p.trial) // decided when those layers have been looked through
	} else if !p.cut {
		p.trial.remember()
	}
	p.trial = nil
}

func (t *trial) remember() {
	if !t.fruitful {
		t.slot.Store(&barren{strings.Clone(t.piece), t.cost})
	}
}

// bearsFruit marks the trial, if any, whose layer is at hand.
func (t *trial) bearsFruit() {
	if t != nil {
		t.fruitful = true
	}
}

// spend takes from the bound on work.
func (p *peeler) spend(cost int) {
	p.left -= cost
	if p.trial != nil {
		p.trial.cost += cost
	}
}

// charge spends; false when nothing is left.
func (p *peeler) charge(cost int) bool {
	if p.spend(cost); p.left < 0 {
		p.cut = true
	}
	return p.left >= 0
}
