package document

import (
	"errors"
	"io"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/wakachi/wakachi/internal/incident"
)

// An htmlReader turns HTML into lines by block, each with the number of the source line
// where its text begins. It reads tags as they come and builds no tree, so that nesting
// costs nothing and broken markup loses nothing. Columns count in the visible text.
type htmlReader struct {
	p    *page
	line int // in the source, of the token at hand

	text  strings.Builder // of the open block
	start int             // the source line where it began; 0: it has no text
	kind  incident.LineKind
	level uint8 // of the open heading

	cells []htmlCell // of the open row
	inRow bool

	pre     int    // open <pre> elements
	lists   int    // open <ul> and <ol> elements
	quotes  int    // open <blockquote> elements
	item    bool   // the open block is the first of a list item
	spaced  bool   // the line before is blank, or there is none
	raw     string // <script>, <style>: its text is code
	unseen  string // the element that hides what is inside; empty: none
	unseenN int    // elements of that name that are open
}

// An htmlCell is what stands in a table cell: one piece for each block in it.
type htmlCell struct {
	pieces []incident.Line
}

func readHTML(p *page, text string) {
	h := &htmlReader{p: p, line: 1, spaced: true}
	z := html.NewTokenizer(strings.NewReader(text))
	for p.err == nil {
		tt := z.Next()
		breaks := lineBreaks(z.Raw())
		if tt != html.ErrorToken {
			text = text[len(z.Raw()):]
		}
		switch tt {
		case html.ErrorToken:
			if err := z.Err(); err != nil && !errors.Is(err, io.EOF) {
				p.err = err
			}
			h.endRow()
			h.hidden("", text) // a tag that is never closed: what it says is kept
			return
		case html.TextToken:
			h.words(string(z.Text()))
		case html.StartTagToken, html.SelfClosingTagToken:
			if p.tag() {
				h.open(z.Token(), tt == html.SelfClosingTagToken)
			}
		case html.EndTagToken:
			if p.tag() {
				h.close(z.Token())
			}
		case html.CommentToken:
			h.hidden("", string(z.Text()))
		}
		h.line += breaks
	}
}

func lineBreaks(raw []byte) int {
	n := 0
	for i, c := range raw {
		if c == '\n' || c == '\r' && (i+1 == len(raw) || raw[i+1] != '\n') {
			n++
		}
	}
	return n
}

// words adds text to the open block.
func (h *htmlReader) words(s string) {
	if h.raw != "" || h.pre > 0 {
		h.verbatim(s)
		return
	}
	if strings.TrimSpace(s) == "" {
		if h.start > 0 {
			h.text.WriteByte(' ')
		}
		return
	}
	if h.start == 0 {
		lead := s[:len(s)-len(strings.TrimLeft(s, " \t\r\n\f"))]
		h.start = h.line + lineBreaks([]byte(lead))
	}
	h.text.WriteString(s)
}

// verbatim adds each source line of code as it stands.
func (h *htmlReader) verbatim(s string) {
	kind := incident.Code
	if h.unseen != "" {
		kind = incident.Hidden
	}
	text := markdown{p: h.p, blank: true}
	prose := kind == incident.Code && h.pre > 0 && (readsAsText(s, 5) || looksLikeMarkdown(s))
	eachLine(s, func(n int, line string) bool {
		if h.pre > 0 && n == 1 && h.start > 0 {
			line = h.text.String() + line
			h.text.Reset()
		}
		switch {
		case prose:
			h.p.add(h.line+n-1, line, text.kind(line))
		case strings.TrimSpace(line) != "":
			h.p.add(h.line+n-1, line, kind)
		}
		return h.p.err == nil
	})
	h.text.Reset()
	h.start, h.spaced = 0, false
}

// hidden adds what is not visible: a comment, a target. Each of its lines is a line.
func (h *htmlReader) hidden(name, s string) {
	eachLine(s, func(n int, line string) bool {
		if line = strings.TrimSpace(line); line != "" {
			if name != "" && n == 1 {
				line = name + ": " + line
			}
			h.p.add(h.line+n-1, line, incident.Hidden)
		}
		return h.p.err == nil
	})
}

// endBlock ends the open block: a line of its own, or a piece of the open cell.
func (h *htmlReader) endBlock() {
	s := visible(h.text.String())
	h.text.Reset()
	start := h.start
	h.start = 0
	if s == "" {
		return
	}
	kind := h.kind
	switch {
	case h.unseen != "":
		kind = incident.Hidden
	case !h.inRow:
		if kind == incident.Prose {
			kind = markdownLine(strings.TrimLeft(s, " ")) // pasted as it was written
		}
		s = h.margin() + s
	}
	h.spaced = false
	if n := len(h.cells); h.inRow && n > 0 {
		h.cells[n-1].pieces = append(h.cells[n-1].pieces, incident.Line{Number: start, Text: s, Kind: kind})
		return
	}
	h.p.add(start, s, kind)
	h.p.level(h.level)
}

