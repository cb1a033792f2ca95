package document

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"path"
	"slices"
	"strings"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
)

// A workbook is an Excel file being read: one note for each sheet, "x.xlsx/Sheet1", whose
// lines have the numbers of the rows.
//
// SPEC: ECMA-376 Part 1, §12 and §18.
type workbook struct {
	word    *wordFile // reads the parts that are no sheets: drawings, charts, properties
	r       *reading
	p       part
	base    string // folder of the main part
	strings []sharedString
	dates   []dateKind // by style of a cell
	from04  bool       // days are counted from 1904
	done    map[string]bool
	people  map[string]string // authors of threaded comments by their ids
}

// A sharedString is a text that cells name by its number.
type sharedString struct{ text, reading string }

// A sheetRef is a sheet as the workbook lists it.
type sheetRef struct {
	name, target string
	hidden       bool
}

func (r *reading) readWorkbook(p part, files []*zip.File) error {
	w := &workbook{r: r, p: p, base: "xl", done: map[string]bool{}, people: map[string]string{}}
	w.word = &wordFile{r: r, p: p, parts: map[string][]byte{}, styles: map[string]uint8{}, main: true, known: map[string]bool{}}
	var names []string
	for _, f := range files {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		name, _ := entryName(f.Name)
		data, err := r.entry(f, p.file+"/"+name)
		if err := r.settle(p.file+"/"+name, err); err != nil {
			return err
		}
		if _, double := w.word.parts[name]; err != nil || double {
			continue
		}
		w.word.parts[name] = data
		names = append(names, name)
	}
	if err := w.sheets(); err != nil {
		return err
	}
	slices.Sort(names)
	for _, name := range names {
		if err := w.member(name); err != nil {
			return err
		}
	}
	return w.word.people()
}

// sheets reads the workbook and every sheet that it lists, in its order.
func (w *workbook) sheets() error {
	if _, ok := w.word.parts["xl/workbook.xml"]; !ok {
		return fault.New(fault.Invalid, "document.damaged", w.p.file)
	}
	pg := w.r.page(w.p.file)
	targets := w.relations("xl/workbook.xml", false)
	list, err := w.list(pg, targets)
	if err != nil {
		return err
	}
	for _, name := range []string{"xl/styles.xml", targets["styles"]} {
		if err := w.readStyles(pg, name); err != nil {
			return err
		}
	}
	for _, name := range []string{"xl/sharedStrings.xml", targets["sharedStrings"]} {
		if err := w.readStrings(pg, name); err != nil {
			return err
		}
	}
	for _, name := range []string{"xl/persons/person.xml", targets["person"]} {
		if err := w.readPeople(pg, name); err != nil {
			return err
		}
	}
	if len(pg.note.Lines) > 0 {
		if err := w.r.settle(w.p.file, pg.close()); err != nil {
			return err
		}
	}
	for _, s := range list {
		if err := w.sheet(s); err != nil {
			return err
		}
	}
	return nil
}

// list gives the sheets. Names of ranges, which often say more than they should, become
// hidden lines of the file's own note.
func (w *workbook) list(pg *page, targets map[string]string) ([]sheetRef, error) {
	var list []sheetRef
	err := w.walk(pg, "xl/workbook.xml", func(path []string, e xml.StartElement, text string, end bool) {
		switch last := path[len(path)-1]; {
		case !end && last == "workbookPr":
			v := attr(e, "date1904")
			w.from04 = v == "1" || v == "true"
		case !end && last == "sheet" && len(list) < w.r.lim.Parts:
			state := attr(e, "state")
			list = append(list, sheetRef{attr(e, "name"), targets[attr(e, "id")], state != "" && state != "visible"})
		case end && last == "definedName":
			pg.add(len(pg.note.Lines)+1, "name: "+attr(e, "name")+" = "+text, incident.Hidden)
			if c := attr(e, "comment"); c != "" {
				pg.add(len(pg.note.Lines)+1, "note: "+c, incident.Hidden)
			}
		}
	})
	return list, w.r.settle(w.p.file, err)
}

