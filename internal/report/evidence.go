package report

import (
	"cmp"
	_ "embed"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/tlp"
)

//go:embed data/attack.tsv
var attackTable string

var techniqueNames = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for f := range records(attackTable, 2) {
		out[f[0]] = f[1]
	}
	return out
})

// kept says that an item was received and must stay here. What others gave goes no further than its label and
// their wish: an office is outside the receiver's own organisation.
func kept(i *incident.Item) bool {
	c := i.Conditions
	received := i.Status == incident.Received || c != (incident.Conditions{})
	return received && (c.Promise || c.Label != tlp.Clear && c.Label != tlp.Green)
}

// A withheld holds the words that would show an unpatched vulnerability, in lower case, by their first bytes: a
// big record has many of them, and every value is searched for all.
type withheld struct {
	words [256][]string
	may   string // the bytes with which one may begin in any case, for IndexAny; empty where that is not ASCII
}

// withheldOf gathers those words; nil if there are none.
func withheldOf(items []incident.Item) *withheld {
	var out *withheld
	for n := range items {
		i := &items[n]
		if !i.Marks.Has(incident.Unpatched) || i.Stand == incident.Dropped {
			continue
		}
		for _, w := range i.Held {
			if w = strings.ToLower(strings.TrimSpace(w)); w == "" {
				continue
			}
			if out == nil {
				out = new(withheld)
			}
			if first := &out.words[w[0]]; !slices.Contains(*first, w) {
				*first = append(*first, w)
			}
		}
	}
	out.begin()
	return out
}

// begin gathers the characters with which a word may begin: two of them have capitals beyond ASCII.
func (w *withheld) begin() {
	if w == nil {
		return
	}
	for c, words := range w.words {
		switch {
		case len(words) == 0:
		case c >= utf8.RuneSelf:
			w.may = ""
			return
		case c == 'k':
			w.may += "kK\u212a"
		case c == 'i':
			w.may += "iI\u0130"
		default:
			w.may += string(rune(c)) + strings.ToUpper(string(rune(c)))
		}
	}
}

// in gives a word that a text holds; empty if it holds none.
func (w *withheld) in(text string) string {
	if w == nil {
		return ""
	}
	if w.may != "" && !strings.ContainsAny(text, w.may) {
		return "" // most texts are Japanese, and most words are not
	}
	text = strings.ToLower(text)
	for i := range len(text) {
		for _, word := range w.words[text[i]] {
			if strings.HasPrefix(text[i:], word) {
				return word
			}
		}
	}
	return ""
}

// indicators lists the values of the technical half, by their types: defanged, with what they did and when
// they were seen. Items' texts are never in it, nor is what would show an unpatched vulnerability.
func (f *filler) indicators() []string {
	rank := map[indicator.Type]int{}
	for n, t := range indicator.Types() {
		rank[t] = n
	}
	var found []*incident.Item
	for n := range f.Items {
		i := &f.Items[n]
		if i.Stand != incident.Confirmed || !isIndicator(i) {
			continue
		}
		switch {
		case kept(i) || i.Marks.Has(incident.ThirdParty) || i.Marks.Has(incident.Stolen):
			f.others++
		case i.Marks.Has(incident.Unpatched) || f.held.in(i.Value.Value) != "":
			f.unfixed++
		default:
			found = append(found, i)
		}
	}
	slices.SortStableFunc(found, func(a, b *incident.Item) int {
		return cmp.Or(
			cmp.Compare(rank[a.Value.Type], rank[b.Value.Type]),
			cmp.Compare(a.Value.Value, b.Value.Value), cmp.Compare(a.Port, b.Port))
	})
	found = slices.CompactFunc(found, func(a, b *incident.Item) bool { return a.Value == b.Value && a.Port == b.Port && a.Role == b.Role })
	out := make([]string, len(found))
	for n, i := range found {
		out[n] = f.indicatorLine(i)
	}
	return out
}

// isIndicator says whether an item's value is something of the attacker's to look for.
func isIndicator(i *incident.Item) bool {
	switch {
	case i.Class() != incident.Technical || i.Kind == incident.Actor || i.Value.IsZero():
		return false
	case i.Value.Type == indicator.Technique || i.Value.Type == indicator.CVE:
		return false
	}
	return !slices.Contains([]incident.Role{incident.Own, incident.Benign, incident.Reference, incident.Doubtful}, i.Role)
}

