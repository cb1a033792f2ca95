package document

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/klippa-app/go-pdfium"
	pdferrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
)

// A pdfFile is a PDF being read. Its note holds what is no page: properties, the outline.
// Each page is a note of its own, "x.pdf/p3", so that page and line find the place again.
//
// What PDFium reads, this reads; what it repairs, this takes repaired.
//
// SPEC: ISO 32000-1.
type pdfFile struct {
	r    *reading
	p    part
	in   pdfium.Pdfium
	doc  references.FPDF_DOCUMENT
	form references.FPDF_FORMHANDLE // empty: the document has no form

	top      *page // the note of the file itself
	notes    []*page
	skips    []Skip
	doubts   []Skip
	blank    []int // pages with nothing to read: pictures, or white
	embedded []pdfEmbedded
}

// A pdfEmbedded is an attached file, read when the engine is free again.
type pdfEmbedded struct {
	name string
	data []byte
	err  *fault.Error
}

func (r *reading) readPDF(p part) error {
	if err := r.enter(p); err != nil {
		return err
	}
	if r.pdfTime >= r.lim.Time {
		return tooLate(p.file, r.lim.Time)
	}
	lines, pages, expanded := r.lines, r.pages, r.expanded
	var f *pdfFile
	began := time.Now()
	late, err := sharedPDFEngine.use(len(p.data), r.lim.Time-r.pdfTime, func(most int, in pdfium.Pdfium) error {
		r.lines, r.pages, r.expanded = lines, pages, expanded
		began = time.Now()
		f = &pdfFile{r: r, p: p, in: in, top: r.page(p.file)}
		err := f.read(most)
		if errors.Is(err, errNotQuick) {
			f = nil
		}
		return err
	})
	r.pdfTime += time.Since(began)
	var known *fault.Error
	switch {
	case late:
		return tooLate(p.file, r.lim.Time)
	case errors.As(err, &known):
		return known
	case err != nil && f == nil:
		return fault.Wrap(err, fault.Unavailable, "document.pdf-engine", p.file)
	case err != nil:
		return fault.Wrap(err, fault.Invalid, "document.damaged", p.file)
	}
	return f.settle()
}

func tooLate(file string, limit time.Duration) *fault.Error {
	return tooLarge("document.pdf-time", file, int64(limit/time.Second))
}

// read takes everything out of the engine. A page that breaks is skipped.
func (f *pdfFile) read(quick int) error {
	if err := f.open(); err != nil {
		return err
	}
	count, err := f.in.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: f.doc})
	if err != nil {
		return err
	}
	n := count.PageCount
	if n > f.r.lim.Pages-f.r.pages {
		return tooLarge("document.too-many-pages", f.p.file, int64(f.r.lim.Pages))
	}
	if n > quick {
		return errNotQuick
	}
	if end := f.p.data[max(0, len(f.p.data)-2048):]; !bytes.Contains(end, []byte("startxref")) {
		f.doubts = append(f.doubts, Skip{f.p.file, fault.New(fault.Invalid, "document.pdf-cut", f.p.file)})
	}
	f.r.pages += n
	if quick <= quickPages {
		sharedPDFEngine.pages += max(n, 1)
	}
	f.properties()
	f.outline()
	f.scripts()
	f.startForm()
	for i := range n {
		if err := f.page(i); err != nil {
			return err
		}
	}
	return f.attachments()
}

func (f *pdfFile) open() error {
	got, err := f.in.FPDF_LoadMemDocument(&requests.FPDF_LoadMemDocument{Data: &f.p.data})
	switch {
	case errors.Is(err, pdferrors.ErrPassword), errors.Is(err, pdferrors.ErrSecurity):
		return fault.New(fault.Unsupported, "document.encrypted", f.p.file)
	case err != nil:
		return fault.Wrap(err, fault.Invalid, "document.damaged", f.p.file)
	}
	f.doc = got.Document
	return nil
}

