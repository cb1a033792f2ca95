// Package logfile opens logs: files, folders and archives, compressed or not, and says what could not be read.
//
// Find turns what a person names into Sources: a file, a pattern such as "logs/**/*.gz", a
// folder with all that is in it, the members of an archive, or "-" for standard input. A Source
// is one log. Whatever keeps one from being read is a Trouble, which is a value to be counted and
// shown; it never ends the search through the others.
//
// What a log is is decided by its bytes, never by its name. A Source that is Plain lies on the
// disk as text and may be read at any offset, by several readers at once, with OpenAt. Every
// Source, plain or not, can be read from beginning to end with Open: a Stream unpacks gzip, zstd,
// bzip2 and xz, also one in the other, and gives UTF-16 as UTF-8. Shift_JIS and EUC-JP pass as
// they are: what a search looks for is ASCII, and that is the same in them.
//
// Two sorts of text are put into lines first, and a note says so. A list of records that stands in
// one line, as AWS CloudTrail writes it, is given one record a line: the comma between two becomes
// the end of a line, and every byte keeps its place. A tape archive, packed or not, is given as
// one text, the members one after the other, each unpacked; Stream.Member says which one a place
// is in.
//
// A Stream ends with io.EOF only if all is well. A log that was cut, is broken, grew while it was
// read or is larger than allowed ends with a *Trouble in place of io.EOF, after everything that
// could be read before it.
//
// Memory is bounded whatever the files hold: by 128 MiB for each open Stream in the worst case,
// which is the window that zstd and xz may ask for.
package logfile

import (
	"context"
	"io"
	"time"
)

// A Source is one log that was found. It may be copied, opened more than once and from several
// goroutines, but for standard input, which is there once.
type Source struct {
	Name        string      // as a person would find it again; of a member: ARCHIVE!/MEMBER
	Size        int64       // bytes on disk when it was found; of a member, as the archive promises it, unpacked; -1 if not known
	ModTime     time.Time   // when it was last written; the zero Time if not known
	Plain       bool        // bytes on disk are the text: OpenAt works
	Compression Compression // the outermost
	Member      string      // its name inside the archive, else empty

	origin origin
	limits limits
}

// A Compression says how a source is packed. The tokens are used in JSON and never renamed.
type Compression string

// The compressions that can be read. None is the empty one.
const (
	None  Compression = ""
	Gzip  Compression = "gzip"
	Zstd  Compression = "zstd"
	Bzip2 Compression = "bzip2"
	XZ    Compression = "xz"
	Zip   Compression = "zip" // member of an archive
)

// Options say what Find looks for. The zero Options take everything.
type Options struct {
	// Include and Exclude are patterns of names. One without slash is held against the last
	// part of the name, one with slashes against the path below the folder that was named; "**"
	// stands for any number of folders. Include applies to files in folders and to members of
	// archives but tape archives, which are read whole; Exclude to those, and to folders, into which Find then does not go. What was
	// named itself is always taken.
	Include, Exclude []string

	SkipHidden bool      // leave away what begins with a dot, below the named folders
	Depth      int       // folders below a named one to go down; 0 is all, -1 none
	Stdin      io.Reader // for "-"; nil is as if it were empty

	// A source that unpacks to more than Ratio times its size on disk, once it is over a
	// gibibyte, or to more than Expanded bytes in all, ends there with TooLarge. 0 is
	// DefaultRatio and DefaultExpanded; negative is no limit.
	Ratio, Expanded int64
}

// Defaults of Options. gzip cannot exceed 1032:1; logs reach 10:1 to 100:1. A tebibyte takes an
// hour to search.
const (
	DefaultRatio    = 1100
	DefaultExpanded = 1 << 40
)

// ratioFloor is how much any source may unpack to before its ratio counts.
const ratioFloor = 1 << 30

// limits bound what a source may unpack to.
type limits struct{ ratio, expanded int64 }

func (o Options) limits() limits {
	l := limits{o.Ratio, o.Expanded}
	if l.ratio == 0 {
		l.ratio = DefaultRatio
	}
	if l.expanded == 0 {
		l.expanded = DefaultExpanded
	}
	return l
}

// exceeded says whether so many bytes are too many for what was read from the disk.
func (l limits) exceeded(out, in int64) bool {
	return l.expanded > 0 && out > l.expanded || l.ratio > 0 && out > ratioFloor && out/l.ratio > in
}

// An origin is where the bytes of a source come from.
type origin interface {
	open(ctx context.Context, name string) (supply, error)
}

// A supply gives the bytes of a source as they lie on the disk.
type supply interface {
	io.ReadCloser
	weight() int64    // bytes taken from the disk so far
	settle() *Trouble // what happened to the source while it was read, nil if nothing
}
