package guidance

import "slices"

// A SheetName says which of the two decisions a check sheet is for.
type SheetName string

// The tokens are those of the flows.
const (
	Sharing     SheetName = "sharing"
	Publication SheetName = "publication"
)

// A Row is one line of the simplified list: a kind and its sign.
type Row struct {
	Kind Token      `json:"kind"`
	Name Text       `json:"name"`
	Tier Tier       `json:"tier"`
	Sign Sign       `json:"sign"`
	From Provenance `json:"from"` // of the sign
}

// A Step is one box to tick.
type Step struct {
	Token Token `json:"token"` // unique within its sheet
	Statement
	Record Token `json:"record,omitempty"` // the fact of the record that ticks it, one of Records; empty: only a person can
}

// A CheckSheet is the simplified list and the longer list of steps for one decision.
type CheckSheet struct {
	Name   SheetName `json:"name"`
	Timing Statement `json:"timing"` // the list's line on when
	Rows   []Row     `json:"rows"`   // all twelve kinds
	Steps  []Step    `json:"steps"`  // in the order of work
}

// Sheet gives the check sheet for one decision. An unknown name has no rows and no steps.
//
// The simplified list is the overview's; the guidance's own long sheet was not read, so the
// steps are the overview's points, memory and our rulings, each marked.
func Sheet(name SheetName) CheckSheet {
	if name != Sharing && name != Publication {
		return CheckSheet{Name: name}
	}
	sheet := CheckSheet{Name: name, Timing: timing(name), Steps: slices.Clone(tables().steps[name])}
	for _, k := range tables().kinds {
		row := Row{Kind: k.Token, Name: k.Name, Tier: k.Tier, Sign: k.Share, From: k.ShareFrom}
		if name == Publication {
			row.Sign, row.From = k.Publish, k.PublishFrom
		}
		sheet.Rows = append(sheet.Rows, row)
	}
	return sheet
}

func timing(name SheetName) Statement {
	from := provenance(Seed, "overview", tables().sources)
	if name == Sharing {
		return Statement{Text{"できるだけ早い時期", "as early as possible"}, from}
	}
	return Statement{Text{
		"状況による。二次被害のおそれなどがあり、注意喚起の速報が必要なときは直ちに",
		"case by case; at once where a prompt warning is needed, as when secondary damage threatens",
	}, from}
}

// Records lists every record a step may be ticked by, sorted.
func Records() []Token {
	var out []Token
	for _, steps := range tables().steps {
		for _, s := range steps {
			if s.Record != "" {
				out = append(out, s.Record)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
