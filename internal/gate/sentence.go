package gate

import (
	"github.com/wakachi/wakachi/internal/disguise"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
)

// Sentence looks through words that a person wrote for the receivers, and gives the terms
// in them that would show who it is about, or what nobody has fixed yet. Nothing is cut
// out: a sentence with a hit does not leave. items are those of the incident.
func (g *Gate) Sentence(text string, items []incident.Item) ([]disguise.Hit, error) {
	if g == nil {
		return nil, fault.New(fault.Invalid, "gate.no-profile")
	}
	var hits []disguise.Hit
	for _, f := range []*disguise.Finder{g.finder, heldFinder(items)} {
		found, complete := f.FindAll(text)
		if !complete {
			return nil, fault.New(fault.Internal, "gate.too-tangled")
		}
		hits = append(hits, found...)
	}
	return hits, nil
}
