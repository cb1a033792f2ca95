package guidance

import (
	"embed"
	"strconv"
	"strings"
	"sync"
)

//go:embed data/*.tsv
var files embed.FS

// rows gives the lines of a table that have as many cells as it has columns. A test holds
// that no line has another number.
func rows(name string, columns int) [][]string {
	data, err := files.ReadFile("data/" + name)
	if err != nil {
		return nil
	}
	var out [][]string
	for line := range strings.Lines(string(data)) {
		line = strings.TrimRight(line, "\r\n")
		if cells := strings.Split(line, "\t"); !strings.HasPrefix(line, "#") && len(cells) == columns {
			out = append(out, cells)
		}
	}
	return out
}

type library struct {
	sources     map[string]Source
	sourceKeys  []string
	points      []Point
	kinds       []Kind
	questions   []Question
	steps       map[SheetName][]Step
	explanation []Section
}

var tables = sync.OnceValue(func() *library {
	l := &library{sources: map[string]Source{}}
	for _, r := range rows("sources.tsv", 5) {
		s := Source{Key: r[0], Title: Text{r[1], r[2]}, Address: r[3], Read: r[4]}
		if s.Address == "-" {
			s.Address = ""
		}
		l.sources[s.Key], l.sourceKeys = s, append(l.sourceKeys, s.Key)
	}
	for _, r := range rows("points.tsv", 5) {
		l.points = append(l.points, Point{r[0], l.statement(r[1], r[2], r[3], r[4])})
	}
	l.readKinds()
	l.readQuestions()
	l.readSteps()
	l.readExplanation()
	return l
})

func (l *library) statement(ja, en, mark, source string) Statement {
	return Statement{Text{ja, en}, provenance(Mark(mark), source, l.sources)}
}

// provenance: only what the overview itself states, and what is ours to rule, needs no one
// to look it up.
func provenance(m Mark, source string, known map[string]Source) Provenance {
	return Provenance{Mark: m, Source: source, Read: known[source].Read, Verify: m == Found || m == Recall}
}

// usual is the provenance of a cell whose table names no source: each mark has one there.
func (l *library) usual(mark string) Provenance {
	source := map[Mark]string{Seed: "overview", Recall: "guidance", Design: "ours"}[Mark(mark)]
	return provenance(Mark(mark), source, l.sources)
}

func (l *library) readKinds() {
	for _, r := range rows("kinds.tsv", 16) {
		l.kinds = append(l.kinds, Kind{
			Token: Token(r[0]), Name: Text{r[1], r[2]}, NameFrom: l.usual(r[3]),
			Tier: Tier(r[4]), TierFrom: l.usual(r[5]),
			Share: Sign(r[6]), ShareFrom: l.usual(r[7]),
			Publish: Sign(r[8]), PublishFrom: l.usual(r[9]),
			Found: Statement{Text{r[10], r[11]}, l.usual(r[12])},
			First: Statement{Text{r[13], r[14]}, l.usual(r[15])},
		})
	}
}

func (l *library) readQuestions() {
	answers := map[string][]Statement{}
	for _, r := range rows("answers.tsv", 5) {
		answers[r[0]] = append(answers[r[0]], l.statement(r[1], r[2], r[3], r[4]))
	}
	for _, r := range rows("questions.tsv", 5) {
		n, _ := strconv.Atoi(r[0])
		q := Question{Number: n, Topic: Topic(r[1]), Title: Text{r[2], r[3]}, TitleFrom: l.usual(string(Seed)), Answer: answers[r[0]]}
		for place := range strings.SplitSeq(r[4], ",") {
			q.Applies = append(q.Applies, Token(place))
		}
		l.questions = append(l.questions, q)
	}
}

func (l *library) readSteps() {
	l.steps = map[SheetName][]Step{}
	for _, r := range rows("steps.tsv", 7) {
		s := Step{Token: Token(r[1]), Record: Token(r[2]), Statement: l.statement(r[3], r[4], r[5], r[6])}
		if s.Record == "-" {
			s.Record = ""
		}
		l.steps[SheetName(r[0])] = append(l.steps[SheetName(r[0])], s)
	}
}

func (l *library) readExplanation() {
	for _, r := range rows("explanation.tsv", 7) {
		last := len(l.explanation) - 1
		if last < 0 || l.explanation[last].ID != Token(r[0]) {
			l.explanation = append(l.explanation, Section{ID: Token(r[0]), Title: Text{r[1], r[2]}})
			last++
		}
		l.explanation[last].Body = append(l.explanation[last].Body, l.statement(r[3], r[4], r[5], r[6]))
	}
}
