package gate

import (
	"net/netip"
	"net/url"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/wakachi/wakachi/internal/disguise"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/parcel"
)

const (
	urlBreaks  = "/?&=;,|:+"
	wordBreaks = " \t;,()/\\[]{}\"'<>|=&?"
)

// pieces cuts a value at breaks and gives its fixed pieces in order. A token that is
// opaque, or in which somebody would be recognised, becomes a hole between two pieces; so
// does what follows it behind a sign of base64, which would be the rest of the same data.
// The first and last piece may be empty: then the hole stands at the edge.
func (c *clearing) pieces(value, breaks string) ([]string, how) {
	var out []string
	var h how
	fixed, start, hole := strings.Builder{}, 0, false
	flush := func(end int) {
		token := value[start:end]
		hits := c.finder.Find(token)
		goesOn := hole && breaks == wordBreaks && start > 0 && strings.IndexByte("/=", value[start-1]) >= 0
		hole = false
		if len(hits) == 0 && !goesOn && (!opaque(token) && !(breaks == urlBreaks && number(token)) || breaks == wordBreaks && isGUID(token)) {
			fixed.WriteString(token)
			return
		}
		h.generalised, hole = true, true
		h.hits = append(h.hits, hits...)
		out = append(out, fixed.String())
		fixed.Reset()
	}
	for i := 0; i < len(value); i++ {
		if strings.IndexByte(breaks, value[i]) >= 0 {
			flush(i)
			fixed.WriteByte(value[i])
			start = i + 1
		}
	}
	flush(len(value))
	out = append(out, fixed.String())
	h.code, h.point = "gate.opaque", "ours"
	if len(h.hits) > 0 {
		h.code, h.point = "gate.named-part", "1-3"
	}
	return out, h
}

// opaque says whether a token could hold a name we cannot read: it looks like data, and
// no decoding makes words of it.
func opaque(token string) bool {
	if !disguise.Opaque(token) || compound(token) && len(token) < 40 {
		return false
	}
	layers, complete := disguise.Decode(token)
	for _, l := range layers {
		whole := l.Start <= 1 && l.End >= len(token)-3 // a readable piece says nothing of the rest
		if complete && whole && readable(l.Text) && !disguise.Opaque(l.Text) {
			return false
		}
	}
	return true
}

// number says whether a token is a long number that is no date: somebody's number at
// whoever runs the server.
func number(token string) bool {
	if len(token) < 5 || strings.Trim(token, "0123456789") != "" {
		return false
	}
	return !(len(token) == 8 && (token[:2] == "19" || token[:2] == "20"))
}

// compound says whether a token is words set together, such as "WinRmmHealthSvc": letters
// whose case changes seldom, as in no encoding, and a number behind them.
func compound(token string) bool {
	for _, packed := range []string{"eJ", "eN", "eA", "H4sI"} { // how zlib and gzip begin in base64
		if strings.HasPrefix(token, packed) {
			return false
		}
	}
	parts, letters := 0, 0
	upper := false
	token = strings.TrimRight(token, "0123456789")
	for i := range len(token) {
		c := token[i]
		switch {
		case 'A' <= c && c <= 'Z':
			if !upper || i == 0 {
				parts++
			}
			upper = true
		case 'a' <= c && c <= 'z':
			if i == 0 {
				parts++
			}
			upper = false
		default:
			return false
		}
		letters++
	}
	return letters <= 32 && 2*letters >= 5*parts
}

// isGUID says whether a token is a GUID. In the name of a mutex or key it is a constant of
// the program; in a URL it may be the victim's number, and is opaque there.
func isGUID(token string) bool {
	token = strings.ToLower(strings.TrimFunc(token, func(r rune) bool { return r > 'f' || r == '_' || r == '-' }))
	return len(token) >= 36 && isID("x--"+token[len(token)-36:]) && strings.Trim(token[:len(token)-36], "_-abcdefghijklmnopqrstuvwxyz") == ""
}

// readable says whether decoded bytes are words: printable ASCII, long enough not to be so
// by chance. Bytes of other scripts nearly always are chance, so they do not count.
func readable(s string) bool {
	letters := 0
	for i := range len(s) {
		switch c := s[i] | 0x20; {
		case s[i] < 0x20 || s[i] >= 0x7F:
			return false
		case 'a' <= c && c <= 'z':
			letters++
		}
	}
	return letters >= 6 && letters*2 > len(s)
}

func longest(pieces []string) int {
	n := 0
	for _, p := range pieces {
		n = max(n, len(strings.Trim(p, `\/:;,.*% `)))
	}
	return n
}

