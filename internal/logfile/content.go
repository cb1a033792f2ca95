package logfile

import "bytes"

// A content is what the first bytes of something say it is.
type content uint8

const (
	plainText content = iota
	utf16LE
	utf16BE
	gzipped
	zstandard
	bzipped
	xzipped
	zipArchive
	tarArchive
	eventLog
	foreign // packed in a way that is not read
	bytesOnly
)

// compression gives the name of what is packed.
func (c content) compression() Compression {
	switch c {
	case gzipped:
		return Gzip
	case zstandard:
		return Zstd
	case bzipped:
		return Bzip2
	case xzipped:
		return XZ
	case zipArchive:
		return Zip
	}
	return None
}

// headBytes is how much of a source is looked at.
const headBytes = 64 << 10

// sniff says what something is from its first bytes.
func sniff(head []byte) content {
	if c := magic(head); c != plainText {
		return c
	}
	switch {
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}):
		return utf16LE
	case bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		return utf16BE
	}
	if bytes.IndexByte(head, 0) < 0 {
		if controls(head)*20 > len(head) {
			return bytesOnly
		}
		return plainText
	}
	if c := wideText(head); c != bytesOnly {
		return c
	}
	// A disk that lost power leaves holes of zeros in a log, which is a log all the same.
	text := bytes.ReplaceAll(head, []byte{0}, nil)
	if len(text) > 64 && controls(text)*50 < len(text) && len(text)*50 > len(head) {
		return plainText
	}
	return bytesOnly
}

// magic knows formats by the bytes they begin with.
func magic(head []byte) content {
	for _, m := range [...]struct {
		at   int
		mark string
		is   content
	}{
		{0, "\x1F\x8B\x08", gzipped},
		{0, "\x28\xB5\x2F\xFD", zstandard},
		{0, "\xFD7zXZ\x00", xzipped},
		{0, "PK\x03\x04", zipArchive},
		{0, "PK\x05\x06", zipArchive}, // an empty one
		{0, "ElfFile\x00", eventLog},
		{257, "ustar", tarArchive},

		// Packed in a way that is not read.
		{0, "7z\xBC\xAF\x27\x1C", foreign},
		{0, "Rar!\x1A\x07", foreign},
		{0, "\x04\x22\x4D\x18", foreign}, // lz4
		{0, "\x1F\x9D", foreign},         // compress
		{0, "\x89LZO\x00", foreign},
		{0, "MSCF\x00\x00\x00\x00", foreign},         // cabinet
		{0, "\xFF\x06\x00\x00sNaPpY", foreign},       // framed snappy
		{0, "\x5D\x00\x00\x80\x00\xFF\xFF", foreign}, // LZMA alone, as xz writes it

		// Binary, and read as it is, although the beginning may look like text.
		{0, "SQLite format 3\x00", bytesOnly},
		{0, "regf", bytesOnly},             // registry
		{4, "LfLe", bytesOnly},             // event log before Vista
		{0, "\xD4\xC3\xB2\xA1", bytesOnly}, // packets
		{0, "\x0A\x0D\x0D\x0A", bytesOnly}, // packets, newer
		{0, "%PDF-", bytesOnly},
		{0, "\x7FELF", bytesOnly},
		{0, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", bytesOnly}, // older Office
	} {
		if len(head) > m.at && bytes.HasPrefix(head[m.at:], []byte(m.mark)) {
			return m.is
		}
	}
	if len(head) >= 4 && head[0]&0xF0 == 0x50 && string(head[1:4]) == "\x2A\x4D\x18" {
		return zstandard // a frame to skip, before the data
	}
	if len(head) >= 10 && bytes.HasPrefix(head, []byte("BZh")) && head[3] >= '1' && head[3] <= '9' &&
		(bytes.HasPrefix(head[4:], []byte("1AY&SY")) || bytes.HasPrefix(head[4:], []byte("\x17\x72\x45\x38\x50\x90"))) {
		return bzipped
	}
	return plainText
}

// controls counts the control characters that text does not have. Escape stays: terminals' logs
// and ISO-2022-JP have it.
func controls(b []byte) int {
	n := 0
	for _, c := range b {
		if c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != '\b' && c != 0x1B || c == 0x7F {
			n++
		}
	}
	return n
}

// wideText tells UTF-16 without byte order mark: one byte of many units is zero, always on the
// same side, and the units are characters that texts have.
func wideText(head []byte) content {
	units := len(head) / 2
	if units < 4 {
		return bytesOnly
	}
	little, big := 0, 0
	for i := range units {
		switch a, b := head[2*i], head[2*i+1]; {
		case b == 0 && a != 0 && a < 0x80:
			little++
		case a == 0 && b != 0 && b < 0x80:
			big++
		}
	}
	switch {
	case little*10 >= units && big*20 <= little && plausible(head, 0):
		return utf16LE
	case big*10 >= units && little*20 <= big && plausible(head, 1):
		return utf16BE
	}
	return bytesOnly
}

// plausible says whether nineteen of twenty units are of scripts that logs are written in.
func plausible(head []byte, low int) bool {
	strange := 0
	units := len(head) / 2
	for i := range units {
		if !written(rune(head[2*i+low]) | rune(head[2*i+1-low])<<8) {
			strange++
		}
	}
	return strange*20 <= units
}

// written says whether a unit is of a script that logs are written in, or half a pair.
func written(u rune) bool {
	switch {
	case u < 0x80:
		return u >= 0x20 && u < 0x7F || u == '\t' || u == '\n' || u == '\r'
	case u < 0xA000:
		return u >= 0xA0 && u < 0x0600 || u >= 0x2000 && u < 0x2700 || u >= 0x3000
	}
	return u >= 0xAC00 && u < 0xE000 || u >= 0xFE30 && u < 0xFFEF
}
