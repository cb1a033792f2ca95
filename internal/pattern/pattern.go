// Package pattern reads the patterns of STIX and says which values they ask for.
//
// Parse reads the whole pattern language of STIX 2.1, conformance level 3, into a tree of
// Observations and Comparisons. Values gives the values of a pattern that asks for any one
// of a list: the only patterns a list of things to block may be made from. Half of
// "this and that" is not an indicator.
//
// Reading takes time and memory in proportion to the pattern, whatever is in it: what is
// nested deeper or longer than anybody writes is refused.
//
// SPEC: STIX 2.1 §9.
package pattern

import "strconv"

// A Pattern is one that was read. It is a value: nothing changes it but its holder. The
// zero Pattern asks for nothing.
type Pattern struct {
	Root     Observation
	Warnings []Warning // what the grammar allows and the standard does not
}

// A Joint says how the parts of an expression belong together.
type Joint uint8

// The joints. The first has no parts.
const (
	Single     Joint = iota // one test
	And                     // all parts; of observations: in different ones
	Or                      // any part
	FollowedBy              // all parts, in this order; of observations only
)

// An Observation is an observation expression: a test in brackets, or a joint of others.
type Observation struct {
	Joint      Joint
	Test       Comparison    // of a Single
	Parts      []Observation // of the other joints, two or more
	Qualifiers []Qualifier   // in the order in which they stand
}

// A Qualifier narrows an observation in time or number.
type Qualifier struct {
	Kind    QualifierKind
	Number  float64 // seconds of Within, times of Repeats
	From    string  // of StartStop: timestamp, from this on
	To      string  // of StartStop: timestamp, before this
	grouped bool
}

// A QualifierKind is one of the three.
type QualifierKind uint8

// The qualifiers.
const (
	Within QualifierKind = iota + 1
	Repeats
	StartStop
)

// A Comparison is a comparison expression: one test of a property, or a joint of others.
type Comparison struct {
	Joint    Joint        // never FollowedBy
	Parts    []Comparison // of And and Or, two or more
	Not      bool         // of a Single: the opposite
	Operator Operator     // of a Single
	Path     Path         // of a Single
	Values   []Literal    // one; any number of In; none of Exists
}

// An Operator compares a property with a literal.
type Operator uint8

// The operators.
const (
	Equal Operator = iota + 1
	NotEqual
	Less
	LessEqual
	Greater
	GreaterEqual
	In
	Like
	Matches
	IsSubset
	IsSuperset
	Exists
)

// A Path names a property of an object, or of one it refers to.
type Path struct {
	Object string // type: "ipv4-addr"
	Steps  []Step // at least one; the first has a name
}

// A Step is a name, or a place in a list.
type Step struct {
	Name  string // empty for a place in a list
	Any   bool   // [*]
	Index int    // [n]
}

// String writes a path in its one normal form: names in quotes only where they must be.
func (p Path) String() string {
	out := []byte(p.Object)
	for i, s := range p.Steps {
		switch {
		case s.Any:
			out = append(out, "[*]"...)
			continue
		case s.Name == "":
			out = append(strconv.AppendInt(append(out, '['), int64(s.Index), 10), ']')
			continue
		case i == 0:
			out = append(out, ':')
		default:
			out = append(out, '.')
		}
		out = appendName(out, s.Name)
	}
	return string(out)
}

func appendName(dst []byte, name string) []byte {
	if plainName(name) {
		return append(dst, name...)
	}
	dst = append(dst, '\'')
	for i := range len(name) {
		if name[i] == '\'' || name[i] == '\\' {
			dst = append(dst, '\\')
		}
		dst = append(dst, name[i])
	}
	return append(dst, '\'')
}

// plainName says whether a name stands in a path without quotes.
func plainName(name string) bool {
	if name == "" || keywords[name] {
		return false
	}
	for i := range len(name) {
		if !letter(name[i]) && (i == 0 || !digit(name[i])) {
			return false
		}
	}
	return true
}

// A LiteralKind is the type of a literal.
type LiteralKind uint8

// The kinds of literals.
const (
	String    LiteralKind = iota + 1
	Integer               // Text is decimal, without plus sign
	Float                 // likewise
	Boolean               // Text is "true" or "false"
	Timestamp             // Text is what stands in t'…'
	Binary                // Text is the bytes
	Hex                   // Text is the bytes
)

// A Literal is a value in a pattern. Two are the same value if they are ==, but for numbers
// written differently.
type Literal struct {
	Kind LiteralKind
	Text string
}

// An Error says why a text is no pattern. It does not repeat the text, which may be
// somebody's secret.
type Error struct {
	Code   Code
	Offset int // in bytes, where it went wrong
}

// A Code says what was wrong, for programs.
type Code string

// What Parse refuses.
const (
	TooLong        Code = "too-long"
	TooDeep        Code = "too-deep"
	BadCharacter   Code = "character"  // one that has no place in a pattern; text that is not UTF-8
	BadLiteral     Code = "literal"    // a string without end, or with an escape that is none
	Unexpected     Code = "unexpected" // something else belongs here
	BadIndex       Code = "index"      // a place in a list that no list has
	TwiceQualified Code = "qualifier"  // the same kind of qualifier twice
	BadHash        Code = "hash"       // a digest that cannot be one of its algorithm
	BadInterval    Code = "interval"   // START is not before STOP
	BadNumber      Code = "number"     // too great to be kept
)

// Error gives code and place, never a part of the text.
func (e *Error) Error() string {
	return "pattern: " + string(e.Code) + " at byte " + strconv.Itoa(e.Offset)
}

// A Warning is something the standard forbids and readers let pass. Code is one of those
// below.
type Warning struct {
	Code   WarningCode
	Offset int // in bytes
}

// A WarningCode says what a Warning is about.
type WarningCode string

// What readers let pass.
const (
	// NotPositive: a count or a span of nothing. SPEC: STIX 2.1 §9.5.1.
	NotPositive WarningCode = "not-positive"
	// Unsatisfiable: no object has properties of two types at once. SPEC: STIX 2.1 §9.5.
	Unsatisfiable WarningCode = "unsatisfiable"
	// Requalified: a group in parentheses has a qualifier twice.
	Requalified WarningCode = "requalified"
)
