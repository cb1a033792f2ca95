package hunt

import (
	"bytes"
	"math/bits"
)

const (
	unfoldBefore = 256  // bytes before an escape that may belong to the same value
	unfoldAfter  = 1024 // bytes behind it
	unfoldDeep   = 3    // escapes inside escapes
)

// lookAtTurns undoes escapes and defanging. Where something is written that would change what a
// token is (%2e, \u0065, [.], a full-width letter), the piece between two spaces around it is
// rewritten as it was meant and searched by itself.
func (s *scanner) lookAtTurns(text []byte, at int) {
	if s.rules.deep >= unfoldDeep {
		return
	}
	for w := range s.odd.all {
		odd := &s.odds[w%blockWords]
		for set := odd.escape | odd.high; set != 0; set &= set - 1 {
			p := at + w*wordBytes + bits.TrailingZeros64(set)
			if p >= s.doneTo && (text[p] < 0x80 && turns(text, p) || text[p] >= 0xe3 && isWide(text, p)) {
				s.unfold(text, p)
			}
		}
	}
}

// turns says that what stands at i stands for a character that tokens are made of, or for a colon
// or a slash with a bracket around it.
func turns(text []byte, i int) bool {
	switch c := text[i]; c {
	case '%':
		code, ok := hexAt(text, i+1, 2)
		return ok && (isToken(narrow(code)) || code == '%')
	case '\\':
		switch peek(text, i+1) {
		case 'u':
			code, ok := hexAt(text, i+2, 4)
			return ok && (isToken(narrow(code)) || code > 0xff00 && code < 0xff5f || code == 0x3002)
		case 'x':
			code, ok := hexAt(text, i+2, 2)
			return ok && isToken(narrow(code))
		}
		return false
	}
	return isDotWord(text, i+1) || hasFold(text, i+1, ":]") || hasFold(text, i+1, "://]")
}

// isWide says that a full-width character or an ideographic full stop stands at i.
func isWide(text []byte, i int) bool {
	c, _ := wideAt(text, i)
	return c != 0
}

// unfold rewrites the piece around p and searches it.
func (s *scanner) unfold(text []byte, p int) {
	from, to := p, p
	for from > 0 && p-from < unfoldBefore && !parts(text[from-1]) {
		from--
	}
	for to < len(text) && to-p < unfoldAfter && !parts(text[to]) {
		to++
	}
	s.doneTo = to
	s.rewrite(text[from:to])
	n := len(s.out) - margin
	s.out = append(s.out, make([]byte, margin)...)
	if s.inner == nil {
		rules := s.rules
		rules.deep++
		s.inner = newScanner(s.pack, rules, s.kernel)
	}
	for _, h := range s.inner.scan(s.out, margin, margin+n) {
		form := h.form
		if form == FormExact {
			form = FormDecoded
		}
		s.report(h.id, from+s.back[h.at-margin], from+s.back[h.end-margin], form)
	}
}

// parts says that c cannot be inside a value that was escaped or defanged.
func parts(c byte) bool {
	return c <= ' ' || c == '"' || c == '<' || c == '>' || c == '|' || c == '`' || c == ',' || c == ';'
}

// rewrite puts the piece, as it was meant, behind margin bytes of s.out; s.back has the place in
// the piece of each byte, and of the end.
func (s *scanner) rewrite(piece []byte) {
	s.out, s.back = append(s.out[:0], make([]byte, margin)...), s.back[:0]
	put := func(at int, c ...byte) {
		for _, c := range c {
			s.out, s.back = append(s.out, c), append(s.back, at)
		}
	}
	for i := 0; i < len(piece); {
		n, c := meant(piece, i)
		switch {
		case n > 0:
			put(i, c)
			i += n
		case hasFold(piece, i, "hxxp"):
			put(i, 'h', 't', 't', 'p')
			i += 4
		default:
			put(i, piece[i])
			i++
		}
	}
	s.back = append(s.back, len(piece))
}

// meant reads one escaped, bracketed or full-width character at i and says how long it is; 0 if
// what stands there means itself.
func meant(b []byte, i int) (n int, c byte) {
	switch c := b[i]; {
	case c == '%':
		if code, ok := hexAt(b, i+1, 2); ok && code < 0x80 {
			return 3, byte(code)
		}
	case c == '\\':
		switch peek(b, i+1) {
		case '/':
			return 2, '/'
		case 'x':
			if code, ok := hexAt(b, i+2, 2); ok && code < 0x80 {
				return 4, byte(code)
			}
		case 'u':
			code, ok := hexAt(b, i+2, 4)
			if c := fullWidth(rune(code)); ok && c != 0 {
				return 6, c
			}
		}
	case isOpening(c):
		return bracketed(b, i)
	case c >= 0xe3:
		if c, size := wideAt(b, i); c != 0 {
			return size, c
		}
	}
	return 0, 0
}

// fullWidth is the ASCII character that r is, or is a wide form of; 0 if there is none.
func fullWidth(r rune) byte {
	switch {
	case r > 0 && r < 0x80:
		return byte(r)
	case r > 0xff00 && r < 0xff5f:
		return byte(r - 0xfee0)
	case r == 0x3002:
		return '.'
	}
	return 0
}

// bracketed reads what people put in brackets so that nobody clicks on it.
func bracketed(b []byte, i int) (n int, c byte) {
	for _, form := range [...]struct {
		text string
		c    byte
	}{{".", '.'}, {"dot", '.'}, {":", ':'}, {"at", '@'}, {"@", '@'}, {"/", '/'}} {
		if hasFold(b, i+1, form.text) && bytes.IndexByte([]byte("])}"), peek(b, i+1+len(form.text))) >= 0 {
			return len(form.text) + 2, form.c
		}
	}
	return 0, 0
}
