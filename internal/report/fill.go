package report

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"github.com/wakachi/wakachi/internal/guidance"
	"github.com/wakachi/wakachi/internal/phrase"
)

//go:embed data/told.tsv
var toldTable string

// answerWords are how answers are worded, by field or sort, and standing.
var answerWords = sync.OnceValue(func() map[string]guidance.Text {
	out := map[string]guidance.Text{}
	for f := range records(toldTable, 4) {
		out[f[0]+"/"+f[1]] = guidance.Text{JA: f[2], EN: f[3]}
	}
	return out
})

// A filler answers the questions of one form.
type filler struct {
	Record
	lang     phrase.Language
	form     Form
	stage    string
	held     *withheld
	words    map[string]string // patterns by token
	concerns []Concern

	// How many items the derived cells left out: those that concern or came from others, and those that would
	// show an unpatched vulnerability.
	others, unfixed int
	japanese        int // answers in English that had to stand in Japanese
}

// Fill answers a form from a record, at one of Stages; an unknown stage is the first. An answer is worded
// by the standing of its facts, and is empty where nobody looked. Nothing of an item but its typed values
// is in it. Concerns say what a person should see before it is sent, what blocks first.
func Fill(form Form, stage string, r Record, l phrase.Language) Filling {
	if !slices.Contains(Stages(), stage) {
		stage = "first"
	}
	f := &filler{Record: r, lang: l, form: form, stage: stage, held: withheldOf(r.Items), words: map[string]string{}}
	out := Filling{Form: form, Stage: stage, Date: Day(r.Now.In(r.zone()), l), Answers: make([]Answer, 0, len(form.Cells))}
	if name := r.Fact("organisation"); name.Standing == Confirmed {
		out.From = oneLine(r.Words(name, l))
	}
	for _, cell := range form.Cells {
		out.Answers = append(out.Answers, f.answer(cell))
	}
	f.doubts(out.Answers)
	out.Concerns = f.sorted()
	return out
}

// answer fills one cell: its facts in order, then what the record shows by itself.
func (f *filler) answer(cell FormCell) Answer {
	a := Answer{Key: cell.Key, Number: cell.Number, Label: cell.Label.In(f.lang)}
	several := len(cell.Facts) > 1 || cell.Derived != ""
	var parts []string
	for i, field := range cell.Facts {
		text := f.told(field)
		if text == "" {
			continue
		}
		q, _ := QuestionOf(field)
		switch last := len(parts) - 1; {
		case field == "persons_max":
			if slices.Contains(a.Facts, "persons") {
				parts[last] = f.beside(parts[last], text)
			} else {
				parts = append(parts, text)
			}
		case i > 0 || several && q.Sort == YesNo:
			parts = append(parts, f.say("report.form.labelled", q.Label.In(f.lang), text))
		default:
			parts = append(parts, text)
		}
		a.Facts = append(a.Facts, field)
		a.Stand = lesser(a.Stand, f.Fact(field).Standing)
	}
	if text, stand := f.derive(cell.Derived, len(a.Facts) > 0); text != "" {
		parts = append(parts, text)
		a.Stand = lesser(a.Stand, stand)
	}
	a.Value = strings.Join(parts, "\n")
	needed := cell.Needed == "first" || cell.Needed == "final" && f.stage == "final"
	a.Missing = needed && a.Value == ""
	return a
}

// beside puts a remark in brackets behind a text, into those that it ends with if it does.
func (f *filler) beside(text, remark string) string {
	for _, bracket := range []string{"）", ")"} {
		if open, ok := strings.CutSuffix(text, bracket); ok {
			return open + f.say("report.form.comma") + remark + bracket
		}
	}
	return f.say("report.form.beside", text, remark)
}

// lesser gives the less sure of two standings, of which the first may be none yet.
func lesser(a, b Standing) Standing {
	if a == NotLooked || b.rank() < a.rank() {
		return b
	}
	return a
}

// told words one fact by its standing; empty if nothing can be said. What was not found is only said
// with what was looked at.
func (f *filler) told(field Field) string {
	q, ok := QuestionOf(field)
	fact := f.Fact(field)
	if !ok || fact.Standing == NotLooked {
		return ""
	}
	value, standing := f.value(q, fact), string(fact.Standing)
	if fact.Standing == Investigating && value != "" {
		standing += "+"
	}
	sort := string(q.Sort)
	pattern, ok := answerWords()[string(field)+"/"+standing]
	if q.Sort == Number && strings.Trim(value, "0123456789,") != "" {
		sort, ok = string(Line), false // no number: it is told as it was written
	}
	if !ok {
		pattern = answerWords()[sort+"/"+standing]
	}
	text, basis := pattern.In(f.lang), oneLine(fact.basis(f.lang))
	if strings.Contains(text, "{0}") && value == "" || strings.Contains(text, "{basis}") && strings.TrimSpace(basis) == "" {
		return ""
	}
	// What follows a text of several lines would stand in its last one.
	if q.Sort == Prose && strings.Contains(value, "\n") {
		text = strings.Replace(text, "。{0}", "。\n{0}", 1)
	}
	before, after, _ := strings.Cut(text, "{basis}")
	if len(before) < len(text) {
		return put(before, value) + basis + put(after, value)
	}
	return put(text, value)
}

// say puts a token into words, as phrase does: there are thousands of lines in a big record, and the few
// patterns they are made of are looked up once.
func (f *filler) say(token string, args ...string) string {
	pattern, ok := f.words[token]
	if !ok {
		pattern = f.lang.Text(token)
		f.words[token] = pattern
	}
	return put(pattern, args...)
}

// put fills the blanks {0}, {1} … of a pattern. What is put in is not looked at again.
func put(pattern string, args ...string) string {
	if len(args) == 0 {
		return pattern
	}
	var out strings.Builder
	size := len(pattern)
	for _, a := range args {
		size += len(a)
	}
	out.Grow(size)
	for {
		i := strings.IndexByte(pattern, '{')
		if i < 0 || i+2 >= len(pattern) {
			break
		}
		out.WriteString(pattern[:i])
		if n := int(pattern[i+1]) - '0'; pattern[i+2] == '}' && n >= 0 && n < len(args) {
			out.WriteString(args[n])
			pattern = pattern[i+3:]
			continue
		}
		out.WriteByte('{')
		pattern = pattern[i+1:]
	}
	out.WriteString(pattern)
	return out.String()
}

// value gives a fact's value in words, and nothing for one that its question does not allow.
func (f *filler) value(q Question, fact Fact) string {
	switch q.Sort {
	case Choice:
		if !slices.Contains(q.Choices, fact.Value) {
			return ""
		}
		if w, ok := f.lang.Lookup("report.form.choice." + fact.Value); ok {
			return w
		}
	case YesNo:
		if fact.Value != "yes" && fact.Value != "no" {
			return ""
		}
	case Prose:
		lines := strings.FieldsFunc(f.Words(fact, f.lang), isBreak)
		for i := range lines {
			lines[i] = strings.TrimSpace(lines[i])
		}
		return strings.TrimSpace(strings.Join(lines, "\n"))
	}
	return strings.TrimSpace(oneLine(f.Words(fact, f.lang)))
}
