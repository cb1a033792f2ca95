package report

import (
	_ "embed"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"github.com/wakachi/wakachi/internal/disguise"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/phrase"
)

//go:embed data/lint.tsv
var lintTable string

//go:embed data/needs.tsv
var needTable string

// A lint is one pattern of words to mind.
type lint struct {
	class  string
	topic  Field
	denial bool
	words  *regexp.Regexp
}

var lints = sync.OnceValue(func() []lint {
	var out []lint
	for f := range records(lintTable, 4) {
		out = append(out, lint{f[0], Field(f[1]), f[2] == "denial", regexp.MustCompile("(?i)" + f[3])})
	}
	return out
})

// A need is a fact that readers of a document expect.
type need struct {
	kind Kind
	any  []Field
	must bool
}

var needs = sync.OnceValue(func() []need {
	var out []need
	for f := range records(needTable, 3) {
		out = append(out, need{Kind(f[0]), fieldsOf(f[1]), f[2] == "must"})
	}
	return out
})

// A Guard is what must not be recognised in a publication beyond what words show.
type Guard struct {
	Others *disguise.Finder // names of third parties, in every spelling; nil for none
	Reader phrase.Language  // of whoever reads the concerns, whatever the document's is
}

// Check says what a person should look at before a document is approved, what blocks first. It looks at
// the document as it stands, edited or not, and at the record behind it.
//
// Guidance Q25: information that causes secondary damage.
func Check(d Document, r Record, o Order, g Guard) []Concern {
	c := checker{record: r, order: o, guard: g, public: o.Kind.Public()}
	c.missing()
	for _, x := range contradictions(r, g.Reader) {
		c.add(x)
	}
	c.changes(d)
	c.gaps(g.Reader)
	c.leftOut(d)
	for _, text := range d.texts() {
		c.text(text)
	}
	if c.written > 0 {
		c.add(Concern{Code: "report.concern.written", Args: []string{strconv.Itoa(c.written)}})
	}
	slices.SortStableFunc(c.out, func(a, b Concern) int {
		switch {
		case a.Blocks && !b.Blocks:
			return -1
		case b.Blocks && !a.Blocks:
			return 1
		}
		return 0
	})
	return c.out
}

// A checker gathers concerns about one document.
type checker struct {
	record  Record
	order   Order
	guard   Guard
	public  bool
	written int
	out     []Concern
}

func (c *checker) add(x Concern) {
	if !slices.ContainsFunc(c.out, func(o Concern) bool {
		return o.Code == x.Code && o.Text == x.Text && slices.Equal(o.Args, x.Args)
	}) {
		c.out = append(c.out, x)
	}
}

// texts lists everything a document prints, a sentence or cell each.
func (d Document) texts() []Sentence {
	out := []Sentence{{Text: d.Title}, {Text: d.To}, {Text: d.From}}
	for _, b := range d.Blocks {
		out = append(out, b.Sentences...)
		for _, h := range b.Table.Head {
			out = append(out, Sentence{Text: h})
		}
		for _, row := range b.Table.Rows {
			for _, cell := range row {
				out = append(out, Sentence{Text: cell.Text, Facts: cell.Facts})
			}
		}
	}
	return out
}

func (c *checker) missing() {
	for _, n := range needs() {
		there := func(f Field) bool { return c.record.known(f) && c.record.Fact(f).Hold == "" && !c.record.stale(f) }
		if n.kind == c.order.Kind && !slices.ContainsFunc(n.any, there) {
			q, _ := QuestionOf(n.any[0])
			c.add(Concern{Code: "report.concern.needs", Args: []string{q.Label.In(c.guard.Reader)}, Blocks: n.must})
		}
	}
}

// changes holds a later report to what was told before.
func (c *checker) changes(d Document) {
	if c.order.Kind != FollowUp && c.order.Kind != Final {
		return
	}
	told := d.fields()
	for _, change := range Changes(c.order.Told, c.record.Facts) {
		q, _ := QuestionOf(change.Field)
		label := q.Label.In(c.guard.Reader)
		switch {
		case change.Unexplained():
			c.add(Concern{Code: "report.concern." + string(change.Turn), Args: []string{label}, Blocks: change.Now.Hold == ""})
		case change.Turn != Added && change.Turn != Firmer && !slices.Contains(told, change.Field):
			c.add(Concern{Code: "report.concern.change-left-out", Args: []string{label}, Blocks: change.Now.Hold == ""})
		}
	}
}

// gaps says what a final report leaves open: it says that nobody knows, and no later one will tell.
func (c *checker) gaps(l phrase.Language) {
	if c.order.Kind != Final {
		return
	}
	open := composer{teller{Record: c.record}, c.order}
	for _, f := range open.gaps() {
		c.add(Concern{Code: "report.concern.final-gap", Args: []string{patterns()[string(f)+"/noun"].In(l)}})
	}
}

