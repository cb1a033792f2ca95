package document

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
)

// An outlookFile is a .msg being read: a message, and the messages attached to it.
//
// SPEC: MS-OXMSG, MS-OXPROPS.
type outlookFile struct {
	r    *reading
	c    *compound
	seen map[uint32]bool
}

const messageProperties = "__properties_version1.0"

// readCompound reads an Outlook message; other files of storages are named and refused.
func (r *reading) readCompound(p part) error {
	c, err := openCompound(p.data)
	if err != nil {
		if f := oleFault(p); f.Code != "document.binary" {
			return f
		}
		return fault.Wrap(err, fault.Invalid, "document.damaged", p.file)
	}
	var total uint64
	for _, e := range c.entries {
		if e.stream {
			total += min(e.size, uint64(len(p.data))+1)
		}
	}
	o := &outlookFile{r: r, c: c, seen: map[uint32]bool{0: true}}
	s := o.storage(0)
	if _, ok := s.streams[messageProperties]; !ok {
		return oleFault(p)
	}
	if total > uint64(len(p.data)) { // streams that share their bytes
		return tooLarge("document.ratio", p.file, r.lim.Ratio)
	}
	return o.message(p, s, 32)
}

// A storage is a folder of streams and of storages, by their names.
type storage struct {
	streams map[string]compoundEntry
	inner   map[string]uint32
}

func (o *outlookFile) storage(n uint32) storage {
	s := storage{map[string]compoundEntry{}, map[string]uint32{}}
	for _, i := range o.c.children(n, o.seen) {
		if e := o.c.entries[i]; e.stream {
			s.streams[e.name] = e
		} else {
			s.inner[e.name] = i
		}
	}
	return s
}

// within gives the storages whose names begin so, in the order of their numbers.
func (s storage) within(prefix string) []uint32 {
	var out []uint32
	for _, name := range slices.Sorted(maps.Keys(s.inner)) {
		if strings.HasPrefix(name, prefix) {
			out = append(out, s.inner[name])
		}
	}
	return out
}

// Properties that are known by name; PidTag is left off.
const (
	propSubject      = 0x0037
	propSubmitTime   = 0x0039
	propHeaders      = 0x007d
	propRecipient    = 0x0c15
	propDelivery     = 0x0e06
	propBody         = 0x1000
	propRTF          = 0x1009
	propHTML         = 0x1013
	propMessageID    = 0x1035
	propDisplayName  = 0x3001
	propEmail        = 0x3003
	propAttachData   = 0x3701
	propAttachShort  = 0x3704
	propAttachMethod = 0x3705
	propAttachLong   = 0x3707
	propMIME         = 0x370e
	propSMTP         = 0x39fe
	propInternetCP   = 0x3fde
	propMessageCP    = 0x3ffd
)

const (
	typeInt     = 0x0003
	typeObject  = 0x000d
	typeString8 = 0x001e
	typeUnicode = 0x001f
	typeTime    = 0x0040
	typeBinary  = 0x0102
)

// A bag is the properties of one object: a message, a recipient, an attachment.
type bag struct {
	o       *outlookFile
	file    string // for the budget
	s       storage
	fixed   map[uint32]uint64 // type and id, as in the stream
	charset string            // of its strings that are not Unicode
}

// bag reads the fixed properties; skip is the length of the header before them.
func (o *outlookFile) bag(file string, s storage, skip int) *bag {
	b := &bag{o: o, file: file, s: s, fixed: map[uint32]uint64{}}
	data, err := o.c.content(s.streams[messageProperties])
	if err != nil || len(data) < skip {
		return b
	}
	for data = data[skip:]; len(data) >= 16 && len(b.fixed) < compoundMost; data = data[16:] {
		b.fixed[binary.LittleEndian.Uint32(data)] = binary.LittleEndian.Uint64(data[8:])
	}
	return b
}

func (b *bag) number(id uint32) (uint64, bool) {
	v, ok := b.fixed[id<<16|typeInt]
	return v & 0xffffffff, ok
}

