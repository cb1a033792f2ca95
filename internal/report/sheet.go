package report

import (
	"encoding/json"

	"github.com/wakachi/wakachi/internal/phrase"
)

// Document gives a filling as a document: what it is and under what, then a table of number, question, answer
// and how sure it is, then where its questions are from. The language should be that in which it was filled.
// It is a draft: its Label says so.
func (f Filling) Document(l phrase.Language) Document {
	d := Document{
		Language: l, Title: l.Text("report.form.title", f.Form.Title.In(l), f.stageName(l)),
		From: f.From, Date: f.Date, To: f.Form.To.In(l), Label: l.Text("report.label.draft"),
	}
	intro := []Block{{Sort: Paragraph, Sentences: []Sentence{{Text: l.Text("report.form.basis", f.Form.Basis.In(l))}}}}
	if note := f.Form.Note.In(l); note != "" {
		intro = append(intro, Block{Sort: Paragraph, Sentences: []Sentence{{Text: l.Text("report.form.note", note)}}})
	}
	table := Table{}
	for _, h := range []string{"number", "question", "answer", "standing"} {
		table.Head = append(table.Head, l.Text("report.form.head-"+h))
	}
	for _, a := range f.Answers {
		value, mark := a.Value, ""
		switch {
		case a.Missing:
			value, mark = l.Text("report.form.missing"), l.Text("report.form.mark-missing")
		case a.Stand != NotLooked && a.Value != "":
			mark = l.Text("report.form.mark-" + string(a.Stand))
		}
		table.Rows = append(table.Rows, []Cell{{Text: a.Number}, {Text: a.Label}, {Text: value, Facts: a.Facts}, {Text: mark, Facts: a.Facts}})
	}
	d.Blocks = append(intro, Block{Sort: Grid, Table: table})
	var after []Sentence
	if f.Form.Verify {
		after = append(after, Sentence{Text: l.Text("report.form.ours")})
	}
	after = append(after, Sentence{Text: l.Text("report.form.source", f.Form.Source)})
	d.Blocks = append(d.Blocks, Block{Sort: Paragraph, Sentences: after})
	return d
}

// stageName names the stage as the form's office does.
func (f Filling) stageName(l phrase.Language) string {
	return (&filler{lang: l, form: f.Form, stage: f.Stage}).stageWords()
}

// MarshalJSON gives what an office may be handed, and no more: {"form": "ppc", "stage": "first", "date": …,
// "answers": [{"key", "number", "label", "value", "facts", "standing", "missing"}]}. Keys of answers are
// stable, their order is the form's, and answers is never null. Concerns are for those who fill it.
func (f Filling) MarshalJSON() ([]byte, error) {
	answers := f.Answers
	if answers == nil {
		answers = []Answer{}
	}
	return json.Marshal(struct {
		Form    FormID   `json:"form"`
		Stage   string   `json:"stage"`
		From    string   `json:"from,omitempty"`
		Date    string   `json:"date,omitempty"`
		Answers []Answer `json:"answers"`
	}{f.Form.ID, f.Stage, f.From, f.Date, answers})
}
