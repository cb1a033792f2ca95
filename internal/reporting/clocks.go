package reporting

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/deadline"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/report"
	"github.com/wakachi/wakachi/internal/store"
)

// A Declaration is what people said of an incident that its clocks depend on. The zero Declaration
// says nothing, and then no clock has a date.
type Declaration struct {
	Regimes map[deadline.Regime]deadline.Answer `json:"regimes,omitempty"`
	Traits  map[deadline.Trait]deadline.Answer  `json:"traits,omitempty"`
	Zones   map[deadline.Regime]string          `json:"zones,omitempty"`  // where an authority of several places is
	Events  map[deadline.Event]Anchored         `json:"events,omitempty"` // locked once said
	Version int64                               `json:"-"`
}

// An Anchored is the time of an event that starts clocks.
type Anchored struct {
	At    incident.Moment `json:"at"` // zero: it happened, and nobody knows when
	Why   string          `json:"why,omitempty"`
	By    string          `json:"by"`
	Said  time.Time       `json:"said"`
	Prior []Anchored      `json:"prior,omitempty"` // what was said before, the oldest first
}

// Declared gives what was said.
func (r *Reporting) Declared(ctx context.Context, a party.Actor, id incident.ID) (Declaration, error) {
	if err := r.allow(ctx, a, party.Read, id); err != nil {
		return Declaration{}, err
	}
	return r.declared(ctx, a, id)
}

func (r *Reporting) declared(ctx context.Context, a party.Actor, id incident.ID) (Declaration, error) {
	var d Declaration
	o, err := r.store.Object(ctx, a.Org, sortDeclaration, string(id))
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return d, nil
	}
	if err != nil {
		return d, err
	}
	err = o.Value(&d)
	d.Version = o.Version
	return d, err
}

// Declare says which regimes and traits hold, over what was said before; an empty answer takes one back.
// seen is the Version that was seen.
func (r *Reporting) Declare(ctx context.Context, a party.Actor, id incident.ID, seen int64, regimes map[deadline.Regime]deadline.Answer, traits map[deadline.Trait]deadline.Answer) error {
	return r.declare(ctx, a, id, seen, "declared", func(d *Declaration) error {
		for name, x := range regimes {
			_, bundled := deadline.RegimeOf(name)
			if !bundled && !strings.HasPrefix(string(name), "own.") || !answers(x) || len(name) > 80 {
				return fault.New(fault.Invalid, "reporting.regime")
			}
			set(&d.Regimes, name, x)
		}
		known := deadline.Traits()
		for name, x := range traits {
			if !slices.Contains(known, name) || !answers(x) {
				return fault.New(fault.Invalid, "reporting.trait")
			}
			set(&d.Traits, name, x)
		}
		return nil
	})
}

func answers(x deadline.Answer) bool {
	return slices.Contains([]deadline.Answer{"", deadline.Yes, deadline.No, deadline.CannotTell}, x)
}

func set[K comparable](m *map[K]deadline.Answer, k K, x deadline.Answer) {
	if *m == nil {
		*m = map[K]deadline.Answer{}
	}
	if (*m)[k] = x; x == "" {
		delete(*m, k)
	}
}

// Place says where the authority of a regime that has several counts its days: the name of a zone, or nothing to
// take it back.
func (r *Reporting) Place(ctx context.Context, a party.Actor, id incident.ID, seen int64, regime deadline.Regime, zone string) error {
	return r.declare(ctx, a, id, seen, "declared", func(d *Declaration) error {
		body, ok := deadline.RegimeOf(regime)
		if !ok || !body.Several() {
			return fault.New(fault.Invalid, "reporting.regime")
		}
		if _, err := time.LoadLocation(zone); err != nil || zone == "Local" || len(zone) > 60 {
			return fault.New(fault.Invalid, "reporting.zone")
		}
		if d.Zones == nil {
			d.Zones = map[deadline.Regime]string{}
		}
		if d.Zones[regime] = zone; zone == "" {
			delete(d.Zones, regime)
		}
		return nil
	})
}

