package disguise

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

type network struct {
	prefix netip.Prefix
	term   int32
}

// parseNetwork reads an address, a CIDR block, a block with a mask, or one with wildcards
// (192.0.2.*). Blocks that hold much of the Internet are none.
func parseNetwork(text string) (network, bool) {
	s := strings.TrimSpace(clean(text))
	if base, mask, ok := strings.Cut(s, "/"); ok && strings.Contains(mask, ".") {
		m, err := netip.ParseAddr(mask)
		if err != nil || !m.Is4() {
			return network{}, false
		}
		bits := 0
		for _, b := range m.As4() {
			for ; b&0x80 != 0; b <<= 1 {
				bits++
			}
		}
		s = base + "/" + strconv.Itoa(bits)
	}
	if trimmed := strings.TrimSuffix(s, ".*"); trimmed != s {
		for strings.HasSuffix(trimmed, ".*") {
			trimmed = strings.TrimSuffix(trimmed, ".*")
		}
		n := strings.Count(trimmed, ".") + 1
		s = trimmed + strings.Repeat(".0", max(0, 4-n)) + "/" + strconv.Itoa(8*n)
	}
	if p, err := netip.ParsePrefix(s); err == nil {
		p = p.Masked()
		return network{prefix: p}, p.Bits() >= 8
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return network{}, false
	}
	a = a.Unmap().WithZone("")
	return network{prefix: netip.PrefixFrom(a, a.BitLen())}, true
}

// A networkIndex finds the network that holds an address, by the lengths networks have. The
// zero networkIndex is empty.
type networkIndex struct {
	terms   map[netip.Prefix]int32
	lengths []int
}

// add keeps the first of equal networks.
func (x *networkIndex) add(n network) {
	if x.terms == nil {
		x.terms = map[netip.Prefix]int32{}
	}
	if _, taken := x.terms[n.prefix]; taken {
		return
	}
	x.terms[n.prefix] = n.term
	if !slices.Contains(x.lengths, n.prefix.Bits()) {
		x.lengths = append(x.lengths, n.prefix.Bits())
	}
}

// within finds the first network that holds the whole of p.
func (x *networkIndex) within(p netip.Prefix) (term int32, found bool) {
	for _, bits := range x.lengths {
		around, err := p.Addr().Prefix(bits)
		if err != nil || bits > p.Bits() {
			continue
		}
		if id, ok := x.terms[around]; ok && (!found || id < term) {
			term, found = id, true
		}
	}
	return term, found
}

// An addressText is a stretch of text in which an address may stand, as plain ASCII:
// width folded, defanging brackets and what is not seen left out.
type addressText struct {
	ascii []byte
	at    []int32 // offsets in the layer; one more than ascii has bytes
}

func addressByte(c byte) bool {
	return hexValue(c) >= 0 || c == '.' || c == ':' || c == '-' || c == '_' || c == '[' || c == ']' ||
		c == 'x' || c == 'X' || c == '(' || c == ')' || c == 0xef || c == 0xbc
}

const (
	addressStride = 4  // every stretch that holds an address has an address byte this often
	maxBack       = 24 // bytes before that byte at which the address may begin
)

// scanAddresses looks for addresses in every stretch of address characters.
func (f *Finder) scanAddresses(l *layer, yield func(Hit) bool) bool {
	if len(f.networks.terms) == 0 {
		return true
	}
	s := l.text
	for i := addressStride - 1; i < len(s); i += addressStride {
		if !addressByte(s[i]) {
			continue
		}
		lo := i
		for lo > 0 && i-lo < maxBack && (addressRune(lastRune(s[:lo])) || s[lo-1] == ' ' && spacedDot(s, lo-1)) {
			_, n := utf8.DecodeLastRuneInString(s[:lo])
			lo -= n
		}
		for lo < i && !utf8.RuneStart(s[lo]) {
			lo++
		}
		t, hi := readAddressText(s, lo)
		if len(t.ascii) >= 3 && !f.addressesIn(l, t, yield) {
			return false
		}
		i = max(i, hi-1)
	}
	return true
}

