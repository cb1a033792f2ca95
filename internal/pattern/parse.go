package pattern

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Limits of a pattern that is read.
const (
	MaxLength = 1 << 20 // bytes
	MaxDepth  = 64      // parentheses and brackets inside each other
)

// Parse reads a pattern. The error is an *Error.
func Parse(text string) (Pattern, error) {
	if len(text) > MaxLength {
		return Pattern{}, &Error{TooLong, MaxLength}
	}
	if at := invalid(text); at >= 0 {
		return Pattern{}, &Error{BadCharacter, at}
	}
	p := parser{lexer: lexer{text: text}}
	if err := p.advance(); err != nil {
		return Pattern{}, err
	}
	root, err := p.observations()
	if err != nil {
		return Pattern{}, err
	}
	if p.ahead.kind != end {
		return Pattern{}, p.unexpected()
	}
	return Pattern{root, p.warnings}, nil
}

// invalid gives where a text stops being UTF-8, -1 if nowhere.
func invalid(text string) int {
	if utf8.ValidString(text) {
		return -1
	}
	for at, r := range text {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(text[at:]); size == 1 {
				return at
			}
		}
	}
	return -1
}

// A parser goes down by levels of precedence, one token ahead, and never back.
type parser struct {
	lexer
	ahead    token
	depth    int
	warnings []Warning
}

func (p *parser) advance() (err error) {
	p.ahead, err = p.next()
	return err
}

func (p *parser) unexpected() error { return &Error{Unexpected, p.ahead.at} }

func (p *parser) warn(c WarningCode, at int) {
	const enough = 16
	if len(p.warnings) < enough {
		p.warnings = append(p.warnings, Warning{c, at})
	}
}

func (p *parser) sees(k kind, text string) bool { return p.ahead.kind == k && p.ahead.text == text }

// accept takes the token ahead if it is this one.
func (p *parser) accept(k kind, text string) (bool, error) {
	if !p.sees(k, text) {
		return false, nil
	}
	return true, p.advance()
}

func (p *parser) expect(k kind, text string) error {
	ok, err := p.accept(k, text)
	if err == nil && !ok {
		return p.unexpected()
	}
	return err
}

// enter counts a parenthesis or bracket that was opened.
func (p *parser) enter() error {
	if p.depth++; p.depth > MaxDepth {
		return &Error{TooDeep, p.ahead.at}
	}
	return nil
}

// observations reads a whole pattern: FOLLOWEDBY binds loosest, then OR, then AND.
//
// SPEC: STIX 2.1 §9.3.
func (p *parser) observations() (Observation, error) {
	return p.joined(FollowedBy, "FOLLOWEDBY", func() (Observation, error) {
		return p.joined(Or, "OR", func() (Observation, error) {
			return p.joined(And, "AND", p.observation)
		})
	})
}

// joined reads parts with one operator between them.
func (p *parser) joined(j Joint, word string, part func() (Observation, error)) (Observation, error) {
	first, err := part()
	if err != nil || !p.sees(keyword, word) {
		return first, err
	}
	out := Observation{Joint: j, Parts: []Observation{first}}
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

// observation reads one test in brackets or a group in parentheses, with its qualifiers.
func (p *parser) observation() (Observation, error) {
	var o Observation
	if err := p.enter(); err != nil {
		return o, err
	}
	grouped, err := p.accept(mark, "(")
	switch {
	case err != nil:
		return o, err
	case grouped:
		if o, err = p.observations(); err == nil {
			err = p.expect(mark, ")")
		}
		for i := range o.Qualifiers {
			o.Qualifiers[i].grouped = true
		}
	default:
		o, err = p.bracketed()
	}
	p.depth--
	if err != nil {
		return o, err
	}
	return p.qualified(o, grouped)
}

func (p *parser) bracketed() (Observation, error) {
	at := p.ahead.at
	if err := p.expect(mark, "["); err != nil {
		return Observation{}, err
	}
	c, err := p.comparison()
	if err != nil {
		return Observation{}, err
	}
	if types(c) == nil {
		p.warn(Unsatisfiable, at)
	}
	return Observation{Test: c}, p.expect(mark, "]")
}

// qualified reads the qualifiers behind an observation: each kind once.
//
// SPEC: STIX 2.1 §9.5.1.
func (p *parser) qualified(o Observation, grouped bool) (Observation, error) {
	for p.ahead.kind == keyword {
		at := p.ahead.at
		q, ok, err := p.qualifier()
		if err != nil {
			return o, err
		}
		if !ok {
			break
		}
		again := func(other Qualifier) bool { return other.Kind == q.Kind && !other.grouped }
		if slices.ContainsFunc(o.Qualifiers, again) {
			if !grouped {
				return o, &Error{TwiceQualified, at}
			}
			p.warn(Requalified, at)
		}
		if q.Kind != StartStop && q.Number <= 0 {
			p.warn(NotPositive, at)
		}
		o.Qualifiers = append(o.Qualifiers, q)
	}
	return o, nil
}

// qualifier reads one, if one stands here.
func (p *parser) qualifier() (q Qualifier, ok bool, err error) {
	word := p.ahead.text
	switch word {
	case "WITHIN", "REPEATS", "START":
	default:
		return q, false, nil
	}
	if err := p.advance(); err != nil {
		return q, false, err
	}
	switch word {
	case "WITHIN":
		q.Kind = Within
		if q.Number, err = p.amount(true); err == nil {
			err = p.expect(keyword, "SECONDS")
		}
	case "REPEATS":
		q.Kind = Repeats
		if q.Number, err = p.amount(false); err == nil {
			err = p.expect(keyword, "TIMES")
		}
	default:
		q, err = p.interval()
	}
	return q, true, err
}

// amount reads a number that is not negative.
func (p *parser) amount(fraction bool) (float64, error) {
	t := p.ahead
	if t.kind != integer && (t.kind != float || !fraction) || strings.HasPrefix(t.text, "-") {
		return 0, p.unexpected()
	}
	v, err := strconv.ParseFloat(t.text, 64)
	if err != nil || math.IsInf(v, 0) {
		return 0, &Error{BadNumber, t.at}
	}
	return v, p.advance()
}

func (p *parser) interval() (Qualifier, error) {
	q := Qualifier{Kind: StartStop}
	at := p.ahead.at
	var err error
	if q.From, err = p.moment(); err != nil {
		return q, err
	}
	if err := p.expect(keyword, "STOP"); err != nil {
		return q, err
	}
	if q.To, err = p.moment(); err != nil {
		return q, err
	}
	// Without the Z, so that a fraction comes after none, and without zeros at its end.
	bare := func(s string) string {
		s = strings.TrimSuffix(s, "Z")
		if strings.Contains(s, ".") {
			s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
		}
		return s
	}
	if bare(q.From) >= bare(q.To) {
		return q, &Error{BadInterval, at}
	}
	return q, nil
}

func (p *parser) moment() (string, error) {
	t := p.ahead
	if t.kind != literal || t.value.Kind != Timestamp {
		return "", p.unexpected()
	}
	return t.value.Text, p.advance()
}
