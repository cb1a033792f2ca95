package disguise

import (
	"embed"
	"strings"
	"sync"

	"golang.org/x/text/unicode/norm"
)

//go:embed data/*.tsv
var dataFiles embed.FS

// rows gives the cells of a data file's lines, without comments and blank lines. A file
// that is not embedded has no rows.
func rows(name string) [][]string {
	raw, err := dataFiles.ReadFile("data/" + name)
	if err != nil {
		return nil
	}
	var out [][]string
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" || line[0] == '#' {
			continue
		}
		out = append(out, strings.Split(line, "\t"))
	}
	return out
}

// A generic word is shared by many organisations and never identifies one.
type genericWord struct {
	folded  string // as fold writes it
	reading string // folded kana, or ""
	where   string // tail, place, alone or joined
}

// wordLists are the dictionaries that derivation and boundaries read, all folded.
type wordLists struct {
	legal    []string        // longest first
	tails    []genericWord   // longest first
	places   []genericWord   // longest first
	alone    map[string]bool // every generic word: none is a needle of its own
	accounts map[string]bool
	before   map[string]bool // words before a two-ideograph name
	after    map[string]bool
	joined   map[string]bool // generic words in ASCII and romaji, which may follow a short name
}

// join keeps the ways to write a generic word in ASCII.
func (w *wordLists) join(g genericWord, reading string) {
	if isASCII(g.folded) && len(g.folded) >= 2 {
		w.joined[g.folded] = true
	}
	if allKana(g.reading) {
		for _, latin := range romajiOf(reading) {
			w.joined[latin] = true
		}
	}
}

var words = sync.OnceValue(loadWords)

func loadWords() *wordLists {
	w := &wordLists{
		alone: map[string]bool{}, accounts: map[string]bool{},
		before: map[string]bool{}, after: map[string]bool{}, joined: map[string]bool{},
	}
	for _, r := range rows("legal.tsv") {
		form := strings.ToLower(norm.NFKC.String(r[0]))
		if form[0] < 0x80 && form[0] != '(' && isASCII(form) {
			form = strings.ReplaceAll(form, ".", "")
		}
		w.legal = append(w.legal, form)
	}
	byLength(w.legal, func(s string) string { return s })
	for _, r := range rows("generic.tsv") {
		if len(r) < 3 {
			continue
		}
		g := genericWord{foldString(r[0]), foldString(r[1]), r[2]}
		if g.where != "alone" {
			w.join(g, r[1])
		}
		if g.where == "joined" {
			continue
		}
		w.alone[g.folded] = true
		switch g.where {
		case "tail":
			w.tails = append(w.tails, g)
		case "place":
			w.places = append(w.places, g)
		}
	}
	byLength(w.tails, func(g genericWord) string { return g.folded })
	byLength(w.places, func(g genericWord) string { return g.folded })
	for _, r := range rows("accounts.tsv") {
		w.accounts[foldString(r[0])] = true
	}
	for _, r := range rows("neighbours.tsv") {
		if len(r) < 2 {
			continue
		}
		if r[1] == "before" {
			w.before[foldString(r[0])] = true
		} else {
			w.after[foldString(r[0])] = true
		}
	}
	return w
}
