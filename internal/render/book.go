package render

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/wakachi/wakachi/internal/fault"
)

// Limits of a template.
const (
	maxTemplate = 20 << 20
	maxUnpacked = 64 << 20 // of all parts; offices' sheets have one or two
	maxPart     = 32 << 20
	maxParts    = 2000
	maxTag      = 1 << 20 // of an element with the text behind it; the longest text of a cell takes a fifth
	maxDepth    = 256
)

// A book is a template as a package: its parts, not yet read.
type book struct {
	name     string // of the file, for errors
	zip      *zip.Reader
	parts    map[string]*zip.File // by key
	left     int64                // what may still be unpacked
	types    contentNames
	workbook string            // the part with the list of sheets
	sheets   map[string]string // part of each worksheet, by its name in lower case
	formulas bool              // there are some
}

// key is a part's name as it is compared.
//
// SPEC: ECMA-376 Part 2 §6.2.2.3 (names are compared without case)
func key(name string) string { return strings.ToLower(strings.TrimPrefix(name, "/")) }

func (p *book) broken(cause error) error {
	if cause == nil {
		return fault.New(fault.Invalid, "render.template.broken", p.name)
	}
	return fault.Wrap(cause, fault.Invalid, "render.template.broken", p.name)
}

func (p *book) large() error { return fault.New(fault.TooLarge, "render.template.large", p.name) }

// openBook looks at the list of a package's parts. Whatever two programs could read differently is refused: what is
// looked at here is to be what Excel opens.
func openBook(name string, template []byte) (*book, error) {
	p := &book{name: name, left: maxUnpacked, parts: map[string]*zip.File{}, sheets: map[string]string{}}
	if len(template) > maxTemplate {
		return nil, p.large()
	}
	z, err := zip.NewReader(bytes.NewReader(template), int64(len(template)))
	if err != nil {
		return nil, p.broken(err)
	}
	if p.zip = z; len(z.File) > maxParts {
		return nil, p.large()
	}
	packed, unpacked := uint64(0), uint64(0)
	for _, f := range z.File {
		const encrypted = 1
		k := key(f.Name)
		_, twice := p.parts[k]
		if twice || !plainName(f.Name) || f.Flags&encrypted != 0 || f.Method != zip.Store && f.Method != zip.Deflate {
			return nil, p.broken(nil)
		}
		p.parts[k] = f
		// Sizes are bounded one by one, so that no sum of them overflows.
		if f.UncompressedSize64 > maxUnpacked || f.CompressedSize64 > maxTemplate {
			return nil, p.large()
		}
		packed, unpacked = packed+f.CompressedSize64, unpacked+f.UncompressedSize64
		if unpacked > maxUnpacked {
			return nil, p.large()
		}
	}
	if packed > uint64(len(template)) { // parts that share their bytes
		return nil, p.broken(nil)
	}
	return p, nil
}

// plainName says whether a name is one that stays inside a package.
func plainName(name string) bool {
	if name == "" || len(name) > 200 || strings.ContainsAny(name, "\\:\x00") || strings.HasPrefix(name, "/") {
		return false
	}
	for part := range strings.SplitSeq(strings.TrimSuffix(name, "/"), "/") {
		if part == "" || strings.HasSuffix(part, ".") {
			return false
		}
	}
	return true
}

// read unpacks a part. What a part claims of its size may be a lie.
func (p *book) read(part string) ([]byte, error) {
	f := p.parts[part]
	if f == nil {
		return nil, p.broken(nil)
	}
	r, err := f.Open()
	if err != nil {
		return nil, p.broken(err)
	}
	defer r.Close()
	most := min(p.left, maxPart)
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	switch {
	case err != nil:
		return nil, p.broken(err)
	case int64(len(data)) > most:
		return nil, p.large()
	}
	return data, nil
}

// contentNames says of what type a part is.
//
// SPEC: ECMA-376 Part 2 §7.2.3
type contentNames struct{ byExtension, byPart map[string]string }

func (c contentNames) of(part string) string {
	if t, ok := c.byPart[part]; ok {
		return t
	}
	return c.byExtension[strings.TrimPrefix(path.Ext(part), ".")]
}

// A walker reads the elements of a part, in bounded memory, and knows where each stands.
type walker struct {
	data       []byte
	decoder    *xml.Decoder
	open       []xml.Name
	start, end int // of the last token
}

var errMarkup = errors.New("not the XML of a package")

func walk(data []byte) (*walker, error) {
	for rest := data; ; {
		i := bytes.IndexByte(rest, '<')
		if i > maxTag || i < 0 && len(rest) > maxTag {
			return nil, errMarkup
		}
		if i < 0 {
			break
		}
		rest = rest[i+1:]
	}
	return &walker{data: data, decoder: xml.NewDecoder(bytes.NewReader(data))}, nil
}

// next gives the next token; the last is io.EOF. A document type is refused: packages have none.
func (w *walker) next() (xml.Token, error) {
	w.start = int(w.decoder.InputOffset())
	token, err := w.decoder.RawToken()
	w.end = int(w.decoder.InputOffset())
	if err != nil {
		if errors.Is(err, io.EOF) && len(w.open) > 0 {
			return nil, errMarkup
		}
		return nil, err
	}
	switch x := token.(type) {
	case xml.Directive:
		return nil, errMarkup
	case xml.StartElement:
		if w.open = append(w.open, x.Name); len(w.open) > maxDepth {
			return nil, errMarkup
		}
	case xml.EndElement:
		if len(w.open) == 0 || w.open[len(w.open)-1] != x.Name {
			return nil, errMarkup
		}
		w.open = w.open[:len(w.open)-1]
	}
	return token, nil
}

// inside says whether the open elements are these, by their local names.
func (w *walker) inside(names ...string) bool {
	return slices.EqualFunc(w.open, names, func(n xml.Name, s string) bool { return n.Local == s })
}

// attr gives an attribute by its local name.
func attr(e xml.StartElement, local string) string {
	for _, a := range e.Attr {
		if a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}
