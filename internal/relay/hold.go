package relay

import (
	_ "embed"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/wakachi/wakachi/internal/parcel"
)

//go:embed data/hold.tsv
var holdTable string

type holdWord struct{ reason, word string }

var holdWords = sync.OnceValue(func() []holdWord {
	var out []holdWord
	for line := range strings.Lines(holdTable) {
		reason, word, ok := strings.Cut(strings.TrimRight(line, "\n"), "\t")
		if ok && !strings.HasPrefix(line, "#") {
			out = append(out, holdWord{"relay.held." + reason, word})
		}
	}
	return out
})

var assigned = regexp.MustCompile(`^(?:CVE-\d{4}-\d{4,}|JVNDB-\d{4}-\d{6}|JVN#?\d{8})$`)

// glimpse is what holding looks at.
type glimpse struct {
	ID       string    `json:"id"`
	Type     string    `json:"type"`
	Roles    []string  `json:"roles"`
	Labels   []string  `json:"labels"`
	Kinds    []string  `json:"infrastructure_types"`
	Payload  string    `json:"payload_bin"`
	External []outside `json:"external_references"`
	raw      json.RawMessage
	body     map[string]json.RawMessage
}

type outside struct {
	ID string `json:"external_id"`
}

// hold says which of the objects a hub keeps back. An object that refers to one that is kept
// is kept too: it would show that there is something. Who made an object is not looked at.
func hold(objects []json.RawMessage) []parcel.HeldBack {
	var out []parcel.HeldBack
	held := map[string]bool{}
	all := make([]glimpse, 0, len(objects))
	for _, raw := range objects {
		var g glimpse
		if json.Unmarshal(raw, &g) != nil || json.Unmarshal(raw, &g.body) != nil {
			continue
		}
		g.raw = raw
		all = append(all, g)
	}
	targets := pointedAt(all)
	keep := func(ref, reason string) {
		if !held[ref] {
			held[ref] = true
			out = append(out, parcel.HeldBack{Ref: ref, Reason: reason})
		}
	}
	for _, g := range all {
		if reason := g.delicate(targets); reason != "" {
			keep(g.ID, reason)
		}
	}
	from := map[string][]string{} // who refers to it
	for _, g := range all {
		for _, ref := range g.refs() {
			from[ref] = append(from[ref], g.ID)
		}
	}
	for k := 0; k < len(out); k++ { // keep makes it longer
		for _, id := range from[out[k].Ref] {
			keep(id, "relay.held.refers")
		}
	}
	return out
}

// delicate gives the reason for which an object is kept back by itself; empty for none.
func (g glimpse) delicate(targets map[string]bool) string {
	switch g.Type {
	case "identity":
		if targets[g.ID] || slices.Contains(g.Roles, "victim") {
			return "relay.held.victim"
		}
	case "incident", "user-account", "location":
		return "relay.held.victim"
	case "vulnerability":
		if !slices.ContainsFunc(g.External, func(x outside) bool { return assigned.MatchString(strings.ToUpper(x.ID)) }) {
			return "relay.held.vulnerability"
		}
	case "artifact":
		if g.Payload != "" {
			return "relay.held.payload"
		}
	case "infrastructure", "indicator", "observed-data":
		for _, l := range slices.Concat(g.Labels, g.Kinds) {
			if strings.Contains(strings.ToLower(l), "compromised") {
				return "relay.held.stepping-stone"
			}
		}
	}
	return g.says()
}

// says looks for the words of data/hold.tsv anywhere in an object, in whatever property.
func (g glimpse) says() string {
	text := string(g.raw)
	if strings.Contains(text, `\u`) { // escaped: read it as people would
		var plain any
		if json.Unmarshal(g.raw, &plain) == nil {
			b, _ := json.Marshal(plain) // of what was just read: cannot fail
			text = string(b)
		}
	}
	text = strings.ToLower(text)
	for _, w := range holdWords() {
		if strings.Contains(text, w.word) {
			return w.reason
		}
	}
	return ""
}

// pointedAt lists what other objects point at otherwise than as their maker.
func pointedAt(all []glimpse) map[string]bool {
	out := map[string]bool{}
	for _, g := range all {
		for _, ref := range g.refs() {
			out[ref] = true
		}
	}
	return out
}

// refs gives what an object refers to, its maker and markings aside. A grouping or report
// that lists everything says nothing of any one of them: an identity it lists is no target.
func (g glimpse) refs() []string {
	var out []string
	for key, raw := range g.body {
		switch {
		case key == "created_by_ref" || key == "object_marking_refs":
		case strings.HasSuffix(key, "_ref"):
			var one string
			if json.Unmarshal(raw, &one) == nil {
				out = append(out, one)
			}
		case strings.HasSuffix(key, "_refs"):
			var many []string
			if json.Unmarshal(raw, &many) == nil {
				out = append(out, many...)
			}
		}
	}
	return out
}
