// Package guidance holds what the guidance says, as dated data: kinds, check sheets, flows, questions.
//
// The guidance is サイバー攻撃被害に係る情報の共有・公表ガイダンス of 2023-03-08. Only its official
// overview was read; its full text was not. So every statement here carries a Provenance, and
// all but the overview's own asks to be verified. Statements are in our words and must never
// be shown as quotations: only the Japanese titles of Q1–Q33 are the overview's wording.
//
// The data are tables under data/, Japanese and English side by side in a Text. Package
// phrase holds only the words around them: marks, tiers, signs, records. The arrows of the
// two decision flows are not in the overview's text; our reading of them is in package flow.
//
// Everything is a copy of its table: callers may change what they are given.
package guidance

import (
	"slices"
	"strconv"
	"strings"

	"github.com/wakachi/wakachi/internal/phrase"
)

// A Token is a word of the program, such as a screen's or an act's name, never shown as it is.
type Token string

// A Text is one statement in both languages, plain text without markup.
type Text struct {
	JA string `json:"ja"` // never empty
	EN string `json:"en"` // never empty
}

// In gives the text in one language.
func (t Text) In(l phrase.Language) string {
	if l == phrase.English {
		return t.EN
	}
	return t.JA
}

// A Mark says how we know a statement. The words for it are "guidance.mark." + the mark.
type Mark string

// From the firmest to our own.
const (
	Seed   Mark = "seed"   // stated in the overview
	Found  Mark = "found"  // stated by the source named, about the guidance or beside it
	Recall Mark = "recall" // remembered of the unread guidance: a hypothesis
	Design Mark = "design" // a ruling of this product
)

// A Provenance says where a statement is from. The zero Provenance has no source and must
// not be shown; none of the tables has one.
type Provenance struct {
	Mark   Mark   `json:"mark"`
	Source string `json:"source"` // key for SourceOf, such as "overview"
	Read   string `json:"read"`   // the day the source was read, "2026-11-22"
	Verify bool   `json:"verify"` // nobody has held it against the primary text yet
}

// A Statement is a text and where it is from.
type Statement struct {
	Text
	From Provenance `json:"from"`
}

// A Source is a document that was read, or that ought to be.
type Source struct {
	Key     string `json:"key"`
	Title   Text   `json:"title"`
	Address string `json:"address,omitempty"` // URL; empty for our own rulings
	Read    string `json:"read"`              // "2026-11-22"; for what is unread, the day we looked for it
}

// SourceOf looks up the source of a Provenance.
func SourceOf(key string) (Source, bool) {
	s, ok := tables().sources[key]
	return s, ok
}

// Sources lists every source in the order of its table.
func Sources() []Source {
	out := make([]Source, 0, len(tables().sourceKeys))
	for _, key := range tables().sourceKeys {
		out = append(out, tables().sources[key])
	}
	return out
}

// A Point is one of the points the overview makes.
type Point struct {
	ID string `json:"id"` // "1-1" to "2-3", "3", "4", as items and messages cite them
	Statement
}

// Points lists them in the overview's order.
func Points() []Point { return slices.Clone(tables().points) }

// PointOf looks up a point by its id, such as "1-2".
func PointOf(id string) (Point, bool) {
	i := slices.IndexFunc(tables().points, func(p Point) bool { return p.ID == id })
	if i < 0 {
		return Point{}, false
	}
	return tables().points[i], true
}

// A Section is a part of the explanation: a heading and paragraphs.
type Section struct {
	ID    Token       `json:"id"`
	Title Text        `json:"title"` // ours
	Body  []Statement `json:"body"`  // at least one
}

// Explanation is a page to hand to management or to the other party: what the guidance is,
// what sharing is and is not, why technical information goes early, why nobody is named.
// Guidance: overview, "調整の相手方への説明資料として".
func Explanation() []Section {
	out := slices.Clone(tables().explanation)
	for i := range out {
		out[i].Body = slices.Clone(out[i].Body)
	}
	return out
}

// Cite gives the words behind a reference as outcomes, items and messages bear it: a point
// such as "1-2", or the title of a question such as "Q8".
func Cite(ref string) (Statement, bool) {
	if p, ok := PointOf(ref); ok {
		return p.Statement, true
	}
	number, ok := strings.CutPrefix(ref, "Q")
	n, err := strconv.Atoi(number)
	if !ok || err != nil {
		return Statement{}, false
	}
	q, ok := QuestionOf(n)
	return Statement{q.Title, q.TitleFrom}, ok
}
