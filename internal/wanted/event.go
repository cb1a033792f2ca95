package wanted

import (
	"github.com/wakachi/wakachi/internal/misp"
)

// event reads an export of MISP.
func (r *reader) event(body []byte) error {
	r.tally.sum.Form, r.given.whole = MISP, true
	report, err := misp.Read(body, r.attribute)
	r.tally.sum.Framed += report.Objects + report.Proposals
	return err
}

// refused are the reasons for which package misp gives no values.
var refused = map[misp.Why]Reason{
	misp.Unsound: Unsound, misp.Deleted: Deleted, misp.Unsupported: Unsupported, misp.NotAValue: NotAValue, misp.Partly: NotAValue,
}

// attribute judges the values of an attribute.
func (r *reader) attribute(a misp.Attribute) error {
	r.tally.label(a.TLP)
	if why, ok := refused[a.Why]; ok {
		kind := ""
		switch why {
		case Unsupported:
			kind = a.Type
		case NotAValue:
			why = noValue(a.Raw)
		}
		r.tally.pass(why, kind, a.UUID, a.Raw)
	}
	e := Entry{
		Ref: a.UUID, Since: a.FirstSeen, LastSeen: a.LastSeen, Confidence: NotSaid, TLP: a.TLP,
		Name: oneLine(a.Event.Info, maxNote), Comment: oneLine(a.Comment, maxNote),
	}
	for _, v := range a.Values {
		if !a.ToIDs && r.held(ToIDsFalse) {
			r.tally.pass(ToIDsFalse, "", a.UUID, v.Value.Value)
			continue
		}
		e.Value, e.Port = v.Value, v.Port
		if err := r.judge(&e, a.Raw); err != nil {
			return err
		}
	}
	return nil
}
