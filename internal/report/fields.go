package report

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"github.com/wakachi/wakachi/internal/guidance"
)

// A Sort says what the value of a fact is.
type Sort string

// The sorts.
const (
	Line   Sort = "line"   // one line of text
	Prose  Sort = "text"   // whole sentences; may have several lines
	Number Sort = "number" // of persons and the like: digits only, "1874"
	Time   Sort = "time"   // as incident.Moment writes it
	Choice Sort = "choice" // one token of Question.Choices
	YesNo  Sort = "yes-no" // "yes" or "no"
)

// A Question is what a Field stands for.
type Question struct {
	Field   Field
	Section string // token: "event", "data"; words in package phrase as "report.section." + it
	Sort    Sort
	Choices []string // of a Choice; words in package phrase as "report.choice." + it
	Open    bool     // may stand in publications; else for offices only
	Label   guidance.Text
	Ask     guidance.Text // what to write; "-" for nothing more
}

//go:embed data/fields.tsv
var fieldTable string

var questions = sync.OnceValue(func() []Question {
	var out []Question
	for f := range records(fieldTable, 9) {
		q := Question{
			Field: Field(f[0]), Section: f[1], Sort: Sort(f[2]), Open: f[4] == "open",
			Label: guidance.Text{JA: f[5], EN: f[6]}, Ask: guidance.Text{JA: f[7], EN: f[8]},
		}
		if f[3] != "-" {
			q.Choices = strings.Split(f[3], ",")
		}
		out = append(out, q)
	}
	return out
})

// Questions lists every field there is, in the order in which a page asks for them.
func Questions() []Question {
	out := slices.Clone(questions())
	for i := range out {
		out[i].Choices = slices.Clone(out[i].Choices)
	}
	return out
}

// QuestionOf looks up a field.
func QuestionOf(f Field) (Question, bool) {
	for _, q := range questions() {
		if q.Field == f {
			q.Choices = slices.Clone(q.Choices)
			return q, true
		}
	}
	return Question{}, false
}

// records yields the lines of a table that have as many columns as they must; the tests hold every
// table to that.
func records(table string, columns int) func(yield func([]string) bool) {
	return func(yield func([]string) bool) {
		for line := range strings.Lines(table) {
			line = strings.TrimRight(line, "\n")
			if line == "" || line[0] == '#' {
				continue
			}
			if f := strings.Split(line, "\t"); len(f) == columns && !yield(f) {
				return
			}
		}
	}
}
