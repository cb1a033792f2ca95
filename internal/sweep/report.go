package sweep

import (
	"slices"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/hunt"
	"github.com/wakachi/wakachi/internal/logline"
)

// A Report says what was found and what was looked through. Its JSON is stable.
type Report struct {
	Values   int       `json:"values"`   // how many were looked for
	Hits     int64     `json:"hits"`     // in all
	Undated  int64     `json:"undated"`  // hits in lines whose time could not be read
	Found    []Count   `json:"found"`    // by value
	Coverage []Cover   `json:"coverage"` // by log, in the order in which they were read
	Troubles []Trouble `json:"troubles"`
	Done     bool      `json:"done"` // false: the run was interrupted, and can go on from here

	// From and To bound the lines that counted; zero is no bound. What is beyond them was not looked
	// for, and is no part of Period, nor of Coverage once Clip was called.
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`
}

// A Count says how often one value was found.
type Count struct {
	Type  string    `json:"type"`
	Hash  string    `json:"hash,omitempty"`
	Value string    `json:"value"`
	Ref   string    `json:"ref,omitempty"`
	Hits  int64     `json:"hits"`
	First time.Time `json:"first,omitzero"`
	Last  time.Time `json:"last,omitzero"`
	Logs  []InLog   `json:"logs"`
}

// An InLog is a Count within one log.
type InLog struct {
	Log    string `json:"log"`
	Hits   int64  `json:"hits"`
	Number int64  `json:"line"` // of the first hit
}

// A Cover says what of one log was looked through.
type Cover struct {
	Log   string    `json:"log"`
	Stamp string    `json:"stamp,omitempty"`
	Kind  string    `json:"kind"`
	Bytes int64     `json:"bytes"` // of text
	Lines int64     `json:"lines"`
	Dated int64     `json:"dated"` // times that were read, in lines or, unless Exact, at the ends of blocks
	First time.Time `json:"first,omitzero"`
	Last  time.Time `json:"last,omitzero"`
	Exact bool      `json:"exact"` // First, Last and Gaps come from every line
	Gaps  []Gap     `json:"gaps,omitempty"`
	Whole bool      `json:"whole"` // all of it was looked through

	// Outside says that it has times and none of them within the bounds of the report, as far as was
	// seen. First, Last and Gaps are then empty.
	Outside bool `json:"outside,omitempty"`
}

// A Gap is a time longer than gapAfter from which a log has no line.
type Gap struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

const (
	gapAfter = 6 * time.Hour
	maxGaps  = 100 // of one log; more say no more
)

// A Trouble is something that could not be looked through.
type Trouble struct {
	Log  string `json:"log"`
	Code string `json:"code"`         // a token that package phrase has words for
	At   int64  `json:"at,omitempty"` // the byte of the text from which on it was not looked through, if that is known
}

// A Flaw is the error of a log that knows what its trouble is.
type Flaw struct {
	Trouble
	Note  bool // all that is there was read all the same
	Cause error
}

// Error is the code; what it says to a person is in package phrase.
func (f *Flaw) Error() string { return f.Code }

// Unwrap gives the cause.
func (f *Flaw) Unwrap() error { return f.Cause }

// see widens the cover by a time that stands in the log behind those seen before. next says that it is
// the next one after *before: only then there can be a gap.
func (c *Cover) see(t time.Time, before *time.Time, next bool) {
	c.Dated++
	if c.First.IsZero() || t.Before(c.First) {
		c.First = t
	}
	if t.After(c.Last) {
		c.Last = t
	}
	if next && !before.IsZero() && t.Sub(*before) > gapAfter && len(c.Gaps) < maxGaps {
		c.Gaps = append(c.Gaps, Gap{*before, t})
	}
	if t.After(*before) {
		*before = t
	}
}

// Counts says whether a line of that time is within the bounds.
func (r *Report) Counts(t time.Time) bool { return within(t, r.From, r.To) }

// within says whether a time lies within bounds, of which a zero one is none.
func within(t, from, to time.Time) bool {
	return (from.IsZero() || !t.Before(from)) && (to.IsZero() || !t.After(to))
}

// cut gives the time within the bounds that is the closest to t.
func (r *Report) cut(t time.Time) time.Time {
	switch {
	case !r.From.IsZero() && t.Before(r.From):
		return r.From
	case !r.To.IsZero() && t.After(r.To):
		return r.To
	}
	return t
}

// Clip cuts the coverage to the bounds. Doing it twice is doing it once; Run does it when it is done.
func (r *Report) Clip() {
	for i, c := range r.Coverage {
		r.Coverage[i] = r.clipped(c)
	}
}

// clipped is what of a cover lies within the bounds.
func (r *Report) clipped(c Cover) Cover {
	if c.First.IsZero() || r.From.IsZero() && r.To.IsZero() {
		return c
	}
	c.Outside = c.Last.Before(r.From) || !within(c.First, time.Time{}, r.To)
	c.First, c.Last = r.cut(c.First), r.cut(c.Last)
	var gaps []Gap
	for _, g := range c.Gaps {
		if g.From.Before(c.First) && g.To.After(c.Last) {
			c.Outside = true // all of the time in question lies in one gap
		}
		if from, to := r.cut(g.From), r.cut(g.To); from.Before(to) {
			gaps = append(gaps, Gap{from, to})
		}
	}
	if c.Gaps = gaps; c.Outside {
		c.First, c.Last, c.Gaps = time.Time{}, time.Time{}, nil
	}
	return c
}

// Period is the time from the first to the last line of all logs, within the bounds; zero if no time
// could be read, or none within them.
func (r *Report) Period() (first, last time.Time) {
	for _, c := range r.Coverage {
		c = r.clipped(c)
		if !c.First.IsZero() && (first.IsZero() || c.First.Before(first)) {
			first = c.First
		}
		if c.Last.After(last) {
			last = c.Last
		}
	}
	return first, last
}

// SortOfLog is the word of an answer for a kind of log: proxy, dns, firewall, endpoint, or other.
func SortOfLog(kind string) string {
	switch logline.Kind(kind) {
	case logline.Squid, logline.CLF, logline.Combined, logline.W3C:
		return "proxy"
	case logline.BIND, logline.Dnsmasq, logline.Unbound:
		return "dns"
	case logline.PaloAlto, logline.KeyValue:
		return "firewall"
	case logline.EDR, logline.EventXML, logline.EventJSON:
		return "endpoint"
	}
	return "other"
}

// An Answer is what a report says to somebody who asked whether values were seen.
type Answer string

// The answers. The last three are not the same, and none of them is silence.
const (
	Found        Answer = "found"
	NotFound     Answer = "not-found"
	NoLogs       Answer = "no-logs"       // there are logs, and none of the time in question
	CannotSearch Answer = "cannot-search" // nothing could be read, or nothing was looked for
)

// Answer says what the report comes to, for values that were in use from from to to; zero is not
// known. With bounds it is an answer for the time within them. A report that is not done answers only if something was found.
func (r *Report) Answer(from, to time.Time) Answer {
	var lines int64
	for _, c := range r.Coverage {
		lines += c.Lines
	}
	first, last := r.Period()
	switch {
	case r.Hits > 0:
		return Found
	case r.Values == 0 || lines == 0 || !r.Done:
		return CannotSearch
	case first.IsZero(): // lines without times, or of others: whether some are of that time nobody can say
		if from.IsZero() && to.IsZero() && r.From.IsZero() && r.To.IsZero() {
			return NotFound
		}
		return NoLogs
	case !from.IsZero() && last.Before(from), !to.IsZero() && first.After(to):
		return NoLogs
	}
	return NotFound
}

// A tally counts hits, by value and log.
type tally struct {
	pack  *hunt.Pack
	byID  map[hunt.ID]int // index into report.Found
	known map[string]int  // the same by value, for counts that came from an earlier run
}

func newTally(p *hunt.Pack, r *Report) *tally {
	t := &tally{p, map[hunt.ID]int{}, map[string]int{}}
	for i, c := range r.Found {
		t.known[c.key()] = i
	}
	return t
}

func countOf(w hunt.Wanted) Count {
	return Count{Type: string(w.Type), Hash: string(w.Hash), Value: w.Value.Value, Ref: w.Ref}
}

func (c Count) key() string { return strings.Join([]string{c.Type, c.Hash, c.Value, c.Ref}, "\x00") }

// count gives the place for the counts of one value.
func (t *tally) count(r *Report, id hunt.ID) *Count {
	i, ok := t.byID[id]
	if !ok {
		w, _ := t.pack.Wanted(id)
		c := countOf(w)
		if i, ok = t.known[c.key()]; !ok {
			i = len(r.Found)
			r.Found = append(r.Found, c)
		}
		t.byID[id] = i
	}
	return &r.Found[i]
}

// Hit counts one hit that somebody else found.
func (r *Report) Hit(h Hit) {
	c := countOf(h.Wanted)
	i := slices.IndexFunc(r.Found, func(o Count) bool { return o.key() == c.key() })
	if i < 0 {
		i = len(r.Found)
		r.Found = append(r.Found, c)
	}
	n := counted{hits: 1, first: h.Time, last: h.Time}
	if h.Time.IsZero() {
		n.undated = 1
	}
	r.add(&r.Found[i], h.Log, h.Number, &n)
}

// add counts the hits of one value in one segment, and says how many there were in that log before.
func (r *Report) add(c *Count, log string, number int64, n *counted) (before int64) {
	c.Hits += n.hits
	r.Hits += n.hits
	r.Undated += n.undated
	if !n.first.IsZero() && (c.First.IsZero() || n.first.Before(c.First)) {
		c.First = n.first
	}
	if n.last.After(c.Last) {
		c.Last = n.last
	}
	i := slices.IndexFunc(c.Logs, func(l InLog) bool { return l.Log == log })
	if i < 0 {
		i = len(c.Logs)
		c.Logs = append(c.Logs, InLog{Log: log, Number: number})
	}
	before = c.Logs[i].Hits
	c.Logs[i].Hits += n.hits
	return before
}
