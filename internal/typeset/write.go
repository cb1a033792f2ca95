package typeset

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf16"

	"github.com/wakachi/wakachi/internal/phrase"
	"github.com/wakachi/wakachi/internal/report"
)

// A writer writes the objects of a PDF file.
//
// SPEC: ISO 32000-1 §7.3, §7.5
type writer struct {
	bytes.Buffer
	offsets []int // by object number; 0: only reserved
}

func newWriter() *writer {
	w := &writer{offsets: []int{0}}
	w.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	return w
}

func (w *writer) reserve() int {
	w.offsets = append(w.offsets, 0)
	return len(w.offsets) - 1
}

func (w *writer) object(id int, body string) {
	w.offsets[id] = w.Len()
	fmt.Fprintf(w, "%d 0 obj\n%s\nendobj\n", id, body)
}

func (w *writer) add(body string) int {
	id := w.reserve()
	w.object(id, body)
	return id
}

func (w *writer) stream(entries string, data []byte) int {
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	z.Write(data) //nolint:errcheck // a bytes.Buffer takes everything
	z.Close()     //nolint:errcheck
	id := w.reserve()
	w.offsets[id] = w.Len()
	fmt.Fprintf(w, "%d 0 obj\n<<%s/Length %d/Filter/FlateDecode>>\nstream\n", id, entries, packed.Len())
	w.Write(packed.Bytes())
	w.WriteString("\nendstream\nendobj\n")
	return id
}

// end writes the table of objects. The file's id is made of what it holds.
func (w *writer) end(root, info int) []byte {
	sum := sha256.Sum256(w.Bytes())
	id := hex.EncodeToString(sum[:16])
	at := w.Len()
	fmt.Fprintf(w, "xref\n0 %d\n0000000000 65535 f \n", len(w.offsets))
	for _, offset := range w.offsets[1:] {
		fmt.Fprintf(w, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(w, "trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%s><%s>]>>\nstartxref\n%d\n%%%%EOF\n", len(w.offsets), root, info, id, id, at)
	return w.Bytes()
}

// text is a string as PDF has it outside of pages: UTF-16 with its mark.
func text(s string) string {
	return "<FEFF" + hex16(s) + ">"
}

// hex16 writes a text as UTF-16 in hexadecimal.
func hex16(s string) string {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		out = fmt.Appendf(out, "%04X", u)
	}
	return string(out)
}

// oneLine makes of a text what may stand where no line can end.
func oneLine(s string) string { return strings.ReplaceAll(clean(s), "\n", " ") }

// file puts everything together.
func (s *setter) file(d report.Document) []byte {
	w := newWriter()
	face := w.font(s.face)
	parent := w.reserve()
	pages := make([]int, len(s.pages))
	counts := make([]int, len(s.pages))
	var kids strings.Builder
	for i, p := range s.pages {
		pages[i], counts[i] = w.reserve(), p.marks
		contents := w.stream("", p.Bytes())
		w.object(pages[i], fmt.Sprintf("<</Type/Page/Parent %d 0 R/MediaBox[0 0 %.2f %.2f]/Resources<</Font<</F1 %d 0 R>>>>/Contents %d 0 R/StructParents %d/Tabs/S>>",
			parent, pageWidth, pageHeight, face, contents, i))
		fmt.Fprintf(&kids, "%d 0 R ", pages[i])
	}
	w.object(parent, fmt.Sprintf("<</Type/Pages/Count %d/Kids[%s]>>", len(pages), kids.String()))
	tree := w.writeStructure(s.root, pages, counts)
	language := "ja-JP"
	if d.Language == phrase.English {
		language = "en-GB"
	}
	catalog := w.add(fmt.Sprintf("<</Type/Catalog/Pages %d 0 R/StructTreeRoot %d 0 R/MarkInfo<</Marked true>>/Lang(%s)/ViewerPreferences<</DisplayDocTitle true>>%s>>",
		parent, tree, language, w.outline(s.headings, pages)))
	info := w.add("<</Title" + text(oneLine(d.Title)) + ">>")
	return w.end(catalog, info)
}

// font writes the font, its widths, and what each code stands for.
//
// SPEC: ISO 32000-1 §9.7 (composite fonts), §9.10 (extraction of text)
func (w *writer) font(f *typeface) int {
	subset := f.subset()
	name := tag(subset) + "+BIZUDPGothic"
	file := w.stream(fmt.Sprintf("/Length1 %d", len(subset)), subset)
	box, ascent, descent, capital := f.metrics()
	descriptor := w.add(fmt.Sprintf("<</Type/FontDescriptor/FontName/%s/Flags 4/FontBBox[%d %d %d %d]/ItalicAngle 0/Ascent %d/Descent %d/CapHeight %d/StemV 80/FontFile2 %d 0 R>>",
		name, box[0], box[1], box[2], box[3], ascent, descent, capital, file))
	glyphs := make([]byte, 0, 2*len(f.glyphs))
	var widths strings.Builder
	for i, g := range f.glyphs {
		glyphs = append(glyphs, byte(g>>8), byte(g))
		if i > 0 {
			fmt.Fprintf(&widths, "%d ", f.widths[i])
		}
	}
	mapping := w.stream("", glyphs)
	descendant := w.add(fmt.Sprintf("<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor %d 0 R/DW 1000/W[1[%s]]/CIDToGIDMap %d 0 R>>",
		name, descriptor, widths.String(), mapping))
	unicode := w.stream("", f.toUnicode())
	return w.add(fmt.Sprintf("<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>", name, descendant, unicode))
}

// tag gives the six letters that tell one subset of a font from another.
//
// SPEC: ISO 32000-1 §9.6.4
func tag(subset []byte) string {
	sum := sha256.Sum256(subset)
	for i, b := range sum[:6] {
		sum[i] = 'A' + b%26
	}
	return string(sum[:6])
}

// toUnicode says which text each code is.
func (f *typeface) toUnicode() []byte {
	var out bytes.Buffer
	out.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo <</Registry (Adobe)/Ordering (UCS)/Supplement 0>> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	const most = 100 // entries in a block
	for from := 1; from < len(f.texts); from += most {
		to := min(from+most, len(f.texts))
		fmt.Fprintf(&out, "%d beginbfchar\n", to-from)
		for c := from; c < to; c++ {
			fmt.Fprintf(&out, "<%04X> <%s>\n", c, hex16(f.texts[c]))
		}
		out.WriteString("endbfchar\n")
	}
	out.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")
	return out.Bytes()
}
