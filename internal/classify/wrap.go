package classify

import (
	"strings"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/indicator"
)

const (
	maxParagraph = 4000 // bytes of a paragraph that is put together
	wrapAt       = 50   // columns from which on a line may have been wrapped
	narrowest    = 30   // columns that nobody wraps at fewer
	hangAt       = 16   // columns from which on one may be that ends amid a phrase
	widest       = 130  // columns that nobody wraps at more
	longWord     = 20   // columns of a word from which on it makes a line wider than others
	raggedness   = 12   // columns by which lines that somebody broke by hand differ
)

// A piece says which line of the note a reading holds from a place on.
type piece struct {
	at   int // byte offset in the reading's text
	from int // byte offset of the same place in the line
	line incident.Line
}

// origin gives the line of the note, and the byte offset in it, of a place in the text of a reading.
func (r *reading) origin(at int) (incident.Line, int) {
	for i := len(r.pieces) - 1; i >= 0; i-- {
		if p := r.pieces[i]; p.at <= at {
			return p.line, at - p.at + p.from
		}
	}
	return r.Line, at
}

// source gives the place of a note that a place in the text of a reading was read from.
func (r *reading) source(n incident.Note, at int) incident.Source {
	line, at := r.origin(at)
	return incident.Source{File: n.File, Line: line.Number, Column: utf8.RuneCountInString(line.Text[:at]) + 1}
}

// paragraphs unwraps the lines of a note, and finds the values of what was put together: a name may go on in the next line.
func paragraphs(lines []*reading) []*reading {
	all := unwrap(lines)
	if len(all) == len(lines) {
		return lines
	}
	var finder indicator.Finder
	for _, r := range all {
		if !r.blank {
			r.find(&finder)
		}
	}
	return all
}

// A page is what the lines of a note tell of how they were wrapped.
type page struct {
	from   int  // columns from which on a line may have been
	width  int  // of the widest line of the block
	within bool // the line is the rest of the one before it
}

// unwrap puts the lines of paragraphs together that somebody, or a mail program, wrapped: what they say is said by the
// paragraph, wherever its lines end.
func unwrap(lines []*reading) []*reading {
	page := page{from: wrapColumn(lines)}
	out := lines[:0:0]
	for i, r := range lines {
		if i == 0 || lines[i-1].blank {
			page.width = blockWidth(lines[i:])
		}
		page.within = i > 0 && page.wraps(lines[i-1], r) && len(out[len(out)-1].Text)+len(r.Text) <= maxParagraph
		if page.within {
			out[len(out)-1].join(r)
			continue
		}
		out = append(out, r)
	}
	return out
}

// blockWidth gives the columns of the widest line before the next blank one, but for those that could not be wrapped.
func blockWidth(lines []*reading) int {
	width := 0
	for _, r := range lines {
		if r.blank {
			break
		}
		if n := columns(r.Text); n <= widest && longestWord(r.Text) < longWord {
			width = max(width, n)
		}
	}
	return width
}

// wrapColumn gives the columns from which on a line of a note may have been wrapped: fewer than usual where so many lines
// are about as wide as the widest that a narrow page must have done it.
func wrapColumn(lines []*reading) int {
	const most = wrapAt + 6 // a mark that may not begin a line hangs over
	var count [most + 1]int
	prose, wider := 0, 0
	for _, r := range lines {
		n := columns(r.Text)
		switch {
		case r.blank || r.Kind != incident.Prose || r.log || n < hangAt || longestWord(r.Text) >= longWord:
			continue
		case n > most:
			wider++
		default:
			count[n]++
		}
		prose++
	}
	for width := most; width >= narrowest; width-- {
		near := 0
		for n := width - 4; n <= width; n++ {
			near += count[n]
		}
		if near >= 4 && near*10 >= prose*3 && wider*10 <= prose {
			return min(width-raggedness, wrapAt)
		}
		wider += count[width]
	}
	return wrapAt
}

// wraps says whether next is the rest of the paragraph of the line before it.
func (g page) wraps(r, next *reading) bool {
	if r.blank || next.blank || r.Kind != incident.Prose || next.Kind != incident.Prose || r.log || next.log {
		return false
	}
	last, rest := strings.TrimRight(r.Text, " 　"), strings.TrimLeft(next.Text, " \t　")
	full := columns(last)
	if r.hangs(next) {
		return true
	}
	if full < hangAt && !g.within || full > widest || rest == "" || next.quote != r.quote || !r.aligned(next) || next.indent <= r.indent && next.beginsWithValue() && r.beginsWithValue() {
		return false
	}
	if end, _ := utf8.DecodeLastRuneInString(strings.TrimRight(last, "*`」』）)\"")); strings.ContainsRune("。.!?！？:：", end) {
		return false
	}
	first, _ := utf8.DecodeRuneInString(rest)
	small := first >= 'a' && first <= 'z'
	reach := full + 1 + wordWidth(rest) // of the line with the next word
	fits := reach <= g.width            // so that nobody had to break it
	switch {
	case r.ends() && (begins(rest, "behind-value") || remarkOnly(rest) || begins(rest, "wrapped-particle") && !begins(rest, "no-particle")), goesOnAmid(rest):
		return true
	case opensItem(rest), opensField(rest) && (fits || isEntry(last) || first >= 0x1100 && g.width-full > 4):
		return false
	case strings.HasSuffix(last, ","): // so do the items of a list
		return reach > g.width-raggedness
	case closesWith(lowered(last), "wrapped-end"):
		return true
	case r.ends():
		return small && !fits && !columnar(last) && !columnar(rest) && len(strings.Fields(last)) > 4
	case full < hangAt: // what was left of a line that was broken twice
		return first >= 0x1100 || small
	case first >= 0x1100:
		return full >= g.from
	case small:
		return reach >= g.from && reach > g.width-raggedness
	}
	return reach >= g.from && !fits
}

