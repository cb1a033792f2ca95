package report

import (
	"time"

	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/phrase"
)

// A Field names a question that others will ask of an incident, such as "persons" or "cause".
// Fields lists them.
type Field string

// A Fact is what the organisation says to one question: the one place from which every draft, form
// and report takes it. It is for inside until a filing or a publication was approved.
type Fact struct {
	Field    Field             `json:"field"`
	Standing Standing          `json:"standing,omitempty"`
	Value    string            `json:"value,omitempty"`   // as the field's sort has it; see Sort
	Basis    string            `json:"basis,omitempty"`   // of FoundNone what was looked at; else how it is known
	Changed  string            `json:"changed,omitempty"` // why it is not what was said before, for those who read that
	Rests    []incident.ItemID `json:"rests,omitempty"`   // the items it was taken from
	Hold     string            `json:"hold,omitempty"`    // why it must not be made public yet: 捜査に支障; empty for none

	// The same for readers of English; empty: they are given the Japanese. English is only for text.
	English        string `json:"english,omitempty"`
	BasisEnglish   string `json:"basis_english,omitempty"`
	ChangedEnglish string `json:"changed_english,omitempty"`

	By      string    `json:"-"`
	At      time.Time `json:"-"` // when it was said
	Version int64     `json:"-"` // as of an incident.Item
}

// basis is Basis for readers of a language.
func (f Fact) basis(l phrase.Language) string { return inEnglish(l, f.BasisEnglish, f.Basis) }

// changed is Changed for readers of a language.
func (f Fact) changed(l phrase.Language) string { return inEnglish(l, f.ChangedEnglish, f.Changed) }

// inEnglish is the English of a text for readers of English, if there is any.
func inEnglish(l phrase.Language, english, text string) string {
	if l == phrase.English && english != "" {
		return english
	}
	return text
}

// A Standing says how sure an organisation is of a fact.
type Standing string

// The standings. NotLooked is the zero Standing: nobody has said anything, which is no denial.
// FoundNone takes somebody who looked, and says at what.
const (
	NotLooked     Standing = ""              // 未確認（まだ調べていない）
	Investigating Standing = "investigating" // 調査中
	Suspected     Standing = "suspected"     // おそれ・可能性
	Confirmed     Standing = "confirmed"     // 確認済み
	FoundNone     Standing = "found-none"    // 調べた範囲では確認されなかった
)

// Standings lists them in the order in which a page shows them.
func Standings() []Standing {
	return []Standing{NotLooked, Investigating, Suspected, Confirmed, FoundNone}
}

// rank orders standings by how sure they are, the least first.
func (s Standing) rank() int {
	switch s {
	case Confirmed, FoundNone:
		return 3
	case Suspected:
		return 2
	case Investigating:
		return 1
	}
	return 0
}