func lastRune(s string) rune {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
}

func addressRune(r rune) bool {
	v := foldRune(r)
	return v >= '0' && v <= '9' || v >= 'a' && v <= 'z' || addressMark(r) != 0 || v == foldInvisible
}

// addressMark is the ASCII mark that r stands for inside an address, 1 for a bracket that
// is left out, 0 for none.
func addressMark(r rune) byte {
	switch r {
	case '.', '．', '。', '｡', '·', '․':
		return '.'
	case ':', '：', '︰', '﹕':
		return ':'
	case '-', '－', '‐', '‑', '–', '−', '_', '＿':
		return '-'
	case '*', '＊':
		return '*'
	case '[', ']', '(', ')', '{', '}', '［', '］', '（', '）', '【', '】', '<', '>':
		return 1
	}
	return 0
}

// readAddressText reads from lo on; it returns where the stretch ends.
func readAddressText(s string, lo int) (addressText, int) {
	var t addressText
	i := lo
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		v := foldRune(r)
		mark := addressMark(r)
		switch {
		case v >= '0' && v <= '9' || v >= 'a' && v <= 'z':
			t.ascii, t.at = append(t.ascii, byte(v)), append(t.at, int32(i))
		case mark > 1:
			t.ascii, t.at = append(t.ascii, mark), append(t.at, int32(i))
		case mark == 1 || v == foldInvisible:
		case r == ' ' && spacedDot(s, i):
		default:
			t.at = append(t.at, int32(i))
			return t.undotted(), i + n
		}
		i += n
	}
	t.at = append(t.at, int32(i))
	return t.undotted(), i
}

// spacedDot reports whether the space at i stands beside a dot between digits: 192 [.] 0, 10 . 20.
func spacedDot(s string, i int) bool {
	after := strings.TrimLeft(s[i+1:min(len(s), i+8)], " [({")
	if strings.HasPrefix(after, ".") || strings.HasPrefix(after, "dot") {
		return true
	}
	before := strings.TrimRight(s[max(0, i-8):i], " ])}")
	dot := strings.HasSuffix(before, "dot")
	if inner, ok := strings.CutSuffix(before, "."); ok { // a full stop touches the word before it
		dot = strings.HasSuffix(inner, " ") || strings.HasSuffix(inner, "[") || strings.HasSuffix(inner, "(")
	}
	return dot && after != "" && hexValue(after[0]) >= 0
}

// undotted turns the word dot between digits into the mark.
func (t addressText) undotted() addressText {
	s := string(t.ascii)
	if !strings.Contains(s, "dot") {
		return t
	}
	var out addressText
	for i := 0; i < len(s); i++ {
		if strings.HasPrefix(s[i:], "dot") && i > 0 && isAlnum(s[i-1]) && i+3 < len(s) && hexValue(s[i+3]) >= 0 {
			out.ascii, out.at = append(out.ascii, '.'), append(out.at, t.at[i])
			i += 2
			continue
		}
		out.ascii, out.at = append(out.ascii, s[i]), append(out.at, t.at[i])
	}
	out.at = append(out.at, t.at[len(s)])
	return out
}

// addressesIn tries each form of address at each place of t where one may begin.
func (f *Finder) addressesIn(l *layer, t addressText, yield func(Hit) bool) bool {
	s := string(t.ascii)
	if i := strings.Index(s, ".ip6.arpa"); i >= 0 {
		if p, n := nibbles(s[:i]); n > 0 && !f.report(l, t, i-n, i+9, p, yield) {
			return false
		}
	}
	for i := 0; i < len(s); i++ {
		if i == 0 || !isAlnum(s[i-1]) && s[i-1] != ':' {
			if p, n := ipv6(s[i:]); n > 0 {
				if !f.report(l, t, i, i+n, p, yield) {
					return false
				}
			}
		}
		if p, n := bareHex(s, i); n > 0 && !f.report(l, t, i, i+n, p, yield) {
			return false
		}
		if !numberBegins(s, i) {
			continue
		}
		for _, read := range []func(string) (netip.Prefix, int){dotted, octalDotted, integer} {
			if p, n := read(s[i:]); n > 0 && !f.report(l, t, i, i+n, p, yield) {
				return false
			}
		}
	}
	return true
}

