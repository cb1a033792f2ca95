// Package deadline works out by when whom must be told, and under which rule.
//
// A Rule is dated data under data/: who must be told (To) within which time of which event
// (Anchor), how days are counted, and where we have that from. Read reads what happened
// (Facts); Clocks says of every rule how it stands at a given moment. Nothing here looks at
// a clock of its own.
//
// A false "overdue" is the worst failure. So nothing is guessed: a rule whose event has no
// time has no date (NotStarted, AnchorMissing), and wherever facts or laws can be read in
// more than one way every reading is worked out. The earliest is the date shown, the latest
// is shown beside it, and a clock is Overdue only when all have passed. Guide figures,
// "promptly" and proposed rules are never overdue.
//
// Declaring a regime says that its threshold is met (Rule.Triggers), unless traits say
// otherwise. All else that a rule depends on is asked for by name, and shown as a condition
// as long as it is open.
//
// Holidays of Japan and of the federal offices of the United States follow from rules;
// those of other authorities are not bundled and come with the facts.
package deadline

import (
	"slices"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/guidance"
)

// A RuleID is a regime and a stage, joined by a dot: "jp.appi.final".
type RuleID string

// A Regime is a body of rules, such as "jp.appi". Own ones begin with "own.".
type Regime string

// An Event is the name of something that happens at a time, such as "known_at". Reports made
// are events too: "submitted.final_at", or "submitted.jp.appi.final_at" for one regime.
type Event string

// A Trait is the name of something that is so or not, such as "unlawful_purpose".
type Trait string

// A State says how a clock stands.
type State string

// States, from those in which nothing is to be done here.
const (
	NotApplicable    State = "not-applicable"     // the rule does not ask for anything here
	NotStarted       State = "not-started"        // the event has not happened
	AnchorMissing    State = "anchor-missing"     // it happened, its time is unknown
	ScopeNotDeclared State = "scope-not-declared" // whether the rule applies, or how, has to be said
	Running          State = "running"            // there is time
	Due              State = "due"                // its last day or 24 hours; at once; or a guide figure has passed
	Overdue          State = "overdue"            // every possible reading of the deadline has passed
	Filed            State = "filed"              // a report of it was made, in time or late; see Clock.Late
)

// Token gives the key of the state's words in package phrase.
func (s State) Token() string { return "deadline.state." + string(s) }

// A First says whether the day (or, in the EU, the hour) of the event is counted.
type First string

// Conventions of counting. SPEC: Civil Code of Japan, art. 140; Regulation 1182/71, art. 3.
const (
	Counted  First = "counted"  // the day of the event is day 1
	Excluded First = "excluded" // counting begins with the day after
	Either   First = "either"   // not settled: both are worked out
)

// A Roll says where a deadline goes that falls on a closed day.
type Roll string

// What happens on closed days.
const (
	Stays   Roll = "none"     // nothing: closed days are like others
	OpenDay Roll = "open-day" // to the end of the next open day
	Noon    Roll = "noon"     // to noon of the next open day
)

// A Unit is what a period counts.
type Unit string

// Units of periods. The two without a number are tasks.
const (
	Hours        Unit = "hours"
	Days         Unit = "days"
	BusinessDays Unit = "business days"
	Months       Unit = "months"
	AtOnce       Unit = "at once"  // 直ちに
	Promptly     Unit = "promptly" // 速やかに
)

// A Period is a number of units.
type Period struct {
	N    int  `json:"n"` // 0 for the units without a number
	Unit Unit `json:"unit"`
}

func (p Period) task() bool { return p.Unit == AtOnce || p.Unit == Promptly }

// An Anchor says which event starts a clock.
type Anchor struct {
	Events []Event // at least one
	Mode   string  // "" for one event; "earliest" or "latest" of those that happened
}

// A Cap is a second limit from another event: the earlier of both counts, unless the first
// event itself came after the cap. SPEC: Delegated Regulation (EU) 2025/301, art. 5
type Cap struct {
	Anchor Event
	Within Period
}

// A Variant changes a rule where a trait is so. The first that holds counts.
type Variant struct {
	If       Trait
	Anchor   Anchor // as the rule's if it has no events
	Within   Period // as the rule's if it has no unit
	Roll     Roll   // as the rule's if empty
	Presumed bool   // false until somebody says otherwise, since it takes another's act
}

