package exchange

import (
	"context"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/gate"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/tlp"
)

// An Outlook is what the gate would do with an item if it were sent to a community now.
type Outlook struct {
	Treatment string
	Reason    incident.Reason
	Frees     string
	Betrayed  []string
}

// outlooks keeps the last answers, since a desk is looked at more often than it changes.
type outlooks struct {
	profile string
	version int64 // the newest of the items'
	items   int
	answer  map[incident.ItemID]Outlook
}

const maxOutlooks = 256

// Outlook asks the gate about an incident's items as if all were confirmed and sent to a
// community under TLP:AMBER. Nothing is kept and nobody is told. Without a profile it is
// nil: nothing can leave.
func (o *Office) Outlook(ctx context.Context, a party.Actor, id incident.ID, items []incident.Item) (map[incident.ItemID]Outlook, error) {
	if err := allow(a, party.Read); err != nil {
		return nil, err
	}
	profile, version, err := o.guard(ctx, a.Org, id)
	if err != nil {
		return nil, err
	}
	if profile.IsZero() {
		return nil, nil
	}
	key, last := pending{a.Org, ReleaseID(id)}, int64(0)
	for _, i := range items {
		last = max(last, i.Version)
	}
	o.mu.Lock()
	kept, ok := o.seen[key]
	o.mu.Unlock()
	if ok && kept.profile == version && kept.version == last && kept.items == len(items) {
		return kept.answer, nil
	}
	g, err := gate.New(profile)
	if err != nil {
		if fault.KindOf(err) == fault.Invalid {
			return nil, nil
		}
		return nil, err
	}
	result, err := g.Clear(gate.Request{Items: items, Reach: party.Community, Label: tlp.Amber, Outage: outage(items)})
	if err != nil {
		return nil, err
	}
	answer := make(map[incident.ItemID]Outlook, len(items))
	for k, d := range result.Decisions {
		l := Outlook{Treatment: string(d.Treatment), Reason: d.Reason, Frees: d.Frees}
		for _, h := range d.Betrayed {
			l.Betrayed = append(l.Betrayed, h.Spelling)
		}
		answer[items[k].ID] = l
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.seen == nil || len(o.seen) >= maxOutlooks {
		o.seen = map[pending]outlooks{}
	}
	o.seen[key] = outlooks{version, last, len(items), answer}
	return answer, nil
}
