package stix

import (
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/parcel"
)

// Texts of ours that say what an object is for.
const (
	groupingName = "共有パッケージ / sharing parcel"
	askAbstract  = "確認依頼 / request"
	askBy        = "（回答期限 / answer by: "
	useUntil     = "利用期限 / use until: "
)

// note takes what a sender asks out of a note in our own form.
func (r *reader) note(it *item) {
	content := it.root.say("content")
	abstract, has := it.root.member("abstract")
	switch {
	case !has && content == handling:
		it.fate = framed
		it.say("content")
		return
	case !has || abstract.text() != askAbstract && abstract.text() != "-":
		it.lose(Text)
		return
	}
	it.fate = told
	it.say("content")
	it.say("abstract")
	if text, date, ok := strings.Cut(content, askBy); ok {
		if due, err := time.Parse(time.DateOnly, strings.TrimSuffix(date, "）")); err == nil {
			r.due(due)
			content = text
		}
	}
	r.asks = addOnce(r.asks, content)
}

// conditions takes what statements demand, and the PAP, into the letter. Nothing stated is
// nothing permitted: the PAP stays PAP:RED.
func (r *reader) conditions(m Marked) {
	var kept []string
	for _, c := range m.Conditions {
		c, until := cutUntil(c)
		r.until(until)
		if c != "" {
			kept = addOnce(kept, c)
		}
	}
	r.letter.Conditions = strings.Join(kept, "\n")
	if m.Stated {
		r.letter.PAP = m.PAP
	}
}

// cutUntil takes the last day of use off a statement in the form in which statement writes
// it.
func cutUntil(text string) (rest string, until time.Time) {
	at := strings.LastIndex(text, useUntil)
	if at < 0 {
		return text, time.Time{}
	}
	day, err := time.Parse(time.DateOnly, text[at+len(useUntil):])
	if err != nil {
		return text, time.Time{}
	}
	return strings.TrimSuffix(text[:at], " / "), day
}

// until and due keep the earlier of two days.
func (r *reader) until(t time.Time) { r.letter.Until = earlier(r.letter.Until, t) }
func (r *reader) due(t time.Time)   { r.letter.AskDue = earlier(r.letter.AskDue, t) }

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// ownText reads an indicator's description if it is one we write: what indicatorText made
// of a fact.
func ownText(description string) (f parcel.Fact, ok bool) {
	if at := strings.LastIndexByte(description, ' '); at >= 0 {
		first, last, two := strings.Cut(description[at+1:], "/")
		if day(first) && (!two || day(last)) {
			f.First, f.Last = first, last
		}
	}
	for _, suspected := range []bool{false, true} {
		f.Suspected = suspected
		f.Role = ""
		if indicatorText(f) == description {
			return f, true
		}
		for role := range roleNames {
			if f.Role = role; indicatorText(f) == description {
				return f, true
			}
		}
	}
	return parcel.Fact{}, false
}

func day(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}
