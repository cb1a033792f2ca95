package report

import (
	"slices"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
)

// A Filing is a report made to a named office: the second door, beside parcels and publications. It is
// recorded once a person has sent it; wakachi sends nothing to an office.
type Filing struct {
	ID      string          `json:"-"`
	Form    FormID          `json:"form"`
	Stage   string          `json:"stage"`             // "first", "follow-up" or "final"
	Rules   []string        `json:"rules,omitempty"`   // the clocks it answers, as deadline.RuleID
	Office  string          `json:"office"`            // to whom
	Basis   string          `json:"basis"`             // the law, or "consent"
	Consent bool            `json:"consent,omitempty"` // to passing it on, where the form asks
	At      incident.Moment `json:"at"`                // when it was sent
	Channel string          `json:"channel"`           // web form, mail, by hand
	Number  string          `json:"number,omitempty"`  // the receipt
	Person  string          `json:"person,omitempty"`  // who took it
	Late    string          `json:"late,omitempty"`    // why it came after its deadline
	Answers []Answer        `json:"answers"`           // what was told, cell by cell

	By      string    `json:"-"`
	Written time.Time `json:"-"`
	Version int64     `json:"-"`
}

// Check says whether a filing can be kept: fault.Invalid for what lacks its office, basis, channel or
// time, or lies in the future.
func (f Filing) Check(now time.Time) error {
	for _, s := range []string{f.Office, f.Basis, f.Channel} {
		if strings.TrimSpace(s) == "" {
			return fault.New(fault.Invalid, "report.filing-lacks")
		}
	}
	if !slices.Contains(Stages(), f.Stage) {
		return fault.New(fault.Invalid, "report.filing-stage")
	}
	if f.At.IsZero() || f.At.At.After(now) {
		return fault.New(fault.Invalid, "report.filing-when")
	}
	return nil
}

// Stages lists the stages of reports to offices.
func Stages() []string { return []string{"first", "follow-up", "final"} }

// Deed gives a filing as a deed of the response.
func (f Filing) Deed() Deed {
	sort := AuthorityTold
	switch f.Form {
	case "police":
		sort = PoliceTold
	case "jpcert", "ipa":
		sort = SpecialistAsked
	}
	return Deed{ID: f.ID, Sort: sort, At: f.At, With: f.Office, Channel: f.Channel, Receipt: f.Number, Kept: true, By: f.By, Written: f.Written}
}
