package deadline

import (
	"slices"
	"strings"
	"time"
)

// An Answer says whether something is so. The empty Answer is none: nobody said.
type Answer string

// The three answers. CannotTell is one of them: somebody looked.
const (
	Yes        Answer = "yes"
	No         Answer = "no"
	CannotTell Answer = "cannot_tell"
)

// Facts are what is known of one incident. The zero Facts declare nothing.
type Facts struct {
	Regimes map[Regime]Answer // in scope or not; absent: not declared
	Traits  map[Trait]Answer
	Events  map[Event]When    // the zero When: it happened, its time is unknown
	Zone    string            // of dates and local times; empty: Asia/Tokyo
	Zones   map[Regime]string // where an authority counts its days, if a regime has several places
	Closed  map[string][]When // days by calendar ("jp"), "" for all, that are closed beyond the rules
	Open    map[string][]When // days that are not closed though the rules say so
	Own     []Rule            // of the user: contracts, insurance
}

// HomeZone is the zone of a facts file that names none.
const HomeZone = "Asia/Tokyo"

func (f Facts) zone() *time.Location {
	if f.Zone == "" {
		return zoneOf(HomeZone)
	}
	return zoneOf(f.Zone)
}

// calendars are those that "closed" and "open" may name.
func calendars() []string { return []string{"jp", "eu", "us", "au", "nz", "sg", "weekend"} }

func (f Facts) calendar(name string) calendar {
	c := calendar{holiday: holidaysOf(name), closed: map[day]bool{}, open: map[day]bool{}}
	for _, key := range []string{"", name} {
		for _, w := range f.Closed[key] {
			c.closed[w.day] = true
		}
		for _, w := range f.Open[key] {
			c.open[w.day] = true
		}
	}
	return c
}

// scope says whether a rule's regime was declared. A rule of one's own is there because it
// applies.
func (f Facts) scope(r Rule) Answer {
	if a, ok := f.Regimes[r.Regime]; ok || !strings.HasPrefix(string(r.Regime), "own.") {
		return a
	}
	return Yes
}

// A filing is a report made.
type filing struct {
	event   Event
	when    When // zero: its time is unknown
	general bool // it was not said for which regime
}

// filing finds the report of a stage: that of the regime, else one that names no regime.
func (f Facts) filing(regime Regime, stage string) (filing, bool) {
	for i, name := range []string{string(regime) + "." + stage, stage} {
		e := Event("submitted." + name + "_at")
		if when, ok := f.Events[e]; ok {
			return filing{e, when, i == 1}, true
		}
	}
	return filing{}, false
}

// event finds when something happened; the name given back is the one in the facts.
func (f Facts) event(regime Regime, e Event) (When, Event, bool) {
	if stage, ok := e.submission(); ok {
		if made, ok := f.filing(regime, stage); ok {
			return made.when, made.event, true
		}
		return When{}, e, false
	}
	w, ok := f.Events[e]
	return w, e, ok
}

// every lists the rules that the facts are held against: bundled and own.
func (f Facts) every() []Rule {
	return slices.Concat(tables().rules, f.Own)
}
