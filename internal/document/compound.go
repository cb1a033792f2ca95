package document

import (
	"encoding/binary"
	"errors"
	"unicode/utf16"
)

// A compound is a file of storages and streams: what Outlook and old Office files are made
// of. Its sectors and entries are in chains and trees that a hostile file may close to
// rings or share: none is followed longer than the file has sectors, no entry is met twice.
//
// SPEC: MS-CFB.
type compound struct {
	data    []byte
	shift   uint     // of a sector's size
	fat     []uint32 // the next sector of each
	mini    []byte   // the stream of small sectors
	miniFAT []uint32
	entries []compoundEntry
}

// A compoundEntry is a storage or a stream.
type compoundEntry struct {
	name               string
	stream             bool
	left, right, child uint32
	start              uint32
	size               uint64
}

const (
	endOfChain    = 0xfffffffe
	miniSector    = 64
	miniCutoff    = 4096
	compoundMost  = 200_000 // entries: a message to a thousand people has thirty thousand
	headerFATs    = 109     // sectors of the FAT that the header names itself
	compoundMagic = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
)

var errCompound = errors.New("not a sound compound file")

func openCompound(data []byte) (*compound, error) {
	if len(data) < 512 || string(data[:8]) != compoundMagic {
		return nil, errCompound
	}
	c := &compound{data: data, shift: uint(binary.LittleEndian.Uint16(data[30:]))}
	if c.shift != 9 && c.shift != 12 {
		return nil, errCompound
	}
	c.readFAT()
	dir, err := c.chain(binary.LittleEndian.Uint32(data[48:]), -1)
	if err != nil || len(dir)/128 > compoundMost {
		return nil, errCompound
	}
	for ; len(dir) >= 128; dir = dir[128:] {
		c.entries = append(c.entries, c.entry(dir[:128]))
	}
	if len(c.entries) == 0 {
		return nil, errCompound
	}
	if list, err := c.chain(binary.LittleEndian.Uint32(data[60:]), -1); err == nil {
		for ; len(list) >= 4; list = list[4:] {
			c.miniFAT = append(c.miniFAT, binary.LittleEndian.Uint32(list))
		}
		if c.mini, err = c.chain(c.entries[0].start, -1); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// sector gives the bytes of a sector, fewer at the end of a file that was cut off.
func (c *compound) sector(n uint32) []byte {
	from := (int64(n) + 1) << c.shift
	if from >= int64(len(c.data)) {
		return nil
	}
	return c.data[from:min(from+1<<c.shift, int64(len(c.data)))]
}

// readFAT gathers the table from the sectors that the header and its continuation name.
func (c *compound) readFAT() {
	most := len(c.data) >> c.shift
	add := func(list []byte) {
		for ; len(list) >= 4 && len(c.fat) < most; list = list[4:] {
			s := c.sector(binary.LittleEndian.Uint32(list))
			for ; len(s) >= 4 && len(c.fat) < most; s = s[4:] {
				c.fat = append(c.fat, binary.LittleEndian.Uint32(s))
			}
		}
	}
	add(c.data[76 : 76+4*headerFATs])
	next := binary.LittleEndian.Uint32(c.data[68:])
	for range most {
		s := c.sector(next)
		if len(s) < 1<<c.shift {
			return
		}
		add(s[:len(s)-4])
		next = binary.LittleEndian.Uint32(s[len(s)-4:])
	}
}

// chain gathers the sectors from start on, size bytes or, where that is negative, all.
func (c *compound) chain(start uint32, size int64) ([]byte, error) {
	var out []byte
	for n, steps := start, 0; n != endOfChain && (size < 0 || int64(len(out)) < size); steps++ {
		s := c.sector(n)
		if s == nil || int(n) >= len(c.fat) || steps > len(c.fat) {
			return nil, errCompound
		}
		out = append(out, s...)
		n = c.fat[n]
	}
	if size >= 0 {
		if int64(len(out)) < size {
			return nil, errCompound
		}
		out = out[:size]
	}
	return out, nil
}

func (c *compound) entry(b []byte) compoundEntry {
	e := compoundEntry{
		stream: b[66] == 2,
		left:   binary.LittleEndian.Uint32(b[68:]),
		right:  binary.LittleEndian.Uint32(b[72:]),
		child:  binary.LittleEndian.Uint32(b[76:]),
		start:  binary.LittleEndian.Uint32(b[116:]),
		size:   binary.LittleEndian.Uint64(b[120:]),
	}
	if c.shift == 9 {
		e.size &= 0xffffffff // the upper half may be rubbish in files of this version
	}
	n := int(binary.LittleEndian.Uint16(b[64:]))/2 - 1
	var units []uint16
	for i := 0; i < min(n, 31); i++ {
		units = append(units, binary.LittleEndian.Uint16(b[2*i:]))
	}
	e.name = string(utf16.Decode(units))
	return e
}

// children gives the entries of a storage in the order of the tree, each once in a file.
func (c *compound) children(storage uint32, seen map[uint32]bool) []uint32 {
	var out, open []uint32
	n := c.entries[storage].child
	for {
		for int64(n) < int64(len(c.entries)) && !seen[n] {
			seen[n] = true
			open = append(open, n)
			n = c.entries[n].left
		}
		if len(open) == 0 {
			return out
		}
		n = open[len(open)-1]
		open = open[:len(open)-1]
		out = append(out, n)
		n = c.entries[n].right
	}
}

// content gives the bytes of a stream.
func (c *compound) content(e compoundEntry) ([]byte, error) {
	if !e.stream || e.size > uint64(len(c.data)) {
		return nil, errCompound
	}
	if e.size >= miniCutoff {
		return c.chain(e.start, int64(e.size))
	}
	out := make([]byte, 0, e.size+miniSector)
	for n := e.start; uint64(len(out)) < e.size; n = c.miniFAT[n] {
		from := int64(n) * miniSector
		if from+miniSector > int64(len(c.mini)) || int64(n) >= int64(len(c.miniFAT)) {
			return nil, errCompound
		}
		out = append(out, c.mini[from:from+miniSector]...)
	}
	return out[:e.size], nil
}
