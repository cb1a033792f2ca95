package classify

import (
	"strings"

	"github.com/wakachi/wakachi/internal/indicator"
)

// typedRow reads a row of a table that has a column for the type of a value and one for
// the value, such as "mutex | qz-17f3": names of mutexes, services and the like have no
// shape by which they could be found in the cell alone.
func (r *reading) typedRow(d *dictionary) {
	if r.header == nil {
		return
	}
	kind, value := -1, -1
	for i, h := range r.header {
		switch d.listed["column"][strings.ToLower(h)] {
		case "type":
			kind = i
		case "value":
			value = i
		}
	}
	cells := r.cells()
	if kind < 0 || value < 0 || max(kind, value) >= len(cells) {
		return
	}
	t, ok := d.listed["type-word"][strings.ToLower(cells[kind])]
	v, err := indicator.Parse(indicator.Type(t), strings.Trim(cells[value], "`\"'「」"))
	if !ok || err != nil {
		return
	}
	start := strings.Index(r.Text, strings.Trim(cells[value], "`\"'「」"))
	if start < 0 {
		return
	}
	m := indicator.Match{Value: v, Start: start, End: start + len(strings.Trim(cells[value], "`\"'「」")), Confidence: 90}
	m.Raw = r.Text[m.Start:m.End]
	keep := []indicator.Match{}
	for _, old := range r.matches {
		if old.Type == v.Type && old.Hash == v.Hash || old.Start >= m.Start && old.End <= m.End && v.Type != indicator.File {
			continue // what was read from another cell under that label, or inside the value
		}
		keep = append(keep, old)
	}
	at := 0
	for at < len(keep) && keep[at].Start <= m.Start {
		at++
	}
	r.matches = append(keep[:at:at], append([]indicator.Match{m}, keep[at:]...)...)
}
