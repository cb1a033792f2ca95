package hunt

import (
	"encoding/binary"
	"io"
	"math/bits"

	"github.com/wakachi/wakachi/internal/fault"
)

// A Pack is a set of wanted values made ready for hunting. It never changes; any number of
// goroutines may use it. Its bytes, as WriteTo gives them and Open takes them, depend on nothing but
// the values and their order, and can be used where they lie, in a file mapped into memory.
type Pack struct {
	table    table
	tails    tails  // dotted tokens
	names    filter // last labels of dotted tokens, two and more
	addrs    filter // dotted quads
	heads    heads  // their beginnings
	lasts    lasts  // the ends of names
	tokens   filter // tokens without a dot
	grams    filter // beginnings of what is beyond ASCII
	digests  filter // digests
	octets   []byte // a bit for each two first octets that a wanted network may hold
	lengths4 []uint8
	lengths6 []uint8
	features features
	count    int
}

// features are the searches a pack asks for beyond names and addresses.
type features struct {
	digests   uint64 // bit n-1: digests of n bytes
	groups    bool   // addresses or networks of version 6
	networks4 bool
	tokens    bool
	grams     bool
	short     bool // tokens with a dot of less than middleTail bytes
	numbered  bool // tokens with a dot that end with a digit and are no dotted quads, such as backup.001
}

// Len is how many values are in the pack.
func (p *Pack) Len() int { return p.count }

// Wanted gives a value by its number.
func (p *Pack) Wanted(id ID) (Wanted, bool) {
	var e entry
	if !p.table.at(id, &e) {
		return Wanted{}, false
	}
	return e.wanted(), true
}

// The file: a head of fixed length, then the sections, each beginning at a multiple of 64 bytes.
const (
	magic      = "wakachi hunt 3\n\x00"
	sections   = 12
	fileHead   = len(magic) + 8*(3+sections)
	octetBytes = 1 << 16 / 8
	align      = 64
)

// WriteTo writes the pack in the form that Open reads.
func (p *Pack) WriteTo(w io.Writer) (int64, error) {
	lengths := append(append([]byte{byte(len(p.lengths4))}, p.lengths4...), p.lengths6...)
	parts := [sections][]byte{p.tails.words, p.tails.short, p.names.bits, p.addrs.bits, p.tokens.bits, p.grams.bits, p.digests.bits, p.table.slots, p.heads, p.lasts, p.octets, lengths}
	head := []byte(magic)
	head = binary.LittleEndian.AppendUint64(head, uint64(p.count))
	head = binary.LittleEndian.AppendUint64(head, p.features.digests)
	head = binary.LittleEndian.AppendUint64(head, p.features.word())
	for _, part := range parts {
		head = binary.LittleEndian.AppendUint64(head, uint64(len(part)))
	}
	out := counting{w: w}
	out.aligned(head)
	for _, part := range parts {
		out.aligned(part)
	}
	for i, page := range p.table.pages {
		out.write(page)
		if i < len(p.table.pages)-1 {
			out.write(make([]byte, pageSize-len(page)))
		}
	}
	return out.n, out.err
}

// counting is a writer that remembers how much it wrote, and its first error.
type counting struct {
	w   io.Writer
	n   int64
	err error
}

func (c *counting) write(b []byte) {
	if c.err == nil {
		var n int
		n, c.err = c.w.Write(b)
		c.n += int64(n)
	}
}

// aligned writes b and goes on to where the next section begins.
func (c *counting) aligned(b []byte) {
	c.write(b)
	c.write(make([]byte, (align-len(b)%align)%align))
}

func (f features) word() (w uint64) {
	for i, on := range [...]bool{f.groups, f.networks4, f.tokens, f.grams, f.short, f.numbered} {
		if on {
			w |= 1 << i
		}
	}
	return w
}

// IsPack says that a file that begins with these bytes claims to be a pack.
func IsPack(head []byte) bool { return len(head) >= len(magic) && string(head[:len(magic)]) == magic }

// Open uses data as a pack. The data must not change as long as the pack is used. A file that is no
// pack, is cut, or was made by another version is refused as hunt.not-a-pack; damage inside it can
// hide hits but does no other harm.
func Open(data []byte) (*Pack, error) {
	bad := func() (*Pack, error) { return nil, fault.New(fault.Invalid, "hunt.not-a-pack") }
	if !IsPack(data) || len(data) < fileHead {
		return bad()
	}
	number := func(i int) uint64 { return binary.LittleEndian.Uint64(data[len(magic)+8*i:]) }
	rest := data[min(len(data), (fileHead+align-1)/align*align):]
	var parts [sections][]byte
	for i := range parts {
		n := number(3 + i)
		padded := (n + align - 1) / align * align
		if n > uint64(len(rest)) || padded > uint64(len(rest)) {
			return bad()
		}
		parts[i], rest = rest[:n:n], rest[padded:]
	}
	octets, lengths := parts[10], parts[11]
	for i, part := range parts[:10] {
		if n := len(part); i == 0 && n == 0 {
			continue // too many for tails
		} else if n < 16 || bits.OnesCount(uint(n)) != 1 {
			return bad()
		}
	}
	if len(parts[1]) != shortHashes || len(octets) != octetBytes || len(lengths) == 0 || int(lengths[0]) > len(lengths)-1 {
		return bad()
	}
	w := number(2)
	p := &Pack{
		tails: tails{parts[0], parts[1]},
		names: filter{parts[2]}, addrs: filter{parts[3]}, tokens: filter{parts[4]}, grams: filter{parts[5]},
		digests: filter{parts[6]}, octets: octets, lengths4: lengths[1 : 1+lengths[0]], lengths6: lengths[1+lengths[0]:],
		features: features{digests: number(1), groups: w&1 != 0, networks4: w&2 != 0, tokens: w&4 != 0, grams: w&8 != 0, short: w&16 != 0, numbered: w&32 != 0},
		count:    int(number(0)),
		heads:    parts[8], lasts: parts[9],
		table: table{slots: parts[7]},
	}
	for len(rest) > 0 {
		n := min(len(rest), pageSize)
		p.table.pages, rest = append(p.table.pages, rest[:n:n]), rest[n:]
	}
	return p, nil
}
