package misp

import (
	"slices"
	"strconv"
	"strings"

	"github.com/wakachi/wakachi/internal/fault"
)

// Read reads a body and calls each for every attribute in it, in the order in which they
// stand; those of an object before the next. An error of each ends the reading and is
// returned as it is.
//
// What is no JSON is fault.Invalid "misp.json" with the place; JSON that is neither an event
// nor attributes is "misp.shape"; too much of it is fault.TooLarge "misp.too-large" or
// "misp.too-many". The Report is right up to there.
func Read(body []byte, each func(Attribute) error) (Report, error) {
	root, err := sound(body)
	if err != nil {
		return Report{}, err
	}
	r := &reader{each: each, unsupported: map[string]int{}}
	found, err := r.container(root, maxNesting)
	if err == nil && !found {
		err = fault.New(fault.Invalid, "misp.shape")
	}
	return r.finish(), err
}

// maxNesting is how many wrappings an event may have: a list of answers of events.
const maxNesting = 6

// A reader goes through a body.
type reader struct {
	each        func(Attribute) error
	report      Report
	unsupported map[string]int
	seen        int // attributes and objects
}

// maxTypes is how many unsupported types are counted apart.
const maxTypes = 100

const otherType = "…"

func (r *reader) finish() Report {
	for t, n := range r.unsupported {
		r.report.Unsupported = append(r.report.Unsupported, Count{t, n})
	}
	slices.SortFunc(r.report.Unsupported, func(a, b Count) int { return strings.Compare(a.Type, b.Type) })
	return r.report
}

// container reads what events and attributes are wrapped in; found is false if it holds
// neither.
func (r *reader) container(n node, depth int) (found bool, err error) {
	if depth == 0 {
		return false, nil
	}
	for v := range n.elements {
		f, err := r.container(v, depth-1)
		if err != nil {
			return found, err
		}
		found = found || f
	}
	if n.kind() == '[' {
		return found || blank(n, 1) == len(n)-1, nil
	}
	var parts parts
	parts.take(n)
	switch {
	case parts.isAttribute():
		return true, r.attribute(n, &scope{})
	case parts.isEvent():
		return true, r.event(&parts)
	case parts.event != nil:
		return r.container(parts.event, depth-1)
	case parts.response != nil:
		return r.container(parts.response, depth-1)
	case parts.attributes != nil || parts.objects != nil:
		return true, r.contents(&parts, &scope{})
	}
	return false, nil
}

// parts are the members of an object by which one knows what it is.
type parts struct {
	event, response, attributes, objects, tags, proposals, kind, value, info, date, uuid node
}

func (p *parts) take(n node) {
	for name, v := range n.members {
		switch string(name) {
		case "Event":
			p.event = v
		case "response":
			p.response = v
		case "Attribute":
			p.attributes = v
		case "Object":
			p.objects = v
		case "Tag":
			p.tags = v
		case "ShadowAttribute":
			p.proposals = v
		case "type":
			p.kind = v
		case "value":
			p.value = v
		case "info":
			p.info = v
		case "date":
			p.date = v
		case "uuid":
			p.uuid = v
		}
	}
}

// isAttribute says that it is an attribute, which in the answer to a search for attributes
// holds its event.
func (p *parts) isAttribute() bool { return p.kind != nil && p.value != nil }

func (p *parts) isEvent() bool {
	return p.info != nil && (p.attributes != nil || p.objects != nil || p.uuid != nil && p.date != nil)
}

// A scope is what surrounds an attribute.
type scope struct {
	event  Event
	tags   []string // of the event
	object string
	struck bool   // the object was deleted
	port   uint16 // the only one in the object
}

func (r *reader) event(p *parts) error {
	r.report.Events++
	return r.contents(p, &scope{event: eventOf(p), tags: tagsOf(p.tags, nil)})
}

func eventOf(p *parts) Event {
	return Event{UUID: uuidOf(p.uuid), Date: p.date.moment(), Info: p.info.loose()}
}

// contents reads the attributes and objects of an event.
func (r *reader) contents(p *parts, s *scope) error {
	for range p.proposals.elements {
		r.report.Proposals++
	}
	for a := range p.attributes.elements {
		if err := r.attribute(a, s); err != nil {
			return err
		}
	}
	for o := range p.objects.elements {
		if err := r.object(o, s); err != nil {
			return err
		}
	}
	return nil
}

// object reads the attributes of an object.
func (r *reader) object(n node, s *scope) error {
	if err := r.count(); err != nil {
		return err
	}
	r.report.Objects++
	inner := *s
	var attributes node
	for name, v := range n.members {
		switch string(name) {
		case "name":
			inner.object = v.loose()
		case "deleted":
			inner.struck = v.truth()
		case "Attribute":
			attributes = v
		}
	}
	if inner.struck {
		r.report.Deleted++
	}
	inner.port = onlyPort(attributes)
	for a := range attributes.elements {
		if err := r.attribute(a, &inner); err != nil {
			return err
		}
	}
	return nil
}

// onlyPort gives the port of what an object reaches, if there is one and no other.
func onlyPort(attributes node) uint16 {
	only := uint16(0)
	for a := range attributes.elements {
		var kind, relation, value string
		for name, v := range a.members {
			switch string(name) {
			case "type":
				kind, _ = v.text()
			case "object_relation":
				relation, _ = v.text()
			case "value":
				value = v.loose()
			case "deleted":
				if v.truth() {
					kind = ""
				}
			}
		}
		if kind != "port" || relation != "dst-port" && relation != "port" {
			continue
		}
		n, err := strconv.ParseUint(value, 10, 16)
		if err != nil || only != 0 && only != uint16(n) {
			return 0
		}
		only = uint16(n)
	}
	return only
}

// count notes that one more attribute or object was met.
func (r *reader) count() error {
	if r.seen++; r.seen > MaxAttributes {
		return fault.New(fault.TooLarge, "misp.too-many", strconv.Itoa(MaxAttributes))
	}
	return nil
}
