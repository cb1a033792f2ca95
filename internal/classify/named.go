package classify

import (
	"strings"

	"github.com/wakachi/wakachi/internal/disguise"
	"github.com/wakachi/wakachi/internal/incident"
)

// namesIn gives the names of the profile in a line, and those that go on in the next.
func (b *binder) namesIn(r *reading) []disguise.Hit {
	if b.finder == nil {
		return nil
	}
	b.search(r)
	return r.names
}

// namesOf gives the names of the profile within a stretch, where they stand in the passage.
func (b *binder) namesOf(p *passage, s sentence) []disguise.Hit {
	var out []disguise.Hit
	for _, h := range b.namesIn(p.line) {
		if h.Start, h.End = h.Start-p.at, h.End-p.at; h.Start >= s.from && h.End <= s.to {
			out = append(out, h)
		}
	}
	return out
}

// nameSays reads a clause that says whose a thing is by a name of the profile: by hardly more than the name, or as a
// third party's: "login node of the Merrow Institute".
func (b *binder) nameSays(p *passage, s sentence) whose {
	names := b.namesOf(p, s)
	if len(names) == 0 {
		return unsaid
	}
	text := strings.Trim(p.text[s.from:s.to], " .　。")
	word := len(text) <= 40 && !strings.ContainsAny(text, " 　")
	for _, h := range names {
		if word || len(text) <= 80 && 10*(h.End-h.Start) >= 7*len(text) {
			return ownerNamed(names)
		}
	}
	if s.to-s.from > 160 || p.tells("act", s) || p.tells("fake", s) {
		return unsaid
	}
	for _, h := range names {
		if h.Term.Owner != incident.OfThirdParty || h.Term.Class == disguise.Person || len(h.Layers) > 0 {
			continue
		}
		before, after := strings.TrimRight(lowered(p.text[s.from:h.Start]), " "), p.text[h.End:s.to]
		if closesWith(" "+before, "of-whom") || genitiveName(after) && !closesWith(strings.TrimRight(after, " 　。"), "doing-noun") {
			return partners
		}
	}
	return unsaid
}

// ownerNamed gives the side of the first name that is not a person's.
func ownerNamed(names []disguise.Hit) whose {
	for _, h := range names {
		switch {
		case h.Term.Class == disguise.Person:
		case h.Term.Owner == incident.OfThirdParty:
			return partners
		default:
			return ours
		}
	}
	return unsaid
}

// Possessors that the profile names.
var (
	ourName     = &entry{sort: "who", label: "us"}
	partnerName = &entry{sort: "who", label: "partner"}
)

// named gives the names of the profile in a passage as possessors.
func (b *binder) named(p *passage) []cue {
	var out []cue
	if p.line.log || len(p.text) > 600 {
		return nil
	}
	r := p.line
	if len(r.matches) == 0 && b.messageStart(r.Text) == 0 || !holdsAny(r.Text, "name-genitive") {
		return nil
	}
	for _, h := range b.namesIn(r) {
		if h.End > len(p.text) || len(h.Layers) > 0 {
			continue
		}
		switch h.Term.Class {
		case disguise.Number, disguise.Network, disguise.Domain, disguise.HostPrefix:
			continue
		}
		if !genitiveName(p.text[h.End:]) {
			continue
		}
		e := ourName
		if h.Term.Owner == incident.OfThirdParty {
			e = partnerName
		}
		out = append(out, cue{e, h.Start, h.End})
	}
	return out
}

// genitiveName says whether what follows a name makes it a possessor: "…の", "…'s", "… at
// home".
func genitiveName(rest string) bool {
	for _, w := range []string{"さん", "様", "氏", "先生", "くん", "ちゃん", "側", "社"} {
		rest = strings.TrimPrefix(rest, w)
	}
	return begins(rest, "name-genitive")
}
