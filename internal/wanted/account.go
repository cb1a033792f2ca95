package wanted

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/tlp"
)

// A Form is how a list was written.
type Form string

// The forms. The zero Form is that of a list that could not be read.
const (
	STIX  Form = "stix"  // a bundle, an envelope of TAXII, or a list of objects
	MISP  Form = "misp"  // events or attributes
	Table Form = "table" // CSV and its like
	List  Form = "list"  // a value a line
	Prose Form = "prose" // text in which values were looked for
)

// An Account says what became of a list. Each entry that was read was either given or
// passed: Read is Given and all of Passed together.
type Account struct {
	Form     Form
	Read     int       // entries: values, and what should have been one
	Given    int       // of them handed over
	Framed   int       // objects that hold others together and are no entries: identities, relationships
	Searched int       // lines that were not one value and were searched for values as prose is
	Label    tlp.Label // the strictest that was met; Unknown: none was
	Passed   []Passed  // in the order of Reasons, then by Type
}

// Passed counts the entries with one reason.
type Passed struct {
	Reason   Reason
	Type     string // of Unsupported and Foreign: which type or language; empty otherwise
	Count    int
	Examples []Example // the first few
}

// An Example is an entry that was passed. Its text is somebody's indicator, in the form in
// which it stood, cut to one line of at most 120 bytes.
type Example struct {
	Ref  string // as Entry.Ref
	Text string
}

// Count gives how many were passed for a reason.
func (a Account) Count(r Reason) int {
	n := 0
	for _, p := range a.Passed {
		if p.Reason == r {
			n += p.Count
		}
	}
	return n
}

const (
	maxExamples = 5
	maxExample  = 120 // bytes
	maxNote     = 200 // bytes of a name or comment
	maxTypes    = 64  // different types that are counted apart
)

// otherType stands for the types beyond maxTypes.
const otherType = "…"

// A tally makes an Account.
type tally struct {
	sum    Account
	at     map[passedKey]int // in sum.Passed
	labels bool              // some label was met
}

type passedKey struct {
	reason Reason
	kind   string
}

// pass counts an entry with its reason. kind is empty but for reasons that have types.
func (t *tally) pass(why Reason, kind, ref, text string) {
	t.sum.Read++
	k := passedKey{why, oneLine(kind, 40)}
	i, ok := t.at[k]
	if !ok && k.kind != "" && len(t.at) >= maxTypes {
		k.kind = otherType
		i, ok = t.at[k]
	}
	if !ok {
		if t.at == nil {
			t.at = map[passedKey]int{}
		}
		i = len(t.sum.Passed)
		t.at[k] = i
		t.sum.Passed = append(t.sum.Passed, Passed{Reason: k.reason, Type: k.kind})
	}
	p := &t.sum.Passed[i]
	p.Count++
	if len(p.Examples) < maxExamples {
		p.Examples = append(p.Examples, Example{Ref: strings.Clone(oneLine(ref, maxExample)), Text: strings.Clone(oneLine(text, maxExample))})
	}
}

// label notes a label that was met.
func (t *tally) label(l tlp.Label) {
	switch {
	case l == tlp.Unknown:
	case !t.labels:
		t.sum.Label, t.labels = l, true
	default:
		t.sum.Label = tlp.Strictest(t.sum.Label, l)
	}
}

func (t *tally) account() Account {
	out := t.sum
	order := map[Reason]int{}
	for i, r := range Reasons() {
		order[r] = i
	}
	out.Passed = slices.Clone(out.Passed)
	slices.SortFunc(out.Passed, func(a, b Passed) int {
		if d := order[a.Reason] - order[b.Reason]; d != 0 {
			return d
		}
		return strings.Compare(a.Type, b.Type)
	})
	return out
}

// oneLine gives a text as it may stand in a report: no more than most bytes, valid, and
// without characters that end a line or change how others are read.
func oneLine(s string, most int) string {
	cut := len(s) > most
	if cut {
		s = s[:most]
		for len(s) > 0 && !utf8.RuneStart(s[len(s)-1]) {
			s = s[:len(s)-1]
		}
		if len(s) > 0 && s[len(s)-1] >= utf8.RuneSelf {
			s = s[:len(s)-1]
		}
	}
	if strings.ContainsFunc(s, unfit) || !utf8.ValidString(s) {
		s = strings.Map(func(c rune) rune {
			if unfit(c) {
				return ' '
			}
			return c
		}, strings.ToValidUTF8(s, "�"))
	}
	s = strings.TrimSpace(s)
	if cut {
		s += "…"
	}
	return s
}

// unfit says that a character ends a line, shows nothing, or turns the direction of others.
func unfit(c rune) bool {
	return c < ' ' || c >= 0x7f && c < 0xa0 || c == '\u2028' || c == '\u2029' || c >= '\u200b' && c <= '\u200f' ||
		c >= '\u202a' && c <= '\u202e' || c >= '\u2060' && c <= '\u206f' || c == '\ufeff'
}
