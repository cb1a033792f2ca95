package document

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/structs"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
)

// A pdfPage is one page being read.
type pdfPage struct {
	f    *pdfFile
	pg   *page
	ref  references.FPDF_PAGE
	text references.FPDF_TEXTPAGE
}

// byRef names a page to the engine.
func (x *pdfPage) byRef() requests.Page { return requests.Page{ByReference: &x.ref} }

// page reads page i, counted from 0. Only what ends the whole reading is an error.
func (f *pdfFile) page(i int) error {
	file := f.p.file + "/p" + strconv.Itoa(i+1)
	x := &pdfPage{f: f, pg: f.r.page(file)}
	err := x.read(i)
	if x.pg.err != nil && !local(asFault(x.pg.err).Code) {
		return x.pg.err
	}
	if err != nil || x.pg.err != nil {
		if err != nil {
			x.pg.err = fault.Wrap(err, fault.Invalid, "document.damaged", file)
		}
		f.skips = append(f.skips, Skip{file, asFault(x.pg.err)})
		return nil
	}
	if len(x.pg.note.Lines) == 0 {
		f.blank = append(f.blank, i+1)
		return nil
	}
	f.notes = append(f.notes, x.pg)
	return nil
}

func (x *pdfPage) read(i int) error {
	in := x.f.in
	got, err := in.FPDF_LoadPage(&requests.FPDF_LoadPage{Document: x.f.doc, Index: i})
	if err != nil {
		return err
	}
	x.ref = got.Page
	defer func() { _, _ = in.FPDF_ClosePage(&requests.FPDF_ClosePage{Page: x.ref}) }()
	text, err := in.FPDFText_LoadPage(&requests.FPDFText_LoadPage{Page: x.byRef()})
	if err != nil {
		return err
	}
	x.text = text.TextPage
	defer func() { _, _ = in.FPDFText_ClosePage(&requests.FPDFText_ClosePage{TextPage: x.text}) }()
	chars, err := in.FPDFText_CountChars(&requests.FPDFText_CountChars{TextPage: x.text})
	if err != nil {
		return err
	}
	if chars.Count > 0 {
		all, err := in.FPDFText_GetText(&requests.FPDFText_GetText{TextPage: x.text, Count: chars.Count})
		if err != nil {
			return err
		}
		x.lines(x.ordered(all.Text, chars.Count))
	}
	return x.annotations()
}

// lines adds the text, a line for each line of the page in the order of the page's own
// description, which is nearly always that of reading.
func (x *pdfPage) lines(text string) {
	unread := 0
	text = strings.Map(func(c rune) rune {
		switch {
		case c == 0x02, c == 0xfffe: // a hyphen at the end of a line whose word goes on
			return '-'
		case c == utf8.RuneError, c == 0, privateUse(c):
			unread++
		}
		return c
	}, text)
	eachLine(text, func(n int, line string) bool {
		x.pg.add(n, strings.TrimRight(line, " "), incident.Prose)
		return x.pg.err == nil
	})
	if unread > 0 {
		file := x.pg.note.File
		x.f.doubts = append(x.f.doubts, Skip{file, fault.New(fault.Invalid, "document.pdf-glyphs", file, strconv.Itoa(unread))})
	}
}

// annotations adds what lies over the text: notes, targets of links, fields of a form. None
// of it is seen when printed as it is read here, so all of it is Hidden.
func (x *pdfPage) annotations() error {
	in := x.f.in
	n, err := in.FPDFPage_GetAnnotCount(&requests.FPDFPage_GetAnnotCount{Page: x.byRef()})
	if err != nil || n.Count == 0 {
		return err
	}
	if x.f.form != "" {
		_, _ = in.FORM_OnAfterLoadPage(&requests.FORM_OnAfterLoadPage{Page: x.byRef(), FormHandle: x.f.form})
		defer func() {
			_, _ = in.FORM_OnBeforeClosePage(&requests.FORM_OnBeforeClosePage{Page: x.byRef(), FormHandle: x.f.form})
		}()
	}
	for i := 0; i < n.Count && x.pg.tag(); i++ {
		got, err := in.FPDFPage_GetAnnot(&requests.FPDFPage_GetAnnot{Page: x.byRef(), Index: i})
		if err != nil {
			continue
		}
		x.annotation(got.Annotation)
		_, _ = in.FPDFPage_CloseAnnot(&requests.FPDFPage_CloseAnnot{Annotation: got.Annotation})
	}
	return x.pg.err
}

func (x *pdfPage) annotation(a references.FPDF_ANNOTATION) {
	in := x.f.in
	sub, err := in.FPDFAnnot_GetSubtype(&requests.FPDFAnnot_GetSubtype{Annotation: a})
	if err != nil {
		return
	}
	at := x.lineAt(a)
	author := "author"
	switch sub.Subtype {
	case enums.FPDF_ANNOT_SUBTYPE_POPUP: // shows what another annotation says
		return
	case enums.FPDF_ANNOT_SUBTYPE_LINK:
		if link, err := in.FPDFAnnot_GetLink(&requests.FPDFAnnot_GetLink{Annotation: a}); err == nil {
			if act, err := in.FPDFLink_GetAction(&requests.FPDFLink_GetAction{Link: link.Link}); err == nil && act.Action != nil {
				x.hide(at, "link", x.f.target(*act.Action))
			}
		}
	case enums.FPDF_ANNOT_SUBTYPE_WIDGET:
		author = "field"
		x.hide(at, "field", x.field(a))
	case enums.FPDF_ANNOT_SUBTYPE_FILEATTACHMENT:
		x.attachment(at, a)
	}
	for _, k := range [][2]string{{"Contents", "note"}, {"T", author}, {"Subj", "subject"}, {"TU", "tooltip"}, {"OverlayText", "overlay"}} {
		if k[1] == "field" && x.f.form != "" {
			continue // field has said it, with the names of the fields around it
		}
		if got, err := in.FPDFAnnot_GetStringValue(&requests.FPDFAnnot_GetStringValue{Annotation: a, Key: k[0]}); err == nil {
			x.hide(at, k[1], got.Value)
		}
	}
}

