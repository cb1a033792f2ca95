package deadline

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/guidance"
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

// bundled reads a file of rules of ours.
func bundled(name string, data []byte, s shelf) ([]Rule, error) {
	top, err := parse(name, data)
	if err != nil {
		return nil, err
	}
	items, _ := top.items()
	var out []Rule
	for _, item := range items {
		r, err := readRule(item)
		if err != nil {
			return out, err
		}
		for _, b := range s.regimes {
			if stage, ok := strings.CutPrefix(string(r.ID), string(b.Regime)+"."); ok {
				r.Regime, r.Stage, r.Jurisdiction = b.Regime, stage, b.Jurisdiction
				r.Zone, r.Calendar, r.placeOpen = b.Zone, b.Calendar, b.placeOpen
			}
		}
		if r.Regime == "" || r.Confidence == "" || len(r.Sources) == 0 {
			return out, item.fail("deadline.rule-lacks", "regime, confidence, sources")
		}
		out = append(out, r)
	}
	return out, nil
}

// ownRules reads the rules in a facts file: a contract, an insurance. zone is that of the
// file and theirs too unless they say another.
func ownRules(p place, zone string) ([]Rule, error) {
	if p.empty() {
		return nil, nil
	}
	items, ok := p.items()
	if !ok {
		return nil, p.fail("deadline.no-list")
	}
	if len(items) > maxOwn {
		return nil, p.fail("deadline.too-many", strconv.Itoa(maxOwn))
	}
	var out []Rule
	seen := map[RuleID]bool{}
	for _, item := range items {
		r, err := readRule(item)
		if err != nil {
			return nil, err
		}
		dot := strings.LastIndexByte(string(r.ID), '.')
		if !strings.HasPrefix(string(r.ID), "own.") || dot < len("own.") {
			return nil, item.fail("deadline.own-id")
		}
		if seen[r.ID] {
			return nil, item.fail("deadline.duplicate")
		}
		seen[r.ID] = true
		r.Regime, r.Stage = Regime(r.ID[:dot]), string(r.ID[dot+1:])
		r.Confidence, r.Sources = "own", []string{"own"}
		if r.Zone == "" {
			r.Zone = zone
		}
		if r.Calendar == "" && r.Zone == "Asia/Tokyo" {
			r.Calendar = "jp"
		}
		out = append(out, r)
	}
	return out, nil
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
	wrong := ""
	switch unit := rule.Within.Unit; {
	case rule.Cap != nil && (unit != Hours || rule.Cap.Within.Unit != Hours):
		wrong = "cap"
	case rule.GuideFrom > 0 && (!rule.Soft || rule.GuideFrom > rule.Within.N):
		wrong = "guide_from"
	case rule.Task && (len(rule.Variants) > 0 || rule.Closes != ""):
		wrong = "within"
	case rule.Closes != "" && unit == Hours, rule.Closes != "" && rule.Roll == Noon:
		wrong = "closes"
	case unit == BusinessDays && rule.First != Excluded:
		wrong = "first"
	case rule.After != "" && (unit == Hours || rule.Task):
		wrong = "after"
	case unit == Days && rule.First != Excluded && rule.Within.N < 1:
		wrong = "within"
	case rule.Until.kind == aDay && rule.From.kind == aDay && rule.Until.day < rule.From.day:
		wrong = "until"
	}
	if wrong != "" {
		return Rule{}, p.fail("deadline.rule-wrong", wrong)
	}
	return rule, nil
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
	fields, err := p.fields()
	if err != nil {
		return Variant{}, err
	}
	var v Variant
	for _, f := range fields {
		switch f.name {
		case "if":
			names, lerr := traitList(f.value)
			if err = lerr; err == nil && len(names) == 1 {
				v.If = names[0]
			}
		case "anchor":
			v.Anchor, err = anchor(f.value)
		case "within":
			v.Within, err = period(f.value)
			if err == nil && v.Within.task() {
				err = f.key.fail("deadline.rule-wrong", "within")
			}
		case "roll":
			err = choice(f.value, &v.Roll, Stays, OpenDay, Noon)
		case "presumed":
			w, _ := f.value.word()
			if v.Presumed = w == "no" || w == "false"; !v.Presumed {
				err = f.key.fail("deadline.rule-wrong", "presumed")
			}
		default:
			err = f.key.fail("deadline.unknown-key", nearest(f.name, []string{"if", "anchor", "within", "roll", "presumed"}))
		}
		if err != nil {
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

// zoneName reads the name of a zone, such as "Europe/Berlin".
func zoneName(p place) (string, error) {
	w, _ := p.word()
	if _, err := time.LoadLocation(w); err != nil || w == "" || w == "Local" {
		return "", p.fail("deadline.no-zone")
	}
	return w, nil
}

// text reads a text in both languages: {ja: …, en: …}, or one for both.
func text(p place) (guidance.Text, error) {
	if w, ok := p.word(); ok && w != "" && len(w) <= maxText {
		return guidance.Text{JA: w, EN: w}, nil
	}
	fields, err := p.fields()
	if err != nil {
		return guidance.Text{}, err
	}
	var t guidance.Text
	for _, f := range fields {
		w, err := short(f.value)
		switch {
		case err != nil:
			return t, err
		case f.name == "ja":
			t.JA = w
		case f.name == "en":
			t.EN = w
		default:
			return t, f.key.fail("deadline.unknown-key", nearest(f.name, []string{"ja", "en"}))
		}
	}
	if t.JA == "" || t.EN == "" {
		return t, p.fail("deadline.rule-lacks", "ja, en")
	}
	return t, nil
}

// short reads one line of text.
func short(p place) (string, error) {
	w, ok := p.word()
	if !ok || w == "" || len(w) > maxText || strings.ContainsFunc(w, func(r rune) bool { return r < ' ' }) {
		return "", p.fail("deadline.no-text")
	}
	return w, nil
}

func list(p place) ([]string, error) {
	words, err := p.words()
	if err != nil {
		return nil, err
	}
	for _, w := range words {
		if len(words) > maxList || len(w) > maxText || strings.ContainsFunc(w, func(r rune) bool { return r < ' ' }) {
			return nil, p.fail("deadline.no-list")
		}
	}
	return words, nil
}

func traitList(p place) ([]Trait, error) {
	words, err := list(p)
	if err != nil {
		return nil, err
	}
	out := make([]Trait, 0, len(words))
	for _, w := range words {
		if !traitForm.MatchString(w) {
			return nil, p.fail("deadline.rule-wrong", "traits")
		}
		out = append(out, Trait(w))
	}
	return out, nil
}

// anchor reads one event, or {earliest: [events]}, or {latest: [events]}.
func anchor(p place) (Anchor, error) {
	var a Anchor
	names := p
	if _, plain := p.word(); !plain {
		fields, err := p.fields()
		if err != nil {
			return a, err
		}
		if len(fields) != 1 || fields[0].name != "earliest" && fields[0].name != "latest" {
			return a, p.fail("deadline.rule-wrong", "anchor")
		}
		a.Mode, names = fields[0].name, fields[0].value
	}
	words, err := list(names)
	if err != nil {
		return a, err
	}
	for _, w := range words {
		if !eventForm.MatchString(w) {
			return a, p.fail("deadline.rule-wrong", "anchor")
		}
		a.Events = append(a.Events, Event(w))
	}
	if len(a.Events) == 0 {
		return a, p.fail("deadline.rule-wrong", "anchor")
	}
	return a, nil
}

// period reads "30 days", "4 business days", "1 months", "at once".
func period(p place) (Period, error) {
	w, _ := p.word()
	if u := Unit(w); u == AtOnce || u == Promptly {
		return Period{Unit: u}, nil
	}
	number, unit, _ := strings.Cut(w, " ")
	if !strings.HasSuffix(unit, "s") {
		unit += "s"
	}
	n, err := strconv.Atoi(number)
	limit, known := maxNumber[Unit(unit)]
	if err != nil || !known || n < 0 || n > limit {
		return Period{}, p.fail("deadline.rule-wrong", "within")
	}
	return Period{n, Unit(unit)}, nil
}

func date(p place) (When, error) {
	w, _ := p.word()
	when, slipped := readWhen(w, time.UTC)
	if slipped != fine || !when.IsDate() {
		return When{}, p.fail("deadline.no-date")
	}
	return when, nil
}

func truth(p place) (bool, error) {
	w, _ := p.word()
	switch strings.ToLower(w) {
	case "yes", "true":
		return true, nil
	case "no", "false":
		return false, nil
	}
	return false, p.fail("deadline.no-truth")
}

func oneOf(p place, known ...string) (string, error) {
	w, _ := p.word()
	if !slices.Contains(known, w) {
		return "", p.fail("deadline.unknown-key", nearest(w, known))
	}
	return w, nil
}

func choice[T ~string](p place, into *T, known ...T) error {
	names := make([]string, len(known))
	for i, k := range known {
		names[i] = string(k)
	}
	w, err := oneOf(p, names...)
	*into = T(w)
	return err
}

func keysOf[T any](m map[string]T) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
