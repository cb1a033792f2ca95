package pattern

import (
	"slices"
	"strconv"
	"strings"
)

// comparison reads what stands in brackets: OR binds looser than AND.
//
// SPEC: STIX 2.1 §9.6.
func (p *parser) comparison() (Comparison, error) {
	return p.compared(Or, "OR", func() (Comparison, error) {
		return p.compared(And, "AND", p.test)
	})
}

func (p *parser) compared(j Joint, word string, part func() (Comparison, error)) (Comparison, error) {
	first, err := part()
	if err != nil || !p.sees(keyword, word) {
		return first, err
	}
	out := Comparison{Joint: j, Parts: []Comparison{first}}
	for p.sees(keyword, word) {
		if err := p.advance(); err != nil {
			return out, err
		}
		next, err := part()
		if err != nil {
			return out, err
		}
		out.Parts = append(out.Parts, next)
	}
	return out, nil
}

// test reads one test of a property, or a group in parentheses.
func (p *parser) test() (Comparison, error) {
	var c Comparison
	if open, err := p.accept(mark, "("); err != nil {
		return c, err
	} else if open {
		return p.group()
	}
	not, err := p.accept(keyword, "NOT")
	if err != nil {
		return c, err
	}
	exists, err := p.accept(keyword, "EXISTS")
	if err != nil {
		return c, err
	}
	switch {
	case exists:
		c.Not, c.Operator = not, Exists
		c.Path, err = p.path()
		return c, err
	case not:
		return c, p.unexpected()
	}
	if c.Path, err = p.path(); err != nil {
		return c, err
	}
	if c.Not, err = p.accept(keyword, "NOT"); err != nil {
		return c, err
	}
	return p.compare(c)
}

func (p *parser) group() (Comparison, error) {
	if err := p.enter(); err != nil {
		return Comparison{}, err
	}
	c, err := p.comparison()
	if err == nil {
		err = p.expect(mark, ")")
	}
	p.depth--
	return c, err
}

var operators = map[string]Operator{
	"=": Equal, "==": Equal, "!=": NotEqual, "<>": NotEqual, "<": Less, "<=": LessEqual, ">": Greater, ">=": GreaterEqual,
	"IN": In, "LIKE": Like, "MATCHES": Matches, "ISSUBSET": IsSubset, "ISSUPERSET": IsSuperset,
}

// compare reads operator and literals of a test.
func (p *parser) compare(c Comparison) (Comparison, error) {
	if p.ahead.kind != mark && p.ahead.kind != keyword || operators[p.ahead.text] == 0 {
		return c, p.unexpected()
	}
	c.Operator = operators[p.ahead.text]
	if err := p.advance(); err != nil {
		return c, err
	}
	var err error
	at := p.ahead.at
	if c.Operator == In {
		c.Values, err = p.set()
	} else {
		var v Literal
		v, err = p.literal(c.Operator)
		c.Values = []Literal{v}
	}
	if err == nil && !fits(c) {
		err = &Error{BadHash, at}
	}
	return c, err
}

func (p *parser) literal(o Operator) (Literal, error) {
	t := p.ahead
	ok := t.kind == literal || t.kind == integer || t.kind == float
	switch o {
	case Like, Matches, IsSubset, IsSuperset:
		ok = ok && t.value.Kind == String
	case Less, LessEqual, Greater, GreaterEqual:
		ok = ok && t.value.Kind != Boolean
	}
	if !ok {
		return Literal{}, p.unexpected()
	}
	return t.value, p.advance()
}

// set reads the literals of IN. None at all is grammatical.
func (p *parser) set() ([]Literal, error) {
	if err := p.expect(mark, "("); err != nil {
		return nil, err
	}
	var out []Literal
	if closed, err := p.accept(mark, ")"); closed || err != nil {
		return nil, err
	}
	for {
		v, err := p.literal(In)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
		if more, err := p.accept(mark, ","); err != nil {
			return nil, err
		} else if !more {
			return out, p.expect(mark, ")")
		}
	}
}

