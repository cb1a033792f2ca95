// Package classify proposes which of the twelve kinds an item is, and what it must not reveal.
//
// Propose reads the lines of notes and proposes items: one for each value found, with its
// kind, status, role, times and marks, and one for each statement about damage, response,
// actor, systems or method. A person confirms or corrects; nothing here decides what
// leaves. All rules are words in the tables under data/, Japanese and English; where they
// disagree the more careful proposal wins.
package classify

import (
	"iter"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/disguise"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/tlp"
)

// Propose gives the items of an incident's notes in the order of their first mention. The
// finder recognises the organisation and third parties; it may be nil, and nothing is then
// taken for their own. Equal values become one item with all its sources.
func Propose(notes []incident.Note, finder *disguise.Finder) []incident.Item {
	p := &proposer{words: words(), finder: finder, index: map[indicator.Value]int{}, friends: map[string]bool{}}
	readings := make([][]*reading, len(notes))
	for i, n := range notes {
		readings[i] = read(n, p.words)
	}
	mails := p.mailsIn(notes, readings)
	for i, n := range notes {
		setConditions(readings[i], mails.of(n.File).terms)
		p.findHeld(readings[i])
		for _, r := range readings[i] {
			p.ransom = p.ransom || has(r.cues, "file", "note") || has(r.cues, "family", "ransomware") || has(r.cues, "role", "negotiation")
		}
	}
	p.collect(notes, readings)
	p.learnProducts(readings)
	for i, n := range notes {
		p.inMail, p.lureMail = mails.inner(n.File) != nil, mails.of(n.File).lure
		p.note(n, readings[i])
	}
	p.settle()
	return p.items
}

type proposer struct {
	words  *dictionary
	finder *disguise.Finder
	items  []incident.Item
	index  map[indicator.Value]int
	held   []string // words of a vulnerability nobody has fixed

	lureMail bool // the note is a mail that was part of the attack
	ransom   bool // the notes tell of extortion, so that a contact is the attacker's
	inMail   bool // the note is a mail or a part of one
	named    bool // an item already says that the organisation is named
	pairs    []pair
	claims   claims
	shown    map[indicator.Value]bool // stands where somebody tells of the attack, or a machine does
	products []string                 // names of third parties' products, in small letters
	friends  map[string]bool          // registered domains of those who wrote to us about the attack
}

func (p *proposer) note(n incident.Note, lines []*reading) {
	for _, r := range lines {
		if r.blank {
			continue
		}
		group := subject(n, r)
		k := 0
		for _, s := range r.segments() {
			for at := range s.matches {
				p.value(n, r, k, &sight{proposer: p, reading: s, at: at}, group)
				k++
			}
		}
		p.rememberPair(r)
		p.prose(n, r)
	}
}

// value proposes an item for match k of a line, as it is seen in its sentence.
func (p *proposer) value(n incident.Note, r *reading, k int, s *sight, group string) {
	m := r.matches[k]
	line, _ := r.origin(m.Start)
	item := incident.Item{
		Value: m.Value, Port: m.Port, Text: clip(line.Text), Confidence: m.Confidence,
		Sources: []incident.Source{r.source(n, m.Start)},
		Status:  p.status(s.reading),
	}
	if at := moment(r.Text); !at.IsZero() {
		item.FirstSeen, item.LastSeen = at, at
	} else if at := momentAbove(r); !at.IsZero() {
		item.FirstSeen, item.LastSeen = at, at
	}
	if terms := s.reading.terms; terms.received {
		item.Status = incident.Received
		item.Conditions = incident.Conditions{Label: terms.label, Promise: terms.promise}
	}
	s.kind(&item)
	if p.cutsName(r, m) {
		item.Role, item.Reason = incident.Own, incident.Reason{Code: "kind.cut-name", Point: "1-3"}
		item.Kind, item.Marks = incident.Victim, 0
	}
	if item.Value.Type == indicator.File || item.Value.Type == indicator.SSDEEP {
		item.Subject = subjectOf(n, r, k, group)
	}
	p.keep(item)
}

// cutsName says whether a name runs across an end of a value: what stands in the value is
// then a part of the name, which nobody could recognise in the value alone. A value at the
// end of a line is read together with the line after it.
func (p *proposer) cutsName(r *reading, m indicator.Match) bool {
	if p.finder == nil {
		return false
	}
	p.search(r)
	for _, h := range r.names {
		overlaps := h.Start < m.End && m.Start < h.End
		inside := m.Start <= h.Start && h.End <= m.End
		if overlaps && !inside && len(h.Layers) == 0 && h.Term.Class != disguise.Number && h.Term.Class != disguise.Network {
			return true
		}
	}
	return false
}

func (p *proposer) search(r *reading) {
	if !r.searched {
		r.searched = true
		r.names = p.finder.Find(r.Text + r.next)
	}
}

func momentAbove(r *reading) incident.Moment {
	for _, parent := range r.parents {
		if parent.Kind == incident.Heading {
			break
		}
		if at := moment(parent.Text); !at.IsZero() {
			return at
		}
	}
	return incident.Moment{}
}

func (p *proposer) status(r *reading) incident.Status {
	for _, label := range []incident.Status{incident.Suspected, incident.Unknown} {
		if has(r.cues, "status", string(label)) && !r.log && r.Kind != incident.Header {
			return label
		}
	}
	return incident.Observed
}

