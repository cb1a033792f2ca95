package flow

import (
	"slices"

	"github.com/wakachi/wakachi/internal/guidance"
)

// A Result is what a set of answers leads to.
type Result struct {
	Flow     Name       `json:"flow"`
	Version  int        `json:"version"`
	Reached  []Reached  `json:"reached"`  // certain: no answer to an open question takes it away
	Possible []Outcome  `json:"possible"` // open questions may still add it; never NotRequired, lest anybody rely on it
	Open     []Question `json:"open"`     // not answered, in the order they are asked
}

// Reached is one outcome and why.
type Reached struct {
	Outcome Outcome  `json:"outcome"`
	Reasons []Reason `json:"reasons"` // at least one
	// Provisional: it rests on somebody who could not tell. Look again when more is known.
	Provisional bool     `json:"provisional"`
	Cited       []string `json:"cited"` // points and questions of the guidance: "1-1", "Q8"
}

// A Reason is one rule that holds, and the answers that make it hold.
type Reason struct {
	Answers []Answered          `json:"answers"`
	From    guidance.Provenance `json:"from"`
}

// Answered is a question with its answer.
type Answered struct {
	Question Question `json:"question"`
	Answer   Answer   `json:"answer"`
}

// Walk follows a flow with the answers given. Questions of other flows are ignored, and an
// answer that is none of the three leaves its question open.
func Walk(f Flow, given Answers) Result {
	r := Result{Flow: f.name, Version: f.version, Reached: []Reached{}, Possible: []Outcome{}, Open: []Question{}}
	for _, q := range f.questions {
		if !given[q].Known() {
			r.Open = append(r.Open, q)
		}
	}
	for _, o := range f.outcomes {
		reached := Reached{Outcome: o, Provisional: true, Cited: f.Cited(o)}
		possible := false
		for _, rule := range f.rules {
			if rule.Outcome != o {
				continue
			}
			switch rule.state(given) {
			case Chosen:
				reason := rule.reason(given)
				reached.Reasons = append(reached.Reasons, reason)
				reached.Provisional = reached.Provisional && reason.unsure()
			case Open:
				possible = true
			}
		}
		if reached.Reasons != nil {
			r.Reached = append(r.Reached, reached)
		} else if possible && o != NotRequired {
			r.Possible = append(r.Possible, o)
		}
	}
	return r
}

// Outcomes lists what was reached, in the flow's order.
func (r Result) Outcomes() []Outcome {
	out := make([]Outcome, 0, len(r.Reached))
	for _, o := range r.Reached {
		out = append(out, o.Outcome)
	}
	return out
}

// Complete says that every question has an answer.
func (r Result) Complete() bool { return len(r.Open) == 0 }

// Settled says that no answer to an open question changes the outcomes.
func (r Result) Settled() bool { return len(r.Possible) == 0 }

// A State says how far something is from being so.
type State string

// States of rules, and of whatever a picture shows.
const (
	Chosen State = "chosen" // it is so
	Open   State = "open"   // it may become so
	Off    State = "off"    // an answer excludes it
)

// state: one answer a rule does not allow excludes it, whatever is open.
func (r Rule) state(given Answers) State {
	state := Chosen
	for _, c := range r.When {
		a := given[c.Question]
		if !a.Known() {
			state = Open
		} else if !c.allows(a) {
			return Off
		}
	}
	return state
}

func (r Rule) reason(given Answers) Reason {
	reason := Reason{From: r.From}
	for _, c := range r.When {
		reason.Answers = append(reason.Answers, Answered{c.Question, given[c.Question]})
	}
	return reason
}

func (r Reason) unsure() bool {
	return slices.ContainsFunc(r.Answers, func(a Answered) bool { return a.Answer == CannotTell })
}
