package taxii

import (
	"strconv"
	"strings"
)

// The media types of TAXII 2.1 and of what its collections hold.
//
// SPEC: TAXII 2.1 §1.6.8, §5.2.1.
const (
	mediaType     = "application/taxii+json;version=2.1"
	stixMediaType = "application/stix+json;version=2.1"
)

// mostRanges is how many media ranges of one header are read; what stands behind is not.
const mostRanges = 64

// A mediaRange is one element of Accept, or what Content-Type says.
type mediaRange struct {
	kind    string // "application/taxii+json", in lower case
	version string // its version parameter; empty if there is none
	weight  float64
}

// acceptable says whether an asker can read what we write. No header, and one without any
// range, means anything; a type that is not ours but is JSON is served all the same.
//
// SPEC: TAXII 2.1 §1.6.8.2, §3.1; RFC 9110 §12.5.1.
func acceptable(headers []string) bool {
	ranges := readRanges(headers)
	if len(ranges) == 0 {
		return true
	}
	best, weight := 0, 0.0
	for _, r := range ranges {
		if n := r.names(); n > best || n == best && r.weight > weight {
			best, weight = n, r.weight
		}
	}
	return best > 0 && weight > 0
}

// names says how exactly a range means what we write; 0: not at all.
func (r mediaRange) names() int {
	switch r.kind {
	case "application/taxii+json":
		switch r.version {
		case "2.1":
			return 5
		case "":
			return 4
		}
		return 0
	case "application/json":
		return 3
	case "application/*":
		return 2
	case "*/*", "*":
		return 1
	}
	return 0
}

// takable says whether a body of this type is an envelope we read.
//
// SPEC: TAXII 2.1 §5.5.
func takable(contentType string) bool {
	r, ok := readRange(contentType)
	return ok && r.kind == "application/taxii+json" && (r.version == "" || r.version == "2.1")
}

func readRanges(headers []string) []mediaRange {
	var out []mediaRange
	for _, h := range headers {
		for part := range splitOutside(h, ',') {
			if len(out) == mostRanges {
				return out
			}
			if r, ok := readRange(part); ok {
				out = append(out, r)
			}
		}
	}
	return out
}

// readRange reads one media range with its parameters. What is not understood of a parameter
// is passed over.
func readRange(text string) (mediaRange, bool) {
	r := mediaRange{weight: 1}
	first := true
	for part := range splitOutside(text, ';') {
		part = strings.Trim(part, " \t")
		if first {
			r.kind, first = strings.ToLower(part), false
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		value = unquoted(strings.Trim(value, " \t"))
		switch strings.ToLower(strings.Trim(name, " \t")) {
		case "version":
			r.version = value
		case "q":
			w, err := strconv.ParseFloat(value, 64)
			if err == nil && w >= 0 && w <= 1 {
				r.weight = w
			}
		}
	}
	return r, r.kind != ""
}

// unquoted gives what a quoted string means, and anything else as it is.
func unquoted(s string) string {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return s
	}
	s = s[1 : len(s)-1]
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// splitOutside cuts a header at a separator, but not inside a quoted string.
func splitOutside(s string, separator byte) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		from, quoted := 0, false
		for i := 0; i < len(s); i++ {
			switch c := s[i]; {
			case quoted && c == '\\':
				i++
			case c == '"':
				quoted = !quoted
			case c == separator && !quoted:
				if !yield(s[from:i]) {
					return
				}
				from = i + 1
			}
		}
		yield(s[from:])
	}
}

// prefersJapanese says whether a reader would rather have Japanese than English. Programs say
// nothing, and get English.
//
// SPEC: RFC 9110 §12.5.4.
func prefersJapanese(header string) bool {
	ja, en := 0.0, 0.0
	for k, r := range readRanges([]string{header}) {
		w := r.weight - float64(k)*1e-6 // of two equal ones the first
		switch language, _, _ := strings.Cut(r.kind, "-"); language {
		case "ja":
			ja = max(ja, w)
		case "en":
			en = max(en, w)
		}
	}
	return ja > en
}

// acceptsGzip says whether an answer may be compressed.
//
// SPEC: RFC 9110 §12.5.3.
func acceptsGzip(headers []string) bool {
	any, named := 0.0, -1.0
	for _, r := range readRanges(headers) {
		switch r.kind {
		case "gzip", "x-gzip":
			named = r.weight
		case "*":
			any = r.weight
		}
	}
	if named >= 0 {
		return named > 0
	}
	return any > 0
}