// composeURL keeps a URL that says no more than where the attacker's file lay. Credentials
// and fragments never leave; of a negotiation or leak site only the host does, because the
// path names the negotiation.
func (c *clearing) composeURL(i incident.Item, f parcel.Fact) ([]parcel.Fact, how) {
	u, err := url.Parse(f.Value.Value)
	if err != nil || u.Host == "" {
		return nil, how{code: "gate.no-value", point: "ours"}
	}
	host := c.hostFact(f, u.Hostname())
	if hits := c.finder.Find(u.Host); len(hits) > 0 {
		facts, h := c.composeDomain(host)
		h.generalised, h.hits = true, hits
		h.code, h.point = "gate.named-part", "1-3"
		return facts, h
	}
	if i.Role == incident.Negotiation {
		return []parcel.Fact{host}, how{generalised: true, code: "gate.negotiation", point: "Q25"}
	}
	head := u.Scheme + "://" + u.Host
	_, rest, _ := strings.Cut(f.Value.Value, u.Host)
	if at := strings.IndexByte(rest, '#'); at >= 0 {
		rest = rest[:at]
	}
	pieces, h := c.pieces(rest, urlBreaks)
	if i.Marks.Has(incident.SharedHost) && len(h.hits) == 0 {
		h.generalised = false // on a host that serves everybody the token is the attacker's own address
	}
	if hits := c.finder.Find(f.Value.Value); !h.generalised && len(hits) > 0 {
		pieces, h = []string{"/", ""}, how{generalised: true, hits: hits, code: "gate.named-part", point: "1-3"}
	}
	if !h.generalised {
		facts := []parcel.Fact{f}
		if facts[0].Value.Value = head + rest; host.Value.Type != indicator.Domain && !i.Marks.Has(incident.SharedHost) {
			facts = append(facts, host) // an address can be looked for where URLs are not logged
		}
		return facts, how{generalised: head+rest != i.Value.Value, code: "gate.credentials", point: "Q25"}
	}
	f.Value.Value, f.Like = "", append([]string{head + pieces[0]}, pieces[1:]...)
	if i.Marks.Has(incident.SharedHost) {
		return nil, how{code: "gate.names-victim", point: "1-3", hits: h.hits} // the rest would accuse everybody there
	}
	return []parcel.Fact{f, host}, h
}

// hostFact is the fact of a URL's host alone.
func (c *clearing) hostFact(f parcel.Fact, host string) parcel.Fact {
	f.Value = indicator.Value{Type: indicator.Domain, Value: strings.TrimSuffix(strings.ToLower(host), ".")}
	if a, err := netip.ParseAddr(host); err == nil {
		f.Value.Type, f.Value.Value = indicator.IPv4, a.String()
		if a.Is6() {
			f.Value.Type = indicator.IPv6
		}
	}
	return f
}

// composeDomain keeps a host name, or, when a label in front of the registered domain is
// opaque or names somebody, the registered domain alone.
func (c *clearing) composeDomain(f parcel.Fact) ([]parcel.Fact, how) {
	if f.Value.Type != indicator.Domain {
		return []parcel.Fact{f}, how{}
	}
	apex, err := publicsuffix.EffectiveTLDPlusOne(f.Value.Value)
	if err != nil || apex == f.Value.Value {
		return []parcel.Fact{f}, how{}
	}
	labels := strings.TrimSuffix(f.Value.Value, "."+apex)
	pieces, h := c.pieces(labels, ".")
	if !h.generalised {
		return []parcel.Fact{f}, how{}
	}
	f.Value.Value = apex
	if tail := strings.TrimLeft(pieces[len(pieces)-1], "."); tail != "" {
		f.Value.Value = tail + "." + apex
	}
	return []parcel.Fact{f}, h
}

// composePath keeps the part of a path that is the same on every machine: the user's
// folder becomes a hole, and a folder that names somebody leaves the file name alone.
func (c *clearing) composePath(f parcel.Fact) ([]parcel.Fact, how) {
	pieces, h := c.pieces(f.Value.Value, `\/`)
	pieces, cut := cutHome(pieces)
	h.generalised = h.generalised || cut
	if cut && len(h.hits) == 0 {
		h.code, h.point = "gate.home", "ours"
	}
	if !h.generalised {
		return []parcel.Fact{f}, how{}
	}
	last := pieces[len(pieces)-1]
	if len(strings.Trim(last, `\/`)) < 3 {
		h.code = "gate.named-part"
		return nil, h
	}
	f.Like, f.Value.Value = pieces, ""
	return []parcel.Fact{f}, h
}

// homes are the folders after which a person's folder stands.
var homes = []string{`\users\`, `\documents and settings\`, `/home/`, `/users/`, `\profiles$\`}

// cutHome makes a hole of the folder behind the first home in any piece.
func cutHome(pieces []string) ([]string, bool) {
	for i, p := range pieces {
		low := strings.ToLower(p)
		for _, h := range homes {
			at := strings.Index(low, h)
			if at < 0 {
				continue
			}
			head, rest := p[:at+len(h)], p[at+len(h):]
			end := strings.IndexAny(rest, `\/`)
			if end <= 0 || strings.EqualFold(rest[:end], "public") || strings.EqualFold(rest[:end], "default") {
				continue
			}
			out := append([]string{}, pieces[:i]...)
			return append(append(out, head, rest[end:]), pieces[i+1:]...), true
		}
	}
	return pieces, false
}

// hostOf gives the host a fact speaks of, empty if none.
func hostOf(f parcel.Fact) string {
	switch f.Value.Type {
	case indicator.Domain:
		return f.Value.Value
	case indicator.Email:
		return f.Value.Value[strings.LastIndexByte(f.Value.Value, '@')+1:]
	case indicator.URL:
		text := f.Value.Value
		if f.Like != nil {
			text = f.Like[0]
		}
		if u, err := url.Parse(text); err == nil {
			return u.Hostname()
		}
	}
	return ""
}
