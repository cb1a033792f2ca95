package exchange

import (
	"io"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/stix"
)

// A mint makes random ids in which, even by chance, nothing of the profile can be read.
// After a failed read of its source err is set and ids are worthless.
type mint struct {
	random io.Reader
	avoid  *avoided
	err    error
}

func newMint(random io.Reader, avoid *avoided) *mint {
	return &mint{random: random, avoid: avoid}
}

// id gives "type--UUIDv4". It draws again while the UUID holds a word to avoid; a profile
// of thousands of short numbers could make that endless, so it gives up looking for a
// perfect one after a bounded number of draws and takes the last.
func (m *mint) id(objectType string) string {
	const draws = 1000
	var id string
	for range draws {
		var b [16]byte
		if _, err := io.ReadFull(m.random, b[:]); err != nil {
			m.err = err
			return ""
		}
		id = stix.ID(objectType, b)
		if !m.speaks(strings.TrimPrefix(id, objectType+"--")) {
			return id
		}
	}
	return id
}

// Words to avoid are runs of hexadecimal digits of these lengths.
const (
	shortestRun = 3
	longestRun  = 12
)

// An avoided is the words no id may show, runs of hexadecimal digits in lower case. begins
// tells by their first three digits where none can stand: ids are drawn often.
type avoided struct {
	words  map[string]bool
	begins [1 << (4 * shortestRun)]bool
}

// beginning gives the number of the first three hexadecimal digits; ok is false for others.
func beginning(s string) (n int, ok bool) {
	for k := range shortestRun {
		d := strings.IndexByte("0123456789abcdef", s[k])
		if d < 0 {
			return 0, false
		}
		n = n<<4 | d
	}
	return n, true
}

func (m *mint) speaks(uuid string) bool {
	if len(m.avoid.words) == 0 {
		return false
	}
	joined := strings.ReplaceAll(uuid, "-", "")
	for from := 0; from+shortestRun <= len(joined); from++ {
		if n, ok := beginning(joined[from:]); !ok || !m.avoid.begins[n] {
			continue
		}
		for to := from + shortestRun; to <= min(len(joined), from+longestRun); to++ {
			if m.avoid.words[joined[from:to]] {
				return true
			}
		}
	}
	return false
}

// avoid gives the words a UUID could show: runs of three and more of its letters and
// digits in the profile, in any width, and the numbers in what is known of the damage.
func avoid(p incident.Profile, items []incident.Item) *avoided {
	out := &avoided{words: map[string]bool{}}
	add := func(text string) {
		text = strings.ReplaceAll(strings.ToLower(norm.NFKC.String(text)), ",", "")
		for run := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.Is(unicode.ASCII_Hex_Digit, r) }) {
			if shortestRun <= len(run) && len(run) <= longestRun {
				out.words[run] = true
				if n, ok := beginning(run); ok {
					out.begins[n] = true
				}
			}
		}
	}
	for _, t := range p.Terms() {
		add(t.Text)
	}
	for _, i := range items {
		if i.Kind == incident.Damage {
			add(i.Text)
		}
	}
	return out
}
