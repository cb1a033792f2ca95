package report

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"

	"github.com/wakachi/wakachi/internal/phrase"
)

// A Kind is a sort of document for readers outside, or for all inside.
type Kind string

// The kinds.
const (
	First    Kind = "first"     // 第1報
	FollowUp Kind = "follow-up" // 続報
	Final    Kind = "final"     // 最終報
	Holding  Kind = "holding"   // prepared for the moment when others talk of it
	Subjects Kind = "subjects"  // 本人への通知
	Partners Kind = "partners"  // 取引先への連絡
	Internal Kind = "internal"  // 社内への連絡
	Answers  Kind = "questions" // 想定問答
)

// Kinds lists them in the order in which a page shows them.
func Kinds() []Kind {
	return []Kind{First, FollowUp, Final, Holding, Subjects, Partners, Internal, Answers}
}

// Public says whether everybody reads it: what may cause harm then blocks it, and is only warned of
// elsewhere. Notices to many persons count, since they do not stay with them.
func (k Kind) Public() bool {
	return k == First || k == FollowUp || k == Final || k == Holding || k == Subjects
}

// An Order is what a document is to be.
type Order struct {
	Kind     Kind
	Language phrase.Language
	Course   bool   // with the course of the response; a Final has it anyhow
	Number   int    // of the report, from 1; First is always 1
	Told     []Fact // as the last report told them; see Told
	ToldOn   string // that report's date as printed; empty if there was none
}

//go:embed data/outlines.tsv
var outlineTable string

// A part is one line of an outline.
type part struct{ block, what string }

var outlines = sync.OnceValue(func() map[Kind][]part {
	out := map[Kind][]part{}
	for f := range records(outlineTable, 3) {
		out[Kind(f[0])] = append(out[Kind(f[0])], part{f[1], f[2]})
	}
	return out
})

// A composer makes one document.
type composer struct {
	teller
	order Order
}

// Compose makes a document of what the record says, and of nothing else. What is for offices only, and
// what is held, is not in it; see Check for what a person should know of it. It is a draft: its Label
// says so.
func Compose(r Record, o Order) Document {
	c := composer{teller{r, o.Language, o.Kind == Final}, o}
	d := Document{
		Language: o.Language, Title: c.title(), From: c.words("organisation"), Date: Day(r.Now.In(r.zone()), o.Language),
		Label: o.Language.Text("report.label.draft"),
	}
	if to, ok := o.Language.Lookup("report.to." + string(o.Kind)); ok {
		d.To = to
	}
	var blocks []Block
	for _, p := range outlines()[o.Kind] {
		blocks = append(blocks, c.part(p)...)
	}
	d.Blocks = withoutEmpty(blocks)
	return d
}

// part makes the blocks of one line of an outline.
func (c *composer) part(p part) []Block {
	switch p.block {
	case "say":
		return c.paragraph([]Sentence{c.opening(p.what)})
	case "head":
		return []Block{{Sort: Heading, Level: 1, Sentences: []Sentence{c.say("report.head." + p.what)}}}
	case "tell":
		return c.paragraph(c.sentences(fieldsOf(p.what)))
	case "list":
		return c.list(Field(p.what))
	case "unknown":
		return c.unknown()
	case "changes":
		return c.changes()
	case "course":
		return c.course()
	case "told":
		return c.contacts()
	case "contact":
		return c.desk()
	case "ask":
		return c.ask(p.what)
	}
	return nil
}

// paragraph makes one of sentences, if there are any.
func (c *composer) paragraph(s []Sentence) []Block {
	if len(s) == 0 {
		return nil
	}
	return []Block{{Sort: Paragraph, Sentences: s}}
}

func (c *composer) sentences(fields []Field) []Sentence {
	var out []Sentence
	for _, f := range fields {
		one, other, _ := strings.Cut(string(f), "|")
		s, ok := c.tell(Field(one))
		if !ok && other != "" {
			s, ok = c.tell(Field(other))
		}
		if ok {
			out = append(out, s)
		}
	}
	return out
}

