package deadline

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/guidance"
)

// zoneName reads the name of a zone, such as "Europe/Berlin".
func zoneName(p place) (string, error) {
	w, _ := p.word()
	if _, err := time.LoadLocation(w); err != nil || w == "" || w == "Local" {
		return "", p.fail("deadline.no-zone")
	}
	return w, nil
}

// text reads a text in both languages: {ja: …, en: …}, or one for both.
func text(p place) (guidance.Text, error) {
	if w, ok := p.word(); ok && w != "" && len(w) <= maxText {
		return guidance.Text{JA: w, EN: w}, nil
	}
	fields, err := p.fields()
	if err != nil {
		return guidance.Text{}, err
	}
	var t guidance.Text
	for _, f := range fields {
		w, err := short(f.value)
		switch {
		case err != nil:
			return t, err
		case f.name == "ja":
			t.JA = w
		case f.name == "en":
			t.EN = w
		default:
			return t, f.key.fail("deadline.unknown-key", nearest(f.name, []string{"ja", "en"}))
		}
	}
	if t.JA == "" || t.EN == "" {
		return t, p.fail("deadline.rule-lacks", "ja, en")
	}
	return t, nil
}

// short reads one line of text.
func short(p place) (string, error) {
	w, ok := p.word()
	if !ok || w == "" || len(w) > maxText || strings.ContainsFunc(w, func(r rune) bool { return r < ' ' }) {
		return "", p.fail("deadline.no-text")
	}
	return w, nil
}

func list(p place) ([]string, error) {
	words, err := p.words()
	if err != nil {
		return nil, err
	}
	for _, w := range words {
		if len(words) > maxList || len(w) > maxText || strings.ContainsFunc(w, func(r rune) bool { return r < ' ' }) {
			return nil, p.fail("deadline.no-list")
		}
	}
	return words, nil
}

func traitList(p place) ([]Trait, error) {
	words, err := list(p)
	if err != nil {
		return nil, err
	}
	out := make([]Trait, 0, len(words))
	for _, w := range words {
		if !traitForm.MatchString(w) {
			return nil, p.fail("deadline.rule-wrong", "traits")
		}
		out = append(out, Trait(w))
	}
	return out, nil
}

// anchor reads one event, or {earliest: [events]}, or {latest: [events]}.
func anchor(p place) (Anchor, error) {
	var a Anchor
	names := p
	if _, plain := p.word(); !plain {
		fields, err := p.fields()
		if err != nil {
			return a, err
		}
		if len(fields) != 1 || fields[0].name != "earliest" && fields[0].name != "latest" {
			return a, p.fail("deadline.rule-wrong", "anchor")
		}
		a.Mode, names = fields[0].name, fields[0].value
	}
	words, err := list(names)
	if err != nil {
		return a, err
	}
	for _, w := range words {
		if !eventForm.MatchString(w) {
			return a, p.fail("deadline.rule-wrong", "anchor")
		}
		a.Events = append(a.Events, Event(w))
	}
	if len(a.Events) == 0 {
		return a, p.fail("deadline.rule-wrong", "anchor")
	}
	return a, nil
}

// period reads "30 days", "4 business days", "1 months", "at once".
func period(p place) (Period, error) {
	w, _ := p.word()
	if u := Unit(w); u == AtOnce || u == Promptly {
		return Period{Unit: u}, nil
	}
	number, unit, _ := strings.Cut(w, " ")
	if !strings.HasSuffix(unit, "s") {
		unit += "s"
	}
	n, err := strconv.Atoi(number)
	limit, known := maxNumber[Unit(unit)]
	if err != nil || !known || n < 0 || n > limit {
		return Period{}, p.fail("deadline.rule-wrong", "within")
	}
	return Period{n, Unit(unit)}, nil
}

func date(p place) (When, error) {
	w, _ := p.word()
	when, slipped := readWhen(w, time.UTC)
	if slipped != fine || !when.IsDate() {
		return When{}, p.fail("deadline.no-date")
	}
	return when, nil
}

func truth(p place) (bool, error) {
	w, _ := p.word()
	switch strings.ToLower(w) {
	case "yes", "true":
		return true, nil
	case "no", "false":
		return false, nil
	}
	return false, p.fail("deadline.no-truth")
}

func oneOf(p place, known ...string) (string, error) {
	w, _ := p.word()
	if !slices.Contains(known, w) {
		return "", p.fail("deadline.unknown-key", nearest(w, known))
	}
	return w, nil
}

func choice[T ~string](p place, into *T, known ...T) error {
	names := make([]string, len(known))
	for i, k := range known {
		names[i] = string(k)
	}
	w, err := oneOf(p, names...)
	*into = T(w)
	return err
}

func keysOf[T any](m map[string]T) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
