// Package phrase holds the Japanese and English words for every token a reader sees.
//
// Engines answer with tokens such as "gate.unpatched"; only at the very end are they put
// into words. The words are data under text/, one file a package: token, Japanese,
// English, separated by tabs, with blanks {0}, {1} … for arguments. A token without words
// is shown as it is: better an ugly answer than none.
package phrase

import (
	"embed"
	"io/fs"
	"strconv"
	"strings"
	"sync"
)

// A Language is one of the two the product speaks. The zero Language is Japanese.
type Language uint8

// The order is that of the columns in text/*.tsv.
const (
	Japanese Language = iota
	English
)

// ParseLanguage reads a locale or language tag: "en", "en_GB.UTF-8". All that is not
// English is Japanese.
func ParseLanguage(tag string) Language {
	if strings.HasPrefix(strings.ToLower(tag), "en") {
		return English
	}
	return Japanese
}

//go:embed text/*.tsv
var texts embed.FS

var catalog = sync.OnceValue(func() map[string][2]string {
	words := map[string][2]string{}
	files, _ := fs.Glob(texts, "text/*.tsv")
	for _, name := range files {
		data, _ := texts.ReadFile(name)
		for line := range strings.Lines(string(data)) {
			f := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
			if len(f) == 3 && !strings.HasPrefix(line, "#") {
				words[f[0]] = [2]string{f[1], f[2]}
			}
		}
	}
	return words
})

// Text puts a token into words.
func (l Language) Text(token string, args ...string) string {
	if t, ok := l.Lookup(token, args...); ok {
		return t
	}
	return strings.TrimSpace(token + " " + strings.Join(args, " "))
}

// Lookup puts a token into words; ok is false if there are none.
func (l Language) Lookup(token string, args ...string) (text string, ok bool) {
	w, ok := catalog()[token]
	if !ok || int(l) >= len(w) {
		return "", false
	}
	if len(args) == 0 {
		return w[l], true
	}
	blanks := make([]string, 0, 2*len(args))
	for i, a := range args {
		blanks = append(blanks, "{"+strconv.Itoa(i)+"}", a)
	}
	return strings.NewReplacer(blanks...).Replace(w[l]), true
}
