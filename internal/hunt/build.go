package hunt

import (
	"bytes"
	"encoding/hex"
	"errors"
	"net/netip"
	"slices"
	"strings"

	"github.com/wakachi/wakachi/internal/indicator"
)

const (
	minAnchor  = 3       // letters of the shortest token without a dot that is looked up
	longestRef = 1 << 16 // bytes
	longestVal = 1 << 16
)

// ErrCannot is what Add returns for a value that no log could be searched for: a text without any
// token to find it by, or one of more than 64 KiB.
var ErrCannot = errors.New("hunt: nothing to find the value by")

// A Builder gathers wanted values. The zero Builder is ready. It is for one goroutine.
type Builder struct {
	pages   [][]byte
	names   int // tokens with a dot that are no dotted quads
	hosts   int // upper bounds of what the filters will hold
	quads   int
	tokens  int
	grams   int
	digests int
	count   int
	marks   int
	e       entry
	key     []byte // room for the key of e
	url     locator
	buf     []byte
	typ     indicator.Type // of the value before, and its index
	index   byte
}

// Add puts one value in. Values that the table finds to be there already are dropped by Pack.
func (b *Builder) Add(w Wanted) error {
	if len(w.Value.Value) > longestVal || w.Value.Value == "" {
		return ErrCannot
	}
	if w.Type != b.typ || w.Type == "" {
		b.typ, b.index = w.Type, typeIndex(w.Type)
	}
	b.e = entry{typ: b.index, port: w.Port, line: uint32(max(0, w.Line)), ref: []byte(w.Ref[:min(len(w.Ref), longestRef)])}
	b.e.hash = byte(max(0, slices.Index(hashes[:], w.Hash)))
	if !b.fill(w) {
		return ErrCannot
	}
	b.put()
	b.count++
	return nil
}

// fill makes the entry of a value.
func (b *Builder) fill(w Wanted) bool {
	e, v := &b.e, w.Value.Value
	switch w.Type {
	case indicator.Domain:
		e.kind = kindName
		return b.host(v)
	case indicator.IPv4:
		e.kind = kindAddress
		return b.host(v)
	case indicator.IPv6:
		a, err := netip.ParseAddr(v)
		raw := a.As16()
		e.kind, e.space, e.key = kindAddress, spaceAddr6, raw[:]
		e.apart(v)
		return err == nil && a.Is6()
	case indicator.CIDR4, indicator.CIDR6:
		return b.network(v)
	case indicator.URL:
		return b.locate(v)
	case indicator.Email:
		at := strings.LastIndexByte(v, '@')
		if at <= 0 || !isDotted(v[at+1:]) {
			return false
		}
		b.mark(markMail, []byte(strings.ToLower(v[at+1:])))
		e.kind, e.space, e.key = kindMail, spaceMail, []byte(strings.ToLower(v))
		e.apart(v)
		return true
	}
	if w.Hash != indicator.NoHash || slices.Contains(digestTypes, w.Type) {
		return b.digest(v)
	}
	return b.text(w.Type, v)
}

// digestTypes are given by hexadecimal digits without the name of an algorithm.
var digestTypes = []indicator.Type{indicator.Imphash, indicator.JA3, indicator.JA3S, indicator.JARM}

// apart keeps the value beside the key, unless it is the key.
func (e *entry) apart(v string) {
	if string(e.key) != v {
		e.shape, e.value = shapeApart, []byte(v)
	}
}

// isDotted says that the scanner sees s as one token with a dot in it.
func isDotted(s string) bool {
	for i := range len(s) {
		if !isToken(s[i]) || s[i] == '.' && (i == 0 || i+1 == len(s) || s[i+1] == '.') {
			return false
		}
	}
	return strings.Contains(s, ".")
}

// host makes the entry of a name or a dotted quad.
func (b *Builder) host(v string) bool {
	b.key = appendLower(b.key[:0], v)
	b.e.space, b.e.key = spaceHost, b.key
	b.e.apart(v)
	return isDotted(v) && len(v) <= maxHost
}

// digest makes the entry of hexadecimal digits.
func (b *Builder) digest(v string) bool {
	b.key = b.key[:0]
	for i := 0; i+1 < len(v); i += 2 {
		hi, lo := unhex(v[i]), unhex(v[i+1])
		if hi < 0 || lo < 0 {
			return false
		}
		b.key = append(b.key, byte(hi<<4|lo))
	}
	e := &b.e
	e.kind, e.space, e.shape, e.key = kindDigest, spaceDigest, shapeHex, b.key
	return len(v)%2 == 0 && len(b.key) >= 16 && len(b.key) <= longestDigest/2
}

