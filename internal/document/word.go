package document

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
)

// officeKind tells a Word file from a plain archive by what stands in it; other Office
// files get the code of what to say about them, and their name.
func officeKind(files []*zip.File) (kind, name string) {
	types := false
	for _, f := range files {
		switch {
		case f.Name == "[Content_Types].xml":
			types = true
		case f.Name == "mimetype" && f.UncompressedSize64 < 200:
			kind, name = openDocument(f)
		}
	}
	for _, f := range files {
		switch {
		case !types:
		case strings.HasPrefix(f.Name, "word/"):
			return "word", ""
		case f.Name == "xl/workbook.bin":
			return "spreadsheet", "XLSB"
		case f.Name == "xl/workbook.xml":
			return "workbook", ""
		case strings.HasPrefix(f.Name, "ppt/"):
			return "slides", "PPTX"
		}
	}
	return kind, name
}

func openDocument(f *zip.File) (kind, name string) {
	rc, err := f.Open()
	if err != nil {
		return "", ""
	}
	defer rc.Close()
	media, _ := io.ReadAll(io.LimitReader(rc, 200))
	switch s := string(media); {
	case strings.Contains(s, "opendocument.spreadsheet"):
		return "spreadsheet", "ODS"
	case strings.Contains(s, "opendocument.presentation"):
		return "slides", "ODP"
	case strings.Contains(s, "opendocument"):
		return "old-word", "ODT"
	}
	return "", ""
}

// A wordFile is a Word file being read: one note for each part with text. What a part is,
// its root element says: other programs name the parts differently.
//
// SPEC: ECMA-376 Part 1, §11 and §17.
type wordFile struct {
	r       *reading
	p       part
	parts   map[string][]byte
	styles  map[string]uint8 // the levels of the style ids that are headings
	style   string           // the one being defined
	main    bool             // the main text has been read, under the file's own name
	authors []string         // of changes and comments
	known   map[string]bool  // those in authors
}

func (r *reading) readWord(p part, files []*zip.File) error {
	w := &wordFile{r: r, p: p, parts: map[string][]byte{}, styles: map[string]uint8{}, known: map[string]bool{}}
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
		if _, double := w.parts[name]; err != nil || double {
			continue
		}
		w.parts[name] = data
		names = append(names, name)
	}
	slices.SortStableFunc(names, func(a, b string) int { return partRank(a) - partRank(b) })
	for _, name := range names {
		if err := w.member(name); err != nil {
			return err
		}
	}
	return w.people()
}

// partRank puts the styles first, which the text needs, then the text in reading order.
func partRank(name string) int {
	for i, sign := range []string{"styles.xml", "document", "header", "footer", "footnotes", "endnotes", "comments"} {
		if strings.HasPrefix(path.Base(name), sign) {
			return i
		}
	}
	return 100
}

// member reads one entry of the file.
func (w *wordFile) member(name string) error {
	data := w.parts[name]
	ext := extension(name)
	file := w.p.file + "/" + name
	switch {
	case ext == "rels":
		return nil
	case ext == "xml":
		return w.xml(name, data)
	case ext == "bin" && strings.Contains(strings.ToLower(name), "vbaproject"):
		return w.r.skip(file, fault.New(fault.Unsupported, "document.macro", file))
	}
	return w.r.inside(part{file: w.r.unique(file), data: data, depth: w.p.depth + 1})
}

// xml reads one part of markup.
func (w *wordFile) xml(name string, data []byte) error {
	if set, n := byteOrderMark(data); set != noCharset {
		text, _ := set.text(data[n:])
		data = []byte(text)
	}
	file := w.p.file
	if partRank(name) != 1 {
		file += "/" + strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(name, "word/"), "xl/"), ".xml")
	}
	pg := w.r.page(file)
	pg.note.Whole = true
	x := &wordText{w: w, pg: pg, links: w.targets(name), used: map[string]bool{}}
	err := x.read(data)
	if err == nil {
		x.unusedLinks()
		err = pg.err
	}
	// What was read of a broken part is kept, and the break is reported.
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Kind == fault.TooLarge {
		return w.r.settle(file, err)
	}
	if len(pg.note.Lines) > 0 || partRank(name) == 1 && err == nil {
		if file != w.p.file || w.main {
			pg.note.File = w.r.unique(file)
		}
		w.main = w.main || file == w.p.file
		pg.err = nil
		if err := pg.close(); err != nil {
			return err
		}
	}
	return w.r.settle(file, err)
}

// targets gives the outside targets of a part's relationships by their ids.
func (w *wordFile) targets(name string) map[string]string {
	out := map[string]string{}
	dir, base := path.Split(name)
	d := xml.NewDecoder(bytes.NewReader(w.parts[dir+"_rels/"+base+".rels"]))
	for len(out) < w.r.lim.Parts {
		t, err := d.RawToken()
		if err != nil {
			return out
		}
		e, ok := t.(xml.StartElement)
		if ok && e.Name.Local == "Relationship" && attr(e, "TargetMode") == "External" {
			out[attr(e, "Id")] = attr(e, "Target")
		}
	}
	return out
}

func attr(e xml.StartElement, local string) string {
	for _, a := range e.Attr {
		if a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}

// people adds who changed and commented, which Word keeps beside the text.
func (w *wordFile) people() error {
	if len(w.authors) == 0 {
		return nil
	}
	pg := w.r.page(w.r.unique(w.p.file + "/authors"))
	for i, a := range w.authors {
		pg.add(i+1, "author: "+a, incident.Hidden)
	}
	return w.r.settle(pg.note.File, pg.close())
}

func (w *wordFile) author(name string) {
	if name != "" && !w.known[name] {
		w.known[name] = true
		w.authors = append(w.authors, name)
	}
}
