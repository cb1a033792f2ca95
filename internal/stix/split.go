package stix

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/wakachi/wakachi/internal/fault"
)

// Split gives the objects of an envelope of TAXII or a bundle of STIX in their order, as
// parts of body. The whole body must be I-JSON; the objects themselves are not looked at:
// Object does that for each.
//
// What is no JSON, or has a name twice, is fault.Invalid "stix.json"; JSON that is no
// envelope, or one without objects, is fault.Invalid "stix.envelope"; more than most
// objects, more bytes than a body may have, or an object too deep is fault.TooLarge.
//
// SPEC: TAXII 2.1 §3.7; STIX 2.1 §8; RFC 7493.
func Split(body []byte, most int) ([]json.RawMessage, error) {
	if len(body) > maxBody {
		return nil, fault.New(fault.TooLarge, "stix.too-large", strconv.Itoa(maxBody>>20))
	}
	s := splitter{body: body, most: most, dec: jsontext.NewDecoder(bytes.NewBuffer(body))}
	if s.dec.PeekKind() != '{' {
		return nil, s.stray()
	}
	if _, err := s.dec.ReadToken(); err != nil {
		return nil, notJSON(err)
	}
	for s.dec.PeekKind() == '"' {
		if err := s.member(); err != nil {
			return nil, err
		}
	}
	if _, err := s.dec.ReadToken(); err != nil {
		return nil, notJSON(err)
	}
	if _, err := s.dec.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, notJSON(err)
	}
	switch {
	case s.wrong || len(s.found) == 0 && s.over == nil:
		return nil, fault.New(fault.Invalid, "stix.envelope")
	case s.over != nil:
		return nil, s.over
	}
	return s.found, nil
}

// A splitter reads a body to its end before it complains about its shape, so that what is
// no JSON at all is called so.
type splitter struct {
	body  []byte
	most  int
	dec   *jsontext.Decoder
	found []json.RawMessage
	wrong bool
	over  error
}

// stray tells JSON that is no object from what is no JSON.
func (s *splitter) stray() error {
	if _, err := s.dec.ReadValue(); err != nil {
		return notJSON(err)
	}
	if _, err := s.dec.ReadToken(); !errors.Is(err, io.EOF) {
		return notJSON(err)
	}
	return fault.New(fault.Invalid, "stix.envelope")
}

func (s *splitter) member() error {
	name, err := s.dec.ReadToken()
	if err != nil {
		return notJSON(err)
	}
	switch name.String() {
	case "objects":
		return s.objects()
	case "type":
		v, err := s.dec.ReadValue()
		if err != nil {
			return notJSON(err)
		}
		s.wrong = s.wrong || string(unquote(v)) != "bundle"
		return nil
	}
	if err := s.dec.SkipValue(); err != nil {
		return notJSON(err)
	}
	return nil
}

func (s *splitter) objects() error {
	if s.dec.PeekKind() != '[' {
		s.wrong = true
		if err := s.dec.SkipValue(); err != nil {
			return notJSON(err)
		}
		return nil
	}
	if _, err := s.dec.ReadToken(); err != nil {
		return notJSON(err)
	}
	for {
		kind := s.dec.PeekKind()
		if kind == ']' {
			break
		}
		v, err := s.dec.ReadValue()
		if err != nil {
			return notJSON(err)
		}
		s.take(kind, len(v))
	}
	if _, err := s.dec.ReadToken(); err != nil {
		return notJSON(err)
	}
	return nil
}

// take keeps the value that was just read, size bytes that end where the decoder is.
func (s *splitter) take(kind jsontext.Kind, size int) {
	end := int(s.dec.InputOffset())
	raw := s.body[end-size : end : end]
	switch {
	case kind != '{':
		s.wrong = true
	case len(s.found) >= s.most:
		s.over = fault.New(fault.TooLarge, "stix.too-many", strconv.Itoa(s.most))
	case deeper(raw, maxDepth):
		s.over = fault.New(fault.TooLarge, "stix.too-deep", strconv.Itoa(maxDepth))
	default:
		s.found = append(s.found, raw)
	}
}

// deeper says whether objects and lists of a sound JSON text stand more than most deep.
func deeper(raw []byte, most int) bool {
	depth, quoted := 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > most {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}
