package document

import (
	"bytes"
	"strings"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
)

// multipartDepth is how deep multiparts may stand inside each other in one mail. Real
// mails stay below six; each level reads the bytes once more.
const multipartDepth = 16

// A mail is a message being read. Its note holds every header, its parts' too, at their
// lines in the message; bodies and attachments are notes of their own.
//
// SPEC: RFC 5322, RFC 2045 to 2049. Broken mails are read as far as they go.
type mail struct {
	r *reading
	p part
	h *page
}

func (r *reading) readMail(p part) error {
	if err := r.enter(p); err != nil {
		return err
	}
	data := bytes.TrimPrefix(p.data, []byte("\xef\xbb\xbf"))
	line := 1
	for len(data) > 0 && (data[0] == '\r' || data[0] == '\n') {
		if data[0] == '\n' {
			line++
		}
		data = data[1:]
	}
	m := &mail{r: r, p: p, h: r.page(p.file)}
	at := len(r.res.Notes)
	r.res.Notes = append(r.res.Notes, m.h.note) // its place; filled when all parts are read
	h, body, bodyLine := parseHeader(data, line)
	m.headers(h)
	if err := m.entity(h, body, bodyLine, 0); err != nil {
		return err
	}
	r.res.Notes[at] = m.h.note
	return m.h.err
}

func (m *mail) headers(h header) {
	for _, f := range h {
		m.h.add(f.line, f.name+": "+f.value, incident.Header)
	}
}

// entity reads a message or a part of one, whose header has been read.
func (m *mail) entity(h header, body []byte, line, level int) error {
	media := parseMedia(h.get("Content-Type"))
	if !strings.HasPrefix(media.value, "multipart/") {
		return m.leaf(h, media, body, line)
	}
	if level >= multipartDepth {
		return tooLarge("document.too-deep", m.p.file, multipartDepth)
	}
	mp := splitMultipart(body, media.params["boundary"], line)
	if len(mp.parts) == 0 {
		m.r.doubt(m.p.file, fault.New(fault.Invalid, "document.mail-broken", m.p.file))
		media.value = "text/plain"
		return m.leaf(h, media, body, line)
	}
	if err := m.remainder("preamble", mp.preamble); err != nil {
		return err
	}
	for _, raw := range mp.parts {
		if m.r.parts+len(m.h.note.Lines)/8 > 8*m.r.lim.Parts {
			return tooLarge("document.too-many-parts", m.p.file, int64(m.r.lim.Parts))
		}
		ph, pbody, pline := parseHeader(raw.data, raw.line)
		m.headers(ph)
		if err := m.entity(ph, pbody, pline, level+1); err != nil {
			return err
		}
	}
	return m.remainder("epilogue", mp.epilogue)
}

// remainder reads what stands before or after the parts, where no mail program shows it.
func (m *mail) remainder(name string, data []byte) error {
	if len(bytes.TrimSpace(data)) == 0 {
		return nil
	}
	return m.body(part{file: m.r.unique(m.p.file + "/" + name), data: data}, mediaType{})
}

// leaf reads a part that has no parts.
func (m *mail) leaf(h header, media mediaType, body []byte, line int) error {
	data := untransfer(body, h.get("Content-Transfer-Encoding"))
	if err := m.r.expand(m.p.file, int64(len(data))); err != nil {
		return err
	}
	name := parseMedia(h.get("Content-Disposition")).params["filename"]
	if name == "" {
		name = media.params["name"]
	}
	p := part{data: data, charset: media.params["charset"], media: media.value, depth: m.p.depth + 1}
	if name != "" {
		at := line
		if len(h) > 0 {
			at = h[0].line
		}
		m.h.add(at, "Attachment: "+name, incident.Header)
		safe, sound := entryName(name)
		p.file = m.r.unique(m.p.file + "/" + safe)
		if !sound {
			m.r.doubt(p.file, fault.New(fault.Invalid, "document.unsafe-name", p.file))
		}
		return m.r.inside(p)
	}
	p.file = m.r.unique(m.p.file + "/" + partName(media.value))
	if media.value == "" || media.value == "text/plain" {
		return m.body(p, media)
	}
	return m.r.inside(p)
}

