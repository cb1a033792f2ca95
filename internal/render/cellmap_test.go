package render

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/wakachi/wakachi/internal/fault"
)

func TestMapsThatAreNone(t *testing.T) {
	for text, want := range map[string]string{
		"":                                "render.map.key",
		"form: tax":                       "render.map.key",
		"form: ppc\nsheets: x":            "render.map.unknown",
		"form: ppc\ncells: {colour: A1}":  "render.map.key",
		"form: ppc\ncells: {persons: A1}": "render.map.cell", // on no sheet
		"form: ppc\nsheet: s\ncells: {persons: 12}":                                  "render.map.cell",
		"form: ppc\nsheet: s\ncells: {persons: A0}":                                  "render.map.cell",
		"form: ppc\nsheet: s\ncells: {persons: ZZZZ9}":                               "render.map.cell",
		"form: ppc\nsheet: s\ncells: {persons: [{cell: A1}]}":                        "render.map.cell",
		"form: ppc\nsheet: s\ncells: {persons: [{cell: A1, is: x, write: y, z: 1}]}": "render.map.cell",
		"form: [":                     "render.map.broken",
		"form: ppc\nform: ppc":        "render.map.broken",
		"form: ppc\n---\nform: ppc":   "render.map.broken",
		"- form: ppc":                 "render.map.broken",
		"form: ppc\ncells: [persons]": "render.map.broken",
		strings.Repeat("#", 70_000):   "render.map.large",
		"form: ppc\nsheet: s\ncells: {persons: [" + strings.Repeat("{cell: A1,is: x,write: y},", 2400) + "]}": "render.map.twice",
		"form: ppc\nsheet: s\ncells: {persons: A1, cause: a1}":                                                "render.map.twice",
		"form: ppc\nsheet: s\ncells: {persons: A1, cause: 'S!A1'}":                                            "render.map.twice",
		"form: ppc\nsheet: s\ncells: {persons: A1, cause: [{cell: A1, is: x, write: y}]}":                     "render.map.twice",
	} {
		if _, err := ReadCellMap("map.yaml", strings.NewReader(text)); code(err) != want {
			t.Errorf("%.60q: %v, want %s", text, err, want)
		}
	}
}

// A map is read as it stands: what a parser would multiply, or walk for seconds, is refused first.
func TestMapsThatGrow(t *testing.T) {
	laughs := "x0: &x0 [l,l,l,l,l,l,l,l,l]\n"
	for i := range 8 {
		laughs += fmt.Sprintf("x%d: &x%d [%s]\n", i+1, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*x%d,", i), 9), ","))
	}
	begin := "form: ppc\nsheet: s\ncells:\n  persons: "
	for what, c := range map[string]struct{ text, code, line string }{
		"an alias":                 {begin + "&a A1\n  cause: *a\n", "render.map.alias", "4"},
		"an alias for a list":      {begin + "A1\n  cause: *a\n", "render.map.alias", "5"},
		"a tag":                    {begin + "!!str A1\n", "render.map.alias", "4"},
		"aliases of aliases":       {laughs + begin + "*x8\n", "render.map.alias", "1"},
		"aliases in the cells":     {"form: ppc\nsheet: s\ncells:\n  persons: A1\n  cause: [*a, *a]", "render.map.broken", "5"},
		"merged keys":              {"form: ppc\nsheet: s\ncells:\n  <<: *a\n", "render.map.broken", "4"},
		"sixty thousand brackets":  {begin + "\n   " + strings.Repeat("[", 60_000), "render.map.broken", "5"},
		"sixty thousand braces":    {begin + strings.Repeat("{", 60_000), "render.map.broken", "4"},
		"thirty thousand dashes":   {begin + "\n" + strings.Repeat("- ", 30_000), "render.map.broken", ""},
		"thirty thousand marks":    {strings.Repeat("? ", 30_000), "render.map.broken", "1"},
		"a word that is not known": {"form: ppc\nsheets: x", "render.map.unknown", "2"},
		"a question that is not":   {"form: ppc\nsheet: s\ncells:\n  persons: A1\n  colour: A1", "render.map.key", "5"},
		"a cell that is none":      {"form: ppc\nsheet: s\ncells:\n  persons: A1\n  cause: B", "render.map.cell", "5"},
		"a long word":              {"form: ppc\n" + strings.Repeat("x", 9000) + ": 1", "render.map.unknown", "2"},
	} {
		_, err := ReadCellMap("m.yaml", strings.NewReader(c.text))
		f, ok := err.(*fault.Error)
		if !ok || f.Code != c.code || f.Args[0] != "m.yaml" || c.line != "" && f.Args[1] != c.line {
			t.Errorf("%s: %.100v, want %s in line %s", what, err, c.code, c.line)
		}
		if len(fmt.Sprint(err)) > 300 {
			t.Errorf("%s: an error of %d bytes", what, len(fmt.Sprint(err)))
		}
	}
}

func TestMapsAreRead(t *testing.T) {
	want := []MappedCell{
		{Key: "persons", Sheet: "様式", Cell: "C12"}, {Key: "cause", Sheet: "別紙", Cell: "B4"}, {Key: "prevention", Sheet: "it's!", Cell: "B5"},
		{Key: "stage", Sheet: "様式", Cell: "D3", Is: "はい", Write: "☑"}, {Key: "stage", Sheet: "様式", Cell: "D3", Is: "1", Write: "☐"},
	}
	for _, text := range []string{
		"form: ppc\nsheet: 様式\ncells:\n  persons: c12\n  cause: 別紙!B4\n  prevention: \"'it''s!'!B5\"\n  stage:\n  - {cell: D3, is: はい, write: ☑}\n  - cell: D3\n    is: 1\n    write: ☐\n",
		`{"form": "ppc", "sheet": "様式", "cells": {"persons": "C12", "cause": "別紙!B4", "prevention": "'it''s!'!B5", "stage": [{"cell": "D3", "is": "はい", "write": "☑"}, {"cell": "D3", "is": "1", "write": "☐"}]}}`,
	} {
		if m := mapOf(t, text); m.Form != "ppc" || !slices.Equal(m.Cells, want) {
			t.Errorf("%+v, want %+v", m, want)
		}
	}
}

func FuzzReadCellMap(f *testing.F) {
	f.Add("form: ppc\nsheet: 様式\ncells:\n  persons: C12\n  cause: 別紙!B4\n  organisation: [{cell: D3, is: はい, write: ☑}]\n")
	f.Add("{\"form\": \"act42\", \"cells\": {}}")
	f.Add("form: &a ppc\ncells: *a\n")
	f.Add("form: ppc\ncells: {persons: [[{? a}]], <<: !t x}\n---\n")
	f.Fuzz(func(t *testing.T, text string) {
		m, err := ReadCellMap("m", strings.NewReader(text))
		if err != nil {
			if f, ok := err.(*fault.Error); !ok || f.Kind == fault.Internal || len(err.Error()) > 500 {
				t.Errorf("%T %v", err, err)
			}
			return
		}
		for _, c := range m.Cells {
			if c.Sheet == "" || c.Cell == "" || c.Key == "" {
				t.Errorf("%+v", c)
			}
		}
	})
}
