package document

import (
	"strconv"
	"strings"
	"unicode/utf16"
)

// rtfDepth is how deep groups may stand inside each other. Outlook stays below ten.
const rtfDepth = 256

// An rtfReader takes the text out of RTF, or the HTML that Outlook has wrapped in it.
//
// SPEC: MS-OXRTFEX §2.1.
type rtfReader struct {
	in    []byte
	out   strings.Builder
	html  bool // the RTF holds HTML
	base  string
	fonts map[int]string // encodings
	font  int            // being defined
	state rtfState
	stack []rtfState
	raw   []byte // bytes of one encoding that wait to be decoded
	high  rune   // first half of a surrogate pair
	skip  int    // characters that stand for the last \u
}

// An rtfState is what a group changes and its end undoes.
type rtfState struct {
	hidden  bool // a destination that is no text
	tag     bool // inside \*\htmltag
	noHTML  bool // inside \htmlrtf
	fonts   bool // inside the table of fonts
	fresh   bool // nothing has stood in the group yet
	starred bool // the group began with \*
	charset string
	uc      int
}

// rtfText gives the text, and whether it is HTML. It is never longer than four times data.
func rtfText(data []byte) (text string, isHTML bool) {
	x := &rtfReader{in: data, fonts: map[int]string{}, state: rtfState{uc: 1}}
	for len(x.in) > 0 {
		c := x.in[0]
		switch c {
		case '{':
			x.flush()
			if len(x.stack) < rtfDepth {
				x.stack = append(x.stack, x.state)
			}
			x.state.fresh, x.state.starred = true, false
			x.in = x.in[1:]
		case '}':
			x.flush()
			if n := len(x.stack); n > 0 {
				x.state, x.stack = x.stack[n-1], x.stack[:n-1]
			}
			x.in = x.in[1:]
		case '\\':
			x.control()
		case '\r', '\n', 0:
			x.in = x.in[1:]
		default:
			x.byte(c)
			x.in = x.in[1:]
		}
	}
	x.flush()
	return x.out.String(), x.html
}

func (x *rtfReader) control() {
	x.in = x.in[1:]
	if len(x.in) == 0 {
		return
	}
	c := x.in[0]
	if c < 'a' || c > 'z' {
		x.in = x.in[1:]
		x.symbol(c)
		return
	}
	n := 1
	for n < len(x.in) && n < 32 && x.in[n] >= 'a' && x.in[n] <= 'z' {
		n++
	}
	word := string(x.in[:n])
	x.in = x.in[n:]
	n = 0
	for n < len(x.in) && n < 11 && (x.in[n] >= '0' && x.in[n] <= '9' || n == 0 && x.in[n] == '-') {
		n++
	}
	num, err := strconv.Atoi(string(x.in[:n]))
	has := err == nil
	x.in = x.in[n:]
	if len(x.in) > 0 && x.in[0] == ' ' {
		x.in = x.in[1:]
	}
	x.word(word, num, has)
	x.state.fresh = false
}

func (x *rtfReader) symbol(c byte) {
	switch c {
	case '*':
		x.state.starred = true
		return
	case '\'':
		if len(x.in) >= 2 {
			if v, err := strconv.ParseUint(string(x.in[:2]), 16, 8); err == nil {
				x.in = x.in[2:]
				x.byte(byte(v))
			}
		}
	case '\\', '{', '}':
		x.byte(c)
	case '~':
		x.put("\u00a0")
	case '_':
		x.put("-")
	case '\n', '\r':
		x.put("\n")
	}
	x.state.fresh = false
}

// word carries out one control word. One that opens an unknown starred group hides it.
func (x *rtfReader) word(word string, num int, has bool) {
	if word != "u" {
		x.flush()
	}
	switch word {
	case "fromhtml":
		x.html = true
	case "ansicpg":
		x.base = codePage(uint64(max(num, 0)))
	case "htmltag":
		x.state.tag = x.state.starred
	case "htmlrtf":
		x.state.noHTML = !has || num != 0
	case "fonttbl":
		x.state.fonts, x.state.hidden = true, true
	case "f":
		x.font = num
		x.state.charset = x.fonts[num]
	case "fcharset":
		if x.state.fonts && len(x.fonts) < 4096 {
			x.fonts[x.font] = fontCharset(num)
		}
	case "colortbl", "stylesheet", "pict", "object", "themedata", "listtable", "listoverridetable", "rsidtbl", "generator":
		x.state.hidden = true
	case "fldinst", "fldrslt", "shptxt":
	case "uc":
		x.state.uc = min(max(num, 0), 16)
	case "u":
		x.unicode(rune(uint16(num)))
	case "par", "line", "row", "sect", "page":
		x.put("\n")
	case "tab", "cell":
		x.put("\t")
	case "lquote":
		x.put("‘")
	case "rquote":
		x.put("’")
	case "ldblquote":
		x.put("“")
	case "rdblquote":
		x.put("”")
	case "bullet":
		x.put("•")
	case "endash":
		x.put("–")
	case "emdash":
		x.put("—")
	default:
		if x.state.starred && x.state.fresh {
			x.state.hidden = true
		}
	}
}

// fontCharset gives the encoding of a Windows character set.
func fontCharset(n int) string {
	switch n {
	case 128:
		return "cp932"
	case 129:
		return "euc-kr"
	case 134:
		return "gbk"
	case 136:
		return "big5"
	case 204:
		return "windows-1251"
	case 238:
		return "windows-1250"
	}
	return ""
}

// shown says whether text goes out here. In wrapped HTML the tags do, and what is not
// marked as the RTF's own.
func (x *rtfReader) shown() bool {
	if x.html {
		return !x.state.noHTML && (!x.state.hidden || x.state.tag)
	}
	return !x.state.hidden && !x.state.tag
}

func (x *rtfReader) byte(c byte) {
	if x.skip > 0 {
		x.skip--
		return
	}
	if x.shown() {
		x.raw = append(x.raw, c)
	}
	x.state.fresh = false
}

func (x *rtfReader) put(s string) {
	x.flush()
	if x.shown() {
		x.out.WriteString(s)
	}
}

// unicode adds one unit of UTF-16; the characters after it repeat it for old readers.
func (x *rtfReader) unicode(u rune) {
	x.flush()
	x.skip = x.state.uc
	switch {
	case !x.shown():
	case u >= 0xd800 && u < 0xdc00:
		x.high = u
	case u >= 0xdc00 && u < 0xe000:
		x.out.WriteRune(utf16.DecodeRune(x.high, u))
		x.high = 0
	default:
		x.out.WriteRune(u)
	}
}

// flush decodes the bytes that wait.
func (x *rtfReader) flush() {
	if len(x.raw) == 0 {
		return
	}
	set := x.state.charset
	if set == "" || x.state.tag {
		set = x.base
	}
	s, ok := charsetText(x.raw, set)
	if !ok {
		s, _ = utf8Set.text(x.raw)
	}
	x.out.WriteString(s)
	x.raw = x.raw[:0]
}
