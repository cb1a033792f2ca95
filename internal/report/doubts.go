package report

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/phrase"
)

func (f *filler) concern(c Concern) {
	if !slices.ContainsFunc(f.concerns, func(o Concern) bool { return o.Code == c.Code && slices.Equal(o.Args, c.Args) }) {
		f.concerns = append(f.concerns, c)
	}
}

func (f *filler) doubt(code string, args ...string) {
	f.concern(Concern{Code: "report.concern." + code, Args: args})
}

// count raises a concern about a number of things, if there are any.
func (f *filler) count(code string, n int) {
	if n > 0 {
		f.concern(Concern{Code: code, Args: []string{strconv.Itoa(n)}})
	}
}

// sorted gives the concerns, what blocks first.
func (f *filler) sorted() []Concern {
	slices.SortStableFunc(f.concerns, func(a, b Concern) int {
		switch {
		case a.Blocks && !b.Blocks:
			return -1
		case b.Blocks && !a.Blocks:
			return 1
		}
		return 0
	})
	return f.concerns
}

// doubts says what a person should see before the form is sent.
func (f *filler) doubts(answers []Answer) {
	for n, a := range answers {
		cell := f.form.Cells[n]
		first := len(cell.Facts) > 0 && f.Fact(cell.Facts[0]).Standing == Investigating
		switch {
		case a.Missing && !slices.Contains([]string{"consent_nco", "consent_police"}, cell.Key): // which fact says
			f.doubt("missing", a.Label)
		case f.stage == "final" && cell.Needed != "" && first:
			f.doubt("still-open", a.Label)
		}
		if !slices.Contains([]string{"indicators", "techniques"}, cell.Derived) { // these were looked at one by one
			f.unpatched(a)
		}
		for _, field := range cell.Facts {
			f.fact(field, slices.Contains(a.Facts, field))
		}
	}
	f.count("report.concern.received", f.others)
	f.count("report.concern.unpatched-left-out", f.unfixed)
	f.count("report.concern.no-english", f.japanese)
	f.contradictions()
}

// unpatched says that an answer would show a vulnerability that is still open. Only those who coordinate
// such may read it.
func (f *filler) unpatched(a Answer) {
	if w := f.held.in(a.Value); w != "" {
		coordinator := f.form.ID == "jpcert" || f.form.ID == "ipa"
		f.concern(Concern{Code: "report.concern.unpatched", Args: []string{a.Label}, Text: w, Blocks: !coordinator})
	}
}

// fact looks at one fact that the form asks for; told says that its answer tells it.
func (f *filler) fact(field Field, told bool) {
	fact := f.Fact(field)
	q, _ := QuestionOf(field)
	label := q.Label.In(f.lang)
	if fact.Standing == FoundNone && strings.TrimSpace(oneLine(fact.Basis)) == "" {
		f.concern(Concern{Code: "report.concern.no-basis", Args: []string{label}, Blocks: true})
	}
	if told && fact.Hold != "" && f.form.ID != "police" {
		f.doubt("held-told", label, oneLine(fact.Hold))
	}
	if told && f.lang == phrase.English && (q.Sort == Line || q.Sort == Prose) && fact.English == "" && !ascii(fact.Value) {
		f.japanese++
	}
	if (field == "consent_nco" || field == "consent_police") && fact.Standing != Confirmed {
		f.doubt("consent", label)
	}
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) < 0
}

// contradictions looks for facts that cannot all be so, as far as the form asks for one of them. Nothing of
// it blocks: which one is wrong, a person knows.
func (f *filler) contradictions() {
	f.times()
	f.numbers()
	items, personal := f.Fact("data_items").Standing, f.Fact("personal_data")
	n, counted := f.number("persons")
	if items != Confirmed && items != Suspected && (!counted || n == 0) {
		return
	}
	if f.Fact("leak").Standing == FoundNone {
		f.contradiction("leak-denied", "leak", "data_items")
	}
	if personal.Standing == Confirmed && personal.Value == "no" {
		f.contradiction("not-personal", "personal_data", "data_items")
	}
}

// contradictions looks for facts that cannot all be so.
func contradictions(r Record, l phrase.Language) []Concern {
	var all FormCell
	for _, q := range questions() {
		all.Facts = append(all.Facts, q.Field)
	}
	f := &filler{Record: r, lang: l, form: Form{Cells: []FormCell{all}}, words: map[string]string{}}
	f.contradictions()
	return f.concerns
}

// times looks for what ended before it began, and for what has not come.
func (f *filler) times() {
	for _, p := range []struct {
		earlier, later Field
		code           string
	}{
		{"began_at", "ended_at", "ended-first"}, {"outage_began", "restored_at", "restored-first"}, {"began_at", "noticed_at", "noticed-first"},
	} {
		if a, b := f.asserted(p.earlier), f.asserted(p.later); !a.IsZero() && !b.IsZero() && f.ends(b).Before(f.begins(a)) {
			f.contradiction(p.code, p.earlier, p.later)
		}
	}
	for _, field := range []Field{"noticed_at", "began_at", "ended_at", "outage_began", "restored_at"} {
		if f.future(f.asserted(field)) {
			q, _ := QuestionOf(field)
			f.contradiction("future", field, "", q.Label.In(f.lang))
		}
	}
	if f.Fact("restored").Standing == Confirmed && !f.asserted("restored_at").IsZero() && f.told("restore_plan") != "" {
		f.contradiction("plan-left", "restore_plan", "restored_at")
	}
}

// numbers looks for more persons than there can be, and for a leak that concerns nobody.
func (f *filler) numbers() {
	n, counted := f.number("persons")
	most, estimated := f.number("persons_max")
	if counted && estimated && n > most {
		f.contradiction("over-max", "persons", "persons_max")
	}
	personal := f.Fact("personal_data")
	secretsOnly := personal.Standing == Confirmed && personal.Value == "no"
	if counted && n == 0 && f.Fact("leak").Standing == Confirmed && !secretsOnly {
		f.contradiction("nobody", "persons", "leak")
	}
}

// contradiction raises a concern if the form asks one of two fields.
func (f *filler) contradiction(code string, a, b Field, args ...string) {
	if f.form.asks(a, b) {
		f.doubt(code, args...)
	}
}

// asserted gives a fact's time if somebody says that it was so.
func (f *filler) asserted(field Field) incident.Moment {
	if s := f.Fact(field).Standing; s != Confirmed && s != Suspected {
		return incident.Moment{}
	}
	return f.moments(field)
}

// number gives a fact's number; ok is false if nobody says one.
func (f *filler) number(field Field) (n uint64, ok bool) {
	fact := f.Fact(field)
	if fact.Standing != Confirmed && fact.Standing != Suspected {
		return 0, false
	}
	n, err := strconv.ParseUint(fact.Value, 10, 64)
	return n, err == nil
}
