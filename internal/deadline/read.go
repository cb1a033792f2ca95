package deadline

import (
	"bytes"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/fault"
)

// MaxBytes is the largest facts file read. The YAML parser takes time by the square of what
// is nested or repeated.
const MaxBytes = 32 << 10

// Read reads a facts file, YAML or JSON: regimes, events, traits, and if need be zone,
// zones, closed, open and rules.
//
// Strict, since a slip could move a deadline: a name nobody knows, one that is there twice,
// or a time that cannot be is an error. Errors are *fault.Error; they give the file's name,
// the line and what would be right, and no contents.
func Read(name string, r io.Reader) (Facts, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	switch {
	case err != nil:
		return Facts{}, fault.Wrap(err, fault.Unavailable, "deadline.unreadable", name)
	case len(data) > MaxBytes:
		return Facts{}, fault.New(fault.TooLarge, "deadline.too-large", name, strconv.Itoa(MaxBytes>>10))
	case !utf8.Valid(data):
		return Facts{}, fault.New(fault.Invalid, "deadline.encoding", name)
	}
	top, err := parse(name, bytes.TrimPrefix(data, []byte("\ufeff")))
	if err != nil {
		return Facts{}, err
	}
	fields, err := top.fields()
	if err != nil {
		return Facts{}, err
	}
	if len(fields) == 0 {
		return Facts{}, fault.New(fault.Invalid, "deadline.no-facts", name)
	}
	return readFacts(fields)
}

// factKeys are the keys of a facts file, in the order they are read: a zone before what is
// written in it, own rules before the names they bring.
var factKeys = []string{"zone", "rules", "regimes", "zones", "events", "traits", "closed", "open"}

// A factReader fills Facts key by key.
type factReader struct {
	facts  Facts
	zone   *time.Location
	events []string // names known, those of own rules too
	traits []string
	stages []string // of reports made
}

func readFacts(fields []field) (Facts, error) {
	for _, f := range fields {
		if !slices.Contains(factKeys, f.name) {
			return Facts{}, f.key.fail("deadline.unknown-key", nearest(f.name, factKeys))
		}
	}
	r := factReader{facts: Facts{
		Regimes: map[Regime]Answer{}, Traits: map[Trait]Answer{}, Events: map[Event]When{}, Zone: HomeZone, Zones: map[Regime]string{},
	}, zone: zoneOf(HomeZone)}
	r.know(tables().rules)
	read := map[string]func(place) error{
		"zone": r.readZone, "rules": r.readRules, "regimes": r.readRegimes, "zones": r.readZones, "events": r.readEvents, "traits": r.readTraits,
		"closed": func(p place) (err error) { r.facts.Closed, err = r.dates(p); return err },
		"open":   func(p place) (err error) { r.facts.Open, err = r.dates(p); return err },
	}
	for _, key := range factKeys {
		for _, f := range fields {
			if f.name != key || f.value.empty() {
				continue
			}
			if err := read[key](f.value); err != nil {
				return Facts{}, err
			}
		}
	}
	return r.facts, nil
}

// know takes up the names that rules bring.
func (r *factReader) know(rules []Rule) {
	for _, e := range tables().events {
		r.events = append(r.events, string(e))
	}
	for _, t := range tables().traits {
		r.traits = append(r.traits, string(t))
	}
	for _, rule := range rules {
		r.stages = append(r.stages, rule.Stage, string(rule.ID))
		for _, t := range slices.Concat(rule.Triggers, rule.Applies, rule.Unless) {
			r.traits = append(r.traits, string(t))
		}
		anchors := slices.Clone(rule.Anchor.Events)
		for _, v := range rule.Variants {
			r.traits = append(r.traits, string(v.If))
			anchors = append(anchors, v.Anchor.Events...)
		}
		if rule.Cap != nil {
			anchors = append(anchors, rule.Cap.Anchor)
		}
		for _, e := range anchors {
			if stage, ok := e.submission(); ok {
				r.stages = append(r.stages, stage, string(rule.Regime)+"."+stage)
			} else {
				r.events = append(r.events, string(e))
			}
		}
	}
}

func (r *factReader) readZone(p place) error {
	name, err := zoneName(p)
	if err != nil {
		return err
	}
	r.facts.Zone, r.zone = name, zoneOf(name)
	return nil
}

func (r *factReader) readRules(p place) error {
	own, err := ownRules(p, r.facts.Zone)
	if err != nil {
		return err
	}
	r.facts.Own = own
	r.know(own)
	return nil
}

// regime reads the name of one.
func (r *factReader) regime(name string, at place) (Regime, error) {
	var known []string
	for _, b := range tables().regimes {
		known = append(known, string(b.Regime))
	}
	for _, rule := range r.facts.Own {
		known = append(known, string(rule.Regime))
	}
	if !slices.Contains(known, name) {
		return "", at.fail("deadline.unknown-regime", nearest(name, known))
	}
	return Regime(name), nil
}

// readRegimes reads a list of those in scope, or a map that also says no and cannot_tell.
func (r *factReader) readRegimes(p place) error {
	return answers(p, func(name string, at place, a Answer) error {
		regime, err := r.regime(name, at)
		if err != nil {
			return err
		}
		if _, twice := r.facts.Regimes[regime]; twice {
			return at.fail("deadline.duplicate")
		}
		if a != "" {
			r.facts.Regimes[regime] = a
		}
		return nil
	})
}

