// Package report composes publication reports, authority forms and consultation packs.
//
// Everything is made from one Record: facts with their standing, deeds with their receipts, and the
// items of the incident. Compose makes a Document for readers outside, Fill a Filling for an office.
// A sentence knows which facts it tells, and its wording follows their standing: what nobody has
// looked into is never "not confirmed". A person may then edit a Document as text (Document.Text,
// Parse); what they wrote themselves is told apart from what the record says, and Check says
// what is wrong with it.
//
// Everything here is a function of values, and no function yields what package parcel holds: a
// filing and a publication are doors of their own.
package report

import (
	"strings"

	"github.com/wakachi/wakachi/internal/phrase"
)

// A Document is a text for readers outside, ready to be set by package render. The zero Document
// is empty.
type Document struct {
	Language phrase.Language
	Title    string
	From     string  // the organisation that speaks, as it calls itself; may be empty
	Date     string  // as printed: 2026年11月23日; may be empty
	To       string  // as printed: 報道関係者各位; may be empty
	Label    string  // printed on every page, such as 承認前・社外秘; empty once approved
	Blocks   []Block // the body, in order
}

// A Block is a part of a Document. Its Sort says which of the other fields it uses.
type Block struct {
	Sort      BlockSort
	Sentences []Sentence // of a Heading or Paragraph, read on; of a List one an entry
	Table     Table      // of a Grid
	Level     int        // of a Heading: 1 or 2
}

// A BlockSort says what a Block is.
type BlockSort uint8

// The sorts of blocks.
const (
	Paragraph BlockSort = iota
	Heading
	List
	Grid
)

// A Sentence is the smallest thing with a source.
type Sentence struct {
	Text     string   // one line, no markup
	Facts    []Field  // what it tells; none of words that tell nothing
	Standing Standing // the least sure of those facts
	Written  bool     // a person wrote it: nothing in the record stands behind it yet
}

// A Table has Head cells for each of its columns and rows of as many. Cells may hold line feeds.
type Table struct {
	Head []string // empty: the first column of each row is its head
	Rows [][]Cell
}

// A Cell is one cell of a table.
type Cell struct {
	Text  string
	Facts []Field
}

// Plain gives a block's text without its structure, for searching: sentences and cells, a line each.
func (b Block) Plain() []string {
	var out []string
	if b.Sort == Grid {
		if len(b.Table.Head) > 0 {
			out = append(out, strings.Join(b.Table.Head, "\t"))
		}
		for _, row := range b.Table.Rows {
			for _, c := range row {
				out = append(out, c.Text)
			}
		}
		return out
	}
	for _, s := range b.Sentences {
		out = append(out, s.Text)
	}
	return out
}

// Joined gives sentences as they are read on: Japanese without a space between them, English with one.
func Joined(sentences []Sentence, l phrase.Language) string {
	texts := make([]string, len(sentences))
	for i, s := range sentences {
		texts[i] = s.Text
	}
	if l == phrase.English {
		return strings.Join(texts, " ")
	}
	return strings.Join(texts, "")
}

// Shares says how a page should be shared between the columns: what is short gets what it takes, the rest is
// shared by the longest line of each. They add up to 1; there are none for an empty table.
func (t Table) Shares() []float64 {
	const line, pad = 90, 4 // half-width characters of a page, and what a cell needs beside its text
	longest := t.longest()
	out := make([]float64, len(longest))
	left, open := float64(line), len(longest)
	for again := true; again && open > 0; {
		again = false
		for i, l := range longest {
			if wide := float64(l + pad); out[i] == 0 && wide <= left/float64(open) {
				out[i], left, open, again = wide, left-wide, open-1, true
			}
		}
	}
	total := 0
	for i, l := range longest {
		if out[i] == 0 {
			total += l
		}
	}
	sum := 0.0
	for i, l := range longest {
		if out[i] == 0 {
			out[i] = left * float64(l) / float64(total)
		}
		sum += out[i]
	}
	for i := range out {
		out[i] /= sum
	}
	return out
}

// longest measures the longest line of each column in half-width characters, none above two hundred.
func (t Table) longest() []int {
	n := len(t.Head)
	for _, row := range t.Rows {
		n = max(n, len(row))
	}
	out := make([]int, n)
	measure := func(i int, text string) {
		for line := range strings.SplitSeq(text, "\n") {
			wide := 0
			for _, r := range line {
				if wide++; r > 0x2E7F {
					wide++ // full width
				}
			}
			out[i] = max(out[i], min(wide, 200), 1)
		}
	}
	for i, h := range t.Head {
		measure(i, h)
	}
	for _, row := range t.Rows {
		for i, c := range row {
			measure(i, c.Text)
		}
	}
	for i := range out {
		out[i] = max(out[i], 1)
	}
	return out
}
