package classify

import (
	"strings"

	"github.com/wakachi/wakachi/internal/indicator"
)

// A shortList has what a note named in full, by the short forms in which people go on to speak of it: the last number of an
// address (".61"), the first label of a name ("cdn2"), the beginning of a digest ("8980…"), "that hash". A form that comes
// again stands for what came last.
type shortList map[string]indicator.Match

// thatKinds are the words by which people point at the last value of a kind.
var thatKinds = []struct {
	word string
	of   func(indicator.Match) bool
}{
	{"今のハッシュ", digestOnly}, {"いまのハッシュ", digestOnly}, {"さっきのハッシュ", digestOnly}, {"先ほどのハッシュ", digestOnly}, {"上のハッシュ", digestOnly},
	{"今のip", addressOnly}, {"さっきのip", addressOnly}, {"先ほどのip", addressOnly}, {"今のアドレス", addressOnly}, {"さっきのアドレス", addressOnly}, {"先ほどのアドレス", addressOnly},
	{"今のドメイン", domainOnly}, {"さっきのドメイン", domainOnly}, {"先ほどのドメイン", domainOnly},
	{"that hash", digestOnly}, {"that sha256", digestOnly}, {"that md5", digestOnly}, {"そのハッシュ", digestOnly},
	{"that ip", addressOnly}, {"that address", addressOnly}, {"そのip", addressOnly}, {"その ip", addressOnly}, {"そのアドレス", addressOnly},
	{"that domain", domainOnly}, {"that hostname", domainOnly}, {"そのドメイン", domainOnly},
	{"that file", fileOnly}, {"that binary", fileOnly}, {"そのファイル", fileOnly},
}

func digestOnly(m indicator.Match) bool  { return m.Hash != indicator.NoHash }
func addressOnly(m indicator.Match) bool { return m.Type == indicator.IPv4 || m.Type == indicator.IPv6 }
func domainOnly(m indicator.Match) bool  { return m.Type == indicator.Domain }
func fileOnly(m indicator.Match) bool    { return m.Type == indicator.File && m.Hash == indicator.NoHash }

// learn takes the values of a passage.
func (l shortList) learn(p *passage) {
	for _, m := range p.mentions {
		for _, k := range thatKinds {
			if k.of(m.Match) {
				l[k.word] = m.Match
			}
		}
		switch v := m.Value.Value; {
		case m.Type == indicator.IPv4:
			l[v[strings.LastIndexByte(v, '.'):]] = m.Match
		case m.Type == indicator.Domain:
			if label, _, _ := strings.Cut(v, "."); len(label) >= 4 && strings.ContainsAny(label, "0123456789-") {
				l[label] = m.Match
			}
		case m.Hash != indicator.NoHash && len(v) >= 32:
			for n := 4; n <= 8; n++ {
				l[v[:n]+"…"] = m.Match
			}
		}
	}
}

// at gives the value that a short form at a place of a text in small letters stands for, and the end of the form, which is a
// word of its own.
func (l shortList) at(text string, i int) (m indicator.Match, end int, ok bool) {
	if i > 0 && (isWordRune(rune(text[i-1])) || strings.IndexByte(".-_/@:", text[i-1]) >= 0) {
		return m, i, false
	}
	pointed := begins(text[i:], "points-back")
	for _, k := range thatKinds {
		if pointed && strings.HasPrefix(text[i:], k.word) {
			m, ok = l[k.word]
			return m, i + len(k.word), ok
		}
	}
	end = i
	for _, w := range []string{"dot ", "末尾が", "末尾の", "末尾", "."} {
		if strings.HasPrefix(text[i:], w) {
			end += len(w)
			break
		}
	}
	from, last := end, end > i
	for end < len(text) && (isWordRune(rune(text[end])) || text[end] == '-') {
		end++
	}
	form := text[from:end]
	switch rest := text[end:]; {
	case form == "":
		return m, i, false
	case last, begins(rest, "the-one"), begins(rest, "not-but"):
		form = "." + form
	case strings.HasPrefix(rest, "…"), strings.HasPrefix(rest, ".."):
		form += "…"
	}
	m, ok = l[form]
	return m, end, ok
}

// shortened binds what a sentence says of things it names by a short form: "dot 61 is nothing to do with us", "it is
// 198.51.100.16, not .61", 「cdn2 は見まちがい」. It gives what the last of them stands for.
func (b *binder) shortened(p *passage, s sentence) (last group) {
	text := lowered(p.text[s.from:s.to])
	named := p.within(s)
	for at := 0; at < len(text) && len(b.short) > 0; at++ {
		if len(named) > 0 && s.from+at >= named[0].start {
			at, named = max(at, named[0].end-s.from)-1, named[1:]
			continue
		}
		m, end, ok := b.short.at(text, at)
		if !ok {
			continue
		}
		rest := sentence{s.from + end, s.to}
		if len(named) > 0 {
			rest.to = max(rest.from, named[0].start)
		}
		g := group{mention{m, s.from + at, s.from + end}}
		last = g
		if p.tells("retract", rest) || begins(text[end:], "not-but") || closesWith(strings.TrimRight(text[:at], " "), "leave-alone") || len(p.within(s)) > 0 && closesWith(strings.TrimRight(text[:at], " "), "negation") {
			b.claim(g, withdrawn, marked)
		} else {
			b.after(p, g, rest)
		}
		at = end - 1
	}
	return last
}
