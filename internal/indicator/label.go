package indicator

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

//go:embed data/label.tsv
var labelTSV string

// A label is a word before a value that says what the value is.
type label struct {
	text string // lower case
	what string // a Type, or one of the hints in label.tsv
	bare bool   // the value may follow after no more than a space
	mark bool   // the value may follow after a colon, quote or bracket
	code bool   // it stands behind a backtick that closes behind its value
	word bool   // an everyday word: the value must stand in quotes, or be a name beyond doubt
}

// captures says that the label's value has no shape of its own and is read because
// of the label.
func (l label) captures() bool { return l.bare || l.mark }

// A labelIndex finds labels by their first two bytes or, in Japanese, by what differs in their first two characters; the
// longest first.
type labelIndex struct {
	bucket [1 << 16]uint8
	lists  [][]label
}

var labels = sync.OnceValue(func() *labelIndex {
	x := &labelIndex{lists: make([][]label, 1)}
	for _, r := range rows(labelTSV) {
		l := label{what: r[0], text: r[1], bare: r[2] == "bare", mark: r[2] != "-", word: r[2] == "word"}
		key := labelKey(l.text)
		if x.bucket[key] == 0 {
			x.bucket[key] = uint8(len(x.lists))
			x.lists = append(x.lists, nil)
		}
		k := x.bucket[key]
		x.lists[k] = append(x.lists[k], l)
	}
	for _, list := range x.lists {
		slices.SortFunc(list, func(a, b label) int { return len(b.text) - len(a.text) })
	}
	return x
})

// labelKey is 0 for a text that is too short for a label.
func labelKey(s string) int {
	switch {
	case len(s) < 2:
		return 0
	case s[0] < utf8.RuneSelf:
		return int(lower(s[0]))<<8 | int(lower(s[1]))
	case len(s) < 6:
		return 0
	}
	return int(s[2]|0x80)<<8 | int(s[5])
}

// at gives the longest label at i and its end. A label in ASCII is a whole word.
func (x *labelIndex) at(s string, i int) (l *label, end int, ok bool) {
	list := x.lists[x.bucket[labelKey(s[i:])]]
	for k := range list {
		l := &list[k]
		if !hasFold(s, i, l.text) {
			continue
		}
		end := i + len(l.text)
		if l.text[len(l.text)-1] < utf8.RuneSelf && is(at(s, end), clAlnum) {
			continue
		}
		return l, end, true
	}
	return nil, i, false
}

// seen is the label that is in force at a place.
type seen struct {
	what   string
	end    int
	column bool // from a heading or the head of a column: in force for the whole cell
}

// near says that a label stands at most n bytes before i.
func (sc *scanner) near(i, n int) bool {
	return sc.label.what != "" && i >= sc.label.end && i-sc.label.end <= n && !sc.label.column
}

// nearHost says that a label before i announces a host.
func (sc *scanner) nearHost(i int) bool {
	return sc.label.what == "host" && (sc.label.column || sc.near(i, 40))
}

// labelled takes note of a label at i and reads its value, if it has one that only
// the label makes one. It returns where to go on, i if there is no label.
func (sc *scanner) labelled(i int) int {
	l, end, ok := sc.labels.at(sc.s, i)
	if !ok {
		return i
	}
	sc.labelCount++
	sc.firstLabel = cmpFirst(sc.firstLabel, l.what)
	if !sc.label.column || l.what != "host" && l.what != "version" {
		sc.label = seen{what: l.what, end: end}
	}
	if l.captures() {
		if next := sc.capture(*l, i, end); next > end {
			return next
		}
	}
	return end
}

