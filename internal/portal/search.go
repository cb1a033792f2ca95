package portal

import (
	"net/url"
	"strconv"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
)

// results gives what was found in the organisation's own logs.
func (a *asking) results(of ...parcel.Shared) (map[parcel.ID]parcel.Search, error) {
	if a.Searches == nil {
		return nil, nil
	}
	return a.Searches.Results(a.r.Context(), a.actor, of...)
}

// searched lays beside a parcel what was found in the organisation's own logs. Unless somebody
// has typed an answer or sent one since, the form is filled in with what the search came to.
func (a *asking) searched(b *parcelBody) error {
	found, err := a.results(b.Shared)
	if err != nil {
		return err
	}
	s, ok := found[b.Parcel]
	if !ok {
		return nil
	}
	b.Search = &s
	if s.Finding != "" && b.Failed == nil && b.Answered.Before(s.At) {
		b.Form, b.Drawn = drawn(s.Draft()), true
	}
	return nil
}

// drawn writes an answer as the form has it.
func drawn(a parcel.Answer) url.Values {
	f := url.Values{"finding": {string(a.Finding)}, "logs": {string(a.Logs)}}
	for name, t := range map[string]time.Time{"from": a.From, "to": a.To, "first-seen": a.FirstSeen, "last-seen": a.LastSeen} {
		if !t.IsZero() {
			f.Set(name, t.Format(time.DateOnly))
		}
	}
	if a.Count > 0 {
		f.Set("count", strconv.Itoa(a.Count))
	}
	return f
}

// searchAgain lets the logs be searched once more.
func (a *asking) searchAgain() error {
	if a.Searches == nil {
		return fault.New(fault.NotFound, "store.not-found")
	}
	if err := a.Searches.Search(a.r.Context(), a.actor, a.id()); err != nil {
		return err
	}
	return a.done("search")
}

// Found shows a value that was found so that no one follows it by mistake.
func (v view) Found(h parcel.Hits) string {
	return v.Value(parcel.Line{Sort: "indicator", Type: h.Type, Hash: h.Hash, Value: h.Value})
}

// Sorted says what a value that was found is.
func (v view) Sorted(h parcel.Hits) string {
	return v.Sort(parcel.Line{Sort: "indicator", Type: h.Type, Hash: h.Hash})
}

// Known puts a token into words, or leaves its last part as it is: forms of logs and troubles
// are more than there are words for.
func (v view) Known(stem, token string) string {
	if text, ok := v.lang.Lookup(stem + token); ok {
		return text
	}
	return token
}
