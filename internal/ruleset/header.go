package ruleset

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/tlp"
)

// head gives the lines that open a file: label, what it means in both languages, set, time
// and end. Each line begins with mark, which is how the file's language writes a comment.
func (s *set) head(mark string) []byte {
	var b bytes.Buffer
	line := func(format string, args ...any) { fmt.Fprintf(&b, mark+" "+format+"\n", args...) }
	if s.label != tlp.Unknown {
		w := labels()[s.label.String()]
		line("%s – %s", s.label, w.ja)
		line("%s – %s", s.label, w.en)
	}
	e := engines()[s.target]
	line("%s: %s, %d values, written by wakachi%s for %s %s", s.o.Name, s.target, len(s.entries), stamp(" on ", s.o.At), e.name, e.version)
	if !s.until.IsZero() {
		line("有効期限 / stale from %s on", s.until.UTC().Format(time.RFC3339))
	}
	return b.Bytes()
}

// lines gives comments of our own, each with mark in front.
func lines(mark string, text ...string) string {
	return mark + " " + strings.Join(text, "\n"+mark+" ") + "\n"
}

func stamp(before string, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return before + t.UTC().Format(time.RFC3339)
}

// mark gives the label for a file name: "amber", "amber-strict".
func labelMark(l tlp.Label) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(cmp.Or(l.String(), "TLP:none"), "TLP:")), "+", "-")
}

// fileName names a file of the set. Formats without comments carry the label here.
func (s *set) fileName(parts ...string) string {
	return s.o.Name + "." + labelMark(s.label) + "." + strings.Join(parts, ".")
}

// about is the line for people on an entry: what it is, where it was seen, who said so.
func (e *entry) about() string {
	out := string(e.value.Type)
	if len(e.ports) > 0 {
		out += " port"
		for _, p := range e.ports {
			out += fmt.Sprintf(" %d", p)
		}
	}
	if e.note != "" {
		out += ": " + e.note
	}
	return out
}