// isEntry says whether a line is a key of one word and its value: "owner: us".
func isEntry(text string) bool {
	key, _, ok := keyValue(text)
	return ok && !strings.ContainsAny(key, " 　0123456789")
}

// wordWidth gives the columns of what cannot be broken at the beginning of a line: a word, or one character of Japanese.
func wordWidth(s string) int {
	for i, r := range s {
		if r == ' ' || r >= 0x1100 {
			if i == 0 {
				return 2
			}
			return i
		}
	}
	return len(s)
}

// longestWord gives the columns of the longest run of ASCII without a blank.
func longestWord(s string) int {
	longest, n := 0, 0
	for _, r := range s {
		if n++; r <= ' ' || r >= 0x1100 {
			n = 0
		}
		longest = max(longest, n)
	}
	return longest
}

// aligned says whether a line stands where the rest of the line above it would.
func (r *reading) aligned(next *reading) bool {
	return next.indent == r.indent || (bulleted(r.Text) || opensItem(strings.TrimLeft(r.Text, " 　"))) && next.indent > r.indent && next.indent <= r.indent+6
}

// hangs says whether a line stands under the last column of the line before it, as the rest of what is written there:
//
//	198.51.100.7   second one, hard coded, we
//	               saw two connections
func (r *reading) hangs(next *reading) bool {
	gap := strings.LastIndex(strings.TrimRight(r.Text, " "), "  ") + 2
	rest := strings.TrimLeft(next.Text, " ")
	small := rest != "" && (rest[0] >= 'a' && rest[0] <= 'z' || rest[0] >= utf8.RuneSelf)
	return gap > len("  ") && small && next.indent >= hangAt && next.indent == columns(r.Text[:gap]) && strings.TrimSpace(r.Text[:gap]) != "" &&
		!next.beginsWithValue() && !bulleted(rest) && !columnar(rest)
}

// columnar says whether several blanks part the words of a line, as in a table without rules.
func columnar(s string) bool { return strings.Contains(strings.TrimSpace(s), "  ") }

// goesOnAmid says whether a line begins with what nothing begins with: the particle of the word that ends the line before.
func goesOnAmid(s string) bool {
	for _, w := range words().phrases["wrapped-particle"] {
		if rest, ok := strings.CutPrefix(s, w); ok {
			r, _ := utf8.DecodeRuneInString(rest)
			return !kana(r) || strings.ContainsRune("のはも", r)
		}
	}
	return strings.IndexAny(s, "、。）」』】") == 0
}

// opensItem says whether a line begins something of its own: an item of a list, a message.
func opensItem(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	if strings.ContainsRune(bullets+"|{}<=#", first) || '①' <= first && first <= '⑳' || numbered(text) || dated(text) || afterClock(text) != "" || speakerLine(text) {
		return true
	}
	_, marked := tokenAt(text)
	return marked
}

// remarkOnly says whether a line is but a remark in a bracket: "(our build)".
func remarkOnly(text string) bool {
	inner, end := bracketed(text)
	return end > 0 && utf8.RuneCountInString(inner) > 2 && strings.Trim(text[end:], " 　。.") == ""
}

// opensField says whether a line begins with the name of a field and a colon.
func opensField(text string) bool {
	name, _, field := strings.Cut(strings.ReplaceAll(head(text, 24), "：", ":"), ":")
	return field && !strings.ContainsAny(name, "、。,") && strings.Count(name, " ") < 3 && !strings.HasSuffix(name, "http") && !strings.HasSuffix(name, "https")
}

// join appends the next line; Japanese goes on without a space.
func (r *reading) join(next *reading) {
	if r.pieces == nil {
		r.pieces = []piece{{0, 0, r.Line}}
	}
	rest := strings.TrimLeft(next.Text, " \t　")
	text := strings.TrimRight(r.Text, " 　")
	last, _ := utf8.DecodeLastRuneInString(text)
	first, _ := utf8.DecodeRuneInString(rest)
	if last < 0x1100 && first < 0x1100 {
		text += " "
	}
	at, from := len(text), len(next.Text)-len(rest)
	if r.written != "" || next.written != "" {
		whole := strings.TrimRight(r.Text, " 　")
		r.written = r.asWritten(0, len(whole)) + text[len(whole):] + next.asWritten(from, len(next.Text))
	}
	line, offset := next.origin(from)
	r.pieces = append(r.pieces, piece{at, offset, line})
	r.Text = text + rest
	for _, m := range next.matches {
		if m.Start >= from {
			r.matches = append(r.matches, shifted(m, at-from))
		}
	}
}