func fieldsOf(list string) []Field {
	var out []Field
	for f := range strings.SplitSeq(list, ",") {
		out = append(out, Field(f))
	}
	return out
}

// withoutEmpty leaves out headings under which nothing stands.
func withoutEmpty(blocks []Block) []Block {
	var out []Block
	for i, b := range blocks {
		last := i == len(blocks)-1
		if b.Sort == Heading && (last || blocks[i+1].Sort == Heading && blocks[i+1].Level <= b.Level) {
			continue
		}
		out = append(out, b)
	}
	return out
}

// opening is a sentence of fixed words; some have other words where a date or the end is missing.
func (c *composer) opening(what string) Sentence {
	token := "report.say." + what
	switch {
	case what == "intro.follow-up" && c.order.ToldOn == "":
		token += ".none"
	case what == "intro.final" && !c.finished():
		token += ".open"
	}
	s := c.say(token)
	s.Text = strings.ReplaceAll(s.Text, "{date}", c.order.ToldOn)
	return s
}

// words gives the value of a fact that may be public, on one line.
func (c *composer) words(f Field) string {
	if !c.open(f) || c.Fact(f).Standing != Confirmed {
		return ""
	}
	return oneLine(c.Words(c.Fact(f), c.lang))
}

// title names the event no more surely than the facts do.
func (c *composer) title() string {
	l, what := c.lang, "event"
	leak, outage := c.Fact("leak"), c.Fact("outage")
	switch {
	case c.open("leak") && asserted(leak.Standing):
		what = "leak." + string(leak.Standing)
	case c.open("outage") && outage.Standing == Confirmed:
		what = "outage"
	}
	title := l.Text("report.title.unknown." + what)
	if f := c.Fact("attack_type"); c.open("attack_type") && f.Standing == Confirmed && f.Value != "other" {
		title = l.Text("report.title."+what, c.Words(f, l))
	}
	switch k := c.order.Kind; k {
	case First:
		return l.Text("report.title.number", title, "1")
	case FollowUp:
		return l.Text("report.title.number", title, strconv.Itoa(max(2, c.order.Number)))
	case Holding:
		return title
	default:
		return l.Text("report.title."+string(k), title)
	}
}

// list makes an entry of each line of a fact, and of each thing that goes with it.
func (c *composer) list(f Field) []Block {
	var out []Sentence
	if fact := c.Fact(f); c.open(f) && fact.Standing == Confirmed {
		for line := range strings.Lines(c.Words(fact, c.lang)) {
			if line = strings.TrimSpace(line); line != "" {
				out = append(out, Sentence{Text: line, Facts: []Field{f}, Standing: fact.Standing})
			}
		}
	}
	if _, posted := c.tell("posted_outside"); posted && f == "advice" && asserted(c.Fact("posted_outside").Standing) {
		out = append(out, c.say("report.say.posted"))
	}
	if len(out) == 0 {
		return nil
	}
	return []Block{{Sort: List, Sentences: out}}
}

// unknown lists what matters to readers and is not known: what is looked into, and what nobody has
// looked into yet. It says so, which is not the same as "there is none".
func (c *composer) unknown() []Block {
	var out []Sentence
	for _, f := range c.gaps() {
		token, standing := "report.unknown.not-looked", c.Fact(f).Standing
		if standing == Investigating {
			token = "report.unknown.investigating"
		}
		out = append(out, Sentence{Text: c.lang.Text(token, patterns()[string(f)+"/noun"].In(c.lang)), Facts: []Field{f}, Standing: standing})
	}
	if len(out) == 0 {
		return nil
	}
	return []Block{{Sort: List, Sentences: out}}
}

