package render

import (
	"bytes"
	"errors"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/wakachi/wakachi/internal/fault"
)

// maxNesting: a cell map has three levels. A parser takes seconds for thousands.
const maxNesting = 20

// A node is a part of a cell map, known by its line. Nodes are read as they stand: nothing is expanded, so that
// what is read is never more than what was written.
type node struct {
	file string
	at   ast.Node
}

// A field is one pair of a mapping.
type field struct {
	name       string
	key, value node
}

// parseMap reads one document of YAML or JSON. An empty one has a nil node.
func parseMap(name string, data []byte) (node, error) {
	if line := tooDeep(data); line > 0 {
		return node{}, fault.New(fault.Invalid, "render.map.broken", name, strconv.Itoa(line))
	}
	file, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		line := 1
		if y, ok := errors.AsType[yaml.Error](err); ok {
			line = lineOf(y.GetToken())
		}
		return node{}, fault.New(fault.Invalid, "render.map.broken", name, strconv.Itoa(line))
	}
	switch len(file.Docs) {
	case 0:
		return node{file: name}, nil
	case 1:
		return node{name, file.Docs[0].Body}, nil
	}
	return node{}, fault.New(fault.Invalid, "render.map.broken", name, strconv.Itoa(lineOf(file.Docs[1].Start)))
}

// tooDeep gives the line where flow collections go too deep, before a parser walks them, or 0.
func tooDeep(data []byte) int {
	depth := 0
	for i, b := range data {
		switch b {
		case '[', '{':
			if depth++; depth > maxNesting {
				return 1 + bytes.Count(data[:i], []byte("\n"))
			}
		case ']', '}':
			depth--
		}
	}
	return 0
}

func lineOf(t *token.Token) int {
	if t == nil || t.Position == nil {
		return 1
	}
	return t.Position.Line
}

// fail makes an error that names the file and the line.
func (n node) fail(code string, args ...string) error {
	line := 1
	if n.at != nil {
		line = lineOf(n.at.GetToken())
	}
	return fault.New(fault.Invalid, code, append([]string{n.file, strconv.Itoa(line)}, args...)...)
}

// empty says that nothing was written.
func (n node) empty() bool {
	if n.at == nil {
		return true
	}
	_, null := n.at.(*ast.NullNode)
	return null
}

// word gives a plain or quoted word. Anchors, aliases and tags are none.
func (n node) word() (string, bool) {
	switch x := n.at.(type) {
	case *ast.StringNode:
		return strings.TrimSpace(x.Value), true
	case *ast.IntegerNode, *ast.BoolNode, *ast.FloatNode:
		return x.GetToken().Value, true
	}
	return "", false
}

// fields gives the pairs of a mapping, in their order; the same key twice is an error.
func (n node) fields() ([]field, error) {
	if n.empty() {
		return nil, nil
	}
	pairs, ok := n.at.(ast.MapNode)
	if !ok {
		return nil, n.fail("render.map.broken")
	}
	var out []field
	seen := map[string]bool{}
	for it := pairs.MapRange(); it.Next(); {
		key := node{n.file, it.Key()}
		name, ok := key.word()
		if !ok || seen[name] {
			return nil, key.fail("render.map.broken")
		}
		seen[name] = true
		value := node{n.file, it.Value()}
		switch it.Value().(type) {
		case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
			return nil, value.fail("render.map.alias")
		}
		out = append(out, field{name, key, value})
	}
	return out, nil
}

// items gives the entries of a list.
func (n node) items() ([]node, bool) {
	list, ok := n.at.(*ast.SequenceNode)
	if !ok {
		return nil, false
	}
	out := make([]node, len(list.Values))
	for i, v := range list.Values {
		out[i] = node{n.file, v}
	}
	return out, true
}
