package disguise

import (
	"math/bits"
	"strings"
	"sync"
)

// Encodings in this file and in masked.go turn nearly every token into something, so what
// they give counts only where it is readable from end to end and holds a needle. They are
// tried when a term is looked for, never to explain a token: Decode does not know them.

const (
	minToken  = 8   // characters of a token that such an encoding makes of a name
	maxToken  = 128 // longer ones are data, not one name
	maxNumber = 64  // characters read as one number
	minNamed  = 4   // letters of a needle that these encodings may show
)

// tokenDecoder reads each token of letters and digits in the ways nobody writes by accident.
func tokenDecoder(p *peeler, l *layer) {
	if p.finder == nil || l.guess || l.depth > 1 {
		return
	}
	p.base85Runs(l)
	t, s := runs(), l.text
	in := func(c byte) bool { return c != '/' && t.class[c]&runBase64 != 0 }
	for i := minToken - 1; i < len(s); i += minToken {
		if !in(s[i]) {
			continue
		}
		lo, hi := i, i+1
		for lo > 0 && in(s[lo-1]) && i-lo < minToken {
			lo--
		}
		for hi < len(s) && in(s[hi]) {
			hi++
		}
		if hi-lo >= minToken && hi-lo <= maxToken {
			p.unlessBarren(tokenPieces, l, lo, hi, (*peeler).token)
		}
		i = max(i, hi-1)
	}
}

// token tries s[lo:hi] whole, and the parts that punctuation divides it into.
func (p *peeler) token(l *layer, lo, hi int) {
	p.masked(l, lo, hi)
	for from := lo; from < hi; from++ {
		to := from
		for to < hi && isAlnum(l.text[to]) {
			to++
		}
		if to-from >= minToken {
			if to-from < hi-lo {
				p.masked(l, from, to)
			}
			p.numbered(l, from, to)
		}
		from = max(from, to)
	}
}

// radices are the alphabets in which a text is written as one large number.
var radices = sync.OnceValue(func() []*[256]uint8 {
	const digits, upper, lower = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"
	var list []*[256]uint8
	for _, alphabet := range []string{
		digits[1:] + "ABCDEFGHJKLMNPQRSTUVWXYZ" + "abcdefghijkmnopqrstuvwxyz", // base58
		digits + upper + lower, digits + lower + upper, digits + lower,
	} {
		t := &[256]uint8{}
		for i := range len(alphabet) {
			t[alphabet[i]] = uint8(i) + 1
		}
		if len(alphabet) == 36 {
			for i := range len(upper) {
				t[upper[i]] = t[lower[i]]
			}
		}
		t[0] = uint8(len(alphabet))
		list = append(list, t)
	}
	return list
})

// numbered reads a token as one number in base58, base62 or base36.
func (p *peeler) numbered(l *layer, lo, hi int) {
	s := l.text[lo:hi]
	if len(s) > maxNumber {
		return
	}
	mixed := strings.ToLower(s) != s && strings.ToUpper(s) != s
	for _, t := range radices() {
		if mixed == (t[0] == 36) {
			continue
		}
		var out [8 * 6]byte
		if data, ok := bigEndian(s, t, out[:]); ok {
			p.reveal(l, "number", data, lo, hi)
		}
	}
}

// bigEndian gives the bytes of a number; false where a character is no digit of its base
// or the number does not begin with a readable byte.
func bigEndian(s string, t *[256]uint8, out []byte) ([]byte, bool) {
	var limbs [6]uint64
	used := 0
	for i := range len(s) {
		if t[s[i]] == 0 {
			return nil, false
		}
		carry := uint64(t[s[i]] - 1)
		for k := range limbs[:used] {
			high, low := bits.Mul64(limbs[k], uint64(t[0]))
			var over uint64
			limbs[k], over = bits.Add64(low, carry, 0)
			carry = high + over
		}
		if carry > 0 && used < len(limbs) {
			limbs[used] = carry
			used++
		}
	}
	n := len(out)
	for k := range limbs[:used] {
		for shift := 0; shift < 64; shift += 8 {
			n--
			out[n] = byte(limbs[k] >> shift)
		}
	}
	for n < len(out) && out[n] == 0 {
		n++
	}
	out = out[n:]
	return out, len(out) >= minNamed && printable(out) > 0
}

