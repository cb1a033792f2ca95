package deadline

import (
	"regexp"
	"strconv"
	"time"
)

// Limits of what a rule may say; own rules come from outside.
const (
	maxOwn  = 50 // rules in a facts file
	maxText = 300
	maxList = 20
)

// maxNumber is the longest period of each unit.
var maxNumber = map[Unit]int{Hours: 24 * 366, Days: 3660, BusinessDays: 2500, Months: 120}

var (
	idForm    = regexp.MustCompile(`^[a-z][a-z0-9]*(\.[a-z0-9]+(-[a-z0-9]+)*)+$`)
	traitForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,60}$`)
	eventForm = regexp.MustCompile(`^([a-z][a-z0-9_]{0,60}|submitted\.[a-z0-9][a-z0-9.-]{0,60})_at$`)
)

// A ruleReader fills a rule key by key.
type ruleReader struct {
	rule  Rule
	named map[string]bool // keys that were there
}

// ruleKeys are the keys of a rule and what each means.
var ruleKeys = map[string]func(*ruleReader, place) error{
	"id":            (*ruleReader).id,
	"title":         func(r *ruleReader, p place) (err error) { r.rule.Title, err = text(p); return err },
	"to":            func(r *ruleReader, p place) (err error) { r.rule.To, err = text(p); return err },
	"form":          func(r *ruleReader, p place) (err error) { r.rule.Form, err = short(p); return err },
	"law":           func(r *ruleReader, p place) (err error) { r.rule.Law, err = list(p); return err },
	"sources":       (*ruleReader).sources,
	"triggers":      func(r *ruleReader, p place) (err error) { r.rule.Triggers, err = traitList(p); return err },
	"applies":       func(r *ruleReader, p place) (err error) { r.rule.Applies, err = traitList(p); return err },
	"unless":        func(r *ruleReader, p place) (err error) { r.rule.Unless, err = traitList(p); return err },
	"anchor":        func(r *ruleReader, p place) (err error) { r.rule.Anchor, err = anchor(p); return err },
	"after":         func(r *ruleReader, p place) (err error) { r.rule.After, err = oneOf(p, "quarter-end"); return err },
	"within":        func(r *ruleReader, p place) (err error) { r.rule.Within, err = period(p); return err },
	"cap":           (*ruleReader).limit,
	"variants":      (*ruleReader).variants,
	"guide_from":    (*ruleReader).guide,
	"first":         func(r *ruleReader, p place) error { return choice(p, &r.rule.First, Counted, Excluded, Either) },
	"roll":          func(r *ruleReader, p place) error { return choice(p, &r.rule.Roll, Stays, OpenDay, Noon) },
	"closes":        (*ruleReader).closes,
	"zone":          (*ruleReader).zone,
	"calendar":      func(r *ruleReader, p place) (err error) { r.rule.Calendar, err = oneOf(p, calendars()...); return err },
	"soft":          func(r *ruleReader, p place) (err error) { r.rule.Soft, err = truth(p); return err },
	"voluntary":     func(r *ruleReader, p place) (err error) { r.rule.Voluntary, err = truth(p); return err },
	"proposed_only": func(r *ruleReader, p place) (err error) { r.rule.Proposed, err = truth(p); return err },
	"from":          func(r *ruleReader, p place) (err error) { r.rule.From, err = date(p); return err },
	"until":         func(r *ruleReader, p place) (err error) { r.rule.Until, err = date(p); return err },
	"confidence": func(r *ruleReader, p place) (err error) {
		r.rule.Confidence, err = oneOf(p, "found", "recall", "own")
		return err
	},
	"verify": func(r *ruleReader, p place) (err error) { r.rule.Verify, err = truth(p); return err },
}

// readRule reads one rule and holds what must be there whoever wrote it.
func readRule(p place) (Rule, error) {
	fields, err := p.fields()
	if err != nil {
		return Rule{}, err
	}
	r := ruleReader{rule: Rule{First: Excluded, Roll: Stays, Verify: true}, named: map[string]bool{}}
	for _, f := range fields {
		read, ok := ruleKeys[f.name]
		if !ok {
			return Rule{}, f.key.fail("deadline.unknown-key", nearest(f.name, keysOf(ruleKeys)))
		}
		if err := read(&r, f.value); err != nil {
			return Rule{}, err
		}
		r.named[f.name] = true
	}
	for _, key := range []string{"id", "title", "to", "anchor", "within"} {
		if !r.named[key] {
			return Rule{}, p.fail("deadline.rule-lacks", key)
		}
	}
	return r.finish(p)
}

// finish refuses what makes no sense together.
func (r ruleReader) finish(p place) (Rule, error) {
	rule := r.rule
	rule.Task = rule.Within.task()
	rule.Soft = rule.Soft || rule.Task
	if key := rule.wrong(); key != "" {
		return Rule{}, p.fail("deadline.rule-wrong", key)
	}
	return rule, nil
}

// wrong names a key that does not go with the others; empty if all do.
func (r Rule) wrong() string {
	unit := r.Within.Unit
	if r.Task || unit == Hours {
		switch {
		case r.Closes != "":
			return "closes"
		case r.After != "":
			return "after"
		case r.Task && len(r.Variants) > 0:
			return "variants"
		}
	}
	switch {
	case r.Cap != nil && (unit != Hours || r.Cap.Within.Unit != Hours):
		return "cap"
	case r.GuideFrom > 0 && (!r.Soft || r.GuideFrom > r.Within.N):
		return "guide_from"
	}
	return r.misdated()
}

// misdated holds the days of a rule against its unit.
func (r Rule) misdated() string {
	switch {
	case r.Closes != "" && r.Roll == Noon:
		return "closes"
	case r.Until.IsDate() && r.From.IsDate() && r.Until.day < r.From.day:
		return "until"
	case r.Within.Unit == BusinessDays && r.First != Excluded:
		return "first"
	case r.Within.Unit == Days && r.First != Excluded && r.Within.N < 1:
		return "within"
	}
	return ""
}

func (r *ruleReader) id(p place) error {
	w, _ := p.word()
	if len(w) > 80 || !idForm.MatchString(w) {
		return p.fail("deadline.rule-wrong", "id")
	}
	r.rule.ID = RuleID(w)
	return nil
}

func (r *ruleReader) sources(p place) error {
	keys, err := list(p)
	if err != nil {
		return err
	}
	r.rule.Sources = keys
	return nil
}

func (r *ruleReader) limit(p place) error {
	fields, err := p.fields()
	if err != nil {
		return err
	}
	limit := Cap{}
	for _, f := range fields {
		switch f.name {
		case "anchor":
			a, err := anchor(f.value)
			if err != nil || len(a.Events) != 1 {
				return f.key.fail("deadline.rule-wrong", "cap")
			}
			limit.Anchor = a.Events[0]
		case "within":
			if limit.Within, err = period(f.value); err != nil {
				return err
			}
		default:
			return f.key.fail("deadline.unknown-key", nearest(f.name, []string{"anchor", "within"}))
		}
	}
	if limit.Anchor == "" || limit.Within.Unit == "" {
		return p.fail("deadline.rule-wrong", "cap")
	}
	r.rule.Cap = &limit
	return nil
}

func (r *ruleReader) variants(p place) error {
	items, ok := p.items()
	if !ok || len(items) > maxList {
		return p.fail("deadline.no-list")
	}
	for _, item := range items {
		v, err := variant(item)
		if err != nil {
			return err
		}
		r.rule.Variants = append(r.rule.Variants, v)
	}
	return nil
}

func variant(p place) (Variant, error) {
	var v Variant
	keys := map[string]func(place) error{
		"if": func(p place) error {
			names, err := traitList(p)
			if err == nil && len(names) == 1 {
				v.If = names[0]
			}
			return err
		},
		"anchor": func(p place) (err error) { v.Anchor, err = anchor(p); return err },
		"roll":   func(p place) error { return choice(p, &v.Roll, Stays, OpenDay, Noon) },
		"within": func(p place) (err error) {
			if v.Within, err = period(p); err == nil && v.Within.task() {
				err = p.fail("deadline.rule-wrong", "within")
			}
			return err
		},
		"presumed": func(p place) error {
			is, err := truth(p)
			if v.Presumed = !is; err == nil && is {
				err = p.fail("deadline.rule-wrong", "presumed")
			}
			return err
		},
	}
	fields, err := p.fields()
	if err != nil {
		return Variant{}, err
	}
	for _, f := range fields {
		read, ok := keys[f.name]
		if !ok {
			return Variant{}, f.key.fail("deadline.unknown-key", nearest(f.name, keysOf(keys)))
		}
		if err := read(f.value); err != nil {
			return Variant{}, err
		}
	}
	if v.If == "" {
		return Variant{}, p.fail("deadline.rule-lacks", "if")
	}
	return v, nil
}

func (r *ruleReader) guide(p place) error {
	w, _ := p.word()
	n, err := strconv.Atoi(w)
	if err != nil || n < 1 || n > 999 {
		return p.fail("deadline.rule-wrong", "guide_from")
	}
	r.rule.GuideFrom = n
	return nil
}

func (r *ruleReader) closes(p place) error {
	w, _ := p.word()
	if _, err := time.Parse("15:04", w); err != nil {
		return p.fail("deadline.rule-wrong", "closes")
	}
	r.rule.Closes = w
	return nil
}

func (r *ruleReader) zone(p place) error {
	name, err := zoneName(p)
	r.rule.Zone = name
	return err
}
