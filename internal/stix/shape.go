package stix

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed data/properties.tsv
var propertyTable string

// A shape is what the standard says of the properties of one type of object.
type shape struct {
	observable bool
	properties map[string]property
	required   []string // their places are the bits of property.bit
}

// A property is its kind, a letter of the table, and its bit among those required; 0 for
// one that is not.
type property struct {
	kind byte
	bit  uint32
}

// shapes holds the types of the standard, and under "domain" and "observable" what an
// object of any other type must have.
var shapes = sync.OnceValue(func() map[string]*shape {
	shared := map[string]string{}
	out := map[string]*shape{}
	for line := range strings.Lines(propertyTable) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		if len(f) != 3 || strings.HasPrefix(f[0], "#") {
			continue
		}
		if f[0] == "-" {
			shared[f[1]] = f[2]
			out[f[1]] = newShape(f[1], f[2])
			continue
		}
		out[f[0]] = newShape(f[1], shared[f[1]]+" "+f[2])
	}
	return out
})

func newShape(class, properties string) *shape {
	s := &shape{observable: class == "observable", properties: map[string]property{}}
	for entry := range strings.FieldsSeq(properties) {
		name, kind, _ := strings.Cut(entry, ":")
		p := property{kind: kind[0]}
		if needed, ok := strings.CutSuffix(name, "!"); ok {
			name = needed
			p.bit = 1 << len(s.required)
			s.required = append(s.required, name)
		}
		s.properties[name] = p
	}
	return s
}

// shapeOf gives the shape an object must have. A type the standard does not know is a
// domain object if it has a time of creation, as all of those must.
func shapeOf(kind string, root node) *shape {
	if s, ok := shapes()[kind]; ok && kind != "domain" && kind != "observable" && kind != "marking" {
		return s
	}
	if isObservable(root) {
		if _, ok := root.member("modified"); !ok {
			return shapes()["observable"]
		}
	}
	return shapes()["domain"]
}
