package hunt

import (
	"encoding/binary"
	"math/bits"
)

const maxHost = 255 // bytes of the longest name that is followed to its beginning

// lasts have a bit for each hash of the last four bytes of a wanted name: most files, and the fields of some logs, are
// told from names by them.
type lasts []byte

const (
	lastBytes = 4
	manyLasts = 1 << 13 // bytes
)

// place says which bit is that of the name that ends before b[end].
func (l lasts) place(b []byte, end int) (at int, bit uint32) {
	hash := (binary.LittleEndian.Uint32(b[end-lastBytes:end:end]) | folding&(1<<32-1)) * (mixA >> 32) >> 16
	return int(hash >> 3 & uint32(len(l)-1)), hash & 7
}

func (l lasts) learn(name []byte) {
	if len(name) < lastBytes { // what stands before it is not known
		for i := range l {
			l[i] = 0xff
		}
		return
	}
	at, bit := l.place(name, len(name))
	l[at] |= 1 << bit
}

// lookAtNames asks the filter for the last two labels of each token, and follows those it may know.
func (s *scanner) lookAtNames(b, text []byte, at int) {
	f := s.pack.names
	for i, end := range s.named.at[:s.named.n] {
		edge := withoutFirst(s.edge.window(end)) // but for the last dot
		word, want := f.place(tailKey(b, at+int(end), bits.LeadingZeros64(edge)))
		s.finds[uint(i)%uint(len(s.finds))] = find{want, word, end}
	}
	s.followNames(b, text, at, f.sift(s.finds[:s.named.n]))
}

// sift keeps the finds that the filter may know. Nothing in the inner loop waits for a look into memory, so that
// many are under way at once.
func (f filter) sift(finds []find) []find {
	n := 0
	for from := 0; from < len(finds); from += 64 {
		part := finds[from:min(from+64, len(finds))]
		var may uint64 // the first of part on top
		for _, x := range part {
			may <<= 1
			if f.has(x.word, x.want) {
				may |= 1
			}
		}
		for may <<= uint(64 - len(part)); may != 0; {
			i := bits.LeadingZeros64(may)
			may &^= 1 << 63 >> i
			finds[n] = part[i]
			n++
		}
	}
	return finds[:n]
}

// followNames goes on with the names whose last two labels the filter may know. As long as its last labels only lead to
// wanted names, and are none, a name stays among those of which one label more is asked for, all of them together.
func (s *scanner) followNames(b, text []byte, at int, finds []find) {
	f := s.pack.names
	for labels := 2; len(finds) > 0; labels++ {
		n := 0
		for _, x := range finds {
			p, edge := at+int(x.end), s.edge.window(x.end)
			for range labels - 1 {
				edge = withoutFirst(edge)
			}
			size := bits.LeadingZeros64(edge)
			if size > longWindow || f.may(tailKey(b, p, size)^wantedItself) {
				s.followName(text, p, -1)
				continue
			}
			if b[p-size-1] == '.' { // there are more
				word, want := f.place(tailKey(b, p, bits.LeadingZeros64(withoutFirst(edge))))
				finds[n] = find{want, word, x.end}
				n++
			}
		}
		finds = f.sift(finds[:n])
	}
}

// withoutFirst clears the bit on top of those that are set.
func withoutFirst(x uint64) uint64 { return x &^ (1 << 63 >> (bits.LeadingZeros64(x) & 63)) }

const (
	wantedItself = 0xad6e4d // makes the key of a name that is wanted from that of a name that leads to one, in the same word
	longWindow   = 62       // labels that reach further back are taken the slow way
)

// lookAtTurned takes the tokens before which an escape may stand, and looks at what follows it.
func (s *scanner) lookAtTurned(b, text []byte, at int) {
	for _, end := range s.turned.at[:s.turned.n] {
		p := at + int(end)
		size := bits.LeadingZeros64(^s.token.window(end))
		start := p - size
		cut, c := cutAtStart(text, start)
		if cut == 0 || cut >= size || isToken(c) {
			continue
		}
		start += cut
		if s.pack.features.networks4 {
			s.followNetworks(text, start, p)
		}
		if s.pack.addrs.may(tailKey(b, p, p-start)) {
			s.followAddress(text, start, p)
		}
		if s.pack.names.may(tailKey(b, p, lastTwo(text, start, p))) {
			s.followName(text, p, start)
		}
	}
}

// lastTwo is the length of the last two labels of a token.
func lastTwo(text []byte, start, end int) int {
	dots := 0
	for i := end - 1; i >= start; i-- {
		if text[i] == '.' {
			if dots++; dots == 2 {
				return end - i - 1
			}
		}
	}
	return end - start
}

// followName looks the token that ends at end up, from its last two labels to the whole of it, as
// long as the filter knows what there is. start is where it begins, -1 if that is still to be found.
func (s *scanner) followName(text []byte, end, start int) {
	if !endsAt(text, end) {
		return
	}
	if start < 0 {
		for start = end; start > 0 && end-start < maxHost && isInside(text, start-1); start-- {
		}
	}
	s.key = appendLower(s.key[:0], text[start:end])
	key, labels := s.key, 0
	for i := len(key) - 1; ; i-- {
		if i >= 0 && key[i] != '.' {
			continue
		}
		if labels++; labels >= 2 {
			if !s.pack.names.may(tailKeyOf(key[i+1:])) {
				return
			}
			s.foundName(text, start+i+1, end, key[i+1:], i < 0)
		}
		if i < 0 {
			return
		}
	}
}

// foundName reports what is wanted of a name. whole says that it is the whole token.
func (s *scanner) foundName(text []byte, at, end int, name []byte, whole bool) {
	begins := whole && beginsAt(text, at)
	below := !whole // text[at-1] is a dot
	s.pack.table.find(spaceHost, name, func(id ID, e *entry) bool {
		switch {
		case e.kind == kindName && begins:
			s.report(id, at, end, e.formBefore(text, end, FormExact))
		case e.kind == kindName && below && !s.rules.Exact:
			s.report(id, at, end, e.formBefore(text, end, FormBelow))
		case e.kind == kindFile && begins:
			s.report(id, at, end, FormExact)
		case e.kind == kindAddress && begins:
			s.report(id, at, end, e.formBefore(text, end, FormExact))
		case e.kind.isText() && whole:
			s.checkText(text, id, e, at, end)
		case e.kind == markURL && begins:
			s.followURL(text, id, at, end)
		case e.kind == markMail && begins:
			s.followMail(text, at, end)
		}
		return true
	})
}

func (s *scanner) report(id ID, at, end int, f Form) {
	s.hits = append(s.hits, hit{id, at, end, f})
}
