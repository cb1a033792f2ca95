package report

import (
	"slices"
	"time"

	"github.com/wakachi/wakachi/internal/incident"
)

// A Record is everything a document is made from. The zero Record says nothing, and so do the
// documents made from it.
type Record struct {
	Facts []Fact          // one a field at most; the last counts
	Deeds []Deed          // in any order
	Items []incident.Item // of the incident; only Confirmed ones are used
	Now   time.Time       // the date of what is made
	Zone  *time.Location  // in which times are written; nil is UTC
}

// Fact gives what was said to a question; the zero Fact if nothing was.
func (r Record) Fact(f Field) Fact {
	for _, fact := range slices.Backward(r.Facts) {
		if fact.Field == f {
			return fact
		}
	}
	return Fact{Field: f}
}

// known says whether there is something to say beyond "not looked into".
func (r Record) known(f Field) bool { return r.Fact(f).Standing != NotLooked }

func (r Record) zone() *time.Location {
	if r.Zone == nil {
		return time.UTC
	}
	return r.Zone
}

func (r Record) moments(f Field) (m incident.Moment) {
	if m.UnmarshalText([]byte(r.Fact(f).Value)) != nil {
		return incident.Moment{}
	}
	return m
}

// time gives a fact's time as an instant: what has no zone is of the record's, and a day begins at its
// beginning. ok is false if it is not known.
func (r Record) time(f Field) (t time.Time, ok bool) {
	m := r.moments(f)
	if s := r.Fact(f).Standing; m.IsZero() || s != Confirmed && s != Suspected {
		return time.Time{}, false
	}
	if m.Exact && m.Zoned {
		return m.At, true
	}
	t = m.At
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, r.zone()), true
}