// subjectOf names the file one value tells of: a name itself, a digest the name right
// before it, else what the line is about.
func subjectOf(n incident.Note, r *reading, k int, group string) string {
	m := r.matches[k]
	if m.Hash == indicator.NoHash && m.Type == indicator.File {
		return n.File + "\x00" + m.Value.Value
	}
	for i := k - 1; i >= 0; i-- {
		name := r.matches[i]
		if name.Type == indicator.File && name.Hash == indicator.NoHash {
			if between := r.Text[min(name.End, m.Start):m.Start]; utf8.RuneCountInString(between) <= 24 && !strings.ContainsAny(between, "。;；") {
				return n.File + "\x00" + name.Value.Value
			}
			break
		}
	}
	return group
}

// subject names the file that the digests and names around a line tell of: the line, or
// the bullet it stands under, if that holds exactly one file name.
func subject(n incident.Note, r *reading) string {
	if id, ok := soleFile(r); ok {
		return n.File + "\x00" + id
	}
	for _, parent := range r.parents {
		if parent.Kind == incident.Heading {
			break
		}
		if id, ok := soleFile(parent); ok && len(r.matches) == 1 {
			return n.File + "\x00" + id
		}
	}
	return ""
}

func soleFile(r *reading) (string, bool) {
	name := ""
	digests := map[indicator.Hash]int{}
	for _, m := range r.matches {
		if m.Type != indicator.File {
			continue
		}
		if m.Hash != indicator.NoHash {
			if digests[m.Hash]++; digests[m.Hash] > 1 {
				return "", false
			}
			continue
		}
		if name != "" && name != m.Value.Value {
			return "", false
		}
		name = m.Value.Value
	}
	return name, name != ""
}

// keep adds an item, or joins it to the one that has its value.
func (p *proposer) keep(item incident.Item) {
	at, known := p.index[item.Value]
	if !known || item.Value.IsZero() {
		if !item.Value.IsZero() {
			p.index[item.Value] = len(p.items)
		}
		p.items = append(p.items, item)
		return
	}
	join(&p.items[at], item)
}

// join adds a second mention to an item. The careful reading wins: marks add up, a promise
// stays; what was seen by ourselves is no longer only received.
func join(a *incident.Item, b incident.Item) {
	a.Sources = append(a.Sources, b.Sources...)
	a.FirstSeen, a.LastSeen = earlier(a.FirstSeen, b.FirstSeen), later(a.LastSeen, b.LastSeen)
	a.Confidence = max(a.Confidence, b.Confidence)
	if a.Port == 0 {
		a.Port = b.Port
	}
	if a.Subject == "" {
		a.Subject = b.Subject
	}
	a.Marks |= b.Marks
	switch {
	case rank(b.Kind) < rank(a.Kind):
		a.Kind, a.Role, a.Reason = b.Kind, b.Role, b.Reason
	case b.Kind != a.Kind:
	case decisive(b.Role) && !decisive(a.Role) || a.Role == incident.Doubtful || a.Role == incident.NoRole && b.Role != incident.Doubtful:
		a.Role, a.Reason = b.Role, b.Reason
	}
	joinStatus(a, b)
}

func joinStatus(a *incident.Item, b incident.Item) {
	promise := a.Conditions.Promise || b.Conditions.Promise || a.Conditions.Label == tlp.Red || b.Conditions.Label == tlp.Red
	switch {
	case a.Status == incident.Received && b.Status == incident.Received:
		a.Conditions.Label = strictestNamed(a.Conditions.Label, b.Conditions.Label)
	case a.Status == incident.Received && b.Status == incident.Observed:
		a.Status, a.Conditions = incident.Observed, incident.Conditions{}
	case b.Status == incident.Received && a.Status != incident.Observed:
		a.Status, a.Conditions = incident.Received, b.Conditions
	case b.Status == incident.Observed:
		a.Status = incident.Observed
	}
	a.Conditions.Promise = promise
}

// decisive roles take a value out of sharing; they are not overruled by a later mention.
func decisive(r incident.Role) bool {
	return r == incident.Own || r == incident.Stepping || r == incident.Reference || r == incident.Benign
}

// rank orders kinds where mentions of one value disagree: what tells of the attack first.
func rank(k incident.Kind) int { return slices.Index(incident.Kinds(), k) }

func earlier(a, b incident.Moment) incident.Moment {
	if a.IsZero() || !b.IsZero() && b.At.Before(a.At) {
		return b
	}
	return a
}

func later(a, b incident.Moment) incident.Moment {
	if a.IsZero() || !b.IsZero() && b.At.After(a.At) {
		return b
	}
	return a
}

// clip keeps evidence to a readable length.
func clip(s string) string {
	const most = 300
	s = strings.TrimSpace(s)
	if len(s) <= most {
		return s
	}
	cut := most
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}

// settle gives all items the words that are held, once, on the item that tells of the
// vulnerability.
func (p *proposer) settle() {
	p.follow()
	p.befriend()
	p.spread()
	p.guardProducts()
	if len(p.held) == 0 {
		return
	}
	for i := range p.items {
		if p.items[i].Marks.Has(incident.Unpatched) && p.items[i].Kind == incident.Vulnerability {
			p.items[i].Held = p.held
			return
		}
	}
	p.items = append(p.items, incident.Item{
		Kind: incident.Vulnerability, Status: incident.Suspected, Marks: incident.Unpatched, Held: p.held,
		Reason:     incident.Reason{Code: "kind.unpatched", Point: "Q23"},
		Conditions: incident.Conditions{Label: tlp.Unknown},
	})
}

// Matches gives the values of a note line by line, each read with what stands above it.
func Matches(n incident.Note) iter.Seq2[incident.Line, indicator.Match] {
	return func(yield func(incident.Line, indicator.Match) bool) {
		for _, r := range survey(n, words()) {
			if r.blank {
				continue
			}
			for _, m := range r.matches {
				line, at := r.origin(m.Start)
				m.Start, m.End = at, at+m.End-m.Start
				if !yield(line, m) {
					return
				}
			}
		}
	}
}