// field gives name and value of a form's field.
func (x *pdfPage) field(a references.FPDF_ANNOTATION) string {
	if x.f.form == "" {
		got, err := x.f.in.FPDFAnnot_GetStringValue(&requests.FPDFAnnot_GetStringValue{Annotation: a, Key: "V"})
		if err != nil {
			return ""
		}
		return got.Value
	}
	var name, value string
	if got, err := x.f.in.FPDFAnnot_GetFormFieldName(&requests.FPDFAnnot_GetFormFieldName{FormHandle: x.f.form, Annotation: a}); err == nil {
		name = got.FormFieldName
	}
	if got, err := x.f.in.FPDFAnnot_GetFormFieldValue(&requests.FPDFAnnot_GetFormFieldValue{FormHandle: x.f.form, Annotation: a}); err == nil {
		value = got.FormFieldValue
	}
	return strings.TrimPrefix(name+": "+value, ": ")
}

// attachment takes out the file that hangs at a paper clip on the page.
func (x *pdfPage) attachment(at int, a references.FPDF_ANNOTATION) {
	got, err := x.f.in.FPDFAnnot_GetFileAttachment(&requests.FPDFAnnot_GetFileAttachment{Document: x.f.doc, Annotation: a})
	if err != nil {
		x.f.embedded = append(x.f.embedded, pdfEmbedded{"attachment", nil, fault.Wrap(err, fault.Invalid, "document.damaged", "")})
		return
	}
	e, err := x.f.embeddedFile(got.Attachment)
	if err != nil {
		x.pg.err = err
		return
	}
	x.hide(at, "attachment", e.name)
}

func (x *pdfPage) hide(at int, label, text string) {
	for line := range strings.FieldsFuncSeq(shown(text), func(c rune) bool { return c == '\n' || c == '\r' }) {
		if strings.TrimSpace(line) != "" {
			x.pg.add(at, label+": "+line, incident.Hidden)
		}
	}
}

// shown writes bytes that are no characters, as an address may have them, as \xE3.
func shown(s string) string {
	s, _ = utf8Set.text([]byte(s))
	return s
}

// lineAt gives the number of the line that an annotation lies on or beside; where there is
// none near it, of the last.
func (x *pdfPage) lineAt(a references.FPDF_ANNOTATION) int {
	last := 1
	for _, l := range x.pg.note.Lines {
		last = max(last, l.Number)
	}
	rect, err := x.f.in.FPDFAnnot_GetRect(&requests.FPDFAnnot_GetRect{Annotation: a})
	if err != nil {
		return last
	}
	near, err := x.f.in.FPDFText_GetCharIndexAtPos(&requests.FPDFText_GetCharIndexAtPos{
		TextPage: x.text, X: float64(rect.Rect.Left+rect.Rect.Right) / 2, Y: float64(rect.Rect.Top+rect.Rect.Bottom) / 2,
		XTolerance: 600, YTolerance: 12,
	})
	if err != nil || near.CharIndex <= 0 {
		if err == nil && near.CharIndex == 0 {
			return 1
		}
		return last
	}
	before, err := x.f.in.FPDFText_GetText(&requests.FPDFText_GetText{TextPage: x.text, Count: near.CharIndex + 1})
	if err != nil {
		return last
	}
	return min(last, 1+strings.Count(before.Text, "\n"))
}

// startForm lets the engine see the fields of a form as their values are, not as they are
// drawn. Nothing is carried out: scripts need an interpreter that is not built in.
func (f *pdfFile) startForm() {
	got, err := f.in.FPDF_GetFormType(&requests.FPDF_GetFormType{Document: f.doc})
	if err != nil || got.FormType == enums.FPDF_FORMTYPE_NONE {
		return
	}
	env, err := f.in.FPDFDOC_InitFormFillEnvironment(&requests.FPDFDOC_InitFormFillEnvironment{
		Document: f.doc,
		FormFillInfo: structs.FPDF_FORMFILLINFO{
			FFI_Invalidate:   func(references.FPDF_PAGE, float64, float64, float64, float64) {},
			FFI_SetCursor:    func(enums.FXCT) {},
			FFI_SetTimer:     func(int, func(int)) int { return 0 },
			FFI_KillTimer:    func(int) {},
			FFI_GetLocalTime: func() structs.FPDF_SYSTEMTIME { return structs.FPDF_SYSTEMTIME{} },
			FFI_GetPage:      func(references.FPDF_DOCUMENT, int) *references.FPDF_PAGE { return nil },
			FFI_GetRotation: func(references.FPDF_PAGE) enums.FPDF_PAGE_ROTATION {
				return enums.FPDF_PAGE_ROTATION_NONE
			},
			FFI_ExecuteNamedAction: func(string) {},
		},
	})
	if err == nil {
		f.form = env.FormHandle
	}
}