// leftOut says what the record holds and the document does not tell, and why.
func (c *checker) leftOut(d Document) {
	l := c.guard.Reader
	for _, q := range questions() {
		f := c.record.Fact(q.Field)
		switch {
		case f.Standing == NotLooked || !q.Open:
		case f.Hold != "":
			c.add(Concern{Code: "report.concern.held", Args: []string{q.Label.In(l)}})
		case f.Standing == FoundNone && strings.TrimSpace(f.Basis) == "":
			c.add(Concern{Code: "report.concern.no-basis", Args: []string{q.Label.In(l)}, Blocks: true})
		}
	}
	course := slices.ContainsFunc(d.Blocks, func(b Block) bool { return b.Sort == Grid && len(b.Table.Head) == 2 })
	for _, deed := range c.record.Deeds {
		switch {
		case !course || deedWording()[deed.Sort].line.JA == "-":
		case deed.Hold != "":
			c.add(Concern{Code: "report.concern.held", Args: []string{deed.Sort.Words(l)}})
		case !deed.Proven():
			c.add(Concern{Code: "report.concern.unproven", Args: []string{c.record.moment(dayOf(deed.At, c.record.zone()), l), deed.Sort.Words(l)}})
		}
	}
}

// text looks at one sentence or cell.
func (c *checker) text(s Sentence) {
	if s.Written && strings.TrimSpace(s.Text) != "" {
		c.written++
	}
	for _, x := range lints() {
		hit := x.words.FindString(s.Text)
		switch {
		case hit == "":
		case !x.denial:
			c.add(Concern{Code: "report.concern." + x.class, Text: hit, Blocks: c.public})
		case !c.foundNone(x.topic) && !(x.topic == "data_items" && slices.Contains(s.Facts, "not_leaked")): // it says what was looked at
			q, _ := QuestionOf(x.topic)
			c.add(Concern{Code: "report.concern.denial", Args: []string{q.Label.In(c.guard.Reader)}, Text: hit, Blocks: true})
		}
	}
	if c.order.Language == phrase.English && strings.ContainsFunc(s.Text, japanese) {
		c.add(Concern{Code: "report.concern.untranslated", Text: s.Text, Blocks: true})
	}
	c.recognised(s.Text)
	c.indicators(s.Text)
}

// japanese says whether a character is of Japanese and of nothing a reader of English expects.
func japanese(r rune) bool { return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) }

// foundNone says whether somebody looked for it, and not found it, and said where.
func (c *checker) foundNone(f Field) bool {
	fact := c.record.Fact(f)
	return fact.Standing == FoundNone && strings.TrimSpace(fact.Basis) != ""
}

// recognised finds other organisations, and what would show a vulnerability that is still open.
func (c *checker) recognised(text string) {
	if c.guard.Others != nil {
		hits, complete := c.guard.Others.FindAll(text)
		for _, h := range hits {
			c.add(Concern{Code: "report.concern.third-party", Text: text[h.Start:h.End], Blocks: c.public})
		}
		if !complete {
			c.add(Concern{Code: "report.concern.too-dense", Blocks: c.public})
		}
	}
	folded := strings.ToLower(text)
	for _, i := range c.record.Items {
		if !i.Marks.Has(incident.Unpatched) || i.Stand == incident.Dropped {
			continue
		}
		for _, w := range i.Held {
			if w != "" && strings.Contains(folded, strings.ToLower(w)) {
				c.add(Concern{Code: "report.concern.unpatched", Text: w, Blocks: true})
			}
		}
	}
}

// indicators finds addresses and digests: a publication warns with them at most on purpose, and never with
// the host of a negotiation or a leak site.
func (c *checker) indicators(text string) {
	for _, m := range indicator.Find(text) {
		if c.ownContact(m.Raw) {
			continue
		}
		code, blocks := "report.concern.indicator", false
		if strings.Contains(m.Value.Value, ".onion") || c.negotiates(m.Value.Value) {
			code, blocks = "report.concern.leak-site", true
		}
		c.add(Concern{Code: code, Text: m.Raw, Blocks: blocks})
	}
}

// negotiates says whether a value leads to where the attacker negotiates or shows what was taken.
func (c *checker) negotiates(value string) bool {
	return slices.ContainsFunc(c.record.Items, func(i incident.Item) bool {
		_, host, url := strings.Cut(i.Value.Value, "://")
		if !url {
			host = i.Value.Value
		}
		host, _, _ = strings.Cut(host, "/")
		return i.Role == incident.Negotiation && host != "" && strings.Contains(value, host)
	})
}

// ownContact says whether a value is where readers are to ask.
func (c *checker) ownContact(raw string) bool {
	for _, f := range []Field{"contact_mail", "contact_page"} {
		if v := c.record.Fact(f).Value; v != "" && (strings.Contains(v, raw) || strings.Contains(raw, v)) {
			return true
		}
	}
	return false
}