func (r *factReader) readTraits(p place) error {
	return answers(p, func(name string, at place, a Answer) error {
		if !slices.Contains(r.traits, name) {
			return at.fail("deadline.unknown-trait", nearest(name, r.traits))
		}
		if _, twice := r.facts.Traits[Trait(name)]; twice {
			return at.fail("deadline.duplicate")
		}
		if a != "" {
			r.facts.Traits[Trait(name)] = a
		}
		return nil
	})
}

// answers reads a list of names, all yes, or a map from names to answers. An empty answer is
// none.
func answers(p place, take func(name string, at place, a Answer) error) error {
	if items, ok := p.items(); ok {
		for _, item := range items {
			w, ok := item.word()
			if !ok {
				return item.fail("deadline.no-list")
			}
			if err := take(w, item, Yes); err != nil {
				return err
			}
		}
		return nil
	}
	fields, err := p.fields()
	if err != nil {
		return err
	}
	for _, f := range fields {
		a := Answer("")
		if !f.value.empty() {
			w, _ := f.value.word()
			if a = answerOf(w); a == "" {
				return f.value.fail("deadline.no-answer")
			}
		}
		if err := take(f.name, f.key, a); err != nil {
			return err
		}
	}
	return nil
}

func answerOf(w string) Answer {
	switch strings.ToLower(w) {
	case "yes", "true", "はい":
		return Yes
	case "no", "false", "いいえ":
		return No
	case "cannot_tell", "不明", "判別できない":
		return CannotTell
	}
	return ""
}

func (r *factReader) readZones(p place) error {
	fields, err := p.fields()
	if err != nil {
		return err
	}
	for _, f := range fields {
		regime, err := r.regime(f.name, f.key)
		if err != nil {
			return err
		}
		if r.facts.Zones[regime], err = zoneName(f.value); err != nil {
			return err
		}
	}
	return nil
}

func (r *factReader) readEvents(p place) error {
	fields, err := p.fields()
	if err != nil {
		return err
	}
	return r.takeEvents("", fields)
}

// takeEvents reads events; what was submitted may also be written as maps within maps.
func (r *factReader) takeEvents(prefix string, fields []field) error {
	for _, f := range fields {
		name := prefix + f.name
		if inner, err := f.value.fields(); strings.HasPrefix(name, "submitted") && err == nil && len(inner) > 0 {
			if err := r.takeEvents(name+".", inner); err != nil {
				return err
			}
			continue
		}
		event, err := r.eventName(name, f.key)
		if err != nil {
			return err
		}
		if _, twice := r.facts.Events[event]; twice {
			return f.key.fail("deadline.duplicate")
		}
		if f.value.empty() {
			continue
		}
		when, err := r.when(f.value)
		if err != nil {
			return err
		}
		r.facts.Events[event] = when
	}
	return nil
}

// eventName reads the name of an event; in that of a report made, - and _ are alike.
func (r *factReader) eventName(name string, at place) (Event, error) {
	if stage, ok := Event(name).submission(); ok {
		stage = strings.ReplaceAll(stage, "_", "-")
		if !slices.Contains(r.stages, stage) {
			return "", at.fail("deadline.unknown-event", "submitted."+nearest(stage, r.stages)+"_at")
		}
		return Event("submitted." + stage + "_at"), nil
	}
	if !slices.Contains(r.events, name) {
		known := append(slices.Clone(r.events), "submitted.final_at", "submitted.preliminary_at")
		return "", at.fail("deadline.unknown-event", nearest(name, known))
	}
	return Event(name), nil
}

func (r *factReader) when(p place) (When, error) {
	w, ok := p.word()
	if !ok {
		return When{}, p.fail("deadline.no-time")
	}
	if lower := strings.ToLower(w); lower == "unknown" || lower == "不明" {
		return When{}, nil
	}
	when, slipped := readWhen(w, r.zone)
	switch slipped {
	case noSuchDay:
		return When{}, p.fail("deadline.no-such-day")
	case noSuchTime:
		return When{}, p.fail("deadline.no-such-time")
	case outOfBounds:
		return When{}, p.fail("deadline.year", strconv.Itoa(firstYear), strconv.Itoa(lastYear))
	case notATime:
		return When{}, p.fail("deadline.no-time")
	}
	return when, nil
}

// dates reads a list of days, or a map from calendars to such lists.
func (r *factReader) dates(p place) (map[string][]When, error) {
	if items, ok := p.items(); ok {
		days, err := dayList(items)
		return map[string][]When{"": days}, err
	}
	fields, err := p.fields()
	if err != nil {
		return nil, err
	}
	out := map[string][]When{}
	for _, f := range fields {
		if !slices.Contains(calendars(), f.name) {
			return nil, f.key.fail("deadline.unknown-key", nearest(f.name, calendars()))
		}
		items, ok := f.value.items()
		if !ok {
			return nil, f.value.fail("deadline.no-list")
		}
		if out[f.name], err = dayList(items); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func dayList(items []place) ([]When, error) {
	var out []When
	for _, item := range items {
		when, err := date(item)
		if err != nil {
			return nil, err
		}
		out = append(out, when)
	}
	return out, nil
}
