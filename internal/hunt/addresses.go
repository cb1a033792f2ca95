package hunt

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"net/netip"
)

// longestQuad is the length of 255.255.255.255.
const longestQuad = 15

// heads have a bit for each hash of the beginning of a wanted dotted quad. Most addresses in the logs of an organisation
// are its own, which nobody wants: they need no look into a filter that is too large to be at hand.
type heads []byte

const (
	headBytes = 7       // of 1.2.3.4, the shortest
	mostHeads = 1 << 17 // bytes
)

// headsFor is empty, for about n quads.
func headsFor(n int) heads { return make(heads, min(max(16, 1<<bits.Len(uint(n))), mostHeads)) }

// place says which bit is that of the quad at b[i:], of which eight bytes can be read.
func (h heads) place(b []byte, i int) (at int, bit uint64) {
	hash := binary.LittleEndian.Uint64(b[i:i+8:i+8]) << (64 - 8*headBytes) * mixA >> 32
	return int(hash >> 3 & uint64(len(h)-1)), hash & 7
}

func (h heads) learn(quad []byte) {
	var b [8]byte
	copy(b[:], quad)
	at, bit := h.place(b[:], 0)
	h[at] |= 1 << bit
}

// lookAtQuads asks for the first bytes of each token that may be a dotted quad, and the filter for its whole text.
func (s *scanner) lookAtQuads(b, text []byte, at int) {
	heads, kept := s.pack.heads, uint(0)
	for _, end := range s.numbered.at[:s.numbered.n] {
		s.numbered.at[kept%uint(len(s.numbered.at))] = end
		i, bit := heads.place(b, at+int(end)-bits.LeadingZeros64(^s.token.window(end)))
		kept += uint(heads[i]>>bit) & 1
	}
	s.numbered.n = int(kept)
	f := s.pack.addrs
	for i, end := range s.numbered.at[:s.numbered.n] {
		word, want := f.place(tailKey(b, at+int(end), bits.LeadingZeros64(^s.token.window(end))))
		s.finds[uint(i)%uint(len(s.finds))] = find{want, word, end}
	}
	for _, x := range f.sift(s.finds[:s.numbered.n]) {
		p := at + int(x.end)
		s.followAddress(text, p-bits.LeadingZeros64(^s.token.window(x.end)), p)
	}
}

// lookAtNetworks asks of each dotted quad whether a wanted network holds it.
func (s *scanner) lookAtNetworks(b, text []byte, at int) {
	for _, end := range s.dotted.at[:s.dotted.n] {
		p := at + int(end)
		if size := bits.LeadingZeros64(^s.token.window(end)); size <= longestQuad && classes[b[p-1]]&classDigit != 0 {
			s.followNetworks(text, p-size, p)
		}
	}
}

// followAddress looks a dotted quad up.
func (s *scanner) followAddress(text []byte, start, end int) {
	if end-start > longestQuad || !beginsAt(text, start) || !endsAt(text, end) {
		return
	}
	s.pack.table.find(spaceHost, text[start:end], func(id ID, e *entry) bool {
		switch e.kind {
		case kindAddress:
			s.report(id, start, end, e.formBefore(text, end, FormExact))
		case kindText, kindPath, kindRegistry:
			s.checkText(text, id, e, start, end)
		case markURL:
			s.followURL(text, id, start, end)
		case markMail:
			s.followMail(text, start, end)
		}
		return true
	})
}

// followNetworks asks of a dotted quad whether a wanted network may hold it, by its first two
// octets, and then for each length of prefix that is wanted.
func (s *scanner) followNetworks(text []byte, start, end int) {
	if a, ok := quad(text[start:end]); ok && s.pack.mayHold(a) && beginsAt(text, start) && endsAt(text, end) {
		s.findNetworks(spaceNet4, s.pack.lengths4, a[:], start, end)
	}
}

