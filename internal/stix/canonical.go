package stix

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"
)

// object is a JSON object before it is written. Values are string, bool, int, object,
// []any, []string or []object; canonical refuses others, so that nothing is written by
// chance.
type object map[string]any

// canonical appends the JSON Canonicalization Scheme form of v: keys sorted by UTF-16
// code units, minimal escapes, no white space. Of numbers only integers within ±2^53
// occur in what we write.
//
// SPEC: RFC 8785; STIX 2.1 §2.9 for why the id of a Cyber-observable needs it.
func canonical(dst []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case string:
		return quote(dst, v)
	case bool:
		return strconv.AppendBool(dst, v), nil
	case int:
		if v > 1<<53-1 || v < -(1<<53-1) {
			return nil, fmt.Errorf("stix: integer out of the range of JSON")
		}
		return strconv.AppendInt(dst, int64(v), 10), nil
	case object:
		return canonicalObject(dst, v)
	case []string:
		return canonicalList(dst, v)
	case []object:
		return canonicalList(dst, v)
	case []any:
		return canonicalList(dst, v)
	}
	return nil, fmt.Errorf("stix: %T has no canonical form", v)
}

func canonicalObject(dst []byte, o object) ([]byte, error) {
	keys := make([]string, 0, len(o))
	for k := range o {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, compareUTF16[string])
	dst = append(dst, '{')
	for i, k := range keys {
		if i > 0 {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = quote(dst, k); err != nil {
			return nil, err
		}
		if dst, err = canonical(append(dst, ':'), o[k]); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}

func canonicalList[T any](dst []byte, list []T) ([]byte, error) {
	dst = append(dst, '[')
	for i, e := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = canonical(dst, e); err != nil {
			return nil, err
		}
	}
	return append(dst, ']'), nil
}

// compareUTF16 orders texts in UTF-8 as their UTF-16 code units would be.
func compareUTF16[S string | []byte](a, b S) int {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	if i == len(a) || i == len(b) {
		return cmp.Compare(len(a), len(b))
	}
	return cmp.Compare(utf16Order(a[i]), utf16Order(b[i]))
}

// utf16Order ranks a byte of UTF-8 where two texts begin to differ: what takes four bytes is written in surrogates, which
// lie below U+E000.
func utf16Order(c byte) int {
	if c >= 0xf0 {
		return 0xed<<4 + int(c&0xf) + 1
	}
	return int(c) << 4
}

// quote appends s as a JSON string with the escapes RFC 8785 §3.2.2.2 asks for and no
// others. A string that is not UTF-8 has no canonical form.
func quote(dst []byte, s string) ([]byte, error) {
	if !utf8.ValidString(s) {
		return nil, fmt.Errorf("stix: a string is not UTF-8")
	}
	dst = append(dst, '"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c >= 0x20:
			dst = append(dst, c)
		default:
			dst = appendControl(dst, c)
		}
	}
	return append(dst, '"'), nil
}

func appendControl(dst []byte, c byte) []byte {
	const short = "\bb\tt\nn\ff\rr"
	for i := 0; i < len(short); i += 2 {
		if short[i] == c {
			return append(dst, '\\', short[i+1])
		}
	}
	return fmt.Appendf(dst, `\u%04x`, c)
}