// bytes takes a stream of a property out of the budget. Without one there are none.
func (b *bag) bytes(id, typ uint32) ([]byte, bool, error) {
	e, ok := b.s.streams[fmt.Sprintf("__substg1.0_%04X%04X", id, typ)]
	if !ok {
		return nil, false, nil
	}
	if err := b.o.r.expand(b.file, int64(min(e.size, uint64(len(b.o.c.data))))); err != nil {
		return nil, false, err
	}
	data, err := b.o.c.content(e)
	if err != nil {
		return nil, false, fault.Wrap(err, fault.Invalid, "document.damaged", b.file)
	}
	return data, true, nil
}

// text reads a property that is a string of either sort.
func (b *bag) text(id uint32) (string, error) {
	data, ok, err := b.bytes(id, typeUnicode)
	if err != nil {
		return "", err
	}
	if ok {
		return strings.TrimRight(utf16Text(data), "\x00"), nil
	}
	if data, ok, err = b.bytes(id, typeString8); err != nil || !ok {
		return "", err
	}
	data = []byte(strings.TrimRight(string(data), "\x00"))
	if s, ok := charsetText(data, b.charset); ok {
		return s, nil
	}
	s, _ := utf8Set.text(data)
	return s, nil
}

// utf16Text shows halves of surrogates as U+FFFD.
func utf16Text(data []byte) string {
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(data[2*i:])
	}
	return string(utf16.Decode(units))
}

// when reads a time, in Coordinated Universal Time as it is kept.
func (b *bag) when(id uint32) string {
	v, ok := b.fixed[id<<16|typeTime]
	if !ok || v == 0 || v > 1<<62 {
		return ""
	}
	return time.Unix(int64(v/1e7)-11644473600, 0).UTC().Format("2006-01-02T15:04:05Z")
}

// codePage gives the name of an encoding by its number.
func codePage(n uint64) string {
	switch n {
	case 0:
		return ""
	case 65001:
		return "utf-8"
	case 20127:
		return "us-ascii"
	case 932, 51932, 50220, 50221, 50222:
		return "cp" + strconv.FormatUint(n, 10)
	case 20932:
		return "euc-jp"
	case 936:
		return "gbk"
	case 949:
		return "euc-kr"
	case 950:
		return "big5"
	case 28591:
		return "iso-8859-1"
	}
	return "windows-" + strconv.FormatUint(n, 10)
}

// message reads one message. Its note holds its headers; what of them the mail system kept
// in transport comes first, at its own lines, then what Outlook keeps itself.
func (o *outlookFile) message(p part, s storage, skip int) error {
	if err := o.r.enter(p); err != nil {
		return err
	}
	b := o.bag(p.file, s, skip)
	for _, id := range []uint32{propMessageCP, propInternetCP} {
		if n, ok := b.number(id); ok && b.charset == "" {
			b.charset = codePage(n)
		}
	}
	m := &outlookMail{o: o, p: p, b: b, h: o.r.page(p.file)}
	for _, read := range []func() error{m.transport, m.named, m.recipients, m.others} {
		if err := o.r.settle(p.file, read()); err != nil {
			return err
		}
	}
	if err := o.r.settle(p.file, m.h.close()); err != nil {
		return err
	}
	if err := m.bodies(); err != nil {
		return err
	}
	for _, n := range s.within("__attach_version1.0") {
		if err := m.attachment(o.storage(n)); err != nil {
			return err
		}
	}
	return nil
}

// An outlookMail is one message of it.
type outlookMail struct {
	o *outlookFile
	p part
	b *bag
	h *page
}

// say adds a header that the transport did not say already.
func (m *outlookMail) say(name, value string) {
	if value = flat(value); value == "" {
		return
	}
	line := name + ": " + value
	for _, l := range m.h.note.Lines {
		if strings.EqualFold(l.Text, line) {
			return
		}
	}
	m.h.add(m.last()+1, line, incident.Header)
}

