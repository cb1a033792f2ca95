package ruleset

import (
	"bufio"
	"errors"
	"io"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"github.com/wakachi/wakachi/internal/indicator"
)

// A Seen is one time an engine found an indicator. It has nothing of the machines on either
// side: not the address, name or port of the one that looked up, sent or received.
type Seen struct {
	Value  indicator.Value // as it was written in the rules; zero if only Text is known
	Text   string          // Zeek: the indicator as the log has it, when no key was given; else empty
	Kind   string          // of Text, in the engine's words: Intel::DOMAIN; else empty
	Time   time.Time       // UTC; zero if the line has none that can be read
	Engine Target
	SID    uint32 // of the rule; 0 for Zeek
	Line   int    // in the log, from 1
}

// An Account says what became of each line of a log. Lines is the sum of the others but Seen.
type Account struct {
	Lines   int
	Hits    int // lines that became one Seen or more
	Seen    int // how often each was called
	Others  int // sound lines about something else
	Unknown int // alerts of ours that no key and no metadata explains
	Bad     int // not JSON, not a row, not text; a line cut short
	TooLong int // over MaxLine; skipped without being kept in memory
	From    time.Time
	To      time.Time // first and last time in sound lines, whatever they were about
}

// MaxLine is the longest line of a log that is read, in bytes.
const MaxLine = 1 << 20

// lineReader gives a log line by line. One that is too long is skipped, and said to be.
type lineReader struct {
	in      *bufio.Reader
	line    []byte // valid until next; empty if too long
	number  int
	tooLong bool
	err     error // of the reader, but not its end
}

func newLineReader(r io.Reader) *lineReader {
	return &lineReader{in: bufio.NewReaderSize(r, 1<<16)}
}

func (l *lineReader) next() bool {
	l.line, l.tooLong = l.line[:0], false
	if l.err != nil {
		return false
	}
	for first := true; ; first = false {
		part, err := l.in.ReadSlice('\n')
		if first && len(part) == 0 && err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			if !errors.Is(err, io.EOF) {
				l.err = err
			}
			return false
		}
		if len(l.line)+len(part) > MaxLine {
			l.tooLong, l.line = true, l.line[:0]
		}
		if !l.tooLong {
			l.line = append(l.line, part...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil && !errors.Is(err, io.EOF) {
			l.err = err // what was read of the line still counts as one
		}
		l.number++
		for n := len(l.line); n > 0 && (l.line[n-1] == '\n' || l.line[n-1] == '\r'); n-- {
			l.line = l.line[:n-1]
		}
		return true
	}
}

func itoa(n int) string { return strconv.Itoa(n) }

// A network is a listed network or address, ready to be looked up by an address in it.
type network struct {
	prefix netip.Prefix
	value  indicator.Value
}

func (k *Key) sortNets() {
	slices.SortFunc(k.nets, func(a, b network) int { return a.prefix.Compare(b.prefix) })
}

// holding gives the listed addresses and networks that an address lies in.
func (k *Key) holding(a netip.Addr) []indicator.Value {
	var out []indicator.Value
	a = a.Unmap().WithZone("")
	for bits := a.BitLen(); bits > 0; bits-- {
		p, err := a.Prefix(bits)
		if err != nil {
			break
		}
		i, _ := slices.BinarySearchFunc(k.nets, p, func(n network, p netip.Prefix) int { return n.prefix.Compare(p) })
		for ; i < len(k.nets) && k.nets[i].prefix == p; i++ {
			out = append(out, k.nets[i].value)
		}
	}
	return out
}
