package cli

import (
	"github.com/wakachi/wakachi/internal/exchange"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/phrase"
)

// summarise gives an account of every item of a draft.
func summarise(d exchange.Draft, lang phrase.Language) shareReport {
	r := shareReport{
		Items: []reported{}, Withheld: []reported{}, Counts: map[string]int{"items": len(d.Verdicts)},
		Label: d.Label.String(), Reach: d.Reach.String(),
	}
	for _, v := range d.Verdicts {
		line := account(v, lang)
		r.Items = append(r.Items, line)
		r.Counts[v.Treatment]++
		if v.Leaves {
			r.Counts["shared"]++
		} else {
			r.Withheld = append(r.Withheld, line)
		}
	}
	r.Counts["withheld"] = len(r.Withheld)
	return r
}

func account(v exchange.Verdict, lang phrase.Language) reported {
	line := reported{
		Kind: v.Kind, Class: v.Class(), Type: string(v.Value.Type), Value: v.Value.Value, Status: v.Status,
		Role: v.Role, Marks: v.Marks.Names(), FirstSeen: v.FirstSeen, LastSeen: v.LastSeen,
		Proposed: v.Reason, Reason: v.Decided.Code, Point: v.Decided.Point, Why: lang.Text(v.Decided.Code),
		Treatment: v.Treatment, Shared: v.Leaves, Betrayed: v.Betrayed, Sources: v.Sources,
	}
	if v.Value.IsZero() {
		line.Value = v.Text
	}
	if v.Frees != "" {
		line.Frees = lang.Text(v.Frees)
	}
	if v.Conditions != (incident.Conditions{}) {
		line.Conditions = &conditions{v.Conditions.Label.String(), v.Conditions.Promise}
	}
	return line
}
