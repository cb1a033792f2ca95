package flow_test

import (
	"encoding/json"
	"iter"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/wakachi/wakachi/internal/flow"
	"github.com/wakachi/wakachi/internal/guidance"
	"github.com/wakachi/wakachi/internal/phrase"
)

func of(t testing.TB, name flow.Name) flow.Flow {
	t.Helper()
	f, ok := flow.Of(name)
	if !ok {
		t.Fatalf("no flow %s", name)
	}
	return f
}

// assignments gives every way to answer a flow with the answers given to choose from.
func assignments(f flow.Flow, choose ...flow.Answer) iter.Seq[flow.Answers] {
	qs := f.Questions()
	return func(yield func(flow.Answers) bool) {
		total := 1
		for range qs {
			total *= len(choose)
		}
		for n := range total {
			given := flow.Answers{}
			for _, q := range qs {
				if a := choose[n%len(choose)]; a != "" {
					given[q] = a
				}
				n /= len(choose)
			}
			if !yield(given) {
				return
			}
		}
	}
}

var three = []flow.Answer{flow.Yes, flow.No, flow.CannotTell}

// Every row of testdata/flows.json, which somebody else wrote.
func TestEveryRow(t *testing.T) {
	data, err := os.ReadFile("../../testdata/flows.json")
	if err != nil {
		t.Fatal(err)
	}
	type row struct {
		Answers  flow.Answers   `json:"answers"`
		Outcomes []flow.Outcome `json:"outcomes"`
		Acts     []flow.Outcome `json:"acts"`
	}
	var all struct{ Sharing, Publication []row }
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	if len(all.Sharing) != 27 || len(all.Publication) != 81 {
		t.Fatalf("%d and %d rows", len(all.Sharing), len(all.Publication))
	}
	for _, r := range all.Sharing {
		if got := flow.Walk(of(t, flow.Sharing), r.Answers).Outcomes(); !slices.Equal(got, r.Outcomes) {
			t.Errorf("%v: %v, want %v", r.Answers, got, r.Outcomes)
		}
	}
	for _, r := range all.Publication {
		if got := flow.Walk(of(t, flow.Publication), r.Answers).Outcomes(); !slices.Equal(got, r.Acts) {
			t.Errorf("%v: %v, want %v", r.Answers, got, r.Acts)
		}
	}
}

// Unknown is not no, neither as an answer nor as none.
func TestUnknownNeverMeansNotRequired(t *testing.T) {
	for given := range assignments(of(t, flow.Sharing), flow.Yes, flow.No, flow.CannotTell, "") {
		r := flow.Walk(of(t, flow.Sharing), given)
		sure := len(given) == 3
		for _, a := range given {
			sure = sure && a == flow.No
		}
		if got := slices.Contains(r.Outcomes(), flow.NotRequired); got != sure {
			t.Errorf("%v: not-required is %v", given, got)
		}
		if slices.Contains(r.Possible, flow.NotRequired) {
			t.Errorf("%v: not-required is offered", given)
		}
	}
}

// A complete walk always leads somewhere, is settled, and has nothing left open.
func TestACompleteWalkLeadsSomewhere(t *testing.T) {
	for _, name := range flow.Names() {
		for given := range assignments(of(t, name), three...) {
			r := flow.Walk(of(t, name), given)
			if len(r.Reached) == 0 || !r.Complete() || !r.Settled() {
				t.Errorf("%s %v: %v, open %v, possible %v", name, given, r.Outcomes(), r.Open, r.Possible)
			}
		}
	}
}