// A Rule says who must be told of what by when. Its fields are data and stand for nobody's
// legal advice.
type Rule struct {
	ID           RuleID
	Regime       Regime
	Stage        string // "final": what its submission is called, see Event
	Jurisdiction string // "JP"; empty for own rules
	Title        guidance.Text
	Law          []string      // as cited, in the language of the law
	To           guidance.Text // who is told
	Form         string        // may be empty

	Triggers []Trait // any one; met if none is declared
	Applies  []Trait // all; asked for
	Unless   []Trait // none of these

	Anchor    Anchor
	After     string // "": from the event; "quarter-end": from the end of its quarter
	Within    Period
	Cap       *Cap // nil for none
	Variants  []Variant
	GuideFrom int // of a guide figure "3–5 days" the 3; else 0
	First     First
	Roll      Roll
	Closes    string // "17:30" of the last day; empty for its end
	Zone      string // whose days are counted
	Calendar  string // whose closed days: "jp", "eu", "us", …

	Soft      bool // a guide figure or a task: never overdue
	Task      bool // no number: "promptly"
	Voluntary bool // nobody must
	Proposed  bool // not law: never a deadline
	From      When // in force from this day; zero if long since
	Until     When // last day in force; zero if there is none

	Sources    []string // keys for SourceOf
	Confidence string   // "found", "recall" or "own"
	Verify     bool     // nobody has held it against the primary text yet

	placeOpen bool // Zone is a likely one; the facts may say which
}

func (r Rule) clone() Rule {
	r.Law, r.Sources = slices.Clone(r.Law), slices.Clone(r.Sources)
	r.Triggers, r.Applies, r.Unless = slices.Clone(r.Triggers), slices.Clone(r.Applies), slices.Clone(r.Unless)
	r.Anchor.Events, r.Variants = slices.Clone(r.Anchor.Events), slices.Clone(r.Variants)
	for i := range r.Variants {
		r.Variants[i].Anchor.Events = slices.Clone(r.Variants[i].Anchor.Events)
	}
	if r.Cap != nil {
		limit := *r.Cap
		r.Cap = &limit
	}
	return r
}

// A Body is a regime with its title, and where its days are counted.
type Body struct {
	Regime       Regime
	Jurisdiction string
	Zone         string
	Calendar     string
	Title        guidance.Text

	placeOpen bool
}

// Several says that its authorities are in several places: Zone is a likely one, and Facts.Zones may say which.
func (b Body) Several() bool { return b.placeOpen }

// A Source is where a rule is from.
type Source struct {
	Key     string        `json:"key"`
	Title   guidance.Text `json:"title"`
	Address string        `json:"address"` // "-" if there is none that lasts
	Read    string        `json:"read"`    // the day it was read, "2026-11-22"
}

// Rules lists the bundled rules, in the order of their tables.
func Rules() []Rule {
	out := slices.Clone(tables().rules)
	for i := range out {
		out[i] = out[i].clone()
	}
	return out
}

// Regimes lists the bundled regimes.
func Regimes() []Body { return slices.Clone(tables().regimes) }

// Events lists the names of events a facts file may give, without what was submitted.
func Events() []Event { return slices.Clone(tables().events) }

// Traits lists the names of traits a facts file may give.
func Traits() []Trait { return slices.Clone(tables().traits) }

// Words gives what an event or a trait means; for what was submitted, or a name of an own
// rule, the name itself.
func Words(name string) guidance.Text {
	if t, ok := tables().words[name]; ok {
		return t
	}
	return guidance.Text{JA: name, EN: name}
}

// RegimeOf looks up a bundled regime.
func RegimeOf(r Regime) (Body, bool) {
	for _, b := range tables().regimes {
		if b.Regime == r {
			return b, true
		}
	}
	return Body{}, false
}

// SourceOf looks up a source by its key.
func SourceOf(key string) (Source, bool) {
	s, ok := tables().sources[key]
	return s, ok
}

// submission takes apart the name of a report made: "submitted.jp.appi.final_at".
func (e Event) submission() (stage string, ok bool) {
	stage, ok = strings.CutPrefix(string(e), "submitted.")
	stage, at := strings.CutSuffix(stage, "_at")
	return stage, ok && at && stage != ""
}

func zoneOf(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	return zone
}
