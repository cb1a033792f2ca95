package classify

import (
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/indicator"
)

// maxSegmented is how long, in bytes, a line may be that somebody wrote as a paragraph.
const maxSegmented = 20_000

// segments gives what a paragraph says of each of its values: the sentence that names it, with those behind it that name
// nothing else. What stands before the first belongs to that. A line that names values in one sentence only is one.
func (r *reading) segments() []*reading {
	if len(r.matches) < 2 || r.Kind != incident.Prose || r.log || len(r.Text) > maxSegmented {
		return []*reading{r}
	}
	lead, spans := newPassage(r).stretches()
	if len(spans) < 2 {
		return []*reading{r}
	}
	out := make([]*reading, len(spans))
	for i, s := range spans {
		out[i] = r.cut(s.from, s.to)
	}
	if !stated(r.cut(0, lead)).received {
		r.confide(out)
	}
	return out
}

// stretches cuts a passage before each sentence that names a value, but for the first; lead is where that begins.
func (p *passage) stretches() (lead int, out []sentence) {
	for _, s := range p.sentences() {
		if len(p.within(s)) == 0 {
			continue
		}
		if n := len(out); n > 0 {
			out[n-1].to = s.from
			out = append(out, sentence{s.from, len(p.text)})
			continue
		}
		lead, out = s.from, []sentence{{0, len(p.text)}}
	}
	return lead, out
}

// confide frees the segments that a condition of another is not about, and no others: who asks for silence at the end of
// a paragraph may ask it for all of it.
func (r *reading) confide(segments []*reading) {
	first, last := -1, -1 // of those that state a condition
	before := true        // what stands before the first is none of it
	for i, s := range segments {
		if !stated(s).received {
			continue
		}
		if last = i; first < 0 {
			first = i
			before = s.confidesOnlyItsOwn()
		}
	}
	for i, s := range segments {
		other := first >= 0 && !stated(s).received && (i > last || i < first && before)
		if other && !has(s.cues, "received", "from") {
			s.terms = r.around
		}
	}
}

// confidesOnlyItsOwn says whether the condition of a segment is about the values of its own sentence: that states it, or
// tells where they came from, and nothing behind it speaks of all.
func (r *reading) confidesOnlyItsOwn() bool {
	p := newPassage(r)
	for _, s := range p.sentences() {
		if len(p.within(s)) == 0 {
			continue
		}
		named := r.cut(0, s.to)
		return (stated(named).received || has(named.cues, "received", "from")) && !has(r.cues, "pronoun", "all")
	}
	return false
}

// cut gives a stretch of a line as a reading that stands where the line does.
func (r *reading) cut(from, to int) *reading {
	s := *r
	s.Text, s.matches, s.cues = r.Text[from:to], nil, nil
	s.pieces, s.written = nil, r.asWritten(from, to)
	for _, m := range r.matches {
		if m.Start >= from && m.End <= to {
			s.matches = append(s.matches, shifted(m, -from))
		}
	}
	for _, c := range r.cues {
		if c.start >= from && c.end <= to {
			s.cues = append(s.cues, cue{c.entry, c.start - from, c.end - from})
		}
	}
	if to < len(r.Text) {
		s.next = ""
	}
	return &s
}

func shifted(m indicator.Match, by int) indicator.Match {
	m.Start, m.End = m.Start+by, m.End+by
	return m
}
