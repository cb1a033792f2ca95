package document

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
)

// A part is a run of bytes to read: the input, an entry of an archive, a body of a mail.
type part struct {
	file    string // the name it gets in notes and skips
	name    string // by which its format is guessed; empty: file
	data    []byte
	charset string // as declared by a mail; empty: unknown
	media   string // as declared by a mail, lower case; empty: unknown
	depth   int    // containers around it
}

// A reading is one call of Read: its budget and what has come of it so far.
type reading struct {
	lim   Limits
	res   Result
	names map[string]int // names in use, with the last number given to a double

	expanded int64
	parts    int
	lines    int
	tags     int
	cells    int
	pages    int
	pdfTime  time.Duration
}

// slurp reads the input up to the limit. A text is given up at its first endless line.
func (r *reading) slurp(name string, src io.Reader) ([]byte, error) {
	var buf bytes.Buffer
	chunk := make([]byte, 64<<10)
	run, guard := 0, false
	for {
		n, err := src.Read(chunk)
		buf.Write(chunk[:n])
		if int64(buf.Len()) > r.lim.Bytes {
			return nil, fault.New(fault.TooLarge, "document.too-large", name, sizeOf(r.lim.Bytes))
		}
		if buf.Len() == n {
			guard = linesCount(name, chunk[:n])
		}
		if i := bytes.LastIndexAny(chunk[:n], "\r\n"); i >= 0 {
			run = n - i
		} else {
			run += n
		}
		// Three bytes of UTF-8 may have been two: twice the limit is beyond doubt.
		if guard && run > 2*r.lim.Line {
			return nil, fault.New(fault.TooLarge, "document.line-too-long", name, sizeOf(int64(r.lim.Line)))
		}
		if errors.Is(err, io.EOF) {
			return buf.Bytes(), nil
		}
		if err != nil {
			return nil, fault.Wrap(err, fault.Unavailable, "document.unreadable", name)
		}
	}
}

// read adds one part to the result.
func (r *reading) read(p part) error {
	if p.name == "" {
		p.name = p.file
	}
	if r.parts++; r.parts > r.lim.Parts {
		return tooLarge("document.too-many-parts", p.file, int64(r.lim.Parts))
	}
	f, err := sniff(p)
	if err != nil {
		return err
	}
	switch f {
	case zipFormat:
		return r.readZip(p)
	case gzFormat:
		return r.readGzip(p)
	case mailFormat:
		return r.readMail(p)
	case pdfFormat:
		return r.readPDF(p)
	case compoundFormat:
		return r.readCompound(p)
	}
	if p.charset == "" {
		p.charset = metaCharset(p)
	}
	text, err := r.decode(p)
	if err != nil {
		return err
	}
	return r.readText(p, text)
}

// readText adds a part that is text, by the form the text has.
func (r *reading) readText(p part, text string) error {
	pg := r.page(p.file)
	switch textForm(p, text) {
	case htmlText:
		readHTML(pg, text)
	case markdownText:
		readMarkdown(pg, text)
	case tableText:
		readTable(pg, text, extension(p.name) == "tsv" || p.media == "text/tab-separated-values")
	case jsonText:
		readJSON(pg, text)
	case codeText:
		readPlain(pg, text, incident.Code)
	default:
		readPlain(pg, text, incident.Prose)
	}
	return pg.close()
}

// inside reads a part of a container. Only a limit of the whole reading is an error;
// whatever else is wrong with the part is written down, and the others are read.
func (r *reading) inside(p part) error {
	return r.settle(p.file, r.read(p))
}

// settle turns the error of a part into a skip, if it concerns that part alone.
func (r *reading) settle(file string, err error) error {
	if err == nil {
		return nil
	}
	f := asFault(err)
	if f == nil {
		f = fault.Wrap(err, fault.Invalid, "document.damaged", file)
	}
	if f.Kind == fault.TooLarge && !local(f.Code) {
		return f
	}
	r.res.Skipped = append(r.res.Skipped, Skip{File: file, Err: f})
	return nil
}

// asFault gives the fault that err is, or nil.
func asFault(err error) *fault.Error {
	f, _ := errors.AsType[*fault.Error](err)
	return f
}

// skip writes down a part that is not read; each counts as a part.
func (r *reading) skip(file string, err *fault.Error) error {
	if r.parts++; r.parts > r.lim.Parts {
		return tooLarge("document.too-many-parts", file, int64(r.lim.Parts))
	}
	r.res.Skipped = append(r.res.Skipped, Skip{File: file, Err: err})
	return nil
}

func (r *reading) doubt(file string, err *fault.Error) {
	if err != nil {
		r.res.Doubts = append(r.res.Doubts, Skip{File: file, Err: err})
	}
}

// enter checks the depth of a container that is about to be opened.
func (r *reading) enter(p part) error {
	if p.depth+1 > r.lim.Depth {
		return tooLarge("document.too-deep", p.file, int64(r.lim.Depth))
	}
	return nil
}

// expand takes n bytes out of the budget for what comes out of containers.
func (r *reading) expand(file string, n int64) error {
	if r.expanded += n; r.expanded > r.lim.Expanded {
		return fault.New(fault.TooLarge, "document.expanded-too-large", file, sizeOf(r.lim.Expanded))
	}
	return nil
}

// unique gives a name that no other part has: the second "body" is "body (2)".
func (r *reading) unique(file string) string {
	name := file
	for n := r.names[file]; ; {
		if _, taken := r.names[name]; !taken {
			r.names[name] = 1
			return name
		}
		n = max(n, 1) + 1
		r.names[file] = n
		name = file + " (" + strconv.Itoa(n) + ")"
	}
}
