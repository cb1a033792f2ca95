package document

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"strings"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/fault"
)

// readZip reads every entry of an archive, or the Word file or workbook that it is.
func (r *reading) readZip(p part) error {
	if err := r.enter(p); err != nil {
		return err
	}
	// The directory is counted before it is parsed, which costs more than its bytes.
	if bytes.Count(p.data, []byte("PK\x01\x02")) > r.lim.Parts {
		return tooLarge("document.too-many-parts", p.file, int64(r.lim.Parts))
	}
	z, err := zip.NewReader(bytes.NewReader(p.data), int64(len(p.data)))
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "document.damaged", p.file)
	}
	if err := r.weighZip(p, z.File); err != nil {
		return err
	}
	switch kind, name := officeKind(z.File); kind {
	case "word":
		return r.readWord(p, z.File)
	case "workbook":
		return r.readWorkbook(p, z.File)
	case "":
		return r.readEntries(p, z.File)
	default:
		return fault.New(fault.Unsupported, "document."+kind, p.file, name)
	}
}

// weighZip refuses an archive by what its directory promises, before anything expands:
// more entries or bytes than allowed, or entries that share the same bytes.
func (r *reading) weighZip(p part, files []*zip.File) error {
	if len(files) > r.lim.Parts-r.parts {
		return tooLarge("document.too-many-parts", p.file, int64(r.lim.Parts))
	}
	var packed, full uint64
	for _, f := range files {
		if f.UncompressedSize64 > uint64(r.lim.Expanded) {
			return fault.New(fault.TooLarge, "document.expanded-too-large", p.file, sizeOf(r.lim.Expanded))
		}
		full += f.UncompressedSize64
		packed += min(f.CompressedSize64, uint64(len(p.data))+1)
	}
	if packed > uint64(len(p.data)) || full > ratioFloor && full/uint64(len(p.data)) > uint64(r.lim.Ratio) {
		return tooLarge("document.ratio", p.file, r.lim.Ratio)
	}
	return nil
}

func (r *reading) readEntries(p part, files []*zip.File) error {
	for _, f := range files {
		if strings.HasSuffix(f.Name, "/") && f.UncompressedSize64 == 0 {
			continue
		}
		name, sound := entryName(f.Name)
		file := r.unique(p.file + "/" + name)
		if !sound {
			r.doubt(file, fault.New(fault.Invalid, "document.unsafe-name", file))
		}
		if f.Mode()&fs.ModeSymlink != 0 {
			if err := r.skip(file, fault.New(fault.Unsupported, "document.link", file)); err != nil {
				return err
			}
			continue
		}
		data, err := r.entry(f, file)
		if err == nil {
			err = r.read(part{file: file, data: data, depth: p.depth + 1})
		}
		if err := r.settle(file, err); err != nil {
			return err
		}
	}
	return nil
}

// entry expands one entry.
func (r *reading) entry(f *zip.File, file string) ([]byte, error) {
	switch {
	case f.Flags&1 != 0:
		return nil, fault.New(fault.Unsupported, "document.encrypted", file)
	case f.Method != zip.Store && f.Method != zip.Deflate:
		return nil, fault.New(fault.Unsupported, "document.zip-method", file)
	}
	rc, err := f.Open()
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "document.damaged", file)
	}
	defer rc.Close()
	return r.inflate(rc, file, int64(f.CompressedSize64))
}

// inflate reads what comes out of packed compressed bytes, within the budget.
func (r *reading) inflate(src io.Reader, file string, packed int64) ([]byte, error) {
	var buf bytes.Buffer
	left := r.lim.Expanded - r.expanded
	if ratio := max(packed, 1) * r.lim.Ratio; ratio < left {
		left = max(ratio, min(left, ratioFloor))
	}
	n, err := io.Copy(&buf, io.LimitReader(src, left+1))
	if err := r.expand(file, n); err != nil {
		return nil, err
	}
	if n > left {
		return nil, tooLarge("document.ratio", file, r.lim.Ratio)
	}
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "document.damaged", file)
	}
	return buf.Bytes(), nil
}

// readGzip reads the one file that is in it, under its name without ".gz".
func (r *reading) readGzip(p part) error {
	if err := r.enter(p); err != nil {
		return err
	}
	z, err := gzip.NewReader(bytes.NewReader(p.data))
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "document.damaged", p.file)
	}
	data, err := r.inflate(z, p.file, int64(len(p.data)))
	if err != nil {
		return err
	}
	base := p.name[strings.LastIndexByte(p.name, '/')+1:]
	name := strings.TrimSuffix(strings.TrimSuffix(base, ".gz"), ".GZ")
	if name == base || name == "" {
		name = "content"
	}
	if before, ok := strings.CutSuffix(name, ".tgz"); ok {
		name = before + ".tar"
	}
	return r.inside(part{file: r.unique(p.file + "/" + name), data: data, depth: p.depth + 1})
}

// entryName makes a harmless, readable name of what an archive or a mail calls a file.
// Nothing is ever written under it; sound is false where it would have led elsewhere.
func entryName(raw string) (name string, sound bool) {
	if !utf8.ValidString(raw) {
		raw = legacyName(raw)
	}
	sound = true
	var kept []string
	for _, s := range strings.FieldsFunc(raw, func(c rune) bool { return c == '/' || c == '\\' }) {
		switch {
		case s == ".":
		case s == "..":
			sound = false
		default:
			clean := strings.Map(nameRune, s)
			sound = sound && clean == s
			kept = append(kept, clean)
		}
	}
	if strings.HasPrefix(raw, "/") || strings.HasPrefix(raw, `\`) {
		sound = false
	}
	if name = strings.Join(kept, "/"); name == "" {
		return "_", false
	}
	return name, sound
}

// nameRune replaces what a name must not have: control characters and line breaks, the
// colon of a drive or a stream, and marks that turn the direction of writing (exe.txt).
func nameRune(c rune) rune {
	switch {
	case c < 0x20, c >= 0x7f && c < 0xa0, c == ':', c == utf8.RuneError,
		c >= 0x2028 && c <= 0x202e, c >= 0x2066 && c <= 0x2069:
		return '_'
	}
	return c
}

// legacyName decodes a name that is not UTF-8: Windows wrote CP932 in Japan. What stays
// unclear is shown byte by byte.
func legacyName(raw string) string {
	set, _ := pick([]byte(raw), cp932)
	if set != cp932 && set != eucJP {
		set = utf8Set
	}
	s, _ := set.text([]byte(raw))
	return s
}
