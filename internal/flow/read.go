package flow

import (
	"bytes"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/wakachi/wakachi/internal/fault"
)

// MaxBytes is the largest answers file read. One with every question takes 200 bytes; the
// YAML parser takes time by the square of what is nested or repeated.
const MaxBytes = 16 << 10

// Read reads an answers file for a flow, YAML or JSON: {"answers": {question: answer}}.
// Other keys beside "answers" are left alone. An empty answer leaves its question open.
//
// Strict where a slip could change the result: a question or answer the flow does not know,
// or one that is there twice, is an error. Errors are *fault.Error; they give the name, the
// line and what would be right, and no contents.
func Read(name string, r io.Reader, f Flow) (Answers, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	switch {
	case err != nil:
		return nil, fault.Wrap(err, fault.Unavailable, "flow.unreadable", name)
	case len(data) > MaxBytes:
		return nil, fault.New(fault.TooLarge, "flow.too-large", name, strconv.Itoa(MaxBytes>>10))
	case !utf8.Valid(data):
		return nil, fault.New(fault.Invalid, "flow.encoding", name)
	case nested(data) > maxNesting:
		return nil, fault.New(fault.Invalid, "flow.syntax", name, "1")
	}
	file, err := parser.ParseBytes(bytes.TrimPrefix(data, []byte("\ufeff")), 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "flow.syntax", name, lineOf(err))
	}
	if len(file.Docs) > 1 {
		return nil, fault.New(fault.Invalid, "flow.several", name)
	}
	var body ast.Node
	if len(file.Docs) == 1 {
		body = file.Docs[0].Body
	}
	answers, err := only(name, "answers", body)
	if err != nil {
		return nil, err
	}
	return f.answers(name, answers)
}

// maxNesting: an answers file has two levels; the rest is room for what stands beside.
const maxNesting = 50

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

// only finds the one value under a key of a mapping.
func only(name, key string, body ast.Node) (ast.Node, error) {
	pairs, ok := body.(ast.MapNode)
	if !ok {
		return nil, fault.New(fault.Invalid, "flow.no-answers", name)
	}
	var found ast.Node
	for it := pairs.MapRange(); it.Next(); {
		if word, ok := wordOf(it.Key()); ok && word == key {
			if found != nil {
				return nil, fault.New(fault.Invalid, "flow.duplicate", name, line(it.Key()))
			}
			found = it.Value()
		}
	}
	if found == nil {
		return nil, fault.New(fault.Invalid, "flow.no-answers", name)
	}
	return found, nil
}

func (f Flow) answers(name string, node ast.Node) (Answers, error) {
	pairs, ok := node.(ast.MapNode)
	if !ok {
		return nil, fault.New(fault.Invalid, "flow.no-answers", name)
	}
	known := map[Question]bool{}
	list := make([]string, 0, len(f.questions))
	for _, q := range f.questions {
		known[q], list = true, append(list, string(q))
	}
	out, seen := Answers{}, map[Question]bool{}
	for it := pairs.MapRange(); it.Next(); {
		word, _ := wordOf(it.Key())
		q := Question(word)
		switch {
		case !known[q]:
			return nil, fault.New(fault.Invalid, "flow.unknown-question", name, line(it.Key()), strings.Join(list, ", "))
		case seen[q]:
			return nil, fault.New(fault.Invalid, "flow.duplicate", name, line(it.Key()))
		}
		seen[q] = true
		if _, none := it.Value().(*ast.NullNode); none {
			continue
		}
		answer, _ := wordOf(it.Value())
		if !Answer(answer).Known() {
			return nil, fault.New(fault.Invalid, "flow.unknown-answer", name, line(it.Key()), word)
		}
		out[q] = Answer(answer)
	}
	return out, nil
}

// wordOf gives the text of a plain or quoted word. Anchors, aliases, tags, numbers and
// nested values are none: nobody needs them here.
func wordOf(n ast.Node) (string, bool) {
	s, ok := n.(*ast.StringNode)
	if !ok {
		return "", false
	}
	return s.Value, true
}

func line(n ast.Node) string {
	if t := n.GetToken(); t != nil && t.Position != nil {
		return strconv.Itoa(t.Position.Line)
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
