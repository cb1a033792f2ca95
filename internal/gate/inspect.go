package gate

import (
	"bytes"
	"encoding/json"
	"iter"
	"strings"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/disguise"
	"github.com/wakachi/wakachi/internal/fault"
)

// Inspect looks through bytes that are about to leave, as every JSON string in them, keys
// included. It is the second look at what Clear composed: an encoder adds words of its own,
// and a defect there must not become a leak. A document that is not JSON, or one so tangled that
// the search had to stop, is an error. Ids are not looked into: they are random or digests,
// and whoever mints the random ones avoids the terms.
func (g *Gate) Inspect(body []byte) ([]disguise.Hit, error) {
	if !json.Valid(body) {
		return nil, fault.New(fault.Internal, "gate.not-json")
	}
	var hits []disguise.Hit
	seen := map[string]bool{}
	for literal := range literals(body) {
		if seen[string(literal)] {
			continue
		}
		seen[string(literal)] = true
		s := textOfLiteral(literal)
		if isID(s) {
			continue
		}
		found, complete := g.finder.FindAll(s)
		if !complete {
			return nil, fault.New(fault.Internal, "gate.too-tangled")
		}
		hits = append(hits, found...)
	}
	return hits, nil
}

// literals gives each string of a valid JSON text as it is written, quotes included.
func literals(body []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for {
			start := bytes.IndexByte(body, '"')
			if start < 0 {
				return
			}
			end := start + 1
			for body[end] != '"' {
				if body[end] == '\\' {
					end++
				}
				end++
			}
			if !yield(body[start : end+1]) {
				return
			}
			body = body[end+1:]
		}
	}
}

// textOfLiteral is what a valid JSON string says.
func textOfLiteral(literal []byte) string {
	if bytes.IndexByte(literal, '\\') < 0 && utf8.Valid(literal) {
		return string(literal[1 : len(literal)-1])
	}
	var s string
	if err := json.Unmarshal(literal, &s); err != nil {
		return string(literal) // cannot be: the text was valid
	}
	return s
}

// isID says whether a string is a STIX id, "type--UUID", and nothing else.
func isID(s string) bool {
	kind, uuid, ok := strings.Cut(s, "--")
	if !ok || len(uuid) != 36 || strings.Trim(kind, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return false
	}
	for i := range len(uuid) {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (uuid[i] == '-') || !dash && strings.IndexByte("0123456789abcdef", uuid[i]) < 0 {
			return false
		}
	}
	return true
}
