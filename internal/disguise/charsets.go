package disguise

import (
	"bytes"
	"strings"
	"sync"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
)

// A pairTable maps the two bytes of a Japanese character to its code point, 0 when they are none.
type pairTable [65536]uint16

func pairsOf(e encoding.Encoding) *pairTable {
	t := &pairTable{}
	d := e.NewDecoder()
	var dst [16]byte
	for hi := 0x80; hi < 0x100; hi++ {
		for lo := 0x40; lo < 0x100; lo++ {
			d.Reset()
			n, _, err := d.Transform(dst[:], []byte{byte(hi), byte(lo)}, true)
			if r, size := utf8.DecodeRune(dst[:n]); err == nil && size == n && r >= 0x80 && r < utf8.RuneError {
				t[hi<<8|lo] = uint16(r)
			}
		}
	}
	return t
}

var (
	shiftJIS = sync.OnceValue(func() *pairTable { return pairsOf(japanese.ShiftJIS) })
	eucJP    = sync.OnceValue(func() *pairTable { return pairsOf(japanese.EUCJP) })
)

// A reading collects characters decoded from bytes in one supposed character set, keeping
// the stretches that are plausible.
type reading struct {
	p    *peeler
	out  stretches
	runs []rune
	at   []int32 // index in data of each
	wide int     // characters of the stretch beyond ASCII
	need int     // wide characters that make a stretch
	last int
	fold folded
}

func (r *reading) add(c rune, at int) {
	r.runs, r.at = append(r.runs, c), append(r.at, int32(at))
	if c >= 0x80 {
		r.wide++
	}
}

// cut ends a stretch before the byte at i and keeps it when it may say something.
func (r *reading) cut(i int) {
	if len(r.runs) == 0 {
		return
	}
	if r.plausible() {
		r.out.separate(int(r.at[0]))
		for k, c := range r.runs {
			before := len(r.out.text)
			r.out.text = utf8.AppendRune(r.out.text, c)
			for range len(r.out.text) - before {
				r.out.at = append(r.out.at, r.out.from.origin(int(r.at[k])))
			}
		}
		r.last = i
	}
	r.runs, r.at, r.wide = r.runs[:0], r.at[:0], 0
}

// plausible reports whether the stretch at hand is worth keeping: long enough, and either
// with ASCII in which more may be hidden, or with the beginning of a needle.
func (r *reading) plausible() bool {
	narrow := len(r.runs) - r.wide
	if r.wide < r.need || r.need == 0 && r.wide < 2 && len(r.runs) < 3 {
		return false
	}
	if narrow > minStretch {
		return true
	}
	if r.p.finder == nil {
		return len(r.runs) >= minStretch
	}
	r.fold = fold().addRunes(r.fold.empty(), r.runs)
	return r.p.finder.idx.mayContain(r.fold.chars)
}

// mayContain is false when chars certainly hold no needle.
func (x *index) mayContain(chars []uint16) bool { return x.candidate(chars, 0) >= 0 }

// charsets tries bytes as UTF-16 and as the Japanese character sets before Unicode.
func (p *peeler) charsets(parent *layer, data []byte, from source, kinds []string, depth int) {
	if len(data) < 4 {
		return
	}
	give := func(name string, r *reading) {
		r.cut(len(data))
		if r.out.close(r.last) {
			p.emit(parent, append(kinds[:len(kinds):len(kinds)], name), r.out.text, r.out.at, depth, true)
		}
	}
	fresh := func(need int) *reading {
		r := &p.scratch
		r.p, r.need, r.last = p, need, 0
		r.out.data, r.out.from, r.out.text, r.out.at = data, from, r.out.text[:0], r.out.at[:0]
		r.runs, r.at, r.wide = r.runs[:0], r.at[:0], 0
		return r
	}
	for phase := range 2 {
		for _, big := range []bool{false, true} {
			name := "utf-16le"
			if big {
				name = "utf-16be"
			}
			r := fresh(0)
			r.utf16(data, phase, big)
			give(name, r)
		}
	}
	if high(data) >= 3 {
		for phase := range 2 {
			r := fresh(2)
			r.pairs(data, phase, shiftJIS())
			give("shift_jis", r)
			r = fresh(2)
			r.pairs(data, phase, eucJP())
			give("euc-jp", r)
		}
	}
	if bytes.Contains(data, []byte("\x1b$")) {
		r := fresh(1)
		r.jis(data)
		give("iso-2022-jp", r)
	}
}

func high(data []byte) int {
	n := 0
	for _, c := range data {
		if c >= 0x80 {
			n++
		}
	}
	return n
}

func (r *reading) utf16(data []byte, phase int, big bool) {
	for i := phase; i+1 < len(data); i += 2 {
		c := unit(data[i:], big)
		if utf16.IsSurrogate(c) && i+3 < len(data) {
			if c = utf16.DecodeRune(c, unit(data[i+2:], big)); c != utf8.RuneError {
				r.add(c, i)
				i += 2
				continue
			}
		}
		if readable(c) {
			r.add(c, i)
		} else {
			r.cut(i)
		}
	}
}

func unit(b []byte, big bool) rune {
	if big {
		return rune(b[0])<<8 | rune(b[1])
	}
	return rune(b[1])<<8 | rune(b[0])
}

// readable tells the characters of Japanese and English text.
func readable(c rune) bool {
	switch {
	case c < 0x80:
		return c >= 0x20 && c < 0x7f || c == '\n' || c == '\r' || c == '\t'
	case c < 0x250:
		return c >= 0xa0
	case c >= 0x200b && c <= 0x2027, c >= 0x3000 && c <= 0x30ff, c >= 0x3231 && c <= 0x33ff:
		return true
	case c >= 0x4e00 && c <= 0x9fff, c >= 0xf900 && c <= 0xfaff, c >= 0xff01 && c <= 0xff9f:
		return true
	}
	return false
}

