package render

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/xuri/excelize/v2"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/report"
)

// Limits of what comes from outside.
const (
	maxMap      = 64 << 10
	maxTemplate = 20 << 20
	maxUnpacked = 200 << 20
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

// ReadCellMap reads a cell map, YAML or JSON:
//
//	form: ppc
//	sheet: 様式
//	cells:
//	  persons: C12
//	  cause: 別紙!B4
//	  special_care: [{cell: D3, is: はい, write: ☑}]
//
// Errors are *fault.Error of kind Invalid or TooLarge.
func ReadCellMap(name string, r io.Reader) (CellMap, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxMap+1))
	switch {
	case err != nil:
		return CellMap{}, fault.Wrap(err, fault.Unavailable, "render.map.broken", name, "1")
	case len(data) > maxMap:
		return CellMap{}, fault.New(fault.TooLarge, "render.map.large", name)
	}
	var top struct {
		Form  string        `yaml:"form"`
		Sheet string        `yaml:"sheet"`
		Cells yaml.MapSlice `yaml:"cells"`
	}
	if err := yaml.UnmarshalWithOptions(data, &top, yaml.Strict()); err != nil {
		return CellMap{}, mapFault(name, err)
	}
	m := CellMap{Name: name, Form: report.FormID(top.Form), Sheet: top.Sheet}
	form, ok := report.FormOf(m.Form)
	if !ok {
		return CellMap{}, fault.New(fault.Invalid, "render.map.key", name, top.Form)
	}
	for _, item := range top.Cells {
		key, _ := item.Key.(string)
		if !slices.ContainsFunc(form.Cells, func(c report.FormCell) bool { return c.Key == key }) {
			return CellMap{}, fault.New(fault.Invalid, "render.map.key", top.Form, key)
		}
		cells, err := m.mapped(key, item.Value)
		if err != nil {
			return CellMap{}, err
		}
		m.Cells = append(m.Cells, cells...)
	}
	return m, nil
}

func mapFault(name string, err error) error {
	var unknown *yaml.UnknownFieldError
	if errors.As(err, &unknown) && unknown.Token != nil {
		return fault.New(fault.Invalid, "render.map.unknown", name, unknown.Token.Value)
	}
	line := 1
	if y, ok := errors.AsType[yaml.Error](err); ok && y.GetToken() != nil && y.GetToken().Position != nil {
		line = y.GetToken().Position.Line
	}
	return fault.New(fault.Invalid, "render.map.broken", name, strconv.Itoa(line))
}

// mapped reads what stands behind a key: a cell, or a list of cells with what is written for which answer.
func (m CellMap) mapped(key string, value any) ([]MappedCell, error) {
	if text, ok := value.(string); ok {
		c, err := m.cell(text)
		c.Key = key
		return []MappedCell{c}, err
	}
	list, ok := value.([]any)
	if !ok {
		return nil, fault.New(fault.Invalid, "render.map.cell", key)
	}
	var out []MappedCell
	for _, x := range list {
		fields, ok := x.(map[string]any)
		if !ok || len(fields) != 3 {
			return nil, fault.New(fault.Invalid, "render.map.cell", key)
		}
		at, _ := fields["cell"].(string)
		is, _ := fields["is"].(string)
		write, _ := fields["write"].(string)
		if is == "" || write == "" {
			return nil, fault.New(fault.Invalid, "render.map.cell", key)
		}
		c, err := m.cell(at)
		if err != nil {
			return nil, err
		}
		c.Key, c.Is, c.Write = key, is, write
		out = append(out, c)
	}
	return out, nil
}

// cell reads "C12" or "別紙!C12".
func (m CellMap) cell(text string) (MappedCell, error) {
	c := MappedCell{Sheet: m.Sheet, Cell: text}
	if sheet, cell, ok := strings.Cut(text, "!"); ok {
		c.Sheet, c.Cell = strings.Trim(sheet, "'"), cell
	}
	if _, _, err := excelize.CellNameToCoordinates(c.Cell); err != nil || c.Sheet == "" || len(c.Cell) > 10 {
		return c, fault.New(fault.Invalid, "render.map.cell", text)
	}
	return c, nil
}

