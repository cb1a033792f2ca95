package deadline

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
)

// hostile are files as large as they may be, made to take long.
func hostile() map[string]string {
	repeat := func(s string) string { return strings.Repeat(s, MaxBytes/len(s)) }
	dates, rules := "closed: [", "rules:\n"
	for d := dayOf(2026, time.January, 1); len(dates) < MaxBytes-80; d++ {
		dates += d.utc().Format(time.DateOnly) + ","
	}
	for i := 0; i < maxOwn; i++ {
		rules += fmt.Sprintf("- {id: own.a.b%d, title: x, to: y, anchor: known_at, within: 2500 business days, calendar: jp, roll: noon, first: excluded}\n", i)
	}
	return map[string]string{
		"keys": repeat("a: b\n"), "spaces": repeat(" "), "tabs": repeat("\t"), "quotes": repeat("\""), "colons": repeat("a: "), "dashes": repeat("- "),
		"lists": "regimes: [" + repeat("jp.appi, ")[:MaxBytes-20] + "]", "comments": repeat("#\n"), "documents": repeat("---\n"), "tags": repeat("!a "),
		"anchors": repeat("&a "), "pipes": repeat("a: |\n "), "indents": "a:\n" + repeat(" - a\n"), "questions": repeat("? "), "escapes": "a: \"" + repeat("\\u0041"),
		"stairs": stairs(), "names": "events: {" + strings.Repeat("x", 30000) + ": 2026-03-05}", "blocks": repeat("- a:\n"), "merge": repeat("<<: {}\n"),
		"dates": dates + "]\nregimes: [jp.appi]\nevents: {known_at: 2026-01-01}", "rules": rules + "events: {known_at: 2026-03-05}\nregimes: [jp.appi]",
	}
}

func stairs() string {
	var b strings.Builder
	for i := 0; b.Len() < MaxBytes-300; i++ {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

func TestHostileFilesAreReadOrRefused(t *testing.T) {
	for name, text := range hostile() {
		f, err := Read("f", strings.NewReader(text))
		if err != nil {
			if _, ok := errors.AsType[*fault.Error](err); !ok || name == "dates" || name == "rules" {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		for _, c := range Clocks(f, time.Date(2026, 3, 8, 0, 0, 0, 0, time.UTC)) {
			if c.State == Overdue {
				t.Errorf("%s: %s is overdue", name, c.Rule.ID)
			}
		}
	}
}

func TestClosedForYears(t *testing.T) {
	f := facts(t, hostile()["dates"])
	days := f.Closed[""]
	last := days[len(days)-1].day
	if c := clock(t, "jp.appi.final", f, "2026-02-01"); c.Due.day <= last || c.Due.day > last+10 {
		t.Errorf("closed until %s, due %s", days[len(days)-1], c.Due)
	}
}