// visible gives the text of a block as it is seen: blanks of the source are one, those that do not break are as many as
// there are.
func visible(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" \t\r\n\f", r) }), " ")
	return strings.TrimRight(strings.ReplaceAll(s, "\u00a0", " "), " 　")
}

// margin gives what is seen before the text of a block: signs of quotation, the bullet of a list and its indent.
func (h *htmlReader) margin() string {
	out := strings.Repeat("> ", min(h.quotes, maxMargin))
	if h.lists > 0 {
		out += strings.Repeat("  ", min(h.lists, maxMargin)-1)
		if h.item {
			h.item = false
			return out + "- "
		}
		return out + "  "
	}
	return out
}

// maxMargin is how deep lists and quotations are shown.
const maxMargin = 8

// space adds the blank line that an empty paragraph or a second break is; one, however many there are.
func (h *htmlReader) space() {
	if h.start == 0 && !h.spaced && !h.inRow && h.unseen == "" {
		h.p.add(h.line, "", incident.Prose)
		h.spaced = true
	}
}

// codeMark adds the backtick that stands for the type of code within a text.
func (h *htmlReader) codeMark() {
	if h.pre == 0 && h.raw == "" {
		h.words("`")
	}
}

// endRow ends the open row. A row of a single cell is layout, and gives its blocks.
func (h *htmlReader) endRow() {
	h.endBlock()
	cells := h.cells
	h.cells, h.inRow = nil, false
	var filled []string
	first, kind := 0, incident.Row
	for _, c := range cells {
		var words []string
		for _, l := range c.pieces {
			words = append(words, l.Text)
			if first == 0 {
				first = l.Number
			}
			if l.Kind == incident.Hidden {
				kind = l.Kind
			}
		}
		filled = append(filled, strings.Join(words, " "))
	}
	if len(filled) > 1 && first > 0 {
		h.p.add(first, joinCells(filled), kind)
		return
	}
	for _, c := range cells {
		for _, l := range c.pieces {
			h.p.add(l.Number, l.Text, l.Kind)
		}
	}
}

func (h *htmlReader) open(t html.Token, selfClosing bool) {
	h.attributes(t)
	if !selfClosing && !voidElement(t.DataAtom) {
		h.hide(t)
	}
	switch t.DataAtom {
	case atom.Script, atom.Style:
		if !selfClosing {
			h.raw = t.Data
		}
	case atom.Pre:
		h.endBlock()
		h.pre++
	case atom.Tr, atom.Table:
		h.endRow()
		h.inRow = t.DataAtom == atom.Tr
	case atom.Td, atom.Th:
		h.endBlock()
		h.inRow = true
		if h.p.cell() {
			h.cells = append(h.cells, htmlCell{})
		}
	case atom.Ul, atom.Ol:
		h.endBlock()
		h.lists++
	case atom.Blockquote:
		h.endBlock()
		h.quotes++
	case atom.Li:
		h.endBlock()
		h.item = true
	case atom.Br:
		h.space()
		h.endBlock()
	case atom.Code, atom.Tt, atom.Kbd, atom.Samp:
		h.codeMark()
	default:
		if block(t.DataAtom) {
			h.endBlock()
			if heading(t.DataAtom) {
				h.kind, h.level = incident.Heading, 1
				if n := t.Data[len(t.Data)-1]; n >= '1' && n <= '6' {
					h.level = n - '0'
				}
			}
		}
	}
}

func (h *htmlReader) close(t html.Token) {
	switch t.DataAtom {
	case atom.Script, atom.Style:
		h.raw = ""
	case atom.Pre:
		h.pre = max(0, h.pre-1)
	case atom.Tr, atom.Table:
		h.endRow()
	case atom.Td, atom.Th:
		h.endBlock()
	case atom.Ul, atom.Ol:
		h.endBlock()
		h.lists = max(0, h.lists-1)
	case atom.Blockquote:
		h.endBlock()
		h.quotes = max(0, h.quotes-1)
	case atom.P:
		h.space()
		h.endBlock()
	case atom.Code, atom.Tt, atom.Kbd, atom.Samp:
		h.codeMark()
	default:
		if block(t.DataAtom) {
			h.endBlock()
			if heading(t.DataAtom) {
				h.kind, h.level = incident.Prose, 0
			}
		}
	}
	if h.unseen != "" && t.Data == h.unseen {
		if h.unseenN--; h.unseenN == 0 {
			h.endBlock()
			h.unseen = ""
		}
	}
}

