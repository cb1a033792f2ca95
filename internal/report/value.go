package report

import (
	"strconv"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/phrase"
)

// Words gives a fact's value as readers of a language see it: times in the record's zone, numbers with
// their separators, choices in words, text as it is. For English it is Fact.English where there is one.
// It says nothing of the standing.
func (r Record) Words(f Fact, l phrase.Language) string {
	q, ok := QuestionOf(f.Field)
	if !ok || f.Value == "" {
		return ""
	}
	switch q.Sort {
	case Number:
		return grouped(f.Value)
	case Time:
		var m incident.Moment
		if m.UnmarshalText([]byte(f.Value)) != nil {
			return ""
		}
		return r.moment(m, l)
	case Choice, YesNo:
		return l.Text("report.choice." + f.Value)
	}
	return inEnglish(l, f.English, f.Value)
}

// moment writes a time for readers: to the minute if it is known that well. Its zone is the record's, which
// only readers of English need to be told.
func (r Record) moment(m incident.Moment, l phrase.Language) string {
	t := m.At
	if m.Exact && m.Zoned {
		t = t.In(r.zone())
	}
	day := Day(t, l)
	if !m.Exact {
		return day
	}
	if l == phrase.English {
		return day + ", " + t.Format("15:04 ") + r.begins(m).In(r.zone()).Format("MST")
	}
	return day + strconv.Itoa(t.Hour()) + t.Format("時04分")
}

// Day writes the day of a time, in the time's zone, as documents do: 2026年6月8日.
func Day(t time.Time, l phrase.Language) string {
	if l == phrase.English {
		return t.Format("2 January 2006")
	}
	return t.Format("2006年1月2日")
}

// grouped puts separators into a number: "1,874". What is no number stays as it is.
func grouped(digits string) string {
	if len(digits) <= 3 || strings.Trim(digits, "0123456789") != "" {
		return digits
	}
	head := len(digits) % 3
	parts := []string{}
	if head > 0 {
		parts = append(parts, digits[:head])
	}
	for i := head; i < len(digits); i += 3 {
		parts = append(parts, digits[i:i+3])
	}
	return strings.Join(parts, ",")
}
