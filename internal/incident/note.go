package incident

import "strconv"

// A Note is a text as somebody wrote or received it, cut into lines that know
// where they stood. Package document makes them; they never leave.
type Note struct {
	File  string // as the reader named it; a part inside follows after "/": "mail.zip/a.eml/body"
	Lines []Line // in the document's order; nil for an empty one
	Whole bool   // each line is all of a paragraph, as in Word; otherwise one may be the rest of the one before
}

// A Line is one physical line, one table row or one paragraph, whatever the
// document counts by. Text holds no line break.
type Line struct {
	Number int      // from 1; lines that were not visible share that of their anchor
	Text   string   // in UTF-8, whatever it was; may be empty
	Kind   LineKind // Prose unless the document says otherwise
	Level  uint8    // of a Heading: 1 for the highest; 0: its text tells, or nothing does
}

// LineKind says what a line is in its document, where that changes how it is read.
type LineKind uint8

// Kinds of line, as every format has them or can be read to have them.
const (
	Prose   LineKind = iota // running text, and all that is none of the others
	Heading                 // a title; what follows stands under it
	Row                     // a table row, cells separated by " | "
	Code                    // a code block, a log, a record of a CSV or JSON lines file
	Header                  // a mail header, "Name: value", unfolded and decoded
	Hidden                  // not visible when printed: a comment, a deleted run, a field, a property
)

// A Source is where an item was read.
type Source struct {
	File   string `json:"file"`   // as in Note.File
	Line   int    `json:"line"`   // as in Line.Number
	Column int    `json:"column"` // in characters, from 1
}

// String gives "file:line:column".
func (s Source) String() string {
	return s.File + ":" + strconv.Itoa(s.Line) + ":" + strconv.Itoa(s.Column)
}
