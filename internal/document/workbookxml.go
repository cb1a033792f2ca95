package document

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"github.com/wakachi/wakachi/internal/fault"
)

// textMax is how much text one element of a workbook may have. Excel's own limit for a
// cell is 32,767 characters.
const textMax = 1 << 20

// walk goes through one part of a workbook. It calls do at the start of each element, and
// at its end with the text that stood in it itself; path are the open elements by their
// local names, the element's own last.
func (w *workbook) walk(pg *page, name string, do func(path []string, e xml.StartElement, text string, end bool)) error {
	data := w.word.parts[name]
	if set, n := byteOrderMark(data); set != noCharset {
		text, _ := set.text(data[n:])
		data = []byte(text)
	}
	d := xml.NewDecoder(bytes.NewReader(data))
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	var path []string
	var open []xml.StartElement
	var text strings.Builder
	for pg.err == nil {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fault.Wrap(err, fault.Invalid, "document.damaged", w.p.file+"/"+name)
		}
		switch t := t.(type) {
		case xml.Directive:
			return fault.New(fault.Invalid, "document.doctype", w.p.file+"/"+name)
		case xml.StartElement:
			if len(open) >= w.r.lim.Nesting {
				return tooLarge("document.nesting", w.p.file+"/"+name, int64(w.r.lim.Nesting))
			}
			if pg.tag() {
				open, path = append(open, t.Copy()), append(path, t.Name.Local)
				text.Reset()
				do(path, t, "", false)
			}
		case xml.EndElement:
			do(path, open[len(open)-1], text.String(), true)
			open, path = open[:len(open)-1], path[:len(path)-1]
			text.Reset()
		case xml.CharData:
			if text.Len()+len(t) > textMax {
				return tooLarge("document.line-too-long", w.p.file+"/"+name, textMax)
			}
			text.Write(t)
		}
	}
	return pg.err
}
