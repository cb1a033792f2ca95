package parcel

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"time"
)

// A SearchState says how far a search is.
type SearchState string

// The states of a search.
const (
	SearchWaiting SearchState = "waiting" // it has its turn soon; an earlier result may stand
	SearchRunning SearchState = "running" // likewise
	SearchDone    SearchState = "done"
)

// A Search is what came of looking for a parcel's values in an organisation's own logs. It is
// for that organisation's eyes only. It never holds a line of a log. Its JSON is stable.
type Search struct {
	Parcel  ID          `json:"parcel"`
	State   SearchState `json:"state"`
	At      time.Time   `json:"at,omitzero"`       // when it ended; zero if there is no result yet
	Finding Finding     `json:"finding,omitempty"` // empty if there is no result yet

	// From and To bound the time in which the values were in use, as the parcel's lines say;
	// zero if they do not.
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`

	First    time.Time `json:"first,omitzero"` // the first and last time that stand in the logs; zero if none could be read
	Last     time.Time `json:"last,omitzero"`
	Kinds    []string  `json:"kinds"`              // how the logs are written: tokens of package logline
	LogKind  LogKind   `json:"log_kind,omitempty"` // what they are logs of; "other" if that is several things
	Logs     int       `json:"logs"`
	Lines    int64     `json:"lines"`
	Troubles []Tallied `json:"troubles"` // what could not be looked through

	Values    int       `json:"values"` // of the parcel that were looked for
	Passed    int       `json:"passed"` // lines of the parcel that logs are not searched for
	Hits      int64     `json:"hits"`
	FirstSeen time.Time `json:"first_seen,omitzero"`
	LastSeen  time.Time `json:"last_seen,omitzero"`
	Found     []Hits    `json:"found"` // by value, at most MaxHits
	More      int       `json:"more"`  // values that were found beyond those in Found
}

// Limits of a Search.
const (
	MaxHits   = 200 // values
	MaxPlaces = 5   // of one value
)

// A Tallied is a token that occurred so often.
type Tallied struct {
	Code  string `json:"code"`
	Count int    `json:"count"`
}

// Hits says how often, when and where one value of a parcel was found.
type Hits struct {
	Type   string    `json:"type"`
	Hash   string    `json:"hash,omitempty"`
	Value  string    `json:"value"`
	Port   uint16    `json:"port,omitempty"`
	Hits   int64     `json:"hits"`
	First  time.Time `json:"first,omitzero"` // zero if no time could be read
	Last   time.Time `json:"last,omitzero"`
	Places []Place   `json:"places"` // the first of them, at most MaxPlaces
}

// A Place is a line of a log.
type Place struct {
	Log    string `json:"log"`
	Number int64  `json:"line"` // from 1
}

// Unanswered says whether the search found something of which nothing was told since.
func (s Search) Unanswered(of Shared) bool {
	return s.Finding == Found && of.Reading && of.Answered.Before(s.At)
}

// Draft gives the answer that the search comes to, for a person to confirm: the finding, the
// days that were covered, the kind of logs, how often and on which days. Nothing of names of
// logs, of places in them or of values is in it.
func (s Search) Draft() Answer {
	a := Answer{Finding: s.Finding}
	if s.Finding != Found && s.Finding != NotFound {
		return a
	}
	a.Logs, a.From, a.To = s.LogKind, dayOf(s.First), dayOf(s.Last)
	if s.Finding == Found {
		a.Count = int(min(s.Hits, mostCounted))
		a.FirstSeen, a.LastSeen = dayOf(s.FirstSeen), dayOf(s.LastSeen)
	}
	return a
}

// mostCounted is the highest count an answer tells.
const mostCounted = 999_999_999

// dayOf takes the time of day off, in UTC; zero stays zero.
func dayOf(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC().Truncate(day)
}

// InUse gives the time in which the value of a line was in use, as far as it says: from the first day
// to the end of the last; zero for what it does not say. The gate writes the first of a month for some
// day of it, so that a last day which is a first may be any of its month: that logs do not reach back
// is said only where it is sure.
func (l Line) InUse() (from, to time.Time) {
	if t, err := time.Parse(time.DateOnly, l.First); err == nil {
		from = t
	}
	if t, err := time.Parse(time.DateOnly, l.Last); err == nil {
		to = t.AddDate(0, 0, 1)
		if t.Day() == 1 {
			to = t.AddDate(0, 1, 0)
		}
	}
	return from, to
}

// InUse gives the time in which the values of a sheet were in use: from the first day of any line to
// the end of the last one.
func (s Sheet) InUse() (from, to time.Time) {
	for _, l := range s.Lines {
		first, end := l.InUse()
		if !first.IsZero() && (from.IsZero() || first.Before(from)) {
			from = first
		}
		if end.After(to) {
			to = end
		}
	}
	return from, to
}

// Wanted writes what a sheet asks to look for as a table that package wanted reads: there it is decided
// what is worth looking for. Its ref is "line 1" for the first line of the sheet. The table is nil if there
// is nothing to look for. Patterns are left out, since logs are not searched for them; those lines are given
// apart, by their refs.
func (s Sheet) Wanted() (table []byte, patterns []string) {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.Write([]string{"ref", "type", "value", "port"}) //nolint:errcheck // a bytes.Buffer takes everything
	values := 0
	for i, l := range s.Lines {
		ref := "line " + strconv.Itoa(i+1)
		switch {
		case l.Sort != sortNames[Indicator]:
			continue
		case len(l.Like) > 0:
			patterns = append(patterns, ref)
			continue
		case l.Value == "":
			continue
		}
		kind, port := l.Type, ""
		if l.Hash != "" && l.Type == "file" {
			kind = l.Hash
		}
		if l.Port != 0 {
			port = strconv.Itoa(int(l.Port))
		}
		w.Write([]string{ref, kind, l.Value, port}) //nolint:errcheck // likewise
		values++
	}
	if values == 0 {
		return nil, patterns
	}
	w.Flush()
	return out.Bytes(), patterns
}
