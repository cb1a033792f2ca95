package indicator

import (
	"strings"
	"unicode/utf8"
)

// What a match is worth.
const (
	sure     = 95 // defanged, labelled, or of an unmistakable shape
	high     = 90
	plain    = 80 // the full shape, in the clear
	fair     = 60 // the shape, and something that speaks against it
	doubtful = 40 // a person should look
	faint    = 25
)

// A scanner reads one clear line from left to right. Every step moves on, and looks
// back or ahead by a bounded number of bytes, so that a line of a megabyte without a
// space takes time in proportion.
type scanner struct {
	s      string
	f      *folding
	labels *labelIndex
	out    []Match
	last   int // end of the last match in the clear text

	idnTried int // up to where a word with letters outside ASCII was tried as a host

	label      seen
	labelCount int
	firstLabel string

	columns []string // what the columns hold, if a head was seen
	sep     byte
	cell    int
	quoted  bool // inside quotes of a CSV record
}

// defanged says that s[a:b] stood otherwise in the source.
func (sc *scanner) defanged(a, b int) bool {
	if !sc.f.changed {
		return false
	}
	lo, hi := sc.f.source(a, b)
	return hi-lo != b-a
}

// emit adds a match and closes its span for what follows.
func (sc *scanner) emit(v Value, a, b int, port uint16, confidence int) {
	if b <= a {
		return
	}
	lo, hi := sc.f.source(a, b)
	sc.out = append(sc.out, Match{Value: v, Start: lo, End: hi, Port: port, Confidence: confidence})
	sc.last = b
}

// within adds a match that is a part of the one before on purpose.
func (sc *scanner) within(v Value, a, b, confidence int) {
	last := sc.last
	sc.emit(v, a, b, 0, confidence)
	sc.last = max(last, sc.last)
}

// scanFrom reads the line from i on.
func (sc *scanner) scanFrom(i int) {
	s := sc.s
	for i < len(s) {
		c := class[s[i]]
		switch {
		case c == 0:
			i++
		case c&clToken != 0:
			i = sc.token(i)
		case c == clWide:
			i = sc.wideRune(i)
		default:
			i = sc.point(i)
		}
	}
}

// wideRune looks for a label at a character outside ASCII, and moves on by one.
func (sc *scanner) wideRune(i int) int {
	if next := sc.labelled(i); next > i {
		return next
	}
	if strings.HasPrefix(sc.s[i:], "「") {
		sc.calledMail(i)
	}
	_, n := utf8.DecodeRuneInString(sc.s[i:])
	return i + n
}

// calledMail reports the subject in the quotes at i if the words behind them say that it is
// one: 「…」というメール.
func (sc *scanner) calledMail(i int) {
	const most = 300
	a := i + len("「")
	n := strings.Index(sc.s[a:min(len(sc.s), a+most)], "」")
	if n <= 0 {
		return
	}
	if sc.calledThing(a, a+n) > a {
		return
	}
	rest := sc.s[a+n+len("」"):]
	for _, w := range []string{"というメール", "というタイトル", "という件名", "との件名", "と題する", "と題した", "という題"} {
		if strings.HasPrefix(rest, w) {
			if v, err := Parse(Subject, sc.s[a:a+n]); err == nil {
				sc.emit(v, a, a+n, 0, plain)
				sc.last = a
			}
			return
		}
	}
}

// token reads the run of letters, digits, dots, hyphens and underscores at i.
func (sc *scanner) token(i int) int {
	s := sc.s
	j, bits := i, uint8(0)
	for j < len(s) && class[s[j]]&clToken != 0 {
		bits |= class[s[j]]
		j++
	}
	if next := sc.announced(i, j); next > j {
		return next
	}
	if at(s, j) == '/' && s[i]|0x20 == 'm' && hasFold(s, i, "mozilla/") {
		if next := sc.loggedAgent(i); next > j {
			return next
		}
	}
	if at(s, j) == ' ' || at(s, j) >= utf8.RuneSelf || at(s, j) == '`' {
		if sc.calledBehind(i, j) {
			return j
		}
	}
	if bits&clHexLetter|bits&clLetter != 0 && at(s, i-1) != '\\' {
		if next := sc.labelled(i); next > i && (next >= j || bits&clDot == 0 && j-i < 13) {
			return max(next, i+1)
		}
	}
	if bits&clDot != 0 {
		return sc.dottedToken(i, j, bits)
	}
	return sc.plainToken(i, j, bits)
}

