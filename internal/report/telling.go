package report

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/wakachi/wakachi/internal/guidance"
	"github.com/wakachi/wakachi/internal/phrase"
)

//go:embed data/sentences.tsv
var sentenceTable string

// patterns are how facts are told, by their fields and standing.
var patterns = sync.OnceValue(func() map[string]guidance.Text {
	out := map[string]guidance.Text{}
	for f := range records(sentenceTable, 4) {
		out[f[0]+"/"+f[1]] = guidance.Text{JA: f[2], EN: f[3]}
	}
	return out
})

// companions are told in one sentence with the fact they go with, if both are known. A key of patterns has
// "?" where the companion is less sure.
func companions() map[Field]Field {
	return map[Field]Field{
		"noticed_at": "how_noticed", "outage": "outage_began", "began_at": "ended_at", "restored": "restored_at", "persons": "persons_max",
	}
}

// A teller puts facts into sentences.
type teller struct {
	Record
	lang phrase.Language
	past bool // what is over is told as over
}

// open says whether a fact may be told to the public now.
func (t teller) open(f Field) bool {
	q, ok := QuestionOf(f)
	return ok && q.Open && t.Fact(f).Hold == ""
}

// tell gives the sentence for a field; ok is false if there is nothing to say, or nothing that may be.
func (t teller) tell(f Field) (s Sentence, ok bool) {
	if f == "persons" && !t.known(f) {
		f = "persons_max"
	}
	fact := t.Fact(f)
	if f == "investigation" && fact.Standing == Investigating && t.helped() {
		return Sentence{}, false // who helps says that it goes on
	}
	if !t.open(f) || t.stale(f) || fact.Standing == NotLooked || fact.Standing == FoundNone && fact.Basis == "" {
		return Sentence{}, false
	}
	standing := t.worded(f)
	told, values := []Field{f}, []string{t.Words(fact, t.lang)}
	keys := []string{string(f)}
	if f == "attack_type" && fact.Value == "other" {
		keys = []string{"attack_type+other"} // "other" is a choice, and no word for readers
	}
	if other := companions()[f]; other != "" && t.open(other) {
		w, beside := t.Words(t.Fact(other), t.lang), t.Fact(other).Standing
		if w != "" && asserted(standing) && asserted(beside) {
			together := string(f) + "+" + string(other)
			if beside.rank() < standing.rank() {
				together += "?" // less sure than what it goes with, and told as that or not at all
			}
			keys, told, values = []string{together, string(f)}, append(told, other), append(values, w)
		}
	}
	pattern, used, ok := t.pattern(f, keys, standing)
	if used > 0 {
		told = told[:1]
	}
	text := pattern.In(t.lang)
	if !ok || strings.Contains(text, "{0}") && values[0] == "" || strings.Contains(text, "{basis}") && fact.Basis == "" {
		return Sentence{}, false
	}
	s = Sentence{Text: t.blanks(text, fact, values), Facts: told, Standing: standing}
	for _, other := range told[1:] {
		if standing := t.Fact(other).Standing; standing.rank() < s.Standing.rank() {
			s.Standing = standing
		}
	}
	return s, true
}

// pattern gives the wording of the first of some keys that has one, and which of them that was.
func (t teller) pattern(f Field, keys []string, s Standing) (pattern guidance.Text, used int, ok bool) {
	for n, key := range keys {
		if t.over(f) {
			if pattern, ok = patterns()[key+"+past/"+string(s)]; ok {
				return pattern, n, true
			}
		}
		if pattern, ok = patterns()[key+"/"+string(s)]; ok {
			return pattern, n, true
		}
	}
	return guidance.Text{}, 0, false
}

// worded gives the standing by which a fact is worded: what a leak concerns is no surer than the leak
// itself, so that those who are counted may be concerned, however well they were counted.
func (t teller) worded(f Field) Standing {
	own, leak := t.Fact(f).Standing, t.Fact("leak").Standing
	if own == Confirmed && (leak == Suspected || leak == Investigating) && (f == "data_items" || f == "whose" || f == "persons") {
		return Suspected
	}
	return own
}

func asserted(s Standing) bool { return s == Confirmed || s == Suspected }

// over says whether what a fact tells has ended.
func (t teller) over(f Field) bool {
	switch f {
	case "outage":
		return t.Fact("restored").Standing == Confirmed
	case "outside_help":
		return t.past || t.finished()
	}
	return false
}

// helped says whether the text tells that others help with an investigation that goes on.
func (t teller) helped() bool {
	f := t.Fact("outside_help")
	return t.open("outside_help") && f.Standing == Confirmed && f.Value != "" && !t.over("outside_help")
}

// finished says whether the investigation has ended.
func (r Record) finished() bool {
	f := r.Fact("finished")
	return f.Standing == Confirmed && f.Value == "yes" && f.Hold == ""
}

// blanks fills a pattern.
func (t teller) blanks(pattern string, fact Fact, values []string) string {
	self := t.self()
	us := self
	if t.lang == phrase.English && self == t.lang.Text("report.self") {
		us = t.lang.Text("report.self.us")
	}
	// Line feeds would end a sentence's line; lists are made of them before.
	args := []string{"{basis}", t.line(fact.basis(t.lang)), "{self}", self, "{Self}", capital(self), "{us}", us}
	for i, v := range values {
		args = append(args, "{"+string(rune('0'+i))+"}", t.line(v))
	}
	return strings.NewReplacer(args...).Replace(pattern)
}

// self is what the organisation calls itself in a text: 当社.
func (t teller) self() string {
	f := t.Fact("self")
	name := oneLine(f.Value)
	if t.lang == phrase.English {
		name = oneLine(f.English)
	}
	if name == "" || !t.open("self") {
		return t.lang.Text("report.self")
	}
	return name
}

// say puts a token into words.
func (t teller) say(token string) Sentence {
	return Sentence{Text: t.blanks(t.lang.Text(token), Fact{}, nil), Standing: Confirmed}
}

func capital(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	return string(s[0]-'a'+'A') + s[1:]
}

// line makes one line of a text; its own lines are read on as the language does.
func (t teller) line(s string) string {
	if t.lang == phrase.English {
		return oneLine(s)
	}
	return strings.Join(strings.FieldsFunc(s, isBreak), "")
}

func oneLine(s string) string { return strings.Join(strings.FieldsFunc(s, isBreak), " ") }

func isBreak(r rune) bool { return r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029' }