// hide adds a line that no page shows. In the file's own note they are counted.
func (f *pdfFile) hide(label, text string) {
	for line := range strings.FieldsFuncSeq(shown(text), func(c rune) bool { return c == '\n' || c == '\r' }) {
		if strings.TrimSpace(line) != "" {
			f.top.add(len(f.top.note.Lines)+1, label+": "+line, incident.Hidden)
		}
	}
}

func (f *pdfFile) properties() {
	for _, tag := range []string{"Title", "Author", "Subject", "Keywords", "Creator", "Producer", "CreationDate", "ModDate"} {
		if got, err := f.in.FPDF_GetMetaText(&requests.FPDF_GetMetaText{Document: f.doc, Tag: tag}); err == nil {
			f.hide(strings.ToLower(tag), got.Value)
		}
	}
}

// outline reads the bookmarks in order. A ring of them ends at the limit of tags.
func (f *pdfFile) outline() {
	type mark = *references.FPDF_BOOKMARK
	first, err := f.in.FPDFBookmark_GetFirstChild(&requests.FPDFBookmark_GetFirstChild{Document: f.doc})
	if err != nil || first.Bookmark == nil {
		return
	}
	for open := []mark{first.Bookmark}; len(open) > 0 && f.top.tag(); {
		b := open[len(open)-1]
		open = open[:len(open)-1]
		if got, err := f.in.FPDFBookmark_GetTitle(&requests.FPDFBookmark_GetTitle{Bookmark: *b}); err == nil {
			f.hide("bookmark", got.Title)
		}
		if got, err := f.in.FPDFBookmark_GetAction(&requests.FPDFBookmark_GetAction{Bookmark: *b}); err == nil && got.Action != nil {
			f.hide("link", f.target(*got.Action))
		}
		if next, err := f.in.FPDFBookmark_GetNextSibling(&requests.FPDFBookmark_GetNextSibling{Document: f.doc, Bookmark: *b}); err == nil && next.Bookmark != nil {
			open = append(open, next.Bookmark)
		}
		if child, err := f.in.FPDFBookmark_GetFirstChild(&requests.FPDFBookmark_GetFirstChild{Document: f.doc, Bookmark: b}); err == nil && child.Bookmark != nil {
			open = append(open, child.Bookmark)
		}
	}
}

// scripts reads the document's JavaScript, which is often what an attack is made of.
func (f *pdfFile) scripts() {
	n, err := f.in.FPDFDoc_GetJavaScriptActionCount(&requests.FPDFDoc_GetJavaScriptActionCount{Document: f.doc})
	for i := 0; err == nil && i < n.JavaScriptActionCount && f.top.tag(); i++ {
		got, err := f.in.FPDFDoc_GetJavaScriptAction(&requests.FPDFDoc_GetJavaScriptAction{Document: f.doc, Index: i})
		if err != nil {
			continue
		}
		if s, err := f.in.FPDFJavaScriptAction_GetScript(&requests.FPDFJavaScriptAction_GetScript{JavaScriptAction: got.JavaScriptAction}); err == nil {
			f.hide("script", s.Script)
		}
	}
}

// target says where an action leads outside the document, or is empty.
func (f *pdfFile) target(a references.FPDF_ACTION) string {
	if got, err := f.in.FPDFAction_GetURIPath(&requests.FPDFAction_GetURIPath{Document: f.doc, Action: a}); err == nil && got.URIPath != nil && *got.URIPath != "" {
		return *got.URIPath
	}
	if got, err := f.in.FPDFAction_GetFilePath(&requests.FPDFAction_GetFilePath{Action: a}); err == nil && got.FilePath != nil {
		return *got.FilePath
	}
	return ""
}

