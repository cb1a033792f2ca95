package hunt

import "math/bits"

// longestDigest is the number of hexadecimal digits of SHA-512.
const longestDigest = 128

// lookAtDigests finds runs of 32 or more hexadecimal digits: such a run fills a quarter of a word.
func (s *scanner) lookAtDigests(text []byte, at int) {
	for w := range s.long.all {
		x := s.hex[w%blockWords]
		x &= x >> 1
		x &= x >> 2
		x &= x >> 4
		x &= x >> 8
		for x != 0 {
			p := at + w*wordBytes + bits.TrailingZeros64(x)
			if p >= s.hexTo {
				s.measure(text, p)
			}
			// the rest of this run has been seen
			x &= x + x&-x
		}
	}
}

// measure finds both ends of the run of hexadecimal digits around p.
func (s *scanner) measure(text []byte, p int) {
	start, end := p, p+16
	for start > s.hexTo && isHex(text[start-1]) {
		start--
	}
	for end+8 <= len(text) && isHex(text[end]) && isHex(text[end+7]) && isHex(text[end+3]) && end-start < longestDigest &&
		isHex(text[end+1]) && isHex(text[end+2]) && isHex(text[end+4]) && isHex(text[end+5]) && isHex(text[end+6]) {
		end += 8
	}
	for end < len(text) && isHex(text[end]) {
		end++
	}
	s.hexTo = end
	s.followDigest(text, start, end)
}

func isHex(c byte) bool { return classes[c]&classHex != 0 }

// followDigest looks a run of hexadecimal digits up, if its length is one of those wanted and no
// letter or digit goes on at either side.
func (s *scanner) followDigest(text []byte, start, end int) {
	cut, c := cutAtStart(text, start) // %2F and the digest; \b and the digest
	switch {
	case cut > 0 && !isAlnum(c) && s.pack.hasDigest(end-start-cut):
		start += cut
	case isAlnum(peek(text, start-1)):
		if cut, c = cutAtStart(text, start-1); cut != 1 || isAlnum(c) { // \n and the digest
			return
		}
	}
	if !s.pack.hasDigest(end-start) || isAlnum(peek(text, end)) {
		return
	}
	if !s.pack.digests.may(tailKey(text, end, keyBytes)) {
		return
	}
	s.key = s.key[:0]
	for i := start; i+1 < end; i += 2 {
		s.key = append(s.key, byte(unhex(text[i])<<4|unhex(text[i+1])))
	}
	s.pack.table.find(spaceDigest, s.key, func(id ID, _ *entry) bool {
		s.report(id, start, end, FormExact)
		return true
	})
}

func isAlnum(c byte) bool { return isWord(c) && c != '-' && c != '_' }

// hasDigest says that a digest of n hexadecimal digits is wanted.
func (p *Pack) hasDigest(n int) bool {
	return n >= 2 && n <= longestDigest && n%2 == 0 && p.features.digests>>(n/2-1)&1 != 0
}
