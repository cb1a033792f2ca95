package render

import (
	"archive/zip"
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/report"
)

// Fill writes the answers of a form into an office's own sheet, .xlsx, and gives the whole of it. Nothing but the
// named cells changes: every other byte of every part stays, and so do the styles of the cells. Formulas, if there
// are any, are marked to be worked out anew when the book is opened.
//
// A sheet with macros, ActiveX, links to elsewhere, formulas that reach outside or embedded files is refused, as are
// cells that hold formulas or are hidden in a merged one. It takes time and memory in proportion to the template,
// which is bounded: about 200 MB at the most.
//
// SPEC: ECMA-376 Part 1 §18 (SpreadsheetML), Part 2 (packages)
func Fill(name string, template []byte, m CellMap, f report.Filling) ([]byte, error) {
	if m.Form != f.Form.ID {
		return nil, fault.New(fault.Invalid, "render.map.form", string(m.Form))
	}
	p, err := openBook(name, template)
	if err != nil {
		return nil, err
	}
	if err := p.inspect(); err != nil {
		return nil, err
	}
	edits, err := p.edits(m, f)
	if err != nil {
		return nil, err
	}
	changed := map[string][]byte{}
	for part, cells := range edits {
		data, err := p.read(part)
		if err != nil {
			return nil, err
		}
		if changed[part], err = writeCells(name, data, cells); err != nil {
			return nil, err
		}
	}
	if p.formulas {
		data, err := p.read(p.workbook)
		if err != nil {
			return nil, err
		}
		if changed[p.workbook], err = workedOutAnew(name, data); err != nil {
			return nil, err
		}
	}
	return p.with(changed)
}

// An edit is a text for a cell.
type edit struct {
	row, column int
	cell, text  string
}

// edits says what is written where, by part, in the order of the cells. Where several entries of one question speak
// of a cell, the one that applies counts.
func (p *book) edits(m CellMap, f report.Filling) (map[string][]edit, error) {
	answers := map[string]string{}
	for _, a := range f.Answers {
		answers[a.Key] = a.Value
	}
	out := map[string][]edit{}
	for _, c := range m.Cells {
		part, ok := p.sheets[strings.ToLower(c.Sheet)]
		if !ok {
			return nil, fault.New(fault.Invalid, "render.map.sheet", c.Sheet)
		}
		column, row, err := excelize.CellNameToCoordinates(c.Cell)
		if err != nil {
			return nil, fault.Wrap(err, fault.Internal, "render.write")
		}
		text := answers[c.Key]
		if c.Is != "" {
			if text != c.Is {
				continue
			}
			text = c.Write
		}
		out[part] = append(out[part], edit{row, column, c.Cell, cellText(text)})
	}
	for part, cells := range out {
		slices.SortStableFunc(cells, func(a, b edit) int { return cmp.Or(a.row-b.row, a.column-b.column) })
		for i := 1; i < len(cells); i++ {
			if cells[i].row == cells[i-1].row && cells[i].column == cells[i-1].column {
				cells[i-1] = cells[i]
				cells = slices.Delete(cells, i, i+1)
				i--
			}
		}
		out[part] = cells
	}
	return out, nil
}

// with gives the package anew. What is not changed is copied as it is packed.
func (p *book) with(changed map[string][]byte) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, f := range p.zip.File {
		data, ok := changed[key(f.Name)]
		if !ok {
			if err := z.Copy(f); err != nil {
				return nil, fault.Wrap(err, fault.Invalid, "render.template.broken", p.name)
			}
			continue
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: f.Modified})
		if err == nil {
			_, err = w.Write(data)
		}
		if err != nil {
			return nil, fault.Wrap(err, fault.Internal, "render.write")
		}
	}
	if err := z.Close(); err != nil {
		return nil, fault.Wrap(err, fault.Internal, "render.write")
	}
	return out.Bytes(), nil
}
