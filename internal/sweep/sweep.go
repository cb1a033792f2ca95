// Package sweep takes logs through a hunt and says what was covered.
//
// Run reads every log it is given, long ones in segments on several cores, and calls back for the
// hits in the order of the logs. Its Report says how often each value was found and where first, and,
// as important, what was looked through: kinds, lines, times, gaps, and what could not be read. From
// it comes the answer somebody who asked is waiting for: found, not found, or no logs for that time.
//
// A Report is also the place to go on from: given to Run again, what is in it is not read again.
package sweep

import (
	"context"
	"io"
	"time"

	"github.com/wakachi/wakachi/internal/hunt"
	"github.com/wakachi/wakachi/internal/logline"
)

// A Log is one text to be looked through.
type Log struct {
	Label   string    // how a reader knows it
	Stamp   string    // tells this content from another under the same label; empty if there is no telling
	Written time.Time // when it was complete, which gives years to stamps that have none; zero if nobody knows
	Length  int64     // its size in bytes where it lies, -1 if nobody knows

	// OpenPlain opens a log that can be read at any offset; nil for any other. What Close returns is a
	// trouble: that the log changed while it was read.
	OpenPlain func() (Plain, error)
	// Open opens a log as a stream of text. It is called where there is no OpenPlain.
	Open func(context.Context) (io.ReadCloser, error)
}

// A Plain is an open log that several goroutines may read at any offset at once.
type Plain interface {
	io.ReaderAt
	io.Closer
}

// A Job says what is to be looked for, and how.
type Job struct {
	Pack  *hunt.Pack
	Rules hunt.Rules

	// Clock is what is known of a log's clock. Nil takes times without a zone as UTC.
	Clock func(Log) logline.Clock
	// From and To bound the lines that count; zero is no bound. A line whose time cannot be read
	// counts, and is counted apart.
	From, To time.Time

	Workers  int  // how many segments are looked through at once; 0 is 1
	Full     bool // read the time of every line, not only of those at the ends of blocks and of hits
	Examples int  // how many hits of one value in one log are handed on; 0 is DefaultExamples, negative all

	// Found is called for each hit that is handed on, in the order of logs and lines, from one
	// goroutine. An error from it ends the run.
	Found func(Hit) error
	// Progress, if set, is called now and then, from the same goroutine.
	Progress func(Progress)
}

// DefaultExamples is enough to begin an investigation with, and few enough to read.
const DefaultExamples = 100

// A Hit is one wanted value in one line of one log.
type Hit struct {
	Wanted hunt.Wanted
	Form   hunt.Form
	Log    string
	Number int64     // of the line, from 1
	Offset int64     // of the value in the text of the log, in bytes
	Time   time.Time // of the line; zero if it could not be read
	Line   string    // at most maxLine bytes of it, the value among them
}

// maxLine is how much of a line goes with a hit.
const maxLine = 2 << 10

// Progress says how far a run is.
type Progress struct {
	Log   string
	Bytes int64 // of text looked through so far in this run
	Done  int64 // of the logs as they lie, in bytes; logs of unknown length count nothing
	Hits  int64
}
