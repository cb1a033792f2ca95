package parcel

import "time"

// A Window is when sharing helps: receivers can look for an attack while their logs reach
// back to it. Days are counted in UTC.
//
// Guidance: overview, two windows on one timeline.
type Window struct {
	First, Last time.Time // of the attack's traces; the zero Last is First
	LogDays     []int     // how long each receiver keeps its logs
}

// day is the unit in which retention is told.
const day = 24 * time.Hour

// Value gives how much of the attack the receivers' logs still hold, on average, from 1 to 0.
// Without a first trace or a receiver it is 0.
func (w Window) Value(at time.Time) float64 {
	if w.First.IsZero() || len(w.LogDays) == 0 {
		return 0
	}
	sum := 0.0
	for _, days := range w.LogDays {
		sum += w.covered(days, at)
	}
	return sum / float64(len(w.LogDays))
}

// covered gives the share of the attack's days in logs that are kept for so many days.
func (w Window) covered(days int, at time.Time) float64 {
	first, last := w.First.UTC().Truncate(day), w.Last.UTC().Truncate(day)
	if last.Before(first) {
		last = first
	}
	oldest := at.UTC().Truncate(day).Add(-time.Duration(days) * day)
	if oldest.Before(first) {
		return 1
	}
	all := last.Sub(first)/day + 1
	return max(0, float64(last.Sub(oldest)/day+1)) / float64(all)
}

// Short gives how many receivers' logs no longer hold the first day of the attack.
func (w Window) Short(at time.Time) int {
	n := 0
	for _, days := range w.LogDays {
		if w.covered(days, at) < 1 {
			n++
		}
	}
	return n
}

// Closes gives when the first receiver loses the first day, and when the last one loses the
// last day: until the one all could see everything, from the other nobody sees anything.
func (w Window) Closes() (begins, ends time.Time) {
	if w.First.IsZero() || len(w.LogDays) == 0 {
		return begins, ends
	}
	first, last := w.First.UTC().Truncate(day), w.Last.UTC().Truncate(day)
	if last.Before(first) {
		last = first
	}
	shortest, longest := w.LogDays[0], w.LogDays[0]
	for _, d := range w.LogDays {
		shortest, longest = min(shortest, d), max(longest, d)
	}
	return first.Add(time.Duration(shortest+1) * day), last.Add(time.Duration(longest+1) * day)
}
