package disguise

import (
	"slices"
	"strings"
)

// masked reads a token as one whose characters were replaced, turned round or hidden under
// a key of one byte.
func (p *peeler) masked(l *layer, lo, hi int) {
	s := l.text[lo:hi]
	var room [maxToken]byte
	for _, data := range [][]byte{binaryDigits(s), decimalDigits(s), octalDigits(s)} {
		p.reveal(l, "codes", data, lo, hi)
	}
	p.leet(l, lo, hi)
	hexadecimal := strings.Trim(s, "0123456789abcdefABCDEF") == ""
	if hexadecimal && len(s)%2 == 0 {
		data := unhex(s, room[:0])
		p.keyed(l, "hex", data, lo, hi)
	}
	back := []byte(s)
	slices.Reverse(back)
	if hexadecimal && len(s)%2 == 0 {
		p.reveal(l, "reversed-hex", unhex(string(back), room[:0]), lo, hi)
	}
	if oneCase(l.text, lo, hi, nil) {
		return
	}
	p.reveal(l, "reversed-base64", narrow(unbase64(string(back), room[:0])), lo, hi)
	p.keyed(l, "base64", unbase64(s, room[:0]), lo, hi)
}

func unhex(s string, out []byte) []byte {
	for i := 0; i+1 < len(s); i += 2 {
		out = append(out, byte(hexValue(s[i])<<4|hexValue(s[i+1])))
	}
	return out
}

func unbase64(s string, out []byte) []byte {
	var six [maxToken]byte
	t := runs()
	for i := range len(s) {
		six[i] = t.base64[s[i]]
	}
	return packSix(out, six[:len(s)])
}

// narrow takes the zero bytes out of ASCII that is written in sixteen bits.
func narrow(data []byte) []byte {
	for i := 1; i < len(data); i += 2 {
		if data[i] != 0 {
			return data
		}
	}
	return slices.DeleteFunc(data, func(c byte) bool { return c == 0 })
}

const (
	minKeyed = 6  // bytes that a key may hide
	maxKeyed = 64 // and no more: the work is this times the keys that give text
)

// keyed tries the keys of one byte that make readable ASCII of every byte of data.
func (p *peeler) keyed(l *layer, under string, data []byte, lo, hi int) {
	if len(data) < minKeyed || len(data) > maxKeyed {
		return
	}
	least, most := slices.Min(data), slices.Max(data)
	if (least^most)&0x80 != 0 {
		return // no key makes ASCII of both
	}
	var out [maxKeyed]byte
	for plain := byte(0x20); plain < 0x7f; plain++ {
		key := data[0] ^ plain
		if key == 0 {
			continue
		}
		n := 0
		for n < len(data) && data[n]^key >= 0x20 && data[n]^key < 0x7f {
			out[n] = data[n] ^ key
			n++
		}
		if n == len(data) {
			p.reveal(l, under+"-xor", out[:n], lo, hi)
		}
	}
}

// leet reads digits as the letters they look like.
func (p *peeler) leet(l *layer, lo, hi int) {
	s := l.text[lo:hi]
	digits := 0
	for i := range len(s) {
		if s[i] <= '9' && s[i] >= '0' {
			digits++
		}
	}
	if digits == 0 || 2*digits > len(s) {
		return
	}
	var out [maxToken]byte
	for _, one := range []byte("il") {
		for i := range len(s) {
			out[i] = s[i]
			switch c := s[i]; {
			case c == '1':
				out[i] = one
			case c >= '0' && c <= '9':
				out[i] = "o.zeasgtbg"[c-'0']
			}
		}
		p.reveal(l, "leet", out[:len(s)], lo, hi)
		if !strings.Contains(s, "1") {
			return
		}
	}
}

// binaryDigits reads eight binary digits a character, without anything between them.
func binaryDigits(s string) []byte {
	if len(s) < 4*8 || len(s)%8 != 0 || strings.Trim(s, "01") != "" {
		return nil
	}
	out := make([]byte, len(s)/8)
	for i := range len(s) {
		out[i/8] = out[i/8]<<1 | (s[i] - '0')
	}
	return out
}

// decimalDigits reads the decimal codes of ASCII one behind another: those of three digits
// begin with a 1, those of two do not.
func decimalDigits(s string) []byte {
	if strings.Trim(s, "0123456789") != "" {
		return nil
	}
	var out []byte
	for i := 0; i < len(s); {
		n := 2
		if s[i] == '1' || s[i] == '0' {
			n = 3
		}
		if i+n > len(s) {
			return nil
		}
		v := 0
		for _, c := range []byte(s[i : i+n]) {
			v = 10*v + int(c-'0')
		}
		if v < 0x20 || v > 0x7e {
			return nil
		}
		out, i = append(out, byte(v)), i+n
	}
	return out
}

// octalDigits reads three octal digits a character.
func octalDigits(s string) []byte {
	if len(s)%3 != 0 || strings.Trim(s, "01234567") != "" {
		return nil
	}
	var out []byte
	for i := 0; i < len(s); i += 3 {
		v := int(s[i]-'0')<<6 | int(s[i+1]-'0')<<3 | int(s[i+2]-'0')
		if v < 0x20 || v > 0xff {
			return nil
		}
		out = append(out, byte(v))
	}
	return out
}