// partName is what a part without a name is called.
func partName(media string) string {
	switch media {
	case "", "text/plain":
		return "body"
	case "text/html":
		return "body.html"
	case "message/rfc822":
		return "message.eml"
	case "text/csv":
		return "part.csv"
	case "text/markdown":
		return "part.md"
	case "application/json":
		return "part.json"
	}
	return "part"
}

// body reads text that is known to be no mail itself, whatever it quotes.
func (m *mail) body(p part, media mediaType) error {
	r := m.r
	if r.parts++; r.parts > r.lim.Parts {
		return tooLarge("document.too-many-parts", p.file, int64(r.lim.Parts))
	}
	if f, err := sniff(p); err != nil || f != textFormat && f != mailFormat {
		return r.inside(p)
	}
	text, err := r.decode(p)
	if err != nil {
		return r.settle(p.file, err)
	}
	if strings.EqualFold(media.params["format"], "flowed") {
		pg := r.page(p.file)
		readFlowed(pg, text, strings.EqualFold(media.params["delsp"], "yes"))
		return r.settle(p.file, pg.close())
	}
	return r.settle(p.file, r.readText(p, text))
}

// A multipart is a body cut at its boundaries.
type multipart struct {
	preamble []byte
	parts    []rawPart
	epilogue []byte
}

type rawPart struct {
	data []byte
	line int
}

// splitMultipart cuts body, whose first line has the number line. A part that is not
// closed reaches to the end. Without a boundary there are no parts.
func splitMultipart(body []byte, boundary string, line int) multipart {
	var mp multipart
	boundary = strings.TrimRight(boundary, " \t")
	if boundary == "" {
		return mp
	}
	mark := []byte("--" + boundary)
	start, startLine, open, closed := 0, line, false, false
	cut := func(end int) {
		piece := bytes.TrimSuffix(bytes.TrimSuffix(body[start:end], []byte("\n")), []byte("\r"))
		switch {
		case open:
			mp.parts = append(mp.parts, rawPart{piece, startLine})
		case !closed:
			mp.preamble = piece
		}
	}
	for at := 0; at < len(body) && !closed; line++ {
		next := at + bytes.IndexByte(body[at:], '\n') + 1
		if next == at {
			next = len(body)
		}
		if tail, ok := bytes.CutPrefix(body[at:next], mark); ok {
			tail = bytes.TrimSpace(tail)
			last := bytes.Equal(tail, []byte("--"))
			if last || len(tail) == 0 {
				cut(at)
				open, closed = !last, last
				start, startLine = next, line+1
			}
		}
		at = next
	}
	if closed {
		mp.epilogue = body[start:]
	} else if open {
		cut(len(body))
	}
	return mp
}

// looksLikeMail says that a part begins with the header of a mail: two fields that mails
// have where its name or its mail says so, else three and one that only mails have.
func looksLikeMail(p part) bool {
	named := p.media == "message/rfc822"
	switch ext := extension(p.name); ext {
	case "eml", "mht", "mhtml":
		named = true
	case "md", "markdown", "csv", "tsv", "json", "html", "htm":
		if !named {
			return false
		}
	}
	head := bytes.TrimLeft(bytes.TrimPrefix(p.data[:min(len(p.data), 64<<10)], []byte("\xef\xbb\xbf")), "\r\n")
	usual, strong := 0, 0
	h, _, _ := parseHeader(head, 1)
	for _, f := range h {
		switch strings.ToLower(f.name) {
		case "from", "to", "subject", "date", "cc", "reply-to", "sender", "content-type":
			usual++
		case "received", "message-id", "mime-version", "return-path", "delivered-to", "dkim-signature",
			"authentication-results":
			usual++
			strong++
		}
	}
	return named && usual >= 2 || usual >= 3 && strong >= 1
}