// attachments takes the embedded files out, within the budget of what may expand.
func (f *pdfFile) attachments() error {
	n, err := f.in.FPDFDoc_GetAttachmentCount(&requests.FPDFDoc_GetAttachmentCount{Document: f.doc})
	if err != nil {
		return nil
	}
	if n.AttachmentCount > f.r.lim.Parts-f.r.parts {
		return tooLarge("document.too-many-parts", f.p.file, int64(f.r.lim.Parts))
	}
	for i := range n.AttachmentCount {
		a, err := f.in.FPDFDoc_GetAttachment(&requests.FPDFDoc_GetAttachment{Document: f.doc, Index: i})
		if err != nil {
			f.embedded = append(f.embedded, pdfEmbedded{"attachment", nil, fault.Wrap(err, fault.Invalid, "document.damaged", "")})
			continue
		}
		e, err := f.embeddedFile(a.Attachment)
		if err != nil {
			return err
		}
		f.hide("attachment", e.name)
		if d, err := f.in.FPDFAttachment_GetDescription(&requests.FPDFAttachment_GetDescription{Attachment: a.Attachment}); err == nil {
			f.hide("description", d.Value)
		}
	}
	return nil
}

// embeddedFile takes one out. Its error is that the budget is spent; a file that cannot be
// had is kept with the reason.
func (f *pdfFile) embeddedFile(a references.FPDF_ATTACHMENT) (pdfEmbedded, error) {
	e := pdfEmbedded{name: "attachment"}
	if got, err := f.in.FPDFAttachment_GetName(&requests.FPDFAttachment_GetName{Attachment: a}); err == nil && got.Name != "" {
		e.name = got.Name
	}
	got, err := f.in.FPDFAttachment_GetFile(&requests.FPDFAttachment_GetFile{Attachment: a})
	if err != nil {
		e.err = fault.Wrap(err, fault.Invalid, "document.damaged", "")
	} else {
		e.data = got.Contents
	}
	f.embedded = append(f.embedded, e)
	return e, f.r.expand(f.p.file, int64(len(e.data)))
}

// settle hands over what was read: the file's own note, its pages, what was attached.
func (f *pdfFile) settle() error {
	r := f.r
	read := len(f.notes)
	if len(f.top.note.Lines) > 0 || read == 0 {
		f.notes = append([]*page{f.top}, f.notes...)
	}
	if read == 0 && len(f.embedded) == 0 {
		switch {
		case len(f.blank) > 0:
			return fault.New(fault.Unsupported, "document.pdf-no-text", f.p.file, pageList(f.blank))
		case len(f.skips) > 0:
			return f.skips[0].Err
		}
		return fault.New(fault.Invalid, "document.damaged", f.p.file)
	}
	for _, pg := range f.notes {
		if pg != f.top { // whose name is taken already
			pg.note.File = r.unique(pg.note.File)
		}
		if err := r.settle(pg.note.File, pg.close()); err != nil {
			return err
		}
	}
	if len(f.blank) > 0 {
		f.skips = append(f.skips, Skip{f.p.file, fault.New(fault.Unsupported, "document.pdf-no-text", f.p.file, pageList(f.blank))})
	}
	r.res.Skipped = append(r.res.Skipped, f.skips...)
	r.res.Doubts = append(r.res.Doubts, f.doubts...)
	for _, e := range f.embedded {
		if err := f.attached(e); err != nil {
			return err
		}
	}
	return nil
}

func (f *pdfFile) attached(e pdfEmbedded) error {
	safe, sound := entryName(e.name)
	file := f.r.unique(f.p.file + "/" + safe)
	if !sound {
		f.r.doubt(file, fault.New(fault.Invalid, "document.unsafe-name", file))
	}
	if e.err != nil {
		e.err.Args = []string{file}
		return f.r.skip(file, e.err)
	}
	return f.r.inside(part{file: file, data: e.data, depth: f.p.depth + 1})
}

// pageList writes page numbers as people do: "1, 3-5".
func pageList(pages []int) string {
	var b strings.Builder
	for i := 0; i < len(pages); {
		j := i
		for j+1 < len(pages) && pages[j+1] == pages[j]+1 {
			j++
		}
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strconv.Itoa(pages[i]))
		if j > i {
			b.WriteString("-" + strconv.Itoa(pages[j]))
		}
		i = j + 1
	}
	return b.String()
}
