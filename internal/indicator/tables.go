package indicator

import (
	_ "embed"
	"encoding/binary"
	"strings"
	"sync"
)

var (
	//go:embed data/scheme.tsv
	schemeTSV string
	//go:embed data/tld.tsv
	tldTSV string
	//go:embed data/extension.tsv
	extensionTSV string
	//go:embed data/stem.tsv
	stemTSV string
	//go:embed data/empty.tsv
	emptyTSV string
)

// rows cuts a data file into its records, without comments and empty lines.
func rows(tsv string) [][]string {
	var out [][]string
	for line := range strings.Lines(tsv) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" || line[0] == '#' {
			continue
		}
		out = append(out, strings.Split(line, "\t"))
	}
	return out
}

// pairs reads a data file of two columns.
func pairs(tsv string) map[string]string {
	m := map[string]string{}
	for _, r := range rows(tsv) {
		if len(r) > 1 {
			m[r[0]] = r[1]
		} else {
			m[r[0]] = ""
		}
	}
	return m
}

// Readings of an extension, of a word before a dot, and of a name at the top:
// the second columns of extension.tsv, stem.tsv and tld.tsv.
const (
	extFile  = "file"
	extFirst = "first"
	extStem  = "stem"
	extApp   = "app"

	stemFile  = "file"
	stemCode  = "code"
	stemVirus = "virus"
	stemName  = "name"
)

var (
	schemes    = sync.OnceValue(func() map[string]string { return pairs(schemeTSV) })
	extraTLDs  = sync.OnceValue(func() map[string]string { return pairs(tldTSV) })
	extensions = sync.OnceValue(func() map[string]string { return pairs(extensionTSV) })
	stems      = sync.OnceValue(func() map[string]string { return pairs(stemTSV) })
	empties    = sync.OnceValue(func() map[string]string { return pairs(emptyTSV) })
)

// lookup finds a word of at most 15 letters in a table, whatever its case, without
// allocating.
func lookup(m map[string]string, word string) string {
	var buf [15]byte
	if len(word) > len(buf) {
		return ""
	}
	for i := 0; i < len(word); i++ {
		buf[i] = lower(word[i])
	}
	return m[string(buf[:len(word)])]
}

// Classes of bytes, as bits.
const (
	clDigit = 1 << iota
	clHexLetter
	clLetter // the letters that are not hex digits
	clDot
	clDash
	clUnder
	clWide  // not ASCII
	clPoint // punctuation at which the scanner stops to look

	clAlnum = clDigit | clHexLetter | clLetter
	clHex   = clDigit | clHexLetter
	clToken = clAlnum | clDot | clDash | clUnder
)

var class = func() (t [256]uint8) {
	for c := range 256 {
		switch b := byte(c); {
		case b >= '0' && b <= '9':
			t[c] = clDigit
		case b >= 'a' && b <= 'f', b >= 'A' && b <= 'F':
			t[c] = clHexLetter
		case b >= 'a' && b <= 'z', b >= 'A' && b <= 'Z':
			t[c] = clLetter
		case b == '.':
			t[c] = clDot
		case b == '-':
			t[c] = clDash
		case b == '_':
			t[c] = clUnder
		case b >= 0x80:
			t[c] = clWide
		case strings.IndexByte(`:\/%"'|,{$~*!#`+"`\t", b) >= 0:
			t[c] = clPoint
		}
	}
	return t
}()

func is(b byte, bits uint8) bool { return class[b]&bits != 0 }

// all says that s is not empty and made of such bytes only.
func all(s string, bits uint8) bool {
	for i := 0; i < len(s); i++ {
		if !is(s[i], bits) {
			return false
		}
	}
	return s != ""
}

func lower(b byte) byte {
	if b >= 'A' && b <= 'Z' {
		return b | 0x20
	}
	return b
}

// at gives the byte at i, 0 outside.
func at(s string, i int) byte {
	if i < 0 || i >= len(s) {
		return 0
	}
	return s[i]
}

// hasFold says that s has the ASCII prefix at i, whatever the case; prefix is lower case.
func hasFold(s string, i int, prefix string) bool {
	if i < 0 || len(s)-i < len(prefix) {
		return false
	}
	for k := 0; k < len(prefix); k++ {
		if lower(s[i+k]) != prefix[k] {
			return false
		}
	}
	return true
}

// lowerASCII is strings.ToLower for text in ASCII. It allocates only where there is a capital.
func lowerASCII(s string) string {
	var buf [128]byte
	if len(s) > len(buf) {
		return strings.ToLower(s)
	}
	copy(buf[:], s)
	any := uint64(0)
	for i := 0; i < len(s); i += 8 {
		x := binary.LittleEndian.Uint64(buf[i:])
		capitals := (x + ones*(0x80-'A')) &^ (x + ones*(0x7f-'Z')) & (ones << 7)
		binary.LittleEndian.PutUint64(buf[i:], x|capitals>>2)
		any |= capitals
	}
	if any == 0 {
		return s
	}
	return string(buf[:len(s)])
}

// ones has a one in each byte.
const ones = 0x0101010101010101
