package deadline

import (
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/wakachi/wakachi/internal/fault"
)

// A place is a node of a file, known by its line. Errors give name and line, no contents.
type place struct {
	file string
	node ast.Node
}

// parse reads one document of YAML or JSON. An empty one has a nil node.
func parse(name string, data []byte) (place, error) {
	if nested(data) > maxNesting {
		return place{}, fault.New(fault.Invalid, "deadline.syntax", name, "1")
	}
	file, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return place{}, fault.Wrap(err, fault.Invalid, "deadline.syntax", name, lineOf(err))
	}
	if len(file.Docs) > 1 {
		return place{}, fault.New(fault.Invalid, "deadline.several", name)
	}
	if len(file.Docs) == 0 {
		return place{file: name}, nil
	}
	return place{name, file.Docs[0].Body}, nil
}

// maxNesting: a facts file has five levels.
const maxNesting = 20

// nested bounds how deep flow collections go, before a parser walks them.
func nested(data []byte) int {
	deepest, depth := 0, 0
	for _, b := range data {
		switch b {
		case '[', '{':
			depth++
			deepest = max(deepest, depth)
		case ']', '}':
			depth--
		}
	}
	return deepest
}

// fail makes an error that names the line.
func (p place) fail(code string, args ...string) error {
	return fault.New(fault.Invalid, code, append([]string{p.file, p.line()}, args...)...)
}

func (p place) line() string {
	if p.node != nil {
		if t := p.node.GetToken(); t != nil && t.Position != nil {
			return strconv.Itoa(t.Position.Line)
		}
	}
	return "?"
}

// lineOf finds the line in a parser's error, which begins "[line:column]". Nothing else of
// its text is public.
func lineOf(err error) string {
	_, text, _ := strings.Cut(err.Error(), "[")
	if n, _, ok := strings.Cut(text, ":"); ok {
		if _, err := strconv.Atoi(n); err == nil {
			return n
		}
	}
	return "?"
}

// empty says that nothing was written.
func (p place) empty() bool {
	if p.node == nil {
		return true
	}
	_, null := p.node.(*ast.NullNode)
	return null
}

// word gives a plain or quoted word. Anchors, aliases and tags are none.
func (p place) word() (string, bool) {
	switch n := p.node.(type) {
	case *ast.StringNode:
		return strings.TrimSpace(n.Value), true
	case *ast.IntegerNode, *ast.BoolNode, *ast.FloatNode:
		return n.GetToken().Value, true
	}
	return "", false
}

// A field is one pair of a mapping.
type field struct {
	name  string
	key   place
	value place
}

// fields gives the pairs of a mapping, in their order; the same key twice is an error.
func (p place) fields() ([]field, error) {
	if p.empty() {
		return nil, nil
	}
	pairs, ok := p.node.(ast.MapNode)
	if !ok {
		return nil, p.fail("deadline.no-map")
	}
	var out []field
	seen := map[string]bool{}
	for it := pairs.MapRange(); it.Next(); {
		key := place{p.file, it.Key()}
		name, ok := key.word()
		if !ok || name == "" {
			return nil, key.fail("deadline.no-map")
		}
		if seen[name] {
			return nil, key.fail("deadline.duplicate")
		}
		seen[name] = true
		out = append(out, field{name, key, place{p.file, it.Value()}})
	}
	return out, nil
}

// items gives the entries of a list.
func (p place) items() ([]place, bool) {
	list, ok := p.node.(*ast.SequenceNode)
	if !ok {
		return nil, false
	}
	out := make([]place, 0, len(list.Values))
	for _, v := range list.Values {
		out = append(out, place{p.file, v})
	}
	return out, true
}

// words gives a list of words, or a single one.
func (p place) words() ([]string, error) {
	if p.empty() {
		return nil, nil
	}
	if w, ok := p.word(); ok {
		return []string{w}, nil
	}
	items, ok := p.items()
	if !ok {
		return nil, p.fail("deadline.no-list")
	}
	var out []string
	for _, item := range items {
		w, ok := item.word()
		if !ok || w == "" {
			return nil, item.fail("deadline.no-list")
		}
		out = append(out, w)
	}
	return out, nil
}

// nearest gives the known name that is fewest edits away from a word.
func nearest(word string, known []string) string {
	best, least := "", 1<<30
	if len(word) > 60 {
		word = word[:60]
	}
	for _, k := range known {
		if d := edits(strings.ToLower(word), k); d < least {
			best, least = k, d
		}
	}
	return best
}

// edits counts the bytes to put in, take out or change to get from one word to another.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
