package report

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"github.com/wakachi/wakachi/internal/guidance"
)

// The tables of forms: data/forms.tsv has a line for each, data/cells.tsv one for each of its questions.
var (
	//go:embed data/forms.tsv
	formTable string

	//go:embed data/cells.tsv
	cellTable string
)

var forms = sync.OnceValue(func() []Form {
	cells := map[FormID][]FormCell{}
	for f := range records(cellTable, 8) {
		c := FormCell{Key: f[1], Number: blank(f[2]), Facts: fieldList(f[5]), Derived: blank(f[6]), Needed: blank(f[7])}
		if c.Label = textOf(f[3], f[4]); c.Label.JA == "" && len(c.Facts) > 0 {
			q, _ := QuestionOf(c.Facts[0])
			c.Label = q.Label
		}
		cells[FormID(f[0])] = append(cells[FormID(f[0])], c)
	}
	var out []Form
	for f := range records(formTable, 11) {
		form := Form{
			ID: FormID(f[0]), Title: textOf(f[1], f[2]), To: textOf(f[3], f[4]), Basis: textOf(f[5], f[6]),
			Source: f[8], Verify: true, Note: textOf(f[9], f[10]), Cells: cells[FormID(f[0])],
		}
		if f[7] != "-" {
			form.Rules = strings.Split(f[7], ",")
		}
		out = append(out, form)
	}
	return out
})

// Forms lists every form there is, the common ones first. Those of finance are the common ones. Each is made
// from the items that articles and the offices' own pages name, in a layout of ours: none is the official
// sheet, and each asks to be verified.
//
// SPEC: report data, nine items of ppc and seven of act42.
func Forms() []Form {
	out := slices.Clone(forms())
	for i := range out {
		out[i] = out[i].clone()
	}
	return out
}

// FormOf looks up a form.
func FormOf(id FormID) (Form, bool) {
	for _, f := range forms() {
		if f.ID == id {
			return f.clone(), true
		}
	}
	return Form{}, false
}

// clone lets a caller change what it was given.
func (f Form) clone() Form {
	f.Rules, f.Cells = slices.Clone(f.Rules), slices.Clone(f.Cells)
	for i := range f.Cells {
		f.Cells[i].Facts = slices.Clone(f.Cells[i].Facts)
	}
	return f
}

// asks says whether a form asks one of some fields.
func (f Form) asks(fields ...Field) bool {
	return slices.ContainsFunc(f.Cells, func(c FormCell) bool {
		return slices.ContainsFunc(c.Facts, func(x Field) bool { return slices.Contains(fields, x) })
	})
}

// Suited lists the forms that suit an incident: the common form of its sort of attack, those of the regimes
// declared to be in scope ("jp.appi"), and those of JPCERT/CC, IPA and the police, whom anybody may ask. A sort
// of attack that nobody has named yet has the common form for others.
func Suited(r Record, declared []string) []FormID {
	common := FormID("common.other")
	if kind := r.Fact("attack_type"); kind.Standing == Confirmed || kind.Standing == Suspected {
		switch kind.Value {
		case "ransomware":
			common = "common.ransomware"
		case "ddos":
			common = "common.ddos"
		}
	}
	out := []FormID{common}
	for _, s := range []struct {
		regime string
		form   FormID
	}{
		{"jp.appi", "ppc"}, {"jp.mynumber", "mynumber"}, {"jp.act42", "act42"}, {"jp.telecom", "telecom"},
		{"jp.medical", "medical"}, {"jp.power", "ministry"},
	} {
		if slices.Contains(declared, s.regime) {
			out = append(out, s.form)
		}
	}
	if f := r.Fact("critical_operator"); f.Value == "yes" && (f.Standing == Confirmed || f.Standing == Suspected) && !slices.Contains(out, "ministry") {
		out = append(out, "ministry")
	}
	return append(out, "jpcert", "ipa", "police")
}

// blank undoes the "-" of an empty column.
func blank(column string) string {
	if column == "-" {
		return ""
	}
	return column
}

func textOf(ja, en string) guidance.Text { return guidance.Text{JA: blank(ja), EN: blank(en)} }

func fieldList(column string) []Field {
	if column == "-" {
		return nil
	}
	return fieldsOf(column)
}
