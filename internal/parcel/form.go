package parcel

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"
	"unicode/utf8"
)

// CSV writes a sheet for a spreadsheet: UTF-8 with a mark, since that is what opens
// rightly in Japanese, values defused so that none is taken for a formula.
func (s Sheet) CSV() []byte {
	var out bytes.Buffer
	out.WriteString("\ufeff")
	w := csv.NewWriter(&out)
	w.UseCRLF = true
	rows := [][]string{{"type", "value", "role", "port", "first_seen", "last_seen", "status", "tlp"}}
	for _, l := range s.Lines {
		port, status := "", "observed"
		if l.Port != 0 {
			port = strconv.Itoa(int(l.Port))
		}
		if l.Suspected {
			status = "suspected"
		}
		rows = append(rows, []string{lineType(l), defuse(lineValue(l)), defuse(l.Role), port, l.First, l.Last, status, s.Label.String()})
	}
	w.WriteAll(rows) //nolint:errcheck // a bytes.Buffer takes everything
	return out.Bytes()
}

// List writes the values one a line, for a search box or grep -F. Patterns and
// families are left out: they are nothing to look for as they stand.
func (s Sheet) List() []byte {
	var out bytes.Buffer
	for _, l := range s.Lines {
		if l.Sort == "indicator" && l.Like == nil && !strings.ContainsAny(l.Value, "\r\n") {
			out.WriteString(l.Value + "\n")
		}
	}
	return out.Bytes()
}

func lineType(l Line) string {
	switch {
	case l.Sort != "indicator":
		return l.Sort
	case l.Hash != "":
		return l.Type + ":" + l.Hash
	}
	return l.Type
}

func lineValue(l Line) string {
	switch {
	case l.Like != nil:
		return strings.Join(l.Like, "*")
	case l.Value == "":
		return l.Family
	}
	return l.Value
}

// defuse puts an apostrophe before what a spreadsheet would calculate, wide forms too.
func defuse(s string) string {
	if first, _ := utf8.DecodeRuneInString(s); s != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
		return "'" + s
	}
	return s
}
