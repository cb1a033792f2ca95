package taxii

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"unicode"
)

// A loose is a value as a server wrote it. Servers write numbers as strings, strings as
// numbers, and null where nothing should stand; each method reads what can be meant and gives
// the zero value for everything else.
type loose json.RawMessage

// UnmarshalJSON keeps the value as it is.
func (l *loose) UnmarshalJSON(b []byte) error {
	*l = append((*l)[:0], b...)
	return nil
}

// maxShown is how many letters of a server's own words are kept.
const maxShown = 500

func (l loose) text() string {
	var s string
	if json.Unmarshal(l, &s) != nil {
		return ""
	}
	return s
}

// short gives a text that can be shown in a line: no control characters, no end of it.
func (l loose) short() string {
	s := strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar:
			return -1
		case unicode.IsControl(r) || unicode.IsSpace(r):
			return ' '
		}
		return r
	}, l.text())
	if r := []rune(s); len(r) > maxShown {
		s = string(r[:maxShown]) + "…"
	}
	return strings.TrimSpace(s)
}

func (l loose) number() int64 {
	n, err := strconv.ParseInt(strings.Trim(string(l), `" `), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func (l loose) truth() bool {
	s := strings.ToLower(strings.Trim(string(l), `" `))
	return s == "true" || s == "1"
}

func (l loose) into(v any) bool { return json.Unmarshal(l, v) == nil }

// A looseList is a list of whatever, of which null, nothing and what is no list are the
// empty one.
type looseList []json.RawMessage

// UnmarshalJSON reads a list.
func (l *looseList) UnmarshalJSON(b []byte) error {
	*l = nil
	if !bytes.HasPrefix(b, []byte("[")) {
		return nil
	}
	return json.Unmarshal(b, (*[]json.RawMessage)(l))
}

func (l looseList) texts() []string {
	var out []string
	for _, raw := range l {
		if s := loose(raw).text(); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// A wireEnvelope is a page as a server wrote it.
//
// SPEC: TAXII 2.1 §3.7.
type wireEnvelope struct {
	More    loose     `json:"more"`
	Next    loose     `json:"next"`
	Objects looseList `json:"objects"`
}

// A wireStatus is a status as a server wrote it.
//
// SPEC: TAXII 2.1 §4.3.1.
type wireStatus struct {
	ID        loose     `json:"id"`
	Status    loose     `json:"status"`
	Total     loose     `json:"total_count"`
	Failed    loose     `json:"failure_count"`
	Successes looseList `json:"successes"`
	Failures  looseList `json:"failures"`
}

// A wireDetails is one object in a status.
type wireDetails struct {
	ID      loose `json:"id"`
	Version loose `json:"version"`
	Message loose `json:"message"`
}
