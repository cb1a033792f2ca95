package indicator

import "strings"

// hashOf names the algorithm by the number of hex digits.
func hashOf(digits int) Hash {
	switch digits {
	case 32:
		return MD5
	case 40:
		return SHA1
	case 64:
		return SHA256
	case 128:
		return SHA512
	}
	return NoHash
}

// digest reports a run of hex digits from a to b that is as long as a hash. The
// label before it says whose.
func (sc *scanner) digest(a, b int) bool {
	text := sc.s[a:b]
	if len(text) != 62 && hashOf(len(text)) == NoHash || !all(text, clHex) {
		return false
	}
	v, confidence := sc.digestValue(lowerASCII(text), a)
	if v.IsZero() {
		return false
	}
	sc.emit(v, a, b, 0, confidence)
	return true
}

func (sc *scanner) digestValue(text string, a int) (Value, int) {
	what := ""
	if sc.near(a, 40) || sc.label.column {
		what = sc.label.what
	}
	switch n := len(text); {
	case n == 62 && what == string(JARM):
		return Value{Type: JARM, Value: text}, sure
	case n == 62:
		return Value{Type: JARM, Value: text}, doubtful
	case n == 32 && md5Like(Type(what)):
		return Value{Type: Type(what), Value: text}, sure
	case n != 128 && what == string(Cert):
		return Value{Type: Cert, Hash: hashOf(n), Value: text}, high
	}
	v := Value{Type: File, Hash: hashOf(len(text)), Value: text}
	_, empty := empties()[text]
	switch {
	case empty || what == "commit" || oneKind(text):
		return v, faint
	case what == "digest":
		return v, sure
	}
	return v, high
}

// md5Like says that a value of the type is an MD5 of something else than a file: of the
// imports of a program, or of what a client or a server offers as TLS begins.
func md5Like(t Type) bool { return t == Imphash || t == JA3 || t == JA3S }

// oneKind says that a run of hex digits is too regular for a digest: one digit over
// and over.
func oneKind(s string) bool { return s[0] == s[1] && strings.Count(s, s[:1]) == len(s) }

// fingerprint reports the digest of a certificate as it is mostly written, in pairs
// with colons. It returns where to go on, i if there is none.
func (sc *scanner) fingerprint(i int) int {
	s := sc.s
	if is(at(s, i-1), clAlnum|clUnder) || at(s, i-1) == ':' {
		return i
	}
	end, pairs := i, 0
	for pairs <= 64 && end+1 < len(s) && is(s[end], clHex) && is(s[end+1], clHex) {
		pairs++
		end += 2
		if at(s, end) != ':' || !is(at(s, end+1), clHex) {
			break
		}
		end++
	}
	if pairs != 16 && pairs != 20 && pairs != 32 || is(at(s, end), clAlnum|clUnder) {
		return i
	}
	text := strings.ToLower(strings.ReplaceAll(s[i:end], ":", ""))
	confidence := plain
	if sc.near(i, 40) && sc.label.what == string(Cert) {
		confidence = sure
	}
	sc.emit(Value{Type: Cert, Hash: hashOf(2 * pairs), Value: text}, i, end, 0, confidence)
	return end
}

// The chunks of an ssdeep hash.
const (
	minChunk = 6
	maxChunk = 64
)

func base64Byte(b byte) bool { return is(b, clAlnum) || b == '+' || b == '/' }

// ssdeepEnd gives the end of the fuzzy hash at i, i if there is none: a block size
// of 3·2ⁿ and two chunks in base64.
func ssdeepEnd(s string, i int) int {
	size, end := 0, i
	for end < len(s) && end-i < 10 && is(s[end], clDigit) {
		size = size*10 + int(s[end]-'0')
		end++
	}
	if end == i || s[i] == '0' || size%3 != 0 || size/3&(size/3-1) != 0 {
		return i
	}
	for range 2 {
		next := chunkEnd(s, end)
		if next == end {
			return i
		}
		end = next
	}
	if at(s, end) == ':' {
		return i
	}
	return end
}

// chunkEnd gives the end of a colon and a chunk at i, i itself if there is none.
func chunkEnd(s string, i int) int {
	if at(s, i) != ':' {
		return i
	}
	end := i + 1
	for end < len(s) && end-i <= maxChunk+1 && base64Byte(s[end]) {
		end++
	}
	if n := end - i - 1; n < minChunk || n > maxChunk || all(s[i+1:end], clDigit) {
		return i
	}
	return end
}

func (sc *scanner) ssdeep(i int) int {
	if is(at(sc.s, i-1), clAlnum) || at(sc.s, i-1) == ':' && !sc.near(i, 3) {
		return i
	}
	end := ssdeepEnd(sc.s, i)
	if end == i {
		return i
	}
	confidence := plain
	if sc.near(i, 24) && sc.label.what == string(SSDEEP) {
		confidence = sure
	}
	sc.emit(Value{Type: SSDEEP, Value: sc.s[i:end]}, i, end, 0, confidence)
	return end
}
