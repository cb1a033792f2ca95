// Package typeset sets documents into PDF pages with fonts of their own.
//
// PDF sets a report.Document on A4 as a notice is sent out in Japan: date and sender right, title centred,
// lines broken by the rules of kinsoku, tables whose head repeats, the label on every page. The font is
// embedded, cut down to what is used, and each character has a code of its own in it, with the marks and the
// selector of a variant on it, so that copying, searching and screen readers get exactly the text of the
// document; headings, lists and tables are tagged. The same document gives the same bytes.
//
// It is written by hand because the libraries that were tried give another text than the page shows for
// characters beyond the first plane, or begin lines with a comma; see docs/dependencies.md. The files:
// font.go reads the font, shape.go finds the glyph of a character, subset.go cuts the font, lines.go breaks
// lines, page.go and table.go lay them out, structure.go tags them, outline.go writes the bookmarks, write.go
// the file.
//
// SPEC: ISO 32000-1 (PDF 1.7)
package typeset

import (
	"embed"
	"io"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/report"
)

//go:embed fonts
var fonts embed.FS

// PDF writes a document. Characters that the font lacks are drawn as 〓, keep their place in the text, and are
// given back, each once, in order; so are those of which it lacks the variant that was asked for, which are drawn
// as usual. Beyond mostCodes different characters a 〓 stands in the text as well. Control characters, zero-width
// spaces and the marks that turn a line around are left out.
//
// Errors: fault.Unavailable if the program was built without its font, or w fails.
func PDF(w io.Writer, d report.Document) (missing []rune, err error) {
	s, err := laidOut(d)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(s.file(d)); err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "typeset.write")
	}
	return s.face.lacks(), nil
}

// Lacking gives what PDF would give back as missing, and writes nothing.
//
// Errors: fault.Unavailable if the program was built without its font.
func Lacking(d report.Document) ([]rune, error) {
	s, err := laidOut(d)
	if err != nil {
		return nil, err
	}
	return s.face.lacks(), nil
}

func laidOut(d report.Document) (*setter, error) {
	data, err := fonts.ReadFile("fonts/gothic.ttf")
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "typeset.no-font")
	}
	f, err := readFont(data)
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "typeset.no-font")
	}
	s := newSetter(f)
	s.set(d)
	return s, nil
}
