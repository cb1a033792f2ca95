package flow

import (
	"embed"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/wakachi/wakachi/internal/guidance"
)

//go:embed data/*.tsv
var files embed.FS

var flows = sync.OnceValue(func() map[Name]Flow {
	out := map[Name]Flow{}
	for _, n := range Names() {
		data, _ := files.ReadFile("data/" + string(n) + ".tsv")
		f := Flow{acts: map[Outcome]Act{}, cited: map[Outcome][]string{}, from: map[string]guidance.Provenance{}}
		for line := range strings.Lines(string(data)) {
			if !strings.HasPrefix(line, "#") {
				f.add(strings.Split(strings.TrimRight(line, "\r\n"), "\t"))
			}
		}
		out[n] = f
	}
	return out
})

// columns of each sort of line; a test holds that no line has fewer or more.
var columns = map[string]int{"flow": 4, "question": 4, "outcome": 5, "rule": 5, "act": 9}

func (f *Flow) add(r []string) {
	if len(r) == 0 || len(r) != columns[r[0]] {
		return
	}
	switch r[0] {
	case "flow":
		f.name = Name(r[1])
		f.version, _ = strconv.Atoi(r[2])
		f.date, _ = time.Parse(time.DateOnly, r[3])
	case "question":
		f.questions = append(f.questions, Question(r[1]))
		f.from[r[1]] = from(r[2], r[3], false)
	case "outcome":
		f.outcomes = append(f.outcomes, Outcome(r[1]))
		f.from[r[1]] = from(r[2], r[3], false)
		f.cited[Outcome(r[1])] = strings.Split(r[4], ",")
	case "rule":
		f.rules = append(f.rules, Rule{Outcome(r[1]), conditions(r[2]), from(string(guidance.Design), r[3], r[4] == "verify")})
	case "act":
		f.acts[Outcome(r[1])] = Act{
			Outcome: Outcome(r[1]), Purpose: r[2], Audience: r[3], Latest: r[4], By: r[5],
			Contents: strings.Split(r[6], ","), From: from(r[7], r[8], true),
		}
	}
}

func from(mark, source string, verify bool) guidance.Provenance {
	s, _ := guidance.SourceOf(source)
	return guidance.Provenance{Mark: guidance.Mark(mark), Source: source, Read: s.Read, Verify: verify}
}

func conditions(cell string) []Condition {
	var out []Condition
	for c := range strings.SplitSeq(cell, ",") {
		question, answers, _ := strings.Cut(c, "=")
		var list []Answer
		for a := range strings.SplitSeq(answers, "/") {
			list = append(list, Answer(a))
		}
		out = append(out, Condition{Question(question), list})
	}
	return out
}

// last gives the condition a picture draws the rule's arrow from.
func (r Rule) last() Condition { return r.When[len(r.When)-1] }

// final says whether a rule speaks of the whole flow: its arrow leaves from the end.
func (f Flow) final(r Rule) bool { return len(r.When) == len(f.questions) && len(f.questions) > 1 }

func (c Condition) allows(a Answer) bool { return slices.Contains(c.Answers, a) }
