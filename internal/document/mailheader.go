package document

import (
	"bytes"
	"strconv"
	"strings"
)

// A field is one header of a mail.
type field struct {
	line  int // where it begins, from 1, in its mail
	name  string
	raw   string // unfolded, as it stood
	value string // decoded for reading
}

type header []field

// get gives the raw value of the first field of that name, empty if there is none.
func (h header) get(name string) string {
	for _, f := range h {
		if strings.EqualFold(f.name, name) {
			return f.raw
		}
	}
	return ""
}

// parseHeader takes the header off data, whose first line has the number line. A line that
// is no field ends the header too: it belongs to the body.
func parseHeader(data []byte, line int) (h header, body []byte, bodyLine int) {
	for len(data) > 0 {
		row, rest := cutRaw(data)
		if len(row) == 0 {
			return h, rest, line + 1
		}
		name, value, ok := cutField(row)
		if !ok {
			if len(h) == 0 && bytes.HasPrefix(row, []byte("From ")) {
				data, line = rest, line+1
				continue
			}
			return h, data, line
		}
		f := field{line: line, name: name}
		var raw bytes.Buffer
		raw.Write(value)
		data, line = rest, line+1
		for len(data) > 0 && (data[0] == ' ' || data[0] == '\t') {
			row, rest = cutRaw(data)
			if len(bytes.TrimSpace(row)) == 0 {
				break
			}
			raw.WriteByte(' ')
			raw.Write(bytes.TrimLeft(row, " \t"))
			data, line = rest, line+1
		}
		f.raw = strings.TrimSpace(raw.String())
		f.value = f.raw
		if len(f.raw) <= DefaultLine {
			f.value = decodeWords(f.raw)
		}
		h = append(h, f)
	}
	return h, nil, line
}

// cutRaw takes the first line off data, without its CRLF or LF.
func cutRaw(data []byte) (row, rest []byte) {
	row, rest, _ = bytes.Cut(data, []byte("\n"))
	return bytes.TrimSuffix(row, []byte("\r")), rest
}

func cutField(row []byte) (name string, value []byte, ok bool) {
	i := bytes.IndexByte(row, ':')
	if i <= 0 || i > 76 {
		return "", nil, false
	}
	for _, c := range row[:i] {
		if c <= ' ' || c >= 0x7f {
			return "", nil, false
		}
	}
	return string(row[:i]), row[i+1:], true
}

// decodeWords decodes encoded words and raw bytes in a header. Words side by side with the
// same encoding are joined first: mailers cut characters in two. What cannot be decoded
// stays as it stood.
//
// SPEC: RFC 2047 §2, §5.
func decodeWords(raw string) string {
	var out strings.Builder
	var run []byte // bytes of the words so far
	runSet, runStart := "", 0
	end := func(i int) {
		if runSet != "" {
			if s, ok := charsetText(run, runSet); ok {
				out.WriteString(s)
			} else {
				out.WriteString(rawText(raw[runStart:i]))
			}
		}
		run, runSet = nil, ""
	}
	last := 0
	for i := 0; i < len(raw); {
		set, data, n := encodedWord(raw[i:])
		if n == 0 {
			i++
			continue
		}
		between := raw[last:i]
		if runSet == "" || strings.TrimSpace(between) != "" || !strings.EqualFold(set, runSet) {
			joined := runSet != "" && strings.TrimSpace(between) == ""
			end(last)
			if !joined {
				out.WriteString(rawText(between))
			}
			runSet, runStart = set, i
		}
		run = append(run, data...)
		i += n
		last = i
	}
	end(last)
	out.WriteString(rawText(raw[last:]))
	return strings.NewReplacer("\r", " ", "\n", " ").Replace(out.String())
}

// wordMax is how long the text of an encoded word may be. 75 is the rule; few keep it.
const wordMax = 1024

// encodedWord reads =?charset?B?…?= at the start of s; n is its length, 0 if there is none.
func encodedWord(s string) (set string, data []byte, n int) {
	if !strings.HasPrefix(s, "=?") {
		return "", nil, 0
	}
	set, rest, ok := strings.Cut(s[2:min(len(s), 80)], "?")
	if !ok || len(rest) < 2 || rest[1] != '?' || set == "" {
		return "", nil, 0
	}
	at := 2 + len(set) + 3
	length := strings.Index(s[at:min(len(s), at+wordMax)], "?=")
	if length < 0 {
		return "", nil, 0
	}
	body := s[at : at+length]
	switch rest[0] {
	case 'B', 'b':
		data = lenientBase64([]byte(body))
	case 'Q', 'q':
		data = unquote([]byte(strings.ReplaceAll(body, "_", " ")))
	default:
		return "", nil, 0
	}
	set, _, _ = strings.Cut(set, "*") // RFC 2231 §5: a language may follow
	return set, data, at + length + 2
}