// Fill writes the answers of a form into an office's own sheet, .xlsx, and gives the whole of it. Nothing but the
// named cells changes: styles, merged cells, checks of entries and other sheets stay. A sheet with macros, ActiveX,
// links to elsewhere or embedded files is refused, as are cells that hold formulas or are hidden in a merged one.
func Fill(name string, template []byte, m CellMap, f report.Filling) ([]byte, error) {
	if m.Form != f.Form.ID {
		return nil, fault.New(fault.Invalid, "render.map.form", string(m.Form))
	}
	if err := inspect(name, template); err != nil {
		return nil, err
	}
	x, err := excelize.OpenReader(bytes.NewReader(template), excelize.Options{UnzipSizeLimit: maxUnpacked})
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "render.template.broken", name)
	}
	defer x.Close()
	answers := map[string]string{}
	for _, a := range f.Answers {
		answers[a.Key] = a.Value
	}
	for _, c := range m.Cells {
		if err := writable(x, c); err != nil {
			return nil, err
		}
		text := answers[c.Key]
		if c.Is != "" {
			if text != c.Is {
				continue
			}
			text = c.Write
		}
		if err := x.SetCellStr(c.Sheet, c.Cell, cellText(text)); err != nil {
			return nil, fault.Wrap(err, fault.Internal, "render.write")
		}
	}
	var out bytes.Buffer
	if err := x.Write(&out); err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "render.template.broken", name)
	}
	return out.Bytes(), nil
}

// writable says why a cell cannot be written.
func writable(x *excelize.File, c MappedCell) error {
	if i, err := x.GetSheetIndex(c.Sheet); err != nil || i < 0 {
		return fault.New(fault.Invalid, "render.map.sheet", c.Sheet)
	}
	if formula, err := x.GetCellFormula(c.Sheet, c.Cell); err != nil || formula != "" {
		return fault.New(fault.Invalid, "render.map.formula", c.Cell)
	}
	merged, err := x.GetMergeCells(c.Sheet)
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "render.map.sheet", c.Sheet)
	}
	column, row, _ := excelize.CellNameToCoordinates(c.Cell)
	for _, area := range merged {
		left, top, err1 := excelize.CellNameToCoordinates(area.GetStartAxis())
		right, bottom, err2 := excelize.CellNameToCoordinates(area.GetEndAxis())
		if err1 != nil || err2 != nil {
			continue
		}
		inside := left <= column && column <= right && top <= row && row <= bottom
		if inside && (column != left || row != top) {
			return fault.New(fault.Invalid, "render.map.merged", c.Cell, area.GetStartAxis())
		}
	}
	return nil
}

// inspect looks into the package before anything of it is read as a workbook.
func inspect(name string, template []byte) error {
	if len(template) > maxTemplate {
		return fault.New(fault.TooLarge, "render.template.large", name)
	}
	z, err := zip.NewReader(bytes.NewReader(template), int64(len(template)))
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "render.template.broken", name)
	}
	total := uint64(0)
	for _, part := range z.File {
		if total += part.UncompressedSize64; total > maxUnpacked {
			return fault.New(fault.TooLarge, "render.template.large", name)
		}
	}
	left := int64(maxUnpacked) // what a part claims of its size may be a lie
	for _, part := range z.File {
		lower := strings.ToLower(part.Name)
		switch {
		case strings.Contains(lower, "vbaproject") || strings.Contains(lower, "/activex/") || strings.HasPrefix(lower, "xl/macrosheets/"):
			return fault.New(fault.Invalid, "render.template.macros", name)
		case strings.Contains(lower, "/externallinks/") || strings.Contains(lower, "/embeddings/") || strings.HasPrefix(lower, "xl/connections"):
			return fault.New(fault.Invalid, "render.template.links", name)
		case strings.HasSuffix(lower, ".rels") || lower == "[content_types].xml":
			if err := inspectPart(name, part, &left); err != nil {
				return err
			}
		}
	}
	return nil
}

// inspectPart reads relations and content types: there links to elsewhere and macros are declared.
func inspectPart(name string, part *zip.File, left *int64) error {
	r, err := part.Open()
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "render.template.broken", name)
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, min(*left, 4<<20)))
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "render.template.broken", name)
	}
	*left -= int64(len(data))
	d := xml.NewDecoder(bytes.NewReader(data))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fault.Wrap(err, fault.Invalid, "render.template.broken", name)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		for _, a := range start.Attr {
			value := strings.ToLower(a.Value)
			switch {
			case a.Name.Local == "TargetMode" && value == "external":
				return fault.New(fault.Invalid, "render.template.links", name)
			case strings.Contains(value, "macroenabled") || strings.Contains(value, "vbaproject") || strings.Contains(value, "activex"):
				return fault.New(fault.Invalid, "render.template.macros", name)
			case strings.Contains(value, "oleobject") || strings.Contains(value, "externallink"):
				return fault.New(fault.Invalid, "render.template.links", name)
			}
		}
	}
}
