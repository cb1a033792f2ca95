package web

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/casework"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/flow"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/ledger"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
)

// What templates say of values.

// TA is T with its arguments in one list.
func (v view) TA(token string, args []any) string { return v.T(token, args...) }

// Fault says what went wrong; Hint what to do next, empty if there is nothing to say.
func (v view) Fault(f *fault.Error) string { return v.lang.Text(f.Code, v.plain(f.Args)...) }

// Hint gives the advice that goes with a failure.
func (v view) Hint(f *fault.Error) string {
	text, _ := v.lang.Lookup(f.Code+".hint", v.plain(f.Args)...)
	return text
}

// plain puts arguments that are tokens into words.
func (v view) plain(args []string) []string {
	out := make([]string, len(args))
	for i, a := range args {
		out[i] = a
		if text, ok := v.lang.Lookup(a); ok {
			out[i] = text
		}
	}
	return out
}

// Quote shows the beginning of a text without the marks of a table or a list.
func (v view) Quote(s string) string {
	const most = 90
	s = strings.Trim(strings.ReplaceAll(s, " | ", "  "), "|#-*・ \t　")
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return s
}

// Glimpse shows an item in a line.
func (v view) Glimpse(i incident.Item) string {
	s := v.Quote(i.Text)
	if i.Value.Value != "" {
		s = indicator.Defang(i.Value)
	}
	if s == "" {
		s = strings.TrimSpace(i.Technique + " " + i.Family)
	}
	return s
}

// At says whether the page is under a part of an incident's address.
func (v view) At(part string) bool { return strings.HasSuffix(v.r.URL.Path, "/"+part) }

// Self is the address of the page itself, for a form that comes back to it.
func (v view) Self() string { return v.r.URL.Path }

// Most is the size of the largest paper, in bytes.
func (v view) Most() int { return casework.MaxPaper }

// Today is the time it is.
func (v view) Today() time.Time { return v.asking.Now() }

// Minus and Plus calculate places of a drawing.
func (v view) Minus(a, b int) int { return a - b }

// Plus calculates places of a drawing.
func (v view) Plus(a, b int) int { return a + b }

// Question gives the number of a question of the guidance, "26" of "Q26", empty for what
// is none.
func (v view) Question(point string) string {
	n, ok := strings.CutPrefix(point, "Q")
	if _, err := strconv.Atoi(n); !ok || err != nil {
		return ""
	}
	return n
}

// ActOf gives what an outcome of the publication flow asks for, nil for others.
func (v view) ActOf(o flow.Outcome) *flow.Act {
	f, _ := flow.Of(flow.Publication)
	if a, ok := f.Act(o); ok {
		return &a
	}
	return nil
}

// AnswerWord puts an answer into the words of its question.
func (v view) AnswerWord(q flow.Question, a string) string {
	return v.lang.Text(q.AnswerToken(flow.Answer(a)))
}

// TypeName is the name of a type of value.
func (v view) TypeName(t indicator.Type) string { return v.lang.Text("indicator.type." + string(t)) }

// ActName puts an act of the ledger into words.
func (v view) ActName(a ledger.Act) string { return v.lang.Text("act." + string(a)) }

// Short shows an id by its beginning.
func (v view) Short(id string) string {
	const most = 18
	if len(id) > most {
		return id[:most] + "…"
	}
	return id
}

// Size shows a number of bytes.
func (v view) Size(n int) string {
	if n < 1024 {
		return fmt.Sprint(n, " B")
	}
	return fmt.Sprint((n+512)/1024, " KB")
}

// LineValue shows a line of a sheet as people read it.
func (v view) LineValue(l parcel.Line) string {
	switch {
	case l.Like != nil:
		return strings.Join(l.Like, "…")
	case l.Value == "":
		return l.Family
	case l.Sort != "indicator":
		return l.Value
	}
	return indicator.Defang(indicator.Value{Type: indicator.Type(l.Type), Hash: indicator.Hash(l.Hash), Value: l.Value})
}

// LineNote says what a line's value is.
func (v view) LineNote(l parcel.Line) string {
	switch {
	case l.Name != "":
		return l.Name
	case l.Hash != "":
		return l.Hash
	case l.Type != "" && l.Sort == "indicator":
		return v.TypeName(indicator.Type(l.Type))
	}
	return ""
}

// Seen shows the days between which something was seen.
func (v view) Seen(first, last string) string {
	day := func(s string) string {
		if t, err := time.Parse(time.DateOnly, s); err == nil {
			return t.Format("1/2")
		}
		return s
	}
	switch {
	case first == "" && last == "":
		return ""
	case last == "" || first == last:
		return day(first)
	}
	return day(first) + "～" + day(last)
}

// MemberName names a member of a community.
func (v view) MemberName(c parcel.Community, o party.OrgID) string {
	for _, m := range append([]parcel.Member{c.Hub}, c.Members...) {
		if m.Org == o {
			return m.Name
		}
	}
	return v.lang.Text("web.release.hidden")
}

// Previous and Next are the pages of the board beside this one.
func (b boardBody) Previous() int { return b.Page - 1 }

// Next is the page after this one.
func (b boardBody) Next() int { return b.Page + 1 }
