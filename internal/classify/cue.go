package classify

import (
	"embed"
	"io/fs"
	"strings"
	"sync"
)

//go:embed data/*.tsv
var dictionaries embed.FS

// An entry is one line of a dictionary: what it speaks for, which label it gives, and the
// word. A word with "&" needs all its parts in the line.
type entry struct {
	sort  string // "role", "status", "prose", "technique", …: the first column
	label string // "c2", "suspected", "T1490": the second
	parts []string
}

type dictionary struct {
	lexicon *lexicon
	listed  map[string]map[string]string // sort → exact value → label, for the lists
	phrases map[string][]string          // what for → phrases that are looked for at one place
}

// lists are dictionaries of whole values, looked up and not searched for.
var lists = map[string]bool{"benign": true, "shared-host": true, "dual-use": true, "system-file": true, "free-mail": true, "cell": true, "column": true, "type-word": true, "common-key": true, "friend": true, "owner-column": true}

// words is the dictionary of this build: data, read once.
var words = sync.OnceValue(func() *dictionary {
	d := &dictionary{listed: map[string]map[string]string{}, phrases: map[string][]string{}}
	var entries []*entry
	files, _ := fs.Glob(dictionaries, "data/*.tsv")
	for _, name := range files {
		data, _ := dictionaries.ReadFile(name)
		for line := range strings.Lines(string(data)) {
			f := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
			if len(f) < 3 || strings.HasPrefix(line, "#") {
				continue
			}
			if f[0] == "phrase" {
				d.phrases[f[1]] = append(d.phrases[f[1]], f[2:]...)
				continue
			}
			if f[0] == "compose" { // sort, label, beginnings, endings: each beginning with each ending
				for begin := range strings.SplitSeq(f[3], "|") {
					for end := range strings.SplitSeq(f[4], "|") {
						entries = append(entries, &entry{f[1], f[2], []string{begin + end}})
					}
				}
				continue
			}
			for _, text := range f[2:] {
				if lists[f[0]] {
					d.list(f[0], f[1], text)
				} else if text != "" {
					entries = append(entries, &entry{f[0], f[1], strings.Split(text, "&")})
				}
			}
		}
	}
	d.lexicon = newLexicon(entries)
	return d
})

func (d *dictionary) list(sort, label, value string) {
	if d.listed[sort] == nil {
		d.listed[sort] = map[string]string{}
	}
	d.listed[sort][strings.ToLower(value)] = label
}

// has says whether a list holds a value or, for host names, a domain above it.
func (d *dictionary) has(sort, value string) bool {
	_, ok := d.listed[sort][strings.ToLower(value)]
	return ok
}

func (d *dictionary) hasHost(sort, host string) bool {
	for host != "" {
		if d.has(sort, host) {
			return true
		}
		_, host, _ = strings.Cut(host, ".")
	}
	return false
}

// cues gives the cues of a line; an entry of several parts appears only if all are there,
// at the place of its last part.
func (d *dictionary) cues(line string) []cue {
	found := d.lexicon.find(line)
	count := map[*entry]map[string]bool{}
	out := found[:0]
	for _, c := range found {
		if len(c.entry.parts) > 1 {
			if count[c.entry] == nil {
				count[c.entry] = map[string]bool{}
			}
			count[c.entry][strings.ToLower(line[c.start:c.end])] = true
			if len(count[c.entry]) < len(c.entry.parts) {
				continue
			}
		}
		out = append(out, c)
	}
	return out
}

// first gives the first cue of a sort and any of the labels; no labels: any.
func first(cues []cue, sort string, labels ...string) (cue, bool) {
	for _, c := range cues {
		if c.entry.sort != sort {
			continue
		}
		if len(labels) == 0 {
			return c, true
		}
		for _, l := range labels {
			if c.entry.label == l {
				return c, true
			}
		}
	}
	return cue{}, false
}

func has(cues []cue, sort string, labels ...string) bool {
	_, ok := first(cues, sort, labels...)
	return ok
}

// begins, closesWith and holdsAny say whether one of the phrases for something stands at the
// beginning of a text, at its end, or anywhere.
func begins(text, what string) bool { return one(text, what, strings.HasPrefix) }

func closesWith(text, what string) bool { return one(text, what, strings.HasSuffix) }

func holdsAny(text, what string) bool { return one(text, what, strings.Contains) }

func one(text, what string, at func(s, phrase string) bool) bool {
	for _, w := range words().phrases[what] {
		if at(text, w) {
			return true
		}
	}
	return false
}

// lowered makes the letters of ASCII small and keeps every offset.
func lowered(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return 'A' <= r && r <= 'Z' }) < 0 {
		return s
	}
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
