// Package fault says what kind of failure an error is and what of it may be shown.
//
// An error that a person may meet has a kind, which decides the exit code or the
// status; a code such as "document.too-large", which package phrase turns into a
// sentence and, under code + ".hint", into advice; and arguments for the blanks in
// that sentence. Arguments are public: sizes, limits, names of files the reader
// gave. What was inside a document, a profile or a row never is one.
//
// The cause is private. It stays reachable for errors.Is and errors.As and is left
// out of Error, so that a name cannot leave inside a %v.
package fault

import (
	"errors"
	"strings"
)

// A Kind tells the callers' next step. The zero Kind is Internal: an error that
// nobody classified shows nothing of itself.
type Kind uint8

// Kinds leave the program as the tokens of String, which are never renamed.
const (
	Internal    Kind = iota // a defect of ours; nothing of it is shown
	Usage                   // the command or request was put wrongly
	Invalid                 // the input is not what it claims to be
	Unsupported             // the input is sound, but of a sort we do not read
	TooLarge                // a limit was reached; the limit is an argument
	NotFound                // there is no such thing for this reader
	Withheld                // somebody must decide first; nothing is broken
	Conflict                // another act came first
	Unavailable             // disk, network or lock: trying later may work
	Damaged                 // what was kept is not what was written
	Forbidden               // the reader may see it, and may not do this to it
)

var kindNames = [...]string{
	"internal", "usage", "invalid", "unsupported", "too-large",
	"not-found", "withheld", "conflict", "unavailable", "damaged", "forbidden",
}

// String gives the token used in JSON, such as "too-large".
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return kindNames[Internal]
}

// statuses is the one table from kinds to the status codes of HTTP.
//
// SPEC: RFC 9110 §15.
var statuses = [...]int{
	Internal: 500, Usage: 400, Invalid: 422, Unsupported: 422, TooLarge: 413, NotFound: 404,
	Withheld: 422, Conflict: 409, Unavailable: 503, Damaged: 500, Forbidden: 403,
}

// Status gives the status code of HTTP for a kind.
func (k Kind) Status() int {
	if int(k) < len(statuses) {
		return statuses[k]
	}
	return statuses[Internal]
}

// ParseKind reads what String writes.
func ParseKind(s string) (k Kind, ok bool) {
	for i, name := range kindNames {
		if name == s {
			return Kind(i), true
		}
	}
	return Internal, false
}

// An Error is a failure that may be shown. Its fields other than the cause are public.
type Error struct {
	Kind Kind     // what the caller does next; the zero Kind shows nothing
	Code string   // key of the sentence in package phrase, such as "profile.empty"
	Args []string // for the blanks {0}, {1} … of that sentence

	cause error
}

// New makes an error without a cause.
func New(kind Kind, code string, args ...string) *Error {
	return &Error{Kind: kind, Code: code, Args: args}
}

// Wrap makes an error with a private cause. A nil cause is allowed.
func Wrap(cause error, kind Kind, code string, args ...string) *Error {
	return &Error{Kind: kind, Code: code, Args: args, cause: cause}
}

// Error gives code and arguments. It never gives the cause.
func (e *Error) Error() string {
	if len(e.Args) == 0 {
		return e.Code
	}
	return e.Code + ": " + strings.Join(e.Args, ", ")
}

// Unwrap gives the cause to errors.Is and errors.As. Do not print what it returns.
func (e *Error) Unwrap() error { return e.cause }

// KindOf finds the kind of the first Error in err's chain, Internal if there is none.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}
