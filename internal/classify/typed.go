package classify

import (
	"slices"
	"strings"

	"github.com/wakachi/wakachi/internal/indicator"
)

// typedRow reads a row of a table that has a column for the type of a value and one for
// the value, such as "mutex | qz-17f3": names of mutexes, services and the like have no
// shape by which they could be found in the cell alone.
func (r *reading) typedRow(d *dictionary) {
	kind, value := r.columnsOf(d)
	cells := r.cells()
	if kind < 0 && len(cells) >= 2 && r.tabular() && len(r.matches) == 0 {
		kind, value = 0, 1 // a list of "type | value" without a head
	}
	if kind >= 0 && value >= 0 {
		r.typedAt(d, kind, value)
	}
}

// typedAt reads a row whose columns for the type and the value are known.
func (r *reading) typedAt(d *dictionary, kind, value int) {
	if cells := r.cells(); kind < len(cells) {
		r.typedAs(d, cells[kind], value)
	}
}

// typedAs reads the value of a row as what a text names.
func (r *reading) typedAs(d *dictionary, name string, value int) {
	cells := r.cells()
	if value >= len(cells) {
		return
	}
	t, ok := d.typeNamed(name)
	text := strings.Trim(cells[value], "`\"'「」")
	start := strings.Index(r.Text, text)
	v, err := indicator.Parse(t, text)
	if !ok || err != nil || start < 0 {
		return
	}
	r.insert(indicator.Match{Value: v, Raw: text, Start: start, End: start + len(text), Confidence: 90})
}

// typedTables reads the rows of tables whose heads name no column for types: one whose cells mostly name types is it.
func typedTables(lines []*reading, d *dictionary) {
	for from := 0; from < len(lines); {
		to := from
		for to < len(lines) && lines[to].header != nil {
			to++
		}
		if to > from {
			typedTable(lines[from:to], d)
		}
		from = to + 1
	}
}

func typedTable(rows []*reading, d *dictionary) {
	named, value := rows[0].columnsOf(d)
	if named >= 0 {
		return // each row was read as it came
	}
	kind, most := -1, 1
	for column := range min(len(rows[0].header), 8) {
		count := 0
		for _, r := range rows {
			if cells := r.cells(); column < len(cells) {
				if _, ok := d.typeNamed(cells[column]); ok {
					count++
				}
			}
		}
		if count > most && 3*count >= len(rows) {
			kind, most = column, count
		}
	}
	if value < 0 && kind == 0 {
		value = 1
	}
	for _, r := range rows {
		switch {
		case kind >= 0 && kind != value:
			r.typedAt(d, kind, max(value, 0))
		case kind < 0 && value >= 0:
			r.typedByRemark(d, value)
		}
	}
}

// typedByRemark reads a row whose value's type stands at the beginning of another cell: "service, ImagePath C:\…", or is
// that cell, if the value is nothing that is found by its looks.
func (r *reading) typedByRemark(d *dictionary, value int) {
	for i, cell := range r.cells() {
		first, _, more := strings.Cut(strings.NewReplacer("、", ",", "：", ",", ": ", ",", "; ", ",").Replace(strings.Trim(cell, `"' `)), ",")
		if _, ok := d.typeNamed(first); ok && i != value && (more || len(strings.Fields(first)) > 1 || len(r.matches) == 0) {
			r.typedAs(d, first, value)
			return
		}
	}
}

// typed says whether a line is a row of a list of indicators: with one column for the type of a value and one for it.
func (r *reading) typed() bool {
	kind, value := r.columnsOf(words())
	return kind >= 0 && value >= 0
}

// typeNamed gives the type a cell names: "mutex", "User agent of the implant", 「検体の User-Agent」.
func (d *dictionary) typeNamed(cell string) (indicator.Type, bool) {
	cell = strings.ToLower(cell)
	first, _, _ := strings.Cut(cell, " of ")
	plain, _, _ := strings.Cut(strings.ReplaceAll(cell, "（", "("), "(")
	for _, text := range []string{cell, first, strings.TrimSpace(plain), strings.TrimSpace(afterLast(cell, "の"))} {
		if t, ok := d.listed["type-word"][text]; ok {
			return indicator.Type(t), true
		}
	}
	return "", false
}

func afterLast(s, sep string) string {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[i+len(sep):]
	}
	return s
}

// columnsOf gives the numbers of the columns for type and value, -1 where there is none.
func (r *reading) columnsOf(d *dictionary) (kind, value int) {
	kind, value = -1, -1
	for i, h := range r.header {
		switch column := d.listed["column"][strings.ToLower(h)]; {
		case column == "type":
			kind = i
		case column == "value", strings.Contains(h, "値") && value < 0:
			value = i
		}
	}
	return kind, value
}

// insert puts a match in its place and drops those it replaces: what was read from another
// cell under the same label, and what was found inside the value.
func (r *reading) insert(m indicator.Match) {
	var out []indicator.Match
	for _, old := range r.matches {
		sameLabel := old.Type == m.Type && old.Hash == m.Hash
		inside := old.Start >= m.Start && old.End <= m.End && m.Type != indicator.File
		if !sameLabel && !inside {
			out = append(out, old)
		}
	}
	out = append(out, m)
	slices.SortStableFunc(out, func(a, b indicator.Match) int { return a.Start - b.Start })
	r.matches = out
}
