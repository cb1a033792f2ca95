package parcel

import (
	"time"

	"github.com/wakachi/wakachi/internal/tlp"
)

// A Letter is what a sender says to the receivers beside the facts: sentences a person
// wrote for them and another confirmed. Package exchange has each looked through by the
// gate. The zero Letter says nothing and permits the least.
type Letter struct {
	Ask        string    `json:"ask,omitempty"`        // what the sender would like to know: 確認依頼
	AskDue     time.Time `json:"ask_due,omitzero"`     // by when; a date, zero if not said
	Conditions string    `json:"conditions,omitempty"` // beyond the label: 「自動転送しない」
	Until      time.Time `json:"until,omitzero"`       // the facts are not to be used after it; a date
	PAP        tlp.PAP   `json:"pap"`
}

// A Sheet is a parcel in the form people read: the facts in their order and the letter, as
// tokens and values. It is a pure function of what was cleared.
type Sheet struct {
	Label tlp.Label `json:"label"`
	Letter
	Lines []Line `json:"lines"`
}

// A Line is one fact of a Sheet.
type Line struct {
	Sort      string   `json:"sort"`           // "indicator", "vulnerability", "technique", "malware"
	Type      string   `json:"type,omitempty"` // of an indicator
	Hash      string   `json:"hash,omitempty"` // of a file given by its digest
	Value     string   `json:"value,omitempty"`
	Name      string   `json:"name,omitempty"` // of a technique, as ATT&CK has it
	Like      []string `json:"like,omitempty"` // fixed pieces of a pattern, in order
	Port      uint16   `json:"port,omitempty"`
	Role      string   `json:"role,omitempty"`
	Family    string   `json:"family,omitempty"`
	First     string   `json:"first,omitempty"`
	Last      string   `json:"last,omitempty"`
	Suspected bool     `json:"suspected,omitempty"`
	Group     int      `json:"group,omitempty"` // equal and not 0 for lines that describe one file
}

var sortNames = map[Sort]string{Indicator: "indicator", Vulnerability: "vulnerability", Technique: "technique", Malware: "malware"}

// Lay writes what was cleared as a sheet.
func Lay(c Cleared, l Letter) Sheet {
	s := Sheet{Label: c.Label(), Letter: l}
	for _, f := range c.Facts() {
		s.Lines = append(s.Lines, Line{
			Sort: sortNames[f.Sort], Type: string(f.Value.Type), Hash: string(f.Value.Hash), Value: f.Value.Value, Like: f.Like,
			Port: f.Port, Role: string(f.Role), Family: f.Family, First: f.First, Last: f.Last, Suspected: f.Suspected, Group: f.Group,
		})
	}
	return s
}

// Earliest gives the first date any line has, "2026-05-11"; empty if none has one.
func (s Sheet) Earliest() string {
	first := ""
	for _, l := range s.Lines {
		if l.First != "" && (first == "" || l.First < first) {
			first = l.First
		}
	}
	return first
}