// gaps lists what matters to readers and is not known, as far as it may be told.
func (c *composer) gaps() []Field {
	var out []Field
	for _, f := range []Field{"outage", "leak", "persons", "entry", "cause", "began_at", "systems", "secondary_damage", "restore_plan"} {
		s := c.Fact(f).Standing
		if (s == NotLooked || s == Investigating) && c.open(f) && c.matters(f) {
			out = append(out, f)
		}
	}
	return out
}

// matters says whether a gap is one, given the rest: nobody asks how many are concerned by a leak
// that was looked for and not found, or when what never stopped will be back.
func (c *composer) matters(f Field) bool {
	switch f {
	case "persons":
		return c.Fact("leak").Standing != FoundNone && !c.known("persons_max") && c.Fact("data_items").Standing != FoundNone
	case "secondary_damage":
		return c.Fact("leak").Standing != FoundNone
	case "restore_plan":
		return c.Fact("outage").Standing == Confirmed && !c.known("restored")
	}
	return true
}

// course is the chronology: what was done and can be proven, by day.
func (c *composer) course() []Block {
	if c.order.Kind != Final && !c.order.Course {
		return nil
	}
	var rows [][]Cell
	for _, d := range c.provenDeeds() {
		if line := c.deedLine(d); line != "" {
			rows = append(rows, []Cell{{Text: c.moment(dayOf(d.At, c.zone()), c.lang)}, {Text: line}})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return []Block{{Sort: Grid, Table: Table{Head: []string{c.lang.Text("report.course.date"), c.lang.Text("report.course.what")}, Rows: rows}}}
}

// contacts says who was told, for those who ask.
func (c *composer) contacts() []Block {
	var out []Sentence
	for _, d := range c.provenDeeds() {
		switch d.Sort {
		case SpecialistAsked, PoliceTold, AuthorityTold, SharedOut:
			if line := c.deedLine(d); line != "" {
				out = append(out, Sentence{Text: c.moment(dayOf(d.At, c.zone()), c.lang) + " " + line, Standing: Confirmed})
			}
		}
	}
	if out == nil {
		return c.paragraph([]Sentence{c.say("report.told.none")})
	}
	return []Block{{Sort: List, Sentences: out}}
}

// provenDeeds lists the deeds others may read, the oldest first.
func (c *composer) provenDeeds() []Deed {
	var out []Deed
	for _, d := range c.Deeds {
		if d.Proven() && d.Hold == "" && !d.At.IsZero() && !d.At.At.After(c.Now) {
			out = append(out, d)
		}
	}
	SortDeeds(out, c.zone())
	return out
}

// desk is where to ask.
func (c *composer) desk() []Block {
	var rows [][]Cell
	for _, f := range []Field{"contact_name", "contact_phone", "contact_mail", "contact_hours"} {
		if w := c.words(f); w != "" {
			label := strings.TrimPrefix(string(f), "contact_")
			rows = append(rows, []Cell{{Text: c.lang.Text("report.contact." + label)}, {Text: w, Facts: []Field{f}}})
		}
	}
	if rows == nil {
		return nil
	}
	return []Block{{Sort: Grid, Table: Table{Rows: rows}}}
}

// ask makes a question and its answer.
func (c *composer) ask(what string) []Block {
	token, fields, _ := strings.Cut(what, ",")
	answer := c.sentences(fieldsOf(fields))
	switch token {
	case "ransom":
		if f := c.Fact("attack_type"); f.Value != "ransomware" || !c.open("attack_type") {
			return nil
		}
		answer = []Sentence{c.say("report.say.actor")}
	case "actor":
		answer = []Sentence{c.say("report.say.actor")}
	case "time":
		order := c.order
		c.order.Course = true
		course := c.course()
		if c.order = order; course != nil {
			return append([]Block{c.question(token)}, course...)
		}
	}
	if len(answer) == 0 {
		answer = []Sentence{c.say("report.say.nothing")}
	}
	return append([]Block{c.question(token)}, c.paragraph(answer)...)
}

func (c *composer) question(token string) Block {
	return Block{Sort: Heading, Level: 1, Sentences: []Sentence{c.say("report.ask." + token)}}
}
