package pattern

// A Term is one value a pattern asks for.
type Term struct {
	Path  Path
	Value Literal
}

// Values gives the values of a pattern that is satisfied by any one of them: tests for
// equality, joined by OR and by nothing else, in brackets or between them. ok is false for
// every other pattern: a value out of "this and that", out of "not this", or out of "ten
// times in an hour" would be more than the pattern says.
func (p Pattern) Values() (terms []Term, ok bool) {
	terms, ok = observed(nil, p.Root)
	if !ok || len(terms) == 0 {
		return nil, false
	}
	return terms, true
}

func observed(dst []Term, o Observation) ([]Term, bool) {
	if len(o.Qualifiers) > 0 {
		return nil, false
	}
	switch o.Joint {
	case Single:
		return asked(dst, o.Test)
	case Or:
		ok := true
		for _, part := range o.Parts {
			if dst, ok = observed(dst, part); !ok {
				return nil, false
			}
		}
		return dst, true
	}
	return nil, false
}

func asked(dst []Term, c Comparison) ([]Term, bool) {
	switch {
	case c.Joint == Or:
		ok := true
		for _, part := range c.Parts {
			if dst, ok = asked(dst, part); !ok {
				return nil, false
			}
		}
		return dst, true
	case c.Joint != Single || c.Not || c.Operator != Equal && c.Operator != In:
		return nil, false
	}
	for _, v := range c.Values {
		dst = append(dst, Term{c.Path, v})
	}
	return dst, true
}