// What is certain with questions open is exactly what every way to answer them agrees on;
// what is possible, what some way adds.
func TestPartialResultsAreExact(t *testing.T) {
	for _, name := range flow.Names() {
		f := of(t, name)
		for given := range assignments(f, flow.Yes, flow.No, flow.CannotTell, "") {
			always, sometimes := map[flow.Outcome]bool{}, map[flow.Outcome]bool{}
			for _, o := range f.Outcomes() {
				always[o] = true
			}
			for full := range assignments(f, three...) {
				if !extends(full, given) {
					continue
				}
				got := flow.Walk(f, full).Outcomes()
				for _, o := range f.Outcomes() {
					always[o] = always[o] && slices.Contains(got, o)
					sometimes[o] = sometimes[o] || slices.Contains(got, o)
				}
			}
			r := flow.Walk(f, given)
			for _, o := range f.Outcomes() {
				if got := slices.Contains(r.Outcomes(), o); got != always[o] {
					t.Fatalf("%s %v: %s certain %v, want %v", name, given, o, got, always[o])
				}
				possible := sometimes[o] && !always[o] && o != flow.NotRequired
				if got := slices.Contains(r.Possible, o); got != possible {
					t.Fatalf("%s %v: %s possible %v, want %v", name, given, o, got, possible)
				}
			}
			if len(r.Open)+len(given) != len(f.Questions()) {
				t.Errorf("%s %v: open %v", name, given, r.Open)
			}
		}
	}
}

func extends(full, part flow.Answers) bool {
	for q, a := range part {
		if full[q] != a {
			return false
		}
	}
	return true
}

// A worse answer never takes a duty to act away: from no to cannot tell to yes, publication
// only gains acts, but for the one that waits; and sharing never falls back to not-required.
func TestAWorseAnswerTakesNothingAway(t *testing.T) {
	f := of(t, flow.Publication)
	for given := range assignments(f, three...) {
		before := flow.Walk(f, given).Outcomes()
		for q, a := range given {
			worse := map[flow.Answer]flow.Answer{flow.No: flow.CannotTell, flow.CannotTell: flow.Yes}[a]
			if worse == "" {
				continue
			}
			changed := flow.Answers{}
			for k, v := range given {
				changed[k] = v
			}
			changed[q] = worse
			after := flow.Walk(f, changed).Outcomes()
			for _, o := range before {
				if o != flow.AfterInvestigation && !slices.Contains(after, o) {
					t.Errorf("%v, then %s %s: %s is gone", given, q, worse, o)
				}
			}
		}
	}
}

// Each reason is true: its answers were given, and they alone lead to the outcome.
func TestReasonsHold(t *testing.T) {
	for _, name := range flow.Names() {
		f := of(t, name)
		for given := range assignments(f, flow.Yes, flow.No, flow.CannotTell, "") {
			for _, reached := range flow.Walk(f, given).Reached {
				if len(reached.Reasons) == 0 || len(reached.Cited) == 0 {
					t.Fatalf("%v: %s has no reason", given, reached.Outcome)
				}
				unsure := true
				for _, reason := range reached.Reasons {
					alone, cannot := flow.Answers{}, false
					for _, a := range reason.Answers {
						if given[a.Question] != a.Answer {
							t.Fatalf("%v: %s rests on %v", given, reached.Outcome, a)
						}
						alone[a.Question] = a.Answer
						cannot = cannot || a.Answer == flow.CannotTell
					}
					unsure = unsure && cannot
					if !slices.Contains(flow.Walk(f, alone).Outcomes(), reached.Outcome) {
						t.Fatalf("%v alone do not lead to %s", alone, reached.Outcome)
					}
					if reason.From.Mark != guidance.Design || reason.From.Read == "" {
						t.Errorf("%s: from %v", reached.Outcome, reason.From)
					}
				}
				if reached.Provisional != unsure {
					t.Errorf("%v: %s provisional %v", given, reached.Outcome, reached.Provisional)
				}
			}
		}
	}
}

func TestWhatIsNoAnswerLeavesItsQuestionOpen(t *testing.T) {
	f := of(t, flow.Sharing)
	r := flow.Walk(f, flow.Answers{flow.Unknown: "maybe", flow.Outage: flow.Yes, "weather": flow.Yes})
	if len(r.Open) != 3 || len(r.Reached) != 0 {
		t.Errorf("open %v, reached %v", r.Open, r.Outcomes())
	}
	if r := flow.Walk(flow.Flow{}, flow.Answers{flow.Unknown: flow.Yes}); len(r.Reached) != 0 {
		t.Errorf("no flow leads to %v", r.Outcomes())
	}
	if _, ok := flow.Of("gossip"); ok {
		t.Error("there is a flow for gossip")
	}
}