// path reads the name of a property.
//
// SPEC: STIX 2.1 §9.7.
func (p *parser) path() (Path, error) {
	path := Path{Object: p.ahead.text}
	if p.ahead.kind != name && p.ahead.kind != hyphenated {
		return path, p.unexpected()
	}
	if err := p.advance(); err != nil {
		return path, err
	}
	if err := p.expect(mark, ":"); err != nil {
		return path, err
	}
	for first := true; first || p.sees(mark, ".") || p.sees(mark, "["); first = false {
		s, err := p.step(first)
		if err != nil {
			return path, err
		}
		path.Steps = append(path.Steps, s)
	}
	return path, nil
}

func (p *parser) step(first bool) (Step, error) {
	if !first {
		if open, err := p.accept(mark, "["); err != nil {
			return Step{}, err
		} else if open {
			return p.place()
		}
		if err := p.expect(mark, "."); err != nil {
			return Step{}, err
		}
	}
	t := p.ahead
	switch {
	case t.kind == name:
		return Step{Name: t.text}, p.advance()
	case t.kind == literal && t.value.Kind == String && t.value.Text != "":
		return Step{Name: t.value.Text}, p.advance()
	}
	return Step{}, p.unexpected()
}

// place reads what stands between [ and ]. A list has no place before its first.
//
// SPEC: STIX 2.1 §9.7.2.
func (p *parser) place() (Step, error) {
	t := p.ahead
	var s Step
	switch {
	case t.kind == mark && t.text == "*":
		s.Any = true
	case t.kind == integer:
		n, err := strconv.ParseInt(t.text, 10, 32)
		if err != nil || strings.HasPrefix(t.text, "-") {
			return s, &Error{BadIndex, t.at}
		}
		s.Index = int(n)
	default:
		return s, p.unexpected()
	}
	if err := p.advance(); err != nil {
		return s, err
	}
	return s, p.expect(mark, "]")
}

// digits gives the length of a digest by the name its algorithm has as a key of hashes.
var digits = map[string]int{
	"MD5": 32, "SHA-1": 40, "SHA-224": 56, "SHA-256": 64, "SHA-384": 96, "SHA-512": 128, "SHA3-224": 56, "SHA3-256": 64, "SHA3-384": 96, "SHA3-512": 128,
}

// fits says whether the digests a test asks for can be digests of their algorithm.
//
// SPEC: STIX 2.1 §10.7 hash-algorithm-ov.
func fits(c Comparison) bool {
	last := len(c.Path.Steps) - 1
	if last < 1 || c.Path.Steps[last-1].Name != "hashes" || c.Operator != Equal && c.Operator != NotEqual && c.Operator != In {
		return true
	}
	n, known := digits[c.Path.Steps[last].Name]
	return !known || !slices.ContainsFunc(c.Values, func(v Literal) bool {
		return v.Kind == String && (len(v.Text) != n || strings.Trim(v.Text, "0123456789abcdefABCDEF") != "")
	})
}

// types gives the types of object a comparison could be true of, nil if there is none.
//
// SPEC: STIX 2.1 §9.5.
func types(c Comparison) []string {
	switch c.Joint {
	case Single:
		return []string{c.Path.Object}
	case Or:
		var out []string
		seen := map[string]bool{}
		for _, part := range c.Parts {
			for _, t := range types(part) {
				if !seen[t] {
					seen[t] = true
					out = append(out, t)
				}
			}
		}
		return out
	}
	out := types(c.Parts[0])
	for _, part := range c.Parts[1:] {
		of := map[string]bool{}
		for _, t := range types(part) {
			of[t] = true
		}
		out = slices.DeleteFunc(out, func(t string) bool { return !of[t] })
	}
	if len(out) == 0 {
		return nil
	}
	return out
}
