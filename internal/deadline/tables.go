package deadline

import (
	"embed"
	"strings"
	"sync"

	_ "time/tzdata" // rules are counted in their own zones, also where the machine knows none

	"github.com/wakachi/wakachi/internal/guidance"
)

//go:embed data/*.tsv data/*.yaml
var files embed.FS

// A shelf is all bundled data.
type shelf struct {
	rules   []Rule
	regimes []Body
	events  []Event
	traits  []Trait
	words   map[string]guidance.Text
	sources map[string]Source
	faults  []error // of the bundled rules; a test holds that there are none
}

var ruleFiles = []string{"japan", "europe", "elsewhere"}

var tables = sync.OnceValue(func() shelf {
	s := shelf{words: map[string]guidance.Text{}, sources: map[string]Source{}}
	for _, r := range rows("sources", 5) {
		s.sources[r[0]] = Source{r[0], guidance.Text{JA: r[1], EN: r[2]}, r[3], r[4]}
	}
	for _, r := range rows("regimes", 6) {
		zone, open := strings.CutSuffix(r[2], "?")
		s.regimes = append(s.regimes, Body{Regime(r[0]), r[1], zone, r[3], guidance.Text{JA: r[4], EN: r[5]}, open})
	}
	for _, r := range rows("names", 4) {
		s.words[r[1]] = guidance.Text{JA: r[2], EN: r[3]}
		if r[0] == "event" {
			s.events = append(s.events, Event(r[1]))
		} else {
			s.traits = append(s.traits, Trait(r[1]))
		}
	}
	for _, name := range ruleFiles {
		data, _ := files.ReadFile("data/" + name + ".yaml")
		rules, err := bundled(name, data, s)
		if err != nil {
			s.faults = append(s.faults, err)
		}
		s.rules = append(s.rules, rules...)
	}
	return s
})

// rows gives the lines of a table; a test holds that none has fewer or more columns.
func rows(name string, columns int) [][]string {
	data, _ := files.ReadFile("data/" + name + ".tsv")
	var out [][]string
	for line := range strings.Lines(string(data)) {
		r := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		if len(r) == columns && !strings.HasPrefix(line, "#") {
			out = append(out, r)
		}
	}
	return out
}
