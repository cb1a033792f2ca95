package classify_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/wakachi/wakachi/internal/incident"
)

// placements are the places where people say from whom they have a value: § is what they say, X the value.
var placements = map[string]string{
	"above a list":               "§。\n- C2: X\n",
	"above a list, dated":        "9/14、§。\n・通信先 X\n",
	"above a list, with a time":  "14:20 §。\n・通信先 X\n",
	"above a list, with a colon": "§:\n  X\n",
	"above a table":              "§。\n\n| 値 | 何か |\n|---|---|\n| X | C2 |\n",
	"above a blank line":         "§。\n\nX\n",
	"as a heading":               "## §\n\n- X\n",
	"as a numbered heading":      "3．§\n・X\n",
	"as an item":                 "- §\n  - X\n  - 198.51.100.5\n",
	"as a numbered item":         "(1) §。\n  - X\n",
	"in a quotation":             "> §。\n> - X\n",
	"below":                      "通信先 X\n上記は §。\n",
	"below, in a bracket":        "- 通信先 X\n（§）\n",
	"below, indented":            "X\n  §\n",
	"behind":                     "- X（§）\n",
	"behind a colon":             "§：X\n",
	"in the row":                 "| 値 | 備考 |\n|---|---|\n| X | § |\n",
	"in the sentence":            "X は §。",
	"in the sentence before":     "§。X と 198.51.100.5。",
	"in the sentence after":      "X に注意。§。",
}

// english puts the words and marks around a statement into its language.
var english = strings.NewReplacer("。", ". ", "（", " (", "）", ")", "：", ": ", "上記は", "The above: ", "通信先", "C2", "に注意", " is to be watched", " は ", ": ", " と ", " and ")

// What was told holds wherever it stands, in whatever words: the budgets are what is not understood yet, and only shrink.
func TestConditionsHoweverTheyArePlaced(t *testing.T) {
	file, err := os.ReadFile("testdata/received.tsv")
	if err != nil {
		t.Fatal(err)
	}
	const mayLeak, mayStay = 116, 36
	asked, leaked, stayed := map[string]int{}, 0, 0
	for line := range strings.Lines(string(file)) {
		want, told, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !ok {
			continue
		}
		for place, text := range placements {
			if !japanese(told) {
				text = english.Replace(text)
			}
			text = "調べたことを書く。\n\n" + strings.NewReplacer("§", told, "X", address).Replace(text)
			asked[want]++
			left := slices.ContainsFunc(propose(t, "n.md", text), func(i incident.Item) bool { return i.Value.Value == address && leaves(i) })
			switch {
			case want == "hold" && left:
				leaked++
				t.Logf("leaks, %s: %s", place, told)
			case want == "leave" && !left:
				stayed++
				t.Logf("stays, %s: %s", place, told)
			}
		}
	}
	t.Logf("of %d to hold %d leak, of %d to leave %d stay", asked["hold"], leaked, asked["leave"], stayed)
	if leaked > mayLeak || stayed > mayStay {
		t.Errorf("%d leak and %d stay; %d and %d may", leaked, stayed, mayLeak, mayStay)
	}
}
