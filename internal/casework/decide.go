package casework

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/report"
	"github.com/wakachi/wakachi/internal/store"
)

// maxWhy is how long a reason may be, in bytes.
const maxWhy = 4000

// keptAnswer is an answer with the versions of what it rests on.
type keptAnswer struct {
	incident.Answer
	On []Seen `json:"on,omitempty"`
}

func answerID(id incident.ID, flow, question string) string {
	return string(id) + "." + flow + "." + question
}

// Answers gives what was answered to the questions of a flow. An answer that rests on an
// item which has changed since is Open: it counts as not given until somebody looks again.
func (c *Casework) Answers(ctx context.Context, a party.Actor, id incident.ID, flow string) ([]incident.Answer, error) {
	if err := allow(a, party.Read); err != nil {
		return nil, err
	}
	if err := c.known(ctx, a, id); err != nil {
		return nil, err
	}
	all, err := c.store.Objects(ctx, a.Org, sortAnswer, string(id))
	if err != nil {
		return nil, err
	}
	outside, err := c.knownOutside(ctx, a, id)
	if err != nil {
		return nil, err
	}
	var out []incident.Answer
	for _, o := range all {
		if !strings.HasPrefix(o.ID, answerID(id, flow, "")) {
			continue
		}
		var k keptAnswer
		if err := o.Value(&k); err != nil {
			return nil, err
		}
		if k.Answer.Answer == "" {
			continue
		}
		k.By, k.At = o.By, o.At
		for _, s := range k.On {
			i, err := c.store.Item(ctx, a.Org, s.Item)
			k.Open = k.Open || err != nil || i.Version != s.Version
		}
		// People outside may have come to know since: that it may become known is to be looked at again.
		k.Open = k.Open || k.Question == "may_become_known" && k.Answer.Answer != "yes" && !outside.Before(k.At)
		out = append(out, k.Answer)
	}
	return out, nil
}

// knownOutside gives when somebody last entered that people outside know of an incident; zero if nobody has.
func (c *Casework) knownOutside(ctx context.Context, a party.Actor, id incident.ID) (at time.Time, err error) {
	deeds, err := c.store.Objects(ctx, a.Org, report.KeptDeed, string(id))
	if err != nil {
		return at, err
	}
	for _, o := range deeds {
		var d report.Deed
		if err := o.Value(&d); err != nil {
			return at, err
		}
		if d.Sort == report.KnownOutside && o.At.After(at) {
			at = o.At
		}
	}
	return at, nil
}

// Give answers a question of a flow, or takes the answer back if it is empty. The flow's
// own words for questions and answers are package flow's to check.
func (c *Casework) Give(ctx context.Context, a party.Actor, id incident.ID, flow string, answer incident.Answer) error {
	if err := allow(a, party.Write); err != nil {
		return err
	}
	if err := c.known(ctx, a, id); err != nil {
		return err
	}
	if len(answer.Why) > maxWhy {
		return fault.New(fault.TooLarge, "casework.why", "4000")
	}
	k := keptAnswer{Answer: answer}
	for _, item := range answer.Rests {
		i, err := c.store.Item(ctx, a.Org, item)
		if err != nil {
			return err
		}
		k.On = append(k.On, Seen{item, i.Version})
	}
	return c.replace(ctx, a, "given", store.Object{Sort: sortAnswer, ID: answerID(id, flow, answer.Question), Parent: string(id)}, k)
}

// replace keeps an object over whatever stands under its id.
func (c *Casework) replace(ctx context.Context, a party.Actor, verb string, o store.Object, value any) error {
	old, err := c.store.Object(ctx, a.Org, o.Sort, o.ID)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	o.Version = old.Version
	return c.put(ctx, a, verb, &o, value)
}

// Choose records what was decided after a flow, also that nothing is to be shared or
// published, and why. A decision not to needs its reason.
func (c *Casework) Choose(ctx context.Context, a party.Actor, id incident.ID, choice incident.Choice) error {
	if err := allow(a, party.Write); err != nil {
		return err
	}
	if err := c.known(ctx, a, id); err != nil {
		return err
	}
	if !choice.Do && strings.TrimSpace(choice.Why) == "" {
		return fault.New(fault.Invalid, "casework.why-not")
	}
	if len(choice.Why) > maxWhy {
		return fault.New(fault.TooLarge, "casework.why", "4000")
	}
	return c.put(ctx, a, "made", &store.Object{Sort: sortChoice, Parent: string(id)}, choice)
}

// Choices lists what was decided after the flows, the newest first.
func (c *Casework) Choices(ctx context.Context, a party.Actor, id incident.ID) ([]incident.Choice, error) {
	if err := allow(a, party.Read); err != nil {
		return nil, err
	}
	if err := c.known(ctx, a, id); err != nil {
		return nil, err
	}
	all, err := c.store.Objects(ctx, a.Org, sortChoice, string(id))
	if err != nil {
		return nil, err
	}
	out := make([]incident.Choice, len(all))
	for k, o := range all {
		if err := o.Value(&out[k]); err != nil {
			return nil, err
		}
		out[k].By, out[k].At = o.By, o.At
	}
	slices.Reverse(out)
	return out, nil
}

// A Tick is a step of a check sheet that somebody has done, or says does not apply.
type Tick struct {
	Sheet string `json:"sheet"`
	Step  string `json:"step"`
	Done  bool   `json:"done"`
	Note  string `json:"note,omitempty"`
	By    string `json:"-"`
}

// Ticks lists the steps of a check sheet somebody has touched, by step.
func (c *Casework) Ticks(ctx context.Context, a party.Actor, id incident.ID, sheet string) (map[string]Tick, error) {
	if err := allow(a, party.Read); err != nil {
		return nil, err
	}
	if err := c.known(ctx, a, id); err != nil {
		return nil, err
	}
	all, err := c.store.Objects(ctx, a.Org, sortTick, string(id))
	if err != nil {
		return nil, err
	}
	out := map[string]Tick{}
	for _, o := range all {
		var t Tick
		if err := o.Value(&t); err != nil {
			return nil, err
		}
		if t.By = o.By; t.Sheet == sheet {
			out[t.Step] = t
		}
	}
	return out, nil
}

// SetTick ticks a step of a check sheet, or takes the tick away.
func (c *Casework) SetTick(ctx context.Context, a party.Actor, id incident.ID, t Tick) error {
	if err := allow(a, party.Write); err != nil {
		return err
	}
	if err := c.known(ctx, a, id); err != nil {
		return err
	}
	if len(t.Note) > maxWhy {
		return fault.New(fault.TooLarge, "casework.why", "4000")
	}
	return c.replace(ctx, a, "set", store.Object{Sort: sortTick, ID: answerID(id, t.Sheet, t.Step), Parent: string(id)}, t)
}