func cmpFirst(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// A link is what stands between a label and its value.
type link struct {
	at      int    // where the value begins, behind an opening quote
	marked  bool   // by more than a space
	cell    byte   // '|', ',' or tab, if the value is the next cell
	closer  string // of the quote before the value; empty for none
	colon   bool
	bracket bool // the quote is a round bracket
	product bool // the value is one "name/version" of a sentence
	called  bool // "named" or "called": of several words each begins with a capital
}

// openers are the quotes and brackets around values.
var openers = []struct{ open, close string }{
	{"「", "」"}, {"『", "』"}, {"“", "”"}, {"‘", "’"}, {"（", "）"}, {"(", ")"}, {`\"`, `\"`}, {"\"", "\""}, {"'", "'"}, {"`", "`"}, {"``", "``"}, {"<", ">"},
}

// linkWords stand between a label and its value in running text.
var linkWords = []string{"named", "name", "called", "is", "名", "の名前", "は", "が", "を", "に", "として", "】", "）"}

// linkAt reads the link at i.
func linkAt(s string, i int) (k link) {
	k.at = i
	for range 10 {
		n := k.step(s[k.at:])
		if n == 0 {
			break
		}
		k.at += n
	}
	return k
}

// farLink reads the link of a user agent that stands a few words behind its label, as in
// "UA in all of them = …", "UA は全部「…」": at the first sign or quote there is.
func farLink(s string, end int) link {
	const words = 40
	if i := strings.Index(s[end:min(len(s), end+words)], "  "); i >= 0 { // user agent on the beacons  Abc/0.4
		a := end + i
		for at(s, a) == ' ' {
			a++
		}
		if productEnd(s, a) > a {
			return link{at: a, marked: true}
		}
	}
	if i := strings.Index(s[end:min(len(s), end+words)], " is "); i >= 0 { // UA in the HTTP inside is Abc/0.4
		if a := end + i + len(" is "); productEnd(s, a) > a {
			return link{at: a, marked: true, product: true}
		}
	}
	if n := strings.IndexAny(s[end:min(len(s), end+words)], "=:`\"「『“"); n >= 0 {
		return linkAt(s, end+n)
	}
	return link{at: len(s)}
}

// agentLink reads the link of a user agent: what follows in the next column or after a space
// as "name/version", or in quotes behind the word for all of them.
func agentLink(s string, end int, k link) link {
	switch {
	case k.marked && k.closer == "" && at(s, k.at) >= utf8.RuneSelf:
		if far := farLink(s, end); far.closer != "" {
			return far
		}
	case k.marked:
	case productEnd(s, k.at) > k.at:
		k.product = !strings.HasPrefix(s[end:], "  ")
		k.marked = true
	default:
		return farLink(s, end)
	}
	return k
}

// productEnd gives the end of the "name/version" at i; i if there is none.
func productEnd(s string, i int) int {
	end, slash := i, -1
	for end < len(s) && end-i < 64 && (is(s[end], clToken) || s[end] == '/') {
		if s[end] == '/' {
			if slash >= 0 {
				return i
			}
			slash = end
		}
		end++
	}
	if slash <= i || !is(s[i], clLetter|clHexLetter) || !is(at(s, slash+1), clDigit) {
		return i
	}
	return end
}

// step reads one thing between label and value and gives its length; 0 where the
// value begins, or its quote, which it opens.
func (k *link) step(rest string) int {
	switch c := at(rest, 0); c {
	case 0:
		return 0
	case ' ', '*':
		return 1
	case ':', '=':
		k.marked, k.colon = true, true
		return 1
	case '|', '\t', ',':
		if k.cell != 0 {
			return 0
		}
		k.marked, k.cell = true, c
		return 1
	case ']', ')':
		k.marked = true
		return 1
	case '"', '`', '\'':
		if keyEnds(rest, 1) {
			return 1
		}
	}
	if strings.HasPrefix(rest, "　") {
		k.marked = true
		return len("　")
	}
	if n := linkWord(rest); n > 0 {
		k.marked, k.called = true, k.called || hasFold(rest, 0, "named") || hasFold(rest, 0, "called")
		return n
	}
	k.open(rest)
	return 0
}

func (k *link) open(rest string) {
	for _, o := range openers {
		if strings.HasPrefix(rest, o.open) {
			k.at += len(o.open)
			k.closer, k.marked = o.close, true
			k.bracket = o.close == ")" || o.close == "）"
			return
		}
	}
}

// keyEnds says that a quote before i closed the key of a JSON object or a cell.
func keyEnds(s string, i int) bool {
	for at(s, i) == ' ' {
		i++
	}
	c := at(s, i)
	return c == ':' || c == '=' || c == ',' && at(s, i+1) == '"' || c == '|'
}

func linkWord(rest string) int {
	for _, w := range linkWords {
		if hasFold(rest, 0, w) && (w[0] >= utf8.RuneSelf || at(rest, len(w)) == ' ' || at(rest, len(w)) == ':') {
			return len(w)
		}
	}
	return 0
}

// maxWords is the number of spaces in the longest name of a mutex, service or task.
const maxWords = 5

// maxCapture is the longest value read because of its label, in bytes.
const maxCapture = 512

// capture reads the value of the label from i to end. It returns the value's end,
// or end if there is none.
func (sc *scanner) capture(l label, i, end int) int {
	s, t := sc.s, Type(l.what)
	l.code = at(s, i-1) == '`'
	k, ok := sc.linkOf(l, i, end)
	if !ok {
		return end
	}
	b, ok := valueEnd(s, l, k)
	if !ok {
		return end
	}
	a, b := trimCapture(s, k.at, b)
	v, ok := captured(t, s[a:b], k)
	if !ok || t == Subject && !sc.subjectHere(l, i) {
		return end
	}
	sc.emit(v, a, b, 0, sure)
	switch v.Type {
	case Mutex, Service, Task:
		return sc.more(v.Type, b)
	case Subject:
		sc.last = a
		return max(a, end+1)
	}
	return b
}

// linkOf reads what stands between the label from i to end and its value; ok is false if
// no value follows in the way the label asks for.
func (sc *scanner) linkOf(l label, i, end int) (k link, ok bool) {
	s, t := sc.s, Type(l.what)
	k = linkAt(s, end)
	if t == UserAgent {
		k = agentLink(s, end, k)
	}
	k.marked = k.marked || t == Subject && sc.openSubject(l, i, end)
	if t == Subject && !k.marked {
		if far := farLink(s, end); far.colon && far.closer != "" && strings.IndexByte(s[end:far.at], '.') < 0 {
			k = far // Subject they always used: "…"
		}
	}
	if k.closer == "" && (t == Task || t == Service || t == Mutex) && strings.HasPrefix(s[end:], "　") && at(s, k.at) < utf8.RuneSelf && sc.begins(i) {
		k.colon = true // タスク名　Abc Deploy Once
	}
	if k.closer == "" && !k.marked && sc.apart(t, l, i, end, k.at) {
		k.marked, k.colon = true, true
	}
	if l.word && k.at < len(s) && k.closer == "" {
		return k, strongName(s[k.at:tokenEnd(s, k.at)]) || t == Task && !upper(s[i]) && titled(s, k.at)
	}
	if !k.marked && !l.bare && (t == Service || t == Task) && end < k.at && serviceName(s[min(k.at, len(s)):tokenEnd(s, k.at)]) {
		return k, true // サービス WlmsHelperSvc（…）
	}
	if !k.marked && !l.bare || k.at >= len(s) || s[end] == '_' { // service_create is another word
		return k, false
	}
	// Behind a value the label ends its row: the next cell is a remark.
	return k, k.cell != '|' && k.cell != '\t' || !sc.named(t, i)
}

// apart says that a label begins its line and that several blanks part it from a name, as in a table without rules:
// "タスク   Pixel Telemetry", "subject   Your parcel".
func (sc *scanner) apart(t Type, l label, i, end, to int) bool {
	if t == Subject {
		return strings.HasPrefix(sc.s[end:], "  ") && strings.Trim(sc.s[:i], " ") == "" && to < len(sc.s) && !strings.Contains(strings.TrimRight(sc.s[to:], " "), "  ")
	}
	if t != Task && t != Service && t != Mutex || !strings.HasPrefix(sc.s[end:], "  ") || !sc.begins(i) {
		return false
	}
	c := at(sc.s, to)
	return c >= 'A' && c <= 'Z' || c == '_' || c == '{' || c == '\\' || strongName(sc.s[min(to, len(sc.s)):tokenEnd(sc.s, to)])
}

// begins says that nothing but a bullet or a number stands before i.
func (sc *scanner) begins(i int) bool { return strings.Trim(sc.s[:i], " 　\t-*・0123456789.)") == "" }

// valueEnd gives the end of the value behind a link, at the quote that closes it if one
// was opened; ok is false if that quote is missing.
func valueEnd(s string, l label, k link) (end int, ok bool) {
	limit := min(len(s), k.at+maxCapture)
	if k.product {
		return productEnd(s, k.at), true
	}
	if k.closer == "" {
		return plainEnd(s, l, k, limit), true
	}
	n := strings.Index(s[k.at:limit], k.closer)
	return k.at + n, n >= 0
}

// more reads the further names of a list that began with one: "AKB_lock、および PLC0_MTX". It
// gives where the list ends.
func (sc *scanner) more(t Type, i int) int {
	for range 20 {
		a := i + listJoin(sc.s[i:])
		b := a
		for b < len(sc.s) && (is(sc.s[b], clToken) || sc.s[b] == '\\') {
			b++
		}
		_, c := trimCapture(sc.s, a, b)
		if a == i || c-a < 4 || !sc.listed(a, c) {
			return i
		}
		v, err := Parse(t, sc.s[a:c])
		if err != nil {
			return i
		}
		sc.emit(v, a, c, 0, plain)
		i = c
	}
	return i
}

// listed says that the word from a to b is another name: it looks like an identifier, or it
// is the short name in the bracket behind the long one.
func (sc *scanner) listed(a, b int) bool {
	if strings.ContainsAny(sc.s[a:b], "_0123456789\\") {
		return true
	}
	closed := strings.HasPrefix(sc.s[b:], ")") || strings.HasPrefix(sc.s[b:], "）")
	return closed && named(sc.s[a+1:b]) && !strings.Contains(sc.s[a:b], ".") // not "Backup (User)"
}

// listJoin gives the length of what joins two names of a list, 0 if nothing does.
func listJoin(s string) int {
	rest := strings.TrimLeft(s, "」』\"'` 　")
	for _, w := range []string{"、および", "、及び", "、と", "および", "及び", "、", "，", ", and ", ",", " and ", "and ", "と", "/", "(", "（"} {
		if after, ok := strings.CutPrefix(rest, w); ok {
			return len(s) - len(strings.TrimLeft(after, "「『\"'` 　"))
		}
	}
	return 0
}

// named says that a value of a type stands before i in the line.
func (sc *scanner) named(t Type, i int) bool {
	return slices.ContainsFunc(sc.out, func(m Match) bool { return m.Type == t && m.End <= i })
}

// plainEnd gives the end of a value without quotes; where it begins, if there is
// none but a sentence.
func plainEnd(s string, l label, k link, limit int) int {
	t := Type(l.what)
	sentence := t == Subject || t == UserAgent // may hold what ends a name
	words := 0
	for p := k.at; p < limit; p++ {
		c := s[p]
		if c == '`' && l.code {
			return p
		}
		if c == '|' || c == '\t' || c == k.cell || t != Subject && (c == '"' || c >= utf8.RuneSelf) {
			return p
		}
		if t == UserAgent && c == '.' && at(s, p+1) == ' ' {
			return p
		}
		if sentence {
			continue
		}
		if c == ' ' && upper(at(s, p+1)) && upper(s[k.at]) && !strongName(s[k.at:tokenEnd(s, k.at)]) {
			continue // service Tbg Document Sync
		}
		if k.nameEnds(c, at(s, p+1)) && !(c == ' ' && (k.called || strings.HasSuffix(l.text, " called")) && upper(at(s, p+1))) {
			return p
		}
		if c == ' ' {
			words++
		}
		if words > maxWords {
			return k.at
		}
	}
	return runeBefore(s, limit)
}

// runeBefore moves i back to the beginning of a character.
func runeBefore(s string, i int) int {
	for i > 0 && i < len(s) && !utf8.RuneStart(s[i]) {
		i--
	}
	return i
}

func trimCapture(s string, a, b int) (int, int) {
	for a < b && (s[a] == ' ' || s[a] == '`' || s[a] == '*') {
		a++
	}
	for b > a && strings.IndexByte(" `*.,;:", s[b-1]) >= 0 {
		b--
	}
	return a, b
}

// openSubject says that the subject of a mail follows its label from i to end after no more
// than a space: in a sentence, or at the beginning of a Japanese line.
func (sc *scanner) openSubject(l label, i, end int) bool {
	if l.text[0] < utf8.RuneSelf {
		return sc.bareSubject(i, end)
	}
	return strings.Trim(sc.s[:i], " 　\t-*・>") == "" && at(sc.s, end) == ' '
}

func tokenEnd(s string, i int) int {
	for i < len(s) && is(s[i], clToken) {
		i++
	}
	return i
}

// bareSubject says that "subject" from i to end stands behind a comma and before a word
// that begins with a capital: "…, subject Your parcel".
func (sc *scanner) bareSubject(i, end int) bool {
	next := at(sc.s, end+1)
	return at(sc.s, i-1) == ' ' && at(sc.s, i-2) == ',' && at(sc.s, end) == ' ' && next >= 'A' && next <= 'Z'
}

// subjectHere says that "subject" at i is a header, a field or a Japanese word, not
// a word of an English sentence.
func (sc *scanner) subjectHere(l label, i int) bool {
	if l.text[0] >= utf8.RuneSelf || sc.bareSubject(i, i+len(l.text)) || strings.HasPrefix(l.text, "mail ") && linkAt(sc.s, i+len(l.text)).cell != 0 {
		return true
	}
	before := strings.TrimRight(sc.s[max(0, i-8):i], " *-・>#")
	rest := strings.TrimLeft(sc.s[i+len(l.text):], " ")
	quoted := strings.HasPrefix(rest, `"`) || strings.HasPrefix(rest, "“") || strings.HasPrefix(rest, "`") || strings.HasPrefix(rest, "'")
	return quoted || i < 8 && before == "" || strings.HasSuffix(before, `"`) || strings.HasSuffix(before, "|") || strings.HasSuffix(before, ",") || sc.s[i] == 'S'
}