// hide notices an element that is not shown, and counts those of its name inside it.
func (h *htmlReader) hide(t html.Token) {
	if h.unseen != "" {
		if t.Data == h.unseen {
			h.unseenN++
		}
		return
	}
	for _, a := range t.Attr {
		style := a.Key == "style" && invisible(a.Val)
		if style || a.Key == "hidden" {
			h.endBlock()
			h.unseen, h.unseenN = t.Data, 1
			return
		}
	}
}

func invisible(style string) bool {
	s := strings.ToLower(strings.ReplaceAll(style, " ", ""))
	for _, sign := range []string{"display:none", "visibility:hidden", "font-size:0", "mso-hide:all", "opacity:0;"} {
		if strings.Contains(s, sign) {
			return true
		}
	}
	return false
}

// attributes adds what the attributes say beyond looks: targets, alternative texts,
// handlers, contents of forms.
func (h *htmlReader) attributes(t html.Token) {
	for _, a := range t.Attr {
		switch a.Key {
		case "class", "id", "width", "height", "border", "align", "valign", "colspan", "rowspan", "cellpadding",
			"cellspacing", "bgcolor", "color", "face", "size", "lang", "dir", "rel", "type", "charset", "target",
			"http-equiv", "xmlns", "role", "scope", "tabindex":
			continue
		case "style":
			if !strings.Contains(strings.ToLower(a.Val), "url(") {
				continue
			}
		}
		if strings.TrimSpace(a.Val) != "" {
			h.hidden(a.Key, shortData(a.Val))
		}
	}
}

// shortData leaves out the body of an inline picture, font or sound.
func shortData(v string) string {
	if len(v) < 256 || !strings.EqualFold(v[:5], "data:") {
		return v
	}
	head, body, ok := strings.Cut(v, ",")
	kind, _, _ := strings.Cut(strings.ToLower(head[5:]), "/")
	if !ok || kind != "image" && kind != "font" && kind != "audio" && kind != "video" {
		return v
	}
	return head + ",… (" + strconv.Itoa(len(body)) + ")"
}

func block(a atom.Atom) bool {
	switch a {
	case atom.P, atom.Div, atom.Br, atom.Hr, atom.Li, atom.Ul, atom.Ol, atom.Dl, atom.Dt, atom.Dd, atom.Blockquote,
		atom.Section, atom.Article, atom.Header, atom.Footer, atom.Main, atom.Nav, atom.Aside, atom.Form,
		atom.Fieldset, atom.Option, atom.Textarea, atom.Button, atom.Caption, atom.Thead, atom.Tbody, atom.Tfoot,
		atom.Body, atom.Html, atom.Head, atom.Address, atom.Figure, atom.Figcaption, atom.Details, atom.Summary,
		atom.Center, atom.Iframe, atom.Noscript:
		return true
	}
	return heading(a)
}

func heading(a atom.Atom) bool {
	switch a {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Title:
		return true
	}
	return false
}

func voidElement(a atom.Atom) bool {
	switch a {
	case atom.Br, atom.Hr, atom.Img, atom.Input, atom.Meta, atom.Link, atom.Area, atom.Base, atom.Col, atom.Embed,
		atom.Source, atom.Track, atom.Wbr, atom.Param:
		return true
	}
	return false
}

// looksLikeHTML says so by the beginning of a text, or by its name and a tag.
func looksLikeHTML(start, ext, media string) bool {
	low := strings.ToLower(start)
	for _, sign := range []string{"<!doctype html", "<html", "<head", "<body", "<meta ", "<table"} {
		if strings.HasPrefix(low, sign) {
			return true
		}
	}
	named := ext == "html" || ext == "htm" || ext == "xhtml" || media == "text/html"
	if named {
		return strings.Contains(start, "<")
	}
	return strings.HasPrefix(low, "<!--") && strings.Contains(low, "<html") ||
		strings.HasPrefix(low, "<?xml") && strings.Contains(low, "<html")
}

// metaCharset finds the encoding that a page declares in its first kilobyte.
func metaCharset(p part) string {
	head := strings.ToLower(string(p.data[:min(len(p.data), 1024)]))
	if !looksLikeHTML(strings.TrimLeft(head, "\xef\xbb\xbf \t\r\n"), extension(p.name), p.media) {
		return ""
	}
	for _, key := range []string{"charset=", "encoding="} {
		if _, v, ok := strings.Cut(head, key); ok {
			v = strings.TrimLeft(v, `"' `)
			if end := strings.IndexAny(v, "\"' ;>/?\r\n"); end >= 0 {
				return v[:end]
			}
		}
	}
	return ""
}
