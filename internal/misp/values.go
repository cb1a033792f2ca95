package misp

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"

	"github.com/wakachi/wakachi/internal/indicator"
)

//go:embed data/type.tsv
var typeTSV string

// A part is what one part of a type holds: a port, nothing that is looked for, or a value
// of one of some types.
type part struct {
	port, skip bool
	types      []indicator.Type
	hash       indicator.Hash // of a digest whose algorithm the type says
}

// types reads the table of types. A type that is not in it is unsupported.
var types = sync.OnceValue(func() map[string][]part {
	out := map[string][]part{}
	for line := range strings.Lines(typeTSV) {
		name, how, ok := strings.Cut(strings.TrimRight(line, "\r\n"), "\t")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		for word := range strings.FieldsSeq(how) {
			p := part{port: word == "port", skip: word == "-"}
			if h, isHash := strings.CutPrefix(word, "hash:"); isHash {
				p.types, p.hash = []indicator.Type{indicator.File}, indicator.Hash(h)
			} else if !p.port && !p.skip {
				for t := range strings.SplitSeq(word, "/") {
					p.types = append(p.types, indicator.Type(t))
				}
			}
			out[name] = append(out[name], p)
		}
	}
	return out
})

// reachable are the types a port can belong to.
var reachable = map[indicator.Type]bool{indicator.IPv4: true, indicator.IPv6: true, indicator.Domain: true}

// Values takes a value apart by its type, as MISP names it. why is as in [Attribute].
func Values(kind, raw string) (values []Value, why Why) {
	parts, ok := types()[kind]
	if !ok {
		return nil, Unsupported
	}
	texts := cut(raw, parts)
	var out []Value
	missed, port := 0, uint16(0)
	for i, p := range parts {
		switch {
		case p.skip:
		case i >= len(texts):
			missed++
		case p.port:
			n, err := strconv.ParseUint(strings.TrimSpace(texts[i]), 10, 16)
			if err != nil {
				missed++
				continue
			}
			port = uint16(n)
		default:
			if v, ok := p.read(texts[i]); ok {
				out = append(out, Value{Value: v})
			} else {
				missed++
			}
		}
	}
	for i := range out {
		if reachable[out[i].Type] {
			out[i].Port = port
		}
	}
	switch {
	case len(out) == 0:
		return nil, NotAValue
	case missed > 0:
		return out, Partly
	}
	return out, ""
}

// cut gives the parts of a composite value. MISP parts them with a bar; older exports wrote
// address and port with a colon. A file name may hold a bar, a digest cannot.
//
// SPEC: MISP core format, attribute type.
func cut(raw string, parts []part) []string {
	if len(parts) == 1 {
		return []string{raw}
	}
	at := strings.LastIndexByte(raw, '|')
	if parts[len(parts)-1].skip { // regkey|value: what is behind the first bar may be anything
		at = strings.IndexByte(raw, '|')
	}
	if at < 0 && parts[1].port && strings.Count(raw, ":") == 1 {
		at = strings.IndexByte(raw, ':')
	}
	if at < 0 {
		return []string{raw}
	}
	return []string{raw[:at], raw[at+1:]}
}

// read reads a text as the first of a part's types that it is.
func (p part) read(text string) (indicator.Value, bool) {
	for _, t := range p.types {
		asked := t
		if t == indicator.PDB { // a path by another name
			asked = indicator.Path
		}
		v, err := indicator.Parse(asked, text)
		if err != nil || p.hash != indicator.NoHash && v.Hash != p.hash {
			continue
		}
		if p.hash == indicator.NoHash && t == indicator.File && v.Hash != indicator.NoHash {
			continue // a file named like a digest
		}
		v.Type = t
		return v, true
	}
	return indicator.Value{}, false
}
