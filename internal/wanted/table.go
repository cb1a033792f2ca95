package wanted

import (
	"strconv"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/misp"
	"github.com/wakachi/wakachi/internal/tlp"
)

// tableLine reads one line of a table.
func (r *reader) tableLine(line, ref string) error {
	r.cells = cells(r.cells[:0], line, r.columns.sep)
	e := Entry{Ref: ref, Line: r.in.line, Confidence: NotSaid, TLP: r.mark}
	typeCell, detect := r.describe(&e)
	r.tally.label(e.TLP)
	said := false
	for i, text := range r.cells {
		if i >= len(r.columns.list) || text == "" {
			continue
		}
		var err error
		switch col := &r.columns.list[i]; col.role {
		case valueRole:
			err = r.valueCell(e, typeCell, text, detect)
		case kindRole:
			err = r.kindCell(e, &col.kind, text, detect)
		default:
			continue
		}
		if err != nil {
			return err
		}
		said = true
	}
	if !said {
		r.tally.pass(NotAValue, "", ref, line)
	}
	return nil
}

// describe reads what a line says of its values: their type, whether they are meant for
// detection, and what belongs to the entry.
func (r *reader) describe(e *Entry) (typeCell string, detect bool) {
	detect = true
	for i, text := range r.cells {
		if i >= len(r.columns.list) || text == "" {
			continue
		}
		switch role := r.columns.list[i].role; role {
		case typeRole:
			typeCell = text
		case detectRole:
			detect = !isNo(text)
		case sinceRole, untilRole, seenRole:
			e.date(role, timeOf(text))
		default:
			e.describe(role, text)
		}
	}
	return typeCell, detect
}

// describe puts what a cell says into an entry.
func (e *Entry) describe(role role, text string) {
	switch role {
	case refRole:
		e.Ref = oneLine(text, maxExample)
	case noteRole:
		e.Comment = joined(e.Comment, text)
	case nameRole:
		e.Name = joined(e.Name, text)
	case portRole:
		e.Port = portOf(text)
	case trustRole:
		e.Confidence = confidenceOf(text)
	case tlpRole:
		// What is no label goes to nobody, as if there were none.
		e.TLP, _ = tlp.Parse(text)
	}
}

// date puts a point in time into an entry.
func (e *Entry) date(role role, t time.Time) {
	switch role {
	case sinceRole:
		e.Since = t
	case untilRole:
		e.Until = t
	case seenRole:
		e.LastSeen = t
	}
}

func joined(already, text string) string {
	if already != "" {
		text = already + " / " + text
	}
	return oneLine(text, maxNote)
}

// valueCell reads a value whose type stands in another cell, or nowhere.
func (r *reader) valueCell(e Entry, typeCell, text string, detect bool) error {
	k := anything
	if typeCell != "" {
		known, ok := typeWord(typeCell)
		switch {
		case ok:
			k = known
		default:
			if values, why := misp.Values(strings.ToLower(typeCell), text); why != misp.Unsupported {
				return r.composite(e, values, why, text, detect)
			}
		}
	}
	return r.kindCell(e, &k, text, detect)
}

// anything is the kind of a value of which nothing is said.
var anything = kind{word: "value", guess: true}

// composite judges the values of a type as MISP names it.
func (r *reader) composite(e Entry, values []misp.Value, why misp.Why, text string, detect bool) error {
	if reason, ok := refused[why]; ok {
		r.tally.pass(reason, "", e.Ref, text)
	}
	port := e.Port
	for _, v := range values {
		e.Value, e.Port = v.Value, port
		if v.Port != 0 {
			e.Port = v.Port
		}
		if err := r.cell(e, text, detect); err != nil {
			return err
		}
	}
	return nil
}

// kindCell reads a value of a kind.
func (r *reader) kindCell(e Entry, k *kind, text string, detect bool) error {
	if v, ok := r.quick.value(text); ok && k.allows(v) {
		e.Value = v
		return r.cell(e, text, detect)
	}
	v, port, why := k.read(text)
	if why != "" {
		r.tally.pass(why, k.unsupported(why), e.Ref, text)
		return nil
	}
	e.Value = v
	if port != 0 {
		e.Port = port
	}
	return r.cell(e, text, detect)
}

// cell judges a value of a table. A port belongs only to what can have one.
func (r *reader) cell(e Entry, text string, detect bool) error {
	if !detect && r.held(ToIDsFalse) {
		r.tally.pass(ToIDsFalse, "", e.Ref, text)
		return nil
	}
	if !reachable(e.Value.Type) {
		e.Port = 0
	}
	return r.judge(&e, text)
}

func isNo(s string) bool {
	switch strings.ToLower(s) {
	case "0", "false", "no", "n", "いいえ", "無":
		return true
	}
	return false
}

// confidenceOf reads a number up to 100, or a word.
//
// SPEC: STIX 2.1 appendix A, the scale "None / Low / Med / High".
func confidenceOf(s string) int {
	switch strings.ToLower(s) {
	case "none", "なし":
		return 0
	case "low", "低":
		return 15
	case "medium", "med", "moderate", "中":
		return 50
	case "high", "高":
		return 85
	}
	n, err := strconv.Atoi(strings.TrimSuffix(s, "%"))
	if err != nil || n < 0 || n > 100 {
		return NotSaid
	}
	return n
}

// timeOf reads a day or a point in time as lists write them, in UTC where they do not say;
// zero for what is none.
func timeOf(s string) time.Time {
	s = strings.TrimSuffix(s, " UTC")
	for _, layout := range []string{
		"2006-01-02", time.RFC3339Nano, "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006/1/2", "2006/1/2 15:04:05",
		"2006/1/2 15:04", "2006年1月2日", "20060102",
	} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && n > 1e8 && n < 1e10 {
		return time.Unix(n, 0).UTC()
	}
	return time.Time{}
}