// bareHex reads an address as the eight or thirty-two hexadecimal digits it has in memory,
// with nothing that says so around it.
func bareHex(s string, i int) (netip.Prefix, int) {
	if i > 0 && isAlnum(s[i-1]) {
		return netip.Prefix{}, 0
	}
	n := 0
	for i+n < len(s) && isAlnum(s[i+n]) {
		if hexValue(s[i+n]) < 0 || n == 32 {
			return netip.Prefix{}, 0
		}
		n++
	}
	if n != 8 && n != 32 {
		return netip.Prefix{}, 0
	}
	var b [16]byte
	for k := range n / 2 {
		b[k] = byte(hexValue(s[i+2*k])<<4 | hexValue(s[i+2*k+1]))
	}
	a := netip.AddrFrom16(b)
	if n == 8 {
		a = netip.AddrFrom4([4]byte(b[:4]))
	}
	return netip.PrefixFrom(a, a.BitLen()), n
}

// numberBegins reports whether a number may begin at i: a digit, not behind another and not
// inside a hexadecimal number.
func numberBegins(s string, i int) bool {
	if s[i] < '0' || s[i] > '9' {
		return false
	}
	if i == 0 || !isAlnum(s[i-1]) {
		return true
	}
	return s[i-1] > '9' && (hexValue(s[i-1]) < 0 || i == 1 || !isAlnum(s[i-2]))
}

func (f *Finder) report(l *layer, t addressText, lo, hi int, p netip.Prefix, yield func(Hit) bool) bool {
	if p.Addr().Is4In6() {
		p = netip.PrefixFrom(p.Addr().Unmap(), max(0, p.Bits()-96))
	}
	id, ok := f.networks.within(p)
	if !ok {
		return true
	}
	start, end := int(t.at[lo]), int(t.at[hi])
	return yield(Hit{
		Term: f.terms[id], Start: l.root(start), End: l.root(end),
		Spelling: l.text[start:end], Layers: l.chain, Derived: "address",
	})
}

// dotted reads four numbers between dots or hyphens, three and a wildcard, or the name of a
// reverse zone.
func dotted(s string) (netip.Prefix, int) { return dottedIn(s, 10) }

// octalDotted is dotted for numbers that begin with 0 and are meant in base eight.
func octalDotted(s string) (netip.Prefix, int) {
	if s[0] != '0' && !strings.Contains(s[:min(len(s), 16)], ".0") {
		return netip.Prefix{}, 0
	}
	return dottedIn(s, 8)
}

func dottedIn(s string, base int) (netip.Prefix, int) {
	var octets [4]byte
	i, count := 0, 0
	mark := byte(0)
	for count < 4 {
		v, n := octet(s[i:], base)
		if n == 0 {
			break
		}
		octets[count] = v
		count++
		i += n
		if count == 4 || i+1 >= len(s) || s[i] != '.' && s[i] != '-' || mark != 0 && s[i] != mark {
			break
		}
		mark = s[i]
		i++
	}
	if count < 2 {
		return netip.Prefix{}, 0
	}
	rest := strings.TrimLeft(s[i:], ".")
	if strings.HasPrefix(rest, "in-addr") {
		return reversed(octets, count), i
	}
	if count == 4 {
		if i < len(s) && s[i] >= '0' && s[i] <= '9' {
			return netip.Prefix{}, 0
		}
		return netip.PrefixFrom(netip.AddrFrom4(octets), 32), i
	}
	if wild := wildcards(rest); count+wild >= 4 && wild > 0 {
		return netip.PrefixFrom(netip.AddrFrom4(octets), 8*count), i
	}
	return netip.Prefix{}, 0
}

