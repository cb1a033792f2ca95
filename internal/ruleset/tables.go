package ruleset

import (
	"embed"
	"strings"
	"sync"

	"github.com/wakachi/wakachi/internal/indicator"
)

//go:embed data/*.tsv
var data embed.FS

// rows gives the lines of a data file, cut at tabs.
func rows(name string, columns int) [][]string {
	b, err := data.ReadFile("data/" + name)
	if err != nil {
		return nil
	}
	var out [][]string
	for line := range strings.Lines(string(b)) {
		line = strings.TrimRight(line, "\n")
		if f := strings.Split(line, "\t"); !strings.HasPrefix(line, "#") && len(f) == columns {
			out = append(out, f)
		}
	}
	return out
}

type words struct{ ja, en string }

// labels gives what each label allows.
var labels = sync.OnceValue(func() map[string]words {
	out := map[string]words{}
	for _, f := range rows("label.tsv", 3) {
		out[f[0]] = words{f[1], f[2]}
	}
	return out
})

// An engine is one target, and the version its files are made for.
type engine struct{ name, version string }

var engines = sync.OnceValue(func() map[Target]engine {
	out := map[Target]engine{}
	for _, f := range rows("engine.tsv", 5) {
		out[Target(f[0])] = engine{f[1], f[2]}
	}
	return out
})

// A saying is how an engine names a type of value, or why it cannot.
type saying struct {
	word   string // the engine's own; empty if there is none
	reason Reason // of an empty word
}

// sayings has, for an engine, each type; digests are named type/algorithm.
var sayings = sync.OnceValue(func() map[Target]map[string]saying {
	out := map[Target]map[string]saying{}
	for _, f := range rows("saying.tsv", 4) {
		t := Target(f[0])
		if out[t] == nil {
			out[t] = map[string]saying{}
		}
		if say := (saying{word: f[2]}); f[2] == "-" {
			out[t][f[1]] = saying{reason: Reason("ruleset." + f[3])}
		} else {
			out[t][f[1]] = say
		}
	}
	return out
})

// say gives the engine's word for a value. Without one, it counts the value.
func (s *set) say(v indicator.Value) (string, bool) {
	kind := string(v.Type)
	if v.Hash != indicator.NoHash {
		kind += "/" + string(v.Hash)
	}
	say, ok := sayings()[s.target][kind]
	if !ok {
		say.reason = NoField
	}
	if say.word == "" {
		s.miss(v.Type, say.reason)
	}
	return say.word, say.word != ""
}

// writers has what makes the files of each target.
func writers() map[Target]func(*set) error {
	return map[Target]func(*set) error{
		Splunk:     writeSplunk,
		Elastic:    writeElastic,
		Suricata:   writeSuricata,
		Zeek:       writeZeek,
		RPZ:        writeRPZ,
		DuckDB:     writeDuckDB,
		ClickHouse: writeClickHouse,
		Sigma:      writeSigma,
		YARA:       writeYARA,
	}
}
