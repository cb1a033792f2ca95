// Package document turns mail, PDF, Word, HTML and text into plain text with positions.
//
// [Read] takes the bytes of one file and gives notes: the file itself, or, for an
// archive or a mail, one note for each text inside, named "outer.zip/inner.eml/body".
// What a file is, is decided by its content first and by its name second.
//
// Three promises hold for every input, however broken or hostile:
//
//   - Nothing is dropped in silence. A part that cannot be read stands in
//     Result.Skipped with its reason; a part that was read with a reservation (two
//     encodings in one file, bytes that are no text) stands in Result.Doubts too.
//   - Nothing is guessed in silence. Text whose encoding the evidence does not settle is
//     refused with its candidates, and bytes that are no text are shown as \xE3.
//   - Nothing costs more than its [Limits].
//
// Line numbers count physical lines in text, logs, Markdown, CSV, JSON and HTML source
// and in the headers of a mail; lines of the decoded part in the body of a mail;
// paragraphs, forced line breaks and table rows in order in Word; and rows in a workbook,
// whose sheets are notes, "x.xlsx/Sheet1". Each page of a PDF is a note, "x.pdf/p3", its
// lines counted from 1: "x.pdf/p3:12" is the twelfth line of the third page as the file
// counts, whatever is printed at its foot. A Hidden line (a link's target, a comment, a
// deleted run, a hidden row) has the number of the line it belongs to; what belongs to the
// whole file (properties, outline, names) stands in the file's own note, counted.
//
// PDF is read by PDFium in a sandbox of WebAssembly, which the first PDF starts (a third of
// a second, some two seconds from the ninth page on) and two idle minutes end. One document
// is read at a time; others wait. Lines stay as the page broke them, except for a value that
// cannot end there and stood at a margin (a URL, a hash, a CVE id): it is put together, and
// Doubts says so. The order is that of the page's description, except that a character drawn
// out of turn is put in its place. Not read: pictures, what only XFA or XMP say, text that
// an earlier version of the file held.
//
// In a workbook a date is written as a date and every other number as it is kept, not as
// it is shown. The value of a formula is the one kept in the file; its text is added where
// it has words of its own or leads outside. Old Office files, workbooks of other kinds and
// Outlook's data files are recognised and refused with an error that says what to save
// them as. Nothing is ever written to disk or fetched, and no macro or script is run.
package document

import (
	"io"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
)

// A Result is everything that was in one input. The zero Result is an input without text.
type Result struct {
	Notes   []incident.Note // in the order of the input; a file name occurs once
	Skipped []Skip          // parts of which nothing was read
	Doubts  []Skip          // parts that were read, with a reservation
}

// A Skip says which part was not read, or not read plainly, and why.
type Skip struct {
	File string       // as in incident.Note.File
	Err  *fault.Error // its first argument is File; never text of the part
}

// Read reads all of r, which the reader calls name, and returns its text.
//
// The error is a *fault.Error: TooLarge if a limit was reached, otherwise the reason why
// nothing at all could be read. With an error there are no notes; Skipped may be filled.
// An empty input is one note without lines. Read keeps no reference to r, and may be
// called concurrently.
func Read(name string, r io.Reader, lim Limits) (Result, error) {
	rd := &reading{lim: lim.filled(), names: map[string]int{}}
	data, err := rd.slurp(name, r)
	if err != nil {
		return Result{}, err
	}
	if err := rd.read(part{file: rd.unique(name), data: data}); err != nil {
		return Result{Skipped: rd.res.Skipped}, err
	}
	if len(rd.res.Notes) == 0 && len(rd.res.Skipped) > 0 {
		return Result{Skipped: rd.res.Skipped}, rd.res.Skipped[0].Err
	}
	if len(rd.res.Notes) == 0 {
		return Result{}, fault.New(fault.Invalid, "document.empty", name)
	}
	return rd.res, nil
}
