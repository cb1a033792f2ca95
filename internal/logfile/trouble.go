package logfile

import (
	"errors"
	"io"
	"io/fs"
	"strconv"
	"syscall"

	"github.com/klauspost/compress/zstd"
	"github.com/mikelolasagasti/xz"

	"github.com/wakachi/wakachi/internal/fault"
)

// A Trouble is something that kept a source, or a part of it, from being read, or that a person
// should know about it. It is an error that may be shown: names of files are in it, what they
// hold is not.
type Trouble struct {
	Code   Code
	Source string // name of the source, the folder or the pattern
	Offset int64  // in the decoded text, where reading ended; -1 if nothing was read or it is not known
	Other  string // of Twice and Loop: the name under which it was met first
	cause  error
}

// A Code says what the trouble is, for programs. The tokens are never renamed.
type Code string

// The troubles. With those marked "note" everything that is there is read all the same.
const (
	Absent      Code = "absent"      // nothing has this name, or fits this pattern
	Unreadable  Code = "unreadable"  // permission, or the disk
	Vanished    Code = "vanished"    // was there when it was found
	Truncated   Code = "truncated"   // packed data ends early; what came before was delivered
	Corrupt     Code = "corrupt"     // packed data is broken; what came before was delivered
	TooLarge    Code = "too-large"   // unpacks to more than Options allow, or asks for more memory than is given
	Loop        Code = "loop"        // a folder that holds itself, or a link to itself
	Twice       Code = "twice"       // note: a file that was already found under another name
	Special     Code = "special"     // a pipe, socket or device: never opened
	Encrypted   Code = "encrypted"   // member of an archive
	Nested      Code = "nested"      // an archive inside an archive
	Unsupported Code = "unsupported" // packed in a way that is not read: 7z, RAR, lz4 and others
	BadPattern  Code = "bad-pattern" // Options hold a pattern that is none; nothing is looked for
	TooDeep     Code = "too-deep"    // folders deeper than anybody nests them
	Grew        Code = "grew"        // note: what was added after it was opened was not read
	Shrank      Code = "shrank"      // was cut or overwritten while it was read
	NotText     Code = "not-text"    // note: binary; read as it is
	Relined     Code = "relined"     // note: a list of records in one line, given one record a line
	AsOne       Code = "as-one"      // note: a tape archive, whose members are read as one text
	EVTXPartly  Code = "evtx-partly" // note: a Windows event log, of which texts and times were read, but not numbers
)

// Note says whether all that is there is read all the same.
func (c Code) Note() bool {
	return c == Twice || c == Grew || c == NotText || c == EVTXPartly || c == Relined || c == AsOne
}

// Error gives code, name and place.
func (t *Trouble) Error() string {
	s := "logfile: " + string(t.Code) + ": " + t.Source
	if t.Offset >= 0 {
		s += " at byte " + strconv.FormatInt(t.Offset, 10)
	}
	return s
}

// Unwrap gives the private cause to errors.Is and errors.As.
func (t *Trouble) Unwrap() error { return t.cause }

// Fault gives the trouble as what may be shown to a person: its code is "logfile." and Code, its
// arguments are Source, Offset (empty if not known) and Other.
func (t *Trouble) Fault() *fault.Error {
	at := ""
	if t.Offset >= 0 {
		at = strconv.FormatInt(t.Offset, 10)
	}
	return fault.Wrap(t.cause, t.Code.kind(), "logfile."+string(t.Code), t.Source, at, t.Other)
}

func (c Code) kind() fault.Kind {
	switch c {
	case Absent, Vanished:
		return fault.NotFound
	case Unreadable, Grew, Shrank:
		return fault.Unavailable
	case TooLarge, TooDeep:
		return fault.TooLarge
	case Truncated, Corrupt, Loop, Twice:
		return fault.Invalid
	case BadPattern:
		return fault.Usage
	}
	return fault.Unsupported
}

func trouble(code Code, source string, cause error) *Trouble {
	return &Trouble{Code: code, Source: source, Offset: -1, cause: cause}
}

// diskTrouble says what an error of the file system means.
func diskTrouble(source string, err error) *Trouble {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return trouble(Vanished, source, err)
	case errors.Is(err, syscall.ELOOP):
		return trouble(Loop, source, err)
	}
	return trouble(Unreadable, source, err)
}

// unpackTrouble says what an error of a decoder means. A Trouble of the supply below it, or the
// end of the context, comes through as it is.
func unpackTrouble(source string, err error) error {
	var t *Trouble
	switch {
	case errors.As(err, &t):
		return t
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, xz.ErrBuf):
		return trouble(Truncated, source, err)
	case errors.Is(err, zstd.ErrWindowSizeExceeded) || errors.Is(err, zstd.ErrDecoderSizeExceeded) || errors.Is(err, xz.ErrMemlimit):
		return trouble(TooLarge, source, err)
	case errors.Is(err, xz.ErrUnsupportedCheck) || errors.Is(err, xz.ErrOptions) || errors.Is(err, zstd.ErrUnknownDictionary):
		return trouble(Unsupported, source, err)
	}
	return trouble(Corrupt, source, err)
}