// Anchor says when an event happened; the zero Moment says that it did, at a time nobody knows. Once said
// it is locked: another time needs a reason, and what was said before stays beside it.
func (r *Reporting) Anchor(ctx context.Context, a party.Actor, id incident.ID, seen int64, e deadline.Event, at incident.Moment, why string) error {
	why = strings.TrimSpace(why)
	return r.declare(ctx, a, id, seen, "anchored", func(d *Declaration) error {
		if !slices.Contains(deadline.Events(), e) {
			return fault.New(fault.Invalid, "reporting.event")
		}
		if at.At.After(r.now()) {
			return fault.New(fault.Invalid, "reporting.when")
		}
		if len(why) > maxLine*4 {
			return fault.New(fault.TooLarge, "reporting.long-line")
		}
		next := Anchored{At: at, Why: why, By: string(a.Account), Said: r.now().UTC().Truncate(time.Second)}
		if old, ok := d.Events[e]; ok {
			if old.At == at {
				return nil
			}
			if why == "" {
				return fault.New(fault.Invalid, "reporting.locked", string(e))
			}
			next.Prior = append(slices.Clone(old.Prior), Anchored{At: old.At, Why: old.Why, By: old.By, Said: old.Said})
		}
		if d.Events == nil {
			d.Events = map[deadline.Event]Anchored{}
		}
		d.Events[e] = next
		return nil
	})
}

func (r *Reporting) declare(ctx context.Context, a party.Actor, id incident.ID, seen int64, verb string, change func(*Declaration) error) error {
	if err := r.allow(ctx, a, party.Write, id); err != nil {
		return err
	}
	d, err := r.declared(ctx, a, id)
	if err != nil {
		return err
	}
	if d.Version != seen {
		return fault.New(fault.Conflict, "reporting.declared")
	}
	if err := change(&d); err != nil {
		return err
	}
	o := store.Object{Sort: sortDeclaration, ID: string(id), Parent: string(id), Version: seen}
	return r.keep(ctx, a, verb, &o, d)
}

// Own gives the organisation's own rules, of contracts and insurance, as text, and its version.
func (r *Reporting) Own(ctx context.Context, a party.Actor) (text string, version int64, err error) {
	if !a.May(party.Read) && !a.May(party.Administer) {
		return "", 0, fault.New(fault.Forbidden, "casework.right", string(party.Read))
	}
	return r.own(ctx, a)
}

func (r *Reporting) own(ctx context.Context, a party.Actor) (text string, version int64, err error) {
	o, err := r.store.Object(ctx, a.Org, sortRules, "own")
	if err != nil && fault.KindOf(err) == fault.NotFound {
		return "", 0, nil
	}
	if err != nil {
		return "", 0, err
	}
	return text, o.Version, o.Value(&text)
}

// SetOwn keeps the organisation's own rules: YAML or JSON with the one key "rules", as `wakachi due` reads it.
// Errors are those of deadline.Read.
func (r *Reporting) SetOwn(ctx context.Context, a party.Actor, seen int64, text string) error {
	if !a.May(party.Administer) && !a.May(party.Write) {
		return fault.New(fault.Forbidden, "casework.right", string(party.Write))
	}
	if _, err := ownRules(text); err != nil {
		return err
	}
	return r.keep(ctx, a, "set", &store.Object{Sort: sortRules, ID: "own", Version: seen}, text)
}

// ownRules reads the text of SetOwn.
func ownRules(text string) ([]deadline.Rule, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	f, err := deadline.Read("rules", strings.NewReader(text))
	if err == nil && (len(f.Events)+len(f.Regimes)+len(f.Traits) > 0) {
		err = fault.New(fault.Invalid, "reporting.rules-only")
	}
	return f.Own, err
}

