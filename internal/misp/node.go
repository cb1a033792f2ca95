package misp

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/wakachi/wakachi/internal/fault"
)

// A node is one value of a body that was found to be sound JSON: what goes through it need
// not check it again.
type node []byte

// sound checks a whole body: UTF-8, no name twice in an object, nothing behind the value.
// The argument of its error is the place, in bytes.
//
// SPEC: RFC 7493.
func sound(body []byte) (node, error) {
	if len(body) > MaxBody {
		return nil, fault.New(fault.TooLarge, "misp.too-large", strconv.Itoa(MaxBody>>20))
	}
	dec := jsontext.NewDecoder(bytes.NewBuffer(body))
	v, err := dec.ReadValue()
	if err != nil {
		return nil, notJSON(dec, err)
	}
	end := int(dec.InputOffset())
	if _, err := dec.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, notJSON(dec, err)
	}
	return body[end-len(v) : end], nil
}

// notJSON tells the place and keeps what the parser said, which may quote a name.
func notJSON(dec *jsontext.Decoder, err error) error {
	place := dec.InputOffset()
	if s := (*jsontext.SyntacticError)(nil); errors.As(err, &s) {
		place = s.ByteOffset
	}
	return fault.Wrap(err, fault.Invalid, "misp.json", strconv.FormatInt(place, 10))
}

// kind gives the first character, which says what the node is; 0 for the empty node.
func (n node) kind() byte {
	if len(n) == 0 {
		return 0
	}
	return n[0]
}

// members goes through the members of an object; there are none in anything else.
func (n node) members(yield func(name []byte, v node) bool) {
	if n.kind() != '{' {
		return
	}
	for at := blank(n, 1); n[at] != '}'; {
		end := past(n, at)
		name := unquoted(n[at:end])
		at = blank(n, blank(n, end)+1)
		end = past(n, at)
		if !yield(name, n[at:end]) {
			return
		}
		if at = blank(n, end); n[at] == ',' {
			at = blank(n, at+1)
		}
	}
}

// elements goes through the elements of a list; there are none in anything else.
func (n node) elements(yield func(v node) bool) {
	if n.kind() != '[' {
		return
	}
	for at := blank(n, 1); n[at] != ']'; {
		end := past(n, at)
		if !yield(n[at:end]) {
			return
		}
		if at = blank(n, end); n[at] == ',' {
			at = blank(n, at+1)
		}
	}
}

// blank gives the next place at or after i that is no white space.
func blank(n node, i int) int {
	for n[i] == ' ' || n[i] == '\n' || n[i] == '\r' || n[i] == '\t' {
		i++
	}
	return i
}

// past gives the end of the value at i.
func past(n node, i int) int {
	switch n[i] {
	case '"':
		return pastString(n, i)
	case '{', '[':
		depth := 0
		for {
			switch n[i] {
			case '"':
				i = pastString(n, i)
				continue
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			}
			i++
		}
	}
	for i < len(n) && strings.IndexByte(",]} \n\r\t", n[i]) < 0 {
		i++
	}
	return i
}

func pastString(n node, i int) int {
	for i++; n[i] != '"'; i++ {
		if n[i] == '\\' {
			i++
		}
	}
	return i + 1
}

// unquoted gives the text of a string in quotes, as a part of it where nothing is escaped.
func unquoted(n node) []byte {
	if bytes.IndexByte(n, '\\') < 0 {
		return n[1 : len(n)-1]
	}
	b, err := jsontext.AppendUnquote(nil, n)
	if err != nil {
		return nil
	}
	return b
}

// text gives a string; ok is false for anything else.
func (n node) text() (s string, ok bool) {
	if n.kind() != '"' {
		return "", false
	}
	return string(unquoted(n)), true
}

// loose gives the text of a string or the digits of a number, empty for anything else.
func (n node) loose() string {
	if s, ok := n.text(); ok {
		return s
	}
	if c := n.kind(); c == '-' || c >= '0' && c <= '9' {
		return string(n)
	}
	return ""
}

// truth reads true, 1 and "1".
func (n node) truth() bool {
	switch string(n) {
	case "true", "1", `"1"`, `"true"`:
		return true
	}
	return false
}

// moment reads a time: seconds since 1970 as a number or a string, or a timestamp. It is the
// zero Time for anything else, and for seconds that no report can have.
func (n node) moment() time.Time {
	s := n.loose()
	if s == "" || s == "0" {
		return time.Time{}
	}
	if sec, err := strconv.ParseInt(s, 10, 64); err == nil {
		if sec < 0 || sec > latest {
			return time.Time{}
		}
		return time.Unix(sec, 0).UTC()
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999-0700", "2006-01-02 15:04:05", "2006-01-02"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// latest is the last second of the year 9999.
const latest = 253402300799