// last gives the number of the last line.
func (m *outlookMail) last() int {
	if n := len(m.h.note.Lines); n > 0 {
		return m.h.note.Lines[n-1].Number
	}
	return 0
}

func (m *outlookMail) transport() error {
	text, err := m.b.text(propHeaders)
	if err != nil {
		return err
	}
	h, rest, at := parseHeader([]byte(text), 1)
	for _, f := range h {
		m.h.add(f.line, f.name+": "+f.value, incident.Header)
	}
	// What is no header, such as the rest after a broken line, is text all the same.
	eachLine(string(rest), func(n int, line string) bool {
		if strings.TrimSpace(line) != "" {
			m.h.add(at+n-1, line, incident.Header)
		}
		return m.h.err == nil
	})
	return nil
}

// person writes "name <address>" of the properties that hold them.
func (b *bag) person(name uint32, addresses ...uint32) (string, error) {
	who, err := b.text(name)
	if err != nil {
		return "", err
	}
	for _, id := range addresses {
		addr, err := b.text(id)
		if err != nil {
			return "", err
		}
		if addr == "" || strings.EqualFold(addr, who) {
			continue
		}
		who += " <" + addr + ">"
	}
	return strings.TrimSpace(who), nil
}

// named adds the properties that have a header's name.
func (m *outlookMail) named() error {
	for _, f := range []struct {
		name string
		ids  []uint32
	}{
		{"Subject", []uint32{propSubject}},
		{"From", []uint32{0x0042, 0x5d02, 0x0065}}, // sent representing
		{"Sender", []uint32{0x0c1a, 0x5d01, 0x0c1f}},
		{"To", []uint32{0x0e04}},
		{"Cc", []uint32{0x0e03}},
		{"Bcc", []uint32{0x0e02}},
		{"Message-ID", []uint32{propMessageID}},
		{"In-Reply-To", []uint32{0x1042}},
		{"References", []uint32{0x1039}},
	} {
		v, err := m.b.person(f.ids[0], f.ids[1:]...)
		if err != nil {
			return err
		}
		m.say(f.name, v)
	}
	m.say("Date", m.b.when(propSubmitTime))
	m.say("Delivery-Time", m.b.when(propDelivery))
	return nil
}

func (m *outlookMail) recipients() error {
	for _, n := range m.b.s.within("__recip_version1.0") {
		if !m.h.tag() {
			return m.h.err
		}
		r := m.o.bag(m.p.file, m.o.storage(n), 8)
		r.charset = m.b.charset
		who, err := r.person(propDisplayName, propSMTP, propEmail)
		if err != nil {
			return err
		}
		kind, _ := r.number(propRecipient)
		m.say(map[uint64]string{2: "Cc", 3: "Bcc"}[kind&0xf]+map[bool]string{true: "To"}[kind&0xf != 2 && kind&0xf != 3], who)
	}
	return nil
}

// read above, or in bodies.
var knownProperties = []uint32{
	propSubject, propHeaders, propBody, propHTML, propMessageID, 0x0042, 0x5d02, 0x0065,
	0x0c1a, 0x5d01, 0x0c1f, 0x0e04, 0x0e03, 0x0e02, 0x1042, 0x1039,
}

// others adds every further string, under the number of its property: Outlook keeps the
// topic of the thread, names of accounts and categories so. It is hidden in Outlook too.
func (m *outlookMail) others() error {
	for _, name := range slices.Sorted(maps.Keys(m.b.s.streams)) {
		tag, err := strconv.ParseUint(strings.TrimPrefix(name, "__substg1.0_"), 16, 32)
		if typ := uint32(tag & 0xffff); err != nil || typ != typeString8 && typ != typeUnicode {
			continue
		}
		id := uint32(tag >> 16)
		if slices.Contains(knownProperties, id) {
			continue
		}
		text, err := m.b.text(id)
		if err != nil {
			return err
		}
		if text = flat(text); text != "" {
			m.h.add(max(1, m.last()), fmt.Sprintf("property %04X: %s", id, text), incident.Hidden)
		}
	}
	return nil
}
