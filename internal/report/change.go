package report

import (
	"slices"
	"strings"

	"github.com/wakachi/wakachi/internal/phrase"
)

// A Turn says how a fact differs from what was told before.
type Turn string

// The turns. Withdrawn and Weaker take back what readers were told, and need Fact.Changed.
const (
	Added     Turn = "added"     // was not told before
	Firmer    Turn = "firmer"    // told with less certainty before, the same value
	Revised   Turn = "revised"   // another value
	Weaker    Turn = "weaker"    // told with more certainty before
	Withdrawn Turn = "withdrawn" // told before, and not so
)

// A Change is a fact that is not what was told before.
type Change struct {
	Field  Field
	Turn   Turn
	Before Fact // zero for Added
	Now    Fact
}

// Unexplained says that it takes back what readers were told, and nobody said why.
func (c Change) Unexplained() bool {
	back := c.Turn == Withdrawn || c.Turn == Weaker || c.Turn == Revised
	return back && c.Now.Changed == ""
}

// Changes compares what was told with what is known now, in the order of Questions: the event, its
// effect, the data and the cause, as far as publications may tell them. How the response went on is no
// change, nor is that a gap is being looked into.
func Changes(told, now []Fact) []Change {
	before, after := Record{Facts: told}, Record{Facts: now}
	var out []Change
	for _, q := range questions() {
		if !q.Open || !slices.Contains([]string{"event", "effect", "data", "cause"}, q.Section) {
			continue
		}
		b, a := before.Fact(q.Field), after.Fact(q.Field)
		turn := turned(b, a)
		// Prose is written anew as things go on, and a plan that was carried out is no statement withdrawn.
		prose := q.Sort == Prose && turn != Withdrawn && turn != Weaker
		done := q.Field == "restore_plan" && after.Fact("restored").Standing == Confirmed
		if turn != "" && !prose && !done {
			out = append(out, Change{q.Field, turn, b, a})
		}
	}
	return out
}

func turned(before, now Fact) Turn {
	asserted := func(f Fact) bool { return f.Standing == Suspected || f.Standing == Confirmed }
	switch {
	case !asserted(before) && before.Standing != FoundNone && (now.Standing == Investigating || now.Standing == NotLooked):
		return "" // a gap is a gap
	case before.Standing == now.Standing && (before.Value == now.Value || !asserted(now)):
		return ""
	case before.Standing == NotLooked || before.Standing == Investigating && now.Standing != NotLooked:
		return Added
	case asserted(before) && !asserted(now):
		return Withdrawn
	case before.Standing == FoundNone:
		return Withdrawn // "nothing found" was told, and is so no longer
	case now.Standing.rank() < before.Standing.rank():
		return Weaker
	case before.Value != now.Value:
		return Revised
	}
	return Firmer
}

// changes is the table of what has changed, or the sentence that nothing has.
func (c *composer) changes() []Block {
	if len(c.order.Told) == 0 {
		return nil
	}
	rows := [][]Cell{}
	for _, change := range Changes(c.order.Told, c.Facts) {
		if change.Now.Hold != "" || !c.open(change.Field) {
			continue
		}
		q, _ := QuestionOf(change.Field)
		now := teller{c.Record, c.lang, false}
		was := teller{Record{Facts: c.order.Told, Zone: c.Zone}, c.lang, false}
		why := change.Now.changed(c.lang)
		if why == "" && !change.Unexplained() {
			why = c.lang.Text("report.change." + change.sort())
		}
		told, after := []Field{change.Field}, now.standing(change.Field)
		if change.Now.Standing == NotLooked {
			after = c.lang.Text("report.cell.withdrawn")
		}
		rows = append(rows, []Cell{
			{Text: label(q, c.lang), Facts: told}, {Text: was.standing(change.Field)},
			{Text: after, Facts: told}, {Text: why, Facts: told},
		})
	}
	if len(rows) == 0 {
		return []Block{{Sort: Paragraph, Sentences: []Sentence{c.say("report.change.none")}}}
	}
	head := []string{"report.change.what", "report.change.before", "report.change.now", "report.change.why"}
	for i := range head {
		head[i] = c.lang.Text(head[i])
	}
	return []Block{{Sort: Grid, Table: Table{Head: head, Rows: rows}}}
}

// sort says what readers are told of a change for which nobody needs to give a reason: "firmer", "added",
// or "looked" for what was being looked into.
func (c Change) sort() string {
	if c.Turn == Added && c.Before.Standing == Investigating {
		return "looked"
	}
	return string(c.Turn)
}

// label names a question for the public, who are not "the persons" of the law.
func label(q Question, l phrase.Language) string {
	if public, ok := patterns()[string(q.Field)+"/label"]; ok {
		return public.In(l)
	}
	return q.Label.In(l)
}

// standing gives a fact as a cell has it: its value, or how far the matter is, and how sure it is.
func (t teller) standing(f Field) string {
	fact := t.Fact(f)
	value := t.Words(fact, t.lang)
	if f == "persons" || f == "persons_max" {
		value = t.lang.Text("report.cell.persons", value)
	}
	switch fact.Standing {
	case Confirmed:
		return value
	case Suspected:
		q, _ := QuestionOf(f)
		if text, ok := t.lang.Lookup("report.cell.suspected." + string(q.Sort)); ok {
			return put(text, value)
		}
		return t.lang.Text("report.cell.suspected", value)
	case NotLooked:
		return t.lang.Text("report.cell.not-told")
	}
	return t.lang.Text("report.cell." + string(fact.Standing))
}

// Told keeps of a record what a document of that language tells: the facts that may be public and
// are not held, as Changes wants them later.
func Told(d Document, r Record) []Fact {
	var out []Fact
	told := d.fields()
	// A title names the sort of attack, which the text then does not repeat.
	if words := r.Words(r.Fact("attack_type"), d.Language); words != "" && strings.Contains(d.Title, words) && !slices.Contains(told, "attack_type") {
		told = append(told, "attack_type")
	}
	for _, f := range told {
		if fact := r.Fact(f); fact.Standing != NotLooked {
			out = append(out, fact)
		}
	}
	return out
}

// fields lists the facts a document tells, each once, in order.
func (d Document) fields() []Field {
	var out []Field
	add := func(fields []Field) {
		for _, f := range fields {
			if !slices.Contains(out, f) {
				out = append(out, f)
			}
		}
	}
	for _, b := range d.Blocks {
		for _, s := range b.Sentences {
			add(s.Facts)
		}
		for _, row := range b.Table.Rows {
			for _, c := range row {
				add(c.Facts)
			}
		}
	}
	return out
}