func (r *reading) pairs(data []byte, phase int, t *pairTable) {
	for i := phase; i < len(data); i++ {
		c := data[i]
		if c >= 0x80 && i+1 < len(data) {
			if v := t[uint16(c)<<8|uint16(data[i+1])]; v != 0 {
				r.add(rune(v), i)
				i++
				continue
			}
		}
		switch {
		case c >= 0xa1 && c <= 0xdf:
			r.add(0xff61+rune(c)-0xa1, i)
		case c >= 0x20 && c < 0x7f || c == '\n':
			r.add(rune(c), i)
		default:
			r.cut(i)
		}
	}
}

// jis reads ISO-2022-JP: two bytes a character between ESC $ and ESC (.
func (r *reading) jis(data []byte) {
	double := false
	t := eucJP()
	for i := 0; i < len(data); i++ {
		c := data[i]
		switch {
		case c == 0x1b && i+2 < len(data):
			double = data[i+1] == '$'
			if i += 2; double && data[i] == '(' {
				i++
			}
		case double && i+1 < len(data) && c >= 0x21:
			if v := t[uint16(c|0x80)<<8|uint16(data[i+1]|0x80)]; v != 0 {
				r.add(rune(v), i)
			}
			i++
		case c >= 0x20 && c < 0x7f:
			r.add(rune(c), i)
		default:
			r.cut(i)
		}
	}
}

// jisDecoder reads ISO-2022-JP that stands in text as it came off the wire.
func jisDecoder(p *peeler, l *layer) {
	if strings.Contains(l.text, "\x1b$") {
		p.charsets(l, []byte(l.text), source{}, nil, l.depth+1)
	}
}

// latinLeads begin ã å æ, controls, Œ, ƒ in UTF-8: what Japanese turns into.
const latinLeads = "\xc2\xc3\xc5\xc6"

// latinMojibakeDecoder undoes the reading of Japanese bytes as Latin-1 or Windows-1252.
func latinMojibakeDecoder(p *peeler, l *layer) {
	s := l.text
	i := len(s)
	for _, lead := range []byte(latinLeads) {
		if at := strings.IndexByte(s[:i], lead); at >= 0 {
			i = at
		}
	}
	if i == len(s) {
		return
	}
	for i = max(0, i-neighbourhood); !utf8.RuneStart(s[i]); {
		i++
	}
	var data []byte
	var from []int32
	give := func(end int) {
		if high(data) >= 3 {
			from = append(from, int32(end))
			out := stretches{data: data, from: source{list: from}}
			if out.utf8() {
				p.emit(l, []string{"mojibake"}, out.text, out.at, l.depth+1, true)
			}
			p.charsets(l, data, source{list: from}, []string{"mojibake"}, l.depth+1)
		}
		data, from = data[:0], from[:0]
	}
	for j, r := range s[i:] {
		b, ok := latinByte(r)
		if !ok {
			give(i + j)
			continue
		}
		data, from = append(data, b), append(from, int32(i+j))
	}
	give(len(s))
}

func latinByte(r rune) (byte, bool) {
	if r < 0x100 {
		return byte(r), true
	}
	const c1 = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ"
	i := byte(0x80)
	for _, c := range c1 {
		if c == r {
			return i, true
		}
		i++
	}
	return 0, false
}

var shiftJISBytes = sync.OnceValue(func() *pairTable {
	t := &pairTable{}
	for pair, r := range shiftJIS() {
		if r != 0 && t[r] == 0 {
			t[r] = uint16(pair)
		}
	}
	return t
})

// kanjiLeads begin the characters of which one is in every such text: half-width kana, and the
// ideographs that UTF-8's leads for kana turn into.
const kanjiLeads = "\xef\xe7"

// kanjiMojibakeDecoder undoes the reading of UTF-8 as Shift_JIS, which shows as half-width
// kana among rare ideographs.
func kanjiMojibakeDecoder(p *peeler, l *layer) {
	s := l.text
	if !begins(s, kanjiLeads[:1], "\xbd", "\xbe") && !begins(s, kanjiLeads[1:], "縺"[1:], "繧"[1:], "繝"[1:]) {
		return
	}
	t := shiftJISBytes()
	var data []byte
	var from []int32
	for i, r := range s {
		switch {
		case r >= 0xff61 && r <= 0xff9f:
			data, from = append(data, byte(r-0xff61+0xa1)), append(from, int32(i))
		case r < 0x80:
			data, from = append(data, byte(r)), append(from, int32(i))
		case r <= 0xffff && t[r] != 0:
			data, from = append(data, byte(t[r]>>8), byte(t[r])), append(from, int32(i), int32(i))
		default:
			data, from = append(data, 0xff), append(from, int32(i))
		}
	}
	out := stretches{data: data, from: source{list: append(from, int32(len(s)))}}
	if out.utf8() {
		p.emit(l, []string{"mojibake"}, out.text, out.at, l.depth+1, true)
	}
}

// begins reports whether one of rests follows lead anywhere in s.
func begins(s, lead string, rests ...string) bool {
	for {
		i := strings.IndexByte(s, lead[0])
		if i < 0 {
			return false
		}
		s = s[i+1:]
		for _, rest := range rests {
			if strings.HasPrefix(s, rest) {
				return true
			}
		}
	}
}
