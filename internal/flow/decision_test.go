package flow_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/flow"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func decided(q flow.Question, a flow.Answer, minutes int, facts ...string) flow.Decision {
	return flow.Decision{
		Flow: flow.Sharing, Version: 1, Question: q, Answer: a, Who: "account-1",
		When: noon.Add(time.Duration(minutes) * time.Minute), Facts: facts,
	}
}

func code(err error) string {
	if e, ok := errors.AsType[*fault.Error](err); ok {
		return e.Code
	}
	if err != nil {
		return "not a fault: " + err.Error()
	}
	return ""
}

func TestADecisionThatCanBeKept(t *testing.T) {
	f := of(t, flow.Sharing)
	for _, c := range []struct {
		want   string
		change func(*flow.Decision)
	}{
		{"", func(*flow.Decision) {}},
		{"flow.other-version", func(d *flow.Decision) { d.Version = 2 }},
		{"flow.other-version", func(d *flow.Decision) { d.Flow = flow.Publication }},
		{"flow.no-question", func(d *flow.Decision) { d.Question = flow.Outage }},
		{"flow.no-answer", func(d *flow.Decision) { d.Answer = "" }},
		{"flow.no-answer", func(d *flow.Decision) { d.Answer = "himitsu" }},
		{"flow.no-who", func(d *flow.Decision) { d.Who = " " }},
		{"flow.no-when", func(d *flow.Decision) { d.When = time.Time{} }},
		{"flow.long-why", func(d *flow.Decision) { d.Why = strings.Repeat("理", flow.MaxWhy+1) }},
		{"", func(d *flow.Decision) { d.Why = strings.Repeat("理", flow.MaxWhy) }},
		{"flow.too-many-facts", func(d *flow.Decision) { d.Facts = make([]string, flow.MaxFacts+1) }},
	} {
		d := decided(flow.Unknown, flow.Yes, 0, "item-1")
		c.change(&d)
		if got := code(d.Check(f)); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestTheLatestDecisionHolds(t *testing.T) {
	f := of(t, flow.Sharing)
	old := decided(flow.Unclear, flow.No, 99)
	old.Version = 0
	current := flow.Current(f, []flow.Decision{
		decided(flow.NotWidespread, flow.Yes, 5), decided(flow.Unknown, flow.No, 3), decided(flow.Unknown, flow.CannotTell, 1),
		decided(flow.NotWidespread, flow.No, 5), old, {Flow: flow.Sharing, Version: 1, Question: "weather", Answer: flow.Yes},
	})
	got := flow.Given(current, nil)
	if len(got) != 2 || got[flow.Unknown] != flow.No || got[flow.NotWidespread] != flow.No {
		t.Errorf("%v", got)
	}
	if current[0].Question != flow.Unknown {
		t.Error("decisions are not in the order they are asked")
	}
}

// A changed fact opens the answers that rested on it, and none else; the result is partial
// again until somebody answers anew.
func TestAChangedFactReopensItsAnswers(t *testing.T) {
	f := of(t, flow.Sharing)
	kept := []flow.Decision{
		decided(flow.Unknown, flow.No, 1, "item-1", "item-2"),
		decided(flow.NotWidespread, flow.No, 2, "item-3"),
		decided(flow.Unclear, flow.No, 3),
	}
	current := flow.Current(f, kept)
	if got := flow.Walk(f, flow.Given(current, nil)).Outcomes(); !slices.Equal(got, []flow.Outcome{flow.NotRequired}) {
		t.Fatalf("at first %v", got)
	}
	reopened := flow.Reopen(current, []string{"item-2", "item-1", "item-9", "item-2"})
	if len(reopened) != 1 || reopened[0].Decision.Question != flow.Unknown || !slices.Equal(reopened[0].Changed, []string{"item-1", "item-2"}) {
		t.Fatalf("%+v", reopened)
	}
	r := flow.Walk(f, flow.Given(current, reopened))
	if len(r.Reached) != 0 || !slices.Equal(r.Open, []flow.Question{flow.Unknown}) {
		t.Errorf("reached %v, open %v", r.Outcomes(), r.Open)
	}
	if got := flow.Reopen(current, nil); got != nil {
		t.Errorf("nothing changed, but %+v", got)
	}
	// Answered anew, on a new version of the item: nothing is open.
	current = flow.Current(f, append(kept, decided(flow.Unknown, flow.Yes, 9, "item-2.2")))
	if got := flow.Reopen(current, []string{"item-2"}); got != nil {
		t.Errorf("answered anew, but %+v", got)
	}
}

func TestDecidingAgainstNeedsAReason(t *testing.T) {
	f := of(t, flow.Sharing)
	for _, c := range []struct {
		outcome   flow.Outcome
		follow    bool
		why, want string
	}{
		{flow.HelpOthers, true, "", ""},
		{flow.HelpOthers, false, "", "flow.no-why"},
		{flow.HelpOthers, false, " \n", "flow.no-why"},
		{flow.HelpOthers, false, "専門組織が既に共有済み", ""},
		{flow.NotRequired, true, "", "flow.no-why"},
		{flow.NotRequired, true, "広く知られた攻撃", ""},
		{flow.NotRequired, false, "", ""},
		{flow.Explanation, true, "", "flow.no-outcome"},
	} {
		r := flow.Resolution{Flow: flow.Sharing, Version: 1, Outcome: c.outcome, Follow: c.follow, Who: "account-2", When: noon, Why: c.why}
		if got := code(r.Check(f)); got != c.want {
			t.Errorf("%s, follow %v, why %q: %q, want %q", c.outcome, c.follow, c.why, got, c.want)
		}
	}
	if got := code(flow.Resolution{Flow: flow.Sharing, Version: 1, Outcome: flow.Obtain, Follow: true, When: noon}.Check(f)); got != "flow.no-who" {
		t.Errorf("nobody resolved it: %q", got)
	}
}

// What was resolved before an answer changed waits to be resolved again.
func TestPendingOutcomes(t *testing.T) {
	f := of(t, flow.Sharing)
	current := flow.Current(f, []flow.Decision{decided(flow.Unknown, flow.Yes, 10), decided(flow.NotWidespread, flow.No, 1), decided(flow.Unclear, flow.Yes, 2)})
	r := flow.Walk(f, flow.Given(current, nil))
	resolved := func(o flow.Outcome, minutes int) flow.Resolution {
		return flow.Resolution{Flow: flow.Sharing, Version: 1, Outcome: o, Follow: true, Who: "a", When: noon.Add(time.Duration(minutes) * time.Minute)}
	}
	for _, c := range []struct {
		kept []flow.Resolution
		want []flow.Outcome
	}{
		{nil, []flow.Outcome{flow.HelpOthers, flow.Obtain}},
		{[]flow.Resolution{resolved(flow.HelpOthers, 5)}, []flow.Outcome{flow.HelpOthers, flow.Obtain}},
		{[]flow.Resolution{resolved(flow.HelpOthers, 10), resolved(flow.Obtain, 1)}, []flow.Outcome{flow.Obtain}},
		{[]flow.Resolution{resolved(flow.HelpOthers, 10), resolved(flow.Obtain, 3)}, nil},
	} {
		if got := flow.Pending(r, current, c.kept); !slices.Equal(got, c.want) {
			t.Errorf("%v, want %v", got, c.want)
		}
	}
}
