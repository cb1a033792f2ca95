package document

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/japanese"

	"github.com/wakachi/wakachi/internal/fault"
)

// What each encoding costs before any evidence, in bits: how rare it is among the files
// of an incident today. A declared one is that much cheaper.
const (
	priorCP932    = 2
	priorUTF16    = 6
	priorEUC      = 14
	declaredBonus = 16
)

// decode gives the text of a part in UTF-8, or says why it cannot be known. What is
// doubtful about it is written down.
func (r *reading) decode(p part) (string, error) {
	if set, n := byteOrderMark(p.data); set != noCharset {
		return r.decodeAs(p, set, p.data[n:])
	}
	declared := declaredCharset(p.charset)
	if declared == noCharset && p.charset != "" {
		if text, ok := foreignText(p.data, p.charset); ok {
			return text, nil
		}
	}
	set, rivals := pick(p.data, declared)
	switch {
	case set == utf16LE || set == utf16BE:
		return r.decodeAs(p, set, p.data)
	case tooManyControls(p.data):
		return "", fault.New(fault.Unsupported, "document.binary", p.file)
	case set == iso2022JP:
		text, _ := fromISO2022(p.data)
		return text, nil
	case set != noCharset:
		if declared != noCharset && declared != set && !isASCII(p.data) {
			r.doubt(p.file, fault.New(fault.Invalid, "document.encoding-declared", p.file, declared.String(), set.String()))
		}
		return r.decodeAs(p, set, p.data)
	case len(rivals) > 0:
		return "", unclear(p.file, rivals, 1)
	}
	return r.decodeLines(p, declared)
}

// decodeAs decodes data as set, with bytes that are no characters shown as \xE3.
func (r *reading) decodeAs(p part, set charset, data []byte) (string, error) {
	text, bads := set.text(data)
	if bads > 0 {
		if set == utf8Set {
			return r.decodeLines(part{file: p.file, data: data}, utf8Set)
		}
		if bads > len(data)/64+1 {
			return "", fault.New(fault.Unsupported, "document.binary", p.file)
		}
		r.doubt(p.file, fault.New(fault.Invalid, "document.encoding-bytes", p.file, set.String(), strconv.Itoa(bads)))
	}
	return text, nil
}

func unclear(file string, rivals []charset, line int) *fault.Error {
	names := make([]string, len(rivals))
	for i, c := range rivals {
		names[i] = c.String()
	}
	if len(names) == 0 {
		names = []string{utf8Set.String(), cp932.String(), eucJP.String()}
	}
	return fault.New(fault.Invalid, "document.encoding-unclear", file, strings.Join(names, ", "), strconv.Itoa(line))
}

func byteOrderMark(b []byte) (set charset, length int) {
	switch {
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")):
		return utf8Set, 3
	case bytes.HasPrefix(b, []byte("\xff\xfe\x00\x00")):
		return noCharset, 0 // UTF-32; its NULs make it binary
	case bytes.HasPrefix(b, []byte("\xff\xfe")):
		return utf16LE, 2
	case bytes.HasPrefix(b, []byte("\xfe\xff")):
		return utf16BE, 2
	}
	return noCharset, 0
}

// pick finds the encoding of data by what each candidate makes of it. Without a clear
// winner the set is noCharset, and rivals are those that remain possible: none, if none
// can read all of data, or if it is rather UTF-8 with characters cut off. ASCII is UTF-8.
func pick(data []byte, favoured charset) (set charset, rivals []charset) {
	hasNUL := bytes.IndexByte(data, 0) >= 0
	if !hasNUL && isASCII(data) {
		if bytes.Contains(data, []byte("\x1b$")) {
			if _, ok := fromISO2022(data); ok {
				return iso2022JP, nil
			}
			return noCharset, []charset{iso2022JP, utf8Set}
		}
		return utf8Set, nil
	}
	if !hasNUL && plainlyUTF8(data) {
		return utf8Set, nil
	}
	found := candidates(data, favoured)
	switch {
	case len(found) == 0, isCut(data, found[0].set, found[0].bits):
		return noCharset, nil
	case len(found) == 1, found[1].bits-found[0].bits >= clearMargin:
		return found[0].set, nil
	}
	for _, c := range found {
		if c.bits-found[0].bits < clearMargin {
			rivals = append(rivals, c.set)
		}
	}
	return noCharset, rivals
}

// A candidate is an encoding that can read all of some data, and what it costs.
type candidate struct {
	set  charset
	bits int
}

