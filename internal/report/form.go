package report

import (
	"github.com/wakachi/wakachi/internal/guidance"
)

// A FormID names a form: "common.ransomware", "ppc", "act42", "jpcert", "ipa", "police", "ministry".
type FormID string

// A Form is what an office asks for. It is data, with its source; its layout is ours.
type Form struct {
	ID     FormID
	Title  guidance.Text
	To     guidance.Text // the office
	Basis  guidance.Text // the law, or that it is voluntary
	Rules  []string      // the clocks it may answer, as deadline.RuleID; of a common form only those of the office it went to
	Source string        // where its questions are from: addresses, parted by spaces
	Verify bool          // nobody has held it against the official sheet yet
	Note   guidance.Text // what to know before it is sent; both languages or neither
	Cells  []FormCell
}

// A FormCell is one question of a form.
type FormCell struct {
	Key     string        // "persons"; unique in its form, and stable: cell maps name it
	Number  string        // as the office numbers it: "3", "2-1"; may be empty
	Label   guidance.Text //
	Facts   []Field       // what answers it, in order; all but the first are told with their labels
	Derived string        // "course", "indicators", "contacts": what the record shows by itself, told after the facts; see derive.go
	Needed  string        // "first": in the first report already; "final": by the last one; "" if the office does not insist
}

// A Filling is a form filled from a Record.
type Filling struct {
	Form     Form
	Stage    string   // "first", "follow-up" or "final"
	From     string   // the organisation, as it signs; may be empty
	Date     string   // as printed: 2026年11月23日
	Answers  []Answer // one for each cell of the form, in its order
	Concerns []Concern
}

// An Answer is one filled cell.
type Answer struct {
	Key     string   `json:"key"`
	Number  string   `json:"number,omitempty"`
	Label   string   `json:"label"`
	Value   string   `json:"value"` // may hold line feeds; empty if nothing is known
	Facts   []Field  `json:"facts,omitempty"`
	Stand   Standing `json:"standing,omitempty"` // the least sure of them
	Missing bool     `json:"missing,omitempty"`  // asked for at this stage, and nothing is known
}

// A Concern is something a person must look at before a document or a filing leaves.
type Concern struct {
	Code   string // token of package phrase, such as "report.concern.withdrawn"
	Args   []string
	Blocks bool   // it cannot be approved like this
	Text   string // the words it is about, if it is about some
}