// charsetText decodes by a declared encoding, or by the evidence where that fails.
func charsetText(data []byte, declared string) (string, bool) {
	set := declaredCharset(declared)
	if set == noCharset {
		if s, ok := foreignText(data, declared); ok {
			return s, true
		}
	}
	got, _ := pick(data, set)
	switch got {
	case noCharset:
		return "", false
	case iso2022JP:
		return fromISO2022(data)
	}
	s, bads := got.text(data)
	return s, bads == 0
}

// rawText shows header bytes that are not encoded. Unclear ones are shown as \xE3.
func rawText(s string) string {
	if isASCII([]byte(s)) && !strings.Contains(s, "\x1b$") {
		return s
	}
	if t, ok := charsetText([]byte(s), ""); ok {
		return t
	}
	t, _ := utf8Set.text([]byte(s))
	return t
}

// A mediaType is a Content-Type or Content-Disposition with its parameters.
type mediaType struct {
	value  string // lower case, such as "text/plain"
	params map[string]string
}

// parseMedia reads what it can. Parameters are decoded, their continuations joined.
//
// SPEC: RFC 2045 §5.1, RFC 2231 §3, §4.
func parseMedia(raw string) mediaType {
	value, rest, _ := strings.Cut(raw, ";")
	m := mediaType{value: strings.ToLower(strings.TrimSpace(value)), params: map[string]string{}}
	pieces := map[string]map[int]string{}
	for rest != "" && len(m.params) < 64 && len(pieces) < 64 {
		var name, val string
		name, val, rest = cutParam(rest)
		base, index, encoded := splitParam(name)
		switch {
		case name == "":
		case index < 0 && !encoded:
			if _, dup := m.params[base]; !dup {
				m.params[base] = decodeWords(val)
			}
		default:
			if pieces[base] == nil {
				pieces[base] = map[int]string{}
			}
			if !encoded {
				val = strings.ReplaceAll(val, "%", "%25")
			}
			pieces[base][max(index, 0)] = val
		}
	}
	for base, byIndex := range pieces {
		var all strings.Builder
		for i := 0; i < len(byIndex); i++ {
			all.WriteString(byIndex[i])
		}
		m.params[base] = decodeExtended(all.String())
	}
	return m
}

// cutParam takes the first name=value off s.
func cutParam(s string) (name, value, rest string) {
	eq := strings.IndexAny(s, "=;")
	if eq < 0 {
		return "", "", ""
	}
	if s[eq] == ';' {
		return "", "", s[eq+1:]
	}
	name = strings.ToLower(strings.TrimSpace(s[:eq]))
	s = strings.TrimLeft(s[eq+1:], " \t")
	if !strings.HasPrefix(s, `"`) {
		value, rest, _ = strings.Cut(s, ";")
		return name, strings.TrimSpace(value), rest
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			_, rest, _ = strings.Cut(s[i:], ";")
			return name, b.String(), rest
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\'):
			i++
		}
		b.WriteByte(s[i])
	}
	return name, b.String(), ""
}

// splitParam takes "filename*0*" apart; index is -1 where there is none.
func splitParam(name string) (base string, index int, encoded bool) {
	name, encoded = strings.CutSuffix(name, "*")
	base, num, ok := strings.Cut(name, "*")
	if !ok {
		return base, -1, encoded
	}
	n, err := strconv.Atoi(num)
	if err != nil || n < 0 || n > 64 {
		n = 0
	}
	return base, n, encoded
}

// decodeExtended decodes charset'language'percent-encoded.
func decodeExtended(s string) string {
	set, text := "", s
	if f := strings.SplitN(s, "'", 3); len(f) == 3 {
		set, text = f[0], f[2]
	}
	data := unquote([]byte(strings.ReplaceAll(strings.ReplaceAll(text, "=", "=3D"), "%", "=")))
	if out, ok := charsetText(data, set); ok {
		return out
	}
	return rawText(string(data))
}