// wildcards counts the parts x or * at the start of s, which dots divide.
func wildcards(s string) int {
	n := 0
	for part := range strings.SplitSeq(s, ".") {
		if part = strings.TrimRight(part, "-"); part != "*" && strings.Trim(part, "x") != "" || part == "" {
			break
		}
		n++
	}
	return n
}

func octet(s string, base int) (byte, int) {
	if base == 10 && len(s) > 2 && s[0] == '0' && s[1] == 'x' {
		n := 2
		for n < len(s) && n < 6 && hexValue(s[n]) >= 0 {
			n++
		}
		v, err := strconv.ParseUint(s[2:n], 16, 8)
		if err != nil {
			return 0, 0
		}
		return byte(v), n
	}
	n := 0
	for n < len(s) && n < 5 && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	b := base
	if base == 8 && (n < 2 || s[0] != '0') {
		b = 10
	}
	v, err := strconv.ParseUint(s[:n], b, 8)
	if err != nil {
		return 0, 0
	}
	return byte(v), n
}

func reversed(octets [4]byte, count int) netip.Prefix {
	var a [4]byte
	for i := range count {
		a[count-1-i] = octets[i]
	}
	return netip.PrefixFrom(netip.AddrFrom4(a), 8*count)
}

// integer reads an IPv4 address as one bounded number: 3221225999, 0xC000021F, C000021F.
func integer(s string) (netip.Prefix, int) {
	n, base, digits := 0, 10, s
	if strings.HasPrefix(s, "0x") {
		digits, base = s[2:], 16
	}
	for n < len(digits) && hexValue(digits[n]) >= 0 {
		n++
	}
	if base == 10 && n == 8 && strings.ContainsAny(digits[:n], "abcdef") {
		base = 16
	}
	if n < 8 || n > 10 || n < len(digits) && (isAlnum(digits[n]) || digits[n] == '-' || digits[n] == '.' && n+1 < len(digits)) {
		return netip.Prefix{}, 0
	}
	v, err := strconv.ParseUint(digits[:n], base, 32)
	if err != nil {
		return netip.Prefix{}, 0
	}
	a := netip.AddrFrom4([4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)})
	return netip.PrefixFrom(a, 32), n + len(s) - len(digits)
}

// ipv6 reads an address with colons, or with hyphens as in names under ipv6-literal.net.
func ipv6(s string) (netip.Prefix, int) {
	n, colons, hyphens := 0, 0, 0
	for n < len(s) && n < 48 && (hexValue(s[n]) >= 0 || s[n] == ':' || s[n] == '-' || s[n] == '.') {
		switch s[n] {
		case ':':
			colons++
		case '-':
			hyphens++
		}
		n++
	}
	if colons < 2 && hyphens < 3 {
		return netip.Prefix{}, 0
	}
	text := s[:n]
	if colons < 2 {
		text = strings.ReplaceAll(text, "-", ":")
	}
	for try := text; try != ""; {
		if a, err := netip.ParseAddr(try); err == nil && a.Is6() {
			return netip.PrefixFrom(a, 128), len(try)
		}
		cut := strings.LastIndexAny(try, ":.-")
		if cut < 4 {
			break
		}
		try = try[:cut]
	}
	return netip.Prefix{}, 0
}

// nibbles reads the reversed name of an IPv6 address at the end of s.
func nibbles(s string) (netip.Prefix, int) {
	var a [16]byte
	count, i := 0, len(s)
	for i > 0 && count < 32 && hexValue(s[i-1]) >= 0 {
		v := byte(hexValue(s[i-1]))
		if count%2 == 0 {
			v <<= 4
		}
		a[count/2] |= v
		count++
		i--
		if i == 0 || s[i-1] != '.' {
			break
		}
		i--
	}
	if count < 8 {
		return netip.Prefix{}, 0
	}
	return netip.PrefixFrom(netip.AddrFrom16(a), 4*count), len(s) - i
}
