package render

import (
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/report"
)

// Limits of a cell map.
const (
	maxMap      = 64 << 10
	maxMapCells = 2000 // a form has some sixty questions, each with a few boxes to tick
)

// A CellMap says which cell of an office's own sheet holds which answer. It is made by whoever has that sheet
// in hand, once for each edition of it.
type CellMap struct {
	Name  string        // of the file, for errors
	Form  report.FormID // whose keys it uses
	Sheet string        // where cells stand that name none
	Cells []MappedCell
}

// A MappedCell is one cell to be written.
type MappedCell struct {
	Key   string // of the answer
	Sheet string
	Cell  string // "C12"
	Is    string // if not empty, Write is written where the answer is this, else nothing
	Write string // such as "☑"
}

// ReadCellMap reads a cell map, YAML or JSON, without anchors, aliases and tags:
//
//	form: ppc
//	sheet: 様式
//	cells:
//	  persons: C12
//	  cause: 別紙!B4
//	  stage: [{cell: D3, is: 速報, write: ☑}, {cell: D4, is: 確報, write: ☑}]
//
// Several answers never share a cell. Errors are *fault.Error of kind Invalid or TooLarge and name the line.
func ReadCellMap(name string, r io.Reader) (CellMap, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxMap+1))
	switch {
	case err != nil:
		return CellMap{}, fault.Wrap(err, fault.Unavailable, "render.map.broken", name, "1")
	case len(data) > maxMap:
		return CellMap{}, fault.New(fault.TooLarge, "render.map.large", name)
	}
	top, err := parseMap(name, data)
	if err != nil {
		return CellMap{}, err
	}
	fields, err := top.fields()
	if err != nil {
		return CellMap{}, err
	}
	m := CellMap{Name: name}
	at := map[string]node{"form": top}
	for _, f := range fields {
		if !slices.Contains([]string{"form", "sheet", "cells"}, f.name) {
			return CellMap{}, f.key.fail("render.map.unknown", brief(f.name))
		}
		at[f.name] = f.value
	}
	id, _ := at["form"].word()
	m.Form = report.FormID(id)
	form, ok := report.FormOf(m.Form)
	if !ok {
		return CellMap{}, at["form"].fail("render.map.key", brief(id), "")
	}
	m.Sheet, _ = at["sheet"].word()
	if err := m.read(at["cells"], form); err != nil {
		return CellMap{}, err
	}
	return m, nil
}

// read reads the cells, none of which two answers may share.
func (m *CellMap) read(cells node, form report.Form) error {
	if cells.empty() {
		return nil
	}
	keys, err := cells.fields()
	if err != nil {
		return err
	}
	taken := map[string]MappedCell{}
	for _, f := range keys {
		if !slices.ContainsFunc(form.Cells, func(c report.FormCell) bool { return c.Key == f.name }) {
			return f.key.fail("render.map.key", string(form.ID), brief(f.name))
		}
		mapped, err := m.mapped(f.name, f.value)
		if err != nil {
			return err
		}
		for _, c := range mapped {
			place := strings.ToLower(c.Sheet) + "!" + c.Cell
			if before, ok := taken[place]; ok && (before.Key != c.Key || before.Is == c.Is) {
				return f.key.fail("render.map.twice", c.Cell)
			}
			taken[place] = c
		}
		if m.Cells = append(m.Cells, mapped...); len(m.Cells) > maxMapCells {
			return fault.New(fault.TooLarge, "render.map.large", m.Name)
		}
	}
	return nil
}

// mapped reads what stands behind a key: a cell, or a list of cells with what is written for which answer.
func (m *CellMap) mapped(key string, value node) ([]MappedCell, error) {
	if text, ok := value.word(); ok {
		c, err := m.cell(value, text)
		c.Key = key
		return []MappedCell{c}, err
	}
	list, ok := value.items()
	if !ok {
		return nil, value.fail("render.map.cell", key)
	}
	var out []MappedCell
	for _, x := range list {
		fields, err := x.fields()
		if err != nil {
			return nil, err
		}
		said := map[string]string{}
		for _, f := range fields {
			said[f.name], _ = f.value.word()
		}
		if len(said) != 3 || said["is"] == "" || said["write"] == "" {
			return nil, x.fail("render.map.cell", key)
		}
		c, err := m.cell(x, said["cell"])
		if err != nil {
			return nil, err
		}
		c.Key, c.Is, c.Write = key, said["is"], said["write"]
		out = append(out, c)
	}
	return out, nil
}

// cell reads "C12" or "別紙!C12".
func (m *CellMap) cell(from node, text string) (MappedCell, error) {
	c := MappedCell{Sheet: m.Sheet, Cell: text}
	if i := strings.LastIndexByte(text, '!'); i >= 0 {
		c.Sheet, c.Cell = text[:i], text[i+1:]
		if quoted, ok := strings.CutPrefix(c.Sheet, "'"); ok {
			c.Sheet = strings.ReplaceAll(strings.TrimSuffix(quoted, "'"), "''", "'")
		}
	}
	column, row, err := excelize.CellNameToCoordinates(c.Cell)
	if err != nil || c.Sheet == "" || len(c.Cell) > 10 {
		return c, from.fail("render.map.cell", brief(text))
	}
	c.Cell = cellAt(column, row)
	return c, nil
}

// brief keeps a word of a file short enough to be said in an error.
func brief(s string) string {
	if r := []rune(printable(s)); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return printable(s)
}
