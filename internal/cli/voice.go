package cli

// How wakachi speaks on a terminal:
//
//   - Results go to standard output and to files; speech goes to standard error.
//   - An error is one line behind "error:", advice follows behind "hint:". No stack
//     trace, no cause: causes may hold what was inside a document.
//   - Numbers and file names the reader gave may be repeated; contents may not, except
//     by commands whose very result they are (extract, and the report of share).
//   - --json changes results only. The exit code says the rest.

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/phrase"
)

// Exit codes of every command.
const (
	exitDone     = 0
	exitFailed   = 1
	exitWrongUse = 2
	exitDecide   = 3 // withheld or blocked: somebody must decide
)

// exitCodes is the one table from kinds of failure to exit codes.
var exitCodes = map[fault.Kind]int{
	fault.Usage:     exitWrongUse,
	fault.Withheld:  exitDecide,
	fault.Forbidden: exitDecide, // somebody else must
}

// A voice speaks one language to the reader.
type voice struct {
	w    io.Writer
	lang phrase.Language
}

// say writes one line of speech.
func (v voice) say(token string, args ...string) {
	fmt.Fprintln(v.w, v.lang.Text(token, v.plain(args)...))
}

// plain makes arguments fit for a terminal: tokens become words, and characters that could
// move the cursor or forge a line become visible.
func (v voice) plain(args []string) []string {
	out := make([]string, len(args))
	for i, a := range args {
		if words, ok := v.lang.Lookup(a); ok {
			a = words
		}
		out[i] = strings.Map(func(r rune) rune {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029' {
				return '\ufffd'
			}
			return r
		}, a)
	}
	return out
}

// fail writes what happened and what to do next, and gives the exit code. An error that
// is not a fault.Error is a defect of ours; nothing of it is shown.
func (v voice) fail(err error) int {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok {
		e = fault.Wrap(err, fault.Internal, "cli.internal")
	}
	args := v.plain(e.Args)
	fmt.Fprintln(v.w, "error: "+v.lang.Text(e.Code, args...))
	if hint, ok := v.lang.Lookup(e.Code+".hint", args...); ok {
		fmt.Fprintln(v.w, "hint: "+hint)
	}
	if code, ok := exitCodes[e.Kind]; ok {
		return code
	}
	return exitFailed
}
