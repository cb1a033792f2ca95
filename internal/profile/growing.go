package profile

import (
	"bytes"

	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/token"
)

// maxNesting: a profile has three levels. A parser takes time by the square of them.
const maxNesting = 20

// growing gives the line from which on a text would become far more than what was written: collections nested too
// deep, or aliases, which a profile has no need of. It gives 0 if there is none.
func growing(data []byte) int {
	line := 0
	for text := range bytes.Lines(data) {
		line++
		if bytes.Count(text, []byte("- ")) > maxNesting && bytes.Trim(text[:2*maxNesting], "- ") == nil {
			return line
		}
	}
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
	if bytes.IndexByte(data, '*') < 0 {
		return 0
	}
	for _, t := range lexer.Tokenize(string(data)) {
		if t.Type == token.AliasType {
			return t.Position.Line
		}
	}
	return 0
}