// The data: every line is read, rules speak of the flow's own questions in their order, and
// every act has one of the overview's four purposes.
func TestTheTables(t *testing.T) {
	columns := map[string]int{"flow": 4, "question": 4, "outcome": 5, "rule": 5, "act": 9}
	for _, name := range flow.Names() {
		data, err := os.ReadFile("data/" + string(name) + ".tsv")
		if err != nil {
			t.Fatal(err)
		}
		lines := map[string]int{}
		for line := range strings.Lines(string(data)) {
			cells := strings.Split(strings.TrimRight(line, "\n"), "\t")
			if !strings.HasPrefix(line, "#") && len(cells) != columns[cells[0]] {
				t.Errorf("%s: %d cells in %q", name, len(cells), line)
			}
			lines[cells[0]]++
		}
		f := of(t, name)
		if f.Name() != name || f.Version() < 1 || f.Date().IsZero() || !f.Verify() {
			t.Errorf("%s: %s, version %d of %v, verify %v", name, f.Name(), f.Version(), f.Date(), f.Verify())
		}
		if len(f.Questions()) != lines["question"] || len(f.Outcomes()) != lines["outcome"] || len(f.Rules()) != lines["rule"] {
			t.Errorf("%s: lines were lost", name)
		}
		for _, r := range f.Rules() {
			at := -1
			for _, c := range r.When {
				next := slices.Index(f.Questions(), c.Question)
				if next <= at || len(c.Answers) == 0 {
					t.Errorf("%s: rule %v", name, r)
				}
				at = next
				for _, a := range c.Answers {
					if !a.Known() {
						t.Errorf("%s: rule %v", name, r)
					}
				}
			}
		}
		checkOutcomes(t, f)
	}
}

func checkOutcomes(t *testing.T, f flow.Flow) {
	t.Helper()
	purposes := []string{"event", "law", "warning", "publicity"}
	for _, o := range f.Outcomes() {
		if f.OutcomeFrom(o).Mark != guidance.Seed {
			t.Errorf("%s is from %v", o, f.OutcomeFrom(o))
		}
		for _, c := range f.Cited(o) {
			if _, ok := guidance.Cite(c); !ok {
				t.Errorf("%s cites %s", o, c)
			}
		}
		a, ok := f.Act(o)
		if ok != (f.Name() == flow.Publication) {
			t.Errorf("%s: act %v", o, ok)
		}
		if ok && (!slices.Contains(purposes, a.Purpose) || len(a.Contents) == 0 || a.From.Source == "") {
			t.Errorf("%s: %+v", o, a)
		}
	}
}

func TestEveryTokenHasWords(t *testing.T) {
	var tokens []string
	for _, name := range flow.Names() {
		f := of(t, name)
		tokens = append(tokens, name.Token())
		for _, q := range f.Questions() {
			tokens = append(tokens, q.Token(), q.Token()+".help")
			for _, a := range three {
				tokens = append(tokens, q.AnswerToken(a))
			}
		}
		for _, o := range f.Outcomes() {
			tokens = append(tokens, o.Token())
			if a, ok := f.Act(o); ok {
				tokens = append(tokens, "flow.purpose."+a.Purpose, "flow.audience."+a.Audience, "flow.latest."+a.Latest, "flow.by."+a.By)
				for _, c := range a.Contents {
					tokens = append(tokens, "flow.content."+c)
				}
			}
		}
	}
	for _, s := range []flow.State{flow.Chosen, flow.Open, flow.Off} {
		tokens = append(tokens, "flow.state."+string(s))
	}
	for _, token := range tokens {
		if _, ok := phrase.Japanese.Lookup(token); !ok {
			t.Errorf("%s has no words", token)
		}
	}
}

func TestFlowsCannotBeChanged(t *testing.T) {
	f := of(t, flow.Publication)
	f.Questions()[0], f.Outcomes()[0], f.Cited(flow.Explanation)[0] = "", "", ""
	f.Rules()[0].When[0].Answers[0] = flow.No
	a, _ := f.Act(flow.Explanation)
	a.Contents[0] = ""
	g := of(t, flow.Publication)
	b, _ := g.Act(flow.Explanation)
	if g.Questions()[0] == "" || g.Outcomes()[0] == "" || g.Cited(flow.Explanation)[0] == "" || g.Rules()[0].When[0].Answers[0] == flow.No || b.Contents[0] == "" {
		t.Error("a flow changed")
	}
}