// readStrings reads the texts that cells share. What follows a broken one is missing, and
// the cells that name it say so.
func (w *workbook) readStrings(pg *page, name string) error {
	if w.done[name] || w.word.parts[name] == nil {
		return nil
	}
	w.done[name] = true
	var text, reading strings.Builder
	err := w.walk(pg, name, func(path []string, e xml.StartElement, s string, end bool) {
		if !end {
			return
		}
		switch path[len(path)-1] {
		case "t":
			if slices.Contains(path, "rPh") {
				reading.WriteString(s)
			} else {
				text.WriteString(s)
			}
		case "si":
			w.strings = append(w.strings, sharedString{text.String(), reading.String()})
			text.Reset()
			reading.Reset()
		}
	})
	return w.r.settle(w.p.file+"/"+name, err)
}

func (w *workbook) readPeople(pg *page, name string) error {
	if w.done[name] || w.word.parts[name] == nil {
		return nil
	}
	w.done[name] = true
	err := w.walk(pg, name, func(_ []string, e xml.StartElement, _ string, end bool) {
		if !end && e.Name.Local == "person" {
			w.people[attr(e, "id")] = attr(e, "displayName")
			w.word.author(attr(e, "displayName"))
			w.word.author(attr(e, "userId"))
		}
	})
	return w.r.settle(w.p.file+"/"+name, err)
}

// relations gives the targets of a part's relationships: outside ones as they stand, or
// inner ones as names of parts, by their ids and, the first of each, by their kinds.
func (w *workbook) relations(name string, outside bool) map[string]string {
	out := map[string]string{}
	dir, base := path.Split(name)
	d := xml.NewDecoder(bytes.NewReader(w.word.parts[dir+"_rels/"+base+".rels"]))
	for len(out) < w.r.lim.Parts {
		t, err := d.RawToken()
		if err != nil {
			return out
		}
		e, ok := t.(xml.StartElement)
		if !ok || e.Name.Local != "Relationship" || (attr(e, "TargetMode") == "External") != outside {
			continue
		}
		target := attr(e, "Target")
		if !outside {
			if strings.HasPrefix(target, "/") {
				target = path.Clean(target[1:])
			} else {
				target = path.Join(dir, target)
			}
			kind := path.Base(attr(e, "Type"))
			if _, ok := out[kind]; !ok {
				out[kind] = target
			}
		}
		out[attr(e, "Id")] = target
	}
	return out
}

// member reads an entry that no sheet has read.
func (w *workbook) member(name string) error {
	ext, low := extension(name), strings.ToLower(name)
	file := w.p.file + "/" + name
	data := w.word.parts[name]
	switch {
	case w.done[name], name == "[Content_Types].xml", name == "xl/workbook.xml", ext == "rels",
		strings.HasPrefix(low, "xl/theme/"), low == "xl/calcchain.xml":
		return nil
	case ext == "bin" && strings.Contains(low, "vbaproject"):
		return w.r.skip(file, fault.New(fault.Unsupported, "document.macro", file))
	case ext == "bin":
		return w.r.skip(file, fault.New(fault.Unsupported, "document.binary", file))
	case ext == "xml" && isSheet(data):
		return w.sheet(sheetRef{name: strings.TrimSuffix(path.Base(name), ".xml"), target: name, hidden: true})
	case ext == "xml", ext == "vml":
		return w.word.xml(name, data)
	}
	return w.r.inside(part{file: w.r.unique(file), data: data, depth: w.p.depth + 1})
}

// isSheet says that a part which no workbook lists is a sheet all the same.
func isSheet(data []byte) bool {
	d := xml.NewDecoder(bytes.NewReader(data[:min(len(data), 4096)]))
	for {
		t, err := d.RawToken()
		if err != nil {
			return false
		}
		if e, ok := t.(xml.StartElement); ok {
			return e.Name.Local == "worksheet" || e.Name.Local == "macrosheet" || e.Name.Local == "dialogsheet"
		}
	}
}