// indicatorLine tells one value: its type, the value, what it did and when it was seen.
func (f *filler) indicatorLine(i *incident.Item) string {
	value := shareable(i)
	if i.Port != 0 {
		value += ":" + strconv.Itoa(int(i.Port))
	}
	label := f.say("indicator.type." + string(i.Value.Type))
	switch {
	case i.Value.Hash != indicator.NoHash:
		label = string(i.Value.Hash)
	case i.Value.Type == indicator.File:
		label = f.say("report.form.file-name")
	}
	var beside []string
	if token := "report.role." + string(i.Role); f.say(token) != token {
		beside = append(beside, f.say(token))
	}
	if i.Marks.Has(incident.SomeonesOwn) && i.Role != incident.Stepping {
		beside = append(beside, f.say("report.role.stepping-stone"))
	}
	if i.Marks.Has(incident.DualUse) {
		beside = append(beside, f.say("report.form.dual-use"))
	}
	switch i.Status {
	case incident.Suspected:
		beside = append(beside, f.say("report.form.possible"))
	case incident.Received:
		beside = append(beside, f.say("report.form.from-others"))
	}
	if seen := f.span(i.FirstSeen, i.LastSeen); seen != "" {
		beside = append(beside, seen)
	}
	line := f.say("report.form.labelled", label, value)
	if len(beside) > 0 {
		line = f.say("report.form.beside", line, strings.Join(beside, f.say("report.form.comma")))
	}
	return line
}

// shareable gives a value defanged. Where an attacker negotiates or shows what was taken, the path names the
// victim and opens the door: only the host is told.
func shareable(i *incident.Item) string {
	v := i.Value
	if scheme, rest, ok := strings.Cut(v.Value, "://"); ok && i.Role == incident.Negotiation {
		end := strings.IndexAny(rest, "/?#")
		if end < 0 {
			end = len(rest)
		}
		host := rest[strings.LastIndex(rest[:end], "@")+1 : end]
		v.Value = scheme + "://" + host + "/"
	}
	return oneLine(indicator.Defang(v))
}

// span tells from when until when something was seen.
func (f *filler) span(first, last incident.Moment) string {
	switch {
	case first.IsZero() && last.IsZero():
		return ""
	case first.IsZero():
		first = last
	case last.IsZero():
		last = first
	}
	a, b := f.moment(first, f.lang), f.moment(last, f.lang)
	if a == b {
		return a
	}
	return f.say("report.form.span", a, b)
}

// techniques lists the ATT&CK techniques of the record, each once, by their ids.
func (f *filler) techniques() []string {
	sure := map[string]bool{}
	for n := range f.Items {
		i := &f.Items[n]
		id := i.Technique
		if id == "" && i.Value.Type == indicator.Technique {
			id = i.Value.Value
		}
		// Anything but an id would be somebody's words.
		v, err := indicator.Parse(indicator.Technique, id)
		switch {
		case err != nil || i.Kind != incident.Method || i.Stand != incident.Confirmed:
		case kept(i):
			f.others++
		default:
			sure[v.Value] = sure[v.Value] || i.Status != incident.Suspected
		}
	}
	out := slices.Sorted(maps.Keys(sure))
	for n, id := range out {
		out[n] = strings.TrimSpace(id + " " + techniqueNames()[id])
		if !sure[id] {
			out[n] = f.beside(out[n], f.say("report.form.possible"))
		}
	}
	return out
}

// vulnerabilities lists the ids of those that were used or may have been. One that has no fix and no id is told
// as that, and by nothing that would show which it is.
func (f *filler) vulnerabilities() []string {
	type known struct{ unpatched, sure bool }
	ids := map[string]known{}
	open := false
	for n := range f.Items {
		i := &f.Items[n]
		if i.Kind != incident.Vulnerability || i.Stand != incident.Confirmed {
			continue
		}
		if kept(i) {
			f.others++
			continue
		}
		unpatched := i.Marks.Has(incident.Unpatched)
		if id := oneLine(i.Value.Value); i.Value.Type == indicator.CVE && f.held.in(id) == "" {
			ids[id] = known{ids[id].unpatched || unpatched, ids[id].sure || i.Status != incident.Suspected}
		} else if unpatched {
			open = true
		}
	}
	out := slices.Sorted(maps.Keys(ids))
	for n, id := range out {
		if ids[id].unpatched {
			out[n] = f.say("report.form.unpatched-id", id)
		}
		if !ids[id].sure {
			out[n] = f.beside(out[n], f.say("report.form.possible"))
		}
	}
	if open {
		out = append(out, f.say("report.form.unpatched"))
	}
	return out
}