// reveal emits what a whole token was decoded to, if it is text with a needle in it.
func (p *peeler) reveal(l *layer, kind string, data []byte, lo, hi int) {
	for i := 0; i < len(data); {
		n := printable(data[i:])
		if n == 0 {
			return
		}
		i += n
	}
	if !p.finder.idx.names(p, data) {
		return
	}
	from := make([]int32, len(data)+1)
	for i := range from {
		from[i] = int32(lo)
	}
	from[len(data)] = int32(hi)
	p.emit(l, []string{kind}, data, from, maxDepth, true)
}

// names reports whether text holds a needle that is not so short that chance made it.
func (x *index) names(p *peeler, text []byte) bool {
	f := &p.scratch.fold
	*f = fold().add(f.empty(), string(text), 0)
	found := false
	for i := x.candidate(f.chars, 0); i >= 0 && !found; i = x.candidate(f.chars, i+1) {
		x.at(f.chars[i:], func(n *needle) { found = found || !n.ascii || len(n.key) >= minNamed })
	}
	return found
}

// alphabets85 are those of Ascii85 and of RFC 1924.
var alphabets85 = sync.OnceValue(func() (list [2][256]uint8) {
	for i := range 85 {
		list[0]['!'+i] = uint8(i) + 1
	}
	const later = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
	for i := range len(later) {
		list[1][later[i]] = uint8(i) + 1
	}
	return list
})

// base85Marks is the punctuation that tells base85 from words: nearly every eight digits of
// it hold one.
const base85Marks = "!#$%&()*+;<>?@^`{|}~"

// base85Runs reads base85 wherever a token may begin that has such a mark in it, for as
// long as it gives readable text: nothing but that says where the token ends.
func (p *peeler) base85Runs(l *layer) {
	s, tables := l.text, alphabets85()
	for i := 0; i < len(s); {
		at := strings.IndexAny(s[i:], base85Marks)
		if at < 0 {
			return
		}
		at += i
		lo := at
		for lo > i && at-lo < minToken && s[lo-1] > ' ' && s[lo-1] < 0x7f {
			lo--
		}
		for ; lo <= at; lo++ {
			if lo > 0 && isAlnum(s[lo-1]) {
				continue
			}
			for k := range tables {
				p.base85(l, &tables[k], lo)
			}
		}
		i = at + 1
	}
}

func (p *peeler) base85(l *layer, t *[256]uint8, lo int) {
	s := l.text
	var data []byte
	i := lo
	for i+5 <= len(s) && i-lo < maxToken {
		v, n := group85(s[i:i+5], t)
		if n < 5 || !plainWord(v, 4) {
			break
		}
		data = append(data, byte(v>>24), byte(v>>16), byte(v>>8), byte(v))
		i += 5
	}
	if len(data) < 4 {
		return
	}
	for rest := 4; rest >= 2; rest-- { // the last group may be shorter
		if i+rest > len(s) {
			continue
		}
		if v, n := group85(s[i:i+rest], t); n == rest && plainWord(v, rest-1) {
			tail := []byte{byte(v >> 24), byte(v >> 16), byte(v >> 8)}[:rest-1]
			p.reveal(l, "base85", append(data[:len(data):len(data)], tail...), lo, i+rest)
		}
	}
	p.reveal(l, "base85", data, lo, i)
}

// group85 reads up to five digits, as if the highest digit stood in place of those missing,
// and tells how many it could read.
func group85(s string, t *[256]uint8) (uint32, int) {
	v := uint64(0)
	for i := range 5 {
		d := uint64(84)
		if i < len(s) {
			if t[s[i]] == 0 {
				return 0, i
			}
			d = uint64(t[s[i]] - 1)
		}
		v = v*85 + d
	}
	if v > 0xffffffff {
		return 0, 0
	}
	return uint32(v), len(s)
}

// plainWord reports whether the first n bytes of v may belong to text.
func plainWord(v uint32, n int) bool {
	for k := range n {
		if c := byte(v >> (24 - 8*k)); c < 0x20 || c == 0x7f {
			return false
		}
	}
	return true
}
