package document

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/incident"
)

// jsonLine is the length from which a physical line of JSON is cut at its commas. A record
// of a log is shorter; a whole export in one line is not.
const jsonLine = 8 << 10

// A jsonReader shows JSON and JSON lines as Code, with what strings escape unescaped: 東雲
// for \u6771\u96f2, C:\Users for C:\\Users. A physical line is one line, and keeps its
// number; a very long one is cut after each comma, and a value then has its key before it.
// It does not care whether the JSON is sound: logs are cut off.
type jsonReader struct {
	p    *page
	text strings.Builder
	keys []string // of the objects and lists that are open, innermost last
	key  string   // the last string seen
	cut  bool     // this physical line is cut at commas
}

// maxKeys is how deep keys are remembered.
const maxKeys = 256

func readJSON(p *page, text string) {
	j := &jsonReader{p: p}
	eachLine(text, func(n int, line string) bool {
		j.cut = len(line) > jsonLine
		j.line(n, line)
		return p.err == nil
	})
}

func (j *jsonReader) line(n int, line string) {
	for i := 0; i < len(line) && j.p.err == nil; {
		c := line[i]
		if c == '"' {
			i = j.str(line, i)
			continue
		}
		j.text.WriteByte(c)
		i++
		switch c {
		case '{', '[':
			j.open()
		case '}', ']':
			j.keys = j.keys[:max(0, len(j.keys)-1)]
			j.key = ""
		case ':':
			if len(j.keys) > 0 {
				j.keys[len(j.keys)-1] = j.key
			}
		case ',':
			if j.cut {
				j.flush(n)
			}
		}
	}
	if s := j.text.String(); s != "" || !j.cut {
		j.p.add(n, s, incident.Code)
	}
	j.text.Reset()
}

func (j *jsonReader) open() {
	if len(j.keys) >= maxKeys {
		j.keys = append(j.keys[:0], j.keys[1:]...)
	}
	j.keys = append(j.keys, j.innermost())
}

func (j *jsonReader) innermost() string {
	if len(j.keys) == 0 {
		return ""
	}
	return j.keys[len(j.keys)-1]
}

// flush ends a piece of a long line. A value without its key, as in a list, gets it.
func (j *jsonReader) flush(n int) {
	s := j.text.String()
	if k := j.innermost(); k != "" && !strings.Contains(s, `"`+k+`"`) {
		s = `"` + k + `": ` + strings.TrimSpace(s)
	}
	j.p.add(n, s, incident.Code)
	j.text.Reset()
}

// str copies the string that begins at i, unescaped, and gives the place after it.
func (j *jsonReader) str(line string, i int) int {
	j.text.WriteByte('"')
	start := j.text.Len()
	for i++; i < len(line); {
		switch c := line[i]; c {
		case '"':
			j.remember(j.text.String()[start:])
			j.text.WriteByte('"')
			return i + 1
		case '\\':
			i = j.escape(line, i)
		default:
			j.text.WriteByte(c)
			i++
		}
	}
	return i
}

// remember keeps a string as the key that a colon may make of it.
func (j *jsonReader) remember(s string) {
	if len(s) > 256 {
		s = ""
	}
	j.key = strings.Clone(s)
}

// escape writes what the escape at i stands for, and gives the place after it. A line
// break or another control character becomes a space.
func (j *jsonReader) escape(line string, i int) int {
	if i+1 >= len(line) {
		j.text.WriteByte('\\')
		return i + 1
	}
	switch c := line[i+1]; c {
	case 'n', 'r', 't', 'b', 'f':
		j.text.WriteByte(' ')
	case '"', '\\', '/':
		j.text.WriteByte(c)
	case 'u':
		return j.unicode(line, i)
	default:
		j.text.WriteByte('\\')
		return i + 1
	}
	return i + 2
}

func (j *jsonReader) unicode(line string, i int) int {
	r, ok := hex4(line, i)
	if !ok {
		j.text.WriteByte('\\')
		return i + 1
	}
	i += 6
	if utf16.IsSurrogate(r) {
		low, _ := hex4(line, i)
		if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
			j.text.WriteRune(both)
			return i + 6
		}
		j.text.WriteString(line[i-6 : i]) // half a pair is no character
		return i
	}
	if r < 0x20 {
		r = ' '
	}
	j.text.WriteRune(r)
	return i
}

// hex4 reads the \uXXXX at i.
func hex4(line string, i int) (rune, bool) {
	if i+6 > len(line) || line[i] != '\\' || line[i+1] != 'u' {
		return 0, false
	}
	v, err := strconv.ParseUint(line[i+2:i+6], 16, 32)
	return rune(v), err == nil
}

// looksLikeJSON says that text is JSON or JSON lines: by its name and first character, or
// because it, or its first line, is sound JSON.
func looksLikeJSON(start, text, ext string) bool {
	if start == "" || start[0] != '{' && start[0] != '[' {
		return false
	}
	switch ext {
	case "json", "jsonl", "ndjson":
		return true
	}
	first, rest := cutLine(strings.TrimLeft(text, "\ufeff \t\r\n"))
	return json.Valid([]byte(first)) || rest != "" && json.Valid([]byte(strings.TrimPrefix(text, "\ufeff")))
}
