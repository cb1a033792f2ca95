package hunt

import (
	"encoding/binary"
	"math/bits"
)

// Values without a form of their own, such as paths, the names of mutexes or whole command lines,
// are found by one token in them, the anchor, and then compared around it.

// lookAtTokens asks for the tokens that have no dot.
func (s *scanner) lookAtTokens(b, text []byte, at, words int) {
	prev := s.token[0] >> 63
	s.any.n = 0
	for w := range min(words, blockWords) {
		token := s.token[w+lead]
		s.any.addAll(w, (token<<1|prev)&^token)
		prev = token >> 63
	}
	f := s.pack.tokens
	for _, end := range s.any.at[:s.any.n] {
		size := bits.LeadingZeros64(^s.token.window(end))
		if bits.LeadingZeros64(s.edge.window(end)) < size { // it has a dot
			continue
		}
		p := at + int(end)
		start := p - size
		if f.may(tailKey(b, p, size)) {
			s.followToken(text, start, p)
		}
		if classes[b[start-1]]&classTurn == 0 {
			continue
		}
		if cut, c := cutAtStart(text, start); cut > 0 && cut < size && !isToken(c) && f.may(tailKey(b, p, size-cut)) {
			s.followToken(text, start+cut, p)
		}
	}
}

// followToken looks a token without a dot up. It goes back to where the token really begins.
func (s *scanner) followToken(text []byte, start, end int) {
	if end-start >= 60 {
		for ; start > 0 && end-start < maxHost && isWord(text[start-1]); start-- {
		}
	}
	s.key = appendLower(s.key[:0], text[start:end])
	s.pack.table.find(spaceToken, s.key, func(id ID, e *entry) bool {
		s.checkText(text, id, e, start, end)
		return true
	})
}

// lookAtGrams asks, for each character beyond ASCII, for it and the bytes behind it.
func (s *scanner) lookAtGrams(b, text []byte, at int) {
	for w := range s.odd.all {
		for high := s.odds[w%blockWords].high; high != 0; high &= high - 1 {
			p := at + w*wordBytes + bits.TrailingZeros64(high)
			if b[p] < 0xc0 || !s.pack.grams.may(gramKey(b, p)) || p+gramBytes > len(text) {
				continue
			}
			s.pack.table.find(spaceGram, text[p:p+gramBytes], func(id ID, e *entry) bool {
				s.checkText(text, id, e, p, p+gramBytes)
				return true
			})
		}
	}
}

// gramBytes is two kana or kanji in UTF-8.
const gramBytes = 6

func gramKey(b []byte, i int) uint64 {
	return mix(binary.LittleEndian.Uint64(b[i:])&(1<<(8*gramBytes)-1), 0)
}

// checkText compares a value with the text around its anchor, which stands at text[at:end].
func (s *scanner) checkText(text []byte, id ID, e *entry, at, end int) {
	value := e.value
	from, to := int(e.anchor), int(e.anchor)+len(e.key)
	if to > len(value) {
		return
	}
	c, root := comparison{folded: e.kind != kindText}, 0
	if e.kind == kindRegistry {
		root = min(hiveEnd(value), from)
	}
	start, ok := c.backward(text, at, value[root:from])
	if !ok {
		return
	}
	stop, ok := c.forward(text, end, value[to:])
	if !ok || !c.folded && string(text[at:end]) != string(value[from:to]) {
		return
	}
	if root > 0 {
		if start, ok = hiveBefore(text, start, value[:root]); !ok {
			return
		}
	}
	if isToken(value[0]) && !beginsAt(text, start) || isToken(value[len(value)-1]) && !endsAt(text, stop) {
		return
	}
	s.report(id, start, stop, FormExact)
}

// A comparison walks along value and text together, reading what logs write for one character:
// JSON doubles a backslash and puts one before a quotation mark.
type comparison struct {
	folded bool // letters of either case are the same, and slashes of either kind
}

func (c comparison) same(a, b byte) bool {
	return a == b || c.folded && (lower(a) == lower(b) || a == '/' && b == '\\' || a == '\\' && b == '/')
}

// slashes counts the backslashes at i, or before i if step is -1.
func slashes(b []byte, i, step int) (n int) {
	if step < 0 {
		i--
	}
	for ; peek(b, i) == '\\'; i += step {
		n++
	}
	return n
}

// forward matches value with what stands at i and says where it ends.
func (c comparison) forward(text []byte, i int, value []byte) (end int, ok bool) {
	for k := 0; k < len(value); {
		want, have := slashes(value, k, 1), slashes(text, i, 1)
		if want > 0 && (have == want || have == 2*want || have > want && k+want == len(value)) {
			k, i = k+want, i+have
			continue
		}
		if next := peek(text, i+1); have == 1 && (next == '/' || next == '"') && c.same(next, value[k]) {
			i++
		}
		if i >= len(text) || !c.same(text[i], value[k]) {
			return i, false
		}
		k, i = k+1, i+1
	}
	return i, true
}

// backward matches value with what stands before i and says where it begins.
func (c comparison) backward(text []byte, i int, value []byte) (start int, ok bool) {
	for k := len(value); k > 0; {
		want, have := slashes(value, k, -1), slashes(text, i, -1)
		if want > 0 && (have == want || have == 2*want || have > want && k == want) {
			k, i = k-want, i-have
			continue
		}
		if i <= 0 || !c.same(text[i-1], value[k-1]) {
			return i, false
		}
		k, i = k-1, i-1
		if c := text[i]; (c == '"' || c == '/') && slashes(text, i, -1) == 1 {
			i--
		}
	}
	return i, true
}

// hives are the spellings of the roots of the registry, the full name first.
var hives = [...][]string{
	{"hkey_local_machine", "hklm", "hklm:", `\registry\machine`, `registry::hkey_local_machine`},
	{"hkey_current_user", "hkcu", "hkcu:", `registry::hkey_current_user`},
	{"hkey_users", "hku", "hku:", `\registry\user`, `registry::hkey_users`},
	{"hkey_classes_root", "hkcr", "hkcr:", `registry::hkey_classes_root`},
	{"hkey_current_config", "hkcc", "hkcc:"},
}

// hiveEnd says how long the root of a registry key is.
func hiveEnd(value []byte) int {
	for _, names := range hives {
		if hasFold(value, 0, names[0]) && peek(value, len(names[0])) == '\\' {
			return len(names[0])
		}
	}
	return 0
}

// hiveBefore finds a spelling of the hive that ends at i and says where it begins.
func hiveBefore(text []byte, i int, hive []byte) (int, bool) {
	c := comparison{folded: true}
	for _, names := range hives {
		if !hasFold(hive, 0, names[0]) {
			continue
		}
		for _, name := range names {
			if start, ok := c.backward(text, i, []byte(name)); ok && !isWord(peek(text, start-1)) {
				return start, true
			}
		}
	}
	return i, false
}
