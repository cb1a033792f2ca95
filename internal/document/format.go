package document

import (
	"bytes"
	_ "embed"
	"encoding/hex"
	"path"
	"strconv"
	"strings"
	"sync"
	"unicode/utf16"

	"github.com/wakachi/wakachi/internal/fault"
)

// A format is how the bytes of a part are to be read.
type format uint8

const (
	textFormat format = iota
	zipFormat         // Word too
	gzFormat
	mailFormat
	pdfFormat
	compoundFormat
)

//go:embed data/magic.tsv
var magicTable string

// A magic is the signature of a format that is recognised and refused.
type magic struct {
	offset   int
	bytes    []byte
	needsNUL bool
	code     string
	name     string
}

var magics = sync.OnceValue(func() []magic {
	var all []magic
	for row := range strings.Lines(magicTable) {
		f := strings.Split(strings.TrimRight(row, "\n"), "\t")
		if strings.HasPrefix(row, "#") || len(f) != 5 {
			continue
		}
		offset, _ := strconv.Atoi(f[0])
		sig, _ := hex.DecodeString(f[1])
		all = append(all, magic{offset, sig, f[2] == "nul", f[3], f[4]})
	}
	return all
})

// sniff tells the format of a part by its content, or refuses it with what to do instead.
func sniff(p part) (format, error) {
	switch {
	case bytes.HasPrefix(p.data, []byte("PK\x03\x04")), bytes.HasPrefix(p.data, []byte("PK\x05\x06")):
		return zipFormat, nil
	case bytes.HasPrefix(p.data, []byte("\x1f\x8b\x08")):
		return gzFormat, nil
	case looksLikePDF(p):
		return pdfFormat, nil
	case bytes.HasPrefix(p.data, []byte(compoundMagic)):
		return compoundFormat, nil
	}
	if m := refused(p.data); m != nil {
		return 0, fault.New(fault.Unsupported, "document."+m.code, p.file, m.name)
	}
	if looksLikeMail(p) {
		return mailFormat, nil
	}
	return textFormat, nil
}

// looksLikePDF allows for rubbish before the signature, as readers do, where the name says so.
func looksLikePDF(p part) bool {
	sign := []byte("%PDF-")
	named := extension(p.name) == "pdf" || p.media == "application/pdf"
	return bytes.HasPrefix(p.data, sign) || named && bytes.Contains(p.data[:min(len(p.data), 1024)], sign)
}

func refused(data []byte) *magic {
	head := data[:min(len(data), 512)]
	hasNUL := bytes.IndexByte(head, 0) >= 0
	for i, m := range magics() {
		if len(head) > m.offset && bytes.HasPrefix(head[m.offset:], m.bytes) && (hasNUL || !m.needsNUL) {
			return &magics()[i]
		}
	}
	return nil
}

// oleFault says what an OLE2 file is by the names of its streams, which are UTF-16. The
// order matters: an encrypted workbook is first of all encrypted.
func oleFault(p part) *fault.Error {
	for _, s := range []struct{ stream, code, name string }{
		{"EncryptedPackage", "encrypted", ""},
		{"WordDocument", "old-word", "DOC"},
		{"Workbook", "spreadsheet", "XLS"},
		{"PowerPoint Document", "slides", "PPT"},
	} {
		var name []byte
		for _, u := range utf16.Encode([]rune(s.stream)) {
			name = append(name, byte(u), byte(u>>8))
		}
		if bytes.Contains(p.data, name) {
			return fault.New(fault.Unsupported, "document."+s.code, p.file, s.name)
		}
	}
	return fault.New(fault.Unsupported, "document.binary", p.file, "OLE2")
}

// linesCount says of the first chunk of an input whether its lines are short if it is
// honest: not for containers, nor for markup and JSON, which come in one long line.
func linesCount(name string, head []byte) bool {
	p := part{name: name, data: head}
	if f, err := sniff(p); err != nil || f != textFormat || bytes.IndexByte(head, 0) >= 0 {
		return false
	}
	start := bytes.TrimLeft(head, "\xef\xbb\xbf \t\r\n")
	return len(start) == 0 || !bytes.ContainsRune([]byte("{[<"), rune(start[0]))
}

// A form is what kind of text a text is.
type form uint8

const (
	plainText form = iota
	codeText
	htmlText
	markdownText
	tableText
	jsonText
)

// textForm tells the form of a text, by content where that is plain and else by name.
func textForm(p part, text string) form {
	start := strings.TrimLeft(text[:min(len(text), 4096)], "\ufeff \t\r\n")
	ext := extension(p.name)
	switch {
	case looksLikeHTML(start, ext, p.media):
		return htmlText
	case looksLikeJSON(start, text, ext):
		return jsonText
	case ext == "md", ext == "markdown", p.media == "text/markdown":
		return markdownText
	case ext == "csv", ext == "tsv", p.media == "text/csv", p.media == "text/tab-separated-values":
		return tableText
	case codeExtension(ext):
		return codeText
	case looksLikeMarkdown(text):
		return markdownText
	}
	return plainText
}

// extension gives what follows the last dot of a name, in lower case.
func extension(name string) string {
	return strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
}

// codeExtension tells the names of logs and scripts: every line stands for itself.
func codeExtension(ext string) bool {
	switch ext {
	case "log", "out", "err", "json", "jsonl", "ndjson", "xml", "yaml", "yml", "ini", "conf", "cfg", "reg",
		"ps1", "bat", "cmd", "vbs", "js", "sh", "py", "php", "hta", "sql", "eve", "syslog":
		return true
	}
	return false
}
