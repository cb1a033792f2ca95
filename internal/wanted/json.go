package wanted

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/stix"
)

// maxObjects bounds the objects of a bundle.
const maxObjects = 1_000_000

// json reads the whole of a list in JSON and hands it to the reader of its format.
func (r *reader) json() error {
	body, more, err := r.in.all(MaxJSON)
	switch {
	case err != nil:
		return fault.Wrap(err, fault.Unavailable, "wanted.read", r.name)
	case more:
		return fault.New(fault.TooLarge, "wanted.too-large", r.name, strconv.Itoa(MaxJSON>>20))
	}
	if texts := bytes.TrimLeft(bytes.TrimLeft(body, " \t\r\n")[1:], " \t\r\n"); len(texts) > 0 && texts[0] == '"' && bytes.TrimSpace(body)[0] == '[' {
		return r.texts(body)
	}
	switch jsonForm(body) {
	case MISP:
		return r.event(body)
	case STIX:
		r.tally.sum.Form = STIX
		objects, err := objectsOf(body)
		if err != nil {
			return err
		}
		return r.bundle(objects)
	}
	return fault.New(fault.Invalid, "wanted.shape", r.name)
}

// objectsOf gives the objects of a bundle, an envelope, a bare list, or the one that stands
// alone.
func objectsOf(body []byte) ([]json.RawMessage, error) {
	body = bytes.TrimSpace(body)
	if body[0] == '[' {
		body = wrapped(`{"objects":`, body, `}`)
	} else if alone(body) {
		body = wrapped(`{"objects":[`, body, `]}`)
	}
	return stix.Split(body, maxObjects)
}

func wrapped(before string, body []byte, after string) []byte {
	return append(append(append(make([]byte, 0, len(before)+len(body)+len(after)), before...), body...), after...)
}

// alone says that an object is no bundle and no envelope.
func alone(body []byte) bool {
	objects := false
	names(body, func(name string, _ jsontext.Kind, dec *jsontext.Decoder) bool {
		objects = name == "objects"
		return !objects && dec.SkipValue() == nil
	})
	return !objects
}

// names goes through the names of the outermost object, or of the first object in the
// outermost list. each reads the value or stops.
func names(body []byte, each func(name string, kind jsontext.Kind, dec *jsontext.Decoder) bool) {
	dec := jsontext.NewDecoder(bytes.NewBuffer(body))
	for dec.PeekKind() == '[' {
		if _, err := dec.ReadToken(); err != nil || dec.StackDepth() > 2 {
			return
		}
	}
	if dec.PeekKind() != '{' {
		return
	}
	if _, err := dec.ReadToken(); err != nil {
		return
	}
	for dec.PeekKind() == '"' {
		t, err := dec.ReadToken()
		if err != nil {
			return
		}
		if name := t.String(); !each(name, dec.PeekKind(), dec) {
			return
		}
	}
}

// jsonForm tells STIX from MISP by the names of the outermost members. Each has members the
// other never has; the empty Form is for neither.
func jsonForm(body []byte) Form {
	var form Form
	id, kind, uuid, value := false, false, false, false
	names(body, func(name string, k jsontext.Kind, dec *jsontext.Decoder) bool {
		switch name {
		case "objects", "spec_version":
			form = STIX
		case "Event", "response", "Attribute", "Object":
			form = MISP
		case "id":
			v, err := dec.ReadValue()
			id = err == nil && bytes.Contains(v, []byte("--"))
			return err == nil
		case "type":
			kind = k == '"'
		case "uuid":
			uuid = true
		case "value":
			value = true
		}
		return form == "" && dec.SkipValue() == nil
	})
	switch {
	case form != "":
		return form
	case id && kind:
		return STIX
	case kind && value, uuid:
		return MISP
	}
	return brokenForm(body)
}

// brokenForm guesses the form of JSON that breaks off, so that its error names the place.
func brokenForm(body []byte) Form {
	head := body[:min(len(body), 4096)]
	switch {
	case jsontext.Value(body).IsValid():
		if t := bytes.TrimSpace(body); string(t) == "[]" {
			return STIX
		}
		return ""
	case bytes.Contains(head, []byte(`"Event"`)) || bytes.Contains(head, []byte(`"Attribute"`)):
		return MISP
	}
	return STIX
}

// texts reads a list of texts in JSON, each as a line.
func (r *reader) texts(body []byte) error {
	r.tally.sum.Form = List
	dec := jsontext.NewDecoder(bytes.NewBuffer(body))
	if _, err := dec.ReadToken(); err != nil {
		return r.broken(err)
	}
	for n := 1; dec.PeekKind() != ']'; n++ {
		v, err := dec.ReadValue()
		if err != nil {
			return r.broken(err)
		}
		ref := "item " + strconv.Itoa(n)
		text, err := jsontext.AppendUnquote(nil, v)
		if err != nil {
			r.tally.pass(Unsound, "", ref, string(v[:min(len(v), maxExample)]))
			continue
		}
		if err := r.listLine(strings.TrimSpace(string(text)), ref); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) broken(err error) error {
	return fault.Wrap(err, fault.Invalid, "wanted.json", r.name)
}
