package wanted

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"

	"github.com/wakachi/wakachi/internal/indicator"
)

//go:embed data/type.tsv
var typeTSV string

// A kind is what a word such as "sha256" or "IPアドレス" says of the value beside it.
type kind struct {
	word  string
	types []indicator.Type // tried in order; empty: nothing that is looked for
	guess bool             // the word says only that it is a value
	hash  indicator.Hash   // of a digest whose algorithm the word says
}

// kinds reads the table of type words.
var kinds = sync.OnceValue(func() map[string]kind {
	out := map[string]kind{}
	for _, f := range rows(typeTSV) {
		k := kind{}
		for t := range strings.FieldsSeq(f[1]) {
			switch h, isHash := strings.CutPrefix(t, "hash:"); {
			case t == "any":
				k.guess = true
			case t == "-":
			case isHash:
				k.types, k.hash = append(k.types, indicator.File), indicator.Hash(h)
			default:
				k.types = append(k.types, indicator.Type(t))
			}
		}
		for word := range strings.SplitSeq(f[0], "|") {
			k.word = word
			out[word] = k
		}
	}
	return out
})

// rows cuts a data file into its records, without comments and empty lines.
func rows(tsv string) [][]string {
	var out [][]string
	for line := range strings.Lines(tsv) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" || line[0] == '#' {
			continue
		}
		out = append(out, strings.Split(line, "\t"))
	}
	return out
}

// word gives a header or type word in the form of the tables: lower case, without blanks,
// hyphens and underscores.
func word(s string) string {
	if len(s) > 64 {
		return ""
	}
	return strings.ToLower(strings.NewReplacer(" ", "", "-", "", "_", "", ":", "", "\u3000", "", `"`, "").Replace(s))
}

func typeWord(s string) (kind, bool) {
	k, ok := kinds()[word(s)]
	return k, ok
}

// read reads a value of the kind; why is empty if it is one.
func (k kind) read(text string) (v indicator.Value, port uint16, why Reason) {
	if len(k.types) == 0 && !k.guess {
		return v, 0, Unsupported
	}
	for _, t := range k.types {
		if v, err := indicator.Parse(t, text); err == nil && (k.hash == "" || v.Hash == k.hash) {
			return v, 0, ""
		}
	}
	v, port, ok := guess(text)
	if ok && (k.guess || port != 0 && k.takes(v.Type)) {
		return v, port, ""
	}
	return v, 0, noValue(text)
}

// allows says whether a value is one of the kind.
func (k kind) allows(v indicator.Value) bool {
	return (k.guess || k.takes(v.Type)) && (k.hash == indicator.NoHash || k.hash == v.Hash)
}

func (k kind) takes(t indicator.Type) bool {
	for _, own := range k.types {
		if own == t {
			return true
		}
	}
	return false
}

// unsupported gives the type by which what is passed for a reason is counted.
func (k kind) unsupported(why Reason) string {
	if why == Unsupported {
		return k.word
	}
	return ""
}

// portOf reads the number of a port, 0 if it is none.
func portOf(s string) uint16 {
	n, err := strconv.ParseUint(strings.TrimSpace(s), 10, 16)
	if err != nil {
		return 0
	}
	return uint16(n)
}
