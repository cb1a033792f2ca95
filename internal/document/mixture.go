package document

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/wakachi/wakachi/internal/fault"
)

// Logs of several programs in one file, or lines cut off in the middle of a character,
// are no text in any single encoding. They are decoded line by line. No encoding here has
// a line feed inside a character.

// A tally is what the lines of a mixed file say about their encodings.
type tally struct {
	clear   map[charset]int // lines beyond ASCII, by encoding
	first   map[charset]int // the number of the first of them
	broken  int             // lines that no encoding reads
	total   int             // lines beyond ASCII
	rivals  []charset       // of the first line with several readings
	rivalAt int
}

// decodeLines decodes a part in which no single encoding reads everything. Each line has
// to be clear by itself; a few broken ones are shown with their bad bytes as \xE3, by the
// encoding that the others have.
func (r *reading) decodeLines(p part, declared charset) (string, error) {
	t := tallyLines(p.data, declared)
	if t.rivals != nil {
		return "", unclear(p.file, t.rivals, t.rivalAt)
	}
	main := t.main()
	if main == noCharset || t.broken > 1+t.total/10 {
		return "", unclear(p.file, nil, 1)
	}
	var b strings.Builder
	b.Grow(len(p.data) + len(p.data)/4)
	bads := 0
	eachRawLine(p.data, func(_ int, line []byte) bool {
		set, _ := pick(line, declared)
		switch set {
		case iso2022JP:
			text, _ := fromISO2022(line)
			b.WriteString(text)
			return true
		case noCharset, utf16LE, utf16BE:
			set = main
		}
		text, n := set.text(line)
		b.WriteString(text)
		bads += n
		return true
	})
	r.doubt(p.file, t.mixed(p.file))
	if bads > 0 {
		r.doubt(p.file, fault.New(fault.Invalid, "document.encoding-bytes", p.file, main.String(), strconv.Itoa(bads)))
	}
	return b.String(), nil
}

// What bytes cost that are no character, because a program cut a text at a fixed length:
// for each cut, for each byte of it, and for each byte more than a cut leaves.
const (
	cutBits      = 12
	cutByteBits  = 8
	longByteBits = 16
)

// isCut says that data, which set reads for so many bits, is not clearly in set, but may
// be UTF-8 with characters cut off: Japanese in UTF-8 is often valid CP932, as gibberish.
func isCut(data []byte, set charset, bits int) bool {
	if set != cp932 && set != eucJP {
		return false
	}
	var s scorer
	cost, stretch := 0, 0
	for len(data) > 0 && s.bits+cost < bits+clearMargin {
		r, n := utf8Set.next(data)
		switch {
		case r != bad:
			s.add(r)
			stretch = 0
		case stretch == 0:
			cost += cutBits + cutByteBits
			stretch++
		case stretch < 3:
			cost += cutByteBits
			stretch++
		default:
			cost += longByteBits
		}
		data = data[n:]
	}
	return s.bits+cost < bits+clearMargin
}

func tallyLines(data []byte, declared charset) tally {
	t := tally{clear: map[charset]int{}, first: map[charset]int{}}
	eachRawLine(data, func(n int, line []byte) bool {
		set, rivals := pick(line, declared)
		switch {
		case set == utf8Set && isASCII(line):
			return true
		case rivals != nil:
			t.rivals, t.rivalAt = rivals, n
			return false
		case set == noCharset, set == utf16LE, set == utf16BE:
			t.broken++
		default:
			if t.clear[set]++; t.first[set] == 0 {
				t.first[set] = n
			}
		}
		t.total++
		return true
	})
	return t
}

// main is the encoding of most lines.
func (t tally) main() charset {
	best := noCharset
	for _, c := range []charset{utf8Set, cp932, eucJP} {
		if t.clear[c] > t.clear[best] {
			best = c
		}
	}
	return best
}

// mixed says which encodings there are, and where the second begins; nil if it is one.
func (t tally) mixed(file string) *fault.Error {
	if len(t.first) < 2 {
		return nil
	}
	var sets []charset
	for c := range t.first {
		sets = append(sets, c)
	}
	slices.SortFunc(sets, func(a, b charset) int { return t.first[a] - t.first[b] })
	names := make([]string, len(sets))
	for i, c := range sets {
		names[i] = c.String()
	}
	return fault.New(fault.Invalid, "document.encoding-mixed", file, strings.Join(names, ", "), strconv.Itoa(t.first[sets[1]]))
}

// eachRawLine calls do for each line with its line feed, until do says false.
func eachRawLine(data []byte, do func(number int, line []byte) bool) {
	for n := 1; len(data) > 0; n++ {
		i := bytes.IndexByte(data, '\n')
		if i < 0 {
			i = len(data) - 1
		}
		if !do(n, data[:i+1]) {
			return
		}
		data = data[i+1:]
	}
}
