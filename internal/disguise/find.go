package disguise

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// Find gives every hit in text and in what text decodes to, by position. It is FindAll for
// callers that know their text to be small and harmless.
func (f *Finder) Find(text string) []Hit {
	hits, _ := f.FindAll(text)
	return hits
}

// FindAll gives every hit, by position. complete is false when bounds on decoding cut
// something off: the text must then be treated as if it held a term.
func (f *Finder) FindAll(text string) (hits []Hit, complete bool) {
	return f.findAll(text, &peeler{finder: f})
}

func (f *Finder) findAll(text string, p *peeler) (hits []Hit, complete bool) {
	if f.empty() {
		return nil, true
	}
	complete = p.walk(text, func(l *layer) bool {
		f.scan(l, func(h Hit) bool {
			l.trial.bearsFruit()
			hits = append(hits, h)
			return true
		})
		return true
	})
	return tidy(hits), complete
}

// Contains reports whether Find would find anything. A text that asks for more decoding
// than the bounds allow counts as containing a term.
func (f *Finder) Contains(text string) bool {
	if f.empty() {
		return false
	}
	found := false
	p := peeler{finder: f}
	complete := p.walk(text, func(l *layer) bool {
		f.scan(l, func(Hit) bool {
			found = true
			return false
		})
		return !found
	})
	return found || !complete
}

func (f *Finder) empty() bool { return f == nil || len(f.terms) == 0 }

// tidy sorts by position and drops hits that repeat another: the same term at the same
// place, or inside a longer hit of the same term.
func tidy(hits []Hit) []Hit {
	slices.SortStableFunc(hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End), cmp.Compare(len(a.Layers), len(b.Layers)))
	})
	ends := map[Term]int{}
	return slices.DeleteFunc(hits, func(h Hit) bool {
		if h.End <= ends[h.Term] {
			return true
		}
		ends[h.Term] = h.End
		return false
	})
}

// pieces lends the buffers of one folded chunk.
var pieces = sync.Pool{New: func() any { return new(folded) }}

const chunkSize = 32 << 10 // bytes folded at a time: fits the caches beside the index

// scan finds the terms in one layer. It stops when yield says false.
func (f *Finder) scan(l *layer, yield func(Hit) bool) {
	if f.scanNames(l, yield) && f.scanAddresses(l, yield) {
		f.scanNumbers(l, yield)
	}
}

func (f *Finder) scanNames(l *layer, yield func(Hit) bool) bool {
	x, t := f.idx, fold()
	if len(x.needles) == 0 {
		return true
	}
	piece := pieces.Get().(*folded)
	defer pieces.Put(piece)
	*piece = piece.empty()
	more := true
	for lo := 0; lo < len(l.text) && more; {
		hi := chunkEnd(l.text, lo)
		*piece = t.add(*piece, l.text[lo:hi], lo)
		last := hi == len(l.text)
		// Positions whose needles might reach into the next chunk are tried with it.
		limit := len(piece.chars) - x.longest
		if last {
			limit = len(piece.chars)
		}
		for i := x.candidate(piece.chars, 0); i >= 0 && i < limit && more; i = x.candidate(piece.chars, i+1) {
			more = f.tryAt(l, piece, i, yield)
		}
		if limit > 0 {
			piece.chars = append(piece.chars[:0], piece.chars[limit:]...)
			piece.at = append(piece.at[:0], piece.at[limit:]...)
		}
		lo = hi
	}
	return more
}

// chunkEnd cuts at a character that no mark behind it can change.
func chunkEnd(s string, lo int) int {
	hi := lo + chunkSize
	if hi >= len(s) {
		return len(s)
	}
	if i := strings.LastIndexAny(s[hi-256:hi], " \n、。"); i >= 0 {
		return hi - 256 + i
	}
	for hi < len(s) && s[hi]&0xc0 == 0x80 {
		hi++
	}
	return hi
}

func (f *Finder) tryAt(l *layer, piece *folded, i int, yield func(Hit) bool) bool {
	more := true
	f.idx.at(piece.chars[i:], func(n *needle) {
		if !more {
			return
		}
		start := int(piece.at[i])
		p := placeOf(l.text, start, int(piece.at[i+len(n.key)-1]))
		if !stands(n, p) || l.guess && doubtful(n, p) {
			return
		}
		h := Hit{
			Term: f.terms[n.term], Spelling: l.text[p.start:p.end], Derived: n.derived,
			Start: l.root(p.start), End: l.root(p.end), Layers: l.chain,
		}
		if n.layer != "" {
			h.Layers = append(slices.Clone(l.chain), n.layer)
		}
		h.End = max(h.End, h.Start)
		more = yield(h)
	})
	return more
}

// doubtful reports whether a short hit stands in a readable stretch so short that chance
// may have made both.
func doubtful(n *needle, p place) bool {
	if !n.ascii || len(n.key) > 4 {
		return false
	}
	lo := strings.LastIndexByte(p.text[:p.start], 0) + 1
	hi := strings.IndexByte(p.text[p.end:], 0)
	if hi < 0 {
		hi = len(p.text) - p.end
	}
	return p.end+hi-lo < 5 && (lo > 0 || p.end+hi < len(p.text))
}
