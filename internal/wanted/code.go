package wanted

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
)

// codeOf gives the encoding of a list that is not in UTF-8, nil for one that is, or of which
// nothing can be told. Spreadsheets write UTF-16 with a mark, and in Japan Shift_JIS.
func codeOf(head []byte) encoding.Encoding {
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		return unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM)
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM)
	case !inUTF8(head) && isShiftJIS(head):
		return japanese.ShiftJIS
	}
	return nil
}

// inUTF8 says that a text is UTF-8 but for a character that is cut off at its end.
func inUTF8(b []byte) bool {
	for cut := 0; cut < utf8.UTFMax && cut <= len(b); cut++ {
		if utf8.Valid(b[:len(b)-cut]) {
			return true
		}
	}
	return false
}

// isShiftJIS says that every character outside ASCII is one of Shift_JIS, and that some
// take two bytes: those of one byte are found in any file.
//
// SPEC: JIS X 0208 appendix 1.
func isShiftJIS(b []byte) bool {
	pairs := 0
	for i := 0; i < len(b); i++ {
		c := b[i]
		switch {
		case c < 0x80, c >= 0xa1 && c <= 0xdf:
		case c >= 0x81 && c <= 0x9f, c >= 0xe0 && c <= 0xfc:
			if i++; i == len(b) {
				break
			}
			if d := b[i]; d < 0x40 || d == 0x7f || d > 0xfc {
				return false
			}
			pairs++
		default:
			return false
		}
	}
	return pairs > 0
}
