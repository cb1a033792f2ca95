package render

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"

	"github.com/wakachi/wakachi/internal/fault"
)

// workedOutAnew marks a workbook's formulas to be worked out when it is opened: what they show is from before.
//
// SPEC: ECMA-376 Part 1 §18.2.2 (calcPr), §18.2.27 (workbook: the order of its parts)
func workedOutAnew(name string, workbook []byte) ([]byte, error) {
	w, err := walk(workbook)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "render.template.broken", name)
	}
	s := &sheetWriter{walker: w}
	before := []string{"sheets", "functionGroups", "externalReferences", "definedNames"}
	at := 0
	for {
		token, err := s.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "render.template.broken", name)
		}
		switch x := token.(type) {
		case xml.StartElement:
			if len(s.open) == 2 && x.Name.Local == "calcPr" {
				return s.calculated(x), nil
			}
		case xml.EndElement:
			if len(s.open) == 1 && slices.Contains(before, x.Name.Local) {
				at, s.prefix = s.end, prefixOf(x.Name)
			}
		}
	}
	if at == 0 {
		return nil, fault.New(fault.Invalid, "render.template.broken", name)
	}
	s.copyTo(at)
	s.out.WriteString("<" + s.prefix + `calcPr fullCalcOnLoad="1"/>`)
	s.copyTo(len(workbook))
	return s.out.Bytes(), nil
}

// calculated puts the mark into the element that is there.
func (s *sheetWriter) calculated(e xml.StartElement) []byte {
	s.prefix = prefixOf(e.Name)
	closed := s.closed()
	s.opened(e, "fullCalcOnLoad")
	s.out.Truncate(s.out.Len() - 1)
	s.out.WriteString(` fullCalcOnLoad="1"`)
	if closed {
		s.out.WriteString("/")
	}
	s.out.WriteString(">")
	s.copyTo(len(s.data))
	return s.out.Bytes()
}
