package hunt

import (
	"encoding/binary"
	"encoding/hex"
	"slices"

	"github.com/wakachi/wakachi/internal/indicator"
)

// An ID numbers a wanted value within one pack. It means nothing in another.
type ID uint64

// A kind is how an entry is found and what has to be true around it.
type kind byte

const (
	kindName     kind = 1 + iota // a domain: itself and what is below it
	kindAddress                  // an address
	kindNetwork                  // a network of addresses
	kindURL                      // a URL: its key is what comes behind the scheme
	kindMail                     // a mail address
	kindDigest                   // a digest: its key is its bytes
	kindFile                     // a name between two edges
	kindText                     // a text found by a token in it, its key
	kindPath                     // such a text in which case and kind of slash do not matter
	kindRegistry                 // such a path whose root has several spellings
	markURL                      // no value: a URL with this host is wanted
	markMail                     // no value: a mail address at this host is wanted
)

func (k kind) isText() bool { return k == kindText || k == kindPath || k == kindRegistry }

// A shape says how the value is got from the key, so that it need not be kept twice.
type shape byte

const (
	shapeKey   shape = iota // it is the key
	shapeHex                // the key in hexadecimal digits
	shapeHTTP               // http:// and the key
	shapeHTTPS              // https:// and the key
	shapeApart              // it stands behind the key
)

// An entry is what a pack knows of one wanted value.
type entry struct {
	kind   kind
	space  space
	shape  shape
	typ    byte // index into indicator.Types
	hash   byte // index into hashes
	port   uint16
	line   uint32
	anchor uint32 // of texts: where the key stands in the value
	key    []byte
	value  []byte // of shapeApart
	ref    []byte
}

// hashes are the algorithms an entry can name.
var hashes = [...]indicator.Hash{indicator.NoHash, indicator.MD5, indicator.SHA1, indicator.SHA256, indicator.SHA512}

// types are the types an entry can have.
var types = indicator.Types()

func typeIndex(t indicator.Type) byte {
	return byte(slices.Index(types, t)) & 31 // 31 for a type that is none
}

// What an entry holds beside its key, as bits of its first byte.
const (
	hasPort = 1 << (4 + iota)
	hasAnchor
	hasRef
	hasLine
)

// append puts the entry behind dst: its kind, and what it holds; its shape and space; its type and
// algorithm; the key; the rest.
func (e *entry) append(dst []byte) []byte {
	at := len(dst)
	dst = append(dst, byte(e.kind), byte(e.shape)<<4|byte(e.space), e.typ<<3|e.hash)
	dst = binary.AppendUvarint(dst, uint64(len(e.key)))
	dst = append(dst, e.key...)
	number := func(bit byte, n uint64) {
		if n != 0 {
			dst[at] |= bit
			dst = binary.AppendUvarint(dst, n)
		}
	}
	number(hasPort, uint64(e.port))
	number(hasAnchor, uint64(e.anchor))
	number(hasLine, uint64(e.line))
	number(hasRef, uint64(len(e.ref)))
	dst = append(dst, e.ref...)
	if e.shape == shapeApart {
		dst = binary.AppendUvarint(dst, uint64(len(e.value)))
		dst = append(dst, e.value...)
	}
	return dst
}

// readEntry reads the entry at the beginning of b and says how long it is; 0 if there is none.
func readEntry(b []byte, e *entry) int {
	c := cutter{b: b}
	head := c.bytes(3)
	if c.bad {
		return 0
	}
	*e = entry{kind: kind(head[0] & 15), shape: shape(head[1] >> 4), space: space(head[1] & 15), typ: head[2] >> 3, hash: head[2] & 7}
	e.key = c.bytes(c.number())
	number := func(bit byte) uint64 {
		if head[0]&bit == 0 {
			return 0
		}
		return c.number()
	}
	e.port, e.anchor, e.line = uint16(number(hasPort)), uint32(number(hasAnchor)), uint32(number(hasLine))
	e.ref = c.bytes(number(hasRef))
	if e.shape == shapeApart {
		e.value = c.bytes(c.number())
	}
	if c.bad || e.kind == 0 {
		return 0
	}
	return len(b) - len(c.b)
}

// A cutter takes pieces off bytes that may be anything.
type cutter struct {
	b   []byte
	bad bool
}

func (c *cutter) bytes(n uint64) (piece []byte) {
	if n > uint64(len(c.b)) {
		c.bad = true
		return nil
	}
	piece, c.b = c.b[:n:n], c.b[n:]
	return piece
}

func (c *cutter) number() uint64 {
	v, n := binary.Uvarint(c.b)
	if n <= 0 {
		c.bad = true
		return 0
	}
	c.b = c.b[n:]
	return v
}

// text is the value as it was wanted.
func (e *entry) text() string {
	switch e.shape {
	case shapeHex:
		return hex.EncodeToString(e.key)
	case shapeHTTP:
		return "http://" + string(e.key)
	case shapeHTTPS:
		return "https://" + string(e.key)
	case shapeApart:
		return string(e.value)
	}
	return string(e.key)
}

// wanted is the entry as it was asked for.
func (e *entry) wanted() Wanted {
	w := Wanted{Ref: string(e.ref), Line: int(e.line), Port: e.port}
	if int(e.typ) < len(types) {
		w.Type = types[e.typ]
	}
	if int(e.hash) < len(hashes) {
		w.Hash = hashes[e.hash]
	}
	w.Value.Value = e.text()
	return w
}
