package gate

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"github.com/wakachi/wakachi/internal/disguise"
	"github.com/wakachi/wakachi/internal/fault"
)

// Inspect looks through bytes that are about to leave, as every JSON string in them, keys
// included. It is the second look at what Clear composed: an encoder adds words of its own,
// and a defect there must not become a leak. A document that is not JSON, or one so tangled that
// the search had to stop, is an error. Ids are not looked into: they are random or digests,
// and whoever mints the random ones avoids the terms.
func (g *Gate) Inspect(body []byte) ([]disguise.Hit, error) {
	var hits []disguise.Hit
	seen := map[string]bool{}
	dec := json.NewDecoder(bytes.NewReader(body))
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return hits, nil
		}
		if err != nil {
			return nil, fault.Wrap(err, fault.Internal, "gate.not-json")
		}
		if s, ok := token.(string); ok && !seen[s] && !isID(s) {
			seen[s] = true
			found, complete := g.finder.FindAll(s)
			if !complete {
				return nil, fault.New(fault.Internal, "gate.too-tangled")
			}
			hits = append(hits, found...)
		}
	}
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