func (b *Builder) network(v string) bool {
	n, err := netip.ParsePrefix(v)
	if err != nil {
		return false
	}
	b.e.kind, b.e.space = kindNetwork, spaceNet6
	if n.Addr().Is4() {
		b.e.space = spaceNet4
	}
	b.e.key = appendNetwork(nil, n.Masked().Addr().AsSlice(), n.Bits())
	b.e.apart(v)
	return true
}

// locate makes the entry of a URL and marks its host. A URL whose host is no dotted token is looked
// for as a text.
func (b *Builder) locate(v string) bool {
	host, rest := "", 0
	if i := strings.Index(v, "://"); i > 0 {
		rest = i + 3
		end := rest
		for end < len(v) && strings.IndexByte("/?#", v[end]) < 0 {
			end++
		}
		host = v[rest+strings.LastIndexByte(v[rest:end], '@')+1 : end]
		host, _, _ = strings.Cut(host, ":")
		rest = strings.Index(v[rest:], host) + rest + len(host)
	}
	if !isDotted(host) || len(host) > maxHost {
		return b.text(indicator.URL, v)
	}
	b.buf = append(b.buf[:0], v...)
	b.url.start(b.buf[rest-len(host):rest], b.buf, rest, false)
	key := b.url.text
	b.mark(markURL, b.buf[:copy(b.buf, strings.ToLower(host))])
	e := &b.e
	e.kind, e.space, e.key = kindURL, spaceURL, key
	switch {
	case strings.HasPrefix(v, "http://") && v[7:] == string(key):
		e.shape = shapeHTTP
	case strings.HasPrefix(v, "https://") && v[8:] == string(key):
		e.shape = shapeHTTPS
	default:
		e.apart(v)
	}
	return true
}

// mark puts in, before the value itself, that something at a host is wanted.
func (b *Builder) mark(k kind, host []byte) {
	kept := b.e
	b.e = entry{kind: k, space: spaceHost, typ: kept.typ, key: host}
	b.put()
	b.marks++
	b.e = kept
}

// windowsTypes are those whose values are compared without regard to case.
var windowsTypes = []indicator.Type{indicator.Path, indicator.PDB, indicator.Service, indicator.Task, indicator.CVE, indicator.Technique, indicator.Email}

// text makes the entry of a value that is found by an anchor.
func (b *Builder) text(t indicator.Type, v string) bool {
	e := &b.e
	e.kind = kindText
	switch {
	case t == indicator.File && isDotted(v) && len(v) <= maxHost:
		e.kind = kindFile
		return b.host(v)
	case t == indicator.Registry:
		e.kind = kindRegistry
	case t == indicator.File || slices.Contains(windowsTypes, t) && !strings.HasPrefix(v, "/"):
		e.kind = kindPath
	}
	from, to, ok := anchor([]byte(v))
	if !ok {
		return false
	}
	e.anchor, e.key = uint32(from), []byte(strings.ToLower(v[from:to]))
	e.shape, e.value = shapeApart, []byte(v)
	switch {
	case !isToken(v[from]):
		e.space, e.key = spaceGram, []byte(v[from:to])
	case strings.Contains(v[from:to], "."):
		e.space = spaceHost
	default:
		e.space = spaceToken
	}
	return true
}

// usual are tokens that stand in so many lines that no value should be looked for by them.
var usual = []string{
	"windows", "system32", "software", "microsoft", "currentversion", "program", "files", "users", "system", "local",
	"machine", "hkey_local_machine", "hkey_current_user", "currentcontrolset", "services", "appdata", "roaming",
	"programdata", "public", "temp", "mozilla", "global", "http", "https", "cmd.exe", "powershell.exe", "mozilla/5.0",
}

// anchor chooses the token by which a text is found: one with a dot if there is one, since these are
// looked up anyway; the longest that is not usual; and of a text without tokens its first two
// characters beyond ASCII.
func anchor(v []byte) (from, to int, ok bool) {
	best := -1
	for i := 0; i < len(v); {
		if !isToken(v[i]) {
			i++
			continue
		}
		j := i
		for j < len(v) && isInside(v, j) {
			j++
		}
		if j == i {
			i++
			continue
		}
		token := string(v[i:j])
		score := len(token)
		dotted := strings.Contains(token, ".")
		if dotted {
			score += 64
		}
		if isNumber(strings.ReplaceAll(token, ".", "")) || slices.Contains(usual, strings.ToLower(token)) {
			score = 1
		}
		if score > best && (len(token) >= minAnchor || dotted) && len(token) <= maxHost {
			from, to, best = i, j, score
		}
		i = j
	}
	if best >= 0 {
		return from, to, true
	}
	for i := 0; i+gramBytes <= len(v); i++ {
		if v[i] >= 0xc0 {
			return i, i + gramBytes, true
		}
	}
	return 0, 0, false
}

