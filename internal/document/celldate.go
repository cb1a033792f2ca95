package document

import (
	"encoding/xml"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/incident"
)

// A dateKind is what a number format makes of a number.
type dateKind uint8

const (
	noDate   dateKind = iota
	dateTime          // a day, a time of day or both, whichever the number holds
	elapsed           // hours beyond 24
)

// readStyles learns which styles of cells show dates. What a format writes beside the number is
// text like any other, and hidden from whoever reads the number only.
//
// SPEC: ECMA-376 Part 1, §18.8.30 and §18.8.31.
func (w *workbook) readStyles(pg *page, name string) error {
	if w.done[name] || w.word.parts[name] == nil {
		return nil
	}
	w.done[name] = true
	custom := map[int]dateKind{}
	err := w.walk(pg, name, func(path []string, e xml.StartElement, _ string, end bool) {
		switch {
		case end:
		case e.Name.Local == "numFmt":
			id, err := strconv.Atoi(attr(e, "numFmtId"))
			code := attr(e, "formatCode")
			if err == nil {
				custom[id] = formatKind(code)
			}
			if strings.Contains(code, `"`) {
				pg.add(len(pg.note.Lines)+1, "format: "+flat(code), incident.Hidden)
			}
		case e.Name.Local == "xf" && len(path) > 1 && path[len(path)-2] == "cellXfs":
			id, _ := strconv.Atoi(attr(e, "numFmtId"))
			kind, ok := custom[id]
			if !ok {
				kind = builtinKind(id)
			}
			w.dates = append(w.dates, kind)
		}
	})
	return w.r.settle(w.p.file+"/"+name, err)
}

// builtinKind knows the formats that have a number only, those of Japanese Excel too.
func builtinKind(id int) dateKind {
	switch {
	case id == 46:
		return elapsed
	case id >= 14 && id <= 22, id >= 27 && id <= 36, id == 45, id == 47, id >= 50 && id <= 58:
		return dateTime
	}
	return noDate
}

// formatKind tells a date by the letters of a format that stand for themselves.
func formatKind(code string) dateKind {
	code, _, _ = strings.Cut(code, ";")
	low := strings.ToLower(code)
	for _, s := range []string{"[h]", "[hh]", "[m]", "[mm]", "[s]", "[ss]"} {
		if strings.Contains(low, s) {
			return elapsed
		}
	}
	if strings.Contains(low, "general") || strings.Contains(low, "g/標準") {
		return noDate
	}
	quoted, bracket := false, false
	for i := 0; i < len(low); i++ {
		switch c := low[i]; {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\\', c == '_', c == '*':
			i++
		case c == '[', c == ']':
			bracket = c == '['
		case bracket:
		case c == '0', c == '#', c == '?':
			// Seconds have a fraction, after a point; other numbers begin with it.
			if i == 0 || low[i-1] != '.' && low[i-1] != '0' {
				return noDate
			}
		case strings.IndexByte("ymdhs", c) >= 0, c == 'e' && strings.Contains(low, "g"):
			return dateTime
		}
	}
	return noDate
}

// serialText writes a number of days as date and time. What is no day of the calendar, and
// every other number, stays as it is kept.
func serialText(raw string, kind dateKind, from04 bool) string {
	v, err := strconv.ParseFloat(raw, 64)
	if kind == noDate || err != nil || math.IsNaN(v) || v < 0 || v >= 2958466 {
		return raw
	}
	ms := int64(math.Round(v * 86_400_000))
	day, rest := ms/86_400_000, ms%86_400_000
	clock := fmt.Sprintf("%02d:%02d:%02d", rest/3_600_000, rest/60_000%60, rest/1000%60)
	if kind == elapsed {
		clock = fmt.Sprintf("%d:%02d:%02d", ms/3_600_000, ms/60_000%60, ms/1000%60)
	}
	if rest%1000 != 0 {
		clock += fmt.Sprintf(".%03d", rest%1000)
	}
	switch {
	case kind == elapsed, day == 0 && !from04:
		return clock
	case from04:
		day += 1462
	case day < 60: // there was no 29 February 1900, except in Excel
		day++
	}
	date := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(day)).Format("2006-01-02")
	if rest == 0 {
		return date
	}
	return date + " " + clock
}
