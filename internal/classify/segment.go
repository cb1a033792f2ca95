package classify

import (
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/indicator"
)

// segments gives what a paragraph says of each of its values: the sentence that names it, with those behind it that name
// nothing else. What stands before the first belongs to that. A line that names values in one sentence only is one.
func (r *reading) segments() []*reading {
	if len(r.matches) < 2 || r.Kind != incident.Prose || r.log {
		return []*reading{r}
	}
	p := newPassage(r)
	var starts []int
	for _, s := range p.sentences() {
		if len(p.within(s)) > 0 {
			starts = append(starts, s.from)
		}
	}
	if len(starts) < 2 {
		return []*reading{r}
	}
	lead := r.cut(0, starts[0])
	starts[0] = 0
	out := make([]*reading, len(starts))
	for i, from := range starts {
		to := len(r.Text)
		if i+1 < len(starts) {
			to = starts[i+1]
		}
		out[i] = r.cut(from, to)
	}
	if !stated(lead).received {
		r.confide(out)
	}
	return out
}

// confide gives each segment the conditions that it states itself, if one of them states any: what was told in confidence
// is what that sentence names.
func (r *reading) confide(segments []*reading) {
	own := make([]conditions, len(segments))
	any := false
	for i, s := range segments {
		own[i] = stated(s)
		any = any || own[i].received
	}
	for i, s := range segments {
		if any {
			s.terms = r.around.merge(own[i])
		}
	}
}

// cut gives a stretch of a line as a reading that stands where the line does.
func (r *reading) cut(from, to int) *reading {
	s := *r
	s.Text, s.matches, s.cues = r.Text[from:to], nil, nil
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
