package document

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"

	"github.com/wakachi/wakachi/internal/fault"
)

// bodies reads the message as text, as HTML and as RTF. RTF is left where it only wraps
// the HTML, or says what the text says.
func (m *outlookMail) bodies() error {
	plain, err := m.b.text(propBody)
	if err != nil {
		return m.o.r.settle(m.p.file+"/body", err)
	}
	if plain != "" {
		if err := m.body("body", "text/plain", plain); err != nil {
			return err
		}
	}
	hasHTML, err := m.html()
	if err != nil || hasHTML {
		return err
	}
	packed, ok, err := m.b.bytes(propRTF, typeBinary)
	if err != nil || !ok {
		return m.o.r.settle(m.p.file+"/body.rtf", err)
	}
	rtf, err := unpackRTF(packed)
	if err != nil {
		return m.o.r.settle(m.p.file+"/body.rtf", fault.Wrap(err, fault.Invalid, "document.damaged", m.p.file+"/body.rtf"))
	}
	if err := m.o.r.expand(m.p.file, int64(len(rtf))); err != nil {
		return err
	}
	text, isHTML := rtfText(rtf)
	switch {
	case isHTML:
		return m.body("body.html", "text/html", text)
	case slices.Equal(strings.Fields(text), strings.Fields(plain)):
		return nil
	}
	return m.body("body.rtf", "text/plain", text)
}

// html reads the body that is HTML: bytes in the code page of the internet, or text.
func (m *outlookMail) html() (bool, error) {
	data, ok, err := m.b.bytes(propHTML, typeBinary)
	if err == nil && !ok {
		var text string
		if text, err = m.b.text(propHTML); text != "" {
			return true, m.body("body.html", "text/html", text)
		}
	}
	if err != nil || !ok {
		return false, m.o.r.settle(m.p.file+"/body.html", err)
	}
	cp, _ := m.b.number(propInternetCP)
	return true, m.o.r.inside(part{file: m.o.r.unique(m.p.file + "/body.html"), data: data, charset: codePage(cp), media: "text/html", depth: m.p.depth + 1})
}

// body reads text that is decoded already.
func (m *outlookMail) body(name, media, text string) error {
	r := m.o.r
	p := part{file: r.unique(m.p.file + "/" + name), media: media, depth: m.p.depth + 1}
	p.name = p.file
	if r.parts++; r.parts > r.lim.Parts {
		return tooLarge("document.too-many-parts", p.file, int64(r.lim.Parts))
	}
	if media == "text/html" {
		pg := r.page(p.file)
		readHTML(pg, text)
		return r.settle(p.file, pg.close())
	}
	return r.settle(p.file, r.readText(p, text))
}

// attachment reads a file or a message that is attached.
func (m *outlookMail) attachment(s storage) error {
	r := m.o.r
	b := m.o.bag(m.p.file, s, 8)
	b.charset = m.b.charset
	name := ""
	for _, id := range []uint32{propAttachLong, propAttachShort, propDisplayName} {
		text, err := b.text(id)
		if err != nil {
			return r.settle(m.p.file, err)
		}
		if name == "" {
			name = text
		}
	}
	media, err := b.text(propMIME)
	if err != nil {
		return r.settle(m.p.file, err)
	}
	if name == "" {
		name = partName(strings.ToLower(media))
	}
	safe, sound := entryName(name)
	method, _ := b.number(propAttachMethod)
	inner, isObject := s.inner["__substg1.0_3701000D"]
	if method == 5 && isObject && extension(safe) != "msg" {
		safe += ".msg"
	}
	file := r.unique(m.p.file + "/" + safe)
	if !sound {
		r.doubt(file, fault.New(fault.Invalid, "document.unsafe-name", file))
	}
	if isObject {
		return m.object(file, inner)
	}
	data, ok, err := b.bytes(propAttachData, typeBinary)
	if err != nil {
		return r.settle(file, err)
	}
	if !ok { // a reference to a file elsewhere
		return r.skip(file, fault.New(fault.Unsupported, "document.link", file))
	}
	return r.inside(part{file: file, data: data, media: strings.ToLower(media), depth: m.p.depth + 1})
}

// object reads an attached message. Other objects are programs' own.
func (m *outlookMail) object(file string, n uint32) error {
	s := m.o.storage(n)
	if _, ok := s.streams[messageProperties]; !ok {
		return m.o.r.skip(file, fault.New(fault.Unsupported, "document.binary", file))
	}
	if m.o.r.parts++; m.o.r.parts > m.o.r.lim.Parts {
		return tooLarge("document.too-many-parts", file, int64(m.o.r.lim.Parts))
	}
	return m.o.r.settle(file, m.o.message(part{file: file, name: file, depth: m.p.depth + 1}, s, 24))
}

// rtfDictionary is what the window of the compression holds at the start.
//
// SPEC: MS-OXRTFCP §2.1.2.1.
const rtfDictionary = "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript " +
	"\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par " +
	"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"

// unpackRTF undoes the compression of a body. What comes out is at most nine times as much.
func unpackRTF(data []byte) ([]byte, error) {
	if len(data) < 16 {
		return nil, errCompound
	}
	size := binary.LittleEndian.Uint32(data[4:])
	switch binary.LittleEndian.Uint32(data[8:]) {
	case 0x414c454d: // "MELA": not compressed
		return data[16:min(len(data), 16+int(min(size, 1<<30)))], nil
	case 0x75465a4c: // "LZFu"
	default:
		return nil, errCompound
	}
	var window [4096]byte
	at := copy(window[:], rtfDictionary)
	var out bytes.Buffer
	put := func(c byte) {
		out.WriteByte(c)
		window[at] = c
		at = (at + 1) % len(window)
	}
	for in := data[16:]; len(in) > 0; {
		control := in[0]
		in = in[1:]
		for bit := 0; bit < 8 && len(in) > 0; bit++ {
			if control>>bit&1 == 0 {
				put(in[0])
				in = in[1:]
				continue
			}
			if len(in) < 2 {
				return out.Bytes(), nil
			}
			from, length := int(in[0])<<4|int(in[1])>>4, int(in[1]&15)+2
			in = in[2:]
			if from == at { // the end
				return out.Bytes(), nil
			}
			for range length {
				put(window[from])
				from = (from + 1) % len(window)
			}
		}
	}
	return out.Bytes(), nil
}
