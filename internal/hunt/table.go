package hunt

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

const (
	pageBits = 24 // an entry lies whole in one page of 16 MiB
	pageSize = 1 << pageBits
	tagBits  = 24
	atBits   = 64 - tagBits // an entry's place + 1; 0 is an empty slot
)

// A table finds entries by their keys: open addressing, a slot being a tag of the hash and the
// place of the entry. Slots are kept as bytes, to be used as they lie in a file.
type table struct {
	slots []byte
	pages [][]byte
}

// slotsFor is how many slots n entries need.
func slotsFor(n int) int { return 1 << bits.Len(uint(max(n, 4)*5/4)) }

func (t *table) mask() uint64 { return uint64(len(t.slots)/8) - 1 }

// at reads the entry at a place. It says false if the place is none: a pack may have been damaged.
func (t *table) at(id ID, e *entry) bool {
	page := uint64(id) >> pageBits
	within := uint64(id) & (pageSize - 1)
	if page >= uint64(len(t.pages)) || within >= uint64(len(t.pages[page])) {
		return false
	}
	return readEntry(t.pages[page][within:], e) > 0
}

// find calls each with the entries that have this key, in the order in which they were added, until
// each says false.
func (t *table) find(s space, key []byte, each func(ID, *entry) bool) {
	h := fullKey(s, key)
	tag := h >> atBits << atBits
	mask := t.mask()
	var e entry
	for i, tries := h&mask, uint64(0); tries <= mask; i, tries = (i+1)&mask, tries+1 {
		slot := binary.LittleEndian.Uint64(t.slots[i*8:])
		if slot == 0 {
			return
		}
		if slot>>atBits<<atBits != tag {
			continue
		}
		id := ID(slot<<tagBits>>tagBits - 1)
		if t.at(id, &e) && e.space == s && bytes.Equal(e.key, key) && !each(id, &e) {
			return
		}
	}
}

// add puts the entry at a place under its key, unless same says of an entry that is there already
// that it is the same.
func (t *table) add(id ID, e *entry, same func(*entry) bool) bool {
	h := fullKey(e.space, e.key)
	tag := h >> atBits << atBits
	mask := t.mask()
	i := h & mask
	var old entry
	for ; ; i = (i + 1) & mask {
		slot := binary.LittleEndian.Uint64(t.slots[i*8:])
		if slot == 0 {
			break
		}
		if slot>>atBits<<atBits == tag && t.at(ID(slot<<tagBits>>tagBits-1), &old) &&
			old.space == e.space && bytes.Equal(old.key, e.key) && same(&old) {
			return false
		}
	}
	binary.LittleEndian.PutUint64(t.slots[i*8:], tag|(uint64(id)+1))
	return true
}
