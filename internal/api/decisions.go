package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/flow"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/party"
)

// InFlow is a flow of an incident in an address.
type InFlow struct {
	Under
	Flow string `path:"flow" enum:"sharing,publication"`
}

// Walk is how far a flow has been walked and what follows.
type Walk struct {
	Answers  []Given  `json:"answers"`
	Outcomes []string `json:"outcomes" doc:"what follows for certain"`
	Open     []string `json:"open" doc:"questions nobody has answered, or whose ground has changed"`
	Version  int      `json:"version" doc:"of the flow"`
	Verify   bool     `json:"verify" doc:"nobody has held the arrows against the primary text yet"`
}

// Given is an answer with who gave it, when and why.
type Given struct {
	Question string    `json:"question"`
	Answer   string    `json:"answer" enum:"yes,no,cannot_tell"`
	Why      string    `json:"why,omitempty"`
	Rests    []string  `json:"rests,omitempty" doc:"items; when one changes, the question opens again"`
	By       string    `json:"by"`
	At       time.Time `json:"at"`
	Reopened bool      `json:"reopened,omitempty"`
}

func (h *handler) decisions(api huma.API) {
	operation(api, http.MethodGet, "/incidents/{incident}/flow/{flow}", "get-flow", "How far a decision flow has been walked, and what follows",
		func(ctx context.Context, a party.Actor, in *InFlow) (*Answer[Walk], error) { return h.walk(ctx, a, in) })
	operation(api, http.MethodPut, "/incidents/{incident}/flow/{flow}/{question}", "answer-question", "Answer a question, or take the answer back",
		func(ctx context.Context, a party.Actor, in *struct {
			InFlow
			Question string `path:"question"`
			Body     struct {
				Answer string   `json:"answer" enum:"yes,no,cannot_tell,"`
				Why    string   `json:"why,omitempty"`
				Rests  []string `json:"rests,omitempty" maxItems:"500"`
			}
		}) (*Answer[Walk], error) {
			f, _ := flow.Of(flow.Name(in.Flow))
			if !slices.Contains(f.Questions(), flow.Question(in.Question)) {
				return nil, fault.New(fault.NotFound, "store.not-found")
			}
			x := incident.Answer{Question: in.Question, Answer: in.Body.Answer, Why: in.Body.Why}
			for _, i := range in.Body.Rests {
				x.Rests = append(x.Rests, incident.ItemID(i))
			}
			if err := h.Casework.Give(ctx, a, in.id(), in.Flow, x); err != nil {
				return nil, err
			}
			return h.walk(ctx, a, &in.InFlow)
		})
	operation(api, http.MethodPost, "/incidents/{incident}/flow/{flow}/choice", "record-choice", "Record what was decided, also that nothing is to be shared or published",
		func(ctx context.Context, a party.Actor, in *struct {
			InFlow
			Body struct {
				Do  bool   `json:"do"`
				Why string `json:"why,omitempty"`
			}
		}) (*struct{}, error) {
			return nil, h.Casework.Choose(ctx, a, in.id(), incident.Choice{Flow: in.Flow, Do: in.Body.Do, Why: in.Body.Why})
		})
}

func (h *handler) walk(ctx context.Context, a party.Actor, in *InFlow) (*Answer[Walk], error) {
	f, _ := flow.Of(flow.Name(in.Flow))
	kept, err := h.Casework.Answers(ctx, a, in.id(), in.Flow)
	if err != nil {
		return nil, err
	}
	out := Walk{Answers: []Given{}, Outcomes: []string{}, Open: []string{}, Version: f.Version(), Verify: f.Verify()}
	given := flow.Answers{}
	for _, k := range kept {
		g := Given{Question: k.Question, Answer: k.Answer, Why: k.Why, By: k.By, At: k.At, Reopened: k.Open}
		for _, i := range k.Rests {
			g.Rests = append(g.Rests, string(i))
		}
		out.Answers = append(out.Answers, g)
		if !k.Open {
			given[flow.Question(k.Question)] = flow.Answer(k.Answer)
		}
	}
	r := flow.Walk(f, given)
	for _, o := range r.Outcomes() {
		out.Outcomes = append(out.Outcomes, string(o))
	}
	for _, q := range r.Open {
		out.Open = append(out.Open, string(q))
	}
	return answer(out, nil)
}