// findNetworks looks the networks up that hold an address.
func (s *scanner) findNetworks(in space, lengths []uint8, addr []byte, start, end int) {
	for _, n := range lengths {
		s.key = appendNetwork(s.key[:0], addr, int(n))
		s.pack.table.find(in, s.key, func(id ID, _ *entry) bool {
			s.report(id, start, end, FormWithin)
			return true
		})
	}
}

// appendNetwork gives the key of the network of n leading bits that holds addr.
func appendNetwork(dst, addr []byte, n int) []byte {
	for i, c := range addr {
		keep := min(max(n-8*i, 0), 8)
		dst = append(dst, c&^(0xff>>keep))
	}
	return append(dst, byte(n))
}

// quad reads a dotted quad of decimal numbers without leading zeros.
func quad(t []byte) (a [4]byte, ok bool) {
	part, value, digits := 0, 0, 0
	for _, c := range t {
		switch {
		case c == '.' && digits > 0 && part < 3:
			a[part] = byte(value)
			part, value, digits = part+1, 0, 0
		case '0' <= c && c <= '9' && (digits == 0 || value > 0):
			if value, digits = value*10+int(c-'0'), digits+1; value > 255 {
				return a, false
			}
		default:
			return a, false
		}
	}
	a[3] = byte(value)
	return a, part == 3 && digits > 0
}

// lookAtGroups finds addresses of version 6: runs of hexadecimal digits and colons with two colons
// or more.
func (s *scanner) lookAtGroups(text []byte, at, words int) {
	carry := s.carry6
	s.any.n = 0
	for w := range min(words, blockWords) {
		group, colon := s.hex[w]|s.colon[w], s.colon[w]
		sum, c := bits.Add64(group, colon, carry)
		carry = c
		s.group[w+lead], s.colons6[w+lead] = group, colon
		s.any.addAll(w, sum&^group)
	}
	s.carry6 = carry
	for _, end := range s.any.at[:s.any.n] {
		size := bits.LeadingZeros64(^s.group.window(end))
		colons := s.colons6.window(end) &^ (1<<(64-size) - 1)
		if colons&(colons>>1) != 0 || bits.OnesCount64(colons) >= 7 { // 12:34:56 is none
			p := at + int(end)
			s.followGroups(text, p-size, p)
		}
	}
}

// followGroups reads an address of version 6 in whatever spelling and looks it up.
func (s *scanner) followGroups(text []byte, start, end int) {
	if end-start > 50 {
		return
	}
	if peek(text, end) == '.' { // ::ffff:192.0.2.1 is the address of version 4, which is found as one
		return
	}
	if peek(text, start) == ':' && peek(text, start+1) != ':' {
		start++ // address:2001:db8::1
	}
	if !beginsAt(text, start) {
		cut, c := cutAtStart(text, start)
		if start += cut; cut == 0 || isToken(c) {
			return
		}
	}
	if peek(text, end-1) == ':' && peek(text, end-2) != ':' {
		end-- // the colon of a sentence
	}
	a, ok := parse6(text[start:end])
	if i := bytes.LastIndexByte(text[start:end], ':'); !ok && i > 0 { // a port behind eight groups
		end = start + i
		a, ok = parse6(text[start:end])
	}
	if !ok || !endsAt(text, end) && peek(text, end) != ':' {
		return
	}
	raw := a.As16()
	s.pack.table.find(spaceAddr6, raw[:], func(id ID, e *entry) bool {
		s.report(id, start, end, e.formBefore(text, end, FormExact))
		return true
	})
	s.findNetworks(spaceNet6, s.pack.lengths6, raw[:], start, end)
}

// parse6 reads an address of version 6 without a zone.
func parse6(t []byte) (netip.Addr, bool) {
	if len(t) < 2 || len(t) > 45 {
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddr(string(t))
	return a, err == nil && a.Is6()
}

// mayHold says that a wanted network may hold an address, from its first two octets.
func (p *Pack) mayHold(a [4]byte) bool {
	i := binary.BigEndian.Uint16(a[:])
	return p.octets[i>>3]&(1<<(i&7)) != 0
}