// candidates gives those that can read all of data, the most plausible first.
func candidates(data []byte, favoured charset) []candidate {
	var found []candidate
	try := func(c charset, prior int) {
		if bits, ok := weigh(data, c); ok {
			if c == favoured {
				prior -= declaredBonus
			}
			found = append(found, candidate{c, bits + prior})
		}
	}
	try(utf8Set, 0)
	if !isASCII(data) {
		try(cp932, priorCP932)
		try(eucJP, priorEUC)
	}
	if wideEvidence(data) || len(found) == 0 && len(data)%2 == 0 {
		try(utf16LE, priorUTF16)
		try(utf16BE, priorUTF16)
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return a.bits - b.bits })
	return found
}

// wideEvidence says that data may be UTF-16 without a mark: a NUL beside bytes beyond
// ASCII, or so many NULs that they are no accident.
func wideEvidence(data []byte) bool {
	n := bytes.Count(data, []byte{0})
	return n > len(data)/16 || n > 0 && !isASCII(data)
}

// weigh gives the bits that data costs when read as c; ok says that all of it can be.
func weigh(data []byte, c charset) (bits int, ok bool) {
	var s scorer
	wide := c == utf16LE || c == utf16BE
	if wide {
		data = data[:len(data)&^1]
	}
	for len(data) > 0 {
		r, n := c.next(data)
		if r == bad || wide && (r == 0 || classOf(r) == odd) {
			return 0, false
		}
		s.add(r)
		data = data[n:]
	}
	// Text in UTF-16 that no other reading fits still has to look like text.
	return s.total(), !wide || s.bits <= 15*s.n
}

// plainlyUTF8 spares long texts the weighing: valid, with so many three-byte characters of
// the Japanese blocks that no other encoding comes near.
func plainlyUTF8(data []byte) bool {
	n := 0
	for i := 0; i+2 < len(data) && n < 32; i++ {
		if data[i] >= 0xe3 && data[i] <= 0xe9 && data[i+1]&0xc0 == 0x80 && data[i+2]&0xc0 == 0x80 {
			n++
			i += 2
		}
	}
	return n == 32 && utf8.Valid(data)
}

func isASCII(data []byte) bool {
	for _, c := range data {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// tooManyControls tells bytes that are no text. A run of NULs counts once: logs that were
// cut off by a crash are padded with them.
func tooManyControls(data []byte) bool {
	n, last := 0, byte(' ')
	for _, c := range data {
		if asciiClass(rune(c)) == odd || c == 0 && last != 0 {
			n++
		}
		last = c
	}
	return n > 2+len(data)/20
}

// fromISO2022 decodes ISO-2022-JP; ok says that every sequence in it was one.
func fromISO2022(data []byte) (text string, ok bool) {
	out, err := japanese.ISO2022JP.NewDecoder().Bytes(data)
	return string(out), err == nil && !bytes.ContainsRune(out, utf8.RuneError)
}

// declaredCharset knows the names that a mail or a page gives to the encodings that are
// also recognised without.
func declaredCharset(name string) charset {
	switch name = strings.ToLower(strings.TrimSpace(name)); name {
	case "cp932", "windows-932", "ms-kanji", "x-ms-cp932":
		return cp932
	case "cp51932", "eucjp", "eucjp-ms", "euc_jp":
		return eucJP
	case "cp50220", "cp50221", "cp50222", "iso-2022-jp-ms", "iso-2022-jp-1", "iso-2022-jp-2", "iso-2022-jp-3":
		return iso2022JP
	case "us-ascii", "ascii", "": // says nothing about bytes beyond ASCII
		return noCharset
	}
	enc, err := htmlindex.Get(name)
	if err != nil {
		return noCharset
	}
	switch canonical, _ := htmlindex.Name(enc); canonical {
	case "utf-8":
		return utf8Set
	case "shift_jis":
		return cp932
	case "euc-jp":
		return eucJP
	case "iso-2022-jp":
		return iso2022JP
	case "utf-16le":
		return utf16LE
	case "utf-16be":
		return utf16BE
	}
	return noCharset
}

// foreignText decodes by a declared encoding that is not recognised without a declaration,
// such as windows-1252 or big5. It declines where the bytes are UTF-8 all the same.
func foreignText(data []byte, name string) (text string, ok bool) {
	name = strings.ToLower(strings.TrimSpace(name))
	enc, err := htmlindex.Get(name)
	if err != nil || name == "us-ascii" || name == "ascii" || utf8.Valid(data) {
		return "", false
	}
	out, err := enc.NewDecoder().Bytes(data)
	if err != nil || bytes.ContainsRune(out, utf8.RuneError) {
		return "", false
	}
	return string(out), true
}
