package render

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/wakachi/wakachi/internal/fault"
)

// holdsFormula are the elements with a formula for a text: of cells, names, checks of entries, formats and tables.
var holdsFormula = []string{"f", "formula", "formula1", "formula2", "definedName", "calculatedColumnFormula", "totalsRowFormula"}

// inspectFormulas reads a part of XML and refuses formulas that reach outside.
func (p *book) inspectFormulas(part string) error {
	data, err := p.read(part)
	if err != nil {
		return err
	}
	if p.left -= int64(len(data)); p.left < 0 {
		return p.large()
	}
	w, err := walk(data)
	if err != nil {
		return p.broken(err)
	}
	var formula []byte
	depth := 0 // where the formula began
	for {
		token, err := w.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return p.broken(err)
		}
		switch x := token.(type) {
		case xml.StartElement:
			if depth == 0 && slices.Contains(holdsFormula, x.Name.Local) {
				depth, formula = len(w.open), formula[:0]
				p.formulas = p.formulas || x.Name.Local == "f"
			}
		case xml.CharData:
			if depth > 0 {
				formula = append(formula, x...)
			}
		case xml.EndElement:
			if depth > 0 && len(w.open) < depth {
				depth = 0
				if word := reachesOutside(string(formula)); word != "" {
					return fault.New(fault.Invalid, "render.template.formula", p.name, word)
				}
			}
		}
	}
}

// outsideFunctions ask other machines or run what is not in the book. Cubes and pivots need a connection, which is
// refused by itself.
var outsideFunctions = []string{"WEBSERVICE", "IMAGE", "RTD", "CALL", "REGISTER", "REGISTER.ID", "EXEC", "HYPERLINK", "STOCKHISTORY", "SQL.REQUEST", "PY", "COPILOT", "TRANSLATE", "DETECTLANGUAGE"}

// reachesOutside gives the word by which a formula reaches outside: one of the functions above, be it in quotes, or
// the bar of a DDE link. A HYPERLINK to a place in the book is not one of them.
func reachesOutside(formula string) string {
	begin, quoted := 0, false // where a name may have begun
	for i := range len(formula) {
		switch c := formula[i]; {
		case c == '"':
			quoted, begin = !quoted, i+1
		case c == '|' && !quoted:
			return "DDE"
		case c == '(':
			name := functionName(formula[begin:i])
			inBook := name == "HYPERLINK" && strings.HasPrefix(strings.TrimSpace(formula[i+1:]), `"#`)
			if slices.Contains(outsideFunctions, name) && !inBook {
				return name
			}
			begin = i + 1
		case !nameByte(c):
			begin = i + 1
		}
	}
	return ""
}

// functionName takes the last word, as newer functions are written without the prefixes of files.
func functionName(s string) string {
	s = strings.ToUpper(strings.TrimSpace(s))
	s = s[strings.LastIndexAny(s, " \t\n\r")+1:]
	for _, prefix := range []string{"_XLFN.", "_XLWS.", "_XLUDF."} {
		s = strings.TrimPrefix(s, prefix)
	}
	return s
}

// nameByte says whether a byte may be part of a function's name, or a space before its bracket.
func nameByte(c byte) bool {
	return c == '.' || c == '_' || c == ' ' || c == '\t' || c == '\n' || c == '\r' || '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || c >= 0x80
}