// plainToken sorts a token without a dot: identifiers, digests, coins.
func (sc *scanner) plainToken(i, j int, bits uint8) int {
	if j-i >= 3 && is(sc.s[i], clAlnum) {
		if next := sc.identifier(i, j, bits); next > i {
			return next
		}
	}
	if j-i >= 26 {
		sc.long(i, j)
	}
	return j
}

// announced looks at the character behind the token from i to j, which makes it a
// scheme, the name of a mailbox, a drive, a hive or a group of an IPv6 address. It
// returns where to go on; at most j if it is nothing of the kind.
func (sc *scanner) announced(i, j int) int {
	s := sc.s
	switch at(s, j) {
	case ':':
		return sc.beforeColon(i, j)
	case '@':
		if next := sc.email(j); next > j {
			return next
		}
	case '\\':
		return sc.beforeBackslash(i, j)
	case '*': // h**p
		if strings.HasPrefix(s[j:], "**p") || strings.HasPrefix(s[j:], "*p") {
			p := j + strings.IndexByte(s[j:], 'p') + 1
			if at(s, p) == 's' {
				p++
			}
			if next := sc.url(p); next > p {
				return next
			}
		}
	}
	return i
}

func (sc *scanner) beforeColon(i, j int) int {
	s := sc.s
	if n, _ := slashesAt(s, j); n > 0 {
		if next := sc.url(j); next > j {
			return next
		}
	}
	if at(s, j+1) == '\\' && is(s[j-1], clHexLetter|clLetter) && !is(at(s, j-2), clAlnum) {
		return sc.windowsPath(j-1, j+1)
	}
	if hasFold(s, i, "hk") {
		return sc.registry(i)
	}
	if is(s[i], clHex) && j-i <= 10 {
		return sc.groups(i, j)
	}
	return i
}

// groups reads what begins with the hex digits from i to j and a colon: bytes of a
// fingerprint, groups of an address, the block size of a fuzzy hash.
func (sc *scanner) groups(i, j int) int {
	if j-i == 2 {
		if next := sc.fingerprint(i); next > i {
			return next
		}
	}
	if j-i <= 4 {
		if next := sc.ipv6(i); next > i {
			return next
		}
	}
	if all(sc.s[i:j], clDigit) {
		return sc.ssdeep(i)
	}
	return i
}