// deadlineFacts puts together what the clocks of an incident are worked out from: what was declared, what was
// filed, and of the event "known_at", if nobody said it, when it was noticed.
func (r *Reporting) deadlineFacts(ctx context.Context, a party.Actor, id incident.ID) (deadline.Facts, error) {
	d, err := r.declared(ctx, a, id)
	if err != nil {
		return deadline.Facts{}, err
	}
	filings, err := r.filings(ctx, a, id)
	if err != nil {
		return deadline.Facts{}, err
	}
	facts, err := r.facts(ctx, a, id)
	if err != nil {
		return deadline.Facts{}, err
	}
	text, _, err := r.own(ctx, a)
	if err != nil {
		return deadline.Facts{}, err
	}
	out := deadline.Facts{Regimes: d.Regimes, Traits: d.Traits, Zones: d.Zones, Events: map[deadline.Event]deadline.When{}, Zone: deadline.HomeZone}
	if r.zone.String() != "JST" && r.zone.String() != "Local" {
		out.Zone = r.zone.String()
	}
	if out.Own, err = ownRules(text); err != nil {
		return deadline.Facts{}, err
	}
	if noticed := (report.Record{Facts: facts}).Fact("noticed_at"); noticed.Standing == report.Confirmed {
		if when, ok := deadline.Parse(noticed.Value, r.zone); ok {
			out.Events["known_at"] = when
		}
	}
	for e, x := range d.Events {
		when, _ := deadline.Parse(x.At.String(), r.zone) // the zero When for a time nobody knows
		out.Events[e] = when
	}
	for _, f := range filings {
		for _, rule := range f.Rules {
			e := deadline.Event("submitted." + rule + "_at")
			when, _ := deadline.Parse(f.At.String(), r.zone)
			if old, ok := out.Events[e]; !ok || when.Time(r.zone).Before(old.Time(r.zone)) {
				out.Events[e] = when // the first report of a stage is the one that counts
			}
		}
	}
	return out, nil
}

// Clocks says how every clock of an incident stands, what is to be done first first.
func (r *Reporting) Clocks(ctx context.Context, a party.Actor, id incident.ID) ([]deadline.Clock, error) {
	if err := r.allow(ctx, a, party.Read, id); err != nil {
		return nil, err
	}
	facts, err := r.deadlineFacts(ctx, a, id)
	if err != nil {
		return nil, err
	}
	return deadline.Clocks(facts, r.now()), nil
}

// A Dated is a clock with the incident it is of.
type Dated struct {
	Incident incident.Incident
	deadline.Clock
}

// Board lists the clocks of all incidents that want somebody: overdue, due, running, and those that wait for
// a declaration or a time. What is to be done first comes first.
func (r *Reporting) Board(ctx context.Context, a party.Actor) ([]Dated, error) {
	if !a.May(party.Read) {
		return nil, fault.New(fault.Forbidden, "casework.right", string(party.Read))
	}
	incidents, err := r.store.Incidents(ctx, a.Org)
	if err != nil {
		return nil, err
	}
	var out []Dated
	for _, i := range incidents {
		clocks, err := r.Clocks(ctx, a, i.ID)
		if err != nil {
			return nil, err
		}
		for _, c := range Wanting(clocks) {
			out = append(out, Dated{i, c})
		}
	}
	slices.SortStableFunc(out, func(a, b Dated) int { return cmp.Compare(urgency(a.Clock, r.zone), urgency(b.Clock, r.zone)) })
	return out, nil
}

// Wanting keeps the clocks that want somebody, in their order.
func Wanting(clocks []deadline.Clock) []deadline.Clock {
	var out []deadline.Clock
	for _, c := range clocks {
		switch c.State {
		case deadline.Overdue, deadline.Due, deadline.Running, deadline.AnchorMissing:
			if c.Declared {
				out = append(out, c)
			}
		case deadline.ScopeNotDeclared:
			if c.Declared && len(c.Conditions) > 0 {
				out = append(out, c)
			}
		}
	}
	return out
}

// urgency orders clocks of several incidents: what has no date waits behind what has one, but for tasks,
// which were due when they began.
func urgency(c deadline.Clock, zone *time.Location) int64 {
	switch {
	case !c.Due.IsZero():
		return c.Due.Time(zone).Unix()
	case !c.Started.IsZero():
		return c.Started.Time(zone).Unix()
	}
	return 1 << 40
}
