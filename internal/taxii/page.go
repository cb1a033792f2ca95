package taxii

import (
	"io"
	"net/http"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/parcel"
)

// The headers that say of when the first and the last thing in an answer are.
//
// SPEC: TAXII 2.1 §5.3, §5.4, §5.6, §5.8.
const (
	addedFirst = "X-Taxii-Date-Added-First"
	addedLast  = "X-Taxii-Date-Added-Last"
)

// endOfTime is later than anything was added.
var endOfTime = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// page answers the four questions about objects: which there are, what they are, one of them,
// and its versions.
func (c *call) page() error {
	f, err := c.ask()
	if err != nil {
		// A question is called wrong only to those who may put it.
		if hidden := c.readable(); hidden != nil {
			return hidden
		}
		return err
	}
	if f.ignored > 0 {
		c.Log.DebugContext(c.r.Context(), "taxii: match fields passed over", "fields", f.ignored, "account", string(c.actor.Account))
	}
	single := c.at.id != ""
	if single && !isObjectID(c.at.id) {
		if err := c.readable(); err != nil {
			return err
		}
		return notFound()
	}
	p, err := c.fetch(f)
	if err != nil {
		return err
	}
	if single && !p.Known && len(p.Entries) == 0 {
		return notFound()
	}
	c.sendPage(f, p)
	return nil
}

// ask reads the form that is wanted and the question.
func (c *call) ask() (filter, error) {
	if err := c.readableForm(); err != nil {
		return filter{}, err
	}
	f, err := readFilter(c.at, c.r.URL.RawQuery, false, c.PageLimit)
	if err != nil || f.next == "" {
		return f, err
	}
	next, err := c.cursors.read(f.next, f.sum, c.actor.Org)
	f.begin(next)
	return f, err
}

// fetch gets the page. Where nothing can match, it asks for what is added after the end of
// time: then there are no entries, and the rest is as it would be.
func (c *call) fetch(f filter) (parcel.Page, error) {
	q := f.query
	if f.nothing {
		q.After = endOfTime
	}
	p, err := c.Shelves.Page(c.r.Context(), c.actor, c.at.collection, q)
	if err != nil {
		return p, err
	}
	if f.nothing {
		return parcel.Page{Known: p.Known}, nil
	}
	return c.fit(p, q.Limit), nil
}

// fit cuts a page to what may be sent at once.
func (c *call) fit(p parcel.Page, most int) parcel.Page {
	size := 0
	for k, e := range p.Entries {
		if size += len(e.Raw); k > 0 && (size > c.PageBytes || k >= most) {
			p.Entries, p.More, p.Next = p.Entries[:k], true, p.Entries[k-1].Added
			return p
		}
	}
	return p
}

// sendPage writes what was found. The objects are the bytes that came, one behind the other.
func (c *call) sendPage(f filter, p parcel.Page) {
	head := make([]byte, 0, 96)
	head = append(head, '{')
	if p.More {
		head = append(head, `"more":true,"next":"`...)
		head = append(head, c.cursors.write(p.Next, f.sum, c.actor.Org)...)
		head = append(head, '"')
	}
	if p.More && len(p.Entries) > 0 {
		head = append(head, ',')
	}
	first, last := span(f, p)
	c.w.Header().Set(addedFirst, stamp(first))
	c.w.Header().Set(addedLast, stamp(last))
	var parts [][]byte
	name := "objects"
	switch c.at.resource {
	case manifest:
		parts = records(p.Entries, appendRecord)
	case versionList:
		name, parts = "versions", records(p.Entries, appendVersion)
	default:
		parts = make([][]byte, len(p.Entries))
		for k, e := range p.Entries {
			parts[k] = e.Raw
		}
	}
	tail := "}"
	if len(parts) > 0 {
		head = append(append(append(head, '"'), name...), `":[`...)
		tail = "]}"
	}
	size := len(head) + len(tail) + max(len(parts)-1, 0)
	for _, b := range parts {
		size += len(b)
	}
	c.send(http.StatusOK, size, func(w io.Writer) error { return concatenate(w, head, parts, tail) })
}

func concatenate(w io.Writer, head []byte, parts [][]byte, tail string) error {
	if _, err := w.Write(head); err != nil {
		return err
	}
	comma := []byte{','}
	for k, b := range parts {
		if k > 0 {
			if _, err := w.Write(comma); err != nil {
				return err
			}
		}
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, tail)
	return err
}

// span says of when the first and the last entry are. Of no entries the standard says
// nothing; then it is a time from which the reader can safely ask on: how far was looked if
// there is more, else the time that was asked for, else the beginning.
func span(f filter, p parcel.Page) (first, last time.Time) {
	switch {
	case len(p.Entries) > 0:
		return p.Entries[0].Added, p.Entries[len(p.Entries)-1].Added
	case p.More:
		return p.Next, p.Next
	case f.since || f.next != "":
		return f.query.After, f.query.After
	}
	return time.Unix(0, 0), time.Unix(0, 0)
}

// records writes one small text for each entry, all in one piece of memory.
func records(entries []parcel.Entry, one func([]byte, parcel.Entry) []byte) [][]byte {
	b := make([]byte, 0, 192*len(entries))
	ends := make([]int, len(entries))
	for k, e := range entries {
		b = one(b, e)
		ends[k] = len(b)
	}
	parts, from := make([][]byte, len(entries)), 0
	for k, to := range ends {
		parts[k], from = b[from:to], to
	}
	return parts
}

// appendRecord writes a manifest record.
//
// SPEC: TAXII 2.1 §5.3.1.
func appendRecord(b []byte, e parcel.Entry) []byte {
	b = appendText(append(b, `{"id":`...), e.ID)
	b = append(b, `,"date_added":"`...)
	b = e.Added.UTC().AppendFormat(b, stampForm)
	b = appendText(append(b, `","version":`...), versionOf(e))
	return append(b, `,"media_type":"`+stixMediaType+`"}`...)
}

func appendVersion(b []byte, e parcel.Entry) []byte { return appendText(b, versionOf(e)) }

// versionOf gives the version as the object has it. One that has none gets the time at which
// it was added: it never changes, and is the same wherever it is shown.
//
// SPEC: TAXII 2.1 §3.4.1.
func versionOf(e parcel.Entry) string {
	if e.Version != "" {
		return e.Version
	}
	return stamp(e.Added)
}

// appendText writes a string of JSON. Ids and versions are letters, digits and hyphens as a
// rule.
func appendText(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return appendEscaped(b, s)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

func appendEscaped(b []byte, s string) []byte {
	b = append(b, '"')
	for _, r := range s { // a byte that is no UTF-8 comes out as U+FFFD
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r < ' ':
			b = append(b, `\u00`...)
			if r < 16 {
				b = append(b, '0')
			}
			b = strconv.AppendInt(b, int64(r), 16)
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}
