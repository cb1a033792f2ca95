package web

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/casework"
	"github.com/wakachi/wakachi/internal/exchange"
	"github.com/wakachi/wakachi/internal/incident"
)

// A timeline is the attack and the response on one axis, with the window in which sharing
// helps: from the first trace of the attack until receivers' logs of it are gone. What has
// happened and what is to come have a scale of their own, so that the days of the attack
// are not squeezed by the months after it.
//
// Guidance: overview, two windows on one timeline.
type timeline struct {
	Empty        bool
	Width        int
	Attack       []mark
	Response     []mark
	Now          int
	WindowFrom   int
	WindowTo     int // logs of the first day are gone
	FadeTo       int // logs of the last day are gone
	WindowClosed bool
	LogDays      int
	Gone         time.Time
	Ticks        []tickMark
}

type mark struct {
	X     int
	Label string // empty where there is no room
	Row   int    // of the label: 0 beside the line, 1 farther from it
	Title string
}

type tickMark struct {
	X     int
	Label string
}

// Measures of the drawing.
const (
	lineLeft  = 76
	lineRight = 1290
	lineFirst = 130 // the first event, with room for its label
	lineLast  = 660 // the last event, if it was long ago
	lineNow   = 840
	labelRoom = 96
)

// event is something that happened at a time.
type event struct {
	at    time.Time
	label string
	rank  int // what gets a label first
}

func (a *asking) timeline(r casework.Record, items []incident.Item, releases []exchange.Release) timeline {
	attack, response := a.events(r, items, releases)
	t := timeline{Width: lineRight + 30, LogDays: cmp.Or(r.LogDays, incident.DefaultLogDays)}
	if len(attack)+len(response) == 0 {
		t.Empty = true
		return t
	}
	now := a.Now()
	first, last := now, time.Time{}
	for _, e := range slices.Concat(attack, response) {
		if e.at.Before(first) {
			first = e.at
		}
		if e.at.After(last) {
			last = e.at
		}
	}
	begin, end := first, first
	for _, e := range attack {
		if e.at.After(end) {
			end = e.at
		}
	}
	if len(attack) > 0 {
		begin = attack[0].at
	}
	logs := time.Duration(t.LogDays) * 24 * time.Hour
	t.Gone = begin.Add(logs)
	s := scale{from: first, last: last, now: later(now, last), to: later(end.Add(logs), now)}
	t.Now, t.WindowFrom, t.WindowTo, t.FadeTo = s.x(now), s.x(begin), s.x(t.Gone), s.x(end.Add(logs))
	t.WindowClosed = now.After(t.Gone)
	t.Attack, t.Response = a.marks(attack, s), a.marks(response, s)
	t.Ticks = a.ticks(s)
	return t
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// A scale turns times into places, a stretch at a time: what happened, the quiet until now,
// and what is to come.
type scale struct{ from, last, now, to time.Time }

func (s scale) x(t time.Time) int {
	between := func(a, b time.Time, from, to int) int {
		if d := b.Sub(a); d > 0 {
			from += int(float64(t.Sub(a)) / float64(d) * float64(to-from))
		}
		return min(from, to)
	}
	lastX := lineLast
	if quiet := s.now.Sub(s.last); quiet < s.now.Sub(s.from)/4 { // no quiet worth a stretch of its own
		s.last, lastX = s.now, lineNow
	}
	switch {
	case !t.After(s.last):
		return max(between(s.from, s.last, lineFirst, lastX), lineFirst)
	case !t.After(s.now):
		return between(s.last, s.now, lastX, lineNow)
	}
	return between(s.now, s.to, lineNow, lineRight)
}

// events picks what is worth a point: of the attack by the times of technical items, of the
// response by its own items, the detection and what was shared.
func (a *asking) events(r casework.Record, items []incident.Item, releases []exchange.Release) (attack, response []event) {
	seen := map[string]bool{}
	add := func(to *[]event, m incident.Moment, label string, rank int) {
		if m.IsZero() || m.At.Year() < 1990 || m.At.After(a.Now().AddDate(1, 0, 0)) {
			return
		}
		at := m.At
		if !m.Zoned {
			at = time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), 0, a.Zone)
		}
		key := at.Format("2006-01-02T15") + label
		if !seen[key] {
			seen[key] = true
			*to = append(*to, event{at, label, rank})
		}
	}
	add(&attack, r.Began, a.lang.Text("web.timeline.began"), 0)
	add(&response, r.Detected, a.lang.Text("web.timeline.detected"), 0)
	for _, i := range items {
		if i.Stand == incident.Dropped || i.Stand == incident.Merged || i.Status == incident.Received {
			continue
		}
		switch {
		case i.Kind == incident.ResponseTimeline:
			add(&response, i.FirstSeen, a.lang.Text("web.response."+strings.TrimPrefix(i.Reason.Code, "kind.response-timeline.")), 1)
		case i.Class() == incident.Technical || i.Kind == incident.AttackTimeline:
			add(&attack, i.FirstSeen, a.lang.Text("web.timeline."+string(i.Kind)), 2)
		}
	}
	for _, x := range releases {
		if x.State == exchange.Sealed {
			add(&response, incident.Moment{At: x.LeftAt, Exact: true, Zoned: true}, a.lang.Text("web.timeline.shared"), 0)
		}
	}
	byTime := func(x, y event) int { return cmp.Or(x.at.Compare(y.at), cmp.Compare(x.rank, y.rank)) }
	slices.SortFunc(attack, byTime)
	slices.SortFunc(response, byTime)
	return attack, response
}

// marks gives each event its place, and a label where there is room for one.
func (a *asking) marks(events []event, s scale) []mark {
	var out []mark
	free := [2]int{0, 0} // where the next label of a row may begin
	for _, e := range events {
		m := mark{X: s.x(e.at), Title: e.at.In(a.Zone).Format("1/2 15:04") + " " + e.label}
		if n := len(out); n > 0 && m.X-out[n-1].X < 7 {
			out[n-1].Title += "\n" + m.Title
			continue
		}
		for row, from := range free {
			if m.X-labelRoom/2 >= from {
				m.Label, m.Row = e.at.In(a.Zone).Format("1/2")+" "+e.label, row
				free[row] = m.X + labelRoom/2 + 8
				break
			}
		}
		out = append(out, m)
	}
	return out
}

// ticks names a few days below the axis.
func (a *asking) ticks(s scale) []tickMark {
	var out []tickMark
	for _, t := range []time.Time{s.from, s.now, s.to} {
		x := s.x(t)
		if len(out) > 0 && x-out[len(out)-1].X < labelRoom {
			continue
		}
		out = append(out, tickMark{x, t.In(a.Zone).Format("1/2")})
	}
	return out
}
