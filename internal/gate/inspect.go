package gate

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"github.com/wakachi/wakachi/internal/disguise"
	"github.com/wakachi/wakachi/internal/fault"
)

// Inspect looks through bytes that are about to leave, as every JSON string in them, keys
// included. It is the second look at what Clear composed: an encoder adds words of its own,
// and a defect there must not become a leak. A document that is not JSON, or one so tangled that
// the search had to stop, is an error.
func (g *Gate) Inspect(body []byte) ([]disguise.Hit, error) {
	var hits []disguise.Hit
	dec := json.NewDecoder(bytes.NewReader(body))
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return hits, nil
		}
		if err != nil {
			return nil, fault.Wrap(err, fault.Internal, "gate.not-json")
		}
		if s, ok := token.(string); ok {
			found, complete := g.finder.FindAll(s)
			if !complete {
				return nil, fault.New(fault.Internal, "gate.too-tangled")
			}
			hits = append(hits, found...)
		}
	}
}
