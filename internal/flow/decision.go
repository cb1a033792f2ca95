package flow

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/fault"
)

// Limits of what is kept with a decision.
const (
	MaxWhy   = 4000 // characters of a reason
	MaxFacts = 500  // facts an answer rests on
)

// A Decision is one answer as a person gave it. Decisions are kept and never changed; a new
// one for the same question supersedes.
type Decision struct {
	Flow     Name      `json:"flow"`
	Version  int       `json:"version"` // of the flow that was shown
	Question Question  `json:"question"`
	Answer   Answer    `json:"answer"`
	Who      string    `json:"who"`   // id of an account, not a name
	When     time.Time `json:"when"`  // never zero
	Why      string    `json:"why"`   // may be empty; for eyes inside only
	Facts    []string  `json:"facts"` // ids of items the answer rests on; may be none
}

// Check says whether a decision can be kept: it answers a question of this version of the
// flow, and somebody gave it at some time. Errors are fault.Invalid and hold no contents.
func (d Decision) Check(f Flow) error {
	switch {
	case d.Flow != f.name || d.Version != f.version:
		return fault.New(fault.Conflict, "flow.other-version")
	case !slices.Contains(f.questions, d.Question):
		return fault.New(fault.Invalid, "flow.no-question")
	case !d.Answer.Known():
		return fault.New(fault.Invalid, "flow.no-answer")
	case len(d.Facts) > MaxFacts:
		return fault.New(fault.TooLarge, "flow.too-many-facts")
	}
	return signed(d.Who, d.When, d.Why)
}

func signed(who string, when time.Time, why string) error {
	switch {
	case strings.TrimSpace(who) == "":
		return fault.New(fault.Invalid, "flow.no-who")
	case when.IsZero():
		return fault.New(fault.Invalid, "flow.no-when")
	case utf8.RuneCountInString(why) > MaxWhy:
		return fault.New(fault.TooLarge, "flow.long-why")
	}
	return nil
}

// Current gives the decision that holds for each question of a flow, in the order they are
// asked: the latest, and of two at the same time the later in the list. Decisions made under
// another flow or version hold no longer.
func Current(f Flow, kept []Decision) []Decision {
	latest := map[Question]Decision{}
	for _, d := range kept {
		if d.Flow != f.name || d.Version != f.version || !d.Answer.Known() {
			continue
		}
		if old, ok := latest[d.Question]; !ok || !d.When.Before(old.When) {
			latest[d.Question] = d
		}
	}
	var out []Decision
	for _, q := range f.questions {
		if d, ok := latest[q]; ok {
			d.Facts = slices.Clone(d.Facts)
			out = append(out, d)
		}
	}
	return out
}

// A Reopened is an answer that has to be given again, and the facts that changed under it.
type Reopened struct {
	Decision Decision `json:"decision"`
	Changed  []string `json:"changed"` // sorted; at least one
}

// Reopen says which of the decisions that hold (see Current) rest on a changed fact. Until
// somebody answers again their questions are open; see Given.
func Reopen(current []Decision, changed []string) []Reopened {
	hit := make(map[string]bool, len(changed))
	for _, c := range changed {
		hit[c] = true
	}
	var out []Reopened
	for _, d := range current {
		var facts []string
		for _, fact := range d.Facts {
			if hit[fact] {
				facts = append(facts, fact)
			}
		}
		if facts != nil {
			slices.Sort(facts)
			out = append(out, Reopened{d, slices.Compact(facts)})
		}
	}
	return out
}

// Given makes the answers to walk with: the decisions that hold, without those reopened.
func Given(current []Decision, reopened []Reopened) Answers {
	out := Answers{}
	for _, d := range current {
		out[d.Question] = d.Answer
	}
	for _, r := range reopened {
		delete(out, r.Decision.Question)
	}
	return out
}

// A Resolution is what a person decided about an outcome that was reached.
type Resolution struct {
	Flow    Name      `json:"flow"`
	Version int       `json:"version"`
	Outcome Outcome   `json:"outcome"`
	Follow  bool      `json:"follow"` // do what the outcome says; false: decide against it
	Who     string    `json:"who"`
	When    time.Time `json:"when"`
	Why     string    `json:"why"` // required whenever nothing is shared or published
}

// Check says whether a resolution can be kept. A decision not to share or not to publish
// needs its reason: deciding against an outcome, or following NotRequired.
func (r Resolution) Check(f Flow) error {
	if r.Flow != f.name || r.Version != f.version {
		return fault.New(fault.Conflict, "flow.other-version")
	}
	if !slices.Contains(f.outcomes, r.Outcome) {
		return fault.New(fault.Invalid, "flow.no-outcome")
	}
	if err := signed(r.Who, r.When, r.Why); err != nil {
		return err
	}
	if r.Follow == (r.Outcome == NotRequired) && strings.TrimSpace(r.Why) == "" {
		return fault.New(fault.Invalid, "flow.no-why")
	}
	return nil
}

// Pending lists the outcomes reached that nobody has resolved since the answers they rest
// on were last given, in the flow's order. What was resolved before an answer changed must
// be resolved again.
func Pending(r Result, current []Decision, kept []Resolution) []Outcome {
	given := map[Question]time.Time{}
	for _, d := range current {
		given[d.Question] = d.When
	}
	var out []Outcome
	for _, reached := range r.Reached {
		var since time.Time
		for _, reason := range reached.Reasons {
			for _, a := range reason.Answers {
				since = later(since, given[a.Question])
			}
		}
		done := slices.ContainsFunc(kept, func(k Resolution) bool {
			return k.Flow == r.Flow && k.Version == r.Version && k.Outcome == reached.Outcome && !k.When.Before(since)
		})
		if !done {
			out = append(out, reached.Outcome)
		}
	}
	return out
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
