package document

import (
	"strconv"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
)

// Limits bounds what a hostile document can cost. A field that is zero or less has its
// default. Memory in use stays within a few times Bytes + Expanded, and 256 MiB for PDF.
type Limits struct {
	Bytes    int64 // bytes of the input itself
	Expanded int64 // bytes that come out of archives, attachments and Word files, in all
	Ratio    int64 // expanded bytes for each compressed one, counted once ratioFloor is passed
	Depth    int   // archives and mails inside each other; the outermost is 1
	Parts    int   // files, mail parts and entries of archives, in all
	Line     int   // bytes of one line as UTF-8
	Lines    int   // lines in all
	Nesting  int   // elements inside each other in XML
	Tags     int   // tags of HTML and XML, in all
	Cells    int   // table cells of HTML, Word and workbooks, in all
	Pages    int   // pages of PDF, in all

	Time time.Duration // spent reading PDF, in all; to wait for the engine and start it is not counted
}

// The defaults. A week's notes, a mailbox item or a day's log of one machine fit with room;
// a small server survives the worst input that stays within them.
const (
	DefaultBytes    = 64 << 20
	DefaultExpanded = 256 << 20
	DefaultRatio    = 200 // logs reach 30 to 100, deflate itself ends at 1032
	DefaultDepth    = 4
	DefaultParts    = 10_000
	DefaultLine     = 1 << 20
	DefaultLines    = 2_000_000
	DefaultNesting  = 256
	DefaultTags     = 2_000_000
	DefaultCells    = 1_000_000
	DefaultPages    = 2_000
	DefaultTime     = time.Minute
)

// ratioFloor is how much may expand before the ratio counts: a small file of one repeated
// letter is no attack.
const ratioFloor = 8 << 20

func (l Limits) filled() Limits {
	fill64 := func(v *int64, d int64) {
		if *v <= 0 {
			*v = d
		}
	}
	fill := func(v *int, d int) {
		if *v <= 0 {
			*v = d
		}
	}
	fill64(&l.Bytes, DefaultBytes)
	fill64(&l.Expanded, DefaultExpanded)
	fill64(&l.Ratio, DefaultRatio)
	fill(&l.Depth, DefaultDepth)
	fill(&l.Parts, DefaultParts)
	fill(&l.Line, DefaultLine)
	fill(&l.Lines, DefaultLines)
	fill(&l.Nesting, DefaultNesting)
	fill(&l.Tags, DefaultTags)
	fill(&l.Cells, DefaultCells)
	fill(&l.Pages, DefaultPages)
	if l.Time <= 0 {
		l.Time = DefaultTime
	}
	return l
}

// tooLarge is a limit of the whole reading: it ends it.
func tooLarge(code, file string, limit int64) *fault.Error {
	return fault.New(fault.TooLarge, code, file, strconv.FormatInt(limit, 10))
}

// sizeOf gives a number of bytes as a person says it: "64 MiB".
func sizeOf(n int64) string {
	switch {
	case n >= 1<<20 && n%(1<<20) == 0:
		return strconv.FormatInt(n>>20, 10) + " MiB"
	case n >= 1<<10 && n%(1<<10) == 0:
		return strconv.FormatInt(n>>10, 10) + " KiB"
	}
	return strconv.FormatInt(n, 10) + " B"
}

// local tells the limits that concern one part only: it is skipped, the others are read.
func local(code string) bool {
	switch code {
	case "document.line-too-long", "document.nesting":
		return true
	}
	return false
}