func (sc *scanner) beforeBackslash(i, j int) int {
	s := sc.s
	switch {
	case lower(s[i]) == 'h' && lower(at(s, i+1)) == 'k':
		if next := sc.registry(i); next > i {
			return next
		}
	case hasFold(s, i, `global\`), hasFold(s, i, `local\`):
		return sc.kernelObject(i, j)
	}
	return i
}

// kernelObject reports the mutex "Global\name" or "Local\name" at i.
func (sc *scanner) kernelObject(i, j int) int {
	s := sc.s
	end := j
	for end < len(s) && end-i < 260 && s[end] > ' ' && s[end] < utf8.RuneSelf && strings.IndexByte("\"'`<>|,;()", s[end]) < 0 {
		end++
	}
	for end > j && strings.IndexByte(`.:\`, s[end-1]) >= 0 {
		end--
	}
	text := single(s[i:end])
	if end-j < 3 || strings.Count(text, `\`) > 1 {
		return i
	}
	sc.emit(Value{Type: Mutex, Value: text}, i, end, 0, plain)
	return end
}

// dottedToken sorts a token with dots in it: addresses, hosts, files, technique ids.
func (sc *scanner) dottedToken(i, j int, bits uint8) int {
	s := sc.s
	if bits&clAlnum == clDigit && bits&clUnder == 0 {
		a, _ := trimToken(s, i, j)
		return sc.ipv4(a, j)
	}
	if i > 0 && s[i-1] >= utf8.RuneSelf || at(s, j) >= utf8.RuneSelf {
		if next := sc.idn(i, j); next > i {
			return next
		}
	}
	if is(s[i], clAlnum) {
		if next := sc.identifier(i, j, bits); next > i {
			return next
		}
	}
	_, end := trimToken(s, i, j)
	switch c := at(s, end-1); {
	case c == 'e' || c == 'r':
		if sc.unit(i, end) {
			return j
		}
	case is(c, clDigit):
		if sc.versionedLibrary(i, j) {
			return j
		}
	}
	before := len(sc.out)
	next := sc.dotted(i, j)
	if len(sc.out) == before && j-i >= 26 {
		sc.long(i, j)
	}
	return next
}

// long looks at the words of a long token for digests and coins.
func (sc *scanner) long(i, j int) {
	s := sc.s
	for i < j {
		if !is(s[i], clAlnum) {
			i++
			continue
		}
		k := i
		for k < j && is(s[k], clAlnum) {
			k++
		}
		if k-i >= 26 && k-i <= 128 && !sc.digest(i, k) && isCoin(s[i:k]) {
			sc.emit(Value{Type: Coin, Value: coinForm(s[i:k])}, i, k, 0, high)
		}
		i = k
	}
}

// point looks at a punctuation mark: at a value that begins with it, or at the end of
// a cell.
func (sc *scanner) point(i int) int {
	if next := sc.marked(i); next > i {
		return next
	}
	if sc.s[i] == sc.sep && sc.sep != 0 && !(sc.s[i] == ',' && sc.quoted) {
		return sc.nextCell(i + 1)
	}
	return i + 1
}

// marked reads a value that begins with the punctuation mark at i. It returns where to
// go on, i if there is none.
func (sc *scanner) marked(i int) int {
	s := sc.s
	switch s[i] {
	case ':':
		if at(s, i+1) == ':' {
			return sc.ipv6(i)
		}
	case '\\':
		if at(s, i+1) == '\\' {
			return sc.unc(i)
		}
	case '%', '$':
		return sc.environment(i)
	case '~':
		return sc.posixPath(i)
	case '!', '#':
		return sc.noteFile(i)
	case '/':
		if hasFold(s, i, "/tn ") {
			return sc.labelled(i)
		}
		return sc.posixPath(i)
	case '"':
		return sc.quote(i)
	}
	return i
}

// quote reads the user agent that the quote at i opens, and keeps count of quotes: a
// comma between two of them parts no cells.
func (sc *scanner) quote(i int) int {
	sc.quoted = !sc.quoted
	next := sc.agent(i)
	if next > i {
		sc.quoted = false
	}
	return next
}

// nextCell puts the label of the next column in force.
func (sc *scanner) nextCell(i int) int {
	sc.cell++
	sc.label = seen{}
	if sc.cell >= len(sc.columns) || sc.columns[sc.cell] == "" {
		return i
	}
	sc.label = seen{what: sc.columns[sc.cell], end: i, column: true}
	return sc.cellValue(i)
}

// cellValue reads the cell at i if its column holds values without a shape.
func (sc *scanner) cellValue(i int) int {
	t := Type(sc.label.what)
	switch t {
	case Mutex, Service, Task, UserAgent, Subject:
	default:
		return i
	}
	a := i
	for at(sc.s, a) == ' ' {
		a++
	}
	k := link{at: a, marked: true, colon: true, cell: sc.sep}
	if at(sc.s, a) == '"' || at(sc.s, a) == '`' {
		k.open(sc.s[a:])
	}
	limit := min(len(sc.s), k.at+maxCapture)
	stop := string(sc.sep)
	if k.closer != "" {
		stop = k.closer
	}
	b := strings.Index(sc.s[k.at:limit], stop)
	if b < 0 {
		b = limit - k.at
	}
	a, b = trimCapture(sc.s, k.at, k.at+b)
	v, ok := captured(t, sc.s[a:b], k)
	if !ok {
		return i
	}
	sc.emit(v, a, b, 0, high)
	return b
}