// put writes the entry behind the others.
func (b *Builder) put() {
	e := &b.e
	switch e.space {
	case spaceHost:
		if _, ok := quad(e.key); ok {
			b.quads++
		} else {
			b.names++
			b.hosts += 1 + bytes.Count(e.key, []byte{'.'})
		}
	case spaceToken:
		b.tokens++
	case spaceGram:
		b.grams++
	case spaceDigest:
		b.digests++
	}
	need := 64 + len(e.key) + len(e.value) + len(e.ref)
	if n := len(b.pages); n == 0 || len(b.pages[n-1])+need > pageSize {
		b.pages = append(b.pages, make([]byte, 0, pageSize))
	}
	last := &b.pages[len(b.pages)-1]
	*last = e.append(*last)
}

// Pack makes the pack of what was added, and says how many values were dropped because they had been
// added before. The Builder must not be used any more.
func (b *Builder) Pack() (p *Pack, twice int) {
	p = &Pack{
		tails: tailsFor(b.names + b.quads),
		names: filterFor(b.hosts), addrs: filterFor(b.quads), tokens: filterFor(b.tokens), grams: filterFor(b.grams), digests: filterFor(b.digests),
		heads: headsFor(b.quads), lasts: make(lasts, manyLasts), octets: make([]byte, octetBytes),
		table: table{slots: make([]byte, 8*slotsFor(b.count+b.marks)), pages: b.pages},
	}
	var e entry
	for n, page := range b.pages {
		for at := 0; at < len(page); {
			size := readEntry(page[at:], &e)
			if size == 0 {
				break
			}
			id := ID(n<<pageBits | at)
			at += size
			switch added := p.table.add(id, &e, e.sameAs); {
			case added:
				p.learn(&e)
			case e.kind != markURL && e.kind != markMail:
				twice++
			}
		}
	}
	p.count = b.count - twice
	return p, twice
}

// sameAs says that two entries with one key want the same.
func (e *entry) sameAs(o *entry) bool {
	return e.kind == o.kind && e.typ == o.typ && e.hash == o.hash && e.port == o.port && e.text() == o.text()
}

// learn tells the filters of an entry.
func (p *Pack) learn(e *entry) {
	switch e.space {
	case spaceHost:
		p.learnHost(e.key)
	case spaceToken:
		p.features.tokens = true
		p.tokens.add(tailKeyOf(e.key))
	case spaceGram:
		p.features.grams = true
		p.grams.add(gramKey(append(e.key[:gramBytes:gramBytes], 0, 0), 0))
	case spaceAddr6:
		p.features.groups = true
	case spaceNet4, spaceNet6:
		p.learnNetwork(e)
	case spaceDigest:
		p.features.digests |= 1 << (len(e.key) - 1)
		p.digests.add(tailKeyOf(hex.EncodeToString(e.key)))
	}
}

// learnHost tells the filters of a dotted token and of each piece of its end that has two labels or
// more: the scanner asks for the last two labels first and goes on from there.
func (p *Pack) learnHost(key []byte) {
	p.tails.learn(key)
	p.features.short = p.features.short || len(key) < middleTail
	if _, ok := quad(key); ok {
		p.addrs.add(tailKeyOf(key))
		p.heads.learn(key)
		return
	}
	p.lasts.learn(key)
	p.features.numbered = p.features.numbered || isNumber(key[len(key)-1:])
	for i, labels := len(key)-1, 0; i >= 0; i-- {
		if key[i] == '.' {
			if labels++; labels >= 2 {
				p.names.add(tailKeyOf(key[i+1:]))
			}
		}
	}
	p.names.add(tailKeyOf(key))
	p.names.add(tailKeyOf(key) ^ wantedItself)
}

func isNumber[T ~string | ~[]byte](s T) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

func (p *Pack) learnNetwork(e *entry) {
	n := int(e.key[len(e.key)-1])
	lengths := &p.lengths6
	if e.space == spaceNet6 {
		p.features.groups = true
	} else {
		p.features.networks4 = true
		lengths = &p.lengths4
		first := int(e.key[0])<<8 | int(e.key[1])
		for i := first; i < first+1<<max(16-n, 0); i++ {
			p.octets[i>>3] |= 1 << (i & 7)
		}
	}
	if at, has := slices.BinarySearch(*lengths, uint8(n)); !has {
		*lengths = slices.Insert(*lengths, at, uint8(n))
	}
}
